"""Django admin of the criteria sets, and of statistics, recognition decisions, money and assignments.

The latter are kept here and not with the places because a change of them re-judges assessments or is told in the change
log: all writes go through ``actions.decisions`` and ``actions.money``.
"""

from typing import ClassVar

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db import models

from communes.administration.exchange import Exchange, Export
from communes.administration.scope import AmongOwn, KeepsHistory, KeptByStaff, OfProvince, ReadOnly
from communes.administration.shared import SharedOrKept
from communes.models import (
    Arrears,
    Assignment,
    DistrictRecognition,
    Funding,
    Hamlet,
    Recognition,
    Registration,
    YearlyStatistics,
)
from communes.text import vn_number
from criteria.actions.decisions import save_district_recognition, save_recognition, save_statistics
from criteria.actions.money import save_arrears, save_assignment, save_funding, save_hamlet, save_registration
from criteria.judging.loading import STATISTICS
from criteria.models import AssessmentRound, CriteriaSet, Criterion, Indicator, Requirement, Scope
from criteria.rules import cells

from .resources import IndicatorResource, RecognitionResource, RequirementResource, StatisticsResource
from .resources_money import (
    ArrearsResource,
    AssignmentResource,
    FundingResource,
    HamletResource,
    RegistrationResource,
)


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
class RequirementAdmin(Exchange, SharedOrKept):
    """A province lays down its own; those of the country and its regions it looks at. One that results were judged by
    is not changed either."""

    resource_classes = [RequirementResource]
    list_display = (
        *("indicator", "scope", "kept_by", "year_from", "year_to"),
        *("comparison", "threshold", "legal_basis", "verified"),
    )
    list_filter = ("indicator__criterion__criteria_set", "scope", "verified", "illustrative")
    list_select_related = ("indicator", "province")
    search_fields = ("indicator__code", "legal_basis")
    autocomplete_fields = ("indicator",)

    def has_change_permission(self, request, obj=None):
        return super().has_change_permission(request, obj) and not (obj and obj.results.exists())

    def has_delete_permission(self, request, obj=None):
        return super().has_delete_permission(request, obj) and obj is not None and not obj.results.exists()

    def formfield_for_choice_field(self, db_field, request, **kwargs):
        if db_field.name == "scope":
            kwargs["choices"] = [("", "---------"), *((scope.value, scope.label) for scope in Scope.of_a_province())]
        return super().formfield_for_choice_field(db_field, request, **kwargs)


@admin.register(AssessmentRound)
class AssessmentRoundAdmin(ReadOnly, OfProvince):
    list_display = ("as_of", "criteria_set", "closed_at", "note")
    list_select_related = ("criteria_set",)


class Amount(forms.DecimalField):
    """A figure as officers write it: ``1.250,5``. Read as the sheet reads it; shown back with a decimal comma."""

    widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})

    def to_python(self, value):
        try:
            return cells.read_number(value)
        except cells.CellError as error:
            raise ValidationError(f"{error}.") from error

    def prepare_value(self, value):
        return value if isinstance(value, str) else cells.written(value)

    def has_changed(self, initial, data):
        try:
            return self.to_python(data) != initial
        except ValidationError:
            return True


def shown(model: type[models.Model], *names: str) -> list:
    """Columns of a list with figures as people read them: ``1.250,5``."""

    def column(name: str):
        field = model._meta.get_field(name)
        assert isinstance(field, models.Field)

        @admin.display(description=field.verbose_name, ordering=name)
        def figure(row):
            value = getattr(row, name)
            return None if value is None else vn_number(value)

        return figure

    return [column(name) for name in names]


AMOUNTS: dict[type[models.Field], dict[str, type[Amount]]] = {models.DecimalField: {"form_class": Amount}}


class StatisticsForm(forms.ModelForm):
    year = forms.IntegerField(label="Năm", min_value=2011, max_value=2100)


@admin.register(YearlyStatistics)
class YearlyStatisticsAdmin(KeepsHistory, KeptByStaff, Exchange, OfProvince):
    provinces = ("commune__province",)
    resource_classes = [StatisticsResource]
    formfield_overrides = AMOUNTS
    form = StatisticsForm
    list_display = ("commune", "year", *shown(YearlyStatistics, *STATISTICS), "status")
    list_filter = ("year", "status")
    list_select_related = ("commune",)
    search_fields = ("commune__code", "commune__folded")
    autocomplete_fields = ("commune",)

    def get_readonly_fields(self, request, obj=None):
        """Figures of another unit or year are another row."""
        return ("commune", "year") if obj else ()

    def save_model(self, request, obj, form, change):
        save_statistics(obj, request.user)


@admin.register(Recognition)
class RecognitionAdmin(KeepsHistory, KeptByStaff, Exchange, OfProvince):
    provinces = ("commune__province",)
    resource_classes = [RecognitionResource]
    list_display = ("commune", "level", "counts_for_year", "decision_number", "decided_on", "revoked_on")
    list_filter = ("level", "counts_for_year")
    list_select_related = ("commune",)
    search_fields = ("commune__code", "commune__folded", "decision_number")
    autocomplete_fields = ("commune",)

    def save_model(self, request, obj, form, change):
        save_recognition(obj, request.user)


@admin.register(DistrictRecognition)
class DistrictRecognitionAdmin(KeepsHistory, KeptByStaff, OfProvince):
    provinces = ("district__province",)
    list_display = ("district", "title", "counts_for_year", "decision_number")
    list_select_related = ("district",)

    def save_model(self, request, obj, form, change):
        save_district_recognition(obj, request.user)


class Ledger(KeepsHistory, KeptByStaff, Exchange, OfProvince):
    """Written by a function of ``actions.money``."""

    formfield_overrides = AMOUNTS
    provinces: tuple[str, ...] = ("commune__province", "district__province")
    list_select_related: ClassVar[tuple[str, ...]] = ("commune", "district")
    search_fields: ClassVar[tuple[str, ...]] = ("commune__code", "commune__folded")
    autocomplete_fields: ClassVar[tuple[str, ...]] = ("commune",)


@admin.register(Funding)
class FundingAdmin(Ledger):
    resource_classes = [FundingResource]
    list_display = (
        "commune",
        "district",
        "year",
        "source",
        "drawn_from",
        *shown(Funding, "planned", "allocated", "disbursed"),
    )
    list_filter = ("year", "source", ("district", AmongOwn))

    def save_model(self, request, obj, form, change):
        save_funding(obj, request.user)


@admin.register(Arrears)
class ArrearsAdmin(Ledger):
    resource_classes = [ArrearsResource]
    list_display = (
        "commune",
        "district",
        "work",
        *shown(Arrears, "value", "paid"),
        "owed",
        "deadline",
        "as_of",
        "settled_on",
    )
    list_filter = ("as_of",)
    search_fields = ("commune__code", "commune__folded", "work")

    @admin.display(description="còn nợ (triệu đồng)")
    def owed(self, obj):
        return vn_number(obj.owed)

    def save_model(self, request, obj, form, change):
        save_arrears(obj, request.user)


@admin.register(Hamlet)
class HamletAdmin(Ledger):
    provinces = ("commune__province",)
    resource_classes = [HamletResource]
    list_display = ("name", "commune", "model_year", "decision_number", "decided_on")
    list_filter = ("model_year",)
    list_select_related = ("commune",)
    search_fields = ("name", "commune__code", "commune__folded")

    def save_model(self, request, obj, form, change):
        save_hamlet(obj, request.user)


@admin.register(Assignment)
class AssignmentAdmin(Ledger):
    provinces = ("province", "commune__province")
    exclude = ("province",)
    resource_classes = [AssignmentResource]
    list_display = ("department", "commune", "criterion", "year_from", "year_to", "legal_basis")
    list_filter = ("year_from",)
    list_select_related = ("department", "commune")
    search_fields = ("department__name", "commune__code", "commune__folded")
    autocomplete_fields = ("department", "commune")

    def save_model(self, request, obj, form, change):
        save_assignment(obj, request.user)


@admin.register(Registration)
class RegistrationAdmin(Ledger):
    resource_classes = [RegistrationResource]
    provinces = ("commune__province",)
    list_display = (
        "commune",
        "year",
        "level",
        "batch",
        "sponsor",
        *shown(Registration, "needs"),
        "deadline",
        "withdrawn_on",
    )
    list_filter = ("year", "level", "batch")
    list_select_related = ("commune", "sponsor")
    autocomplete_fields = ("commune", "sponsor")

    def save_model(self, request, obj, form, change):
        save_registration(obj, request.user)
