"""`python -m tests.soak mutants`: draws them, asks the tests, tells the score."""

import argparse
from collections.abc import Callable

from . import choosing, report
from .drawing import draw, every
from .modules import MODULES, queryset_methods, read
from .running import run

HEADINGS = report.HEADINGS
FINE = f"At least {report.ENOUGH} % of the mutants that change behaviour were noticed."


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("modules", nargs="*", default=list(MODULES), help="default: all that decide")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--each", type=int, default=10, help="mutants of a module")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--limit", type=int, default=90, help="processor seconds for a mutant")
    parser.add_argument("--renew", action="store_true", help="watch all tests anew, not only the changed ones")
    parser.add_argument("--tests", nargs="+", default=["tests"], help="ask only these folders or files of tests")
    parser.add_argument("--list", action="store_true", help="tell the drawn mutants, run nothing")
    parser.add_argument("--only", default="", help="kinds that begin with this word, all of them: 'drop transaction'")


def prove(options: argparse.Namespace, say: Callable[[str], None]) -> tuple[list, str, list[str]]:
    """The rows of the table, the survivors, and the fault: a score that is too low."""
    explained = report.accepted()
    drawn = [mutant for file in options.modules for mutant in _drawn(file, options)]
    equivalent = [mutant for mutant in drawn if mutant.key in explained]
    asked = [mutant for mutant in drawn if mutant.key not in explained]
    if options.list:
        options.fine = "Only told, nothing was run."
        return [], "\n".join(map(str, drawn)), []
    files = choosing.files_of_tests(options.tests)
    choosing.renew(files, options.jobs, options.renew, say)
    outcomes = run(asked, choosing.Map(files), options.jobs, options.limit, say)
    possible = [mutant for file in options.modules for mutant in _possible(file, explained)]
    notes = report.stale({key: why for key, why in explained.items() if key[0] in options.modules}, possible)
    spent = sum(each.seconds for each in outcomes)
    score = report.score(outcomes)
    summary = [
        *report.survivors(outcomes),
        *notes,
        f"seed {options.seed}, {spent:.0f} processor seconds, {score:.1f} %",
    ]
    faults = [f"{score:.1f} % of the mutants were noticed, wanted {report.ENOUGH} %"] if score < report.ENOUGH else []
    return report.table(outcomes, equivalent), "\n".join(summary), faults


def _drawn(file: str, options: argparse.Namespace) -> list:
    source, own = read(file), queryset_methods()
    if options.only:
        return [mutant for mutant in every(file, source, own) if mutant.kind.startswith(options.only)]
    return draw(file, source, options.each, options.seed, own)


def _possible(file: str, explained: dict) -> list:
    return every(file, read(file), queryset_methods()) if any(key[0] == file for key in explained) else []
