"""Sheets as offices send them, made for tests."""

import csv
import io

import xlsxwriter

from communes.fixtures import FIXTURES

HEADINGS = ["Mã xã", "Xã", "Huyện, thành phố, thị xã"]


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
