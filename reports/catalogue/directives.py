"""PURE: the register of tasks, each beside the figure of the portal that tells how it goes (report ``nhiem-vu``)."""

from collections.abc import Callable

from communes.money import FundingSource
from communes.text import vn_number
from reports.picture.figures import Figure, headline, registered
from reports.tables.table import Column, Table

from .material import Material, Task
from .money import both, debt_rows, sums, works

NOTES = [
    "Nhiệm vụ ghi nguyên văn theo văn bản; trạng thái, thời hạn và kết quả do Văn phòng cập nhật. Cột “Số liệu của "
    "cổng” tính từ số liệu của năm đang xem.",
]


def directive_table(slug: str, title: str, subtitle: str, material: Material) -> Table:
    """The tasks in the order of their documents; late ones are marked by the last day of the year."""
    picture = material.picture

    def state(task: Task) -> str:
        return f"{task.progress}, quá hạn" if task.is_late(picture.as_of) else task.progress

    columns = [
        Column("document", "Văn bản", lambda task: task.document, width=12),
        Column("number", "Số", lambda task: task.number, decimals=0, width=5),
        Column("text", "Nhiệm vụ", lambda task: task.text, width=60, long=True),
        Column("owner", "Cơ quan thực hiện", lambda task: task.owner, width=26, long=True),
        Column("deadline", "Thời hạn", lambda task: task.deadline, width=12),
        Column("progress", "Trạng thái", state, width=16, long=True),
        Column("measure", "Số liệu của cổng", lambda task: measured(task.measure, material), width=30, long=True),
        Column("result", "Kết quả, minh chứng", lambda task: task.result, width=34, long=True),
    ]
    return Table(slug, title, subtitle, columns, list(material.tasks), notes=NOTES, numbered=False, paper="A3")


def measured(measure: str, material: Material) -> str:
    """The figure behind a task in words; nothing for a task that no figure measures."""
    return MEASURES[measure](material) if measure in MEASURES else ""


def _shown(figure: Figure) -> str:
    return "chưa có số liệu" if figure.value is None else f"{vn_number(figure.value, figure.decimals)} {figure.unit}"


def _certified(material: Material) -> str:
    figures = {figure.key: figure for figure in headline(material.picture)}
    share = figures["communes_certified_percent"]
    return f"{share.numerator}/{share.denominator} xã đạt chuẩn ({_shown(share)})"


def _registered(material: Material) -> str:
    total, extra = registered(material.picture)
    return f"{total.numerator} xã đăng ký năm {material.picture.year + 1}, trong đó {extra.numerator} xã bổ sung"


def _funding(material: Material) -> str:
    """Planned and disbursed in the year, credit apart."""
    planned, disbursed = sums(material.picture, material.money)
    given = both(planned.sum(False), disbursed.sum(False))
    if not given:
        return "chưa có số liệu"
    credit = both(planned.of(FundingSource.CREDIT), disbursed.of(FundingSource.CREDIT))
    return f"không gồm tín dụng: {given}" + (f"; tín dụng: {credit}" if credit else "")


def _arrears(material: Material) -> str:
    rows = debt_rows(material.picture, material.debts)
    overdue = sum(row.overdue for row in rows)
    return works(rows) + (f", {overdue} công trình quá hạn" if overdue else "")


def _income(material: Material) -> str:
    figures = {figure.key: figure for figure in headline(material.picture)}
    return f"thu nhập {_shown(figures['income_per_capita'])}; hộ nghèo {_shown(figures['poverty_rate'])}"


def _slipped(material: Material) -> str:
    return f"{len(material.picture.standings['slipped'])} xã đạt chuẩn đang dưới chuẩn"


MEASURES: dict[str, Callable[[Material], str]] = {
    "certified": _certified,
    "registered": _registered,
    "funding": _funding,
    "arrears": _arrears,
    "income": _income,
    "slipped": _slipped,
}
