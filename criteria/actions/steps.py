"""Rounds and the way of an assessment through them: open, submit, approve, send back, close, reopen."""

from collections.abc import Iterable
from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from communes.models import Commune, Officer, Province
from criteria.models import Assessment, AssessmentRound, CriteriaSet, Via
from criteria.rules import workflow
from criteria.rules.workflow import NotAllowed, Step

from .journal import BATCH, event, log, require_open, upsert

STEP_OPENED = workflow.STEP_NAMES[Step.OPEN]


@transaction.atomic
def open_round(
    province: Province, criteria_set: CriteriaSet, as_of: date, note: str = "",
    *, deadline: date | None = None, by: Officer | None = None,
) -> AssessmentRound:  # fmt: skip
    """Open a round and an empty assessment for every xã in force on its day; ``by`` nobody: by the server.

    Raises ``NotAllowed`` and ``ValidationError``, also when no xã is in force on the day.
    """
    if by:
        _require_right(by, Step.OPEN)
    round = AssessmentRound(
        province=province, criteria_set=criteria_set, as_of=as_of, note=note, deadline=deadline
    )  # fmt: skip
    round.full_clean()
    round.save()
    communes = list(Commune.objects.filter(province=province).in_force(as_of).rural())
    if not communes:
        raise ValidationError(f"Ngày {as_of:%d/%m/%Y} chưa có xã nào của {province} có hiệu lực trong danh mục.")
    Assessment.objects.bulk_create([Assessment(round=round, commune=commune) for commune in communes], BATCH)
    opened = {STEP_OPENED: [None, f"{round}: {len(communes)} xã"]}
    log([event(round, None, opened, by, Via.STEP if by else Via.COMMAND)])
    return round


@transaction.atomic
def move(round: AssessmentRound, commune_ids: Iterable[int], step: Step, *, by: Officer, reason: str = "") -> int:
    """Submit, approve or send back communes, all or none; how many. Raises ``NotAllowed`` and ``ValidationError``."""
    _require_right(by, step)
    if step in workflow.NEEDS_REASON and not reason:
        raise NotAllowed(f"“{workflow.STEP_NAMES[step]}” cần ghi lý do.")
    found = Assessment.objects.filter(round=round, commune__in=list(commune_ids)).select_related("commune")
    rows = list(found.select_for_update(of=("self",)).order_by("pk"))
    require_open(round)
    if step == Step.SUBMIT and not reason and (missing := _incomplete(round, rows)):
        raise NotAllowed(f"{missing} còn tiêu chí chưa có số liệu: nộp cần ghi lý do.")
    events = []
    for row in rows:
        before, row.state = row.state, workflow.after(workflow.State(row.state), step)
        row.returned_because = reason if step == Step.SEND_BACK else ""
        events.append(event(round, row.commune_id, {"state": [before, row.state]}, by, Via.STEP, reason))
    upsert(rows, ("round", "commune"), ("state", "returned_because"))
    log(events)
    return len(rows)


def _incomplete(round: AssessmentRound, rows: list[Assessment]) -> str:
    """The first commune with a criterion without data, and how many more there are."""
    every = sum(1 << position for position in round.criteria_set.criteria.values_list("position", flat=True))
    found = [row for row in rows if row.known_mask != every]
    more = f" và {len(found) - 1} xã khác" if len(found) > 1 else ""
    return f"{found[0].commune}{more}" if found else ""


@transaction.atomic
def close_year(round: AssessmentRound, *, by: Officer, reason: str = "") -> None:
    """Freeze a round: nothing in it moves afterwards. With communes not yet approved it needs a reason."""
    _require_right(by, Step.CLOSE)
    states = list(Assessment.objects.filter(round=round).select_for_update().values_list("state", flat=True))
    require_open(round)
    waiting = sum(state != workflow.State.APPROVED for state in states)
    if waiting and not reason:
        raise NotAllowed(f"Còn {waiting} xã chưa duyệt: khóa năm cần ghi lý do.")
    round.closed_at = timezone.now()
    round.save(update_fields=["closed_at"])
    log([event(round, None, {"closed": [False, True]}, by, Via.STEP, reason)])


@transaction.atomic
def reopen_year(round: AssessmentRound, *, by: Officer, reason: str) -> None:
    """Unfreeze a round, which always needs a reason."""
    _require_right(by, Step.REOPEN)
    if not reason:
        raise NotAllowed("Mở lại năm đã khóa cần ghi lý do.")
    if not AssessmentRound.objects.filter(pk=round.pk, closed_at__isnull=False).update(closed_at=None):
        raise NotAllowed("Năm này chưa khóa.")
    round.closed_at = None
    log([event(round, None, {"closed": [True, False]}, by, Via.STEP, reason)])


def _require_right(by: Officer, step: Step) -> None:
    if not workflow.may(by.role, step):
        raise NotAllowed(f"Vai trò của anh/chị không được “{workflow.STEP_NAMES[step]}”.")


@transaction.atomic
def announce(round: AssessmentRound, text: str, *, by: Officer) -> int:
    """Put into the change log what happened to a round as a whole, such as a report issued; the entry's number."""
    entry = event(round, None, {text: [None, "phát hành"]}, by, Via.STEP)
    log([entry])
    return entry.sequence
