"""PURE: who is registered for the coming year and what each still misses; the plan of a year against its result."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from . import watch_text
from .columns import CODE, DISTRICT, NAME, by_place
from .figures import ratio
from .material import Material, Registered
from .picture import Picture, Unit
from .tables import Column, Table
from .watch import Near, lacking
from .watch_tables import lined, named

BATCHES = {"planned": "Kế hoạch", "supplementary": "Bổ sung"}


def registered_table(slug: str, title: str, subtitle: str, material: Material) -> Table:
    """The communes registered for the coming year: what each has and lacks at the end of this one."""
    picture = material.picture
    units = sorted((u for u in picture.communes if u.planned), key=lambda u: (u.planned, u.district.code, u.code))
    lines = [line for criterion in material.groups for line in criterion.lines]
    rows = [lacking(unit, picture, lines, material.readings.get(unit.id, {})) for unit in units]

    def about(row: Near) -> Registered:
        return material.registered.get(row.unit.place_id, NOTHING)

    columns = [
        CODE, NAME, DISTRICT,
        Column("batch", "Đợt", lambda row: BATCHES[row.unit.planned], width=9),
        Column("legal_basis", "Căn cứ", lambda row: about(row).legal_basis, width=18, long=True),
        Column("met_count", "Số tiêu chí đã đạt", _met, decimals=0, width=8),
        Column("missing", "Tiêu chí", lambda row: lined(map(named, row.missing)), LACKS, width=24, long=True),
        Column("failing", "Chỉ tiêu: hiện trạng / yêu cầu", _failing, LACKS, width=50, long=True),
        Column("unknown_lines", "Chưa có số liệu", _unknown, LACKS, width=18, long=True),
        Column("sponsor", "Sở, ngành giúp đỡ", lambda row: about(row).sponsor, width=24, long=True),
        Column("note", "Ghi chú", lambda row: about(row).note, width=18, long=True),
    ]  # fmt: skip
    notes = [_counted(units, picture.year + 1)]
    return Table(slug, f"{title}, đăng ký năm {picture.year + 1}", subtitle, columns, rows, notes=notes, paper="A3")


def _met(row: Near) -> int | None:
    return row.unit.summary.met_count if row.unit.has_data else None


def _failing(row: Near) -> str:
    return lined(map(watch_text.failing, row.failing))


def _unknown(row: Near) -> str:
    return lined(map(watch_text.brief, row.without_data))


NOTHING = Registered()
LACKS = "Còn thiếu"


def _counted(units: Sequence[Unit], year: int) -> str:
    extra = sum(unit.planned == "supplementary" for unit in units)
    if not units:
        return f"Chưa có xã nào đăng ký đạt chuẩn năm {year}."
    return f"{len(units)} xã đăng ký đạt chuẩn năm {year}: {len(units) - extra} xã theo kế hoạch, {extra} xã bổ sung."


@dataclass(frozen=True, slots=True)
class PlanRow:
    """A district, or the whole: last year's certified communes, this year's plan and result, next year's plan."""

    name: str
    code: str | None
    total: int
    before: int | None
    promised: int
    kept: int
    certified: int
    planned: int
    extra: int

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


def plan_rows(picture: Picture, previous: Picture | None) -> list[PlanRow]:
    """One row per district, the whole last. A district is compared with itself within its bounds of the year before."""
    earlier = {part.district.code: part for part in previous.districts} if previous else {}
    rows = [
        _plan_row(part, earlier.get(part.district.code), part.district.name, part.district.code)
        for part in picture.districts
    ]
    return [*rows, _plan_row(picture, previous, "Toàn tỉnh" if len(rows) > 1 else "Cộng", None)]


def _plan_row(picture: Picture, previous: Picture | None, name: str, code: str | None) -> PlanRow:
    communes = picture.communes
    promised = [unit for unit in communes if unit.promised]
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
    )


def plan_table(slug: str, title: str, subtitle: str, material: Material) -> Table:
    """The plan of the year against its result, and the plan of the next."""
    year = material.picture.year
    rows = plan_rows(material.picture, material.previous)
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
    ]
    notes = ["Ô trống: chưa có đăng ký hoặc chưa có số liệu năm trước. Xã đã đạt chuẩn không tính lại vào kế hoạch."]
    return Table(slug, title, subtitle, columns, rows[:-1], rows[-1:], unit_line="Đơn vị tính: xã", notes=notes)
