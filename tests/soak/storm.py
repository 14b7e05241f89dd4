"""The last day before a deadline: hundreds sign in within minutes, type, look and take files on the served portal."""

import os
import random
import resource
import time
from dataclasses import dataclass, field
from statistics import quantiles

from . import entry
from .browser import Browser
from .crowd import KINDS, Asked, Person
from .production import Production

NATION_YEAR = 2017
SLOWEST_PAGE = 1.0  # seconds, at the 95th percentile
ERRORS = 0.001
SAID_EVERY = 15  # seconds
HEADINGS = ("what", "requests", "a second", "please wait", "errors", "p50 ms", "p95 ms", "p99 ms")


@dataclass(frozen=True, slots=True)
class Effort:
    """``entering``: the share that types into the grid; ``joining`` and ``active``: seconds of the two parts."""

    people: int = 500
    entering: float = 0.4
    joining: float = 60
    active: float = 60


@dataclass
class Storm:
    """What was seen. ``begin`` … ``middle``: people sign in; ``middle`` … ``end``: all are there."""

    begin: float
    middle: float
    end: float
    asked: list[Asked] = field(default_factory=list)
    client: float = 0.0  # processors kept busy by the people themselves
    load: float = 0.0

    @property
    def errors(self) -> list[str]:
        return [f"{one.kind}: {one.outcome}" for one in self.asked if one.outcome not in ("ok", "wait")]

    def faults(self) -> list[str]:
        """What breaks the promise."""
        found = self.errors if len(self.errors) > ERRORS * len(self.asked) else []
        found += [error for error in self.errors if error.partition(": ")[2].startswith("5") and error not in found]
        slow = percentiles([one for one in self.asked if one.kind == "page"])[94]
        saves = [one for one in self.asked if one.kind == "save"]
        return (
            found
            + [f"pages take {slow:.2f} s"] * (slow > SLOWEST_PAGE)
            + [f"saves take {percentiles(saves)[94]:.2f} s, longer than pages"]
            * (percentiles(saves)[94] > SLOWEST_PAGE)
            + ["a save was told to wait"] * any(one.outcome == "wait" for one in saves)
        )


def percentiles(asked: list[Asked]) -> list[float]:
    """Of the seconds until what was asked for came; who was told to wait is counted apart."""
    seconds = [one.seconds for one in asked if one.outcome == "ok"]
    return quantiles(seconds, n=100) if len(seconds) > 1 else [0.0] * 99


def prepare(site: Production, with_nation: bool) -> int:
    """Fill the database of a portal; the year whose rounds are open."""
    if not with_nation:
        site.manage("first_run")
        site.manage("open_round", "--year", str(entry.YEAR))
        return entry.YEAR
    site.manage("load_reference")
    site.manage("shell", "--no-imports", "-v0", "-c", MAKE_NATION)
    return NATION_YEAR


MAKE_NATION = "from tests.bench import nation; nation.make(nation.NATION, lambda _: None)"


def run(site: Production, effort: Effort, year: int, say=print) -> Storm:
    """Let the crowd loose on a running portal whose round of the year is open."""
    entering = round(effort.people * effort.entering)
    cast = entry.ask(site, f"crowd({year}, {effort.people}, {entering})")
    begin = time.monotonic() + 1
    storm = Storm(begin, begin + effort.joining, begin + effort.joining + effort.active)
    chance = random.Random(1)
    people = [
        Person(
            about, cast["password"], Browser(site.port, f"10.0.{number // 250}.{number % 250 + 1}"), year,
            begin + chance.uniform(0, effort.joining), storm.end,
        )
        for number, about in enumerate(cast["people"])
    ]  # fmt: skip
    used = _processor_time()
    for person in people:
        person.start()
    while time.monotonic() < storm.end:
        time.sleep(min(SAID_EVERY, max(0.1, storm.end - time.monotonic())))
        say(_lately(people, begin))
    for person in people:
        person.join(90)
    storm.asked = [one for person in people for one in person.asked]
    storm.client = (_processor_time() - used) / (time.monotonic() - begin)
    storm.load = os.getloadavg()[1]
    return storm


def _lately(people: list[Person], begin: float) -> str:
    """What the last seconds were like: a stall is seen when it happens."""
    now = time.monotonic()
    asked = [one for person in people for one in list(person.asked) if one.at > now - SAID_EVERY]
    slowest = max(asked, key=lambda one: one.seconds, default=None)
    waits = sum(one.outcome == "wait" for one in asked)
    longest = f", longest {slowest.kind} {slowest.seconds:.2f} s" if slowest else ""
    return f"{now - begin:.0f} s: {len(asked)} requests, {waits} told to wait{longest}"


def _processor_time() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def rows(storm: Storm) -> list[tuple[str, ...]]:
    """For each part of the storm what was asked for, by kind."""
    parts = (("while signing in", storm.begin, storm.middle), ("all active", storm.middle, storm.end + 90))
    table = []
    for name, since, until in parts:
        inside = [one for one in storm.asked if since <= one.at < until]
        length = min(until, storm.end) - since
        for kind in KINDS:
            of_kind = [one for one in inside if one.kind == kind]
            if of_kind:
                table.append(_row(f"{name}: {kind}", of_kind, length))
    return [*table, _row("together", storm.asked, storm.end - storm.begin)]


def _row(what: str, asked: list[Asked], length: float) -> tuple[str, ...]:
    places = percentiles(asked)
    outcomes = [one.outcome for one in asked]
    errors = sum(outcome not in ("ok", "wait") for outcome in outcomes)
    times = (f"{places[at] * 1000:.0f}" for at in (49, 94, 98))
    return what, str(len(asked)), f"{len(asked) / length:.1f}", str(outcomes.count("wait")), str(errors), *times


def summary(storm: Storm, effort: Effort) -> str:
    share = len(storm.errors) / max(1, len(storm.asked))
    return (
        f"{effort.people} people, {effort.entering:.0%} of them enter; errors {share:.3%}; the people themselves keep "
        f"{storm.client:.2f} of {os.cpu_count()} cores busy; load average {storm.load:.1f}"
    )
