"""What the entry pages share: the round that is asked for."""

from django.http import Http404

from communes.models import Officer, Role

from ..models import AssessmentRound

WRITERS = (Role.ADMIN, Role.STAFF)
READERS = (Role.ADMIN, Role.STAFF, Role.LEADER, Role.DISTRICT)


def rounds_for(officer: Officer, year: int) -> dict[int, AssessmentRound]:
    """The year-end rounds of a year and the year before it. 404 when the year has none. One query."""
    found = AssessmentRound.objects.year_end().filter(province=officer.province_id, as_of__year__in=(year - 1, year))
    rounds = {round.year: round for round in found.select_related("criteria_set", "province")}
    if year not in rounds:
        raise Http404(f"Chưa có kỳ đánh giá năm {year}.")
    return rounds


def require_district(officer: Officer, code: str | None) -> None:
    """A district official's own district, and for a whole-province page nothing less. 404 for another's."""
    if officer.bound_to_district and code != officer.district.code:
        raise Http404("Không có địa bàn này.")
