"""Reads what the portal answers as entries of place and text: a page, JSON, a workbook, a Word document."""

import hashlib
import io
import json
from email.message import Message

from docx import Document
from docx.oxml.ns import qn
from docx.text.paragraph import Paragraph
from openpyxl import load_workbook
from openpyxl.utils import get_column_letter

from .markup import page_lines

PAGE, JSON, XLSX, DOCX, TEXT, BYTES = "page", "json", "xlsx", "docx", "text", "bytes"
IN_ORDER = {PAGE, DOCX, TEXT}  # compared as a sequence: a line more does not make every later line differ


def read(content: bytes, kind: str) -> dict[str, str]:
    """The entries of an answer, in its own order."""
    return READERS[kind](content)


def kind_of(content_type: str, disposition: str = "") -> str:
    head = Message()
    head["Content-Disposition"] = disposition
    ending = (head.get_filename() or "").rpartition(".")[2].lower()
    if ending in (XLSX, DOCX):
        return ending
    if not ending and "html" in content_type:
        return PAGE
    if "json" in content_type:
        return JSON
    return TEXT if content_type.startswith("text/") or ending == "csv" else BYTES


def _numbered(lines: list[str]) -> dict[str, str]:
    return {f"line {number}": line for number, line in enumerate(lines, 1)}


def _page(content: bytes) -> dict[str, str]:
    return _numbered(page_lines(content.decode()))


def _text(content: bytes) -> dict[str, str]:
    return _numbered(content.decode("utf-8-sig").splitlines())


def _bytes(content: bytes) -> dict[str, str]:
    return {"length": str(len(content)), "sha256": hashlib.sha256(content).hexdigest()}


def _json(content: bytes) -> dict[str, str]:
    found: dict[str, str] = {}
    _flatten(json.loads(content), "$", found)
    return found


def _flatten(value, path: str, found: dict[str, str]) -> None:
    """Every leaf by its path; of a list its length as well, so that an empty one is not nothing."""
    if isinstance(value, dict):
        found[f"{path}.keys()"] = " ".join(value)
        for key, inner in value.items():
            _flatten(inner, f"{path}.{key}", found)
    elif isinstance(value, list):
        found[f"{path}.length"] = str(len(value))
        for index, inner in enumerate(value):
            _flatten(inner, f"{path}[{index}]", found)
    else:
        found[path] = json.dumps(value, ensure_ascii=False)


# ---- xlsx


def _xlsx(content: bytes) -> dict[str, str]:
    book = load_workbook(io.BytesIO(content))
    found = {"sheets": " | ".join(f"{sheet.title} ({sheet.sheet_state})" for sheet in book)}
    about = book.properties
    found["properties"] = f"{about.title} | {about.creator} | {about.subject} | {about.created} | {about.modified}"
    for name, defined in sorted(book.defined_names.items()):
        found[f"name {name}"] = str(defined.attr_text)
    for sheet in book:
        found |= {f"{sheet.title}: {key}": str(value) for key, value in _settings(sheet).items()}
        for row in sheet.iter_rows():
            for cell in row:
                if cell.value is not None or cell.comment or cell.font.b or cell.hyperlink:
                    found[f"{sheet.title}!{cell.coordinate}"] = _cell(cell)
    return found


def _settings(sheet) -> dict:
    setup = sheet.page_setup
    widths = {key: column for key, column in sheet.column_dimensions.items() if column.width or column.hidden}
    found = {
        "dimensions": sheet.dimensions,
        "frozen at": sheet.freeze_panes,
        "print titles": f"{sheet.print_title_rows} {sheet.print_title_cols}",
        "print area": sheet.print_area,
        "paper": f"{setup.orientation} {setup.paperSize} fit {setup.fitToWidth}x{setup.fitToHeight} {setup.scale}",
        "margins": " ".join(str(getattr(sheet.page_margins, side)) for side in ("left", "right", "top", "bottom")),
        "header": " | ".join(str(getattr(sheet.oddHeader, side).text) for side in ("left", "center", "right")),
        "footer": " | ".join(str(getattr(sheet.oddFooter, side).text) for side in ("left", "center", "right")),
        "filter": sheet.auto_filter.ref,
        "merged": " ".join(sorted(map(str, sheet.merged_cells.ranges))),
        "protected": sheet.protection.sheet,
    }
    for column in widths.values():
        letters = f"{get_column_letter(column.min)}:{get_column_letter(column.max)}"
        found[f"column {letters}"] = f"{column.width}{' hidden' * column.hidden}"
    for number, row in sheet.row_dimensions.items():
        if row.height is not None or row.hidden:
            found[f"row {number}"] = f"{row.height}{' hidden' * row.hidden}"
    for rule in sheet.data_validations.dataValidation:
        said = (rule.type, rule.operator, rule.formula1, rule.formula2, rule.promptTitle, rule.prompt, rule.error)
        found[f"validation {rule.sqref}"] = " | ".join(map(str, said))
    for area in sheet.conditional_formatting:
        rules = [f"{rule.type} {rule.operator} {rule.formula}" for rule in area.rules]
        found[f"conditional {area.sqref}"] = " | ".join(rules)
    return found


def _cell(cell) -> str:
    """``12.5 [0.0] bold fill FFFF00 → https://… comment …``: what is plain is not said."""
    said = [repr(cell.value), f"[{cell.number_format}]"]
    said += ["bold"] * bool(cell.font.b) + ["italic"] * bool(cell.font.i)
    if cell.fill.fill_type:
        said.append(f"fill {cell.fill.fgColor.rgb}")
    if cell.alignment.horizontal:
        said.append(cell.alignment.horizontal)
    if cell.hyperlink:
        said.append(f"→ {cell.hyperlink.target or cell.hyperlink.location}")
    if cell.comment:
        said.append(f"comment {cell.comment.text!r}")
    return " ".join(said)


# ---- docx


def _docx(content: bytes) -> dict[str, str]:
    document = Document(io.BytesIO(content))
    about = document.core_properties
    found = {"properties": f"{about.title} | {about.author} | {about.subject} | {about.created} | {about.modified}"}
    for number, section in enumerate(document.sections, 1):
        found |= {f"section {number}: {key}": text for key, text in _section(section).items()}
    _blocks(document.element.body, document, "", found)
    return found


def _section(section) -> dict[str, str]:
    margins = (section.left_margin, section.right_margin, section.top_margin, section.bottom_margin)
    found = {
        "page": f"{section.orientation} {section.page_width}x{section.page_height} {section.start_type}",
        "margins": " ".join(map(str, margins)),
    }
    kinds = ("header", "footer", "first_page_header", "first_page_footer", "even_page_header", "even_page_footer")
    for kind in kinds:
        part = getattr(section, kind)
        if not part.is_linked_to_previous:
            inside: dict[str, str] = {}
            _blocks(part._element, part, "", inside)
            found[f"{kind} of its own"] = "yes"
            found |= {f"{kind} {place}": text for place, text in inside.items()}
    return found


def _blocks(element, part, within: str, found: dict[str, str]) -> None:
    """Paragraphs and tables in the order they stand in, numbered apart."""
    paragraphs = tables = 0
    for child in element.iterchildren():
        if child.tag == qn("w:p"):
            paragraphs += 1
            found[f"{within}paragraph {paragraphs}"] = _paragraph(child, part)
        elif child.tag == qn("w:tbl"):
            tables += 1
            _table(child, part, f"{within}table {tables}", found)


def _table(table, part, place: str, found: dict[str, str]) -> None:
    style = table.tblPr.find(qn("w:tblStyle"))
    widths = [column.get(qn("w:w")) for column in table.tblGrid.iterchildren()]
    found[f"{place}: set up"] = f"{style.get(qn('w:val')) if style is not None else '-'} {' '.join(map(str, widths))}"
    for row_number, row in enumerate(table.tr_lst, 1):
        head = row.trPr is not None and row.trPr.find(qn("w:tblHeader")) is not None
        for number, cell in enumerate(row.tc_lst, 1):
            where = f"{place} row {row_number} cell {number}"
            said = ["(repeated)"] * head + [f"(over {cell.grid_span})"] * (cell.grid_span > 1)
            said += [f"(vertical {cell.vMerge})"] * bool(cell.vMerge)
            said += [_paragraph(paragraph, part) for paragraph in cell.p_lst]
            found[where] = " ¶ ".join(said)
            for index, inner in enumerate(cell.iterchildren(qn("w:tbl")), 1):
                _table(inner, part, f"{where} table {index}", found)


def _paragraph(element, part) -> str:
    """Style and text; bold runs in ``**``, fields (page numbers) in ``{}``, breaks as they stand."""
    paragraph = Paragraph(element, part)
    text = ""
    for run in element.iter(qn("w:r")):
        inside = "".join(_piece(piece) for piece in run.iterchildren())
        bold = run.rPr is not None and run.rPr.find(qn("w:b")) is not None
        text += f"**{inside}**" if bold and inside.strip() else inside
    style = element.pPr.style if element.pPr is not None else None
    alignment = f" {paragraph.alignment}" if paragraph.alignment is not None else ""
    return f"<{style or '-'}{alignment}> {text.replace('****', '')}"


def _piece(piece) -> str:
    if piece.tag == qn("w:t"):
        return piece.text or ""
    if piece.tag == qn("w:instrText"):
        return f"{{{(piece.text or '').strip()}}}"
    if piece.tag == qn("w:drawing"):
        return f"{{picture {hashlib.sha256(b''.join(map(str.encode, piece.itertext()))).hexdigest()[:8]}}}"
    return {qn("w:tab"): "\t", qn("w:br"): "\n"}.get(piece.tag, "")


READERS = {PAGE: _page, JSON: _json, XLSX: _xlsx, DOCX: _docx, TEXT: _text, BYTES: _bytes}
