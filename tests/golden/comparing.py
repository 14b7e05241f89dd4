"""What two golden folders say differently, by place; and which differences are accepted."""

import json
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import zip_longest
from pathlib import Path

from .reading import IN_ORDER
from .taking import MARK

ACCEPTED = Path(__file__).with_name("accepted.toml")
NOTHING = "(nothing)"
ALIGNED = 4000  # lines: longer stretches are compared line by line as they stand
AROUND, SHOWN = 40, 160


@dataclass(frozen=True)
class Difference:
    place: str
    was: str
    now: str

    def __str__(self) -> str:
        was, now = _shortened(self.was, self.now)
        return f"{self.place}\n    was: {was}\n    now: {now}"


@dataclass(frozen=True)
class Acceptance:
    """Regular expressions for the whole of a place and its two texts; a text that is not named may be any."""

    place: str
    why: str
    was: str = r"[\s\S]*"
    now: str = r"[\s\S]*"

    def covers(self, found: Difference) -> bool:
        pairs = ((self.place, found.place), (self.was, found.was), (self.now, found.now))
        return all(re.fullmatch(pattern, text) for pattern, text in pairs)


def accepted(file: Path = ACCEPTED) -> list[Acceptance]:
    return [Acceptance(**one) for one in tomllib.loads(file.read_text(encoding="utf-8")).get("accepted", [])]


def compare(was: Path, now: Path, only: str = "") -> Iterator[Difference]:
    for folder in (was, now):
        if not (folder / MARK).exists():
            raise SystemExit(f"{folder} is no golden take.")
    for name in sorted({path.relative_to(folder) for folder in (was, now) for path in folder.glob("*/*.json")}):
        old, new = (_entries(folder / name) for folder in (was, now))
        whole = old or new
        if not re.search(only, f"{whole['role']} {whole['address']}"):
            continue
        if old is None or new is None:
            yield Difference(
                f"{whole['role']} {whole['address']}", *(NOTHING if x is None else "there" for x in (old, new))
            )
        elif old != new:
            yield from _differences(old, new)


def _entries(file: Path) -> dict | None:
    return json.loads(file.read_text(encoding="utf-8")) if file.exists() else None


def _differences(old: dict, new: dict) -> Iterator[Difference]:
    about = f"{old['role']} {old['address']}"
    was, now = old["entries"], new["entries"]
    if old["kind"] in IN_ORDER:
        pairs = _in_order(list(was.items()), list(now.items()))
    else:
        pairs = ((place, was.get(place, NOTHING), now.get(place, NOTHING)) for place in dict.fromkeys([*was, *now]))
    for place, before, after in pairs:
        if before != after:
            yield Difference(f"{about} {place}", before, after)


def _in_order(was: list[tuple[str, str]], now: list[tuple[str, str]]) -> Iterator[tuple[str, str, str]]:
    """The stretches that differ, put side by side: place (of before where there is one), before, after."""
    texts = [text for _, text in was], [text for _, text in now]
    start = next((i for i, (a, b) in enumerate(zip(*texts, strict=False)) if a != b), min(map(len, texts)))
    rest = min(map(len, texts)) - start
    backwards = zip(reversed(texts[0]), reversed(texts[1]), strict=False)
    end = min(rest, next((i for i, (a, b) in enumerate(backwards) if a != b), rest))
    old, new = was[start : len(was) - end], now[start : len(now) - end]
    if max(len(old), len(new)) > ALIGNED:
        yield from _side_by_side(old, new)
        return
    found = SequenceMatcher(None, [text for _, text in old], [text for _, text in new], autojunk=False)
    for what, a, b, c, d in found.get_opcodes():
        if what != "equal":
            yield from _side_by_side(old[a:b], new[c:d])


def _side_by_side(old, new) -> Iterator[tuple[str, str, str]]:
    for before, after in zip_longest(old, new):
        place = (before or after)[0] + ("" if before else " (new)")
        yield place, before[1] if before else NOTHING, after[1] if after else NOTHING


def _shortened(was: str, now: str) -> tuple[str, str]:
    """Long texts from a little before where they part."""
    if max(len(was), len(now)) <= SHOWN:
        return was, now
    parting = next((i for i, (a, b) in enumerate(zip(was, now, strict=False)) if a != b), min(len(was), len(now)))
    start = max(0, parting - AROUND)
    return tuple(
        "…" * bool(start) + text[start : start + SHOWN] + "…" * (len(text) > start + SHOWN) for text in (was, now)
    )


def report(was: Path, now: Path, known: list[Acceptance], only: str = "") -> int:
    """Print the differences; 1 when there are any that are not accepted."""
    used, failed, passed = set(), 0, 0
    for found in compare(was, now, only):
        by = next((one for one in known if one.covers(found)), None)
        if by is None:
            failed += 1
            print(found)
        else:
            passed += 1
            used.add(by)
            print(f"accepted ({by.why}): {found}")
    for one in known:
        if one not in used:
            print(f"No difference is accepted any more by: {one.place}")
    print(f"{failed} differences, {passed} accepted.")
    return int(failed > 0)
