"""The only writer of xlsx: a table as an office prints it. Numbers are numbers; text is never taken for a formula."""

import io
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache, lru_cache
from itertools import accumulate
from textwrap import wrap

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from communes.text import vn_number
from criteria.rules.verdicts import Verdict
from reports.tables.table import MARKS, Column, Table

FONT = "Times New Roman"
FOOTER = f'&C&"{FONT},Regular"&P/&N'
MANY_CELLS = 100_000
MANY_COLUMNS = 12
LONG_SHEET = 30
PAPER = {"A3": 8, "A4": 9}
# The locale makes the marks Vietnamese (1.234,5) whatever language the office suite speaks.
VIETNAMESE = "[$-42A]"


class Formats:
    """The formats of a workbook, made once each; those of the cells are asked for thousands of times."""

    def __init__(self, book: Workbook):
        self.book = book
        self._made: dict[tuple, object] = {}
        self.number, self.text, self.centred = cache(self._number), cache(self._text), cache(self._centred)

    def get(self, **options):
        key = tuple(sorted(options.items()))
        if key not in self._made:
            self._made[key] = self.book.add_format({"font_name": FONT, "font_size": 12, "valign": "vcenter"} | options)
        return self._made[key]

    def _number(self, decimals: int, bold: bool, free: bool = False):
        pattern = f"{VIETNAMESE}#,##0" + ("." + "0" * decimals if decimals else "")
        return self.get(border=1, num_format=pattern, bold=bold, locked=not free)

    def _text(self, long: bool, bold: bool, free: bool = False):
        return self.get(border=1, text_wrap=long, bold=bold, indent=0 if long else 1, locked=not free)

    def _centred(self, bold: bool, pattern: str = "General"):
        return self.get(border=1, align="center", bold=bold, num_format=pattern)


def write(table: Table, note: str = "") -> bytes:
    """The table as an xlsx file. ``note``: what is to be known about the data, printed on every sheet."""
    stream = io.BytesIO()
    many = len(table.rows) * len(table.shown) > MANY_CELLS
    book = Workbook(stream, {"constant_memory": many, "in_memory": not many})
    formats = Formats(book)
    write_sheet(book.add_worksheet("Biểu"), table, note, formats)
    if table.appendix:
        write_sheet(book.add_worksheet("Chỉ tiêu"), table.appendix, note, formats)
    if table.guide:
        _write_guide(book.add_worksheet("Hướng dẫn"), [*([note] if note else []), *table.guide], formats)
    if table.hidden:
        _write_hidden(book.add_worksheet(table.hidden[0]), table.hidden[1], formats)
    book.set_properties({"title": table.title, "comments": note})
    book.close()
    return stream.getvalue()


@dataclass(frozen=True, slots=True)
class Written:
    """Where a table stands on its sheet: its first row, and the first free one below its notes."""

    first: int
    end: int


def write_sheet(sheet: Worksheet, table: Table, note: str, formats: Formats) -> Written:
    offset = int(table.numbered)
    last = len(table.shown) + offset - 1
    _set_up(sheet, table, offset)
    top = _write_titles(sheet, table, note, formats, last)
    body = _write_headings(sheet, table, formats, top, offset)
    sheet.freeze_panes(body, _frozen(table) + offset)
    sheet.repeat_rows(top, body - 1)
    row = _write_rows(sheet, table, formats, body, offset)
    if table.fillable and table.rows:
        _make_fillable(sheet, table, body, row - 1, offset)
    italic = formats.get(italic=True, font_size=11)
    for line in (part for note in table.notes for part in _broken(note, table)):
        row += 1
        sheet.write_string(row, 0, line, italic)
    return Written(body, row + 1)


def _broken(note: str, table: Table) -> list[str]:
    """A note in lines as broad as the table: a longer one would make the whole sheet smaller in print."""
    breadth = sum(column.width for column in table.shown) + 5
    return [note] if table.fillable else wrap(note, max(60, breadth))


def _write_guide(sheet: Worksheet, lines: list[str], formats: Formats) -> None:
    sheet.set_column(0, 0, 110)
    sheet.hide_gridlines(2)
    sheet.set_footer(FOOTER)
    for row, line in enumerate(lines):
        sheet.write_string(row, 0, line, formats.get(text_wrap=True, bold=row == 0))


def _write_hidden(sheet: Worksheet, rows: list[list[str]], formats: Formats) -> None:
    plain = formats.get()
    for number, row in enumerate(rows):
        for index, text in enumerate(row):
            if text:
                sheet.write_string(number, index, text, plain)
    sheet.set_footer(FOOTER)
    sheet.very_hidden()


def _make_fillable(sheet: Worksheet, table: Table, first: int, last: int, offset: int) -> None:
    """Lock all but the editable cells, and say what each of those may hold; a warning, for “KXX: lý do” is text."""
    sheet.protect("", dict.fromkeys(("format_columns", "format_rows", "sort", "autofilter"), True))
    for index, column in enumerate(table.shown, offset):
        rule: dict[str, object] = {"error_type": "warning", "error_title": "Kiểm tra lại", "ignore_blank": True}
        if column.choices:
            rule |= {"validate": "list", "source": list(column.choices)}
            rule |= {"error_message": "Chọn Đạt, Chưa đạt, hoặc ghi KXX: lý do."}
        elif column.editable and column.highest is not None:
            rule |= {"validate": "decimal", "criteria": "between", "minimum": 0, "maximum": float(column.highest)}
            rule |= {"error_message": f"Cần một số từ 0 đến {vn_number(column.highest)}, hoặc KXX: lý do."}
        else:
            continue
        sheet.data_validation(first, index, last, index, rule)


def _set_up(sheet: Worksheet, table: Table, offset: int) -> None:
    columns = table.shown
    sheet.set_landscape()
    sheet.set_paper(PAPER[table.paper])
    if len(columns) > LONG_SHEET:
        sheet.repeat_columns(0, _frozen(table) + offset - 1)
    else:
        sheet.fit_to_pages(1, 0)
    sheet.set_margins(left=0.5, right=0.5, top=0.7, bottom=0.7)
    sheet.set_footer(FOOTER)
    sheet.hide_gridlines(2)
    if offset:
        sheet.set_column(0, 0, 5)
    for index, column in enumerate(columns, offset):
        sheet.set_column(index, index, column.width)


def _frozen(table: Table) -> int:
    """The columns that stay in sight: those that name the row, where there are many others."""
    keys = [column.key for column in table.shown]
    return keys.index("name") + 1 if "name" in keys and len(keys) > MANY_COLUMNS else 0


def _write_titles(sheet: Worksheet, table: Table, note: str, formats: Formats, last: int) -> int:
    """Title, place and date, the note on the data, the unit line; the row where the headings begin.

    Centred over the table, but for a sheet with frozen columns, which a merged cell would cross.
    """
    align = "left" if _frozen(table) else "center"
    lines = [
        (table.title.upper(), formats.get(bold=True, font_size=14, align=align)),
        (table.subtitle, formats.get(italic=True, align=align)),
        (note, formats.get(italic=True, font_color="#9C5700", align=align)),
    ][: 3 if note else 2]
    for row, (text, form) in enumerate(lines):
        if align == "left":
            sheet.write_string(row, 0, text, form)
        else:
            _span(sheet, (row, 0, row, last), text, form)
    if table.unit_line:
        sheet.write_string(len(lines), last, table.unit_line, formats.get(italic=True, align="right"))
    hints = formats.get(align="center", font_size=10, font_color="#56635D")
    for index, column in enumerate(table.shown, int(table.numbered)):
        if column.hint:
            sheet.write_string(len(lines), index, column.hint, hints)
    return len(lines) + 1


def _write_headings(sheet: Worksheet, table: Table, formats: Formats, top: int, offset: int) -> int:
    """The heading rows, from above to below: of a large file each row is written away when the next begins.

    There a heading over both rows stays in the upper one, for it can no longer be merged.
    """
    heading = formats.get(bold=True, border=1, align="center", text_wrap=True, bg_color="#E8F0E9")
    numbers = formats.get(italic=True, border=1, align="center", font_size=10)
    depth = 2 if table.grouped else 1
    _set_heights(sheet, table, top, depth)
    groups = [("STT", 1, True)] * offset + table.groups
    starts = list(accumulate((width for _, width, _ in groups), initial=0))
    for (text, width, _), index in zip(groups, starts, strict=False):
        _span(sheet, (top, index, top, index + width - 1), text, heading)
    if depth == 2:
        for index, column in enumerate(table.shown, offset):
            sheet.write_string(top + 1, index, column.heading if column.group else "", heading)
    for position in range(starts[-1]):
        sheet.write_string(top + depth, position, f"({position + 1})", numbers)
    for (text, _, over_both), index in zip(groups, starts, strict=False):
        if over_both and depth == 2:
            _span(sheet, (top, index, top + 1, index), text, heading)
    return top + depth + 1


def _span(sheet: Worksheet, area: tuple[int, int, int, int], text: str, form) -> None:
    if area[:2] == area[2:]:
        sheet.write_string(*area[:2], text, form)
    else:
        sheet.merge_range(*area, "", form)
        sheet.write_string(*area[:2], text, form)


def _set_heights(sheet: Worksheet, table: Table, top: int, depth: int) -> None:
    """High enough for the longest heading when it is broken into lines of its column's width."""

    def lines(text: str, width: float) -> float:
        return -(-len(text) * 1.15 // max(width - 1, 3))

    upper = max((lines(text, width * 9) for text, width, both in table.groups if not both), default=1)
    lower = max(lines(c.heading, c.width) / (1 if c.group or depth == 1 else depth) for c in table.shown)
    if depth == 2:
        sheet.set_row(top, 17 * max(upper, 1))
    sheet.set_row(top + depth - 1, 17 * max(lower, 1))


def _write_rows(sheet: Worksheet, table: Table, formats: Formats, row: int, offset: int) -> int:
    columns = table.shown
    wrapped = [column for column in columns if column.long]
    for number, item in enumerate(table.rows, 1):
        if wrapped:
            _make_room(sheet, row, wrapped, item)
        if offset:
            sheet.write_number(row, 0, number, formats.centred(False))
        for index, column in enumerate(columns, offset):
            _write_cell(sheet, row, index, column, item, formats, False)
        row += 1
    for item in table.totals:
        if offset:
            sheet.write_blank(row, 0, None, formats.centred(True))
        for index, column in enumerate(columns, offset):
            _write_cell(sheet, row, index, column, item, formats, True)
        row += 1
    return row


def _make_room(sheet: Worksheet, row: int, columns: list[Column], item) -> None:
    """A row high enough for its longest text; files made without Excel have no heights of their own."""
    lines = max(_lines(column.text(item), column.width) for column in columns)
    if lines > 1:
        sheet.set_row(row, 16.5 * lines)


def _lines(text: str, width: int) -> int:
    """How many lines a text takes in a column, those it has itself included."""
    return sum(max(1, -(-len(part) // width)) for part in text.split("\n"))


def _write_cell(sheet: Worksheet, row: int, index: int, column: Column, item, formats: Formats, bold: bool) -> None:
    value, free = column.value(item), column.editable
    if type(value) is Verdict and value is not Verdict.UNKNOWN:
        sheet.write_string(row, index, MARKS[value], formats.centred(bold))
    elif value is None or value is Verdict.UNKNOWN or value == "":
        sheet.write_blank(row, index, None, formats.text(column.long, bold, free))
    elif isinstance(value, str):
        sheet.write_string(row, index, value, formats.text(column.long, bold, free))
    elif isinstance(value, date):
        sheet.write_datetime(row, index, value, formats.centred(bold, "dd/mm/yyyy"))
    elif column.year:
        sheet.write_number(row, index, value, formats.centred(bold, "0"))
    else:
        sheet.write_number(row, index, value, formats.number(_decimals(value, column.places(item)), bold, free))


@lru_cache(maxsize=4096)
def _decimals(value: int | Decimal, places: int | None) -> int:
    if places is not None or isinstance(value, int):
        return places or 0
    return max(0, -int(value.normalize().as_tuple().exponent))
