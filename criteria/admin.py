"""Django admin of the criteria sets, and of the yearly statistics and recognition decisions.

The latter two are kept here and not with the places because a change of them re-judges assessments and is told in the
change log: all writes go through ``official``.
"""

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.shortcuts import redirect

from communes.admin import KeepsHistory
from communes.exchange import Exchange, Export
from communes.models import Recognition, YearlyStatistics

from .loading import STATISTICS
from .models import AssessmentRound, CriteriaSet, Criterion, Indicator, Requirement
from .official import save_recognition, save_statistics
from .resources import IndicatorResource, RecognitionResource, RequirementResource, StatisticsResource


class ReadOnly:
    """For looking up; written elsewhere."""

    def has_add_permission(self, request, obj=None):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


class CriterionInline(ReadOnly, admin.TabularInline):
    model = Criterion
    fields = ("number", "name", "group", "lead")
    extra = 0


@admin.register(CriteriaSet)
class CriteriaSetAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ("code", "title", "year_from", "year_to")
    inlines = (CriterionInline,)


@admin.register(Indicator)
class IndicatorAdmin(ReadOnly, Export, admin.ModelAdmin):
    resource_classes = [IndicatorResource]
    list_display = ("code", "text", "kind", "unit", "criterion")
    list_filter = ("criterion__criteria_set",)
    list_select_related = ("criterion",)
    search_fields = ("code", "text")


@admin.register(Requirement)
class RequirementAdmin(Exchange, admin.ModelAdmin):
    """A requirement that results were judged by can be looked at, not changed."""

    resource_classes = [RequirementResource]
    list_display = ("indicator", "scope", "year_from", "year_to", "comparison", "threshold", "legal_basis", "verified")
    list_filter = ("indicator__criterion__criteria_set", "scope", "verified", "illustrative")
    list_select_related = ("indicator",)
    search_fields = ("indicator__code", "legal_basis")
    autocomplete_fields = ("indicator",)

    def has_change_permission(self, request, obj=None):
        return super().has_change_permission(request, obj) and not (obj and obj.results.exists())

    def has_delete_permission(self, request, obj=None):
        return obj is not None and not obj.results.exists()


@admin.register(AssessmentRound)
class AssessmentRoundAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ("as_of", "criteria_set", "closed_at", "note")
    list_select_related = ("criteria_set",)


class StatisticsForm(forms.ModelForm):
    year = forms.IntegerField(label="Năm", min_value=2011, max_value=2100)


class SaysRefusals:
    """What the writers refuse, a closed year above all, is said and not saved."""

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except ValidationError as refused:
            self.message_user(request, " ".join(refused.messages), messages.ERROR)
            return redirect(request.get_full_path())


@admin.register(YearlyStatistics)
class YearlyStatisticsAdmin(SaysRefusals, Exchange, admin.ModelAdmin):
    resource_classes = [StatisticsResource]
    form = StatisticsForm
    list_display = ("commune", "year", *STATISTICS, "status")
    list_filter = ("year", "status")
    list_select_related = ("commune",)
    search_fields = ("commune__code", "commune__folded")
    autocomplete_fields = ("commune",)

    def has_delete_permission(self, request, obj=None):
        return False

    def get_readonly_fields(self, request, obj=None):
        """Figures of another unit or year are another row."""
        return ("commune", "year") if obj else ()

    def save_model(self, request, obj, form, change):
        save_statistics(obj, request.user)


@admin.register(Recognition)
class RecognitionAdmin(KeepsHistory, SaysRefusals, Exchange, admin.ModelAdmin):
    resource_classes = [RecognitionResource]
    list_display = ("commune", "level", "counts_for_year", "decision_number", "decided_on", "revoked_on")
    list_filter = ("level", "counts_for_year")
    list_select_related = ("commune",)
    search_fields = ("commune__code", "commune__folded", "decision_number")
    autocomplete_fields = ("commune",)

    def save_model(self, request, obj, form, change):
        save_recognition(obj, request.user)
