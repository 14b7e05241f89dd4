"""What must not move does not: each action against a closed year and a locked commune, and the rows it waits for.

Each case does what would be done if nobody asked about the state: the same act goes through where the state lets it.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import date
from decimal import Decimal
from types import SimpleNamespace
from unittest.mock import patch

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import connection, models
from django.utils import timezone

from communes.models import Arrears, Department, District, DistrictRecognition, Funding, Recognition, YearlyStatistics
from criteria import actions
from criteria.actions import Entry, decisions
from criteria.actions import money as ledger
from criteria.dossier import actions as appraisal
from criteria.dossier.actions import Said
from criteria.intake import importing
from criteria.models import Assessment, Upload, Via
from criteria.rules.verdicts import Given
from criteria.rules.workflow import NotAllowed, State, Step
from tests.criteria.making import HEADINGS, PDF, PHUC_HA, csv_file

pytestmark = pytest.mark.django_db
CODE, YEAR, WHY = PHUC_HA[0], 2017, "Nhập nhầm"
DAY = date(2018, 3, 1)
CELL = {"4.2": Given(value=Decimal("12.5"))}
WAITS = re.compile(r" FOR UPDATE.*$", re.S)


@pytest.fixture
def cast(round_2017, staff, leader):
    """A commune of the open year with a paper, and who acts on it."""
    assessment = round_2017.assessments.get(commune__code=CODE)
    Recognition.objects.of_place(assessment.commune.place_id).update(revoked_on=date(2016, 1, 1))
    return SimpleNamespace(
        round=round_2017, row=assessment, commune=assessment.commune, staff=staff, leader=leader,
        paper=appraisal.attach(assessment, PDF, "bien-ban.pdf", "Biên bản", by=staff),
        department=Department.objects.filter(province=None).first(),
        upload=actions.keep(b"x", "bieu.csv", round_2017, by=staff),
    )  # fmt: skip


def put(cast, state: State) -> None:
    cast.round.assessments.update(state=state)


def close(cast) -> None:
    """As ``close_year`` leaves it, whoever holds a round that was read before."""
    type(cast.round).objects.filter(pk=cast.round.pk).update(closed_at=timezone.now())


def move(step: Step) -> Callable:
    def act(cast):
        by = cast.staff if step == Step.SUBMIT else cast.leader
        return actions.move(cast.round, [cast.row.commune_id], step, by=by, reason=WHY)

    return act


def record(cast, reason=""):
    entries = [Entry(cast.row.commune_id, {"population": 4321}, CELL)]
    return actions.record(cast.round, entries, by=cast.staff, via=Via.GRID, reason=reason)


def accept(cast):
    actions.accept(cast.round, {(CODE, "4.2"): "Số khác năm trước"}, by=cast.staff, via=Via.GRID)


def record_statistics(cast):
    values = {cast.row.commune_id: {"population": 4321}}
    return actions.record_statistics(cast.round.province, YEAR, values, by=cast.staff, via=Via.ADMIN)


def bring_in(cast):
    sheet = csv_file([*HEADINGS, "4.2"], [*PHUC_HA, "12,5"])
    return importing.commit(sheet, "bieu.csv", cast.round, by=cast.staff, via=Via.SHEET)


def give_opinion(cast):
    return appraisal.give_opinions(cast.row, [Said(5, cast.department.pk, True)], by=cast.staff)


def attach(cast):
    return appraisal.attach(cast.row, PDF + b"%", "anh.pdf", "Ảnh", by=cast.staff)


def withdraw(cast):
    appraisal.withdraw(cast.paper, by=cast.staff)


def save_statistics(cast):
    row = YearlyStatistics.objects.get(commune=cast.row.commune_id, year=YEAR)
    row.population = 4321
    decisions.save_statistics(row, cast.staff)


def _decision(cast) -> Recognition:
    return Recognition(
        commune=cast.commune, counts_for_year=YEAR, decision_number="7/QĐ", decided_on=DAY, criteria_set="1980/QĐ-TTg"
    )


def save_recognition(cast):
    decisions.save_recognition(_decision(cast), cast.staff)


def save_district_recognition(cast):
    district = District.objects.get(code="173")
    row = DistrictRecognition(district=district, title="dat_chuan", counts_for_year=YEAR, decision_number="8/QĐ")
    decisions.save_district_recognition(row, cast.staff)


def save_funding(cast):
    row = Funding(commune=cast.commune, year=YEAR, source="other", planned=10, allocated=10, disbursed=5)
    ledger.save_funding(row, cast.staff)


def save_arrears(cast):
    row = Arrears(commune=cast.commune, work="Đường", value=10, paid=5, as_of=date(2017, 12, 31))
    ledger.save_arrears(row, cast.staff)


def close_year(cast):
    actions.close_year(cast.round, by=cast.leader, reason=WHY)


def reopen_year(cast):
    actions.reopen_year(cast.round, by=cast.leader, reason=WHY)


def take(cast):
    return actions.take(cast.upload)


ACTS = {
    "nộp": move(Step.SUBMIT), "duyệt": move(Step.APPROVE), "trả lại": move(Step.SEND_BACK), "ghi": record,
    "chấp nhận cảnh báo": accept, "số liệu thống kê": record_statistics, "nạp tệp": bring_in,
    "ý kiến": give_opinion, "đính kèm": attach, "rút minh chứng": withdraw,
    "số liệu thống kê từng dòng": save_statistics,
    "quyết định": save_recognition, "quyết định cấp huyện": save_district_recognition, "nguồn lực": save_funding,
    "nợ đọng": save_arrears, "khóa năm": close_year,
}  # fmt: skip
STARTS = {"duyệt": State.SUBMITTED, "trả lại": State.APPROVED}
LOCKED = (record, record_statistics, save_statistics)


def stored() -> dict[str, list]:
    """What stands in every table that an action writes; the cells of one commune stand for those of all."""
    found = {}
    for model in apps.get_models():
        if model._meta.app_label not in {"communes", "criteria"} or model._meta.model_name == "session":
            continue
        rows = model._base_manager.order_by("pk")
        rows = rows.filter(assessment__commune__code=CODE) if model._meta.model_name == "result" else rows
        names = [f.attname for f in model._meta.concrete_fields if not isinstance(f, models.BinaryField)]
        if model._meta.model_name == "changeevent":
            names = ["sequence", "hash"]
        found[model._meta.label] = list(rows.values_list(*names))
    return found


def refused(act: Callable, cast) -> str:
    """The words of the refusal, which leaves everything as it was."""
    before = stored()
    with pytest.raises((ValidationError, NotAllowed)) as error:
        act(cast)
    assert stored() == before
    return " ".join(getattr(error.value, "messages", [str(error.value)]))


@pytest.mark.parametrize("name", ACTS)
def test_what_an_open_year_takes_a_closed_one_refuses_whole(cast, name):
    """Closed by somebody else, after this officer's page had read the round as open."""
    put(cast, STARTS.get(name, State.DRAFT))
    close(cast)
    assert "đã khóa" in refused(ACTS[name], cast)


@pytest.mark.parametrize("name", ACTS)
def test_an_open_year_takes_it_and_tells_it_in_the_log(cast, name):
    """So that the refusal above is of the closing, and of nothing else."""
    put(cast, STARTS.get(name, State.DRAFT))
    before = stored()
    ACTS[name](cast)
    after = stored()
    assert len(after["criteria.ChangeEvent"]) == len(before["criteria.ChangeEvent"]) + 1
    assert {label for label in after if after[label] != before[label]} > {"criteria.ChangeEvent", "criteria.LogHead"}


@pytest.mark.parametrize("act", LOCKED)
@pytest.mark.parametrize(("state", "words"), [(State.SUBMITTED, "chờ duyệt"), (State.APPROVED, "sửa cần ghi lý do")])
def test_figures_that_are_submitted_or_approved_do_not_move(cast, act, state, words):
    """A record of the administration brings the reason that it is official; nothing moves what waits for approval."""
    put(cast, state)
    if act is save_statistics and state == State.APPROVED:
        act(cast)
        assert YearlyStatistics.objects.get(commune=cast.row.commune_id, year=YEAR).population == 4321
    else:
        assert words in refused(act, cast)


def test_an_approved_figure_moves_with_a_reason_and_a_submitted_one_not_even_so(cast):
    put(cast, State.APPROVED)
    assert record(cast, WHY) == 2
    put(cast, State.SUBMITTED)
    assert "chờ duyệt" in refused(lambda cast: actions.record(
        cast.round, [Entry(cast.row.commune_id, {"population": 5}, {})], by=cast.staff, via=Via.GRID, reason=WHY
    ), cast)  # fmt: skip


@pytest.mark.parametrize("state", [State.SUBMITTED, State.APPROVED])
def test_one_locked_commune_refuses_all_of_a_save(cast, state):
    other = cast.round.assessments.exclude(pk=cast.row.pk).first()
    Assessment.objects.filter(pk=cast.row.pk).update(state=state)
    entries = [Entry(row.commune_id, {"population": 4321}, CELL) for row in (other, cast.row)]
    refused(lambda cast: actions.record(cast.round, entries, by=cast.staff, via=Via.GRID), cast)


MOVES = {
    Step.SUBMIT: {State.DRAFT, State.RETURNED},
    Step.APPROVE: {State.SUBMITTED},
    Step.SEND_BACK: {State.SUBMITTED, State.APPROVED},
}


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("step", MOVES)
def test_a_step_is_taken_from_its_states_and_from_no_other(cast, step, state):
    """One commune that is not ready keeps all of them: the others are in the state the step asks for."""
    put(cast, next(iter(MOVES[step])))
    Assessment.objects.filter(pk=cast.row.pk).update(state=state)
    every = [*cast.round.assessments.values_list("commune_id", flat=True)[:5], cast.row.commune_id]
    by = cast.staff if step == Step.SUBMIT else cast.leader
    if state in MOVES[step]:
        assert actions.move(cast.round, every, step, by=by, reason=WHY) == len(set(every))
    else:
        assert "Không thể" in refused(lambda cast: actions.move(cast.round, every, step, by=by, reason=WHY), cast)


NOT_THEIRS = {
    move(Step.SUBMIT): "leader", move(Step.APPROVE): "staff", move(Step.SEND_BACK): "staff", close_year: "staff",
    reopen_year: "staff",
}  # fmt: skip


@pytest.mark.parametrize(("act", "who"), NOT_THEIRS.items())
def test_a_step_is_not_taken_by_who_has_no_right_to_it(cast, act, who):
    if act is reopen_year:
        close(cast)
    cast.staff = cast.leader = getattr(cast, who)
    assert "Vai trò" in refused(act, cast)


def test_a_year_is_reopened_once_and_only_from_closed(cast):
    assert "chưa khóa" in refused(reopen_year, cast)
    close(cast)
    reopen_year(cast)
    assert "chưa khóa" in refused(reopen_year, cast)


def test_what_was_done_once_is_refused_the_second_time(cast, staff):
    withdraw(cast)
    assert "đã được rút" in refused(withdraw, cast)
    Upload.objects.filter(pk=cast.upload.pk).update(committed_at=timezone.now())
    assert "đã được ghi" in refused(take, cast)
    decision = Recognition.objects.filter(revoked_on=None, counts_for_year__lte=2016).first()
    Recognition.objects.filter(pk=decision.pk).update(revoked_on=DAY)

    def revoke(cast):
        appraisal.revoke(decision, "9/QĐ", DAY, WHY, by=staff)

    assert "đã được thu hồi" in refused(revoke, cast)


def test_a_revocation_does_not_reach_back_into_a_closed_year(cast, staff):
    decision = Recognition.objects.filter(
        revoked_on=None, counts_for_year__lte=2015, decided_on__lt="2016-01-01"
    ).first()
    day = date(2016, 6, 1)
    assert "2016 đã khóa" in refused(lambda cast: appraisal.revoke(decision, "9/QĐ", day, WHY, by=staff), cast)


@contextmanager
def statements() -> Iterator[list[str]]:
    """What is sent to the database, with the locks it asks for; SQLite, which has none, is not sent their words."""
    seen: list[str] = []

    def note(execute, sql, params, many, context):
        seen.append(sql)
        return execute(sql if connection.vendor == "postgresql" else WAITS.sub("", sql), params, many, context)

    with ExitStack() as stack:
        for feature in ("has_select_for_update", "has_select_for_update_of"):
            stack.enter_context(patch.object(connection.features, feature, True))
        stack.enter_context(connection.execute_wrapper(note))
        yield seen


def held(seen: list[str], table: str) -> int | None:
    """Which statement locks rows of a table: its place among all, None without one."""
    found = (place for place, sql in enumerate(seen) if f'FROM "{table}"' in sql and WAITS.search(sql))
    return next(found, None)


def asked_whether_closed(seen: list[str]) -> int | None:
    """Where it was asked last; a sheet is also refused before it is read."""
    found = [place for place, sql in enumerate(seen) if '"closed_at" IS NOT NULL' in sql and "SELECT" in sql]
    return max(found, default=None)


ASSESSMENTS = (*("nộp", "duyệt", "trả lại", "ghi", "chấp nhận cảnh báo", "số liệu thống kê", "nạp tệp"),
               *("ý kiến", "đính kèm", "rút minh chứng", "khóa năm"))  # fmt: skip


@pytest.mark.parametrize("name", ASSESSMENTS)
def test_the_rows_are_locked_before_it_is_asked_whether_the_year_is_closed(cast, name):
    """Closing locks the same rows: who asks first and locks later writes into a year that was closed in between."""
    put(cast, STARTS.get(name, State.DRAFT))
    with statements() as seen:
        ACTS[name](cast)
    lock, asked = held(seen, "criteria_assessment"), asked_whether_closed(seen)
    assert lock is not None
    assert asked is not None
    assert lock < asked


def _saved_again(model: type[models.Model], save: Callable) -> Callable:
    def act(cast):
        save(model.objects.filter(**SAVED.get(model, {})).first(), cast.staff)

    return act


SAVED = {Recognition: {"counts_for_year": 2017}}
OWN_ROW = {
    "communes_funding": _saved_again(Funding, ledger.save_funding),
    "communes_recognition": _saved_again(Recognition, decisions.save_recognition),
    "criteria_evidence": withdraw,
    "criteria_upload": take,
    "criteria_loghead": record,
}


@pytest.mark.parametrize("table", OWN_ROW)
def test_a_row_that_is_changed_is_locked_when_it_is_read(cast, table):
    """Two who change it at once would each see it as it was, and the log would tell one change as two."""
    with statements() as seen:
        OWN_ROW[table](cast)
    assert held(seen, table) is not None


def test_every_action_is_one_transaction():
    """What an action wrote before it stopped is taken back with it."""
    told = [
        *(getattr(actions, name) for name in ("accept", "announce", "close_year", "move", "open_round", "record")),
        *(getattr(actions, name) for name in ("record_statistics", "reopen_year", "take")),
        *(appraisal.attach, appraisal.give_opinions, appraisal.recognise, appraisal.revoke, appraisal.withdraw),
        *(decisions.save_recognition, decisions.save_district_recognition, ledger._save, ledger.note_loaded),
    ]
    assert [act.__name__ for act in told if not hasattr(act, "__wrapped__")] == []


LOGS = {
    "criteria.actions.steps": ("nộp", "duyệt", "khóa năm"),
    "criteria.actions.recording": ("ghi", "chấp nhận cảnh báo"),
    "criteria.dossier.actions": ("ý kiến", "đính kèm", "rút minh chứng"),
    "criteria.actions.decisions": ("quyết định",),
    "criteria.actions.money": ("nguồn lực", "nợ đọng"),
}


@pytest.mark.parametrize(("module", "name"), [(module, name) for module, names in LOGS.items() for name in names])
def test_what_cannot_be_told_in_the_log_is_not_done(cast, module, name):
    put(cast, STARTS.get(name, State.DRAFT))
    before = stored()
    with patch(f"{module}.log", side_effect=ValidationError("Nhật ký không ghi được.")), pytest.raises(ValidationError):
        ACTS[name](cast)
    changed = {label for label, rows in stored().items() if rows != before[label]}
    assert changed == set()


def test_the_table_of_acts_knows_every_writer():
    """A writer that is new has its place here, or is named among those whose states are other ones."""
    apart = {"open_round", "reopen_year", "announce", "take", "finish", "keep", "derive", "project", "unexplained",
             "with_statistics", "require_open", "Entry", "move", "close_year"}  # fmt: skip
    assert set(actions.__all__) - apart == {"accept", "record", "record_statistics"}
