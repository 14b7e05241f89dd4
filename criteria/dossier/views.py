"""The dossier of a commune before it is recognised: the check list, opinions, papers, the decision."""

from django.core.exceptions import ValidationError
from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_http_methods, require_POST

from communes.accounts.policy import EVERY_ROLE, allow
from communes.accounts.request import OfficerRequest
from communes.models import Level, Recognition
from criteria.models import Assessment, Evidence
from criteria.rounds import READERS, WRITERS, ChosenYear, year_of

from . import actions, forms
from .attachments import LIMITS
from .check import passes
from .loading import load_dossier

GROUPS = (("Chưa đạt", False), ("Chưa rõ", None), ("Đạt", True))
OPINIONS, EVIDENCE, DECISION = "y-kien", "minh-chung", "quyet-dinh"


@allow(*EVERY_ROLE)
def dossier(request: OfficerRequest, code):
    """What holds, what does not and what is not known, at the end of the year. Another district's commune is 404."""
    return _show(request, *_find(request, code))


def _find(request: OfficerRequest, code: str) -> tuple[ChosenYear, Assessment]:
    """The commune in the year that is asked for, within the officer's reach, and the years it has. One query."""
    found = Assessment.objects.year_end().visible_to(request.user).filter(commune__code=code, commune__kind="xã")
    found = found.select_related("round__criteria_set", "commune__district").order_by("round__as_of")
    by_year = {assessment.round.year: assessment for assessment in found}
    year = year_of(request.GET) or max(by_year, default=0)
    if year not in by_year:
        raise Http404("Không có xã này trong năm đã chọn.")
    return ChosenYear({year: row.round for year, row in by_year.items()}, year), by_year[year]


def _show(
    request: OfficerRequest,
    chosen: ChosenYear,
    assessment: Assessment,
    part: str = "",
    problem: ValidationError | None = None,
):
    """The page; with a ``problem`` of one part of it, and what was typed there."""
    found = load_dossier(assessment, assessment.round.as_of)
    decisions = list(actions.decisions_of(assessment))
    writer = request.user.role in WRITERS
    open_round = assessment.round.closed_at is None
    context = {
        "asked": chosen,
        "commune": assessment.commune,
        "round": assessment.round,
        "day": assessment.round.as_of,
        "groups": [(name, [item for item in found.items if item.ok is ok]) for name, ok in GROUPS],
        "passes": passes(found.items),
        "dossier": found,
        "rows": forms.rows_of(found, request.POST if part == OPINIONS else None),
        "decisions": decisions,
        "standing": [one for one in decisions if one.revoked_on is None],
        "levels": [(level, name) for level, name in Level.choices if level == assessment.round.criteria_set.level],
        "writer": writer,
        "may_edit": writer and open_round,
        "may_read_files": request.user.role in READERS,
        "part": part,
        "problems": problem.messages if problem else [],
        "sent": request.POST,
    }
    return render(request, "criteria/dossier/dossier.html", context, status=409 if problem else 200)


def _done(chosen: ChosenYear, assessment: Assessment, part: str):
    return redirect(f"{reverse('dossier', args=[assessment.commune.code])}?nam={chosen.year}#{part}")


def _act(request: OfficerRequest, code: str, part: str, act):
    """Find the commune, ``act`` on it, go back to the page; what is refused is said there."""
    chosen, assessment = _find(request, code)
    try:
        act(assessment)
    except ValidationError as problem:
        return _show(request, chosen, assessment, part, problem)
    return _done(chosen, assessment, part)


def _read(form) -> dict:
    """What a form says. Raises ``ValidationError``."""
    if not form.is_valid():
        raise ValidationError(forms.problems_of(form))
    return form.cleaned_data


@allow(*WRITERS, keeps=True)
@require_http_methods(["GET", "POST"])
def dossier_opinions(request: OfficerRequest, code):
    """Every line of the table of opinions that was changed, all or none."""
    if request.method == "GET":  # from the sign-in page, without going on
        return _done(*_find(request, code), OPINIONS)
    return _act(
        request,
        code,
        OPINIONS,
        lambda assessment: actions.give_opinions(assessment, forms.read_opinions(request.POST), by=request.user),
    )


@allow(*WRITERS)
@require_POST
def dossier_attach(request: OfficerRequest, code):
    def act(assessment):
        given = _read(forms.EvidenceForm(request.POST, request.FILES))
        file = given["tep"]
        content = file.read(LIMITS.size + 1)  # more than may be is not taken into memory
        actions.attach(assessment, content, file.name, given["ten"], given["tieu_chi"], by=request.user)

    return _act(request, code, EVIDENCE, act)


def _paper(assessment: Assessment, pk: int) -> Evidence:
    return get_object_or_404(Evidence, pk=pk, round=assessment.round_id, commune=assessment.commune_id)


@allow(*READERS)
def dossier_file(request: OfficerRequest, code, pk):
    """A paper as it was sent, never shown within the portal; also one that was withdrawn."""
    _, assessment = _find(request, code)
    paper = _paper(assessment, pk)
    response = FileResponse([bytes(paper.content)], content_type="application/octet-stream")
    response.headers["Content-Disposition"] = content_disposition_header(True, paper.filename)
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


@allow(*WRITERS)
@require_POST
def dossier_withdraw(request: OfficerRequest, code, pk):
    return _act(
        request,
        code,
        EVIDENCE,
        lambda assessment: actions.withdraw(_paper(assessment, pk), by=request.user),
    )


@allow(*WRITERS)
@require_POST
def dossier_decide(request: OfficerRequest, code):
    """Record the decision that the chairman of the province signed."""

    def act(assessment):
        given = _read(forms.DecisionForm(request.POST))
        decision = Recognition(
            level=given["muc"], counts_for_year=given["tinh_cho"], decision_number=given["so"], decided_on=given["ngay"]
        )
        actions.recognise(assessment, decision, by=request.user)

    return _act(request, code, DECISION, act)


@allow(*WRITERS)
@require_POST
def dossier_revoke(request: OfficerRequest, code, pk):
    def act(assessment):
        given = _read(forms.RevocationForm(request.POST))
        decision = get_object_or_404(actions.decisions_of(assessment), pk=pk)
        actions.revoke(decision, given["so"], given["ngay"], given["ly_do"], by=request.user)

    return _act(request, code, DECISION, act)
