"""PURE: one criterion over the communes of a year: where each lies against its requirement, and the counts of all."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import groupby

from criteria.rules.standard import Group, Line
from criteria.rules.verdicts import Comparison, Threshold, Verdict
from reports.catalogue import watch_text
from reports.catalogue.watch import Reading, Readings, barely_met, has_room, just_missed, margin
from reports.drawing.dots import Scale, scale
from reports.picture.figures import CriterionRow, criterion_rows
from reports.picture.picture import Picture, Unit

NUMERIC = ("percent", "number")
WORST_FIRST = (Verdict.NOT_MET, Verdict.UNKNOWN, Verdict.NOT_APPLICABLE, Verdict.MET)
TALLEST = 48  # rows of a block, which is printed on one page
TOP, STEP, LABEL, GAP = 8, 19, 17, 26  # of the chart, in pixels: its head, a row, a threshold's label, before a group


@dataclass(frozen=True, slots=True)
class Count:
    """The verdicts on an indicator over the communes of a picture, and those near the line on either side."""

    line: Line
    verdicts: dict[Verdict, int]
    below: int | None
    above: int | None
    thresholds: list[Threshold]

    @property
    def total(self) -> int:
        return sum(self.verdicts.values())

    @property
    def met(self) -> int:
        return self.verdicts[Verdict.MET]

    @property
    def not_met(self) -> int:
        return self.verdicts[Verdict.NOT_MET]

    @property
    def not_applicable(self) -> int:
        return self.verdicts[Verdict.NOT_APPLICABLE]

    @property
    def unknown(self) -> int:
        return self.verdicts[Verdict.UNKNOWN]

    @property
    def required(self) -> str:
        return "; ".join(watch_text.required(threshold, self.line) for threshold in self.thresholds)


def count(line: Line, readings: list[Reading]) -> Count:
    """``below`` and ``above`` are None where no requirement has a margin or room to be better than asked for."""
    found = [reading.verdict for reading in readings]
    thresholds = _thresholds(readings)
    drawn = line.kind != "boolean"
    return Count(
        line,
        {verdict: found.count(verdict) for verdict in Verdict},
        sum(map(just_missed, readings)) if drawn and any(margin(line, one) for one in thresholds) else None,
        sum(map(barely_met, readings)) if drawn and any(has_room(line, one) for one in thresholds) else None,
        thresholds,
    )


def _thresholds(readings: list[Reading]) -> list[Threshold]:
    found = {reading.threshold for reading in readings if reading.threshold}
    return sorted(found, key=lambda threshold: (threshold.value, threshold.comparison))


@dataclass(frozen=True, slots=True)
class Row:
    """A commune on the chosen indicator; ``y`` its height on the chart, ``x`` and ``start`` its value and threshold.

    ``group``: of the first of those without a value, how many they are.
    """

    unit: Unit
    reading: Reading
    y: int = 0
    x: float | None = None
    start: float | None = None
    group: int = 0

    @property
    def value(self) -> str:
        return watch_text.measured(self.reading)

    @property
    def gap(self) -> str:
        return watch_text.gap(self.reading)

    @property
    def required(self) -> str:
        return watch_text.needed(self.reading.threshold, self.reading.line) if self.reading.threshold else ""

    @property
    def near(self) -> bool:
        return just_missed(self.reading) or barely_met(self.reading)


@dataclass(frozen=True, slots=True)
class Mark:
    """A threshold across the chart; ``y`` that of its label."""

    x: float
    y: int
    label: str
    at_end: bool


@dataclass(frozen=True, slots=True)
class Block:
    """A part of the chart that is not broken over pages; ``line``: to where the requirements are drawn."""

    top: int
    height: int
    line: int
    rows: list[Row]


@dataclass(frozen=True)
class CriterionPage:
    """A criterion with one of its indicators chosen. ``whole``: the province; ``picture``: whose communes are shown."""

    criterion: Group
    line: Line
    whole: Picture
    picture: Picture
    readings: Mapping[int, Readings]

    @cached_property
    def summary(self) -> CriterionRow:
        """The communes of the province that meet the criterion."""
        return next(row for row in criterion_rows(self.whole) if row.criterion.position == self.criterion.position)

    @cached_property
    def own(self) -> CriterionRow:
        """The same of the communes that are shown."""
        return next(row for row in criterion_rows(self.picture) if row.criterion.position == self.criterion.position)

    @cached_property
    def counts(self) -> list[Count]:
        """Every indicator of the criterion over the whole province."""
        return [count(line, self._of(line, self.whole)) for line in self.criterion.lines]

    @cached_property
    def chosen(self) -> Count:
        return next(row for row in self.counts if row.line.id == self.line.id)

    @cached_property
    def here(self) -> Count:
        """The chosen indicator over the communes that are shown."""
        return count(self.line, self._of(self.line, self.picture))

    def _of(self, line: Line, picture: Picture) -> list[Reading]:
        return [self._reading(unit, line) for unit in picture.communes]

    def _reading(self, unit: Unit, line: Line) -> Reading:
        return self.readings.get(unit.id, {}).get(line.id) or Reading(line)

    @property
    def measured(self) -> bool:
        """Whether the indicator is drawn against a line; else it is counted and listed."""
        return self.line.kind != "boolean" and bool(self._drawn)

    @cached_property
    def _rows(self) -> list[Row]:
        return [Row(unit, self._reading(unit, self.line)) for unit in self.picture.communes]

    @cached_property
    def _drawn(self) -> list[Row]:
        """The communes with a value, the worst first."""
        rows = [row for row in self._rows if row.reading.value is not None]
        rows = [row for row in rows if row.reading.verdict != Verdict.NOT_APPLICABLE]
        falls = any(t.comparison != Comparison.AT_LEAST for t in self.here.thresholds)
        return sorted(rows, key=lambda row: Fraction(row.reading.value or 0) * (-1 if falls else 1))

    @cached_property
    def scale(self) -> Scale:
        values = [row.reading.value for row in self._drawn if row.reading.value is not None]
        return scale(
            [*values, *(t.value for t in self.here.thresholds)], ceiling=100 if self.line.kind == "percent" else None
        )

    @property
    def _head(self) -> int:
        return TOP + LABEL * len(self.here.thresholds)

    @cached_property
    def dots(self) -> list[Row]:
        rows = []
        for number, row in enumerate(self._drawn):
            value, threshold = row.reading.value, row.reading.threshold
            start = self.scale.at(threshold.value) if threshold else None
            x = None if value is None else self.scale.at(value)
            rows.append(Row(row.unit, row.reading, self._head + STEP * number + STEP // 2, x, start))
        return rows

    @cached_property
    def undrawn(self) -> list[tuple[Verdict, list[Row]]]:
        """Those without a value, by verdict."""
        rest = [row for row in self._rows if row.unit.id not in {dot.unit.id for dot in self._drawn}]
        rest.sort(key=lambda row: WORST_FIRST.index(row.reading.verdict))
        top = self._head + STEP * len(self._drawn)
        groups = []
        for verdict, rows in groupby(rest, key=lambda row: row.reading.verdict):
            top += GAP
            found = list(rows)
            heads = [len(found), *[0] * len(found)]
            groups.append(
                (
                    verdict,
                    [
                        Row(row.unit, row.reading, top + STEP * n + STEP // 2, group=heads[n])
                        for n, row in enumerate(found)
                    ],
                )
            )
            top += STEP * len(found)
        return groups

    @property
    def marks(self) -> list[Mark]:
        """One line for each distinct requirement."""
        found = []
        for number, threshold in enumerate(self.here.thresholds):
            x = self.scale.at(threshold.value)
            label = watch_text.needed(threshold, self.line)
            found.append(Mark(x, TOP + LABEL * number + 4, label, x > 60))
        return found

    @property
    def bottom(self) -> int:
        """Where the drawn rows end, and with them the lines of the requirements."""
        return self._head + STEP * len(self._drawn)

    @cached_property
    def table(self) -> list[Row]:
        """The rows of the chart, in the same order."""
        return [*self.dots, *(row for _, rows in self.undrawn for row in rows)]

    @property
    def blocks(self) -> list[Block]:
        """The chart in parts that fit on a page of paper; on a screen they join."""
        parts = [self.table[start : start + TALLEST] for start in range(0, len(self.table), TALLEST)]
        tops = [0, *(part[0].y - STEP // 2 - (GAP if part[0].group else 0) for part in parts[1:])]
        ends = [*tops[1:], self.table[-1].y + STEP]
        return [
            Block(top, end - top, min(end, self.bottom), part) for top, end, part in zip(tops, ends, parts, strict=True)
        ]

    @property
    def listed(self) -> list[tuple[Verdict, int, list[tuple[str, list[Row]]]]]:
        """Of an indicator that is not measured: the communes by verdict and district, missed ones first."""
        groups = [(verdict, [row for row in self._rows if row.reading.verdict == verdict]) for verdict in WORST_FIRST]
        return [(verdict, len(rows), _by_district(rows)) for verdict, rows in groups if rows]


def _by_district(rows: list[Row]) -> list[tuple[str, list[Row]]]:
    return [(name, list(part)) for name, part in groupby(rows, key=lambda row: row.unit.district.name)]


def default_line(criterion: Group) -> Line:
    """The first indicator that is a number, else the first."""
    return next((line for line in criterion.lines if line.kind in NUMERIC), criterion.lines[0])
