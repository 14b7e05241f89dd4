"""One cell of a commune's form: its parts as text, what it was based on, and what was typed as a plain value.

A statistic is a cell with a value alone; a derived line takes its value from the statistics and has only what an
officer says about it.
"""

import json
import unicodedata
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from fractions import Fraction

from communes.text import normal, vn_number
from criteria import actions
from criteria.judging.loading import STATISTICS, State
from criteria.rules import cells
from criteria.rules.cells import written
from criteria.rules.standard import Line, Rule, Standard
from criteria.rules.verdicts import NO_DATA, Given, ReasonMissing, Verdict, judge

from .reconciling import LONGEST, WHOLE

NUMBERS = ("value", "numerator", "denominator")
SAID = ("claim", "reason", "note")
PARTS = NUMBERS + SAID
CLAIMS = {"": None} | {verdict.value: verdict for verdict in (Verdict.MET, Verdict.NOT_MET, Verdict.NOT_APPLICABLE)}


class Unreadable(ValueError):
    """What is wrong with a cell, by part: ``problems`` are sentences for the person who typed it."""

    def __init__(self, **problems: str):
        super().__init__(problems)
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Field:
    """A statistic (no line), or a line of the set with the rule in force for the commune."""

    key: str
    line: Line | None = None
    rule: Rule | None = None

    @property
    def derived(self) -> bool:
        return self.line is not None and self.line.derived

    @property
    def word(self) -> bool:
        """Judged by a word, Đạt or Chưa đạt, and not by a number."""
        return self.line is not None and not self.derived and (self.line.kind == "boolean" or self.rule is None)

    @property
    def parts(self) -> tuple[str, ...]:
        if self.line is None:
            return NUMBERS[:1]
        if self.derived or self.word:
            return SAID
        return PARTS if self.line.kind == "percent" else NUMBERS[:1] + SAID


def fields_of(standard: Standard, group: str) -> dict[str, Field]:
    """All cells of a form in order, the statistics first. ``group``: the commune's."""
    lines = [Field(line.code, line, standard.rule(line, group)) for line in standard.lines]
    return {field.key: field for field in [*map(Field, STATISTICS), *lines]}


def stands(field: Field, state: State) -> Given:
    """What a cell holds now."""
    if field.line is None:
        value = state.statistics.get(field.key)
        return NO_DATA if value is None else Given(value=Decimal(value))
    given = state.given.get(field.line.id, NO_DATA)
    return replace(given, value=None, numerator=None, denominator=None) if field.derived else given


def texts(field: Field, given: Given) -> dict[str, str]:
    """The parts of a cell as the form shows them."""
    shown = {part: written(getattr(given, part)) for part in NUMBERS}
    shown |= {"claim": str(given.claim or ""), "reason": given.reason, "note": given.note}
    if field.word and given.claim is None and given.value is not None:
        shown["claim"] = str(Verdict.MET if given.value else Verdict.NOT_MET)
    return {part: shown[part] for part in field.parts}


def pack(given: Given) -> str:
    """Everything a cell holds as one short text, for a hidden input. ``unpack`` is its inverse."""
    parts = {part: getattr(given, part) for part in PARTS}
    known = {part: value for part, value in parts.items() if value is not None and value != ""}
    plain = {part: f"{value.normalize():f}" if part in NUMBERS else value for part, value in known.items()}
    return json.dumps(plain, ensure_ascii=False, separators=(",", ":"))


def unpack(text: str) -> Given | None:
    """What ``pack`` made a text of; None for any other text."""
    if len(text) >= 9 * LONGEST:
        return None
    try:
        parts = json.loads(text)
        numbers = {part: Decimal(parts[part]) for part in NUMBERS if part in parts}
        claim = CLAIMS[parts.get("claim", "")]
    except (ValueError, TypeError, KeyError, AttributeError, InvalidOperation, RecursionError):
        return None
    if not all(number.is_finite() for number in numbers.values()):
        return None
    return Given(**numbers, claim=claim, reason=str(parts.get("reason", "")), note=str(parts.get("note", "")))


def untouched(field: Field, typed: dict[str, str], base: Given) -> bool:
    """Whether what was posted is what the page showed."""
    shown = texts(field, base)
    return all(normal(text) == normal(shown[part]) for part, text in typed.items())


def read(field: Field, typed: dict[str, str], base: Given, statistics: dict) -> Given:
    """The plain value of a cell. Parts that were not posted, or read as in ``base``, are those of ``base``.

    Raises ``Unreadable``. ``statistics``: what a derived line is judged by.
    """
    before = texts(field, base)
    parts = _parts(field, before | typed, before, base)
    if field.word and normal(typed.get("claim", before["claim"])) != before["claim"]:
        parts |= _word(field, parts["claim"])
    if "numerator" in parts:
        parts["value"] = _percentage(replace(base, **parts), parts["value"] != base.value)
    if field.line is None:
        return Given(**parts)
    return _judged(field, _with_its_reason(replace(base, **parts), base), statistics)


def _parts(field: Field, typed: dict[str, str], before: dict[str, str], base: Given) -> dict:
    parts, problems = {}, {}
    for part in field.parts:
        try:
            same = normal(typed[part]) == normal(before[part])
            parts[part] = getattr(base, part) if same else _part(field, part, typed[part])
        except cells.CellError as error:
            problems[part] = f"{str(error)[:1].upper()}{str(error)[1:]}."
    if problems:
        raise Unreadable(**problems)
    return parts


def _part(field: Field, part: str, text: str) -> Decimal | Verdict | str | None:
    if len(text) > LONGEST:
        raise cells.CellError(f"nội dung dài quá {LONGEST} ký tự (đang có {vn_number(len(text))})")
    if part in NUMBERS:
        high = _limit(field) if part == "value" else cells.LARGEST
        return cells.read_number(text, high, whole=field.key in WHOLE)
    if part == "claim":
        if text not in CLAIMS:
            raise cells.CellError("kết luận này không có trong danh sách")
        return CLAIMS[text]
    text = normal(text)
    if unreadable(text):
        raise cells.CellError("có ký tự không đọc được; hãy gõ lại")
    return text


def unreadable(text: str) -> bool:
    """Whether a text has characters that no keyboard types and no database takes, such as NUL."""
    return any(unicodedata.category(character) in ("Cc", "Cs") for character in text)


def _limit(field: Field) -> Decimal:
    return cells.limit(field.line) if field.line else cells.LIMITS.get(field.key, cells.LARGEST)


def _word(field: Field, claim: Verdict | None) -> dict:
    """A word as a value where a rule can judge it, else as the officer's own judgement."""
    if field.rule is None or claim in (None, Verdict.NOT_APPLICABLE):
        return {"claim": claim} if field.rule is None else {"claim": claim, "value": None}
    return {"claim": None, "value": Decimal(claim == Verdict.MET)}


def _percentage(given: Given, typed: bool) -> Decimal | None:
    """The exact ratio of both counts where there are any; a value typed beside them has to agree with it."""
    numerator, denominator = given.numerator, given.denominator
    if numerator is None and denominator is None:
        return given.value
    if numerator is None or denominator is None:
        missing = "numerator" if numerator is None else "denominator"
        raise Unreadable(**{missing: "Cần cả tử số và mẫu số; không có thì để trống cả hai."})
    if denominator <= 0:
        raise Unreadable(denominator="Mẫu số phải lớn hơn 0.")
    if numerator > denominator:
        raise Unreadable(
            numerator=f"Tử số ({vn_number(numerator)}) lớn hơn mẫu số ({vn_number(denominator)}) thì quá 100 %."
        )
    ratio = (numerator * 100 / denominator).quantize(cells.DECIMALS)
    exact = Fraction(numerator) * 100 / Fraction(denominator)
    if typed and given.value is not None and not _agrees(given.value, exact):
        raise Unreadable(value=f"Khác với tử số ÷ mẫu số ({vn_number(ratio, 2)} %): sửa hoặc xóa một trong hai.")
    return ratio


def _agrees(value: Decimal, exact: Fraction) -> bool:
    """Whether a value is the exact one, rounded to as many decimals as it was typed with."""
    places = max(0, -int(value.normalize().as_tuple().exponent))
    return abs(Fraction(value) - exact) <= Fraction(1, 2 * 10**places)


def _with_its_reason(given: Given, base: Given) -> Given:
    """A reason belongs to a claim: it goes with the claim it was given for; one typed for nothing is asked about."""
    if given.claim or not given.reason or (given.reason == base.reason and not base.claim):
        return given
    if given.reason == base.reason:
        return replace(given, reason="")
    raise Unreadable(
        reason="Lý do chỉ đi với “Không xét” hoặc kết luận khác mức quy định; lời giải thích khác thì ghi ở Ghi chú."
    )


def _judged(field: Field, given: Given, statistics: dict) -> Given:
    """The value once the rules take it; a claim that only repeats the rule, without a reason, is none."""
    line = field.line
    whole = actions.with_statistics(line, given, statistics) if line and line.derived else given
    try:
        ruled = judge(whole, field.rule.threshold if field.rule else None).ruled
    except ReasonMissing as error:
        raise Unreadable(reason=str(error)) from error
    return replace(given, claim=None) if given.claim == ruled and not given.reason else given
