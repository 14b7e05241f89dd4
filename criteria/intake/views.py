"""Bringing in a workbook: upload, preview, confirm; the file as it was sent, and with its problems marked."""

from collections.abc import Sequence
from dataclasses import replace

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db import transaction
from django.http import FileResponse, Http404, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_POST

from communes.accounts.policy import allow
from communes.accounts.request import OfficerRequest
from communes.models import Commune, Role
from communes.uploads.guard import FileRefused
from criteria import actions
from criteria.entry.reconciling import clean
from criteria.models import Assessment, AssessmentRound, Upload, Via
from criteria.rounds import WRITERS, rounds_for
from criteria.rules import workflow

from . import importing
from .marking import mark
from .preview import CellChange, Preview, Rejection

PAGE = 100
KINDS = {"doi": "Sẽ đổi", "moi": "Sẽ thêm", "trung": "Trùng sửa", "loi": "Bị từ chối"}
INSPECTORS = (*WRITERS, Role.LEADER)


@allow(*INSPECTORS)
def uploads(request: OfficerRequest):
    """The form for a file, and the files that were sent."""
    if request.method == "POST":
        return _receive(request)
    return _form(request)


def _form(request: OfficerRequest, problem: str = "", status: int = 200):
    rounds = AssessmentRound.objects.year_end().filter(province=request.user.province, closed_at__isnull=True)
    sent = Upload.objects.filter(round__province=request.user.province).defer("content").select_related("by", "round")
    context = {"rounds": rounds.order_by("-as_of"), "uploads": sent[:20], "problem": problem}
    return render(request, "criteria/intake/uploads.html", context, status=status)


def _receive(request: OfficerRequest):
    """Keep a file that can be read; a script that sends it is told in JSON where its preview is, or what is wrong."""
    try:
        kept, problem, status = _keep(request), "", 200
    except FileRefused as refused:
        kept, problem, status = None, str(refused), 400
    except PermissionDenied as refused:
        kept, problem, status = None, str(refused), 403
    if request.headers.get("Accept") == "application/json":
        return JsonResponse({"url": reverse("upload", args=[kept.pk])} if kept else {"error": problem}, status=status)
    return redirect("upload", kept.pk) if kept else _form(request, problem, status)


def _keep(request: OfficerRequest) -> Upload:
    if request.user.role not in WRITERS:
        raise PermissionDenied("Vai trò của anh/chị chỉ xem tệp đã nạp.")
    file, year = request.FILES.get("file"), request.POST.get("nam", "")
    if file is None or not (year.isascii() and year.isdigit() and len(year) == 4):
        raise FileRefused("Hãy chọn tệp và năm.")
    round = rounds_for(request.user, int(year))[int(year)]
    content, name = file.read(), file.name or ""
    importing.rehearse(content, name, round)
    return actions.keep(content, name, round, by=request.user)


def _find(request: OfficerRequest, pk: int) -> Upload:
    found = Upload.objects.select_related("round__criteria_set", "round__province", "by")
    return get_object_or_404(found, pk=pk, round__province=request.user.province)


def _incoming(post) -> importing.Incoming:
    settle = {
        name[2:]: choice for name, choice in post.items() if name.startswith("c:") and choice in ("mine", "theirs")
    }
    every = post.get("settle_all", "")
    return importing.Incoming(clean(post.get("reason", ""))[:300], every if every in ("mine", "theirs") else "", settle)


def _rehearse(found: Upload, incoming: importing.Incoming | None = None) -> Preview:
    """The preview as it is with a reason: an approved commune asks for one at the form, it does not refuse a cell."""
    incoming = incoming or importing.Incoming()
    incoming = replace(incoming, reason=incoming.reason or "?")
    return importing.rehearse(bytes(found.content), found.filename, found.round, incoming)


def _approved(found: Upload, preview: Preview) -> int:
    """How many approved communes the file would change."""
    codes = {change.code for change in (*preview.changes, *preview.conflicts)}
    inside = Assessment.objects.filter(round=found.round, state=workflow.State.APPROVED)
    return inside.filter(commune__code__in=codes).count()


@allow(*INSPECTORS)
def upload(request: OfficerRequest, pk):
    """What a file would change, or what it changed. A POST only carries what is chosen so far to another tab."""
    found = _find(request, pk)
    if found.committed_at:
        return render(request, "criteria/intake/upload_done.html", {"upload": found})
    return _show(request, found, _rehearse(found, _incoming(request.POST)))


def _show(request: OfficerRequest, found: Upload, preview: Preview, problem: str = "", status: int = 200):
    rows: dict[str, Sequence[CellChange | Rejection]] = {
        "doi": [change for change in preview.changes if not change.is_new],
        "moi": [change for change in preview.changes if change.is_new],
        "trung": preview.conflicts,
        "loi": preview.rejected,
    }
    first = next((kind for kind in ("loi", "trung", "doi", "moi") if rows[kind]), "doi")
    kind = request.GET.get("loai", "")
    kind = kind if kind in rows else first
    page = Paginator(rows[kind], PAGE).get_page(request.GET.get("trang"))
    settled = _settled(request.POST)
    something = preview.changes or preview.conflicts or settled
    context = {
        "upload": found,
        "here": reverse("upload", args=[found.pk]),
        "preview": preview,
        "tabs": [(key, name, len(rows[key])) for key, name in KINDS.items()],
        "kind": kind,
        "page": page,
        "rows": page if kind == "loi" else _named(page, found.round),
        "approved": _approved(found, preview),
        "reasons": workflow.REASONS,
        "problem": problem,
        "reason": request.POST.get("reason", ""),
        "settled": settled,
        "writable": request.user.role in WRITERS and something and not preview.rejected,
        "markable": found.filename.lower().endswith(".xlsx") and preview.rejected,
    }
    return render(request, "criteria/intake/upload.html", context, status=status)


def _named(changes, round: AssessmentRound) -> list[tuple[CellChange, str]]:
    """Changes with the name of their commune."""
    codes = {change.code for change in changes}
    names = dict(Commune.objects.filter(code__in=codes).in_force(round.as_of).values_list("code", "name"))
    return [(change, names.get(change.code, "")) for change in changes]


def _settled(post) -> dict[str, str]:
    """What was chosen about conflicts before, by field: a page that comes again keeps it."""
    incoming = _incoming(post)
    chosen = {f"c:{name}": choice for name, choice in incoming.settle.items()}
    return chosen | ({"settle_all": incoming.settle_all} if incoming.settle_all else {})


@allow(*WRITERS)
@require_POST
def confirm(request: OfficerRequest, pk):
    """Write what the file says, all or nothing."""
    found = _find(request, pk)
    incoming = _incoming(request.POST)
    try:
        with transaction.atomic():
            locked = actions.take(found)
            content, by = bytes(locked.content), request.user
            preview = importing.commit(
                content, found.filename, found.round, incoming, by=by, via=Via.SHEET, source=found.source
            )
            if preview.written:
                actions.finish(locked, preview.counts(), incoming.reason)
    except (FileRefused, ValidationError) as error:
        problem = " ".join(error.messages) if isinstance(error, ValidationError) else str(error)
        return _show(request, found, _rehearse(found, incoming), problem, 409)
    if not preview.written:
        preview = _rehearse(found, incoming)
        return _show(request, found, preview, f"Chưa ghi gì: {_missing(preview)}", 409)
    return redirect("upload", pk)


def _missing(preview: Preview) -> str:
    """What still keeps a file from being written."""
    if preview.rejected:
        return "còn ô bị từ chối."
    if preview.conflicts:
        return f"còn {len(preview.conflicts)} ô trùng sửa chưa chọn."
    return "tệp sửa số của xã đã duyệt, hãy ghi lý do."


@allow(*INSPECTORS)
def original(request: OfficerRequest, pk):
    """The file as it was sent, as an attachment."""
    found = _find(request, pk)
    return _attachment(bytes(found.content), found.filename)


@allow(*INSPECTORS)
def marked(request: OfficerRequest, pk):
    """The workbook with its rejected cells coloured and commented."""
    found = _find(request, pk)
    preview = _rehearse(found)
    problems = preview.problems()
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
