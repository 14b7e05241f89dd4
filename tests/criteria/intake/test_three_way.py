"""A sheet that the portal made, against what an office and a colleague changed since: nobody's edit is lost."""

import io
from decimal import Decimal

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from communes.models import Commune
from criteria import actions
from criteria.intake import importing
from criteria.intake.importing import Incoming
from criteria.models import Assessment, ChangeEvent, Result, Via

LIEN_MINH, VU_CHAN = "05752", "05728"


@pytest.fixture
def taken_out(client_of, staff, round_2017):
    """The sheet of Võ Nhai as it was taken out."""
    return b"".join(client_of(staff).get("/bao-cao/du-lieu.xlsx?nam=2017&huyen=170"))


def edit(content: bytes, changes: dict[tuple[str, str], object]) -> bytes:
    """The workbook with cells changed, by commune code and column, as a person would in Excel."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    sheet = book["Biểu"]
    columns = {str(cell.value): cell.column for row in sheet.iter_rows(5, 6) for cell in row if cell.value}
    columns |= {"population": columns["Dân số (người)"], "households": columns["Số hộ"]}
    rows = {str(row[0].value): row[0].row for row in sheet.iter_rows(7)}
    for (code, key), value in changes.items():
        sheet.cell(rows[code], columns[key]).value = value
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def colleague(round, code, **statistics):
    """A colleague stores statistics meanwhile."""
    commune = Commune.objects.in_force(round.as_of).get(code=code)
    actions.record(round, [actions.Entry(commune.pk, statistics)], by=None, via=Via.GRID)


def test_an_untouched_sheet_changes_nothing(taken_out, round_2017):
    preview = importing.rehearse(taken_out, "du-lieu.xlsx", round_2017)
    assert (preview.changes, preview.conflicts, preview.rejected, preview.stamped) == ([], [], [], True)


def test_changed_only_in_the_file_is_a_change(taken_out, round_2017):
    content = edit(taken_out, {(VU_CHAN, "4.2"): 97, (VU_CHAN, "1.1"): None})
    changes = importing.rehearse(content, "du-lieu.xlsx", round_2017).changes
    assert {(c.code, c.column): c.new for c in changes} == {(VU_CHAN, "4.2"): 97, (VU_CHAN, "1.1"): None}


def test_statistics_that_moved_on_make_no_trouble_for_the_columns_derived_from_them(taken_out, round_2017):
    colleague(round_2017, VU_CHAN, households=700, income=Decimal(17))
    preview = importing.rehearse(taken_out, "du-lieu.xlsx", round_2017)
    assert (preview.changes, preview.conflicts, preview.rejected, preview.kept) == ([], [], [], 2)


def test_statistics_edited_in_the_file_need_no_edit_of_the_derived_columns(taken_out, round_2017):
    content = edit(taken_out, {(VU_CHAN, "households"): 700})
    preview = importing.rehearse(content, "du-lieu.xlsx", round_2017)
    assert [(c.column, c.new) for c in preview.changes] == [("households", 700)]
    assert preview.rejected == []


def test_changed_in_both_is_a_conflict_and_nothing_is_written_until_it_is_settled(taken_out, round_2017, staff):
    colleague(round_2017, VU_CHAN, population=2700)
    content = edit(taken_out, {(VU_CHAN, "population"): 2650, (LIEN_MINH, "population"): 3500})
    before = ChangeEvent.objects.count()
    preview = importing.commit(content, "du-lieu.xlsx", round_2017, by=staff, via=Via.SHEET)
    assert [(c.id, c.base, c.old, c.new) for c in preview.conflicts] == [(f"{VU_CHAN}|population", "2620", 2700, 2650)]
    assert not preview.written
    assert ChangeEvent.objects.count() == before


@pytest.mark.parametrize(("choice", "stored"), [("mine", 2650), ("theirs", 2700)])
def test_the_user_chooses_for_a_cell_or_for_all(taken_out, round_2017, staff, choice, stored):
    colleague(round_2017, VU_CHAN, population=2700)
    content = edit(taken_out, {(VU_CHAN, "population"): 2650})
    for incoming in (Incoming(settle_all=choice), Incoming(settle={f"{VU_CHAN}|population": choice})):
        preview = importing.rehearse(content, "du-lieu.xlsx", round_2017, incoming)
        assert preview.ready
    importing.commit(content, "du-lieu.xlsx", round_2017, incoming, by=staff, via=Via.SHEET)
    statistics = Commune.objects.get(code=VU_CHAN).statistics.get(year=2017)
    assert statistics.population == stored


def test_an_empty_form_changes_only_what_is_written_into_it(client_of, staff, round_2017):
    empty = b"".join(client_of(staff).get("/bao-cao/du-lieu.xlsx?nam=2017&huyen=170&trong=1"))
    preview = importing.rehearse(empty, "du-lieu.xlsx", round_2017)
    assert (preview.changes, preview.conflicts) == ([], [])


def test_a_sheet_of_one_criterion_or_group_comes_back_too(client_of, staff, round_2017):
    for query in ("tieu-chi=17", "nhom=1. Quy hoạch"):
        part = b"".join(client_of(staff).get(f"/bao-cao/du-lieu.xlsx?nam=2017&huyen=170&{query}"))
        assert importing.rehearse(part, "du-lieu.xlsx", round_2017).changes == []
    assert client_of(staff).get("/bao-cao/du-lieu.xlsx?nam=2017&tieu-chi=99").status_code == 404


def test_the_effect_on_the_figures_is_told_before_anything_is_written(taken_out, round_2017):
    content = edit(taken_out, {(LIEN_MINH, "4.2"): 90})
    effect = {row.label: (row.before, row.after) for row in importing.rehearse(content, "x.xlsx", round_2017).effect}
    assert effect["Xã đạt đủ 19 tiêu chí"] == ("66", "65")
    assert effect["Bình quân tiêu chí/xã"][0] == "15,90"


NUMBERS = {"3.1": 80, "4.2": 96, "16.1": 71}


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_random_edits_come_out_exactly_and_every_conflict_is_found(taken_out, round_2017, data):
    codes = list(
        Assessment.objects.filter(round=round_2017, commune__district__code="170").values_list(
            "commune__code", flat=True
        )
    )
    cell = st.tuples(st.sampled_from(codes), st.sampled_from(list(NUMBERS)))
    mine = data.draw(st.dictionaries(cell, st.integers(1, 59), max_size=8))
    theirs = data.draw(st.dictionaries(cell, st.integers(1, 59), max_size=8))
    content = edit(taken_out, mine)
    rows = Result.objects.filter(assessment__round=round_2017)
    for (code, key), value in theirs.items():
        rows.filter(assessment__commune__code=code, indicator__code=key).update(value=value)
    preview = importing.rehearse(content, "du-lieu.xlsx", round_2017)
    clash = {place for place in mine.keys() & theirs.keys() if mine[place] != theirs[place]}
    assert {(c.code, c.column) for c in preview.conflicts} == clash
    assert {(c.code, c.column): c.new for c in preview.changes} == {p: v for p, v in mine.items() if p not in theirs}
    for code, key in theirs:  # as it was, for the next example
        base = next(value for (c, k), value in _stamp(taken_out).items() if (c, k) == (code, key))
        rows.filter(assessment__commune__code=code, indicator__code=key).update(value=base.replace(",", "."))


def _stamp(content: bytes) -> dict[tuple[str, str], str]:
    from criteria.spreadsheets.opening import open_file

    stamp = open_file(content, "x.xlsx").stamp
    return {(code, key): text for code, row in stamp.rows.items() for key, text in zip(stamp.keys, row, strict=True)}
