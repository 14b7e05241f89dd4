"""PURE: numbers → geometry for the SVG in the templates."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from reports.picture.figures import Figure


@dataclass(frozen=True, slots=True)
class Bar:
    """A share as a bar: ``width`` of ``full``, in the units of the drawing."""

    width: float
    full: int


def bar(part: int, whole: int, full: int = 120) -> Bar:
    """The bar of ``part`` out of ``whole``; nothing at all for an empty whole."""
    return Bar(round(part * full / whole, 1) if whole else 0, full)


@dataclass(frozen=True, slots=True)
class Mark:
    """A line across a bar at a percentage, with its label."""

    x: float
    label: str


def mark(percent: float, label: str, full: int) -> Mark:
    return Mark(round(min(percent, 100) * full / 100, 1), label)


@dataclass(frozen=True, slots=True)
class Spot:
    """A known value of a line, by its place in the drawing."""

    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Line:
    """A value over the years: its spots, and the strokes between years that are both known."""

    width: int
    height: int
    spots: list[Spot]
    strokes: str


def line(values: Sequence[Decimal | int | None], width: int = 150, height: int = 36) -> Line:
    """``values`` one for each year; None, unknown, leaves a gap. The scale runs from the smallest to the largest."""
    edge = 6
    known = [value for value in values if value is not None]
    low, high = (min(known), max(known)) if known else (0, 0)
    step = (width - 2 * edge) / max(len(values) - 1, 1)

    def spot(index: int, value: Decimal | int) -> Spot:
        share = float((value - low) / (high - low)) if high != low else 0.5
        return Spot(round(edge + index * step, 1), round(height - edge - share * (height - 2 * edge), 1))

    spots = [None if value is None else spot(index, value) for index, value in enumerate(values)]
    strokes = [f"M{a.x} {a.y}L{b.x} {b.y}" for a, b in pairwise(spots) if a and b]
    return Line(width, height, [spot for spot in spots if spot], "".join(strokes))


@dataclass(frozen=True, slots=True)
class Trend:
    """A figure over the years, to be drawn and to be read."""

    key: str
    label: str
    unit: str
    decimals: int
    years: list[tuple[int, Decimal | int | None]]
    line: Line


def trends(headlines: Mapping[int, Mapping[str, Figure]], keys: Sequence[str]) -> list[Trend]:
    """The figures of ``keys`` over the years. ``headlines``: those of each year by key, oldest first."""
    found = []
    *_, last = headlines.values()
    for key in keys:
        years = [(year, figures[key].value) for year, figures in headlines.items()]
        drawn = line([value for _, value in years])
        found.append(Trend(key, last[key].label, last[key].unit, last[key].decimals, years, drawn))
    return found
