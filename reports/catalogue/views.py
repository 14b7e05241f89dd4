"""The reports as page, xlsx, docx and JSON, all of one table."""

from dataclasses import replace

from django.http import Http404, JsonResponse
from django.shortcuts import render
from django.urls import reverse

from communes.accounts.policy import EVERY_ROLE, allow
from communes.accounts.request import OfficerRequest
from communes.context import note_for
from criteria.rules.standard import Standard
from reports.files import table_document, workbook
from reports.tables.as_json import as_json

from .asked import Asked, asked, attached, detailed, part
from .material import Material
from .queries import material
from .registry import REPORTS, Report


@allow(*EVERY_ROLE)
def report_index(request: OfficerRequest):
    return render(request, "reports/catalogue/index.html", {"asked": asked(request), "reports": REPORTS.values()})


@allow(*EVERY_ROLE)
def report_page(request: OfficerRequest, slug):
    chosen, report = asked(request), _report(slug)
    table, picture, whole = _table(chosen, report, request)
    context = {
        "asked": chosen,
        "report": report,
        "table": table,
        "district": picture.district.code if len(picture.districts) == 1 else "",
        "steps": _steps(request, report),
        "kind": _kind(request, report),
        "kept": report.kept and reverse(f"admin:{report.kept}_changelist"),
        "districts": [] if report.detail and request.user.bound_to_district else whole.districts,
    }
    return render(request, "reports/catalogue/report.html", context)


@allow(*EVERY_ROLE)
def report_xlsx(request: OfficerRequest, slug):
    return _file(request, slug, "xlsx", workbook.write)


@allow(*EVERY_ROLE)
def report_docx(request: OfficerRequest, slug):
    return _file(request, slug, "docx", table_document.write)


def _file(request: OfficerRequest, slug, kind, write):
    chosen, report = asked(request), _report(slug)
    table, picture, _ = _table(chosen, report, request)
    return attached(write(table, note_for(request.user.province)), slug, chosen.year, picture, kind)


@allow(*EVERY_ROLE)
def report_json(request: OfficerRequest, slug):
    chosen, report = asked(request), _report(slug)
    table, picture, _ = _table(chosen, report, request)
    return JsonResponse(as_json(table, picture, note_for(request.user.province)))


def _report(slug: str) -> Report:
    if slug not in REPORTS:
        raise Http404("Không có báo cáo này.")
    return REPORTS[slug]


def _table(chosen: Asked, report: Report, request):
    """The table of what the officer may see: rows of communes stay within the own district."""
    whole, before = chosen.read(report)
    district = request.GET.get("huyen") or None
    picture = detailed(whole, request.user, district) if report.detail else part(whole, district)
    wanted = _wanted(request) | {"steps": _steps(request, report), "kind": _kind(request, report)}
    found = replace(material(picture, chosen.require_round(), report, request.user.province, before), **wanted)
    if report.needs == "raw" and found.standard and not _columns_of(found, found.standard):
        raise Http404("Không có nhóm hoặc tiêu chí này.")
    return report.table(found), picture, whole


def _wanted(request: OfficerRequest) -> dict:
    """Which part of the entry sheet: ``?nhom=`` a group, ``?tieu-chi=`` a criterion, ``?trong=1`` to be filled in."""
    number = request.GET.get("tieu-chi", "")
    return {
        "empty": "trong" in request.GET,
        "group": request.GET.get("nhom", ""),
        "criterion": int(number) if number.isascii() and number.isdigit() and len(number) < 4 else None,
    }


def _steps(request: OfficerRequest, report: Report) -> int | None:
    """``?thieu=``: only communes that miss so many criteria, of a report that can be narrowed so."""
    text = request.GET.get("thieu", "")
    if not text or not report.steps:
        return None
    if text not in map(str, report.steps):
        raise Http404("Không có danh sách này.")
    return int(text)


def _kind(request: OfficerRequest, report: Report) -> str:
    """``?loai=``: what a report shows that can show several things."""
    text = request.GET.get("loai", "") if report.kinds else ""
    if text and text not in dict(report.kinds):
        raise Http404("Không có biểu này.")
    return text


def _columns_of(found: Material, standard: Standard) -> bool:
    return any(
        found.group in ("", criterion.group) and found.criterion in (None, criterion.number)
        for criterion in standard.criteria
    )
