"""Prove a backup: restore it into a scratch database and compare every table."""

import sys
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from ntm_portal.upkeep import backup
from ntm_portal.upkeep.content import BackupError


class Command(BaseCommand):
    help = "Khôi phục thử bản sao lưu vào cơ sở dữ liệu tạm, so số dòng và mã băm từng bảng (mã thoát 1 nếu khác)."

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path)

    def handle(self, file, **options):
        try:
            found = backup.verify(file)
        except BackupError as error:
            raise CommandError(str(error)) from error
        for line in found:
            self.stdout.write(line)
        self.stdout.write(f"{len(found)} chỗ khác.")
        if found:
            sys.exit(1)
