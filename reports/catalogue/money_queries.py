"""Reads money and arrears for their reports: one query each."""

from django.db.models import Q

from communes.models import Arrears, Funding
from criteria.models import AssessmentRound
from reports.picture.picture import Picture

from .material import Material


def funding_material(picture: Picture, place: str, round: AssessmentRound) -> Material:
    """The lines of the year and of the next, and the advances that were drawn from either."""
    lines = Funding.objects.of_province(round.province).filter(of_years(picture.year, picture.year + 1))
    return Material(picture, place, money=tuple(lines.lines(picture.as_of)))


def arrears_material(picture: Picture, place: str, round: AssessmentRound) -> Material:
    found = Arrears.objects.of_province(round.province).filter(as_of__lte=picture.as_of)
    return Material(picture, place, debts=tuple(found.debts(picture.as_of)))


def of_years(*years: int) -> Q:
    """The money of some years, and what was advanced from them."""
    return Q(year__in=years) | Q(drawn_from__in=years)
