"""What is issued stays as it was: a frozen table gives the same page, the same file, the same JSON."""

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports import workbook
from reports.catalogue import REPORTS
from reports.entry_sheet import as_read
from reports.freezing import changed, differences, digest, freeze, thaw
from reports.queries import material, read, rounds_of
from reports.tables import Column, Table, Verdict


@pytest.fixture
def tables(province):
    rounds = rounds_of(province)
    found = []
    for report in REPORTS.values():
        picture, before = read(report, province, rounds, 2017)
        found.append(as_read(report.table(material(picture, rounds[2017], report, province, before))))
    return found


def texts(table: Table) -> list[list[str]]:
    return [[column.text(row) for column in table.columns] for row in (*table.rows, *table.totals)]


def test_every_report_comes_out_of_the_ice_as_it_went_in(tables):
    for table in tables:
        kept = json.loads(json.dumps(freeze(table)))
        again = thaw(kept)
        assert texts(again) == texts(table), table.slug
        assert again.records() == table.records(), table.slug
        assert again.groups == table.groups
        assert freeze(again) == kept
        assert not changed([again], [table])


@pytest.mark.parametrize("slug", ["tong-hop", "nhom-tieu-chi", "ma-tran", "dang-ky"])
def test_the_workbook_of_a_frozen_table_is_the_same_cell_by_cell(tables, slug):
    import io

    from openpyxl import load_workbook

    table = next(table for table in tables if table.slug == slug)
    books = [load_workbook(io.BytesIO(workbook.write(each))).active for each in (table, thaw(freeze(table)))]
    first, second = ([[(c.value, c.number_format, c.font.b) for c in row] for row in book.rows] for book in books)
    assert first == second


values = st.one_of(
    st.none(),
    st.integers(-(10**9), 10**9),
    st.decimals(-(10**6), 10**6, places=3),
    st.dates(date(2000, 1, 1), date(2030, 1, 1)),
    st.text("aă=+-<>&\u00a0 xyz", max_size=8),
    st.sampled_from(Verdict),
)


def table_of(rows) -> Table:
    columns = [Column("name", "Tên", lambda row: row[0]), Column("x", "X", lambda row: row[1], "Nhóm", decimals=1)]
    return Table("thu", "Thử", "", columns, rows)


@given(st.lists(st.tuples(st.text("abc", max_size=2), values), max_size=8))
def test_any_value_is_kept_exactly(rows):
    table = table_of(rows)
    again = thaw(json.loads(json.dumps(freeze(table))))
    assert [again.columns[1].value(row) for row in again.rows] == [row[1] for row in rows]
    assert texts(again) == texts(table)
    assert differences(again, table) == []


@given(st.lists(st.integers(0, 99), min_size=1, max_size=9), st.data())
def test_every_changed_cell_is_listed_and_no_other(numbers, data):
    other = [data.draw(st.integers(0, 99)) for _ in numbers]
    old, new = (table_of([(f"xã {n}", value) for n, value in enumerate(given)]) for given in (numbers, other))
    found = differences(old, new)
    assert [(one.row, one.old, one.new) for one in found] == [
        (f"xã {n}", f"{was},0", f"{now},0")
        for n, (was, now) in enumerate(zip(numbers, other, strict=True))
        if was != now
    ]
    assert {one.column for one in found} <= {"Nhóm: X"}


def test_rows_that_came_and_went_are_told():
    found = differences(table_of([("a", 1), ("b", Decimal("2.5"))]), table_of([("b", Decimal("2.5")), ("c", None)]))
    assert {(one.row, one.column, one.old, one.new) for one in found} == {
        ("c", "Tên", "", "c"), ("a", "Tên", "a", ""), ("a", "Nhóm: X", "1,0", ""),
    }  # fmt: skip


def test_rows_of_one_name_are_told_apart_by_their_order():
    found = differences(table_of([("cầu", 1), ("cầu", 2)]), table_of([("cầu", 1), ("cầu", 3)]))
    assert [(one.old, one.new) for one in found] == [("2,0", "3,0")]


def test_the_hash_is_of_what_is_said_and_not_of_how_it_is_kept(tables):
    frozen = freeze(tables[0])
    assert digest(frozen) == digest(json.loads(json.dumps(frozen, indent=2)))
    assert digest(frozen) != digest(freeze(replace(tables[0], title="Khác")))
