"""2017 as Conclusion 301-KL/TU states it, and the years before by the communes that they had."""

from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest
from django.db.models import F, Sum

from communes.models import Commune, Recognition, YearlyStatistics
from criteria.rounds import rounds_of
from reports.picture.figures import band_rows, criterion_rows, headline, registered
from reports.picture.picture import missed
from reports.picture.reading import pictures

DONG_LIEN = "05914"
PHU_BINH, THAI_NGUYEN_CITY = "173", "164"


@pytest.fixture
def years(province):
    """The pictures of all years."""
    return pictures(province, rounds_of(province).values())


@pytest.fixture
def year_2017(years):
    return years[2017]


def figures(picture):
    return {figure.key: figure for figure in [*headline(picture), *registered(picture)]}


def half_up(exact: Fraction, decimals: int) -> Decimal:
    return Decimal(int(exact * 10**decimals + Fraction(1, 2))).scaleb(-decimals)


def unit(picture, code):
    return next((unit for unit in picture.units if unit.code == code), None)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("communes_certified", 68),
        ("communes_total", 139),
        ("communes_certified_percent", Decimal("48.92")),
        ("income_per_capita", Decimal("26.2")),
        ("poverty_rate", Decimal("9.0")),
        ("districts_completed", 2),
        ("registered", 22),
        ("registered_supplementary", 11),
    ],
)
def test_2017_comes_out_as_the_conclusion_states(year_2017, key, value):
    assert figures(year_2017)[key].value == value


def test_the_share_of_certified_communes_is_made_of_68_and_139(year_2017):
    percent = figures(year_2017)["communes_certified_percent"]
    assert (percent.numerator, percent.denominator) == (68, 139)


def test_the_two_cities_completed_the_task_and_nobody_else(year_2017):
    completed = {part.district.full_name for part in year_2017.districts if part.district.completed}
    assert completed == {"Thành phố Thái Nguyên", "Thành phố Sông Công"}


@pytest.mark.parametrize(("kinds", "key"), [(None, "poverty_rate"), (["xã"], "poverty_rate_rural")])
@pytest.mark.parametrize("year", [2015, 2016, 2017])
def test_poverty_counts_the_households_of_the_communes_in_force_that_year(years, year, kinds, key):
    """Of the province over all 180 units; rural over the xã alone."""
    units = Commune.objects.in_force(date(year, 12, 31))
    rows = YearlyStatistics.objects.filter(year=year, commune__in=units.filter(kind__in=kinds) if kinds else units)
    expected = rows.aggregate(poor=Sum("poor_households"), all=Sum("households"))
    found = figures(years[year])[key]
    assert rows.count() == (180 if kinds is None else len(years[year].communes))
    assert (found.numerator, found.denominator) == (expected["poor"], expected["all"])
    assert found.value == half_up(Fraction(expected["poor"] * 100, expected["all"]), 1)


@pytest.mark.parametrize("year", [2015, 2016, 2017])
def test_rural_income_is_weighted_by_the_population_of_the_communes(years, year):
    communes = Commune.objects.in_force(date(year, 12, 31)).rural()
    rows = YearlyStatistics.objects.filter(year=year, commune__in=communes)
    expected = rows.aggregate(earned=Sum(F("income") * F("population")), people=Sum("population"))
    found = figures(years[year])["income_per_capita"]
    earned = Decimal(str(expected["earned"])).quantize(Decimal("0.1"), ROUND_HALF_UP)
    assert (found.numerator, found.denominator) == (earned, expected["people"])
    unweighted = sum(unit.income for unit in years[year].communes) / len(years[year].communes)
    assert found.value != unweighted.quantize(Decimal("0.1"), ROUND_HALF_UP)


@pytest.mark.parametrize(("year", "total", "certified"), [(2015, 140, 40), (2016, 140, 56), (2017, 139, 68)])
def test_every_year_keeps_its_own_denominator(years, year, total, certified):
    percent = figures(years[year])["communes_certified_percent"]
    assert (percent.numerator, percent.denominator) == (certified, total)
    assert percent.value == half_up(Fraction(certified * 100, total), 2)
    assert {row.total for row in criterion_rows(years[year])} == {total}
    assert len(years[year].units) == 180


@pytest.mark.parametrize(("year", "district"), [(2015, PHU_BINH), (2016, PHU_BINH), (2017, THAI_NGUYEN_CITY)])
def test_dong_lien_is_counted_where_it_lay_at_the_end_of_the_year(years, year, district):
    assert [part.district.code for part in years[year].districts if unit(part, DONG_LIEN)] == [district]


def test_the_recognition_of_dong_lien_moves_with_it(years):
    """The decision names the commune of Phú Bình; since August 2017 it is a commune of the city."""
    decided_for = Recognition.objects.get(commune__code=DONG_LIEN).commune
    assert decided_for.district.code == PHU_BINH
    moved = unit(years[2017], DONG_LIEN)
    assert moved.id != decided_for.pk
    assert moved.certified
    Recognition.objects.filter(commune=decided_for).delete()
    province = decided_for.province
    again = pictures(province, rounds_of(province).values())
    assert not unit(again[2017], DONG_LIEN).certified
    assert figures(again[2017])["communes_certified"].value == 67
    assert figures(again[2016])["communes_certified"].value == 55


@pytest.mark.parametrize("year", [2015, 2016, 2017])
def test_districts_add_up_to_the_province(years, year):
    *districts, whole = band_rows(years[year])
    assert len(districts) == 9
    for count in ("total", "certified", "unknown", "completed"):
        expected = figures(years[year])["districts_completed"].value if count == "completed" else getattr(whole, count)
        assert sum(getattr(row, count) for row in districts) == expected, count
    assert [sum(counts) for counts in zip(*(row.counts for row in districts), strict=True)] == list(whole.counts)
    parts = [figures(part) for part in years[year].districts]
    for key, figure in figures(years[year]).items():
        assert sum(part[key].numerator for part in parts) == figure.numerator, key
        if figure.denominator is not None:
            assert sum(part[key].denominator for part in parts) == figure.denominator, key
    for number, row in enumerate(criterion_rows(years[year])):
        of_districts = [criterion_rows(part)[number] for part in years[year].districts]
        for count in ("met", "not_met", "unknown", "total"):
            assert sum(getattr(part, count) for part in of_districts) == getattr(row, count), (row.criterion, count)


def test_the_mean_of_the_province_is_not_the_mean_of_its_districts(year_2017):
    *districts, whole = band_rows(year_2017)
    met = sum(unit.summary.met_count for unit in year_2017.communes)
    assert whole.mean.value == figures(year_2017)["criteria_mean"].value == half_up(Fraction(met, 139), 2)
    of_districts = sum(row.mean.value for row in districts) / len(districts)
    assert whole.mean.value != of_districts.quantize(Decimal("0.01"), ROUND_HALF_UP)


def test_the_four_states_of_certification_are_kept_apart(year_2017):
    counts = {standing: len(units) for standing, units in year_2017.standings.items()}
    assert counts == {"certified": 65, "slipped": 3, "meets": 1, "below": 70, "unknown": 0}
    slipped = {unit.name: [c.number for c in missed(unit, year_2017)] for unit in year_2017.standings["slipped"]}
    assert slipped == {"Văn Yên": [11], "Phúc Tân": [10], "Xuân Phương": [17]}
    (meets,) = year_2017.standings["meets"]
    assert (meets.name, meets.certified, meets.summary.met_count) == ("Yên Lãng", False, 19)


def test_certified_communes_are_not_the_communes_at_19_of_19(year_2017):
    """68 have a decision; 66 meet all criteria: 3 have slipped, 1 is not recognised yet."""
    top = band_rows(year_2017)[-1].counts[0]
    assert (figures(year_2017)["communes_certified"].value, top) == (68, 66)


def test_a_decision_of_january_counts_for_the_year_it_names(year_2017):
    late = Recognition.objects.filter(counts_for_year=2017, decided_on__year=2018)
    assert late.exists()
    places = {decision.commune.place_id for decision in late.select_related("commune")}
    assert places <= {unit.place_id for unit in year_2017.communes if unit.certified}


@pytest.mark.parametrize(("revoked_on", "certified"), [(date(2017, 12, 31), 67), (date(2018, 1, 1), 68)])
def test_a_revoked_recognition_does_not_count_from_its_day(province, revoked_on, certified):
    Recognition.objects.filter(commune__code=DONG_LIEN).update(revoked_on=revoked_on)
    found = pictures(province, rounds_of(province).values())
    assert figures(found[2017])["communes_certified"].value == certified
    assert figures(found[2016])["communes_certified"].value == 56
