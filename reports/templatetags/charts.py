"""Draws the map and the lines of the dashboards as SVG: they print, need no script and are read aloud."""

from django import template
from django.urls import reverse
from django.utils.html import escape, format_html
from django.utils.safestring import mark_safe

from reports.drawing.colouring import Hexagon, Painting
from reports.drawing.hexmap import Cell, layout
from reports.picture.picture import STANDINGS

register = template.Library()
_HERE = "code-here"


@register.simple_tag
def hexagon_map(painting: Painting, year: int, district: str = ""):
    """The map as ``svg#map``: a hexagon is a link to its commune; outside ``district`` it is drawn and says nothing."""
    found = painting.hexagons
    if not found:
        return ""
    cells = tuple(Cell(*at, hexagon.unit.district.code) for hexagon in found if (at := hexagon.unit.hexagon))
    names = dict.fromkeys((hexagon.unit.district.code, hexagon.unit.district.name) for hexagon in found)
    drawing = layout(cells, tuple(names))
    before, after = reverse("commune", args=[_HERE]).split(_HERE)
    parts = [
        _foreign(points) if district and hexagon.unit.district.code != district
        else _link(hexagon, points, x, y, f"{before}{hexagon.unit.code}{after}?nam={year}")
        for hexagon, points, (x, y) in zip(found, drawing.hexagons, drawing.middles, strict=True)
    ]  # fmt: skip
    labels = [f'<text class="name" x="{name.x}" y="{name.y + 5}">{escape(name.text)}</text>' for name in drawing.names]
    return format_html(
        '<svg id="map" viewBox="0 0 {} {}" role="group" aria-label="Bản đồ lục giác {} xã: {}">{}<path class="borders" '
        'd="{}"/>{}</svg>',
        *(drawing.width, drawing.height, len(found), painting.title),
        *(mark_safe("".join(parts)), drawing.borders, mark_safe("".join(labels))),  # noqa: S308 - all text escaped
    )


def _link(hexagon: Hexagon, points: str, x: float, y: float, address: str) -> str:
    unit = hexagon.unit
    told = escape(f"{unit.name}, {unit.district.name}: {hexagon.told}")
    if hexagon.told not in STANDINGS.values() and not hexagon.told.startswith(STANDINGS["below"]):
        told += escape(f" ({STANDINGS[hexagon.standing]})")
    return (
        f'<a class="hx {hexagon.shade}" href="{escape(address)}" data-commune="{escape(unit.code)}" '
        f'data-state="{hexagon.standing}" aria-label="{told}"><title>{told}</title><polygon points="{points}"/>'
        f'<text x="{x}" y="{y + 4}">{hexagon.sign}</text></a>'
    )


def _foreign(points: str) -> str:
    return f'<polygon class="hx other" points="{points}"/>'
