"""The writer of docx: a table as an office prints it, with the texts of the page, cell by cell.

Cells are put together as text: building them one object at a time costs more than all the rest of a report.
"""

import io
from itertools import groupby
from xml.sax.saxutils import escape

from docx.document import Document as Docx
from docx.enum.section import WD_SECTION
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from docx.shared import Pt

from reports.tables.table import Table, as_read

from .fitting import Layout, Part, Strip, fit, heading_lines, line_height, strips
from .word import add_paragraph, cell_style, clean, new_document, number_pages, set_page

TWIPS = 56.7  # in a millimetre
EDGES = "".join(
    f'<w:{edge} w:val="single" w:sz="4" w:space="0" w:color="000000"/>'
    for edge in ("top", "left", "bottom", "right", "insideH", "insideV")
)
MARGINS = '<w:tblCellMar><w:left w:w="45" w:type="dxa"/><w:right w:w="45" w:type="dxa"/></w:tblCellMar>'
SHADE = '<w:shd w:val="clear" w:color="auto" w:fill="EDEDED"/>'


def write(table: Table, note: str = "") -> bytes:
    """The table as a docx file. ``note``: what is to be known about the data."""
    table = as_read(table)
    document = new_document(table.title, note)
    for index, each in enumerate(filter(None, (table, table.appendix))):
        columns = strips(each)
        layout = fit(columns, each.notes)
        section = document.sections[0] if index == 0 else document.add_section(WD_SECTION.NEW_PAGE)
        set_page(section, layout.sideways)
        number_pages(section, at_top=False)
        add_titles(document, each, note)
        add_table(document, each, layout)
    return saved(document)


def saved(document: Docx) -> bytes:
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def add_titles(document: Docx, table: Table, note: str) -> None:
    add_paragraph(document, table.title.upper(), 14, "center", bold=True, keep=True)
    add_paragraph(document, table.subtitle, 13, "center", italic=True, keep=True)
    if note:
        add_paragraph(document, note, 11, "center", italic=True, keep=True)


def add_table(document: Docx, table: Table, layout: Layout) -> None:
    """The table below its unit line, in as many parts as it needs, and its notes."""
    space = add_paragraph(document, table.unit_line, 12 if table.unit_line else 3, "right", italic=True, keep=True)
    space.paragraph_format.space_after = space.paragraph_format.space_before = Pt(2)
    style = cell_style(document, layout.size)
    for index, part in enumerate(layout.parts):
        if index:
            _add_continuation(document, table, part)
        document._body._element.insert_element_before(parse_xml(_table(part, table, style, layout.size)), "w:sectPr")
    for line in table.notes:
        add_paragraph(document, line, 11, "both", italic=True).paragraph_format.space_before = Pt(3)


def _add_continuation(document: Docx, table: Table, part: Part) -> None:
    first, last = part.strips[sum(strip.naming for strip in part.strips)], part.strips[-1]
    text = f"{table.title} (tiếp theo): cột ({first.number}) đến cột ({last.number})"
    paragraph = add_paragraph(document, text, 13, "center", bold=True, keep=True)
    paragraph.paragraph_format.page_break_before = True
    paragraph.paragraph_format.space_after = Pt(4)


def _table(part: Part, table: Table, style: str, size: int) -> str:
    widths = [round(width * TWIPS) for width in part.widths]
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    return (
        f'<w:tbl {nsdecls("w")}><w:tblPr><w:tblW w:w="{sum(widths)}" w:type="dxa"/><w:jc w:val="center"/>'
        f'<w:tblBorders>{EDGES}</w:tblBorders><w:tblLayout w:type="fixed"/>{MARGINS}</w:tblPr>'
        f"<w:tblGrid>{grid}</w:tblGrid>"
        f"{_headings(part, table, widths, style, size)}{_rows(part, table, widths, style)}</w:tbl>"
    )


def _headings(part: Part, table: Table, widths: list[int], style: str, size: int) -> str:
    """One heading row or two, and the row of column numbers: all repeated on each page."""
    rows = []
    if table.grouped:
        rows.append(_upper(part, widths, style))
    rows.append("".join(_lower(strip, width, style, table) for strip, width in zip(part.strips, widths, strict=True)))
    numbers = (
        (f"({strip.number})" if strip.number else "", width) for strip, width in zip(part.strips, widths, strict=True)
    )
    rows.append("".join(_cell(text, width, style, "center", italic=True) for text, width in numbers))
    upper, lower = (_high(count, size) for count in heading_lines(part, size, table.grouped))
    heights = [*([upper] if table.grouped else []), lower, ""]
    return "".join(
        f"<w:tr><w:trPr><w:cantSplit/>{height}<w:tblHeader/></w:trPr>{row}</w:tr>"
        for row, height in zip(rows, heights, strict=True)
    )


def _high(count: int, size: int) -> str:
    """The least height of a row of so many lines: some programs cut a heading over two rows where it is repeated."""
    return f'<w:trHeight w:val="{round((count * line_height(size) + 1.2) * TWIPS)}" w:hRule="atLeast"/>'


def _upper(part: Part, widths: list[int], style: str) -> str:
    found = []
    columns = zip(part.strips, widths, strict=True)
    for _, members in groupby(columns, key=lambda column: column[0].group or column[0].number):
        block = list(members)
        strip, width = block[0][0], sum(width for _, width in block)
        grouped = bool(strip.group)
        more = (f'<w:gridSpan w:val="{len(block)}"/>' if grouped and len(block) > 1 else "") + (
            "" if grouped else '<w:vMerge w:val="restart"/>'
        )
        found.append(_cell(strip.group or strip.heading, width, style, "center", bold=True, more=more + SHADE))
    return "".join(found)


def _lower(strip: Strip, width: int, style: str, table: Table) -> str:
    if table.grouped and not strip.group:
        return _cell("", width, style, "center", more=f"<w:vMerge/>{SHADE}")
    return _cell(strip.heading, width, style, "center", bold=True, more=SHADE)


def _rows(part: Part, table: Table, widths: list[int], style: str) -> str:
    columns = [list(zip(strip.texts, strip.sides, strict=True)) for strip in part.strips]
    body, last = len(table.rows), len(columns[0]) - (not table.notes)
    stays = len(columns[0]) - len(table.totals) - 1  # the last row goes with the totals and the notes
    rows = []
    for index, cells in enumerate(zip(*columns, strict=True)):
        total, with_next = index >= body, stays <= index < last
        row = "".join(
            _cell(text, width, style, side, bold=total, keep=with_next)
            for (text, side), width in zip(cells, widths, strict=True)
        )
        rows.append(f"<w:tr><w:trPr><w:cantSplit/></w:trPr>{row}</w:tr>")
    return "".join(rows)


def _cell(
    text: str,
    width: int,
    style: str,
    side: str,
    *,
    bold: bool = False,
    italic: bool = False,
    keep: bool = False,
    more: str = "",
) -> str:
    fonts = ("<w:b/>" if bold else "") + ("<w:i/>" if italic else "")
    run = f"<w:r><w:rPr>{fonts}</w:rPr>{_lines(text)}</w:r>" if text else ""
    return (
        f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{more}<w:vAlign w:val="center"/></w:tcPr>'
        f'<w:p><w:pPr><w:pStyle w:val="{style}"/>{"<w:keepNext/>" if keep else ""}<w:jc w:val="{side}"/></w:pPr>'
        f"{run}</w:p></w:tc>"
    )


def _lines(text: str) -> str:
    """A text as Word keeps it: its lines and tabs as breaks of their own kind, the rest as text."""
    lines = (
        "<w:tab/>".join(f'<w:t xml:space="preserve">{escape(piece)}</w:t>' for piece in line.split("\t"))
        for line in clean(text).split("\n")
    )
    return "<w:br/>".join(lines)
