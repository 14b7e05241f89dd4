"""PURE: turns of phrase that the sentences of a report share."""

from collections.abc import Sequence
from decimal import Decimal

from communes.text import vn_number

Count = int | Decimal


def moved(now: Count, before: Count, unit: str, decimals: int | None = 0) -> str:
    """``tăng 15 xã``, ``giảm 1,5 điểm phần trăm``, ``không đổi``."""
    change = Decimal(now) - Decimal(before)
    if not change:
        return "không đổi"
    return f"{'tăng' if change > 0 else 'giảm'} {vn_number(abs(change), decimals)} {unit}"


def listed(heading: str, lines: Sequence[str]) -> list[str]:
    """A heading and its points, one a line; nothing where there are none."""
    if not lines:
        return []
    return [f"{heading}:", *(f"- {line};" for line in lines[:-1]), f"- {lines[-1]}."]
