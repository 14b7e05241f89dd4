"""How a commune is judged: every table here can be read, and disputed, by an official."""

import itertools
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from criteria.rules.verdicts import (
    Band,
    Comparison,
    Given,
    Judgement,
    ReasonMissing,
    Summary,
    Threshold,
    Verdict,
    bands,
    criterion_verdict,
    judge,
    summarise,
)

MET, NOT_MET = Verdict.MET, Verdict.NOT_MET
SKIPPED, UNKNOWN = Verdict.NOT_APPLICABLE, Verdict.UNKNOWN

verdicts = st.sampled_from(Verdict)
lines = st.lists(st.tuples(st.integers(0, 62), verdicts), max_size=80)
numbers = st.decimals(0, 1000, places=6)


def at_least(value) -> Threshold:
    return Threshold(Comparison.AT_LEAST, Decimal(value))


def at_most(value) -> Threshold:
    return Threshold(Comparison.AT_MOST, Decimal(value))


def exactly(value) -> Threshold:
    return Threshold(Comparison.EQUAL, Decimal(value))


@pytest.mark.parametrize(
    ("what", "threshold", "value", "verdict"),
    [
        ("schools, at least 70 %", at_least(70), "70", MET),
        ("schools, at least 70 %", at_least(70), "69.6", NOT_MET),
        ("schools, at least 70 %", at_least(70), "69.999999", NOT_MET),
        ("schools, at least 70 %", at_least(70), "70.000001", MET),
        ("poverty, at most 12 %", at_most(12), "12", MET),
        ("poverty, at most 12 %", at_most(12), "12.000001", NOT_MET),
        ("poverty, at most 12 %", at_most(12), "0", MET),
        ("stunting, at most 26,7 %", at_most("26.7"), "26.7", MET),
        ("stunting, at most 26,7 %", at_most("26.7"), "26.8", NOT_MET),
        ("makeshift houses, none", exactly(0), "0", MET),
        ("makeshift houses, none", exactly(0), "1", NOT_MET),
        ("yes or no", exactly(1), "1", MET),
        ("yes or no", exactly(1), "0", NOT_MET),
    ],
)
def test_a_value_is_held_against_its_threshold_as_it_is(what, threshold, value, verdict):
    assert judge(Given(value=Decimal(value)), threshold) == Judgement(verdict, verdict)


@pytest.mark.parametrize("threshold", [at_least(0), at_most(12), exactly(0)])
def test_missing_value_is_not_a_failure_and_not_zero(threshold):
    assert judge(Given(), threshold).verdict is UNKNOWN


@pytest.mark.parametrize(
    ("numerator", "denominator", "threshold", "verdict"),
    [
        (2, 3, at_least("66.67"), NOT_MET),
        (2, 3, at_least("66.666666"), MET),
        (2, 3, at_most("66.666666"), NOT_MET),
        (1, 3, exactly("33.333333"), NOT_MET),
        (12, 100, at_most(12), MET),
        (120_000_001, 1_000_000_000, at_most(12), NOT_MET),
        (699_999_999, 1_000_000_000, at_least(70), NOT_MET),
        (0, 1866, at_most(12), MET),
    ],
)
def test_a_ratio_of_counts_is_never_rounded(numerator, denominator, threshold, verdict):
    counts = Given(value=Decimal("70"), numerator=Decimal(numerator), denominator=Decimal(denominator))
    assert judge(counts, threshold).verdict is verdict


def test_counts_win_over_a_percentage_beside_them():
    given_ = Given(value=Decimal("66.67"), numerator=Decimal(2), denominator=Decimal(3))
    assert given_.measured == Fraction(200, 3)


@pytest.mark.parametrize("half", [{"numerator": Decimal(5)}, {"numerator": Decimal(5), "denominator": Decimal(0)}])
def test_half_a_ratio_is_no_data(half):
    assert judge(Given(**half), at_most(12)).verdict is UNKNOWN


@pytest.mark.parametrize("claim", [MET, NOT_MET])
def test_without_a_requirement_the_officer_judges_and_needs_no_reason(claim):
    assert judge(Given(claim=claim), None) == Judgement(claim, UNKNOWN)


def test_without_a_requirement_a_number_alone_decides_nothing():
    assert judge(Given(value=Decimal(99)), None).verdict is UNKNOWN


@pytest.mark.parametrize(
    ("value", "claim"),
    [("69.6", MET), ("70", NOT_MET), (None, MET), (None, NOT_MET), ("70", SKIPPED), (None, SKIPPED), ("70", UNKNOWN)],
)
def test_a_verdict_against_the_rule_needs_a_reason(value, claim):
    measured = value and Decimal(value)
    with pytest.raises(ReasonMissing, match="lý do"):
        judge(Given(value=measured, claim=claim), at_least(70))
    ruled = judge(Given(value=measured), at_least(70)).verdict
    explained = Given(value=measured, claim=claim, reason="Quyết định 12/QĐ-UBND")
    assert judge(explained, at_least(70)) == Judgement(claim, ruled)


@pytest.mark.parametrize("blank", [" ", "\t\n", "\u00a0", "\u3000"])
@pytest.mark.parametrize(("claim", "threshold"), [(MET, at_least(70)), (SKIPPED, at_least(70)), (SKIPPED, None)])
def test_blanks_are_no_reason(claim, threshold, blank):
    with pytest.raises(ReasonMissing):
        judge(Given(value=Decimal("69.6"), claim=claim, reason=blank), threshold)


def test_a_verdict_that_repeats_the_rule_needs_no_reason():
    assert judge(Given(value=Decimal(70), claim=MET), at_least(70)) == Judgement(MET, MET)


def test_not_applicable_needs_a_reason_even_where_the_officer_judges():
    with pytest.raises(ReasonMissing):
        judge(Given(claim=SKIPPED), None)


@pytest.mark.parametrize(
    ("verdicts", "criterion"),
    [
        ([MET], MET),
        ([MET, MET], MET),
        ([MET, NOT_MET], NOT_MET),
        ([MET, UNKNOWN], UNKNOWN),
        ([NOT_MET, UNKNOWN], NOT_MET),
        ([UNKNOWN, UNKNOWN], UNKNOWN),
        ([MET, SKIPPED], MET),
        ([SKIPPED, SKIPPED], SKIPPED),
        ([SKIPPED, UNKNOWN], UNKNOWN),
        ([SKIPPED, NOT_MET], NOT_MET),
        ([MET, SKIPPED, UNKNOWN, NOT_MET], NOT_MET),
        ([], UNKNOWN),
    ],
)
def test_one_line_missed_fails_a_criterion_else_one_unknown_leaves_it_open(verdicts, criterion):
    for order in itertools.permutations(verdicts):
        assert criterion_verdict(order) is criterion


@pytest.mark.parametrize(
    ("clean", "clean_by_standard", "criterion"),
    [(MET, MET, MET), (MET, NOT_MET, NOT_MET), (NOT_MET, MET, NOT_MET), (MET, UNKNOWN, UNKNOWN)],
)
def test_both_lines_of_a_compound_indicator_are_required(clean, clean_by_standard, criterion):
    """17.1: 90 % with hygienic water, of which (17.1b) 50 % with clean water by standard."""
    summary = summarise([(16, clean), (16, clean_by_standard), (16, MET)])
    assert summary.verdict(16) is criterion


def test_a_criterion_that_does_not_apply_counts_as_met():
    summary = summarise([(6, SKIPPED), (7, MET), (8, NOT_MET), (9, UNKNOWN)])
    assert summary.met_count == 2
    assert [summary.verdict(position) for position in (6, 7, 8, 9)] == [SKIPPED, MET, NOT_MET, UNKNOWN]


def test_a_commune_without_data_has_failed_nothing():
    summary = summarise([(position, UNKNOWN) for position in range(19)])
    assert summary == Summary(0, 0, 0)
    assert {summary.verdict(position) for position in range(19)} == {UNKNOWN}


@given(lines, st.randoms(use_true_random=False))
def test_the_order_of_lines_does_not_matter(rows, random):
    shuffled = random.sample(rows, len(rows))
    assert summarise(shuffled) == summarise(rows)


@given(lines)
def test_met_is_known_and_not_applicable_is_met(rows):
    summary = summarise(rows)
    assert summary.met_mask & ~summary.known_mask == 0
    assert summary.not_applicable_mask & ~summary.met_mask == 0
    assert summary.met_count <= len({position for position, _ in rows})


@given(lines)
def test_the_summary_says_of_each_criterion_what_its_lines_say(rows):
    summary = summarise(rows)
    for position in range(63):
        assert summary.verdict(position) is criterion_verdict(v for p, v in rows if p == position)


@given(lines, st.integers(0, 62))
def test_one_more_unknown_line_never_makes_a_criterion_met(rows, position):
    more = summarise([*rows, (position, UNKNOWN)])
    assert more.verdict(position) in (UNKNOWN, NOT_MET)
    assert more.met_count <= summarise(rows).met_count


@given(lines, st.integers(0, 62))
def test_one_more_missed_line_always_fails_its_criterion_and_no_other(rows, position):
    before, after = summarise(rows), summarise([*rows, (position, NOT_MET)])
    assert after.verdict(position) is NOT_MET
    assert after.met_mask == before.met_mask & ~(1 << position)


@given(numbers, numbers, numbers)
def test_a_better_value_never_loses_a_criterion(threshold, one, other):
    worse, better = sorted((one, other))
    assert not (at_least(threshold).admits(worse) and not at_least(threshold).admits(better))
    assert not (at_most(threshold).admits(better) and not at_most(threshold).admits(worse))


@given(numbers, numbers, numbers)
def test_a_stricter_threshold_never_admits_more(value, one, other):
    low, high = sorted((one, other))
    assert at_least(low).admits(value) or not at_least(high).admits(value)
    assert at_most(high).admits(value) or not at_most(low).admits(value)


@given(numbers, numbers)
def test_the_two_directions_meet_only_at_the_threshold(threshold, value):
    both = at_least(threshold).admits(value) and at_most(threshold).admits(value)
    assert both == exactly(threshold).admits(value) == (value == threshold)


@given(
    st.builds(Given, value=st.none() | numbers, claim=st.none() | verdicts, reason=st.sampled_from(["", "Có lý do"]))
)
def test_the_rule_is_kept_beside_every_verdict_of_an_officer(given_):
    threshold = at_least(70)
    try:
        judgement = judge(given_, threshold)
    except ReasonMissing:
        assume(False)
    assert judgement.ruled is judge(Given(value=given_.value), threshold).verdict
    assert judgement.verdict is (given_.claim or judgement.ruled)


def test_the_bands_of_nineteen_criteria_are_those_of_the_office():
    found = bands(19)
    assert [(band.low, band.high) for band in found] == [(19, 19), (15, 18), (10, 14), (5, 9), (0, 4)]
    assert [band.key for band in found] == ["b19", "b15_18", "b10_14", "b5_9", "b0_4"]
    assert [band.label for band in found] == ["19 tiêu chí", "15–18", "10–14", "5–9", "Dưới 5"]


@given(st.integers(1, 63))
def test_every_count_is_in_one_band_whatever_the_size_of_the_set(total):
    found = bands(total)
    for count in range(total + 1):
        assert sum(count in band for band in found) == 1
    assert sum(band.high - band.low + 1 for band in found) == total + 1
    assert found[0] == Band(total, total)
