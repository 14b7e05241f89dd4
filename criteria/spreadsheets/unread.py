"""PURE: what the reader of workbooks cannot tell: errors, formulas without a result, percentages kept as fractions.

It gives an error and a formula that nobody has calculated as nothing, which would be no data, or as 0, which would be a
figure. Here they become ``Unread`` at their places; a number that its cell shows as ``85%`` becomes the text “85 %”.
"""

import io
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from decimal import Decimal
from xml.etree import ElementTree
from zipfile import ZipFile

from communes.text import vn_number
from communes.uploads.guard import place
from criteria.rules.cells import Unread

Cells = dict[tuple[int, int], str]
Placed = Iterator[tuple[tuple[int, int], str]]
TELLING = re.compile(rb"""t=["']e["']|<(\w+:)?f[\s/>]""")
TELLING_ODS = re.compile(rb"""formula=|["'](error|percentage)["']""")
NOT_SHOWN = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]|[_*].')
ODS_ERROR, ODS_NO_NUMBER = re.compile(r"#[A-Z/0]+[!?A]|Err:\d+"), re.compile(r"[^\W\d]+|\d+[/-]\d+([/-]\d+)?")
PERCENT_FORMATS = {9, 10}  # of Excel's own
BELOW = 1000  # rows below the last one that says anything


def error(code: str) -> Unread:
    return Unread(f"ô lỗi {code[:20]}; hãy sửa công thức, hoặc để trống nếu chưa có số liệu")


def uncalculated(formula: str = "") -> Unread:
    shown = f" (={formula[:40]})" if formula else ""
    return Unread(f"công thức chưa tính{shown}; hãy mở bằng Excel, lưu lại rồi gửi, hoặc ghi thẳng giá trị")


def percentage(number: str | float) -> str:
    """``0.85`` of a cell that shows it as 85 %; a number that is none as it is."""
    value = Decimal(str(number))
    return f"{vn_number(round(value * 100, 8))} %" if value.is_finite() and value < 10**6 else str(number)


def is_percent(form: int, code: str) -> bool:
    """Whether a number format shows a percentage, by its number and what it says."""
    return form in PERCENT_FORMATS or "%" in NOT_SHOWN.sub("", code)


def of_xlsx(content: bytes, sheet: str) -> Cells:
    """By row and column, from 0. Raises ``KeyError``, ``ValueError`` or ``ParseError`` for a damaged file."""
    with ZipFile(io.BytesIO(content)) as archive:
        names = {name.casefold(): name for name in archive.namelist()}
        path, styles = (names.get(name.casefold()) for name in (part_of(archive, sheet), "xl/styles.xml"))
        data = archive.read(path) if path else b""
        forms = _percent_styles(archive.read(styles)) if styles else frozenset[str]()
        stale = b"fullCalcOnLoad" in archive.read("xl/workbook.xml")
    telling = forms or TELLING.search(data)
    return dict(_xlsx_cells(io.BytesIO(data), _Xlsx(forms, stale))) if telling else {}


def part_of(archive: ZipFile, sheet: str) -> str:
    """The part of a workbook that holds a sheet, as its relations say."""
    relations = ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))
    targets = {relation.get("Id"): relation.get("Target", "") for relation in relations}
    for element in ElementTree.fromstring(archive.read("xl/workbook.xml")).iter():
        if _tag(element) == "sheet" and element.get("name") == sheet:
            ids = [value for key, value in element.items() if key.endswith("}id")]
            target = targets.get(ids[0], "") if ids else ""
            return target.lstrip("/") if target.startswith(("/xl/", "xl/")) else f"xl/{target}"
    return ""


def _percent_styles(styles: bytes) -> frozenset[str]:
    """The indexes of the cell styles that show a number as a percentage."""
    root = ElementTree.fromstring(styles)
    codes = {form.get("numFmtId"): form.get("formatCode", "") for form in root.iter() if _tag(form) == "numFmt"}
    found = (list(group) for group in root if _tag(group) == "cellXfs")
    forms = [form.get("numFmtId", "0") for form in next(found, [])]
    return frozenset(str(n) for n, form in enumerate(forms) if is_percent(int(form), codes.get(form, "")))


@dataclass(frozen=True, slots=True)
class _Xlsx:
    """``percents``: the styles of percentages. ``stale``: its program left the calculating to whoever opens it."""

    percents: frozenset[str]
    stale: bool

    def cell(self, element: ElementTree.Element) -> str | None:
        texts = {_tag(child): child.text or "" for child in element}
        kind, value = element.get("t", "n"), texts.get("v", "")
        if kind == "e":
            return error(value or "#N/A")
        if "f" in texts and (self._unknown(value) if kind != "str" else "v" not in texts):
            return uncalculated(texts["f"])
        if kind == "n" and value and element.get("s") in self.percents:
            return percentage(float(value))
        return None

    def _unknown(self, value: str) -> bool:
        return not value or (self.stale and value == "0")  # XlsxWriter and its like write 0 for what they do not know


def _xlsx_cells(stream: io.BytesIO, book: _Xlsx) -> Placed:
    sheet, row, column = ElementTree.Element("none"), 0, 0
    for event, element in ElementTree.iterparse(stream, ("start", "end")):
        tag = _tag(element)
        if event == "start" and tag == "sheetData":
            sheet = element
        elif event == "start" and tag == "row":
            row, column = int(element.get("r", row + 1)), 0
        elif event == "end" and tag == "c":
            at = place(element.attrib["r"]) if "r" in element.attrib else (row - 1, column)
            column = at[1] + 1
            if (said := book.cell(element)) is not None:
                yield at, said
        elif event == "end" and tag == "row":
            sheet.clear()


def of_ods(content: bytes, sheet: str, height: int, width: int) -> Cells:
    """By row and column, from 0, of a sheet that is read as ``height`` rows of ``width`` cells. Raises likewise."""
    with ZipFile(io.BytesIO(content)) as archive:
        data = archive.read("content.xml")
    return dict(_ods_cells(io.BytesIO(data), sheet, height + BELOW, width)) if TELLING_ODS.search(data) else {}


def _ods_cells(stream: io.BytesIO, sheet: str, height: int, width: int) -> Placed:
    name, row, table = "", 0, ElementTree.Element("none")
    for event, element in ElementTree.iterparse(stream, ("start", "end")):
        tag = _tag(element)
        if event == "start" and tag == "table":
            name, row, table = _attribute(element, "name"), 0, element
        elif event == "end" and tag == "table-row":
            times = _times(element, "number-rows-repeated")
            said = list(_ods_row(element, width)) if name == sheet else []
            yield from (((line, at), text) for line in range(row, min(row + times, height)) for at, text in said)
            row += times
            table.clear()


def _ods_row(row: ElementTree.Element, width: int) -> Iterator[tuple[int, str]]:
    start = 0
    for cell in row:
        end = start + _times(cell, "number-columns-repeated")
        if (said := _ods_cell(cell)) is not None:
            yield from ((column, said) for column in range(start, min(end, width)))
        start = end


def _ods_cell(cell: ElementTree.Element) -> str | None:
    kinds = [value for key, value in cell.items() if key.endswith("}value-type")]
    shown = "".join("".join(child.itertext()) for child in cell if _tag(child) == "p")
    formula = _attribute(cell, "formula")
    value = _attribute(cell, "value")
    if "error" in kinds or (formula and ODS_ERROR.fullmatch(shown)):
        return error(shown or "#N/A")
    if formula and not (any(name.endswith("value") for name in cell.attrib) or any(_tag(part) == "p" for part in cell)):
        return uncalculated(formula.partition("=")[2])
    if formula and "float" in kinds and ODS_NO_NUMBER.fullmatch(shown):  # a date, a truth value
        return Unread(f"ô hiện “{shown}” nhưng chứa số {value[:20]}; hãy ghi thẳng giá trị")
    with suppress(ArithmeticError):
        return percentage(value) if "percentage" in kinds and value else None
    return None


def _attribute(element: ElementTree.Element, name: str) -> str:
    return next((value for key, value in element.items() if _local(key) == name), "")


def _times(element: ElementTree.Element, name: str) -> int:
    return max(1, int(_attribute(element, name) or 1))


def _tag(element: ElementTree.Element) -> str:
    return _local(element.tag)


def _local(name: str) -> str:
    return name.rpartition("}")[2]
