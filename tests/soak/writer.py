"""An officer who types without a pause, and keeps a journal of every cell: what was sent, and what the portal said."""

import json
import random
import threading
import time
from dataclasses import dataclass, field
from decimal import Decimal

from .client import Cell, Client, Lost, read_grid

WHOLE = ("population", "households", "poor_households")
COMMON = {"word": ("Đạt", ""), "number": ("50", "")}  # what several officers may type into one cell alike
COMMON_SHARE, RELOAD_SHARE, FAR_SHARE = 0.15, 0.02, 0.1
LONGEST_WAIT, GIVE_UP = 1.0, 180.0


class Stopped(Exception):
    """Something else went wrong, and the run is over."""


@dataclass(slots=True)
class Attempt:
    """One cell of one save: ``value`` against ``base``. First ``sent``, ``last_sent`` and ``answered``: when."""

    officer: str
    cell: Cell
    base: str
    value: str
    sent: float
    sends: int = 0
    answered: float | None = None
    status: str = ""
    text: str = ""
    by: str = ""
    last_sent: float = 0.0


@dataclass(slots=True)
class Journal:
    """All that one officer saw. ``waits``: seconds of each answered save request; the others: (when, what)."""

    attempts: list[Attempt] = field(default_factory=list)
    waits: list[float] = field(default_factory=list)
    lost: list[tuple[float, str]] = field(default_factory=list)
    refused: list[tuple[float, str]] = field(default_factory=list)
    saves: int = 0
    mine: int = 0
    theirs: int = 0


@dataclass(frozen=True)
class Plan:
    """What an officer works on: ``own`` cells that nobody else types into, ``hot`` ones of the same district into which
    others type too, and ``far`` ones into which everybody does, so that a few saves span districts."""

    year: int
    district: str
    own: list[Cell]
    hot: list[Cell]
    far: list[Cell]
    kinds: dict[str, str]
    contested: float


class Writer:
    def __init__(self, number: int, officer: dict, port: int, plan: Plan, seed: int, stop: threading.Event):
        self.number, self.officer, self.plan, self.stop = number, officer, plan, stop
        self.client = Client(port, officer["session"])
        self.chance = random.Random(f"{seed}-{number}")
        self.read: dict[Cell, str] = {}
        self.typed = 0
        self.journal = Journal()

    def work(self, saves: int) -> Journal:
        self.reload()
        while self.journal.saves < saves and not self.stop.is_set():
            if self.chance.random() < RELOAD_SHARE:
                self.reload()
            self.save({cell: self.value(cell) for cell in self.choose()})
            self.journal.saves += 1
        self.client.close()
        return self.journal

    def reload(self) -> None:
        """See the grid of the own district as it stands; it also brings the token that saves need."""
        _, page = self.until_answered("GET", f"/nhap-lieu/{self.plan.year}/{self.plan.district}/")
        self.read |= {cell: text for cell, (_, text) in read_grid(page).items()}

    def choose(self) -> list[Cell]:
        """One to five cells: of one commune, as a row is typed, or of several; some of them contested."""
        chosen = []
        here = self.chance.choice(self.plan.own)[0] if self.chance.random() < 0.5 else None
        own = [cell for cell in self.plan.own if here in (None, cell[0])]
        for _ in range(self.chance.randint(1, 5)):
            contested = self.chance.random() < self.plan.contested
            away = contested and self.chance.random() < FAR_SHARE
            chosen.append(self.chance.choice(self.plan.far if away else self.plan.hot if contested else own))
        return list(dict.fromkeys(chosen))

    def value(self, cell: Cell) -> str:
        """A text that no other save of the run has, so that every stored value tells its writer; some are common."""
        self.typed += 1
        key, kind = cell[1], self.plan.kinds[cell[1]]
        if cell not in self.plan.own and self.chance.random() < COMMON_SHARE:
            return self.chance.choice(COMMON["word" if kind == "word" else "number"])
        if key in WHOLE:
            return str((self.number + 1) * 100_000 + self.typed)
        if kind == "word" or (key != "income" and self.chance.random() < 0.2):
            return f"KXX: người {self.number} lần {self.typed}"
        return f"{self.number + Decimal(self.typed * 10 + 1) / 1_000_000}".replace(".", ",")

    def save(self, values: dict[Cell, str]) -> None:
        """Send cells until the portal has answered for each; in a conflict insist on mine or take theirs."""
        while values := {cell: value for cell, value in values.items() if value != self.read.get(cell, "")}:
            name, now = self.officer["name"], time.time()
            attempts = [Attempt(name, cell, self.read.get(cell, ""), value, now) for cell, value in values.items()]
            self.journal.attempts += attempts
            self.settle(attempts, self.send(attempts))
            conflicts = [attempt for attempt in attempts if attempt.status == "conflict"]
            values = {attempt.cell: attempt.value for attempt in conflicts if self.chance.random() < 0.5}
            self.journal.mine += len(values)
            self.journal.theirs += len(conflicts) - len(values)

    def send(self, attempts: list[Attempt]) -> dict:
        cells = [{"commune": a.cell[0], "key": a.cell[1], "base": a.base, "value": a.value} for a in attempts]
        body = {"officer": self.officer["pk"], "reason": "", "cells": cells}
        wait, text = self.until_answered("POST", f"/nhap-lieu/{self.plan.year}/luu/", body, attempts)
        self.journal.waits.append(wait)
        return json.loads(text)

    def settle(self, attempts: list[Attempt], answer: dict) -> None:
        now = time.time()
        answers = {(cell["commune"], cell["key"]): cell for cell in answer["cells"]}
        for attempt in attempts:
            cell = answers.get(attempt.cell, {})
            attempt.answered, attempt.status = now, cell.get("status", "nothing")
            attempt.text, attempt.by = cell.get("text", ""), cell.get("by", "")
            self.read[attempt.cell] = attempt.text

    def until_answered(self, method: str, path: str, body=None, attempts=()) -> tuple[float, str]:
        """Send a request, again as it is until it is answered, as the browser's queue does: its seconds and text."""
        pause, until = 0.05, time.monotonic() + GIVE_UP
        while time.monotonic() < until:
            if self.stop.is_set():
                raise Stopped
            for attempt in attempts:
                attempt.sends, attempt.last_sent = attempt.sends + 1, time.time()
            begin = time.perf_counter()
            try:
                status, text = self.client.ask(method, path, body)
            except Lost as lost:
                self.journal.lost.append((time.time(), str(lost)))
            else:
                if status == 200:
                    return time.perf_counter() - begin, text
                self.journal.refused.append((time.time(), f"{status} {text[:300]}"))
                assert status >= 500, f"{self.officer['name']}, {path}: {status} {text[:500]}"
            time.sleep(pause * (0.5 + self.chance.random()))
            pause = min(pause * 2, LONGEST_WAIT)
        raise AssertionError(f"{self.officer['name']}: no answer to {path}")
