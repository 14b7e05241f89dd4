"""Figures that are possible but unlikely: exactly how far is too far."""

from decimal import Decimal

import pytest

from criteria.rules.warnings import Usual, above, jump, outlier, usual

PERCENT, NUMBER = True, False


@pytest.mark.parametrize(
    ("value", "last_year", "kind", "warned"),
    [
        ("70", "50", PERCENT, False),
        ("70.1", "50", PERCENT, True),
        ("29.9", "50", PERCENT, True),
        ("30", "20", NUMBER, False),
        ("30.1", "20", NUMBER, True),
        ("9.9", "20", NUMBER, True),
        ("45", "20", PERCENT, True),
        ("500", "0", NUMBER, False),
        ("20", "20", NUMBER, False),
    ],
)
def test_a_jump_is_more_than_20_points_or_more_than_half(value, last_year, kind, warned):
    assert bool(jump(Decimal(value), Decimal(last_year), kind)) is warned


def test_a_jump_names_the_figure_of_last_year():
    assert jump(Decimal(90), Decimal("1250.5"), NUMBER) == "Chênh lớn so với năm trước (1.250,5)."


@pytest.mark.parametrize(("value", "last_year"), [(None, Decimal(50)), (Decimal(50), None), (None, None)])
def test_what_is_not_known_jumps_nowhere(value, last_year):
    assert jump(value, last_year, PERCENT) == ""


def test_a_district_of_five_communes_is_too_small_to_say_what_is_usual():
    assert usual([Decimal(10)] * 5) is None
    assert usual([Decimal(10)] * 6) == Usual(10.0, 0.0)


@pytest.mark.parametrize(("value", "warned"), [("16", False), ("16.1", True), ("4", False), ("3.9", True)])
def test_more_than_three_deviations_from_the_district_is_unlikely(value, warned):
    assert bool(outlier(Decimal(value), Usual(10.0, 2.0))) is warned


def test_where_all_communes_say_the_same_nothing_is_unlikely():
    assert outlier(Decimal(90), Usual(10.0, 0.0)) == ""


@pytest.mark.parametrize(("part", "whole", "warned"), [(5, 5, False), (6, 5, True), (None, 5, False), (6, None, False)])
def test_a_part_is_not_larger_than_its_whole(part, whole, warned):
    assert bool(above(part, whole, "Số hộ nghèo", "số hộ")) is warned
