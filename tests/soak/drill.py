"""Backups of a portal into which people write, each restored elsewhere and held against what was backed up."""

import sqlite3
import threading
import time
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from unittest.mock import patch
from urllib.parse import urlsplit

import psycopg2

from tests.site import Site, scratch_database

from . import entry
from .writer import Stopped, Writer

HEADINGS = ("database", "drills", "MB", "log entries meanwhile", "backup s", "restore and proof s", "differences")
HEAD = "SELECT coalesce(max(sequence), 0) FROM criteria_loghead"


@dataclass(frozen=True, slots=True)
class Drill:
    """One backup and its restoration. ``events``: how far the log grew while the backup was made; times in seconds."""

    size: int
    events: int
    backup: float
    restore: float
    faults: tuple[str, ...]


def run(site: Site, folder: Path, rounds: int, writers: int = 4, say=print) -> list[Drill]:
    """Drills on a running portal with its trial data, while officers type into a round of their own."""
    site.environment["BACKUP_DIR"] = str(folder / "backups")
    site.manage("open_round", "--year", str(entry.YEAR))
    effort, stop = entry.Effort(writers=writers), threading.Event()
    typing = entry.make_writers(site, effort, entry.ask(site, f"cast({entry.YEAR}, {writers})"), stop)
    threads = [threading.Thread(target=_type, args=(writer,)) for writer in typing]
    for thread in threads:
        thread.start()
    try:
        return [_drill(site, folder, turn, say) for turn in range(rounds)]
    finally:
        stop.set()
        for thread in threads:
            thread.join()


def _type(writer: Writer) -> None:
    try:
        writer.work(10**9)
    except Stopped:
        writer.client.close()


def _drill(site: Site, folder: Path, turn: int, say) -> Drill:
    url = site.environment["DATABASE_URL"]
    acknowledged, begin = _head(url), time.monotonic()
    file = Path(site.manage("backup").splitlines()[-1])
    made, written = time.monotonic(), _head(url)
    faults = []
    scratch = folder / f"drill{turn}"
    scratch.mkdir()
    with scratch_database(scratch, f"drill{turn}") as restored, patch.dict(site.environment, DATABASE_URL=restored):
        try:
            site.manage("restore", str(file))
            if not acknowledged <= _head(restored) <= written:
                faults.append(f"the log ends at {_head(restored)}, not within {acknowledged} … {written}")
        except AssertionError as found:
            faults.append(str(found))
    drill = Drill(
        file.stat().st_size, written - acknowledged, made - begin, time.monotonic() - made, tuple(faults)
    )  # fmt: skip
    say(f"{turn + 1}: {drill.backup:.1f} s + {drill.restore:.1f} s, {drill.events} log entries meanwhile, {faults}")
    file.unlink()
    return drill


def _head(url: str) -> int:
    """The number of the last entry of the change log that is certainly stored."""
    place = urlsplit(url)
    opened = sqlite3.connect(place.path[1:]) if place.scheme == "sqlite" else psycopg2.connect(url)
    with closing(opened) as database, closing(database.cursor()) as cursor:
        cursor.execute(HEAD)
        return cursor.fetchone()[0]


def row(database: str, drills: list[Drill]) -> tuple[str, ...]:
    times = [[getattr(drill, name) for drill in drills] for name in ("backup", "restore")]
    return (
        database,
        str(len(drills)),
        f"{max(drill.size for drill in drills) / 1e6:.1f}",
        str(sum(drill.events for drill in drills)),
        *(f"{min(seconds):.1f} … {max(seconds):.1f}" for seconds in times),
        str(sum(len(drill.faults) for drill in drills)),
    )
