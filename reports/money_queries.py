"""Reads money and arrears for their reports: one query each."""

from django.db.models import Q

from communes.models import Arrears, Funding
from criteria.models import AssessmentRound

from .material import Material
from .picture import Picture


def funding_material(picture: Picture, place: str, round: AssessmentRound) -> Material:
    """The lines of the year and of the next, and the advances that were drawn from either."""
    years = (picture.year, picture.year + 1)
    lines = Funding.objects.of_province(round.province).filter(Q(year__in=years) | Q(drawn_from__in=years))
    return Material(picture, place, money=tuple(lines.lines()))


def arrears_material(picture: Picture, place: str, round: AssessmentRound) -> Material:
    found = Arrears.objects.of_province(round.province).filter(as_of__lte=picture.as_of)
    return Material(picture, place, debts=tuple(found.debts()))
