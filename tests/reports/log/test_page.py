"""The change log as an inspector reads it: what happened, in words, to those who may know."""

import re
from datetime import date, datetime
from decimal import Decimal
from html.parser import HTMLParser

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from communes.models import Commune
from criteria import actions
from criteria.actions import Entry
from criteria.models import AssessmentRound, ChangeEvent, Via
from criteria.rules.verdicts import Given, Verdict
from criteria.rules.workflow import State, Step
from reports.log import reading as log
from reports.log import wording
from tests.reports.reading import Book

pytestmark = pytest.mark.django_db

CUC_DUONG, PHUC_HA, TOWN, IN_DAI_TU = "05737", "05485", "05431", "05758"
SCRIPT = "<script>alert(1)</script>"
MOST = 8
PARAMETERS = ["xa", "chitieu", "ai", "qua", "tu", "den", "nam", "truoc"]


class LogParser(HTMLParser):
    """The cells of ``table#nhat-ky``."""

    def __init__(self):
        super().__init__()
        self.rows, self.inside, self.cell = [], False, False

    def handle_starttag(self, tag, attrs):
        if tag == "table":
            self.inside = dict(attrs)["id"] == "nhat-ky"
        elif self.inside and tag == "tr":
            self.rows.append([])
        elif self.inside and tag in ("td", "th"):
            self.rows[-1].append("")
            self.cell = True

    def handle_endtag(self, tag):
        self.cell = self.cell and tag not in ("td", "th")

    def handle_data(self, data):
        if self.inside and self.cell:
            self.rows[-1][-1] += data


def read(answer) -> list[list[str]]:
    assert answer.status_code == 200
    parser = LogParser()
    parser.feed(answer.content.decode())
    return [[" ".join(cell.split()) for cell in row] for row in parser.rows[1:]]


@pytest.fixture
def round_2017(province):
    round = AssessmentRound.objects.of_year(province, 2017).get()
    round.assessments.update(state=State.DRAFT)
    return round


@pytest.fixture
def commune(province):
    return Commune.objects.in_force(date(2017, 12, 31)).get


@pytest.fixture
def save(round_2017, commune, staff):
    def saved(statistics=None, cells=None, code=CUC_DUONG, by=staff, via=Via.GRID, **about):
        entry = Entry(commune(code=code).pk, statistics or {}, cells or {})
        return actions.record(round_2017, [entry], by=by, via=via, **about)

    return saved


@pytest.fixture
def rows(client_of, staff):
    """``rows(chitieu="5.1")``: the rows of the page as the provincial office sees it."""
    client = client_of(staff)
    return lambda **query: read(client.get("/nhat-ky/", query))


def test_a_row_says_when_who_through_what_where_which_from_to_and_why(rows, save):
    save(cells={"5.1": Given(Decimal("69.6"))}, reason="Nhập nhầm", source="bieu.xlsx")
    at = timezone.localtime(ChangeEvent.objects.first().at)
    (number, when, who, via, year, unit, topic, old, new, why), *_ = rows()
    assert int(number) == ChangeEvent.objects.first().sequence
    assert when == f"{at:%d/%m/%Y %H:%M}"
    assert (who, via, year) == ("Chuyên viên Văn phòng điều phối", "Bảng nhập bieu.xlsx", "2017")
    assert (unit, topic, why) == (f"{CUC_DUONG} Cúc Đường", "5.1", "Nhập nhầm")
    assert new == "69,6 (Chưa đạt)"
    assert old.endswith("(Đạt)")


def test_a_time_is_that_of_the_province(rows, province, save):
    save({"population": 1})
    at = ChangeEvent.objects.first().at
    assert rows()[0][1].endswith(f"{(at.hour + 7) % 24:02}:{at.minute:02}")


def test_every_kind_of_change_has_its_words(rows, round_2017, commune, leader, staff, save):
    ids = [commune(code=CUC_DUONG).pk]
    save({"population": 12345, "income": Decimal("26.25")}, by=None, via=Via.COMMAND)
    actions.accept(round_2017, {(CUC_DUONG, "5.1"): "Chênh lớn."}, by=staff, via=Via.GRID)
    actions.move(round_2017, ids, Step.SUBMIT, by=staff, reason="Gấp")
    actions.close_year(round_2017, by=leader, reason="Hết kỳ")
    closed, moved, accepted, population, income, *_ = rows()
    assert closed[2:] == [
        "Lãnh đạo Văn phòng điều phối", "Nộp, duyệt, trả lại", "2017", "Kỳ 1980/QĐ-TTg (31/12/2017)", "Khóa năm",
        "Đang mở", "Đã khóa", "Hết kỳ",
    ]  # fmt: skip
    assert moved[6:] == ["Trạng thái", "Đang nhập", "Đã nộp", "Gấp"]
    assert accepted[6:9] == ["Chấp nhận cảnh báo: 5.1", "–", "Chênh lớn."]
    assert (population[2], population[6], population[8]) == ("Lệnh máy chủ", "Dân số (người)", "12.345")
    assert (income[6], income[8]) == ("Thu nhập bình quân (triệu đồng/người/năm)", "26,25")


@pytest.mark.parametrize(
    ("old", "new", "kind", "expected"),
    [
        (None, {"value": "69.6", "verdict": "not_met"}, "percent", ("", "69,6 (Chưa đạt)")),
        ({"value": "80", "verdict": "met"}, {"value": "81", "verdict": "met"}, "percent", ("80", "81")),
        ({"value": "80", "verdict": "met"}, None, "percent", ("80 (Đạt)", "")),
        (
            {"value": "1", "verdict": "met"}, {"value": "0", "verdict": "not_met"}, "boolean", ("Đạt", "Chưa đạt"),
        ),
        ({"value": "1", "verdict": "met"}, {"value": "0", "verdict": "met"}, "number", ("1", "0")),
        (
            {"claim": "met", "verdict": "met"},
            {"claim": "not_applicable", "reason": "Không có chợ", "verdict": "not_applicable"},
            "province",
            ("Đạt", "KXX: Không có chợ"),
        ),
        (
            {"value": "60", "verdict": "not_met"},
            {"value": "60", "claim": "met", "reason": "Mới xây", "note": "theo huyện", "verdict": "met"},
            "percent",
            ("60 (Chưa đạt)", "60, kết luận Đạt; lý do: Mới xây; ghi chú: theo huyện"),
        ),
        (
            {"value": "70", "numerator": "7", "denominator": "10", "verdict": "met"},
            {"numerator": "6999.5", "verdict": "unknown"},
            "percent",
            ("70 = 7/10 (Đạt)", "6.999,5/? (Chưa có số liệu)"),
        ),
    ],
)  # fmt: skip
def test_a_given_value_reads_as_people_say_it(old, new, kind, expected):
    assert wording.texts("5.1", [old, new], kind) == expected
    assert wording.texts("5.1", [new, old], kind) == expected[::-1]


@pytest.mark.parametrize(
    ("key", "change"),
    [("5.1", 7), ("5.1", []), ("state", ["x", None]), ("?", [True, {"value": "NaN"}]), ("", None), ("a.b", ["z", [1]])],
)
def test_a_change_that_no_action_writes_is_shown_all_the_same(key, change):
    assert all(isinstance(text, str) for text in wording.texts(key, change))
    assert isinstance(wording.topic(key), str)
    assert wording.place_of(key) < (9,)


def test_the_cells_of_one_save_come_in_the_order_of_the_sheet(rows, save):
    cells = {code: Given(Decimal(1)) for code in ("17.1", "3.1", "5.1")} | {"9.1": Given(Decimal(2))}
    save({"population": 1}, {"17.1": Given(claim=Verdict.NOT_APPLICABLE, reason="Không có"), **cells})
    topics = [row[6] for row in rows()[:5]]
    assert topics == ["Dân số (người)", "3.1", "5.1", "9.1", "17.1"]


def test_the_filters_leave_what_they_say(rows, save, commune, leader):
    save({"population": 1}, {"5.1": Given(Decimal("69.6"))})
    save({"population": 2}, code=PHUC_HA, by=None, via=Via.COMMAND)
    last = ChangeEvent.objects.first()
    for asked in ("phuc ha", "PHÚC HÀ", "xã Phúc Hà", PHUC_HA):
        assert {row[5] for row in rows(xa=asked)} == {f"{PHUC_HA} Phúc Hà"}
    assert {row[6] for row in rows(chitieu="5.1")} == {"5.1"}
    assert rows(chitieu="population")[0][8] == "2"
    assert {row[6] for row in rows(chitieu="closed")} == {"Khóa năm"}
    assert str(last.sequence) in {row[0] for row in rows(ai=log.SERVER)}
    assert {row[2] for row in rows(ai=log.SERVER)} == {rows(ai=log.SERVER)[0][2]} == {log.SERVER_NAME}
    assert {row[2] for row in rows(ai="lanhdao")} == {leader.full_name}
    assert {row[3] for row in rows(qua="grid")} == {"Bảng nhập"}
    assert {row[4] for row in rows(nam="2016")} == {"2016"}
    assert rows(xa="không có xã này") == [["Không có thay đổi nào theo điều kiện này."]]
    assert [row[8] for row in rows(xa=PHUC_HA, chitieu="population", qua="command", nam="2017", ai=log.SERVER)] == ["2"]


def test_an_accepted_warning_is_found_by_its_indicator(rows, round_2017, staff):
    actions.accept(round_2017, {(CUC_DUONG, "5.1"): "Chênh lớn."}, by=staff, via=Via.GRID)
    assert rows(chitieu="5.1")[0][6] == "Chấp nhận cảnh báo: 5.1"


def test_days_are_those_of_the_province_and_both_count(rows, province):
    def entry(year, *at):
        moment = timezone.make_aware(datetime(*at))
        actions.journal.log([ChangeEvent(at=moment, via=Via.STEP, year=year, round=round, changes={"closed": [0, 1]})])

    round = AssessmentRound.objects.first()
    entry(2001, 2018, 3, 1, 0, 0)
    entry(2002, 2018, 3, 1, 23, 59, 59)
    entry(2003, 2018, 3, 2, 0, 0)
    assert [row[4] for row in rows(tu="01/03/2018", den="2018-03-01")] == ["2002", "2001"]
    assert [row[4] for row in rows(den="2018-03-01")] == ["2002", "2001"]
    assert [row[4] for row in rows(tu="2018-03-02", den="2018-03-02")] == ["2003"]


@pytest.mark.parametrize("parameter", PARAMETERS)
@pytest.mark.parametrize(
    "value",
    [
        "a\x00b", "x" * 50_000, "9" * 5000, "2018-99-99", "0001-01-01", "9999-12-31", "-1", "NaN", "١٢", "'\"; --",
        "\ud83d", "%", "1e9", str(2**63), SCRIPT,
    ],
)  # fmt: skip
def test_a_bad_filter_is_answered_not_an_error(client_of, staff, parameter, value):
    client = client_of(staff)
    value = value.encode("utf-8", "replace").decode()
    page = client.get("/nhat-ky/", {parameter: value})
    assert page.status_code == 200
    assert SCRIPT not in page.content.decode()
    assert client.get("/nhat-ky.xlsx", {parameter: value}).status_code in (200, 404)


def test_a_wrong_condition_shows_nothing_rather_than_everything(client_of, staff):
    answer = client_of(staff).get("/nhat-ky/", {"tu": "2018-99-99"})
    assert read(answer) == [["Điều kiện lọc không hợp lệ."]]
    assert "nhat-ky.xlsx" not in answer.content.decode()


def test_pages_lead_through_all_entries_and_never_cut_one(client_of, staff, monkeypatch):
    monkeypatch.setattr(log, "ROWS_ON_A_PAGE", 100)
    client, seen, address = client_of(staff), [], "/nhat-ky/?xa=phuc+ha"
    while address:
        answer = client.get(address)
        numbers = [int(row[0]) for row in read(answer)]
        assert len(numbers) <= 100
        assert len(set(numbers)) <= log.EVENTS_ON_A_PAGE
        seen += numbers
        found = re.search(r'href="(\?[^"]*)" rel="next"', answer.content.decode())
        address = "/nhat-ky/" + found[1].replace("&amp;", "&") if found else None
    stored = ChangeEvent.objects.filter(commune__folded__contains="phuc ha")
    assert seen == [event.sequence for event in stored for _ in event.changes]
    assert len(seen) > 100


def test_a_district_official_reads_the_own_communes_only(client_of, daitu, save, town_saved):
    save({"population": 1}, code=CUC_DUONG)
    own = Commune.objects.filter(district__code="171")
    client = client_of(daitu)
    seen = [row[5].partition(" ")[0] for row in read(client.get("/nhat-ky/"))]
    assert seen
    assert set(seen) <= set(own.values_list("code", flat=True))
    for query in ({"xa": CUC_DUONG}, {"chitieu": "closed"}, {"xa": "cuc duong"}):
        assert read(client.get("/nhat-ky/", query)) == [["Không có thay đổi nào theo điều kiện này."]]
    book = Book(b"".join(client.get("/nhat-ky.xlsx", {"nam": 2017})))
    assert "Cúc Đường" not in book.texts()
    assert len(book.texts()) > 1000


@pytest.fixture
def town_saved(province, commune, staff):
    """A change outside rounds, in another district than Đại Từ."""
    actions.record_statistics(province, 2017, {commune(code=TOWN).pk: {"population": 2}}, by=staff, via=Via.ADMIN)


def test_a_unit_without_a_scorecard_is_named_without_a_link(client_of, staff, town_saved):
    answer = client_of(staff).get("/nhat-ky/", {"xa": TOWN})
    assert read(answer)[0][5].startswith(TOWN)
    assert f"/xa/{TOWN}/" not in answer.content.decode()


@pytest.mark.parametrize("path", ["/nhat-ky/", "/nhat-ky.xlsx"])
def test_the_log_is_not_for_viewers_nor_for_strangers(client, client_of, viewer, path):
    assert client_of(viewer).get(path).status_code == 403
    assert client.get(path).status_code == 302


def test_the_navigation_leads_those_who_may_to_the_log(client_of, viewer, staff, admin, leader, daitu):
    for officer in (staff, admin, leader, daitu):
        assert 'href="/nhat-ky/"' in client_of(officer).get("/xa/").content.decode()
    assert "/nhat-ky/" not in client_of(viewer).get("/xa/").content.decode()


def test_the_log_is_read_not_written(client_of, staff):
    before = ChangeEvent.objects.count()
    client_of(staff).post("/nhat-ky/", {"xa": PHUC_HA})
    client_of(staff).get("/nhat-ky.xlsx?nam=2015")
    assert ChangeEvent.objects.count() == before


@pytest.mark.parametrize("query", [{}, {"chitieu": "5.1", "nam": 2016}, {"xa": "phuc ha"}, {"qua": "step"}])
def test_the_file_says_what_the_page_says(client_of, staff, monkeypatch, query):
    monkeypatch.setattr(log, "ROWS_IN_A_FILE", 200)
    client = client_of(staff)
    page = read(client.get("/nhat-ky/", query))
    book = Book(b"".join(client.get("/nhat-ky.xlsx", query)))
    assert len(page) >= 50
    for shown, cells in zip(page, book.body(len(page)), strict=True):
        number, at, who, via, year, code, unit, *rest, source = (
            "" if cell.value is None else cell.value for cell in cells
        )
        assert shown[:5] == [str(number), at, who, f"{via} {source}".strip(), str(year)]
        assert shown[5] == f"{code} {unit}".strip()
        topic, old, new, reason = rest
        assert shown[6:] == [topic, old or "–", new or "–", reason]


def test_the_file_names_its_conditions_and_its_data(client_of, staff):
    book = Book(b"".join(client_of(staff).get("/nhat-ky.xlsx?xa=phuc+ha&ai=chuyenvien&tu=2018-03-01&nam=2017")))
    head = book.texts()[1]
    assert head.startswith("Lập lúc ")
    for part in ("phuc ha", "Ai: Chuyên viên Văn phòng điều phối", "Từ ngày: 01/03/2018", "Năm đánh giá: 2017"):
        assert part in head
    assert any("minh họa" in text for text in book.texts()[:4])


def test_a_file_that_is_cut_says_so(client_of, staff, monkeypatch):
    monkeypatch.setattr(log, "ROWS_IN_A_FILE", 1500)
    cut = Book(b"".join(client_of(staff).get("/nhat-ky.xlsx")))
    assert cut.row(cut.numbers_row + 1500)[0].value is not None
    notes = [text for text in cut.texts() if "Tệp chỉ có 1.500 dòng mới nhất" in text]
    assert len(notes) == 2
    whole = Book(b"".join(client_of(staff).get("/nhat-ky.xlsx?xa=phuc+ha")))
    assert not [text for text in whole.texts() if "Tệp chỉ có" in text]


@pytest.mark.parametrize("text", [SCRIPT, "=1+1", "+cmd", "@SUM(A1)", '"><img src=x onerror=alert(1)>', "a&b"])
def test_text_stays_text(client_of, staff, round_2017, save, text):
    given = Given(claim=Verdict.NOT_APPLICABLE, reason=text)
    save(cells={"5.1": given}, reason=text, source=text)
    actions.accept(round_2017, {(CUC_DUONG, "5.1"): text}, by=staff, via=Via.GRID)
    client = client_of(staff)
    html = client.get("/nhat-ky/").content.decode()
    accepted, saved, *_ = read(client.get("/nhat-ky/"))
    assert (accepted[8], saved[8], saved[9]) == (text, f"KXX: {text}", text)
    assert "<" not in text or text not in html
    book = Book(b"".join(client.get("/nhat-ky.xlsx?nam=2017&chitieu=5.1")))
    found = [cell for row in book.sheet.iter_rows() for cell in row if cell.value == text]
    assert {cell.data_type for cell in found} == {"s"}
    assert len(found) == 3
    assert book.formulas() == []


@pytest.mark.parametrize("path", ["/nhat-ky/", "/nhat-ky.xlsx"])
@pytest.mark.parametrize("query", [{}, {"xa": "phuc ha", "chitieu": "5.1", "ai": "chuyenvien", "qua": "command"}])
def test_the_log_takes_the_same_few_queries_however_long_it_is(client_of, staff, daitu, monkeypatch, path, query):
    monkeypatch.setattr(log, "ROWS_IN_A_FILE", 1500)
    for officer in (staff, daitu):
        client, counts = client_of(officer), set()
        for year in ("2017", "1999", ""):
            with CaptureQueriesContext(connection) as captured:
                b"".join(client.get(path, query | {"nam": year}))
            counts.add(len(captured))
        assert len(counts) == 1, counts
        assert counts.pop() <= MOST
