"""The page of one commune: the same cells as the grid, as a form that needs no script."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect, render

from communes.accounts.policy import allow
from communes.accounts.request import OfficerRequest
from communes.text import normal
from criteria import actions
from criteria.models import Via
from criteria.rounds import READERS, rounds_for
from criteria.rules import workflow
from criteria.rules.workflow import State, Step

from .fields import unreadable
from .form import read_post, save_form
from .form_page import FormPage, load_commune, make_page

LONGEST_REASON = 300


@allow(*READERS, keeps=True)
def commune(request: OfficerRequest, year, code):
    """One commune of a year, to fill in; ``?in=1`` the sheet to print, ``?trong=1`` the empty one."""
    rounds = rounds_for(request.user, year)
    if request.method == "POST":
        return _save(request, rounds, year, code)
    return _show(request, make_page(load_commune(request.user, rounds, year, code), request.user.role))


def _save(request: OfficerRequest, rounds, year, code):
    round = rounds[year]
    found = round.assessments.visible_to(request.user).filter(commune__code=code).values_list("commune_id", flat=True)
    if not found:
        raise Http404("Không có xã này trong kỳ đánh giá.")
    if not workflow.may(request.user.role, Step.EDIT):
        raise PermissionDenied
    reason, problem = _reason(request.POST)
    posted = read_post((name, str(text)) for name, text in request.POST.items())
    outcome = save_form(round, found[0], posted, by=request.user, reason=reason)
    if problem and outcome.refusal:
        outcome.refusal = problem
    loaded = load_commune(request.user, rounds, year, code)
    _accept(request, loaded, code)
    page = make_page(loaded, request.user.role, outcome)
    if not outcome.settled:
        return _show(request, page)
    messages.success(request, _done(page))
    return redirect("entry_commune", year, code)


def _reason(post) -> tuple[str, str]:
    """Why an approved figure is changed, from the list and in words; or what is wrong with the words."""
    words = normal(post.get("reason", ""))
    chosen = post.get("reason-choice", "")
    reason = "; ".join(text for text in (chosen if chosen in workflow.REASONS else "", words) if text)
    if len(reason) > LONGEST_REASON:
        return "", f"Lý do dài quá {LONGEST_REASON} ký tự."
    return ("", "Lý do có ký tự không đọc được; hãy gõ lại.") if unreadable(reason) else (reason, "")


def _accept(request: OfficerRequest, loaded, code: str) -> None:
    """The warnings that were ticked, if they still stand as they were shown."""
    accepted = loaded.state.assessment.accepted
    ticked = {key: text for key, text in loaded.warnings.items() if request.POST.get(f"accept:{key}") == text}
    new = {(code, key): text for key, text in ticked.items() if accepted.get(key) != text}
    if new and loaded.round.closed_at is None and loaded.state.assessment.state != State.SUBMITTED:
        actions.accept(loaded.round, new, by=request.user, via=Via.FORM)
        accepted |= {key: text for (_, key), text in new.items()}


def _done(page: FormPage) -> str:
    count = page.outcome.stored
    saved = f"Đã lưu {count} ô." if count else "Không có ô nào thay đổi."
    return f"{saved} Còn {page.open_warnings} cảnh báo cần xem." if page.open_warnings else saved


def _show(request: OfficerRequest, page: FormPage):
    assessment = page.loaded.state.assessment
    steps = [] if page.loaded.round.closed_at else workflow.steps(request.user.role, [State(assessment.state)])
    empty = "trong" in request.GET
    context = {
        "page": page,
        "round": page.loaded.round,
        "commune": page.loaded.state.commune,
        "assessment": assessment,
        "steps": [(step, workflow.STEP_NAMES[step], step in workflow.NEEDS_REASON) for step in steps],
        "reasons": workflow.REASONS,
        "chosen": request.POST.get("reason-choice", ""),
        "typed_reason": request.POST.get("reason", ""),
        "empty": empty,
        "form": page.editable and not empty and "in" not in request.GET,
    }
    return render(request, "criteria/entry/commune.html", context)
