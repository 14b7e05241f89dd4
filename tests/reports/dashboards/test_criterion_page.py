"""The page of one criterion: every commune against the line it was judged by, and the counts of the province."""

import re
from datetime import date
from decimal import Decimal

import pytest

from communes.models import Commune, Role
from criteria import actions
from criteria.models import Assessment, AssessmentRound, Indicator, Requirement, Result, Via
from criteria.rules.standard import Group, Line
from criteria.rules.verdicts import Given, Threshold, Verdict
from reports.catalogue.watch import Reading
from reports.dashboards.criterion_page import CriterionPage, count, default_line
from reports.drawing.dots import scale
from tests.reports.catalogue.test_watch import asks, commune, picture
from tests.reports.making import make_province, officer_of

MY_YEN, QUAN_CHU = "05836", "05851"
MET, NOT_MET, UNKNOWN, SKIPPED = Verdict.MET, Verdict.NOT_MET, Verdict.UNKNOWN, Verdict.NOT_APPLICABLE
WATER = Line(1, "17.1", "Nước", "percent", "%", "sheet", 16)
RULE = Line(2, "17.3", "Cảnh quan", "boolean", "", "sheet", 16)
ENVIRONMENT = Group(16, 17, "Môi trường", "", "", (RULE, WATER))


def page(readings: dict, line: Line = WATER, units: int | None = None) -> CriterionPage:
    """Readings by commune; every one of them is shown."""
    found = picture(*(commune(number) for number in range(1, (units or len(readings)) + 1)))
    return CriterionPage(ENVIRONMENT, line, found, found, {n: {line.id: r} for n, r in readings.items()})


def water(value, verdict=MET, required: str | Threshold = ">= 90") -> Reading:
    threshold = asks(required) if isinstance(required, str) else required
    return Reading(WATER, verdict, None if value is None else Decimal(value), threshold)


# -- what is drawn


def test_the_first_indicator_that_is_a_number_is_chosen():
    assert default_line(ENVIRONMENT) == WATER
    assert default_line(Group(0, 1, "Quy hoạch", "", "", (RULE,))) == RULE


@pytest.mark.parametrize(("required", "expected"), [(">= 90", [3, 1, 2]), ("<= 12", [2, 1, 3]), ("= 0", [2, 1, 3])])
def test_communes_are_drawn_from_the_worst_to_the_best(required, expected):
    found = page({1: water(50, MET, required), 2: water(95, MET, required), 3: water(5, MET, required)})
    assert [row.unit.id for row in found.dots] == expected
    assert [row.y for row in found.dots] == sorted({row.y for row in found.dots})


def test_a_commune_without_data_is_drawn_as_unknown_in_a_group_of_its_own():
    found = page({1: water(95), 2: water(None, UNKNOWN), 4: water(None, SKIPPED)}, units=4)
    assert [row.unit.id for row in found.dots] == [1]
    groups = [(verdict, [row.unit.id for row in rows]) for verdict, rows in found.undrawn]
    assert groups == [(UNKNOWN, [2, 3]), (SKIPPED, [4])]
    assert all(row.x is None for _, rows in found.undrawn for row in rows)
    assert [row.unit.id for row in found.table] == [1, 2, 3, 4]
    assert [row.group for row in found.table] == [0, 2, 0, 1]


def test_one_line_is_drawn_for_each_distinct_requirement_and_each_commune_is_held_to_its_own():
    found = page({1: water(80, NOT_MET), 2: water(85, MET, ">= 70"), 3: water(95)})
    assert [mark.label for mark in found.marks] == ["≥ 70 %", "≥ 90 %"]
    starts = {row.unit.id: row.start for row in found.dots}
    marks = {mark.label: mark.x for mark in found.marks}
    assert starts == {1: marks["≥ 90 %"], 2: marks["≥ 70 %"], 3: marks["≥ 90 %"]}
    assert len({mark.y for mark in found.marks}) == 2


@pytest.mark.parametrize(("drawn", "units"), [(1, 1), (48, 48), (49, 49), (46, 53), (48, 53), (0, 3), (139, 139)])
def test_the_chart_is_made_of_parts_that_fit_on_paper_and_join_on_the_screen(drawn, units):
    found = page({number: water(number % 100) for number in range(1, drawn + 1)}, units=units)
    blocks = found.blocks
    assert [row for block in blocks for row in block.rows] == found.table
    assert [block.top for block in blocks[1:]] == [block.top + block.height for block in blocks[:-1]]
    assert all(
        block.top < row.y < block.top + block.height <= block.top + 1000 for block in blocks for row in block.rows
    )


@pytest.mark.parametrize("values", [[90], [0, 100], [88, 90, 92], [0]])
def test_every_value_lies_within_the_chart(values):
    found = scale(map(Decimal, values), ceiling=100)
    assert all(0 <= found.at(value) <= 100 for value in values)
    assert found.high <= 100


def test_a_better_value_lies_further_along_in_exact_proportion():
    found = scale([Decimal(0), Decimal(100)], ceiling=100)
    assert [found.at(value) for value in (0, 25, 50, 100)] == [0, 25, 50, 100]


def test_a_line_that_officers_judge_is_counted_and_listed_not_drawn():
    found = page({1: Reading(RULE, MET), 2: Reading(RULE, NOT_MET, Decimal(0), asks(">= 1"))}, RULE, units=3)
    assert not found.measured
    assert [(verdict, total) for verdict, total, _ in found.listed] == [(NOT_MET, 1), (UNKNOWN, 1), (MET, 1)]


# -- counts


def test_the_counts_keep_unknown_apart_and_say_how_many_are_near_the_line():
    readings = [water(92), water("92.01"), water(90), water(88, NOT_MET), water(87, NOT_MET), water(None, UNKNOWN)]
    found = count(WATER, readings)
    assert (found.met, found.not_met, found.unknown, found.not_applicable, found.total) == (3, 2, 1, 0, 6)
    assert (found.below, found.above) == (1, 2)


@pytest.mark.parametrize(("required", "near"), [(">= 100", (1, None)), ("<= 12", (0, 0))])
def test_where_all_is_asked_for_nobody_is_just_above(required, near):
    found = count(WATER, [water(99, NOT_MET, required)])
    assert (found.below, found.above) == near


def test_criterion_and_indicator_are_counted_each_for_itself():
    """A commune may meet the indicator and miss the criterion."""
    units = picture(commune(1, missing=[17]), commune(2))
    found = CriterionPage(ENVIRONMENT, WATER, units, units, {n: {WATER.id: water(95)} for n in (1, 2)})
    assert (found.summary.met, found.summary.not_met, found.chosen.met) == (1, 1, 2)


# -- the page


@pytest.fixture
def round_2017(province):
    return AssessmentRound.objects.of_year(province, 2017).get()


@pytest.fixture
def open_page(client_of, staff):
    def opened(number=17, by=None, **query) -> str:
        query = {"nam": 2017} | {key.replace("_", "-"): value for key, value in query.items()}
        answer = client_of(by or staff).get(f"/tieu-chi-xa/{number}/", query)
        assert answer.status_code == 200
        return answer.content.decode()

    return opened


def chart(html: str) -> list[tuple[str, str]]:
    """The communes of the drawing, in order, with their verdicts."""
    drawing = html.partition('<svg class="spread"')[2].partition("<table")[0]
    return [(code, verdict) for verdict, code in re.findall(r'<a class="(\w+)" href="/xa/(\d+)/', drawing)]


def rows(html: str) -> list[str]:
    return re.findall(r'<tr data-commune="(\d+)"', html)


@pytest.mark.parametrize("number", [1, 3, 8, 9, 10, 11, 17])
def test_the_verdicts_of_every_commune_are_those_of_the_results(open_page, round_2017, number):
    html = open_page(number)
    stored = Result.objects.filter(assessment__round=round_2017, indicator__criterion__number=number)
    code = re.search(r'<h2 id="chi-tieu">(\S+) ', html)[1]
    expected = dict(stored.filter(indicator__code=code).values_list("assessment__commune__code", "verdict"))
    assert len(expected) == 139
    drawn = chart(html)
    if drawn:
        assert dict(drawn) == expected
        assert rows(html) == [commune for commune, _ in drawn]
    else:
        assert set(re.findall(r'href="/xa/(\d+)/\?nam=2017#tc', html)) == set(expected)


def test_links_choose_among_the_indicators_of_the_criterion(open_page):
    assert '<h2 id="chi-tieu">17.1 ' in open_page(17)
    assert '<h2 id="chi-tieu">3.1 ' in open_page(3)
    html = open_page(17, chi_tieu="17.1b")
    assert '<h2 id="chi-tieu">17.1b ' in html
    assert html.count("chi-tieu=17.") >= 9
    assert "chi-tieu=17.1b" in html.partition('class="years"')[2].partition("</nav>")[0]


def test_the_list_of_communes_that_miss_the_criterion_stays_one_click_away(open_page, client_of, staff):
    assert "/xa/?nam=2017&amp;thieu=17" in open_page(17)
    report = client_of(staff).get("/bao-cao/tung-tieu-chi/?nam=2017").content.decode()
    assert report.count('href="/tieu-chi-xa/') == 19
    assert '"/tieu-chi-xa/17/?nam=2017"' in report


@pytest.mark.parametrize(
    "path", ["0/", "20/", "017/", "abc/", "²/", "17/?chi-tieu=5.1", "17/?chi-tieu=x", "17/?nam=1999"]
)
def test_what_is_not_in_the_set_does_not_exist(client_of, staff, path):
    assert client_of(staff).get(f"/tieu-chi-xa/{path}").status_code == 404


@pytest.mark.parametrize("chosen", ["17.1", "17.3"])
def test_a_district_official_sees_own_communes_beside_the_totals_of_the_province(open_page, daitu, staff, chosen):
    communes = Commune.objects.in_force(date(2017, 12, 31)).rural()
    own = set(communes.filter(district__code="171").values_list("code", flat=True))
    html, whole = open_page(17, by=daitu, chi_tieu=chosen), open_page(17, chi_tieu=chosen)
    links = set(re.findall(r'href="/xa/(\d+)/', html))
    assert links == own < set(re.findall(r'href="/xa/(\d+)/', whole))
    totals = "<strong>71</strong>/139 xã đạt tiêu chí (51,08 %)"
    assert totals in html
    assert totals in whole
    assert "Huyện Đại Từ: <strong>14</strong>/28 xã đạt" in html


def test_another_district_is_no_page_for_a_district_official(client_of, daitu, staff):
    assert client_of(daitu).get("/tieu-chi-xa/17/?nam=2017&huyen=173").status_code == 404
    assert client_of(daitu).get("/tieu-chi-xa/17/?nam=2017&huyen=171").status_code == 200
    assert client_of(staff).get("/tieu-chi-xa/17/?nam=2017&huyen=173").status_code == 200
    assert client_of(staff).get("/tieu-chi-xa/17/?nam=2017&huyen=999").status_code == 404


def test_every_role_may_open_it_and_a_stranger_signs_in(client, open_page, officer):
    for name in ("quantri", "lanhdao", "nguoixem"):
        assert len(chart(open_page(17, by=officer(username=name)))) == 139
    assert client.get("/tieu-chi-xa/17/").status_code == 302


def test_a_value_that_goes_missing_is_drawn_as_unknown_not_as_missed(open_page, round_2017, staff):
    commune = Commune.objects.in_force(round_2017.as_of).get(code=MY_YEN)
    entry = actions.Entry(commune.pk, {}, {"17.1": Given()})
    actions.record(round_2017, [entry], by=staff, via=Via.FORM, reason="thử")
    html = open_page(17)
    assert chart(html)[-1] == (MY_YEN, "unknown")
    assert "Chưa có số liệu: 1 xã" in html
    assert rows(html)[-1] == MY_YEN


def test_a_commune_without_statistics_has_no_income_on_the_chart(open_page, round_2017, staff):
    commune = Commune.objects.in_force(round_2017.as_of).get(code=MY_YEN)
    nothing = dict.fromkeys(("population", "households", "poor_households", "income"))
    actions.record(round_2017, [actions.Entry(commune.pk, nothing)], by=staff, via=Via.FORM, reason="thử")
    for number in (10, 11):
        assert chart(open_page(number))[-1] == (MY_YEN, "unknown")


def test_a_requirement_of_a_commune_group_is_a_line_of_its_own(open_page, round_2017, province):
    indicator = Indicator.objects.get(criterion__criteria_set=round_2017.criteria_set, code="17.1")
    easier = Requirement.objects.create(
        indicator=indicator, scope="group", province=province, group="ĐBKK", comparison=">=", threshold=80,
        legal_basis="thử",
    )  # fmt: skip
    results = Result.objects.filter(assessment__round=round_2017, indicator=indicator)
    results.filter(assessment__commune__district__code="170").update(requirement=easier)
    html = open_page(17)
    assert html.count('class="need-label"') == 2
    assert "≥ 80 %; ≥ 90 %" in html


def test_a_reason_is_text(open_page, round_2017, staff):
    commune = Commune.objects.in_force(round_2017.as_of).get(code=QUAN_CHU)
    evil = "<script>alert(1)</script>"
    given = {"17.1": Given(claim=SKIPPED, reason=evil), "17.3": Given(claim=SKIPPED, reason=evil)}
    actions.record(round_2017, [actions.Entry(commune.pk, {}, given)], by=staff, via=Via.FORM, reason="thử")
    Commune.objects.filter(code=QUAN_CHU).update(name=evil)
    for chosen in ("17.1", "17.3"):
        html = open_page(17, chi_tieu=chosen)
        assert evil not in html
        assert html.count("&lt;script&gt;") >= 2


def test_a_year_whose_results_are_not_there_yet_shows_everybody_as_unknown(open_page, round_2017):
    Result.objects.filter(assessment__round=round_2017).delete()
    Assessment.objects.filter(round=round_2017).update(met_mask=0, known_mask=0, not_applicable_mask=0, met_count=0)
    html = open_page(17)
    assert chart(html) == []
    assert "Chưa có số liệu: 139 xã" in html
    assert "<strong>0</strong>/139 xã đạt tiêu chí" in html
    assert "<strong>0</strong> xã chưa đạt, 139 xã chưa có số liệu" in html


def test_a_district_with_one_commune_has_a_chart_of_one_row(open_page, province):
    Commune.objects.filter(district__code="171").exclude(code=MY_YEN).update(district=None)
    assert [code for code, _ in chart(open_page(17, huyen="171"))] == [MY_YEN]


def test_another_province_sees_its_own_communes(client_of, province):
    client = client_of(officer_of(make_province(20), Role.STAFF))
    html = client.get("/tieu-chi-xa/17/?nam=2017").content.decode()
    assert {code[0] for code, _ in chart(html)} == {"9"}
    assert len(rows(html)) == 20
