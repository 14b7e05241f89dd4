"""Several tables bound into one xlsx: a contents sheet with links, a sheet for each table, charts of some.

Beside ``workbook``, whose sheets it is made of, the only writer of xlsx.
"""

import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from reports.tables.table import Table, as_read

from .workbook import FONT, FOOTER, MANY_CELLS, Formats, Written, write_sheet

CONTENTS = "Mục lục"
LONGEST = 31  # characters of a sheet's name
COLOURS = ("#1B6B45", "#7FB89A", "#E3C567", "#D98A4E", "#A94438", "#8A8A8A")


@dataclass(frozen=True, slots=True)
class Plot:
    """A native chart below a table: ``series`` over ``categories``, by the keys of its columns."""

    title: str
    categories: str
    series: tuple[str, ...]
    stacked: bool = False
    unit: str = "Số xã"


def bind(
    title: str, subtitle: str, note: str, tables: Sequence[Table], plots: Mapping[str, Plot], foot: str = ""
) -> bytes:
    """The tables as one xlsx file. ``plots``: by slug of the table they belong to; ``foot``: at the left of a page."""
    every = [each for table in map(as_read, tables) for each in (table, table.appendix) if each]
    stream = io.BytesIO()
    many = sum(len(table.rows) * len(table.shown) for table in every) > MANY_CELLS
    book = Workbook(stream, {"constant_memory": many, "in_memory": not many})
    formats = Formats(book)
    names = sheet_names([table.title for table in every])
    _write_contents(book.add_worksheet(CONTENTS), [title.upper(), subtitle, note], every, names, formats)
    for table, name in zip(every, names, strict=True):
        sheet = book.add_worksheet(name)
        written = write_sheet(sheet, table, note, formats)
        if table.slug in plots and table.rows:
            _draw(book, sheet, table, plots[table.slug], written)
    if foot:
        for sheet in book.worksheets():
            sheet.set_footer(f'&L&"{FONT},Regular"&8{foot.replace("&", "&&")}{FOOTER}')
    book.set_properties({"title": title, "comments": note})
    book.close()
    return stream.getvalue()


def sheet_names(titles: Sequence[str]) -> list[str]:
    """A name for each sheet: its number and title, without its year, within what Excel allows."""
    names = []
    for number, title in enumerate(titles, 1):
        words = re.sub(r"[\[\]:*?/\\]", " ", re.sub(r" năm \d{4}$", "", title)).split()
        while words and len(f"{number}. {' '.join(words)}") > LONGEST:
            words.pop()
        text = " ".join(words).strip("' ")
        names.append(f"{number}. {text.capitalize() if text.isupper() else text}".strip())
    return names


def _write_contents(sheet: Worksheet, head: list[str], tables: list[Table], names: list[str], formats: Formats) -> None:
    sheet.set_paper(9)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.hide_gridlines(2)
    sheet.set_footer(FOOTER)
    for index, width in enumerate((6, 58, 74)):
        sheet.set_column(index, index, width)
    styles: list[dict[str, object]] = [{"bold": True, "font_size": 14}, {"italic": True}]
    styles.append({"italic": True, "font_color": "#9C5700"})
    lines = [(text, style) for text, style in zip(head, styles, strict=True) if text]
    for row, (text, style) in enumerate(lines):
        sheet.merge_range(row, 0, row, 2, "", formats.get(align="center", **style))
        sheet.write_string(row, 0, text, formats.get(align="center", **style))
    top = len(lines) + 1
    heading = formats.get(bold=True, border=1, align="center", bg_color="#E8F0E9")
    for index, text in enumerate(("STT", "Biểu", "Phạm vi, thời điểm")):
        sheet.write_string(top, index, text, heading)
    link = formats.get(border=1, font_color="#1B6B45", underline=1, text_wrap=True)
    for row, (table, name) in enumerate(zip(tables, names, strict=True), 1):
        sheet.write_number(top + row, 0, row, formats.centred(False))
        sheet.write_url(top + row, 1, f"internal:'{name}'!A1", link, table.title)
        sheet.write_string(top + row, 2, table.subtitle, formats.text(True, False))
    sheet.repeat_rows(top)


def _draw(book: Workbook, sheet: Worksheet, table: Table, plot: Plot, written: Written) -> None:
    """Bars of the rows, the totals left out, below the table and its notes."""
    places = {column.key: index for index, column in enumerate(table.shown, int(table.numbered))}
    first, last = written.first, written.first + len(table.rows) - 1
    chart = book.add_chart({"type": "column", **({"subtype": "stacked"} if plot.stacked else {})})
    headings = {column.key: column.heading for column in table.shown}
    for index, key in enumerate(key for key in plot.series if key in places):
        column = places[key]
        chart.add_series({
            "name": headings[key],
            "categories": [sheet.name, first, places[plot.categories], last, places[plot.categories]],
            "values": [sheet.name, first, column, last, column],
            "fill": {"color": COLOURS[index % len(COLOURS)]}, "gap": 60,
            "data_labels": {"value": True, "num_format": "0;;", "font": {"name": FONT, "size": 9}},
        })  # fmt: skip
    font = {"name": FONT, "size": 10}
    chart.set_title({"name": plot.title, "name_font": {"name": FONT, "size": 13}, "overlay": False})
    chart.set_x_axis({"num_font": font})
    chart.set_y_axis(
        {
            "num_font": font,
            "name": plot.unit,
            "name_font": font,
            "major_gridlines": {"visible": True, "line": {"color": "#D9D9D9"}},
        }
    )
    chart.set_legend({"position": "bottom", "font": font})
    width = 7 * sum(column.width for column in table.shown)  # as broad as the table: a broader one shrinks it in print
    chart.set_size({"width": min(width, 960), "height": 380})
    sheet.fit_to_pages(1, 1)  # a page break through the chart would cut it in two
    sheet.insert_chart(written.end + 1, 0, chart, {"description": plot.title})
