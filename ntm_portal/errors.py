"""What an officer reads when the server cannot answer: its own fault, or a database that is away for a moment."""

import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template import loader

AGAIN_IN = 10  # seconds
BUSY = "Máy chủ đang bận, chưa ghi gì; hãy thử lại sau ít giây."


def server_error(request: HttpRequest) -> HttpResponse:
    """Django's ``handler500``: 503 with the request to try again while the database does not answer, else 500."""
    away = isinstance(sys.exc_info()[1], OperationalError | InterfaceError)
    status, page = (503, "503.html") if away else (500, "500.html")
    if request.path == "/suc-khoe/":
        response: HttpResponse = JsonResponse({"status": "fail", "database": "fail"}, status=status)
    elif request.headers.get("Accept", "").startswith("application/json"):
        response = JsonResponse({"error": BUSY if away else "Máy chủ gặp lỗi; chưa ghi gì."}, status=status)
    else:
        response = HttpResponse(loader.get_template(page).render(), status=status)
    if away:
        response.headers["Retry-After"] = str(AGAIN_IN)
    return response
