"""Reads what figures are made of into small frozen rows, in a number of queries that tests state.

A year is read whole (a province has some hundred units) and folded by ``figures``: one way to count, whatever the
page, and the previous year comes in the same queries.
"""

from collections import defaultdict

from django.db.models.functions import Coalesce

from communes.models import Province, Recognition
from criteria.judging.loading import load_standard
from criteria.models import AssessmentRound, Result
from criteria.rules.cells import show_parts
from criteria.rules.standard import Standard
from reports.models import StatedFigure
from reports.picture.picture import Picture
from reports.picture.reading import pictures
from reports.tables.table import Value

from .beside import task_material
from .entry_sheet import shown_number
from .gap_queries import fragile_material, near_material
from .material import Decision, Material
from .money_queries import arrears_material, funding_material
from .plan_queries import duty_material, hamlet_material, plan_material, with_groups
from .registry import Report


def raw_values(round: AssessmentRound, standard: Standard, district: str | None = None) -> dict[int, dict[str, Value]]:
    """The cells of the wide sheet by commune and indicator code, as they were given. One query."""
    lines = {line.id: line for line in standard.lines}
    rows = Result.objects.filter(assessment__round=round).order_by()
    if district:
        rows = rows.filter(assessment__commune__district__code=district)
    found: dict[int, dict[str, Value]] = defaultdict(dict)
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
