"""The papers on plans and on income and poverty: 22 communes for 2018, each with what it lacks."""

from datetime import date
from decimal import Decimal

import pytest

from communes.models import Batch, Commune, Registration, YearlyStatistics
from criteria.rounds import rounds_of
from reports.catalogue.material import Material, ModelHamlet, Registered
from reports.catalogue.plans import plan_rows, plan_table
from reports.catalogue.society import society_rows
from reports.picture.reading import pictures
from tests.reports.picture.test_figures import SOUTH, picture
from tests.reports.picture.test_figures import commune as unit_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def years(province):
    return pictures(province, rounds_of(province).values())


def rows(client, slug: str, query: str = "nam=2017") -> list[dict]:
    return client.get(f"/bao-cao/{slug}.json?{query}").json()["rows"]


def communes(client, slug: str, query: str = "nam=2017") -> list[dict]:
    """The rows without the totals."""
    return [row for row in rows(client, slug, query) if row["code"]]


def test_22_communes_are_registered_for_2018_half_of_them_supplementary(client_of, staff):
    found = communes(client_of(staff), "dang-ky")
    assert len(found) == 22
    assert [row["batch"] for row in found].count("Bổ sung") == 11
    bases = {row["legal_basis"] for row in found if row["batch"] == "Bổ sung"}
    assert bases == {"Kết luận số 272-KL/TU ngày 17/4/2018"}


def test_each_registered_commune_names_what_it_lacks(client_of, staff):
    client = client_of(staff)
    matrix = {row["code"]: row for row in rows(client, "ma-tran")}
    for row in communes(client, "dang-ky"):
        missed = [key[1:] for key, verdict in matrix[row["code"]].items() if key[0] == "c" and verdict == "not_met"]
        assert [text.partition(".")[0] for text in row["missing"].split("\n") if text] == missed
        assert row["met_count"] == matrix[row["code"]]["met_count"]
        for number in missed:
            assert f"\n{number}." in f"\n{row['failing']}", (row["code"], number)


def test_an_official_sees_the_registered_communes_of_the_own_district(client_of, daitu):
    assert {row["district"] for row in communes(client_of(daitu), "dang-ky")} == {"Đại Từ"}
    assert client_of(daitu).get("/bao-cao/dang-ky.json?nam=2017&huyen=173").status_code == 404


def test_the_plan_of_the_districts_adds_up_to_90_communes(client_of, viewer):
    *districts, whole = rows(client_of(viewer), "ke-hoach")
    for key in ("total", "before", "certified", "planned", "supplementary", "promised", "kept"):
        assert sum(row[key] for row in districts) == whole[key], key
    assert (whole["before"], whole["certified"], whole["planned"], whole["supplementary"]) == (56, 68, 11, 11)
    assert (whole["target"], whole["target_percent"]) == (90, 64.75)


def test_the_other_groups_of_communes_stand_in_the_plan_of_their_district(client_of, viewer, staff):
    communes = Commune.objects.in_force(date(2017, 12, 31)).filter(district__code="171", kind="xã")
    levels = ["nang_cao", "nang_cao", "kieu_mau"]
    for commune, level in zip(communes, levels, strict=False):
        Registration.objects.create(commune=commune, year=2018, batch=Batch.PLANNED, level=level)
    *districts, whole = rows(client_of(viewer), "ke-hoach")
    [own] = [row for row in districts if row["district"] == "Đại Từ"]
    assert (own["advanced"], own["model"]) == (whole["advanced"], whole["model"]) == (2, 1)
    assert (whole["planned"], whole["supplementary"]) == (11, 11)
    counted = [row for row in rows(client_of(staff), "xom-kieu-mau") if row["code"] is None]
    assert {row["district"]: row["hamlets"] for row in districts if row["hamlets"]} == {
        row["district"]: row["count"] for row in counted[:-1]
    }
    assert whole["hamlets"] == counted[-1]["count"] == 12


def test_a_registration_kept_is_counted_against_the_plan(province, years):
    certified, other = years[2017].standings["certified"][0], years[2017].standings["below"][0]
    for unit in (certified, other):
        commune = Commune.objects.get(pk=unit.id)
        Registration.objects.create(commune=commune, year=2017, batch=Batch.PLANNED)
    *_, whole = plan_rows(Material(pictures(province, [rounds_of(province)[2017]])[2017], ""))
    assert (whole.promised, whole.kept, whole.kept_percent, whole.before) == (2, 1, Decimal("50.00"), None)


def test_the_first_year_has_nothing_to_compare_with(client_of, staff):
    for row in rows(client_of(staff), "ke-hoach", "nam=2015"):
        assert row["before"] is None
    for row in rows(client_of(staff), "kinh-te-xa-hoi", "nam=2015"):
        assert (row["poverty_rate_change"], row["income_per_capita_change"]) == (None, None)


@pytest.mark.parametrize("year", [2015, 2016, 2017])
def test_income_and_poverty_are_the_headline_figures(client_of, staff, year):
    client = client_of(staff)
    for district in ("", "&huyen=171", "&huyen=164"):
        headline = {row["key"]: row for row in rows(client, "tong-hop", f"nam={year}{district}")}
        *_, whole = rows(client, "kinh-te-xa-hoi", f"nam={year}{district}")
        for key in ("poverty_rate", "poverty_rate_rural", "income_per_capita"):
            assert whole[key] == headline[key]["value"], (district, key)
        assert (whole["poor_households"], whole["households"]) == (
            headline["poverty_rate"]["numerator"], headline["poverty_rate"]["denominator"],
        )  # fmt: skip


def test_households_and_the_poor_of_the_districts_add_up(years):
    *districts, whole = society_rows(years[2017], years[2016])
    for name in ("population", "households", "poor"):
        assert sum(getattr(row, name) for row in districts) == getattr(whole, name)
    assert whole.change("poverty") == whole.poverty.value - whole.before.poverty.value


def test_a_district_without_statistics_shows_nothing_rather_than_zero(province):
    YearlyStatistics.objects.filter(year=2017, commune__district__code="170").delete()
    found = pictures(province, [rounds_of(province)[2017]])[2017]
    row = next(row for row in society_rows(found, None) if row.code == "170")
    assert (row.population, row.households, row.poor, row.income.value, row.poverty.value) == (None,) * 5


# -- the plan, counted by hand


def test_the_last_row_is_the_province_or_the_sum_of_one_district():
    whole = picture(unit_of(1), unit_of(2, district=SOUTH))
    assert [(row.name, row.code) for row in plan_rows(Material(whole, ""))] == [
        ("Bắc", "901"), ("Nam", "902"), ("Toàn tỉnh", None),
    ]  # fmt: skip
    assert [row.name for row in plan_rows(Material(whole.within("902"), ""))] == ["Nam", "Cộng"]


def test_the_plan_counts_what_is_registered_and_not_yet_certified():
    units = [
        unit_of(1, planned="planned"),
        unit_of(2, planned="planned", certified=True),
        unit_of(3, planned="supplementary"),
        unit_of(4, planned="supplementary", certified=True),
        unit_of(5, promised="planned"),
        unit_of(6, promised="supplementary", certified=True),
        unit_of(7, promised="planned", planned="planned", certified=True, rural=False),
    ]
    row = plan_rows(Material(picture(*units), ""))[-1]
    assert (row.total, row.certified, row.planned, row.extra) == (6, 3, 1, 1)
    assert (row.promised, row.kept, row.kept_percent) == (2, 1, Decimal("50.00"))
    assert (row.target, row.target_percent) == (5, Decimal("83.33"))


@pytest.mark.parametrize(
    ("planned", "target"), [(["planned"], 1), (["supplementary"], 1), (["planned", "supplementary"], 2), ([""], None)]
)
def test_without_a_plan_there_is_nothing_to_strive_for(planned, target):
    units = [unit_of(number, planned=batch) for number, batch in enumerate(planned)]
    row = plan_rows(Material(picture(*units), ""))[-1]
    assert row.target == target
    assert (row.target_percent is None) == (target is None)
    assert (row.promised, row.kept, row.kept_percent) == (0, 0, None)


def test_a_district_is_held_against_itself_a_year_ago():
    before = picture(unit_of(1, certified=True), unit_of(2, certified=True), unit_of(3, certified=True, rural=False))
    now = picture(unit_of(1, certified=True), unit_of(2), unit_of(4, district=SOUTH, certified=True))
    north, south, whole = plan_rows(Material(now, "", previous=before))
    assert (north.before, south.before, whole.before) == (2, None, 2)
    assert (north.certified, south.certified, whole.certified) == (1, 1, 2)


def test_higher_levels_and_model_hamlets_are_counted_in_their_district():
    units = [unit_of(1), unit_of(2, district=SOUTH), unit_of(3), unit_of(4, rural=False)]
    levels = {
        "nang_cao": {1: Registered(), 2: Registered(), 4: Registered(), 99: Registered()},
        "kieu_mau": {3: Registered()},
    }
    hamlets = (ModelHamlet(2, "", "", "902", "Xóm", 2017, "", None, ""),)
    rows = plan_rows(Material(picture(*units), "", registered=levels, hamlets=hamlets))
    assert [(row.advanced, row.model, row.hamlets) for row in rows] == [(1, 1, 0), (1, 0, 1), (2, 1, 1)]


def test_the_headings_name_the_year_before_the_year_and_the_next():
    table = plan_table("ke-hoach", "Kế hoạch", "", Material(picture(unit_of(1), unit_of(2, district=SOUTH)), ""))
    headings = {column.key: (column.group, column.heading) for column in table.columns}
    assert headings["before"] == ("", "Xã đạt chuẩn đến hết năm 2016")
    assert {headings[key][0] for key in ("promised", "kept", "kept_percent", "certified")} == {
        "Kế hoạch và kết quả năm 2017"
    }
    assert {headings[key][0] for key in ("planned", "supplementary", "target", "target_percent")} == {
        "Kế hoạch năm 2018"
    }
    assert {headings[key][0] for key in ("advanced", "model")} == {"Xã đăng ký năm 2018"}
    assert ([row.name for row in table.rows], [row.name for row in table.totals]) == (["Bắc", "Nam"], ["Toàn tỉnh"])


def test_shares_are_shown_with_their_places_and_counts_with_none():
    units = [unit_of(n, planned="planned", promised="planned", certified=n < 1) for n in range(3)]
    table = plan_table("ke-hoach", "", "", Material(picture(*units), "", previous=picture(*units)))
    [total] = table.totals
    texts = {column.key: column.text(total) for column in table.columns}
    assert (texts["kept_percent"], texts["target_percent"]) == ("33,3", "100,00")
    assert {key for key, text in texts.items() if "," in text} == {"kept_percent", "target_percent"}
