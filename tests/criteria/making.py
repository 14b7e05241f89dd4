"""Sheets as offices send them, made for tests."""

import csv
import io

import xlsxwriter

from communes.fixtures import FIXTURES
from criteria.intake import importing
from criteria.models import Assessment, Result, Via

HEADINGS = ["Mã xã", "Xã", "Huyện, thành phố, thị xã"]
PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
PHUC_HA = ["05485", "Phúc Hà", "Thành phố Thái Nguyên"]
PHUC_XUAN = ["05488", "Phúc Xuân", "Thành phố Thái Nguyên"]


def xlsx(*rows) -> bytes:
    """A workbook of one sheet with these rows."""
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as workbook:
        sheet = workbook.add_worksheet("Biểu")
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
    return content.getvalue()


def csv_file(*rows, delimiter=",", encoding="utf-8") -> bytes:
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter).writerows(rows)
    return text.getvalue().encode(encoding)


def table(name: str) -> list[list[str]]:
    """The rows of a csv file of ``fixtures/demo``: title, header, one row for each commune."""
    with (FIXTURES / "demo" / name).open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def commit(round, *rows, by=None):
    return importing.commit(csv_file(*rows), "bieu.csv", round, by=by, via=Via.SHEET)


def result(round, code, indicator) -> Result:
    return Result.objects.get(assessment__round=round, assessment__commune__code=code, indicator__code=indicator)


def assessment(round, code) -> Assessment:
    return Assessment.objects.get(round=round, commune__code=code)
