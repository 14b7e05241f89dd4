"""What officers enter beside assessments, one record at a time: yearly statistics and recognition decisions.

Both go through ``actions`` and leave an entry in the change log.
"""

from collections.abc import Callable
from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction

from communes import actions as places
from communes.models import Commune, District, DistrictRecognition, Recognition, YearlyStatistics
from criteria import actions
from criteria.judging.loading import STATISTICS
from criteria.models import AssessmentRound, Via
from criteria.rules import workflow

from .journal import aside, log, round_for, year_ends

OFFICIAL = workflow.REASONS[1]


def save_statistics(row: YearlyStatistics, officer, source: str = "") -> None:
    """Figures through ``actions``, which judges by them; then what only describes them. Raises ``ValidationError``."""
    poor, households = row.poor_households, row.households
    if poor is not None and households is not None and poor > households:
        raise ValidationError(f"Số hộ nghèo ({poor}) lớn hơn số hộ ({households}).")
    values = {row.commune_id: {name: getattr(row, name) for name in STATISTICS}}
    if row.pk is None and set(values[row.commune_id].values()) == {None}:
        raise ValidationError("Chưa có số liệu nào để ghi.")
    about = {"status": row.status, "source": row.source}
    with transaction.atomic():
        about_save = {"by": officer, "via": Via.ADMIN, "source": source[:200], "reason": OFFICIAL}
        actions.record_statistics(row.commune.province, row.year, values, **about_save)
        stored = YearlyStatistics.objects.filter(commune=row.commune_id, year=row.year)
        stored.update(**about)
        row.pk = stored.values_list("pk", flat=True).first()


@transaction.atomic
def save_recognition(
    decision: Recognition, officer, source: str = "", *, via: Via = Via.ADMIN, reason: str = ""
) -> None:
    """A decision on a commune, new or changed, with its entry in the change log.

    Raises ``ValidationError``, also when it would change who was certified at the end of a closed year.
    """
    topic = f"Công nhận {decision.get_level_display()} {decision.counts_for_year}"
    _save(decision, decision.commune, _told, topic, officer=officer, via=via, source=source, reason=reason)


@transaction.atomic
def save_district_recognition(decision: DistrictRecognition, officer, source: str = "") -> None:
    """A decision on a district, in the same way: also refused when it would change who had completed or was certified
    at the end of a closed year."""
    topic = f"Công nhận cấp huyện {decision.district.code}, {decision.counts_for_year}"
    _save(decision, decision.district, _told_of_district, topic, officer=officer, via=Via.ADMIN, source=source)


def _save(decision, unit: Commune | District, tell: Callable, topic: str, *, officer, via, source, reason="") -> None:
    """Store, hold closed years as they were, tell the log in the year the decision counts for."""
    old = type(decision).objects.select_for_update().filter(pk=decision.pk).first()
    places.amend(decision)
    rounds = list(AssessmentRound.objects.filter(province=unit.province_id).order_by("as_of"))
    _require_closed_years_as_they_were(old, decision, [round.as_of for round in rounds if round.closed_at])
    before, after = tell(old), tell(decision)
    year_end = year_ends(unit.province_id)
    if before == after or not year_end:
        return
    year, commune = decision.counts_for_year, getattr(decision, "commune_id", None)
    found = round_for(year_end, year)
    # Without a commune the round alone says whose entry it is.
    round = found if commune is None or (found and found.year == year) else None
    log([aside(year, round, commune, {topic: [before, after]}, officer, via, source, reason)])


def _require_closed_years_as_they_were(old, new, closed: list[date]) -> None:
    counted = "xã đạt" if isinstance(new, Recognition) else "đơn vị cấp huyện được công nhận"
    for day in closed:
        if _stands(old, day) != _stands(new, day):
            raise ValidationError(
                f"Số liệu năm {day.year} đã khóa: không thêm, sửa hay bỏ được quyết định làm đổi số {counted} của năm "
                "đó. Hãy mở lại năm trước khi ghi."
            )


def _stands(decision, day: date) -> tuple[int, str] | None:
    """The unit and the level or title it has on a day by this decision."""
    if decision is None or not decision.stands_on(day):
        return None
    if isinstance(decision, Recognition):
        return decision.commune_id, decision.level
    return decision.district_id, decision.title


def _told(decision: Recognition | None) -> str | None:
    """What the change log says of a decision."""
    if decision is None:
        return None
    parts = [
        f"xã {decision.commune.name} ({decision.commune.code})",
        f"{decision.get_level_display()}, tính cho năm {decision.counts_for_year}",
        decision.decision_number and f"quyết định {decision.decision_number}",
        f"ngày {decision.decided_on:%d/%m/%Y}" if decision.decided_on else "",
        decision.criteria_set,
        f"thu hồi {decision.revoked_on:%d/%m/%Y}" if decision.revoked_on else "",
        decision.revocation_number and f"theo {decision.revocation_number}",
        decision.note,
    ]
    return "; ".join(filter(None, parts))


def _told_of_district(decision: DistrictRecognition | None) -> str | None:
    if decision is None:
        return None
    parts = [
        f"{decision.district} ({decision.district.code})",
        f"{decision.get_title_display()}, tính cho năm {decision.counts_for_year}",
        decision.decision_number and f"quyết định {decision.decision_number}",
        f"ngày {decision.decided_on:%d/%m/%Y}" if decision.decided_on else "",
        f"thu hồi {decision.revoked_on:%d/%m/%Y}" if decision.revoked_on else "",
        decision.source,
    ]
    return "; ".join(filter(None, parts))
