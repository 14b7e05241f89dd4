"""Criteria are data: a set with other criteria, codes and numbers needs no change of code."""

import ast
import re
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from django.conf import settings

from communes.models import Province
from criteria import actions
from criteria.intake import importing
from criteria.judging.loading import load_standard
from criteria.models import Assessment, Indicator, Requirement, Result, Scope, Via
from criteria.reference import load, load_set, renew_requirements
from criteria.rules.standard import Line, Rule, Standard, narrowest
from criteria.rules.verdicts import Comparison, Threshold, Verdict, bands
from tests.criteria.making import HEADINGS, csv_file

SET = {
    "code": "99/QĐ-THU", "slug": "99-QD-THU", "title": "Bộ thử", "level": "dat_chuan", "decided_on": "2030-01-01",
    "year_from": "2030", "year_to": "", "note": "", "short": "thu",
}  # fmt: skip
COLUMNS = [
    "group_no", "group_name", "criterion_no", "criterion_name", "indicator_code", "indicator_name", "kind", "unit",
    "comparison", "threshold_national", "threshold_tdmnpb", "note", "parent_code", "counted", "verified", "source",
]  # fmt: skip
TABLE = [
    ["1", "Xanh", "4", "Rừng", "4.1", "Độ che phủ", "percent", "%", ">=", "60", "42", "", "", "1", "both", "sheet"],
    ["1", "Xanh", "4", "Rừng", "4.1a", "trong đó gỗ lớn", "percent", "%", ">=", "5", "", "", "4.1", "0", "", "sheet"],
    ["2", "Số", "7", "Số hóa", "7.12", "Có tổ công nghệ", "boolean", "", "=", "Đạt", "Đạt", "", "", "1", "", "sheet"],
    ["2", "Số", "7", "Số hóa", "7.3", "Tỉnh quy định", "province_defined", "", "", "-", "-", "", "", "1", "", "sheet"],
    [
        "3",
        "Dân",
        "21",
        "Đời sống",
        "21.1",
        "Thu nhập",
        "number",
        "triệu đồng",
        ">=",
        "45",
        "36",
        "",
        "",
        "1",
        "",
        "income",
    ],
    ["3", "Dân", "21", "Đời sống", "21.2", "Hộ nghèo", "percent", "%", "<=", "1", "2", "", "", "1", "", "poverty_rate"],
]
YEARLY = [
    {"indicator_code": "21.1", "comparison": ">=", "status": "verified", "note": "", "region": region, "year": year}
    | {"value": value}
    for region, year, value in [("TDMNPB", "2017", "30"), ("Cả nước", "2017", "50"), ("TDMNPB", "2018", "")]
]


@pytest.fixture
def other_set(province):
    return load_set(SET, [dict(zip(COLUMNS, line, strict=True)) for line in TABLE], YEARLY)


def renew(criteria_set, yearly=YEARLY) -> None:
    renew_requirements(criteria_set, SET, [dict(zip(COLUMNS, line, strict=True)) for line in TABLE], yearly)


def said(criteria_set) -> list[tuple]:
    found = Requirement.objects.filter(indicator__criterion__criteria_set=criteria_set).order_by("pk")
    return list(found.values_list("pk", "threshold", "legal_basis", "verified"))


def test_what_all_provinces_share_is_brought_up_to_date(other_set, province):
    before = said(other_set)
    renew(other_set)
    assert said(other_set) == before
    steps = Requirement.objects.filter(indicator__code="21.1", year_from=2017, province=None)
    steps.filter(scope="region").update(threshold=31, verified=False)
    steps.filter(scope="national").delete()
    renew(other_set, [*YEARLY, YEARLY[0] | {"year": "2019", "value": "33"}])
    assert {row[1:] for row in said(other_set)} >= {row[1:] for row in before}
    standard = load_standard(other_set, province, 2019)
    assert standard.rule(next(line for line in standard.lines if line.code == "21.1")).text == "≥ 33 triệu đồng"
    assert len(said(other_set)) == len(before) + 1


def test_what_something_was_judged_by_stays_as_it_was(province):
    used = Requirement.objects.filter(results__isnull=False, province=None).first()
    Requirement.objects.filter(pk=used.pk).update(threshold=used.threshold + 1)
    load()
    assert Requirement.objects.get(pk=used.pk).threshold == used.threshold + 1


def test_a_set_loads_with_its_own_numbers(other_set, province):
    standard = load_standard(other_set, province, 2017)
    assert [(group.position, group.number) for group in standard.criteria] == [(0, 4), (1, 7), (2, 21)]
    texts = {line.code: rule.text for line in standard.lines if (rule := standard.rule(line))}
    assert texts == {
        "4.1": "≥ 42 %", "4.1a": "≥ 5 %", "7.12": "Đạt", "21.1": "≥ 30 triệu đồng", "21.2": "≤ 2 %",
    }  # fmt: skip
    assert Indicator.objects.get(code="4.1a").parent.code == "4.1"
    assert [band.label for band in bands(len(standard.criteria))] == ["3 tiêu chí", "Dưới 3"]


def test_a_step_without_a_figure_is_no_requirement(other_set, province):
    standard = load_standard(other_set, province, 2018)
    income = next(line for line in standard.lines if line.source == "income")
    assert standard.rule(income) is None


HEADER = [*HEADINGS, "households", "poor_households", "income", "4.1", "4.1a", "7.12", "7.3"]
MET, NOT_MET, SKIPPED, UNKNOWN = Verdict.MET, Verdict.NOT_MET, Verdict.NOT_APPLICABLE, Verdict.UNKNOWN


@pytest.mark.parametrize(
    ("cells", "criteria", "count"),
    [
        (["1000", "20", "30", "42", "5", "Đạt", "Đạt"], [MET, MET, MET], 3),
        (["1000", "21", "30", "42", "5", "Đạt", "Đạt"], [MET, MET, NOT_MET], 2),
        (["1000", "20", "29,9", "42", "5", "Đạt", "Đạt"], [MET, MET, NOT_MET], 2),
        (["1000", "20", "30", "41,9", "5", "Đạt", "Đạt"], [NOT_MET, MET, MET], 2),
        (["1000", "20", "30", "42", "4,9", "Đạt", "Đạt"], [NOT_MET, MET, MET], 2),
        (["1000", "20", "30", "42", "", "Đạt", "Đạt"], [UNKNOWN, MET, MET], 2),
        (["1000", "20", "30", "42", "5", "Đạt", ""], [MET, UNKNOWN, MET], 2),
        (["1000", "20", "30", "42", "5", "Đạt", "Chưa đạt"], [MET, NOT_MET, MET], 2),
        (["1000", "", "30", "KXX: xã phường", "KXX: xã phường", "K", "Đạt"], [SKIPPED, NOT_MET, UNKNOWN], 1),
        (["", "", "", "", "", "", ""], [UNKNOWN, UNKNOWN, UNKNOWN], 0),
    ],
)
def test_a_commune_is_assessed_under_it_from_a_sheet(other_set, province, staff, cells, criteria, count):
    round = actions.open_round(province, other_set, date(2017, 12, 31))
    rows = HEADER, ["05485", "Phúc Hà", "", *["9"] * 3, *[""] * 4], ["05485", "Phúc Hà", "", *cells]
    for row in rows[1:]:  # first something else, so that no statistics of the trial data remain
        preview = importing.commit(csv_file(HEADER, row), "bieu.csv", round, by=staff, via=Via.SHEET)
        assert preview.rejected == []
    assessment = Assessment.objects.get(round=round, commune__code="05485")
    assert [assessment.summary.verdict(position) for position in range(3)] == criteria
    assert assessment.met_count == count


def test_the_same_year_under_two_sets_is_two_assessments(other_set, province, round_2017, staff):
    before = list(Result.objects.filter(assessment__round=round_2017).order_by("pk").values_list())
    round = actions.open_round(province, other_set, date(2017, 12, 31))
    content = csv_file([*HEADINGS, "4.1"], ["05485", "Phúc Hà", "", "10"])
    assert importing.commit(content, "bieu.csv", round, by=staff, via=Via.SHEET).written
    assert list(Result.objects.filter(assessment__round=round_2017).order_by("pk").values_list()) == before


@pytest.mark.parametrize("room", ["communes", "criteria"])
def test_the_code_knows_no_criterion_by_its_number(room):
    """No module outside tests and migrations holds the code of an indicator or the key of a criterion."""
    files = [path for path in (Path(settings.BASE_DIR) / room).rglob("*.py") if "migrations" not in path.parts]
    texts = [
        (path.name, node.value)
        for path in files
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]
    assert len(texts) > 100
    assert [found for found in texts if re.fullmatch(r"\d{1,2}\.\d{1,2}[a-z]?|c\d{1,2}", found[1])] == []


def rule(scope, group="", year_from=None, year_to=None) -> Rule:
    threshold = Threshold(Comparison.AT_LEAST, Decimal(1))
    return Rule(0, scope, group, year_from, year_to, threshold, "", "", True, False)


NATIONAL, REGION, GROUP = rule("national"), rule("region"), rule("group", "III")
PROVINCE, PROVINCE_2017 = rule("province"), rule("province", "", 2017, 2017)
PROVINCE_SINCE_2017, REGION_2020 = rule("province", "", 2017), rule("region", "", 2020, 2020)
NATIONAL_UNTIL_2016 = rule("national", "", None, 2016)


@pytest.mark.parametrize(
    ("year", "group", "rules", "winner"),
    [
        (2017, "", [], None),
        (2017, "", [NATIONAL], NATIONAL),
        (2017, "", [NATIONAL, REGION], REGION),
        (2017, "III", [NATIONAL, REGION, GROUP], GROUP),
        (2017, "II", [NATIONAL, REGION, GROUP], REGION),
        (2017, "", [NATIONAL, GROUP], NATIONAL),
        (2017, "III", [NATIONAL, REGION, GROUP, PROVINCE], PROVINCE),
        (2017, "III", [NATIONAL, REGION, GROUP, PROVINCE, PROVINCE_2017], PROVINCE_2017),
        (2018, "III", [NATIONAL, REGION, GROUP, PROVINCE, PROVINCE_2017], PROVINCE),
        (2018, "", [PROVINCE, PROVINCE_SINCE_2017], PROVINCE_SINCE_2017),
        (2016, "", [PROVINCE, PROVINCE_SINCE_2017], PROVINCE),
        (2017, "", [PROVINCE_SINCE_2017, PROVINCE_2017], PROVINCE_2017),
        (2017, "", [REGION_2020], None),
        (2020, "", [REGION_2020, NATIONAL], REGION_2020),
        (2020, "", [REGION_2020, PROVINCE], PROVINCE),
        (2016, "", [NATIONAL_UNTIL_2016], NATIONAL_UNTIL_2016),
        (2017, "", [NATIONAL_UNTIL_2016], None),
    ],
)
def test_the_narrowest_requirement_in_force_wins(year, group, rules, winner):
    assert narrowest(rules, year, group) is winner
    assert narrowest(reversed(rules), year, group) is winner
    line = Line(1, "7.3", "", "number", "", "sheet", 0)
    assert Standard("thu", year, (), {1: rules}).rule(line, group) is winner


@pytest.mark.parametrize(
    ("scope", "fields", "text"),
    [
        (Scope.PROVINCE, {"province": "19"}, "≥ 99 %"),
        (Scope.PROVINCE, {"province": "06"}, "≥ 42 %"),
        (Scope.PROVINCE, {"province": "19", "year_from": 2018}, "≥ 42 %"),
        (Scope.REGION, {"region": "TDMNPB", "year_from": 2016}, "≥ 99 %"),
        (Scope.REGION, {"region": "DBSH", "year_from": 2016}, "≥ 42 %"),
    ],
)
def test_a_decision_counts_only_where_and_when_it_is_in_force(other_set, province, scope, fields, text):
    provinces = {"19": province, "06": Province.objects.create(code="06", name="Bắc Kạn", region=province.region)}
    Requirement.objects.create(
        indicator=Indicator.objects.get(code="4.1", criterion__criteria_set=other_set),
        scope=scope,
        comparison=">=",
        threshold=Decimal(99),
        legal_basis="QĐ thử",
        **fields | {"province": provinces.get(fields.get("province"))},
    )
    standard = load_standard(other_set, province, 2017)
    assert standard.rule(standard.lines[0]).text == text
