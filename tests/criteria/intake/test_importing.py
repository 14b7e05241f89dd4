"""A sheet against the database: rehearsed first, then taken whole or not at all."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st

from communes.models import YearlyStatistics
from communes.uploads.guard import FileRefused
from criteria import actions
from criteria.intake import importing
from criteria.intake.importing import CellChange
from criteria.models import Assessment, AssessmentRound, ChangeEvent, Result, Via
from criteria.rules.verdicts import Verdict
from criteria.spreadsheets.sheet import address
from tests.criteria.making import HEADINGS, PHUC_HA, PHUC_XUAN, assessment, commit, csv_file, result, table, xlsx

pytestmark = pytest.mark.django_db

STATISTICS = ["population", "households", "poor_households", "income"]


def written() -> tuple:
    """Everything an import may write, to compare before and after."""
    results = Result.objects.order_by("pk").values_list("pk", "value", "claim", "reason", "verdict", "requirement")
    statistics = YearlyStatistics.objects.order_by("pk").values_list()
    summaries = Assessment.objects.order_by("pk").values_list()
    return list(results), list(statistics), list(summaries), ChangeEvent.objects.count()


def position(standard, indicator) -> int:
    return next(line.position for line in standard.lines if line.code == indicator)


def test_a_rehearsal_says_what_would_change_and_writes_nothing(round_2017):
    before = written()
    content = xlsx([*HEADINGS, "5.1", "1.1", "3.1"], [*PHUC_HA, 60, "Chưa đạt", 91.8])
    preview = importing.rehearse(content, "bieu.xlsx", round_2017)
    assert preview.changes == [
        CellChange("E2", "05485", "1.1", "Đạt", "Chưa đạt"),
        CellChange("D2", "05485", "5.1", Decimal(80), Decimal(60)),
    ]
    assert (preview.unchanged, preview.rejected, preview.written) == (1, [], False)
    assert written() == before


def test_a_commit_writes_cells_verdicts_summary_and_one_event_for_each_commune(round_2017, standard_2017, staff):
    events = ChangeEvent.objects.count()
    met = assessment(round_2017, "05485").met_count
    header = [*HEADINGS, "5.1", "3.1"]
    preview = commit(round_2017, header, [*PHUC_HA, "69,6", "91,8"], [*PHUC_XUAN, "100", "79,9"], by=staff)
    assert preview.written
    assert result(round_2017, "05485", "5.1").value == Decimal("69.6")
    assert result(round_2017, "05485", "5.1").verdict == Verdict.NOT_MET
    after = assessment(round_2017, "05485")
    assert after.summary.verdict(position(standard_2017, "5.1")) is Verdict.NOT_MET
    assert after.met_count == met - 1
    new = ChangeEvent.objects.order_by("pk")[events:]
    assert [(e.commune.code, e.by, e.via, e.year, e.round, e.source) for e in new] == [
        ("05485", staff, Via.SHEET, 2017, round_2017, "bieu.csv"),
        ("05488", staff, Via.SHEET, 2017, round_2017, "bieu.csv"),
    ]
    assert new[0].changes == {"5.1": [{"value": "80", "verdict": "met"}, {"value": "69.6", "verdict": "not_met"}]}


@pytest.mark.parametrize(
    ("header", "row", "cell", "reason"),
    [
        ([], ["05999", "Xã lạ", ""], "A3", "không có xã mã “05999” trong kỳ 31/12/2017"),
        ([], ["05431", "Quán Triều", ""], "A3", "không có xã mã “05431”"),
        ([], [5999, "Xã lạ", ""], "A3", "không có xã mã “05999”"),
        ([], ["", "Phúc Lạ", "", "80"], "B3", "không có xã “Phúc Lạ”"),
        ([], ["", "Phúc Xuân", "Huyện Đại Từ", "80"], "B3", "không có xã “Phúc Xuân”"),
        ([], ["x" * 40_000, "", ""], "A3", "không có xã mã “xxx"),
        ([], PHUC_HA, "A3", "có hai dòng"),
        ([], ["05488", "Phúc Trìu", ""], "B3", "mã 05488 là xã Phúc Xuân, tệp ghi “Phúc Trìu”"),
        ([], ["05488", "x" * 40_000, ""], "B3", "mã 05488 là xã Phúc Xuân"),
        (["3.1"], [*PHUC_XUAN, "", "101"], "E3", "nằm ngoài khoảng 0–100"),
        (["3.1"], [*PHUC_XUAN, "", "-1"], "E3", "nằm ngoài khoảng 0–100"),
        (["1.1"], [*PHUC_XUAN, "", "Gần đạt"], "E3", "ghi Đạt, Chưa đạt"),
        (["9.1"], [*PHUC_XUAN, "", "#N/A"], "E3", "không phải là số"),
        (["households"], [*PHUC_XUAN, "", "1,5"], "E3", "phải là số nguyên"),
        (["poor_households"], [*PHUC_XUAN, "", "99999"], "E3", "số hộ nghèo (99999) lớn hơn số hộ (1772)"),
        (["income"], [*PHUC_XUAN, "", "34700000"], "E3", "nằm ngoài khoảng"),
        (["10.1"], [*PHUC_XUAN, "", "30"], "E3", "tính từ cột Thu nhập"),
        (["10.1"], [*PHUC_XUAN, "", "Đạt"], "E3", "không phải là số"),
        (["11.1"], [*PHUC_XUAN, "", "3.34"], "E3", "tính từ cột Số hộ nghèo và Số hộ"),
    ],
)
def test_one_cell_refused_refuses_the_file_and_says_where_and_why(round_2017, header, row, cell, reason):
    before = written()
    rows = [*HEADINGS, "5.1", *header], [*PHUC_HA, "60"], [*row, *[""] * (4 - len(row))]
    for preview in (importing.rehearse(csv_file(*rows), "bieu.csv", round_2017), commit(round_2017, *rows)):
        assert [rejection.cell for rejection in preview.rejected] == [cell]
        assert reason in preview.rejected[0].reason
        assert len(preview.rejected[0].reason) < 200
        assert not preview.written
    assert written() == before


def test_every_refused_cell_is_named_not_only_the_first(round_2017):
    preview = commit(round_2017, [*HEADINGS, "5.1", "3.1"], [*PHUC_HA, "101", "x"], [*PHUC_XUAN, "80", "??"])
    assert sorted(rejection.cell for rejection in preview.rejected) == ["D2", "E2", "E3"]


@pytest.mark.parametrize("title", ["Biểu đánh giá năm 2016", "NĂM 2018"])
def test_the_sheet_of_another_year_is_refused(round_2017, title):
    before = written()
    with pytest.raises(FileRefused, match="không phải năm 2017"):
        commit(round_2017, [title], [*HEADINGS, "5.1"], [*PHUC_HA, "60"])
    assert written() == before


def test_a_closed_year_takes_no_sheet(round_2016):
    before = written()
    with pytest.raises(ValidationError, match="đã khóa"):
        commit(round_2016, [*HEADINGS, "5.1"], [*PHUC_HA, "60"])
    assert written() == before


@pytest.mark.parametrize("name", ["Phúc Hà", "phuc ha", "Xã Phúc Hà", "PHÚC HÀ", ""])
def test_a_name_may_be_written_loosely(round_2017, name):
    assert importing.rehearse(csv_file([*HEADINGS], ["5485", name, ""]), "bieu.csv", round_2017).rejected == []


def test_an_empty_cell_is_no_data_and_the_criterion_unknown(round_2017, standard_2017):
    commit(round_2017, [*HEADINGS, "5.1"], [*PHUC_HA, ""])
    assert result(round_2017, "05485", "5.1").verdict == Verdict.UNKNOWN
    summary = assessment(round_2017, "05485").summary
    assert summary.verdict(position(standard_2017, "5.1")) is Verdict.UNKNOWN


def test_a_column_that_is_not_in_the_file_stays_as_it_is(round_2017):
    before = result(round_2017, "05485", "3.1").value
    commit(round_2017, [*HEADINGS, "5.1"], [*PHUC_HA, "60"])
    assert result(round_2017, "05485", "3.1").value == before


@pytest.mark.parametrize(
    ("statistics", "value", "income", "poverty"),
    [
        (["7009", "1866", "83", "23,9"], "23.9", "not_met", "met"),
        (["7009", "1866", "83", "24"], "24", "met", "met"),
        (["7009", "1000", "120", "35,3"], "35.3", "met", "met"),
        (["7009", "1000", "121", "35,3"], "35.3", "met", "not_met"),
        (["7009", "", "83", ""], None, "unknown", "unknown"),
        (["7009", "0", "0", "35,3"], "35.3", "met", "unknown"),
    ],
)
def test_income_and_poverty_are_judged_by_the_statistics(round_2017, statistics, value, income, poverty):
    commit(round_2017, [*HEADINGS, *STATISTICS], [*PHUC_HA, *statistics])
    assert result(round_2017, "05485", "10.1").value == (value and Decimal(value))
    assert result(round_2017, "05485", "10.1").verdict == income
    assert result(round_2017, "05485", "11.1").verdict == poverty


def test_a_derived_column_may_repeat_what_the_statistics_give(round_2017):
    rows = [*HEADINGS, *STATISTICS, "10.1", "11.1"], [*PHUC_HA, "7009", "1866", "83", "35,3", "35,3", "4,45"]
    preview = importing.rehearse(csv_file(*rows), "bieu.csv", round_2017)
    assert (preview.rejected, preview.changes) == ([], [])


@pytest.mark.parametrize(("word", "verdict"), [("Đạt", "met"), ("Chưa đạt", "not_met"), ("", "unknown")])
def test_where_no_step_is_in_force_the_officer_judges_the_income(round_2018, word, verdict):
    preview = commit(round_2018, [*HEADINGS, "income", "10.1"], [*PHUC_HA, "36,1", word])
    assert preview.written
    stored = result(round_2018, "05485", "10.1")
    assert (stored.value, stored.verdict, stored.requirement) == (Decimal("36.1"), verdict, None)


def test_where_no_step_is_in_force_a_number_judges_nothing(round_2018):
    preview = commit(round_2018, [*HEADINGS, "10.1"], [*PHUC_HA, "36,1"])
    assert [rejection.cell for rejection in preview.rejected] == ["D2"]
    assert "chưa có mức quy định" in preview.rejected[0].reason


def test_an_income_that_changes_later_leaves_the_judgement_of_the_officer(round_2018):
    commit(round_2018, [*HEADINGS, "income", "10.1"], [*PHUC_HA, "36,1", "Đạt"])
    commit(round_2018, [*HEADINGS, "income"], [*PHUC_HA, "30"])
    assert result(round_2018, "05485", "10.1").verdict == Verdict.MET


def _import_all(round, rows) -> tuple[int, int]:
    with CaptureQueriesContext(connection) as captured:
        commit(round, *rows)
    inserts = sum(query["sql"].startswith("INSERT") for query in captured.captured_queries)
    return len(captured) - inserts, inserts


def test_an_import_asks_the_database_as_often_for_all_communes_as_for_one(province, round_2018):
    other = actions.open_round(province, round_2018.criteria_set, date(2019, 12, 31))
    _title, header, *rows = table("2017.csv")
    keep = [n for n, key in enumerate(header) if key != "10.1"]
    rows = [[row[n] for n in keep] for row in [header, *rows]]
    reads_of_one, inserts_of_one = _import_all(other, rows[:2])
    reads_of_all, inserts_of_all = _import_all(round_2018, rows)
    assert reads_of_all == reads_of_one <= 20
    assert inserts_of_one == 4  # statistics, results, summaries, events
    written = Result.objects.filter(assessment__round=round_2018).count()
    assert written > 6000
    # SQLite takes 999 parameters in a statement, so results go in by about ninety.
    assert inserts_of_all <= 4 + written // 50


WORDS, FIGURES = ["Đạt", "Chưa đạt", "KXX: chờ quy hoạch", ""], ["3", "4", ""]


@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_exactly_the_cells_that_were_edited_are_reported(data):
    title, header, *rows = table("2017.csv")
    rows = rows[::30]
    editable = [n for n, key in enumerate(header) if n > 2 and key not in ("households", "10.1", "11.1")]
    cells = st.tuples(st.integers(0, len(rows) - 1), st.sampled_from(editable))
    edited = data.draw(st.sets(cells, max_size=12))
    for row, column in edited:
        old = rows[row][column]
        choices = WORDS if any(r[column] in WORDS[:2] for r in rows) else FIGURES
        rows[row][column] = data.draw(st.sampled_from([text for text in choices if text != old]))
    round = AssessmentRound.objects.get(as_of=date(2017, 12, 31))
    preview = importing.rehearse(csv_file(title, header, *rows), "bieu.csv", round, importing.Incoming("Nhập nhầm"))
    assert preview.rejected == []
    assert sorted(change.address for change in preview.changes) == sorted(address(r + 3, c) for r, c in edited)
