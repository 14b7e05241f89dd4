"""PURE: the change log in words: what a stored change of one cell says to an inspector. No database, no requests."""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from communes.text import vn_number
from criteria.rules.cells import SPOKEN
from criteria.rules.statistics import FIXED, STATISTICS
from criteria.rules.verdicts import Verdict
from criteria.rules.workflow import NAMES

STEPS = {"state": "Trạng thái", "closed": "Khóa năm"}
CLOSED = {False: "Đang mở", True: "Đã khóa"}
VERDICTS = {str(verdict): word for verdict, word in SPOKEN.items()} | {str(Verdict.UNKNOWN): "Chưa có số liệu"}
ACCEPTED = "!"


def topic(key: str) -> str:
    """What a change is about: a step, a statistic by its Vietnamese name, an indicator by its code."""
    if key.endswith(ACCEPTED):
        return f"Chấp nhận cảnh báo: {topic(key.removesuffix(ACCEPTED))}"
    return STEPS.get(key) or FIXED.get(key) or key


def place_of(key: str) -> tuple[int, int, int, str]:
    """Sorts the changes of one save: steps, statistics, indicators by number, each before its accepted warning."""
    plain = key.removesuffix(ACCEPTED)
    known = [*STEPS, *STATISTICS]
    if plain in known:
        return 0, known.index(plain), 0, key
    number, _, rest = plain.partition(".")
    order = int("0" + "".join(c for c in rest if c.isdecimal()))
    return 1, int(number) if number.isdecimal() else 0, order, key


def texts(key: str, change: object, kind: str = "") -> tuple[str, str]:
    """The old and the new of a change, readable; nothing known is empty. ``kind``: that of the indicator."""
    old, new = change if isinstance(change, list) and len(change) == 2 else (None, change)
    if key == "state":
        return _named(NAMES, old), _named(NAMES, new)
    if key == "closed":
        return _named(CLOSED, old), _named(CLOSED, new)
    if key.endswith(ACCEPTED):
        return str(old or ""), str(new or "")
    return _cell(old, new, kind), _cell(new, old, kind)


def _named(names: Mapping[Any, str], value: object) -> str:
    return names.get(value, str(value)) if isinstance(value, str | bool) else _number(value)


def _cell(side: object, other: object, kind: str) -> str:
    """One side of a change; the verdict is said where the other side has a different one."""
    if not isinstance(side, dict):
        return _number(side)
    verdict = side.get("verdict")
    before = other.get("verdict") if isinstance(other, dict) else None
    return _given(side, kind, _verdict(verdict) if verdict != before else "")


def _given(given: dict[str, Any], kind: str, verdict: str) -> str:
    claim, reason = given.get("claim"), given.get("reason")
    if claim == Verdict.NOT_APPLICABLE:
        shown, reason = f"{SPOKEN[Verdict.NOT_APPLICABLE]}: {reason or ''}", None
        verdict = ""
    else:
        shown = _value(given, kind)
        claimed = _verdict(claim) if claim else ""
        shown = f"{shown}, kết luận {claimed}" if shown and claimed else shown or claimed
    if verdict and not shown.endswith(verdict):
        shown = f"{shown} ({verdict})".strip()
    parts = [shown, f"lý do: {reason}" if reason else "", f"ghi chú: {given['note']}" if given.get("note") else ""]
    return "; ".join(filter(None, parts))


def _value(given: dict[str, Any], kind: str) -> str:
    """The number, with the counts it was made of; a yes or no in words."""
    value = _number(given.get("value"))
    if kind == "boolean" and value in ("0", "1"):
        return SPOKEN[Verdict.MET if value == "1" else Verdict.NOT_MET]
    counts = [_number(given.get(name)) for name in ("numerator", "denominator")]
    return f"{value} = {counts[0] or '?'}/{counts[1] or '?'}".removeprefix(" = ") if any(counts) else value


def _verdict(verdict: object) -> str:
    return VERDICTS.get(str(verdict), "") if verdict else ""


def _number(value: object) -> str:
    """A stored number with its Vietnamese comma; whatever else was stored as it is."""
    if value is None or isinstance(value, bool | dict | list):
        return "" if value is None else str(value)
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return str(value)
    return vn_number(number) if number.is_finite() else str(value)
