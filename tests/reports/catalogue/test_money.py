"""Money by source and arrears as reports: sums hold, credit stands apart, the unknown stays unknown."""

from datetime import date
from decimal import Decimal
from urllib.parse import urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from communes.models import Arrears, Commune, Funding
from communes.money import Debt, FundingSource, Measure, Money
from reports.catalogue.material import Material
from reports.catalogue.money import KINDS, debt_rows, debt_table, funding_rows, funding_table
from reports.catalogue.registry import REPORTS
from reports.picture.picture import DistrictRow, Picture, Unit
from tests.reports.reading import Book, read_page

DISTRICTS = [DistrictRow(code, f"Huyện {code}") for code in ("171", "173")]
UNITS = [Unit(n, n, f"0000{n}", f"Xã {n}", n != 4, DISTRICTS[n % 2]) for n in range(1, 5)]
PICTURE = Picture(1, 2017, date(2017, 12, 31), "1980/QĐ-TTg", False, (), tuple(UNITS))
CUC_DUONG = "05737"
SOURCES = [source.value for source in FundingSource]
GIVEN = [source.value for source in FundingSource if not source.is_credit]
every_kind = pytest.mark.parametrize("kind", KINDS)


@st.composite
def lines(draw):
    """Lines of communes, of districts as such and of a commune that is no longer there, each account once."""
    amounts = st.none() | st.decimals(0, 1_000_000, places=3)
    places = [(unit.place_id, unit.district.code) for unit in UNITS] + [(None, "171"), (None, "173"), (99, "171")]
    keys = st.tuples(
        st.sampled_from(places), st.sampled_from([2017, 2018]), st.sampled_from(FundingSource),
        st.sampled_from([None, 2018, 2019]),
    )  # fmt: skip
    found = draw(st.sets(keys.filter(lambda key: key[3] is None or key[3] > key[1]), max_size=25))
    return [Money(*place, year, source, drawn, draw(amounts), draw(amounts), draw(amounts)) for
            place, year, source, drawn in sorted(found, key=str)]  # fmt: skip


def together(amounts):
    known = [amount for amount in amounts if amount is not None]
    return sum(known) if known else None


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # on a busy machine
@given(lines(), st.sampled_from(Measure), st.sampled_from([2017, 2018]))
def test_sources_sum_to_the_totals_and_districts_to_the_province(found, measure, year):
    rows = funding_rows(PICTURE, found, year, measure)
    assert [row.name for row in rows] == ["Huyện 171", "Huyện 173", "Toàn tỉnh"]
    assert_rows_add_up(rows)
    for part, row in zip(PICTURE.districts, rows, strict=False):
        inside = funding_rows(part, found, year, measure)
        assert_rows_add_up(inside)
        assert [inside[-1].of(s) for s in FundingSource] == [row.of(s) for s in FundingSource]
        assert inside[-1].unknown == row.unknown


def assert_rows_add_up(rows):
    *parts, whole = rows
    for source in FundingSource:
        assert whole.of(source) == together(row.of(source) for row in parts)
    for row in rows:
        assert row.sum(True) == together(row.of(source) for source in FundingSource)
        assert row.sum(True) == together([row.sum(False), row.of(FundingSource.CREDIT)])
    assert whole.unknown == sum(row.unknown for row in parts)
    assert (whole.gained, whole.given) == (together(r.gained for r in parts), together(r.given for r in parts))


@pytest.fixture
def fetch(client_of, staff):
    client = client_of(staff)

    def fetched(slug, kind="", year=2017, district="", client=client):
        query = {"nam": year} | ({"loai": kind} if kind else {}) | ({"huyen": district} if district else {})
        answers = [client.get(f"/bao-cao/{slug}{ending}", query) for ending in (".json", ".xlsx", "/")]
        assert [answer.status_code for answer in answers] == [200] * 3
        json, xlsx, page = answers
        return json.json(), Book(b"".join(xlsx)), read_page(page.content.decode())

    return fetched


@every_kind
@pytest.mark.parametrize("district", ["", "171"])
def test_the_rows_of_every_kind_add_up_on_page_xlsx_and_json_alike(fetch, kind, district):
    json, book, page = fetch("nguon-luc", kind, district=district)
    *rows, last = json["rows"]
    assert [cell.value for row in book.body(len(rows) + 1) for cell in row[1:]] == [
        None if value == "" else value for row in json["rows"] for value in row.values()
    ]
    assert len(page.body) == len(rows) == (9 if not district else len(rows))
    assert KINDS[kind].label.lower() in json["title"]
    for key in (*SOURCES, "total_without_credit", "total"):
        assert last[key] == together(row[key] for row in rows)
    for row in json["rows"]:
        assert row["total_without_credit"] == together(row[key] for key in GIVEN)
        assert row["total"] == together([row["total_without_credit"], row["credit"]])
    assert last["total"] > 0


@every_kind
def test_the_districts_one_by_one_are_the_rows_of_the_province(answers, staff, kind):
    def rows_of(**more):
        query = urlencode({"nam": 2017} | ({"loai": kind} if kind else {}) | more)
        return answers(staff, f"/bao-cao/nguon-luc.json?{query}").json["rows"]

    *rows, _ = rows_of()
    for row in rows:
        whole = rows_of(huyen=row["code"])[-1]
        keys = row.keys() - {"code", "name"}
        assert {key: whole[key] for key in keys} == {key: row[key] for key in keys}


@pytest.mark.parametrize(("query", "heading"), [("", "Huyện, thành phố, thị xã"), ("&huyen=171", "Xã")])
def test_the_rows_are_districts_or_the_communes_of_one(answers, staff, query, heading):
    found = answers(staff, f"/bao-cao/nguon-luc.json?nam=2017{query}").json
    assert found["columns"][1]["heading"] == heading


def test_credit_stands_apart_from_all_that_is_given(fetch):
    keys = [column["key"] for column in fetch("nguon-luc")[0]["columns"]]
    assert keys[2:] == [*GIVEN, "total_without_credit", "credit", "total", "gained", "given", "unknown"]


def test_the_stored_amounts_are_those_of_the_report(fetch, province):
    json, _, _ = fetch("nguon-luc")
    for source in FundingSource:
        stored = Funding.objects.filter(year=2017, source=source).values_list("disbursed", flat=True)
        assert json["rows"][-1][source.value] == together(stored)


def test_the_eleven_draw_on_2019_and_2020_and_it_stands_in_the_plan_of_2018(fetch, province):
    advances = Funding.objects.filter(year=2018, drawn_from__isnull=False).values_list("planned", flat=True)
    last = fetch("nguon-luc", "ke-hoach-nam-sau")[0]["rows"][-1]
    own = Funding.objects.filter(year=2018, source="central_investment", drawn_from=None)
    assert (last["gained"], last["given"]) == (sum(advances), None)
    assert last["central_investment"] == sum(own.values_list("planned", flat=True)) + sum(advances)


def test_an_unknown_amount_is_an_empty_cell_and_is_counted(fetch, province):
    district = Commune.objects.get(code=CUC_DUONG).district.code
    before = fetch("nguon-luc", district=district)[0]["rows"][-1]
    row = Funding.objects.get(commune__code=CUC_DUONG, year=2017, source="province", drawn_from=None)
    Funding.objects.filter(pk=row.pk).update(disbursed=None)
    json, book, page = fetch("nguon-luc", district=district)
    at = next(n for n, found in enumerate(json["rows"]) if found["code"] == CUC_DUONG)
    column = [one["key"] for one in json["columns"]].index("province") + 1
    assert json["rows"][at]["province"] is None
    assert book.body(len(json["rows"]))[at][column].value is None
    assert page.body[at][column].text == ""
    after = json["rows"][-1]
    assert after["unknown"] == before["unknown"] + 1
    assert Decimal(str(after["province"])) == Decimal(str(before["province"])) - row.disbursed
    Funding.objects.filter(pk=row.pk).update(disbursed=0)
    json, _, page = fetch("nguon-luc", district=district)
    assert (json["rows"][at]["province"], page.body[at][column].text) == (0, "0")


def test_a_commune_that_moved_is_counted_where_it_lies_at_the_end_of_the_year(fetch, province):
    """Đồng Liên went from Phú Bình to Thái Nguyên city in August 2017."""
    for year, district in ((2016, "173"), (2017, "164")):
        codes = [row["code"] for row in fetch("nguon-luc", year=year, district=district)[0]["rows"]]
        assert "05914" in codes


def test_an_advance_follows_a_commune_into_its_new_district(fetch, province):
    versions = Commune.objects.filter(code="05914")
    old, new = (versions.in_force(date(year, 12, 31)).get() for year in (2016, 2017))
    Funding.objects.create(commune=old, year=2016, source="other", drawn_from=2017, planned=30)
    Funding.objects.create(commune=new, year=2017, source="other", planned=100)
    rows = fetch("nguon-luc", "ke-hoach", district="164")[0]["rows"]
    [moved] = [row for row in rows if row["code"] == "05914"]
    assert (moved["other"], moved["given"], rows[-1]["other"]) == (70, 30, 70)
    assert fetch("nguon-luc", "ke-hoach", district="173")[0]["rows"][-1]["other"] is None


def test_another_kind_does_not_exist(client_of, staff):
    client = client_of(staff)
    assert client.get("/bao-cao/nguon-luc/?nam=2017&loai=khac").status_code == 404
    assert client.get("/bao-cao/no-dong/?nam=2017&loai=khac").status_code == 200


def test_arrears_are_value_less_paid_and_add_up(fetch, province):
    json, _, page = fetch("no-dong")
    *rows, last = json["rows"]
    assert (len(rows), len(page.body)) == (10, 10)
    for row in json["rows"]:
        assert row["owed"] == row["value"] - row["paid"] > 0
    for key in ("value", "paid", "owed"):
        assert last[key] == sum(row[key] for row in rows)
    assert last["name"] == "Cộng 10 công trình"
    assert {row["overdue"] for row in rows if row["deadline"] < "2017-12-31"} == {"Quá hạn"}
    assert {row["overdue"] for row in rows if row["deadline"] >= "2017-12-31"} == {""}


def test_arrears_are_those_of_the_day(fetch, province):
    settled = Arrears.objects.get(settled_on__isnull=False)
    works = {year: {(r["code"], r["work"]) for r in fetch("no-dong", year=year)[0]["rows"]} for year in (2016, 2017)}
    assert works[2016] - works[2017] == {(settled.commune.code, settled.work), (None, None)} - works[2017]
    assert fetch("no-dong", year=2015)[0]["rows"] == []
    assert "Không ghi nhận khoản nợ đọng nào." in fetch("no-dong", year=2015)[2].html


def test_paying_a_debt_takes_it_from_the_list(fetch, province):
    row = fetch("no-dong")[0]["rows"][0]
    debt = Arrears.objects.get(commune__code=row["code"], as_of=date(2017, 12, 31))
    Arrears.objects.filter(pk=debt.pk).update(paid=debt.value)
    assert row["code"] not in [found["code"] for found in fetch("no-dong")[0]["rows"]]


def test_the_debt_of_a_district_as_such_is_in_its_list_alone(fetch, province):
    found = {code: fetch("no-dong", district=code)[0]["rows"] for code in ("170", "164")}
    assert "Cấp huyện" in [row["name"] for row in found["170"]]
    assert found["164"] == []


def test_a_debt_outlives_the_commune_that_made_it(fetch, province):
    """Đồng Tiến became a ward in 2015: its debt is still shown, under the district."""
    gone = Commune.objects.filter(valid_to__lt=date(2017, 1, 1), kind="xã").exclude(origin=None).first()
    gone = gone or Commune.objects.filter(valid_to__lt=date(2017, 1, 1), kind="xã").first()
    Arrears.objects.create(commune=gone, work="Cầu cũ", value=5, paid=1, as_of=gone.valid_to)
    assert "Cầu cũ" in [row["work"] for row in fetch("no-dong")[0]["rows"]]


@pytest.mark.parametrize("text", ["=1+1", "+cmd", "-2+3", "@SUM(A1)", "<script>alert(1)</script>"])
def test_text_stays_text(fetch, province, text):
    debt = Arrears.objects.filter(as_of=date(2017, 12, 31)).first()
    for field in ("work", "investor", "source"):
        Arrears.objects.filter(pk=debt.pk).update(**{field: text})
        json, book, page = fetch("no-dong")
        assert text in [row[field] for row in json["rows"]]
        assert {c.data_type for row in book.sheet.iter_rows() for c in row if c.value == text} == {"s"}
        assert book.formulas() == []
        assert text in [cell.text for row in page.body for cell in row]
        assert "<" not in text or text not in page.html


@pytest.mark.parametrize("slug", ["nguon-luc", "no-dong"])
def test_a_district_official_sees_the_own_district_alone(fetch, client_of, daitu, slug):
    assert REPORTS[slug].detail
    own = fetch(slug, client=client_of(daitu))[0]["rows"]
    assert own == fetch(slug, district="171")[0]["rows"]
    for ending in ("/", ".xlsx", ".json"):
        assert client_of(daitu).get(f"/bao-cao/{slug}{ending}?nam=2017&huyen=173").status_code == 404


# -- by hand


def owing(place: int | None, work: str, district: str = "171", paid=0, **about) -> Debt:
    """Ten million for a work, some of it paid."""
    about = {"deadline": None, "as_of": date(2017, 12, 31), "code": "00099", "name": "Xã cũ"} | about
    return Debt(place, district, work, "Ban", Decimal(10), Decimal(paid), "Tỉnh", **about)


def test_arrears_come_by_district_commune_and_work():
    """Units 2 and 4 lie in 171, 1 and 3 in 173; what is of a district as such comes before its communes."""
    found = [owing(3, "A"), owing(4, "A"), owing(2, "B"), owing(2, "A"), owing(1, "A"), owing(None, "Z", code=None)]
    assert [(row.district_code, row.code, row.debt.work) for row in debt_rows(PICTURE, found)] == [
        ("171", None, "Z"), ("171", "00002", "A"), ("171", "00002", "B"), ("171", "00004", "A"), ("173", "00001", "A"),
        ("173", "00003", "A"),
    ]  # fmt: skip


def test_the_debt_of_a_place_is_named_as_it_is_known_today_and_of_a_place_that_is_gone_as_it_was():
    found = [owing(2, "A", name="Tên xưa"), owing(99, "B"), owing(None, "C", code=None, name="")]
    rows = debt_rows(PICTURE, found)
    assert {row.debt.work: (row.code, row.name, row.district) for row in rows} == {
        "A": ("00002", "Xã 2", "Huyện 171"),
        "B": ("00099", "Xã cũ", "Huyện 171"),
        "C": (None, "Cấp huyện", "Huyện 171"),
    }


def test_a_debt_elsewhere_is_not_in_the_list_of_a_district():
    part = PICTURE.within("173")
    assert [row.debt.work for row in debt_rows(part, [owing(2, "A"), owing(1, "B"), owing(None, "C")])] == ["B"]


@pytest.mark.parametrize(
    ("deadline", "said"),
    [(date(2017, 12, 30), "Quá hạn"), (date(2017, 12, 31), ""), (date(2018, 1, 1), ""), (None, "")],
)
def test_a_debt_is_overdue_the_day_after_its_deadline(deadline, said):
    table = debt_table("no-dong", "", "", Material(PICTURE, "", debts=(owing(2, "A", deadline=deadline),)))
    texts = {column.key: column.text(table.rows[0]) for column in table.columns}
    assert texts["overdue"] == said


def test_a_list_of_debts_adds_up_and_an_empty_one_has_no_sum():
    table = debt_table("no-dong", "", "", Material(PICTURE, "", debts=(owing(2, "A", paid=4), owing(1, "B", paid=1))))
    [total] = table.totals
    texts = {column.key: column.text(total) for column in table.columns}
    assert (total.name, total.value, total.paid, total.owed) == ("Cộng 2 công trình", 20, 5, 15)
    assert [texts[key] for key in ("code", "work", "investor", "source", "deadline", "overdue", "as_of")] == [""] * 7
    assert len(table.notes) == 1
    empty = debt_table("no-dong", "", "", Material(PICTURE, ""))
    assert (empty.rows, empty.totals, empty.notes[0]) == ([], [], "Không ghi nhận khoản nợ đọng nào.")
    assert "Xã còn nợ đọng thì chưa đủ điều kiện" in empty.notes[-1]


def line(place: int | None, district: str = "171", year: int = 2017, source=FundingSource.PROVINCE, **about) -> Money:
    amount = about.pop("amount", Decimal(5))
    return Money(place, district, year, source, planned=amount, allocated=amount, disbursed=amount, **about)


def test_of_one_district_the_rows_are_its_communes_and_what_is_undivided():
    """Unit 4 is a ward: a row only when it has money."""
    part = PICTURE.within("171")
    names = [row.name for row in funding_rows(part, [line(2)], 2017, Measure.DISBURSED)]
    assert names == ["Xã 2", "Cộng"]
    rows = funding_rows(
        part, [line(4), line(None), line(99), line(1, "173"), line(None, "173")], 2017, Measure.DISBURSED
    )
    assert [(row.code, row.name, row.of(FundingSource.PROVINCE)) for row in rows] == [
        ("00002", "Xã 2", None),
        ("00004", "Xã 4", 5),
        (None, "Cấp huyện, không chia cho xã", 10),
        (None, "Cộng", 15),
    ]


def test_money_of_an_unknown_place_counts_in_no_district_and_not_in_the_whole_of_another():
    rows = funding_rows(PICTURE.within("173"), [line(2), line(99)], 2017, Measure.DISBURSED)
    assert [row.sum(True) for row in rows] == [None, None, None]


def test_several_lines_of_one_source_are_one_sum_and_credit_is_apart():
    found = [line(2), line(4), line(2, source=FundingSource.CREDIT), line(2, source=FundingSource.OTHER, amount=None)]
    whole = funding_rows(PICTURE, found, 2017, Measure.DISBURSED)[-1]
    assert (whole.of(FundingSource.PROVINCE), whole.sum(False), whole.sum(True), whole.unknown) == (10, 10, 15, 1)


@pytest.mark.parametrize(
    ("kind", "title", "amount", "notes"),
    [
        ("", "Vốn: đã giải ngân", 5, 1),
        ("phan-bo", "Vốn: đã phân bổ", 5, 2),
        ("ke-hoach", "Vốn: kế hoạch", 5, 2),
        ("ke-hoach-nam-sau", "Vốn: kế hoạch năm sau (2018)", 7, 2),
    ],
)
def test_each_kind_is_of_its_year_and_says_how_advances_count(kind, title, amount, notes):
    money = (line(2), line(2, year=2018, amount=Decimal(7)))
    table = funding_table("nguon-luc", "Vốn", "", Material(PICTURE, "", money=money, kind=kind))
    assert (table.title, table.totals[0].sum(True), len(table.notes)) == (title, amount, notes)


@pytest.mark.parametrize(
    ("district", "heading", "page"), [(None, "Huyện, thành phố, thị xã", "district"), ("171", "Xã", "commune")]
)
def test_the_rows_lead_to_districts_or_communes(district, heading, page):
    picture = PICTURE.within(district) if district else PICTURE
    table = funding_table("nguon-luc", "Vốn", "", Material(picture, ""))
    name = next(column for column in table.columns if column.key == "name")
    assert (name.heading, name.link[0], name.link[1](table.rows[0])) == (heading, page, table.rows[0].code)
