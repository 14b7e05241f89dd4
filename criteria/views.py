"""The published criteria sets, as the office looks them up."""

from django.shortcuts import get_object_or_404, render

from communes.accounts.policy import EVERY_ROLE, allow
from communes.accounts.request import OfficerRequest
from criteria.judging.loading import load_standard, requirements_of

from .models import CriteriaSet


@allow(*EVERY_ROLE)
def criteria_sets(request: OfficerRequest):
    """All sets, with what they hold."""
    return render(request, "criteria/sets.html", {"sets": CriteriaSet.objects.with_counts()})


@allow(*EVERY_ROLE)
def criteria_set(request: OfficerRequest, slug):
    """One set: every line with all its requirements, wherever and whenever they apply."""
    chosen = get_object_or_404(CriteriaSet, slug=slug)
    standard = load_standard(chosen, request.user.province, chosen.year_from)
    rules = requirements_of(chosen, request.user.province)
    rows = [
        (criterion, [(line, rules.get(line.id, [])) for line in criterion.lines]) for criterion in standard.criteria
    ]
    counted = sum(line.counted for line in standard.lines)
    context = {"set": chosen, "rows": rows, "counted": counted, "extra": len(standard.lines) - counted}
    return render(request, "criteria/set.html", context)
