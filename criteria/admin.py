"""Django admin of the criteria sets and of the yearly statistics that assessments are judged by.

Statistics are kept here and not with the places because a change of them re-judges assessments: all writes go
through ``actions``.
"""

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.shortcuts import redirect
from import_export.admin import ImportExportModelAdmin
from import_export.resources import ModelResource

from communes.models import YearlyStatistics

from . import actions
from .loading import STATISTICS
from .models import AssessmentRound, CriteriaSet, Criterion, Indicator, Requirement, Via


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
class IndicatorAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ("code", "text", "kind", "unit", "criterion")
    list_filter = ("criterion__criteria_set",)
    list_select_related = ("criterion",)
    search_fields = ("code", "text")


@admin.register(Requirement)
class RequirementAdmin(ImportExportModelAdmin):
    """A requirement that results were judged by can be looked at, not changed."""

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


class StatisticsResource(ModelResource):
    """Statistics by unit and year; ``do_instance_save`` goes through the one writer."""

    class Meta:
        model = YearlyStatistics
        import_id_fields = ("commune", "year")
        fields = ("commune", "commune__code", "commune__name", "year", *STATISTICS, "status", "source")
        skip_unchanged = True
        clean_model_instances = True

    def before_import(self, dataset, **kwargs):
        self.officer = kwargs.get("user")

    def do_instance_save(self, instance, is_create):
        save_statistics(instance, self.officer)


def save_statistics(row: YearlyStatistics, officer) -> None:
    """Figures through ``actions``, which judges by them; then what only describes them."""
    values = {name: getattr(row, name) for name in STATISTICS}
    province = row.commune.province
    actions.record_statistics(province, row.year, {row.commune_id: values}, by=officer, via=Via.ADMIN)
    about = {"status": row.status, "source": row.source}
    YearlyStatistics.objects.filter(commune=row.commune_id, year=row.year).update(**about)


class StatisticsForm(forms.ModelForm):
    year = forms.IntegerField(label="Năm", min_value=2011, max_value=2100)


@admin.register(YearlyStatistics)
class YearlyStatisticsAdmin(ImportExportModelAdmin):
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

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        """What ``actions`` refuse, a closed year above all, is said and not saved."""
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except ValidationError as refused:
            self.message_user(request, " ".join(refused.messages), messages.ERROR)
            return redirect(request.get_full_path())

    def save_model(self, request, obj, form, change):
        save_statistics(obj, request.user)
