"""Opening what offices send: xlsx, xls, ods and csv as rows of raw cells, after ``guard`` has let the file in."""

import csv
import io
import pickle
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree
from zipfile import ZipFile

from python_calamine import CalamineError, CalamineWorkbook

from .guard import MEGABYTE, TOO_WIDE, FileRefused, Limits, check, place, too_many
from .sheet import header_row
from .stamp import SHEET, Stamp, read_stamp

Rows = list[list[object]]
DAMAGED = "Không mở được tệp: tệp hỏng, có mật khẩu, hoặc không đúng dạng ghi ở đuôi tệp."
ROOT = Path(__file__).resolve().parent.parent
ERROR_OR_FORMULA = re.compile(rb"""t=["']e["']|<(\w+:)?f[\s/>]""")
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
        return OpenedFile(_read_csv(content))
    opened = _open_apart(content, limits) if kind == ".xls" else _open_workbook(content, limits)
    if kind == ".xlsx":
        for (row, column), text in _unread(content, opened.sheet).items():
            opened.rows.extend([] for _ in range(len(opened.rows), row + 1))
            opened.rows[row].extend([""] * (column + 1 - len(opened.rows[row])))
            opened.rows[row][column] = text
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


def _unread(content: bytes, sheet: str) -> dict[tuple[int, int], str]:
    """What the reader gives as empty, which would be no data: errors, and formulas that nobody has calculated yet."""
    try:
        with ZipFile(io.BytesIO(content)) as archive:
            names = {name.casefold(): name for name in archive.namelist()}
            path = names.get(_path_of(archive, sheet).casefold())
            data = archive.read(path) if path else b""
        return dict(_unread_cells(io.BytesIO(data))) if ERROR_OR_FORMULA.search(data) else {}
    except (KeyError, ElementTree.ParseError, ValueError) as error:
        raise FileRefused(DAMAGED) from error


def _path_of(archive: ZipFile, sheet: str) -> str:
    """The part of a workbook that holds a sheet, as its relations say."""
    relations = ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))
    targets = {relation.get("Id"): relation.get("Target", "") for relation in relations}
    for element in ElementTree.fromstring(archive.read("xl/workbook.xml")).iter():
        if _tag(element) == "sheet" and element.get("name") == sheet:
            ids = [value for key, value in element.items() if key.endswith("}id")]
            target = targets.get(ids[0], "") if ids else ""
            return target.lstrip("/") if target.startswith(("/xl/", "xl/")) else f"xl/{target}"
    return ""


def _unread_cells(stream: io.BytesIO) -> Iterator[tuple[tuple[int, int], str]]:
    rows: list[ElementTree.Element] = []
    for event, element in ElementTree.iterparse(stream, ("start", "end")):
        if event == "start":
            rows += [element] if _tag(element) == "sheetData" else []
            continue
        if _tag(element) == "c" and "r" in element.attrib:
            texts = {_tag(child): child.text or "" for child in element}
            if element.get("t") == "e":
                yield place(element.get("r", "")), texts.get("v") or "#N/A"
            elif "f" in texts and not texts.get("v") and element.get("t") != "str":
                yield place(element.get("r", "")), f"công thức chưa tính: ={texts['f']}"
        if _tag(element) == "row":
            for parent in rows:
                parent.clear()


def _tag(element: ElementTree.Element) -> str:
    return element.tag.rpartition("}")[2]


def _open_apart(content: bytes, limits: Limits) -> OpenedFile:
    """An old xls, in a process of its own with bounds of its own.

    Its cells and strings lie in a binary stream that ``guard`` does not read; two of them far apart make the reader ask
    for more memory than there is, which ends its process.
    """
    command = [sys.executable, "-m", "criteria.files", str(limits.cells)]
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
        opened = _open_workbook(sys.stdin.buffer.read(), Limits(cells=cells))
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
