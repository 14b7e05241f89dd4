"""The form of one commune: what was posted for each cell, compared with what stands, stored through ``actions``.

As in the grid (``reconciling``), each cell says what it was based on. Cells nobody touched are left alone; those that
somebody else changed meanwhile come back with both values and who; those that cannot be read keep what was typed.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal

from django.db import transaction

from communes.models import Officer
from criteria import actions
from criteria.judging.loading import State, load_states
from criteria.models import AssessmentRound, Via
from criteria.rules import workflow
from criteria.rules.standard import Line, Rule, Standard
from criteria.rules.verdicts import NO_DATA, Given, ReasonMissing, judge

from .fields import Field, Unreadable, fields_of, read, stands, unpack, untouched
from .reconciling import WHOLE, latest_changes, standard_of

MINE, THEIRS = "mine", "theirs"
FEEDS = {"income": ("income",), "poverty_rate": ("poor_households", "households")}


@dataclass(slots=True)
class Posted:
    """A cell as it was posted: its parts exactly as typed, their base, and how a conflict was settled over what."""

    texts: dict[str, str] = field(default_factory=dict)
    base: str = ""
    choice: str = ""
    theirs: str = ""


@dataclass(slots=True)
class Outcome:
    """What became of a form. What is in ``typed`` was not stored.

    ``problems``: by cell and part; ``conflicts``: who changed the cell, and when; ``refusal``: why nothing of it may
    be changed; ``unknown``: names that were posted and are no cells.
    """

    stored: int = 0
    typed: dict[str, Posted] = field(default_factory=dict)
    problems: dict[tuple[str, str], str] = field(default_factory=dict)
    conflicts: dict[str, tuple[str, datetime | None]] = field(default_factory=dict)
    refusal: str = ""
    unknown: list[str] = field(default_factory=list)

    @property
    def settled(self) -> bool:
        return not (self.typed or self.unknown or self.refusal)


def read_post(post: Iterable[tuple[str, str]]) -> dict[str, Posted]:
    """The cells in a request, by key: names are ``o:4.2:value``, ``base:4.2``, ``choice:4.2`` and ``theirs:4.2``."""
    found: dict[str, Posted] = {}
    for name, text in post:
        kind, _, key = name.partition(":")
        if kind == "o":
            key, _, part = key.rpartition(":")
            found.setdefault(key, Posted()).texts[part] = text
        elif kind in ("base", "choice", "theirs"):
            setattr(found.setdefault(key, Posted()), kind, text)
    return found


@transaction.atomic
def save_form(
    round: AssessmentRound, commune_id: int, posted: dict[str, Posted], *, by: Officer, reason: str = ""
) -> Outcome:
    """Store the cells of one commune that can be stored. The caller has checked that the officer may edit it."""
    standard = standard_of(round)
    state = load_states(round, [commune_id], lock=True)[commune_id]
    closed = AssessmentRound.objects.filter(pk=round.pk, closed_at__isnull=False).exists()
    lock = "Năm này đã khóa." if closed else workflow.lock(workflow.State(state.assessment.state), reason)
    saver = _Saver(state, standard, lock, posted)
    if entry := saver.entry():
        states = {commune_id: state}
        actions.record(round, [entry], by=by, via=Via.FORM, reason=reason, standard=standard, states=states)
    return _with_names(round, state, saver.outcome)


class _Saver:
    """Sorts the posted cells of a commune into those to record and those to come back."""

    def __init__(self, state: State, standard: Standard, lock: str, posted: dict[str, Posted]):
        self.state, self.lock, self.posted = state, lock, posted
        self.fields = fields_of(standard, state.commune.group)
        self.outcome = Outcome(unknown=self._unknown())
        self.new: dict[str, Given] = {}

    def _unknown(self) -> list[str]:
        """Names that are no part of a cell of this form."""
        known = {(key, part) for key, cell in self.fields.items() for part in cell.parts}
        names = {(key, part) for key, cell in self.posted.items() for part in cell.texts} - known
        others = {key for key in self.posted if key not in self.fields}
        return sorted({key if key in others else f"{key}, {part}" for key, part in names} | others)

    def entry(self) -> actions.Entry | None:
        """What is to be recorded, if anything."""
        for cell in self.fields.values():
            if cell.key in self.posted:
                self._take(cell, self.posted[cell.key])
        for cell in self.fields.values():
            if cell.line and cell.line.derived and cell.rule and cell.key not in self.new:
                self._guard(cell.line, cell.rule)
        self.outcome.stored = len(self.new)
        cells = {key: given for key, given in self.new.items() if self.fields[key].line}
        return actions.Entry(self.state.commune.pk, self._new_statistics(), cells) if self.new else None

    def _take(self, cell: Field, posted: Posted) -> None:
        texts = {part: text for part, text in posted.texts.items() if part in cell.parts}
        current = stands(cell, self.state)
        if posted.choice == MINE:
            posted = replace(posted, base=posted.theirs)
        base = unpack(posted.base)
        if posted.choice == THEIRS or (base and untouched(cell, texts, base)):
            return
        new = self._read(cell, texts, base or NO_DATA)
        if new == current:
            return
        if base != current:
            self.outcome.conflicts[cell.key] = ("", None)
        if new is None or base != current or self.lock:
            self.outcome.typed[cell.key] = posted
            self.outcome.refusal = self.outcome.refusal or self.lock
        else:
            self.new[cell.key] = new

    def _read(self, cell: Field, texts: dict[str, str], base: Given) -> Given | None:
        try:
            return read(cell, texts, base, self.state.statistics | self._new_statistics())
        except Unreadable as error:
            self.outcome.problems |= {(cell.key, part): text for part, text in error.problems.items()}
            return None

    def _new_statistics(self) -> dict[str, Decimal | int | None]:
        """Taken before the lines that derive from them."""
        typed = {key: given.value for key, given in self.new.items() if self.fields[key].line is None}
        return {key: int(v) if v is not None and key in WHOLE else v for key, v in typed.items()}

    def _guard(self, line: Line, rule: Rule) -> None:
        """Statistics that would turn a claim against the rule, with no reason for it, wait for that reason."""
        given = self.state.given.get(line.id, NO_DATA)
        statistics = self.state.statistics | self._new_statistics()
        try:
            judge(actions.with_statistics(line, given, statistics), rule.threshold)
        except ReasonMissing as error:
            self.outcome.problems.setdefault((line.code, "reason"), str(error))
            self.outcome.typed.setdefault(line.code, self.posted.get(line.code, Posted()))
            for key in FEEDS[line.source]:
                if self.new.pop(key, None):
                    self.outcome.typed[key] = self.posted[key]
                    self.outcome.problems[key, "value"] = f"Chưa lưu: kết luận ở chỉ tiêu {line.code} cần ghi lý do."


def _with_names(round: AssessmentRound, state: State, outcome: Outcome) -> Outcome:
    """Conflicts with who changed the cell and when. One query, when there are any."""
    if outcome.conflicts:
        code = state.commune.code
        latest = latest_changes(round, {code})
        outcome.conflicts = {key: latest.get((code, key), ("", None)) for key in outcome.conflicts}
    return outcome
