"""Back the database up into a file with its manifest, while people go on working."""

from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from ntm_portal.upkeep import backup, store
from ntm_portal.upkeep.content import BackupError


class Command(BaseCommand):
    help = "Sao lưu cơ sở dữ liệu (kể cả tệp lưu trong đó) thành một tệp kèm bản kê; không cần dừng cổng thông tin."

    def add_arguments(self, parser):
        parser.add_argument("--to", type=Path, default=settings.BACKUP_DIR, help="thư mục (mặc định: BACKUP_DIR)")
        parser.add_argument("--keep", type=int, help="chỉ giữ chừng này bản mới nhất")

    def handle(self, to, keep, **options):
        if keep is not None and keep < 1:
            raise CommandError("--keep phải từ 1 trở lên.")
        try:
            file = backup.make(to, keep)
        except BackupError as error:
            raise CommandError(str(error)) from error
        made = store.read_manifest(store.manifest_path(file))
        self.stdout.write(f"Đã sao lưu {len(made.tables)} bảng, {made.rows} dòng, {made.size} byte:")
        self.stdout.write(str(file))
