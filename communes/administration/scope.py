"""Who may keep what in the administration: administrators everything, staff (chuyên viên) plans, money and documents.

Everybody keeps only what belongs to the own province.
"""

import logging
from functools import reduce
from operator import or_
from urllib.parse import urlencode

from django.contrib import admin
from django.contrib.admin.options import BaseModelAdmin
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError
from django.db.models import Q
from django.forms import ModelForm
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.text import capfirst

from communes.accounts import second_factor
from communes.models import Commune, Department, District, Province, Role

logger = logging.getLogger(__name__)
DESK = frozenset({Role.ADMIN, Role.STAFF})


def at_desk(request) -> bool:
    return getattr(request.user, "role", None) in DESK


class DeskSite(admin.AdminSite):
    """For administrators and staff; administrators give the second factor before."""

    site_header = site_title = "Kế hoạch, nguồn lực và danh mục"
    index_title = "Dữ liệu"

    def has_permission(self, request):
        return super().has_permission(request) and not second_factor.lacks(request)

    def login(self, request, extra_context=None):
        """The portal's own way in. Who is signed in and may not open this is told so."""
        if not request.user.is_authenticated:
            return redirect_to_login(request.GET.get("next", "/quan-tri/"), reverse("login"))
        if super().has_permission(request):
            return redirect(f"{reverse('second_step')}?{urlencode({'next': request.GET.get('next', '/quan-tri/')})}")
        raise PermissionDenied


class KeepsHistory:
    """Nothing that has been in force is deleted: it ends, or is revoked."""

    def has_delete_permission(self, request, obj=None):
        return False


class ReadOnly:
    """For looking up; written elsewhere."""

    def has_add_permission(self, request, obj=None):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


class SeenByStaff:
    """Staff look it up, to choose from it."""

    def has_view_permission(self, request, obj=None):
        return at_desk(request)

    def has_module_permission(self, request):
        return at_desk(request)


class KeptByStaff(SeenByStaff):
    """Staff enter and change it."""

    def has_add_permission(self, request, obj=None):
        return at_desk(request)

    def has_change_permission(self, request, obj=None):
        return at_desk(request)


MEANWHILE = "Chưa ghi gì: có người vừa ghi một bản ghi như thế này; anh/chị hãy xem lại danh sách."


class SaysRefusals(admin.ModelAdmin):
    """What the writers refuse, a closed year above all, is said in the form, which keeps what was typed; and so is what
    the database refuses, when somebody else was quicker.

    The refused writing is undone as a whole; then the form is read once more and has the refusal among its errors.
    """

    def changeform_view(self, request, *args, **kwargs):
        try:
            return super().changeform_view(request, *args, **kwargs)
        except (ValidationError, IntegrityError) as refusal:
            request.refusal = refusal if isinstance(refusal, ValidationError) else _as_refusal(refusal)
            return super().changeform_view(request, *args, **kwargs)

    def get_form(self, request, obj=None, change=False, **kwargs):
        form = super().get_form(request, obj, change, **kwargs)
        return _refused(form, request.refusal) if hasattr(request, "refusal") else form


def _as_refusal(error: IntegrityError) -> ValidationError:
    """Most often a race; as it may be a fault of ours too, the log has it."""
    logger.error("The database refused what a form had let pass", exc_info=error)
    return ValidationError(MEANWHILE)


def _refused(form: type[ModelForm], refusal: ValidationError) -> type[ModelForm]:
    """The form with a refusal: at the field that it names, at the top where it names none of the form."""

    class Refused(form):  # type: ignore[valid-type, misc]  # which form it is shows only now
        def clean(self):
            cleaned = super().clean()
            for name, errors in refusal.update_error_dict({}).items():
                self.add_error(name if name in self.fields else None, errors)
            return cleaned

    return Refused


class WithinProvince(BaseModelAdmin):
    """Chooses units of the officer's province only, whatever a form is sent."""

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        if db_field.related_model in WITHIN:
            kwargs["queryset"] = WITHIN[db_field.related_model](request.user)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


class AmongOwn(admin.RelatedFieldListFilter):
    """Filters a list by what the officer's province has."""

    def field_choices(self, field, request, model_admin):
        return [(row.pk, str(row)) for row in WITHIN[field.related_model](request.user)]


class OfProvince(SaysRefusals, WithinProvince, admin.ModelAdmin):
    """Rows of the officer's province; ``provinces`` are the paths that lead to it."""

    provinces: tuple[str, ...] = ("province",)

    def get_queryset(self, request):
        return super().get_queryset(request).filter(self.reach(request.user))

    def reach(self, officer):
        return reduce(or_, (Q(**{path: officer.province_id}) for path in self.provinces))

    def changelist_view(self, request, extra_context=None):
        """Under the name of what is listed: a longer title runs into the buttons beside it."""
        title = capfirst(self.opts.verbose_name_plural)
        return super().changelist_view(request, {"title": title} | (extra_context or {}))


WITHIN = {
    Commune: lambda officer: Commune.objects.visible_to(officer),
    Department: lambda officer: Department.objects.open_to(officer.province_id),
    District: lambda officer: District.objects.filter(province=officer.province_id),
    Province: lambda officer: Province.objects.filter(pk=officer.province_id),
}


def require_own_province(row, officer) -> None:
    """Raise ``ValidationError`` for what belongs to another province than the officer's."""
    owner = row.commune if getattr(row, "commune_id", None) else getattr(row, "district", None)
    province = getattr(owner or row, "province_id", None)
    if province not in (None, officer.province_id):
        raise ValidationError("Đơn vị này thuộc tỉnh khác.")
