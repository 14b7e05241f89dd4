"""PURE: an indicator of a commune in a year as it is read: value, requirement, gap, the change since the round before.

Gaps and changes are exact; they are rounded only where they are written.
"""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from communes.text import vn_number
from criteria.rules.cells import SPOKEN, show
from criteria.rules.standard import Group, Line, Rule
from criteria.rules.verdicts import NO_DATA, Given, Number, Verdict

SMALLEST = Decimal("0.01")
SPOKEN_AS = {Verdict.MET: 1, Verdict.NOT_MET: 0}


@dataclass(frozen=True, slots=True)
class LineRow:
    """An indicator of the year: what was given, the requirement it was judged by, the verdict.

    ``before``: what was given in the round before, where that was held under the same set.
    """

    line: Line
    given: Given = NO_DATA
    verdict: Verdict = Verdict.UNKNOWN
    ruled: Verdict = Verdict.UNKNOWN
    rule: Rule | None = None
    before: Given = NO_DATA

    @property
    def text(self) -> str:
        return said(self.given, self.line)

    @property
    def before_text(self) -> str:
        return said(self.before, self.line)

    @property
    def against_the_rule(self) -> bool:
        return self.verdict not in (self.ruled, Verdict.NOT_APPLICABLE) and self.ruled != Verdict.UNKNOWN

    @property
    def gap(self) -> Fraction | None:
        """How much the value is off the threshold it misses, in the unit of the line; below zero where it is too much.

        None when the indicator is met, unknown, not applicable, or no matter of degree.
        """
        measured = self.given.measured
        if self.verdict != Verdict.NOT_MET or measured is None or self.rule is None or self.line.kind == "boolean":
            return None
        threshold = self.rule.threshold
        return None if threshold.admits(measured) else Fraction(threshold.value) - Fraction(measured)

    @property
    def gap_text(self) -> str:
        gap = self.gap
        return "" if gap is None else f"{'thiếu' if gap > 0 else 'vượt'} {short(abs(gap))} {self._step}".rstrip()

    @property
    def change(self) -> Fraction | None:
        """The value less that of the round before; of words 1 for one that is met now and -1 for one no longer met."""
        now, then = _measure(self.given), _measure(self.before)
        return None if now is None or then is None else Fraction(now) - Fraction(then)

    @property
    def change_text(self) -> str:
        change = self.change
        if change is None or (self._in_words and not change):
            return ""
        if self._in_words:
            return "nay đạt" if change > 0 else "nay chưa đạt"
        return f"{'tăng' if change > 0 else 'giảm'} {short(abs(change))}" if change else "không đổi"

    @property
    def _step(self) -> str:
        """The unit of a difference: percentages differ by points."""
        return "điểm %" if self.line.unit == "%" else self.line.unit

    @property
    def _in_words(self) -> bool:
        return self.line.kind == "boolean" or self.given.measured is None


@dataclass(frozen=True, slots=True)
class CriterionCard:
    """A criterion of the year with its lines."""

    criterion: Group
    verdict: Verdict
    lines: list[LineRow]

    @property
    def failing(self) -> list[LineRow]:
        return [row for row in self.lines if row.verdict == Verdict.NOT_MET]

    @property
    def unknown(self) -> list[LineRow]:
        return [row for row in self.lines if row.verdict == Verdict.UNKNOWN]


def _measure(given: Given) -> Number | None:
    """What can be compared between years; a word counts where there is no number."""
    if given.claim == Verdict.NOT_APPLICABLE:
        return None
    return SPOKEN_AS.get(given.claim) if given.measured is None and given.claim else given.measured


def said(given: Given, line: Line) -> str:
    """What was given as people read it: a number with its unit, or a word; nothing known is a dash."""
    if given.claim == Verdict.NOT_APPLICABLE:
        return SPOKEN[Verdict.NOT_APPLICABLE]
    measured = given.measured
    if line.kind == "boolean" or measured is None:
        return str(show(given, line) or "–")
    number = short(measured) if line.derived or isinstance(measured, Fraction) else vn_number(measured)
    return f"{number} {line.unit}".rstrip()


def short(number: Number) -> str:
    """With at most two decimals; what they would make zero, and is not, stays something."""
    exact = Fraction(number)
    rounded = (Decimal(exact.numerator) / exact.denominator).quantize(SMALLEST, ROUND_HALF_UP)
    return "dưới 0,01" if exact and not rounded else vn_number(rounded)
