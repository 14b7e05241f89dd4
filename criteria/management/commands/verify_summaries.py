"""Re-derive every verdict and summary from what is stored and list the differences."""

import sys

from django.core.management.base import BaseCommand

from criteria.proofs.summaries import differences


class Command(BaseCommand):
    help = "Tính lại mọi kết luận và tổng hợp từ số liệu đã lưu; liệt kê chỗ khác (mã thoát 1 nếu có)."

    def handle(self, **options):
        found = list(differences())
        for difference in found:
            self.stdout.write(difference)
        self.stdout.write(f"{len(found)} chỗ khác.")
        if found:
            sys.exit(1)
