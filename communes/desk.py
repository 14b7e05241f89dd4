"""Who may keep what in the administration: administrators everything, staff (chuyên viên) plans, money and documents.

Everybody keeps only what belongs to the own province.
"""

from functools import reduce
from operator import or_
from urllib.parse import urlencode

from django.contrib import admin
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Q
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.text import capfirst

from . import second_factor
from .models import Commune, District, Province, Role

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


class OfProvince(admin.ModelAdmin):
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

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        if db_field.related_model in WITHIN:
            kwargs["queryset"] = WITHIN[db_field.related_model](request.user)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


WITHIN = {
    Commune: lambda officer: Commune.objects.visible_to(officer),
    District: lambda officer: District.objects.filter(province=officer.province_id),
    Province: lambda officer: Province.objects.filter(pk=officer.province_id),
}


def require_own_province(row, officer) -> None:
    """Raise ``ValidationError`` for what belongs to another province than the officer's."""
    owner = row.commune if getattr(row, "commune_id", None) else getattr(row, "district", None)
    province = getattr(owner or row, "province_id", None)
    if province not in (None, officer.province_id):
        raise ValidationError("Đơn vị này thuộc tỉnh khác.")
