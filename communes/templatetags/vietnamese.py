"""Template filters for Vietnamese numbers."""

from django import template

from communes.text import vn_number

register = template.Library()


@register.filter
def vn(value, decimals=None):
    """``{{ 1234.5|vn:1 }}`` → ``1.234,5``; nothing known → ``–``."""
    return "–" if value is None else vn_number(value, decimals)


@register.filter
def plain(value):
    """A number for machines (``data-value``, SVG): a point, no separators; nothing known → empty."""
    return "" if value is None else str(value)


@register.filter
def absolute(value):
    """Without its sign, beside words that say which way."""
    return abs(value)
