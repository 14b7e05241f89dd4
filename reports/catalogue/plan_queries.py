"""Reads what the plans by group of communes are made from: registrations, model hamlets, who helps and is in charge."""

from collections import defaultdict
from dataclasses import replace
from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from communes.models import Assignment, Commune, Funding, Hamlet, Recognition, Registration
from criteria.models import AssessmentRound, CriteriaSet, Result
from reports.picture.picture import Picture

from .gap_queries import criteria_of, readings_of, with_criteria
from .material import Duty, Material, ModelHamlet, Registered

PLACE = Coalesce("commune__origin", "commune")
_PLAN = (
    "batch", "legal_basis", "sponsor__name", "needs", "deadline", "result", "note", "advanced", "recognised",
    "has_set",
)  # fmt: skip


def plan_material(picture: Picture, place: str, round: AssessmentRound) -> Material:
    """For ``dang-ky``: the registrations, and what their communes have on every line. Three queries."""
    groups = criteria_of(round)
    registered = _registered(round)
    everyone = {place_id for plans in registered.values() for place_id in plans}
    units = [unit.id for unit in picture.communes if unit.place_id in everyone]
    rows = Result.objects.filter(assessment__round=round, assessment__commune__in=[*units, 0])  # asked of nobody, too
    lines = [line for criterion in groups for line in criterion.lines]
    picture = with_criteria(picture, groups)
    return Material(picture, place, groups=groups, readings=readings_of(lines, rows), registered=registered)


def _registered(round: AssessmentRound) -> dict[str, dict[int, Registered]]:
    """The registrations for the year after a round, by level and place. One query."""
    found: dict[str, dict[int, Registered]] = defaultdict(dict)
    for level, place, over, *about in _plans(round).values_list("level", "place", "over", *_PLAN):
        batch, basis, sponsor, needs, deadline, result, note, advanced, recognised, has_set = about
        came = recognised if over else None
        found[level][place] = Registered(
            batch, basis, sponsor or "", needs, deadline, result, note, advanced, came, has_set
        )
    return dict(found)


def _plans(round: AssessmentRound) -> QuerySet:
    year = round.year + 1
    rounds = AssessmentRound.objects.year_end().filter(province=round.province_id, as_of=date(year, 12, 31))
    at_level = CriteriaSet.objects.filter(level=OuterRef("level"))
    plans = Registration.objects.standing().filter(year=year, commune__province=round.province_id).annotate(place=PLACE)
    return plans.annotate(
        over=Exists(rounds), advanced=_advanced(year), recognised=Exists(_recognised(year)), has_set=Exists(at_level)
    ).order_by("pk")


def _versions() -> QuerySet:
    """Those of a place: by key, where an expression over every row would have to be read for each commune."""
    return Commune.objects.versions_of(OuterRef(OuterRef("place"))).values("pk")


def _advanced(year: int) -> Subquery:
    """What a place draws in a year on the plans of later ones, as ``nguon-luc`` shows it of the plan."""
    drawn = Funding.objects.filter(year=year, drawn_from__isnull=False, commune__in=_versions())
    return Subquery(drawn.order_by().values("year").annotate(sum=Sum("planned")).values("sum"))


def _recognised(year: int) -> QuerySet:
    standing = Recognition.objects.standing_at_end_of(year).filter(level=OuterRef("level"))
    return standing.filter(commune__in=_versions())


_WHERE = ("place_pk", "commune__code", "commune__name", "lies_in")


def hamlet_material(picture: Picture, place: str, round: AssessmentRound) -> Material:
    """For ``xom-kieu-mau``: the hamlets that are models by the end of the year. One query."""
    return Material(picture, place, hamlets=_hamlets(round))


def with_groups(material: Material, round: AssessmentRound) -> Material:
    """With the registrations at every level, and the model hamlets. Two queries."""
    return replace(material, registered=_registered(round), hamlets=_hamlets(round))


def _hamlets(round: AssessmentRound) -> tuple[ModelHamlet, ...]:
    found = Hamlet.objects.filter(model_year__lte=round.year, commune__province=round.province_id)
    about = ("name", "model_year", "decision_number", "decided_on", "note")
    rows = found.located(round.as_of).order_by("commune__code", "model_year", "name", "pk")
    return tuple(ModelHamlet(*row) for row in rows.values_list(*_WHERE, *about))


def duty_material(picture: Picture, place: str, round: AssessmentRound) -> Material:
    """For ``phan-cong``: the assignments in force in the year or in the next. One query."""
    in_force = Q(year_from__lte=round.year + 1) & (Q(year_to__isnull=True) | Q(year_to__gte=round.year))
    theirs = Q(province=round.province_id) | Q(commune__province=round.province_id)
    about = ("criterion", "year_from", "year_to", "legal_basis")
    rows = Assignment.objects.filter(in_force & theirs).located(round.as_of).order_by("year_from", "pk")
    duties = (
        Duty(department, at, code or "", commune or "", *rest)
        for department, at, code, commune, *rest in rows.values_list("department__name", *_WHERE, *about)
    )
    return Material(picture, place, duties=tuple(duties))
