"""PURE: who is registered for the coming year, at which level, what each lacks and what is done (report ``dang-ky``).

Million đồng. A level whose criteria are not assessed here has no list of what is missing, rather than an invented one.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from communes.money import total
from reports.tables.columns import CODE, NAME, by_place
from reports.tables.table import Column, Table

from . import watch_text
from .material import Material, Registered
from .money import UNIT
from .watch import Near, lacking
from .watch_tables import lined, named

BATCHES = {"planned": "Kế hoạch", "supplementary": "Bổ sung"}
LACKS, MONEY, OUTCOME = "Còn thiếu", "Vốn", "Kết quả thực hiện"
DISTRICT = by_place(lambda row: row.district_code, lambda row: row.district)


@dataclass(frozen=True, slots=True)
class Group:
    """A group of communes: the level they aim at, its name in a column, in a sentence and in a title."""

    level: str
    label: str
    aim: str
    title: str

    @property
    def is_standard(self) -> bool:
        return self.level == "dat_chuan"


KINDS = {
    "": Group("dat_chuan", "Đạt chuẩn", "đạt chuẩn", "đạt chuẩn nông thôn mới"),
    "nang-cao": Group("nang_cao", "Nâng cao", "nông thôn mới nâng cao", "nông thôn mới nâng cao"),
    "kieu-mau": Group("kieu_mau", "Kiểu mẫu", "nông thôn mới kiểu mẫu", "nông thôn mới kiểu mẫu"),
}
LEVELS = tuple((key, group.label) for key, group in KINDS.items())


@dataclass(frozen=True, slots=True)
class RegisteredRow:
    """A registered commune with what it lacks; or, at the end, the whole with its money."""

    code: str | None
    name: str
    about: Registered
    near: Near | None = None

    @property
    def district(self) -> str:
        return self.near.district.name if self.near else ""

    @property
    def district_code(self) -> str | None:
        return self.near.district.code if self.near else None

    @property
    def met_count(self) -> int | None:
        return self.near.unit.summary.met_count if self.near and self.near.unit.has_data else None

    @property
    def outcome(self) -> str:
        """Nothing before the year it is registered for has been assessed."""
        return {None: "", True: "Đã công nhận", False: "Chưa công nhận"}[self.about.recognised]


OPTIONAL = {"unknown_lines", "advanced", "outcome", "result", "note"}


def registered_rows(material: Material) -> list[RegisteredRow]:
    """The communes registered at the level, the planned ones first, then by district and code."""
    picture, plans = material.picture, material.registered.get(KINDS[material.kind].level, {})
    lines = [line for criterion in material.groups for line in criterion.lines]
    rows = [
        RegisteredRow(
            unit.code, unit.name, plans[unit.place_id],
            lacking(unit, picture, lines, material.readings.get(unit.id, {})),
        )
        for unit in picture.communes
        if unit.place_id in plans
    ]  # fmt: skip
    return sorted(rows, key=lambda row: (row.about.batch, row.district_code or "", row.code or ""))


def registered_table(slug: str, title: str, subtitle: str, material: Material) -> Table:
    """The communes registered for the coming year: what each has and lacks at the end of this one, and its money."""
    group, year = KINDS[material.kind], material.picture.year + 1
    rows = registered_rows(material)
    title = title.replace(KINDS[""].title, group.title)
    return Table(
        slug, f"{title}, đăng ký năm {year}", subtitle, _shown(_columns(group), rows), rows, _totals(rows), UNIT,
        _notes(rows, group, year, material.picture.set_code), paper="A3",
    )  # fmt: skip


def _shown(columns: list[Column], rows: Sequence[RegisteredRow]) -> list[Column]:
    """Room on the paper for what is said: a column of ``OPTIONAL`` in which nothing stands is for machines only."""
    empty = {column.key for column in columns if column.key in OPTIONAL and not any(map(column.value, rows))}
    return [replace(column, hidden=column.hidden or column.key in empty) for column in columns]


def _columns(group: Group) -> list[Column]:
    return [
        CODE, replace(NAME, width=14), replace(DISTRICT, width=14),
        Column("level", "Mức", lambda row: group.label if row.near else "", hidden=True),
        Column("batch", "Đợt", lambda row: BATCHES.get(row.about.batch, ""), width=8, long=True),
        Column("legal_basis", "Căn cứ", lambda row: row.about.legal_basis, width=13, long=True),
        Column("met_count", "Số tiêu chí đã đạt", lambda row: row.met_count, decimals=0, width=7),
        *(_lacks() if group.is_standard else []),
        Column("needs", "Nhu cầu", lambda row: row.about.needs, MONEY, width=9),
        Column("advanced", "Ứng từ kế hoạch năm sau", lambda row: row.about.advanced, MONEY, width=10),
        Column("sponsor", "Sở, ngành giúp đỡ", lambda row: row.about.sponsor, width=18, long=True),
        Column("deadline", "Hạn hoàn thành", lambda row: row.about.deadline, width=11),
        Column("outcome", "Công nhận", lambda row: row.outcome, OUTCOME, width=9, long=True),
        Column("result", "Ghi nhận", lambda row: row.about.result, OUTCOME, width=14, long=True),
        Column("note", "Ghi chú", lambda row: row.about.note, width=13, long=True),
    ]  # fmt: skip


def _lacks() -> list[Column]:
    return [
        Column("missing", "Tiêu chí", _missing, LACKS, width=20, long=True),
        Column("failing", "Chỉ tiêu: hiện trạng / yêu cầu", _failing, LACKS, width=46, long=True),
        Column("unknown_lines", "Chưa có số liệu", _unknown, LACKS, width=12, long=True),
    ]


def _missing(row: RegisteredRow) -> str:
    return lined(map(named, row.near.missing)) if row.near else ""


def _failing(row: RegisteredRow) -> str:
    return lined(map(watch_text.failing, row.near.failing)) if row.near else ""


def _unknown(row: RegisteredRow) -> str:
    return lined(map(watch_text.brief, row.near.without_data)) if row.near else ""


def _totals(rows: Sequence[RegisteredRow]) -> list[RegisteredRow]:
    needs, advanced = (total(getattr(row.about, name) for row in rows) for name in ("needs", "advanced"))
    return [RegisteredRow(None, f"Cộng {len(rows)} xã", Registered(needs=needs, advanced=advanced))] if rows else []


def _notes(rows: Sequence[RegisteredRow], group: Group, year: int, set_code: str) -> list[str]:
    if not rows:
        return [f"Chưa có xã nào đăng ký {group.aim} năm {year}."]
    extra = sum(row.about.batch == "supplementary" for row in rows)
    notes = [
        f"{len(rows)} xã đăng ký {group.aim} năm {year}: {len(rows) - extra} xã theo kế hoạch, {extra} xã bổ sung.",
        f"Vốn: ô trống là chưa có số liệu. Vốn ứng là số kế hoạch năm {year} ghi ứng từ kế hoạch các năm sau, lấy từ "
        f"Nguồn lực. Công nhận: có quyết định tính đến hết năm {year} hay chưa, ghi khi đã có kỳ đánh giá năm {year}.",
    ]
    return notes if group.is_standard else [*notes, _not_judged(rows, group, set_code)]


def _not_judged(rows: Sequence[RegisteredRow], group: Group, set_code: str) -> str:
    why = "chưa được đánh giá ở biểu này" if any(row.about.has_set for row in rows) else "chưa nạp vào cổng"
    return (
        f"Bộ tiêu chí {group.aim} {why} nên không ghi tiêu chí còn thiếu của mức này. Số tiêu chí đã đạt là theo Bộ "
        f"tiêu chí {set_code}."
    )
