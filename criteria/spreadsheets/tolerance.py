"""PURE: what offices do with percentages and names, understood where it is clear and asked where it is not."""

import re
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass
from typing import TypeGuard

from communes.text import fold

from .sheet import RawRow

FEWEST = 3
_WHOLE_NUMBER = re.compile(r"\s*(\d{1,24})(?![\d/-])")


@dataclass(frozen=True, slots=True)
class Percents:
    """Which percent columns are written as fractions (0,85 for 85 %), and which cells leave it open."""

    fractions: frozenset[str]
    doubtful: frozenset[tuple[int, str]]


def percents(rows: Iterable[RawRow], keys: Iterable[str], standing: Container[tuple[int, str]] = ()) -> Percents:
    """A column is read as fractions when all its numbers lie from 0 to 1 and enough of them are no whole numbers.

    In a column of larger numbers a 0,85 between them is doubtful, and so is a 1 beside it, or where there is nothing
    but 0 and 1: it may be all. A cell with its own ``%`` never is, nor one that is ``standing`` (row number, key): what
    the portal itself wrote there, which tells that its column holds no fractions.
    """
    rows = list(rows)
    fractions, doubtful = set(), set()
    for key in keys:
        numbers = {row.number: value for row in rows if _is_number(value := row.cells.get(key))}
        fraction = {number for number, value in numbers.items() if 0 < value < 1}
        told = {number for number in numbers if (number, key) in standing}
        large = any(numbers[number] for number in told) or any(_is_large(row.cells.get(key)) for row in rows)
        low = not large and all(0 <= value <= 1 for value in numbers.values())
        if fraction and low and len(numbers) >= FEWEST:
            fractions.add(key)
        else:
            asked = fraction or (low and len(numbers) >= FEWEST)
            ones = {number for number, value in numbers.items() if value == 1 and asked}
            doubtful |= {(number, key) for number in (fraction | ones) - told}
    return Percents(frozenset(fractions), frozenset(doubtful))


def _is_number(value: object) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_large(value: object) -> bool:
    """Whether a text is a percentage of more than 1, which a column of fractions does not hold."""
    found = _WHOLE_NUMBER.match(value) if isinstance(value, str) else None
    return found is not None and int(found[1]) > 1


@dataclass(frozen=True, slots=True)
class Named:
    """A commune that a row may mean: its code, its folded names and district."""

    code: str
    names: tuple[str, ...]
    district: str


def by_name(name: object, district: object, communes: Mapping[str, Named]) -> list[str]:
    """The codes of the communes that a name, and a district where it is given, can mean: none, one or several.

    Accents, tone placement and the words “xã”, “huyện”, “thành phố”, “thị xã” before a name do not matter.
    """
    wanted, place = bare(name), bare(district)
    found = [named for named in communes.values() if wanted and wanted in named.names]
    if place and len(found) > 1:
        found = [named for named in found if named.district == place]
    elif place and found and found[0].district != place:
        return []
    return [named.code for named in found]


_KINDS = ("xa ", "huyen ", "thanh pho ", "thi xa ", "tp ", "tp. ", "tx ", "tx. ")


def bare(text: object) -> str:
    """A name folded and without the word for its kind."""
    folded = fold(str(text or ""))
    for kind in _KINDS:
        if folded.startswith(kind):
            return folded.removeprefix(kind).strip()
    return folded
