"""PURE: income and poverty by district, with the year before (report ``kinh-te-xa-hoi``)."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from reports.picture.figures import Figure, income, poverty
from reports.picture.picture import Picture
from reports.tables.columns import by_place
from reports.tables.table import Column, Table

from .material import Material

NOTES = [
    "Dân số và số hộ: cả phường, thị trấn. Thu nhập bình quân của các xã, có quyền số là dân số; tỷ lệ tính từ tổng số "
    "hộ nghèo và tổng số hộ. Ô trống: chưa có số liệu. Tăng, giảm so với năm trước, tính trên số đã làm tròn.",
]


@dataclass(frozen=True, slots=True)
class SocietyRow:
    """A district, or the whole, in this year and the one before."""

    name: str
    code: str | None
    population: int | None
    households: int | None
    poor: int | None
    income: Figure
    poverty: Figure
    rural: Figure
    before: "SocietyRow | None" = None

    def change(self, name: str) -> Decimal | int | None:
        """By how much a figure moved, as it is shown."""
        now = getattr(self, name).value
        then = getattr(self.before, name).value if self.before else None
        return now - then if now is not None and then is not None else None


def society_rows(picture: Picture, previous: Picture | None) -> list[SocietyRow]:
    """One row per district, the whole last."""
    earlier = {part.district.code: part for part in previous.districts} if previous else {}
    rows = [
        _row(part, earlier.get(part.district.code), part.district.name, part.district.code)
        for part in picture.districts
    ]
    return [*rows, _row(picture, previous, "Toàn tỉnh" if len(rows) > 1 else "Cộng", None)]


def _row(picture: Picture, previous: Picture | None, name: str, code: str | None) -> SocietyRow:
    units = picture.units
    return SocietyRow(
        name,
        code,
        _sum(unit.population for unit in units),
        _sum(unit.households for unit in units),
        _sum(unit.poor_households for unit in units),
        income(picture.communes),
        poverty(units, "poverty_rate", ""),
        poverty(picture.communes, "poverty_rate_rural", ""),
        _row(previous, None, name, code) if previous else None,
    )


def _sum(values: Iterable[int | None]) -> int | None:
    known = [value for value in values if value is not None]
    return sum(known) if known else None


def society_table(slug: str, title: str, subtitle: str, material: Material) -> Table:
    rows = society_rows(material.picture, material.previous)
    columns = [
        by_place(lambda row: row.code, lambda row: row.name),
        Column("population", "Dân số (người)", lambda row: row.population, decimals=0, width=12),
        Column("households", "Số hộ", lambda row: row.households, decimals=0, width=11),
        Column("poor_households", "Số hộ nghèo", lambda row: row.poor, decimals=0, width=11),
        *_pair("poverty", "poverty_rate", "Tỷ lệ hộ nghèo toàn địa bàn (%)"),
        *_pair("rural", "poverty_rate_rural", "Tỷ lệ hộ nghèo các xã (%)"),
        *_pair("income", "income_per_capita", "Thu nhập bình quân các xã (triệu đồng/người/năm)"),
    ]
    return Table(slug, title, subtitle, columns, rows[:-1], rows[-1:], notes=NOTES)


def _pair(name: str, key: str, group: str) -> list[Column]:
    """A figure and its change, below one heading."""
    return [
        Column(key, "Năm nay", lambda row: getattr(row, name).value, group, decimals=1, width=10),
        Column(f"{key}_change", "Tăng (+), giảm (−)", lambda row: row.change(name), group, decimals=1, width=10),
    ]
