"""PURE: an indicator of a watch list in words: its value, what is asked for, and how much is lacking or left."""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from communes.text import vn_number
from criteria.rules.standard import Line
from criteria.rules.verdicts import Comparison, Number, Threshold

from .watch import Falling, Reading

BRIEF = 46  # characters of an indicator's text that fit into a line of a table
PLACES, MOST_PLACES = 2, 6
SIGNS = {Comparison.AT_LEAST: "≥ ", Comparison.AT_MOST: "≤ ", Comparison.EQUAL: ""}


def brief(line: Line) -> str:
    """``5.1 Trường học các cấp…``: the code and as much of the text as fits."""
    text = line.text.removeprefix("Trong đó: ").removeprefix("tỷ lệ ").removeprefix("Tỷ lệ ")
    text = text[:1].upper() + text[1:]
    if len(text) > BRIEF:
        text = text[:BRIEF].rpartition(" ")[0].rstrip(" ,;:(-") + "…"
    return f"{line.code} {text}"


def number(value: Number, beside: Decimal | None = None) -> str:
    """At most two decimals, but more where rounding would bring a value onto the line that it does not reach."""
    exact = Fraction(value)
    for places in range(PLACES, MOST_PLACES + 1):
        shown = _rounded(exact, places)
        if beside is None or (shown == beside) == (exact == Fraction(beside)):
            break
    return vn_number(shown)


def _rounded(exact: Fraction, places: int) -> Decimal:
    """Half up, from the exact fraction: a decimal in between would round twice."""
    scaled = Fraction(abs(exact)) * 10**places
    whole = Decimal(int(scaled + Fraction(1, 2))).scaleb(-places)
    return -whole if exact < 0 else whole


def required(threshold: Threshold, line: Line) -> str:
    """The requirement for reading: ``≥ 70 %``."""
    if line.kind == "boolean":
        return "Đạt"
    return f"{SIGNS[threshold.comparison]}{vn_number(threshold.value)} {line.unit}".rstrip()


def needed(threshold: Threshold, line: Line) -> str:
    """The same where the unit stands elsewhere: ``≥ 24``; of a percentage ``≥ 70 %``."""
    return required(threshold, line) if line.unit == "%" else required(threshold, replace(line, unit=""))


def measured(reading: Reading) -> str:
    """The value for reading: ``66,7 %``; other units stand beside the requirement already."""
    if reading.value is None:
        return ""
    beside = reading.threshold.value if reading.threshold else None
    return number(reading.value, beside) + (" %" if reading.line.unit == "%" else "")


def gap(reading: Reading) -> str:
    """``còn 3,3`` to a minimum, ``vượt 1,2`` over a maximum, ``dư 0,5`` where it is met; else nothing."""
    left = reading.surplus
    if left is None or reading.threshold is None:
        return ""
    if left >= 0:
        return f"dư {number(left, Decimal(0))}" if left else "bằng mức"
    short = reading.threshold.comparison == Comparison.AT_LEAST
    return f"{'còn' if short else 'vượt'} {number(-left, Decimal(0))}"


def failing(reading: Reading) -> str:
    """``5.1 Trường học các cấp…: 66,7 % / ≥ 70 %, còn 3,3``."""
    left = reading.surplus
    if left is None or reading.threshold is None:
        return f"{brief(reading.line)}: chưa đạt"
    if left >= 0:
        return f"{brief(reading.line)}: {_against(reading)}, cán bộ kết luận chưa đạt"
    return f"{brief(reading.line)}: {_against(reading)}, {gap(reading)}"


def barely(reading: Reading) -> str:
    """``11.1 Hộ nghèo đa chiều…: 11,5 % / ≤ 12 %, dư 0,5``."""
    return f"{brief(reading.line)}: {_against(reading)}, {gap(reading)}"


def _against(reading: Reading) -> str:
    return f"{measured(reading)} / {required(reading.threshold, reading.line)}" if reading.threshold else ""


def course(row: Falling) -> str:
    """``15.1 Người dân tham gia bảo hiểm y tế: 92 → 90 → 87,5 %``."""
    return f"{brief(row.reading.line)}: {' → '.join(map(number, row.values))} {row.reading.line.unit}".rstrip()
