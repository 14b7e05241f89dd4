"""A report is the same as page, xlsx and JSON, cell by cell, and the files are what an office can print and reuse.

Report, place and year pairwise; every combination in ``make soak ARGS="matrix"``.
"""

import datetime
from urllib.parse import urlencode

import pytest

from reports.catalogue.registry import REPORTS
from tests.reports.reading import Book, Page, decimals_of, heading_grid, opened, read, shown_columns, vietnamese
from tests.sharing import Answer, ask
from tests.whole import pairwise

pytestmark = pytest.mark.django_db

MARKS = {"met": "Đ", "not_met": "CĐ", "not_applicable": "KXX", "unknown": None}
UNNUMBERED = {"tung-tieu-chi", "du-lieu", "tieu-chi-kho", "nhiem-vu"}  # without a column of row numbers
# Which may be empty, and say so.
WATCH_LISTS = {"gan-dat", "mong-manh", "no-dong", "dang-ky", "xom-kieu-mau", "phan-cong"}
LARGE_PAPER = {"du-lieu", "dang-ky", "nguon-luc", "nhiem-vu"}
YEARS = [2017, 2016, 2015]
PLACES = ["", "173", "164"]
NOTE = "Số liệu minh họa"

every_report = pytest.mark.parametrize("slug", REPORTS)
somewhere = pytest.mark.parametrize(("slug", "district", "year"), pairwise(REPORTS, PLACES, YEARS))


def three(get, slug: str, year: int = 2017, district: str = "") -> tuple[dict, Book, Page]:
    """A report as its three readers get it."""
    query = urlencode({"nam": year} | ({"huyen": district} if district else {}))
    found: list[Answer] = [get(f"/bao-cao/{slug}{ending}?{query}") for ending in (".json", ".xlsx", "/")]
    assert [answer.status for answer in found] == [200] * 3
    json, xlsx, page = found
    return json.json, opened(xlsx.content), read(page.text)


@pytest.fixture
def fetch(answers, staff):
    """``fetch(slug, year, district)``: a report of the trial data."""
    return lambda *args, **query: three(lambda address: answers(staff, address), *args, **query)


@pytest.fixture
def fetch_anew(client_of, staff):
    """The same, of what a test has changed."""
    client = client_of(staff)
    return lambda *args, **query: three(lambda address: ask(client, address), *args, **query)


@somewhere
def test_page_xlsx_and_json_agree_cell_by_cell(fetch, slug, district, year):
    json, book, page = fetch(slug, year, district)
    columns, offset = shown_columns(slug, json), int(slug not in UNNUMBERED)
    rows = [*page.body, *page.foot]
    assert book.width == len(columns) + offset
    assert len(json["rows"]) == len(rows)
    assert rows or slug in WATCH_LISTS
    assert book.sheet.cell(book.numbers_row + 1 + len(rows), 2).value is None
    for number, (record, cells, html) in enumerate(zip(json["rows"], book.body(len(rows)), rows, strict=True), 1):
        total = number > len(page.body)
        if offset:
            assert (cells[0].value, html[0].text) == ((None, "") if total else (number, str(number)))
        for column, cell, on_page in zip(columns, cells[offset:], html[offset:], strict=True):
            where = (slug, year, district, number, column["key"])
            value = record[column["key"]]
            assert _same(value, cell), where
            assert on_page.text == _as_text(cell), where


def _same(value, cell) -> bool:
    """A JSON value is what the cell holds: numbers as numbers, text as text, nothing known as an empty cell."""
    if isinstance(value, str) and value in MARKS:
        return cell.value == MARKS[value] and cell.data_type == ("s" if MARKS[value] else "n")
    if isinstance(cell.value, datetime.datetime):
        return value == cell.value.date().isoformat() and cell.number_format == "dd/mm/yyyy"
    if isinstance(value, int | float):
        return cell.data_type == "n" and type(cell.value) in (int, float) and cell.value == value
    return cell.value == (value or None) and cell.data_type == ("s" if value else "n")


def _as_text(cell) -> str:
    """What a person reads in the cell."""
    if cell.value is None:
        return ""
    if isinstance(cell.value, datetime.datetime):
        return f"{cell.value:%d/%m/%Y}"
    if isinstance(cell.value, str):
        return cell.value
    places = decimals_of(cell.number_format)
    assert places is not None or cell.number_format == "0", cell.number_format
    return str(cell.value) if places is None else vietnamese(cell.value, places)


@somewhere
def test_headings_are_the_same_and_span_the_same_cells(fetch, slug, district, year):
    json, book, page = fetch(slug, year, district)
    grid, areas = heading_grid(page)
    first = book.heading_rows[0]
    assert len(book.heading_rows) == len(grid)
    headings = [column["heading"] for column in shown_columns(slug, json)]
    assert grid[-1] == [*(["STT"] if slug not in UNNUMBERED else []), *headings]
    merged = {(r.min_row - first, r.min_col - 1, r.max_row - first, r.max_col - 1) for r in book.sheet.merged_cells}
    assert {area for area in merged if area[0] >= 0} == areas
    for row, texts in enumerate(grid):
        for column, text in enumerate(texts):
            inside = any(a[0] <= row <= a[2] and a[1] <= column <= a[3] and a[:2] != (row, column) for a in areas)
            assert book.sheet.cell(first + row, column + 1).value == (None if inside else text)
    assert [cell.value for cell in book.row(book.numbers_row)] == [f"({n})" for n in range(1, book.width + 1)]


@pytest.mark.parametrize(
    ("slug", "groups"),
    [
        ("nhom-tieu-chi", {"Số xã theo số tiêu chí đạt": 5}),
        ("tung-tieu-chi", {"Số xã": 4}),
        ("ma-tran", {"Tiêu chí": 19}),
        ("nguon-luc", {"Ngân sách nhà nước": 5, "Nhân dân đóng góp": 3, "Trong đó vốn ứng": 2}),
        ("xa-dat-chuan", {"Quyết định công nhận": 2}),
        ("du-lieu", {"17. Môi trường và an toàn thực phẩm": 9, "10. Thu nhập": 1}),
    ],
)
def test_columns_that_belong_together_stand_under_one_heading(fetch, slug, groups):
    _, _, page = fetch(slug)
    found = {cell.text: cell.span[1] for cell in page.head[0]}
    assert {group: found.get(group) for group in groups} == groups


@pytest.mark.parametrize(
    ("slug", "headings"),
    [
        (
            "kinh-te-xa-hoi",
            {
                "Dân số (người)",
                "Tỷ lệ hộ nghèo toàn địa bàn (%)",
                "Tỷ lệ hộ nghèo các xã (%)",
                "Thu nhập bình quân các xã (triệu đồng/người/năm)",
            },
        ),
    ],
)
def test_a_heading_names_the_unit_of_its_figures(fetch, slug, headings):
    _, _, page = fetch(slug)
    assert headings <= {cell.text for cell in page.head[0]}


@pytest.mark.parametrize(
    ("slug", "unit"),
    [
        ("nguon-luc", "triệu đồng"),
        ("no-dong", "triệu đồng"),
        ("nhom-tieu-chi", "xã"),
        ("tieu-chi-kho", "xã"),
        ("ke-hoach", "xã, xóm"),
        ("xom-kieu-mau", "xóm"),
    ],
)
def test_figures_of_one_unit_stand_below_its_name(answers, staff, slug, unit):
    assert f"Đơn vị tính: {unit}<" in answers(staff, f"/bao-cao/{slug}/?nam=2017").text


def test_the_headline_figures_each_name_their_unit(fetch):
    json, _, _ = fetch("tong-hop")
    assert {row["key"]: row["unit"] for row in json["rows"]} == {
        "communes_certified": "xã",
        "communes_certified_percent": "%",
        "communes_total": "xã",
        "criteria_mean": "tiêu chí/xã (trên 19)",
        "income_per_capita": "triệu đồng/người/năm",
        "poverty_rate": "%",
        "poverty_rate_rural": "%",
        "districts_completed": "đơn vị",
    }


@every_report
def test_json_has_the_published_shape(fetch, answers, staff, slug):
    json, _, _ = fetch(slug)
    assert {"report", "title", "year", "status", "columns", "rows"} <= json.keys()
    assert (json["report"], json["year"], json["status"]) == (slug, 2017, "tam_tinh")
    assert NOTE in json["note"]
    keys = [column["key"] for column in json["columns"]]
    assert all(list(row) == keys for row in json["rows"])
    assert answers(staff, f"/bao-cao/{slug}.json?nam=2016").json["status"] == "da_chot"


KEYS = {
    "tong-hop": "key label value unit numerator denominator",
    "nhom-tieu-chi": "district total b19 b15_18 b10_14 b5_9 b0_4 mean",
    "tung-tieu-chi": "number name met not_met unknown total percent lead",
    "ma-tran": f"code name district {' '.join(f'c{n}' for n in range(1, 20))} met_count",
    "du-lieu": "code name district population households poor_households income",
    "xa-dat-chuan": "code name district recognised_for decision_number decided_on met_count state missed",
    "gan-dat": ("code name district met_count missing_count unknown_count missing failing lead unknown unknown_lines"),
    "mong-manh": "code name district state missing count barely falling",
    "nguon-luc": (
        "code name central_investment central_recurrent province district commune integrated enterprise people_cash "
        "people_labour people_land other total_without_credit credit total gained given unknown"
    ),
    "dang-ky": "code name district level batch legal_basis met_count missing failing unknown_lines needs advanced "
    "sponsor deadline outcome result note",
    "xom-kieu-mau": "code name district hamlet model_year decision_number decided_on count new note",
    "phan-cong": "department charge code name district met_count missing_count period legal_basis",
    "ke-hoach": "district total before promised kept kept_percent certified planned supplementary target "
    "target_percent advanced model hamlets",
    "kinh-te-xa-hoi": "district population households poor_households poverty_rate poverty_rate_change "
    "poverty_rate_rural poverty_rate_rural_change income_per_capita income_per_capita_change",
    "nhiem-vu": "document number text owner deadline progress measure result",
    "no-dong": "code name district work investor value paid owed source deadline overdue as_of",
    "tieu-chi-kho": ("number name not_met met unknown total percent d164 d165 d167 d168 d169 d170 d171 d172 d173"),
}


@every_report
def test_json_rows_carry_the_published_keys(fetch, slug):
    json, _, _ = fetch(slug)
    keys = [column["key"] for column in json["columns"]]
    if slug == "du-lieu":
        codes = keys[7:]
        assert (len(codes), codes[0], codes[-1], "17.1b" in codes) == (50, "1.1", "19.2", True)
        keys = keys[:7]
    assert keys == KEYS[slug].split()


def test_headline_figures_have_one_row_each(fetch):
    json, _, _ = fetch("tong-hop")
    assert [row["key"] for row in json["rows"]] == [
        "communes_certified",
        "communes_certified_percent",
        "communes_total",
        "criteria_mean",
        "income_per_capita",
        "poverty_rate",
        "poverty_rate_rural",
        "districts_completed",
    ]


@pytest.mark.parametrize(
    ("slug", "key", "rows", "last"), [("ma-tran", "code", 139, None), ("nhom-tieu-chi", "district", 9, "Toàn tỉnh")]
)
def test_totals_come_last(fetch, slug, key, rows, last):
    json, _, page = fetch(slug)
    assert (len(page.body), len(page.foot)) == (rows, 1)
    assert [row[key] for row in json["rows"] if row[key] in (None, "Toàn tỉnh")] == [json["rows"][-1][key]] == [last]


@pytest.mark.parametrize(
    ("slug", "column", "expected"),
    [
        ("tong-hop", 3, ["0", "2", "0", "2", "1", "1", "1", "0"]),
        ("nhom-tieu-chi", 9, ["2"] * 10),
        ("tung-tieu-chi", 7, ["2"] * 19),
        ("tung-tieu-chi", 3, ["0"] * 19),
    ],
)
def test_numbers_show_the_places_that_belong_to_them(fetch, slug, column, expected):
    json, book, _ = fetch(slug)
    cells = [row[column - 1] for row in book.body(len(json["rows"]))]
    assert [str(decimals_of(cell.number_format)) for cell in cells] == expected
    assert {cell.data_type for cell in cells} == {"n"}


@pytest.mark.parametrize("slug", ["ma-tran", "du-lieu", "xa-dat-chuan"])
def test_codes_are_text_with_their_leading_zero(fetch, slug):
    _, book, page = fetch(slug)
    column = int(slug not in UNNUMBERED)
    codes = [cells[column] for cells in book.body(len(page.body))]
    assert {(cell.data_type, cell.value[0], len(cell.value)) for cell in codes} == {("s", "0", 5)}


@every_report
@pytest.mark.parametrize("district", ["", "173"])
def test_the_file_is_ready_to_print(fetch, slug, district):
    _, book, page = fetch(slug, district=district)
    sheet = book.sheet
    assert sheet.page_setup.orientation == "landscape"
    assert sheet.page_setup.paperSize == (8 if slug in LARGE_PAPER else 9)
    assert sheet.print_title_rows == f"$5:${5 + len(page.head)}"  # below title, place, note and unit line
    frozen = {
        "ma-tran": "D",
        "nguon-luc": "D",
        "dang-ky": "D" if not district else "B",
        "du-lieu": "C",
        "tung-tieu-chi": "A",
        "nhiem-vu": "A",
        "tieu-chi-kho": "C" if not district else "A",
    }.get(slug, "B")
    assert sheet.freeze_panes == f"{frozen}{book.numbers_row + 1}"
    body = [cell for row in book.body(len(page.body) + len(page.foot)) for cell in row]
    assert {cell.border.left.style for cell in body} == {"thin"}


@every_report
def test_every_cell_of_the_file_is_in_times_new_roman(fetch, slug):
    _, book, page = fetch(slug)
    table = [cell for row in book.body(len(page.body) + len(page.foot)) for cell in row]
    written = [cell for sheet in book.book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert {cell.font.name for cell in [*table, *written]} == {"Times New Roman"}
    assert {sheet.oddFooter.center.font for sheet in book.book} == {"Times New Roman,Regular"}


@every_report
def test_page_and_file_say_that_the_data_is_illustrative(fetch, slug):
    _, book, page = fetch(slug)
    assert NOTE in page.html
    for sheet in (sheet for sheet in book.book if sheet.sheet_state == "visible"):
        assert any(NOTE in str(sheet.cell(row, 1).value) for row in range(1, 5)), sheet.title


@every_report
def test_nothing_says_so_of_data_that_is_not(fetch_anew, province, slug):
    province.illustrative = False
    province.save()
    json, book, page = fetch_anew(slug)
    assert NOTE not in json["note"] + page.html + "".join(book.texts())
