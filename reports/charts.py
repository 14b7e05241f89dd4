"""PURE: numbers → geometry for the SVG in the templates."""

from dataclasses import dataclass


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
