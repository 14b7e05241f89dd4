"""Draws the body of the entry grid in one pass: a template loop over some thousand cells is the cost of the page."""

from django import template
from django.urls import reverse
from django.utils.html import escape
from django.utils.safestring import mark_safe

from criteria.entry.grid import Grid, GridCell, GridColumn, GridRow
from criteria.rules.workflow import NAMES, State

register = template.Library()
_HERE = "code-here"
STATE_SIGNS = {State.DRAFT: "✎", State.SUBMITTED: "⇧", State.APPROVED: "✔", State.RETURNED: "↩"}


@register.simple_tag
def grid_rows(grid: Grid):
    """The ``<tr>`` of all communes."""
    before, after = reverse("entry_commune", args=[grid.round.year, _HERE]).split(_HERE)
    parts = []
    for row in grid.rows:
        pairs = zip(row.cells, grid.columns, strict=True)
        cells = "".join([_cell(row.code, cell, column) for cell, column in pairs])
        parts.append(f"<tr>{_head(row, grid, before, after)}{cells}</tr>")
    return mark_safe("".join(parts))  # noqa: S308 - every text is escaped in _head and _cell


def _head(row: GridRow, grid: Grid, before: str, after: str) -> str:
    state = State(row.state)
    sign = f'{STATE_SIGNS[state]}<span class="visually-hidden">{NAMES[state]}</span>'
    filled = f"<b data-filled>{row.filled}</b>/{grid.fillable}"
    met = f"<b data-met>{row.met}</b>/{len(grid.standard.criteria)}"
    return (
        f'<th scope="row" data-folded="{escape(row.folded)}" data-code="{row.code}">'
        f'<a href="{before}{row.code}{after}" tabindex="-1">{escape(row.name)}</a>'
        f'<span class="of" title="{NAMES[state]}">{sign} {filled} · {met}</span></th>'
    )


def _cell(code: str, cell: GridCell, column: GridColumn) -> str:
    attributes = f'data-commune="{code}" data-indicator="{column.key}" data-status="{cell.status}"'
    if cell.verdict:
        attributes += f' data-verdict="{cell.verdict}"'
    if cell.last:
        attributes += f' data-last="{escape(cell.last)}"'
    if cell.warning and not cell.accepted:
        attributes += f' data-warning="{escape(cell.warning)}"'
    return f"<td {attributes}>{escape(cell.text)}</td>"


@register.simple_tag
def grid_groups(grid: Grid):
    """The upper heading row as (heading, columns it spans)."""
    spans: list[list] = []
    for column in grid.columns:
        if spans and spans[-1][0] == column.group:
            spans[-1][1] += 1
        else:
            spans.append([column.group, 1])
    return spans
