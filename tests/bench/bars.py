"""The bars, and how a measurement is held against them."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Bar:
    """A promise: ``limit`` is the largest ratio (or number) allowed, or the smallest (``at_least``)."""

    key: str
    claim: str
    limit: float
    on: tuple[str, ...] = ("PostgreSQL", "SQLite")
    at_least: bool = False

    def admits(self, value: float) -> bool:
        return value >= self.limit if self.at_least else value <= self.limit

    @property
    def bound(self) -> str:
        return f"{'≥' if self.at_least else '≤'} {self.limit:g}"

    @property
    def number(self) -> str:
        return self.key.partition(" ")[0]


PG, LITE = ("PostgreSQL",), ("SQLite",)
BARS = [
    Bar("1", "logged-in province overview ÷ bare SQL of the same aggregates", 5, PG),
    Bar("2", "queries of the same page inside 8,900 communes × 10 years ÷ bare SQL of the same aggregates", 2, PG),
    Bar("2 rows", "most rows that a statement of any page or file of a province fetches there", 20_000, PG),
    Bar("3", "most queries of a page, equal at 20, 139 and 1,000 communes", 8),
    Bar("3 country", "the same, and equal to a province inside 8,900 communes × 10 years", 8, PG),
    Bar("4 summary", "export of ma-tran ÷ XlsxWriter writing the same cells from a list", 1.3),
    Bar("4 detail", "export of du-lieu ÷ XlsxWriter writing the same cells from a list", 1.6),
    Bar("5 PostgreSQL", "import of 6,811 cells, read + preview + commit ÷ COPY and upsert", 7, PG),
    Bar("5 country", "the same import into a province inside 8,900 communes × 10 years", 7, PG),
    Bar("5 SQLite", "import of 6,811 cells, read + preview + commit ÷ executemany upsert", 20, LITE),
    Bar("6", "stock import-export on long rows ÷ ours, same 6,811 cells", 50, PG, at_least=True),
    Bar("7", "saving one commune's 49 values with its events ÷ bare upsert with the summary", 4, PG),
    Bar("8", "page of 139 × 19 cells (ma-tran) ÷ its queries", 5),
]
BY_KEY = {bar.key: bar for bar in BARS}


@dataclass(frozen=True, slots=True)
class Measured:
    """What one run found for a bar. ``kept`` is False when something other than the ratio breaks the promise."""

    key: str
    database: str
    value: float
    detail: str = ""
    kept: bool = True

    @property
    def holds(self) -> bool:
        return self.kept and BY_KEY[self.key].admits(self.value)

    @property
    def verdict(self) -> str:
        return "đạt" if self.holds else "chưa đạt"


@dataclass(slots=True)
class Findings:
    """All that was measured, with the databases that it was measured on and what is to be said about the run."""

    measured: list[Measured] = field(default_factory=list)
    databases: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)


HEADINGS = ("bar", "claim", "database", "measured", "limit", "verdict", "medians")


def rows(findings: Findings) -> list[tuple[str, ...]]:
    """The table: one row per bar and database it was measured on."""
    table = []
    for bar in BARS:
        found = [one for one in findings.measured if one.key == bar.key]
        if not found:
            table.append((bar.number, bar.claim, bar.on[0], "", bar.bound, "chưa đo", ""))
        for one in found:
            value = f"{one.value:g}" if one.value == int(one.value) else f"{one.value:.2f}"
            table.append((bar.number, bar.claim, one.database, value, bar.bound, one.verdict, one.detail))
    return table


def as_text(findings: Findings) -> str:
    """The table in columns, for a terminal."""
    table = [HEADINGS, *rows(findings)]
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in table]
    return "\n".join([lines[0], "-" * len(lines[0]), *lines[1:], *findings.remarks])


def as_markdown(findings: Findings) -> str:
    """The table for ``docs``."""
    head = [f"| {' | '.join(HEADINGS)} |", "| --- " * len(HEADINGS) + "|"]
    return "\n".join(head + [f"| {' | '.join(row)} |" for row in rows(findings)])
