"""How the pages are shown."""

from django.shortcuts import redirect, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from .policy import EVERY_ROLE, allow
from .request import OfficerRequest

SIZE_COOKIE, LARGE = "chu", "lon"
A_YEAR = 365 * 24 * 3600


@require_POST
@allow(*EVERY_ROLE)
def show_large(request: OfficerRequest):
    """Large type for the meeting room, or plain type again; kept by the browser, whoever signs in there."""
    back = request.POST.get("next", "")
    inside = url_has_allowed_host_and_scheme(back, {request.get_host()}, request.is_secure())
    response = redirect(back if inside else resolve_url("overview"))
    large = LARGE if request.POST.get("chu") == LARGE else ""
    if large:
        response.set_cookie(
            SIZE_COOKIE, large, max_age=A_YEAR, samesite="Lax", httponly=True, secure=request.is_secure()
        )
    else:
        response.delete_cookie(SIZE_COOKIE)
    return response
