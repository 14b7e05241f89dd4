"""The communes registered for the coming year, by the level they aim at, with their money and what became of them."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from communes.models import Batch, Commune, Department, Funding, Recognition, Registration
from criteria import actions
from criteria.models import CriteriaSet
from criteria.rounds import rounds_of
from reports.catalogue.material import Material, Registered
from reports.catalogue.money import KINDS, funding_rows
from reports.catalogue.queries import material, read
from reports.catalogue.registrations import RegisteredRow, registered_rows, registered_table
from reports.catalogue.registry import REPORTS
from reports.picture.reading import pictures
from tests.reports.picture.test_figures import SOUTH, commune, picture, summary
from tests.reports.test_queries import undone

pytestmark = pytest.mark.django_db

CUC_DUONG = "05737"
SOURCES = ("central_investment", "province", "other")


@pytest.fixture
def fetch(client_of, staff):
    client = client_of(staff)

    def fetched(kind: str = "", year: int = 2017) -> list[dict]:
        query = {"nam": year} | ({"loai": kind} if kind else {})
        return client.get("/bao-cao/dang-ky.json", query).json()["rows"]

    return fetched


@pytest.fixture
def html_of(client_of, staff):
    return lambda kind: client_of(staff).get("/bao-cao/dang-ky/", {"nam": 2017, "loai": kind}).content.decode()


def register(code: str, year: int = 2018, **more) -> Registration:
    commune = Commune.objects.in_force(date(2018, 12, 31)).get(code=code)
    return Registration.objects.create(commune=commune, year=year, **{"batch": Batch.PLANNED} | more)


def test_the_demonstration_gives_each_of_the_22_needs_and_a_deadline_and_advances_to_the_eleven(fetch, province):
    *rows, total = fetch()
    assert {row["deadline"] for row in rows} == {"2018-12-31"}
    assert all(row["needs"] > 0 for row in rows)
    assert {row["batch"] for row in rows if row["advanced"]} == {"Bổ sung"}
    assert sum(row["advanced"] is not None for row in rows) == 11
    assert (total["code"], total["name"]) == (None, "Cộng 22 xã")
    for key in ("needs", "advanced"):
        assert total[key] == sum(row[key] or 0 for row in rows)


def test_needs_that_nobody_knows_are_empty_and_not_in_the_sum(fetch, province):
    *rows, before = fetch()
    Registration.objects.filter(commune__code=rows[0]["code"], year=2018).update(needs=None)
    *after, total = fetch()
    assert after[0]["needs"] is None
    assert total["needs"] == before["needs"] - rows[0]["needs"]
    Registration.objects.update(needs=None)
    assert fetch()[-1]["needs"] is None


def test_the_follow_up_is_shown_as_the_office_wrote_it(fetch, province):
    sponsor = Department.objects.get(name="Sở Y tế")
    more = {"needs": Decimal("1234.5"), "deadline": date(2018, 9, 30), "result": "Xong đường", "sponsor": sponsor}
    register(CUC_DUONG, **more)
    [row] = [row for row in fetch() if row["code"] == CUC_DUONG]
    assert (row["level"], row["needs"], row["deadline"], row["result"], row["sponsor"]) == (
        "Đạt chuẩn", 1234.5, "2018-09-30", "Xong đường", "Sở Y tế",
    )  # fmt: skip


@st.composite
def advances(draw):
    """Money of 2017 to 2019 by place in a list of communes: some advanced, some own, some not known."""
    amounts = st.none() | st.decimals(0, 100_000, places=3)
    keys = st.tuples(
        st.integers(-3, 2), st.sampled_from([2017, 2018, 2019]), st.sampled_from(SOURCES),
        st.sampled_from([None, 2018, 2019, 2020]),
    )  # fmt: skip
    found = draw(st.sets(keys.filter(lambda key: key[3] is None or key[3] > key[1]), max_size=30))
    return [(*key, draw(amounts)) for key in sorted(found, key=str)]


def store(lines, communes) -> None:
    Funding.objects.all().delete()
    Funding.objects.bulk_create(
        Funding(commune=communes[n], year=year, source=source, drawn_from=drawn, planned=planned)
        for n, year, source, drawn, planned in lines
    )


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(advances())
def test_advances_are_those_that_the_money_report_shows_for_the_same_communes(province, lines):
    with undone():
        old, new = Commune.objects.filter(code="05914").order_by("valid_from")  # went to another district in 2017
        Registration.objects.create(commune=old, year=2018, batch=Batch.PLANNED)
        communes = [*Commune.objects.filter(registrations__year=2018).exclude(pk=old.pk), old, new]
        store(lines, communes)
        rounds = rounds_of(province)
        report = REPORTS["dang-ky"]
        picture, _ = read(report, province, rounds, 2017)
        found = registered_rows(material(picture, rounds[2017], report, province))
        kind = KINDS["ke-hoach-nam-sau"]
        gained = {
            row.code: row.gained
            for part in picture.districts
            for row in funding_rows(part, Funding.objects.all().lines(), 2018, kind.measure)
        }
        assert len(found) == 23
        assert {row.code: row.about.advanced for row in found} == {row.code: gained[row.code] for row in found}


def test_what_a_commune_came_to_is_said_once_its_year_is_assessed(fetch, province):
    codes = [row["code"] for row in fetch() if row["code"]]
    assert {row["outcome"] for row in fetch()} == {""}
    commune = Commune.objects.in_force(date(2018, 12, 31)).get(code=codes[0])
    Recognition.objects.create(commune=commune, counts_for_year=2018)
    late = Commune.objects.in_force(date(2018, 12, 31)).get(code=codes[1])
    Recognition.objects.create(commune=late, counts_for_year=2019)
    assert {row["outcome"] for row in fetch()} == {""}
    actions.open_round(province, CriteriaSet.objects.get(code="1980/QĐ-TTg"), date(2018, 12, 31))
    outcomes = {row["code"]: row["outcome"] for row in fetch()}
    assert outcomes.pop(None) == ""
    assert outcomes.pop(codes[0]) == "Đã công nhận"
    assert set(outcomes.values()) == {"Chưa công nhận"}
    rounds = rounds_of(province)
    promised = [unit for unit in pictures(province, [rounds[2018]])[2018].communes if unit.promised]
    assert [unit.code for unit in promised if unit.certified] == [codes[0]]


def test_a_recognition_that_was_revoked_is_no_result(fetch, province):
    actions.open_round(province, CriteriaSet.objects.get(code="1980/QĐ-TTg"), date(2018, 12, 31))
    code = fetch()[0]["code"]
    commune = Commune.objects.in_force(date(2018, 12, 31)).get(code=code)
    Recognition.objects.create(commune=commune, counts_for_year=2018, revoked_on=date(2018, 12, 30))
    assert fetch()[0]["outcome"] == "Chưa công nhận"


@pytest.mark.parametrize(
    ("kind", "level", "name"), [("nang-cao", "nang_cao", "Nâng cao"), ("kieu-mau", "kieu_mau", "Kiểu mẫu")]
)
def test_each_level_is_a_list_of_its_own_without_invented_gaps(fetch, html_of, province, kind, level, name):
    assert fetch(kind) == []
    assert f"Chưa có xã nào đăng ký nông thôn mới {name.lower()} năm 2018." in html_of(kind)
    register(CUC_DUONG, level=level)
    *rows, total = fetch(kind)
    assert [(row["code"], row["level"]) for row in rows] == [(CUC_DUONG, name)]
    assert total["name"] == "Cộng 1 xã"
    assert not {"missing", "failing", "unknown_lines"} & set(rows[0])
    assert len(fetch()) == 23
    html = html_of(kind)
    assert f"Bộ tiêu chí nông thôn mới {name.lower()} chưa nạp vào cổng" in html
    assert f"Xã đăng ký nông thôn mới {name.lower()} năm 2017, đăng ký năm 2018" in html


def test_a_level_whose_set_is_loaded_does_not_say_that_it_is_not(html_of, province):
    register(CUC_DUONG, level="nang_cao")
    CriteriaSet.objects.create(code="NC", slug="nc", title="Nâng cao", level="nang_cao", year_from=2018)
    assert "chưa nạp vào cổng" not in html_of("nang-cao")
    assert "chưa được đánh giá ở biểu này" in html_of("nang-cao")


def test_another_level_does_not_exist(client_of, staff):
    assert client_of(staff).get("/bao-cao/dang-ky/?nam=2017&loai=hien-dai").status_code == 404


# -- the list, drawn by hand


def drawn(*plans: Registered, kind: str = "", units=(), level: str = "dat_chuan"):
    """The list of as many communes as there are plans."""
    units = units or [commune(number) for number in range(1, len(plans) + 1)]
    registered = {level: {unit.place_id: plan for unit, plan in zip(units, plans, strict=True)}}
    return registered_table("dang-ky", "", "", Material(picture(*units), "", registered=registered, kind=kind))


def shown(table) -> set[str]:
    return {column.key for column in table.shown}


def test_the_planned_come_first_then_by_district_and_code():
    batches = ["supplementary", "planned", "planned", "planned", "supplementary"]
    districts = [{"district": SOUTH}, {"district": SOUTH}, {}, {"district": SOUTH}, {}]
    units = [commune(number, **about) for number, about in zip((1, 4, 3, 2, 5), districts, strict=True)]
    table = drawn(*map(Registered, batches), units=units)
    assert [row.code for row in table.rows] == ["00003", "00002", "00004", "00005", "00001"]


def test_a_registered_ward_is_no_row_and_neither_is_a_place_elsewhere():
    plans = {number: Registered() for number in (1, 2, 99)}
    units = [commune(1), commune(2, rural=False), commune(3)]
    rows = registered_rows(Material(picture(*units), "", registered={"dat_chuan": plans}))
    assert [row.code for row in rows] == ["00001"]


def test_a_commune_without_data_has_an_empty_cell_and_one_that_meets_nothing_a_zero():
    units = [commune(1), commune(2, summary=summary(0)), commune(3, summary=summary(7))]
    table = drawn(*[Registered()] * 3, units=units)
    assert [row.met_count for row in table.rows] == [None, 0, 7]
    [column] = [column for column in table.columns if column.key == "met_count"]
    assert [column.text(row) for row in (*table.rows, *table.totals)] == ["", "0", "7", ""]


@pytest.mark.parametrize(
    ("key", "filled"),
    [
        ("advanced", {"advanced": Decimal(5)}),
        ("outcome", {"recognised": True}),
        ("outcome", {"recognised": False}),
        ("result", {"result": "Xong đường"}),
        ("note", {"note": "Ghi"}),
    ],
)
def test_an_optional_column_is_shown_when_one_row_fills_it(key, filled):
    optional = {"unknown_lines", "advanced", "outcome", "result", "note"}
    units = [commune(number, summary=summary(19)) for number in (1, 2)]
    empty = drawn(Registered(), Registered(), units=units)
    assert not optional & shown(empty)
    assert shown(drawn(Registered(), Registered(**filled), units=units)) == shown(empty) | {key}
    assert {column.key for column in empty.columns} >= optional


def test_columns_that_always_stand_are_shown_when_they_are_empty():
    assert shown(drawn(Registered())) >= {"batch", "legal_basis", "needs", "sponsor", "deadline", "missing", "failing"}
    assert "level" not in shown(drawn(Registered(result="x")))


def test_the_note_counts_both_batches():
    batches = ["planned"] * 3 + ["supplementary"]
    assert drawn(*map(Registered, batches)).notes[0] == (
        "4 xã đăng ký đạt chuẩn năm 2018: 3 xã theo kế hoạch, 1 xã bổ sung."
    )


@pytest.mark.parametrize("loaded", [[True], [True, True], [True, False]])
def test_a_level_with_a_set_says_that_it_is_not_judged_here(loaded):
    plans = [Registered(has_set=has) for has in loaded]
    note = drawn(*plans, kind="nang-cao", level="nang_cao").notes[-1]
    assert "chưa được đánh giá ở biểu này" in note
    note = drawn(Registered(has_set=False), kind="nang-cao", level="nang_cao").notes[-1]
    assert "chưa nạp vào cổng" in note
    assert len(drawn(Registered()).notes) == 2


def test_the_sum_is_of_what_is_known():
    table = drawn(Registered(needs=Decimal(5)), Registered(needs=Decimal(2), advanced=Decimal(1)), Registered())
    [total] = table.totals
    assert (total.name, total.about.needs, total.about.advanced) == ("Cộng 3 xã", 7, 1)
    assert drawn().totals == []
    assert drawn(Registered()).totals[0].about.needs is None


def test_the_sum_is_of_no_place_and_no_level():
    total = RegisteredRow(None, "Cộng", Registered())
    assert (total.district, total.district_code, total.met_count, total.outcome) == ("", None, None, "")
    levels = [column for column in drawn(Registered()).columns if column.key == "level"]
    assert levels[0].value(total) == ""
