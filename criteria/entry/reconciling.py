"""Cells typed in the browser: compared one by one with what stands, judged, stored through ``actions``.

Every edit says what it was based on. A cell that somebody else changed meanwhile is not overwritten: it comes back with
both values and who; the other cells of the same save go through. A cell that already holds the new value counts as
saved, so that a save repeated after a lost answer does no harm.
"""

import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from django.db import connection, transaction

from communes.models import Commune, Officer
from communes.text import normal
from criteria import actions
from criteria.judging.loading import STATISTICS, State, load_standard, load_states
from criteria.models import AssessmentRound, ChangeEvent, Via
from criteria.rules import cells, workflow
from criteria.rules.standard import Line, Standard
from criteria.rules.verdicts import NO_DATA, Given, ReasonMissing, Verdict, judge

WHOLE = {"population", "households", "poor_households"}
LONGEST = 500
QUEUE = threading.Lock()


@dataclass(frozen=True, slots=True)
class Edit:
    """One cell: commune code, column (a statistic or an indicator code), the text it was based on, the new text."""

    commune: str
    key: str
    base: str
    text: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of an edit. ``status``: saved, invalid, conflict, locked or reason (approved: why is it changed?)."""

    commune: str
    key: str
    status: str
    text: str
    verdict: str = ""
    message: str = ""
    by: str = ""
    at: datetime | None = None


@dataclass(slots=True)
class Saved:
    """The outcomes in the order of the edits, and the states of the communes that were touched, by code."""

    outcomes: list[Outcome]
    states: dict[str, State]
    standard: Standard


@contextmanager
def _in_turn() -> Iterator[None]:
    """One save of this process after another on SQLite: of fifty that wait for its only writer, some starve."""
    with QUEUE if connection.vendor == "sqlite" else nullcontext():
        yield


@_in_turn()
@transaction.atomic
def save(round: AssessmentRound, edits: Iterable[Edit], *, by: Officer, via: Via, reason: str = "") -> Saved:
    """Store the edits that can be stored; an outcome for each. Only communes the officer may see are found."""
    edits = list({(edit.commune, edit.key): edit for edit in edits}.values())
    standard = load_standard(round.criteria_set, round.province, round.year)
    visible = Commune.objects.visible_to(by).in_force(round.as_of).rural()
    ids = dict(visible.filter(code__in={edit.commune for edit in edits}).values_list("code", "pk"))
    states = load_states(round, ids.values(), lock=True)
    closed = AssessmentRound.objects.filter(pk=round.pk, closed_at__isnull=False).exists()
    editor = _Editor({code: states[pk] for code, pk in ids.items() if pk in states}, standard, reason, closed)
    found = [editor.take(edit) for edit in edits]
    if editor.entries:
        entries = list(editor.entries.values())
        actions.record(round, entries, by=by, via=via, reason=reason, standard=standard, states=states)
    outcomes = _with_names(round, [editor.settle(edit, outcome) for edit, outcome in zip(edits, found, strict=True)])
    return Saved(outcomes, editor.states, standard)


class _Editor:
    """Sorts edits into entries to record and outcomes to report."""

    def __init__(self, states: dict[str, State], standard: Standard, reason: str, closed: bool):
        self.states, self.standard, self.reason, self.closed = states, standard, reason, closed
        self.lines = {line.code: line for line in standard.lines}
        self.entries: dict[str, actions.Entry] = {}

    def take(self, edit: Edit) -> Outcome | None:
        """The outcome when it is clear before writing; None for a cell that is to be written."""
        state, line = self.states.get(edit.commune), self.lines.get(edit.key)
        if state is None or (line is None and edit.key not in STATISTICS):
            return self._outcome(edit, "invalid", "Không có xã hoặc chỉ tiêu này trong phạm vi anh/chị phụ trách.")
        current = text_of(state, edit.key, line, self._ruled(state, line))
        if line is not None and line.derived and self._ruled(state, line):
            told = "" if edit.text == current else f"Chỉ tiêu {line.code} tính từ số liệu thống kê ở các cột đầu."
            return self._outcome(edit, "locked" if told else "saved", told)
        try:
            statistic = read_statistic(edit.text, edit.key) if line is None else None
            given = read_line(edit.text, line, state, self.standard) if line else NO_DATA
            wanted = cells.show(replace(given, value=None) if line.derived else given, line) if line else statistic
        except (cells.CellError, ReasonMissing) as error:
            return self._outcome(edit, "invalid", f"{str(error)[:1].upper()}{str(error)[1:]}.".replace("..", "."))
        if current == cells.written(wanted):
            return self._outcome(edit, "saved", "")
        if lock := self._lock(state):
            return self._outcome(edit, *lock)
        if current != edit.base:
            return replace(self._outcome(edit, "conflict", ""), text=current)
        entry = self.entries.setdefault(edit.commune, actions.Entry(state.commune.pk))
        if line is None:
            statistics = state.statistics | entry.statistics | {edit.key: statistic}
            if claimed := actions.unexplained(self.standard, state, statistics):
                return self._outcome(edit, "invalid", f"Kết luận đã ghi ở chỉ tiêu {claimed.code} cần lý do trước.")
            entry.statistics[edit.key] = statistic
        else:
            entry.cells[edit.key] = replace(given, note=state.given.get(line.id, NO_DATA).note)
        return None

    def _lock(self, state: State) -> tuple[str, str] | None:
        if self.closed:
            return "locked", "Năm này đã khóa."
        why = workflow.lock(workflow.State(state.assessment.state), self.reason)
        if why:
            return ("reason" if state.assessment.state == workflow.State.APPROVED else "locked"), why
        return None

    def settle(self, edit: Edit, outcome: Outcome | None) -> Outcome:
        return outcome or self._outcome(edit, "saved", "")

    def _ruled(self, state: State, line: Line | None) -> bool:
        return line is None or self.standard.rule(line, state.commune.group) is not None

    def _outcome(self, edit: Edit, status: str, message: str) -> Outcome:
        state, line = self.states.get(edit.commune), self.lines.get(edit.key)
        if state is None or (line is None and edit.key not in STATISTICS):
            return Outcome(edit.commune[:10], edit.key[:20], status, "", message=message)
        verdict = state.verdicts.get(line.id, Verdict.UNKNOWN) if line else ""
        text = text_of(state, edit.key, line, self._ruled(state, line))
        return Outcome(edit.commune, edit.key, status, text, verdict, message)


def _require_short(text: str) -> None:
    if len(text) > LONGEST:
        raise cells.CellError(f"nội dung dài quá {LONGEST} ký tự")


def read_statistic(text: str, key: str) -> Decimal | int | None:
    """The plain value of a typed statistic. Raises ``CellError``."""
    _require_short(text)
    value = cells.read_number(text, cells.LIMITS.get(key, cells.LARGEST), whole=key in WHOLE)
    return int(value) if value is not None and key in WHOLE else value


def read_line(text: str, line: Line, state: State, standard: Standard) -> Given:
    """The plain value of what was typed for a line of the set. Raises ``CellError`` or ``ReasonMissing``."""
    _require_short(text)
    rule = standard.rule(line, state.commune.group)
    given = cells.read_cell(text, line, rule)
    if given.reason == cells.UNEXPLAINED:
        raise cells.CellError("“Không xét” cần lý do, ví dụ KXX: chưa có chợ trong quy hoạch")
    if line.derived:
        given = actions.with_statistics(line, given, state.statistics)
    judge(given, rule.threshold if rule else None)
    return given


def text_of(state: State, key: str, line: Line | None, ruled: bool = True) -> str:
    """What stands in a cell, as the grid shows it and as edits are based on it.

    A derived line that no rule judges (``ruled`` false) shows what an officer said of it, not the figure: that has a
    column of its own.
    """
    if line is None:
        return cells.written(state.statistics.get(key))
    given = state.given.get(line.id, NO_DATA)
    if line.derived and not ruled:
        given = Given(claim=given.claim, reason=given.reason)
    return cells.written(cells.show(given, line))


def _with_names(round: AssessmentRound, outcomes: list[Outcome]) -> list[Outcome]:
    """Conflicts with who changed the cell and when, from the log. One query, when there are any."""
    codes = {outcome.commune for outcome in outcomes if outcome.status == "conflict"}
    if not codes:
        return outcomes
    latest = latest_changes(round, codes)
    return [
        replace(outcome, by=who[0], at=who[1])
        if outcome.status == "conflict" and (who := latest.get((outcome.commune, outcome.key)))
        else outcome
        for outcome in outcomes
    ]


def latest_changes(round: AssessmentRound, codes: set[str]) -> dict[tuple[str, str], tuple[str, datetime]]:
    """Who changed a cell last, and when, by commune code and column. One query."""
    latest: dict[tuple[str, str], tuple[str, datetime]] = {}
    events = ChangeEvent.objects.filter(round=round, commune__code__in=codes).order_by("sequence")
    for code, changes, name, at in events.values_list("commune__code", "changes", "by__full_name", "at"):
        latest |= {(code, key): (name or "Lệnh máy chủ", at) for key in changes}
    return latest


def standard_of(round: AssessmentRound) -> Standard:
    return load_standard(round.criteria_set, round.province, round.year)


def clean(text: object) -> str:
    """Whatever a request carried, as the text of a cell. A NUL, which PostgreSQL does not take, becomes U+FFFD."""
    text = text.replace("\x00", "\ufffd") if isinstance(text, str) else text
    return normal(str(text)) if isinstance(text, str | int | float) and not isinstance(text, bool) else ""
