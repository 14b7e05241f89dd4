"""When more is asked for than the machine can do, readers are told to wait a moment: what people typed goes first.

nginx notes when a request came (``X-Request-Start``). A page or file that then stood in the queue for too long is
refused before any work is done for it, which empties the queue at once. What is sent (cells, forms, passwords) is never
refused. Files cost the most: each process makes a few at a time.
"""

import random
import re
import threading
import time

from django.conf import settings
from django.http import HttpResponse
from django.template import loader

LONGEST_WAIT = 0.5  # seconds in the queue; a page has to be there within one
FILES_AT_ONCE = 2
AGAIN_IN = 5, 10  # seconds, at random: those who were refused together should not come back together
FILE = re.compile(r"\.(xlsx|docx|json)$")
NEVER_REFUSED = ("/suc-khoe/",)
STARTED = re.compile(r"t=(\d{10}\.\d{3})")


def saves_first(get_response):
    """Middleware. Goes before everything that asks the database."""
    files = threading.BoundedSemaphore(FILES_AT_ONCE)

    def middleware(request):
        if request.method not in ("GET", "HEAD") or request.path in NEVER_REFUSED:
            return get_response(request)
        if _waited(request) > LONGEST_WAIT:
            return _busy()
        if not FILE.search(request.path):
            return get_response(request)
        if not files.acquire(blocking=False):
            return _busy()
        try:
            return get_response(request)
        finally:
            files.release()

    return middleware


def _waited(request) -> float:
    """Seconds since the proxy took the request; nobody else is believed."""
    started = STARTED.fullmatch(request.headers.get("X-Request-Start", "")) if settings.BEHIND_PROXY else None
    return time.time() - float(started[1]) if started else 0.0


def _busy() -> HttpResponse:
    response = HttpResponse(loader.get_template("503.html").render(), status=503)
    response.headers["Retry-After"] = str(random.randint(*AGAIN_IN))
    response.headers["Cache-Control"] = "no-store"
    return response
