"""PURE: Vietnamese text and numbers, folded for comparing and formatted for reading."""

import unicodedata
from decimal import ROUND_HALF_UP, Decimal


def normal(text: str) -> str:
    """The text in Unicode NFC with single spaces, as it is stored."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def fold(text: str) -> str:
    """The text without accents, tone marks and capitals (``Đại Từ`` → ``dai tu``), for searching and matching."""
    plain = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
    return normal("".join(c for c in plain if not unicodedata.combining(c))).casefold()


def vn_number(value: Decimal | int | float, decimals: int | None = None) -> str:
    """``1234.5`` as ``1.234,5``; rounded half up to ``decimals`` places, or as many as the number has."""
    number = Decimal(str(value))
    if decimals is None:
        plain = f"{number.normalize():,f}" if number else "0"
    else:
        plain = f"{number.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP):,f}"
    return plain.translate(str.maketrans(",.", ".,"))
