"""PURE: the hexagon map. Cells on a grid → points, outlines and the places of names, in the units of the drawing.

One equal hexagon stands for each commune, odd rows shifted right by half a cell, so that 68 of 139 can be seen.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import hypot

WIDTH = 36.0
RADIUS = WIDTH / 3**0.5
STEP = RADIUS * 1.5
MARGIN = 26.0
GAP = 0.94  # of a hexagon's size: the paper between two of one district
LETTER, LINE = 8.2, 16.0  # of a name
CORNERS = ((0, -1), (0.5, -0.5), (0.5, 0.5), (0, 1), (-0.5, 0.5), (-0.5, -0.5))  # in widths and radii, from the top

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Cell:
    """A place on the grid and the district it lies in."""

    column: int
    row: int
    district: str

    @property
    def centre(self) -> Point:
        shift = WIDTH / 2 if self.row % 2 else 0.0
        return self.column * WIDTH + shift, self.row * STEP


@dataclass(frozen=True, slots=True)
class Name:
    """Where the name of a district stands, by its middle."""

    x: float
    y: float
    text: str


@dataclass(frozen=True, slots=True)
class Layout:
    """The drawing of cells: its size, the middle and the corners of each, the borders of districts, their names."""

    width: float
    height: float
    middles: tuple[Point, ...]
    hexagons: tuple[str, ...]
    borders: str
    names: tuple[Name, ...]


@lru_cache(maxsize=32)
def layout(cells: tuple[Cell, ...], names: tuple[tuple[str, str], ...]) -> Layout:
    """Draw cells. ``names``: (district code, its name). The same map is asked for again and again, hence the cache."""
    xs, ys = zip(*(cell.centre for cell in cells), strict=True)
    left, top = min(xs) - WIDTH / 2 - MARGIN, min(ys) - RADIUS - MARGIN
    middles = tuple((_round(x - left), _round(y - top)) for x, y in zip(xs, ys, strict=True))
    return Layout(
        _round(max(xs) + WIDTH / 2 + MARGIN - left),
        _round(max(ys) + RADIUS + MARGIN - top),
        middles,
        tuple(" ".join(f"{x},{y}" for x, y in corners(middle, GAP)) for middle in middles),
        _borders(cells, middles),
        tuple(_names(cells, middles, dict(names), max(xs) - left + WIDTH / 2 + MARGIN)),
    )


def corners(middle: Point, size: float = 1.0) -> list[Point]:
    """The six corners of a hexagon, clockwise from its top."""
    return [(_round(middle[0] + x * WIDTH * size), _round(middle[1] + y * RADIUS * size)) for x, y in CORNERS]


def neighbours(column: int, row: int) -> list[tuple[int, int]]:
    """The six cells around one, in the order of the edges that ``corners`` begin: north-east first, clockwise."""
    right = column + row % 2
    return [
        (right, row - 1),
        (column + 1, row),
        (right, row + 1),
        (right - 1, row + 1),
        (column - 1, row),
        (right - 1, row - 1),
    ]


def _borders(cells: Sequence[Cell], middles: Sequence[Point]) -> str:
    """The edges between two districts, or at the end of the map, as one path."""
    districts = {(cell.column, cell.row): cell.district for cell in cells}
    edges: dict[frozenset[Point], tuple[Point, Point]] = {}
    for cell, middle in zip(cells, middles, strict=True):
        ring = corners(middle)
        for edge, place in enumerate(neighbours(cell.column, cell.row)):
            if districts.get(place) != cell.district:
                start, end = ring[edge], ring[(edge + 1) % 6]
                edges.setdefault(frozenset((start, end)), (start, end))
    return "".join(f"M{a[0]} {a[1]}L{b[0]} {b[1]}" for a, b in edges.values())


def _names(cells: Sequence[Cell], middles: Sequence[Point], names: dict[str, str], width: float) -> Iterable[Name]:
    """Each name where it covers no hexagon and no other name, as near to its district as can be; else in its middle."""
    of_district: dict[str, list[Point]] = defaultdict(list)
    for cell, middle in zip(cells, middles, strict=True):
        of_district[cell.district].append(middle)
    placed: list[tuple[float, float, float]] = []
    for code, points in sorted(of_district.items(), key=lambda item: -len(item[1])):
        text = names.get(code, "")
        half = len(text) * LETTER / 2
        free = [
            (distance, x, y)
            for distance, x, y in _around(points, half, width)
            if not _covers(x, y, half, middles, placed)
        ]
        middle = (sum(x for x, _ in points) / len(points), sum(y for _, y in points) / len(points))
        _, x, y = min(free, default=(0.0, *middle))
        placed.append((x, y, half))
        yield Name(_round(x), _round(y), text)


def _around(points: Sequence[Point], half: float, width: float) -> Iterable[tuple[float, float, float]]:
    """Places around a district for a name, each with its distance from the nearest hexagon of it."""
    low, high = min(y for _, y in points), max(y for _, y in points)
    left, right = min(x for x, _ in points), max(x for x, _ in points)
    reach = half + WIDTH
    for x in range(int(max(left - reach, half + 2)), int(min(right + reach, width - half - 2)), 6):
        for y in range(int(max(low - RADIUS * 2, LINE)), int(high + RADIUS * 2), 6):
            near = min(hypot(max(abs(x - px) - half, 0), y - py) for px, py in points)
            if near < WIDTH * 1.5:
                yield near, float(x), float(y)


def _covers(
    x: float, y: float, half: float, hexagons: Sequence[Point], names: Sequence[tuple[float, float, float]]
) -> bool:
    reach, height = half + WIDTH / 2, RADIUS * 0.8 + LINE / 2
    if any(abs(x - px) < reach and abs(y - py) < height for px, py in hexagons):
        return True
    return any(abs(x - px) < half + other + 4 and abs(y - py) < LINE for px, py, other in names)


def _round(number: float) -> float:
    return round(number, 1)
