"""The corpus of odd and hostile files that offices, or others, may send: a table of how each is made and what becomes
of it. No Django here; the measured process reads this file too.
"""

import csv
import io
import random
import re
import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cache, partial
from xml.sax.saxutils import escape

import openpyxl
import xlsxwriter

HEAD = ["Mã xã", "Xã", "Huyện, thành phố, thị xã", "5.1", "3.1", "1.1"]
CITY = "Thành phố Thái Nguyên"
BODY = [
    ["05485", "Phúc Hà", CITY, 60, 91.8, "Đạt"],
    ["05488", "Phúc Xuân", CITY, 100, 89.8, "Đạt"],
    ["05491", "Quyết Thắng", CITY, 100, 90.4, "Đạt"],
]
TABLE = [HEAD, *BODY]
CHANGED = ("05485|5.1=60",)  # the only cell of TABLE that differs from the trial data
ZIP64, MEGABYTE = 1 << 32, 1 << 20


@dataclass(frozen=True)
class Odd:
    """A file: ``refused`` with these words, or accepted with these changes and these rejected cells."""

    name: str
    filename: str
    make: Callable[[], bytes]
    refused: str = ""
    changes: tuple[str, ...] = CHANGED
    rejected: tuple[tuple[str, str], ...] = ()

    def __str__(self) -> str:
        return self.name.replace(" ", "_")


# --- workbooks ---


def xlsx(rows=TABLE, name="Biểu", edit=None) -> bytes:
    """By XlsxWriter; ``edit(book, sheet)`` does something more."""
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        sheet = book.add_worksheet(name)
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
        if edit:
            edit(book, sheet)
    return content.getvalue()


def by_openpyxl(rows=TABLE, edit=None) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    if edit:
        edit(book, book.active)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def parts_of(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def zipped(parts: dict[str, bytes], method=zipfile.ZIP_DEFLATED) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", method) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return content.getvalue()


def with_parts(maker: Callable[[], bytes] = xlsx, /, **changed) -> bytes:
    """A workbook with parts replaced or added; the name of a part in ``PARTS``, or as it is."""
    return zipped(parts_of(maker()) | {PARTS.get(name, name): data for name, data in changed.items()})


PARTS = {
    "sheet": "xl/worksheets/sheet1.xml",
    "strings": "xl/sharedStrings.xml",
    "workbook": "xl/workbook.xml",
    "rels": "xl/_rels/workbook.xml.rels",
    "types": "[Content_Types].xml",
    "content": "content.xml",
}


def edited(part: str, old: bytes, new: bytes, count=1, content: Callable[[], bytes] = xlsx) -> bytes:
    parts = parts_of(content())
    assert old in parts[PARTS[part]]
    return zipped(parts | {PARTS[part]: parts[PARTS[part]].replace(old, new, count)})


def with_doctype(part: str, encoding="utf-8", doctype='<!DOCTYPE x [<!ENTITY a "b">]>', content=xlsx) -> bytes:
    data = parts_of(content())[PARTS[part]].decode()
    body = data.split("?>", 1)[1]
    return with_parts(content, **{part: f'<?xml version="1.0" encoding="{encoding}"?>{doctype}{body}'.encode(encoding)})


def billion_laughs() -> bytes:
    entities = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))
    return with_doctype("strings", doctype=f'<!DOCTYPE x [<!ENTITY e0 "ha">{entities}]>')


def sheet_xml(cells: str) -> bytes:
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    return f'<?xml version="1.0"?><worksheet xmlns="{space}"><sheetData>{cells}</sheetData></worksheet>'.encode()


def many_cells(cell: str, rows: int, columns: int) -> bytes:
    return with_parts(sheet=sheet_xml(f"<row>{cell * columns}</row>" * rows))


def far_cell(reference: str) -> bytes:
    row = "".join(filter(str.isdigit, reference))
    return with_parts(
        sheet=sheet_xml(f'<row r="1"><c r="A1"><v>1</v></c></row><row r="{row}"><c r="{reference}"><v>1</v></c></row>')
    )


CELL_OF_STRING = '<c t="s"><v>0</v></c>'


def long_string_everywhere(letters=32_000, columns=50) -> bytes:
    """A text that 50.000 cells refer to: 4,8 GB when read."""
    strings = f'<sst xmlns="x"><si><t>{"ệ" * letters}</t></si></sst>'.encode()
    rows = f"<row>{CELL_OF_STRING * columns}</row>" * 1000
    return with_parts(strings=strings, sheet=sheet_xml(rows))


# --- zip archives that lie ---


@dataclass
class Member:
    name: str
    packed: bytes
    size: int
    crc: int
    method: int = 8
    flags: int = 0
    at: int | None = None  # instead of a local header of its own


def member(name: str, data: bytes, **lies) -> Member:
    deflate = zlib.compressobj(9, zlib.DEFLATED, -15)
    return Member(
        **{"name": name, "packed": deflate.compress(data) + deflate.flush(), "size": len(data), "crc": zlib.crc32(data)}
        | lies
    )


def raw_zip(members: list[Member], comment=b"", before=b"") -> bytes:
    body, directory = bytearray(before), bytearray()
    for m in members:
        name, at = m.name.encode(), len(body) if m.at is None else m.at
        facts = struct.pack("<5H3L2H", 20, m.flags, m.method, 0, 33, m.crc, len(m.packed), m.size, len(name), 0)
        if m.at is None:
            body += b"PK\x03\x04" + facts + name + m.packed
        directory += b"PK\x01\x02\x14\x00" + facts + struct.pack("<3H2L", 0, 0, 0, 0, at) + name
    end = struct.pack(
        "<4s4H2LH", b"PK\x05\x06", 0, 0, len(members), len(members), len(directory), len(body), len(comment)
    )
    return bytes(body + directory + end + comment)


def members(**changed) -> list[Member]:
    named = {PARTS.get(name, name): data for name, data in changed.items()}
    return [member(name, data) for name, data in (parts_of(xlsx()) | named).items()]


@cache
def packed_zeros(megabytes: int, letter=b" ") -> tuple[bytes, int]:
    deflate, crc, block = zlib.compressobj(9, zlib.DEFLATED, -15), 0, letter * MEGABYTE
    packed = []
    for _ in range(megabytes):
        packed.append(deflate.compress(block))
        crc = zlib.crc32(block, crc)
    return b"".join([*packed, deflate.flush()]), crc


def flat_bomb(name="xl/media/image1.png", claimed: int | None = None, megabytes=400) -> bytes:
    packed, crc = packed_zeros(megabytes)
    if claimed is not None:  # the checksum of what is claimed, so that a reader that stops there is content
        crc = zlib.crc32(b" " * claimed)
    size = megabytes * MEGABYTE if claimed is None else claimed
    kept = [m for m in members() if m.name != name]
    return raw_zip([*kept, Member(name, packed, size, crc)])


def nested_bomb(name="xl/embeddings/inner.xlsx") -> bytes:
    inner = flat_bomb()
    for _ in range(3):
        inner = zipped({"inner.zip": inner})
    return with_parts(**{name: inner})


def overlapping_bomb() -> bytes:
    """Hundred and fifty names for one kernel."""
    packed, crc = packed_zeros(1)
    kernel = Member("xl/media/0.png", packed, MEGABYTE, crc)
    at = len(raw_zip([])) - 22
    others = [Member(f"xl/media/{n}.png", packed, MEGABYTE, crc, at=at) for n in range(1, 150)]
    return raw_zip([kernel, *others, *members()])


# --- old workbooks (BIFF8 in a compound file) ---


def compound(streams: dict[str, bytes]) -> bytes:
    """A compound file of streams of at least 4.096 bytes each."""
    sectors, fat, entries = [], [], []
    for name, data in streams.items():
        data = data.ljust(4096, b"\0")
        start, count = len(sectors), -(-len(data) // 512)
        sectors += [data[n * 512 : (n + 1) * 512].ljust(512, b"\0") for n in range(count)]
        fat += [*range(start + 1, start + count), 0xFFFFFFFE]
        entries.append((name, 2, start, len(data)))
    entries = [("Root Entry", 5, 0xFFFFFFFE, 0), *entries]
    directory, first = b"", len(sectors)
    for number, (name, kind, start, size) in enumerate(entries):
        raw = name.encode("utf-16-le") + b"\0\0"
        right = number + 1 if 0 < number < len(entries) - 1 else 0xFFFFFFFF
        links = struct.pack("<3L", 0xFFFFFFFF, right, 1 if kind == 5 else 0xFFFFFFFF)
        directory += (
            raw.ljust(64, b"\0")
            + struct.pack("<HBB", len(raw), kind, 1)
            + links
            + bytes(36)
            + struct.pack("<LQ", start, size)
        )
    count = -(-len(directory) // 512)
    directory = directory.ljust(count * 512, b"\0")
    sectors += [directory[n * 512 : (n + 1) * 512] for n in range(count)]
    fat += [*range(first + 1, first + count), 0xFFFFFFFE]
    tables = 1
    while len(fat) + tables > tables * 128:
        tables += 1
    where = list(range(len(fat), len(fat) + tables))
    fat += [0xFFFFFFFD] * tables
    fat += [0xFFFFFFFF] * (tables * 128 - len(fat))
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<5H", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    head += struct.pack("<9L", 0, tables, first, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0)
    head += struct.pack("<109L", *where, *[0xFFFFFFFF] * (109 - tables))
    return head + b"".join(sectors) + struct.pack(f"<{len(fat)}L", *fat)


def record(kind: int, data: bytes) -> bytes:
    return struct.pack("<2H", kind, len(data)) + data


def biff(cells: bytes, extra=b"") -> bytes:
    begin = struct.pack("<4H2L", 0x600, 5, 0x0DBB, 0x07CC, 0x41, 6)
    name = "Biểu".encode("utf-16-le")
    length = len(record(0x809, begin)) + len(extra) + 4 + 8 + len(name) + 4
    sheet = record(0x85, struct.pack("<L4B", length, 0, 0, len(name) // 2, 1) + name)
    page = record(0x809, begin[:2] + struct.pack("<H", 0x10) + begin[4:]) + cells + record(0x0A, b"")
    return record(0x809, begin) + extra + sheet + record(0x0A, b"") + page


def biff_cell(row: int, column: int, value) -> bytes:
    if isinstance(value, int | float):
        return record(0x203, struct.pack("<3Hd", row, column, 0, value))
    text = str(value).encode("utf-16-le")
    return record(0x204, struct.pack("<4HB", row, column, 0, len(text) // 2, 1) + text)


def xls(rows=TABLE, extra=b"", **streams) -> bytes:
    cells = b"".join(biff_cell(r, c, value) for r, row in enumerate(rows) for c, value in enumerate(row))
    return compound({"Workbook": biff(cells, extra)} | streams)


def xls_of(cells: bytes, extra=b"") -> bytes:
    return compound({"Workbook": biff(cells, extra)})


def xls_long_string_everywhere() -> bytes:
    text = struct.pack("<HB", 8000, 1) + "à".encode("utf-16-le") * 2000
    rest = b"".join(record(0x3C, b"\x01" + "à".encode("utf-16-le") * 2000) for _ in range(3))
    table = record(0xFC, struct.pack("<2L", 1, 1) + text) + rest
    return xls_of(b"".join(record(0xFD, struct.pack("<3HL", n // 200, n % 200, 0, 0)) for n in range(100_000)), table)


# --- OpenDocument ---

TYPE = "application/vnd.oasis.opendocument.spreadsheet"
SPACES = " ".join(
    f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for name in ("office", "table", "text", "calcext")
)


def ods_cell(value, attributes="") -> str:
    if isinstance(value, int | float):
        return f'<table:table-cell office:value-type="float" office:value="{value}" {attributes}/>'
    inside = f"<text:p>{escape(str(value))}</text:p>"
    return f'<table:table-cell office:value-type="string" {attributes}>{inside}</table:table-cell>'


def ods_rows(rows=TABLE) -> str:
    return "".join(f"<table:table-row>{''.join(map(ods_cell, row))}</table:table-row>" for row in rows)


def ods(rows: str | None = None, **parts) -> bytes:
    table = f'<table:table table:name="Biểu">{ods_rows() if rows is None else rows}</table:table>'
    body = f"<office:body><office:spreadsheet>{table}</office:spreadsheet></office:body>"
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {SPACES}>{body}</office:document-content>'
    )
    manifest = '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>'
    usual = {"mimetype": TYPE, "META-INF/manifest.xml": manifest, "content.xml": content}
    return zipped({name: data.encode() if isinstance(data, str) else data for name, data in (usual | parts).items()})


def ods_repeated(columns: int, rows: int, value: object = "x", after="") -> bytes:
    cell = (
        ods_cell(value, f'table:number-columns-repeated="{columns}"')
        if value is not None
        else (f'<table:table-cell table:number-columns-repeated="{columns}"/>')
    )
    return ods(f'{ods_rows()}<table:table-row table:number-rows-repeated="{rows}">{cell}{after}</table:table-row>')


def ods_filled(columns: int, rows: int) -> bytes:
    cell = ods_cell(1, f'table:number-columns-repeated="{columns}"')
    return ods(f'<table:table-row table:number-rows-repeated="{rows}">{cell}</table:table-row>')


def encrypted_ods() -> bytes:
    entry = '<m:file-entry m:full-path="content.xml"><m:encryption-data/></m:file-entry>'
    manifest = f'<m:manifest xmlns:m="urn:m">{entry}</m:manifest>'
    return ods(**{"META-INF/manifest.xml": manifest, "content.xml": random.Random(1).randbytes(900)})


# --- text ---


def text(rows=TABLE, delimiter=",", encoding="utf-8", before="", newline="\r\n") -> bytes:
    lines = io.StringIO()
    csv.writer(lines, delimiter=delimiter, lineterminator=newline).writerows(rows)
    return encode(before + lines.getvalue(), encoding)


def encode(content: str, encoding: str) -> bytes:
    """Windows-1258 writes the tone as a mark after the letter; Python's codec wants it so in the text."""
    if encoding != "cp1258":
        return content.encode(encoding)
    out = []
    for letter in content:
        parts = [letter] if letter.encode("cp1258", "ignore") else list(unicodedata.normalize("NFD", letter))
        if len(parts) > 2:  # ế: ê and the tone; ậ: â and the tone
            tone = next(mark for mark in parts[1:] if mark in "\u0300\u0301\u0303\u0309\u0323")
            kept = unicodedata.normalize("NFC", "".join(part for part in parts if part != tone))
            parts = [kept, tone]
        out += parts
    return "".join(out).encode("cp1258")


def flipped(content: bytes, seed: int, times=6) -> bytes:
    chance, data = random.Random(seed), bytearray(content)
    for _ in range(times):
        data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
    return bytes(data)


def cut(content: bytes, part: float) -> bytes:
    return content[: int(len(content) * part)]


# --- changes of the table ---


def cells(value, row=1, column=3) -> list[list]:
    """The table with another value in one cell."""
    rows = [list(line) for line in TABLE]
    rows[row][column] = value
    return rows


def column(position: int, *values) -> list[list]:
    """The table with other values in a column."""
    return [HEAD, *([*line[:position], value, *line[position + 1 :]] for line, value in zip(BODY, values, strict=True))]


def ordered(*positions: int) -> list[list]:
    return [[row[n] for n in positions] for row in TABLE]


def named(*rows) -> list[list]:
    """A table of names and districts without codes; the first is Phúc Hà."""
    return [["Xã", "Huyện", "5.1"], *rows]


def formulas(book, sheet):
    sheet.write_formula("D2", "=30*2", None, 60)
    sheet.write_formula("F3", '=IF(1,"Đạt")', None, "Đạt")


def merged(book, sheet):
    for position, heading in enumerate(HEAD):
        sheet.merge_range(0, position, 1, position, heading)


def hidden(book, sheet):
    sheet.set_row(1, None, None, {"hidden": True})
    sheet.set_column(3, 3, None, None, {"hidden": True})


def blank_far_away(book, sheet):
    sheet.write_blank("XFD1048576", None, book.add_format({"bold": True}))


def second_sheet(book, sheet):
    book.add_worksheet("Ghi chú").write_row(0, 0, HEAD)


def linked(book, sheet):
    sheet.write_url("H2", "https://vi-du.vn/", string="xem")
    sheet.write_formula("H3", "='[khac.xlsx]Biểu'!A1", None, 5)


def validated(book, sheet):
    book.create_sheet("Chỉ tiêu").append(["Mã", "Nội dung"])
    book.move_sheet("Chỉ tiêu", -1)


# Results of a formula in an old xls: #N/A, a text that follows or is missing, nothing that anybody calculated.
NA, TEXT, ZERO = b"\x02\x00\x2a\x00\x00\x00\xff\xff", bytes(6) + b"\xff\xff", bytes(8)
BOOL_OR_ERROR, AT_D2, AT_F2 = 0x205, struct.pack("<2H", 1, 3), struct.pack("<2H", 1, 5)


def xls_with(kind: int, at: bytes, data: bytes, more=b"", year=0x07CC, extra=b"", style=0) -> bytes:
    """The table with one record instead of a cell."""
    cells = b"".join(
        record(kind, at + struct.pack("<H", style) + data) + more
        if struct.pack("<2H", r, c) == at
        else biff_cell(r, c, value)
        for r, row in enumerate(TABLE)
        for c, value in enumerate(row)
    )
    stream = biff(cells, extra).replace(struct.pack("<2H", 0x0DBB, 0x07CC), struct.pack("<2H", 0x0DBB, year))
    return compound({"Workbook": stream})


def xls_formula(result: bytes, at: bytes = AT_D2, more=b"", year=0x07CC) -> bytes:
    return xls_with(0x06, at, result + bytes(8), more, year)


def xls_number(number: float, form: int) -> bytes:
    """A number in a cell that shows it by a format of Excel's own: 10 a percentage, 14 a day, 20 a time."""
    styles = b"".join(record(0xE0, struct.pack("<2H", 0, form) + bytes(16)) for form in (0, form))
    return xls_with(0x203, AT_D2, struct.pack("<d", number), extra=styles, style=1)


def ods_with(cell: str, row=1, column=3) -> bytes:
    """The table with the XML of one cell."""
    rows = [[ods_cell(value) for value in line] for line in TABLE]
    rows[row][column] = cell
    return ods("".join(f"<table:table-row>{''.join(line)}</table:table-row>" for line in rows))


def ods_formula(attributes: str, shown: str | None) -> bytes:
    inside = "" if shown is None else f"<text:p>{shown}</text:p>"
    return ods_with(f'<table:table-cell table:formula="of:=[.A2]" {attributes}>{inside}</table:table-cell>')


def percents_by_format(book, sheet):
    sheet.write_number("D2", 0.6, book.add_format({"num_format": '0.0" của "%'}))
    sheet.write_number("D3", 1, book.add_format({"num_format": 9}))


def no_percents_by_format(book, sheet):
    sheet.write_number("D2", 60, book.add_format({"num_format": '0" %"'}))


def uncalculated(book, sheet):
    sheet.write_formula("D2", "=30*2")
    sheet.write_formula("F2", '="Đạt"')


def without_places() -> bytes:
    """Cells that do not say where they stand, the last of them an error."""
    parts = parts_of(xlsx(cells("#N/A")))
    bare = re.sub(rb' r="[A-Z]+2"', b"", parts[PARTS["sheet"]])
    bare = re.sub(rb'(<row r="2".*?)(<c t="s"><v>\d+</v></c>){3}<c t="s"><v>\d+</v></c>', _error_fourth, bare)
    return zipped(parts | {PARTS["sheet"]: bare})


def _error_fourth(found: re.Match) -> bytes:
    *kept, _ = found[0].split(b"<c ")
    return b"<c ".join([*kept, b't="e"><v>#N/A</v></c>'])


XLSM = (
    b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml",
    (b"application/vnd.ms-excel.sheet.macroEnabled.main+xml"),
)
FAR = biff_cell(0, 0, "a") + biff_cell(65_535, 255, "b")
ATTRIBUTES = " ".join(f'a{n}=""' for n in range(100_000))
NOISE = random.Random(1).randbytes(20_000)
GREAT = "bung ra quá lớn"
FLOAT_ZERO = 'office:value-type="float" office:value="0"'
ODS_DAY = '<table:table-cell office:value-type="date" office:date-value="2017-05-02"/>'


def refused_at(name, filename, make, why, cell="D2", changes=()) -> Odd:
    return Odd(name, filename, make, changes=changes, rejected=((cell, why),))


BOMBS = [
    Odd("400 MB of spaces in a picture", "b.xlsx", flat_bomb, GREAT),
    Odd("400 MB of spaces in the sheet", "b.xlsx", partial(flat_bomb, PARTS["sheet"]), GREAT),
    Odd("400 MB said to be 1 KB", "b.xlsx", partial(flat_bomb, PARTS["sheet"], 1024), GREAT),
    Odd("400 MB said to be nothing", "b.xlsx", partial(flat_bomb, "xl/a.bin", 0), GREAT),
    Odd("49 MB of spaces from 50 KB", "b.xlsx", partial(flat_bomb, megabytes=49), GREAT),
    Odd("51 MB in an ods file", "b.ods", partial(ods, **{"a.xml": b" " * (51 * MEGABYTE)}), GREAT),
    Odd("archives in archives", "b.xlsx", nested_bomb, "tệp khác"),
    Odd("archives under another name", "b.xlsx", partial(nested_bomb, "xl/media/image1.png"), "tệp khác"),
    Odd("overlapping members", "b.xlsx", overlapping_bomb, "bất thường"),
    Odd("a billion laughs", "b.xlsx", billion_laughs, "thực thể XML"),
    Odd("one text in 50.000 cells", "b.xlsx", long_string_everywhere, GREAT),
    Odd("one text repeated in an ods file", "b.ods", partial(ods_repeated, 1000, 150, "x" * 9999), GREAT),
    Odd("one text in 100.000 cells of an xls", "b.xls", xls_long_string_everywhere, "Không mở được"),
    Odd("a cell at the far corner", "b.xlsx", partial(far_cell, "XFD1048576"), "quá rộng"),
    Odd("a cell far down", "b.xlsx", partial(far_cell, "B1048576"), "quá rộng"),
    Odd("a cell at the far corner of an xls", "b.xls", partial(xls_of, FAR), "Không mở được"),
    Odd("a far cell of an ods file", "b.ods", partial(ods_repeated, 16384, 1000, None, ods_cell(1)), "quá rộng"),
    Odd("16.384 columns by 1.000.000 rows", "b.ods", partial(ods_repeated, 16384, 1_000_000), "quá rộng"),
    Odd("a cell of 100.000 attributes", "b.xlsx", partial(many_cells, f"<c {ATTRIBUTES}/>", 1, 1), "bất thường"),
    Odd("an attribute of 20 MB", "b.xlsx", partial(many_cells, f'<c a="{"x" * 20_000_000}"/>', 1, 1), "bất thường"),
    Odd("three million elements", "b.xlsx", partial(many_cells, "<a/>", 3000, 1000), "bất thường"),
    Odd("elements in elements", "b.xlsx", partial(many_cells, "<a>" * 2_000_000, 1, 1), "bất thường"),
    Odd("200.001 cells", "b.xlsx", partial(many_cells, "<c><v>1</v></c>", 200_001, 1), "200.000 ô"),
    Odd("200.100 cells with a prefix", "b.xlsx", partial(many_cells, '<x:c xmlns:x="x"/>', 2001, 100), "200.000 ô"),
    Odd("200.001 cells on many lines", "b.xlsx", partial(many_cells, "<c\n></c>", 200_001, 1), "200.000 ô"),
    Odd("200.001 cells of csv", "b.csv", lambda: b"a\n" * 200_001, "200.000 ô"),
    Odd("200.001 cells of csv by semicolons", "b.csv", lambda: b";" * 200_001, "200.000 ô"),
    Odd("200.001 lines of an old Macintosh", "b.csv", lambda: b"\r" * 200_001, "200.000 ô"),
    Odd("a csv of one line of 1 MB", "b.csv", lambda: b"a" * MEGABYTE, "không đọc được"),
    Odd("more than 5 MB", "b.csv", lambda: b"a" * (5 * MEGABYTE + 1), "lớn hơn 5 MB"),
    Odd(
        "5 MB of noise in an xlsx file",
        "b.xlsx",
        lambda: with_parts(**{"a.png": random.Random(1).randbytes(6 * MEGABYTE)}),
        "lớn hơn 5 MB",
    ),
    Odd("200.200 cells of an xls", "b.xls", partial(xls, [[1] * 200] * 1001), "200.000 ô"),
    Odd("199.000 cells of an xls", "b.xls", partial(xls, [[1] * 200] * 995), "tiêu đề"),
    Odd("25 million letters are read", "b.xlsx", partial(long_string_everywhere, 2_500, 10), "tiêu đề"),
    Odd("199.000 cells are read", "b.xlsx", partial(many_cells, "<c><v>1</v></c>", 1990, 100), "tiêu đề"),
    Odd("199.000 cells of an ods file", "b.ods", partial(ods_filled, 100, 1990), "tiêu đề"),
]
HOSTILE = [
    Odd("201 members", "b.xlsx", lambda: with_parts(**{f"a{n}.png": b"" for n in range(201)}), "quá nhiều"),
    Odd("doubled members", "b.xlsx", lambda: raw_zip([*members(), members()[0]]), "bất thường"),
    Odd("doubled but for capitals", "b.xlsx", lambda: with_parts(**{"XL/Workbook.xml": b"<a/>"}), "bất thường"),
    Odd("a comment behind the archive", "b.xlsx", lambda: raw_zip(members(), comment=b"a"), "hỏng"),
    Odd("another archive before it", "b.xlsx", lambda: xlsx(TABLE[:2]) + xlsx(), "bất thường"),
    Odd("a wrong checksum", "b.xlsx", lambda: raw_zip([*members(), member("a.png", b"a", crc=1)]), "hỏng"),
    Odd("said to be larger than it is", "b.xlsx", lambda: raw_zip([*members(), member("a.png", b"a", size=9)]), "hỏng"),
    Odd("packed as nobody packs", "b.xlsx", lambda: zipped(parts_of(xlsx()), zipfile.ZIP_LZMA), "bất thường"),
    Odd("a member with a password", "b.xlsx", lambda: raw_zip([*members(), member("a", b"", flags=1)]), "mật khẩu"),
    Odd("macros", "b.xlsx", lambda: with_parts(**{"xl/vbaProject.bin": b"a"}), "macro"),
    Odd("an xlsm file", "b.xlsm", xlsx, "macro"),
    Odd("an xlsm file renamed", "b.xlsx", partial(edited, "types", *XLSM), "macro"),
    Odd("an xlsb file", "b.xlsb", xlsx, "nhị phân"),
    Odd("a binary workbook beside it", "b.xlsx", lambda: with_parts(**{"xl/workbook.bin": b"a"}), "bất thường"),
    Odd("a sheet that is no xml part", "b.xlsx", lambda: edited("rels", b"sheet1.xml", b"sheet1.dat"), "bất thường"),
    Odd("Excel 4 macros", "b.xlsx", lambda: with_parts(**{"xl/macrosheets/sheet1.xml": b"<a/>"}), "macro"),
    Odd("ActiveX", "b.xlsx", lambda: with_parts(**{"xl/activeX/activeX1.xml": b"<a/>"}), "macro"),
    Odd("Basic in an ods file", "b.ods", lambda: ods(**{"Basic/Standard/a.xml": b"<a/>"}), "macro"),
    Odd("Python in an ods file", "b.ods", lambda: ods(**{"Scripts/python/a.py": b"a"}), "macro"),
    Odd("macros in an xls file", "b.xls", partial(xls, _VBA_PROJECT_CUR=b"a"), "macro"),
    Odd("an encrypted xlsx file", "b.xlsx", partial(compound, {"EncryptedPackage": NOISE}), "mật khẩu"),
    Odd("an encrypted xlsx file renamed", "b.xls", partial(compound, {"EncryptedPackage": NOISE}), "mật khẩu"),
    Odd("an encrypted ods file", "b.ods", encrypted_ods, "mật khẩu"),
    Odd("an encrypted xls file", "b.xls", partial(xls, extra=record(0x2F, b"\x01" + bytes(53))), "Không mở được"),
    Odd("an xls renamed xlsx", "b.xlsx", xls, "xls cũ đổi tên"),
    Odd("an xlsx renamed xls", "b.xls", xlsx, "không phải .xls"),
    Odd("an xlsx renamed ods", "b.ods", xlsx, "không phải .ods"),
    Odd("an ods renamed xlsx", "b.xlsx", ods, "không phải .xlsx"),
    Odd("an xlsx renamed csv", "b.csv", xlsx, "không phải .csv"),
    Odd("an xls renamed csv", "b.csv", xls, "không phải .csv"),
    Odd("html renamed", "b.xlsx", lambda: b"<html><table/></html>", "không phải .xlsx"),
    Odd("html as Excel's xls", "b.xls", lambda: b"<html><table/></html>", "không phải .xls"),
    Odd("html as csv", "b.csv", lambda: b"<html><table/></html>", "tiêu đề"),
    Odd("pdf renamed", "b.xlsx", lambda: b"%PDF-1.7" + NOISE, "không phải .xlsx"),
    Odd("png renamed", "b.ods", lambda: b"\x89PNG\r\n\x1a\n" + NOISE, "không phải .ods"),
    Odd("exe renamed", "b.xls", lambda: b"MZ\x90\x00" + NOISE, "không phải .xls"),
    Odd("exe as csv", "b.csv", lambda: b"MZ\x90\x00" + NOISE, "không phải .csv"),
    Odd("any zip", "b.xlsx", partial(zipped, {"a.txt": b"a"}), "không phải .xlsx"),
    Odd("another ending", "b.exe", xlsx, "Chỉ nhận"),
    Odd("no ending", "bieu", xlsx, "Chỉ nhận"),
    Odd("a document type in the sheet", "b.xlsx", partial(with_doctype, "sheet"), "thực thể XML"),
    Odd("a document type in the strings", "b.xlsx", partial(with_doctype, "strings"), "thực thể XML"),
    Odd("a document type in the workbook", "b.xlsx", partial(with_doctype, "workbook"), "thực thể XML"),
    Odd("a document type in relations", "b.xlsx", partial(with_doctype, "rels"), "thực thể XML"),
    Odd("a document type in UTF-16", "b.xlsx", partial(with_doctype, "sheet", "utf-16"), "thực thể XML"),
    Odd("strings in UTF-16", "b.xlsx", partial(with_doctype, "strings", "utf-16"), "thực thể XML"),
    Odd(
        "a document type without entities", "b.xlsx", partial(with_doctype, "sheet", doctype="<!DOCTYPE x>"), "thực thể"
    ),
    Odd(
        "an entity from elsewhere",
        "b.xlsx",
        partial(with_doctype, "sheet", doctype='<!DOCTYPE x SYSTEM "file:///etc/passwd">'),
        "thực thể XML",
    ),
    Odd("a document type in an ods file", "b.ods", partial(with_doctype, "content", content=ods), "thực thể XML"),
    Odd("an unknown entity", "b.xlsx", partial(edited, "sheet", b"<sheetData>", b"<sheetData>&a;"), "hỏng"),
    Odd("xml that breaks off", "b.xlsx", partial(edited, "sheet", b"</worksheet>", b""), "hỏng"),
    Odd("cells at no place", "b.xlsx", partial(edited, "sheet", b'r="B2"', b'r="2B"'), "hỏng"),
    Odd("rows at no place", "b.xlsx", partial(edited, "sheet", b'<row r="2"', b'<row r="-x"'), "hỏng"),
    Odd("an empty file", "b.xlsx", lambda: b"", "rỗng"),
    Odd("an empty csv", "b.csv", lambda: b"", "rỗng"),
    Odd("no sheets", "b.xlsx", partial(edited, "workbook", b"<sheet name", b"<no name"), "không có trang tính"),
    Odd("no sheets in an ods file", "b.ods", lambda: ods(**{"content.xml": b"<a/>"}), "không"),
    Odd("a sheet that is not there", "b.xlsx", partial(edited, "rels", b"sheet1.xml", b"sheet9.xml"), "Không mở được"),
    Odd("no header", "b.xlsx", partial(xlsx, BODY), "tiêu đề"),
    Odd("nothing in the sheet", "b.xlsx", partial(xlsx, []), "tiêu đề"),
    Odd("a header too far down", "b.xlsx", partial(xlsx, [["a"]] * 40 + TABLE), "tiêu đề"),
    Odd("a doubled column", "b.xlsx", partial(xlsx, [[*row, row[3]] for row in TABLE]), "hai lần"),
    Odd("an indicator of another set", "b.xlsx", partial(xlsx, [[*HEAD, "20.1"], *BODY]), "không có trong bộ"),
    Odd("another year", "b.xlsx", partial(xlsx, [["Biểu năm 2016"], *TABLE]), "không phải năm 2017"),
    Odd("a quote left open", "b.csv", lambda: text() + b'"a', "nháy kép"),
    Odd("text after a quote", "b.csv", lambda: text() + b'"a"b,1', "nháy kép"),
    Odd("csv with NUL", "b.csv", lambda: text(cells("60\0")), "không phải .csv"),
    Odd("csv with NUL far down", "b.csv", lambda: text() + b"," * 5000 + b"\0", "không phải .csv"),
    Odd("csv in UTF-16", "b.csv", partial(text, encoding="utf-16"), "không phải .csv"),
    *(
        Odd(f"an xlsx cut at {n} %", "b.xlsx", lambda n=n: cut(xlsx(), n / 100), "hỏng")
        for n in (1, 10, 30, 50, 70, 90, 99)
    ),
    *(Odd(f"an ods cut at {n} %", "b.ods", lambda n=n: cut(ods(), n / 100), "hỏng") for n in (10, 50, 90)),
    *(Odd(f"an xls cut at {n} %", "b.xls", lambda n=n: cut(xls(), n / 100), "Không mở được") for n in (1, 5, 20)),
]
OFFICES = [
    Odd("by XlsxWriter", "b.xlsx", xlsx),
    Odd("by openpyxl", "b.xlsx", by_openpyxl),
    Odd("an old xls", "b.xls", xls),
    Odd("an ods", "b.ods", ods),
    Odd("csv", "b.csv", text),
    Odd("capitals in the ending", "BIỂU.XLSX", xlsx),
    Odd("csv with semicolons", "b.csv", partial(text, delimiter=";")),
    Odd("csv with a byte order mark", "b.csv", partial(text, encoding="utf-8-sig")),
    Odd("csv of Windows-1258", "b.csv", partial(text, encoding="cp1258")),
    Odd("csv of Windows-1258 with semicolons", "b.csv", partial(text, encoding="cp1258", delimiter=";")),
    Odd("csv of an old Macintosh", "b.csv", partial(text, newline="\r")),
    Odd("csv of Unix", "b.csv", partial(text, newline="\n")),
    Odd("csv with a decimal comma", "b.csv", partial(text, column(4, "91,8", "89,8", "90,4"), delimiter=";")),
    Odd("formulas are their values", "b.xlsx", partial(xlsx, edit=formulas)),
    Odd(
        "a formula without a value",
        "b.xlsx",
        partial(by_openpyxl, cells("=30*2")),
        changes=(),
        rejected=(("D2", "chưa tính"),),
    ),
    Odd("another name of the sheet", "b.xlsx", partial(xlsx, name="Huyện mình (2)")),
    Odd("the table on the second sheet", "b.xlsx", partial(by_openpyxl, edit=validated)),
    Odd("two sheets with a header", "b.xlsx", partial(xlsx, edit=second_sheet)),
    Odd("the header in row 30", "b.xlsx", partial(xlsx, [["Biểu năm 2017"], *[[]] * 28, *TABLE])),
    Odd("merged headers", "b.xlsx", partial(xlsx, [HEAD, [], *BODY], edit=merged)),
    Odd("hidden rows and columns", "b.xlsx", partial(xlsx, edit=hidden)),
    Odd("columns in another order", "b.xlsx", partial(xlsx, ordered(5, 3, 1, 0, 4, 2))),
    Odd("columns of their own", "b.xlsx", partial(xlsx, [["TT", *HEAD, "Ghi chú"], *([1, *row, "x"] for row in BODY)])),
    Odd("a total below", "b.xlsx", partial(xlsx, [*TABLE, ["", "Tổng số", "", 5, 6, 7]])),
    Odd("a blank cell at the far corner", "b.xlsx", partial(xlsx, edit=blank_far_away)),
    Odd("blank rows to the end of an ods", "b.ods", partial(ods_repeated, 16384, 1_000_000, None)),
    Odd("links are not followed", "b.xlsx", partial(xlsx, edit=linked)),
    Odd("an external link", "b.xlsx", lambda: with_parts(**{"xl/externalLinks/externalLink1.xml": b"<externalLink/>"})),
    Odd("a workbook in an ods of old", "b.ods", partial(ods, **{"Configurations2/accelerator/current.xml": b""})),
    Odd("codes as numbers", "b.xlsx", partial(xlsx, column(0, 5485, 5488, 5491))),
    Odd("codes with spaces", "b.xlsx", partial(xlsx, column(0, " 05485 ", "5488", "05491\u00a0"))),
    Odd("names decomposed", "b.xlsx", partial(xlsx, cells(unicodedata.normalize("NFD", "Phúc Hà"), 1, 1))),
    Odd("names instead of codes", "b.xlsx", partial(xlsx, named(["Phúc Hà", CITY, 60]))),
    Odd("names alone", "b.xlsx", partial(xlsx, named(["Phúc Hà", "", 60]))),
    Odd("names without accents", "b.xlsx", partial(xlsx, named(["xa PHUC HA", "TP Thai Nguyen", 60]))),
    Odd(
        "tone on the other letter", "b.xlsx", partial(xlsx, named(["Nam Hoà", "Đồng Hỷ", 1])), changes=("05707|5.1=1",)
    ),
    Odd(
        "an unknown name",
        "b.xlsx",
        partial(xlsx, named(["Phúc Lạ", "", 60])),
        changes=(),
        rejected=(("A2", "không có xã"),),
    ),
    Odd(
        "a name in another district",
        "b.xlsx",
        partial(xlsx, named(["Phúc Hà", "Đại Từ", 60])),
        changes=(),
        rejected=(("A2", "không có xã"),),
    ),
    Odd(
        "an unknown code",
        "b.xlsx",
        partial(xlsx, cells("99999", 1, 0)),
        changes=(),
        rejected=(("A2", "không có xã mã"),),
    ),
    Odd("a commune twice", "b.xlsx", partial(xlsx, [*TABLE, BODY[0]]), rejected=(("A5", "hai dòng"),)),
    Odd(
        "a code and another name",
        "b.xlsx",
        partial(xlsx, cells("Phúc Trìu", 1, 1)),
        changes=(),
        rejected=(("B2", "là xã"),),
    ),
    Odd("a dash is no data", "b.xlsx", partial(xlsx, cells("-")), changes=("05485|5.1=",)),
    Odd("an empty cell is no data", "b.xlsx", partial(xlsx, cells(None)), changes=("05485|5.1=",)),
    Odd("#N/A as text", "b.csv", partial(text, cells("#N/A")), changes=(), rejected=(("D2", "không phải là số"),)),
    Odd(
        "#N/A as an error",
        "b.xlsx",
        partial(edited, "sheet", b'<c r="D2"><v>60</v>', b'<c r="D2" t="e"><v>#N/A</v>'),
        changes=(),
        rejected=(("D2", "ô lỗi #N/A"),),
    ),
    Odd("a date", "b.xlsx", partial(by_openpyxl, cells(date(2017, 3, 5))), changes=(), rejected=(("D2", "“5,3”"),)),
    Odd("a truth value", "b.xlsx", partial(xlsx, cells(True)), changes=(), rejected=(("D2", "logic"),)),
    Odd("words for a number", "b.xlsx", partial(xlsx, cells("Đạt")), changes=(), rejected=(("D2", "cần số liệu"),)),
    Odd("a number for a word", "b.xlsx", partial(xlsx, cells(5, 1, 5)), rejected=(("F2", "không hiểu được"),)),
    Odd("a percent sign", "b.xlsx", partial(xlsx, cells("60 %"))),
    Odd("fractions as percentages", "b.xlsx", partial(xlsx, column(3, 0.6, 1, 1))),
    Odd("a fraction among percentages", "b.xlsx", partial(xlsx, cells(0.85)), changes=(), rejected=(("D2", "85 %"),)),
    Odd(
        "a text of 40.000 letters",
        "b.csv",
        partial(text, cells("x" * 40_000)),
        changes=(),
        rejected=(("D2", "không phải"),),
    ),
    Odd("more than everything", "b.xlsx", partial(xlsx, cells(1e300)), changes=(), rejected=(("D2", "0–100"),)),
    Odd("NUL in an xls file", "b.xls", partial(xls, cells("6\x000"))),
    refused_at(
        "an error in an ods file", "b.ods", lambda: ods_with(ods_cell("#N/A", 'calcext:value-type="error"')), "#N/A"
    ),
    refused_at("an error in an ods of old", "b.ods", partial(ods_formula, FLOAT_ZERO, "#DIV/0!"), "#DIV/0!"),
    refused_at("an error in an xls file", "b.xls", partial(xls_with, BOOL_OR_ERROR, AT_D2, b"\x2a\x01"), "#N/A"),
    refused_at("an error computed in an xls file", "b.xls", partial(xls_formula, NA), "#N/A"),
    refused_at("an error at no place", "b.xlsx", without_places, "#N/A"),
    refused_at("a formula of an ods without a value", "b.ods", partial(ods_formula, "", None), "chưa tính"),
    Odd("a formula of an ods that gives nothing", "b.ods", partial(ods_formula, "", ""), changes=("05485|5.1=",)),
    refused_at("a date by formula of an ods", "b.ods", partial(ods_formula, FLOAT_ZERO, "12/30/99"), "12/30/99"),
    refused_at("a zero for any text in an xls", "b.xls", partial(xls_formula, ZERO), "cho 0"),
    refused_at("a zero for a word in an xls", "b.xls", partial(xls_formula, ZERO, AT_F2), "cho 0", "F2", CHANGED),
    Odd("a zero that Excel calculated", "b.xls", partial(xls_formula, ZERO, year=0x07CD), changes=("05485|5.1=0",)),
    refused_at("a text that is missing in an xls", "b.xls", partial(xls_formula, TEXT), "chưa tính"),
    Odd("a text of a formula in an xls", "b.xls", partial(xls_formula, TEXT, more=record(0x207, b"\x02\x00\x0060"))),
    Odd("a formula of an xls", "b.xls", partial(xls_formula, struct.pack("<d", 60))),
    Odd(
        "formulas that XlsxWriter does not calculate",
        "b.xlsx",
        partial(xlsx, edit=uncalculated),
        changes=(),
        rejected=(("F2", "chưa tính"), ("D2", "chưa tính")),
    ),
    Odd("percentages by their format", "b.xlsx", partial(xlsx, edit=percents_by_format)),
    Odd("a percent sign that changes nothing", "b.xlsx", partial(xlsx, edit=no_percents_by_format)),
    Odd("a percentage of an xls", "b.xls", partial(xls_number, 0.6, 10)),
    refused_at("a day in an xls file", "b.xls", partial(xls_number, 42857, 14), "“2,5”"),
    refused_at("a number shown as a day", "b.xls", partial(xls_number, 85, 14), "có lẽ số 85"),
    refused_at("a time in an xls file", "b.xls", partial(xls_number, 0.5, 20), "giờ"),
    Odd("a percentage of an ods", "b.ods", lambda: ods_with(ods_cell(0.6).replace("float", "percentage"))),
    Odd("fractions as percentages in csv", "b.csv", partial(text, column(3, "0,6", "1", "1,0"), delimiter=";")),
    refused_at("a fraction among percentages in csv", "b.csv", partial(text, cells("0,85")), "85 %"),
    refused_at("a day in csv", "b.csv", partial(text, cells("02/05/2017")), "ngày tháng"),
    refused_at("a day of Excel in csv", "b.csv", partial(text, cells("2-May")), "ngày tháng"),
    refused_at("a day in an ods file", "b.ods", lambda: ods_with(ODS_DAY), "“2,5”"),
    Odd("a truth value in an xls file", "b.xls", partial(xls_of, record(0x205, bytes(6) + b"\x01\x00")), "tiêu đề"),
]
FLIPPED = [(kind, make, seed) for kind, make in (("xlsx", xlsx), ("ods", ods), ("xls", xls)) for seed in range(20)]
CORPUS = [*BOMBS, *HOSTILE, *OFFICES]
