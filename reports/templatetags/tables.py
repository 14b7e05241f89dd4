"""Draws the rows of a table in one pass: a template that loops over thousands of cells is the cost of a page."""

from django import template
from django.urls import reverse
from django.utils.html import escape, format_html
from django.utils.safestring import mark_safe

from criteria.rules.verdicts import Verdict
from reports.picture.picture import SIGNS, STANDINGS
from reports.tables.table import MARKS, Column, Table

register = template.Library()
_HERE = "code-here"
WORDS = 12  # characters of a column of words, which is not to be squeezed to one a line
BROAD = 40  # characters of a column whose cells hold several lines, and are not to be squeezed
NAMES = {
    Verdict.MET: "Đạt",
    Verdict.NOT_MET: "Chưa đạt",
    Verdict.NOT_APPLICABLE: "Không xét",
    Verdict.UNKNOWN: "Chưa có số liệu",
}
_VERDICT_CELLS = {
    verdict: f'<td class="v {verdict}" title="{name}">{MARKS[verdict]}</td>' for verdict, name in NAMES.items()
}
VERDICT_SIGNS = {Verdict.MET: "✓", Verdict.NOT_MET: "✗", Verdict.NOT_APPLICABLE: "–", Verdict.UNKNOWN: "?"}


@register.simple_tag
def table_rows(table: Table, year: int):
    """The ``<tr>`` of all rows; cells that name a commune, district or criterion link to it."""
    prefixes = {kind: _prefix(kind, year) for kind in ("commune", "district", "criterion")}
    parts = []
    for number, row in enumerate(table.rows, 1):
        cells = "".join(_cell(column, row, prefixes) for column in table.shown)
        parts.append(f"<tr>{f'<td class=num>{number}</td>' if table.numbered else ''}{cells}</tr>")
    return mark_safe("".join(parts))  # noqa: S308 - every text was escaped in _cell


@register.simple_tag
def table_totals(table: Table, year: int):
    """The ``<tr>`` of the total rows."""
    parts = []
    for row in table.totals:
        cells = "".join(_cell(column, row, {}) for column in table.shown)
        parts.append(f"<tr>{'<td></td>' if table.numbered else ''}{cells}</tr>")
    return mark_safe("".join(parts))  # noqa: S308 - every text was escaped in _cell


def _prefix(kind: str, year: int) -> tuple[str, str]:
    """What stands before and after the code in a link: one ``reverse`` for a whole table."""
    before, after = reverse(kind, args=[_HERE]).split(_HERE)
    return before, f"{after}?nam={year}"


def _breadth(column: Column) -> str:
    """Cells that hold several lines are not squeezed to a word a line."""
    if not column.long or column.width < WORDS:
        return ""
    return " class=lines" if column.width >= BROAD else " class=words"


def _cell(column: Column, row, prefixes: dict[str, tuple[str, str]]) -> str:
    value = column.value(row)
    if isinstance(value, Verdict):
        return _VERDICT_CELLS[value]
    text: str = escape(column.text(row))
    if column.link and text:
        kind, code_of = column.link
        code = code_of(row)
        if code and kind in prefixes:
            before, after = prefixes[kind]
            text = f'<a href="{before}{escape(code)}{after}">{text}</a>'
    if isinstance(value, str):
        return f"<td{_breadth(column)}>{text}</td>"
    return f'<td class="num">{text}</td>'


@register.simple_tag
def verdict_mark(verdict: Verdict):
    """A verdict as a sign with its name: never by colour alone."""
    return _sign(verdict, VERDICT_SIGNS[verdict], NAMES[verdict])


@register.simple_tag
def verdict_sign(verdict: Verdict):
    """The sign of a verdict alone, for a drawing that names it elsewhere."""
    return VERDICT_SIGNS[verdict]


@register.simple_tag
def standing_mark(standing: str):
    """Where a commune stands, as a sign with its name."""
    return _sign(standing, SIGNS[standing], STANDINGS[standing])


def _sign(kind: str, sign: str, name: str):
    seen = format_html('<span aria-hidden="true">{}</span><span class="visually-hidden">{}</span>', sign, name)
    return format_html('<span class="sign {}" title="{}">{}</span>', kind, name, seen)


@register.filter
def standing_name(standing: str) -> str:
    return STANDINGS[standing]


@register.filter
def verdict_name(verdict: Verdict) -> str:
    return NAMES[verdict]


@register.simple_tag(takes_context=True)
def with_query(context, **changes):
    """The query of this page with some parameters changed; an empty one is dropped."""
    query = context["request"].GET.copy()
    for name, value in changes.items():
        query.pop(name, None)
        if value not in ("", None):
            query[name] = value
    return f"?{query.urlencode()}"
