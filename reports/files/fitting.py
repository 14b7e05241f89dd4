"""PURE: how a table fits on A4: upright or sideways, in which size of type, how wide each column, in how many parts."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from itertools import groupby
from typing import Any

from criteria.rules.verdicts import Verdict
from reports.tables.table import Column, Table

UPRIGHT, SIDEWAYS = 165.0, 257.0  # millimetres between the margins
ATTEMPTS = [(False, UPRIGHT, size) for size in (13, 12, 11)] + [(True, SIDEWAYS, size) for size in (13, 12, 11, 10)]
TIGHT = 10  # points of a table that has to be squeezed or split
PADDING = 1.9  # millimetres of a cell that hold no text
POINT = 0.353  # millimetres
LONGEST_WORD = 12.0  # ems; a longer one is broken
LEAST, MOST_STRETCH = 1.4, 1.25
EASE = 0.75  # of what the columns want beyond the least: with less they are squeezed
SQUEEZED = 0.3  # the same of a table that is squeezed: with less it is set smaller, or its texts become pillars
MANY, SHORT = 12, 45  # columns; rows
DEEP, LOW = 253.0, 167.0  # millimetres of a page upright and sideways
BOLD, SPACE = 1.08, 0.25
NARROW_COLUMN = 3.2  # ems
NARROW, BROAD = frozenset("ijltfrI.,;:'|-()/ "), frozenset("mMwW%@")


@dataclass(frozen=True, slots=True)
class Strip:
    """A printed column: the number below its heading, its cells from above to below, totals last, and their sides.

    How broad it must be, would be, and needs to be for its longest text to stay in one line: ``least``, ``wanted`` and
    ``whole``, in ems. ``naming``: it is repeated in every part.
    """

    number: int
    heading: str
    group: str
    texts: list[str]
    sides: list[str]
    least: float
    wanted: float
    whole: float
    naming: bool


@dataclass(frozen=True, slots=True)
class Part:
    """Columns that stand side by side on the paper, with their widths in millimetres."""

    strips: list[Strip]
    widths: list[float]


@dataclass(frozen=True, slots=True)
class Layout:
    sideways: bool
    size: int
    parts: list[Part]


def strips(table: Table) -> list[Strip]:
    """The columns of a table as they are printed, the numbers of the rows among them."""
    naming = _naming(table)
    columns = _even(_strip(table, column, index, index <= naming) for index, column in enumerate(table.shown))
    if not table.numbered:
        return columns
    texts = [*map(str, range(1, len(table.rows) + 1)), *("" for _ in table.totals)]
    width = max(map(breadth, ["STT", *texts[-1 - len(table.totals) :]]))
    first = Strip(0, "STT", "", texts, ["center"] * len(texts), width, width, width, True)
    return [first, *columns]


def _even(columns: Iterable[Strip]) -> list[Strip]:
    """Narrow columns under one heading get the same width: they are compared with each other."""
    found: list[Strip] = []
    for group, members in groupby(columns, key=lambda column: column.group):
        block = list(members)
        width = max(column.least for column in block)
        if group and len(block) > 2 and width <= NARROW_COLUMN:
            block = [replace(column, least=width, wanted=width) for column in block]
        found += block
    return found


def _naming(table: Table) -> int:
    """The last of the columns that say which row it is."""
    keys = [column.key for column in table.shown]
    return keys.index("name") if "name" in keys else 0


def _strip(table: Table, column: Column, index: int, naming: bool) -> Strip:
    rows = [*table.rows, *table.totals]
    texts = [column.text(row) for row in rows]
    span = sum(other.group == column.group for other in table.shown) if column.group else 1
    headed = max(_longest_word(column.heading), _longest_word(column.group) / span)
    cells = set(texts)
    whole = max((breadth(line) for text in cells for line in text.split("\n")), default=0)
    label = breadth(f"({index + 1})") + 0.15
    least = max(LEAST, label, min(LONGEST_WORD, headed * BOLD), *(_longest_word(text) for text in cells or [""]))
    spread = max(breadth(column.heading), breadth(column.group) / span) / 4
    cap = column.width * (0.38 if column.long else 0.55)
    sides = [_side(column, row) for row in rows]
    wanted = max(least, min(whole, cap))
    if not column.long:
        least = wanted  # a name stays in one line
    return Strip(index + 1, column.heading, column.group, texts, sides, least, max(spread, wanted), whole, naming)


def _side(column: Column, row: Any) -> str:
    """Text to the left, numbers to the right, marks and dates in the middle."""
    value = column.value(row)
    if isinstance(value, Verdict | date) or column.year:
        return "center"
    return "left" if isinstance(value, str) else "right"


@lru_cache(maxsize=20_000)
def breadth(text: str) -> float:
    """About how broad a text is in Times New Roman, in ems."""
    return sum(map(_letter, text))


def _letter(letter: str) -> float:
    if letter in NARROW:
        return 0.31
    if letter in BROAD:
        return 0.84
    return 0.71 if letter.isupper() else 0.5


@lru_cache(maxsize=20_000)
def _longest_word(text: str) -> float:
    return min(LONGEST_WORD, max(map(breadth, text.split()), default=0))


def fit(columns: Sequence[Strip], notes: Sequence[str] = (), above: float = 26) -> Layout:
    """Side by side in the largest type with which a short table stays on one page, else in the largest there is room
    for; else squeezed; else split over several tables. ``notes`` stand below it, titles take ``above`` millimetres."""
    found = [_layout(columns, *attempt) for attempt in ATTEMPTS]
    possible = [layout for layout in found if layout]
    if possible:
        short = len(columns[0].texts) <= SHORT
        rooms = {False: DEEP - above, True: LOW - above}
        one_page = (each for each in possible if short and _height(each, notes) <= rooms[each.sideways])
        return next(one_page, possible[0])
    for size, ease in ((TIGHT, SQUEEZED), (TIGHT - 1, 0)):
        if squeezed := _layout(columns, True, SIDEWAYS, size, ease):
            return squeezed
    return Layout(True, TIGHT, [_part(part, _widths(part, TIGHT, 1), SIDEWAYS, TIGHT) for part in _split(columns)])


def _layout(columns: Sequence[Strip], sideways: bool, room: float, size: int, ease: float = EASE) -> Layout | None:
    """All columns in one table of this size, if they get at least the share ``ease`` of what they want."""
    if sum(_widths(columns, size, ease)) > room:
        return None
    wanted = _widths(columns, size, 1)
    if sum(wanted) <= room:
        return Layout(sideways, size, [_part(columns, wanted, room, size)])
    least = _widths(columns, size, 0)
    ease = (room - sum(least)) / (sum(wanted) - sum(least))
    return Layout(sideways, size, [Part(list(columns), _widths(columns, size, ease))])


def _widths(columns: Sequence[Strip], size: int, ease: float) -> list[float]:
    """Millimetres from the least (``ease`` 0) to the wanted (1)."""
    return [(c.least + ease * (c.wanted - c.least)) * size * POINT + PADDING for c in columns]


def _part(columns: Sequence[Strip], widths: list[float], room: float, size: int) -> Part:
    """What is left of the room goes to the columns whose texts would be broken, then to all."""
    whole = [max(c.whole * size * POINT + PADDING, width) for c, width in zip(columns, widths, strict=True)]
    lacking = sum(whole) - sum(widths)
    share = min(1.0, (room - sum(widths)) / lacking) if lacking else 0
    widths = [width + share * (full - width) for full, width in zip(whole, widths, strict=True)]
    stretch = room / sum(widths)
    if len(columns) > MANY:
        stretch = min(stretch, MOST_STRETCH)
    return Part(list(columns), [width * stretch for width in widths])


def heading_lines(part: Part, size: int, grouped: bool) -> tuple[int, int]:
    """How many lines the upper and the lower heading row need, with what stands over both."""
    upper, lower, both = 1, 1, 1
    for name, members in groupby(zip(part.strips, part.widths, strict=True), key=lambda column: column[0].group):
        block = list(members)
        if name:
            upper = max(upper, lines(name, sum(width for _, width in block), size, BOLD))
        for strip, width in block:
            needed = lines(strip.heading, width, size, BOLD)
            lower, both = (max(lower, needed), both) if name or not grouped else (lower, max(both, needed))
    return upper, max(lower, both - upper)


def _height(layout: Layout, notes: Sequence[str]) -> float:
    """About how deep a short table is with its notes, in millimetres."""
    part, size = layout.parts[0], layout.size
    rows = zip(*(strip.texts for strip in part.strips), strict=True)
    deep = [max(map(lines, row, part.widths, [size] * len(row))) for row in rows]
    deep += [1, *heading_lines(part, size, any(strip.group for strip in part.strips))]
    below = sum(lines(note, sum(part.widths), 11) * 4.6 + 1 for note in notes)
    return sum(count * line_height(size) + 0.9 for count in deep) + below


def line_height(size: int) -> float:
    """Of one line of type, in millimetres."""
    return size * POINT * 1.16


@lru_cache(maxsize=20_000)
def lines(text: str, width: float, size: int, weight: float = 1.0) -> int:
    """How many lines a text takes in a column so many millimetres wide."""
    room = (width - PADDING) / (size * POINT)
    count = 0
    for line in text.split("\n"):
        count, used = count + 1, 0.0
        for word in line.split():
            needed = breadth(word) * weight
            if used and used + SPACE + needed > room:
                count, used = count + 1, needed
            else:
                used += needed + (SPACE if used else 0)
    return max(count, 1)


def _split(columns: Sequence[Strip]) -> list[list[Strip]]:
    """Parts that fit, each beginning with the naming columns; what has one heading stays together if it can."""
    naming = [column for column in columns if column.naming]
    room = SIDEWAYS - sum(_widths(naming, TIGHT, 1))
    parts: list[list[Strip]] = [[]]
    rest = (column for column in columns if not column.naming)
    for _, members in groupby(rest, key=lambda column: column.group or column.number):
        block = list(members)
        whole = sum(_widths(block, TIGHT, 1))
        for piece in [block] if whole <= room else [[column] for column in block]:
            if parts[-1] and sum(_widths([*parts[-1], *piece], TIGHT, 1)) > room:
                parts.append([])
            parts[-1] += piece
    return [[*naming, *part] for part in parts]
