"""Django admin of the documents and the figures they state."""

from django.contrib import admin

from communes.admin import KeepsHistory

from .models import Conclusion, Directive, StatedFigure


class StatedFigureInline(admin.TabularInline):
    model = StatedFigure
    extra = 0


@admin.register(Conclusion)
class ConclusionAdmin(admin.ModelAdmin):
    list_display = ("number", "kind", "issued_on", "issuer")
    inlines = (StatedFigureInline,)
    prepopulated_fields = {"slug": ("number",)}


@admin.register(Directive)
class DirectiveAdmin(KeepsHistory, admin.ModelAdmin):
    list_display = ("conclusion", "number", "owner", "deadline", "progress")
    list_display_links = ("number",)
    list_filter = ("conclusion", "progress")
    list_select_related = ("conclusion",)
    search_fields = ("text", "owner")
