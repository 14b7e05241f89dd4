"""The wide sheet in all the shapes in which offices send it."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from communes.uploads.guard import FileRefused
from criteria.spreadsheets.opening import open_file
from criteria.spreadsheets.sheet import RawRow, address, commune_code, read_sheet
from tests.criteria.making import HEADINGS, csv_file, xlsx

CODES = {"1.1", "5.1", "17.1", "17.1b"}
HEADER = [*HEADINGS, "1.1", "5.1"]
ROW = ["05485", "Phúc Hà", "Thành phố Thái Nguyên", "Đạt", 80]
CELLS = {"code": "05485", "name": "Phúc Hà", "district": "Thành phố Thái Nguyên", "1.1": "Đạt", "5.1": 80}


def read(*rows):
    return read_sheet([list(row) for row in rows], CODES)


def test_a_plain_sheet_is_read_by_its_headings():
    sheet = read(HEADER, ROW)
    assert sheet.rows == [RawRow(2, CELLS)]
    assert sheet.year is None
    assert sheet.unknown == []


@pytest.mark.parametrize("titles", [0, 1, 4, 39])
def test_the_header_is_found_below_title_rows(titles):
    sheet = read(*[["BIỂU TỔNG HỢP"] for _ in range(titles)], HEADER, ROW)
    assert sheet.rows == [RawRow(titles + 2, CELLS)]


def test_a_sheet_that_names_no_communes_is_refused():
    with pytest.raises(FileRefused, match="Mã xã"):
        read(["Huyện", "1.1"], ["Đại Từ", "Đạt"])


def test_an_empty_file_is_refused():
    with pytest.raises(FileRefused, match="tiêu đề"):
        read()


@pytest.mark.parametrize(
    "second",
    [
        ["", "", "", "1.1", "5.1"],
        [None, None, None, "1.1", "5.1"],
        ["(1)", "(2)", "(3)", "1.1", "5.1"],
        [1.0, 2.0, 3.0, "1.1", "5.1"],
    ],
)
def test_a_heading_may_take_two_rows(second):
    sheet = read([*HEADINGS, "1. Quy hoạch", "5. Trường học"], second, ROW)
    assert sheet.rows == [RawRow(3, CELLS)]
    assert sheet.unknown == []


@pytest.mark.parametrize(
    "numbers", [["(1)", "(2)", "(3)", "(4)", "(5)=(4)x2"], [1, 2, 3, 4, 5], [1.0, 2.0, 3.0, 4.0, 5.0]]
)
def test_a_row_of_column_numbers_below_the_header_is_no_commune_and_no_heading(numbers):
    assert read(HEADER, numbers, ROW).rows == [RawRow(3, CELLS)]


def test_a_second_heading_row_that_is_shorter_takes_no_column_away():
    assert read(HEADER, ["(1)", "(2)"], ROW).rows == [RawRow(3, CELLS)]


def test_a_total_is_known_behind_a_cell_of_blanks():
    assert read(HEADER, ROW, ["", "  ", "Tổng cộng", "", 80]).rows == [RawRow(2, CELLS)]


@given(st.permutations(range(5)))
def test_the_order_of_the_columns_does_not_matter(order):
    sheet = read([HEADER[n] for n in order], [ROW[n] for n in order])
    assert sheet.rows[0].cells == CELLS


VIETNAMESE = ["Mã xã", "Xã", "Huyện, thành phố, thị xã", "Dân số (người)", "Số hộ", "Số hộ nghèo", "Thu nhập bình quân"]
KEYS = ["code", "name", "district", "population", "households", "poor_households", "income"]


@pytest.mark.parametrize(
    "headings",
    [
        VIETNAMESE,
        KEYS,
        [heading.upper() for heading in VIETNAMESE],
        [unicodedata.normalize("NFD", heading) for heading in VIETNAMESE],
        [f"  {heading}\n" for heading in VIETNAMESE],
        ["Mã", "Tên xã", "Huyện", "Dân số", "Tổng số hộ", "Hộ nghèo", "Thu nhập"],
    ],
)
def test_headings_are_known_in_vietnamese_and_as_keys(headings):
    sheet = read([*headings, "17.1b"], [*ROW[:3], 6858, 1825, 117, 28.9, 50])
    assert list(sheet.columns) == [*KEYS, "17.1b"]
    assert sheet.rows[0].cells["poor_households"] == 117


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        ("05485", "05485"),
        ("5485", "05485"),
        (5485.0, "05485"),
        (5485, "05485"),
        (" 05485 ", "05485"),
        ("00123", "00123"),
        (123.0, "00123"),
        (5485.5, None),
        ("054850", None),
        ("12", None),
        ("Phúc Hà", None),
        ("", None),
        (None, None),
    ],
)
def test_a_code_gets_back_the_zero_that_excel_strips(raw, code):
    assert commune_code(raw) == code


@pytest.mark.parametrize(
    ("titles", "year"),
    [
        ([["BIỂU ĐÁNH GIÁ NĂM 2017"]], 2017),
        ([["UBND tỉnh"], ["", "Số liệu minh họa – các xã năm 2016"]], 2016),
        ([[unicodedata.normalize("NFD", "Năm 2015")]], 2015),
        ([["Giai đoạn 2016-2020"], ["Năm 2018"]], 2018),
        ([["Bộ tiêu chí 1980/QĐ-TTg"]], None),
        ([], None),
    ],
)
def test_the_year_stands_in_the_title(titles, year):
    assert read(*titles, HEADER, ROW).year == year


@pytest.mark.parametrize(
    "footer",
    [
        ["", "Tổng số", "", 139, 6000],
        ["", "Toàn tỉnh", "", "", 71.2],
        [None, "CỘNG", None, None, 80],
        ["", "Bình quân chung", "", "", 71.2],
        ["", "Ghi chú: số liệu đến 31/12", "", "", ""],
        ["", "", "Người lập biểu", "", ""],
        ["", "", "", "", ""],
        [None, None, None, None, None],
        [],
    ],
)
def test_totals_and_notes_below_the_table_are_no_communes(footer):
    assert [row.number for row in read(HEADER, ROW, footer).rows] == [2]


@pytest.mark.parametrize(
    "row",
    [
        ["", "Phúc Hà", "Thành phố Thái Nguyên", "Đạt", 80],
        [None, "Phúc Hà", None, None, 80],
        ["", "", "", "", 80],
        ["", "", "", "Đạt", ""],
    ],
)
def test_a_commune_without_a_code_is_not_silently_lost(row):
    assert [found.number for found in read(HEADER, ROW, row).rows] == [2, 3]


@pytest.mark.parametrize("name", ["Tổng Cọt", "Cộng Hòa", "Toàn Tỉnh", "Bình Quân"])
@pytest.mark.parametrize("code", ["05486", 5486, "mã cũ"])
def test_a_commune_whose_name_begins_like_a_total_is_none_when_it_has_a_code(name, code):
    """A code that cannot be read is no code to forget the row for: it is asked about later."""
    assert [found.number for found in read(HEADER, ROW, [code, name, "", "Đạt", 80]).rows] == [2, 3]


def test_communes_after_a_note_in_the_middle_are_still_read():
    sheet = read(HEADER, ROW, ["", "Huyện Phú Bình", "", "", ""], ["05908", "Bàn Đạt", "Huyện Phú Bình", "Đạt", 75])
    assert [row.cells["code"] for row in sheet.rows] == ["05485", "05908"]


def test_a_row_shorter_than_the_header_has_empty_cells():
    assert read(HEADER, ROW[:2]).rows[0].cells["5.1"] is None


@pytest.mark.parametrize("code", ["20.1", "5.9", "17.1c"])
def test_an_indicator_that_the_set_does_not_have_refuses_the_file(code):
    with pytest.raises(FileRefused, match=f"“{code}” không có trong bộ tiêu chí"):
        read([*HEADER, code], [*ROW, 1])


@pytest.mark.parametrize("heading", ["5.1", "Mã xã", "code", "Tên xã"])
def test_a_doubled_column_refuses_the_file(heading):
    with pytest.raises(FileRefused, match="hai lần"):
        read([*HEADER, heading], [*ROW, 1])


def test_a_column_that_nobody_knows_is_left_out_and_named():
    sheet = read(["STT", *HEADER, "Ghi chú"], [1, *ROW, "xem lại"])
    assert sheet.unknown == ["STT", "Ghi chú"]
    assert sheet.rows[0].cells == CELLS
    assert sheet.address(2, "code") == "B2"


@pytest.mark.parametrize(
    ("row", "column", "name"), [(12, 7, "H12"), (1, 0, "A1"), (2, 25, "Z2"), (3, 26, "AA3"), (9, 701, "ZZ9")]
)
def test_a_cell_is_named_as_in_excel(row, column, name):
    assert address(row, column) == name


def test_an_excel_file_keeps_row_numbers_and_gives_codes_as_numbers():
    content = xlsx([], ["BIỂU NĂM 2017"], [], HEADER, [5485, *ROW[1:]])
    sheet = read_sheet(open_file(content, "Biểu.XLSX").rows, CODES)
    assert sheet.year == 2017
    assert [row.number for row in sheet.rows] == [5]
    assert commune_code(sheet.rows[0].cells["code"]) == "05485"
    assert sheet.rows[0].cells["5.1"] == 80


@pytest.mark.parametrize("delimiter", [",", ";"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_a_csv_file_may_use_semicolons_and_a_byte_order_mark(delimiter, encoding):
    content = csv_file(
        HEADER, ["05485", "Phúc Hà", "TP Thái Nguyên", "Đạt", "80,5"], delimiter=delimiter, encoding=encoding
    )
    sheet = read_sheet(open_file(content, "bieu.csv").rows, CODES)
    assert sheet.rows[0].cells["5.1"] == "80,5"
    assert next(iter(sheet.columns)) == "code"


@pytest.mark.parametrize(
    ("content", "filename", "reason"),
    [
        (b"PK\x03\x04 not a workbook", "bieu.xlsx", "hỏng"),
        (b"", "bieu.xlsx", "rỗng"),
        (b"<html><table></table></html>", "bieu.xlsx", "không phải .xlsx"),
        (xlsx(HEADER, ROW)[:-300], "bieu.xlsx", "hỏng"),
        (xlsx(HEADER, ROW), "bieu.csv", "không phải .csv"),
        ("Mã xã;Xã".encode("utf-16"), "bieu.csv", "không phải .csv"),
        (b'code,name\n"05485,"a"b\n', "bieu.csv", "không đọc được"),
        (b"code\n" + b"x" * 200_000, "bieu.csv", "không đọc được"),
        (b"%PDF-1.4", "bieu.pdf", "Chỉ nhận"),
        (xlsx(HEADER, ROW), "bieu.xls", "không phải .xls"),
        (xlsx(HEADER, ROW), "../../bieu.xlsx.exe", "Chỉ nhận"),
    ],
)
def test_what_is_no_sheet_is_refused_in_vietnamese(content, filename, reason):
    with pytest.raises(FileRefused, match=reason):
        open_file(content, filename)
