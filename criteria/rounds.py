"""Rounds by year: those a page asks for, and who reads and writes them."""

import re
from dataclasses import dataclass

from django.http import Http404

from communes.models import Officer, Province, Role

from .models import AssessmentRound

WRITERS = (Role.ADMIN, Role.STAFF)
READERS = (Role.ADMIN, Role.STAFF, Role.LEADER, Role.DISTRICT)


@dataclass(frozen=True)
class ChosenYear:
    """The year of a page, and the rounds of the years that can be chosen."""

    rounds: dict[int, AssessmentRound]
    year: int


def rounds_for(officer: Officer, year: int) -> dict[int, AssessmentRound]:
    """The year-end rounds of a year and the year before it. 404 when the year has none. One query."""
    found = AssessmentRound.objects.year_end().filter(province=officer.province_id, as_of__year__in=(year - 1, year))
    rounds = {round.year: round for round in found.select_related("criteria_set", "province")}
    if year not in rounds:
        raise Http404(f"Chưa có kỳ đánh giá năm {year}.")
    return rounds


def require_district(officer: Officer, code: str | None) -> None:
    """A district official's own district, and for a whole-province page nothing less. 404 for another's."""
    if (own := officer.own_district) and code != own.code:
        raise Http404("Không có địa bàn này.")


def rounds_of(province: Province) -> dict[int, AssessmentRound]:
    """The year-end rounds by year, oldest first. One query."""
    found = AssessmentRound.objects.year_end().filter(province=province).select_related("criteria_set")
    rounds = {round.year: round for round in found.order_by("as_of")}
    for round in rounds.values():
        round.province = province
    return rounds


def year_of(query) -> int | None:
    """``?nam=``, None without it. What is no year is 404."""
    text = query.get("nam", "")
    if text and not re.fullmatch("(19|20)[0-9]{2}", text):
        raise Http404("Năm không hợp lệ.")
    return int(text) if text else None
