"""PURE: what a sheet would change, as it is shown before anything is written."""

from dataclasses import dataclass, field
from decimal import Decimal

from communes.text import vn_number
from criteria.rules.statistics import FIXED

Plain = Decimal | int | str | None


def shown(value: Plain) -> str:
    """A plain value for reading; nothing known is empty."""
    return (value or "") if value is None or isinstance(value, str) else vn_number(value)


@dataclass(frozen=True, slots=True)
class Effect:
    """A figure of the year now, and as it would be after the sheet is written."""

    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class CellChange:
    """A cell that differs: its address in the file, the commune, the column, what stands and what comes.

    ``base``: what it held when the sheet was taken out; set for a conflict, where the database moved on meanwhile.
    """

    address: str
    code: str
    column: str
    old: Plain
    new: Plain
    base: str = ""

    @property
    def is_new(self) -> bool:
        return self.old is None

    @property
    def id(self) -> str:
        return f"{self.code}|{self.column}"

    @property
    def column_name(self) -> str:
        return FIXED.get(self.column, self.column)

    @property
    def old_text(self) -> str:
        return shown(self.old)

    @property
    def new_text(self) -> str:
        return shown(self.new)


@dataclass(frozen=True, slots=True)
class Rejection:
    """A cell that cannot be taken, with the reason in Vietnamese."""

    cell: str
    reason: str


@dataclass(slots=True)
class Preview:
    """What a sheet would change. ``kept``: cells that only the database changed since the sheet was taken out.

    ``new`` and ``changed`` count the changes, ``changes`` lists them, the first ``listed`` at most. ``stamped``:
    whether the sheet says what it held then; without that it is compared with the database alone.
    """

    listed: int | None = None
    new: int = 0
    changed: int = 0
    changes: list[CellChange] = field(default_factory=list)
    conflicts: list[CellChange] = field(default_factory=list)
    unchanged: int = 0
    kept: int = 0
    rejected: list[Rejection] = field(default_factory=list)
    ignored_columns: list[str] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
    stamped: bool = False
    written: bool = False
    sheet: str = ""
    effect: list[Effect] = field(default_factory=list)

    def add(self, change: CellChange) -> None:
        self.new += change.is_new
        self.changed += not change.is_new
        if self.listed is None or len(self.changes) < self.listed:
            self.changes.append(change)

    @property
    def ready(self) -> bool:
        """Whether it can be written: nothing rejected, every conflict settled."""
        return not self.rejected and not self.conflicts

    def problems(self) -> dict[str, str]:
        """What is wrong with each cell that is rejected, by its address, one line for each reason."""
        found: dict[str, list[str]] = {}
        for rejection in self.rejected:
            if rejection.cell:
                found.setdefault(rejection.cell, []).append(rejection.reason)
        return {cell: "\n".join(reasons) for cell, reasons in found.items()}

    def counts(self) -> dict[str, object]:
        """The counts by kind and the rejected cells, as ``import_sheet --format json`` prints them."""
        return {
            "new": self.new,
            "changed": self.changed,
            "unchanged": self.unchanged + self.kept,
            "conflict": len(self.conflicts),
            "rejected": [{"cell": r.cell, "reason": r.reason} for r in self.rejected],
        }
