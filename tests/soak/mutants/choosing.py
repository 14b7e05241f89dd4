"""Which tests can notice a mutant: a map of who runs which line, renewed where a test file changed."""

import json
import os
import subprocess
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from coverage.numbits import numbits_to_nums

from .drawing import Mutant
from .modules import ROOT, importers
from .watching import FOLDER, card, digest

MAP = ROOT / ".mutants"
ELSEWHERE = ("tests/soak/", "tests/bench/")
WATCHED = ["-m", "not browser", "-q", "--tb=no", "-p", "no:cacheprovider", "-p", "tests.soak.mutants.watching"]


@dataclass(frozen=True)
class Choice:
    """Tests in the order in which they are asked, with their usual seconds; ``left``: how many find no time."""

    tests: dict[str, float]
    left: int


def files_of_tests(under: Iterable[str]) -> list[str]:
    """The files of tests in these folders, or these files; not what runs only in a soak or a bench."""
    found = (str(path.relative_to(ROOT)) for path in (ROOT / "tests").rglob("test_*.py"))
    wanted = (file for file in found if any(Path(file).is_relative_to(each) for each in under))
    return sorted(file for file in wanted if not file.startswith(ELSEWHERE))


def renew(files: list[str], jobs: int, everything: bool, say: Callable[[str], None], folder: Path = MAP) -> None:
    """Watch those of the test files that are new or changed since; all of them if ``everything``."""
    folder.mkdir(exist_ok=True)
    stale = [file for file in files if everything or not _is_fresh(folder / card(file), file)]
    if not stale:
        return
    say(f"Watching {len(stale)} test files …")
    shared_out = ["-n", str(jobs), "--dist", "loadfile"] if jobs > 1 else []
    command = [sys.executable, "-m", "pytest", *WATCHED, *shared_out, *stale]
    subprocess.run(command, cwd=ROOT, env={**os.environ, FOLDER: str(folder)}, stdout=sys.stderr)
    for file in stale:  # only browser tests, or none that passes: nothing to ask
        if not _is_fresh(folder / card(file), file):
            empty = {"digest": digest(file), "product": {}, "tests": {}, "lines": {}, "seconds": {}}
            (folder / card(file)).write_text(json.dumps(empty), encoding="utf-8")


def _is_fresh(kept: Path, file: str) -> bool:
    return kept.exists() and json.loads(kept.read_text(encoding="utf-8"))["digest"] == digest(file)


class Map:
    """What is known of the tests in some files."""

    def __init__(self, files: list[str], folder: Path = MAP) -> None:
        self.cards = {file: json.loads((folder / card(file)).read_text(encoding="utf-8")) for file in files}

    @cached_property
    def seconds(self) -> dict[str, float]:
        return {name: test["seconds"] for each in self.cards.values() for name, test in each["tests"].items()}

    def choose(self, mutant: Mutant, seconds: float) -> Choice:
        """First who runs the line, then the other tests of their files: an answer may be shared within a file."""
        certain = set(self._touching(mutant))
        files = {name.split("::")[0] for name in certain}
        beside = {name for file in files for name in self.cards[file]["tests"]} - certain
        asked = [*_in_order(certain, self.seconds, mutant), *_in_order(beside, self.seconds, mutant)]
        tests, spent, paid = {}, 0.0, set()
        for name in asked:
            fixtures = self._fixtures(name)
            cost = self.seconds[name] + sum(price for each, price in fixtures.items() if each not in paid)
            if spent + cost > seconds:
                break
            tests[name] = self.seconds[name]
            spent += cost
            paid |= set(fixtures)
        return Choice(tests, len(asked) - len(tests))

    def _fixtures(self, name: str) -> dict[str, float]:
        each = self.cards[name.split("::")[0]]
        return {wide: each["seconds"].get(wide, 0) for wide in each["tests"][name]["shared"]}

    def _touching(self, mutant: Mutant) -> Iterator[str]:
        files = importers(mutant.file) if mutant.lines is None else (mutant.file,)
        for each in self.cards.values():
            moved = each["product"].get(mutant.file) != digest(mutant.file)
            wanted = None if moved else mutant.lines
            touching = {name for name, ran in each["lines"].items() if any(_meets(ran.get(f), wanted) for f in files)}
            for name, test in each["tests"].items():
                if name in touching or touching.intersection(test["shared"]):
                    yield name


def _meets(packed: str | None, wanted: frozenset[int] | None) -> bool:
    if packed is None:
        return False
    return wanted is None or not wanted.isdisjoint(numbits_to_nums(bytes.fromhex(packed)))


def _in_order(names: Iterable[str], seconds: dict[str, float], mutant: Mutant) -> list[str]:
    """Tests named like the module first, each with all its cases; of the others the cheapest case of each first."""
    cases: dict[str, list[str]] = defaultdict(list)
    for name in sorted(names, key=lambda name: (seconds[name], name)):
        cases[name.split("[")[0]].append(name)
    place = {name: number for found in cases.values() for number, name in enumerate(found)}
    stem = Path(mutant.file).stem

    def rank(name: str) -> tuple:
        own = stem in Path(name.split("::")[0]).stem
        return not own, place[name], seconds[name], name

    return sorted(place, key=rank)
