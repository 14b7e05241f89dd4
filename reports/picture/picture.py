"""PURE: a year of a province as it is read: its units with what is known of each, and where each of them stands."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property

from criteria.rules.verdicts import Summary, Verdict

EVERYTHING = frozenset({"criteria", "statistics", "summaries", "marks"})  # what a picture is made from beside units
UNASSESSED = Summary()


@dataclass(frozen=True, slots=True)
class DistrictRow:
    """A district as it is shown, and whether it completed the task or is certified."""

    code: str
    name: str
    full_name: str = ""
    completed: bool = False


@dataclass(frozen=True, slots=True)
class Criterium:
    """A criterion of the set of the year."""

    position: int
    number: int
    name: str
    lead: str = ""


@dataclass(frozen=True, slots=True)
class Unit:
    """A commune-level unit in a year. ``summary`` is empty where it is not assessed (wards, townships); ``planned`` is
    the batch in which it is registered for the coming year, ``promised`` for this one, or nothing; ``hexagon`` its
    column and row on the map; ``state`` that of its assessment (``workflow.State``)."""

    id: int
    place_id: int
    code: str
    name: str
    rural: bool
    district: DistrictRow
    population: int | None = None
    households: int | None = None
    poor_households: int | None = None
    income: Decimal | None = None
    summary: Summary = UNASSESSED
    certified: bool = False
    planned: str = ""
    promised: str = ""
    hexagon: tuple[int, int] | None = None
    state: str = ""

    @property
    def has_data(self) -> bool:
        return self.summary.known_mask != 0


@dataclass(frozen=True)
class Picture:
    """A year of a province, or of one district of it."""

    round_id: int
    year: int
    as_of: date
    set_code: str
    closed: bool
    criteria: tuple[Criterium, ...]
    units: tuple[Unit, ...]
    updated_at: datetime | None = None

    @cached_property
    def communes(self) -> list[Unit]:
        """The xã: what the programme counts."""
        return [unit for unit in self.units if unit.rural]

    @property
    def approved(self) -> int:
        """How many xã have an approved assessment."""
        return sum(unit.state == "approved" for unit in self.communes)

    @cached_property
    def districts(self) -> list["Picture"]:
        """The districts in order of code, each as its own picture."""
        found: dict[DistrictRow, list[Unit]] = {}
        for unit in self.units:
            found.setdefault(unit.district, []).append(unit)
        return [self._of(tuple(units)) for _, units in sorted(found.items(), key=lambda item: item[0].code)]

    @property
    def district(self) -> DistrictRow:
        """Of a picture of one district: which."""
        return self.units[0].district

    def within(self, district_code: str) -> "Picture | None":
        """The part in one district, None when nothing lies there."""
        return next((part for part in self.districts if part.district.code == district_code), None)

    def _of(self, units: tuple[Unit, ...]) -> "Picture":
        return replace(self, units=units)

    def standing(self, unit: Unit) -> str:
        return standing_of(unit.summary, unit.certified, len(self.criteria))

    @cached_property
    def standings(self) -> dict[str, list[Unit]]:
        found: dict[str, list[Unit]] = {key: [] for key in STANDINGS}
        for unit in self.communes:
            found[self.standing(unit)].append(unit)
        return found


def standing_of(summary: Summary, certified: bool, total: int) -> str:
    """``certified``, ``slipped`` (certified, now below standard), ``meets`` (all ``total`` criteria, no decision),
    ``below`` or ``unknown`` (criteria without data, none known to be missed)."""
    falls_short = bool(summary.known_mask & ~summary.met_mask)
    if certified:
        return "slipped" if falls_short else "certified"
    if summary.met_count == total:
        return "meets"
    return "below" if falls_short else "unknown"


STANDINGS = {
    "certified": "Đạt chuẩn",
    "slipped": "Đạt chuẩn, đang dưới chuẩn",
    "meets": "Đạt đủ tiêu chí, chưa công nhận",
    "below": "Chưa đạt chuẩn",
    "unknown": "Chưa đủ số liệu",
}
SIGNS = {"certified": "✓", "slipped": "▾", "meets": "○", "below": "·", "unknown": "?"}


def verdicts(unit: Unit, picture: Picture) -> list[Verdict]:
    """The verdict of a commune on each criterion, in the order of the set."""
    return unit.summary.verdicts([criterion.position for criterion in picture.criteria])


def missed(unit: Unit, picture: Picture) -> list[Criterium]:
    """The criteria a commune does not meet; unknown ones are not among them."""
    found = zip(picture.criteria, verdicts(unit, picture), strict=True)
    return [criterion for criterion, verdict in found if verdict == Verdict.NOT_MET]
