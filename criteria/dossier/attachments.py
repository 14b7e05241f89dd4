"""What may be attached to a dossier: a closed list of kinds, told by what is in the file and not by its name alone.

No database and no requests here; the messages are Vietnamese, for the person who sent the file.
"""

import unicodedata
from pathlib import PurePath

from communes.uploads.guard import MARKERS, MEGABYTE, ZIP, FileRefused, Limits, check_archive

KINDS = {
    ".pdf": b"%PDF-",
    ".docx": ZIP,
    ".xlsx": ZIP,
    ".jpg": b"\xff\xd8\xff",
    ".jpeg": b"\xff\xd8\xff",
    ".png": b"\x89PNG\r\n\x1a\n",
}
LIMITS = Limits(size=10 * MEGABYTE, members=500)
LONGEST = 100
RESERVED = dict.fromkeys(map(ord, '<>:"|?*'), "_")
WITH_MACROS = (".docm", ".dotm", ".xlsm", ".xltm", ".xlsb", ".xlam")


def check(content: bytes, filename: str) -> str:
    """The kind of a paper (``.pdf`` …) that may be kept. Raises ``FileRefused``."""
    kind = PurePath(filename).suffix.lower()
    if kind in WITH_MACROS:
        raise FileRefused("Tệp có macro; hãy lưu lại thành .docx, .xlsx không có macro hoặc thành .pdf rồi gửi.")
    if kind not in KINDS:
        raise FileRefused("Chỉ nhận tệp .pdf, .docx, .xlsx, .jpg hoặc .png.")
    if not content:
        raise FileRefused("Tệp rỗng.")
    if len(content) > LIMITS.size:
        raise FileRefused(f"Tệp lớn hơn {LIMITS.size // MEGABYTE} MB.")
    if not content.startswith(KINDS[kind]) or MARKERS.get(kind, "").encode() not in content:
        raise FileRefused(f"Nội dung tệp không phải {kind}; hãy mở bằng đúng chương trình và lưu lại.")
    if kind in MARKERS:
        _check_office(content, kind)
    return kind


def _check_office(content: bytes, kind: str) -> None:
    """Macros, bombs, passwords and files within the file, as the guard of workbooks finds them."""
    try:
        check_archive(content, kind, LIMITS)
    except FileRefused as refused:
        raise FileRefused(str(refused).replace(".xlsx", kind)) from refused


def clean_name(name: str) -> str:
    """A file name without folders, line breaks, marks that turn the direction of writing, and of bounded length.

    Its ending is that of the name as it is read: ``a\\u202efdp.exe`` looks like a pdf and ends in ``.exe``.
    """
    last = unicodedata.normalize("NFC", name).replace("\\", "/").rpartition("/")[2].translate(RESERVED)
    seen = "".join(" " if c.isspace() else c for c in last if c.isspace() or unicodedata.category(c)[0] != "C")
    path = PurePath(" ".join(seen.split()).strip(". ") or "minh-chung")
    ending = path.suffix[:10]
    return f"{path.stem[: LONGEST - len(ending)].rstrip('. ')}{ending}"
