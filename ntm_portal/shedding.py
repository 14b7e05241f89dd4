"""When more is asked for than the machine can do, readers are told to wait a moment: what people typed goes first.

nginx notes when a request came (``X-Request-Start``). A page or file that then stood in the queue for too long is
refused before any work is done for it, which empties the queue at once. Each process makes a few pages, and fewer
files, at a time; the rest of its threads are for what is sent (cells, forms, passwords), which is never refused and
never waits for them. Without a proxy in front, on one's own computer, nobody is refused.
"""

import random
import re
import threading
import time

from django.conf import settings
from django.http import HttpResponse
from django.template import loader

LONGEST_WAIT = 0.5  # seconds in the queue; a page has to be there within one
PAGES_AT_ONCE, FILES_AT_ONCE = 2, 1  # of each process: its threads share one interpreter
AGAIN_IN = 5, 10  # seconds, at random: those who were refused together should not come back together
FILE = re.compile(r"\.(xlsx|docx|json)$")
NEVER_REFUSED = ("/suc-khoe/",)
STARTED = re.compile(r"t=(\d{10}\.\d{3})")


def saves_first(get_response):
    """Middleware. Goes before everything that asks the database."""
    pages, files = threading.BoundedSemaphore(PAGES_AT_ONCE), threading.BoundedSemaphore(FILES_AT_ONCE)

    def middleware(request):
        if not settings.BEHIND_PROXY or request.method not in ("GET", "HEAD") or request.path in NEVER_REFUSED:
            return get_response(request)
        left = LONGEST_WAIT - _waited(request)
        places = files if FILE.search(request.path) else pages
        if left < 0 or not places.acquire(timeout=left):
            return _busy()
        try:
            return get_response(request)
        finally:
            places.release()

    return middleware


def _waited(request) -> float:
    """Seconds since the proxy took the request, as far as it says so."""
    started = STARTED.fullmatch(request.headers.get("X-Request-Start", ""))
    return max(0.0, time.time() - float(started[1])) if started else 0.0


def _busy() -> HttpResponse:
    response = HttpResponse(loader.get_template("503.html").render(), status=503)
    response.headers["Retry-After"] = str(random.randint(*AGAIN_IN))
    response.headers["Cache-Control"] = "no-store"
    return response
