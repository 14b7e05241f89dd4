"""Many officers type into one round at once; the portal is killed meanwhile; afterwards all is held to account."""

import json
import random
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from statistics import quantiles

from tests.site import Site

from .client import Cell, Client, read_grid, read_kinds
from .proof import Change, Proof, prove
from .writer import Attempt, Journal, Plan, Stopped, Writer

YEAR = 2018
WRITERS_PER_DISTRICT = 3  # at least, so that somebody shares a writer's contested cells
GRACE = 2.0  # seconds after a restart in which connections of before may still be found lost


@dataclass(frozen=True, slots=True)
class Effort:
    """``contested``: the share of cells that others type into too. ``kills``: how often the portal is killed."""

    writers: int = 50
    saves: int = 200
    contested: float = 0.1
    kills: int = 0
    seed: int = 1


@dataclass
class Run:
    """What was seen in a run. ``down``: from a kill until the portal answered again."""

    effort: Effort
    journals: list[Journal] = field(default_factory=list)
    down: list[tuple[float, float]] = field(default_factory=list)
    seconds: float = 0.0
    proof: Proof = field(default_factory=Proof)

    @property
    def attempts(self) -> list[Attempt]:
        return [attempt for journal in self.journals for attempt in journal.attempts]

    @property
    def waits(self) -> list[float]:
        """The 1st to the 99th percentile of the time until a save was answered, in seconds."""
        return quantiles((wait for journal in self.journals for wait in journal.waits), n=100)

    @property
    def resends(self) -> int:
        return sum(len(journal.lost) + len(journal.refused) for journal in self.journals)

    def unexpected(self) -> list[str]:
        """Errors of the portal, and connections lost, while nobody did it any harm."""
        seen = [event for journal in self.journals for event in (*journal.refused, *journal.lost)]
        return [f"{what}, {self._calm(at):.1f} s after a fault" for at, what in sorted(seen) if self._calm(at) > GRACE]

    def _calm(self, at: float) -> float:
        """Seconds since the portal answered after the last fault before; below 0 while it did not."""
        return at - max((end for begin, end in self.down if begin <= at), default=0.0)


def run(
    site: Site, effort: Effort, say: Callable[[str], None] = print, harms: Sequence[Callable[[], None]] | None = None
) -> Run:
    """Open a round on a running portal with its trial data, let officers loose on it, and prove what came of it.

    ``harms``: what befalls the portal meanwhile; each returns when it is well again. Without: it is killed.
    """
    harms = [lambda: _kill(site)] * effort.kills if harms is None else harms
    site.manage("open_round", "--year", str(YEAR))
    cast = ask(site, f"cast({YEAR}, {effort.writers})")
    done, stop = Run(effort), threading.Event()
    writers = make_writers(site, effort, cast, stop)
    begin = time.monotonic()
    with ThreadPoolExecutor(effort.writers + 1) as pool:
        killer = pool.submit(_harm, harms, effort, writers, done, stop)
        working = [pool.submit(_guarded, writer, effort.saves, stop) for writer in writers]
        while wait(working, timeout=15).not_done:
            say(f"{sum(writer.journal.saves for writer in writers)} saves, {len(done.down)} faults …")
        done.journals = [future.result() for future in working]
        done.seconds = time.monotonic() - begin
        stop.set()
        killer.result()
    picture = ask(site, f"picture({YEAR})")
    standing = {(commune, key): text for commune, key, text in picture["standing"]}
    changes = [Change(at, by, (where, key), *rest) for at, by, where, key, *rest in picture["changes"]]
    done.proof = prove(changes, standing, done.attempts, cast["derived"])
    for line in done.unexpected():
        done.proof.faults["server error"].append(line)
    for command in ("verify_summaries", "verify_log"):
        try:
            site.manage(command)
        except AssertionError as found:
            done.proof.faults[command].append(str(found))
    return done


def ask(site: Site, call: str) -> dict:
    return json.loads(
        site.manage("shell", "--no-imports", "-v0", "-c", f"from tests.soak import inside; inside.{call}")
    )


def _guarded(writer: Writer, saves: int, stop: threading.Event) -> Journal:
    try:
        return writer.work(saves)
    except Stopped:
        return writer.journal
    except BaseException:
        stop.set()
        raise


def make_writers(site: Site, effort: Effort, cast: dict, stop: threading.Event) -> list[Writer]:
    """Officers by districts; in each the cells are dealt out among them, but for a few that all of them type into."""
    chance = random.Random(effort.seed)
    count = max(1, min(len(cast["districts"]), effort.writers // WRITERS_PER_DISTRICT))
    districts = sorted(cast["districts"], key=lambda code: -len(cast["districts"][code]))[:count]
    pages = _pages(site, cast["officers"][0], districts)
    kinds = read_kinds(pages[districts[0]])
    far: list[Cell] = []
    writers = []
    for place, code in enumerate(districts):
        grid = read_grid(pages[code])
        assert not any(text for _, text in grid.values()), "the round is not empty"
        cells = [cell for cell, (status, _) in grid.items() if status == "saved" and cell[1] not in cast["derived"]]
        chance.shuffle(cells)
        numbers = range(place, effort.writers, count)
        shared = max(2, len(numbers) // 2)
        far.append(cells[0])
        for turn, number in enumerate(numbers):
            own = cells[shared + turn :: len(numbers)]
            plan = Plan(YEAR, code, own, cells[:shared], far, kinds, effort.contested)
            writers.append(Writer(number, cast["officers"][number], site.port, plan, effort.seed, stop))
    return writers


def _pages(site: Site, officer: dict, districts: list[str]) -> dict[str, str]:
    """The grid of each district before anybody has typed."""
    reader = Client(site.port, officer["session"])
    pages = {code: reader.ask("GET", f"/nhap-lieu/{YEAR}/{code}/")[1] for code in districts}
    reader.close()
    return pages


def _kill(site: Site) -> None:
    site.stop(kill=True)
    site.start()


def _harm(
    harms: Sequence[Callable[[], None]], effort: Effort, writers: list[Writer], done: Run, stop: threading.Event
) -> None:
    """Do harm at random moments, spread over the run."""
    chance = random.Random(effort.seed)
    total = effort.writers * effort.saves
    moments = sorted(chance.uniform(0.05, 0.9) * total for _ in harms)
    for moment, harm in zip(moments, harms, strict=True):
        while sum(writer.journal.saves for writer in writers) < moment and not stop.is_set():
            time.sleep(chance.uniform(0.005, 0.05))
        begin = time.time()
        try:
            harm()
        except BaseException:
            stop.set()
            raise
        done.down.append((begin, time.time()))


HEADINGS = (
    "database", "writers × saves", "faults", "cells", "contested and told", "resent", "saves/s", "p50 ms", "p95 ms",
    "lost", "silent overwrites", "other faults",
)  # fmt: skip


def row(database: str, run: Run) -> tuple[str, ...]:
    """A run in the columns of ``HEADINGS``."""
    effort, counts = run.effort, run.proof.counts
    faults = {kind: len(lines) for kind, lines in run.proof.faults.items()}
    known = ("lost", "silent overwrite")
    return (
        database,
        f"{effort.writers} × {effort.saves}",
        str(len(run.down)),
        str(counts["stored"] + counts["equal"]),
        str(counts["conflict"]),
        str(run.resends),
        f"{effort.writers * effort.saves / run.seconds:.1f}",
        f"{run.waits[49] * 1000:.0f}",
        f"{run.waits[94] * 1000:.0f}",
        *(str(faults.get(kind, 0)) for kind in known),
        str(sum(count for kind, count in faults.items() if kind not in known)),
    )
