"""What a Word document is made of: pages, paragraphs, rules and fields. Used by the writers of docx alone.

Every text passes ``clean`` and is written as text, so nothing that somebody typed becomes a field or a formula.
"""

import re
from xml.sax.saxutils import escape

from docx import Document
from docx.document import Document as Docx
from docx.enum.section import WD_ORIENT
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.section import Section
from docx.shared import Mm, Pt
from docx.text.paragraph import Paragraph

FONT = "Times New Roman"
BODY = 14
SHORT, LONG = Mm(210), Mm(297)
FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # by XML
SIDES = {
    "left": WD_ALIGN_PARAGRAPH.LEFT,
    "center": WD_ALIGN_PARAGRAPH.CENTER,
    "right": WD_ALIGN_PARAGRAPH.RIGHT,
    "both": WD_ALIGN_PARAGRAPH.JUSTIFY,
}


def clean(text: str) -> str:
    """The text without the characters that no XML file may hold."""
    return FORBIDDEN.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def new_document(title: str, note: str) -> Docx:
    """An empty document in Times New Roman, of Vietnamese, without spacing of its own."""
    document = Document()
    style = document.styles["Normal"]
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for name in ("ascii", "hAnsi", "eastAsia", "cs"):
        fonts.set(qn(f"w:{name}"), FONT)
    style.element.rPr.append(parse_xml(f'<w:lang {nsdecls("w")} w:val="vi-VN" w:eastAsia="vi-VN"/>'))
    style.font.size = Pt(BODY)
    style.paragraph_format.space_before = style.paragraph_format.space_after = Pt(0)
    style.paragraph_format.line_spacing = 1
    properties = document.core_properties
    properties.title, properties.comments = clean(title)[:255], clean(note)[:255]
    properties.author, properties.language = "", "vi-VN"
    return document


def cell_style(document: Docx, size: int) -> str:
    """The style of a table's paragraphs in a size; made when it is first asked for."""
    name = f"Cell{size}"
    if name not in document.styles:
        style = document.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        style.base_style = document.styles["Normal"]
        style.font.size = Pt(size)
        style.paragraph_format.space_before = style.paragraph_format.space_after = Pt(1)
    return document.styles[name].style_id


def set_page(section: Section, sideways: bool) -> None:
    """A4 with the margins of an office paper."""
    section.orientation = WD_ORIENT.LANDSCAPE if sideways else WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = (LONG, SHORT) if sideways else (SHORT, LONG)
    section.left_margin, section.right_margin = (Mm(20), Mm(20)) if sideways else (Mm(30), Mm(15))
    section.top_margin = section.bottom_margin = Mm(20)
    section.header_distance = section.footer_distance = Mm(10)


def add_paragraph(holder, text: str, size: int = BODY, side: str = "left", **style: bool) -> Paragraph:
    """A paragraph of one run. ``bold``, ``italic``: of its font; ``keep``: it stays with what follows."""
    paragraph = holder.add_paragraph()
    write_run(paragraph, text, size, style.get("bold", False), style.get("italic", False))
    paragraph.alignment = SIDES[side]
    paragraph.paragraph_format.keep_with_next = style.get("keep", False) or None
    return paragraph


def write_run(paragraph: Paragraph, text: str, size: int = BODY, bold: bool = False, italic: bool = False) -> None:
    run = paragraph.add_run(clean(text))
    run.font.size, run.bold, run.italic = Pt(size), bold or None, italic or None


def add_rule(holder, length: float, room: float) -> Paragraph:
    """A line of ``length`` in the middle of ``room``, in millimetres: papers draw it, they do not underline."""
    paragraph = add_paragraph(holder, "", 2)
    indent = Mm(max(0.0, (room - length) / 2))
    paragraph.paragraph_format.left_indent = paragraph.paragraph_format.right_indent = indent
    paragraph.paragraph_format.line_spacing = Pt(3)
    paragraph.paragraph_format.space_before = Pt(5)
    paragraph._p.get_or_add_pPr().insert_element_before(
        parse_xml(
            f'<w:pBdr {nsdecls("w")}><w:top w:val="single" w:sz="6" w:space="1" w:color="000000"/></w:pBdr>'
        ),
        *("w:shd", "w:tabs", "w:suppressAutoHyphens", "w:spacing", "w:ind", "w:jc", "w:rPr"),
    )  # fmt: skip
    return paragraph


def number_pages(section: Section, at_top: bool) -> None:
    """Page numbers in the middle: on top from the second page on, from 1 again in every section; or below, of all."""
    section.header.is_linked_to_previous = section.footer.is_linked_to_previous = False
    if at_top:
        section.different_first_page_header_footer = True
        _start_again(section)
    paragraph = (section.header if at_top else section.footer).paragraphs[0]
    paragraph.alignment = SIDES["center"]
    for name in ["PAGE"] if at_top else ["PAGE", "/", "NUMPAGES"]:
        paragraph._p.append(parse_xml(_field(name) if name.isalpha() else _text(name)))


def write_foot(section: Section, text: str) -> None:
    """A line at the foot of every page of a section, the first too."""
    section.footer.is_linked_to_previous = section.first_page_footer.is_linked_to_previous = False
    for footer in (section.footer, section.first_page_footer):
        write_run(footer.paragraphs[0], text, 8, italic=True)


def _start_again(section: Section) -> None:
    """Number the pages of a section from 1. A new section is a copy of the last, so it may say so already."""
    properties = section._sectPr
    if properties.find(qn("w:pgNumType")) is None:
        numbers = parse_xml(f'<w:pgNumType {nsdecls("w")} w:start="1"/>')
        properties.find(qn("w:cols")).addprevious(numbers)  # the schema has them in this order


def _field(name: str) -> str:
    return f'<w:fldSimple {nsdecls("w")} w:instr=" {name} ">{_text("1", "")}</w:fldSimple>'


def _text(text: str, namespaces: str | None = None) -> str:
    declared = nsdecls("w") if namespaces is None else namespaces
    return f'<w:r {declared}><w:rPr><w:sz w:val="26"/></w:rPr><w:t>{escape(text)}</w:t></w:r>'
