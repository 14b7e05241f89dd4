"""Load the sourced facts of ``fixtures/reference`` into all rooms."""

from django.core.management.base import BaseCommand
from django.db import transaction

from communes import reference as places
from criteria import reference as sets
from reports.documents import reference as documents


class Command(BaseCommand):
    help = "Nạp dữ liệu tham chiếu (địa bàn, bộ tiêu chí, văn bản). Chạy lại được."

    @transaction.atomic
    def handle(self, **options):
        province = places.load()
        sets.load()
        documents.load()
        self.stdout.write(f"Đã nạp dữ liệu tham chiếu của tỉnh {province.name}.")
