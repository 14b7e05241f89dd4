"""The second factor (xác thực hai bước): a code of the officer's telephone, or a recovery code on paper.

Leaders and administrators give it before they approve, close, issue or administer; a session gives it once.
"""

from functools import wraps
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django_otp import DEVICE_ID_SESSION_KEY
from django_otp.models import Device
from django_otp.plugins.otp_totp.models import TOTPDevice

from communes.models import Officer, RecoveryCodes, Role
from communes.models.recovery_codes import PAPER, new_codes

DEMANDED_OF = frozenset({Role.LEADER, Role.ADMIN})
TELEPHONE = "Điện thoại"


def demanded_of(officer: Officer) -> bool:
    """Whether this officer's work asks for it; a trial installation (``SECOND_FACTOR=false``) asks nobody."""
    return settings.SECOND_FACTOR and officer.role in DEMANDED_OF


def telephone_of(officer: Officer, confirmed: bool = True) -> TOTPDevice | None:
    return TOTPDevice.objects.filter(user=officer, confirmed=confirmed).order_by("-pk").first()


def is_verified(request) -> bool:
    """Whether this session has given it, with a device that the officer still has. One query where it was given."""
    key = request.session.get(DEVICE_ID_SESSION_KEY)
    device = Device.from_persistent_id(key) if key else None
    return device is not None and device.user_id == request.user.pk and device.confirmed


def lacks(request) -> bool:
    return demanded_of(request.user) and not is_verified(request)


def ask(request):
    """Send to the page that asks for it, and back from there; a script is told."""
    if request.headers.get("Accept", "").startswith("application/json"):
        return JsonResponse({"error": "Cần xác thực hai bước; hãy tải lại trang."}, status=403)
    back = request.get_full_path()
    if request.method != "GET":
        messages.warning(request, "Chưa ghi gì: việc này cần xác thực hai bước; xác thực xong hãy làm lại.")
        back = request.headers.get("Referer", "/")
    return redirect(f"{reverse('second_step')}?{urlencode({'next': back})}")


def verified(view):
    """For a view that decides: whoever must give the second factor gives it first. Goes below ``allow``."""

    @wraps(view)
    def guarded(request, *args, **kwargs):
        return ask(request) if lacks(request) else view(request, *args, **kwargs)

    return guarded


@transaction.atomic
def begin(officer: Officer) -> TOTPDevice:
    """A new telephone, to be confirmed by its first code; an unconfirmed earlier one is forgotten."""
    TOTPDevice.objects.filter(user=officer, confirmed=False).delete()
    return TOTPDevice.objects.create(user=officer, name=TELEPHONE, confirmed=False)


def confirm(pending: TOTPDevice) -> list[str]:
    """The telephone takes the place of the earlier one; new recovery codes, shown this once."""
    codes = new_codes()
    _put_in_place(pending, RecoveryCodes.digests_of(codes))  # hashed before, so that nothing is locked meanwhile
    return codes


@transaction.atomic
def _put_in_place(pending: TOTPDevice, digests: list[str]) -> None:
    TOTPDevice.objects.filter(user=pending.user).exclude(pk=pending.pk).delete()
    pending.confirmed = True
    pending.save(update_fields=["confirmed"])
    RecoveryCodes.objects.filter(user=pending.user).delete()
    RecoveryCodes.objects.create(user=pending.user, name=PAPER, digests=digests)
    _note_change(pending.user)


@transaction.atomic
def forget(officer: Officer) -> None:
    """The way back for who lost the telephone: the officer sets up a new one."""
    had = telephone_of(officer)
    TOTPDevice.objects.filter(user=officer).delete()
    RecoveryCodes.objects.filter(user=officer).delete()
    if had:
        _note_change(officer)


def _note_change(officer: Officer) -> None:
    """The officer is told at the next sign-in."""
    Officer.objects.filter(pk=officer.pk).update(telephone_changed_at=timezone.now())
