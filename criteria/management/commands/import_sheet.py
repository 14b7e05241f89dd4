"""Rehearse, and with --commit write, the import of a wide sheet."""

import json
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from communes.models import Province
from communes.uploads.guard import FileRefused, Limits
from criteria.intake import importing
from criteria.models import AssessmentRound, Via

SHOWN = 50
BYTES_PER_CELL = 300


class Command(BaseCommand):
    help = "Xem trước (và với --commit: ghi) một biểu đánh giá: import_sheet TỆP --year 2017 [--commit] [--format json]"

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path)
        parser.add_argument("--year", type=int, required=True)
        parser.add_argument("--province", help="mã tỉnh, khi cổng có nhiều tỉnh")
        parser.add_argument("--commit", action="store_true", help="ghi vào cơ sở dữ liệu; không có thì chỉ xem trước")
        parser.add_argument("--reason", default="", help="lý do, khi sửa số liệu đã duyệt")
        parser.add_argument("--conflicts", choices=("mine", "theirs"), default="", help="lấy số của tệp hay của cổng")
        parser.add_argument("--max-cells", type=int, default=Limits().cells, help="số ô nhiều nhất")
        parser.add_argument("--max-size", type=int, default=Limits().size, help="cỡ tệp lớn nhất, byte")
        parser.add_argument("--format", choices=("text", "json"), default="text")

    def handle(self, file, year, province, commit, format, **options):
        limits = Limits(size=options["max_size"], cells=options["max_cells"])
        if options["max_cells"] > Limits().cells:
            limits = replace(limits, unpacked=max(limits.unpacked, options["max_cells"] * BYTES_PER_CELL))
        incoming = importing.Incoming(options["reason"], options["conflicts"], limits=limits, listed=0)
        try:
            preview = self._run(file, _round(year, province), commit, incoming)
        except (FileRefused, ValidationError) as error:
            why = " ".join(error.messages) if isinstance(error, ValidationError) else str(error)
            preview = importing.Preview(rejected=[importing.Rejection("", why)])
        if format == "json":
            self.stdout.write(json.dumps(preview.counts(), ensure_ascii=False))
        else:
            self._describe(preview)
        if not preview.ready:
            sys.exit(1)

    def _run(self, file: Path, round: AssessmentRound, commit: bool, incoming: importing.Incoming) -> importing.Preview:
        if not file.is_file():
            raise CommandError(f"Không có tệp {file}.")
        content = file.read_bytes()
        if commit:
            return importing.commit(content, file.name, round, incoming, by=None, via=Via.COMMAND)
        return importing.rehearse(content, file.name, round, incoming)

    def _describe(self, preview: importing.Preview):
        counts = preview.counts()
        self.stdout.write(f"Mới {counts['new']}, đổi {counts['changed']}, không đổi {counts['unchanged']} ô.")
        for conflict in preview.conflicts[:SHOWN]:
            self.stdout.write(f"Trùng sửa {conflict.address}: tệp {conflict.new}, cổng {conflict.old}.")
        for heading in preview.ignored_columns:
            self.stdout.write(f"Bỏ qua cột “{heading}”.")
        for rejection in preview.rejected[:SHOWN]:
            self.stdout.write(f"Từ chối {rejection.cell}: {rejection.reason}")
        if len(preview.rejected) > SHOWN:
            self.stdout.write(f"… và {len(preview.rejected) - SHOWN} ô khác bị từ chối.")
        if preview.written:
            self.stdout.write("Đã ghi.")
        elif not preview.ready:
            self.stdout.write("Chưa ghi gì vì có ô bị từ chối hoặc trùng sửa (chọn bằng --conflicts).")
        else:
            self.stdout.write(f"Xem trước lúc này, ngày {date.today():%d/%m/%Y}; thêm --commit để ghi.")


def _round(year: int, province: str | None) -> AssessmentRound:
    provinces = Province.objects.filter(code=province) if province else Province.objects.all()
    round = AssessmentRound.objects.of_year(provinces.first(), year).select_related("province").first()
    if round is None:
        raise FileRefused(f"Chưa mở kỳ đánh giá năm {year}. Mở bằng: python manage.py open_round --year {year}")
    return round
