"""The meeting's report as docx: in the form of the state (Nghị định 30/2020/NĐ-CP), or as an annex to a Party paper.

The form is the office's. Until a report is issued its number, day and name are left open, to be filled in in Word.
"""

from dataclasses import dataclass
from typing import Any

from docx.document import Document as Docx
from docx.enum.section import WD_SECTION
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from docx.shared import Mm, Pt
from docx.text.paragraph import Paragraph

from reports.files.fitting import POINT, UPRIGHT, breadth, fit, strips
from reports.files.table_document import add_table, saved
from reports.files.word import BODY, add_paragraph, add_rule, new_document, number_pages, set_page, write_foot
from reports.tables.table import Table, as_read

from .narrative import Chapter
from .paper import Seal

PARTS = ((10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"))
LEFT, RIGHT = 72.0, 93.0  # millimetres of the two halves of a head
OPEN_DAY = "ngày … tháng … năm …"
COPIES = (
    "Thường trực Tỉnh ủy (để báo cáo)",
    "UBND tỉnh (để báo cáo)",
    "Sở Nông nghiệp và PTNT (để báo cáo)",
    "Lưu: VT",
)


@dataclass(frozen=True)
class Letter:
    """A report to a meeting. ``opening``: the sentence before its chapters; ``party``: an annex to a Party paper."""

    province: str
    subject: list[str]
    note: str
    opening: str
    chapters: list[Chapter]
    annexes: list[Table]
    party: bool = False
    seal: Seal | None = None

    @property
    def number(self) -> str:
        return f"Số: {self.seal.number}" if self.seal else "Số:        /BC-VPĐP"

    @property
    def day(self) -> str:
        """``ngày 05 tháng 02 năm 2018``: days below ten and the first two months with a zero."""
        if self.seal is None:
            return OPEN_DAY
        day = self.seal.issued_on
        month = f"{day.month:02}" if day.month < 3 else str(day.month)
        return f"ngày {day.day:02} tháng {month} năm {day.year}"

    @property
    def office(self) -> str:
        return f"Văn phòng Điều phối nông thôn mới tỉnh {self.province}"

    @property
    def belongs_to(self) -> str:
        """The line below the title of what is attached."""
        if self.party and self.seal:
            return f"(Kèm theo Báo cáo số {self.seal.number}, {self.day})"
        if self.party:
            return f"(Kèm theo Báo cáo số … -BC/TU, {OPEN_DAY} của Ban Thường vụ Tỉnh ủy {self.province})"
        number = self.seal.number if self.seal else "…/BC-VPĐP"
        return f"(Kèm theo Báo cáo số {number} {self.day} của {self.office})"


def write(letter: Letter) -> bytes:
    """The report with its annexes as a docx file."""
    document = new_document(" ".join(letter.subject), letter.note)
    set_page(document.sections[0], sideways=False)
    number_pages(document.sections[0], at_top=True)
    (_party_head if letter.party else _state_head)(document, letter)
    _write_subject(document, letter)
    if letter.opening:
        _body(document, letter.opening)
    for number, chapter in enumerate(letter.chapters, 1):
        heading = _body(document, f"{roman(number)}. {chapter.title.upper()}", bold=True, keep=True)
        heading.paragraph_format.space_before = Pt(12)
        for text in chapter.paragraphs:
            _body(document, text, keep=text.endswith(":"))
    if not letter.party:
        _body(document, f"Trên đây là {lower(letter.subject[0])}, {letter.office} trân trọng báo cáo./.")
        _write_signature(document, letter.seal.signatory if letter.seal else "Họ và tên")
    for number, table in enumerate(letter.annexes, 1):
        _write_annex(document, letter, number, as_read(table))
    if letter.seal:
        for section in document.sections:
            write_foot(section, letter.seal.line)
    return saved(document)


def roman(number: int) -> str:
    """1 → ``I``; for the numbers of chapters and annexes."""
    text = ""
    for value, sign in PARTS:
        while number >= value:
            text, number = text + sign, number - value
    return text


def lower(text: str) -> str:
    return f"báo cáo {text[:1].lower()}{text[1:]}"


def _body(document: Docx, text: str, **style: bool) -> Paragraph:
    """A paragraph of the report's text: justified, its first line indented."""
    paragraph = add_paragraph(document, text, BODY, "both", **style)
    paragraph.paragraph_format.first_line_indent = Mm(12.7)
    paragraph.paragraph_format.space_before = Pt(6)
    paragraph.paragraph_format.line_spacing = 1.1
    return paragraph


def _halves(document: Docx) -> list[Any]:
    """Two halves of the page side by side, without borders."""
    table = document.add_table(1, 2)
    table.autofit = False
    for cell, width in zip(table.rows[0].cells, (LEFT, RIGHT), strict=True):
        cell.width = Mm(width)
    for column, width in zip(table.columns, (LEFT, RIGHT), strict=True):
        column.width = Mm(width)
    return list(table.rows[0].cells)


def _fill(cell, room: float, lines: list[tuple]) -> None:
    """Centred lines (text, size, bold, italic) in half a page; a number in place of a text: a rule of that share of the
    line above."""
    last = 0.0
    for text, *style in lines:
        if isinstance(text, str):
            size, bold, italic = [*style, False, False][:3]
            add_paragraph(cell, text, size, "center", bold=bold, italic=italic)
            last = breadth(text) * size * POINT
        else:
            add_rule(cell, last * text, room)
    first = cell.paragraphs[0]._p  # a new cell has an empty paragraph
    first.getparent().remove(first)


def _state_head(document: Docx, letter: Letter) -> None:
    left, right = _halves(document)
    _fill(left, LEFT - 4, [
        ("SỞ NÔNG NGHIỆP VÀ PTNT", 12), (f"TỈNH {letter.province.upper()}", 12),
        ("VĂN PHÒNG ĐIỀU PHỐI", 12, True), ("NÔNG THÔN MỚI", 12, True), (0.5,), (letter.number, 13),
    ])  # fmt: skip
    _fill(right, RIGHT - 4, [
        ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", 12, True), ("Độc lập - Tự do - Hạnh phúc", 13, True), (1.0,),
        ("", 12), (f"{letter.province}, {letter.day}", 13, False, True),
    ])  # fmt: skip


def _party_head(document: Docx, letter: Letter) -> None:
    """Without quốc hiệu; as an annex it has no number of its own."""
    left, right = _halves(document)
    _fill(left, LEFT - 4, [(f"TỈNH ỦY {letter.province.upper()}", 14, True), ("*", 14)])
    _fill(right, RIGHT - 4, [("ĐẢNG CỘNG SẢN VIỆT NAM", 15, True), (1.0,)])


def _write_subject(document: Docx, letter: Letter) -> None:
    kind = add_paragraph(
        document, "PHỤ LỤC" if letter.party else "BÁO CÁO", 15 if letter.party else 14, "center", bold=True
    )
    kind.paragraph_format.space_before = Pt(18)
    for line in letter.subject:
        add_paragraph(document, line, 14, "center", bold=True)
    if letter.party:
        add_paragraph(document, letter.belongs_to, 13, "center", italic=True)
        add_paragraph(document, "-----", 14, "center")
    else:
        add_rule(document, 50, UPRIGHT)
    if letter.note:
        add_paragraph(document, letter.note, 11, "center", italic=True).paragraph_format.space_before = Pt(4)


def _write_signature(document: Docx, name: str) -> None:
    space = add_paragraph(document, "", 13, keep=True)
    space.paragraph_format.space_after = Pt(0)
    left, right = _halves(document)
    add_paragraph(left, "Nơi nhận:", 12, bold=True, italic=True)
    for copy in COPIES:
        add_paragraph(left, f"- {copy}{'.' if copy == COPIES[-1] else ';'}", 11)
    first = left.paragraphs[0]._p
    first.getparent().remove(first)
    _fill(right, RIGHT, [
        ("CHÁNH VĂN PHÒNG", 14, True), ("(Chữ ký, dấu)", 13, False, True), ("", 14), ("", 14), ("", 14),
        (name, 14, True),
    ])  # fmt: skip
    row = left._tc.getparent()
    row.get_or_add_trPr().append(parse_xml(f"<w:cantSplit {nsdecls('w')}/>"))


def _write_annex(document: Docx, letter: Letter, number: int, table: Table) -> None:
    """An annex on pages of its own, numbered from 1."""
    layout = fit(strips(table), table.notes, above=26 if letter.party else 38)
    section = document.add_section(WD_SECTION.NEW_PAGE)
    set_page(section, layout.sideways)
    number_pages(section, at_top=True)
    name = f"Biểu số {number}" if letter.party else f"Phụ lục {roman(number)}"
    add_paragraph(document, name, 14, "center", bold=True, keep=True)
    add_paragraph(document, table.title.upper(), 14, "center", bold=True, keep=True)
    if not letter.party:
        add_paragraph(document, letter.belongs_to, 13, "center", italic=True, keep=True)
    add_paragraph(document, table.subtitle, 12, "center", italic=True, keep=True)
    if letter.note:
        add_paragraph(document, letter.note, 11, "center", italic=True, keep=True)
    add_table(document, table, layout)
