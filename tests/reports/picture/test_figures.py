"""The folds behind every figure, on pictures small enough to count by hand."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from criteria.rules.verdicts import Summary, Verdict
from reports.picture.figures import Figure, band_rows, criterion_rows, headline, income, poverty, ratio, registered
from reports.picture.picture import Criterium, DistrictRow, Picture, Unit, missed, standing_of, verdicts

NORTH = DistrictRow("901", "Bắc")
SOUTH = DistrictRow("902", "Nam", completed=True)
CRITERIA = tuple(Criterium(position, position + 1, f"Tiêu chí {position + 1}") for position in range(19))
ALL = 2**19 - 1


def summary(met: int, unknown: int = 0) -> Summary:
    """``met`` criteria met, the last ``unknown`` without data, the others missed."""
    return Summary(2**met - 1, 2 ** (19 - unknown) - 1)


def commune(number: int, **fields) -> Unit:
    fields = {"rural": True, "district": NORTH} | fields
    return Unit(number, number, f"{number:05}", f"Xã {number}", **fields)


def picture(*units: Unit, criteria=CRITERIA) -> Picture:
    return Picture(1, 2017, date(2017, 12, 31), "Thử", False, criteria, units)


def figure(key: str, *units: Unit) -> Figure:
    return next(figure for figure in headline(picture(*units)) if figure.key == key)


def test_a_commune_without_data_is_left_out_of_the_mean():
    mean = figure("criteria_mean", commune(1, summary=summary(10)), commune(2, summary=summary(15)), commune(3))
    assert (mean.value, mean.denominator) == (Decimal("12.50"), 2)


def test_a_commune_that_meets_nothing_is_in_the_mean():
    mean = figure("criteria_mean", commune(1, summary=summary(10)), commune(2, summary=summary(0)))
    assert mean.value == Decimal("5.00")


def test_a_commune_without_data_is_in_no_band_but_in_the_total():
    rows = band_rows(picture(commune(1), commune(2, summary=summary(0)), commune(3, summary=summary(19))))
    assert [(row.counts, row.unknown, row.total) for row in rows] == [((1, 0, 0, 0, 1), 1, 3)] * 2


def test_wards_are_in_the_poverty_of_the_province_and_in_nothing_else():
    ward = commune(2, rural=False, population=900, households=300, poor_households=0, income=Decimal(90))
    found = picture(commune(1, population=100, households=100, poor_households=10, income=Decimal(20)), ward)
    values = {figure.key: figure.value for figure in headline(found)}
    assert (values["communes_total"], values["income_per_capita"]) == (1, Decimal("20.0"))
    assert (values["poverty_rate"], values["poverty_rate_rural"]) == (Decimal("2.5"), Decimal("10.0"))
    assert band_rows(found)[-1].total == criterion_rows(found)[0].total == 1


def test_without_any_data_figures_are_unknown_and_not_zero():
    values = {figure.key: figure.value for figure in headline(picture(commune(1), commune(2)))}
    unknown = ("criteria_mean", "income_per_capita", "poverty_rate", "poverty_rate_rural")
    assert [values[key] for key in unknown] == [None] * 4
    assert (values["communes_certified"], values["communes_total"]) == (0, 2)


def test_a_place_without_communes_has_no_rates():
    town = picture(commune(1, rural=False, households=10, poor_households=1))
    values = {figure.key: figure.value for figure in headline(town)}
    assert values["communes_certified_percent"] is values["criteria_mean"] is None
    assert values["communes_total"] == 0
    assert band_rows(town)[-1].certified_percent is None
    assert {row.percent for row in criterion_rows(town)} == {None}


@pytest.mark.parametrize(("numerator", "denominator"), [(1, 0), (1, None), (None, 5), (None, None)])
def test_there_is_no_rate_without_both_counts(numerator, denominator):
    assert ratio(numerator, denominator) is None


def test_income_is_weighted_by_population():
    found = income([commune(1, income=Decimal(10), population=3000), commune(2, income=Decimal(30), population=1000)])
    assert (found.value, found.numerator, found.denominator) == (Decimal("15.0"), 60000, 4000)


@pytest.mark.parametrize(
    "other", [{"income": Decimal(30)}, {"population": 1000}, {"income": Decimal(30), "population": 0}]
)
def test_income_leaves_out_a_commune_where_one_of_the_two_is_unknown(other):
    found = income([commune(1, income=Decimal(10), population=3000), commune(2, **other)])
    assert (found.value, found.denominator) == (Decimal("10.0"), 3000)


def test_an_income_of_zero_is_a_figure():
    found = income([commune(1, income=Decimal(0), population=10), commune(2, income=Decimal(8), population=30)])
    assert found.value == Decimal("6.0")


@pytest.mark.parametrize(
    "other", [{"households": 50}, {"poor_households": 50}, {"households": 0, "poor_households": 0}]
)
def test_poverty_leaves_out_a_unit_where_one_of_the_two_is_unknown(other):
    found = poverty([commune(1, households=200, poor_households=10), commune(2, **other)], "x", "")
    assert (found.value, found.numerator, found.denominator) == (Decimal("5.0"), 10, 200)


def test_poverty_is_the_sum_of_households_and_not_the_mean_of_rates():
    units = [commune(1, households=100, poor_households=50), commune(2, households=900, poor_households=0)]
    assert poverty(units, "x", "").value == Decimal("5.0")


@pytest.mark.parametrize(
    ("numerator", "denominator", "decimals", "expected"),
    [
        (845, 10_000, 1, "8.5"),
        (845, 10_000, 0, "8"),
        (85, 1_000, 0, "9"),
        (1, 8, 0, "13"),
        (1, 800, 1, "0.1"),
        (1, 3, 2, "33.33"),
        (2, 3, 2, "66.67"),
        (68, 139, 2, "48.92"),
        (0, 7, 2, "0.00"),
    ],
)
def test_a_rate_is_rounded_half_up_and_once(numerator, denominator, decimals, expected):
    """8,45 to a whole number is 8; by way of 8,5 it would be 9."""
    shown = Figure("x", "", "%", 1, numerator, denominator, 100)
    assert shown.rounded(decimals) == ratio(numerator, denominator, 100, decimals) == Decimal(expected)


@given(st.integers(0, 10**7), st.integers(1, 10**7), st.integers(0, 6))
def test_rounding_is_half_up_for_all_counts(numerator, denominator, decimals):
    exact = Fraction(numerator * 100, denominator)
    assert (
        Fraction(ratio(numerator, denominator, 100, decimals)) * 10**decimals
        == (exact * 10**decimals + Fraction(1, 2)).__floor__()
    )


masks = st.tuples(st.integers(0, ALL), st.integers(0, ALL)).map(lambda pair: Summary(pair[0] & pair[1], pair[1]))
units = st.lists(
    st.builds(
        commune,
        st.integers(1, 99),
        summary=st.just(Summary()) | masks,
        district=st.sampled_from([NORTH, SOUTH]),
        rural=st.booleans(),
        certified=st.booleans(),
    ),
    min_size=1,
    max_size=30,
)


@settings(deadline=None)
@given(units)
def test_every_commune_is_counted_once_whatever_is_counted(units):
    found = picture(*units)
    communes = len(found.communes)
    for row in band_rows(found):
        assert sum(row.counts) + row.unknown == row.total
    *districts, whole = band_rows(found)
    assert whole.total == sum(row.total for row in districts) == communes
    assert sum(map(len, found.standings.values())) == communes
    for row in criterion_rows(found):
        assert row.met + row.not_met + row.unknown == row.total == communes


@pytest.mark.parametrize(
    ("met", "unknown", "certified", "standing"),
    [
        (19, 0, True, "certified"),
        (18, 0, True, "slipped"),
        (18, 1, True, "certified"),  # a criterion without data is not below standard
        (17, 1, True, "slipped"),
        (0, 19, True, "certified"),
        (19, 0, False, "meets"),
        (18, 0, False, "below"),
        (18, 1, False, "unknown"),
        (17, 1, False, "below"),
        (0, 0, False, "below"),
        (0, 19, False, "unknown"),
    ],
)
def test_where_a_commune_stands(met, unknown, certified, standing):
    assert standing_of(summary(met, unknown), certified, 19) == standing


def test_all_criteria_means_those_of_the_set_of_the_year():
    assert standing_of(Summary(0b111, 0b111), False, 3) == "meets"
    assert band_rows(picture(commune(1, summary=Summary(0b111, 0b111)), criteria=CRITERIA[:3]))[-1].counts == (1, 0)


def test_a_criterion_is_counted_over_all_communes_unknown_ones_too():
    found = picture(
        commune(1, summary=Summary(0b1, 0b1)),
        commune(2, summary=Summary(0b1, 0b1, 0b1)),  # not applicable: counts as met
        commune(3, summary=Summary(0b0, 0b1)),
        commune(4),
        commune(5, rural=False),
    )
    row = criterion_rows(found)[0]
    assert (row.met, row.not_met, row.unknown, row.total, row.percent) == (2, 1, 1, 4, Decimal("50.00"))


def test_an_unknown_criterion_is_not_among_the_missed():
    unit = commune(1, summary=Summary(0b0001, 0b0011, 0))
    found = picture(unit, criteria=CRITERIA[:3])
    assert verdicts(unit, found) == [Verdict.MET, Verdict.NOT_MET, Verdict.UNKNOWN]
    assert [criterion.number for criterion in missed(unit, found)] == [2]


def test_registered_communes_are_counted_by_batch():
    found = picture(commune(1, planned="planned"), commune(2, planned="supplementary"), commune(3))
    assert [(figure.key, figure.value) for figure in registered(found)] == [
        ("registered", 2),
        ("registered_supplementary", 1),
    ]


def test_completed_districts_are_counted_among_all_districts():
    completed = figure("districts_completed", commune(1), commune(2, district=SOUTH), commune(3, district=SOUTH))
    assert (completed.value, completed.denominator) == (1, 2)


def test_a_picture_of_a_district_holds_its_units_and_no_others():
    found = picture(commune(1), commune(2, district=SOUTH))
    assert [unit.id for unit in found.within("902").units] == [2]
    assert found.within("903") is None
    assert band_rows(found.within("902"))[-1].name == "Cộng"


def test_the_last_row_of_several_districts_is_the_whole_province():
    *districts, whole = band_rows(picture(commune(1), commune(2, district=SOUTH)))
    assert [(row.name, row.code, row.completed) for row in districts] == [("Bắc", "901", False), ("Nam", "902", True)]
    assert (whole.name, whole.code, whole.completed) == ("Toàn tỉnh", None, False)


def test_bands_count_certified_communes_and_the_mean_of_those_assessed():
    units = [commune(1, summary=summary(19), certified=True), commune(2, summary=summary(12)), commune(3)]
    row = band_rows(picture(*units))[0]
    assert (row.counts, row.certified, row.certified_percent) == ((1, 0, 1, 0, 0), 1, Decimal("33.33"))
    assert (row.mean.value, row.mean.numerator, row.mean.denominator) == (Decimal("15.50"), 31, 2)


def test_the_share_of_certified_communes_is_among_all_communes():
    units = [commune(1, certified=True), commune(2), commune(3), commune(4, rural=False, certified=True)]
    share = figure("communes_certified_percent", *units)
    assert (share.numerator, share.denominator, share.value) == (1, 3, Decimal("33.33"))
    assert (figure("communes_certified", *units).value, figure("communes_total", *units).value) == (1, 3)


def test_a_count_is_shown_as_it_is_whatever_stands_beside_it():
    assert (Figure("x", "", "xã", 0, 68, 139, 0).value, Figure("x", "", "xã", 0, 139).value) == (68, 139)
    assert Figure("x", "", "xã", 0, None, 139, 0).value is None


def test_a_rate_of_nothing_met_is_zero_and_not_unknown():
    assert ratio(0, 4) == Decimal("0.00")
    assert poverty([commune(1, households=10, poor_households=0)], "x", "").value == Decimal("0.0")


def test_a_registered_ward_is_not_among_the_registered_communes():
    found = picture(commune(1, planned="planned"), commune(2, planned="planned", rural=False))
    assert registered(found)[0].value == 1


def test_districts_come_by_code_whatever_unit_comes_first():
    found = picture(commune(1, district=SOUTH), commune(2), commune(3, district=SOUTH))
    assert [part.district.code for part in found.districts] == ["901", "902"]
    assert [[unit.id for unit in part.units] for part in found.districts] == [[2], [1, 3]]


def test_a_part_of_a_picture_is_of_the_same_year():
    found = picture(commune(1), commune(2, district=SOUTH))
    part = found.within("901")
    assert (part.year, part.as_of, part.criteria, part.district) == (2017, date(2017, 12, 31), CRITERIA, NORTH)


def test_only_approved_communes_are_counted_as_approved():
    units = [commune(1, state="approved"), commune(2, state="submitted"), commune(3), commune(4, state="approved")]
    assert picture(*units, commune(5, state="approved", rural=False)).approved == 2


def test_the_standings_hold_the_communes_and_no_wards():
    units = [commune(1, certified=True, summary=summary(19)), commune(2, summary=summary(19)), commune(3, rural=False)]
    found = picture(*units).standings
    assert {key: [unit.id for unit in held] for key, held in found.items() if held} == {"certified": [1], "meets": [2]}
