"""Write a report to a file or to standard output."""

import json
import sys
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from communes.context import note_for
from communes.models import Province
from criteria.rounds import rounds_of
from reports.catalogue.queries import material, read
from reports.catalogue.registry import REPORTS
from reports.files import table_document, workbook
from reports.tables.as_json import as_json

WRITERS = {"xlsx": workbook.write, "docx": table_document.write}


class Command(BaseCommand):
    help = "Xuất một báo cáo: report <mã> --year 2017 --format json|xlsx|docx [--district 171] [--output TỆP]"

    def add_arguments(self, parser):
        parser.add_argument("slug", choices=sorted(REPORTS))
        parser.add_argument("--year", type=int, required=True)
        parser.add_argument("--format", choices=("json", "xlsx", "docx"), default="json")
        parser.add_argument("--district")
        parser.add_argument("--output", type=Path)

    def handle(self, slug, year, format, district, output, **options):
        province = Province.objects.first()
        rounds = rounds_of(province) if province else {}
        if province is None or year not in rounds:
            raise CommandError(f"Chưa có kỳ đánh giá năm {year}.")
        report = REPORTS[slug]
        whole, previous = read(report, province, rounds, year)
        picture = whole.within(district) if district else whole
        if picture is None:
            raise CommandError(f"Năm {year} không có đơn vị cấp huyện mã {district}.")
        table = report.table(material(picture, rounds[year], report, province, previous))
        note = note_for(province)
        if format in WRITERS:
            content = WRITERS[format](table, note)
        else:
            content = json.dumps(as_json(table, picture, note), ensure_ascii=False, indent=1).encode() + b"\n"
        self._deliver(content, output)

    def _deliver(self, content: bytes, output: Path | None):
        if output is None:
            sys.stdout.buffer.write(content)
        else:
            output.write_bytes(content)
            self.stderr.write(f"Đã ghi {output}.")
