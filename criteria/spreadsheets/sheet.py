"""The wide sheet: one row = one commune; code, name, district, statistics, then one column per indicator.

Knows its columns and turns a file into raw rows; no database, no judging.
"""

import re
from dataclasses import dataclass

from communes.text import fold, normal
from communes.uploads.guard import FileRefused
from criteria.rules.statistics import FIXED

_HEADINGS = {fold(text): key for key, text in FIXED.items()} | {key: key for key in FIXED}
_HEADINGS |= {"ten xa": "name", "huyen": "district", "dan so": "population", "ho ngheo": "poor_households"}
_HEADINGS |= {"tong so ho": "households", "thu nhap": "income", "thu nhap binh quan": "income", "ma": "code"}
_INDICATOR = re.compile(r"\d{1,2}\.[1-9]\d?[a-z]?")
_COLUMN_NUMBER = re.compile(r"\(?\d{1,2}(\.0)?\)?( ?=.*)?")
_TOTALS = ("toan tinh", "tong", "cong", "binh quan")
_HEADER_DEPTH = 40


@dataclass(frozen=True, slots=True)
class RawRow:
    """One row below the header: its number in the file and its cells by column key."""

    number: int
    cells: dict[str, object]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A file as read: the year it says it is of, its columns by key, its rows, and the headings it does not know."""

    year: int | None
    columns: dict[str, int]
    rows: list[RawRow]
    unknown: list[str]

    def address(self, row: int, key: str) -> str:
        return address(row, self.columns.get(key, 0))


def address(row: int, column: int) -> str:
    """``H12`` for row 12 and the eighth column (index 7)."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return f"{letters}{row}"


def header_row(rows: list[list[object]]) -> int | None:
    """The index of the first row that names a column of codes, or of names."""
    for wanted in ("code", "name"):
        for number, row in enumerate(rows[:_HEADER_DEPTH]):
            if wanted in map(_key, row) and sum(key is not None for key in map(_key, row)) > 1:
                return number
    return None


def read_sheet(rows: list[list[object]], codes: set[str]) -> Sheet:
    """Find the header below any title rows and name the columns. ``codes``: the indicators of the set.

    A heading may take two rows (criterion over indicator). Columns with a heading that nobody knows are left out and
    listed; a column that looks like an indicator but is none of the set refuses the file, as do doubled columns.
    """
    first = header_row(rows)
    if first is None:
        raise FileRefused("Không thấy dòng tiêu đề: cần một cột “Mã xã” (hoặc “Xã”) và các cột số liệu.")
    body = next((n for n in range(first + 1, len(rows)) if _is_data(rows[n], rows[first])), len(rows))
    columns, unknown = _columns(rows[first:body], codes)
    return Sheet(_year(rows[:first]), columns, _body(rows, body, columns), unknown)


def _key(cell: object) -> str | None:
    text = normal(str(cell)) if cell is not None else ""
    return _HEADINGS.get(fold(text)) or (text if _INDICATOR.fullmatch(text) else None)


def _is_data(row: list[object], header: list[object]) -> bool:
    """Whether a row below the first header row is no second header row: it says something under code or name."""
    cells = [cell for cell, key in zip(row, map(_key, header), strict=False) if key in ("code", "name")]
    texts = [normal(str(cell)) for cell in cells if cell not in (None, "")]
    return any(not _COLUMN_NUMBER.fullmatch(text) for text in texts)


def commune_code(raw: object) -> str | None:
    """The five-digit code, with the leading zeros that Excel strips from numbers; None when it is not a code."""
    text = str(int(raw)) if isinstance(raw, float) and raw.is_integer() else normal(str(raw or ""))
    return text.zfill(5) if re.fullmatch(r"\d{3,5}", text) else None


def _columns(header: list[list[object]], codes: set[str]) -> tuple[dict[str, int], list[str]]:
    columns: dict[str, int] = {}
    unknown: list[str] = []
    for index in range(max(map(len, header))):
        texts = [normal(str(row[index])) for row in header if index < len(row) and row[index] not in (None, "")]
        key = next((key for key in map(_key, reversed(texts)) if key), None)
        if key is None:
            unknown += [text for text in texts[:1] if not text.startswith("(")]
        elif key in columns:
            raise FileRefused(f"Cột “{texts[-1]}” có hai lần trong tệp.")
        elif key not in FIXED and key not in codes:
            raise FileRefused(f"Cột “{key}” không có trong bộ tiêu chí của kỳ này.")
        else:
            columns[key] = index
    return columns, unknown


def _year(titles: list[list[object]]) -> int | None:
    text = " ".join(normal(str(cell)) for row in titles for cell in row if isinstance(cell, str))
    found = re.search(r"năm (\d{4})", text, re.IGNORECASE)
    return int(found[1]) if found else None


def _body(rows: list[list[object]], start: int, columns: dict[str, int]) -> list[RawRow]:
    body = []
    for number, row in enumerate(rows[start:], start + 1):
        cells = {key: row[index] if index < len(row) else None for key, index in columns.items()}
        if any(cell not in (None, "") for cell in cells.values()) and not _is_footer(row, cells):
            body.append(RawRow(number, cells))
    return body


def _is_footer(row: list[object], cells: dict[str, object]) -> bool:
    """A total, or a note that stands alone in its row, below the table. A row with figures and no code is neither."""
    if commune_code(cells.get("code")) is not None:
        return False
    text = next((fold(cell) for cell in row if isinstance(cell, str) and cell.strip()), "")
    if cells.get("code") in (None, "") and text.startswith(_TOTALS):
        return True
    return sum(cell not in (None, "") for cell in row) == 1 and " " in text
