"""What a sheet wrote, the next sheet finds: the same figures, judged the same, with nothing to change."""

from decimal import Decimal

import pytest

from communes.models import YearlyStatistics
from criteria import actions
from criteria.judging.loading import load_standard, load_states
from criteria.models import ChangeEvent, Via
from criteria.rules.cells import show
from criteria.rules.verdicts import Given, Verdict
from tests.criteria.making import HEADINGS, PHUC_HA, PHUC_XUAN, assessment, commit, result, table

pytestmark = pytest.mark.django_db

STATISTICS = ["population", "households", "poor_households", "income"]


@pytest.mark.parametrize("name", ["2017.csv", "filled"])
def test_the_same_file_again_changes_nothing(round_2017, round_2018, name):
    round, rows = (round_2017, table(name)) if name != "filled" else (round_2018, _filled())
    first = commit(round, *rows)
    again = commit(round, *rows)
    assert again.changes == again.rejected == first.rejected == []
    assert again.unchanged > 0
    assert ChangeEvent.objects.filter(source="bieu.csv").count() == len({c.code for c in first.changes})


def _filled():
    return [
        ["Năm 2018"],
        [*HEADINGS, *STATISTICS, "1.1", "5.1", "7.1", "10.1"],
        [*PHUC_HA, "7.077", "1866", "83", "26,123", "KXX: có lý do", "66,666667", "KXX", "Đạt"],
        [*PHUC_XUAN, "", "-", "", "0", "x", "100 %", "K", "KXX: số liệu chờ duyệt"],
    ]


@pytest.mark.parametrize("income", ["26,1234", "23,9996"])
def test_an_income_of_many_decimals_is_judged_and_kept_as_one_figure(round_2017, income):
    """What is stored, what is judged and what the next sheet is compared with must be the same number."""
    rows = [*HEADINGS, "income"], [*PHUC_HA, income]
    commit(round_2017, *rows)
    stored = YearlyStatistics.objects.get(year=2017, commune__code="05485").income
    assert result(round_2017, "05485", "10.1").value == stored
    again = commit(round_2017, *rows)
    assert again.changes == [] or again.rejected


@pytest.mark.parametrize(
    ("year", "code", "claim"),
    [
        (2017, "5.1", Given(claim=Verdict.NOT_APPLICABLE, reason="Không có trường")),
        (2017, "5.1", Given(Decimal(60), claim=Verdict.MET, reason="Trường mới xây")),
        (2017, "7.1", Given(claim=Verdict.NOT_APPLICABLE, reason="Không quy hoạch chợ")),
        (2017, "10.1", Given()),
        (2017, "10.1", Given(claim=Verdict.NOT_MET, reason="Số liệu chưa thẩm định")),
        (2017, "11.1", Given(claim=Verdict.NOT_APPLICABLE, reason="Chưa rà soát")),
        (2018, "10.1", Given()),
        (2018, "10.1", Given(claim=Verdict.MET)),
    ],
)
def test_a_sheet_that_shows_what_is_stored_is_taken_and_changes_nothing(request, year, code, claim):
    """The portal's own sheet of raw values is the one that offices fill in and send back."""
    round = request.getfixturevalue(f"round_{year}")
    commune_id = assessment(round, "05485").commune_id
    statistics = {"households": 1866, "poor_households": 83, "income": Decimal("36.1")}
    actions.record(round, [actions.Entry(commune_id, statistics, {code: claim})], by=None, via=Via.FORM)
    standard = load_standard(round.criteria_set, round.province, year)
    given_ = load_states(round, [commune_id])[commune_id].given
    shown = {line.code: show(given_[line.id], line) for line in standard.lines if line.id in given_}
    header, row = [*HEADINGS, *statistics, *shown], [*PHUC_HA, *statistics.values(), *shown.values()]
    preview = commit(round, header, row)
    assert (preview.rejected, preview.changes) == ([], [])
    stored = load_states(round, [commune_id])[commune_id].given
    assert stored == given_


def test_a_bare_kxx_keeps_the_reason_that_stands(round_2017):
    commit(round_2017, [*HEADINGS, "7.1"], [*PHUC_HA, "KXX: không quy hoạch chợ"])
    assert commit(round_2017, [*HEADINGS, "7.1"], [*PHUC_HA, "KXX"]).changes == []
    assert result(round_2017, "05485", "7.1").reason == "không quy hoạch chợ"


@pytest.mark.parametrize(
    ("year", "code", "cell", "verdict"),
    [
        (2017, "11.1", "", "not_applicable"),
        (2017, "11.1", "KXX", "not_applicable"),
        (2017, "11.1", "4,45", "met"),
        (2018, "10.1", "", "unknown"),
    ],
)
def test_an_empty_derived_column_withdraws_only_what_no_rule_judges(request, year, code, cell, verdict):
    round = request.getfixturevalue(f"round_{year}")
    statistics = [*HEADINGS, "households", "poor_households"], [*PHUC_HA, "1866", "83"]
    commit(round, *[[*row, said] for row, said in zip(statistics, (code, "KXX: Chưa rà soát"), strict=True)])
    assert result(round, "05485", code).verdict == Verdict.NOT_APPLICABLE
    commit(round, [*HEADINGS, code], [*PHUC_HA, cell])
    assert result(round, "05485", code).verdict == verdict
