"""PURE: the model hamlets by district and commune (report ``xom-kieu-mau``)."""

from collections.abc import Sequence
from dataclasses import dataclass

from reports.picture.picture import Picture
from reports.tables.columns import CODE, NAME, by_place
from reports.tables.table import Column, Table

from .material import Material, ModelHamlet

DECISION = "Quyết định của huyện"


@dataclass(frozen=True, slots=True)
class HamletRow:
    """A model hamlet with its commune as it is shown; or how many a district, or the whole, has. ``new``: those that
    count for the year of the report."""

    code: str | None
    name: str
    district: str
    district_code: str | None
    count: int
    new: int
    hamlet: ModelHamlet | None = None


def hamlet_rows(picture: Picture, hamlets: Sequence[ModelHamlet]) -> list[HamletRow]:
    """The model hamlets of the picture's places, by district and commune; of one commune as they come."""
    units = {unit.place_id: unit for unit in picture.units}
    districts = {part.district.code: part.district.name for part in picture.districts}
    rows = []
    for hamlet in hamlets:
        unit = units.get(hamlet.place_id)
        district = unit.district.code if unit else hamlet.district
        if district in districts:
            shown = (unit.code, unit.name) if unit else (hamlet.code, hamlet.commune)
            new = int(hamlet.year == picture.year)
            rows.append(HamletRow(*shown, districts[district], district, 1, new, hamlet))
    return sorted(rows, key=lambda row: (row.district_code or "", row.code or ""))


def hamlet_totals(picture: Picture, rows: Sequence[HamletRow]) -> list[HamletRow]:
    """One row per district that has any, and the whole; of one district only the whole."""
    if not rows:
        return []
    parts = picture.districts
    found = []
    for part in parts if len(parts) > 1 else []:
        inside = [row for row in rows if row.district_code == part.district.code]
        if inside:
            found.append(_sum("Cộng", part.district.name, part.district.code, inside))
    return [*found, _sum("Toàn tỉnh" if len(parts) > 1 else "Cộng", "", None, rows)]


def _sum(name: str, district: str, code: str | None, rows: Sequence[HamletRow]) -> HamletRow:
    return HamletRow(None, name, district, code, sum(row.count for row in rows), sum(row.new for row in rows))


def _new(row: HamletRow) -> int | None:
    """A mark for a hamlet of the year; of the others nothing."""
    return None if row.hamlet and not row.new else row.new


def hamlet_table(slug: str, title: str, subtitle: str, material: Material) -> Table:
    """The hamlets that are models by the end of the year, those of the year marked."""
    picture = material.picture
    rows = hamlet_rows(picture, material.hamlets)
    columns = [
        CODE, NAME, by_place(lambda row: row.district_code, lambda row: row.district),
        Column("hamlet", "Xóm", lambda row: row.hamlet.name if row.hamlet else "", width=20),
        Column("model_year", "Năm đạt", lambda row: row.hamlet and row.hamlet.year, width=9, year=True),
        Column("decision_number", "Số", lambda row: row.hamlet.number if row.hamlet else "", DECISION, width=16),
        Column("decided_on", "Ngày", lambda row: row.hamlet and row.hamlet.decided_on, DECISION, width=12),
        Column("count", "Lũy kế", lambda row: row.count, COUNTS, decimals=0, width=8),
        Column("new", f"Năm {picture.year}", _new, COUNTS, decimals=0, width=8),
        Column("note", "Ghi chú", lambda row: row.hamlet.note if row.hamlet else "", width=20, long=True),
    ]  # fmt: skip
    notes = [] if rows else ["Chưa ghi nhận xóm nông thôn mới kiểu mẫu nào."]
    notes += [f"Xóm do cấp huyện công nhận, tính cho năm {picture.year} trở về trước; ô trống: không có hoặc chưa ghi."]
    return Table(slug, title, subtitle, columns, rows, hamlet_totals(picture, rows), "Đơn vị tính: xóm", notes)


COUNTS = "Số xóm kiểu mẫu"
