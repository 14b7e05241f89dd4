"""Signing in: the password, the second factor, a password of one's own in place of the first one, and going on."""

import json

import segno
from django import forms
from django.contrib import messages
from django.contrib.auth import authenticate, get_user_model
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import LoginView, PasswordChangeView
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.shortcuts import redirect, render, resolve_url
from django.urls import reverse, reverse_lazy
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST
from django_otp import login as remember
from django_otp import match_token

from . import second_factor, sessions
from .policy import EVERY_ROLE, allow
from .request import OfficerRequest

LONGEST_KEPT = 200_000  # characters of what was typed before the session ended


class OfficerForm(AuthenticationForm):
    error_messages = {
        "invalid_login": "Tên đăng nhập hoặc mật khẩu không đúng. Mật khẩu phân biệt chữ hoa, chữ thường.",
        "inactive": "Tên đăng nhập hoặc mật khẩu không đúng. Mật khẩu phân biệt chữ hoa, chữ thường.",
    }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        longest = get_user_model()._meta.get_field("username").max_length
        self.fields["username"].validators.append(MaxLengthValidator(longest))  # Django sets the attribute alone

    def confirm_login_allowed(self, user):
        super().confirm_login_allowed(user)
        if user.one_time_until and user.one_time_until < timezone.now():
            raise ValidationError("Mật khẩu dùng một lần đã hết hạn; hãy đề nghị quản trị cấp lại.", code="expired")


class SignIn(LoginView):
    """Name and password. What was typed in a form when the session ended comes along and can be sent again."""

    authentication_form = OfficerForm
    redirect_authenticated_user = True

    def get_context_data(self, **kwargs):
        return super().get_context_data(**kwargs) | {"kept": self.request.POST.get("giu", "")}

    def form_valid(self, form):
        tell_of_changes(self.request, form.get_user())
        answer = super().form_valid(form)
        if kept := unpacked(self.request.POST.get("giu", "")):
            return render(self.request, "registration/resume.html", {"kept": kept, "back": self.get_success_url()})
        return answer


def tell_of_changes(request, officer) -> None:
    """What was changed since the officer last signed in: whoever did not do it, has it looked into."""
    changes = (("Mật khẩu", officer.password_changed_at), ("Điện thoại xác thực", officer.telephone_changed_at))
    for what, at in changes:
        if at and officer.last_login and at > officer.last_login:
            when = date_format(timezone.localtime(at), "H:i d/m/Y")
            said = f"{what} của tài khoản này được đổi, cấp lại hoặc bỏ lúc {when}"
            messages.warning(request, f"{said}; nếu anh/chị không làm và không đề nghị, hãy báo quản trị.")


def locked_out(request, credentials, *args, **kwargs):
    """What ``axes`` answers after too many failures."""
    context = {"locked": True, "next": request.POST.get("next", ""), "kept": request.POST.get("giu", "")}
    return render(request, "registration/login.html", context, status=429)


class SignInRequired(LoginRequiredMiddleware):
    """Nobody loses what was typed in a form that ``keeps``: it waits on the sign-in page."""

    def handle_no_permission(self, request, view_func):
        if request.method == "POST" and getattr(view_func, "keeps", False):
            kept = json.dumps(
                [[name, text] for name, texts in request.POST.lists() for text in texts], ensure_ascii=False
            )
            context = {"next": request.get_full_path(), "kept": kept if len(kept) <= LONGEST_KEPT else ""}
            return render(request, "registration/login.html", context, status=401)
        return super().handle_no_permission(request, view_func)


def unpacked(text: str) -> list[tuple[str, str]]:
    """Names and texts as ``SignInRequired`` kept them; whatever else comes is nothing."""
    try:
        pairs = json.loads(text) if len(text) <= LONGEST_KEPT else []
        kept = [(str(name), str(value)) for name, value in pairs]
    except (ValueError, TypeError, RecursionError):
        return []
    return [(name, value) for name, value in kept if name != "csrfmiddlewaretoken"]


def _next(request: OfficerRequest) -> str:
    asked = request.POST.get("next") or request.GET.get("next", "")
    inside = url_has_allowed_host_and_scheme(asked, {request.get_host()}, request.is_secure())
    return asked if inside else resolve_url("overview")


class CodeForm(forms.Form):
    ma = forms.CharField(label="Mã xác thực", max_length=20)


@allow(*EVERY_ROLE)
def second_step(request: OfficerRequest):
    """Ask for the code of the telephone, or a recovery code; who has no telephone set up yet does that first."""
    if second_factor.telephone_of(request.user) is None:
        messages.info(request, "Việc này cần xác thực hai bước: hãy cài đặt trước.")
        return redirect(f"{reverse('second_factor')}?{request.GET.urlencode()}")
    form = CodeForm(request.POST or None)
    if form.is_valid():
        device = match_token(request.user, "".join(form.cleaned_data["ma"].split()).lower())
        if device:
            remember(request, device)
            request.session.cycle_key()
            return redirect(_next(request))
        form.add_error("ma", "Mã không đúng hoặc đã dùng. Sau mỗi lần sai phải chờ lâu hơn mới thử lại được.")
    return render(request, "registration/second_step.html", {"form": form, "next": _next(request)})


@allow(*EVERY_ROLE)
def set_up(request: OfficerRequest):
    """Set up the telephone: a picture to scan, the first code, then the recovery codes on paper, shown once."""
    if second_factor.telephone_of(request.user) and not second_factor.is_verified(request):
        return second_factor.ask(request)
    pending = second_factor.telephone_of(request.user, confirmed=False)
    form = CodeForm(request.POST if "ma" in request.POST else None)
    if request.method == "POST" and "ma" not in request.POST:
        second_factor.begin(request.user)
        return redirect(f"{reverse('second_factor')}?{request.GET.urlencode()}")
    if pending and form.is_valid():
        if pending.verify_token(form.cleaned_data["ma"].strip()):
            codes = second_factor.confirm(pending)
            remember(request, pending)
            return render(request, "registration/recovery_codes.html", {"codes": codes, "next": _next(request)})
        form.add_error("ma", "Mã không đúng: hãy xem giờ của điện thoại và máy chủ có khớp không.")
    return render(request, "registration/second_factor.html", _setting_up(pending, form, _next(request)))


def _setting_up(pending, form: CodeForm, back: str) -> dict:
    if pending is None:
        return {"pending": None, "next": back}
    picture = segno.make(pending.config_url, error="m")
    secret = pending.config_url.split("secret=")[1].split("&")[0]
    return {"pending": pending, "form": form, "next": back, "secret": secret, "picture": picture.svg_data_uri(scale=4)}


class OwnPassword(PasswordChangeView):
    """A password of one's own; the end of the one-time password."""

    template_name = "registration/password.html"
    success_url = reverse_lazy("overview")

    def form_valid(self, form):
        form.user.one_time_until = None
        messages.success(self.request, "Đã đổi mật khẩu. Các phiên đăng nhập khác đã kết thúc.")
        return super().form_valid(form)


@allow(*EVERY_ROLE)
def account(request: OfficerRequest):
    """Who is signed in, and what can be changed about it."""
    about = {
        "telephone": second_factor.telephone_of(request.user),
        "verified": second_factor.is_verified(request),
        "demanded": second_factor.demanded_of(request.user),
        "sessions": sessions.signed_in(request),
        "all": sessions.ALL,
    }
    return render(request, "registration/account.html", about)


@require_POST
@allow(*EVERY_ROLE)
def end_sessions(request: OfficerRequest):
    """End one or all of the officer's other sessions; the password is asked again, and its failures are counted."""
    if authenticate(request, username=request.user.username, password=request.POST.get("password", "")) is None:
        messages.error(request, "Mật khẩu không đúng: chưa kết thúc phiên nào.")
        return redirect("account")
    mark = request.POST.get("phien", "")
    ended = sessions.end(request.user, mark, but=request.session.session_key)
    if ended or mark == sessions.ALL:
        messages.success(request, f"Đã kết thúc {ended} phiên đăng nhập khác.")
    else:
        messages.error(request, "Không có phiên này trong các phiên khác của anh/chị; có thể phiên đó đã kết thúc.")
    return redirect("account")
