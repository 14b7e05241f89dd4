"""One criterion: every commune's value on an indicator against its requirement."""

from urllib.parse import quote

from django.http import Http404
from django.shortcuts import render

from communes.accounts.policy import EVERY_ROLE, allow
from communes.accounts.request import OfficerRequest
from criteria.rules.standard import Group, Line
from reports.catalogue.asked import asked, detailed
from reports.catalogue.gap_queries import criteria_of, criterion_readings, with_criteria
from reports.catalogue.watch_tables import margin_note

from .criterion_page import CriterionPage, default_line

READING = frozenset({"summaries"})


@allow(*EVERY_ROLE)
def criterion(request: OfficerRequest, number):
    """The communes an officer may see one by one, beside the counts of the whole province."""
    chosen = asked(request)
    whole, _ = chosen.pictures(reading=READING)
    groups = criteria_of(chosen.require_round())
    found = _criterion(groups, number)
    whole = with_criteria(whole, groups)
    picture = detailed(whole, request.user, request.GET.get("huyen") or None)
    readings = criterion_readings(chosen.require_round(), found)
    page = CriterionPage(found, _line(found, request.GET.get("chi-tieu", "")), whole, picture, readings)
    context = _place(request, page) | _neighbours(groups, found)
    return render(
        request, "reports/dashboards/criterion.html", context | {"asked": chosen, "page": page, "margin": margin_note()}
    )


def _place(request: OfficerRequest, page: CriterionPage) -> dict:
    """Whose communes are shown, and how the links of the page keep that."""
    one = page.picture.district if page.picture is not page.whole else None
    code = one.code if one else ""
    keep = f"&chi-tieu={quote(page.line.code)}" + (f"&huyen={code}" if code else "")
    return {
        "picture": page.whole,
        "district": one,
        "chosen_district": code,
        "place": one.full_name if one else "Toàn tỉnh",
        "districts": [] if request.user.bound_to_district else page.whole.districts,
        "keep": keep,
    }


def _criterion(groups: tuple[Group, ...], number: str) -> Group:
    for found in groups:
        if str(found.number) == number:
            return found
    raise Http404("Không có tiêu chí này trong bộ tiêu chí của năm.")


def _line(criterion: Group, code: str) -> Line:
    if not code:
        return default_line(criterion)
    for line in criterion.lines:
        if line.code == code:
            return line
    raise Http404("Không có chỉ tiêu này trong tiêu chí.")


def _neighbours(groups: tuple[Group, ...], found: Group) -> dict:
    """The criteria before and after it."""
    index = groups.index(found)
    return {"before": groups[index - 1] if index else None, "after": next(iter(groups[index + 1 :]), None)}
