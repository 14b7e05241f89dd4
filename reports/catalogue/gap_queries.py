"""Reads how far communes are from each requirement: the lines of a set, and results with what they were judged by."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date

from django.db.models.functions import Coalesce

from criteria.judging.loading import load_criteria
from criteria.models import AssessmentRound, Result
from criteria.rules.standard import Group, Line
from criteria.rules.verdicts import Comparison, Given, Number, Threshold, Verdict
from reports.picture.picture import Criterium, Picture, Unit

from .material import Material
from .watch import YEARS_FALLING, Reading, Values, candidates, holders

_RESULT = (
    "indicator_id", "verdict", "value", "numerator", "denominator", "reason",
    "requirement__comparison", "requirement__threshold",
)  # fmt: skip


def criteria_of(round: AssessmentRound) -> tuple[Group, ...]:
    """The criteria of the round's set with their lines. One query."""
    return load_criteria(round.criteria_set_id)


def with_criteria(picture: Picture, groups: Iterable[Group]) -> Picture:
    """A picture that was read without its criteria, with those of ``groups``."""
    return replace(picture, criteria=tuple(Criterium(c.position, c.number, c.name, c.lead) for c in groups))


def readings_of(lines: Iterable[Line], rows) -> dict[int, dict[int, Reading]]:
    """Results by commune and line. One query."""
    by_id = {line.id: line for line in lines}
    found: dict[int, dict[int, Reading]] = defaultdict(dict)
    for commune_id, *row in rows.order_by().values_list("assessment__commune_id", *_RESULT):
        if row[0] in by_id:
            found[commune_id][row[0]] = _reading(by_id[row[0]], *row[1:])
    return found


def _reading(line: Line, verdict, value, numerator, denominator, reason, comparison, threshold) -> Reading:
    rule = Threshold(Comparison(comparison), threshold) if comparison else None
    return Reading(line, Verdict(verdict), Given(value, numerator, denominator).measured, rule, reason)


def criterion_readings(round: AssessmentRound, criterion: Group) -> dict[int, dict[int, Reading]]:
    """What every commune of a round has on the lines of one criterion. One query."""
    rows = Result.objects.filter(assessment__round=round, indicator__in=[line.id for line in criterion.lines])
    return readings_of(criterion.lines, rows)


def near_material(picture: Picture, place: str, round: AssessmentRound) -> Material:
    """For ``gan-dat``: every result of the communes that miss a few criteria. Two queries."""
    groups = criteria_of(round)
    picture = with_criteria(picture, groups)
    rows = Result.objects.filter(assessment__round=round, assessment__commune__in=_ids(candidates(picture)))
    return Material(picture, place, groups=groups, readings=readings_of(_lines(groups), rows))


def fragile_material(picture: Picture, place: str, round: AssessmentRound) -> Material:
    """For ``mong-manh``: the values of those that hold the standard, in this and the years before. Two queries."""
    groups = criteria_of(round)
    picture = with_criteria(picture, groups)
    units = holders(picture)
    readings, past = _course(round, _lines(groups), units)
    return Material(picture, place, groups=groups, readings=readings, past=past)


def _ids(units: Iterable[Unit]) -> list[int]:
    return [unit.id for unit in units]


def _lines(groups: Iterable[Group]) -> list[Line]:
    return [line for criterion in groups for line in criterion.lines]


def _course(round: AssessmentRound, lines: list[Line], units: list[Unit]) -> tuple[dict, Mapping[int, Values]]:
    """This year's readings and all values by unit, line and year: of the same place under the same set. One query."""
    by_id = {line.id: line for line in lines}
    of_place = {unit.place_id: unit.id for unit in units}
    readings: dict[int, dict[int, Reading]] = defaultdict(dict)
    past: dict[int, dict[int, dict[int, Number]]] = defaultdict(lambda: defaultdict(dict))
    for place, as_of, indicator_id, *row in _measured(round, list(of_place)):
        reading, unit = _reading(by_id[indicator_id], *row), of_place[place]
        if reading.value is not None:
            past[unit][indicator_id][as_of.year] = reading.value
        if as_of == round.as_of:
            readings[unit][indicator_id] = reading
    return readings, past


def _measured(round: AssessmentRound, places: list[int]):
    """The measured results of some places at the ends of the years that a fall is told from."""
    days = [date(round.year - back, 12, 31) for back in range(YEARS_FALLING + 1)]
    rows = Result.objects.filter(
        assessment__round__province=round.province_id,
        assessment__round__criteria_set=round.criteria_set_id,
        assessment__round__as_of__in=days,
        value__isnull=False,
    ).exclude(indicator__kind="boolean")
    rows = rows.annotate(place=Coalesce("assessment__commune__origin", "assessment__commune")).filter(place__in=places)
    order = ("indicator__criterion__position", "indicator__order")
    return rows.order_by(*order).values_list("place", "assessment__round__as_of", *_RESULT)
