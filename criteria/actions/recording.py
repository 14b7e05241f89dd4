"""Judging and storing what is given."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from communes.models import Officer, Province, YearlyStatistics

from .. import workflow
from ..loading import STATISTICS, State, load_standard, load_states
from ..models import Assessment, AssessmentRound, ChangeEvent, Result, Via
from ..rules import NO_DATA, Given, ReasonMissing, Verdict, judge, summarise
from ..standard import Line, Standard
from .journal import event, log, require_open, upsert

MANY = 500


@dataclass(frozen=True, slots=True)
class Entry:
    """What is given for one commune: statistics by field and indicators by code. What is not named stays as it is."""

    commune_id: int
    statistics: dict[str, Decimal | int | None] = field(default_factory=dict)
    cells: dict[str, Given] = field(default_factory=dict)


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
    changed = [change for entry in entries if (change := _apply(entry, states[entry.commune_id], standard, now))]
    _require_unlocked(changed, reason)
    _store(changed, round)
    log(
        [
            ChangeEvent(
                at=now, by=by, via=via, year=round.year, round=round, commune_id=change.state.assessment.commune_id,
                source=source, reason=reason, changes=change.log,
            )
            for change in changed
        ]
    )  # fmt: skip
    return sum(len(change.log) for change in changed)


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
    province: Province, year: int, values: dict[int, dict], *, by: Officer | None, via: Via, source: str = ""
) -> int:
    """Store yearly statistics by unit id; assessed communes are judged anew by them. The number of cells changed.

    Units that no round of the year contains (wards, townships) are stored as they are, with their event.
    """
    changed = 0
    rest = dict(values)
    for round in AssessmentRound.objects.filter(province=province, as_of__year=year).select_related("criteria_set"):
        inside = set(Assessment.objects.filter(round=round, commune__in=values).values_list("commune_id", flat=True))
        if inside:
            entries = [Entry(commune_id, values[commune_id]) for commune_id in sorted(inside)]
            changed += record(round, entries, by=by, via=via, source=source)
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


def _require_unlocked(changed: list["_Change"], reason: str) -> None:
    for change in changed:
        if why := workflow.lock(workflow.State(change.state.assessment.state), reason):
            raise ValidationError(f"{change.state.commune}: {why}")


@dataclass(slots=True)
class _Change:
    state: State
    log: dict[str, list]
    results: list[Result]
    statistics_changed: bool


def _apply(entry: Entry, state: State, standard: Standard, now) -> _Change | None:
    """Work out what an entry changes in a state, in memory."""
    log: dict[str, list] = {}
    for name, value in entry.statistics.items():
        if state.statistics.get(name) != value:
            log[name] = [_plain(state.statistics.get(name)), _plain(value)]
            state.statistics[name] = value
    statistics_changed = bool(log)
    results = []
    for line in standard.lines:
        old = state.given.get(line.id, Given())
        new = with_statistics(line, entry.cells.get(line.code, old), state.statistics)
        if new == old:
            continue
        log[line.code] = [_describe(old, state.verdicts.get(line.id)), None]
        results.append(_judged(state, line, new, standard))
        log[line.code][1] = _describe(new, state.verdicts[line.id])
    if not log:
        return None
    _summarise(state, standard, now)
    return _Change(state, log, results, statistics_changed)


def with_statistics(line: Line, given: Given, statistics: dict) -> Given:
    """A derived line takes its value from the statistics; what an officer said about it stays."""
    if line.source == "income":
        return replace(given, value=statistics.get("income"), numerator=None, denominator=None)
    if line.source == "poverty_rate":
        poor, households = statistics.get("poor_households"), statistics.get("households")
        if poor is None or not households:
            return replace(given, value=None, numerator=None, denominator=None)
        rate = (Decimal(poor) * 100 / Decimal(households)).quantize(Decimal("0.000001"))
        return replace(given, value=rate, numerator=Decimal(poor), denominator=Decimal(households))
    return given


def project(entries: Iterable[Entry], states: dict[int, State], standard: Standard) -> None:
    """Work out in memory what entries would make of states, storing nothing."""
    for entry in entries:
        _apply(entry, states[entry.commune_id], standard, None)


def unexplained(standard: Standard, state: State, statistics: dict) -> Line | None:
    """The derived line whose claim, standing without a reason, would go against the rule under new statistics."""
    for line in standard.lines:
        rule = standard.rule(line, state.commune.group) if line.derived else None
        if rule is not None:
            try:
                judge(with_statistics(line, state.given.get(line.id, NO_DATA), statistics), rule.threshold)
            except ReasonMissing:
                return line
    return None


def _judged(state: State, line: Line, given: Given, standard: Standard) -> Result:
    rule = standard.rule(line, state.commune.group)
    judgement = judge(given, rule.threshold if rule else None)
    state.given[line.id], state.verdicts[line.id] = given, judgement.verdict
    return Result(
        assessment_id=state.assessment.pk,
        indicator_id=line.id,
        value=given.value,
        numerator=given.numerator,
        denominator=given.denominator,
        claim=given.claim or "",
        reason=given.reason,
        note=given.note,
        verdict=judgement.verdict,
        ruled=judgement.ruled,
        requirement_id=rule.id if rule else None,
    )


def _summarise(state: State, standard: Standard, now) -> None:
    summary = derive(state.verdicts, standard)
    assessment = state.assessment
    assessment.met_mask, assessment.known_mask = summary.met_mask, summary.known_mask
    assessment.not_applicable_mask, assessment.met_count = summary.not_applicable_mask, summary.met_count
    assessment.updated_at = now


def derive(verdicts: dict[int, Verdict], standard: Standard):
    """The summary that belongs to the verdicts by indicator: the only place that makes one."""
    return summarise((line.position, verdicts.get(line.id, Verdict.UNKNOWN)) for line in standard.lines)


def _store(changed: list[_Change], round: AssessmentRound) -> None:
    statistics = [
        YearlyStatistics(commune_id=change.state.assessment.commune_id, year=round.year, **change.state.statistics)
        for change in changed
        if change.statistics_changed
    ]
    upsert(statistics, ("year", "commune"), STATISTICS)
    upsert([result for change in changed for result in change.results], ("assessment", "indicator"), _RESULT)
    upsert([change.state.assessment for change in changed], ("round", "commune"), _SUMMARY)


_RESULT = ("value", "numerator", "denominator", "claim", "reason", "note", "verdict", "ruled", "requirement")
GIVEN = ("value", "numerator", "denominator", "claim", "reason", "note")
_SUMMARY = ("met_mask", "known_mask", "not_applicable_mask", "met_count", "updated_at")


def _describe(given: Given, verdict: Verdict | None) -> dict | None:
    """What the log says of a cell: only what there is."""
    parts = ((name, getattr(given, name)) for name in GIVEN)
    shown = {name: _plain(part) for name, part in parts if part is not None and part != ""}
    return {**shown, "verdict": str(verdict)} if shown else None


def _plain(value):
    """A JSON value: decimals as text, so that no digit is lost."""
    return f"{value.normalize():f}" if isinstance(value, Decimal) else value
