"""What is done with each thing that offices put where a figure belongs: taken, asked about, or refused and why."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal

import pytest

from communes.text import normal
from criteria.rules.cells import LARGEST, CellError, Unread, read_cell, read_number
from criteria.rules.verdicts import Given, Verdict
from criteria.spreadsheets.opening import open_file
from criteria.spreadsheets.sheet import RawRow
from criteria.spreadsheets.tolerance import percents
from tests.criteria import odd_files
from tests.criteria.rules.test_cells import BOOLEAN, HUNDRED, NUMBER, PERCENT, rule

NOTHING, ERROR, DAY = None, "ô lỗi", "ngày tháng"
# What stands in the cell → what a column of percentages, then one of numbers makes of it: a figure or a sentence.
FIGURES = [
    ("85", "85", "85"),
    ("85 ", "85", "85"),
    ("\u00a085\u00a0", "85", "85"),
    ("８５", "85", "85"),
    ("85%", "85", "không ghi tỷ lệ %"),
    ("85 %", "85", "không ghi tỷ lệ %"),
    ("85\u00a0%", "85", "không ghi tỷ lệ %"),
    ("85,5", "85.5", "85.5"),
    ("85.50", "85.5", "85.5"),
    ("1.234,5", "nằm ngoài khoảng 0–100", "1234.5"),
    ("1,234.5", "nằm ngoài khoảng 0–100", "1234.5"),
    ("1.234", "1.234", "hai cách (1,234 hay 1.234)"),
    ("1,234", "1.234", "hai cách (1,234 hay 1.234)"),
    ("0,850", "0.85", "hai cách (0,85 hay 850)"),
    ("0.125", "0.125", "hai cách (0,125 hay 125)"),
    ("12 345", "nằm ngoài khoảng", "12345"),
    ("12 5", "không phải là số", "không phải là số"),
    ("8 5", "không phải là số", "không phải là số"),
    ("85.", "không phải là số", "không phải là số"),
    ("-85", "nằm ngoài khoảng", "nằm ngoài khoảng"),
    ("(85)", "không phải là số", "không phải là số"),
    ("1E+02", "không phải là số", "không phải là số"),
    ("8,5e1", "không phải là số", "không phải là số"),
    ("9" * 24, "nằm ngoài khoảng", "nằm ngoài khoảng"),
    ("9" * 400, "không phải là số", "không phải là số"),
    ("'85", "không phải là số", "không phải là số"),
    ("khoảng 85", "không phải là số", "không phải là số"),
    ("80-85", "không phải là số", "không phải là số"),
    ("", NOTHING, NOTHING),
    ("   ", NOTHING, NOTHING),
    ("\u00a0", NOTHING, NOTHING),
    ("-", NOTHING, NOTHING),
    ("–", NOTHING, NOTHING),
    ("#N/A", ERROR, ERROR),
    ("#DIV/0!", ERROR, ERROR),
    ("#VALUE!", ERROR, ERROR),
    ("#REF!", ERROR, ERROR),
    ("#NAME?", ERROR, ERROR),
    ("Err:522", ERROR, ERROR),
    ("02/05/2017", DAY, DAY),
    ("2/5", DAY, DAY),
    ("5/12", DAY, DAY),
    ("02-05-17", DAY, DAY),
    ("2017-05-02", DAY, DAY),
    ("2017-05-02 00:00:00", DAY, DAY),
    ("2-May", DAY, DAY),
    ("05-Dec", DAY, DAY),
    ("2-thg 5", DAY, DAY),
    ("x", "cần số liệu", "cần số liệu"),
    ("Đạt", "cần số liệu", "cần số liệu"),
    ("có", "cần số liệu", "cần số liệu"),
    ("v", "không phải là số", "không phải là số"),
    (date(2017, 5, 2), "“2,5” hoặc “2/5”", "“2,5” hoặc “2/5”"),
    (datetime(2017, 12, 5), "“5,12” hoặc “5/12”", "“5,12” hoặc “5/12”"),
    (date(1900, 3, 25), "có lẽ số 85", "có lẽ số 85"),
    (time(8, 5), "giờ (08:05:00)", "giờ (08:05:00)"),
    (timedelta(hours=30), "giờ", "giờ"),
    (True, "logic", "logic"),
    (-0.5, "nằm ngoài khoảng", "nằm ngoài khoảng"),
    (85.00000000000001, "85", "85"),
    (1e22, "nằm ngoài khoảng", "nằm ngoài khoảng"),
    (Unread("công thức chưa tính"), "chưa tính", "chưa tính"),
]


def done(raw, column) -> str | None:
    """The figure that is taken, as text, or the sentence of the refusal."""
    try:
        value = read_cell(raw, column, rule()).value
    except CellError as refused:
        return str(refused)
    return None if value is None else f"{value:f}"


@pytest.mark.parametrize(("raw", "percent", "number"), FIGURES)
def test_a_figure_is_taken_asked_about_or_refused(raw, percent, number):
    for column, expected in ((PERCENT, percent), (NUMBER, number)):
        found = done(raw, column)
        assert found == expected or (found and expected and " " in found and expected in found), column.kind


def test_what_the_file_does_not_tell_is_refused_in_the_words_of_the_reader():
    for column in (PERCENT, NUMBER, BOOLEAN):
        assert done(Unread("công thức chưa tính; hãy ghi giá trị"), column) == "công thức chưa tính; hãy ghi giá trị"


@pytest.mark.parametrize(
    ("raw", "verdict"),
    [
        *((word, Verdict.MET) for word in ("Đạt ", "đạt", "\u00a0Đạt", "ĐẠT", "x", "X", "có", "Có")),
        *((word, Verdict.NOT_MET) for word in ("Chưa đạt", "không đạt", "không", "CĐ")),
        *((word, "không hiểu được") for word in ("KĐ", "v", "V", "có/không", "✓", "1", "0", "85", "Đạt?", "gần đạt")),
        *((word, "không hiểu được") for word in ("#N/A", "2-May", 1.0, True)),
        (date(2017, 5, 2), DAY),
        (Unread("ô lỗi #N/A"), ERROR),
        *((word, NOTHING) for word in ("", "-", "–", "\u00a0")),
    ],
)
def test_a_word_is_taken_or_refused_with_what_to_write(raw, verdict):
    if isinstance(verdict, Verdict) or verdict is NOTHING:
        assert read_cell(raw, BOOLEAN, None) == Given(claim=verdict)
    else:
        with pytest.raises(CellError, match=verdict):
            read_cell(raw, BOOLEAN, None)


@pytest.mark.parametrize(("raw", "number"), [("0.850", None), ("1.234", 1234), ("1 234", 1234), ("1234,0", 1234)])
def test_a_count_is_whole_and_a_zero_before_the_mark_is_no_thousand(raw, number):
    if number is None:
        with pytest.raises(CellError, match="số nguyên"):
            read_number(raw, LARGEST, whole=True)
    else:
        assert read_number(raw, LARGEST, whole=True) == number


TEXTS = [raw for raw, *_ in FIGURES if type(raw) is str and normal(raw) and not raw.startswith(("0,", "0."))]
MAKERS = {".xlsx": odd_files.xlsx, ".csv": odd_files.text, ".xls": odd_files.xls}
MAKERS[".ods"] = lambda rows: odd_files.ods(odd_files.ods_rows(rows))


@pytest.mark.parametrize("kind", MAKERS)
def test_every_form_of_file_gives_these_texts_as_they_stand(kind):
    rows = [["Mã xã", "Xã", "5.1"], *(["05485", "Phúc Hà", raw] for raw in TEXTS)]
    read = [row[2] for row in open_file(MAKERS[kind](rows), f"b{kind}").rows[1:]]
    assert [done(raw, NUMBER) for raw in read] == [done(raw, NUMBER) for raw in TEXTS]
    assert [done(raw, PERCENT) for raw in read] == [done(raw, PERCENT) for raw in TEXTS]


@pytest.mark.parametrize(
    ("column", "fractions", "asked"),
    [
        ([0.85, 0.9, 1], True, ""),
        ([0.85, 0.9, 0], True, ""),
        ([0.85, 0.9, None, "-", 1], True, ""),
        ([0.85, 90, 100], False, "0"),
        ([0.85, "90", "100"], False, "0"),
        ([0.85, "90 %", 0.9, 0.7], False, "023"),
        ([0.85, 1, 100], False, "01"),
        ([0.85, 1], False, "01"),
        ([0.85], False, "0"),
        ([1, 1, 1], False, "012"),
        ([1, 0, 1], False, "02"),
        ([1], False, ""),
        ([1, 90, 100], False, ""),
        ([0, 0, 0], False, ""),
        (["85 %", "1 %", "0,5 %"], False, ""),
        ([True, 90], False, ""),
        ([True, 0.85, 0.9], False, "12"),
        ([0.85, 0.9, 0.7, "1 %"], True, ""),
        ([0.85, 0.9, 0.7, "2 %"], False, "012"),
        ([0.85, 0.9, 0.7, "5/12"], True, ""),
        ([1, 0], False, ""),
        ([85, 90], False, ""),
    ],
)
def test_a_percentage_that_may_be_a_fraction_is_asked_about(column, fractions, asked):
    found = percents([RawRow(n, {"5.1": raw}) for n, raw in enumerate(column)], ["5.1"])
    assert bool(found.fractions) == fractions
    assert {number for number, _ in found.doubtful} == set(map(int, asked))


def test_what_the_portal_itself_wrote_is_no_fraction():
    rows = [RawRow(n, {"5.1": raw}) for n, raw in enumerate([0.5, 0.7, 1, 0.6])]
    found = percents(rows, ["5.1"], {(0, "5.1"), (1, "5.1")})
    assert (found.fractions, found.doubtful) == (frozenset(), {(2, "5.1"), (3, "5.1")})


@pytest.mark.parametrize("kind", MAKERS)
@pytest.mark.parametrize("value", ["0,85", "0.85", "1", 0.85, 1])
def test_a_fraction_is_a_number_however_the_file_holds_it(kind, value):
    """So that it is asked about in a csv or in a cell of text too."""
    read = open_file(MAKERS[kind](odd_files.cells(value)), f"b{kind}").rows[1][3]
    assert (type(read) in (int, float), Decimal(str(read))) == (True, Decimal(str(value).replace(",", ".")))
    assert read_number(read, HUNDRED) == Decimal(str(read))
