"""Django admin of the places, for administrators: reference data with import and export."""

from django.contrib import admin
from django.contrib.auth.forms import AdminPasswordChangeForm, UserCreationForm
from import_export.admin import ImportExportModelAdmin
from import_export.resources import ModelResource

from .models import (
    BoundaryChange,
    Commune,
    Department,
    District,
    DistrictRecognition,
    Officer,
    Province,
    Recognition,
    Registration,
    Succession,
)


class KeepsHistory:
    """Nothing that has been in force is deleted: it ends, or is revoked."""

    def has_delete_permission(self, request, obj=None):
        return False


class CommuneResource(ModelResource):
    class Meta:
        model = Commune
        import_id_fields = ("code", "valid_from")
        fields = ("province", "district", "code", "name", "alias", "kind", "group", "valid_from", "valid_to")
        skip_unchanged = True
        clean_model_instances = True


class RecognitionResource(ModelResource):
    class Meta:
        model = Recognition
        import_id_fields = ("commune", "level", "counts_for_year")
        exclude = ("id",)
        skip_unchanged = True
        clean_model_instances = True


class DepartmentResource(ModelResource):
    class Meta:
        model = Department
        import_id_fields = ("name",)
        exclude = ("id",)
        skip_unchanged = True


@admin.register(Province)
class ProvinceAdmin(KeepsHistory, admin.ModelAdmin):
    list_display = ("code", "name", "region", "illustrative")


@admin.register(District)
class DistrictAdmin(KeepsHistory, ImportExportModelAdmin):
    list_display = ("code", "name", "kind")


@admin.register(Commune)
class CommuneAdmin(KeepsHistory, ImportExportModelAdmin):
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
class DepartmentAdmin(ImportExportModelAdmin):
    resource_classes = [DepartmentResource]
    search_fields = ("name",)


@admin.register(Recognition)
class RecognitionAdmin(KeepsHistory, ImportExportModelAdmin):
    resource_classes = [RecognitionResource]
    list_display = ("commune", "level", "counts_for_year", "decision_number", "decided_on", "revoked_on")
    list_filter = ("level", "counts_for_year")
    list_select_related = ("commune",)
    search_fields = ("commune__code", "commune__folded", "decision_number")
    autocomplete_fields = ("commune",)


@admin.register(DistrictRecognition)
class DistrictRecognitionAdmin(KeepsHistory, admin.ModelAdmin):
    list_display = ("district", "title", "counts_for_year", "decision_number")
    list_select_related = ("district",)


@admin.register(Registration)
class RegistrationAdmin(ImportExportModelAdmin):
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
