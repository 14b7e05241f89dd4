"""The change log as page and xlsx, both of the same rows."""

from django.http import FileResponse, Http404
from django.shortcuts import render
from django.utils.http import content_disposition_header

from communes.accounts.policy import allow
from communes.accounts.request import OfficerRequest
from communes.context import note_for
from communes.models import Role
from reports.catalogue.asked import CONTENT_TYPES
from reports.files.workbook import write

from .reading import ROWS_IN_A_FILE, LogFilter, load_page, log_table

READERS = (Role.ADMIN, Role.STAFF, Role.LEADER, Role.DISTRICT)


@allow(*READERS)
def log_page(request: OfficerRequest):
    """Some entries of the log that the officer may read, the newest first."""
    found = LogFilter(request.GET, request.user)
    context = {"filter": found, "page": load_page(found), "most": ROWS_IN_A_FILE}
    return render(request, "reports/log/log.html", context)


@allow(*READERS)
def log_xlsx(request: OfficerRequest):
    """The entries that the filters leave, as a file."""
    found = LogFilter(request.GET, request.user)
    if not found.is_valid():
        raise Http404("Điều kiện lọc không hợp lệ.")
    response = FileResponse(
        [write(log_table(found), note_for(request.user.province))], content_type=CONTENT_TYPES["xlsx"]
    )
    response.headers["Content-Disposition"] = content_disposition_header(True, "nhat-ky.xlsx")
    return response
