"""Open the year-end round of a year."""

from datetime import date

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from communes.models import Level, Province
from criteria.actions import open_round
from criteria.models import CriteriaSet


class Command(BaseCommand):
    help = "Mở kỳ đánh giá 31/12 của một năm, theo bộ tiêu chí của giai đoạn (hoặc --set)."

    def add_arguments(self, parser):
        parser.add_argument("--year", type=int, required=True)
        parser.add_argument("--set", dest="code", help="số quyết định của bộ tiêu chí, ví dụ 1980/QĐ-TTg")

    def handle(self, year, code, **options):
        sets = CriteriaSet.objects
        chosen = list(sets.filter(level=Level.STANDARD, code=code) if code else sets.of_year(year))
        if len(chosen) != 1:
            found = ", ".join(str(row) for row in chosen) or "không có"
            raise CommandError(f"Cần đúng một bộ tiêu chí cho năm {year} (tìm thấy: {found}); chọn bằng --set.")
        try:
            round = open_round(Province.objects.get(), chosen[0], date(year, 12, 31))
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        self.stdout.write(f"Đã mở kỳ {round}: {round.assessments.count()} xã.")
