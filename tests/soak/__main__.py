"""Runs a soak, prints its row for ``docs/measurements.md`` and every fault; exit code 1 when there is one."""

import argparse
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch

from tests.bench.databases import postgresql, scratch, sqlite
from tests.site import running
from tests.soak.mutants import command as mutants

from . import drill, entry, faults, matrix, roll, sheet, storm
from .production import production

KILLS = 25
SHOWN = 40


def main() -> int:
    options = _options()
    with _database(options.database or getattr(options, "usual", None)) as name:
        headings, rows, summary, found = options.run(name, options)
    print(_table(headings, *rows))
    print(f"\n{summary}")
    print("\n".join(found[:SHOWN]) if found else options.fine)
    return bool(found)


def _enter(database: str, options: argparse.Namespace) -> tuple:
    effort = entry.Effort(options.writers, options.saves, options.contested, options.kill, options.seed)
    if options.faults:
        done = faults.run(database, effort, options.faults, _say)
        row = entry.row(f"{database}, {faults.KINDS[database]}", done)
        return entry.HEADINGS, [row], _told(done), done.proof.lines()
    with tempfile.TemporaryDirectory() as folder, running(Path(folder), "soak") as site:
        done = entry.run(site, effort, _say)
    return entry.HEADINGS, [entry.row(database, done)], _told(done), done.proof.lines()


def _told(done: entry.Run) -> str:
    mine, theirs = _sum(done, "mine"), _sum(done, "theirs")
    return f"{done.seconds:.0f} s, {dict(done.proof.counts)}, mine {mine}, theirs {theirs}"


def _bring_in(database: str, options: argparse.Namespace) -> tuple:
    with _scratch(os.environ["DATABASE_URL"]) as url, patch.dict(os.environ, DATABASE_URL=url):
        steps, found = sheet.run(options.communes, _say)
    return sheet.HEADINGS, sheet.rows(database, steps), f"{options.communes} communes", found


def _drill(database: str, options: argparse.Namespace) -> tuple:
    with tempfile.TemporaryDirectory() as folder, running(Path(folder), "soak") as site:
        drills = drill.run(site, Path(folder), options.rounds, options.writers, _say)
    found = [fault for done in drills for fault in done.faults]
    return drill.HEADINGS, [drill.row(database, drills)], f"{len(drills)} drills", found


def _roll(database: str, options: argparse.Namespace) -> tuple:
    with tempfile.TemporaryDirectory() as folder, production(Path(folder), "soak") as site:
        seen = roll.run(site, options.rounds, _say)
    return roll.HEADINGS, [roll.row(database, options.rounds, seen)], f"{len(seen.waits)} requests", seen.faults


def _storm(database: str, options: argparse.Namespace) -> tuple:
    effort = storm.Effort(options.people, options.entering, options.joining * 60, options.minutes * 60)
    with tempfile.TemporaryDirectory() as folder, production(Path(folder), "soak", BEHIND_PROXY="true") as site:
        year = storm.prepare(site, options.nation)
        seen = storm.run(site, effort, year, _say)
    return storm.HEADINGS, storm.rows(seen), storm.summary(seen, effort), seen.faults()


def _mutants(database: str, options: argparse.Namespace) -> tuple:
    return mutants.HEADINGS, *mutants.prove(options, _say)


def _matrix(database: str, options: argparse.Namespace) -> tuple:
    summary, minutes, failed = matrix.run(options.tests)
    return matrix.HEADINGS, [(database, summary, f"{minutes:.1f}".replace(".", ","))], summary, failed


@contextmanager
def _scratch(url: str) -> Iterator[str]:
    if url.startswith("postgres"):
        with scratch(url) as made:
            yield made
    else:
        with sqlite() as made:
            yield made


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.soak", description=__doc__)
    parser.add_argument(
        "--database", choices=["sqlite", "postgres"], help="default: what DATABASE_URL names; a storm: postgres"
    )
    kinds = parser.add_subparsers(required=True, metavar="entry|sheet|drill|roll|storm|mutants|matrix")
    entering = kinds.add_parser("entry", help="many writers at once, in a round of their own")
    entering.add_argument("--writers", type=int, default=50)
    entering.add_argument("--saves", type=int, default=200, help="of each writer")
    entering.add_argument("--contested", type=float, default=0.1, help="share of cells that others type into too")
    entering.add_argument("--kill", type=int, nargs="?", const=KILLS, default=0, help=f"kill the portal, {KILLS} times")
    entering.add_argument(
        "--faults", type=int, default=0, help="of all kinds, on a server and a disk of its own (root)"
    )
    entering.add_argument("--seed", type=int, default=1)
    fine = "Nothing lost, nothing overwritten silently, every conflict told."
    entering.set_defaults(run=_enter, fine=fine)
    bringing = kinds.add_parser("sheet", help="the sheet of a whole country through import_sheet")
    bringing.add_argument("--communes", type=int, default=8900)
    fine = f"All of it arrived, within {sheet.SECONDS} s and {sheet.MEGABYTES} MB."
    bringing.set_defaults(run=_bring_in, fine=fine)
    drilling = kinds.add_parser("drill", help="backups while people write, each restored and compared")
    drilling.add_argument("--rounds", type=int, default=30)
    drilling.add_argument("--writers", type=int, default=4)
    drilling.set_defaults(run=_drill, fine="Every backup came back equal, with its log and summaries in order.")
    rolling = kinds.add_parser("roll", help="the running code replaced while pages are asked for")
    rolling.add_argument("--rounds", type=int, default=10)
    rolling.set_defaults(run=_roll, fine="Nobody noticed: every request was answered.")
    _add_storm(kinds)
    mutating = kinds.add_parser("mutants", help="small faults planted in the modules that decide: does a test notice?")
    mutants.add_options(mutating)
    mutating.set_defaults(run=_mutants, fine=mutants.FINE)
    combining = kinds.add_parser("matrix", help="the suite with every combination, size and width")
    combining.add_argument("tests", nargs="*", help="only these files or folders")
    combining.set_defaults(run=_matrix, fine=matrix.FINE)
    return parser.parse_args()


def _add_storm(kinds) -> None:
    storming = kinds.add_parser("storm", help="the day of a deadline: hundreds sign in, type, look and take files")
    storming.add_argument("--people", type=int, default=500)
    storming.add_argument("--entering", type=float, default=0.4, help="share of them that types into the grid")
    storming.add_argument("--joining", type=float, default=1, help="minutes in which they sign in (a full run: 5)")
    storming.add_argument("--minutes", type=float, default=1, help="minutes in which all are active (a full run: 10)")
    storming.add_argument("--nation", action="store_true", help="with the figures of a whole country")
    fine = "No error but a few, pages within a second, and no save was told to wait."
    storming.set_defaults(run=_storm, fine=fine, usual="postgres")


@contextmanager
def _database(wanted: str | None) -> Iterator[str]:
    """Let ``DATABASE_URL`` name a server of the kind that is wanted; the name of that kind."""
    given = os.environ.get("DATABASE_URL", "sqlite:")
    wanted = wanted or ("postgres" if given.startswith("postgres") else "sqlite")
    if wanted == "sqlite":
        with patch.dict(os.environ, DATABASE_URL="sqlite:"):
            yield "SQLite"
    elif given.startswith("postgres"):
        yield "PostgreSQL"
    else:
        with postgresql() as url:
            assert url, "no PostgreSQL on this machine (initdb), none in DATABASE_URL"
            with patch.dict(os.environ, DATABASE_URL=url):
                yield "PostgreSQL"


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def _sum(done: entry.Run, name: str) -> int:
    return sum(getattr(journal, name) for journal in done.journals)


def _table(headings: tuple[str, ...], *rows: tuple[str, ...]) -> str:
    lines = [headings, ("---",) * len(headings), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


if __name__ == "__main__":
    sys.exit(main())
