"""A large sheet is taken in portions and stays one import: all of it or nothing, and the same figures."""

from decimal import Decimal

import pytest

from criteria.intake import importing
from criteria.intake.importing import Incoming
from criteria.models import Assessment, ChangeEvent, Result, Via

from .test_three_way import edit

FIRST, LAST = "05728", "05752"  # communes of Võ Nhai in the first and in a later portion
CHANGES = {(FIRST, "4.2"): 41.5, (LAST, "4.2"): 42.5}


@pytest.fixture(autouse=True)
def small_portions(monkeypatch):
    monkeypatch.setattr(importing, "PORTION", 4)


@pytest.fixture
def taken_out(client_of, staff, round_2017):
    return b"".join(client_of(staff).get("/bao-cao/du-lieu.xlsx?nam=2017&huyen=170"))


def values(round) -> dict[str, Decimal]:
    found = Result.objects.filter(assessment__round=round, indicator__code="4.2")
    found = found.filter(assessment__commune__code__in=(FIRST, LAST))
    return dict(found.values_list("assessment__commune__code", "value"))


def summaries(round) -> list:
    return list(Assessment.objects.filter(round=round).order_by("pk").values_list("met_mask", "known_mask"))


def write(content: bytes, round, staff, **incoming):
    about = {"by": staff, "via": Via.SHEET}
    return importing.commit(content, "du-lieu.xlsx", round, Incoming(**incoming), **about)


def test_every_portion_is_written(taken_out, round_2017, staff):
    preview = write(edit(taken_out, CHANGES), round_2017, staff)
    assert (preview.written, preview.changed) == (True, 2)
    assert values(round_2017) == {FIRST: Decimal("41.5"), LAST: Decimal("42.5")}


@pytest.mark.parametrize("spoilt", [FIRST, LAST])
def test_a_rejected_cell_in_any_portion_leaves_nothing_of_the_others(taken_out, round_2017, staff, spoilt):
    before = values(round_2017), ChangeEvent.objects.count(), summaries(round_2017)
    preview = write(edit(taken_out, CHANGES | {(spoilt, "8.1"): "chắc là được"}), round_2017, staff)
    assert (preview.written, len(preview.rejected)) == (False, 1)
    assert (values(round_2017), ChangeEvent.objects.count(), summaries(round_2017)) == before


def test_a_commune_that_comes_in_two_portions_is_refused(taken_out, round_2017, staff):
    twice = edit(taken_out, {(LAST, "Mã xã"): FIRST, (LAST, "Xã"): None})
    assert "hai dòng" in write(twice, round_2017, staff).rejected[0].reason


def test_portions_foresee_the_same_figures_as_one_go(taken_out, round_2017, monkeypatch):
    content = edit(taken_out, dict.fromkeys([(FIRST, "4.2"), (LAST, "4.2"), (LAST, "8.1")], None))
    in_portions = importing.rehearse(content, "du-lieu.xlsx", round_2017)
    monkeypatch.setattr(importing, "PORTION", 500)
    assert importing.rehearse(content, "du-lieu.xlsx", round_2017) == in_portions


def test_a_preview_counts_what_it_does_not_list(taken_out, round_2017):
    preview = importing.rehearse(edit(taken_out, CHANGES), "du-lieu.xlsx", round_2017, Incoming(listed=1))
    assert (len(preview.changes), preview.counts()["changed"]) == (1, 2)
