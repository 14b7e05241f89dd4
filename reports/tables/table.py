"""PURE: what a table is and how a value is shown. Page, xlsx and JSON are drawn from the same columns and rows."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any

from communes.text import vn_number
from criteria.rules.verdicts import Verdict

READ_NOTES = ["Ô trống là chưa có số liệu. Nội dung chỉ tiêu và mức quy định xem biểu chỉ tiêu kèm theo."]

Value = str | int | Decimal | date | Verdict | None
MARKS = {Verdict.MET: "Đ", Verdict.NOT_MET: "CĐ", Verdict.NOT_APPLICABLE: "KXX", Verdict.UNKNOWN: ""}


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its key in JSON, its heading, and how to take its value from a row.

    ``decimals``: places shown, a number or a function of the row; None leaves a number as it is. ``group``: the heading
    above it, shared by its neighbours. ``link``: the page a cell leads to, as (kind, function of the row → its code).
    ``width``: in characters, for files. ``hidden``: for machines, in JSON only. ``year``: a number without separators.
    In a sheet that is filled in: ``editable`` cells, with the words they offer (``choices``) or the largest number they
    take (``highest``), and a ``hint`` above the heading.
    """

    key: str
    heading: str
    value: Callable[[Any], Value]
    group: str = ""
    decimals: int | Callable[[Any], int | None] | None = None
    width: int = 9
    link: tuple[str, Callable[[Any], str | None]] | None = None
    long: bool = False
    hidden: bool = False
    year: bool = False
    editable: bool = False
    choices: tuple[str, ...] = ()
    highest: Decimal | None = None
    hint: str = ""

    def places(self, row: Any) -> int | None:
        return self.decimals(row) if callable(self.decimals) else self.decimals

    def text(self, row: Any) -> str:
        """The value as people read it; nothing known is an empty cell."""
        value = self.value(row)
        if value is None:
            return ""
        if isinstance(value, Verdict):
            return MARKS[value]
        if isinstance(value, date):
            return f"{value:%d/%m/%Y}"
        if isinstance(value, str) or self.year:
            return str(value)
        return vn_number(value, self.places(row))

    def plain(self, row: Any) -> str | int | float | None:
        """The value for JSON: numbers as numbers, unknown as null."""
        value = self.value(row)
        if isinstance(value, Decimal):
            return int(value) if value == value.to_integral() and not self.places(row) else float(value)
        return value.isoformat() if isinstance(value, date) else value


@dataclass(frozen=True)
class Table:
    """A report ready to be drawn. ``totals`` come after ``rows``. ``notes`` stand below.

    ``guide``: how to fill it in, on a sheet of its own; ``hidden``: a sheet for the import, by name.
    """

    slug: str
    title: str
    subtitle: str
    columns: list[Column]
    rows: list[Any]
    totals: list[Any] = field(default_factory=list)
    unit_line: str = ""
    notes: list[str] = field(default_factory=list)
    numbered: bool = True
    paper: str = "A4"
    appendix: "Table | None" = None
    guide: list[str] = field(default_factory=list)
    hidden: tuple[str, list[list[str]]] | None = None

    @property
    def fillable(self) -> bool:
        """Whether people fill it in: then all but its editable cells are locked."""
        return any(column.editable for column in self.columns)

    @property
    def shown(self) -> list[Column]:
        """The columns that people see."""
        return [column for column in self.columns if not column.hidden]

    @property
    def groups(self) -> list[tuple[str, int, bool]]:
        """The upper heading row: (heading, columns it spans, whether it stands over both heading rows)."""
        spans: list[tuple[str, int, bool]] = []
        for column in self.shown:
            if column.group and spans and spans[-1][0] == column.group:
                spans[-1] = (column.group, spans[-1][1] + 1, False)
            else:
                spans.append((column.group or column.heading, 1, not column.group))
        return spans

    @property
    def grouped(self) -> bool:
        return any(column.group for column in self.columns)

    def records(self) -> list[dict[str, str | int | float | None]]:
        """The rows, totals last, as they go into JSON."""
        return [{column.key: column.plain(row) for column in self.columns} for row in (*self.rows, *self.totals)]


def as_read(table: Table) -> Table:
    """The table for readers: of a sheet to be filled in, without what serves filling in and sending back."""
    if not table.fillable:
        return table
    columns = [replace(column, editable=False, choices=(), highest=None) for column in table.columns]
    return replace(table, columns=columns, notes=READ_NOTES, guide=[], hidden=None)
