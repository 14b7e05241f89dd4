"""The change log: every way of writing leaves its entries, and nobody changes one unnoticed."""

import io
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.db.models import F
from django.utils import timezone

from communes.models import Commune, YearlyStatistics
from criteria import actions
from criteria.actions import Entry
from criteria.actions.journal import log
from criteria.entry import reconciling
from criteria.entry.reconciling import Edit
from criteria.log import chain, triggers
from criteria.models import ChangeEvent, LogHead, Via
from criteria.proofs.log import tampering
from criteria.rules.verdicts import Given
from criteria.rules.workflow import Step
from tests.criteria.making import PHUC_HA, commit

pytestmark = pytest.mark.django_db

CODE = PHUC_HA[0]
TOWN = "05431"


@pytest.fixture
def phuc_ha(province):
    return Commune.objects.in_force(date(2017, 12, 31)).get(code=CODE)


@pytest.fixture
def town(province):
    return Commune.objects.in_force(date(2017, 12, 31)).get(code=TOWN)


@pytest.fixture
def added(province):
    """The entries since the test began, oldest first; the chain is sound at both ends."""
    start = LogHead.objects.get().sequence

    def since_then() -> list[ChangeEvent]:
        assert list(tampering()) == []
        return list(ChangeEvent.objects.filter(sequence__gt=start).order_by("sequence"))

    return since_then


def only(events: list[ChangeEvent]) -> ChangeEvent:
    (event,) = events
    return event


def met(text: str) -> dict:
    return {"value": text, "verdict": "met"}


@pytest.mark.parametrize("via", [Via.FORM, Via.SHEET, Via.COMMAND, Via.GRID])
def test_recorded_values_leave_one_entry_for_the_commune(round_2017, phuc_ha, staff, added, via):
    entry = Entry(phuc_ha.pk, {"population": 7010}, {"5.1": Given(Decimal(81))})
    actions.record(round_2017, [entry], by=staff, via=via, source="bieu.xlsx", reason="Nhập nhầm")
    event = only(added())
    assert event.changes == {"population": [7009, 7010], "5.1": [met("80"), met("81")]}
    assert (event.by, event.via, event.year, event.round, event.commune) == (staff, via, 2017, round_2017, phuc_ha)
    assert (event.source, event.reason) == ("bieu.xlsx", "Nhập nhầm")


def test_statistics_leave_an_entry_inside_rounds_and_outside_of_them(round_2017, phuc_ha, town, staff, added):
    values = {phuc_ha.pk: {"population": 1}, town.pk: {"population": 2}}
    actions.record_statistics(round_2017.province, 2017, values, by=staff, via=Via.ADMIN, source="NGTK")
    inside, outside = added()
    assert (inside.commune, inside.round, inside.changes) == (phuc_ha, round_2017, {"population": [7009, 1]})
    assert (outside.commune, outside.round, outside.changes["population"][1]) == (town, None, 2)


def test_every_step_leaves_an_entry_for_each_commune(round_2017, phuc_ha, staff, leader, added):
    actions.move(round_2017, [phuc_ha.pk], Step.SUBMIT, by=staff)
    actions.move(round_2017, [phuc_ha.pk], Step.APPROVE, by=leader)
    actions.move(round_2017, [phuc_ha.pk], Step.SEND_BACK, by=leader, reason="Thiếu biên bản")
    steps = [(event.changes["state"], event.by, event.reason) for event in added()]
    assert steps == [
        (["draft", "submitted"], staff, ""),
        (["submitted", "approved"], leader, ""),
        (["approved", "returned"], leader, "Thiếu biên bản"),
    ]
    assert {event.via for event in added()} == {Via.STEP}


def test_closing_and_reopening_a_year_leave_an_entry_for_the_round(round_2017, leader, added):
    actions.close_year(round_2017, by=leader, reason="Hết kỳ")
    actions.reopen_year(round_2017, by=leader, reason="Kiểm tra lại")
    entries = [(event.round, event.commune, event.changes, event.reason) for event in added()]
    assert entries == [
        (round_2017, None, {"closed": [False, True]}, "Hết kỳ"),
        (round_2017, None, {"closed": [True, False]}, "Kiểm tra lại"),
    ]


def test_an_accepted_warning_leaves_an_entry(round_2017, phuc_ha, staff, added):
    actions.accept(round_2017, {(CODE, "5.1"): "Chênh lớn."}, by=staff, via=Via.GRID)
    event = only(added())
    assert (event.commune, event.changes, event.via) == (phuc_ha, {"5.1!": [None, "Chênh lớn."]}, Via.GRID)


def test_an_imported_sheet_leaves_an_entry_with_its_name(round_2017, phuc_ha, staff, added):
    commit(round_2017, ["code", "5.1"], [CODE, "81"], by=staff)
    event = only(added())
    assert (event.via, event.source, event.by, event.commune) == (Via.SHEET, "bieu.csv", staff, phuc_ha)
    assert event.changes == {"5.1": [met("80"), met("81")]}


def test_an_import_by_command_leaves_an_entry_without_a_person(round_2017, tmp_path, added):
    file = tmp_path / "lenh.csv"
    file.write_text(f"code,5.1\n{CODE},81\n", encoding="utf-8")
    call_command("import_sheet", file, year=2017, commit=True, reason="Có số liệu chính thức", stdout=io.StringIO())
    event = only(added())
    assert (event.by, event.via, event.source, event.reason) == (
        None, Via.COMMAND, "lenh.csv", "Có số liệu chính thức",
    )  # fmt: skip


@pytest.mark.parametrize("via", [Via.GRID, Via.FORM])
def test_typed_cells_leave_an_entry(round_2017, phuc_ha, staff, added, via):
    edits = [Edit(CODE, "5.1", "80", "81"), Edit(CODE, "population", "7009", "sai"), Edit(CODE, "3.1", "cũ", "60")]
    saved = reconciling.save(round_2017, edits, by=staff, via=via)
    assert [outcome.status for outcome in saved.outcomes] == ["saved", "invalid", "conflict"]
    event = only(added())
    assert (event.via, event.by, event.changes) == (via, staff, {"5.1": [met("80"), met("81")]})


def test_undoing_a_cell_leaves_a_second_entry(round_2017, phuc_ha, staff, added):
    reconciling.save(round_2017, [Edit(CODE, "5.1", "80", "81")], by=staff, via=Via.GRID)
    reconciling.save(round_2017, [Edit(CODE, "5.1", "81", "80")], by=staff, via=Via.GRID)
    there, back = added()
    assert there.changes["5.1"] == back.changes["5.1"][::-1]


def test_a_save_in_the_admin_leaves_an_entry(round_2017, phuc_ha, admin, client_of, added):
    row = YearlyStatistics.objects.get(commune=phuc_ha, year=2017)
    fields = ("households", "poor_households", "income", "status", "source")
    form = {name: getattr(row, name) for name in fields} | {"population": 7010, "commune": row.commune_id, "year": 2017}
    answer = client_of(admin).post(f"/quan-tri/communes/yearlystatistics/{row.pk}/change/", form)
    assert answer.status_code == 302
    event = only(added())
    assert (event.by, event.via, event.changes) == (admin, Via.ADMIN, {"population": [7009, 7010]})


@pytest.mark.parametrize(
    "statement",
    [
        f"UPDATE {triggers.TABLE} SET reason = 'khác'",
        f"UPDATE {triggers.TABLE} SET hash = hash WHERE sequence = 1",
        f"DELETE FROM {triggers.TABLE} WHERE sequence = 1",
        f"DELETE FROM {triggers.TABLE}",
    ],
)
def test_the_database_refuses_to_change_or_remove_an_entry(province, statement):
    before = list(ChangeEvent.objects.values())
    with pytest.raises(DatabaseError, match=triggers.MESSAGE), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert list(ChangeEvent.objects.values()) == before


def test_the_orm_cannot_get_round_the_triggers(province):
    last = ChangeEvent.objects.first()
    for attempt in (last.delete, last.save, ChangeEvent.objects.filter(pk=last.pk).delete):
        with pytest.raises(DatabaseError, match=triggers.MESSAGE), transaction.atomic():
            attempt()


@pytest.fixture
def entries(province):
    """The log without its guard, as somebody with the database's password would have it."""
    connection.check_constraints()  # PostgreSQL: nothing may be pending when a trigger goes
    triggers.drop(connection)
    yield ChangeEvent.objects.order_by("sequence")
    connection.check_constraints()
    triggers.create(connection)


@pytest.fixture
def verified():
    """``verified()``: what ``verify_log`` prints of breaks, and its exit code."""

    def run() -> tuple[list[str], int]:
        out = io.StringIO()
        try:
            call_command("verify_log", stdout=out)
        except SystemExit as end:
            code = end.code
        else:
            code = 0
        *lines, _head, count = out.getvalue().splitlines()
        assert count == f"{len(lines)} chỗ khác."
        return lines, code

    return run


def test_an_untouched_log_holds(province, verified):
    assert verified() == ([], 0)
    assert ChangeEvent.objects.count() == LogHead.objects.get().sequence > 1000


def test_an_empty_log_holds(entries, verified):
    entries.delete()
    LogHead.objects.all().delete()
    assert verified() == ([], 0)


@pytest.mark.parametrize(
    "altered",
    [
        {"reason": "Bịa"},
        {"source": "khac.csv"},
        {"via": Via.ADMIN},
        {"by": None},
        {"year": 2018},
        {"commune": None},
        {"round": None},
        {"at": F("at") + timedelta(microseconds=1)},
        {"changes": {"5.1": [None, {"value": "99", "verdict": "met"}]}},
    ],
)
def test_an_altered_entry_is_found(entries, verified, altered):
    assert entries.filter(sequence=40).update(**altered)
    assert verified() == (["Bản ghi số 40 đã bị sửa."], 1)


def test_one_altered_digit_is_found(entries, verified):
    event = entries.get(sequence=40)
    key = next(key for key, pair in event.changes.items() if isinstance(pair[1], dict) and "value" in pair[1])
    event.changes[key][1]["value"] += "1"
    event.save()
    assert verified() == (["Bản ghi số 40 đã bị sửa."], 1)


def test_an_altered_entry_with_a_fitting_hash_is_found_at_the_next_one(entries, verified):
    event = entries.get(sequence=40)
    event.reason = "Bịa"
    event.hash = chain.link(event.previous, 40, vars(event))
    event.save()
    assert verified() == (["Bản ghi số 41 không nối với bản ghi trước nó."], 1)


def test_a_removed_entry_is_found(entries, verified):
    entries.filter(sequence=40).delete()
    expected = ["Thiếu bản ghi từ số 40 đến số 40.", "Bản ghi số 41 không nối với bản ghi trước nó."]
    assert verified() == (expected, 1)


def test_a_removed_last_entry_is_found(entries, verified):
    last = LogHead.objects.get().sequence
    entries.filter(sequence=last).delete()
    (line,), code = verified()
    assert code == 1
    assert line.startswith(f"Nhật ký kết thúc ở số {last - 1}, sổ gốc ghi số {last}")


def test_an_emptied_log_is_found(entries, verified):
    entries.delete()
    (line,), code = verified()
    assert code == 1
    assert line.startswith("Nhật ký kết thúc ở số 0")


def test_an_entry_added_past_the_actions_is_found(entries, verified):
    last = entries.last()
    last.pk, last.previous = None, last.hash
    last.sequence += 1
    last.hash = chain.link(last.previous, last.sequence, vars(last))
    last.save(force_insert=True)
    (line,), code = verified()
    assert code == 1
    assert line.startswith(f"Nhật ký kết thúc ở số {last.sequence}")


def test_an_entry_inserted_in_the_middle_is_found(entries, verified):
    entries.filter(sequence__gt=40).update(sequence=F("sequence") + 100_000)
    entries.filter(sequence__gt=40).update(sequence=F("sequence") - 100_000 + 1)
    false = entries.get(sequence=40)
    false.pk, false.sequence, false.previous = None, 41, false.hash
    false.hash = chain.link(false.previous, 41, vars(false))
    false.save(force_insert=True)
    lines, code = verified()
    assert code == 1
    assert lines[0] == "Bản ghi số 42 không nối với bản ghi trước nó."


def test_swapped_entries_are_found(entries, verified):
    for old, new in ((40, 1_000_000), (41, 40), (1_000_000, 41)):
        entries.filter(sequence=old).update(sequence=new)
    lines, code = verified()
    assert code == 1
    assert {"Bản ghi số 40 đã bị sửa.", "Bản ghi số 41 đã bị sửa."} <= set(lines)


@pytest.mark.parametrize("altered", [{"sequence": 7}, {"hash": chain.START}, {"sequence": 0, "hash": chain.START}])
def test_an_altered_head_is_found(province, verified, altered):
    LogHead.objects.update(**altered)
    (line,), code = verified()
    assert code == 1
    assert line.startswith("Nhật ký kết thúc ở số")


def test_a_head_that_is_gone_is_found(province, verified):
    LogHead.objects.all().delete()
    assert verified()[1] == 1


def test_the_log_is_verified_in_one_query(province, django_assert_num_queries):
    with django_assert_num_queries(1):
        assert list(tampering()) == []


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("time", ["first", "second"])
def test_after_a_test_with_real_commits_the_log_is_as_it_was_and_guarded(time):
    """Or the second would find the entry of the first, or no trigger."""
    assert not ChangeEvent.objects.filter(year=1999).exists()
    with transaction.atomic():
        log([ChangeEvent(at=timezone.now(), via=Via.COMMAND, year=1999)])
    assert list(tampering()) == []
    with pytest.raises(DatabaseError, match=triggers.MESSAGE):
        ChangeEvent.objects.all().delete()
