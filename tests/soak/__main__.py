"""Runs a soak, prints its row for ``docs/measurements.md`` and every fault; exit code 1 when there is one."""

import argparse
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch

from tests.bench.databases import postgresql
from tests.site import running

from . import entry

KILLS = 25
SHOWN = 40


def main() -> int:
    options = _options()
    effort = entry.Effort(options.writers, options.saves, options.contested, options.kill, options.seed)
    with (
        _database(options.database) as name,
        tempfile.TemporaryDirectory() as folder,
        running(Path(folder), "soak") as site,
    ):
        done = entry.run(site, effort, _say)
    print(_table(entry.row(name, done)))
    print(
        f"\n{done.seconds:.0f} s, {dict(done.proof.counts)}, mine {_sum(done, 'mine')}, theirs {_sum(done, 'theirs')}"
    )
    lines = done.proof.lines()
    print("\n".join(lines[:SHOWN]) if lines else "Nothing lost, nothing overwritten silently, every conflict told.")
    return bool(lines)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.soak", description=__doc__)
    kinds = parser.add_subparsers(required=True, metavar="entry")
    entering = kinds.add_parser("entry", help="many writers at once, in a round of their own")
    entering.add_argument("--writers", type=int, default=50)
    entering.add_argument("--saves", type=int, default=200, help="of each writer")
    entering.add_argument("--contested", type=float, default=0.1, help="share of cells that others type into too")
    entering.add_argument("--kill", type=int, nargs="?", const=KILLS, default=0, help=f"kill the portal, {KILLS} times")
    entering.add_argument("--seed", type=int, default=1)
    entering.add_argument("--database", choices=["sqlite", "postgres"], help="default: what DATABASE_URL names")
    return parser.parse_args()


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


def _table(*rows: tuple[str, ...]) -> str:
    lines = [entry.HEADINGS, ("---",) * len(entry.HEADINGS), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


if __name__ == "__main__":
    sys.exit(main())
