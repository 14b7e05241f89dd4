"""What an ordinary run takes of many combinations: nothing that is promised is left out."""

from itertools import combinations, product

from tests.whole import in_turn, pairwise

REPORTS, FORMS, YEARS = list("abcdefg"), ["xlsx", "docx", "json"], [2015, 2016]


def test_in_turn_every_value_is_taken_and_no_more_rows_than_the_longest_factor_has():
    chosen = in_turn(REPORTS, FORMS, YEARS, whole=False)
    assert len(chosen) == len(REPORTS)
    assert [set(values) for values in zip(*chosen, strict=True)] == [set(REPORTS), set(FORMS), set(YEARS)]


def test_pairwise_every_two_values_meet():
    chosen = pairwise(REPORTS, FORMS, YEARS, whole=False)
    met = {pair for row in chosen for pair in combinations(row, 2)}
    assert met >= {*product(REPORTS, FORMS), *product(REPORTS, YEARS), *product(FORMS, YEARS)}
    assert len(chosen) < len(REPORTS) * len(FORMS) * len(YEARS)


def test_a_whole_run_takes_every_combination():
    every = sorted(product(REPORTS, FORMS, YEARS))
    assert sorted(in_turn(REPORTS, FORMS, YEARS, whole=True)) == every
    assert sorted(pairwise(REPORTS, FORMS, YEARS, whole=True)) == every
