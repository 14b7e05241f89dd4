"""What a preview counts and says before anything is written."""

from decimal import Decimal

import pytest

from criteria.intake.preview import CellChange, Preview, Rejection, shown

CHANGED = CellChange("F7", "05485", "5.1", Decimal(80), Decimal("69.6"))
CLEARED = CellChange("F8", "05488", "5.1", Decimal(80), None)
FROM_ZERO = CellChange("D8", "05488", "population", 0, 7009)
NEW = CellChange("D7", "05485", "population", None, 7009)
WRONG = Rejection("G7", "không phải là số")


def preview(*changes, **fields) -> Preview:
    found = Preview(**fields)
    for change in changes:
        found.add(change)
    return found


def test_a_sheet_that_changes_nothing_counts_nothing_and_can_be_written():
    found = Preview()
    assert found.counts() == {"new": 0, "changed": 0, "unchanged": 0, "conflict": 0, "rejected": []}
    assert (found.ready, found.written, found.stamped, found.problems()) == (True, False, False, {})


def test_what_comes_where_nothing_stood_is_new_and_the_rest_is_changed():
    counts = preview(CHANGED, NEW, CLEARED, FROM_ZERO).counts()
    assert (counts["new"], counts["changed"]) == (1, 3)


@pytest.mark.parametrize(("listed", "shown"), [(None, 3), (0, 0), (1, 1), (2, 2), (9, 3)])
def test_all_changes_are_counted_and_only_the_first_listed(listed, shown):
    found = preview(CHANGED, NEW, NEW, listed=listed)
    assert found.changes == [CHANGED, NEW, NEW][:shown]
    assert (found.counts()["changed"], found.counts()["new"]) == (1, 2)


def test_what_only_the_database_changed_is_left_as_it_is_and_counts_as_unchanged():
    assert Preview(unchanged=5, kept=2).counts()["unchanged"] == 7


def test_conflicts_are_counted_and_rejected_cells_are_told_with_their_reasons():
    counts = Preview(conflicts=[CHANGED, NEW], rejected=[WRONG]).counts()
    assert counts["conflict"] == 2
    assert counts["rejected"] == [{"cell": "G7", "reason": "không phải là số"}]


@pytest.mark.parametrize(
    ("rejected", "conflicts", "ready"),
    [([], [], True), ([WRONG], [], False), ([], [CHANGED], False), ([WRONG], [CHANGED], False)],
)
def test_it_can_be_written_when_nothing_is_rejected_and_no_conflict_is_open(rejected, conflicts, ready):
    assert Preview(rejected=rejected, conflicts=conflicts).ready == ready


def test_a_problem_of_no_cell_marks_none():
    assert Preview(rejected=[WRONG, Rejection("", "Biểu ghi năm 2016")]).problems() == {"G7": "không phải là số"}


def test_a_change_is_named_by_its_commune_and_column_and_said_in_words():
    assert (CHANGED.id, CHANGED.column_name, CHANGED.old_text, CHANGED.new_text) == ("05485|5.1", "5.1", "80", "69,6")
    assert (NEW.id, NEW.column_name, NEW.old_text) == ("05485|population", "Dân số (người)", "")


@pytest.mark.parametrize(
    ("value", "text"), [(None, ""), ("", ""), ("Đạt", "Đạt"), (0, "0"), (Decimal(0), "0"), (7009, "7.009")]
)
def test_a_zero_is_shown_and_nothing_known_is_empty(value, text):
    assert shown(value) == text
