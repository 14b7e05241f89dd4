"""The way of an assessment as tables: where each step starts, where it leads, what is offered, what is locked."""

import itertools

import pytest

from criteria.rules.workflow import NEEDS_REASON, NotAllowed, State, Step, after, before, lock, may, steps

DRAFT, SUBMITTED, APPROVED, RETURNED = State.DRAFT, State.SUBMITTED, State.APPROVED, State.RETURNED
WAY = {
    Step.SUBMIT: {DRAFT: SUBMITTED, RETURNED: SUBMITTED},
    Step.APPROVE: {SUBMITTED: APPROVED},
    Step.SEND_BACK: {SUBMITTED: RETURNED, APPROVED: RETURNED},
}


@pytest.mark.parametrize(("step", "state"), list(itertools.product(WAY, State)))
def test_a_step_leads_where_the_table_says_or_is_refused(step, state):
    if state in WAY[step]:
        assert after(state, step) is WAY[step][state]
    else:
        with pytest.raises(NotAllowed, match="Không thể"):
            after(state, step)


@pytest.mark.parametrize("step", Step)
def test_all_that_can_take_a_step_are_those_where_it_starts_and_no_others(step):
    assert set(before(step)) == set(WAY.get(step, {}))


@pytest.mark.parametrize(
    ("role", "states", "offered"),
    [
        ("staff", [DRAFT], [Step.SUBMIT]),
        ("staff", [APPROVED, RETURNED, SUBMITTED], [Step.SUBMIT]),
        ("admin", [SUBMITTED, DRAFT], [Step.SUBMIT]),
        ("staff", [SUBMITTED, APPROVED], []),
        ("leader", [DRAFT, SUBMITTED], [Step.APPROVE, Step.SEND_BACK]),
        ("leader", [DRAFT, APPROVED, RETURNED], [Step.SEND_BACK]),
        ("leader", [DRAFT, RETURNED], []),
        ("viewer", list(State), []),
        ("district", list(State), []),
        ("leader", [], []),
    ],
)
def test_a_step_is_offered_to_its_role_when_one_of_the_communes_can_take_it(role, states, offered):
    assert steps(role, states) == offered


@pytest.mark.parametrize(
    ("state", "reason", "locked"),
    [
        (DRAFT, "", False),
        (RETURNED, "", False),
        (SUBMITTED, "", True),
        (SUBMITTED, "Nhập nhầm", True),
        (APPROVED, "", True),
        (APPROVED, "Nhập nhầm", False),
    ],
)
def test_submitted_figures_are_locked_and_approved_ones_change_only_for_a_reason(state, reason, locked):
    assert bool(lock(state, reason)) == locked


def test_sending_back_and_reopening_need_a_reason():
    assert {Step.SEND_BACK, Step.REOPEN} == NEEDS_REASON


def test_nobody_approves_what_they_may_enter():
    for role in ("admin", "staff", "leader", "district", "viewer"):
        assert not (may(role, Step.EDIT) and may(role, Step.APPROVE))
