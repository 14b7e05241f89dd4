"""The people of a deadline day: they sign in, look at pages, type into the grid, take files, and think in between."""

import json
import random
import re
import threading
import time
from dataclasses import dataclass, field

from .browser import Answer, Browser
from .client import Cell, read_grid, read_kinds

SAVE_EVERY, LOOK_EVERY = (5.0, 10.0), (15.0, 30.0)  # seconds that people think
EXPORTS = 0.05  # of what readers ask for: a file every seven to eight minutes each
STATIC = re.compile(r'(?:href|src)="(/static/[^"]+)"')
BUSY = "Máy chủ đang bận"
PAGES = (
    "/?nam={year}", "/huyen/{district}/?nam={year}", "/xa/?nam={year}", "/bao-cao/?nam={year}", "/nhap-lieu/{year}/",
    "/bao-cao/tong-hop/?nam={year}", "/bao-cao/nhom-tieu-chi/?nam={year}", "/bao-cao/ma-tran/?nam={year}",
    "/bao-cao/tung-tieu-chi/?nam={year}", "/tieu-chi/", "/nhap-lieu/{year}/{district}/",
)  # fmt: skip
FILES = ("/bao-cao/ma-tran.xlsx?nam={year}", "/bao-cao/du-lieu.xlsx?nam={year}", "/bao-cao/tong-hop.docx?nam={year}")
KINDS = ("sign in", "page", "save", "file", "static")


@dataclass(frozen=True, slots=True)
class Asked:
    """One request: when, what kind, how long, and what came of it: "ok", "wait" (please wait) or what was wrong."""

    at: float
    kind: str
    seconds: float
    outcome: str


@dataclass
class Person(threading.Thread):
    """An officer. ``joins``: when to sign in, ``until``: when to go home (both of ``time.monotonic``)."""

    about: dict
    password: str
    browser: Browser
    year: int
    joins: float
    until: float
    asked: list[Asked] = field(default_factory=list)

    def __post_init__(self):
        super().__init__(daemon=True)
        self.chance = random.Random(self.about["pk"])
        self.cells: list[Cell] = []
        self.kinds: dict[str, str] = {}
        self.read: dict[Cell, str] = {}
        self.typed = 0

    def __hash__(self):
        return id(self)

    def run(self) -> None:
        self.pause(self.joins - time.monotonic())
        self.sign_in()
        if self.about["enters"]:
            self.open_grid()
        while time.monotonic() < self.until:
            self.pause(self.chance.uniform(*(SAVE_EVERY if self.cells else LOOK_EVERY)))
            if time.monotonic() >= self.until:  # or all of them would ask at once, as they go home
                break
            if self.cells and self.chance.random() > 1 / 3:
                self.save()
            else:
                self.look()

    def pause(self, seconds: float) -> None:
        time.sleep(max(0.0, min(seconds, self.until - time.monotonic())))

    def note(self, kind: str, answer: Answer, right: bool) -> Answer:
        waits = answer.status == 503 and answer.retry and BUSY in answer.text
        outcome = "ok" if right else "wait" if waits else f"{answer.status} {answer.body[:200]!r} {answer.place}"
        self.asked.append(Asked(time.monotonic(), kind, answer.seconds, outcome))
        return answer

    def get(self, kind: str, path: str) -> str:
        """A page or file; whoever is told to wait asks again."""
        while True:
            answer = self.browser.get(path)
            self.note(kind, answer, answer.status == 200)
            if answer.status == 503 and answer.retry and time.monotonic() < self.until:
                self.pause(answer.retry)
                continue
            return answer.text if answer.status == 200 and kind == "page" else ""

    def sign_in(self) -> None:
        page = self.get("page", "/dang-nhap/")
        for path in dict.fromkeys(STATIC.findall(page)):
            self.get("static", path)
        fields = {"username": self.about["username"], "password": self.password}
        answer = self.browser.post("/dang-nhap/", fields | {"csrfmiddlewaretoken": self.browser.token})
        self.note("sign in", answer, answer.status == 302 and answer.place == "/")
        self.get("page", "/")

    def open_grid(self) -> None:
        page = self.get("page", f"/nhap-lieu/{self.year}/{self.about['district']}/")
        if page:
            grid = read_grid(page)
            self.kinds = read_kinds(page)
            self.read = {cell: text for cell, (_, text) in grid.items()}
            self.cells = [cell for cell, (status, _) in grid.items() if status == "saved" and cell[1] in self.kinds]

    def look(self) -> None:
        is_file = not self.cells and self.chance.random() < EXPORTS
        path = self.chance.choice(FILES if is_file else PAGES)
        self.get("file" if is_file else "page", path.format(year=self.year, district=self.about["district"]))

    def save(self) -> None:
        """One to three cells of a commune, as the grid's script sends what was just typed."""
        commune = self.chance.choice(self.cells)[0]
        row = [cell for cell in self.cells if cell[0] == commune]
        cells = self.chance.sample(row, min(len(row), self.chance.randint(1, 3)))
        body = {"officer": self.about["pk"], "reason": "", "cells": [self.typing(cell) for cell in cells]}
        answer = self.browser.send(f"/nhap-lieu/{self.year}/luu/", body)
        self.note("save", answer, answer.status == 200)
        if answer.status == 200:
            for cell in json.loads(answer.text)["cells"]:
                self.read[cell["commune"], cell["key"]] = cell["text"]

    def typing(self, cell: Cell) -> dict[str, str]:
        self.typed += 1
        word = self.kinds[cell[1]] == "word"
        value = self.chance.choice(("Đạt", "Chưa đạt")) if word else str(self.chance.randint(1, 99))
        return {"commune": cell[0], "key": cell[1], "base": self.read[cell], "value": value}
