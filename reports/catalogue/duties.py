"""PURE: which department is in charge of which criteria and helps which communes (report ``phan-cong``)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from reports.picture.picture import Picture, Unit, missed
from reports.tables.columns import CODE, NAME, by_place
from reports.tables.table import Column, Table

from .material import Duty, Material
from .watch_tables import lined, named


@dataclass(frozen=True, slots=True)
class DutyRow:
    """A department and a commune it helps; without a commune, one that is only in charge of criteria. Or, at the end,
    how many departments and communes there are."""

    department: str
    charge: str = ""
    code: str | None = None
    name: str = ""
    district: str = ""
    district_code: str | None = None
    met_count: int | None = None
    missing_count: int | None = None
    period: str = ""
    legal_basis: str = ""


def duty_rows(picture: Picture, duties: Sequence[Duty]) -> list[DutyRow]:
    """By department, district and commune. In a picture of one district only those that help a commune of it."""
    charges: dict[str, list[Duty]] = {}
    for duty in duties:
        if duty.criterion:
            charges.setdefault(duty.department, []).append(duty)
    rows = _helping(picture, [duty for duty in duties if not duty.criterion], charges)
    if len(picture.districts) > 1:
        busy = {row.department for row in rows}
        rows += [_in_charge(picture, name, some) for name, some in charges.items() if name not in busy]
    return sorted(rows, key=lambda row: (row.department, row.district_code or "", row.code or ""))


def _helping(picture: Picture, duties: Iterable[Duty], charges: dict[str, list[Duty]]) -> list[DutyRow]:
    units = {unit.place_id: unit for unit in picture.units}
    districts = {part.district.code: part.district.name for part in picture.districts}
    rows = []
    for duty in duties:
        unit = units.get(duty.place_id or 0)
        code = unit.district.code if unit else duty.district
        if code in districts:
            charge = _criteria(picture, charges.get(duty.department, []))
            shown = (unit.code, unit.name) if unit else (duty.code, duty.commune)
            counts = _counts(unit, picture)
            rows.append(
                DutyRow(
                    duty.department, charge, *shown, districts[code], code, *counts, period(duty), duty.legal_basis
                )
            )  # fmt: skip
    return rows


def _counts(unit: Unit | None, picture: Picture) -> tuple[int | None, int | None]:
    """How many criteria a commune meets, and is known to miss."""
    return (unit.summary.met_count, len(missed(unit, picture))) if unit and unit.has_data else (None, None)


def _in_charge(picture: Picture, department: str, duties: Sequence[Duty]) -> DutyRow:
    periods = dict.fromkeys(map(period, duties))
    bases = dict.fromkeys(duty.legal_basis for duty in duties if duty.legal_basis)
    return DutyRow(department, _criteria(picture, duties), period=lined(periods), legal_basis=lined(bases))


def _criteria(picture: Picture, duties: Iterable[Duty]) -> str:
    """``1. Quy hoạch``, each in a line; a number that the set of the year does not have stands alone."""
    names = {criterion.number: named(criterion) for criterion in picture.criteria}
    numbers = sorted({duty.criterion for duty in duties if duty.criterion})
    return lined(names.get(number, f"Tiêu chí {number}") for number in numbers)


def period(duty: Duty) -> str:
    """``2018``, ``2018–2020``, ``từ 2017``."""
    if duty.last is None:
        return f"từ {duty.first}"
    return str(duty.first) if duty.last == duty.first else f"{duty.first}–{duty.last}"


def duty_table(slug: str, title: str, subtitle: str, material: Material) -> Table:
    """The assignments in force in the year or in the next, with how the communes stand at the end of this one."""
    picture = material.picture
    rows = duty_rows(picture, material.duties)
    columns = [
        Column("department", "Sở, ngành", lambda row: row.department, width=30, long=True),
        Column("charge", "Phụ trách tiêu chí", lambda row: row.charge, width=30, long=True),
        CODE, NAME, by_place(lambda row: row.district_code, lambda row: row.district),
        Column("met_count", "Đạt", lambda row: row.met_count, COUNTS, decimals=0, width=7),
        Column("missing_count", "Còn thiếu", lambda row: row.missing_count, COUNTS, decimals=0, width=7),
        Column("period", "Thời gian", lambda row: row.period, width=11),
        Column("legal_basis", "Căn cứ", lambda row: row.legal_basis, width=20, long=True),
    ]  # fmt: skip
    return Table(slug, title, subtitle, columns, rows, _totals(rows), notes=_notes(rows, picture))


COUNTS = "Số tiêu chí của xã"


def _totals(rows: Sequence[DutyRow]) -> list[DutyRow]:
    """How many departments, and how many communes they help; a commune that several help is one."""
    helped = len({row.code for row in rows if row.code})
    return [DutyRow(f"Cộng {len({row.department for row in rows})} sở, ngành", name=f"{helped} xã")] if rows else []


def _notes(rows: Sequence[DutyRow], picture: Picture) -> list[str]:
    years = f"năm {picture.year} hoặc năm {picture.year + 1}"
    return [
        *([] if rows else [f"Chưa ghi nhận phân công nào của {years}."]),
        f"Gồm các phân công có hiệu lực {years}; thời gian là của việc giúp đỡ xã, với sở, ngành không giúp đỡ xã nào "
        f"là của việc phụ trách tiêu chí. Số tiêu chí của xã tính đến {picture.as_of:%d/%m/%Y}; tiêu chí chưa có số "
        "liệu không tính là đạt, cũng không tính là thiếu.",
    ]
