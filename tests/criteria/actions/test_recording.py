"""The only writer of assessments: what it stores, what it refuses, and what it never moves."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from communes.models import Commune, YearlyStatistics
from criteria import actions
from criteria.actions import Entry
from criteria.judging.loading import load_standard, load_states
from criteria.models import (
    Assessment,
    AssessmentRound,
    ChangeEvent,
    CriteriaSet,
    Criterion,
    Indicator,
    Requirement,
    Result,
    Scope,
    Via,
)
from criteria.rules.verdicts import Given, ReasonMissing, Summary, Verdict

pytestmark = pytest.mark.django_db


@pytest.fixture
def phuc_ha(province):
    return Commune.objects.in_force(date(2017, 12, 31)).get(code="05485")


@pytest.fixture
def save(round_2017, phuc_ha, staff):
    """Save cells of Phúc Hà in 2017 by indicator code; statistics by name."""

    def saved(statistics=None, round=round_2017, **cells):
        named = {code.removeprefix("i").replace("_", "."): given for code, given in cells.items()}
        return actions.record(round, [Entry(phuc_ha.pk, statistics or {}, named)], by=staff, via=Via.FORM)

    return saved


@pytest.fixture
def result(round_2017, phuc_ha):
    def found(code) -> Result:
        return Result.objects.get(assessment__round=round_2017, assessment__commune=phuc_ha, indicator__code=code)

    return found


def number(text) -> Given:
    return Given(value=Decimal(text))


def indicator(code) -> Indicator:
    return Indicator.objects.get(criterion__criteria_set__code="1980/QĐ-TTg", code=code)


def stored() -> tuple:
    return (
        list(Result.objects.order_by("pk").values_list()),
        list(Assessment.objects.order_by("pk").values_list()),
        list(YearlyStatistics.objects.order_by("pk").values_list()),
        ChangeEvent.objects.count(),
    )


@pytest.mark.parametrize("year", [2015, 2016, 2017])
def test_every_stored_summary_is_the_one_its_results_give(province, year):
    round = AssessmentRound.objects.of_year(province, year).get()
    standard = load_standard(round.criteria_set, province, year)
    states = load_states(round)
    assert len(states) == {2015: 140, 2016: 140, 2017: 139}[year]
    for state in states.values():
        assert state.assessment.summary == actions.derive(state.verdicts, standard)
        assert state.assessment.met_count == state.assessment.summary.met_count


def test_a_save_moves_the_result_the_summary_and_the_log_together(
    round_2017, phuc_ha, standard_2017, staff, save, result
):
    before = Assessment.objects.get(round=round_2017, commune=phuc_ha)
    assert save(i5_1=number("69.6")) == 1
    assert (result("5.1").value, result("5.1").verdict) == (Decimal("69.6"), Verdict.NOT_MET)
    after = Assessment.objects.get(pk=before.pk)
    assert after.met_count == before.met_count - 1
    states = load_states(round_2017, [phuc_ha.pk])
    assert after.summary == actions.derive(states[phuc_ha.pk].verdicts, standard_2017)
    event = ChangeEvent.objects.order_by("pk").last()
    assert (event.by, event.via, event.commune, event.round, event.year) == (staff, Via.FORM, phuc_ha, round_2017, 2017)
    assert event.changes == {"5.1": [{"value": "80", "verdict": "met"}, {"value": "69.6", "verdict": "not_met"}]}


def test_unchanged_values_leave_no_event(save, result):
    before = stored()
    assert save({"population": 7009, "income": Decimal("35.3")}, i5_1=number("80.000"), i1_1=number(1)) == 0
    assert stored() == before


def test_what_is_cleared_becomes_unknown_and_says_so(save, result):
    save(i5_1=Given())
    assert result("5.1").verdict == Verdict.UNKNOWN
    assert ChangeEvent.objects.order_by("pk").last().changes["5.1"][1] is None


def test_a_ratio_is_judged_by_its_counts(save, result):
    save(i5_1=Given(value=Decimal(70), numerator=Decimal(699_999_999), denominator=Decimal(1_000_000_000)))
    assert result("5.1").verdict == Verdict.NOT_MET


def test_poverty_is_judged_by_its_households_and_not_by_the_rounded_rate(save, result):
    save({"households": 1_000_000_000, "poor_households": 120_000_001})
    assert (result("11.1").value, result("11.1").verdict) == (Decimal(12), Verdict.NOT_MET)


def test_a_closed_round_does_not_move(round_2016, phuc_ha, staff):
    before = stored()
    with pytest.raises(ValidationError, match="đã khóa"):
        actions.record(round_2016, [Entry(phuc_ha.pk, {}, {"5.1": number(60)})], by=staff, via=Via.FORM)
    assert stored() == before


def test_closing_is_logged_and_stops_the_next_save(round_2017, leader, save):
    actions.close_year(round_2017, by=leader, reason="Hết kỳ")
    event = ChangeEvent.objects.order_by("pk").last()
    assert (event.by, event.changes, event.reason) == (leader, {"closed": [False, True]}, "Hết kỳ")
    stale = AssessmentRound(pk=round_2017.pk, province=round_2017.province, criteria_set=round_2017.criteria_set)
    stale.as_of = round_2017.as_of
    with pytest.raises(ValidationError, match="đã khóa"):
        save(round=stale, i5_1=number(60))


@pytest.mark.parametrize(
    ("entries", "reason"),
    [
        (lambda pk: [Entry(pk, {}, {"5.1": number(60), "20.9": number(1)})], "20.9"),
        (lambda pk: [Entry(pk, {}, {"5.1": number(60)}), Entry(pk, {}, {"3.1": number(60)})], "hai lần"),
        (lambda pk: [Entry(pk, {}, {"5.1": number(60)}), Entry(0, {}, {"5.1": number(60)})], "không thuộc kỳ"),
    ],
)
def test_a_save_that_makes_no_sense_is_refused_whole(round_2017, phuc_ha, entries, reason):
    before = stored()
    with pytest.raises(ValidationError, match=reason):
        actions.record(round_2017, entries(phuc_ha.pk), by=None, via=Via.FORM)
    assert stored() == before


@pytest.mark.parametrize("given", [Given(claim=Verdict.NOT_APPLICABLE), Given(Decimal(60), claim=Verdict.MET)])
def test_a_missing_reason_writes_nothing_not_even_the_other_cells(save, given):
    before = stored()
    with pytest.raises(ReasonMissing):
        save({"population": 1}, i1_1=number(0), i5_1=given)
    assert stored() == before


def test_a_verdict_against_the_rule_keeps_both_and_the_reason(save, result):
    save(i5_1=Given(Decimal(60), claim=Verdict.MET, reason="Trường mới xây"))
    found = result("5.1")
    assert (found.verdict, found.ruled, found.reason) == (Verdict.MET, Verdict.NOT_MET, "Trường mới xây")


def test_not_applicable_with_a_reason_counts_as_met(round_2017, phuc_ha, standard_2017, save):
    position = next(line.position for line in standard_2017.lines if line.code == "5.1")
    save(i5_1=number(60))
    missed = Assessment.objects.get(round=round_2017, commune=phuc_ha)
    save(i5_1=Given(claim=Verdict.NOT_APPLICABLE, reason="Không có trường"))
    skipped = Assessment.objects.get(pk=missed.pk)
    assert skipped.met_count == missed.met_count + 1
    assert skipped.summary.verdict(position) is Verdict.NOT_APPLICABLE


def test_a_past_verdict_does_not_move_when_a_stricter_requirement_comes(round_2017, phuc_ha, province, save, result):
    before = result("12.1")
    stricter = Requirement.objects.create(
        indicator=indicator("12.1"), scope=Scope.PROVINCE, province=province, comparison=">=",
        threshold=Decimal(100), legal_basis="QĐ mới",
    )  # fmt: skip
    save(i5_1=number(75))
    same = result("12.1")
    assert (
        (same.verdict, same.requirement_id) == (before.verdict, before.requirement_id) == ("met", same.requirement_id)
    )
    assert same.requirement.scope == Scope.REGION
    met = Assessment.objects.get(round=round_2017, commune=phuc_ha).met_count
    save(i12_1=number("98"))
    assert (result("12.1").verdict, result("12.1").requirement) == (Verdict.NOT_MET, stricter)
    assert Assessment.objects.get(round=round_2017, commune=phuc_ha).met_count == met - 1


def test_a_requirement_that_results_were_judged_by_cannot_be_changed(result):
    used = result("5.1").requirement
    used.threshold = Decimal(10)
    with pytest.raises(ValidationError, match="đã dùng để đánh giá"):
        used.save()


@pytest.mark.parametrize("model", [Criterion, Indicator])
def test_a_set_in_use_is_frozen(province, model):
    part = model.objects.filter(**{Criterion: {"criteria_set__code": "1980/QĐ-TTg"}}.get(model, {})).first()
    for change in (part.save, part.delete):
        with pytest.raises(ValidationError, match="không sửa được nữa"):
            change()


@pytest.mark.parametrize(
    ("as_of", "count"), [(date(2017, 6, 30), 140), (date(2018, 12, 31), 139), (date(2020, 6, 30), 137)]
)
def test_a_round_opens_with_an_empty_assessment_of_every_xa_in_force(province, as_of, count):
    round = actions.open_round(province, CriteriaSet.objects.get(code="1980/QĐ-TTg"), as_of)
    opened = Assessment.objects.filter(round=round)
    assert opened.count() == count
    assert set(opened.values_list("commune__kind", flat=True)) == {"xã"}
    assert {assessment.summary for assessment in opened} == {Summary(0, 0, 0)}


def test_a_round_opens_once(round_2017, province):
    with pytest.raises(ValidationError, match="đã mở"):
        actions.open_round(province, round_2017.criteria_set, round_2017.as_of)


def test_statistics_of_a_year_judge_its_communes_anew_and_keep_the_towns(province, phuc_ha, staff, result):
    town = Commune.objects.in_force(date(2017, 12, 31)).get(code="05431")
    values = {phuc_ha.pk: {"income": Decimal("23.9")}, town.pk: {"income": Decimal(50)}}
    assert actions.record_statistics(province, 2017, values, by=staff, via=Via.COMMAND) == 3  # two incomes, 10.1
    assert result("10.1").verdict == Verdict.NOT_MET
    assert YearlyStatistics.objects.get(commune=town, year=2017).income == 50
    assert actions.record_statistics(province, 2017, values, by=staff, via=Via.COMMAND) == 0


def test_statistics_of_a_year_reach_every_open_round_of_it(province, round_2017, phuc_ha, staff):
    midyear = actions.open_round(province, round_2017.criteria_set, date(2017, 6, 30))
    actions.record_statistics(province, 2017, {phuc_ha.pk: {"income": Decimal("23.9")}}, by=staff, via=Via.COMMAND)
    for round in (midyear, round_2017):
        found = Result.objects.get(assessment__round=round, assessment__commune=phuc_ha, indicator__code="10.1")
        assert found.value == Decimal("23.9")


@pytest.mark.parametrize(
    "wrong",
    [
        {"claim": "not_applicable", "reason": "", "requirement": None},
        {"claim": "met", "ruled": "not_met", "reason": ""},
        {"denominator": Decimal(0)},
        {"denominator": Decimal(-1)},
        {},
    ],
)
def test_the_database_itself_refuses_a_result_that_cannot_stand(result, wrong):
    """Around the action: ``{}`` is the second result of one indicator, the others break a constraint each."""
    old = result("5.1")
    fields = {"assessment": old.assessment, "indicator": old.indicator, "requirement": old.requirement} | wrong
    if wrong:
        Result.objects.filter(pk=old.pk).delete()
    with pytest.raises(IntegrityError), transaction.atomic():
        Result.objects.bulk_create([Result(**fields)])


@pytest.mark.parametrize("make", [Assessment, YearlyStatistics])
def test_the_database_itself_refuses_a_second_row_for_a_commune(round_2017, phuc_ha, make):
    row = Assessment(round=round_2017, commune=phuc_ha) if make is Assessment else make(commune=phuc_ha, year=2017)
    with pytest.raises(IntegrityError), transaction.atomic():
        make.objects.bulk_create([row])
