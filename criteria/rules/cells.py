"""PURE: the text of a sheet's cell ↔ a plain value. Understands what offices write; asks where it is in doubt."""

import re
from datetime import date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from functools import lru_cache

from communes.text import fold, normal, vn_number

from .standard import Line, Rule
from .verdicts import Given, Verdict

DECIMALS = Decimal("0.000001")
LIMITS = {"percent": Decimal(100), "income": Decimal(1000)}
LARGEST = Decimal(10) ** 9
EMPTY = {"", "-", "–", "—", "…", "...", "."}
WORDS = {
    Verdict.MET: {"dat", "d", "x", "co"},
    Verdict.NOT_MET: {"chua dat", "khong dat", "cd", "k", "khong"},
    Verdict.NOT_APPLICABLE: {"kxx", "khong xet", "khong xem xet", "khong ap dung", "kad"},
}
SPOKEN = {Verdict.MET: "Đạt", Verdict.NOT_MET: "Chưa đạt", Verdict.NOT_APPLICABLE: "KXX"}
UNEXPLAINED = "Biểu ghi “KXX”, không nêu lý do"


_GROUPED = re.compile(r"[+-]?[1-9]\d{0,2}( \d{3})+([.,]\d+)?")
_ERROR = re.compile(r"#[A-Z/0]+[!?A]|Err:\d+")
_LIKE_A_DATE = re.compile(r"\d{1,4}[/-]\d{1,2}([/-]\d{2,4})?( \d+:\d+(:\d+)?)?|\d{1,2}[- ]?(thg|thang|[a-z]{3}\b).*")
_BROKEN = re.compile(r"\s*[+-]?0[.,]\d*[1-9]")  # 0.850 people are not 850
_DAY_ONE = date(1899, 12, 30)
_AGAIN = "hãy định dạng ô là Số rồi gõ lại"


class CellError(ValueError):
    """What is wrong with a cell, in Vietnamese, for the person who typed it."""


class Unread(str):
    """A cell whose value the file does not tell; the text says why, for the person who sent it."""


def read_number(raw: object, high: Decimal = LARGEST, whole: bool = False) -> Decimal | None:
    """A number from 0 to ``high``; None when empty. Raises ``CellError``.

    Text is read both ways, ``.`` or ``,`` as the decimal mark; the readings that fit the column remain. When two
    different ones remain (``1.234`` among incomes up to 2.000) the cell is refused: nobody guesses a figure.
    """
    _require_told(raw)
    if raw is None or (isinstance(raw, str) and normal(raw) in EMPTY):
        return None
    readings = _readings(raw)
    if isinstance(raw, str) and "%" in raw and high != LIMITS["percent"] and readings:
        raise CellError(f"“{normal(raw)[:40]}” là tỷ lệ, cột này không ghi tỷ lệ %")
    broken = whole and _BROKEN.match(str(raw))
    fitting = {number for number in readings if 0 <= number <= high and not (whole and (broken or number % 1))}
    if len(fitting) == 1:
        return fitting.pop()
    raise CellError(_why_not(normal(str(raw)).removesuffix(".0")[:40], readings, fitting, high, whole))


def _require_told(raw: object) -> None:
    """Refuse what no column can hold: what the file does not tell, dates, truth values. Raises ``CellError``."""
    if isinstance(raw, Unread):
        raise CellError(raw)
    if isinstance(raw, bool):
        raise CellError("ô chứa giá trị logic (TRUE, FALSE); hãy ghi số, hoặc Đạt, Chưa đạt")
    if isinstance(raw, date | time | timedelta):
        raise CellError(_not_a_date(raw))


def _not_a_date(raw: date | time | timedelta) -> str:
    """What seems to have happened: 2,5 or 5/12 typed and taken for a day, or a number shown as one."""
    if not isinstance(raw, date):
        return f"ô chứa giờ ({raw}), không phải ngày tháng hay số liệu; {_AGAIN}"
    day = raw.date() if isinstance(raw, datetime) else raw
    number = (day - _DAY_ONE).days
    if day.year <= 1900:
        return f"ô chứa ngày tháng ({day:%d/%m/%Y}): có lẽ số {number} bị định dạng thành ngày; {_AGAIN}"
    typed = f"{day.day},{day.month}” hoặc “{day.day}/{day.month}"
    return f"ô chứa ngày tháng ({day:%d/%m/%Y}): có lẽ Excel đã đổi “{typed}” thành ngày; {_AGAIN}"


def _why_not(shown: str, readings: set[Decimal], fitting: set[Decimal], high: Decimal, whole: bool) -> str:
    if fitting:
        choices = " hay ".join(sorted(vn_number(number) for number in fitting))
        return f"“{shown}” đọc được theo hai cách ({choices}); hãy ghi rõ"
    if not readings and _ERROR.fullmatch(shown):
        return f"“{shown}” không phải là số mà là ô lỗi; hãy sửa công thức, hoặc để trống nếu chưa có số liệu"
    if not readings and _LIKE_A_DATE.fullmatch(fold(shown)):
        return f"“{shown}” không phải là số: có lẽ Excel đã đổi số (như 2,5 hoặc 5/12) thành ngày tháng; {_AGAIN}"
    if not readings:
        return f"“{shown}” không phải là số"
    if whole and any(0 <= number <= high for number in readings):
        return f"“{shown}” phải là số nguyên"
    return f"“{shown}” nằm ngoài khoảng 0–{vn_number(high)}"


def _readings(raw: object) -> set[Decimal]:
    if isinstance(raw, int | float | Decimal):
        return {_exact(str(raw))} if _is_finite(raw) else set()
    text = normal(str(raw)).removesuffix("%").strip()
    text = text.replace(" ", "") if _GROUPED.fullmatch(text) else text
    if not re.fullmatch(r"[+-]?\d[\d.,]*", text) or len(text) > 24:
        return set()
    found = set()
    for thousands, mark in ((".", ","), (",", ".")):
        whole, _, fraction = text.partition(mark)
        grouped = re.fullmatch(rf"[+-]?\d{{1,3}}(\{thousands}\d{{3}})+", whole)
        if (grouped or thousands not in whole) and fraction.isdigit() | (mark not in text):
            found.add(_exact(f"{whole.replace(thousands, '')}.{fraction or 0}"))
    return found


def _is_finite(raw: int | float | Decimal) -> bool:
    return raw == raw and abs(raw) != float("inf")


def _exact(text: str) -> Decimal:
    """Six decimals, so that 69.99999999999999 of a binary float is the 70 that was typed and 69.9999 is not."""
    try:
        return Decimal(text).quantize(DECIMALS).normalize() + 0
    except InvalidOperation:
        return LARGEST * 10


def read_verdict(raw: object) -> Given | None:
    """Đạt, Chưa đạt or “KXX: lý do” as a claim, None when the text is none of them."""
    if not isinstance(raw, str):
        return None
    word, _, reason = normal(raw).partition(":")
    verdict = _meaning(word)
    if verdict is None:
        return None
    given_reason = normal(reason) or (UNEXPLAINED if verdict == Verdict.NOT_APPLICABLE else "")
    return Given(claim=verdict, reason=given_reason[:500])


@lru_cache(maxsize=256)
def _meaning(word: str) -> Verdict | None:
    """A sheet says the same few words thousands of times."""
    folded = fold(word)
    return next((verdict for verdict, words in WORDS.items() if folded in words), None)


def read_cell(raw: object, line: Line, rule: Rule | None) -> Given:
    """What a sheet gives for one indicator. ``Given()`` means no data. Raises ``CellError``."""
    if isinstance(raw, Unread | date | time | timedelta):
        _require_told(raw)
    if raw is None or (isinstance(raw, str) and normal(raw) in EMPTY):
        return Given()
    spoken = read_verdict(raw)
    if spoken and spoken.claim == Verdict.NOT_APPLICABLE:
        return spoken
    if line.kind == "boolean":
        return _boolean(spoken, raw, rule)
    if rule is None:
        if spoken is None:
            raise CellError(f"chỉ tiêu {line.code} chưa có mức quy định có hiệu lực: ghi Đạt hoặc Chưa đạt")
        return spoken
    if spoken:
        raise CellError(f"chỉ tiêu {line.code} cần số liệu ({line.unit or 'số'}), không ghi Đạt hay Chưa đạt")
    return Given(value=read_number(raw, limit(line)))


def _boolean(spoken: Given | None, raw: object, rule: Rule | None) -> Given:
    if spoken is None:
        raise CellError(f"“{normal(str(raw))[:40]}” không hiểu được: ghi Đạt, Chưa đạt hoặc KXX: lý do")
    return spoken if rule is None else Given(value=Decimal(spoken.claim == Verdict.MET))


def limit(line: Line) -> Decimal:
    """The largest value a line can take."""
    return LIMITS.get(line.source) or LIMITS.get(line.kind) or LARGEST


def show(given: Given, line: Line) -> Decimal | str | None:
    """The cell that stands for what was given: a number, a word, or None for no data. The inverse of ``read_cell``.

    What an officer says about a derived line goes before its value, which the statistics columns show anyway.
    """
    return show_parts(line, given.value, given.claim, given.reason)


def show_parts(line: Line, value: Decimal | None, claim: Verdict | None, reason: str) -> Decimal | str | None:
    """``show`` for the thousands of cells of a sheet, straight from their columns."""
    if claim == Verdict.NOT_APPLICABLE:
        return f"KXX: {reason}"
    if claim and (value is None or line.derived):
        return SPOKEN[claim]
    if value is None or line.kind != "boolean":
        return None if value is None else value.normalize() + 0
    return SPOKEN[Verdict.MET if value else Verdict.NOT_MET]


def written(value: Decimal | int | str | None) -> str:
    """A plain value as text in a cell: a decimal comma, no thousands marks; nothing known is empty."""
    if value is None or isinstance(value, str):
        return value or ""
    return vn_number(value).replace(".", "")
