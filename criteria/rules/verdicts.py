"""PURE: value and requirement → verdict; verdicts → criterion; criteria → count and band.

Three-valued logic: no data is never "not met" and never zero. Values are exact (``Decimal``, ``Fraction``): nothing is
rounded before it is compared, so 69,6 is not 70.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

Number = Decimal | Fraction | int


class Verdict(StrEnum):
    """Đạt, chưa đạt, không xét, chưa có số liệu."""

    MET = "met"
    NOT_MET = "not_met"
    NOT_APPLICABLE = "not_applicable"
    UNKNOWN = "unknown"


class Comparison(StrEnum):
    """The direction of a threshold is data: poverty and stunting are at most, most others at least."""

    AT_LEAST = ">="
    AT_MOST = "<="
    EQUAL = "="


@dataclass(frozen=True, slots=True)
class Threshold:
    """What a requirement asks for, without its legal basis. Unit: that of the indicator."""

    comparison: Comparison
    value: Decimal

    def admits(self, value: Number) -> bool:
        if self.comparison == Comparison.AT_LEAST:  # comparing is exact, also between a fraction and a decimal
            return value >= self.value
        return value <= self.value if self.comparison == Comparison.AT_MOST else value == self.value


@dataclass(frozen=True, slots=True)
class Given:
    """What an officer or a sheet gives for one indicator; all empty means no data.

    ``claim`` is a verdict set by hand: the judgement itself where no requirement is in force, "not applicable", or a
    verdict against the rule; the last two need a ``reason``. A percentage may come as numerator and denominator.
    ``note`` is said beside it and judges nothing.
    """

    value: Decimal | None = None
    numerator: Decimal | None = None
    denominator: Decimal | None = None
    claim: Verdict | None = None
    reason: str = ""
    note: str = ""

    @property
    def measured(self) -> Number | None:
        """The exact value: the ratio in percent where both counts are given, else the value."""
        if self.numerator is None or not self.denominator:
            return self.value
        return Fraction(self.numerator) * 100 / Fraction(self.denominator)


NO_DATA = Given()


class ReasonMissing(ValueError):
    """A verdict that only a reason can carry was given without one. The message is for the user."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """The verdict, beside what the rule alone would have said."""

    verdict: Verdict
    ruled: Verdict


def judge(given: Given, threshold: Threshold | None) -> Judgement:
    """The verdict on one indicator (design: judging). Raises ``ReasonMissing``."""
    ruled = _rule(given.measured, threshold)
    claim = given.claim
    if claim is None or claim == ruled:
        return Judgement(ruled, ruled)
    if not given.reason.strip():
        if claim == Verdict.NOT_APPLICABLE:
            raise ReasonMissing("“Không xét” cần ghi lý do.")
        if threshold is not None:
            raise ReasonMissing("Kết luận khác với mức quy định cần ghi lý do.")
    return Judgement(claim, ruled)


def _rule(measured: Number | None, threshold: Threshold | None) -> Verdict:
    if measured is None or threshold is None:
        return Verdict.UNKNOWN
    return Verdict.MET if threshold.admits(measured) else Verdict.NOT_MET


def criterion_verdict(verdicts: Iterable[Verdict]) -> Verdict:
    """All lines of a criterion are required: one missed fails it, else one unknown leaves it unknown."""
    found = set(verdicts)
    for decisive in (Verdict.NOT_MET, Verdict.UNKNOWN):
        if decisive in found or not found:
            return decisive if found else Verdict.UNKNOWN
    return Verdict.MET if Verdict.MET in found else Verdict.NOT_APPLICABLE


_OF_BITS = (Verdict.UNKNOWN, Verdict.NOT_MET, Verdict.MET, Verdict.NOT_APPLICABLE)  # each bit implies those before it


@dataclass(frozen=True, slots=True)
class Summary:
    """A commune's criteria as bits (bit n = the criterion at position n of its set). Not applicable counts as met."""

    met_mask: int = 0
    known_mask: int = 0
    not_applicable_mask: int = 0

    @property
    def met_count(self) -> int:
        return self.met_mask.bit_count()

    def verdict(self, position: int) -> Verdict:
        return self.verdicts([position])[0]

    def verdicts(self, positions: Iterable[int]) -> list[Verdict]:
        """The verdicts at several positions."""
        met, known, skipped = self.met_mask, self.known_mask, self.not_applicable_mask
        return [_OF_BITS[(known >> n & 1) + (met >> n & 1) + (skipped >> n & 1)] for n in positions]


def summarise(lines: Iterable[tuple[int, Verdict]]) -> Summary:
    """Fold the verdicts of all lines of a set, each with the position of its criterion, into a summary."""
    by_position: dict[int, list[Verdict]] = {}
    for position, verdict in lines:
        by_position.setdefault(position, []).append(verdict)
    met = known = skipped = 0
    for position, verdicts in by_position.items():
        outcome, bit = criterion_verdict(verdicts), 1 << position
        known |= bit if outcome != Verdict.UNKNOWN else 0
        met |= bit if outcome in (Verdict.MET, Verdict.NOT_APPLICABLE) else 0
        skipped |= bit if outcome == Verdict.NOT_APPLICABLE else 0
    return Summary(met, known, skipped)


@dataclass(frozen=True, slots=True)
class Band:
    """Nhóm xã theo số tiêu chí đạt: from ``low`` to ``high`` criteria, both included."""

    low: int
    high: int

    @property
    def key(self) -> str:
        return f"b{self.low}" if self.low == self.high else f"b{self.low}_{self.high}"

    @property
    def label(self) -> str:
        if self.low == self.high:
            return f"{self.low} tiêu chí"
        return f"Dưới {self.high + 1}" if self.low == 0 else f"{self.low}–{self.high}"

    def __contains__(self, count: int) -> bool:
        return self.low <= count <= self.high


def bands(total: int) -> list[Band]:
    """The groups of the office's tables for a set of ``total`` criteria: all, 15–, 10–14, 5–9, below 5."""
    lows = [low for low in (15, 10, 5, 0) if low < total]
    highs = [total - 1, *(low - 1 for low in lows)]
    return [Band(total, total), *(Band(low, high) for low, high in zip(lows, highs, strict=False))]
