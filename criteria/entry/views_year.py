"""Entering assessments: a year with its progress, and the steps taken there."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from communes.accounts.policy import allow
from communes.accounts.request import OfficerRequest
from communes.accounts.second_factor import verified
from criteria import actions
from criteria.models import AssessmentRound
from criteria.rounds import READERS, rounds_for
from criteria.rules import workflow
from criteria.rules.workflow import NotAllowed, State, Step

from . import reconciling
from .progress import load_progress


@allow(*READERS)
def year(request: OfficerRequest, year):
    """Districts and communes with their progress, and the steps the officer may take on them."""
    round = rounds_for(request.user, year)[year]
    progress = load_progress(request.user, round)
    states = [State(row.state) for part in progress.districts for row in part.rows]
    steps = [] if round.closed_at else workflow.steps(request.user.role, states)
    context = {
        "round": round,
        "progress": progress,
        "steps": [(step, workflow.STEP_NAMES[step]) for step in steps],
        "can_close": workflow.may(request.user.role, Step.CLOSE),
        "reasons": workflow.REASONS,
    }
    return render(request, "criteria/entry/year.html", context)


@allow(*READERS)
@require_POST
@verified
def take_step(request: OfficerRequest, year):
    """Submit, approve or send back the chosen communes, all or none; or close or reopen the year."""
    round = rounds_for(request.user, year)[year]
    reason = reconciling.clean(request.POST.get("reason", ""))[:300]
    try:
        done = _take(request, round, reason)
    except (NotAllowed, ValidationError) as error:
        text = " ".join(error.messages) if isinstance(error, ValidationError) else str(error)
        messages.error(request, text)
    else:
        messages.success(request, done)
    return redirect(
        (request.POST.get("back") == "commune" and _back(request, year)) or reverse("entry_year", args=[year])
    )


def _take(request: OfficerRequest, round: AssessmentRound, reason: str) -> str:
    name = request.POST.get("step", "")
    if name not in workflow.STEP_NAMES:
        raise Http404("Không có bước này.")
    step = Step(name)
    if step == Step.CLOSE:
        actions.close_year(round, by=request.user, reason=reason)
        return f"Đã khóa năm {round.year}."
    if step == Step.REOPEN:
        actions.reopen_year(round, by=request.user, reason=reason)
        return f"Đã mở lại năm {round.year}."
    ids = list(_chosen(request, round, step).values_list("commune_id", flat=True))
    if not ids:
        raise NotAllowed("Chưa chọn xã nào.")
    count = actions.move(round, ids, step, by=request.user, reason=reason)
    return f"{workflow.STEP_NAMES[step]}: {count} xã."


def _chosen(request: OfficerRequest, round: AssessmentRound, step: Step):
    """The communes that were ticked; or all that can take the step."""
    visible = round.assessments.visible_to(request.user)
    if request.POST.get("pham-vi") == "moi":
        return visible.filter(state__in=workflow.before(step))
    codes = request.POST.getlist("commune")
    return visible.filter(commune__code__in=[code for code in codes if code.isalnum()])


def _back(request: OfficerRequest, year: int) -> str:
    """To the page of the one commune it was asked from, else to the year."""
    code = request.POST.get("commune", "")
    if request.POST.get("back") == "commune" and code.isalnum():
        return reverse("entry_commune", args=[year, code])
    return reverse("entry_year", args=[year])
