"""PURE: the wide sheet as offices take it out, fill it in and send it back (report ``du-lieu``).

Codes and headings are locked, cells know what they may hold, thresholds stand below the headings, and a hidden stamp
says what every cell held, so that the import can tell what the office changed from what a colleague changed.
"""

from decimal import Decimal

from criteria.rules.cells import limit, written
from criteria.rules.standard import Group, Line, Rule, Standard
from criteria.rules.statistics import FIXED
from criteria.spreadsheets.stamp import SHEET, SHOWN, Stamp
from reports.picture.picture import Unit
from reports.tables.columns import CODE, DISTRICT, NAME
from reports.tables.table import Column, Table, Value

from .material import Material

STATISTICS = {"population": 10, "households": 10, "poor_households": 10, "income": 15}
WORDS = ("Đạt", "Chưa đạt", "KXX: ")
NOTES = [
    "Đây là biểu nhập: sửa rồi nạp lại được. Ô trống là chưa có số liệu. Chỉ tiêu tính từ số liệu thống kê "
    "(thu nhập, hộ nghèo) không sửa tại cột chỉ tiêu. Nội dung và mức quy định xem trang tính “Chỉ tiêu”."
]
GUIDE = [
    "Cách ghi",
    "1. Mỗi xã một dòng, không sửa mã xã và dòng tiêu đề; được thêm cột, thêm dòng tiêu đề phía trên, đổi thứ tự cột.",
    "2. Số ghi 12,5 hoặc 12.5; tỷ lệ ghi 85 hoặc 85,5 (đơn vị %).",
    "3. Chỉ tiêu có mức quy định bằng số thì ghi số; các chỉ tiêu khác ghi Đạt hoặc Chưa đạt (chọn trong danh sách).",
    "4. Không xét: ghi KXX: và lý do, ví dụ “KXX: chưa có chợ trong quy hoạch”.",
    "5. Chưa có số liệu thì để trống; không ghi 0.",
    "6. Thu nhập (10.1) và hộ nghèo (11.1) lấy từ cột thu nhập, số hộ nghèo, số hộ.",
    "7. Nạp lại tại mục Nạp Excel: cổng cho xem trước thay đổi, chỉ ra ô sai, và hỏi khi đồng nghiệp đã sửa cùng ô.",
]


def entry_table(title: str, subtitle: str, material: Material) -> Table:
    """The sheet of a picture's communes: statistics and indicators, all or those asked for, filled or empty."""
    standard = material.standard
    if standard is None:
        raise ValueError("the entry sheet needs a standard")
    whole = not material.group and material.criterion is None
    columns = [CODE, NAME, DISTRICT, *(_statistic(key, material.empty) for key in STATISTICS if whole)]
    for criterion in standard.criteria:
        if material.group in ("", criterion.group) and material.criterion in (None, criterion.number):
            columns += [_indicator(line, criterion, material, standard.rule(line)) for line in criterion.lines]
    units = material.picture.communes
    return Table(
        "du-lieu", title, subtitle, columns, units, notes=NOTES, paper="A3", numbered=False,
        appendix=_indicators(standard), guide=GUIDE, hidden=(SHEET, _stamp(columns, units, material, standard)),
    )  # fmt: skip


def _statistic(key: str, empty: bool) -> Column:
    def value(unit: Unit) -> Value:
        return None if empty else getattr(unit, key)

    high = Decimal(1000) if key == "income" else Decimal(10**9)
    decimals = None if key == "income" else 0
    return Column(
        key, FIXED[key], value, decimals=decimals, width=STATISTICS[key], editable=True, highest=high, hint="cả xã"
    )


def _indicator(line: Line, criterion: Group, material: Material, rule: Rule | None) -> Column:
    raw = {} if material.empty else material.raw or {}

    def value(unit: Unit) -> Value:
        return raw.get(unit.id, {}).get(line.code)

    derived = line.derived and rule is not None
    words = line.kind == "boolean" or rule is None
    return Column(
        line.code,
        line.code,
        value,
        f"{criterion.number}. {criterion.name}",
        editable=not derived,
        choices=WORDS if words else (),
        highest=None if words or derived else limit(line),
        hint="tự tính" if derived else rule.text if rule else "Đạt/Chưa đạt",
    )


def _stamp(columns: list[Column], units: list[Unit], material: Material, standard: Standard) -> list[list[str]]:
    """What the cells that can be changed hold now. An empty sheet held nothing: what is left empty is no change."""
    cells = columns[3:]
    derived = {line.code for line in standard.lines if line.derived}
    shown = [column for column in cells if column.key in derived]
    keys = [column.key for column in cells] + [f"{column.key}{SHOWN}" for column in shown]
    rows = {
        unit.code: [
            *(_held(column.value(unit), column.key in derived) for column in cells),
            *(_number(column.value(unit)) for column in shown),
        ]
        for unit in units
    }
    return Stamp(material.picture.year, material.picture.set_code, material.place, keys, rows).sheet()


def _held(value: Value, derived: bool) -> str:
    """What a cell holds that somebody gave: of a derived one the words, not the number."""
    return "" if derived and not isinstance(value, str) else _number(value) if not isinstance(value, str) else value


def _number(value: Value) -> str:
    return written(value) if isinstance(value, int | Decimal) else ""


def _indicators(standard: Standard) -> Table:
    def rule(line: Line) -> Rule | None:
        return standard.rule(line)

    columns = [
        Column("code", "Mã", lambda line: line.code, width=8),
        Column("text", "Nội dung chỉ tiêu", lambda line: line.text, width=80, long=True),
        Column("unit", "Đơn vị tính", lambda line: line.unit, width=20),
        Column("threshold", "Mức quy định", lambda line: _said(rule(line), "text"), width=24),
        Column("basis", "Căn cứ", lambda line: _said(rule(line), "legal_basis"), width=36),
        Column("verified", "Đối chiếu", lambda line: _verified(rule(line)), width=18),
    ]
    title = f"CHỈ TIÊU VÀ MỨC QUY ĐỊNH NĂM {standard.year}"
    return Table("chi-tieu", title, f"Bộ tiêu chí {standard.set_code}", columns, standard.lines, numbered=False)


def _said(rule: Rule | None, name: str) -> str:
    return str(getattr(rule, name)) if rule else ""


def _verified(rule: Rule | None) -> str:
    if rule is None:
        return "Đạt/Chưa đạt"
    return "Minh họa" if rule.illustrative else "Đã đối chiếu" if rule.verified else "Chưa đối chiếu"


def shown_number(value: Decimal | int | str | None, derived: bool) -> Value:
    """A derived percentage with two decimals, anything else as it was given."""
    return round(value, 2).normalize() + 0 if derived and isinstance(value, Decimal) else value
