"""Reading rounds, assessments and the log: whose, and of which days."""

from datetime import date

import pytest

from communes.models import Commune, Level, Province, Role
from criteria import actions
from criteria.actions.journal import round_for, year_ends
from criteria.models import Assessment, AssessmentRound, ChangeEvent, CriteriaSet
from tests.reports.making import DISTRICT, make_province, officer_of

pytestmark = pytest.mark.django_db
DAYS = [date(2018, 3, 31), date(2018, 7, 31), date(2018, 12, 30), date(2018, 12, 1)]


@pytest.fixture
def standard(province):
    return CriteriaSet.objects.get(code="1980/QĐ-TTg")


@pytest.fixture
def advanced():
    return CriteriaSet.objects.create(code="691", slug="691", title="Nâng cao", level=Level.ADVANCED, year_from=2018)


@pytest.fixture
def elsewhere(province) -> Province:
    """Another province with communes, rounds and officers of its own."""
    return make_province(4, 2)


def rounds_of(province, criteria_set, *days) -> list[AssessmentRound]:
    """Rounds with an assessment of one commune each."""
    commune = Commune.objects.filter(province=province).in_force(date(2018, 1, 1)).rural().earliest("pk")
    made = [AssessmentRound(province=province, criteria_set=criteria_set, as_of=day) for day in days]
    AssessmentRound.objects.bulk_create(made)
    Assessment.objects.bulk_create(Assessment(round=round, commune=commune) for round in made)
    return made


def test_only_a_round_of_the_last_day_of_december_ends_a_year(province, standard):
    *others, end = rounds_of(province, standard, *DAYS, date(2018, 12, 31))
    assert [round for round in AssessmentRound.objects.year_end() if round in [*others, end]] == [end]
    found = Assessment.objects.filter(round__in=[*others, end]).year_end()
    assert [assessment.round for assessment in found] == [end]
    assert [round.ends_year for round in (*others, end)] == [False] * 4 + [True]


def test_a_round_of_a_higher_level_ends_no_year(province, advanced):
    (higher,) = rounds_of(province, advanced, date(2018, 12, 31))
    assert not AssessmentRound.objects.year_end().filter(pk=higher.pk).exists()
    assert not Assessment.objects.year_end().filter(round=higher).exists()
    assert not AssessmentRound.objects.of_year(province, 2018).exists()


def test_the_round_of_a_year_is_that_of_the_province(province, elsewhere):
    for owner in (province, elsewhere):
        found = AssessmentRound.objects.of_year(owner, 2017)
        assert [(round.province, round.as_of) for round in found] == [(owner, date(2017, 12, 31))]


@pytest.mark.parametrize("year", [2017, 2018])
def test_the_year_ends_of_a_province_come_the_latest_first(province, elsewhere, standard, year):
    rounds_of(province, standard, date(2018, 12, 31), date(2014, 12, 31), date(2018, 7, 31))
    assert [round.year for round in year_ends(province.pk)] == [2018, 2017, 2016, 2015, 2014]
    assert {round.province_id for round in year_ends(province.pk)} == {province.pk}
    assert round_for(year_ends(province.pk), year).year == year


def test_an_entry_about_a_year_is_found_under_its_round_else_under_the_first():
    rounds = [AssessmentRound(as_of=date(year, 12, 31)) for year in (2017, 2016, 2015)]
    found = {year: round_for(rounds, year).year for year in (2017, 2016, 2015, 2012, 2030)}
    assert found == {2017: 2017, 2016: 2016, 2015: 2015, 2012: 2017, 2030: 2017}
    assert round_for(rounds, None) is rounds[0]
    assert round_for([], 2017) is None


def test_whatever_an_officer_reads_commune_by_commune_is_of_the_own_province(elsewhere, staff, leader, admin, viewer):
    """Asked of the querysets themselves: a page that forgets its own filter must not show a neighbour's figures."""
    strangers = [officer_of(elsewhere, role) for role in (Role.STAFF, Role.LEADER, Role.VIEWER)]
    for officer in (staff, leader, admin, viewer, *strangers):
        found = Assessment.objects.visible_to(officer)
        assert set(found.values_list("round__province", flat=True)) == {officer.province_id}
        assert set(found.values_list("commune__province", flat=True)) == {officer.province_id}
        units = Commune.objects.visible_to(officer)
        assert set(units.values_list("province", flat=True)) == {officer.province_id}
        assert units.values("district").distinct().count() > 1


def test_a_district_official_sees_the_own_district_commune_by_commune(elsewhere, daitu):
    for officer, code in ((daitu, "171"), (officer_of(elsewhere, Role.DISTRICT), DISTRICT)):
        found = Assessment.objects.visible_to(officer)
        assert set(found.values_list("commune__district__code", flat=True)) == {code}
        assert set(Commune.objects.visible_to(officer).values_list("district__code", flat=True)) == {code}


def test_the_log_is_read_by_whom_it_is_about(province, elsewhere, staff, daitu):
    """Also an entry that knows only its round, or only its commune."""
    made = []
    for owner, code in ((province, "171"), (elsewhere, DISTRICT)):
        round = AssessmentRound.objects.of_year(owner, 2017).get()
        commune = Commune.objects.filter(district__code=code).in_force(round.as_of).rural().earliest("pk")
        for about in ((round, None), (None, commune.pk), (round, commune.pk)):
            made.append(actions.journal.aside(2017, *about, {"5.1": [None, "80"]}, None, "form"))
    actions.journal.log(made)
    own, ofelsewhere = made[:3], made[3:]
    told = ChangeEvent.objects.filter(pk__in=[event.pk for event in made]).order_by("sequence")
    assert list(told.visible_to(staff)) == own
    assert list(told.visible_to(officer_of(elsewhere, Role.STAFF))) == ofelsewhere
    assert list(told.visible_to(daitu)) == own[1:]
    assert list(told.visible_to(officer_of(elsewhere, Role.DISTRICT))) == ofelsewhere[1:]


@pytest.mark.parametrize(
    ("year", "codes"), [(2015, []), (2016, ["a", "b"]), (2018, ["a", "b"]), (2019, ["b"]), (2099, ["b"])]
)
def test_a_year_is_judged_by_the_sets_of_the_basic_standard_in_force(year, codes):
    for code, year_to, level in (("a", 2018, "dat_chuan"), ("b", None, "dat_chuan"), ("c", None, "nang_cao")):
        CriteriaSet.objects.create(code=code, slug=code, title=code, level=level, year_from=2016, year_to=year_to)
    found = CriteriaSet.objects.of_year(year).filter(code__in="abc").order_by("code")
    assert [one.code for one in found] == codes


def test_each_criterion_and_each_counted_line_of_a_set_counts_once(standard):
    found = CriteriaSet.objects.with_counts().get(pk=standard.pk)
    assert found.criteria_count == standard.criteria.count() == 19
    counted = [line for part in standard.criteria.all() for line in part.indicators.all() if line.counted]
    assert found.indicator_count == len(counted)
    assert found.indicator_count < sum(part.indicators.count() for part in standard.criteria.all())
