"""What is issued stays as it was: a frozen table gives the same page, the same file, the same JSON."""

import hashlib
import json
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from criteria.rounds import rounds_of
from reports.catalogue.queries import material, read
from reports.catalogue.registry import REPORTS
from reports.files import workbook
from reports.tables.freezing import changed, differences, digest, freeze, thaw, with_appendices
from reports.tables.table import Column, Table, Verdict, as_read


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


def test_the_hash_does_not_hang_on_the_order_of_keys():
    """A database keeps JSON by its keys and not by their order."""
    assert digest({"a": 1, "b": {"c": 2, "d": 3}}) == digest({"b": {"d": 3, "c": 2}, "a": 1})
    frozen = freeze(table_of([("a", 1)]))
    assert digest(dict(reversed(frozen.items()))) == digest(frozen)
    assert digest({"rows": [1, 2]}) != digest({"rows": [2, 1]})


def test_the_hash_is_that_of_the_canonical_text():
    """What was issued years ago must still be found to be what it was."""
    said = '{"a":[1,2],"ă":"Xã"}'
    assert digest({"ă": "Xã", "a": [1, 2]}) == hashlib.sha256(said.encode()).hexdigest()


def test_two_rows_of_one_name_stay_two():
    old, new = (table_of([("cầu", value), ("cầu", 2)]) for value in (1, 3))
    assert [(one.row, one.old, one.new) for one in differences(old, new)] == [("cầu", "1,0", "3,0")]
    gone = differences(old, table_of([("cầu", 1)]))
    assert [(one.column, one.old, one.new) for one in gone] == [("Tên", "cầu", ""), ("Nhóm: X", "2,0", "")]
    both = differences(old, table_of([("cầu", 5), ("cầu", 6)]))
    assert [(one.old, one.new) for one in both] == [("1,0", "5,0"), ("2,0", "6,0")]


def named_table(rows, keys=("code", "name", "x"), totals=(), slug="thu", **about) -> Table:
    columns = [
        Column(key, key.title(), lambda row, at=at: row[at], hidden=key[0] == "_") for at, key in enumerate(keys)
    ]
    return Table(slug, "Thử", "", columns, list(rows), list(totals), **about)


def test_changes_come_in_the_order_of_the_new_table_and_then_what_went():
    old = named_table([("1", "a", 1), ("2", "b", 1), ("3", "c", 1)])
    new = named_table([("4", "d", 2), ("3", "c", 2), ("1", "a", 2)])
    assert [(one.code, one.column) for one in differences(old, new) if one.column == "X"] == [
        ("4", "X"), ("3", "X"), ("1", "X"), ("2", "X"),
    ]  # fmt: skip


def test_a_changed_row_is_named_by_its_code_and_title_and_a_total_as_a_total():
    keys = ("code", "name", "work", "x")
    old = named_table([("1", "Xã A", "Cầu", 1), ("2", "Xã B", "", 1)], keys, [("", "", "", 1)])
    new = named_table([("1", "Xã A", "Cầu", 2), ("2", "Xã B", "", 2)], keys, [("", "", "", 2)])
    assert [(one.code, one.row, one.slug, one.table) for one in differences(old, new)] == [
        ("1", "Cầu", "thu", "Thử"), ("2", "Xã B", "thu", "Thử"), ("", "Tổng", "thu", "Thử"),
    ]  # fmt: skip
    without = [named_table([(1,)], ("x",)), named_table([(2,)], ("x",))]
    assert [(one.code, one.row) for one in differences(*without)] == [("", "Tổng")]


def test_a_column_that_came_or_went_is_told_and_what_is_hidden_is_not():
    old = named_table([("1", "a", 5, 1)], ("code", "name", "went", "_hidden"))
    new = named_table([("1", "a", 7, 2)], ("code", "name", "came", "_hidden"))
    assert [(one.column, one.old, one.new) for one in differences(old, new)] == [("Went", "5", ""), ("Came", "", "7")]


def test_a_change_that_nobody_sees_is_none():
    """1,04 and 0,96 are both 1,0 on paper."""
    old, new = table_of([("a", Decimal("1.04"))]), table_of([("a", Decimal("0.96"))])
    assert differences(old, new) == []


def test_a_change_keeps_value_and_places_beside_the_text():
    [one] = differences(table_of([("a", Decimal("1.04"))]), table_of([("a", 2)]))
    assert (one.was.value, one.was.places, one.was.text) == (Decimal("1.04"), 1, "1,0")
    assert (one.now.value, one.now.places, one.now.text) == (2, 1, "2,0")


def test_tables_are_held_against_those_of_their_slug_with_what_is_attached():
    extra = [named_table([("1", "a", value)], slug="kem") for value in (1, 2)]
    old = [named_table([("1", "a", 1)], appendix=extra[0]), named_table([("1", "a", 1)], slug="thoi")]
    new = [named_table([("1", "a", 3)], appendix=extra[1]), named_table([("1", "a", 1)], slug="moi")]
    assert [(one.slug, one.old, one.new) for one in changed(old, new)] == [("thu", "1", "3"), ("kem", "1", "2")]
    assert [table.slug for table in with_appendices([*old])] == ["thu", "kem", "thoi"]


def test_what_is_attached_is_frozen_too():
    table = named_table([("1", "a", 1)], appendix=named_table([("2", "b", 2)], slug="kem"))
    again = thaw(json.loads(json.dumps(freeze(table))))
    assert (again.appendix.slug, texts(again.appendix)) == ("kem", [["2", "b", "2"]])
    assert freeze(named_table([]))["appendix"] is None


def test_places_that_hang_on_the_row_are_kept_by_row():
    def places(row):
        return row[1]

    table = Table(
        "thu", "Thử", "", [Column("x", "X", lambda row: row[0], decimals=places)], [(1, 0), (1, 2), (1, None)]
    )
    assert texts(thaw(json.loads(json.dumps(freeze(table))))) == texts(table) == [["1"], ["1,00"], ["1"]]
