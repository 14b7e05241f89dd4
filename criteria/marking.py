"""An uploaded workbook given back with its rejected cells coloured and commented, everything else as it was."""

import io

from openpyxl import load_workbook
from openpyxl.comments import Comment
from openpyxl.styles import PatternFill

AUTHOR = "Cổng nông thôn mới"
REJECTED = PatternFill("solid", start_color="FFFFC7CE", end_color="FFFFC7CE")


def mark(content: bytes, sheet: str, problems: dict[str, str]) -> bytes:
    """The xlsx file with a comment on each of ``problems`` (cell address → Vietnamese reason) of one sheet.

    Raises ``ValueError`` for a file that can be read for its values but not kept whole.
    """
    try:
        book = load_workbook(io.BytesIO(content), rich_text=True)
    except Exception as error:  # openpyxl raises whatever its parsers do
        raise ValueError("không mở được để đánh dấu") from error
    page = book[sheet]
    for address, reason in problems.items():
        cell = page[address]
        if type(cell).__name__ == "MergedCell":
            continue
        cell.fill = REJECTED
        cell.comment = Comment(reason, AUTHOR, height=90, width=280)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()
