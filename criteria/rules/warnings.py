"""PURE: figures that are possible but unlikely. A warning never stops a save; an officer accepts it with one key."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from statistics import mean, pstdev

from communes.text import vn_number

POINTS = Decimal(20)
SHARE = Decimal(1) / 2
DEVIATIONS = 3
FEWEST_PEERS = 6


def jump(value: Decimal | None, last_year: Decimal | None, percent: bool) -> str:
    """More than 20 points against last year for a percentage, more than half for another number."""
    if value is None or last_year is None or value == last_year:
        return ""
    difference = abs(value - last_year)
    far = difference > POINTS if percent else last_year != 0 and difference > SHARE * abs(last_year)
    return f"Chênh lớn so với năm trước ({vn_number(last_year)})." if far else ""


@dataclass(frozen=True, slots=True)
class Usual:
    """Where the communes of a district lie in one figure."""

    mean: float
    spread: float


def usual(peers: Sequence[Decimal]) -> Usual | None:
    """None for a district of too few communes to say."""
    if len(peers) < FEWEST_PEERS:
        return None
    numbers = [float(peer) for peer in peers]
    return Usual(mean(numbers), pstdev(numbers))


def outlier(value: Decimal | None, usual: Usual | None) -> str:
    """More than three standard deviations from the communes of the district."""
    if value is None or usual is None or not usual.spread:
        return ""
    if abs(float(value) - usual.mean) <= DEVIATIONS * usual.spread:
        return ""
    return f"Khác hẳn các xã trong huyện (bình quân {vn_number(round(usual.mean, 1))})."


def above(value: Decimal | int | None, whole: Decimal | int | None, part_name: str, whole_name: str) -> str:
    """A part that is larger than its whole: poor households above households, clean water above hygienic water."""
    if value is None or whole is None or value <= whole:
        return ""
    return f"{part_name} ({vn_number(value)}) lớn hơn {whole_name} ({vn_number(whole)})."
