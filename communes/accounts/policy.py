"""Who may open what: the sign-in backend and the policy that every view declares."""

from collections.abc import Callable
from functools import wraps
from typing import Protocol, cast

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, JsonResponse
from django.http.response import HttpResponseBase

from communes.models import Role

EVERY_ROLE = tuple(Role)


class OfficerBackend(ModelBackend):
    """Django's backend, fetching the province and district of an officer in the same query."""

    def get_user(self, user_id):
        officer = get_user_model().objects.select_related("province", "district").filter(pk=user_id).first()
        return officer if officer and self.user_can_authenticate(officer) else None


def address_of(request: HttpRequest) -> str:
    """The network address of who asks; behind a proxy, what the proxy next to the portal saw."""
    seen = request.META.get("HTTP_X_FORWARDED_FOR", "").rpartition(",")[2].strip() if settings.BEHIND_PROXY else ""
    return seen or request.META.get("REMOTE_ADDR", "")


class Guarded(Protocol):
    """A view that says whom it is for."""

    policy: frozenset[Role]
    keeps: bool

    def __call__(self, request, /, *args, **kwargs) -> HttpResponseBase: ...


def allow(*roles: Role, api: bool = False, keeps: bool = False) -> Callable[[Callable[..., HttpResponseBase]], Guarded]:
    """Declare the roles a view is for; others get 403. ``allow()`` without a role means: open to the public.

    ``keeps``: a form whose typed values are kept when the session has ended meanwhile. ``api``: the view is asked by
    a script, which gets 401 and not the sign-in page when nobody is signed in.
    """

    def declare(view: Callable[..., HttpResponseBase]) -> Guarded:
        @wraps(view)
        def guard(request, *args, **kwargs) -> HttpResponseBase:
            if api and not request.user.is_authenticated:
                return JsonResponse({"error": "Phiên làm việc đã hết; hãy đăng nhập lại."}, status=401)
            if roles and request.user.role not in roles:
                raise PermissionDenied
            return view(request, *args, **kwargs)

        guarded = cast(Guarded, guard)  # a function that carries what it declares
        guarded.policy, guarded.keeps = frozenset(roles), keeps
        return guarded if roles and not api else login_not_required(guarded)

    return declare
