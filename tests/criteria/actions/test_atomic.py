"""Each action of the writer: whole or not at all, behind its locks, by whom it is for."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from communes.models import Commune, YearlyStatistics
from criteria import actions
from criteria.actions import Entry
from criteria.models import Assessment, AssessmentRound, ChangeEvent, LogHead, Result, Upload, Via
from criteria.rules.verdicts import Given
from criteria.rules.workflow import NotAllowed, Step

pytestmark = pytest.mark.django_db
PHUC_HA, PHUC_XUAN = "05485", "05488"
SCHOOLS = {"5.1": Given(Decimal(60))}


def pk_of(code) -> int:
    return Commune.objects.in_force(date(2017, 12, 31)).get(code=code).pk


def everything() -> list:
    models = (AssessmentRound, Assessment, Result, YearlyStatistics, ChangeEvent, LogHead, Upload)
    return [list(model.objects.order_by("pk").values_list()) for model in models]


def open_next(round, staff, leader):
    actions.open_round(round.province, round.criteria_set, date(2019, 12, 31), by=staff)


def submit(round, staff, leader):
    actions.move(round, [pk_of(PHUC_HA), pk_of(PHUC_XUAN)], Step.SUBMIT, by=staff, reason="Đủ hồ sơ")


def close(round, staff, leader):
    actions.close_year(round, by=leader, reason="Hết kỳ")


def reopen(round, staff, leader):
    AssessmentRound.objects.filter(pk=round.pk).update(closed_at="2018-02-01T00:00:00Z")
    actions.reopen_year(round, by=leader, reason="Có số chính thức")


def announce(round, staff, leader):
    actions.announce(round, "Báo cáo năm", by=leader)


def record(round, staff, leader):
    actions.record(round, [Entry(pk_of(PHUC_HA), {"population": 1}, SCHOOLS)], by=staff, via=Via.FORM)


def accept(round, staff, leader):
    actions.accept(round, {(PHUC_HA, "5.1"): "Giảm nhiều"}, by=staff, via=Via.FORM)


def record_statistics(round, staff, leader):
    """Of an assessed commune, then of a township, which no round contains: two writes and two entries."""
    values = {pk_of(PHUC_HA): {"income": Decimal(20)}, pk_of("05431"): {"income": Decimal(50)}}
    actions.record_statistics(round.province, 2017, values, by=staff, via=Via.COMMAND)


ACTIONS = [open_next, submit, close, reopen, announce, record, accept, record_statistics]


class Fault(Exception):
    pass


@pytest.mark.parametrize("act", ACTIONS)
def test_a_fault_at_the_last_write_of_an_action_leaves_nothing_of_it(round_2017, staff, leader, monkeypatch, act):
    """The head of the log is what an action writes last, or last but for the next part of it."""
    if act is reopen:
        AssessmentRound.objects.filter(pk=round_2017.pk).update(closed_at="2018-02-01T00:00:00Z")
    before, store, saves = everything(), LogHead.save, []
    last = 2 if act is record_statistics else 1

    def break_at_the_last(head, *args, **options):
        saves.append(head)
        if len(saves) == last:
            raise Fault
        return store(head, *args, **options)

    monkeypatch.setattr(LogHead, "save", break_at_the_last)
    with pytest.raises(Fault):
        act(round_2017, staff, leader)
    assert everything() == before


@pytest.fixture
def statements(monkeypatch):
    """``statements(act, …)``: what it asks of the database. SQLite says its locks in comments."""
    if not connection.features.has_select_for_update:
        monkeypatch.setattr(connection.features, "has_select_for_update", True)
        monkeypatch.setattr(connection.features, "has_select_for_update_of", True)
        monkeypatch.setattr(connection.ops, "for_update_sql", lambda **_: "/* FOR UPDATE */")

    def told(act, *given) -> list[str]:
        with CaptureQueriesContext(connection) as queries:
            act(*given)
        return [query["sql"] for query in queries]

    return told


def first(found: list[str], *words: str) -> int:
    return next(number for number, sql in enumerate(found) if all(word in sql for word in words))


@pytest.mark.parametrize(
    ("act", "table"),
    [
        (submit, "criteria_assessment"),
        (close, "criteria_assessment"),
        (record, "criteria_assessment"),
        (accept, "criteria_assessment"),
        (record_statistics, "criteria_assessment"),
    ],
)
def test_the_rows_are_locked_before_it_is_asked_whether_the_round_is_open(
    round_2017, staff, leader, statements, act, table
):
    """Else a save could ask, wait for the closing of the year, and write into the closed year."""
    found = statements(act, round_2017, staff, leader)
    locked = first(found, f'FROM "{table}"', "FOR UPDATE")
    asked = first(found, "closed_at", "IS NOT NULL")
    written = min(number for number, sql in enumerate(found) if sql.startswith(("INSERT", "UPDATE")))
    assert locked < asked < written


@pytest.mark.parametrize("act", ACTIONS)
def test_the_head_of_the_log_is_locked_before_an_entry_is_chained_to_it(round_2017, staff, leader, statements, act):
    found = statements(act, round_2017, staff, leader)
    assert first(found, 'FROM "criteria_loghead"', "FOR UPDATE") < first(found, 'INSERT INTO "criteria_changeevent"')


def test_an_upload_is_locked_while_it_is_taken(round_2017, staff, leader, statements):
    """In a transaction also of its own: without one PostgreSQL would refuse the lock."""
    upload = actions.keep(b"", "bieu.xlsx", round_2017, by=staff)
    begun, asked, done = statements(actions.take, upload)
    assert "FOR UPDATE" in asked
    assert (begun.split()[0], done.split()[0]) == ("SAVEPOINT", "RELEASE")


def closed_meanwhile(round) -> AssessmentRound:
    """The round as somebody read it before another closed it."""
    AssessmentRound.objects.filter(pk=round.pk).update(closed_at="2018-02-01T00:00:00Z")
    assert round.closed_at is None
    return round


@pytest.mark.parametrize("act", [submit, close, record, accept, record_statistics])
def test_nothing_moves_in_a_round_that_was_closed_meanwhile(round_2017, staff, leader, act):
    round = closed_meanwhile(round_2017)
    before = everything()
    with pytest.raises(ValidationError, match="đã khóa"):
        act(round, staff, leader)
    assert everything() == before


@pytest.mark.parametrize("act", [open_next, submit, close, reopen])
def test_an_action_asks_itself_for_the_right_of_who_acts(round_2017, viewer, act):
    with pytest.raises(NotAllowed, match="Vai trò"):
        act(round_2017, viewer, viewer)
