"""Django admin of the places, for administrators: reference data with import and export."""

from axes.models import AccessAttempt
from axes.utils import reset
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.auth.models import Group
from django.db.models import Exists, OuterRef, Q
from django_otp.plugins.otp_totp.models import TOTPDevice

from communes.accounts import second_factor, sessions
from communes.models import BoundaryChange, Commune, Department, District, Officer, Province, Succession
from communes.models.people import ONE_TIME

from .exchange import Exchange
from .resources import CommuneResource, DepartmentResource, DistrictResource
from .scope import AmongOwn, KeepsHistory, OfProvince, SeenByStaff, WithinProvince
from .shared import SharedOrKept

# Rights come with the role, not with groups; and the secret of a telephone is for nobody's eyes.
admin.site.unregister([Group, TOTPDevice])


@admin.register(Province)
class ProvinceAdmin(KeepsHistory, OfProvince):
    provinces = ("pk",)
    list_display = ("code", "name", "region", "illustrative")


@admin.register(District)
class DistrictAdmin(KeepsHistory, Exchange, OfProvince):
    resource_classes = [DistrictResource]
    list_display = ("code", "name", "kind")


@admin.register(Commune)
class CommuneAdmin(KeepsHistory, SeenByStaff, Exchange, OfProvince):
    resource_classes = [CommuneResource]
    list_display = ("code", "name", "kind", "district", "valid_from", "valid_to")
    list_filter = ("kind", ("district", AmongOwn))
    list_select_related = ("district",)
    search_fields = ("code", "name", "folded")
    autocomplete_fields = ("origin",)


class SuccessionInline(WithinProvince, admin.TabularInline):
    model = Succession
    extra = 0
    autocomplete_fields = ("old", "new")

    def get_queryset(self, request):
        """What crosses the border is not one province's to change."""
        own = request.user.province_id
        return super().get_queryset(request).filter(old__province=own, new__province=own)


@admin.register(BoundaryChange)
class BoundaryChangeAdmin(KeepsHistory, OfProvince):
    provinces = ("succession__old__province", "succession__new__province")
    list_display = ("decision", "effective_on")
    inlines = (SuccessionInline,)

    def get_queryset(self, request):
        return super().get_queryset(request).distinct()

    def has_change_permission(self, request, obj=None):
        """What crosses the border is not one province's to change."""
        elsewhere = ~Q(old__province=request.user.province_id) | ~Q(new__province=request.user.province_id)
        crosses = obj is not None and obj.succession_set.filter(elsewhere).exists()
        return super().has_change_permission(request, obj) and not crosses

    def reach(self, officer):
        """One that was entered without its communes is still to be completed."""
        return super().reach(officer) | Q(succession=None)


@admin.register(Department)
class DepartmentAdmin(SeenByStaff, Exchange, SharedOrKept):
    resource_classes = [DepartmentResource]
    list_display = ("name", "kept_by")
    list_select_related = ("province",)
    search_fields = ("name",)


@admin.register(Officer)
class OfficerAdmin(KeepsHistory, OfProvince):
    """An officer who leaves is made inactive, so that the log keeps saying who it was.

    Nobody gives an officer a password: the portal makes one for the first sign-in, and shows it this once.
    """

    list_display = ("username", "full_name", "role", "district", "is_active", "locked", "second_factor")
    list_filter = ("role", "is_active")
    list_select_related = ("district",)
    search_fields = ("username", "full_name")
    fields = ("username", "full_name", "role", "province", "district", "is_active")
    actions = ("give_password", "let_in", "forget_second_factor", "end_sessions")

    @admin.display(description="bị khóa đăng nhập")
    def locked(self, officer):
        return "đã khóa" if officer.is_locked else "–"

    @admin.display(description="xác thực hai bước", boolean=True)
    def second_factor(self, officer):
        return officer.has_telephone

    def get_queryset(self, request):
        failed = AccessAttempt.objects.filter(username=OuterRef("username"))
        locked = failed.filter(failures_since_start__gte=settings.AXES_FAILURE_LIMIT)
        telephones = TOTPDevice.objects.filter(user=OuterRef("pk"), confirmed=True)
        return super().get_queryset(request).annotate(is_locked=Exists(locked), has_telephone=Exists(telephones))

    def save_model(self, request, obj, form, change):
        password = "" if change else obj.give_one_time_password()
        super().save_model(request, obj, form, change)
        if password:
            self._show(request, obj, password)

    def _show(self, request, officer: Officer, password: str) -> None:
        text = f"Mật khẩu dùng một lần của {officer.username}: {password} – chỉ hiện lần này, hạn {ONE_TIME.days} ngày."
        self.message_user(request, text, messages.WARNING)

    @admin.action(description="Cấp mật khẩu dùng một lần")
    def give_password(self, request, chosen):
        for officer in chosen:
            password = officer.give_one_time_password()
            officer.save(update_fields=["password", "one_time_until"])
            self.log_change(request, officer, "Cấp mật khẩu dùng một lần")
            self._show(request, officer, password)

    @admin.action(description="Mở khóa đăng nhập")
    def let_in(self, request, chosen):
        for officer in chosen:
            reset(username=officer.username)
            self.log_change(request, officer, "Mở khóa đăng nhập")
        self.message_user(request, f"Đã mở khóa đăng nhập: {len(chosen)} cán bộ.")

    @admin.action(description="Bỏ xác thực hai bước (mất điện thoại)")
    def forget_second_factor(self, request, chosen):
        for officer in chosen:
            second_factor.forget(officer)
            self.log_change(request, officer, "Bỏ xác thực hai bước")
        self.message_user(request, f"Đã bỏ xác thực hai bước: {len(chosen)} cán bộ phải cài đặt lại.")

    @admin.action(description="Kết thúc các phiên đăng nhập")
    def end_sessions(self, request, chosen):
        ended = 0
        for officer in chosen:
            ended += sessions.end(officer, but=request.session.session_key)
            self.log_change(request, officer, "Kết thúc các phiên đăng nhập")
        self.message_user(request, f"Đã kết thúc {ended} phiên đăng nhập của {len(chosen)} cán bộ.")
