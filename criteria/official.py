"""What officers enter beside assessments, one record at a time: yearly statistics and recognition decisions.

Both go through ``actions`` and leave an entry in the change log.
"""

from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction

from communes import actions as places
from communes.models import Recognition, YearlyStatistics

from . import actions, workflow
from .actions.journal import event, log
from .loading import STATISTICS
from .models import AssessmentRound, Via

OFFICIAL = workflow.REASONS[1]


def save_statistics(row: YearlyStatistics, officer, source: str = "") -> None:
    """Figures through ``actions``, which judges by them; then what only describes them. Raises ``ValidationError``."""
    if None not in (row.poor_households, row.households) and row.poor_households > row.households:
        raise ValidationError(f"Số hộ nghèo ({row.poor_households}) lớn hơn số hộ ({row.households}).")
    values = {row.commune_id: {name: getattr(row, name) for name in STATISTICS}}
    about = {"status": row.status, "source": row.source}
    with transaction.atomic():
        about_save = {"by": officer, "via": Via.ADMIN, "source": source[:200], "reason": OFFICIAL}
        actions.record_statistics(row.commune.province, row.year, values, **about_save)
        YearlyStatistics.objects.filter(commune=row.commune_id, year=row.year).update(**about)


@transaction.atomic
def save_recognition(decision: Recognition, officer, source: str = "") -> None:
    """A decision, new or changed, with its entry in the change log.

    Raises ``ValidationError``, also when it would change who was certified at the end of a closed year.
    """
    old = Recognition.objects.select_for_update().filter(pk=decision.pk).first()
    places.amend(decision)
    _require_closed_years_as_they_were(old, decision)
    before, after = _told(old), _told(decision)
    rounds = AssessmentRound.objects.year_end().filter(province=decision.commune.province_id).order_by("-as_of")
    if before == after or not rounds:
        return
    year = decision.counts_for_year
    round = next((round for round in rounds if round.year == year), None)
    changes = {f"Công nhận {decision.get_level_display()} {year}": [before, after]}
    entry = event(round or rounds[0], decision.commune_id, changes, officer, Via.ADMIN)
    entry.year, entry.round, entry.source = year, round, source[:200]
    log([entry])


def _require_closed_years_as_they_were(old: Recognition | None, new: Recognition) -> None:
    closed = AssessmentRound.objects.filter(province=new.commune.province_id, closed_at__isnull=False)
    for day in closed.order_by("as_of").values_list("as_of", flat=True):
        if _stands(old, day) != _stands(new, day):
            raise ValidationError(
                f"Số liệu năm {day.year} đã khóa: không thêm, sửa hay bỏ được quyết định làm đổi số xã đạt của năm đó. "
                "Hãy mở lại năm trước khi ghi."
            )


def _stands(decision: Recognition | None, day: date) -> tuple[int, str] | None:
    return (decision.commune_id, decision.level) if decision and decision.stands_on(day) else None


def _told(decision: Recognition | None) -> str | None:
    """What the change log says of a decision."""
    if decision is None:
        return None
    parts = [
        f"xã {decision.commune.name} ({decision.commune.code})",
        f"{decision.get_level_display()}, tính cho năm {decision.counts_for_year}",
        decision.decision_number and f"quyết định {decision.decision_number}",
        decision.decided_on and f"ngày {decision.decided_on:%d/%m/%Y}",
        decision.criteria_set,
        decision.revoked_on and f"thu hồi {decision.revoked_on:%d/%m/%Y}",
        decision.revocation_number and f"theo {decision.revocation_number}",
        decision.note,
    ]
    return "; ".join(filter(None, parts))
