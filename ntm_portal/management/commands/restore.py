"""Put a backup in the place of what the database holds, and prove it."""

import sys
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from ntm_portal.upkeep import backup
from ntm_portal.upkeep.content import BackupError


class Command(BaseCommand):
    help = "Khôi phục cơ sở dữ liệu từ một bản sao lưu, nâng cấp cấu trúc và kiểm tra lại."

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path)
        parser.add_argument("--replace", action="store_true", help="thay dữ liệu đang có (được sao lưu trước)")

    def handle(self, file, replace, **options):
        try:
            faults = backup.restore(file, settings.BACKUP_DIR, replace, self.stdout.write)
        except BackupError as error:
            raise CommandError(str(error)) from error
        for fault in faults:
            self.stdout.write(fault)
        if faults:
            self.stdout.write(f"KHÔNG ĐẠT: {len(faults)} chỗ khác; đừng mở lại cổng thông tin.")
            sys.exit(1)
        self.stdout.write("Khôi phục xong.")
