"""The hidden stamp of a sheet: what it held, whatever a program did to it since."""

import json

import pytest

from criteria.spreadsheets.stamp import Stamp, read_stamp

STAMP = Stamp(
    2017, "1980/QĐ-TTg", "Huyện Võ Nhai", ["population", "5.1"], {"05485": ["7009", "80"], "05488": ["", "1"]}
)
FACTS = {"version": 1, "year": 2017, "set": "1980/QĐ-TTg", "scope": ""}


def stamped(facts, *body) -> Stamp | None:
    return read_stamp([[json.dumps(facts)], ["code", "population", "5.1"], *body])


@pytest.mark.parametrize(
    ("code", "key", "text"),
    [
        ("05485", "population", "7009"),
        ("05485", "5.1", "80"),
        ("05488", "population", ""),
        ("05485", "3.1", None),
        ("05491", "5.1", None),
        ("05491", "3.1", None),
    ],
)
def test_it_tells_what_a_cell_held_and_nothing_of_a_cell_it_did_not_have(code, key, text):
    assert STAMP.held(code, key) == text


def test_it_comes_back_from_the_sheet_as_it_went_in():
    assert read_stamp(STAMP.sheet()) == STAMP


def test_its_communes_stand_in_the_order_of_their_codes():
    turned = Stamp(2017, "1980/QĐ-TTg", "", [], {"05488": [], "05485": []})
    assert turned.sheet()[2:] == [["05485"], ["05488"]]


@pytest.mark.parametrize(
    "rows",
    [
        [],
        [[]],
        [["Biểu"], ["code"]],
        [["null"], ["code"]],
        [[json.dumps(FACTS)]],
        [[json.dumps(FACTS | {"version": 2})], ["code"]],
        [[json.dumps(FACTS | {"version": 0})], ["code"]],
        [[json.dumps(FACTS | {"year": "năm nay"})], ["code"]],
        *([[json.dumps({name: FACTS[name] for name in FACTS if name != left_out})], ["code"]] for left_out in FACTS),
    ],
)
def test_what_is_not_understood_is_no_stamp(rows):
    assert read_stamp(rows) is None


def test_rows_that_a_program_cut_or_lengthened_keep_their_columns():
    found = stamped(FACTS, ["05485", "7009"], ["05488", "7009", "80", "", ""], [], ["05491"])
    assert found.rows == {"05485": ["7009", ""], "05488": ["7009", "80"], "05491": ["", ""]}


def test_a_first_row_that_a_program_filled_up_still_tells_the_facts():
    assert read_stamp([[json.dumps(FACTS), None, ""], ["code"]]).year == 2017
