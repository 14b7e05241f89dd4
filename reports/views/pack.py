"""The meeting pack: what is in it, and its files."""

from django.shortcuts import render

from communes.access import EVERY_ROLE, allow

from ..catalogue import REPORTS
from ..narrative import National
from ..pack import SHEETS_ONLY, Pack
from ..queries import national_share
from .common import asked, attached, detailed, part

NAME = "bo-tai-lieu"


@allow(*EVERY_ROLE)
def pack_page(request):
    chosen, pack, whole = _pack(request)
    own = request.user.district.code if request.user.bound_to_district else None
    context = {
        "asked": chosen,
        "pack": pack,
        "district": "" if pack.whole else pack.overall.district.code,
        "districts": [part for part in whole.districts if own in (None, part.district.code)],
        "own_only": own and pack.whole,
        "reports": [(report, report.slug not in SHEETS_ONLY) for report in REPORTS.values()],
    }
    return render(request, "reports/pack.html", context)


@allow(*EVERY_ROLE)
def pack_xlsx(request):
    chosen, pack, _ = _pack(request)
    return attached(pack.workbook(), NAME, chosen.year, pack.overall, "xlsx")


@allow(*EVERY_ROLE)
def pack_docx(request):
    """``?dang=1``: as an annex to a Party paper."""
    chosen, pack, _ = _pack(request)
    party = request.GET.get("dang") == "1"
    name = f"{NAME}-phu-luc-dang" if party else NAME
    return attached(pack.letter(party), name, chosen.year, pack.overall, "docx")


def _pack(request):
    """The pack of what the officer may see: rows of communes stay within the own district."""
    chosen = asked(request)
    whole, before = chosen.pictures(with_previous=True)
    district = request.GET.get("huyen") or None
    detail = detailed(whole, request.user, district)
    stated = national_share(chosen.year)
    return (
        chosen,
        Pack(
            chosen.round, request.user.province, part(whole, district), detail, before,
            National(stated.value, stated.decimals) if stated else None,
        ),
        whole,
    )  # fmt: skip
