"""Walk the chain of the change log and list the places where it was tampered with."""

import sys

from django.core.management.base import BaseCommand

from criteria.models import LogHead
from criteria.proofs.log import tampering


class Command(BaseCommand):
    help = "Kiểm tra chuỗi băm của nhật ký thay đổi; liệt kê bản ghi bị sửa, bỏ hoặc chèn (mã thoát 1 nếu có)."

    def handle(self, **options):
        count = 0
        for count, found in enumerate(tampering(), 1):  # noqa: B007 - used after the loop
            self.stdout.write(found)
        head = LogHead.objects.order_by("pk").first() or LogHead()
        self.stdout.write(f"Bản ghi cuối: số {head.sequence}, mã băm {head.hash}.")
        self.stdout.write(f"{count} chỗ khác.")
        if count:
            sys.exit(1)
