"""PURE: the watch lists as tables (reports ``gan-dat``, ``mong-manh``, ``tieu-chi-kho``)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from communes.text import vn_number
from reports.picture.figures import CriterionRow, criterion_rows, ratio
from reports.picture.picture import STANDINGS, Criterium, Picture
from reports.tables.columns import CODE, DISTRICT, NAME
from reports.tables.table import Column, Table

from . import watch_text
from .material import Material
from .watch import MARGIN_POINTS, MARGIN_SHARE, Fragile, Near, fragile, near

NOBODY = "Không có xã nào thuộc diện này."
CUSTOMARY = "Cơ quan phụ trách ghi theo thông lệ, chưa đối chiếu văn bản phân công của tỉnh."
NEAR_NOTES = [
    "Gồm các xã chưa được công nhận và đã biết là chưa đạt từ 1 đến 3 tiêu chí. Tiêu chí chưa có số liệu không tính là "
    "thiếu, cũng không tính là đạt: ghi ở cột riêng; xã có tiêu chí như vậy có thể còn thiếu nhiều hơn số đã ghi.",
    "Xã mà mọi tiêu chí đã biết đều đạt, phần còn lại chưa có số liệu, không có trong biểu này. Khoảng cách tính trên "
    f"giá trị chưa làm tròn. {CUSTOMARY}",
]


def margin_note() -> str:
    """The margin in words, from the constants that decide."""
    share = vn_number(MARGIN_SHARE * 100)
    return (
        f"Sát mức: cách mức quy định không quá {vn_number(MARGIN_POINTS)} điểm phần trăm (chỉ tiêu tính bằng %) hoặc "
        f"không quá {share} % của mức (chỉ tiêu khác). Mức 100 % hoặc đúng một số thì không có khoảng dư."
    )


FRAGILE_NOTES = [
    "Gồm các xã đã được công nhận hoặc đạt đủ tiêu chí mà: đang có tiêu chí chưa đạt, hoặc có chỉ tiêu đạt sát mức, "
    "hoặc có chỉ tiêu xấu đi hai năm liền.",
    margin_note(),
    "Xấu đi hai năm liền: năm nay kém năm trước, năm trước kém năm trước nữa, theo chiều của mức quy định; cần số liệu "
    "của cả ba năm theo cùng một bộ tiêu chí, thiếu năm nào thì không kết luận.",
]


def near_table(slug: str, title: str, subtitle: str, material: Material) -> Table:
    """The communes that miss one to three criteria, or as many as are asked for."""
    lines = [line for criterion in material.groups for line in criterion.lines]
    rows = near(material.picture, lines, material.readings, material.steps)
    counts, details = "Số tiêu chí", "Còn thiếu"
    columns = [
        CODE, NAME, DISTRICT,
        Column("met_count", "Đạt", lambda row: row.unit.summary.met_count, counts, decimals=0, width=6),
        Column("missing_count", "Còn thiếu", lambda row: len(row.missing), counts, decimals=0, width=7),
        Column("unknown_count", "Chưa có số liệu", lambda row: len(row.unknown), counts, decimals=0, width=8),
        Column("missing", "Tiêu chí", lambda row: lined(map(named, row.missing)), details, width=24, long=True),
        Column("failing", "Chỉ tiêu: kết quả / mức quy định", _failing, details, width=52, long=True),
        Column("lead", "Cơ quan phụ trách", _leads, details, width=26, long=True),
        Column("unknown", "Tiêu chí", lambda row: lined(map(named, row.unknown)), NO_DATA, width=16, long=True),
        Column("unknown_lines", "Chỉ tiêu", _without_data, NO_DATA, width=20, long=True),
    ]  # fmt: skip
    if material.steps:
        title = title.replace("ít tiêu chí", f"{material.steps} tiêu chí")
    return Table(slug, title, subtitle, columns, rows, notes=_notes(rows, NEAR_NOTES))


NO_DATA = "Chưa có số liệu"


def _failing(row: Near) -> str:
    return lined(map(watch_text.failing, row.failing))


def _leads(row: Near) -> str:
    return lined(dict.fromkeys(criterion.lead for criterion in row.missing if criterion.lead))


def _without_data(row: Near) -> str:
    return lined(map(watch_text.brief, row.without_data))


def lined(texts: Iterable[str]) -> str:
    """Several things in one cell, each in a line of its own."""
    return "\n".join(texts)


def named(criterion: Criterium) -> str:
    return f"{criterion.number}. {criterion.name}"


def _notes(rows: Sequence[object], notes: list[str]) -> list[str]:
    return notes if rows else [NOBODY, *notes]


def fragile_table(slug: str, title: str, subtitle: str, material: Material) -> Table:
    """The communes that hold the standard and may lose it."""
    rows = fragile(material.picture, material.readings, material.past)
    columns = [
        CODE, NAME, DISTRICT,
        Column("state", "Hiện trạng", lambda row: STANDINGS[row.standing], width=20, long=True),
        Column("missing", "Tiêu chí chưa giữ được", lambda row: lined(map(named, row.missing)), width=22, long=True),
        Column("count", "Số chỉ tiêu dễ tụt", lambda row: row.count, decimals=0, width=8),
        Column("barely", "Đạt sát mức: kết quả / mức, còn dư", _barely, RISK, width=52, long=True),
        Column("falling", "Xấu đi hai năm liền", _falling, RISK, width=44, long=True),
    ]  # fmt: skip
    return Table(slug, title, subtitle, columns, rows, notes=_notes(rows, FRAGILE_NOTES))


RISK = "Chỉ tiêu dễ tụt"


def _barely(row: Fragile) -> str:
    return lined(map(watch_text.barely, row.barely))


def _falling(row: Fragile) -> str:
    return lined(map(watch_text.course, row.falling))


@dataclass(frozen=True, slots=True)
class HardRow:
    """A criterion in the whole and in each district; or, at the end, how many communes there are."""

    number: int | None
    name: str
    met: int | None
    not_met: int | None
    unknown: int | None
    total: int
    by_district: tuple[int, ...]

    @property
    def percent(self) -> Decimal | None:
        return None if self.met is None else ratio(self.met, self.total)


def hard_rows(picture: Picture) -> list[HardRow]:
    """The criteria known to be missed by most communes first; the number of communes last."""
    parts = [criterion_rows(part) for part in picture.districts]
    rows = [_hard(row, tuple(part[index].met for part in parts)) for index, row in enumerate(criterion_rows(picture))]
    rows.sort(key=lambda row: (-(row.not_met or 0), row.met or 0, row.number or 0))
    totals = tuple(len(part.communes) for part in picture.districts)
    return [*rows, HardRow(None, "Tổng số xã", None, None, None, len(picture.communes), totals)]


def _hard(row: CriterionRow, by_district: tuple[int, ...]) -> HardRow:
    criterion = row.criterion
    return HardRow(criterion.number, criterion.name, row.met, row.not_met, row.unknown, row.total, by_district)


def hard_table(slug: str, title: str, subtitle: str, material: Material) -> Table:
    """19 criteria, hardest first, by district; of one district without the columns that would repeat it."""
    picture = material.picture
    *rows, total = hard_rows(picture)
    count, link = "Số xã", ("criterion", lambda row: row.number and str(row.number))
    columns = [
        Column("number", "Tiêu chí số", lambda row: row.number, decimals=0, width=7),
        Column("name", "Tên tiêu chí", lambda row: row.name, width=30, link=link, long=True),
        Column("not_met", "Chưa đạt", lambda row: row.not_met, count, decimals=0, width=7),
        Column("met", "Đạt", lambda row: row.met, count, decimals=0, width=7),
        Column("unknown", "Chưa có số liệu", lambda row: row.unknown, count, decimals=0, width=8),
        Column("total", "Tổng số", lambda row: row.total, count, decimals=0, width=7),
        Column("percent", "Tỷ lệ đạt (%)", lambda row: row.percent, decimals=2, width=8),
    ]
    if len(picture.districts) > 1:
        columns += [_district(index, part) for index, part in enumerate(picture.districts)]
    return Table(slug, title, subtitle, columns, rows, [total], "Đơn vị tính: xã", notes=HARD_NOTES, numbered=False)


HARD_NOTES = [
    "Xếp theo số xã đã biết là chưa đạt, nhiều nhất ở trên. Cột của từng huyện ghi số xã đạt; tổng số xã của huyện ở "
    "dòng cuối. Tiêu chí không xét được tính là đạt; chưa có số liệu không tính là đạt, cũng không tính là chưa đạt."
]


def _district(index: int, part: Picture) -> Column:
    def met(row: HardRow) -> int:
        return row.by_district[index]

    heading = part.district.name
    return Column(
        f"d{part.district.code}", heading, met, "Số xã đạt theo huyện, thành phố, thị xã", decimals=0, width=9
    )
