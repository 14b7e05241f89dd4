"""Django admin of the places, for administrators: reference data with import and export."""

from django.contrib import admin
from django.contrib.auth.forms import AdminPasswordChangeForm, UserCreationForm

from .exchange import Exchange
from .models import (
    BoundaryChange,
    Commune,
    Department,
    District,
    DistrictRecognition,
    Officer,
    Province,
    Registration,
    Succession,
)
from .resources import CommuneResource, DepartmentResource, DistrictResource, RegistrationResource


class KeepsHistory:
    """Nothing that has been in force is deleted: it ends, or is revoked."""

    def has_delete_permission(self, request, obj=None):
        return False


@admin.register(Province)
class ProvinceAdmin(KeepsHistory, admin.ModelAdmin):
    list_display = ("code", "name", "region", "illustrative")


@admin.register(District)
class DistrictAdmin(KeepsHistory, Exchange, admin.ModelAdmin):
    resource_classes = [DistrictResource]
    list_display = ("code", "name", "kind")


@admin.register(Commune)
class CommuneAdmin(KeepsHistory, Exchange, admin.ModelAdmin):
    resource_classes = [CommuneResource]
    list_display = ("code", "name", "kind", "district", "valid_from", "valid_to")
    list_filter = ("kind", "district")
    list_select_related = ("district",)
    search_fields = ("code", "name", "folded")
    autocomplete_fields = ("origin",)


class SuccessionInline(admin.TabularInline):
    model = Succession
    extra = 0
    autocomplete_fields = ("old", "new")


@admin.register(BoundaryChange)
class BoundaryChangeAdmin(KeepsHistory, admin.ModelAdmin):
    list_display = ("decision", "effective_on")
    inlines = (SuccessionInline,)


@admin.register(Department)
class DepartmentAdmin(Exchange, admin.ModelAdmin):
    resource_classes = [DepartmentResource]
    search_fields = ("name",)


@admin.register(DistrictRecognition)
class DistrictRecognitionAdmin(KeepsHistory, admin.ModelAdmin):
    list_display = ("district", "title", "counts_for_year", "decision_number")
    list_select_related = ("district",)


@admin.register(Registration)
class RegistrationAdmin(Exchange, admin.ModelAdmin):
    resource_classes = [RegistrationResource]
    list_display = ("commune", "year", "level", "batch", "sponsor")
    list_filter = ("year", "level", "batch")
    list_select_related = ("commune", "sponsor")
    search_fields = ("commune__code", "commune__folded")
    autocomplete_fields = ("commune", "sponsor")


class OfficerCreationForm(UserCreationForm):
    class Meta:
        model = Officer
        fields = ("username", "full_name", "role", "province", "district")


@admin.register(Officer)
class OfficerAdmin(KeepsHistory, admin.ModelAdmin):
    """An officer who leaves is made inactive, so that the log keeps saying who it was."""

    list_display = ("username", "full_name", "role", "district", "is_active")
    list_filter = ("role", "is_active")
    list_select_related = ("district",)
    search_fields = ("username", "full_name")
    fields = ("username", "full_name", "role", "province", "district", "is_active")
    change_password_form = AdminPasswordChangeForm

    def get_form(self, request, obj=None, **kwargs):
        if obj is None:
            kwargs |= {"form": OfficerCreationForm, "fields": None}
        return super().get_form(request, obj, **kwargs)

    def get_fieldsets(self, request, obj=None):
        if obj is None:
            names = (*OfficerCreationForm.Meta.fields, "password1", "password2")
            return ((None, {"fields": names}),)
        return super().get_fieldsets(request, obj)
