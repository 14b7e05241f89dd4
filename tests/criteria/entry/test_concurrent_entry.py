"""Several officers typing into one round at once lose nothing, on a real server that is killed meanwhile."""

import os

import pytest

from tests.site import running
from tests.soak.entry import Effort, run
from tests.soak.proof import Change, prove
from tests.soak.writer import Attempt

CELL = ("05728", "population")


def test_nothing_is_lost_and_nobody_overwritten_while_the_portal_is_killed(tmp_path):
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    with running(tmp_path, f"soak_{worker}") as site:
        done = run(site, Effort(writers=6, saves=15, contested=0.2, kills=1))
    assert done.proof.lines() == []
    assert len(done.down) == 1
    assert done.proof.counts["conflict"] > 0
    assert done.proof.counts["stored"] > 100


def change(at, by, was, text):
    return Change(at, by, CELL, was or None, text or None, was, text)


def attempt(at, officer, base, value, status="saved", text=None, by="", sends=1):
    return Attempt(officer, CELL, base, value, at, sends, at + 1, status, value if text is None else text, by)


FIRST = change(10.5, "An", "", "100")
SECOND = change(20.5, "Bình", "100", "200")
AN, BINH = attempt(10, "An", "", "100"), attempt(20, "Bình", "100", "200")

HOLDS = {
    "one after the other": ([FIRST, SECOND], "200", [AN, BINH]),
    "the same value twice": ([FIRST], "100", [AN, attempt(20, "Bình", "", "100")]),
    "sent again after a lost answer": ([FIRST], "100", [attempt(10, "An", "", "100", sends=3)]),
    "a conflict that was told": (
        [FIRST],
        "100",
        [AN, attempt(20, "Bình", "", "200", status="conflict", text="100", by="An")],
    ),
    "stored, the answer lost, knowingly overwritten, and told so": (
        [FIRST, change(11.5, "Bình", "100", "200")],
        "200",
        [
            Attempt("An", CELL, "", "100", 10, 2, 12, "conflict", "200", "Bình"),
            attempt(11, "Bình", "100", "200"),
        ],
    ),
}

BROKEN = {
    "acknowledged and never stored": ("lost", [FIRST], "100", [AN, BINH]),
    "the cell differs from its log": ("lost", [FIRST], "", [AN]),
    "written over an unseen value": (
        "silent overwrite",
        [FIRST, change(20.5, "Bình", "", "200")],
        "200",
        [AN, attempt(20, "Bình", "", "200")],
    ),
    "stored over a value that its writer had not seen": (
        "silent overwrite",
        [FIRST, SECOND],
        "200",
        [AN, attempt(20, "Bình", "", "200")],
    ),
    "stored and told to be a conflict": (
        "altered",
        [FIRST, SECOND],
        "200",
        [AN, attempt(20, "Bình", "100", "200", status="conflict", text="100", by="An")],
    ),
    "a conflict with a value that never stood there": (
        "conflict",
        [FIRST],
        "100",
        [AN, attempt(20, "Bình", "", "200", status="conflict", text="300", by="An")],
    ),
    "a conflict that names the wrong officer": (
        "conflict",
        [FIRST],
        "100",
        [AN, attempt(20, "Bình", "", "200", status="conflict", text="100", by="Chi")],
    ),
    "a change that nobody sent": ("of nobody", [FIRST, SECOND], "200", [AN]),
    "a save without an answer": (
        "unanswered",
        [],
        "",
        [Attempt("An", CELL, "", "100", 10, sends=1)],
    ),
    "a valid cell refused": ("refused", [], "", [attempt(10, "An", "", "100", status="invalid", text="")]),
}


@pytest.mark.parametrize("case", HOLDS)
def test_the_proof_accepts(case):
    changes, now, attempts = HOLDS[case]
    assert prove(changes, {CELL: now}, attempts).lines() == []


@pytest.mark.parametrize("case", BROKEN)
def test_the_proof_finds(case):
    kind, changes, now, attempts = BROKEN[case]
    assert kind in {kind for kind, lines in prove(changes, {CELL: now}, attempts).faults.items() if lines}
