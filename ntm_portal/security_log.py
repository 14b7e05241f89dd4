"""What the log says of signing in and out: that it happened, to which officer, in which request; no name, no address.

The address belongs to the request, whose number nginx knows too. A refused page has its line in the request log (403).
"""

import logging

from axes.signals import user_locked_out
from django.contrib.auth import signals

SECURITY = logging.getLogger("ntm.security")


def _tell(event: str, request, officer=None) -> None:
    facts = {"officer": getattr(officer, "pk", None), "request_id": getattr(request, "request_id", None)}
    SECURITY.info(event, extra={"facts": facts})


def signed_in(sender, request, user, **kwargs):
    _tell("signed in", request, user)


def signed_out(sender, request, user, **kwargs):
    _tell("signed out", request, user)


def failed(sender, request=None, **kwargs):
    _tell("sign-in failed", request)


def locked(sender, request=None, **kwargs):
    _tell("sign-in locked", request)


def listen() -> None:
    signals.user_logged_in.connect(signed_in)
    signals.user_logged_out.connect(signed_out)
    signals.user_login_failed.connect(failed)
    user_locked_out.connect(locked)
