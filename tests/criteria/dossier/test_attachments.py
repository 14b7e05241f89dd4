"""What may be attached to a dossier: told by content and ending together, refused in a sentence, never a fault."""

import io
import zipfile
from contextlib import suppress

import pytest
from docx import Document
from hypothesis import given
from hypothesis import strategies as st

from communes.uploads.guard import FileRefused
from criteria.dossier.attachments import LONGEST, check, clean_name
from tests.criteria.making import PDF
from tests.criteria.odd_files import flat_bomb, nested_bomb, overlapping_bomb, parts_of, xlsx, zipped

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 20
JPG = b"\xff\xd8\xff\xe0" + b"\0" * 20
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
EXE = b"MZ\x90\0" + b"\0" * 60
MEGABYTE = 1024 * 1024


def docx(**parts: bytes) -> bytes:
    content = io.BytesIO()
    made = Document()
    made.add_paragraph("Biên bản thẩm tra")
    made.save(content)
    return zipped(parts_of(content.getvalue()) | parts)


def macro_types() -> bytes:
    parts = parts_of(docx())
    types = parts["[Content_Types].xml"]
    old, new = b"officedocument.wordprocessingml.document.main+xml", b"ms-word.document.macroEnabled.main+xml"
    assert old in types
    return zipped(parts | {"[Content_Types].xml": types.replace(old, new)})


def bomb_in_docx() -> bytes:
    """400 MB of spaces in a picture."""
    content = io.BytesIO(docx())
    with zipfile.ZipFile(content, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/media/image1.png", b" " * 400 * MEGABYTE)
    return content.getvalue()


GOOD = {
    "bien-ban.pdf": PDF,
    "BIEN BAN.PDF": PDF,
    "bien-ban.docx": docx(),
    "bang.xlsx": xlsx(),
    "anh.jpg": JPG,
    "anh.jpeg": JPG,
    "anh.png": PNG,
    "bien-ban.exe.pdf": PDF,
}
BOMBS = {"a bomb in a document", "a flat bomb", "a nested bomb", "an overlapping bomb"}  # made only where asked for
REFUSED = {
    "a program under the name of a pdf": ("a.pdf", EXE, "không phải .pdf"),
    "a page under the name of a pdf": ("a.pdf", b"<html><script>alert(1)</script></html>", "không phải .pdf"),
    "a page before the pdf": ("a.pdf", b"<script></script>" + PDF, "không phải .pdf"),
    "a pdf under the name of a picture": ("a.jpg", PDF, "không phải .jpg"),
    "a picture that is a page": ("a.png", SVG, "không phải .png"),
    "a drawing": ("a.svg", SVG, "Chỉ nhận tệp"),
    "a page": ("a.html", b"<html></html>", "Chỉ nhận tệp"),
    "a program": ("a.exe", EXE, "Chỉ nhận tệp"),
    "an archive": ("a.zip", docx(), "Chỉ nhận tệp"),
    "no ending": ("a", PDF, "Chỉ nhận tệp"),
    "nothing": ("a.pdf", b"", "Tệp rỗng"),
    "too large": ("a.pdf", PDF + b"\0" * 10 * MEGABYTE, "lớn hơn 10 MB"),
    "a document with macros by its name": ("a.docm", docx(), "macro"),
    "a workbook with macros by its name": ("a.xlsm", xlsx(), "macro"),
    "a document with macros within": ("a.docx", docx(**{"word/vbaProject.bin": b"x"}), "macro"),
    "a document with macros by its types": ("a.docx", macro_types(), "macro"),
    "an archive under the name of a document": ("a.docx", zipped({"a.txt": b"x"}), "không phải .docx"),
    "a workbook under the name of a document": ("a.docx", xlsx(), "không phải .docx"),
    "a document under the name of a workbook": ("a.xlsx", docx(), "không phải .xlsx"),
    "a cut document": ("a.docx", docx()[:-30], "hỏng hoặc bị cắt cụt"),
    "a file within the document": ("a.docx", docx(**{"word/embeddings/a.xlsx": xlsx()}), "chứa tệp khác"),
    "a document with entities": (
        "a.docx",
        docx(**{"word/x.xml": b'<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>'}),
        "thực thể XML",
    ),
    "a bomb in a document": ("a.docx", bomb_in_docx, "bung ra quá lớn"),
    "a flat bomb": ("a.xlsx", flat_bomb, "Tệp"),
    "a nested bomb": ("a.xlsx", nested_bomb, "Tệp"),
    "an overlapping bomb": ("a.xlsx", overlapping_bomb, "Tệp"),
}


def refused_file(case: str) -> tuple[str, bytes, str]:
    """The name of a file, its content, and words of its refusal."""
    name, content, words = REFUSED[case]
    return name, content() if case in BOMBS else content, words


@pytest.mark.parametrize("name", GOOD)
def test_papers_of_the_closed_list_are_taken(name):
    assert check(GOOD[name], name) == f".{name.rpartition('.')[2].lower()}"


@pytest.mark.parametrize("case", REFUSED)
def test_anything_else_is_refused_in_a_sentence(case):
    name, content, words = refused_file(case)
    with pytest.raises(FileRefused) as refused:
        check(content, name)
    assert words in str(refused.value)
    assert str(refused.value).endswith(".")


NAMES = {
    "Biên bản.pdf": "Biên bản.pdf",
    "../../etc/passwd.pdf": "passwd.pdf",
    "C:\\Users\\a\\Biên bản.pdf": "Biên bản.pdf",
    "a\r\nSet-Cookie: x=1.pdf": "a Set-Cookie_ x=1.pdf",
    "hop\u202efdp.exe": "hopfdp.exe",
    "a\u200f\u2066b.pdf": "ab.pdf",
    "a\0b.pdf": "ab.pdf",
    '<img src="x">.pdf': "_img src=_x__.pdf",
    "...": "minh-chung",
    "": "minh-chung",
    " . ": "minh-chung",
    "Ti\u00eau ch\u0069\u0301.pdf": "Tiêu chí.pdf",
}


@pytest.mark.parametrize("name", NAMES)
def test_a_name_is_only_a_name(name):
    assert clean_name(name) == NAMES[name]


def test_a_very_long_name_keeps_its_ending():
    name = clean_name("Biên bản " * 100 + ".pdf")
    assert (len(name), name[-4:]) == (LONGEST, ".pdf")


@given(st.text(max_size=300), st.sampled_from(["", ".pdf", ".PDF", ".exe"]))
def test_whatever_a_file_is_called_its_name_is_short_and_plain(name, ending):
    found = clean_name(name + ending)
    assert 0 < len(found) <= LONGEST
    assert not set(found) & set('/\\\r\n\0<>:"|?*\u202e')
    assert clean_name(found) == found


@given(st.binary(max_size=200), st.sampled_from([".pdf", ".docx", ".xlsx", ".jpg", ".png"]))
def test_whatever_is_in_a_file_it_is_taken_or_refused(content, kind):
    with suppress(FileRefused):
        assert check(content, f"a{kind}") == kind
