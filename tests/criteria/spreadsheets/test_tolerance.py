"""Names as offices write them; what they do with percentages stands in ``test_cells_of_offices``."""

import pytest

from criteria.spreadsheets.sheet import RawRow
from criteria.spreadsheets.tolerance import Named, bare, by_name, percents

COMMUNES = {
    "1": Named("1", ("hoa binh",), "dong hy"),
    "2": Named("2", ("hoa binh", "hoa an"), "song cong"),
    "3": Named("3", ("phu lac",), "dai tu"),
}


@pytest.mark.parametrize(
    ("name", "district", "codes"),
    [
        ("Phú Lạc", "Đại Từ", ["3"]),
        ("Phú Lạc", "Huyện Đồng Hỷ", []),
        ("Hòa Bình", None, ["1", "2"]),
        ("Hòa Bình", "TP. Sông Công", ["2"]),
        ("Hòa An", "", ["2"]),
        (None, "", []),
        ("xã", "Đại Từ", []),
    ],
)
def test_a_commune_is_found_by_any_of_its_names_in_the_district_that_is_given(name, district, codes):
    assert by_name(name, district, COMMUNES) == codes


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("Xã Phú Lạc", "phu lac"),
        ("Huyện Võ Nhai", "vo nhai"),
        ("Thành phố Thái Nguyên", "thai nguyen"),
        ("TP Thái Nguyên", "thai nguyen"),
        ("TP. Thái Nguyên", "thai nguyen"),
        ("Thị xã Phổ Yên", "pho yen"),
        ("TX Phổ Yên", "pho yen"),
        ("TX. Phổ Yên", "pho yen"),
        ("Phú Xã", "phu xa"),
        ("Xã Huyện Võ", "huyen vo"),
        ("", ""),
        (None, ""),
    ],
)
def test_the_word_for_the_kind_does_not_belong_to_a_name(written, name):
    assert bare(written) == name


def rows(*column) -> list[RawRow]:
    return [RawRow(number, {"5.1": raw}) for number, raw in enumerate(column)]


def test_a_zero_that_the_portal_wrote_tells_nothing_of_its_column():
    found = percents(rows(0, 0.5, 0.7, 0.6), ["5.1"], {(0, "5.1")})
    assert found.fractions == {"5.1"}


def test_one_column_tells_nothing_of_another():
    mixed = [RawRow(number, {"5.1": raw, "3.1": raw * 100}) for number, raw in enumerate([0.5, 0.7, 0.6])]
    found = percents(mixed, ["5.1", "3.1"], {(0, "3.1")})
    assert (found.fractions, found.doubtful) == ({"5.1"}, frozenset())


@pytest.mark.parametrize(("written", "fractions"), [("1 %", {"5.1"}), ("2 %", set()), ("1", {"5.1"}), ("85%", set())])
def test_only_a_percentage_above_one_tells_that_a_column_holds_no_fractions(written, fractions):
    assert percents(rows(written, 0.5, 0.7, 0.6), ["5.1"]).fractions == fractions
