"""What a year is read from: which rounds are years, which decisions and registrations count, and until when."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from communes.models import (
    Batch,
    Commune,
    Department,
    District,
    DistrictRecognition,
    Province,
    Recognition,
    Registration,
    YearlyStatistics,
)
from criteria.models import Assessment, AssessmentRound, CriteriaSet
from criteria.rounds import rounds_of
from reports.catalogue.beside import read_beside
from reports.catalogue.plan_queries import plan_material
from reports.catalogue.queries import decisions, material, national_share, read
from reports.catalogue.registry import REPORTS
from reports.documents.comparison import rounds_to_hold_against
from reports.models import Conclusion, StatedFigure
from reports.picture.figures import headline, registered
from reports.picture.picture import EVERYTHING, Picture, Unit
from reports.picture.reading import pictures
from tests.reports.making import make_document

pytestmark = pytest.mark.django_db

LAST_DAY = date(2017, 12, 31)
STANDARD = "1980/QĐ-TTg"


@dataclass
class Small:
    """A province of two districts with a xã each; the round of 2017 has no assessment yet."""

    province: Province
    north: District
    south: District
    first: Commune
    second: Commune
    round: AssessmentRound

    def commune(self, code: str, district: District, **more) -> Commune:
        about = {"name": f"Thử {code}", "kind": "xã", "valid_from": date(2011, 1, 1)} | more
        return Commune.objects.create(
            province=self.province, district=district, code=code, folded=about["name"].lower(), **about
        )

    def open(self, on: date, criteria_set: CriteriaSet | None = None, **more) -> AssessmentRound:
        criteria_set = criteria_set or CriteriaSet.objects.get(code=STANDARD)
        return AssessmentRound.objects.create(province=self.province, criteria_set=criteria_set, as_of=on, **more)

    def picture(self, reading: frozenset[str] = EVERYTHING) -> Picture:
        return pictures(self.province, [self.round], reading)[2017]

    def unit(self, code: str) -> Unit:
        return next(unit for unit in self.picture().units if unit.code == code)

    def figure(self, key: str):
        picture = self.picture()
        return next(figure.value for figure in [*headline(picture), *registered(picture)] if figure.key == key)


@pytest.fixture
def small(province):
    own = Province.objects.create(code="91", name="Nhỏ", region="TDMNPB")
    north, south = (
        District.objects.create(province=own, code=code, name=name, kind="huyện")
        for code, name in (("911", "Bắc"), ("912", "Nam"))
    )
    made = Small(own, north, south, None, None, None)
    made.second, made.first = made.commune("91002", south), made.commune("91001", north)
    made.round = made.open(LAST_DAY)
    return made


@pytest.fixture
def advanced_set(province):
    return CriteriaSet.objects.create(code="NC", slug="nc", title="Nâng cao", level="nang_cao", year_from=2017)


# -- which rounds are years


@pytest.mark.parametrize("day", [date(2018, 6, 30), date(2018, 3, 31), date(2018, 12, 30), date(2018, 11, 30)])
def test_a_round_in_the_middle_of_a_year_is_no_year_of_the_pages(small, day):
    small.open(day)
    assert list(rounds_of(small.province)) == [2017]


def test_a_round_of_another_level_is_no_year_of_the_pages(small, advanced_set):
    small.open(date(2018, 12, 31), advanced_set)
    small.open(LAST_DAY, advanced_set)
    assert rounds_of(small.province) == {2017: small.round}


def test_the_years_come_oldest_first_whatever_was_opened_first(small):
    for year in (2019, 2015, 2018):
        small.open(date(year, 12, 31))
    assert list(rounds_of(small.province)) == [2015, 2017, 2018, 2019]


def test_the_years_are_those_of_the_province(small, province):
    assert {round.province_id for round in rounds_of(province).values()} == {province.pk}
    assert {round.province_id for round in rounds_of(small.province).values()} == {small.province.pk}


def test_the_rounds_of_a_comparison_are_those_of_the_basic_standard_oldest_first(small, advanced_set):
    later, middle = small.open(date(2018, 12, 31)), small.open(date(2017, 6, 30))
    small.open(date(2016, 12, 31), advanced_set)
    assert rounds_to_hold_against(small.province) == [middle, small.round, later]


# -- recognitions


def test_a_decision_of_the_basic_standard_certifies(small):
    Recognition.objects.create(commune=small.first, counts_for_year=2017)
    assert (small.unit("91001").certified, small.unit("91002").certified) == (True, False)
    assert small.figure("communes_certified") == 1


@pytest.mark.parametrize("level", ["nang_cao", "kieu_mau"])
def test_a_decision_of_a_higher_level_alone_certifies_nobody(small, level):
    Recognition.objects.create(commune=small.first, counts_for_year=2017, level=level)
    assert not small.unit("91001").certified
    assert small.figure("communes_certified") == 0
    assert decisions(small.picture(), small.province) == {}


@pytest.mark.parametrize(("year", "counts"), [(2016, True), (2017, True), (2018, False)])
def test_a_decision_counts_from_its_year_on(small, year, counts):
    Recognition.objects.create(commune=small.first, counts_for_year=year)
    DistrictRecognition.objects.create(district=small.north, counts_for_year=year)
    assert (small.figure("communes_certified"), small.figure("districts_completed")) == (counts, counts)


@pytest.mark.parametrize(
    ("revoked_on", "counts"),
    [(None, 1), (date(2018, 1, 1), 1), (LAST_DAY, 0), (date(2017, 12, 30), 0), (date(2016, 5, 1), 0)],
)
def test_a_revoked_decision_stops_counting_from_its_day(small, revoked_on, counts):
    Recognition.objects.create(commune=small.first, counts_for_year=2016, revoked_on=revoked_on)
    DistrictRecognition.objects.create(district=small.north, counts_for_year=2016, revoked_on=revoked_on)
    assert small.figure("communes_certified") == counts
    assert small.figure("districts_completed") == counts
    assert len(decisions(small.picture(), small.province)) == counts


def test_a_decision_on_a_district_is_of_that_district_alone(small):
    DistrictRecognition.objects.create(district=small.south, counts_for_year=2017)
    assert [part.district.completed for part in small.picture().districts] == [False, True]
    assert small.figure("communes_certified") == 0


def test_what_was_decided_elsewhere_does_not_count_here(small, province):
    before = small.picture()
    foreign = Commune.objects.filter(province=province).first()
    Recognition.objects.create(commune=foreign, counts_for_year=2017, level="dat_chuan", decision_number="khác")
    assert small.picture() == before
    assert decisions(before, small.province) == {}


def test_the_latest_standing_decision_is_the_one_that_is_shown(small):
    for year, number in ((2017, "mới"), (2014, "cũ"), (2018, "sau")):
        Recognition.objects.create(commune=small.first, counts_for_year=year, decision_number=number)
    found = decisions(small.picture(), small.province)
    assert {unit: (decision.year, decision.number) for unit, decision in found.items()} == {
        small.first.pk: (2017, "mới")
    }


def test_a_decision_follows_its_commune_and_not_one_that_left_the_programme(small):
    small.first.valid_to = date(2017, 6, 30)
    small.first.save()
    ward = small.commune("91001", small.north, kind="phường", origin=small.first, valid_from=date(2017, 7, 1))
    moved = small.commune("91003", small.north, valid_to=date(2017, 6, 30))
    now = small.commune("91003", small.south, origin=moved, valid_from=date(2017, 7, 1))
    for commune in (small.first, moved):
        Recognition.objects.create(commune=commune, counts_for_year=2016, decision_number="5")
    assert list(decisions(small.picture(), small.province)) == [now.pk]
    assert ward.pk in {unit.id for unit in small.picture().units}


# -- registrations


def test_a_registration_is_planned_for_its_year_and_promised_in_it(small):
    Registration.objects.create(commune=small.first, year=2018, batch=Batch.PLANNED)
    Registration.objects.create(commune=small.second, year=2017, batch=Batch.SUPPLEMENTARY)
    units = {unit.code: (unit.planned, unit.promised) for unit in small.picture().units}
    assert units == {"91001": ("planned", ""), "91002": ("", "supplementary")}
    assert (small.figure("registered"), small.figure("registered_supplementary")) == (1, 0)


@pytest.mark.parametrize("year", [2017, 2018])
def test_a_withdrawn_registration_is_neither_planned_nor_promised(small, year):
    about = {"commune": small.first, "year": year, "batch": Batch.SUPPLEMENTARY}
    row = Registration.objects.create(**about, withdrawn_on=date(2017, 6, 1))
    unit = small.unit("91001")
    assert (unit.planned, unit.promised) == ("", "")
    assert plan_material(small.picture(), "", small.round).registered == {}
    row.withdrawn_on = None
    row.save()
    unit = small.unit("91001")
    assert "supplementary" in (unit.planned, unit.promised)


@pytest.mark.parametrize("level", ["nang_cao", "kieu_mau"])
def test_a_registration_for_a_higher_level_is_no_plan_of_the_basic_standard(small, level):
    Registration.objects.create(commune=small.first, year=2018, batch=Batch.PLANNED, level=level)
    assert small.figure("registered") == 0
    assert list(plan_material(small.picture(), "", small.round).registered) == [level]


@pytest.mark.parametrize("year", [2016, 2019])
def test_a_registration_of_another_year_is_not_in_the_plan(small, year):
    Registration.objects.create(commune=small.first, year=year, batch=Batch.PLANNED)
    unit = small.unit("91001")
    assert (unit.planned, unit.promised) == ("", "")
    assert plan_material(small.picture(), "", small.round).registered == {}


def plan_of(small, report="dang-ky"):
    found = material(small.picture(), small.round, REPORTS[report], small.province)
    return found.registered["dat_chuan"][small.first.pk]


def test_whether_a_commune_came_to_its_level_is_open_until_the_year_has_its_own_round(small, advanced_set):
    """A round in the middle of the year, of a higher level or of another province is not the end of it."""
    Registration.objects.create(commune=small.first, year=2018, batch=Batch.PLANNED)
    Recognition.objects.create(commune=small.first, counts_for_year=2018)
    small.open(date(2018, 6, 30))
    small.open(date(2018, 12, 31), advanced_set)
    small.open(date(2019, 12, 31))
    elsewhere = CriteriaSet.objects.get(code=STANDARD)
    other = Province.objects.exclude(pk=small.province.pk).get()
    AssessmentRound.objects.create(province=other, criteria_set=elsewhere, as_of=date(2018, 12, 31))
    assert plan_of(small).recognised is None
    small.open(date(2018, 12, 31))
    assert plan_of(small).recognised is True


@pytest.mark.parametrize(
    ("level", "year", "revoked_on", "came"),
    [
        ("dat_chuan", 2018, None, True),
        ("nang_cao", 2018, None, False),
        ("dat_chuan", 2019, None, False),
        ("dat_chuan", 2018, date(2018, 12, 31), False),
        ("dat_chuan", 2018, date(2019, 1, 1), True),
    ],
)
def test_a_commune_came_to_its_level_by_a_standing_decision_of_that_level(small, level, year, revoked_on, came):
    small.open(date(2018, 12, 31))
    Registration.objects.create(commune=small.first, year=2018, batch=Batch.PLANNED)
    Recognition.objects.create(commune=small.first, counts_for_year=year, level=level, revoked_on=revoked_on)
    assert plan_of(small).recognised is came


def test_a_registration_tells_its_sponsor_and_whether_its_set_is_loaded(small, advanced_set):
    health = Department.objects.get(name="Sở Y tế")
    Registration.objects.create(commune=small.first, year=2018, batch=Batch.PLANNED, sponsor=health)
    for commune, level in ((small.second, "nang_cao"), (small.first, "kieu_mau")):
        Registration.objects.create(commune=commune, year=2018, batch=Batch.PLANNED, level=level)
    found = plan_material(small.picture(), "", small.round).registered
    assert {level: [(one.sponsor, one.has_set) for one in plans.values()] for level, plans in found.items()} == {
        "dat_chuan": [("Sở Y tế", True)],
        "nang_cao": [("", True)],
        "kieu_mau": [("", False)],
    }


# -- units, statistics, summaries


def test_units_come_by_district_and_code_whatever_was_stored_first(small):
    small.commune("91000", small.south)
    assert [unit.code for unit in small.picture().units] == ["91001", "91000", "91002"]
    assert [part.district.code for part in small.picture().districts] == ["911", "912"]


@pytest.mark.parametrize(
    ("first", "last", "there"),
    [
        (LAST_DAY, None, True),
        (LAST_DAY + timedelta(days=1), None, False),
        (date(2011, 1, 1), LAST_DAY, True),
        (date(2011, 1, 1), date(2017, 12, 30), False),
    ],
)
@pytest.mark.parametrize("with_another_year", [False, True])
def test_a_unit_is_of_a_year_when_it_is_in_force_on_its_last_day(small, first, last, there, with_another_year):
    small.commune("91009", small.north, valid_from=first, valid_to=last)
    rounds = [small.round] + [small.open(date(year, 12, 31)) for year in (2016, 2018) if with_another_year]
    codes = {unit.code for unit in pictures(small.province, rounds)[2017].units}
    assert ("91009" in codes) == there


def test_each_year_has_the_statistics_of_its_own_year(small):
    for year, people in ((2016, 10), (2018, 30)):
        YearlyStatistics.objects.create(
            commune=small.first, year=year, population=people, households=people + 1, poor_households=people + 2,
            income=Decimal(people + 3),
        )  # fmt: skip
    rounds = [small.round, small.open(date(2018, 12, 31)), small.open(date(2016, 12, 31))]
    found = pictures(small.province, rounds)
    units = {year: next(unit for unit in picture.units if unit.code == "91001") for year, picture in found.items()}
    assert {year: (u.population, u.households, u.poor_households, u.income) for year, u in units.items()} == {
        2016: (10, 11, 12, 13),
        2017: (None, None, None, None),
        2018: (30, 31, 32, 33),
    }
    assert {len(picture.units) for picture in found.values()} == {2}


def test_a_picture_holds_what_is_asked_for_and_nothing_else(small):
    YearlyStatistics.objects.create(commune=small.first, year=2017, population=10)
    Assessment.objects.create(round=small.round, commune=small.first, met_mask=1, known_mask=3, met_count=1)
    Recognition.objects.create(commune=small.first, counts_for_year=2017)

    def held(*reading):
        picture = small.picture(frozenset(reading))
        unit = picture.units[0]
        return bool(picture.criteria), unit.population, unit.has_data, unit.certified

    assert held() == (False, None, False, False)
    assert held("criteria") == (True, None, False, False)
    assert held("statistics") == (False, 10, False, False)
    assert held("summaries") == (False, None, True, False)
    assert held("marks") == (False, None, False, True)
    assert held(*EVERYTHING) == (True, 10, True, True)


def test_an_assessment_belongs_to_its_round_and_gives_the_newest_change(small):
    other = small.open(date(2016, 12, 31))
    made = [
        Assessment.objects.create(
            round=round, commune=commune, met_mask=met, known_mask=7, not_applicable_mask=2, state=state
        )
        for round, commune, met, state in (
            (small.round, small.second, 5, "approved"),
            (small.round, small.first, 3, "draft"),
            (other, small.first, 1, "submitted"),
        )
    ]
    days = [datetime(2018, 1, day, tzinfo=UTC) for day in (5, 3, 9)]
    for assessment, day in zip(made, days, strict=True):
        Assessment.objects.filter(pk=assessment.pk).update(updated_at=day)
    picture = pictures(small.province, [small.round, other])[2017]
    found = {unit.code: (unit.summary.met_mask, unit.summary.known_mask, unit.state) for unit in picture.units}
    assert found == {"91001": (3, 7, "draft"), "91002": (5, 7, "approved")}
    assert {unit.summary.not_applicable_mask for unit in picture.units} == {2}
    assert picture.updated_at == days[0]
    assert picture.approved == 1


def test_a_unit_without_an_assessment_has_no_state_and_no_data(small):
    unit = small.unit("91001")
    assert (unit.has_data, unit.state, unit.hexagon) == (False, "", None)
    assert small.picture().updated_at is None


def test_a_place_on_the_map_may_be_in_its_first_column_and_row(small):
    Commune.objects.filter(pk=small.first.pk).update(hex_column=0, hex_row=0)
    assert small.unit("91001").hexagon == (0, 0)


def test_criteria_are_those_of_the_set_of_the_round_in_their_order(small):
    picture = small.picture()
    assert [criterion.position for criterion in picture.criteria] == list(range(19))
    assert [criterion.number for criterion in picture.criteria] == list(range(1, 20))


def test_a_closed_year_is_told_from_an_open_one(small):
    assert not small.picture().closed
    AssessmentRound.objects.filter(pk=small.round.pk).update(closed_at="2018-02-01T00:00:00+07:00")
    small.round.refresh_from_db()
    assert small.picture().closed


# -- what a report is made from


@pytest.mark.parametrize(("year", "before"), [(2018, 2017), (2017, 2015), (2015, None)])
def test_the_year_before_is_the_nearest_that_was_assessed(small, year, before):
    small.open(date(2018, 12, 31))
    small.open(date(2015, 12, 31))
    rounds = rounds_of(small.province)
    now, then = read(REPORTS["ke-hoach"], small.province, rounds, year)
    assert (now.year, then and then.year) == (year, before)
    assert read(REPORTS["ma-tran"], small.province, rounds, year)[1] is None


def test_a_report_of_one_district_is_compared_with_that_district_a_year_ago(small):
    rounds = rounds_of(small.province) | {2016: small.open(date(2016, 12, 31))}
    report = REPORTS["ke-hoach"]
    picture, before = read(report, small.province, rounds, 2017)
    whole = material(picture, small.round, report, small.province, before)
    part = material(picture.within("912"), small.round, report, small.province, before)
    assert (whole.place, len(whole.previous.units)) == ("Tỉnh Nhỏ", 2)
    assert (part.place, [unit.code for unit in part.previous.units]) == ("Huyện Nam", ["91002"])


def test_the_share_of_the_country_is_that_of_the_newest_document_of_the_province(small, province):
    for number, issued, value in (("2-KL/TU", date(2018, 9, 1), 40), ("1-KL/TU", date(2018, 5, 1), 30)):
        document = make_document(small.province, number)
        Conclusion.objects.filter(pk=document.pk).update(issued_on=issued)
        StatedFigure.objects.filter(conclusion=document, key="national_certified_percent").update(value=value)
    assert national_share(small.province, 2017).value == 40
    assert read_beside(small.province, [2017], LAST_DAY).national.value == 40
    assert national_share(small.province, 2016) is None
    assert read_beside(small.province, [2016], date(2016, 12, 31)).national is None
    StatedFigure.objects.filter(conclusion__province=small.province).delete()
    assert national_share(small.province, 2017) is None
