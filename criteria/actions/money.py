"""Money, arrears, hamlets, assignments and registrations as officers keep them: one by one, told in the change log."""

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction

from communes import actions as places
from communes.models import Arrears, Assignment, Commune, District, Funding, Hamlet, Registration
from communes.money import Measure
from communes.text import vn_number
from criteria.models import AssessmentRound, Via

from .journal import aside, log, round_for, year_ends

UNKNOWN = "chưa có số liệu"
Record = Funding | Arrears | Hamlet | Assignment | Registration


def save_funding(row: Funding, officer, source: str = "") -> None:
    _save(row, officer, source, _funding, places.amend_funding, year=row.year)


def save_arrears(row: Arrears, officer, source: str = "") -> None:
    _save(row, officer, source, _arrears, places.amend, year=row.as_of.year)


def save_hamlet(row: Hamlet, officer, source: str = "") -> None:
    _save(row, officer, source, _hamlet, places.amend, year=row.model_year)


def save_assignment(row: Assignment, officer, source: str = "") -> None:
    """A criterion is assigned in the officer's province; a commune lies in one."""
    row.province_id = None if row.commune_id else row.province_id or officer.province_id
    _save(row, officer, source, _assignment, places.amend, year=row.year_from)


def save_registration(row: Registration, officer, source: str = "") -> None:
    _save(row, officer, source, _registration, places.amend, year=row.year)


@transaction.atomic
def _save(row: Record, officer, source: str, tell: Callable, store: Callable, year: int | None) -> None:
    """A record, new or changed, with its entry in the change log; one that reads the same leaves none.

    Raises ``ValidationError``, also when it would change the figures of a closed year.
    """
    old = type(row).objects.select_for_update().filter(pk=row.pk).first()
    before = tell(old) if old else None
    rounds = _rounds(row, officer)
    closed = [round.as_of for round in rounds if round.closed_at]
    store(row)
    if before == (after := tell(row)):
        return
    _require_closed_years_as_they_were(old, row, closed)
    round = round_for(rounds, year)
    topic, changes = str(type(row)._meta.verbose_name), [before, after]
    commune_id = getattr(row, "commune_id", None)
    year = year or (round.year if round else date.today().year)
    log([aside(year, round, commune_id, {f"{topic[0].upper()}{topic[1:]}": changes}, officer, Via.ADMIN, source)])


@transaction.atomic
def note_loaded(rows: Iterable[Record], text: str, officer, source: str = "") -> None:
    """One entry for each kind and year of what was loaded at once: how many records, and what they are (``text``)."""
    rounds = year_ends(officer.province_id)
    latest = rounds[0].year if rounds else date.today().year
    counts = Counter((str(type(row)._meta.verbose_name), _year(row) or latest) for row in rows)
    events = []
    for (topic, year), count in sorted(counts.items()):
        changes = {f"{topic[0].upper()}{topic[1:]}": [None, f"{text}: {vn_number(count)} bản ghi"]}
        events.append(aside(year, round_for(rounds, year), None, changes, officer, Via.COMMAND, source))
    log(events)


def _year(row: Record) -> int | None:
    """The year a record is of; None for a hamlet that is not yet a model."""
    if isinstance(row, Arrears):
        return row.as_of.year
    if isinstance(row, Hamlet):
        return row.model_year
    return row.year_from if isinstance(row, Assignment) else row.year


def _rounds(row: Record, officer) -> list[AssessmentRound]:
    """The year-end rounds of its province, the latest first."""
    unit: Commune | District | None = getattr(row, "commune", None) or getattr(row, "district", None)
    return year_ends(unit.province_id if unit else officer.province_id)


def _require_closed_years_as_they_were(old: Record | None, new: Record, closed: list[date]) -> None:
    for day in closed:
        if _seen_on(old, day) != _seen_on(new, day):
            raise ValidationError(
                f"Số liệu năm {day.year} đã khóa: không thêm hay sửa được số tiền, nợ đọng của năm đó. "
                "Hãy mở lại năm trước khi ghi."
            )


def _seen_on(row: Record | None, day: date) -> str | None:
    """What the reports of a day make of a record, None where it is not theirs."""
    if isinstance(row, Funding) and day.year in (row.year, row.drawn_from):
        return _funding(row)
    if isinstance(row, Arrears) and row.as_of <= day and not (row.settled_on and row.settled_on <= day):
        return _account(row)
    return None


def _funding(row: Funding) -> str:
    advance = f"ứng từ kế hoạch năm {row.drawn_from}" if row.drawn_from else ""
    amounts = ((Measure.PLANNED, "kế hoạch"), (Measure.ALLOCATED, "phân bổ"), (Measure.DISBURSED, "giải ngân"))
    told = [f"{name} {_million(getattr(row, measure))}" for measure, name in amounts]
    return _joined(_place(row), f"năm {row.year}", row.get_source_display(), advance, *told, row.note)


def _arrears(row: Arrears) -> str:
    return _joined(_account(row), row.settled_on and f"trả xong {row.settled_on:%d/%m/%Y}", row.note)


def _account(row: Arrears) -> str:
    return _joined(
        _place(row),
        f"đến {row.as_of:%d/%m/%Y}",
        row.work,
        row.investor,
        f"giá trị {_million(row.value)}",
        f"đã trả {_million(row.paid)}",
        f"còn nợ {_million(row.owed)}",
        row.source,
        row.deadline and f"hạn {row.deadline:%d/%m/%Y}",
    )


def _hamlet(row: Hamlet) -> str:
    model = f"kiểu mẫu, tính cho năm {row.model_year}" if row.model_year else "chưa kiểu mẫu"
    decided = row.decided_on and f"ngày {row.decided_on:%d/%m/%Y}"
    return _joined(row.name, row.commune, model, row.decision_number, decided, row.note)


def _assignment(row: Assignment) -> str:
    task = f"giúp đỡ {row.commune}" if row.commune else f"phụ trách tiêu chí {row.criterion}"
    years = f"{row.year_from}–{row.year_to or ''}"
    return _joined(row.department, task, years, row.legal_basis, row.note)


def _registration(row: Registration) -> str:
    return _joined(
        f"{row.commune} ({row.commune.code})",
        f"năm {row.year}",
        row.get_level_display(),
        f"đợt {row.get_batch_display().lower()}",
        row.legal_basis,
        row.sponsor and f"{row.sponsor} giúp đỡ",
        f"nhu cầu vốn {_million(row.needs)}",
        row.deadline and f"hạn {row.deadline:%d/%m/%Y}",
        row.result and f"kết quả: {row.result}",
        row.withdrawn_on and f"rút đăng ký ngày {row.withdrawn_on:%d/%m/%Y}",
        row.note,
    )


def _place(row: Funding | Arrears) -> str:
    return f"{row.place} ({row.place.code})" if row.place else ""


def _million(amount) -> str:
    return UNKNOWN if amount is None else f"{vn_number(amount)} triệu đồng"


def _joined(*parts) -> str:
    return "; ".join(str(part) for part in parts if part)
