"""Django admin of the documents and the figures they state."""

from django.contrib import admin

from .models import Conclusion, StatedFigure


class StatedFigureInline(admin.TabularInline):
    model = StatedFigure
    extra = 0


@admin.register(Conclusion)
class ConclusionAdmin(admin.ModelAdmin):
    list_display = ("number", "kind", "issued_on", "issuer")
    inlines = (StatedFigureInline,)
    prepopulated_fields = {"slug": ("number",)}
