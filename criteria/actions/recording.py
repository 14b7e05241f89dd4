"""Storing what is given, judged."""

from collections.abc import Iterable
from decimal import Decimal
from operator import attrgetter

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from communes.models import Officer, Province, YearlyStatistics
from criteria.judging.applying import Cell, Change, Entry, apply
from criteria.judging.loading import STATISTICS, State, load_standard, load_states
from criteria.models import Assessment, AssessmentRound, ChangeEvent, Result, Via
from criteria.rules import workflow
from criteria.rules.standard import Standard
from criteria.rules.verdicts import Given, Verdict

from .journal import event, log, require_open, upsert, upsert_values

MANY = 500


@transaction.atomic
def record(
    round: AssessmentRound,
    entries: Iterable[Entry],
    *,
    by: Officer | None,
    via: Via,
    source: str = "",
    reason: str = "",
    standard: Standard | None = None,
    states: dict[int, State] | None = None,
) -> int:
    """Judge and store what was given, summaries and change events with it; the number of cells that changed.

    All or nothing. Raises ``ReasonMissing`` for a verdict that needs a reason and ``ValidationError`` when the round
    is closed, does not contain a commune, or a commune's state does not let it change (``workflow.lock``). A number of
    queries that does not depend on the number of cells below ``BATCH``. ``states``: loaded and locked by the caller.
    """
    entries = list(entries)
    standard = standard or load_standard(round.criteria_set, round.province, round.year)
    if states is None:
        wanted = [entry.commune_id for entry in entries] if len(entries) < MANY else None
        states = load_states(round, wanted, lock=True)
    _require_possible(round, entries, states, standard)
    now = timezone.now()
    about = {"at": now, "by": by, "via": via, "year": round.year, "round": round, "source": source, "reason": reason}
    total = 0
    for start in range(0, len(entries), MANY):
        some = entries[start : start + MANY]
        changed = [change for entry in some if (change := apply(entry, states[entry.commune_id], standard))]
        _require_unlocked(changed, reason)
        _store(changed, round, now)
        logs = [(change.state.assessment.commune_id, _log(change)) for change in changed]
        log([ChangeEvent(**about, commune_id=commune_id, changes=changes) for commune_id, changes in logs])
        total += sum(len(changes) for _, changes in logs)
    return total


@transaction.atomic
def accept(round: AssessmentRound, cells: dict[tuple[str, str], str], *, by: Officer, via: Via) -> None:
    """Record that an officer accepts warnings, by commune code and column, with their words."""
    codes = {code for code, _ in cells}
    found = Assessment.objects.filter(round=round, commune__code__in=codes).select_related("commune")
    rows = list(found.select_for_update(of=("self",)).order_by("pk"))
    require_open(round)
    events = []
    for row in rows:
        new = {key: text for (code, key), text in cells.items() if code == row.commune.code}
        events.append(
            event(
                round, row.commune_id, {f"{key}!": [row.accepted.get(key), text] for key, text in new.items()}, by, via
            )
        )
        row.accepted = row.accepted | new
    upsert(rows, ("round", "commune"), ("accepted",))
    log(events)


@transaction.atomic
def record_statistics(
    province: Province, year: int, values: dict[int, dict], *, by: Officer | None, via: Via, source: str = "",
    reason: str = "",
) -> int:  # fmt: skip
    """Store yearly statistics by unit id; assessed communes are judged anew by them. The number of cells changed.

    Units that no round of the year contains (wards, townships) are stored as they are, with their event.
    """
    changed = 0
    rest = dict(values)
    for round in AssessmentRound.objects.filter(province=province, as_of__year=year).select_related("criteria_set"):
        inside = set(Assessment.objects.filter(round=round, commune__in=values).values_list("commune_id", flat=True))
        if inside:
            entries = [Entry(commune_id, values[commune_id]) for commune_id in sorted(inside)]
            changed += record(round, entries, by=by, via=via, source=source, reason=reason)
        rest = {commune_id: given for commune_id, given in rest.items() if commune_id not in inside}
    return changed + _record_outside_rounds(year, rest, by, via, source)


def _record_outside_rounds(year: int, values: dict[int, dict], by, via: Via, source: str) -> int:
    stored = {row.commune_id: row for row in YearlyStatistics.objects.filter(year=year, commune__in=values)}
    logs: dict[int, dict] = {}
    for commune_id, given in values.items():
        row = stored.setdefault(commune_id, YearlyStatistics(commune_id=commune_id, year=year))
        differing = {name: value for name, value in given.items() if getattr(row, name) != value}
        if differing:
            logs[commune_id] = {name: [_plain(getattr(row, name)), _plain(new)] for name, new in differing.items()}
            for name, value in differing.items():
                setattr(row, name, value)
    upsert([stored[commune_id] for commune_id in logs], ("year", "commune"), STATISTICS)
    events = [
        ChangeEvent(at=timezone.now(), by=by, via=via, year=year, commune_id=commune_id, source=source, changes=log)
        for commune_id, log in logs.items()
    ]
    log(events)
    return sum(map(len, logs.values()))


def _require_possible(round: AssessmentRound, entries: list[Entry], states: dict, standard: Standard) -> None:
    require_open(round)
    if any(entry.commune_id not in states for entry in entries):
        raise ValidationError("Có xã không thuộc kỳ đánh giá này.")
    if len({entry.commune_id for entry in entries}) < len(entries):
        raise ValidationError("Một xã có hai lần trong cùng một lần ghi.")
    known = {line.code for line in standard.lines}
    if unknown := {code for entry in entries for code in entry.cells} - known:
        raise ValidationError(f"Chỉ tiêu không có trong bộ tiêu chí: {', '.join(sorted(unknown))}.")


def _require_unlocked(changed: list[Change], reason: str) -> None:
    for change in changed:
        if why := workflow.lock(workflow.State(change.state.assessment.state), reason):
            raise ValidationError(f"{change.state.commune}: {why}")


def _store(changed: list[Change], round: AssessmentRound, now) -> None:
    statistics = [
        YearlyStatistics(commune_id=change.state.assessment.commune_id, year=round.year, **change.state.statistics)
        for change in changed
        if change.statistics
    ]
    upsert(statistics, ("year", "commune"), STATISTICS)
    results = [_row(change.state, cell) for change in changed for cell in change.cells]
    upsert_values(Result, results, ("assessment_id", "indicator_id"))
    for change in changed:
        change.state.assessment.updated_at = now
    upsert([change.state.assessment for change in changed], ("round", "commune"), _SUMMARY)


_SUMMARY = ("met_mask", "known_mask", "not_applicable_mask", "met_count", "updated_at")


def _row(state: State, cell: Cell) -> dict[str, object]:
    """The row of a ``Result``, by column."""
    given, judgement = cell.new, cell.judgement
    return {
        "assessment_id": state.assessment.pk,
        "indicator_id": cell.line.id,
        "value": given.value,
        "numerator": given.numerator,
        "denominator": given.denominator,
        "claim": given.claim or "",
        "reason": given.reason,
        "note": given.note,
        "verdict": judgement.verdict,
        "ruled": judgement.ruled,
        "requirement_id": cell.rule.id if cell.rule else None,
    }


def _log(change: Change) -> dict[str, list]:
    """What the change log says of a change: old and new by column, statistics first."""
    log = {name: [_plain(old), _plain(new)] for name, (old, new) in change.statistics.items()}
    for cell in change.cells:
        log[cell.line.code] = [_describe(cell.old, cell.verdict), _describe(cell.new, cell.judgement.verdict)]
    return log


GIVEN = ("value", "numerator", "denominator", "claim", "reason", "note")
_parts = attrgetter(*GIVEN)


def _describe(given: Given, verdict: Verdict | None) -> dict | None:
    """What the log says of a cell: only what there is."""
    shown = {name: _plain(part) for name, part in zip(GIVEN, _parts(given), strict=True) if part or part == 0}
    return {**shown, "verdict": str(verdict)} if shown else None


def _plain(value):
    """A JSON value: decimals as text, so that no digit is lost."""
    return f"{value.normalize():f}" if isinstance(value, Decimal) else value
