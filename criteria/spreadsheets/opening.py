"""Opening what offices send: xlsx, xls, ods and csv as rows of raw cells, after ``guard`` has let the file in."""

import csv
import io
import pickle
import re
import struct
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from xml.etree import ElementTree

from python_calamine import CalamineError, CalamineWorkbook

from communes.uploads.guard import MEGABYTE, TOO_WIDE, FileRefused, Limits, check, too_many

from .sheet import header_row
from .stamp import SHEET, Stamp, read_stamp
from .unread import of_ods, of_xlsx
from .unread_xls import of_xls

Rows = list[list[object]]
DAMAGED = "Không mở được tệp: tệp hỏng, có mật khẩu, hoặc không đúng dạng ghi ở đuôi tệp."
ROOT = Path(__file__).resolve().parent.parent.parent
FRACTION = re.compile(r"0[.,]\d{1,12}|[01]([.,]0{1,12})?")
SECONDS, MEMORY, MEMORY_OF_CELL = 4, 160 * MEGABYTE, 400


@dataclass(frozen=True, slots=True)
class OpenedFile:
    """The rows of the sheet that holds the table, its name, and the stamp when the portal made the file."""

    rows: Rows
    sheet: str = ""
    stamp: Stamp | None = None


def open_file(content: bytes, filename: str, limits: Limits | None = None) -> OpenedFile:
    """The first sheet that has a header, else the first. Formulas come as their values. Raises ``FileRefused``."""
    limits = limits or Limits()
    kind = check(content, filename, limits)
    if kind == ".csv":
        opened = OpenedFile(_read_csv(content))
    else:
        opened = _open_apart(content, limits) if kind == ".xls" else _open_whole(content, kind, limits)
    return replace(opened, rows=[list(map(_number, row)) for row in opened.rows])


def _open_whole(content: bytes, kind: str, limits: Limits) -> OpenedFile:
    """The workbook as it is read, with what the reader cannot tell put in its place."""
    opened = _open_workbook(content, limits)
    rows = opened.rows
    try:
        if kind == ".ods":
            found = of_ods(content, opened.sheet, len(rows), max(map(len, rows), default=0))
        else:
            found = (of_xlsx if kind == ".xlsx" else of_xls)(content, opened.sheet)
    except (LookupError, ElementTree.ParseError, ValueError, OverflowError, struct.error) as error:
        raise FileRefused(DAMAGED) from error
    for (row, column), text in found.items():
        rows.extend([] for _ in range(len(rows), row + 1))
        rows[row].extend([""] * (column + 1 - len(rows[row])))
        rows[row][column] = text
    return opened


def _open_workbook(content: bytes, limits: Limits) -> OpenedFile:
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        names = [name for name in book.sheet_names if name != SHEET]
        sheets = {name: _read_sheet(book, name, limits) for name in names}
        stamp = _read_sheet(book, SHEET, limits) if SHEET in book.sheet_names else []
    except FileRefused:
        raise
    except (CalamineError, ValueError, OSError, OverflowError) as error:
        raise FileRefused(DAMAGED) from error
    except BaseException as error:
        if type(error).__name__ != "PanicException":  # the reader's, of no class that can be imported
            raise
        raise FileRefused(DAMAGED) from error
    if not sheets:
        raise FileRefused("Tệp không có trang tính nào.")
    chosen = next((name for name in names if header_row(sheets[name]) is not None), names[0])
    return OpenedFile(sheets[chosen], chosen, read_stamp(stamp))


def _read_sheet(book: CalamineWorkbook, name: str, limits: Limits) -> Rows:
    sheet = book.get_sheet_by_name(name)
    if sheet.total_height * sheet.total_width > limits.cells * 4:
        raise FileRefused(TOO_WIDE)
    return [list(map(_plain, row)) for row in sheet.to_python(skip_empty_area=False)]


def _plain(cell: object) -> object:
    """Text without the NUL that a workbook can hold and a database cannot."""
    return cell.replace("\x00", "") if isinstance(cell, str) else cell


def _number(cell: object) -> object:
    """“0,85” or “1” as the one number that it can be, so that a percentage is asked about however it is held."""
    return float(cell.replace(",", ".")) if isinstance(cell, str) and FRACTION.fullmatch(cell.strip()) else cell


def _open_apart(content: bytes, limits: Limits) -> OpenedFile:
    """An old xls, in a process of its own with bounds of its own.

    Its cells and strings lie in a binary stream that ``guard`` does not read; two of them far apart make the reader ask
    for more memory than there is, which ends its process.
    """
    command = [sys.executable, "-m", "criteria.spreadsheets.opening", str(limits.cells)]
    try:
        read = subprocess.run(command, input=content, capture_output=True, cwd=ROOT, timeout=SECONDS, check=True)
    except subprocess.SubprocessError as error:
        raise FileRefused(DAMAGED) from error
    found = pickle.loads(read.stdout)
    if isinstance(found, str):
        raise FileRefused(found)
    return OpenedFile(*found)


def _answer_apart(cells: int) -> None:
    """The other side: the file on standard input, what was opened or why it was refused on standard output."""
    with suppress(ImportError, ValueError):  # no such bounds on this system
        import resource

        bound = MEMORY + max(0, cells - Limits().cells) * MEMORY_OF_CELL
        resource.setrlimit(resource.RLIMIT_AS, (bound, bound))
    answer: object
    try:
        opened = _open_whole(sys.stdin.buffer.read(), ".xls", Limits(cells=cells))
        answer = (opened.rows, opened.sheet, opened.stamp)
        if sum(cell != "" for row in opened.rows for cell in row) > cells:
            answer = too_many(Limits(cells=cells))
    except FileRefused as refused:
        answer = str(refused)
    sys.stdout.buffer.write(pickle.dumps(answer))


def _read_csv(content: bytes) -> Rows:
    """UTF-8, or the Windows code page for Vietnamese; comma or semicolon."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1258", errors="replace")
    delimiter = ";" if text.count(";") > text.count(",") else ","
    try:
        return [list(row) for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)]
    except csv.Error as error:
        raise FileRefused("Tệp csv không đọc được: dấu nháy kép mở mà không đóng, hoặc một ô quá dài.") from error


if __name__ == "__main__":
    _answer_apart(int(sys.argv[1]))
