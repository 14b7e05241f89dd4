"""Reads what figures are made of into small frozen rows, in a number of queries that tests state.

A year is read whole (a province has some hundred units) and folded by ``figures``: one way to count, whatever the
page, and the previous year comes in the same queries.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from django.db.models import F, FilteredRelation, Q, Value
from django.db.models.functions import Coalesce

from communes.models import Batch, Commune, DistrictKind, DistrictRecognition, Province, Recognition, Registration
from criteria.cells import show_parts
from criteria.loading import load_standard
from criteria.models import Assessment, AssessmentRound, Criterion, Result
from criteria.rules import Summary
from criteria.standard import Standard

from .catalogue import Report
from .entry_sheet import shown_number
from .gap_queries import fragile_material, near_material
from .material import Decision, Material
from .meeting_queries import task_material
from .models import StatedFigure
from .money_queries import arrears_material, funding_material
from .picture import EVERYTHING, Criterium, DistrictRow, Picture, Unit
from .plan_queries import duty_material, hamlet_material, plan_material, with_groups


def rounds_of(province: Province) -> dict[int, AssessmentRound]:
    """The year-end rounds by year, oldest first. One query."""
    found = AssessmentRound.objects.year_end().filter(province=province).select_related("criteria_set")
    rounds = {round.year: round for round in found.order_by("as_of")}
    for round in rounds.values():
        round.province = province
    return rounds


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


_UNIT = (
    "pk", "origin_id", "code", "name", "kind", "district_id", "district__code", "district__name", "district__kind",
    "valid_from", "valid_to", "hex_column", "hex_row",
)  # fmt: skip
_FIGURES = (
    "figures__year", "figures__population", "figures__households", "figures__poor_households", "figures__income",
)  # fmt: skip
_NOTHING = (None, None, None, None, None)


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
        if d_id not in districts:
            districts[d_id] = _district(d_code, d_name, d_kind, d_id in completed)
        rows.append(
            Unit(
                pk, place, code, name, kind == "xã", districts[d_id], *statistics,
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


def raw_values(round: AssessmentRound, standard: Standard, district: str | None = None) -> dict[int, dict[str, object]]:
    """The cells of the wide sheet by commune and indicator code, as they were given. One query."""
    lines = {line.id: line for line in standard.lines}
    rows = Result.objects.filter(assessment__round=round).order_by()
    if district:
        rows = rows.filter(assessment__commune__district__code=district)
    found: dict[int, dict[str, object]] = defaultdict(dict)
    fields = ("assessment__commune_id", "indicator_id", "value", "claim", "reason")
    for commune_id, indicator_id, *given in rows.values_list(*fields):
        line = lines[indicator_id]
        found[commune_id][line.code] = shown_number(show_parts(line, *given), line.derived)
    return found


def decisions(picture: Picture, province: Province) -> dict[int, Decision]:
    """The latest standing recognition of each commune of the picture, by unit. One query."""
    places = {unit.place_id: unit.id for unit in picture.communes}
    mine = Recognition.objects.filter(commune__province=province, level="dat_chuan")
    rows = mine.standing_at_end_of(picture.year).order_by("counts_for_year")
    rows = rows.annotate(place=Coalesce("commune__origin", "commune"))
    return {
        places[place]: Decision(year, number, decided_on)
        for place, year, number, decided_on in rows.values_list(
            "place", "counts_for_year", "decision_number", "decided_on"
        )
        if place in places
    }


WATCHED = {
    "near": near_material,
    "fragile": fragile_material,
    "plan": plan_material,
    "hamlets": hamlet_material,
    "duties": duty_material,
    "funding": funding_material,
    "arrears": arrears_material,
    "tasks": task_material,
}


def read(
    report: Report, province: Province, rounds: dict[int, AssessmentRound], year: int
) -> tuple[Picture, Picture | None]:
    """The whole province in a year of ``rounds`` as a report reads it, and in the year before where it asks for it."""
    before = max((earlier for earlier in rounds if earlier < year), default=None)
    years = [year] if report.needs != "previous" or before is None else [year, before]
    found = pictures(province, [rounds[one] for one in years], report.reading)
    return found[year], found.get(before) if before else None


def material(
    picture: Picture, round: AssessmentRound, report: Report, province: Province, previous: Picture | None = None
) -> Material:
    """What a report is made from: the picture, and what else it needs. ``previous``: the whole province a year ago."""
    one = len(picture.districts) == 1
    place = picture.district.full_name if one else f"Tỉnh {province.name}"
    if report.needs in WATCHED:
        return WATCHED[report.needs](picture, place, round)
    if report.needs == "raw":
        standard = load_standard(round.criteria_set, province, round.year)
        return Material(picture, place, raw_values(round, standard, picture.district.code if one else None), standard)
    if previous and one:
        previous = previous.within(picture.district.code)
    found = decisions(picture, province) if report.needs == "decisions" else None
    done = Material(picture, place, decisions=found, previous=previous)
    return with_groups(done, round) if report.groups else done


def national_share(province: Province, year: int) -> StatedFigure | None:
    """The share of certified communes in the country, as the newest document of the province states it for the year."""
    stated = StatedFigure.objects.filter(conclusion__province=province, key="national_certified_percent", year=year)
    return stated.select_related("conclusion").order_by("conclusion__issued_on").last()
