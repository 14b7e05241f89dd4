"""The mutants of the soak: every kind of fault on a line or two, the same draw for a seed, and who is asked."""

import importlib
import json
import sys

import pytest
from coverage.numbits import nums_to_numbits

from tests.soak.mutants.choosing import Map
from tests.soak.mutants.drawing import Mutant, draw, every
from tests.soak.mutants.modules import MODULES, ROOT
from tests.soak.mutants.plugin import install
from tests.soak.mutants.report import accepted, score, stale
from tests.soak.mutants.running import Outcome
from tests.soak.mutants.watching import card, digest

OWN = frozenset({"standing"})


def news(source: str, kind: str) -> set[str]:
    return {mutant.new for mutant in every("room/module.py", source, OWN) if mutant.kind == kind}


@pytest.mark.parametrize(
    ("kind", "source", "new"),
    [
        ("compare", "a < b", "a <= b"),
        ("compare", "a == b", "a != b"),
        ("compare", "a in b", "a not in b"),
        ("direction", "a >= b", "a <= b"),
        ("and/or", "a and b", "a or b"),
        ("and/or", "Q(a=1) | Q(b=2)", "Q(a=1) & Q(b=2)"),
        ("drop operand", "a and b and c", "a and c"),
        ("drop operand", "a or b", "b"),
        ("drop condition", "rows.filter(a=x, b=y)", "rows.filter(b=y)"),
        ("drop condition", "Q(a=x, b=y)", "Q(a=x)"),
        ("negation", "not a", "a"),
        ("negation", "~Q(a=b)", "Q(a=b)"),
        ("constant", "x = 1", "x = 2"),
        ("constant", "x = 1", "x = 0"),
        ("constant", "x = True", "x = False"),
        ("swap arguments", "f(a, b)", "f(b, a)"),
        ("drop .filter", "rows.filter(a=b)", "rows"),
        ("drop .order_by", "rows.order_by('a').first()", "rows.first()"),
        ("drop .select_for_update", "rows.select_for_update()", "rows"),
        ("drop .strip", "text.strip()", "text"),
        ("drop .standing", "rows.standing()", "rows"),
        ("drop if", "if a:\n    b()", "if True:"),
        ("drop if", "[a for a in b if a]", "[a for a in b]"),
        ("builtin", "any(a)", "all(a)"),
        ("builtin", "min(a)", "max(a)"),
        ("operator", "a + b", "a - b"),
        ("operator", "a += b", "a -= b"),
        ("drop transaction", "@transaction.atomic\ndef f():\n    a()", "def f"),
        ("drop transaction", "with transaction.atomic():\n    a()", "if True:"),
        ("drop statement", "a()", "pass"),
        ("drop statement", "a.b = c", "pass"),
        ("drop raise", "raise Wrong", "pass"),
        ("drop sorting", "sorted(a, key=b)", "list(a)"),
        ("swap branches", "a if b else c", "c if b else a"),
        ("drop by", "f(by=officer)", "f(by=None)"),
    ],
)
def test_a_kind_of_fault(kind, source, new):
    assert new in news(source, kind)


@pytest.mark.parametrize(
    "source", ["x: 'int | None'", "def f(a: int | None) -> int | None:\n    '''A text.'''", "a = f'{b}' + 'c'"]
)
def test_types_and_texts_are_left_alone(source):
    assert every("room/module.py", source) == []


def test_a_mutant_is_the_module_with_one_fault():
    (mutant,) = every("room/module.py", "def f(a):\n    return not a\n")
    assert mutant.source == "def f(a):\n    return a"
    assert str(mutant) == "room/module.py:2: negation: return not a → return a"


def test_the_tree_is_whole_after_every_mutant():
    source = "def f(a, b):\n    return a < b and a > 1\n"
    again = {mutant.source for mutant in every("room/module.py", source)}
    assert len(again) == len(every("room/module.py", source))


def test_a_seed_draws_the_same_mutants():
    source = (ROOT / MODULES[0]).read_text(encoding="utf-8")
    drawn = draw(MODULES[0], source, 10, seed=7)
    assert len(drawn) == 10
    assert drawn == draw(MODULES[0], source, 10, seed=7)
    assert drawn != draw(MODULES[0], source, 10, seed=8)


def test_every_kind_gets_its_turn():
    source = "def f(a, b):\n    return not (a + 1 + 2 + 3 + 4 + 5 < b)\n"
    kinds = {mutant.kind for mutant in draw("room/module.py", source, 5, seed=1)}
    assert kinds == {"negation", "operator", "constant", "compare", "direction"}


def test_every_module_that_decides_is_there():
    assert [file for file in MODULES if not (ROOT / file).exists()] == []


@pytest.mark.parametrize(
    ("source", "lines"),
    [
        ("def f(a):\n    a = b\n    return not a", {3}),
        ("def f(a):\n    if not a:\n        b = c\n    return b", {2}),
        ("@transaction.atomic\ndef f():\n    a = b\n    return a", {3, 4}),
        ("def f(a=1):\n    a = b\n    return a", {2, 3}),
        ("f = lambda a: not a", {1}),
        ("LIMIT = 1", None),
        ("class A:\n    limit = 1", None),
    ],
)
def test_who_runs_one_of_these_lines_may_notice(source, lines):
    for mutant in every("room/module.py", source):
        if mutant.kind != "drop if":
            assert mutant.lines == (lines if lines is None else frozenset(lines))


RULES = "criteria/rules/verdicts.py"


@pytest.fixture
def known(tmp_path):
    """What is known of three tests in two files, one of them through a fixture that its module shares."""

    def ran(*lines: int) -> dict[str, str]:
        return {RULES: nums_to_numbits(lines).hex()}

    def keep(file: str, tests: dict[str, dict], lines: dict[str, dict], product: str) -> None:
        seconds = {"a fixture": 2}
        kept = {"digest": "", "product": {RULES: product}, "tests": tests, "lines": lines, "seconds": seconds}
        (tmp_path / card(file)).write_text(json.dumps(kept), encoding="utf-8")

    def know(product: str = digest(RULES)) -> Map:
        alone = {"a.py::dear": {"seconds": 3, "shared": []}, "a.py::beside": {"seconds": 1, "shared": []}}
        keep("a.py", alone, {"a.py::dear": ran(10, 11), "a.py::beside": ran(12)}, product)
        keep("b.py", {"b.py::shared": {"seconds": 1, "shared": ["a fixture"]}}, {"a fixture": ran(11)}, product)
        return Map(["a.py", "b.py"], tmp_path)

    return know


def mutant_of(*lines: int) -> Mutant:
    return Mutant(RULES, 1, "compare", "a", "b", frozenset(lines) if lines else None, "")


def test_who_runs_the_line_is_asked_first_the_cheap_before_the_dear(known):
    assert list(known().choose(mutant_of(11), 90).tests) == ["b.py::shared", "a.py::dear", "a.py::beside"]


def test_a_file_that_never_runs_the_line_is_not_asked(known):
    assert list(known().choose(mutant_of(10), 90).tests) == ["a.py::dear", "a.py::beside"]
    assert list(known().choose(mutant_of(13), 90).tests) == []


def test_what_runs_at_import_is_asked_of_all_that_run_the_module(known):
    assert len(known().choose(mutant_of(), 90).tests) == 3


def test_lines_of_a_module_that_changed_since_are_not_believed(known):
    assert len(known("another").choose(mutant_of(13), 90).tests) == 3


def test_tests_that_find_no_time_are_counted(known):
    choice = known().choose(mutant_of(11), 4)
    assert (list(choice.tests), choice.left) == (["b.py::shared"], 2)


def test_an_import_finds_the_mutant_and_the_file_stays(tmp_path, monkeypatch):
    file = tmp_path / "decisive_rule.py"
    file.write_text("LIMIT = 1\n", encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    finder = install({"module": "decisive_rule", "path": str(file), "source": "LIMIT = 2"})
    try:
        assert importlib.import_module("decisive_rule").LIMIT == 2
    finally:
        sys.meta_path.remove(finder)
        sys.modules.pop("decisive_rule", None)
    assert importlib.import_module("decisive_rule").LIMIT == 1
    sys.modules.pop("decisive_rule")


def test_what_was_not_decided_in_time_is_not_noticed():
    (mutant,) = every("room/module.py", "a == b")
    outcomes = [Outcome(mutant, verdict, "", 1.0) for verdict in ("killed", "killed", "survived", "undecided")]
    assert score(outcomes) == 50


def test_an_accepted_mutant_says_why():
    assert all(why.strip() for why in accepted().values())


def test_an_accepted_mutant_that_can_no_longer_be_made_is_told():
    (mutant,) = every("room/module.py", "a == b")
    known = {mutant.key: "why", ("room/module.py", "c", "d"): "why"}
    assert stale(known, [mutant]) == ["accepted, but no longer there: room/module.py: c → d"]
