"""The round of every night; the timer of deploy/ runs it."""

import sys

from django.conf import settings
from django.core.management.base import BaseCommand

from ntm_portal.upkeep import nightly


class Command(BaseCommand):
    help = "Việc hằng đêm: sao lưu, khôi phục thử, kiểm tra tổng hợp và nhật ký; ghi kết quả cho trang /suc-khoe/."

    def add_arguments(self, parser):
        parser.add_argument("--keep", type=int, default=30, help="số bản sao lưu giữ lại (mặc định: 30)")

    def handle(self, keep, **options):
        if not nightly.run(settings.BACKUP_DIR, max(keep, 1), self.stdout.write):
            sys.exit(1)
