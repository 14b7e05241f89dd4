"""Reads a year into a picture: small frozen rows, in a number of queries that tests state."""

from collections.abc import Iterable
from datetime import date

from django.db.models import F, FilteredRelation, Q, Value
from django.db.models.functions import Coalesce

from communes.models import Batch, Commune, DistrictKind, DistrictRecognition, Province, Recognition, Registration
from criteria.models import Assessment, AssessmentRound, Criterion
from criteria.rules.verdicts import Summary

from .picture import EVERYTHING, Criterium, DistrictRow, Picture, Unit

_UNIT = (
    "pk", "origin_id", "code", "name", "kind", "district_id", "district__code", "district__name", "district__kind",
    "valid_from", "valid_to", "hex_column", "hex_row",
)  # fmt: skip
_FIGURES = (
    "figures__year", "figures__population", "figures__households", "figures__poor_households", "figures__income",
)  # fmt: skip
_NOTHING = (None, None, None, None, None)


def pictures(
    province: Province, rounds: Iterable[AssessmentRound], reading: frozenset[str] = EVERYTHING
) -> dict[int, Picture]:
    """The picture of each year, by year: one query for the units and one for each thing in ``reading``, however many
    years and communes. What is not read is empty."""
    rounds = list(rounds)
    days = {round.year: round.as_of for round in rounds}
    units = _units(province, days, "statistics" in reading)
    criteria = _criteria(rounds) if "criteria" in reading else {}
    summaries = _summaries(rounds) if "summaries" in reading else {}
    marks = _marks(province, max(days, default=0)) if "marks" in reading else []
    return {
        round.year: _picture(
            round, criteria.get(round.criteria_set_id, ()), units[round.year], summaries.get(round.pk, {}), marks
        )
        for round in rounds
    }


def _criteria(rounds: list[AssessmentRound]) -> dict[int, tuple[Criterium, ...]]:
    found: dict[int, list[Criterium]] = {round.criteria_set_id: [] for round in rounds}
    rows = Criterion.objects.filter(criteria_set__in=found).order_by("criteria_set", "position")
    for set_id, position, number, name, lead in rows.values_list(
        "criteria_set", "position", "number", "name", "lead__name"
    ):
        found[set_id].append(Criterium(position, number, name, lead or ""))
    return {set_id: tuple(criteria) for set_id, criteria in found.items()}


def _units(province: Province, days: dict[int, date], with_statistics: bool) -> dict[int, list[tuple]]:
    """Raw units in force on each year's day, with the statistics of the year."""
    if not days:
        return {}
    units = Commune.objects.filter(province=province).overlapping(min(days.values()), max(days.values()))
    units = units.order_by("district__code", "code")
    if with_statistics:
        of_years = Q(statistics__year__in=list(days))
        rows = units.annotate(figures=FilteredRelation("statistics", condition=of_years)).values_list(*_UNIT, *_FIGURES)
    else:
        rows = ((*row, *_NOTHING) for row in units.values_list(*_UNIT))
    found: dict[int, dict[int, tuple]] = {year: {} for year in days}
    for row in rows:
        for year, on in days.items():
            if row[9] <= on and (row[10] is None or on <= row[10]):
                known = row[13] == year
                if known or row[0] not in found[year]:
                    found[year][row[0]] = row if known else (*row[:13], *_NOTHING)
    return {year: list(units.values()) for year, units in found.items()}


def _summaries(rounds: list[AssessmentRound]) -> dict[int, dict[int, tuple]]:
    found: dict[int, dict[int, tuple]] = {round.pk: {} for round in rounds}
    rows = Assessment.objects.filter(round__in=found)
    fields = ("round_id", "commune_id", "met_mask", "known_mask", "not_applicable_mask", "updated_at", "state")
    for round_id, commune_id, *summary in rows.values_list(*fields):
        found[round_id][commune_id] = tuple(summary)
    return found


def _marks(province: Province, last_year: int) -> list[tuple]:
    """What was decided or planned: (kind, id of the place or district, year, revoked on). One query."""

    def marks(queryset, kind, target, year, revoked):
        return queryset.order_by().values_list(kind, target, year, revoked)

    place = Coalesce("commune__origin", "commune")
    never = Value(date.max)
    communes = Recognition.objects.filter(commune__province=province, level="dat_chuan")
    districts = DistrictRecognition.objects.filter(district__province=province)
    plans = Registration.objects.standing().filter(
        commune__province=province, level="dat_chuan", year__lte=last_year + 1
    )
    return list(
        marks(communes, Value("certified"), place, "counts_for_year", Coalesce("revoked_on", never)).union(
            marks(districts, Value("completed"), "district_id", "counts_for_year", Coalesce("revoked_on", never)),
            marks(plans, F("batch"), place, "year", never),
            all=True,
        )
    )


def _picture(round, criteria, units, summaries, marks) -> Picture:
    year, last_day = round.year, round.as_of

    def standing(kind):
        return {target for k, target, since, until in marks if k == kind and since <= year and until > last_day}

    certified, completed = standing("certified"), standing("completed")
    plans = {(target, since): kind for kind, target, since, _ in marks if kind in Batch.values}
    districts: dict[int | None, DistrictRow] = {}
    rows = []
    updated = None
    for pk, origin, code, name, kind, d_id, d_code, d_name, d_kind, _f, _t, column, row, _y, *statistics in units:
        summary = summaries.get(pk)
        if summary and summary[3] and (updated is None or summary[3] > updated):
            updated = summary[3]
        place = origin or pk
        population, households, poor_households, income = statistics
        if d_id not in districts:
            districts[d_id] = _district(d_code, d_name, d_kind, d_id in completed)
        rows.append(
            Unit(
                pk, place, code, name, kind == "xã", districts[d_id], population, households, poor_households, income,
                Summary(*summary[:3]) if summary else Summary(), place in certified, plans.get((place, year + 1), ""),
                plans.get((place, year), ""), None if column is None else (column, row), summary[4] if summary else "",
            )
        )  # fmt: skip
    return Picture(
        round.pk,
        year,
        round.as_of,
        round.criteria_set.code,
        round.closed_at is not None,
        criteria,
        tuple(rows),
        updated,
    )


def _district(code: str | None, name: str, kind: str, completed: bool) -> DistrictRow:
    if code is None:
        return DistrictRow("", "Không còn cấp huyện")
    kind = DistrictKind(kind)
    return DistrictRow(code, f"{kind.short}{name}", f"{kind.label} {name}", completed)
