"""What the page of one commune promises: gaps, changes, ranks, and whose years are shown."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest

from communes.models import Commune, District, Officer, Recognition, Role, YearlyStatistics
from criteria import actions
from criteria.models import AssessmentRound, CriteriaSet, Result
from criteria.rules.standard import Line, Rule
from criteria.rules.verdicts import NO_DATA, Comparison, Given, Threshold, Verdict
from reports.dashboards.lines import LineRow
from reports.dashboards.peers import ranks
from reports.dashboards.scorecard import scorecard

MET, NOT_MET, SKIPPED, UNKNOWN = Verdict.MET, Verdict.NOT_MET, Verdict.NOT_APPLICABLE, Verdict.UNKNOWN
MOVED, MET_ALL, MISSED_MANY = "05914", "05773", "05725"  # Đồng Liên, Yên Lãng, Thần Sa
PHU_BINH, CITY = "173", "164"


def line(kind="percent", unit="%", source="sheet") -> Line:
    return Line(1, "1.1", "Chỉ tiêu", kind, unit, source, 0)


def rule(text: str) -> Rule:
    """``>= 80``"""
    comparison, _, value = text.partition(" ")
    return Rule(1, "national", "", None, None, Threshold(Comparison(comparison), Decimal(value)), text, "", True, False)


def row(given: Given, threshold="", verdict=NOT_MET, before=NO_DATA, **of_line) -> LineRow:
    return LineRow(line(**of_line), given, verdict, verdict, rule(threshold) if threshold else None, before)


def measured(value: str) -> Given:
    return Given(Decimal(value))


@pytest.mark.parametrize(
    ("threshold", "given", "gap", "text"),
    [
        (">= 80", measured("61.1"), Fraction("18.9"), "thiếu 18,9 điểm %"),
        ("<= 12", measured("26.87"), Fraction("-14.87"), "vượt 14,87 điểm %"),
        ("= 0", measured("3"), Fraction(-3), "vượt 3 điểm %"),
        ("= 5", measured("3"), Fraction(2), "thiếu 2 điểm %"),
        (">= 70", measured("69.996"), Fraction("0.004"), "thiếu dưới 0,01 điểm %"),
        (">= 70", Given(Decimal("66.67"), Decimal(2), Decimal(3)), Fraction(10, 3), "thiếu 3,33 điểm %"),
        ("<= 12", Given(Decimal("33.333333"), Decimal(1), Decimal(3)), Fraction(-64, 3), "vượt 21,33 điểm %"),
    ],
)
def test_a_gap_is_exact_before_it_is_rounded_and_says_which_way(threshold, given, gap, text):
    found = row(given, threshold)
    assert (found.gap, found.gap_text) == (gap, text)


def test_a_gap_is_in_the_unit_of_the_indicator():
    found = row(measured("19.3"), ">= 24", kind="number", unit="triệu đồng/người/năm", source="income")
    assert found.gap_text == "thiếu 4,7 triệu đồng/người/năm"


@pytest.mark.parametrize(
    ("given", "threshold", "verdict", "kind"),
    [
        (NO_DATA, ">= 80", UNKNOWN, "percent"),
        (NO_DATA, ">= 80", NOT_MET, "percent"),  # an officer's word alone
        (measured("61.1"), ">= 80", UNKNOWN, "percent"),
        (measured("61.1"), ">= 80", MET, "percent"),  # by an officer's conclusion against the rule
        (measured("61.1"), ">= 80", SKIPPED, "percent"),
        (measured("80"), ">= 80", NOT_MET, "percent"),  # missed against the rule: nothing is lacking in the value
        (measured("61.1"), "", NOT_MET, "percent"),
        (measured("0"), "= 1", NOT_MET, "boolean"),
    ],
)
def test_what_is_unknown_or_met_or_no_matter_of_degree_has_no_gap(given, threshold, verdict, kind):
    found = row(given, threshold, verdict, kind=kind)
    assert (found.gap, found.gap_text) == (None, "")


WORD_MET, WORD_NOT = Given(claim=MET), Given(claim=NOT_MET)


@pytest.mark.parametrize(
    ("now", "before", "kind", "text"),
    [
        (measured("83.9"), measured("74.6"), "percent", "tăng 9,3"),
        (measured("26.87"), measured("33.95"), "percent", "giảm 7,08"),
        (measured("5"), measured("5"), "percent", "không đổi"),
        (measured("5.000001"), measured("5"), "percent", "tăng dưới 0,01"),
        (Given(Decimal("33.33"), Decimal(1), Decimal(3)), measured("33.33"), "percent", "tăng dưới 0,01"),
        (measured("1"), measured("0"), "boolean", "nay đạt"),
        (WORD_NOT, WORD_MET, "province_defined", "nay chưa đạt"),
        (WORD_MET, WORD_MET, "province_defined", ""),
        (measured("5"), NO_DATA, "percent", ""),
        (NO_DATA, measured("5"), "percent", ""),
        (measured("5"), Given(claim=SKIPPED, reason="Không có"), "percent", ""),
        (measured("5"), Given(Decimal(4), claim=SKIPPED, reason="Không có"), "percent", ""),
    ],
)
def test_a_change_says_which_way_in_words(now, before, kind, text):
    assert row(now, verdict=MET, before=before, kind=kind).change_text == text


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ([19, 12, 7], [1, 2, 3]),
        ([12, 19, 19, 7, 12, 3], [3, 1, 1, 5, 3, 6]),
        ([None, 19, None, 0], [None, 1, None, 2]),
        ([None], [None]),
        ([], []),
    ],
)
def test_ties_share_a_rank_and_who_has_no_data_has_none(counts, expected):
    assert ranks(counts) == expected


def open_2018(province) -> AssessmentRound:
    return actions.open_round(province, CriteriaSet.objects.get(code="1980/QĐ-TTg"), date(2018, 12, 31))


@pytest.mark.parametrize(("year", "district", "count"), [(2016, PHU_BINH, 20), (2017, CITY, 11)])
def test_peers_are_those_of_the_district_in_the_year(staff, year, district, count):
    card = scorecard(staff, MOVED, year)
    mine = Commune.objects.in_force(date(year, 12, 31)).rural().filter(district__code=district)
    assert {peer.code for peer in card.peers} == set(mine.values_list("code", flat=True))
    assert len(card.peers) == count
    assert [peer.code for peer in card.peers if peer.here] == [MOVED]
    incomes = YearlyStatistics.objects.filter(year=year, commune__in=mine).values_list("commune__code", "income")
    assert {peer.code: peer.income for peer in card.peers} == dict(incomes)


def test_peers_stand_where_the_province_has_them(staff):
    """By the decisions of the place, whichever version of it they were given to."""
    standings = {peer.code: peer.standing for peer in scorecard(staff, MOVED, 2017).peers}
    assert standings[MOVED] == scorecard(staff, MOVED, 2017).standing == "certified"
    assert {peer.standing for peer in scorecard(staff, MET_ALL, 2017).peers} == {
        "certified", "slipped", "meets", "below"
    }  # fmt: skip


def test_a_revoked_decision_certifies_no_peer(staff):
    Recognition.objects.filter(commune__code=MOVED).update(revoked_on=date(2017, 6, 1))
    standings = {peer.code: peer.standing for peer in scorecard(staff, MOVED, 2017).peers}
    assert standings[MOVED] == scorecard(staff, MOVED, 2017).standing == "meets"


def test_without_a_district_level_there_are_no_peers(staff):
    Commune.objects.filter(code=MET_ALL).update(district=None)
    assert scorecard(staff, MET_ALL, 2017).peers == []


def test_the_value_before_is_that_of_the_round_before(staff):
    card = scorecard(staff, MET_ALL, 2017)
    assert card.previous_year == 2016
    then = Result.objects.filter(assessment__round__as_of=date(2016, 12, 31), assessment__commune__code=MET_ALL)
    expected = dict(then.values_list("indicator__code", "value"))
    assert {row.line.code: row.before.value for c in card.cards for row in c.lines} == expected
    assert expected["4.2"] is not None


def test_a_round_under_another_set_is_not_compared(staff, province, client_of):
    other = CriteriaSet.objects.exclude(code="1980/QĐ-TTg").filter(level="dat_chuan").first()
    AssessmentRound.objects.filter(as_of=date(2016, 12, 31)).update(criteria_set=other)
    card = scorecard(staff, MET_ALL, 2017)
    assert card.previous_year is None
    assert {row.before for c in card.cards for row in c.lines} == {NO_DATA}
    assert [bool(verdicts) for _, verdicts, _ in card.strip] == [True, False, True]
    assert [heading for *_, heading in card.strip] == [
        f"Bộ tiêu chí {code}" for code in ("1980/QĐ-TTg", other.code, "1980/QĐ-TTg")
    ]
    html = client_of(staff).get(f"/xa/{MET_ALL}/?nam=2017").content.decode()
    assert "bộ tiêu chí khác" in html
    assert "Năm 2016</th>" not in html


def test_years_in_another_district_say_so(staff):
    card = scorecard(staff, MOVED, 2017)
    assert [heading for *_, heading in card.strip] == [
        "Xã Đồng Liên, Huyện Phú Bình", "Xã Đồng Liên, Huyện Phú Bình", "Xã Đồng Liên, Thành phố Thái Nguyên",
    ]  # fmt: skip
    assert {heading for *_, heading in scorecard(staff, MET_ALL, 2017).strip} == {""}


def test_the_former_district_does_not_see_the_years_after(phubinh, client_of):
    assert [row.year for row in scorecard(phubinh, MOVED, 2016).years] == [2015, 2016]
    assert scorecard(phubinh, MOVED, 2017) is None
    assert "?nam=2017" not in client_of(phubinh).get(f"/xa/{MOVED}/?nam=2016").content.decode().split("<main")[1]


def test_the_present_district_sees_the_years_before_but_not_their_pages(province, client_of):
    officer = Officer.objects.create(
        username="thanhpho", role=Role.DISTRICT, province=province, district=District.objects.get(code=CITY)
    )
    assert [(row.year, row.open) for row in scorecard(officer, MOVED, 2017).years] == [
        (2015, False), (2016, False), (2017, True),
    ]  # fmt: skip
    html = client_of(officer).get(f"/xa/{MOVED}/?nam=2017").content.decode()
    assert f"/xa/{MOVED}/?nam=2016" not in html
    assert client_of(officer).get(f"/xa/{MOVED}/?nam=2016").status_code == 404


def page(client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_year_without_anything_is_drawn_as_unknown(staff, province, client_of):
    open_2018(province)
    card = scorecard(staff, MISSED_MANY, 2018)
    assert (card.standing, card.missed, len(card.unknown), card.own_rank) == ("unknown", [], 19, None)
    html = page(client_of(staff), f"/xa/{MISSED_MANY}/?nam=2018")
    assert "Chưa biết: năm 2018 chưa có tiêu chí nào đủ số liệu." in html
    assert "chưa có số liệu nên chưa xếp hạng" in html
    assert "0/19" not in html
    assert "<rect" not in html  # an empty bar would read as zero


def test_a_year_without_statistics_is_a_page(staff, client_of):
    YearlyStatistics.objects.filter(commune__code=MET_ALL).delete()
    assert "–</td>" in page(client_of(staff), f"/xa/{MET_ALL}/?nam=2017")


def test_a_single_year_has_nothing_before_it(staff, client_of):
    assert scorecard(staff, MET_ALL, 2015).previous_year is None
    assert "không đổi" not in page(client_of(staff), f"/xa/{MET_ALL}/?nam=2015")


def test_a_code_given_away_again_shows_the_place_that_had_it(staff, province):
    """05851 was the xã Quân Chu until 2023 and is a township of another origin since."""
    township = Commune.objects.get(code="05851", kind="thị trấn")
    Recognition.objects.create(commune=township, counts_for_year=2024)
    card = scorecard(staff, "05851", 2017)
    assert (str(card.commune), {row.commune.kind for row in card.years}) == ("Xã Quân Chu", {"xã"})
    assert 2024 not in {decision.counts_for_year for decision in card.decisions}
    assert scorecard(staff, "05851", 2024) is None


def test_what_is_missing_names_its_office(staff, client_of):
    card = scorecard(staff, MISSED_MANY, 2017)
    assert len(card.missed) == 12
    assert all(c.failing and c.criterion.lead for c in card.missed)
    missing = page(client_of(staff), f"/xa/{MISSED_MANY}/?nam=2017").split('class="missing"')[1].split("</section>")[0]
    for c in card.missed:
        assert f"{c.criterion.number}. {c.criterion.name}" in missing
        assert c.criterion.lead in missing
        assert all(row.gap_text in missing for row in c.failing)


def test_a_conclusion_against_the_rule_says_whose_it_is(staff, client_of):
    result = Result.objects.get(
        assessment__round__as_of=date(2017, 12, 31), assessment__commune__code=MET_ALL, indicator__code="4.2"
    )
    Result.objects.filter(pk=result.pk).update(verdict=NOT_MET, claim=NOT_MET, reason="Mất điện dài ngày")
    html = page(client_of(staff), f"/xa/{MET_ALL}/?nam=2017")
    assert "Theo kết luận của cán bộ; theo mức quy định: đạt" in html
    assert "Lý do: Mất điện dài ngày" in html
    assert "chưa đạt theo kết luận của cán bộ" in html


def test_a_ratio_stands_beside_its_counts(staff, client_of):
    counts = YearlyStatistics.objects.get(commune__code=MET_ALL, year=2017)
    html = page(client_of(staff), f"/xa/{MET_ALL}/?nam=2017")
    assert f"{counts.poor_households}/1.078" in html
