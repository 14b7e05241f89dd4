"""PURE: tables as they were issued, and what has changed since.

A frozen table is plain JSON: every cell with its value, its kind and its places, so that page, xlsx and docx drawn from
it are those of the day of issue, cell by cell, whatever became of the data, the thresholds or the code that counted.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from criteria.rules.verdicts import Verdict

from .table import Column, Table, Value

NAMING = ("code", "key", "document", "number", "name", "label", "district", "work")
TITLES = ("work", "name", "label", "district", "text", "number")  # by which people know a row
_PLAIN = ("key", "heading", "group", "width", "long", "hidden", "year")


def freeze(table: Table) -> dict[str, Any]:
    """A table as plain JSON. Links, locks and hidden sheets are not part of a paper."""
    return {
        "slug": table.slug,
        "title": table.title,
        "subtitle": table.subtitle,
        "unit_line": table.unit_line,
        "notes": table.notes,
        "numbered": table.numbered,
        "paper": table.paper,
        "columns": [{name: getattr(column, name) for name in _PLAIN} for column in table.columns],
        "rows": [[_cell(column, row) for column in table.columns] for row in table.rows],
        "totals": [[_cell(column, row) for column in table.columns] for row in table.totals],
        "appendix": freeze(table.appendix) if table.appendix else None,
    }


def thaw(frozen: dict[str, Any]) -> Table:
    """The table that ``freeze`` was given, drawn from what was kept."""
    columns = [_column(about, index) for index, about in enumerate(frozen["columns"])]
    return Table(
        frozen["slug"],
        frozen["title"],
        frozen["subtitle"],
        columns,
        [list(map(_thawed, row)) for row in frozen["rows"]],
        [list(map(_thawed, row)) for row in frozen["totals"]],
        frozen["unit_line"],
        frozen["notes"],
        frozen["numbered"],
        frozen["paper"],
        thaw(frozen["appendix"]) if frozen["appendix"] else None,
    )


def digest(plain: dict[str, Any]) -> str:
    """The hash of what is kept: SHA-256 of its canonical JSON, in hexadecimal."""
    text = json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _column(about: dict[str, Any], index: int) -> Column:
    def value(row: list[tuple[Value, int | None]]) -> Value:
        return row[index][0]

    def places(row: list[tuple[Value, int | None]]) -> int | None:
        return row[index][1]

    return Column(value=value, decimals=places, **about)


def _cell(column: Column, row: Any) -> list[Any]:
    """The kind of a value, the value as text or a whole number, and the places it is shown with."""
    value = column.value(row)
    if isinstance(value, Verdict):
        return ["v", value.value]
    if isinstance(value, Decimal):
        return ["n", str(value), column.places(row)]
    if isinstance(value, date):
        return ["d", value.isoformat()]
    if isinstance(value, int):
        return ["i", value, column.places(row)]
    return ["s", value]


_READ: dict[str, Callable[[Any], Value]] = {
    "v": Verdict,
    "n": Decimal,
    "d": date.fromisoformat,
    "i": int,
    "s": lambda text: text,
}


def _thawed(cell: list[Any]) -> tuple[Value, int | None]:
    kind, value, *places = cell
    return _READ[kind](value), places[0] if places else None


@dataclass(frozen=True, slots=True)
class Cell:
    """What a cell holds, the places it is shown with, and its text; nothing where there is no cell."""

    value: Value = None
    places: int | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class Difference:
    """A cell that is not what it was: in which table, of which row and column."""

    slug: str
    table: str
    code: str
    row: str
    column: str
    was: Cell
    now: Cell

    @property
    def old(self) -> str:
        return self.was.text

    @property
    def new(self) -> str:
        return self.now.text


def differences(old: Table, new: Table) -> list[Difference]:
    """The cells of a table that changed, came or went, in the order of the new table and then of what went."""
    before, after = _by_row(old), _by_row(new)
    headings = {column.key: _heading(column) for column in (*old.shown, *new.shown)}
    return [
        Difference(new.slug, new.title, *_names(after.get(identity) or before[identity]), headings[key], was, now)
        for identity in dict.fromkeys([*after, *before])
        for key in headings
        for was, now in [(before.get(identity, {}).get(key, NOTHING), after.get(identity, {}).get(key, NOTHING))]
        if was.text != now.text
    ]


NOTHING = Cell()


def _names(row: dict[str, Cell]) -> tuple[str, str]:
    """The code of a row, if it has one, and the name by which people know it."""
    texts = {key: cell.text for key, cell in row.items()}
    return texts.get("code", ""), next((texts[title] for title in TITLES if texts.get(title)), "Tổng")


def _heading(column: Column) -> str:
    return f"{column.group}: {column.heading}" if column.group else column.heading


def _by_row(table: Table) -> dict[tuple[str, ...], dict[str, Cell]]:
    """The cells of each row by column, by what names the row; rows of one name by their order."""
    naming = [column for column in table.columns if column.key in NAMING]
    seen: Counter[tuple[str, ...]] = Counter()
    found: dict[tuple[str, ...], dict[str, Cell]] = {}
    for row in (*table.rows, *table.totals):
        names = tuple(column.text(row) for column in naming)
        seen[names] += 1
        cells = {c.key: Cell(c.value(row), c.places(row), c.text(row)) for c in table.shown}
        found[*names, str(seen[names])] = cells
    return found


def changed(old: Iterable[Table], new: Iterable[Table]) -> list[Difference]:
    """What changed in tables that belong together, by slug; a table that is no longer made has nothing to compare."""
    current = {table.slug: table for table in with_appendices(new)}
    return [
        difference
        for table in with_appendices(old)
        if table.slug in current
        for difference in differences(table, current[table.slug])
    ]


def with_appendices(tables: Iterable[Table]) -> list[Table]:
    """Each table, followed by what is attached to it."""
    return [each for table in tables for each in (table, table.appendix) if each]
