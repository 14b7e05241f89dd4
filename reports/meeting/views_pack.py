"""The meeting pack: what is in it, and its files."""

from django.shortcuts import render

from communes.accounts.policy import EVERY_ROLE, allow
from communes.accounts.request import OfficerRequest
from communes.models import Role
from reports.catalogue.asked import asked, attached, detailed, part
from reports.catalogue.registry import REPORTS

from .pack import SHEETS_ONLY, Pack, workbook, write_letter

NAME = "bo-tai-lieu"
ISSUERS = (Role.ADMIN, Role.STAFF, Role.LEADER)


@allow(*EVERY_ROLE)
def pack_page(request: OfficerRequest):
    return show_pack(request, *read_pack(request))


def show_pack(request: OfficerRequest, chosen, pack, whole, problem: str = "", status: int = 200):
    """What is in a pack; for those who may issue it, the form for its number."""
    own = request.user.own_district.code if request.user.own_district else None
    context = {
        "asked": chosen,
        "pack": pack,
        "district": "" if pack.whole else pack.overall.district.code,
        "districts": [part for part in whole.districts if own in (None, part.district.code)],
        "own_only": own and pack.whole,
        "reports": [(report, report.slug not in SHEETS_ONLY) for report in REPORTS.values()],
        "issuer": request.user.role in ISSUERS,
        "problem": problem,
        "sent": request.POST,
    }
    return render(request, "reports/meeting/pack.html", context, status=status)


@allow(*EVERY_ROLE)
def pack_xlsx(request: OfficerRequest):
    chosen, pack, _ = read_pack(request)
    return attached(workbook(pack.paper), NAME, chosen.year, pack.overall, "xlsx")


@allow(*EVERY_ROLE)
def pack_docx(request: OfficerRequest):
    """``?dang=1``: as an annex to a Party paper."""
    chosen, pack, _ = read_pack(request)
    party = request.GET.get("dang") == "1"
    name = f"{NAME}-phu-luc-dang" if party else NAME
    return attached(write_letter(pack.paper, party), name, chosen.year, pack.overall, "docx")


def read_pack(request: OfficerRequest, query=None):
    """The pack of what the officer may see: rows of communes stay within the own district. ``query``: in place of
    that of the request."""
    query = request.GET if query is None else query
    chosen = asked(request, query)
    whole, before = chosen.pictures(with_previous=True)
    district = query.get("huyen") or None
    detail = detailed(whole, request.user, district)
    return chosen, Pack(chosen.require_round(), request.user.province, part(whole, district), detail, before), whole
