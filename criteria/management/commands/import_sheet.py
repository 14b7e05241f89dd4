"""Rehearse, and with --commit write, the import of a wide sheet."""

import json
import sys
from datetime import date
from pathlib import Path

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from communes.models import Province
from criteria import importing
from criteria.models import AssessmentRound, Via
from criteria.sheet import SheetRefused

SHOWN = 50


class Command(BaseCommand):
    help = "Xem trước (và với --commit: ghi) một biểu đánh giá: import_sheet TỆP --year 2017 [--commit] [--format json]"

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path)
        parser.add_argument("--year", type=int, required=True)
        parser.add_argument("--commit", action="store_true", help="ghi vào cơ sở dữ liệu; không có thì chỉ xem trước")
        parser.add_argument("--reason", default="", help="lý do, khi sửa số liệu đã duyệt")
        parser.add_argument("--format", choices=("text", "json"), default="text")

    def handle(self, file, year, commit, reason, format, **options):
        try:
            preview = self._run(file, year, commit, reason)
        except (SheetRefused, ValidationError) as error:
            why = " ".join(error.messages) if isinstance(error, ValidationError) else str(error)
            preview = importing.Preview(rejected=[importing.Rejection("", why)])
        if format == "json":
            self.stdout.write(json.dumps(preview.counts(), ensure_ascii=False))
        else:
            self._describe(preview)
        if preview.rejected:
            sys.exit(1)

    def _run(self, file: Path, year: int, commit: bool, reason: str) -> importing.Preview:
        round = AssessmentRound.objects.of_year(Province.objects.first(), year).select_related("province").first()
        if round is None:
            raise SheetRefused(f"Chưa mở kỳ đánh giá năm {year}. Mở bằng: python manage.py open_round --year {year}")
        if not file.is_file():
            raise CommandError(f"Không có tệp {file}.")
        content = file.read_bytes()
        if commit:
            return importing.commit(content, file.name, round, by=None, via=Via.COMMAND, reason=reason)
        return importing.rehearse(content, file.name, round, reason)

    def _describe(self, preview: importing.Preview):
        counts = preview.counts()
        self.stdout.write(f"Mới {counts['new']}, đổi {counts['changed']}, không đổi {counts['unchanged']} ô.")
        for heading in preview.ignored_columns:
            self.stdout.write(f"Bỏ qua cột “{heading}”.")
        for rejection in preview.rejected[:SHOWN]:
            self.stdout.write(f"Từ chối {rejection.cell}: {rejection.reason}")
        if len(preview.rejected) > SHOWN:
            self.stdout.write(f"… và {len(preview.rejected) - SHOWN} ô khác bị từ chối.")
        if preview.written:
            self.stdout.write("Đã ghi.")
        elif preview.rejected:
            self.stdout.write("Chưa ghi gì vì có ô bị từ chối.")
        else:
            self.stdout.write(f"Xem trước lúc này, ngày {date.today():%d/%m/%Y}; thêm --commit để ghi.")
