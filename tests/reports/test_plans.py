"""The papers on plans and on income and poverty: 22 communes for 2018, each with what it lacks."""

from datetime import date
from decimal import Decimal

import pytest

from communes.models import Batch, Commune, Registration, YearlyStatistics
from reports.material import Material
from reports.plans import plan_rows
from reports.queries import pictures, rounds_of
from reports.society import society_rows

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
