"""PURE: what is refused of an uploaded file before anything of it is unpacked into memory.

An xlsx or ods file is a zip archive: its directory is read first, its parts are then inflated in bounded steps only to
count cells and to find what does not belong in data (document type declarations, macros). Nothing is written to disk.
"""

import io
import re
import zipfile
from dataclasses import dataclass
from pathlib import PurePath

MEGABYTE = 1024 * 1024
STEP = 256 * 1024
ZIP, COMPOUND = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
KINDS = {".xlsx": ZIP, ".ods": ZIP, ".xls": COMPOUND, ".csv": b""}
MARKERS = {".xlsx": "xl/workbook.xml", ".ods": "content.xml"}
CELL = re.compile(rb"<(?:c[ >]|table:table-cell)")
REPEATED = re.compile(rb'table:number-(?:columns|rows)-repeated="(\d+)"')


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
        _check_archive(content, kind, limits)
    elif kind == ".csv" and content.count(b",") + content.count(b";") + content.count(b"\n") > limits.cells:
        raise FileRefused(_too_many(limits))
    return kind


def _too_many(limits: Limits) -> str:
    return f"Tệp có hơn {limits.cells:,} ô.".replace(",", ".")


def _require_signature(content: bytes, kind: str) -> None:
    starts = content[:8]
    if kind in MARKERS and starts.startswith(COMPOUND):
        raise FileRefused("Tệp đặt mật khẩu hoặc là .xls cũ đổi tên; hãy bỏ mật khẩu, lưu thành .xlsx rồi gửi.")
    if not starts.startswith(KINDS[kind]):
        raise FileRefused(f"Nội dung tệp không phải {kind}; hãy mở bằng Excel và lưu lại đúng dạng.")
    if kind == ".csv" and (starts.startswith((ZIP, COMPOUND)) or b"\x00" in content[:4096]):
        raise FileRefused("Nội dung tệp không phải .csv; hãy mở bằng Excel và lưu lại đúng dạng.")
    if kind == ".xls" and ("EncryptedPackage".encode("utf-16-le") in content or b"_VBA_PROJECT" in content):
        raise FileRefused("Tệp .xls có mật khẩu hoặc macro; hãy lưu thành .xlsx rồi gửi.")


def _check_archive(content: bytes, kind: str, limits: Limits) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
            _check_directory(parts, len(content), kind, limits)
            cells = sum(_inspect(archive, part, limits) for part in parts)
    except (zipfile.BadZipFile, EOFError, NotImplementedError, OSError, RuntimeError, ValueError) as error:
        if isinstance(error, FileRefused):
            raise
        raise FileRefused("Tệp hỏng hoặc bị cắt cụt, không mở được.") from error
    if cells > limits.cells:
        raise FileRefused(_too_many(limits))


def _check_directory(parts: list[zipfile.ZipInfo], size: int, kind: str, limits: Limits) -> None:
    names = [part.filename for part in parts]
    if len(parts) > limits.members:
        raise FileRefused("Tệp có quá nhiều thành phần.")
    if MARKERS[kind] not in names:
        raise FileRefused(f"Nội dung tệp không phải {kind}; hãy mở bằng Excel và lưu lại đúng dạng.")
    if any(part.flag_bits & 1 for part in parts):
        raise FileRefused("Tệp đặt mật khẩu; hãy bỏ mật khẩu rồi gửi.")
    if any("vbaproject" in name.lower() or name.startswith("Basic/") for name in names):
        raise FileRefused("Tệp có macro; hãy lưu lại thành .xlsx không có macro.")
    if len(set(names)) < len(names) or _overlap(parts, size):
        raise FileRefused("Tệp có cấu trúc bất thường, không mở.")
    unpacked = sum(part.file_size for part in parts)
    if unpacked > limits.unpacked or unpacked > limits.ratio * max(size, STEP):
        raise FileRefused("Tệp bung ra quá lớn, không mở.")


def _overlap(parts: list[zipfile.ZipInfo], size: int) -> bool:
    """Whether two members share bytes, as in a bomb that inflates one kernel many times."""
    end = 0
    for part in sorted(parts, key=lambda part: part.header_offset):
        if part.header_offset < end:
            return True
        end = part.header_offset + 30 + len(part.filename.encode()) + part.compress_size
    return end > size


def _inspect(archive: zipfile.ZipFile, part: zipfile.ZipInfo, limits: Limits) -> int:
    """Inflate a part in steps, trusting no size that the directory states; the number of cells in it."""
    if part.filename.lower().endswith((".zip", ".xlsx", ".ods", ".bin.zip")):
        raise FileRefused("Tệp chứa tệp nén bên trong, không mở.")
    cells, seen, tail = 0, 0, b""
    xml = part.filename.endswith(".xml")
    with archive.open(part) as stream:
        while block := stream.read(STEP):
            seen += len(block)
            if seen > limits.unpacked:
                raise FileRefused("Tệp bung ra quá lớn, không mở.")
            if not xml:
                continue
            if b"<!DOCTYPE" in tail + block or b"<!ENTITY" in tail + block:
                raise FileRefused("Tệp có khai báo thực thể XML, không mở.")
            cells += len(CELL.findall(tail + block)) - len(CELL.findall(tail))
            tail = block[-32:]
            if cells > limits.cells:
                break
    return cells
