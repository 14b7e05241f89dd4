"""PURE: the values of communes against a threshold → places on a chart, in percent of its width and rows from above."""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from criteria.rules.verdicts import Number

ROOM = Fraction(1, 25)  # left free on either side, as a share of what is shown


@dataclass(frozen=True, slots=True)
class Scale:
    """What the chart shows, from left to right."""

    low: Fraction
    high: Fraction

    def at(self, value: Number) -> float:
        """Where a value lies, in percent of the width."""
        return round(float((Fraction(value) - self.low) * 100 / (self.high - self.low)), 2)


def scale(values: Iterable[Number], floor: int = 0, ceiling: int | None = None) -> Scale:
    """A scale that shows all values with some room, within ``floor`` and ``ceiling``. A single value lies in it too."""
    found = [Fraction(value) for value in values]
    low, high = min(found, default=Fraction(0)), max(found, default=Fraction(0))
    room = (high - low) * ROOM or Fraction(1)
    highest = high + room
    return Scale(max(low - room, Fraction(floor)), highest if ceiling is None else min(highest, Fraction(ceiling)))
