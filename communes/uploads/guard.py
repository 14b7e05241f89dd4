"""PURE: what is refused of an uploaded file before anything of it is unpacked into memory.

An xlsx or ods file is a zip archive: its directory is read first, its parts are then inflated in bounded steps,
whatever size they claim, to find what does not belong in data (document type declarations, macros) and to count what
the reader would make of them: cells, the rectangle they span, and their text. Nothing is written to disk.
"""

import io
import re
import struct
import zipfile
import zlib
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache, partial, reduce
from itertools import chain
from pathlib import PurePath
from xml.parsers import expat

MEGABYTE, STEP = 1024 * 1024, 256 * 1024
ZIP, COMPOUND = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
KINDS = {".xlsx": ZIP, ".ods": ZIP, ".xls": COMPOUND, ".csv": b""}
MARKERS = {".xlsx": "xl/workbook.xml", ".ods": "content.xml", ".docx": "word/document.xml"}
MACROS = re.compile(r"vbaproject|(^|/)(basic|scripts|macrosheets|activex)/", re.IGNORECASE)
BROKEN = (zipfile.BadZipFile, zlib.error, expat.ExpatError, struct.error, ArithmeticError, LookupError, OSError)
ATTRIBUTES, TOKEN, DEPTH = 200, 2 * MEGABYTE, 200  # of one element, and of elements in each other
CELLS = ("c", "table-cell", "covered-table-cell")
ELEMENTS, SPREAD = 12, 4  # for each cell that is allowed: elements in all parts, places between cells
MACRO = "Tệp có macro; hãy lưu lại thành .xlsx không có macro."
PASSWORD = "Tệp đặt mật khẩu; hãy bỏ mật khẩu rồi gửi."
ENTITIES, DAMAGED = "Tệp có khai báo thực thể XML, không mở.", "Tệp hỏng hoặc bị cắt cụt, không mở được."
ODD, TOO_LARGE = "Tệp có cấu trúc bất thường, không mở.", "Tệp bung ra quá lớn, không mở."
TOO_WIDE = "Trang tính quá rộng hoặc quá dài; hãy xóa các dòng, cột trống có định dạng rồi gửi."


@dataclass(frozen=True, slots=True)
class Limits:
    """What a file may be. Sizes in bytes."""

    size: int = 5 * MEGABYTE
    unpacked: int = 50 * MEGABYTE
    ratio: int = 100
    members: int = 200
    cells: int = 200_000


class FileRefused(ValueError):
    """A file that is not read at all. The message is Vietnamese, for the person who sent it."""


def check(content: bytes, filename: str, limits: Limits | None = None) -> str:
    """The kind of the file (``.xlsx``, ``.ods``, ``.xls``, ``.csv``) when it may be read. Raises ``FileRefused``."""
    limits = limits or Limits()
    kind = PurePath(filename).suffix.lower()
    if kind in (".xlsm", ".xltm", ".xlsb", ".xlam"):
        raise FileRefused("Tệp có macro hoặc dạng nhị phân; hãy lưu lại thành .xlsx rồi gửi.")
    if kind not in KINDS:
        raise FileRefused("Chỉ nhận tệp .xlsx, .xls, .ods hoặc .csv.")
    if not content:
        raise FileRefused("Tệp rỗng.")
    if len(content) > limits.size:
        raise FileRefused(f"Tệp lớn hơn {limits.size // MEGABYTE} MB.")
    _require_signature(content, kind)
    if kind in MARKERS:
        check_archive(content, kind, limits)
    marks, ends = map(content.count, (b",", b";")), map(content.count, (b"\n", b"\r"))
    if kind == ".csv" and sum(marks) + max(ends) > limits.cells:
        raise FileRefused(too_many(limits))
    return kind


def too_many(limits: Limits) -> str:
    return f"Tệp có hơn {limits.cells:,} ô.".replace(",", ".")


def _require_signature(content: bytes, kind: str) -> None:
    starts = content[:8]
    if kind in MARKERS and starts.startswith(COMPOUND):
        raise FileRefused("Tệp đặt mật khẩu hoặc là .xls cũ đổi tên; hãy bỏ mật khẩu, lưu thành .xlsx rồi gửi.")
    if not starts.startswith(KINDS[kind]):
        raise FileRefused(f"Nội dung tệp không phải {kind}; hãy mở bằng Excel và lưu lại đúng dạng.")
    if kind == ".csv" and (starts.startswith((ZIP, COMPOUND)) or b"\x00" in content):
        raise FileRefused("Nội dung tệp không phải .csv; hãy mở bằng Excel và lưu lại đúng dạng.")
    if kind == ".xls" and any(name.encode("utf-16-le") in content for name in ("EncryptedPackage", "_VBA_PROJECT")):
        raise FileRefused("Tệp .xls có mật khẩu hoặc macro; hãy lưu thành .xlsx rồi gửi.")


def check_archive(content: bytes, kind: str, limits: Limits) -> None:
    """An archive of this kind (``MARKERS``) looked through, part by part. Raises ``FileRefused``."""
    try:
        _require_plain_ending(content)
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
        _check_directory(parts, len(content), kind, limits)
        counted = _Counted(limits)
        for part in sorted(parts, key=lambda part: not part.filename.startswith(("META-INF/", "["))):
            _inspect(content, part, counted)
        counted.require_text()
    except (*BROKEN, RuntimeError, ValueError) as error:
        raise error if isinstance(error, FileRefused) else FileRefused(DAMAGED) from error


def _require_plain_ending(content: bytes) -> None:
    """One directory, at the very end, so that every reader finds the same one: no comment, no second one before it."""
    signature, *_, size, start, comment = struct.unpack("<4s4H2LH", content[-22:])
    if signature != b"PK\x05\x06" or comment or size + start != len(content) - 22:
        raise FileRefused(DAMAGED if signature != b"PK\x05\x06" else ODD)


def _check_directory(parts: list[zipfile.ZipInfo], size: int, kind: str, limits: Limits) -> None:
    names = [part.filename for part in parts]
    folded = {name.casefold().replace("\\", "/") for name in names}
    if len(parts) > limits.members:
        raise FileRefused("Tệp có quá nhiều thành phần.")
    if MARKERS[kind] not in names:
        raise FileRefused(f"Nội dung tệp không phải {kind}; hãy mở bằng Excel và lưu lại đúng dạng.")
    if any(part.flag_bits & 1 for part in parts):
        raise FileRefused(PASSWORD)
    if any(map(MACROS.search, folded)):
        raise FileRefused(MACRO)
    if len(folded) < len(names) or "xl/workbook.bin" in folded or _overlap(parts, size):
        raise FileRefused(ODD)
    unpacked = sum(part.file_size for part in parts)
    if unpacked > limits.unpacked or unpacked > limits.ratio * max(size, STEP):
        raise FileRefused(TOO_LARGE)


def _overlap(parts: list[zipfile.ZipInfo], size: int) -> bool:
    """Whether two members share bytes, as in a bomb that inflates one kernel many times."""
    starts = sorted(part.header_offset for part in parts)
    ends = sorted(part.header_offset + 30 + len(part.filename.encode()) + part.compress_size for part in parts)
    return any(start < end for start, end in zip([*starts[1:], size], ends, strict=True))


def _inspect(content: bytes, part: zipfile.ZipInfo, counted: "_Counted") -> None:
    blocks = _inflated(content, part)
    first = next(blocks, b"")
    if first.startswith((ZIP, COMPOUND)) and not part.is_dir():
        raise FileRefused("Tệp chứa tệp khác (nén hoặc nhúng) bên trong, không mở.")
    if first and part.filename.casefold().endswith((".xml", ".rels")):
        counted.read(part.filename, chain([first], blocks))
    deque(blocks, maxlen=0)


def _inflated(content: bytes, part: zipfile.ZipInfo) -> Iterator[bytes]:
    """A part in steps. Raises ``FileRefused`` when it is not exactly what the directory says of it."""
    signature, name, extra = struct.unpack("<4s22x2H", content[part.header_offset :][:30])
    start = part.header_offset + 30 + name + extra
    packed = content[start : start + part.compress_size]
    if signature != ZIP or part.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise FileRefused(ODD)
    size, check = 0, 0
    for block in _deflated(packed) if part.compress_type else (packed,):
        size, check = size + len(block), zlib.crc32(block, check)
        if size > part.file_size:
            raise FileRefused(TOO_LARGE)
        yield block
    if size != part.file_size or check != part.CRC:
        raise FileRefused(DAMAGED)


def _deflated(packed: bytes) -> Iterator[bytes]:
    inflate = zlib.decompressobj(-zlib.MAX_WBITS)
    while not inflate.eof:
        block = inflate.decompress(packed, STEP)
        if not block and not inflate.eof:
            raise FileRefused(DAMAGED)
        packed = inflate.unconsumed_tail
        yield block


def _refuse(words: str, *_: object) -> None:
    raise FileRefused(words)


class _Counted:
    """What a reader would make of the XML parts of a file, counted while they stream by.

    A blank cell is counted but spans nothing; a cell of an ods file counts as often as it is repeated, the text of a
    shared string as often as cells refer to it.
    """

    def __init__(self, limits: Limits) -> None:
        self.limits, self.part = limits, ""
        self.elements = self.depth = self.cells = self.places = self.text = self.length = 0
        self.row_number = self.column = self.widest = self.lowest = 0
        self.rows = self.columns = 1
        self.inside = self.filled = False
        self.reference: str | None = None
        self.strings: list[int] = []
        self.used: Counter[str] = Counter()
        self.starts: dict[str, Callable[[dict[str, str]], None]] = dict.fromkeys(CELLS, self.cell)
        self.starts |= {"row": self.row, "table-row": self.row, "encryption-data": partial(_refuse, PASSWORD)}
        self.starts |= {"Relationship": self.relationship, "Override": self.content_type, "Default": self.content_type}
        self.ends: dict[str, Callable[[], object]] = dict.fromkeys(CELLS, self.cell_end)
        self.ends |= {"table": self.sheet_end, "worksheet": self.sheet_end, "si": self.string_end}

    def read(self, part: str, blocks: Iterable[bytes]) -> None:
        self.part = part.casefold().replace("\\", "/")
        self.sheet_end()
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartElementHandler, parser.EndElementHandler = self.start, self.end
        parser.CharacterDataHandler, parser.StartDoctypeDeclHandler = self.characters, partial(_refuse, ENTITIES)
        fed = 0
        for block in blocks:
            parser.Parse(block, False)
            fed += len(block)
            if fed - parser.CurrentByteIndex > TOKEN:
                raise FileRefused(ODD)
        parser.Parse(b"", True)

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self.elements += 1
        self.depth += 1
        if self.elements > self.limits.cells * ELEMENTS or len(attributes) > ATTRIBUTES or self.depth > DEPTH:
            raise FileRefused(ODD)
        self.filled |= self.inside
        if handle := self.starts.get(name.rpartition(":")[2]):
            handle(attributes)

    def end(self, name: str) -> None:
        self.depth -= 1
        self.ends.get(name.rpartition(":")[2], int)()

    def characters(self, text: str) -> None:
        self.length += len(text)
        if self.reference is not None:
            self.reference += text[:20]

    def content_type(self, attributes: dict[str, str]) -> None:
        if re.search("macroenabled|vbaproject", attributes.get("ContentType", ""), re.IGNORECASE):
            raise FileRefused(MACRO)

    def relationship(self, attributes: dict[str, str]) -> None:
        """What a workbook consists of is XML, so that nothing goes uncounted. Links to elsewhere are not followed."""
        inside = self.part == "xl/_rels/workbook.xml.rels" and attributes.get("TargetMode") != "External"
        if inside and not attributes.get("Target", "").casefold().endswith(".xml"):
            raise FileRefused(ODD)

    def row(self, attributes: dict[str, str]) -> None:
        self.row_number = int(attributes.get("r", self.row_number + self.rows))
        self.column, self.rows = 0, max(1, int(attributes.get("table:number-rows-repeated", 1)))

    def cell(self, attributes: dict[str, str]) -> None:
        self.inside, self.length = True, 0
        self.filled = "office:value-type" in attributes
        self.reference = "" if attributes.get("t") == "s" else None
        self.columns = max(1, int(attributes.get("table:number-columns-repeated", 1)))
        self.column += self.columns
        if "r" in attributes:
            self.row_number, self.column = (index + 1 for index in place(attributes["r"]))

    def cell_end(self) -> None:
        if self.filled:
            times = self.columns * self.rows
            self.cells += times - 1
            self.widest = max(self.widest, self.column)
            self.lowest = max(self.lowest, self.row_number + self.rows - 1)
            self.text += self.length * times
            if self.reference:
                self.used[self.reference.strip()] += 1
            if self.places + self.widest * self.lowest > self.limits.cells * SPREAD:
                raise FileRefused(TOO_WIDE)
        self.inside, self.filled, self.reference = False, False, None
        self.cells += 1
        if self.cells > self.limits.cells:
            raise FileRefused(too_many(self.limits))

    def sheet_end(self) -> None:
        self.places += self.widest * self.lowest
        self.row_number, self.widest, self.lowest, self.rows = 0, 0, 0, 1

    def string_end(self) -> None:
        self.strings.append(self.length)
        self.length = 0

    def require_text(self) -> None:
        """The text of all cells, which a few long strings in many cells make much more than the file."""
        known = {str(index): length for index, length in enumerate(self.strings)}
        if (
            self.text + sum(known.get(index, 0) * times for index, times in self.used.items())
            > self.limits.unpacked // 2
        ):
            raise FileRefused(TOO_LARGE)


def place(reference: str) -> tuple[int, int]:
    """The row and column of a cell, from 0: ``(11, 7)`` for ``H12``. Raises ``ValueError``."""
    letters = reference.rstrip("0123456789")
    return int(reference[len(letters) :]) - 1, _column(letters)


@lru_cache(maxsize=1024)
def _column(letters: str) -> int:
    if not re.fullmatch("[A-Za-z]{1,3}", letters):
        raise ValueError(letters)
    return reduce(lambda column, letter: column * 26 + int(letter, 36) - 9, letters, 0) - 1
