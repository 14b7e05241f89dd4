"""How long a session lasts: 30 minutes without use, 12 hours in all; and the first password, which must be changed."""

import time

from django.contrib import messages
from django.contrib.auth import logout
from django.shortcuts import redirect

IDLE, LONGEST = 30 * 60, 12 * 3600
NOTED_EVERY = 60  # seconds: not every request writes the session
BEGAN, SEEN = "began", "seen"
WITHOUT_OWN_PASSWORD = {"password", "logout", "show_large", "health"}


def begin(sender, request, user, **kwargs):
    """Somebody signed in."""
    request.session[BEGAN] = request.session[SEEN] = int(time.time())


def has_ended(session, now: float) -> bool:
    """Whether a session was unused, or used, for too long; one that does not say when it began has ended."""
    return now - session.get(SEEN, 0) > IDLE or now - session.get(BEGAN, 0) > LONGEST


def keep_short(get_response):
    """Middleware: end what has ended, note the use of the rest. Goes after the messages, before the sign-in check."""

    def middleware(request):
        if request.user.is_authenticated:
            now = time.time()
            if has_ended(request.session, now):
                logout(request)
                messages.warning(request, "Phiên làm việc đã hết; hãy đăng nhập lại.")
            elif now - request.session[SEEN] > NOTED_EVERY:
                request.session[SEEN] = int(now)
        return get_response(request)

    return middleware


class OwnPasswordFirst:
    """Middleware: who came in with a one-time password changes it before anything else."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        waiting = request.user.is_authenticated and request.user.one_time_until
        if waiting and request.resolver_match.url_name not in WITHOUT_OWN_PASSWORD:
            return redirect("password")
        return None
