"""What a document states beside what the data gives."""

from django.http import Http404
from django.shortcuts import get_object_or_404, render

from communes.accounts.policy import EVERY_ROLE, allow
from communes.accounts.request import OfficerRequest
from criteria.models import AssessmentRound
from reports.models import Conclusion, StatedFigure

from .comparison import compare, rounds_to_hold_against


@allow(*EVERY_ROLE)
def document_list(request: OfficerRequest):
    return render(
        request,
        "reports/documents/documents.html",
        {"documents": Conclusion.objects.filter(province=request.user.province_id)},
    )


@allow(*EVERY_ROLE)
def document(request: OfficerRequest, slug):
    """Held against the end of the year that each figure is of, or with ``?ky=`` against one round."""
    own = {"province": request.user.province_id, "slug": slug}
    found = StatedFigure.objects.filter(**{f"conclusion__{name}": value for name, value in own.items()})
    stated = list(found.select_related("conclusion"))
    conclusion = stated[0].conclusion if stated else get_object_or_404(Conclusion, **own)
    rounds = rounds_to_hold_against(request.user.province)
    chosen = _chosen(request, rounds)
    rows = compare(stated, request.user.province, rounds, chosen)
    context = {"document": conclusion, "rows": rows, "rounds": rounds, "chosen": chosen}
    return render(request, "reports/documents/document.html", context)


def _chosen(request: OfficerRequest, rounds: list[AssessmentRound]) -> AssessmentRound | None:
    """The round of ``?ky=``, None without it. What is none of the province's is 404."""
    text = request.GET.get("ky", "")
    found = next((round for round in rounds if str(round.pk) == text), None)
    if text and found is None:
        raise Http404("Không có kỳ này.")
    return found
