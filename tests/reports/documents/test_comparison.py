"""What a document states beside what the data gives; the reasons are worked out and not typed in."""

from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from django.db.models import F

from communes.models import Commune, Recognition, YearlyStatistics
from criteria import actions
from criteria.models import AssessmentRound, CriteriaSet
from reports.documents.comparison import OUTSIDE, Period, compare, explain, rounds_to_hold_against, rural_periods
from reports.models import StatedFigure
from reports.picture.figures import Figure
from tests.reports.making import make_province
from tests.reports.test_queries import MOST, queries_of

pytestmark = pytest.mark.django_db

ADDRESS = "/van-ban/301-KL-TU/"
SHARE = "communes_certified_percent"


@pytest.fixture
def compared(province):
    """``compared()``: the figures of the Conclusion by key, each held against the data."""

    def now(chosen=None):
        stated = StatedFigure.objects.filter(conclusion__slug="301-KL-TU").select_related("conclusion")
        rounds = rounds_to_hold_against(province)
        return {row.stated.key: row for row in compare(list(stated), province, rounds, chosen)}

    return now


def test_every_figure_of_the_conclusion_is_held_against_the_data(compared):
    assert {key: row.equal for key, row in compared().items()} == {
        "income_per_capita": True,
        "poverty_rate": True,
        "communes_certified": True,
        "communes_total": True,
        SHARE: False,
        "national_certified_percent": None,
        "districts_completed": True,
        "registered": True,
        "registered_supplementary": True,
    }


def test_a_figure_that_the_portal_cannot_know_is_not_compared(compared):
    national = compared()["national_certified_percent"]
    assert (national.figure, national.equal, national.stated.value) == (None, None, Decimal("32.3"))


def test_47_55_percent_is_explained_from_the_unit_history(compared):
    row = compared()[SHARE]
    text = " ".join(row.why)
    assert (row.stated.value, row.figure.value) == (Decimal("47.55"), Decimal("48.92"))
    assert "68/139 = 48,92 %" in text
    assert "47,55 % = 68/143" in text
    assert "14/01/2011 đến 13/12/2013" in text


def test_another_history_gives_another_explanation(compared):
    """Had a xã become a township half a year earlier, 143 would have ended half a year earlier."""
    earlier = date(2013, 6, 30)
    xa = Commune.objects.get(kind="xã", valid_to=date(2013, 12, 13))
    Commune.objects.filter(code=xa.code, valid_from=date(2013, 12, 14)).update(valid_from=earlier + timedelta(days=1))
    Commune.objects.filter(pk=xa.pk).update(valid_to=earlier)
    text = " ".join(compared()[SHARE].why)
    assert "68/143" in text
    assert "14/01/2011 đến 30/06/2013" in text
    assert "13/12/2013" not in text


def test_without_a_fitting_period_the_difference_stays_unexplained(compared):
    Commune.objects.filter(code="05806").update(kind="thị trấn")  # then there were never 143 xã
    text = " ".join(compared()[SHARE].why)
    assert "143" not in text
    assert "Không thời kỳ nào" in text


def test_another_percentage_that_fits_no_period_says_so(compared):
    StatedFigure.objects.filter(key=SHARE).update(value=Decimal("47.54"))
    row = compared()[SHARE]
    assert row.equal is False
    assert "Không thời kỳ nào" in " ".join(row.why)
    assert "47,54 % =" not in " ".join(row.why)


def test_a_figure_that_moves_is_no_longer_equal(compared):
    Recognition.objects.filter(commune__code="05914").delete()
    found = compared()
    assert (found["communes_certified"].equal, found["communes_certified"].figure.value) == (False, 67)
    assert found["communes_total"].equal


def test_a_figure_without_data_is_neither_equal_nor_zero(compared):
    StatedFigure.objects.filter(key="poverty_rate").update(year=2030)
    row = compared()["poverty_rate"]
    assert (row.figure, row.equal) == (None, None)


def test_poverty_is_held_against_the_places_that_the_document_prints(compared):
    """9,0 in the data, 9 on paper: rounded once from the exact rate, and the same figure."""
    row = compared()["poverty_rate"]
    assert (row.figure.value, row.stated.decimals, row.equal) == (Decimal("9.0"), 0, True)
    assert row.why == []


def test_a_document_that_rounded_is_said_to_have_rounded(compared):
    YearlyStatistics.objects.filter(year=2017, poor_households__gt=0).update(poor_households=F("poor_households") + 6)
    row = compared()["poverty_rate"]
    assert (row.figure.value, row.equal) == (Decimal("9.3"), True)
    assert row.why == ["Văn bản làm tròn 9,3 thành 9."]


def test_every_period_that_fits_is_named():
    figure = Figure("x", "", "%", 2, 1, 4, 100)
    periods = [
        Period(date(2000, 1, 1), date(2000, 12, 31), 2),
        Period(date(2001, 1, 1), date(2001, 12, 31), 3),
        Period(date(2002, 1, 1), None, 2),
    ]
    computed, *found = explain(Decimal(50), 0, figure, periods)
    assert "1/4 = 25,00 %" in computed
    assert ["01/01/2000 đến 31/12/2000" in found[0], "01/01/2002 đến nay" in found[1], len(found)] == [True, True, 2]


def test_the_periods_follow_the_register(province):
    """Without a gap, and with the counts that the register has on each day."""
    periods = rural_periods(province)
    assert [period.count for period in periods[:4]] == [143, 142, 140, 139]
    for period, following in pairwise(periods):
        assert following.first == period.last + timedelta(days=1)
        assert Commune.objects.in_force(period.first).rural().count() == period.count
        assert Commune.objects.in_force(period.last).rural().count() == period.count
    assert periods[-1].last is None


def test_the_page_shows_every_stated_figure_with_its_verdict(client_of, viewer):
    html = client_of(viewer).get(ADDRESS).content.decode()
    rows = dict(part.split('"', 1) for part in html.split('<tr data-stated="')[1:])
    assert len(rows) == StatedFigure.objects.filter(conclusion__slug="301-KL-TU").count() == 9
    assert [key for key, row in rows.items() if "Khác" in row.split("</tr>")[0]] == [SHARE]
    assert [key for key, row in rows.items() if "Không đối chiếu" in row] == ["national_certified_percent"]
    assert sum("Khớp" in row for row in rows.values()) == 7
    assert "47,55" in rows[SHARE]
    assert "48,92" in rows[SHARE]
    assert "68/143" in rows[SHARE]


@pytest.fixture
def midyear(province):
    """Kỳ 30/6/2018, without data of its own."""
    return actions.open_round(province, CriteriaSet.objects.get(code="1980/QĐ-TTg"), date(2018, 6, 30))


def test_a_document_can_be_held_against_another_year(compared, province):
    round = AssessmentRound.objects.of_year(province, 2016).get()
    found = compared(round)
    assert {row.as_of for row in found.values() if row.figure} == {date(2016, 12, 31)}
    certified = found["communes_certified"]
    assert (certified.figure.value, certified.equal) == (56, False)
    assert (found["communes_total"].figure.value, found["communes_total"].stated.value) == (140, 139)
    assert found["registered"].why == ["Kỳ này chỉ cho biết xã đăng ký năm 2017."]


def test_the_middle_of_a_year_is_a_day_to_hold_a_document_against(compared, midyear):
    found = compared(midyear)
    assert {row.as_of for row in found.values() if row.figure} == {date(2018, 6, 30)}
    assert (found["communes_certified"].figure.value, found["communes_total"].figure.value) == (68, 139)
    assert (found["income_per_capita"].figure.value, found["income_per_capita"].equal) == (None, False)
    assert found["income_per_capita"].why == ["Chưa có số liệu trong cổng."]


def test_a_new_round_leaves_the_comparison_with_the_year_of_each_figure_as_it_is(compared, midyear):
    found = compared()
    assert {row.as_of for row in found.values() if row.figure} == {date(2017, 12, 31)}
    assert found["registered"].equal


def test_the_page_says_the_day_it_is_held_against(client_of, viewer, midyear):
    client = client_of(viewer)
    html = client.get(ADDRESS).content.decode()
    assert html.count("đến 31/12/2017") == 8  # every figure but that of the country
    assert f'<option value="{midyear.pk}" >Kỳ 30/06/2018' in html
    html = client.get(ADDRESS, {"ky": midyear.pk}).content.decode()
    assert f'<option value="{midyear.pk}" selected>' in html
    assert "số liệu đến ngày 30/06/2018" in html
    assert "đến 31/12/2017" not in html


@pytest.mark.parametrize("ky", ["0", "-1", "x", "9" * 30, "2017", "31/12/2017", "\x00"])
def test_a_round_that_is_not_there_is_404(client_of, viewer, ky):
    assert client_of(viewer).get(ADDRESS, {"ky": ky}).status_code == 404


def test_the_round_of_another_province_is_404(client_of, viewer):
    make_province(3, 1)
    other = AssessmentRound.objects.exclude(province=viewer.province).first()
    assert client_of(viewer).get(ADDRESS, {"ky": other.pk}).status_code == 404


@pytest.mark.parametrize("chosen", [False, True])
def test_a_document_takes_eight_queries(client_of, viewer, midyear, chosen):
    query = f"?ky={midyear.pk}" if chosen else ""
    assert len(queries_of(client_of(viewer), ADDRESS + query)) <= MOST


def test_registrations_of_no_chosen_round_are_outside_what_the_portal_knows(compared):
    """Only a round that was chosen can be said to tell of another year."""
    StatedFigure.objects.filter(key__startswith="registered").update(year=2030)
    found = compared()
    assert {key: row.why for key, row in found.items() if key.startswith("registered")} == {
        "registered": [OUTSIDE],
        "registered_supplementary": [OUTSIDE],
    }


def test_what_the_portal_cannot_know_is_outside_whatever_round_is_chosen(compared, midyear):
    assert compared()["national_certified_percent"].why == [OUTSIDE]
    assert compared(midyear)["national_certified_percent"].why == [OUTSIDE]
    assert compared(midyear)["registered"].why == ["Kỳ này chỉ cho biết xã đăng ký năm 2019."]


def test_a_count_that_differs_is_not_explained_as_a_share(compared):
    """68 of 139 is a count beside another: only a percentage has a denominator to look for."""
    StatedFigure.objects.filter(key__in=["communes_certified", "districts_completed"]).update(value=1)
    found = compared()
    for key in ("communes_certified", "districts_completed"):
        assert (found[key].equal, found[key].why) == (False, [])
    assert found["communes_certified"].figure.denominator == 139


def test_an_income_that_differs_is_not_explained_as_a_share(compared):
    StatedFigure.objects.filter(key="income_per_capita").update(value=1)
    row = compared()["income_per_capita"]
    assert (row.equal, row.why) == (False, [])


def test_a_share_that_agrees_is_not_explained(compared):
    StatedFigure.objects.filter(key=SHARE).update(value=Decimal("48.92"))
    row = compared()[SHARE]
    assert (row.equal, row.why) == (True, [])


def test_a_share_of_nobody_is_explained_as_one():
    computed, none = explain(Decimal("1"), 0, Figure("x", "", "%", 2, 0, 4, 100), [Period(date(2000, 1, 1), None, 2)])
    assert computed == "Theo số liệu: 0/4 = 0,00 %."
    assert none == "Không thời kỳ nào trong lịch sử địa giới cho mẫu số khớp với tỷ lệ này."
