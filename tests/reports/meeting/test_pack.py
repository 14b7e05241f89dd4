"""The meeting pack: one workbook and one Word report of the same tables, in the form that an office can send on."""

import io
import re
import time
from functools import lru_cache
from urllib.parse import urlencode

import docx
import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from communes.models import Commune, Role
from reports.catalogue.registry import REPORTS
from reports.files.bound_workbook import sheet_names
from reports.meeting.letter import roman
from tests.reports.files.test_docx import EVIL, FORBIDDEN, assert_nothing_lives_in, name_communes
from tests.reports.making import make_province, officer_of
from tests.reports.reading import parts_of, read_tables
from tests.reports.test_queries import MOST_OF_A_PACK, queries_of, undone

pytestmark = pytest.mark.django_db

BOOK, LETTER, PAGE = "/bao-cao/bo-tai-lieu.xlsx", "/bao-cao/bo-tai-lieu.docx", "/bao-cao/bo-tai-lieu/"
STATE, PARTY = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "ĐẢNG CỘNG SẢN VIỆT NAM"


@pytest.fixture
def get(answers, staff):
    """``get(address, **query)``: the content of an answer of the trial data for a member of staff."""

    def content(address, **query) -> bytes:
        answer = answers(staff, f"{address}?{urlencode({'nam': 2017} | query)}")
        assert answer.status == 200
        return answer.content

    return content


def content_of(answer) -> bytes:
    assert answer.status_code == 200
    return b"".join(answer) if answer.streaming else answer.content


@lru_cache
def book(content: bytes):
    return openpyxl.load_workbook(io.BytesIO(content))


@lru_cache
def word(content: bytes):
    return docx.Document(io.BytesIO(content))


@lru_cache
def words(content: bytes) -> str:
    """All text of a Word document, tables that only place things included."""
    document = word(content)
    cells = [cell.text for table in document.tables[:2] for row in table.rows[:1] for cell in row.cells]
    return "\n".join([*cells, *(paragraph.text for paragraph in document.paragraphs)])


def test_the_contents_lead_to_a_sheet_for_every_report(get):
    found = book(get(BOOK))
    contents = found["Mục lục"]
    links = [cell.hyperlink for row in contents.iter_rows() for cell in row if cell.hyperlink]
    targets = [re.fullmatch(r"'(.+)'!A1", link.location)[1] for link in links]
    assert targets == found.sheetnames[1:]
    assert len(targets) == len(REPORTS) + 2  # the districts, and the lines of the criteria set
    titles = {found[name]["A1"].value for name in targets}
    listed = {link.display or contents[link.ref].value for link in links}
    assert titles == {title.upper() for title in listed}


@pytest.mark.parametrize("slug", REPORTS)
@pytest.mark.parametrize("district", ["", "171"])
def test_a_sheet_of_the_pack_is_the_table_of_its_report(get, slug, district):
    query = {"huyen": district} if district else {}
    alone = book(get(f"/bao-cao/{slug}.xlsx", **query))["Biểu"]
    bound = next(sheet for sheet in book(get(BOOK, **query)) if sheet["A1"].value == alone["A1"].value)
    last = alone.max_row - (1 if slug == "du-lieu" else 0)  # its note is about filling it in
    cells = [[cell.value for cell in row] for row in alone.iter_rows(max_row=last)]
    assert [[cell.value for cell in row] for row in bound.iter_rows(max_row=last, max_col=alone.max_column)] == cells
    assert not bound.protection.sheet


def test_charts_show_the_districts_and_leave_out_their_sum(get):
    parts = parts_of(get(BOOK))
    charts = [text for name, text in parts.items() if name.startswith("xl/charts/chart")]
    assert len(charts) == 2
    assert all(text.count("<c:ser>") in (2, 5) for text in charts)
    assert all("Toàn tỉnh" not in text for text in charts)
    assert all(re.search(r"\$B\$\d+:\$B\$\d+", text) for text in charts)
    rows = {int(b) - int(a) + 1 for text in charts for a, b in re.findall(r"<c:f>[^<]*\$B\$(\d+):\$B\$(\d+)", text)}
    assert rows == {9}


@given(st.lists(st.text(max_size=60) | st.text("ab '[:/Đ", min_size=25, max_size=60), max_size=20))
def test_names_of_sheets_are_such_as_excel_takes(titles):
    names = sheet_names(titles)
    assert len({name.casefold() for name in names}) == len(titles)
    assert all(0 < len(name) <= 31 and not set(name) & set("[]:*?/\\") for name in names)
    assert not [name for name in names if name[0] == "'" or name[-1] == "'"]


def test_the_state_form_has_its_parts_and_leaves_open_what_is_filled_in(get):
    text = words(get(LETTER))
    for part in (
        STATE, "Độc lập - Tự do - Hạnh phúc", "SỞ NÔNG NGHIỆP VÀ PTNT", "/BC-VPĐP", "Thái Nguyên, ngày … tháng … năm …",
        "BÁO CÁO", "năm 2017 trên địa bàn tỉnh Thái Nguyên", "I. KẾT QUẢ XÂY DỰNG NÔNG THÔN MỚI",
        "trân trọng báo cáo./.",        "Phụ lục I\n", "(Kèm theo Báo cáo số …/BC-VPĐP", "Số liệu minh họa",
    ):  # fmt: skip
        assert part in text, part
    assert PARTY not in text
    ends = word(get(LETTER)).tables[1].rows[0].cells
    assert "Nơi nhận:" in ends[0].text
    assert "CHÁNH VĂN PHÒNG" in ends[1].text


def test_the_party_form_has_neither_quoc_hieu_nor_signature(get):
    text = words(get(LETTER, dang=1))
    for part in (PARTY, "TỈNH ỦY THÁI NGUYÊN\n*", "PHỤ LỤC", "-BC/TU", "Biểu số 1\n"):
        assert part in text, part
    for part in (STATE, "Độc lập", "Nơi nhận", "VPĐP", "BÁO CÁO\n"):
        assert part not in text, part


def test_the_report_tells_the_year_as_the_conclusion_asks(get):
    text = words(get(LETTER))
    for sentence in (
        "Đến hết năm 2017, toàn tỉnh có 68/139 xã đạt chuẩn nông thôn mới, đạt 48,92 % số xã, cao hơn bình quân "
        "cả nước (32,3 %).",
        "Thành phố Thái Nguyên, thành phố Sông Công đã được công nhận hoàn thành nhiệm vụ xây dựng nông thôn mới",
        "Thu nhập bình quân đầu người khu vực nông thôn đạt 26,2 triệu đồng/người/năm, tăng ",
        "Tỷ lệ hộ nghèo toàn tỉnh là 9,0 % (",
        "Năm 2018, toàn tỉnh có 22 xã đăng ký đạt chuẩn nông thôn mới, trong đó có 11 xã bổ sung.",
    ):
        assert sentence in text


def test_the_page_shows_the_sentences_of_the_paper(get):
    page = get(PAGE).decode()
    assert "toàn tỉnh có 68/139 xã đạt chuẩn nông thôn mới" in page
    assert f"{LETTER}?nam=2017&amp;dang=1" in page
    assert f"{BOOK}?nam=2017&amp;huyen=171" in get(PAGE, huyen="171").decode()


def test_the_annexes_are_the_tables_of_the_reports_but_for_the_sheet_of_raw_values(get):
    annexes = read_tables(word(get(LETTER)))
    assert len(annexes) == len(REPORTS)  # the districts more, the raw values less
    for slug in ("ma-tran", "nhom-tieu-chi", "xa-dat-chuan"):
        alone = read_tables(word(get(f"/bao-cao/{slug}.docx")))[0]
        assert (alone.head, alone.rows) in [(annex.head, annex.rows) for annex in annexes]
    named = re.findall(r"^Phụ lục ([IVX]+)$", words(get(LETTER)), re.M)
    assert named == [roman(number) for number in range(1, len(annexes) + 1)]


def test_annexes_are_numbered_from_one_and_the_first_page_bears_no_number(get):
    for section in word(get(LETTER)).sections:
        assert section.different_first_page_header_footer
        assert section._sectPr.xpath("w:pgNumType/@w:start") == ["1"]
        assert 'w:instr=" PAGE "' in section.header._element.xml
        assert "PAGE" not in section.first_page_header._element.xml


def test_a_district_has_a_pack_of_its_own(get):
    text = words(get(LETTER, huyen="171"))
    assert "trên địa bàn huyện Đại Từ" in text
    assert "Đến hết năm 2017, huyện Đại Từ có 13/28 xã" in text
    assert "theo huyện năm" not in "".join(book(get(BOOK, huyen="171")).sheetnames)


@pytest.mark.parametrize("address", [BOOK, LETTER])
def test_an_official_gets_the_communes_of_the_own_district_alone(client_of, daitu, address):
    everything = "".join(parts_of(content_of(client_of(daitu).get(address, {"nam": 2017}))).values())
    others = Commune.objects.exclude(district__code="171").values_list("code", flat=True)
    assert not [code for code in others if re.search(rf">{code}<", everything)]
    assert "05773" in everything
    assert client_of(daitu).get(address, {"nam": 2017, "huyen": "173"}).status_code == 404


@pytest.mark.parametrize("address", [PAGE, BOOK, LETTER])
@pytest.mark.parametrize("query", [{"nam": 2030}, {"nam": "x"}, {"nam": 2017, "huyen": "999"}])
def test_what_does_not_exist_is_404(client_of, staff, address, query):
    assert client_of(staff).get(address, query).status_code == 404


@pytest.mark.parametrize("year", [2015, 2016])
@pytest.mark.parametrize("address", [PAGE, BOOK, LETTER])
def test_the_first_year_and_a_closed_one_have_packs_too(get, address, year):
    assert get(address, nam=year)


def test_the_name_of_a_commune_is_text_in_both_files(client_of, staff):
    name_communes([*EVIL, *FORBIDDEN])
    letter, made = (content_of(client_of(staff).get(address, {"nam": 2017})) for address in (LETTER, BOOK))
    assert_nothing_lives_in(letter)
    assert not [name for name, part in parts_of(made).items() if "<f>" in part and "worksheets" in name]


@pytest.mark.parametrize(
    ("address", "query", "name"),
    [
        (BOOK, {}, "bo-tai-lieu-2017.xlsx"),
        (LETTER, {"huyen": "171"}, "bo-tai-lieu-2017-171.docx"),
        (LETTER, {"dang": "1"}, "bo-tai-lieu-phu-luc-dang-2017.docx"),
    ],
)
def test_files_are_kept_under_their_names(client_of, staff, address, query, name):
    answer = client_of(staff).get(address, {"nam": 2017} | query)
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{name}"'


def test_a_pack_takes_a_stated_number_of_queries_and_less_than_three_processor_seconds(client_of, province):
    found = {}
    for size in (20, 139):
        with undone():
            client = client_of(officer_of(make_province(size), Role.STAFF))
            for address in (BOOK, LETTER):
                start = time.process_time()
                found[address, size] = len(queries_of(client, f"{address}?nam=2017"))
                assert time.process_time() - start < 3
    assert len(set(found.values())) == 1, found
    assert max(found.values()) <= MOST_OF_A_PACK
