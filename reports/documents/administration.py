"""Django admin of the documents, the figures they state and the tasks they set: all writes go through ``actions``.

Everybody keeps those of the own province.
"""

from django.contrib import admin

from communes.administration.scope import WITHIN, AmongOwn, KeepsHistory, KeptByStaff, OfProvince
from communes.administration.shared import KeptForProvince
from reports.models import Conclusion, Directive, StatedFigure

from .actions import keep, withdraw

WITHIN[Conclusion] = lambda officer: Conclusion.objects.filter(province=officer.province_id)


class StatedFigureInline(KeptByStaff, admin.TabularInline):
    model = StatedFigure
    extra = 0

    def has_delete_permission(self, request, obj=None):
        return self.has_change_permission(request, obj)


@admin.register(Conclusion)
class ConclusionAdmin(KeepsHistory, KeptByStaff, KeptForProvince):
    list_display = ("number", "kind", "issued_on", "issuer")
    inlines = (StatedFigureInline,)
    prepopulated_fields = {"slug": ("number",)}

    def save_model(self, request, obj, form, change):
        keep(obj, by=request.user)

    def save_formset(self, request, form, formset, change):
        for figure in formset.save(commit=False):
            keep(figure, by=request.user)
        for figure in formset.deleted_objects:
            withdraw(figure, by=request.user)


@admin.register(Directive)
class DirectiveAdmin(KeepsHistory, KeptByStaff, OfProvince):
    provinces = ("conclusion__province",)
    list_display = ("conclusion", "number", "owner", "deadline", "progress")
    list_display_links = ("number",)
    list_filter = (("conclusion", AmongOwn), "progress")
    list_select_related = ("conclusion",)
    search_fields = ("text", "owner")

    def save_model(self, request, obj, form, change):
        keep(obj, by=request.user)
