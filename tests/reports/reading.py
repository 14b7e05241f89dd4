"""Reads a report back from its page and its xlsx, as a person or another program would."""

import io
import re
from dataclasses import dataclass, field
from functools import lru_cache
from html.parser import HTMLParser
from zipfile import ZipFile

from docx.oxml.ns import qn
from docx.text.paragraph import Paragraph
from openpyxl import load_workbook

JSON = "application/json"
HIDDEN = {"tong-hop": {"key"}, "dang-ky": {"level"}}  # for machines, in JSON only
OPTIONAL = {"dang-ky": {"unknown_lines", "advanced", "outcome", "result", "note"}}  # so where nothing stands in them


@dataclass
class HtmlCell:
    tag: str
    attributes: dict[str, str]
    text: str = ""
    links: list[str] = field(default_factory=list)

    @property
    def span(self) -> tuple[int, int]:
        return int(self.attributes.get("rowspan", 1)), int(self.attributes.get("colspan", 1))


class TableParser(HTMLParser):
    """The rows of ``table#bieu`` by part: thead, tbody, tfoot."""

    def __init__(self):
        super().__init__()
        self.parts: dict[str, list[list[HtmlCell]]] = {"thead": [], "tbody": [], "tfoot": []}
        self.inside, self.part, self.cell = False, None, None

    def handle_starttag(self, tag, attrs):
        attributes = dict(attrs)
        if tag == "table":
            self.inside = attributes.get("id") == "bieu"
        if not self.inside:
            return
        if tag in self.parts:
            self.part = self.parts[tag]
        elif tag == "tr":
            self.part.append([])
        elif tag in ("td", "th"):
            self.cell = HtmlCell(tag, attributes)
            self.part[-1].append(self.cell)
        elif self.cell is not None and tag == "a":
            self.cell.links.append(attributes["href"])
        elif self.cell is not None:
            raise AssertionError(f"<{tag}> in a cell of a report")

    def handle_endtag(self, tag):
        if tag in ("td", "th"):
            self.cell = None
        elif tag == "table":
            self.inside = False

    def handle_data(self, data):
        if self.cell is not None:
            self.cell.text += data


@dataclass
class Page:
    html: str
    head: list[list[HtmlCell]]
    body: list[list[HtmlCell]]
    foot: list[list[HtmlCell]]


def read_page(html: str) -> Page:
    parser = TableParser()
    parser.feed(html)
    return Page(html, parser.parts["thead"], parser.parts["tbody"], parser.parts["tfoot"])


def heading_grid(page: Page) -> tuple[list[list[str]], set[tuple[int, int, int, int]]]:
    """The headings spread over the grid they span (row by column, repeated), and the areas of more than one cell."""
    grid: dict[tuple[int, int], str] = {}
    areas = set()
    for row, cells in enumerate(page.head):
        column = 0
        for cell in cells:
            while (row, column) in grid:
                column += 1
            down, across = cell.span
            grid |= {(row + i, column + j): cell.text for i in range(down) for j in range(across)}
            if (down, across) != (1, 1):
                areas.add((row, column, row + down - 1, column + across - 1))
    width = 1 + max(column for _, column in grid)
    return [[grid[row, column] for column in range(width)] for row in range(len(page.head))], areas


class Book:
    """An xlsx of a report: where its headings end is where its panes freeze."""

    def __init__(self, content: bytes):
        self.content = content
        self.book = load_workbook(io.BytesIO(content))
        self.sheet = self.book["Biểu"]
        first, last = map(int, re.fullmatch(r"\$(\d+):\$(\d+)", self.sheet.print_title_rows).groups())
        self.heading_rows, self.numbers_row = range(first, last), last
        self.width = next(i for i in range(1, 500) if self.sheet.cell(last, i + 1).value is None)

    def row(self, number: int) -> list:
        return [self.sheet.cell(number, column) for column in range(1, self.width + 1)]

    def body(self, rows: int) -> list[list]:
        return [self.row(self.numbers_row + 1 + index) for index in range(rows)]

    def formulas(self) -> list[str]:
        with ZipFile(io.BytesIO(self.content)) as parts:
            sheets = [name for name in parts.namelist() if name.startswith("xl/worksheets/")]
            return [name for name in sheets if b"<f>" in parts.read(name) or b"<f " in parts.read(name)]

    def texts(self) -> list[str]:
        return [str(cell.value) for row in self.sheet.iter_rows() for cell in row if cell.value is not None]


# Of what several tests look at, and none changes: read once.
SHARED = 64
read = lru_cache(SHARED)(read_page)
opened = lru_cache(SHARED)(Book)


def vietnamese(number: int | float, decimals: int) -> str:
    """``1234.5`` → ``1.234,5``."""
    return f"{number:,.{decimals}f}".translate(str.maketrans(",.", ".,"))


def decimals_of(number_format: str) -> int | None:
    """The places of a Vietnamese number format, None where it is another kind of format."""
    found = re.fullmatch(r"\[\$-42A\]#,##0(?:\.(0+))?", number_format)
    return len(found[1] or "") if found else None


@dataclass
class PaperTable:
    """A table of a Word document: its heading rows spread over the grid, the column numbers, and the rows below."""

    head: list[list[str]]
    numbers: list[str]
    rows: list[list[str]]
    table: object

    @property
    def width(self) -> int:
        return len(self.numbers)


def read_tables(document) -> list[PaperTable]:
    return [found for table in document.tables if (found := _paper_table(table))]


def _paper_table(table) -> PaperTable | None:
    """None for a table that only places things side by side."""
    rows = table._tbl.tr_lst
    repeated = [row for row in rows if row.trPr is not None and row.trPr.find(qn("w:tblHeader")) is not None]
    if not repeated:
        return None
    assert rows[: len(repeated)] == repeated, "only the first rows of a table are repeated on each page"
    grid: list[list[str]] = []
    for row in repeated:
        texts = []
        for cell in row.tc_lst:
            above = cell.vMerge == "continue"
            texts += [grid[-1][len(texts)] if above else _cell_text(cell)] * cell.grid_span
        grid.append(texts)
    body = [[_cell_text(cell) for cell in row.tc_lst] for row in rows[len(repeated) :]]
    return PaperTable(grid[:-1], grid[-1], body, table)


def _cell_text(cell) -> str:
    return "\n".join(Paragraph(paragraph, None).text for paragraph in cell.p_lst)


def joined(tables: list[PaperTable], columns: int) -> tuple[list[tuple[str, str]], list[list[str]]]:
    """The headings (upper, lower) and rows of a table of so many numbered columns, put together from its parts."""
    heads: dict[int, tuple[str, str]] = {}
    cells: dict[int, list[str]] = {}
    for part in tables:
        if set(heads) >= set(range(1, columns + 1)):
            break
        for index, label in enumerate(part.numbers):
            number = int(label.strip("()") or 0)
            heading = (part.head[0][index], part.head[-1][index])
            column = [row[index] for row in part.rows]
            assert heads.setdefault(number, heading) == heading
            assert cells.setdefault(number, column) == column, "a repeated column says the same"
    order = sorted(cells)
    assert order[-1] == columns
    return [heads[number] for number in order], [list(row) for row in zip(*(cells[n] for n in order), strict=True)]


def parts_of(content: bytes) -> dict[str, str]:
    """The XML of a file of an office program, by the name of each part."""
    with ZipFile(io.BytesIO(content)) as parts:
        return {name: parts.read(name).decode() for name in parts.namelist() if name.endswith((".xml", ".rels"))}


def shown_columns(slug, json):
    """The columns of the JSON that page and files show too."""
    empty = {key for key in OPTIONAL.get(slug, ()) if not any(row[key] for row in json["rows"])}
    return [column for column in json["columns"] if column["key"] not in HIDDEN.get(slug, set()) | empty]
