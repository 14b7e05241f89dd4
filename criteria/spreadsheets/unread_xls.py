"""PURE: what the reader of old xls files cannot tell, from the records of the file; ``unread`` does it for the others.

LibreOffice writes 0 as the result of a formula that gives text when it did not calculate it itself; xlwt and POI write
0 for what they never calculate. Excel 2002 and later, which says so in the first record, writes what it shows.
"""

import struct
from collections.abc import Iterator

from criteria.rules.cells import Unread

from .unread import Cells, Placed, error, is_percent, percentage, uncalculated

END = 0xFFFFFFF0  # and above: no sector
STREAMS = ("Workbook", "Book")
BOF, EOF, SHEET, XF, FORMAT = 0x809, 0x0A, 0x85, 0xE0, 0x41E
NUMBER, RK, MULRK, BOOLERR, STRING = 0x203, 0x27E, 0xBD, 0x205, 0x207
FORMULAS = (0x06, 0x206, 0x406)
BETWEEN = (0x4BC, 0x221, 0x236)  # a shared formula, an array, a table: between a formula and its text
TRUSTED = 0x07CD  # the year that Excel 2002 and later write
ERRORS = {0: "#NULL!", 7: "#DIV/0!", 15: "#VALUE!", 23: "#REF!", 29: "#NAME?", 36: "#NUM!", 42: "#N/A"}
ZERO = Unread("công thức cho 0, mà tệp .xls này ghi 0 cả khi kết quả là chữ; hãy ghi thẳng giá trị, hoặc gửi .xlsx")


def of_xls(content: bytes, sheet: str) -> Cells:
    """By row and column, from 0. Raises ``ValueError``, ``LookupError`` or ``struct.error`` for a damaged file."""
    stream = _workbook(content)
    records = list(_records(stream, 0))
    year = struct.unpack_from("<H", records[0][1], 6)[0]
    codes = {struct.unpack_from("<H", data)[0]: _text(data[2:], 2) for kind, data in records if kind == FORMAT}
    forms = [struct.unpack_from("<H", data, 2)[0] for kind, data in records if kind == XF]
    percents = {n for n, form in enumerate(forms) if is_percent(form, codes.get(form, ""))}
    starts = {_text(data[6:], 1): struct.unpack_from("<L", data)[0] for kind, data in records if kind == SHEET}
    return dict(_cells(list(_records(stream, starts[sheet])), percents, year == TRUSTED))


def _workbook(content: bytes) -> bytes:
    """The stream of the workbook in a compound file."""
    size = 1 << struct.unpack_from("<H", content, 30)[0]
    tables = _tables(content, size)
    fat = [number for table in tables for number in struct.unpack(f"<{size // 4}L", _sector(content, size, table))]
    directory, first_mini = struct.unpack_from("<L8xL", content, 48)
    entries = _chain(content[size:], size, fat, directory)
    for at in range(0, len(entries), 128):
        length, start, bytes_ = (
            *struct.unpack_from("<H", entries, at + 64),
            *struct.unpack_from("<2L", entries, at + 116),
        )
        if entries[at : at + max(length - 2, 0)].decode("utf-16-le", "replace") in STREAMS:
            if bytes_ >= struct.unpack_from("<L", content, 56)[0]:
                return _chain(content[size:], size, fat, start)[:bytes_]
            mini = _chain(content[size:], size, fat, first_mini)
            inside = _chain(content[size:], size, fat, struct.unpack_from("<L", entries, 116)[0])
            return _chain(inside, 64, list(struct.unpack(f"<{len(mini) // 4}L", mini)), start)[:bytes_]
    raise LookupError("no workbook")


def _sector(content: bytes, size: int, number: int) -> bytes:
    return content[(number + 1) * size : (number + 2) * size]


def _tables(content: bytes, size: int) -> list[int]:
    """The sectors of the allocation table: 109 in the head of the file, more in sectors of their own."""
    count, more = struct.unpack_from("<L", content, 44)[0], struct.unpack_from("<L", content, 68)[0]
    found = list(struct.unpack_from("<109L", content, 76))
    while len(found) < count and more < END:
        *others, more = struct.unpack(f"<{size // 4}L", _sector(content, size, more))
        found += others
    return found[:count]


def _chain(content: bytes, size: int, table: list[int], number: int) -> bytes:
    blocks: list[bytes] = []
    while number < END and len(blocks) <= len(table):
        blocks.append(content[number * size : (number + 1) * size])
        number = table[number]
    return b"".join(blocks)


def _records(stream: bytes, at: int) -> Iterator[tuple[int, bytes]]:
    """The records of one part of the stream, those of the charts within it left out."""
    depth = 0
    while at + 4 <= len(stream):
        kind, length = struct.unpack_from("<2H", stream, at)
        depth += (kind == BOF) - (kind == EOF)
        if depth <= 1 and kind != EOF:
            yield kind, stream[at + 4 : at + 4 + length]
        if depth <= 0:
            return
        at += 4 + length


def _text(data: bytes, width: int) -> str:
    """A text after its length of one or two bytes; wide where its first byte says so."""
    length, wide = int.from_bytes(data[:width], "little"), data[width] & 1
    letters = data[width + 1 :][: length * (2 if wide else 1)]
    return letters.decode("utf-16-le" if wide else "latin-1").replace("\0", "")


def _cells(records: list[tuple[int, bytes]], percents: set[int], trusted: bool) -> Placed:
    following = (kind for kind, _ in records[1:] if kind not in BETWEEN)
    for kind, data in records:
        after = next(following, 0) if kind not in BETWEEN else 0
        if kind in FORMULAS:
            said = _result(data[6:14], after == STRING, trusted)
        elif kind == BOOLERR and data[7]:
            said = error(ERRORS.get(data[6], "#N/A"))
        else:
            said = None
        if said is not None:
            yield struct.unpack_from("<2H", data), said
        else:
            yield from _percentages(kind, data, percents)


def _result(value: bytes, text_follows: bool, trusted: bool) -> Unread | None:
    """What is wrong with the result of a formula; None when the reader gives it as it is."""
    if value[6:] == b"\xff\xff":
        if value[0] == 2:
            return error(ERRORS.get(value[2], "#N/A"))
        return uncalculated() if value[0] == 0 and not text_follows else None
    return ZERO if not trusted and value == bytes(8) else None


def _percentages(kind: int, data: bytes, percents: set[int]) -> Placed:
    if kind == NUMBER or (kind in FORMULAS and data[12:14] != b"\xff\xff"):
        numbers = [(4, struct.unpack_from("<d", data, 6)[0])]
    elif kind == RK:
        numbers = [(4, _rk(data[6:10]))]
    elif kind == MULRK:
        numbers = [(at, _rk(data[at + 2 : at + 6])) for at in range(4, len(data) - 2, 6)]
    else:
        return
    row, first = struct.unpack_from("<2H", data)
    for column, (at, number) in enumerate(numbers, first):
        if struct.unpack_from("<H", data, at)[0] in percents:
            yield (row, column), percentage(number)


def _rk(data: bytes) -> float:
    """A number in four bytes: an integer or the upper half of a float, perhaps a hundred times too large."""
    plain = struct.unpack("<l", data)[0]
    whole = struct.unpack("<d", bytes(4) + (plain & ~3 & 0xFFFFFFFF).to_bytes(4, "little"))[0]
    value = float(plain >> 2) if plain & 2 else float(whole)
    return value / 100 if plain & 1 else value
