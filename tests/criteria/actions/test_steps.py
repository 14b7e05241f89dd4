"""The steps of a round and of its communes, and what is stored, said and refused on the way."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from communes.models import Commune, YearlyStatistics
from criteria import actions
from criteria.actions import Entry
from criteria.actions.journal import aside
from criteria.models import Assessment, AssessmentRound, ChangeEvent, CriteriaSet, LogHead, Result, Upload, Via
from criteria.rules.verdicts import Given
from criteria.rules.workflow import NotAllowed, State, Step

pytestmark = pytest.mark.django_db
PHUC_HA, PHUC_XUAN, QUYET_THANG = "05485", "05488", "05491"
SCHOOLS = {"5.1": Given(Decimal(60))}


def pk_of(code) -> int:
    return Commune.objects.in_force(date(2017, 12, 31)).get(code=code).pk


def assessment(round, code) -> Assessment:
    return Assessment.objects.get(round=round, commune__code=code)


def everything() -> list:
    models = (AssessmentRound, Assessment, Result, YearlyStatistics, ChangeEvent, LogHead, Upload)
    return [list(model.objects.order_by("pk").values_list()) for model in models]


def last_event() -> ChangeEvent:
    return ChangeEvent.objects.order_by("sequence").last()


def test_an_upload_that_was_written_meanwhile_is_not_taken(round_2017, staff):
    upload = actions.keep(b"", "bieu.xlsx", round_2017, by=staff)
    other = Upload.objects.get(pk=upload.pk)
    actions.finish(actions.take(other), {"changed": 1}, "Nhập nhầm")
    assert upload.committed_at is None
    with pytest.raises(ValidationError, match="đã được ghi"):
        actions.take(upload)
    upload.refresh_from_db()
    assert (upload.counts, upload.reason) == ({"changed": 1}, "Nhập nhầm")


@pytest.mark.parametrize(
    ("sent", "kept"),
    [("bieu.xlsx", "bieu.xlsx"), ("../../etc/bieu.xlsx", "bieu.xlsx"), ("x" * 300 + ".xlsx", "x" * 195 + ".xlsx")],
)
def test_the_end_of_a_long_file_name_is_kept_and_no_folder(round_2017, staff, sent, kept):
    assert actions.keep(b"", sent, round_2017, by=staff).filename == kept


def test_a_commune_with_criteria_open_is_submitted_only_for_a_reason(round_2018, staff):
    codes = [pk_of(PHUC_HA)]
    with pytest.raises(NotAllowed) as refusal:
        actions.move(round_2018, codes, Step.SUBMIT, by=staff)
    assert "Phúc Hà còn tiêu chí chưa có số liệu" in str(refusal.value)
    assert actions.move(round_2018, codes, Step.SUBMIT, by=staff, reason="Chưa đo 18.1") == 1
    assert last_event().reason == "Chưa đo 18.1"


def test_what_was_submitted_with_criteria_open_is_approved_without_another_reason(round_2018, staff, leader):
    codes = [pk_of(PHUC_HA)]
    actions.move(round_2018, codes, Step.SUBMIT, by=staff, reason="Chưa đo 18.1")
    assert actions.move(round_2018, codes, Step.APPROVE, by=leader) == 1


def test_a_year_is_closed_without_a_reason_although_another_is_still_being_entered(round_2017, round_2018, leader):
    round_2017.assessments.update(state=State.APPROVED)
    actions.close_year(round_2017, by=leader)
    assert round_2017.closed_at is not None


@pytest.mark.parametrize(("codes", "more"), [((PHUC_HA, PHUC_XUAN), 1), ((PHUC_HA, PHUC_XUAN, QUYET_THANG), 2)])
def test_the_others_with_criteria_open_are_counted(round_2018, staff, codes, more):
    with pytest.raises(NotAllowed, match=f"Phúc Hà và {more} xã khác còn tiêu chí"):
        actions.move(round_2018, map(pk_of, codes), Step.SUBMIT, by=staff)


def test_only_a_commune_with_every_criterion_known_is_submitted_without_a_reason(round_2017, staff):
    assert actions.move(round_2017, [pk_of(PHUC_HA)], Step.SUBMIT, by=staff) == 1
    every = assessment(round_2017, PHUC_HA).known_mask
    Assessment.objects.filter(round=round_2017, commune__code=PHUC_XUAN).update(known_mask=every & ~(1 << 18))
    with pytest.raises(NotAllowed, match="Phúc Xuân còn"):
        actions.move(round_2017, [pk_of(PHUC_XUAN)], Step.SUBMIT, by=staff)


def test_only_the_communes_of_the_round_that_were_named_are_moved(round_2016, round_2017, staff):
    before = list(Assessment.objects.filter(round=round_2016).order_by("pk").values_list("state"))
    assert actions.move(round_2017, [pk_of(PHUC_HA), 0], Step.SUBMIT, by=staff) == 1
    moved = Assessment.objects.filter(round=round_2017).exclude(state=State.DRAFT)
    assert [row.commune_id for row in moved] == [pk_of(PHUC_HA)]
    assert list(Assessment.objects.filter(round=round_2016).order_by("pk").values_list("state")) == before


def test_why_a_commune_was_sent_back_stands_there_until_it_is_submitted_again(round_2017, staff, leader):
    actions.move(round_2017, [pk_of(PHUC_HA)], Step.SUBMIT, by=staff)
    assert assessment(round_2017, PHUC_HA).returned_because == ""
    with pytest.raises(NotAllowed, match="cần ghi lý do"):
        actions.move(round_2017, [pk_of(PHUC_HA)], Step.SEND_BACK, by=leader)
    actions.move(round_2017, [pk_of(PHUC_HA)], Step.SEND_BACK, by=leader, reason="Thiếu hồ sơ 5.1")
    assert assessment(round_2017, PHUC_HA).returned_because == "Thiếu hồ sơ 5.1"
    event = last_event()
    assert (event.by, event.via, event.reason) == (leader, Via.STEP, "Thiếu hồ sơ 5.1")
    assert (event.commune.code, event.changes) == (PHUC_HA, {"state": ["submitted", "returned"]})
    actions.move(round_2017, [pk_of(PHUC_HA)], Step.SUBMIT, by=staff, reason="Đã bổ sung")
    assert assessment(round_2017, PHUC_HA).returned_because == ""


@pytest.mark.parametrize(
    ("state", "reason", "allowed"),
    [
        (State.DRAFT, "", True),
        (State.RETURNED, "", True),
        (State.SUBMITTED, "Nhập nhầm", False),
        (State.APPROVED, "", False),
        (State.APPROVED, "Nhập nhầm", True),
    ],
)
def test_a_locked_commune_keeps_its_figures_and_with_it_all_that_came_with_it(
    round_2017, staff, state, reason, allowed
):
    Assessment.objects.filter(round=round_2017, commune__code=PHUC_XUAN).update(state=state)
    before = everything()
    entries = [Entry(pk_of(code), {}, SCHOOLS) for code in (PHUC_HA, PHUC_XUAN)]
    if allowed:
        assert actions.record(round_2017, entries, by=staff, via=Via.FORM, reason=reason) == 2
    else:
        with pytest.raises(ValidationError, match="Phúc Xuân"):
            actions.record(round_2017, entries, by=staff, via=Via.FORM, reason=reason)
        assert everything() == before


def test_a_save_without_statistics_writes_no_row_of_them(round_2018, staff):
    entries = [Entry(pk_of(PHUC_HA), {}, SCHOOLS), Entry(pk_of(PHUC_XUAN), {"population": 5000}, SCHOOLS)]
    assert actions.record(round_2018, entries, by=staff, via=Via.FORM) == 3
    found = YearlyStatistics.objects.filter(year=2018).values_list("commune__code", "population")
    assert list(found) == [(PHUC_XUAN, 5000)]


def test_of_units_outside_the_rounds_only_what_differs_is_stored_and_told(round_2017, staff):
    town, other = (Commune.objects.in_force(date(2017, 12, 31)).get(code=code) for code in ("05431", "05434"))
    given = {town.pk: {"income": Decimal(50), "population": 900}, other.pk: {"population": 700}}
    about = {"by": staff, "via": Via.COMMAND, "source": "Niên giám"}
    assert actions.record_statistics(round_2017.province, 2014, given, **about) == 3
    given[town.pk]["population"] = 901
    assert actions.record_statistics(round_2017.province, 2014, given, **about) == 1
    event = last_event()
    assert (event.commune, event.year, event.by, event.source) == (town, 2014, staff, "Niên giám")
    assert event.changes == {"population": [900, 901]}


def test_an_accepted_warning_stands_beside_those_accepted_before(round_2017, staff):
    actions.accept(round_2017, {(PHUC_HA, "5.1"): "Giảm nhiều"}, by=staff, via=Via.FORM)
    more = {(PHUC_HA, "5.1"): "Giảm hết", (PHUC_HA, "3.1"): "Tăng gấp đôi", (PHUC_XUAN, "3.1"): "Mới"}
    actions.accept(round_2017, more, by=staff, via=Via.FORM)
    assert assessment(round_2017, PHUC_HA).accepted == {"5.1": "Giảm hết", "3.1": "Tăng gấp đôi"}
    assert assessment(round_2017, PHUC_XUAN).accepted == {"3.1": "Mới"}
    told = {event.commune.code: event.changes for event in ChangeEvent.objects.order_by("-sequence")[:2]}
    assert told == {
        PHUC_HA: {"5.1!": ["Giảm nhiều", "Giảm hết"], "3.1!": [None, "Tăng gấp đôi"]},
        PHUC_XUAN: {"3.1!": [None, "Mới"]},
    }


@pytest.mark.parametrize(("left", "reason", "closes"), [(0, "", True), (1, "", False), (1, "Hết kỳ", True)])
def test_a_year_with_communes_not_approved_closes_only_for_a_reason(round_2017, leader, left, reason, closes):
    round_2017.assessments.update(state=State.APPROVED)
    if left:
        round_2017.assessments.filter(commune__code=PHUC_HA).update(state=State.SUBMITTED)
    if not closes:
        with pytest.raises(NotAllowed, match="Còn 1 xã chưa duyệt"):
            actions.close_year(round_2017, by=leader)
        return
    actions.close_year(round_2017, by=leader, reason=reason)
    assert AssessmentRound.objects.get(pk=round_2017.pk).closed_at


def test_a_closed_year_is_reopened_once_for_a_reason(round_2016, leader):
    with pytest.raises(NotAllowed, match="lý do"):
        actions.reopen_year(round_2016, by=leader, reason="")
    actions.reopen_year(round_2016, by=leader, reason="Có số chính thức")
    assert AssessmentRound.objects.get(pk=round_2016.pk).closed_at is None
    event = last_event()
    assert (event.by, event.changes, event.reason) == (leader, {"closed": [True, False]}, "Có số chính thức")
    with pytest.raises(NotAllowed, match="chưa khóa"):
        actions.reopen_year(round_2016, by=leader, reason="Có số chính thức")


@pytest.mark.parametrize(("who", "via"), [("staff", Via.STEP), (None, Via.COMMAND)])
def test_the_log_tells_whether_an_officer_or_the_server_opened_a_round(request, province, who, via):
    by = who and request.getfixturevalue(who)
    chosen = CriteriaSet.objects.get(code="1980/QĐ-TTg")
    round = actions.open_round(province, chosen, date(2019, 12, 31), "Thử", deadline=date(2020, 1, 15), by=by)
    assert (last_event().by, last_event().via, last_event().round) == (by, via, round)
    assert (round.note, round.deadline) == ("Thử", date(2020, 1, 15))


def test_a_long_source_and_reason_fit_the_log(round_2017, staff):
    entry = aside(2017, round_2017, None, {}, staff, Via.FORM, "s" * 201, "r" * 301)
    assert (entry.source, entry.reason) == ("s" * 200, "r" * 300)
