"""Holds what the officers were told against what the change log and the cells say. Plain values only.

Every cell has a history: the texts that stood in it, each from one change of the log to the next. In it, with all that
an officer was told, the following must hold; anything else is a fault.

* A change sets out from what stood: no value was written over one that its writer had not seen.
* The cell now holds the end of its history.
* An attempt answered "saved" is a change of its officer from its base to its value, between sending and answer; or the
  very value stood there already, from somebody else.
* An attempt answered "conflict" names a text that stood there meanwhile and its author. It left no change, unless an
  answer had been lost: then it was stored at first, and overwritten knowingly before it was sent again.
* Every change in a cell that was typed into belongs to an attempt; of several attempts from one base one was stored at
  a time, the others were told. Nothing is left without an answer.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from .client import Cell
from .writer import Attempt

TICK = 0.001  # the clock of the log is written in microseconds, that of the journals is a float


@dataclass(frozen=True, slots=True)
class Change:
    """A cell of an entry of the log. ``old``, ``new``: as logged; ``was``, ``text``: as the grid shows them."""

    at: float
    by: str
    cell: Cell
    old: object
    new: object
    was: str
    text: str


@dataclass(slots=True)
class Stand:
    """A text in a cell, from the change that brought it until the next one."""

    text: str
    by: str = ""
    since: float = 0.0
    until: float = float("inf")

    def during(self, attempt: Attempt) -> bool:
        return self.since <= attempt.answered + TICK and self.until >= attempt.sent - TICK


@dataclass(slots=True)
class Proof:
    """``faults``: kind → lines. ``counts``: stored, equal, conflict; of these stored and then sent again for
    want of an answer (answer lost); bases from which several set out (races)."""

    faults: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    counts: Counter = field(default_factory=Counter)

    def lines(self) -> list[str]:
        return [f"{kind}: {line}" for kind, lines in self.faults.items() for line in lines]


def prove(
    changes: Iterable[Change], standing: dict[Cell, str], attempts: Iterable[Attempt], derived: Iterable[str] = ()
) -> Proof:
    """``standing``: the cells as they are now; before its first change each was empty. ``derived``: columns that follow
    from others, in which changes belong to no attempt."""
    proof, history = Proof(), defaultdict(list)
    for change in changes:
        history[change.cell].append(change)
    by_cell: dict[Cell, list[Attempt]] = defaultdict(list)
    for attempt in attempts:
        by_cell[attempt.cell].append(attempt)
    for cell in history.keys() | by_cell.keys():
        _prove_history(cell, history[cell], standing.get(cell, ""), proof)
        if cell[1] not in derived:
            _prove_cell(cell, history[cell], by_cell[cell], proof)
    return proof


def _prove_history(cell: Cell, changes: list[Change], now: str, proof: Proof) -> None:
    stood, text = None, ""
    for change in changes:
        if change.old != stood:
            proof.faults["silent overwrite"].append(f"{cell}: {change.by} from {change.old}, where {stood} stood")
        stood, text = change.new, change.text
    if text != now:
        proof.faults["lost"].append(f"{cell}: holds “{now}”, the log ends with “{text}”")


def _prove_cell(cell: Cell, changes: list[Change], attempts: list[Attempt], proof: Proof) -> None:
    stands = [Stand(""), *(Stand(change.text, change.by, change.at) for change in changes)]
    for stand, following in pairwise(stands):
        stand.until = following.since
    free = list(changes)
    for attempt in attempts:
        if attempt.answered is None:
            proof.faults["unanswered"].append(f"{cell}: {attempt}")
            continue
        mine = [change for change in free if _is_of(change, attempt)]
        free = [change for change in free if not _is_of(change, attempt)]
        for kind, fault in _prove_attempt(attempt, mine, stands, proof):
            proof.faults[kind].append(f"{cell}: {fault}; {attempt}")
    for change in free:
        proof.faults["of nobody"].append(f"{cell}: {change}")
    bases = Counter(attempt.base for attempt in attempts)
    proof.counts["races"] += sum(count > 1 for count in bases.values())


def _is_of(change: Change, attempt: Attempt) -> bool:
    return change.by == attempt.officer and attempt.sent - TICK <= change.at <= attempt.answered + TICK


def _prove_attempt(
    attempt: Attempt, mine: list[Change], stands: list[Stand], proof: Proof
) -> Iterator[tuple[str, str]]:
    """The faults of an attempt as (kind, text); it is counted in ``proof``."""
    proof.counts["answer lost"] += any(change.at < attempt.last_sent for change in mine)
    if any(change.was != attempt.base for change in mine):
        yield "silent overwrite", f"based on “{attempt.base}”, stored over {mine}"
    if any(change.text != attempt.value for change in mine):
        yield "altered", f"stored otherwise: {mine}"
    if len(mine) > attempt.sends:
        yield "altered", f"stored {len(mine)} times"
    meanwhile = [stand for stand in stands if stand.during(attempt)]
    if attempt.status == "saved":
        proof.counts["stored" if mine else "equal"] += 1
        if attempt.text != attempt.value:
            yield "altered", "another text in the answer"
        if not mine and attempt.value not in [stand.text for stand in meanwhile]:
            yield "lost", "acknowledged, and never stood there"
    elif attempt.status == "conflict":
        proof.counts["conflict"] += 1
        if mine and attempt.sends == 1:
            yield "altered", "stored, and reported as a conflict"
        if attempt.text in (attempt.base, attempt.value):
            yield "conflict", "with itself"
        if (attempt.text, attempt.by) not in [(stand.text, stand.by) for stand in meanwhile]:
            yield "conflict", "with what never stood there, or of somebody else"
    else:
        yield "refused", attempt.status
