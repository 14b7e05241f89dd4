"""What a cell of a sheet says, as offices write it; where it could mean two things, it is refused."""

import unicodedata
from contextlib import suppress
from datetime import date, datetime, time
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from criteria.rules.cells import LARGEST, UNEXPLAINED, CellError, limit, read_cell, read_number, read_verdict, show
from criteria.rules.standard import Line, Rule
from criteria.rules.verdicts import Comparison, Given, Threshold, Verdict

HUNDRED = Decimal(100)


def line(kind="percent", source="sheet", unit="%") -> Line:
    return Line(1, "5.1", "Tỷ lệ trường học đạt chuẩn", kind, unit, source, 4)


def rule(threshold="70") -> Rule:
    return Rule(
        1, "national", "", None, None, Threshold(Comparison.AT_LEAST, Decimal(threshold)), "≥ 70 %", "QĐ", True, False
    )


PERCENT, BOOLEAN, NUMBER = line(), line("boolean", unit=""), line("number", unit="nhà")
JUDGED_BY_OFFICER = line("province_defined", unit="")


@pytest.mark.parametrize(
    ("written", "high", "number"),
    [
        ("12,5", HUNDRED, "12.5"),
        ("12.5", HUNDRED, "12.5"),
        (" 12,5 ", HUNDRED, "12.5"),
        ("12,5 %", HUNDRED, "12.5"),
        ("12.5%", HUNDRED, "12.5"),
        ("1.234,5", LARGEST, "1234.5"),
        ("1,234.5", LARGEST, "1234.5"),
        ("1.234.567", LARGEST, "1234567"),
        ("1 234 567", LARGEST, "1234567"),
        ("1.234", HUNDRED, "1.234"),
        ("1,234", HUNDRED, "1.234"),
        ("12.3456", LARGEST, "12.3456"),
        ("007", LARGEST, "7"),
        ("+5", LARGEST, "5"),
        ("-0", HUNDRED, "0"),
        ("0", HUNDRED, "0"),
        ("100", HUNDRED, "100"),
        (0, HUNDRED, "0"),
        (12, HUNDRED, "12"),
        (12.5, HUNDRED, "12.5"),
        (Decimal("12.5"), HUNDRED, "12.5"),
    ],
)
def test_numbers_are_read_as_offices_write_them(written, high, number):
    assert read_number(written, high) == Decimal(number)


@pytest.mark.parametrize("written", [None, "", "  ", "-", "–", "—", "…", "...", "."])
def test_an_empty_cell_is_no_data_and_not_zero(written):
    assert read_number(written) is None
    for kind in (PERCENT, BOOLEAN, JUDGED_BY_OFFICER):
        assert read_cell(written, kind, rule()) == Given()
        assert read_cell(written, kind, None) == Given()


@pytest.mark.parametrize(
    ("written", "high", "whole", "number"),
    [
        ("1.234", Decimal(2000), False, None),
        ("1,234", Decimal(2000), False, None),
        ("1.234", Decimal(1000), False, "1.234"),
        ("1.234", Decimal(2000), True, "1234"),
        ("1.000", LARGEST, True, None),
        ("6.858", LARGEST, True, "6858"),
    ],
)
def test_a_figure_is_refused_only_where_both_readings_fit_the_column(written, high, whole, number):
    if number is None:
        with pytest.raises(CellError, match="hai cách"):
            read_number(written, high, whole)
    else:
        assert read_number(written, high, whole) == Decimal(number)


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("101", "nằm ngoài khoảng 0–100"),
        ("101 %", "nằm ngoài khoảng 0–100"),
        (100.000001, "nằm ngoài khoảng 0–100"),
        ("-5", "nằm ngoài khoảng 0–100"),
        (-0.5, "nằm ngoài khoảng 0–100"),
        ("12,5,3", "không phải là số"),
        ("12.5.3", "không phải là số"),
        ("12,", "không phải là số"),
        (",5", "không phải là số"),
        ("1,23.456", "không phải là số"),
        ("#N/A", "không phải là số"),
        ("#DIV/0!", "không phải là số"),
        ("12 hộ", "không phải là số"),
        ("12/13", "không phải là số"),
        ("1e2", "không phải là số"),
        ("=1+1", "không phải là số"),
        ("NaN", "không phải là số"),
        ("²", "không phải là số"),
        (float("nan"), "không phải là số"),
        (float("inf"), "không phải là số"),
        ("9" * 24, "nằm ngoài khoảng"),
        (1e300, "nằm ngoài khoảng"),
        (date(2017, 5, 12), "ngày tháng"),
        (datetime(2017, 5, 12, 1, 2), "ngày tháng"),
        (time(12, 5), "ngày tháng"),
        (True, "logic"),
        (False, "logic"),
    ],
)
def test_what_is_no_figure_of_the_column_is_refused_with_the_reason(written, reason):
    with pytest.raises(CellError, match=reason):
        read_number(written, HUNDRED)


def test_half_a_person_is_refused():
    with pytest.raises(CellError, match="số nguyên"):
        read_number("12,5", LARGEST, whole=True)


@pytest.mark.parametrize("text", ["9" * 40_000, "1,1" * 13_000, "Đ" * 40_000, "." * 40_000, "1." * 20_000])
def test_forty_thousand_characters_are_refused_in_one_short_sentence(text):
    for read in (lambda: read_number(text), lambda: read_cell(text, BOOLEAN, rule())):
        with pytest.raises(CellError) as refused:
            read()
        assert len(str(refused.value)) < 120


@pytest.mark.parametrize(
    ("written", "number"),
    [(69.99999999999999, "70"), (0.1 + 0.2, "0.3"), (69.9999, "69.9999"), (69.999999, "69.999999"), (70.0, "70")],
)
def test_the_noise_of_a_binary_float_is_no_failure_and_no_gift(written, number):
    assert read_cell(written, PERCENT, rule()).value == Decimal(number)


@pytest.mark.parametrize(
    ("written", "verdict"),
    [
        ("Đạt", Verdict.MET),
        ("đạt", Verdict.MET),
        ("  ĐẠT ", Verdict.MET),
        ("Dat", Verdict.MET),
        ("Đ", Verdict.MET),
        ("x", Verdict.MET),
        ("X", Verdict.MET),
        ("Có", Verdict.MET),
        ("Chưa đạt", Verdict.NOT_MET),
        ("chưa  đạt", Verdict.NOT_MET),
        ("Không đạt", Verdict.NOT_MET),
        ("CĐ", Verdict.NOT_MET),
        ("K", Verdict.NOT_MET),
        ("Không", Verdict.NOT_MET),
    ],
)
@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_words_are_read_as_offices_write_them(written, verdict, form):
    typed = unicodedata.normalize(form, written)
    assert read_cell(typed, JUDGED_BY_OFFICER, None) == Given(claim=verdict)
    assert read_cell(typed, BOOLEAN, rule("1")) == Given(value=Decimal(verdict == Verdict.MET))


@pytest.mark.parametrize("word", ["KXX", "kxx", "Không xét", "Không xem xét", "Không áp dụng"])
@pytest.mark.parametrize("column", [PERCENT, BOOLEAN, NUMBER, JUDGED_BY_OFFICER])
def test_not_applicable_fits_every_column_and_keeps_its_reason(word, column):
    typed = unicodedata.normalize("NFD", f"{word}: xã không quy hoạch chợ")
    assert read_cell(typed, column, rule()) == Given(claim=Verdict.NOT_APPLICABLE, reason="xã không quy hoạch chợ")


def test_not_applicable_without_a_reason_says_that_none_was_given():
    assert read_cell("KXX", PERCENT, rule()) == Given(claim=Verdict.NOT_APPLICABLE, reason=UNEXPLAINED)


def test_a_reason_longer_than_its_field_is_cut():
    assert len(read_verdict("KXX: " + "a" * 40_000).reason) == 500


@pytest.mark.parametrize(
    ("written", "column", "in_force", "reason"),
    [
        ("Đạt", PERCENT, rule(), "cần số liệu"),
        ("Chưa đạt", NUMBER, rule(), "cần số liệu"),
        ("95", BOOLEAN, rule("1"), "ghi Đạt"),
        (1.0, BOOLEAN, rule("1"), "không hiểu"),
        (True, BOOLEAN, rule("1"), "không hiểu"),
        ("95", JUDGED_BY_OFFICER, None, "chưa có mức quy định"),
        ("Gần đạt", JUDGED_BY_OFFICER, None, "chưa có mức quy định"),
        ("101", PERCENT, rule(), "0–100"),
    ],
)
def test_a_cell_of_the_wrong_kind_is_refused_with_what_to_write(written, column, in_force, reason):
    with pytest.raises(CellError, match=reason):
        read_cell(written, column, in_force)


@pytest.mark.parametrize(
    ("column", "high"),
    [
        (PERCENT, 100),
        (line("number", "income"), 1000),
        (line("percent", "poverty_rate"), 100),
        (NUMBER, 10**9),
    ],
)
def test_each_column_has_its_largest_value(column, high):
    assert limit(column) == high


reasons = st.text(st.characters(codec="utf-8"), min_size=1, max_size=60).map(lambda t: " ".join(f"a {t}".split()))
skipped = st.builds(
    Given,
    claim=st.just(Verdict.NOT_APPLICABLE),
    reason=reasons.map(lambda text: unicodedata.normalize("NFC", text)),
)
spoken = st.sampled_from([Given(claim=Verdict.MET), Given(claim=Verdict.NOT_MET)])
no_data = st.just(Given())
cells = st.one_of(
    st.tuples(
        st.just(PERCENT), st.just(rule()), st.builds(Given, value=st.decimals(0, 100, places=6)) | skipped | no_data
    ),
    st.tuples(
        st.just(NUMBER), st.just(rule()), st.builds(Given, value=st.decimals(0, 10**9, places=6)) | skipped | no_data
    ),
    st.tuples(st.just(BOOLEAN), st.just(rule("1")), st.sampled_from([Given(Decimal(0)), Given(Decimal(1))]) | skipped),
    st.tuples(st.just(BOOLEAN), st.none(), spoken | skipped | no_data),
    st.tuples(st.just(JUDGED_BY_OFFICER), st.none(), spoken | skipped | no_data),
)


@given(cells)
def test_what_a_sheet_shows_is_what_it_gives_back(cell):
    column, in_force, stored = cell
    assert read_cell(show(stored, column), column, in_force) == stored


@given(st.decimals(0, 100, places=6))
def test_a_number_survives_being_a_cell_of_excel(value):
    """Excel keeps binary floats: the six decimals of a figure survive them."""
    assert read_cell(float(value), PERCENT, rule()).value == value


@given(st.decimals(0, 999_999, places=2))
def test_both_decimal_marks_give_the_same_figure(value):
    plain = f"{value:.2f}"
    assert read_number(plain) == read_number(plain.replace(".", ",")) == value


@given(st.text(max_size=40) | st.floats() | st.integers() | st.booleans() | st.dates() | st.none())
def test_any_cell_is_read_within_its_limits_or_refused(raw):
    for column, in_force in ((PERCENT, rule()), (BOOLEAN, rule("1")), (JUDGED_BY_OFFICER, None)):
        with suppress(CellError):
            found = read_cell(raw, column, in_force)
            assert found.value is None or 0 <= found.value <= 100
            assert found.value is None or in_force
