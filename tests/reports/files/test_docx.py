"""A report in Word says, cell by cell, what its page says; it prints; and no text in it is more than text.

Report, place and year pairwise; every combination in ``make soak ARGS="matrix"``.
"""

import io
import re
from datetime import date
from functools import lru_cache
from urllib.parse import urlencode

import docx
import pytest
from django.core.management import call_command
from docx.enum.section import WD_ORIENT
from docx.oxml.ns import qn

from communes.models import Commune, District, Recognition
from reports.catalogue.registry import REPORTS
from reports.files import table_document
from reports.files.fitting import SIDEWAYS, UPRIGHT, fit, strips
from reports.tables.table import Column, Table
from tests.reports.reading import SHARED, heading_grid, joined, parts_of, read, read_tables, shown_columns
from tests.sharing import ask
from tests.whole import pairwise

pytestmark = pytest.mark.django_db

CUC_DUONG = "05737"
NOTE = "Số liệu minh họa"
MARKS = {"met": "Đ", "not_met": "CĐ", "not_applicable": "KXX", "unknown": ""}
EVIL = [
    '=HYPERLINK("http://evil.example","x")',
    "<w:p>",
    "</w:t></w:r>",
    "{ PAGE }",
    "a&b",
    "{MERGEFIELD x}",
    "  hai  ",
]
FORBIDDEN = ["a\x01b\x0bc\x1f", "\ufffea\uffff"]

every_report = pytest.mark.parametrize("slug", REPORTS)


def address(slug: str, ending: str, year: int = 2017, district: str = "") -> str:
    return f"/bao-cao/{slug}{ending}?{urlencode({'nam': year} | ({'huyen': district} if district else {}))}"


@pytest.fixture
def fetch(answers, staff):
    """``fetch(slug, year, district)``: a report of the trial data as JSON, as page and as a Word document."""

    def fetched(slug, *where):
        json, page, word = (answers(staff, address(slug, ending, *where)) for ending in (".json", "/", ".docx"))
        assert [json.status, page.status, word.status] == [200] * 3
        return json.json, read(page.text), word.content

    return fetched


@pytest.fixture
def fetch_anew(client_of, staff):
    """``fetch_anew(slug)``: the Word document of what a test has changed."""

    def fetched(slug) -> bytes:
        answer = ask(client_of(staff), address(slug, ".docx"))
        assert answer.status == 200
        return answer.content

    return fetched


@lru_cache(SHARED)
def opened(content: bytes):
    return docx.Document(io.BytesIO(content))


@lru_cache(SHARED)
def tables_of(content: bytes):
    return read_tables(opened(content))


@pytest.mark.parametrize(("slug", "district", "year"), pairwise(REPORTS, ["", "173", "164"], [2017, 2016, 2015]))
def test_word_page_and_json_agree_cell_by_cell(fetch, slug, district, year):
    json, page, content = fetch(slug, year, district)
    grid, _ = heading_grid(page)
    numbered = grid[-1][0] == "STT"
    heads, rows = joined(tables_of(content), len(grid[0]) - numbered)
    on_page = [[cell.text for cell in row] for row in (*page.body, *page.foot)]
    assert rows == on_page
    assert heads == list(zip(grid[0], grid[-1], strict=True))
    keys = [column["key"] for column in shown_columns(slug, json)]
    assert len(rows) == len(json["rows"])
    for record, row in zip(json["rows"], rows, strict=True):
        for key, text in zip(keys, row[numbered:], strict=True):
            assert means(record[key], text), (key, record[key], text)


def means(value, text: str) -> bool:
    """Whether a text says the value of the JSON."""
    if isinstance(value, int | float):
        return float(text.replace(".", "").replace(",", ".")) == value
    if re.fullmatch(r"\d{4}-\d\d-\d\d", value or ""):
        return "/".join(reversed(value.split("-"))) == text
    return MARKS.get(value, value or "") == text


@every_report
def test_headings_are_repeated_and_no_row_is_torn(fetch, slug):
    _, page, content = fetch(slug)
    for table in tables_of(content):
        assert len(table.head) in (1, 2)
        assert all(re.fullmatch(r"\(\d+\)|", label) for label in table.numbers)
        assert all(row.trPr.find(qn("w:cantSplit")) is not None for row in table.table._tbl.tr_lst)
    assert len(tables_of(content)[0].head) == len(page.head)


@every_report
def test_the_paper_is_a4_and_no_table_is_wider_than_it(fetch, slug):
    paper = opened(fetch(slug)[2])
    for section in paper.sections:
        sides = (round(section.page_width.mm), round(section.page_height.mm))
        sideways = section.orientation == WD_ORIENT.LANDSCAPE
        assert sides == ((297, 210) if sideways else (210, 297))
        assert 'w:instr=" PAGE "' in section.footer._element.xml
    room = {True: SIDEWAYS, False: UPRIGHT}[paper.sections[0].orientation == WD_ORIENT.LANDSCAPE]
    for table in read_tables(paper)[:1]:
        widths = [column.width.mm for column in table.table.columns]
        assert sum(widths) <= room + 1
        assert min(widths) >= 5


def test_a_table_of_fifty_columns_is_split_and_each_part_names_its_rows(fetch):
    *parts, appendix = tables_of(fetch("du-lieu")[2])
    assert len(parts) > 2
    assert {tuple(part.head[-1][:2]) for part in parts} == {("Mã xã", "Xã")}
    assert {tuple(part.numbers[:2]) for part in parts} == {("(1)", "(2)")}
    assert [len(part.rows) for part in parts] == [139] * len(parts)
    assert appendix.head[0][1] == "Nội dung chỉ tiêu"


def test_what_serves_filling_in_is_not_in_the_paper(fetch):
    text = parts_of(fetch("du-lieu")[2])["word/document.xml"]
    assert "nạp lại" not in text
    assert "Ô trống là chưa có số liệu." in text


@pytest.mark.parametrize("slug", ["nhom-tieu-chi", "ma-tran", "tieu-chi-kho"])
def test_totals_are_bold_and_numbers_stand_to_the_right(fetch, slug):
    *body, total = tables_of(fetch(slug)[2])[0].table._tbl.tr_lst
    assert all(run.rPr.find(qn("w:b")) is not None for run in total.iter(qn("w:r")))
    assert not [run for run in body[-1].iter(qn("w:r")) if run.rPr.find(qn("w:b")) is not None]
    sides = {cell.p_lst[0].pPr.jc.get(qn("w:val")) for cell in total.tc_lst[-3:]}
    assert sides == {"right"}


@every_report
def test_all_is_in_times_new_roman_and_says_that_it_is_illustrative(fetch, slug):
    content = fetch(slug)[2]
    parts = parts_of(content)
    assert opened(content).styles["Normal"].font.name == "Times New Roman"
    assert "w:rFonts" not in parts["word/document.xml"]
    assert NOTE in parts["word/document.xml"]


@every_report
def test_nothing_says_so_of_data_that_is_not(fetch_anew, province, slug):
    province.illustrative = False
    province.save()
    assert NOTE not in "".join(parts_of(fetch_anew(slug)).values())


def assert_nothing_lives_in(content: bytes):
    """No field, link or object in the text, and nothing that is fetched from elsewhere."""
    parts = parts_of(content)
    for tag in ("w:hyperlink", "w:fldSimple", "w:instrText", "w:fldChar", "w:object", "w:altChunk", "w:sdt"):
        assert f"<{tag}" not in parts["word/document.xml"], tag
    assert not [name for name, text in parts.items() if name.endswith(".rels") and 'TargetMode="External"' in text]
    fields = re.findall(r'w:instr="([^"]*)"', "".join(parts.values()))
    assert {field.strip() for field in fields} <= {"PAGE", "NUMPAGES"}


def name_communes(texts: list[str]) -> None:
    """One certified commune after the other by the name of each text."""
    there = Commune.objects.in_force(date(2017, 12, 31)).rural().order_by("code").values_list("pk", flat=True)
    certified = there.filter(pk__in=Recognition.objects.values("commune"))[: len(texts)]
    for commune, text in zip(certified, texts, strict=True):
        Commune.objects.filter(pk=commune).update(name=text)


@pytest.mark.parametrize("slug", ["ma-tran", "du-lieu", "xa-dat-chuan"])
def test_the_name_of_a_commune_is_text(fetch_anew, slug):
    name_communes(EVIL)
    content = fetch_anew(slug)
    cells = {cell for table in tables_of(content) for row in table.rows for cell in row}
    assert cells >= set(EVIL)
    assert_nothing_lives_in(content)


@pytest.mark.parametrize("text", EVIL)
def test_the_names_of_districts_and_the_numbers_of_decisions_are_text(fetch_anew, text):
    District.objects.filter(code="171").update(name=text)
    Recognition.objects.filter(commune__code=CUC_DUONG).update(decision_number=text)
    content = fetch_anew("xa-dat-chuan")
    cells = [cell for row in tables_of(content)[0].rows for cell in row]
    assert cells.count(text) >= 2
    assert_nothing_lives_in(content)


def test_characters_that_xml_forbids_are_left_out(fetch_anew):
    name_communes(FORBIDDEN)
    cells = [cell for row in tables_of(fetch_anew("ma-tran"))[0].rows for cell in row]
    assert {re.sub("[^a-z]", "", text) for text in FORBIDDEN} <= set(cells)


def test_lines_and_tabs_of_a_cell_are_kept():
    columns = [Column("name", "Xã", lambda row: row, long=True)]
    content = table_document.write(Table("thu", "Thử", "", columns, ["một\nhai\r\nba\tbốn"]))
    assert tables_of(content)[0].rows == [["1", "một\nhai\nba\tbốn"]]


def test_a_table_without_rows_is_still_a_table():
    content = table_document.write(Table("thu", "Thử", "", [Column("name", "Xã", str)], [], notes=["Không có xã nào."]))
    assert (tables_of(content)[0].rows, opened(content).paragraphs[-1].text) == ([], "Không có xã nào.")


def test_a_word_without_end_does_not_push_the_table_off_the_paper():
    columns = [Column("name", "Xã", str, long=True), *(Column(str(n), "Số", lambda _: 1) for n in range(8))]
    layout = fit(strips(Table("thu", "Thử", "", columns, ["x" * 500])))
    assert [sum(part.widths) <= SIDEWAYS + 0.1 for part in layout.parts] == [True]


def test_the_file_is_named_after_report_year_and_district(client_of, staff):
    answer = client_of(staff).get("/bao-cao/ma-tran.docx?nam=2017&huyen=171")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="ma-tran-2017-171.docx"'
    assert answer.headers["Content-Type"].endswith("wordprocessingml.document")


@pytest.mark.parametrize("address", ["khong-co.docx?nam=2017", "ma-tran.docx?nam=2030", "ma-tran.docx?nam=x"])
def test_what_does_not_exist_is_404(client_of, staff, address):
    assert client_of(staff).get(f"/bao-cao/{address}").status_code == 404


def test_page_and_list_of_reports_lead_to_the_file(client_of, staff):
    for address in ("/bao-cao/ma-tran/?nam=2017", "/bao-cao/?nam=2017"):
        assert "/bao-cao/ma-tran.docx?nam=2017" in client_of(staff).get(address).content.decode()


def test_the_command_writes_the_same_table(province, fetch, tmp_path):
    output = tmp_path / "bieu.docx"
    call_command("report", "nhom-tieu-chi", year=2017, format="docx", output=output)
    assert [t.rows for t in tables_of(output.read_bytes())] == [t.rows for t in tables_of(fetch("nhom-tieu-chi")[2])]
