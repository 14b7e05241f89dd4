"""The communes: the list with its filters, and the scorecard of one."""

from django.http import Http404
from django.shortcuts import render

from communes.accounts.policy import EVERY_ROLE, allow
from communes.accounts.request import OfficerRequest
from communes.models import Commune
from criteria.rounds import year_of
from reports.catalogue.asked import asked, detailed
from reports.picture.picture import missed

from .filters import CommuneFilter
from .scorecard import scorecard

SORTS = {
    "ten": ("Xã", lambda unit: unit.name),
    "huyen": ("Huyện, thành phố, thị xã", lambda unit: unit.district.code),
    "tieu-chi": ("Số tiêu chí", lambda unit: -unit.summary.met_count if unit.summary else 1),
    "thu-nhap": ("Thu nhập", lambda unit: -(unit.income or 0)),
    "ho-ngheo": ("Hộ nghèo", lambda unit: -(unit.poor_households or 0) / (unit.households or 1)),
}


@allow(*EVERY_ROLE)
def commune_list(request: OfficerRequest):
    """The communes of a year that an officer may see one by one, filtered and sorted by plain links."""
    chosen = asked(request)
    picture = detailed(chosen.pictures()[0], request.user, None)
    seen = Commune.objects.visible_to(request.user).in_force(picture.as_of)
    found = CommuneFilter(request.GET, seen, picture=picture)
    ids = set(found.qs.values_list("pk", flat=True)) if found.is_valid() else set()
    units = [unit for unit in picture.units if unit.id in ids]
    sort = request.GET.get("sap", "")
    if sort in SORTS:
        units.sort(key=SORTS[sort][1])
    context = {
        "asked": chosen,
        "picture": picture,
        "filter": found,
        "units": [(unit, picture.standing(unit), missed(unit, picture)) for unit in units],
        "sorts": {key: heading for key, (heading, _) in SORTS.items()},
        "sort": sort,
    }
    return render(request, "reports/dashboards/communes.html", context)


@allow(*EVERY_ROLE)
def commune(request: OfficerRequest, code):
    """The scorecard of one commune. Another district's commune does not exist for a district official."""
    card = scorecard(request.user, code, year_of(request.GET))
    if card is None:
        raise Http404("Không có xã này trong năm đã chọn.")
    return render(request, "reports/dashboards/commune.html", {"card": card})
