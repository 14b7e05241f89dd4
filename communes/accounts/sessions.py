"""How long a session lasts: 30 minutes without use, 12 hours in all; which ones an officer has, and ending them;
and the first password, which must be changed."""

import time
from dataclasses import dataclass
from datetime import datetime

from django.contrib import messages
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY, logout
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.crypto import salted_hmac

from communes.models import Officer, Session

from .policy import address_of

IDLE, LONGEST = 30 * 60, 12 * 3600
NOTED_EVERY = 60  # seconds: not every request writes the session
BEGAN, SEEN, FROM = "began", "seen", "from"
ALL = "tat-ca"
WITHOUT_OWN_PASSWORD = {"password", "logout", "show_large", "health"}


class SessionStore(DatabaseStore):
    """Sessions in the database, each with its officer (``SESSION_ENGINE``)."""

    @classmethod
    def get_model_class(cls):
        return Session

    def create_model_instance(self, data):
        row = super().create_model_instance(data)
        assert isinstance(row, Session)
        row.officer_id = data.get(SESSION_KEY)
        return row


def begin(sender, request, user, **kwargs):
    """Somebody signed in. What is left of the officer's sessions that are long over goes."""
    request.session[BEGAN] = request.session[SEEN] = int(time.time())
    request.session[FROM] = address_of(request)
    Session.objects.filter(officer=user, expire_date__lt=timezone.now()).delete()


def has_ended(session, now: float) -> bool:
    """Whether a session was unused, or used, for too long; one that does not say when it began has ended."""
    return now - session.get(SEEN, 0) > IDLE or now - session.get(BEGAN, 0) > LONGEST


@dataclass(frozen=True)
class SignedIn:
    """A session as its officer is shown it. ``mark`` tells it from the others and is of no use to whoever reads it."""

    mark: str
    began: datetime
    seen: datetime
    address: str
    here: bool


def mark_of(key: str) -> str:
    return salted_hmac("communes.sessions.mark", key, algorithm="sha256").hexdigest()[:32]


def signed_in(request) -> list[SignedIn]:
    """The officer's sessions: this one, then the others by their last use."""
    here, now, officer = request.session.session_key, time.time(), request.user
    hashes = {officer.get_session_auth_hash(), *officer.get_session_auth_fallback_hash()}
    kept = {row.session_key: row.get_decoded() for row in Session.objects.filter(officer=officer)}
    kept[here] = request.session
    alive = {k: said for k, said in kept.items() if not has_ended(said, now) and said.get(HASH_SESSION_KEY) in hashes}
    found = [_shown(key, said, key == here) for key, said in alive.items()]
    return sorted(found, key=lambda session: (session.here, session.seen), reverse=True)


def _shown(key: str, said: dict | SessionStore, here: bool) -> SignedIn:
    began, seen = (datetime.fromtimestamp(said[at], timezone.get_current_timezone()) for at in (BEGAN, SEEN))
    return SignedIn(mark_of(key), began, seen, said.get(FROM, ""), here)


def end(officer: Officer, mark: str = ALL, *, but: str | None) -> int:
    """End one session of an officer, or all of them, but never the one that asks; how many ended."""
    keys = Session.objects.filter(officer=officer).exclude(session_key=but or "").values_list("session_key", flat=True)
    ended, _ = Session.objects.filter(session_key__in=[key for key in keys if mark in (ALL, mark_of(key))]).delete()
    return ended


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
