"""Papers that were issued: the list, one of them with what has changed since, and its files as they were."""

from django import forms
from django.core.exceptions import ValidationError
from django.core.paginator import InvalidPage, Page, Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from communes.accounts.policy import allow
from communes.accounts.request import OfficerRequest
from communes.accounts.second_factor import verified
from communes.context import note_for
from communes.models import District, Role
from reports.catalogue.asked import asked, named
from reports.files import workbook as books
from reports.models import IssuedReport

from .issuing import Moved, issue, moved, moved_table, reopened
from .pack import workbook, write_letter
from .views_pack import ISSUERS, read_pack, show_pack

READERS = (*ISSUERS, Role.VIEWER)
ON_A_PAGE = 200


class IssueForm(forms.Form):
    """What only the office knows of a paper: its number, day and signatory."""

    so = forms.CharField(label="Số, ký hiệu", max_length=40)
    ngay = forms.DateField(label="Ngày phát hành")
    nguoi_ky = forms.CharField(label="Người ký", max_length=120)


@allow(*READERS)
def issued_list(request: OfficerRequest):
    found = IssuedReport.objects.filter(province=request.user.province).select_related("district", "by")
    context = {"asked": asked(request), "issued": found.defer("content")}
    return render(request, "reports/meeting/issued_list.html", context)


@allow(*ISSUERS)
@require_POST
@verified
def issue_pack(request: OfficerRequest):
    """Freeze the pack of ``?nam=&huyen=`` under the number that is given."""
    chosen, found, whole = read_pack(request)
    form = IssueForm(request.POST)
    problem = "; ".join(f"{form[name].label}: {' '.join(map(str, texts))}" for name, texts in form.errors.items())
    if not problem:
        district = None if found.whole else District.objects.get(code=found.overall.district.code)
        about = form.cleaned_data
        try:
            round = chosen.require_round()
            made = issue(found.paper, round, district, about["so"], about["ngay"], about["nguoi_ky"], by=request.user)
        except ValidationError as error:
            problem = " ".join(error.messages)
        else:
            return redirect("issued", made.pk)
    return show_pack(request, chosen, found, whole, problem, 409)


def _find(request: OfficerRequest, pk: int) -> IssuedReport:
    found = IssuedReport.objects.select_related("province", "district", "by")
    return get_object_or_404(found, pk=pk, province=request.user.province)


@allow(*READERS)
def issued(request: OfficerRequest, pk):
    """An issued paper, whole or not, and every figure that is no longer what it says."""
    found = _find(request, pk)
    try:
        context: dict[str, object] = {"page": _page(request, _moved(request, found))}
    except ValidationError as error:
        context = {"broken": " ".join(error.messages)}
    return render(request, "reports/meeting/issued.html", {"issued": found} | context)


def _moved(request: OfficerRequest, found: IssuedReport) -> list[Moved]:
    """What is no longer as it was issued, of the same year and place. Raises ``ValidationError`` for a broken paper."""
    query = {"nam": str(found.year)} | ({"huyen": found.district.code} if found.district else {})
    _, now, _ = read_pack(request, query)
    return moved(found, now.paper)


def _page(request: OfficerRequest, changes: list[Moved]) -> Page:
    """``?trang=`` of the changes. A page that is not there is 404."""
    try:
        return Paginator(changes, ON_A_PAGE).page(request.GET.get("trang") or 1)
    except InvalidPage as error:
        raise Http404("Không có trang này.") from error


@allow(*READERS)
def changes_file(request: OfficerRequest, pk):
    """Every changed figure as a workbook."""
    found = _find(request, pk)
    try:
        table = moved_table(found, _moved(request, found))
    except ValidationError as error:
        return _broken(request, found, error)
    note = note_for(request.user.province)
    return named(books.write(table, note), f"bao-cao-{found.year}-{found.pk}-thay-doi", "xlsx")


def _broken(request: OfficerRequest, found: IssuedReport, error: ValidationError):
    return render(
        request, "reports/meeting/issued.html", {"issued": found, "broken": " ".join(error.messages)}, status=409
    )


@allow(*READERS)
def issued_file(request: OfficerRequest, pk, kind):
    """The workbook or the Word report as it was issued."""
    found = _find(request, pk)
    try:
        paper, seal = reopened(found)
    except ValidationError as error:
        return _broken(request, found, error)
    party = request.GET.get("dang") == "1"
    content = workbook(paper, seal) if kind == "xlsx" else write_letter(paper, party, seal)
    return named(content, f"bao-cao-{found.year}-{found.pk}", kind)
