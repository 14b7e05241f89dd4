"""PURE: which communes are one step from the standard, and which may lose it.

Everything is compared exactly, before it is rounded for reading. A criterion without data is neither met nor missed;
an indicator without a value is neither near its line nor falling.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

from criteria.rules.standard import Line
from criteria.rules.verdicts import Comparison, Number, Threshold, Verdict
from reports.picture.picture import Criterium, DistrictRow, Picture, Unit, missed, verdicts

STEPS = (1, 2, 3)  # how many missed criteria still count as near
MARGIN_POINTS = Decimal(2)  # of a percentage line: this many percentage points from its threshold
MARGIN_SHARE = Decimal("0.05")  # of any other line: this share of its threshold
YEARS_FALLING = 2


@dataclass(frozen=True, slots=True)
class Reading:
    """An indicator of a commune in a year: exact value, the requirement it was judged by, the verdict that stands."""

    line: Line
    verdict: Verdict = Verdict.UNKNOWN
    value: Number | None = None
    threshold: Threshold | None = None
    reason: str = ""

    @property
    def surplus(self) -> Fraction | None:
        """How far the value lies on the good side of its threshold; negative: how far it falls short."""
        if self.value is None or self.threshold is None or self.line.kind == "boolean":
            return None
        return surplus(self.value, self.threshold)


Readings = Mapping[int, Reading]  # of a commune, by line
Values = Mapping[int, Mapping[int, Number]]  # of a commune, by line and year


def surplus(value: Number, threshold: Threshold) -> Fraction:
    """In the unit of the line: above a minimum, below a maximum; of an exact requirement never more than nothing."""
    over = Fraction(value) - Fraction(threshold.value)
    if threshold.comparison == Comparison.EQUAL:
        return -abs(over)
    return over if threshold.comparison == Comparison.AT_LEAST else -over


def margin(line: Line, threshold: Threshold) -> Decimal:
    """The distance from the threshold within which a value counts as near it."""
    return MARGIN_POINTS if line.kind == "percent" else abs(threshold.value) * MARGIN_SHARE


def has_room(line: Line, threshold: Threshold) -> bool:
    """Whether a value can be better than required: not where 100 %, none at all or an exact number is asked for."""
    if threshold.comparison == Comparison.AT_LEAST:
        return line.kind != "percent" or threshold.value < 100
    return threshold.comparison == Comparison.AT_MOST and threshold.value > 0


def barely_met(reading: Reading) -> bool:
    """Met, with no more to spare than the margin."""
    left, threshold = reading.surplus, reading.threshold
    if left is None or threshold is None or reading.verdict != Verdict.MET or not has_room(reading.line, threshold):
        return False
    return 0 <= left <= margin(reading.line, threshold)


def just_missed(reading: Reading) -> bool:
    """Missed by no more than the margin."""
    left, threshold = reading.surplus, reading.threshold
    if left is None or threshold is None or reading.verdict != Verdict.NOT_MET:
        return False
    return -margin(reading.line, threshold) <= left < 0


def falling(reading: Reading, values: Mapping[int, Number], year: int) -> bool:
    """Worse than the year before, which was worse than its own year before. A year without a value: nothing is said."""
    threshold = reading.threshold
    years = range(year - YEARS_FALLING, year + 1)
    if threshold is None or reading.verdict == Verdict.NOT_APPLICABLE or any(one not in values for one in years):
        return False
    course = [surplus(values[one], threshold) for one in years]
    return all(later < earlier for earlier, later in pairwise(course))


@dataclass(frozen=True, slots=True)
class Watched:
    """A commune on a watch list, named as a unit is."""

    unit: Unit

    @property
    def code(self) -> str:
        return self.unit.code

    @property
    def name(self) -> str:
        return self.unit.name

    @property
    def district(self) -> DistrictRow:
        return self.unit.district


@dataclass(frozen=True, slots=True)
class Near(Watched):
    """A commune that is not certified and misses a few criteria. ``unknown``: criteria without data, not counted."""

    missing: list[Criterium]
    unknown: list[Criterium]
    failing: list[Reading]
    without_data: list[Line]


def candidates(picture: Picture) -> list[Unit]:
    """The communes without a decision that are known to miss one to three criteria."""
    return [unit for unit in picture.communes if not unit.certified and len(missed(unit, picture)) in STEPS]


def near(picture: Picture, lines: list[Line], readings: Mapping[int, Readings], steps: int | None = None) -> list[Near]:
    """Those one step away (``steps``: only those that miss so many), the fewest missing first, then by district."""
    rows = [lacking(unit, picture, lines, readings.get(unit.id, {})) for unit in candidates(picture)]
    wanted = [row for row in rows if steps in (None, len(row.missing))]
    return sorted(wanted, key=lambda row: (len(row.missing), row.district.code, row.code))


def lacking(unit: Unit, picture: Picture, lines: list[Line], readings: Readings) -> Near:
    """What a commune misses and what is not known of it."""
    found = list(zip(picture.criteria, verdicts(unit, picture), strict=True))
    open_ones = {c.position for c, verdict in found if verdict in (Verdict.NOT_MET, Verdict.UNKNOWN)}
    rows = [readings.get(line.id) or Reading(line) for line in lines if line.position in open_ones]
    return Near(
        unit,
        [criterion for criterion, verdict in found if verdict == Verdict.NOT_MET],
        [criterion for criterion, verdict in found if verdict == Verdict.UNKNOWN],
        [row for row in rows if row.verdict == Verdict.NOT_MET],
        [row.line for row in rows if row.verdict == Verdict.UNKNOWN],
    )


@dataclass(frozen=True, slots=True)
class Falling:
    """An indicator that got worse, with its values from the oldest year on."""

    reading: Reading
    values: list[Number]


@dataclass(frozen=True, slots=True)
class Fragile(Watched):
    """A commune that holds the standard and may lose it: criteria missed, indicators barely met, indicators falling."""

    standing: str
    missing: list[Criterium]
    barely: list[Reading]
    falling: list[Falling]

    @property
    def count(self) -> int:
        """The indicators at risk; one that is barely met and falling counts once."""
        return len({row.line.id for row in self.barely} | {row.reading.line.id for row in self.falling})


def holders(picture: Picture) -> list[Unit]:
    """The communes that are certified or meet every criterion."""
    return [unit for key in ("certified", "slipped", "meets") for unit in picture.standings[key]]


def fragile(picture: Picture, readings: Mapping[int, Readings], past: Mapping[int, Values]) -> list[Fragile]:
    """Those that slipped first, then by the number of indicators at risk. ``past``: all values by unit, line, year."""
    rows = [_fragile(unit, picture, readings.get(unit.id, {}), past.get(unit.id, {})) for unit in holders(picture)]
    listed = [row for row in rows if row.missing or row.count]
    return sorted(listed, key=lambda row: (not row.missing, -row.count, row.district.code, row.code))


def _fragile(unit: Unit, picture: Picture, readings: Readings, past: Values) -> Fragile:
    rows = list(readings.values())
    year = picture.year
    course = [(row, past.get(row.line.id, {})) for row in rows]
    return Fragile(
        unit,
        picture.standing(unit),
        missed(unit, picture),
        [row for row in rows if barely_met(row)],
        [
            Falling(row, [values[one] for one in range(year - YEARS_FALLING, year + 1)])
            for row, values in course
            if falling(row, values, year)
        ],
    )
