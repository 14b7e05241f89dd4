"""PURE: the plan of a year against its result, by district, and the plan of the next (report ``ke-hoach``)."""

from dataclasses import dataclass
from decimal import Decimal

from reports.picture.figures import ratio
from reports.picture.picture import Picture
from reports.tables.columns import by_place
from reports.tables.table import Column, Table

from .hamlets import hamlet_rows
from .material import Material


@dataclass(frozen=True, slots=True)
class PlanRow:
    """A district, or the whole: last year's certified communes, this year's plan and result, next year's plan.

    ``advanced``, ``model``: communes registered for those levels; ``hamlets``: model hamlets by the end of this year.
    """

    name: str
    code: str | None
    total: int
    before: int | None
    promised: int
    kept: int
    certified: int
    planned: int
    extra: int
    advanced: int
    model: int
    hamlets: int

    @property
    def kept_percent(self) -> Decimal | None:
        return ratio(self.kept, self.promised)

    @property
    def target(self) -> int | None:
        """Certified communes at the end of the coming year if all that are registered come to it."""
        return self.certified + self.planned + self.extra if self.planned + self.extra else None

    @property
    def target_percent(self) -> Decimal | None:
        return ratio(self.target, self.total)


def plan_rows(material: Material) -> list[PlanRow]:
    """One row per district, the whole last. A district is compared with itself within its bounds of the year before."""
    picture, previous = material.picture, material.previous
    earlier = {part.district.code: part for part in previous.districts} if previous else {}
    rows = [
        _plan_row(material, part, earlier.get(part.district.code), part.district.name, part.district.code)
        for part in picture.districts
    ]
    return [*rows, _plan_row(material, picture, previous, "Toàn tỉnh" if len(rows) > 1 else "Cộng", None)]


def _plan_row(
    material: Material, picture: Picture, previous: Picture | None, name: str, code: str | None
) -> PlanRow:  # fmt: skip
    communes = picture.communes
    promised = [unit for unit in communes if unit.promised]

    def aiming(level: str) -> int:
        return sum(unit.place_id in material.registered.get(level, {}) for unit in communes)

    return PlanRow(
        name,
        code,
        len(communes),
        sum(unit.certified for unit in previous.communes) if previous else None,
        len(promised),
        sum(unit.certified for unit in promised),
        sum(unit.certified for unit in communes),
        sum(unit.planned == "planned" and not unit.certified for unit in communes),
        sum(unit.planned == "supplementary" and not unit.certified for unit in communes),
        aiming("nang_cao"),
        aiming("kieu_mau"),
        len(hamlet_rows(picture, material.hamlets)),
    )


def plan_table(slug: str, title: str, subtitle: str, material: Material) -> Table:
    """The plan of the year against its result, and the plan of the next."""
    year = material.picture.year
    rows = plan_rows(material)
    now, then = f"Kế hoạch và kết quả năm {year}", f"Kế hoạch năm {year + 1}"
    columns = [
        by_place(lambda row: row.code, lambda row: row.name),
        Column("total", "Tổng số xã", lambda row: row.total, decimals=0),
        Column("before", f"Xã đạt chuẩn đến hết năm {year - 1}", lambda row: row.before, decimals=0, width=12),
        Column("promised", "Xã đăng ký", lambda row: row.promised, now, decimals=0),
        Column("kept", "Đạt trong số đăng ký", lambda row: row.kept, now, decimals=0),
        Column("kept_percent", "% so kế hoạch", lambda row: row.kept_percent, now, decimals=1),
        Column("certified", "Xã đạt chuẩn (lũy kế)", lambda row: row.certified, now, decimals=0, width=10),
        Column("planned", "Đăng ký theo kế hoạch", lambda row: row.planned, then, decimals=0, width=10),
        Column("supplementary", "Đăng ký bổ sung", lambda row: row.extra, then, decimals=0),
        Column("target", "Phấn đấu (lũy kế)", lambda row: row.target, then, decimals=0, width=10),
        Column("target_percent", "Tỷ lệ (%)", lambda row: row.target_percent, then, decimals=2),
        Column("advanced", "Nâng cao", lambda row: row.advanced, f"Xã đăng ký năm {year + 1}", decimals=0),
        Column("model", "Kiểu mẫu", lambda row: row.model, f"Xã đăng ký năm {year + 1}", decimals=0),
        Column("hamlets", "Xóm kiểu mẫu (lũy kế)", lambda row: row.hamlets, decimals=0, width=10),
    ]
    notes = ["Ô trống: chưa có đăng ký hoặc chưa có số liệu năm trước. Xã đã đạt chuẩn không tính lại vào kế hoạch."]
    return Table(slug, title, subtitle, columns, rows[:-1], rows[-1:], unit_line="Đơn vị tính: xã, xóm", notes=notes)
