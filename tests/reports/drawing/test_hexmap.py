"""The map: every commune once, districts outlined, names where they can be read."""

from datetime import date
from math import hypot

import pytest
from hypothesis import given
from hypothesis import strategies as st

from communes.models import Commune
from reports.drawing.hexmap import RADIUS, WIDTH, Cell, layout, neighbours

places = st.sets(st.tuples(st.integers(0, 12), st.integers(0, 12)), min_size=1, max_size=40)


def cells(grid, district=lambda column, row: "1") -> tuple[Cell, ...]:
    return tuple(Cell(column, row, district(column, row)) for column, row in sorted(grid))


@given(places)
def test_hexagons_never_cover_each_other(grid):
    middles = layout(cells(grid), (("1", "Một"),)).middles
    for number, (x, y) in enumerate(middles):
        for other_x, other_y in middles[:number]:
            assert hypot(x - other_x, y - other_y) > WIDTH - 0.2


@given(places)
def test_neighbours_touch_and_are_mutual(grid):
    for column, row in grid:
        for edge, place in enumerate(neighbours(column, row)):
            assert (column, row) == neighbours(*place)[(edge + 3) % 6]
            (x, y), (px, py) = Cell(column, row, "").centre, Cell(*place, "").centre
            assert hypot(x - px, y - py) == pytest.approx(WIDTH, abs=0.01)


def test_a_border_runs_between_two_districts_and_around_both_of_them():
    apart = layout((Cell(0, 0, "1"), Cell(1, 0, "2")), (("1", "Một"), ("2", "Hai")))
    together = layout((Cell(0, 0, "1"), Cell(1, 0, "1")), (("1", "Một"),))
    assert (apart.borders.count("M"), together.borders.count("M")) == (11, 10)


@given(places)
def test_everything_lies_within_the_drawing(grid):
    drawing = layout(cells(grid, lambda column, row: str(column % 3)), tuple((str(n), f"Huyện {n}") for n in range(3)))
    for x, y in drawing.middles:
        assert WIDTH / 2 <= x <= drawing.width - WIDTH / 2
        assert RADIUS <= y <= drawing.height - RADIUS
    assert all(0 < name.x < drawing.width and 0 < name.y < drawing.height for name in drawing.names)


def test_the_names_of_the_province_cover_neither_each_other_nor_communes_but_where_there_is_no_room(province):
    found = Commune.objects.in_force(date(2017, 12, 31)).rural().select_related("district")
    grid = tuple(Cell(unit.hex_column, unit.hex_row, unit.district.code) for unit in found)
    names = {unit.district.code: unit.district.name for unit in found}
    drawing = layout(grid, tuple(names.items()))
    assert {name.text for name in drawing.names} == set(names.values())
    free = [
        n for n in drawing.names if all(abs(n.x - x) > WIDTH / 2 or abs(n.y - y) > RADIUS for x, y in drawing.middles)
    ]
    assert len(free) >= 7
    for number, name in enumerate(drawing.names):
        assert all(abs(name.y - o.y) > 10 or abs(name.x - o.x) > 60 for o in drawing.names[:number])
