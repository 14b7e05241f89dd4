"""An uploaded workbook given back with its rejected cells coloured and commented, everything else as it was."""

import io
import re
import warnings
from zipfile import ZIP_DEFLATED, ZipFile

from openpyxl import Workbook, load_workbook
from openpyxl.cell import Cell, MergedCell
from openpyxl.comments import Comment
from openpyxl.styles import PatternFill
from openpyxl.worksheet.worksheet import Worksheet

from criteria.spreadsheets.unread import part_of

AUTHOR = "Cổng nông thôn mới"
REJECTED = PatternFill("solid", start_color="FFFFC7CE", end_color="FFFFC7CE")
WIDTH, LINE, LETTERS = 280, 20, 36  # of a comment in pixels, and of a line of its text
FOOTER = re.compile(rb"<odd(Header|Footer)>(?!&amp;[LCR])([^<]+)<")
CHOICES = re.compile(rb"<ext\b[^>]*>\s*<x14:dataValidations.*?</ext>", re.DOTALL)  # lists taken from other sheets


def mark(content: bytes, sheet: str, problems: dict[str, str]) -> bytes:
    """The xlsx file with a comment on each of ``problems`` (cell address → Vietnamese reason) of one sheet.

    Raises ``ValueError`` for a file that can be read for its values but not kept whole.
    """
    try:
        with warnings.catch_warnings(action="ignore"):  # of what is put back below
            book = load_workbook(io.BytesIO(content), rich_text=True)
        for address, reason in problems.items():
            _mark(_first_of(book[sheet], address), reason)
        parts = _parts(content, book)
        for page, data in parts.items():
            _keep_footers(book[page], data)
        return _with_choices(_saved(book), book, {page: CHOICES.findall(data) for page, data in parts.items()})
    except Exception as error:  # openpyxl raises whatever its parsers do
        raise ValueError("không mở được để đánh dấu") from error


def _parts(content: bytes, book: Workbook) -> dict[str, bytes]:
    """The XML of each sheet."""
    with ZipFile(io.BytesIO(content)) as archive:
        return {page.title: archive.read(part_of(archive, page.title)) for page in book.worksheets}


def _keep_footers(page: Worksheet, data: bytes) -> None:
    """A header or footer that does not say where it stands is in the middle; openpyxl drops it."""
    for place, text in FOOTER.findall(data):
        said = text.decode().replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", '"').replace("&amp;", "&")
        getattr(page, f"odd{place.decode()}").center.text = said


def _with_choices(saved: bytes, book: Workbook, choices: dict[str, list[bytes]]) -> bytes:
    """The file with the lists of choices put back that openpyxl drops: those that stand on another sheet."""
    if not any(choices.values()):
        return saved
    stream = io.BytesIO()
    with ZipFile(io.BytesIO(saved)) as old, ZipFile(stream, "w", ZIP_DEFLATED) as new:
        kept = {part_of(old, page): b"".join(found) for page, found in choices.items() if found}
        for name in old.namelist():
            data = old.read(name)
            if name in kept:
                lists = re.sub(rb' xr\d*:uid="[^"]*"', b"", kept[name])
                data = data.replace(b"</worksheet>", b"<extLst>" + lists + b"</extLst></worksheet>")
            new.writestr(name, data)
    return stream.getvalue()


def _first_of(page: Worksheet, address: str) -> Cell | MergedCell:
    """A cell, or the one that shows for it where cells are merged."""
    area = next((area for area in page.merged_cells.ranges if address in area), None)
    return page.cell(area.min_row, area.min_col) if area else page[address]


def _mark(cell: Cell | MergedCell, reason: str) -> None:
    """Colour and comment a cell; what somebody said there before stays below."""
    said = cell.comment.text if cell.comment else ""
    text = "\n".join(filter(None, [reason, said]))
    lines = sum(-(-len(line) // LETTERS) or 1 for line in text.split("\n"))
    cell.fill = REJECTED
    cell.comment = Comment(text, AUTHOR, height=LINE * (lines + 1), width=WIDTH)


def _saved(book: Workbook) -> bytes:
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()
