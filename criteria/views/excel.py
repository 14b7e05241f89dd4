"""Bringing in a workbook: upload, preview, confirm; the file as it was sent, and with its problems marked."""

from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db import transaction
from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_POST

from communes.access import allow
from communes.models import Role

from .. import actions, importing, workflow
from ..editing import clean
from ..guard import FileRefused
from ..marking import mark
from ..models import AssessmentRound, Upload, Via
from ..preview import Preview
from .common import WRITERS, rounds_for

PAGE = 100
KINDS = {"doi": "Sẽ đổi", "moi": "Sẽ thêm", "trung": "Trùng sửa", "loi": "Bị từ chối"}
INSPECTORS = (*WRITERS, Role.LEADER)


@allow(*INSPECTORS)
def uploads(request):
    """The form for a file, and the files that were sent."""
    if request.method == "POST":
        return _receive(request)
    return _form(request)


def _form(request, problem: str = "", status: int = 200):
    rounds = AssessmentRound.objects.year_end().filter(province=request.user.province, closed_at__isnull=True)
    sent = Upload.objects.filter(round__province=request.user.province).defer("content").select_related("by", "round")
    context = {"rounds": rounds.order_by("-as_of"), "uploads": sent[:20], "problem": problem}
    return render(request, "criteria/uploads.html", context, status=status)


def _receive(request):
    if request.user.role not in WRITERS:
        return _form(request, "Vai trò của anh/chị chỉ xem tệp đã nạp.", 403)
    file, year = request.FILES.get("file"), request.POST.get("nam", "")
    if file is None or not (year.isascii() and year.isdigit() and len(year) == 4):
        return _form(request, "Hãy chọn tệp và năm.", 400)
    round = rounds_for(request.user, int(year))[int(year)]
    try:
        content = file.read()
        importing.rehearse(content, file.name, round)
    except FileRefused as refused:
        return _form(request, str(refused), 400)
    return redirect("upload", actions.keep(content, file.name, round, by=request.user).pk)


def _find(request, pk: int) -> Upload:
    found = Upload.objects.select_related("round__criteria_set", "round__province", "by")
    return get_object_or_404(found, pk=pk, round__province=request.user.province)


def _incoming(post) -> importing.Incoming:
    settle = {
        name[2:]: choice for name, choice in post.items() if name.startswith("c:") and choice in ("mine", "theirs")
    }
    every = post.get("settle_all", "")
    return importing.Incoming(clean(post.get("reason", ""))[:300], every if every in ("mine", "theirs") else "", settle)


@allow(*INSPECTORS)
def upload(request, pk):
    """What a file would change, or what it changed."""
    found = _find(request, pk)
    if found.committed_at:
        return render(request, "criteria/upload_done.html", {"upload": found})
    preview = importing.rehearse(bytes(found.content), found.filename, found.round)
    return _show(request, found, preview)


def _show(request, found: Upload, preview: Preview, problem: str = "", status: int = 200):
    rows = {
        "doi": [change for change in preview.changes if not change.is_new],
        "moi": [change for change in preview.changes if change.is_new],
        "trung": preview.conflicts,
        "loi": preview.rejected,
    }
    first = next((kind for kind in ("loi", "trung", "doi", "moi") if rows[kind]), "doi")
    kind = request.GET.get("loai", "")
    kind = kind if kind in rows else first
    context = {
        "upload": found,
        "preview": preview,
        "tabs": [(key, name, len(rows[key])) for key, name in KINDS.items()],
        "kind": kind,
        "page": Paginator(rows[kind], PAGE).get_page(request.GET.get("trang")),
        "reasons": workflow.REASONS,
        "problem": problem,
        "posted": request.POST,
        "markable": found.filename.lower().endswith(".xlsx") and preview.rejected,
    }
    return render(request, "criteria/upload.html", context, status=status)


@allow(*WRITERS)
@require_POST
def confirm(request, pk):
    """Write what the file says, all or nothing."""
    found = _find(request, pk)
    incoming = _incoming(request.POST)
    try:
        with transaction.atomic():
            locked = actions.take(found)
            about = {"by": request.user, "via": Via.SHEET, "source": found.source}
            preview = importing.commit(bytes(locked.content), found.filename, found.round, incoming, **about)
            if preview.written:
                actions.finish(locked, preview.counts(), incoming.reason)
    except (FileRefused, ValidationError) as error:
        problem = " ".join(error.messages) if isinstance(error, ValidationError) else str(error)
        preview = importing.rehearse(bytes(found.content), found.filename, found.round, incoming)
        return _show(request, found, preview, problem, 409)
    if not preview.written:
        return _show(request, found, preview, "Chưa ghi gì: còn ô bị từ chối hoặc trùng sửa chưa chọn.", 409)
    return redirect("upload", pk)


@allow(*INSPECTORS)
def original(request, pk):
    """The file as it was sent, as an attachment."""
    found = _find(request, pk)
    return _attachment(bytes(found.content), found.filename)


@allow(*INSPECTORS)
def marked(request, pk):
    """The workbook with its rejected cells coloured and commented."""
    found = _find(request, pk)
    preview = importing.rehearse(bytes(found.content), found.filename, found.round)
    problems = {rejection.cell: rejection.reason for rejection in preview.rejected if rejection.cell}
    if not found.filename.lower().endswith(".xlsx") or not problems:
        raise Http404("Không có tệp đánh dấu.")
    try:
        content = mark(bytes(found.content), preview.sheet, problems)
    except ValueError as error:
        raise Http404("Tệp này không đánh dấu được; xem danh sách ô bị từ chối trên trang.") from error
    return _attachment(content, f"danh-dau-{found.filename}")


def _attachment(content: bytes, filename: str) -> FileResponse:
    response = FileResponse([content], content_type="application/octet-stream")
    response.headers["Content-Disposition"] = content_disposition_header(True, filename)
    return response
