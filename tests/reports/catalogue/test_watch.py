"""The watch lists: who is one step from the standard, who may lose it, which criteria are hard."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest

from communes.models import Commune, Recognition, YearlyStatistics
from criteria import actions
from criteria.models import Assessment, AssessmentRound, CriteriaSet, Result, Via
from criteria.rules.standard import Line
from criteria.rules.verdicts import Comparison, Given, Summary, Threshold, Verdict
from reports.catalogue import watch_text
from reports.catalogue.watch import Reading, barely_met, falling, fragile, just_missed, near
from reports.catalogue.watch_tables import NOBODY, hard_rows, margin_note
from reports.picture.picture import Criterium, DistrictRow, Picture, Unit
from tests.reports.reading import Book, read_page

NORTH, SOUTH = DistrictRow("901", "Bắc"), DistrictRow("902", "Nam")
CRITERIA = tuple(Criterium(n, n + 1, f"Tiêu chí {n + 1}", f"Sở {n + 1}") for n in range(19))
ALL = 2**19 - 1
MY_YEN, DONG_LIEN, QUAN_CHU = "05836", "05914", "05851"
MET, NOT_MET, UNKNOWN, SKIPPED = Verdict.MET, Verdict.NOT_MET, Verdict.UNKNOWN, Verdict.NOT_APPLICABLE


def asks(text: str) -> Threshold:
    """``>= 70`` as a requirement."""
    comparison, value = text.split()
    return Threshold(Comparison(comparison), Decimal(value))


def line(kind="percent", unit="%", position=0, pk=1, text="Tỷ lệ hộ") -> Line:
    return Line(pk, f"{position + 1}.1", text, kind, unit, "sheet", position)


def reading(value, required: str, verdict: Verdict, kind="percent", unit="%") -> Reading:
    value = value if value is None or isinstance(value, Fraction) else Decimal(value)
    return Reading(line(kind, unit), verdict, value, asks(required))


def commune(number: int, missing=(), unknown=(), district=NORTH, **fields) -> Unit:
    """A commune that meets all criteria but those named by number."""
    known = ALL - sum(1 << n - 1 for n in unknown)
    met = known - sum(1 << n - 1 for n in missing)
    return Unit(number, number, f"{number:05}", f"Xã {number}", True, district, summary=Summary(met, known), **fields)


def picture(*units: Unit) -> Picture:
    return Picture(1, 2017, date(2017, 12, 31), "Thử", False, CRITERIA, units)


# -- one step away


@pytest.mark.parametrize(
    ("missing", "unknown", "listed"),
    [
        ([], [], False),  # 19/19 without a decision: nothing is missing
        ([17], [], True),
        ([11, 17], [], True),
        ([10, 11, 17], [], True),
        ([2, 10, 11, 17], [], False),
        ([], [17], False),  # nothing is known to be missed: not "one step away"
        ([11], [17], True),
        ([11], [2, 10, 17], True),  # what is unknown is not counted as missed
        ([2, 10, 11, 17], [5], False),
    ],
)
def test_a_commune_is_near_when_it_is_known_to_miss_one_to_three_criteria(missing, unknown, listed):
    rows = near(picture(commune(1, missing, unknown)), [], {})
    assert [[c.number for c in row.missing] for row in rows] == ([missing] if listed else [])
    assert [[c.number for c in row.unknown] for row in rows] == ([unknown] if listed else [])


def test_a_certified_commune_is_never_one_step_away():
    assert near(picture(commune(1, [17], certified=True)), [], {}) == []


def test_a_commune_without_any_data_is_not_one_step_away():
    assert near(picture(commune(1, unknown=range(1, 20))), [], {}) == []


def test_the_fewest_missing_come_first_then_the_district():
    units = [commune(1, [1, 2]), commune(2, [1], district=SOUTH), commune(3, [1]), commune(4, [1, 2, 3])]
    assert [row.unit.id for row in near(picture(*units), [], {})] == [3, 2, 1, 4]


@pytest.mark.parametrize(("steps", "found"), [(None, [1, 2, 3]), (1, [1]), (2, [2]), (3, [3])])
def test_the_list_narrows_to_those_that_miss_so_many(steps, found):
    units = [commune(1, [1]), commune(2, [1, 2]), commune(3, [1, 2, 3])]
    assert [row.unit.id for row in near(picture(*units), [], {}, steps)] == found


def test_indicators_that_fail_and_indicators_without_data_are_told_apart():
    lines = [line(position=0, pk=1), line(position=0, pk=2), line(position=1, pk=3), line(position=2, pk=4)]
    results = {1: Reading(lines[0], NOT_MET), 4: Reading(lines[3], MET)}
    (row,) = near(picture(commune(1, [1], [2])), lines, {1: results})
    assert [found.line.id for found in row.failing] == [1]
    assert [found.id for found in row.without_data] == [2, 3]


# -- the margin


@pytest.mark.parametrize(
    ("value", "required", "verdict", "kind", "barely", "short"),
    [
        ("90", ">= 90", MET, "percent", True, False),  # exactly on the line
        ("92", ">= 90", MET, "percent", True, False),  # two points above: the edge belongs to the margin
        ("92.000001", ">= 90", MET, "percent", False, False),
        ("89.999999", ">= 90", NOT_MET, "percent", False, True),
        ("88", ">= 90", NOT_MET, "percent", False, True),
        ("87.999999", ">= 90", NOT_MET, "percent", False, False),
        ("12", "<= 12", MET, "percent", True, False),
        ("10", "<= 12", MET, "percent", True, False),
        ("9.999999", "<= 12", MET, "percent", False, False),
        ("12.000001", "<= 12", NOT_MET, "percent", False, True),
        ("14", "<= 12", NOT_MET, "percent", False, True),
        ("14.000001", "<= 12", NOT_MET, "percent", False, False),
        ("25.2", ">= 24", MET, "number", True, False),  # 5 % of 24 is 1.2
        ("25.200001", ">= 24", MET, "number", False, False),
        ("22.8", ">= 24", NOT_MET, "number", False, True),
        ("22.799999", ">= 24", NOT_MET, "number", False, False),
        ("100", ">= 100", MET, "percent", False, False),  # nobody can have more than all
        ("99", ">= 100", NOT_MET, "percent", False, True),
        ("0", "= 0", MET, "number", False, False),  # an exact number leaves no room
        ("1", "= 0", NOT_MET, "number", False, False),
        ("0", "<= 0", MET, "percent", False, False),
        (
            "91",
            ">= 90",
            NOT_MET,
            "percent",
            False,
            False,
        ),  # an officer's verdict against the rule is no matter of margin
        ("89", ">= 90", MET, "percent", False, False),
        (None, ">= 90", UNKNOWN, "percent", False, False),
        (None, ">= 90", SKIPPED, "percent", False, False),
        ("1", ">= 1", MET, "boolean", False, False),
    ],
)
def test_near_the_line_means_within_the_margin_edges_included(value, required, verdict, kind, barely, short):
    found = reading(value, required, verdict, kind)
    assert (barely_met(found), just_missed(found)) == (barely, short)


def test_a_rate_is_compared_from_its_two_counts_not_from_its_rounded_percentage():
    assert barely_met(reading(Fraction(100 * 300, 2500), "<= 12", MET))
    assert just_missed(reading(Fraction(100 * 301, 2500), "<= 12", NOT_MET))
    assert watch_text.gap(reading(Fraction(100 * 12001, 100000), "<= 12", NOT_MET)) == "vượt 0,001"


def test_the_note_states_the_margin_that_decides():
    assert "2 điểm phần trăm" in margin_note()
    assert "5 % của mức" in margin_note()


# -- falling


@pytest.mark.parametrize(
    ("values", "required", "falls"),
    [
        ({2015: 95, 2016: 93, 2017: 91}, ">= 90", True),
        ({2015: 95, 2016: 93, 2017: 93}, ">= 90", False),  # one year only
        ({2015: 93, 2016: 93, 2017: 91}, ">= 90", False),
        ({2015: 91, 2016: 95, 2017: 93}, ">= 90", False),
        ({2015: 91, 2016: 93, 2017: 95}, ">= 90", False),
        ({2016: 93, 2017: 91}, ">= 90", False),  # a missing year: nothing is claimed
        ({2014: 97, 2015: 95, 2017: 91}, ">= 90", False),
        ({2015: 8, 2016: 9, 2017: 10}, "<= 12", True),  # poverty: up is worse
        ({2015: 10, 2016: 9, 2017: 8}, "<= 12", False),
        ({2015: 0, 2016: 1, 2017: 2}, "= 0", True),
        ({2015: 2, 2016: 1, 2017: 0}, "= 0", False),
    ],
)
def test_falling_means_worse_two_years_running(values, required, falls):
    values = {year: Decimal(value) for year, value in values.items()}
    assert falling(reading(values[2017], required, MET), values, 2017) == falls


def test_an_indicator_without_a_requirement_has_no_direction_to_fall_in():
    values = {2015: Decimal(3), 2016: Decimal(2), 2017: Decimal(1)}
    assert not falling(Reading(line(), MET, Decimal(1)), values, 2017)


# -- fragile


def test_a_commune_with_none_of_the_three_is_not_listed():
    comfortable = {1: {1: reading("99", ">= 90", MET)}}
    assert fragile(picture(commune(1, certified=True)), comfortable, {}) == []


def test_slipped_communes_come_first_then_those_with_most_indicators_at_risk():
    def risks(count):
        return {pk: Reading(line(pk=pk), MET, Decimal(91), asks(">= 90")) for pk in range(1, count + 1)}

    units = [
        commune(1, certified=True),
        commune(2, certified=True, district=SOUTH),
        commune(3, [17], certified=True),
        commune(4),  # 19/19 without a decision
        commune(5, [17]),  # neither: not on this list
    ]
    readings = {1: risks(1), 2: risks(3), 4: risks(2), 5: risks(5)}
    rows = fragile(picture(*units), readings, {})
    assert [(row.unit.id, row.count, row.standing) for row in rows] == [
        (3, 0, "slipped"),
        (2, 3, "certified"),
        (4, 2, "meets"),
        (1, 1, "certified"),
    ]


def test_an_indicator_that_is_barely_met_and_falling_counts_once():
    values = {2015: Decimal(95), 2016: Decimal(93), 2017: Decimal(91)}
    found = {1: {1: reading(values[2017], ">= 90", MET)}}
    (row,) = fragile(picture(commune(1, certified=True)), found, {1: {1: values}})
    assert (len(row.barely), len(row.falling), row.count) == (1, 1, 1)


# -- in words


@pytest.mark.parametrize(
    ("value", "required", "kind", "unit", "text"),
    [
        ("66.7", ">= 70", "percent", "%", "1.1 Hộ: 66,7 % / ≥ 70 %, còn 3,3"),
        ("13.2", "<= 12", "percent", "%", "1.1 Hộ: 13,2 % / ≤ 12 %, vượt 1,2"),
        ("23.5", ">= 24", "number", "triệu đồng", "1.1 Hộ: 23,5 / ≥ 24 triệu đồng, còn 0,5"),
        ("3", "= 0", "number", "nhà", "1.1 Hộ: 3 / 0 nhà, vượt 3"),
        (Fraction(200, 3), ">= 70", "percent", "%", "1.1 Hộ: 66,67 % / ≥ 70 %, còn 3,33"),
        ("69.999", ">= 70", "percent", "%", "1.1 Hộ: 69,999 % / ≥ 70 %, còn 0,001"),  # 69,999 is not 70
        ("71", ">= 70", "percent", "%", "1.1 Hộ: 71 % / ≥ 70 %, cán bộ kết luận chưa đạt"),
        (None, ">= 70", "percent", "%", "1.1 Hộ: chưa đạt"),
    ],
)
def test_a_failing_indicator_says_its_value_the_requirement_and_the_gap(value, required, kind, unit, text):
    assert watch_text.failing(reading(value, required, NOT_MET, kind, unit)) == text


# -- hard criteria


def test_the_criterion_most_communes_are_known_to_miss_comes_first_and_unknown_is_not_missed():
    units = [commune(1, [3, 5], [7]), commune(2, [5], [7], SOUTH), commune(3, [], [7], SOUTH)]
    *rows, total = hard_rows(picture(*units))
    assert [(row.number, row.not_met) for row in rows[:2]] == [(5, 2), (3, 1)]
    assert next((row.met, row.not_met, row.unknown) for row in rows if row.number == 7) == (0, 0, 3)
    assert (rows[1].by_district, total.by_district, total.total) == ((0, 2), (1, 2), 3)
    assert rows[0].percent == Decimal("33.33")


# -- the reports


@pytest.fixture
def round_2017(province):
    return AssessmentRound.objects.of_year(province, 2017).get()


@pytest.fixture
def rows_of(client_of, staff):
    def rows(slug, by=None, **query):
        answer = client_of(by or staff).get(f"/bao-cao/{slug}.json", {"nam": 2017} | query)
        assert answer.status_code == 200
        return answer.json()["rows"]

    return rows


def give(round, staff, code, **cells):
    commune = Commune.objects.in_force(round.as_of).get(code=code)
    entry = actions.Entry(commune.pk, {}, {key.replace("_", ".").strip("c"): cell for key, cell in cells.items()})
    actions.record(round, [entry], by=staff, via=Via.FORM, reason="thử")


def test_the_missing_count_is_what_the_commune_list_shows_as_missed(rows_of):
    rows = rows_of("gan-dat")
    matrix = {row["code"]: row for row in rows_of("ma-tran")}
    certified = {row["code"] for row in rows_of("xa-dat-chuan")}
    expected = {
        code: [key for key in row if row[key] == "not_met"]
        for code, row in matrix.items()
        if code and code not in certified
    }
    assert {row["code"]: row["missing_count"] for row in rows} == {
        code: len(missing) for code, missing in expected.items() if 1 <= len(missing) <= 3
    }
    assert len(rows) > 10
    for row in rows:
        assert [f"c{text.split('.')[0]}" for text in row["missing"].split("\n")] == expected[row["code"]]


@pytest.mark.parametrize("query", [{}, {"thieu": 1}, {"thieu": 2}, {"thieu": 3}, {"thieu": 3, "huyen": "171"}])
def test_page_xlsx_and_json_show_the_same_narrowed_list(client_of, staff, query):
    query = {"nam": 2017} | query
    json, xlsx, page = (client_of(staff).get(f"/bao-cao/gan-dat{end}", query) for end in (".json", ".xlsx", "/"))
    rows, html = json.json()["rows"], read_page(page.content.decode())
    book = Book(b"".join(xlsx)).body(len(rows))
    assert [[cell.text for cell in row[1:]] for row in html.body] == [
        ["" if value is None else str(value) for value in row.values()] for row in rows
    ]
    assert [[cell.value for cell in row[1:]] for row in book] == [
        [None if value == "" else value for value in row.values()] for row in rows
    ]
    assert rows
    assert not query.get("thieu") or {row["missing_count"] for row in rows} == {query["thieu"]}
    if "thieu" in query:
        assert json.json()["title"] == f"Xã còn thiếu {query['thieu']} tiêu chí năm 2017"
        assert f"thieu={query['thieu']}" in page.content.decode().partition("gan-dat.xlsx?")[2].partition('"')[0]


@pytest.mark.parametrize("wrong", ["0", "4", "x", "1.0", "²"])
def test_a_list_of_another_number_does_not_exist(client_of, staff, wrong):
    for ending in ("/", ".xlsx", ".json"):
        assert client_of(staff).get(f"/bao-cao/gan-dat{ending}", {"nam": 2017, "thieu": wrong}).status_code == 404


def test_a_criterion_whose_data_goes_missing_moves_from_missing_to_unknown(rows_of, round_2017, staff):
    before = next(row for row in rows_of("gan-dat") if row["code"] == MY_YEN)
    give(round_2017, staff, MY_YEN, c17_1=Given())
    after = next(row for row in rows_of("gan-dat") if row["code"] == MY_YEN)
    assert (before["missing_count"], before["unknown_count"], before["unknown"]) == (2, 0, "")
    assert (after["missing_count"], after["unknown_count"]) == (1, 1)
    assert after["missing"] == "11. Hộ nghèo"
    assert after["unknown"].startswith("17. ")
    assert after["unknown_lines"].startswith("17.1 ")
    assert "17.1" not in after["failing"]


def test_an_indicator_with_no_result_at_all_is_without_data(rows_of, round_2017):
    Result.objects.filter(
        assessment__round=round_2017, assessment__commune__code=MY_YEN, indicator__code="17.1"
    ).delete()
    row = next(row for row in rows_of("gan-dat") if row["code"] == MY_YEN)
    assert row["unknown_lines"].startswith("17.1 ")


def test_a_commune_without_statistics_lacks_income_and_poverty_not_the_standard(rows_of, round_2017, staff):
    commune = Commune.objects.in_force(round_2017.as_of).get(code=MY_YEN)
    nothing = dict.fromkeys(("population", "households", "poor_households", "income"))
    actions.record(round_2017, [actions.Entry(commune.pk, nothing)], by=staff, via=Via.FORM, reason="thử")
    assert YearlyStatistics.objects.get(commune=commune, year=2017).income is None
    row = next(row for row in rows_of("gan-dat") if row["code"] == MY_YEN)
    assert (row["missing_count"], row["unknown_count"]) == (1, 2)
    assert [text.split(" ")[0] for text in row["unknown_lines"].split("\n")] == ["10.1", "11.1"]


def test_slipped_communes_head_the_fragile_list_with_what_they_miss(rows_of):
    rows = rows_of("mong-manh")
    slipped = [(row["name"], row["missing"].split(".")[0]) for row in rows[:3]]
    assert slipped == [("Văn Yên", "11"), ("Phúc Tân", "10"), ("Xuân Phương", "17")]
    assert all(row["missing"] == "" and row["count"] > 0 for row in rows[3:])
    assert [row["count"] for row in rows[3:]] == sorted((row["count"] for row in rows[3:]), reverse=True)
    assert all("100 %" not in row["barely"] for row in rows)


def set_values(code, indicator, **values):
    """What an indicator of a commune was in past years, whatever version of the commune was in force."""
    for year, value in values.items():
        found = Result.objects.filter(assessment__round__as_of__year=int(year[1:]), indicator__code=indicator)
        found = found.filter(assessment__commune__code=code, indicator__criterion__criteria_set__code="1980/QĐ-TTg")
        assert found.update(value=value, numerator=None, denominator=None, verdict="met") == 1


def test_a_fall_is_followed_through_a_commune_that_moved_to_another_district(rows_of, province):
    set_values(DONG_LIEN, "14.2", y2015=97, y2016=96, y2017=95)
    row = next(row for row in rows_of("mong-manh") if row["code"] == DONG_LIEN)
    assert "97 → 96 → 95 %" in row["falling"]
    set_values(DONG_LIEN, "14.2", y2015=96)
    row = next((row for row in rows_of("mong-manh") if row["code"] == DONG_LIEN), {"falling": ""})
    assert "14.2" not in row["falling"]


def test_nothing_is_claimed_across_two_sets_of_criteria(rows_of, province):
    set_values(DONG_LIEN, "14.2", y2015=97, y2016=96, y2017=95)
    other = CriteriaSet.objects.exclude(code="1980/QĐ-TTg").first()
    AssessmentRound.objects.filter(as_of=date(2015, 12, 31)).update(criteria_set=other)
    assert "14.2" not in "".join(row["falling"] for row in rows_of("mong-manh"))


def test_a_year_without_two_years_before_it_claims_no_fall(rows_of, province):
    assert {row["falling"] for row in rows_of("mong-manh", nam=2016)} == {""}


def test_a_revoked_recognition_leaves_the_fragile_list(rows_of, province):
    Recognition.objects.filter(commune__code="05842").update(revoked_on=date(2017, 6, 1))  # Văn Yên, slipped
    assert "Văn Yên" not in {row["name"] for row in rows_of("mong-manh")}
    assert "Văn Yên" in {row["name"] for row in rows_of("gan-dat", thieu=1)}


def test_hard_criteria_are_the_counts_of_each_criterion_and_of_each_district(rows_of):
    *rows, total = rows_of("tieu-chi-kho")
    by_criterion = {row["number"]: row for row in rows_of("tung-tieu-chi")}
    assert len(rows) == 19
    for row in rows:
        same = by_criterion[row["number"]]
        assert all(row[key] == same[key] for key in ("met", "not_met", "unknown", "total", "percent"))
        districts = [value for key, value in row.items() if key.startswith("d") and key[1:].isdigit()]
        assert (len(districts), sum(districts)) == (9, row["met"])
    assert [row["not_met"] for row in rows] == sorted((row["not_met"] for row in rows), reverse=True)
    assert (total["number"], total["total"], sum(total[f"d{n}"] for n in (164, 165, *range(167, 174)))) == (
        None,
        139,
        139,
    )


@pytest.mark.parametrize("slug", ["gan-dat", "mong-manh"])
def test_a_district_official_sees_own_communes_only(client_of, rows_of, daitu, slug):
    whole, own = rows_of(slug), rows_of(slug, by=daitu)
    assert own == [row for row in whole if row["district"] == "Đại Từ"] != []
    for ending in ("/", ".xlsx", ".json"):
        assert client_of(daitu).get(f"/bao-cao/{slug}{ending}?nam=2017&huyen=173").status_code == 404


def test_the_totals_of_every_district_are_for_every_role(rows_of, daitu):
    assert rows_of("tieu-chi-kho", by=daitu) == rows_of("tieu-chi-kho")


def test_a_district_with_one_commune_is_a_list_of_one(rows_of, province):
    Commune.objects.filter(district__code="171").exclude(code=MY_YEN).update(district=None)
    rows = rows_of("gan-dat", huyen="171")
    assert [row["code"] for row in rows] == [MY_YEN]
    assert {row["total"] for row in rows_of("tieu-chi-kho", huyen="171")} == {1}


def test_a_list_of_nobody_says_so(client_of, staff, province):
    query = {"nam": 2017, "huyen": "165"}  # all communes of the city are certified
    page = client_of(staff).get("/bao-cao/gan-dat/", query).content.decode()
    assert NOBODY in page
    assert NOBODY in Book(b"".join(client_of(staff).get("/bao-cao/gan-dat.xlsx", query))).texts()


@pytest.mark.parametrize("slug", ["gan-dat", "mong-manh", "tieu-chi-kho"])
def test_a_year_without_a_round_has_no_list(client_of, staff, slug):
    assert client_of(staff).get(f"/bao-cao/{slug}/?nam=2030").status_code == 404


@pytest.mark.parametrize("slug", ["gan-dat", "mong-manh"])
def test_a_year_whose_results_are_not_there_yet_lists_nobody_as_near(rows_of, round_2017, slug):
    Result.objects.filter(assessment__round=round_2017).delete()
    Assessment.objects.filter(round=round_2017).update(met_mask=0, known_mask=0, not_applicable_mask=0, met_count=0)
    assert rows_of(slug) == []


@pytest.mark.parametrize("text", ["=1+1", "<script>alert(1)</script>", '"><img src=x>', "a&b", "@SUM(A1)"])
@pytest.mark.parametrize("slug", ["gan-dat", "mong-manh"])
def test_names_in_the_lists_are_text(client_of, staff, province, slug, text):
    Commune.objects.filter(code__in=[MY_YEN, "05842"]).update(name=text)
    json, xlsx, page = (client_of(staff).get(f"/bao-cao/{slug}{end}?nam=2017") for end in (".json", ".xlsx", "/"))
    assert text in [row["name"] for row in json.json()["rows"]]
    assert Book(b"".join(xlsx)).formulas() == []
    assert text in [cell.text for row in read_page(page.content.decode()).body for cell in row]
    assert "<" not in text or text not in page.content.decode()
