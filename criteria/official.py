"""What officers enter beside assessments, one record at a time: yearly statistics and recognition decisions.

Both go through ``actions`` and leave an entry in the change log.
"""

from django.core.exceptions import ValidationError
from django.db import transaction

from communes import actions as places
from communes.models import Recognition, YearlyStatistics

from . import actions
from .actions.journal import event, log
from .loading import STATISTICS
from .models import AssessmentRound, Via


def save_statistics(row: YearlyStatistics, officer, source: str = "") -> None:
    """Figures through ``actions``, which judges by them; then what only describes them. Raises ``ValidationError``."""
    if None not in (row.poor_households, row.households) and row.poor_households > row.households:
        raise ValidationError(f"Số hộ nghèo ({row.poor_households}) lớn hơn số hộ ({row.households}).")
    values = {row.commune_id: {name: getattr(row, name) for name in STATISTICS}}
    about = {"status": row.status, "source": row.source}
    with transaction.atomic():
        actions.record_statistics(
            row.commune.province, row.year, values, by=officer, via=Via.ADMIN, source=source[:200]
        )
        YearlyStatistics.objects.filter(commune=row.commune_id, year=row.year).update(**about)


@transaction.atomic
def save_recognition(decision: Recognition, officer, source: str = "") -> None:
    """A decision, new or changed, with its entry in the change log. Raises ``ValidationError``."""
    old = Recognition.objects.select_for_update().filter(pk=decision.pk).first()
    places.amend(decision)
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
