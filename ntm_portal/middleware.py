"""Middleware of the roof."""

import logging
import re
import time
from uuid import uuid4

from django.conf import settings

REQUESTS = logging.getLogger("ntm.request")
REQUEST_ID = re.compile("[0-9a-f]{32}")
PATH_SHOWN = 200


def content_security_policy(get_response):
    """Send ``settings.SECURE_CSP`` with every response (built into Django from version 6 on)."""
    policy = "; ".join(f"{name} {' '.join(sources)}" for name, sources in settings.SECURE_CSP.items())

    def middleware(request):
        response = get_response(request)
        response.headers.setdefault("Content-Security-Policy", policy)
        return response

    return middleware


def kept_nowhere(get_response):
    """No page, file or answer stays in a browser's or a proxy's store; static files are answered before this.

    Except a form in which people type for long: with ``no-store`` a browser that goes back has forgotten it.
    """

    def middleware(request):
        response = get_response(request)
        match = request.resolver_match
        typed_in = match is not None and getattr(match.func, "keeps", False)
        response.headers.setdefault("Cache-Control", "private, no-cache" if typed_in else "no-store")
        return response

    return middleware


def request_log(get_response):
    """One line for each answered request; ``ntm_portal.logs`` says what is in it and what never is."""

    def middleware(request):
        begin = time.monotonic()
        request.request_id = _given_id(request) or uuid4().hex
        response = get_response(request)
        response.headers["X-Request-ID"] = request.request_id
        # Asking for request.user here would fetch an officer for pages that did without.
        officer = getattr(request, "_cached_user", None)
        facts = {
            "request_id": request.request_id,
            "method": request.method,
            "path": request.path[:PATH_SHOWN],
            "status": response.status_code,
            "ms": round((time.monotonic() - begin) * 1000),
            "officer": getattr(officer, "pk", None),
        }
        REQUESTS.info("request", extra={"facts": facts})
        return response

    return middleware


def _given_id(request) -> str:
    """The number under which nginx logs the request; anything else in its place is not taken over."""
    given = request.headers.get("X-Request-ID", "")
    return given if REQUEST_ID.fullmatch(given) else ""
