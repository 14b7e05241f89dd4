"""PURE: the reports by slug, each with its title, its columns and its rows of a picture."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal

from criteria.rules.verdicts import Verdict, bands
from reports.picture.figures import BandRow, CriterionRow, Figure, band_rows, criterion_rows, headline
from reports.picture.picture import EVERYTHING, STANDINGS, Criterium, Unit, missed, verdicts
from reports.tables.columns import CODE, DISTRICT, NAME, by_place
from reports.tables.table import Column, Table, Value

from .directives import directive_table
from .duties import duty_table
from .entry_sheet import entry_table
from .hamlets import hamlet_table
from .material import Decision, Material
from .money import CHOICES, debt_table, funding_table
from .plans import plan_table
from .registrations import LEVELS, registered_table
from .society import society_table
from .watch import STEPS
from .watch_tables import fragile_table, hard_table, near_table


@dataclass(frozen=True, slots=True)
class Report:
    """A report: ``detail`` means that its rows are communes; ``reading`` is what its picture is made from, ``needs``
    names what it reads beside it. ``steps``: to how many missed criteria it can be narrowed; ``kinds``:
    what it can show instead, by ``?loai=``, with the names of the choices. ``groups``: also counts model hamlets and
    the communes that aim at more than the standard. ``kept``: the list of the administration where it is entered."""

    slug: str
    title: str
    about: str
    build: Callable[["Report", Material], Table]
    detail: bool = False
    needs: str = ""
    reading: frozenset[str] = EVERYTHING
    steps: tuple[int, ...] = ()
    kinds: tuple[tuple[str, str], ...] = ()
    groups: bool = False
    kept: str = ""

    def table(self, material: Material) -> Table:
        return self.build(self, material)


def heading(report: Report, material: Material) -> str:
    return f"{report.title} năm {material.picture.year}"


def subtitle(material: Material) -> str:
    picture = material.picture
    state = "số liệu đã chốt" if picture.closed else "số liệu tạm tính"
    return f"{material.place}, đến {picture.as_of:%d/%m/%Y} – theo Bộ tiêu chí {picture.set_code} – {state}"


def _summary(report: Report, material: Material) -> Table:
    def places(figure: Figure) -> int:
        return figure.decimals

    columns = [
        Column("key", "Khóa", lambda figure: figure.key, hidden=True),
        Column("label", "Chỉ số", lambda figure: figure.label, width=52, long=True),
        Column("value", "Giá trị", lambda figure: figure.value, decimals=places, width=12),
        Column("unit", "Đơn vị tính", lambda figure: figure.unit, width=24),
        Column("numerator", "Tử số", lambda figure: figure.numerator, decimals=_parts, width=16),
        Column("denominator", "Mẫu số", lambda figure: figure.denominator, decimals=0, width=12),
    ]
    notes = [
        "Tỷ lệ tính từ tử số và mẫu số bên cạnh. Thu nhập bình quân có quyền số là dân số xã; "
        "bình quân tiêu chí tính trên các xã đã có số liệu, tiêu chí không xét được tính là đạt."
    ]
    return Table(
        report.slug, heading(report, material), subtitle(material), columns, headline(material.picture), notes=notes
    )


def _parts(figure: Figure) -> int:
    return 1 if isinstance(figure.numerator, Decimal) else 0


def _bands(report: Report, material: Material) -> Table:
    groups = bands(len(material.picture.criteria))
    rows = band_rows(material.picture)
    columns = [
        by_place(lambda row: row.code, lambda row: row.name),
        Column("total", "Tổng số xã", lambda row: row.total, decimals=0),
        *(_band(position, band.key, band.label) for position, band in enumerate(groups)),
        Column("mean", "Bình quân tiêu chí/xã", lambda row: row.mean.value, decimals=2, width=12),
    ]
    if rows[-1].unknown:
        columns.insert(-1, Column("unknown", "Chưa có số liệu", lambda row: row.unknown, decimals=0))
    return Table(
        report.slug,
        heading(report, material),
        subtitle(material),
        columns,
        rows[:-1],
        rows[-1:],
        unit_line="Đơn vị tính: xã",
    )


def _band(position: int, key: str, label: str) -> Column:
    def count(row: BandRow) -> int:
        return row.counts[position]

    return Column(key, label, count, "Số xã theo số tiêu chí đạt", decimals=0)


def _criteria(report: Report, material: Material) -> Table:
    def link(row: CriterionRow) -> str:
        return str(row.criterion.number)

    columns = [
        Column("number", "Tiêu chí số", lambda row: row.criterion.number, decimals=0, width=8),
        Column("name", "Tên tiêu chí", lambda row: row.criterion.name, width=36, link=("criterion", link), long=True),
        Column("met", "Đạt", lambda row: row.met, "Số xã", decimals=0),
        Column("not_met", "Chưa đạt", lambda row: row.not_met, "Số xã", decimals=0),
        Column("unknown", "Chưa có số liệu", lambda row: row.unknown, "Số xã", decimals=0),
        Column("total", "Tổng số", lambda row: row.total, "Số xã", decimals=0),
        Column("percent", "Tỷ lệ đạt (%)", lambda row: row.percent, decimals=2, width=10),
        Column("lead", "Cơ quan phụ trách", lambda row: row.criterion.lead, width=38, long=True),
    ]
    notes = [
        "Tiêu chí không xét được tính là đạt; tỷ lệ tính trên tổng số xã. Cơ quan phụ trách ghi theo thông lệ, "
        "chưa đối chiếu văn bản phân công của tỉnh."
    ]
    rows = criterion_rows(material.picture)
    return Table(report.slug, heading(report, material), subtitle(material), columns, rows, notes=notes, numbered=False)


@dataclass(frozen=True, slots=True)
class MatrixRow:
    """A commune with its verdicts; or, at the end, the number of communes that meet each criterion."""

    code: str | None
    name: str
    district: str
    district_code: str | None
    cells: list[Verdict] | list[int]
    met_count: int | None


def _matrix(report: Report, material: Material) -> Table:
    picture = material.picture
    rows = [
        MatrixRow(
            unit.code, unit.name, unit.district.name, unit.district.code, verdicts(unit, picture),
            unit.summary.met_count if unit.has_data else None,
        )
        for unit in picture.communes
    ]  # fmt: skip
    met = [row.met for row in criterion_rows(picture)]
    total = MatrixRow(None, "Số xã đạt", "", None, met, sum(met))
    columns = [
        CODE,
        NAME,
        by_place(lambda row: row.district_code, lambda row: row.district),
        *(_matrix_column(criterion) for criterion in picture.criteria),
        Column("met_count", "Số tiêu chí đạt", lambda row: row.met_count, decimals=0),
    ]
    notes = ["Đ: đạt; CĐ: chưa đạt; KXX: không xét (được tính là đạt); ô trống: chưa có số liệu."]
    notes += ["; ".join(f"{criterion.number}. {criterion.name}" for criterion in picture.criteria) + "."]
    return Table(report.slug, heading(report, material), subtitle(material), columns, rows, [total], notes=notes)


def _matrix_column(criterion: Criterium) -> Column:
    def cell(row: MatrixRow) -> Value:
        return row.cells[criterion.position]

    return Column(f"c{criterion.number}", str(criterion.number), cell, "Tiêu chí", decimals=0, width=5)


def _data(report: Report, material: Material) -> Table:
    return entry_table(heading(report, material), subtitle(material), material)


def _certified(report: Report, material: Material) -> Table:
    picture, decisions = material.picture, material.decisions or {}
    rows = [unit for unit in picture.communes if unit.certified]

    def decision(unit: Unit) -> Decision:
        return decisions.get(unit.id) or Decision(0, "", None)

    columns = [
        CODE,
        NAME,
        DISTRICT,
        Column("recognised_for", "Năm đạt", lambda unit: decision(unit).year or None, width=9, year=True),
        Column("decision_number", "Số", lambda unit: decision(unit).number, "Quyết định công nhận", width=16),
        Column("decided_on", "Ngày", lambda unit: decision(unit).decided_on, "Quyết định công nhận", width=12),
        Column("met_count", "Số tiêu chí đạt", lambda unit: unit.summary and unit.summary.met_count, decimals=0),
        Column("state", "Hiện trạng", lambda unit: STANDINGS[picture.standing(unit)], width=28),
        Column("missed", "Tiêu chí chưa giữ được", lambda unit: names(missed(unit, picture)), width=34, long=True),
    ]
    return Table(report.slug, heading(report, material), subtitle(material), columns, rows)


def _watch(table: Callable[[str, str, str, Material], Table]) -> Callable[[Report, Material], Table]:
    return lambda report, material: table(report.slug, heading(report, material), subtitle(material), material)


def names(criteria: Iterable[Criterium]) -> str:
    """``10. Thu nhập; 11. Hộ nghèo``."""
    return "; ".join(f"{criterion.number}. {criterion.name}" for criterion in criteria)


REPORTS = {
    report.slug: report
    for report in (
        Report("tong-hop", "Chỉ số tổng hợp", "Các con số chính, kèm tử số và mẫu số.", _summary),
        Report("nhom-tieu-chi", "Số xã theo nhóm tiêu chí đạt", "Từng huyện: đạt đủ, 15–18, 10–14, …", _bands),
        Report("tung-tieu-chi", "Số xã đạt từng tiêu chí", "Tiêu chí nào còn nhiều xã chưa đạt.", _criteria),
        Report(
            "ma-tran", "Kết quả từng xã theo tiêu chí", "Mỗi xã một dòng, mỗi tiêu chí một cột.", _matrix, True,
            reading=frozenset({"criteria", "summaries"}),
        ),
        Report(
            "du-lieu", "Biểu đánh giá các xã", "Số liệu gốc mọi chỉ tiêu; nạp lại được.", _data, True, "raw",
            reading=frozenset({"statistics"}),
        ),
        Report(
            "xa-dat-chuan", "Xã đạt chuẩn nông thôn mới", "Quyết định công nhận và hiện trạng.", _certified, True,
            "decisions", kept="communes_recognition",
        ),
        Report(
            "dang-ky", "Xã đăng ký đạt chuẩn nông thôn mới", "Xã đăng ký năm sau: đã đạt gì, còn thiếu gì, ai giúp.",
            _watch(registered_table), True, "plan", frozenset({"summaries"}), kinds=LEVELS,
            kept="communes_registration",
        ),
        Report(
            "xom-kieu-mau", "Xóm nông thôn mới kiểu mẫu", "Từng xóm: huyện, xã, năm đạt, quyết định của huyện.",
            _watch(hamlet_table), True, "hamlets", frozenset(), kept="communes_hamlet",
        ),
        Report(
            "phan-cong", "Phân công sở, ngành", "Sở, ngành nào phụ trách tiêu chí gì, giúp đỡ xã nào; xã còn thiếu gì.",
            _watch(duty_table), True, "duties", frozenset({"criteria", "summaries"}),
            kept="communes_assignment",
        ),
        Report(
            "ke-hoach", "Kế hoạch và kết quả theo huyện", "Đăng ký và kết quả năm nay, kế hoạch năm sau.",
            _watch(plan_table), needs="previous", reading=frozenset({"marks"}), groups=True,
        ),
        Report(
            "kinh-te-xa-hoi", "Thu nhập và hộ nghèo theo huyện", "Dân số, hộ nghèo, thu nhập; tăng, giảm.",
            _watch(society_table), needs="previous", reading=frozenset({"statistics"}),
        ),
        Report(
            "nguon-luc", "Nguồn lực huy động", "Từng nguồn theo huyện, xã: kế hoạch, phân bổ, giải ngân.",
            _watch(funding_table), True, "funding", frozenset(), kinds=CHOICES, kept="communes_funding",
        ),
        Report(
            "no-dong", "Nợ đọng xây dựng cơ bản", "Từng công trình còn nợ: giá trị, đã trả, còn nợ, hạn trả.",
            _watch(debt_table), True, "arrears", frozenset(), kept="communes_arrears",
        ),
        Report(
            "nhiem-vu", "Nhiệm vụ được giao", "Từng nhiệm vụ của văn bản: ai làm, đến đâu, số liệu nào cho biết.",
            _watch(directive_table), needs="tasks", reading=frozenset({"statistics", "summaries", "marks"}),
            kept="reports_directive",
        ),
        Report(
            "gan-dat", "Xã còn thiếu ít tiêu chí", "Chưa đạt 1, 2 hoặc 3 tiêu chí: thiếu gì, còn cách mức bao nhiêu.",
            _watch(near_table), True, "near", frozenset({"summaries", "marks"}), STEPS,
        ),
        Report(
            "mong-manh", "Xã dễ tụt chuẩn", "Đang dưới chuẩn, đạt sát mức quy định, hoặc xấu đi hai năm liền.",
            _watch(fragile_table), True, "fragile", frozenset({"summaries", "marks"}),
        ),
        Report(
            "tieu-chi-kho", "Tiêu chí khó theo huyện", "Tiêu chí nào nhiều xã chưa đạt nhất, và ở huyện nào.",
            _watch(hard_table), reading=frozenset({"criteria", "summaries"}),
        ),
    )
}  # fmt: skip
