"""Model hamlets by district and commune, and which department is in charge of what and helps whom."""

from datetime import date

import pytest

from communes.models import Assignment, Commune, Department, Hamlet
from criteria.models import AssessmentRound
from reports.catalogue.registry import REPORTS

pytestmark = pytest.mark.django_db

CUC_DUONG = "05737"


@pytest.fixture
def fetch(client_of, staff):
    def fetched(slug: str, year: int = 2017, district: str = "", officer=staff) -> list[dict]:
        query = {"nam": year} | ({"huyen": district} if district else {})
        return client_of(officer).get(f"/bao-cao/{slug}.json", query).json()["rows"]

    return fetched


def commune_of(code: str, year: int = 2017) -> Commune:
    return Commune.objects.in_force(date(year, 12, 31)).get(code=code)


def hamlets(rows: list[dict]) -> list[dict]:
    return [row for row in rows if row["code"]]


def test_the_twelve_model_hamlets_of_the_demonstration_are_listed_with_their_decisions(fetch, province):
    rows = hamlets(fetch("xom-kieu-mau"))
    stored = Hamlet.objects.exclude(model_year=None)
    assert {(row["code"], row["hamlet"], row["model_year"], row["decision_number"]) for row in rows} == set(
        stored.values_list("commune__code", "name", "model_year", "decision_number")
    )
    assert len(rows) == 12


def test_hamlets_of_the_districts_add_up_to_the_whole(fetch, province):
    found = fetch("xom-kieu-mau")
    *districts, whole = [row for row in found if row["code"] is None]
    for key in ("count", "new"):
        assert whole[key] == sum(row[key] for row in districts) == sum(row[key] or 0 for row in hamlets(found))
    for row in districts:
        assert row["count"] == sum(one["district"] == row["district"] for one in hamlets(found))
    assert (whole["name"], whole["count"], whole["new"]) == ("Toàn tỉnh", 12, 6)


def test_the_hamlets_of_the_year_are_marked_and_later_ones_are_not_there(fetch, province):
    assert {(row["model_year"], row["new"]) for row in hamlets(fetch("xom-kieu-mau"))} == {(2016, None), (2017, 1)}
    assert {(row["model_year"], row["new"]) for row in hamlets(fetch("xom-kieu-mau", 2016))} == {(2016, 1)}
    assert fetch("xom-kieu-mau", 2015) == []


def test_a_hamlet_lies_where_its_commune_lies_at_the_end_of_the_year(fetch, province):
    """Đồng Liên went from Phú Bình to Thái Nguyên city in August 2017."""
    found = {year: {row["code"]: row["district"] for row in fetch("xom-kieu-mau", year)} for year in (2016, 2017)}
    assert (found[2016]["05914"], found[2017]["05914"]) == ("Phú Bình", "TP Thái Nguyên")
    for year, inside in ((2016, "173"), (2017, "164")):
        for district in ("173", "164"):
            listed = [row["code"] for row in fetch("xom-kieu-mau", year, district)]
            assert ("05914" in listed) == (district == inside), (year, district)


def test_who_helps_a_commune_that_moved_is_shown_where_it_lies(fetch, province):
    old = Commune.objects.in_force(date(2016, 12, 31)).get(code="05914")
    Assignment.objects.create(department=Department.objects.first(), commune=old, year_from=2016)
    for year, inside in ((2016, "173"), (2017, "164")):
        for district in ("173", "164"):
            listed = [row["code"] for row in fetch("phan-cong", year, district)]
            assert ("05914" in listed) == (district == inside), (year, district)


def test_a_hamlet_outlives_its_commune(fetch, province):
    alive = Commune.objects.in_force(date(2017, 12, 31))
    gone = Commune.objects.exclude(pk__in=alive).exclude(pk__in=alive.exclude(origin=None).values("origin"))
    gone = gone.exclude(origin__in=alive).exclude(district=None).earliest("valid_to", "pk")
    Hamlet.objects.create(commune=gone, name="Xóm Cũ", model_year=2012)
    [row] = [row for row in fetch("xom-kieu-mau") if row["hamlet"] == "Xóm Cũ"]
    assert (row["code"], row["district"][-len(gone.district.name) :]) == (gone.code, gone.district.name)


def test_departments_in_charge_and_communes_helped_are_those_assigned(fetch, province):
    *rows, total = fetch("phan-cong")
    helped = [row for row in rows if row["code"]]
    assert len(helped) == 22
    assert {(row["department"], row["code"]) for row in helped} == set(
        Assignment.objects.exclude(commune=None).values_list("department__name", "commune__code")
    )
    charged = {(row["department"], line.partition(".")[0]) for row in rows for line in row["charge"].split("\n")}
    assert {(name, number) for name, number in charged if number} == {
        (name, str(number))
        for name, number in Assignment.objects.filter(commune=None).values_list("department__name", "criterion")
    }
    assert total["name"] == "22 xã"


def test_a_helped_commune_stands_as_the_matrix_says(fetch, province):
    matrix = {row["code"]: row for row in fetch("ma-tran")}
    for row in fetch("phan-cong"):
        if row["code"]:
            cells = [value for key, value in matrix[row["code"]].items() if key[0] == "c" and key != "code"]
            assert row["met_count"] == matrix[row["code"]]["met_count"]
            assert row["missing_count"] == cells.count("not_met")


def test_a_criterion_without_data_is_not_counted_as_missing(fetch, province):
    before = next(row for row in fetch("phan-cong") if row["missing_count"])
    assessment = AssessmentRound.objects.of_year(province, 2017).get().assessments.get(commune__code=before["code"])
    missed = assessment.known_mask & ~assessment.met_mask
    assessment.known_mask &= ~(missed & -missed)
    assessment.save()
    after = next(row for row in fetch("phan-cong") if row["code"] == before["code"])
    assert after["missing_count"] == before["missing_count"] - 1
    assert after["met_count"] == before["met_count"]


@pytest.mark.parametrize(
    ("first", "last", "shown"),
    [
        (2016, 2016, None),
        (2016, 2017, "2016–2017"),
        (2017, 2017, "2017"),
        (2018, 2018, "2018"),
        (2016, None, "từ 2016"),
        (2019, None, None),
    ],
)
def test_an_assignment_is_shown_while_it_is_in_force_in_the_year_or_in_the_next(fetch, province, first, last, shown):
    department = Department.objects.create(name="Sở Thử nghiệm")
    about = {"department": department, "year_from": first, "year_to": last, "legal_basis": "Quyết định 5"}
    Assignment.objects.create(commune=commune_of(CUC_DUONG), **about)
    found = [row for row in fetch("phan-cong") if row["department"] == department.name]
    assert [(row["code"], row["period"], row["legal_basis"]) for row in found] == (
        [(CUC_DUONG, shown, "Quyết định 5")] if shown else []
    )


def test_a_commune_without_data_shows_nothing_rather_than_zero(fetch, province):
    ward = Commune.objects.in_force(date(2017, 12, 31)).filter(kind="phường").first()
    Assignment.objects.create(department=Department.objects.first(), commune=ward, year_from=2017)
    [row] = [row for row in fetch("phan-cong") if row["code"] == ward.code]
    assert (row["met_count"], row["missing_count"]) == (None, None)


@pytest.mark.parametrize(("slug", "count"), [("xom-kieu-mau", 2), ("phan-cong", 5)])
def test_an_official_sees_the_rows_of_the_own_communes_alone(fetch, client_of, daitu, slug, count):
    assert REPORTS[slug].detail
    own = fetch(slug, officer=daitu)
    assert own == fetch(slug, district="171")
    assert {row["district"] for row in own[:-1]} == {"Đại Từ"}
    assert len(own) == count + 1
    assert client_of(daitu).get(f"/bao-cao/{slug}/?nam=2017&huyen=173").status_code == 404


@pytest.mark.parametrize(
    ("slug", "said"), [("xom-kieu-mau", "Chưa ghi nhận xóm"), ("phan-cong", "Chưa ghi nhận phân công nào")]
)
def test_a_list_without_rows_says_so(client_of, staff, province, slug, said):
    Hamlet.objects.all().delete()
    Assignment.objects.all().delete()
    assert said in client_of(staff).get(f"/bao-cao/{slug}/?nam=2017").content.decode()
