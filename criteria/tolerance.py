"""PURE: what offices do with percentages and names, understood where it is clear and asked where it is not."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypeGuard

from communes.text import fold

from .sheet import RawRow

FEWEST = 3


@dataclass(frozen=True, slots=True)
class Percents:
    """Which percent columns are written as fractions (0,85 for 85 %), and which cells leave it open."""

    fractions: frozenset[str]
    doubtful: frozenset[tuple[int, str]]


def percents(rows: Iterable[RawRow], keys: Iterable[str]) -> Percents:
    """A column is read as fractions when all its numbers lie from 0 to 1 and enough of them are no whole numbers.

    In a column of larger numbers a 0,85 between them is doubtful; a cell with its own ``%`` never is.
    """
    rows = list(rows)
    fractions, doubtful = set(), set()
    for key in keys:
        numbers = {row.number: value for row in rows if _is_number(value := row.cells.get(key))}
        small = {number for number, value in numbers.items() if 0 < value < 1}
        if small and all(0 <= value <= 1 for value in numbers.values()) and len(numbers) >= FEWEST:
            fractions.add(key)
        else:
            doubtful |= {(number, key) for number in small}
    return Percents(frozenset(fractions), frozenset(doubtful))


def _is_number(value: object) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool)


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
