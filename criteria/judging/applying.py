"""Judging in memory what is given for a commune: what of its state changes, and to what. Stores nothing."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from decimal import Decimal

from criteria.rules.standard import Line, Rule, Standard
from criteria.rules.verdicts import NO_DATA, Given, Judgement, ReasonMissing, Summary, Verdict, judge, summarise

from .loading import State


@dataclass(frozen=True, slots=True)
class Entry:
    """What is given for one commune: statistics by field and indicators by code. What is not named stays as it is."""

    commune_id: int
    statistics: dict[str, Decimal | int | None] = field(default_factory=dict)
    cells: dict[str, Given] = field(default_factory=dict)


@dataclass(slots=True)
class Cell:
    """An indicator that changes: what stood with its verdict, what comes with its judgement and the rule behind it."""

    line: Line
    old: Given
    verdict: Verdict | None
    new: Given
    judgement: Judgement
    rule: Rule | None


@dataclass(slots=True)
class Change:
    """What an entry changed in a state: statistics (old, new) by field, and cells."""

    state: State
    statistics: dict[str, tuple]
    cells: list[Cell]


def apply(entry: Entry, state: State, standard: Standard) -> Change | None:
    """Bring a state to what an entry gives, its summary with it; None when it gives nothing new.

    Raises ``ReasonMissing`` for a verdict that needs a reason.
    """
    statistics = {}
    for name, value in entry.statistics.items():
        if (old := state.statistics.get(name)) != value:
            statistics[name] = (old, value)
            state.statistics[name] = value
    cells = [cell for line in standard.lines if (cell := _judge(line, entry, state, standard))]
    if not statistics and not cells:
        return None
    assessment, summary = state.assessment, derive(state.verdicts, standard)
    assessment.met_mask, assessment.known_mask = summary.met_mask, summary.known_mask
    assessment.not_applicable_mask, assessment.met_count = summary.not_applicable_mask, summary.met_count
    return Change(state, statistics, cells)


def _judge(line: Line, entry: Entry, state: State, standard: Standard) -> Cell | None:
    old = state.given.get(line.id, NO_DATA)
    new = entry.cells.get(line.code, old)
    if line.derived:
        new = with_statistics(line, new, state.statistics)
    if new == old:
        return None
    rule = standard.rule(line, state.commune.group)
    judgement, verdict = judge(new, rule.threshold if rule else None), state.verdicts.get(line.id)
    state.given[line.id], state.verdicts[line.id] = new, judgement.verdict
    return Cell(line, old, verdict, new, judgement, rule)


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


def derive(verdicts: dict[int, Verdict], standard: Standard) -> Summary:
    """The summary that belongs to the verdicts by indicator: the only place that makes one."""
    return summarise((line.position, verdicts.get(line.id, Verdict.UNKNOWN)) for line in standard.lines)


def project(entries: Iterable[Entry], states: dict[int, State], standard: Standard) -> None:
    """Work out in memory what entries would make of states."""
    for entry in entries:
        apply(entry, states[entry.commune_id], standard)


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
