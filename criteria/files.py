"""Opening what offices send: xlsx, xls, ods and csv as rows of raw cells, after ``guard`` has let the file in."""

import csv
import io
from dataclasses import dataclass

from python_calamine import CalamineError, CalamineWorkbook

from .guard import FileRefused, Limits, check
from .sheet import header_row
from .stamp import SHEET, Stamp, read_stamp

Rows = list[list[object]]
DAMAGED = "Không mở được tệp: tệp hỏng, có mật khẩu, hoặc không đúng dạng ghi ở đuôi tệp."


@dataclass(frozen=True, slots=True)
class OpenedFile:
    """The rows of the sheet that holds the table, its name, and the stamp when the portal made the file."""

    rows: Rows
    sheet: str = ""
    stamp: Stamp | None = None


def open_file(content: bytes, filename: str, limits: Limits | None = None) -> OpenedFile:
    """The first sheet that has a header, else the first. Formulas come as their values. Raises ``FileRefused``."""
    limits = limits or Limits()
    if check(content, filename, limits) == ".csv":
        return OpenedFile(_read_csv(content))
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        names = [name for name in book.sheet_names if name != SHEET]
        sheets = {name: _read_sheet(book, name, limits) for name in names}
        stamp = _read_sheet(book, SHEET, limits) if SHEET in book.sheet_names else []
    except (CalamineError, ValueError, OSError) as error:
        if isinstance(error, FileRefused):
            raise
        raise FileRefused(DAMAGED) from error
    if not sheets:
        raise FileRefused("Tệp không có trang tính nào.")
    chosen = next((name for name in names if header_row(sheets[name]) is not None), names[0])
    return OpenedFile(sheets[chosen], chosen, read_stamp(stamp))


def _read_sheet(book: CalamineWorkbook, name: str, limits: Limits) -> Rows:
    sheet = book.get_sheet_by_name(name)
    # An old xls says how large it is only here; a single far-away cell makes the rectangle enormous.
    if sheet.total_height * sheet.total_width > limits.cells * 4:
        raise FileRefused("Trang tính quá rộng hoặc quá dài; hãy xóa các dòng, cột trống có định dạng rồi gửi.")
    return list(map(list, sheet.to_python(skip_empty_area=False)))


def _read_csv(content: bytes) -> Rows:
    """UTF-8, or the Windows code page for Vietnamese; comma or semicolon."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1258", errors="replace")
    delimiter = ";" if text.count(";") > text.count(",") else ","
    try:
        return [list(row) for row in csv.reader(io.StringIO(text), delimiter=delimiter, strict=True)]
    except csv.Error as error:
        raise FileRefused("Tệp csv không đọc được: dấu nháy kép mở mà không đóng.") from error
