"""What became of a request: told by what it wrote, its status, where it leads, and what it says."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import parse_qs, urlsplit

from django.contrib.messages import ERROR, get_messages
from django.db import connection
from django.urls import reverse

from tests.policies.table import NOTHING, READ, SIGN_IN, WRITE

SHOWN, LED, WRITTEN, ASKED = "shown", "led on", "written", "asked to correct"
REFUSED, TO_SIGN_IN, TO_SECOND_STEP = "refused", "sent to sign in", "sent to the second step"
THROUGH = {SHOWN, LED, WRITTEN, ASKED}
WRITES = re.compile(r'\s*(?:INSERT INTO|UPDATE|DELETE FROM|REPLACE INTO)\s+"?(\w+)', re.I)
SESSIONS = "communes_session"


@contextmanager
def watched() -> Iterator[set[str]]:
    """The tables that are written to, sessions excepted; seen in the statements, so also when it is taken back."""
    written: set[str] = set()

    def note(execute, sql, params, many, context):
        found = WRITES.match(sql)
        if found and found[1] != SESSIONS:
            written.add(found[1])
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        yield written


def outcome(answer, written: set[str], signed_in: bool, lacking: bool) -> str:
    """``lacking``: the officer has not given the second factor. A status that is no answer comes back as a number."""
    if written:
        return WRITTEN
    status = answer.status_code
    if status in (301, 302):
        return _led(answer, signed_in, lacking)
    if status == 401:
        return TO_SIGN_IN
    if status in (403, 404, 405):
        return REFUSED
    if status in (400, 409) or (answer.wsgi_request.method == "POST" and _complains(answer)):
        return ASKED
    return SHOWN if 200 <= status < 300 else str(status)


def _led(answer, signed_in: bool, lacking: bool) -> str:
    """Away from a row that is not there the administration leads to its index; a step not allowed is said in a
    message."""
    target = urlsplit(answer.url)
    asked = answer.wsgi_request.path
    to_sign_in = target.path in (reverse("login"), reverse("admin:login")) and "next" in parse_qs(target.query)
    if to_sign_in:
        return REFUSED if signed_in else TO_SIGN_IN
    if lacking and target.path in (reverse("second_step"), reverse("second_factor")):
        return TO_SECOND_STEP
    if target.path == reverse("admin:index") and asked.startswith(target.path):
        return REFUSED
    said = any(message.level >= ERROR for message in get_messages(answer.wsgi_request))
    return REFUSED if said else LED


def _complains(answer) -> bool:
    """Whether a form came back with what is wrong in it."""
    for part in answer.context or ():
        for name in ("form", "adminform", "confirm_form"):
            form = part.get(name) if hasattr(part, "get") else None
            if getattr(getattr(form, "form", form), "errors", None):
                return True
    return False


def fits(words: frozenset[str], method: str, found: str) -> bool:
    """Whether an outcome is what a cell of the table says. A page for reading may answer a POST as it answers a GET."""
    if words == {SIGN_IN}:
        return found == TO_SIGN_IN
    if method == "GET":
        return found in {SHOWN, LED} if READ in words else found == REFUSED
    if WRITE in words:
        return found in {WRITTEN, ASKED, LED}
    return found == REFUSED or (READ in words and found == SHOWN)


def fits_elsewhere(words: frozenset[str], method: str, found: str) -> bool:
    """For an officer of another province: nothing of this one is shown or written, though the page may come."""
    if words == {NOTHING} and method == "POST":
        return found in {REFUSED, SHOWN, LED}
    return fits(words, method, found)
