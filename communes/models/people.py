"""The departments that lead, and the officers who sign in."""

from datetime import timedelta

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.crypto import salted_hmac

from communes.passwords import one_time
from communes.querysets import DepartmentQuerySet

from .places import District, Province

ONE_TIME = timedelta(days=3)


class Department(models.Model):
    """Sở, ngành: a provincial body that leads a criterion or helps a commune.

    Without a province: one that every province has, as the criteria sets name them; it comes with the reference data.
    """

    province = models.ForeignKey(Province, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="tỉnh")
    name = models.CharField("tên", max_length=120)

    objects = DepartmentQuerySet.as_manager()

    class Meta:
        verbose_name = "sở, ngành"
        verbose_name_plural = "sở, ngành"
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                "name",
                Coalesce("province", 0),
                name="department_once",
                violation_error_message="Sở, ngành này đã có.",
            )
        ]

    def __str__(self):
        return self.name

    def clean(self):
        super().clean()
        if self.province_id and Department.objects.filter(name=self.name, province=None).exists():
            raise ValidationError({"name": "Sở, ngành này đã có trong danh mục dùng chung."})


class Role(models.TextChoices):
    ADMIN = "admin", "Quản trị"
    STAFF = "staff", "Chuyên viên"
    LEADER = "leader", "Lãnh đạo"
    DISTRICT = "district", "Cán bộ cấp huyện"
    VIEWER = "viewer", "Người xem"


class OfficerManager(BaseUserManager["Officer"]):
    def create_user(self, username, password=None, **fields):
        officer = self.model(username=self.model.normalize_username(username), **fields)
        officer.set_password(password)
        officer.full_clean()
        officer.save(using=self._db)
        return officer

    def create_superuser(self, username, password=None, **fields):
        province = fields.pop("province", None) or Province.objects.first()
        return self.create_user(username, password, role=Role.ADMIN, province=province, **fields)


class Officer(AbstractBaseUser):  # type: ignore[django-manager-missing]  # of the recovery codes: django_otp has no types
    """Cán bộ: who signs in. One role in one province; a district official answers for one district."""

    username = models.CharField("tên đăng nhập", max_length=60, unique=True, validators=[UnicodeUsernameValidator()])
    full_name = models.CharField("họ và tên", max_length=120)
    role = models.CharField("vai trò", max_length=10, choices=Role)
    province = models.ForeignKey(Province, models.PROTECT, verbose_name="tỉnh")
    district = models.ForeignKey(District, models.PROTECT, null=True, blank=True, verbose_name="cấp huyện")
    is_active = models.BooleanField("đang làm việc", default=True)
    one_time_until = models.DateTimeField(
        "mật khẩu dùng một lần, hạn", null=True, blank=True, editable=False,
        help_text="Phải đổi mật khẩu ở lần đăng nhập tới, trước hạn này.",
    )  # fmt: skip
    password_changed_at = models.DateTimeField("đổi mật khẩu lúc", null=True, blank=True, editable=False)
    telephone_changed_at = models.DateTimeField("đổi điện thoại xác thực lúc", null=True, blank=True, editable=False)
    _password: str | None  # what ``set_password`` was given, until it is stored

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS = ["full_name"]
    objects = OfficerManager()

    class Meta:
        verbose_name = "cán bộ"
        verbose_name_plural = "cán bộ"
        ordering = ["username"]
        constraints = [
            models.CheckConstraint(
                condition=Q(role="district", district__isnull=False) | (~Q(role="district") & Q(district__isnull=True)),
                name="officer_district_fits_role",
                violation_error_message="Chỉ cán bộ cấp huyện, và mọi cán bộ cấp huyện, phải gắn với một huyện.",
            )
        ]

    def __str__(self):
        return self.full_name

    def clean(self):
        super().clean()
        if self.district and self.district.province_id != self.province_id:
            raise ValidationError({"district": "Đơn vị này không thuộc tỉnh đã chọn."})

    def save(self, *args, update_fields=None, **kwargs):
        if self._password is not None:  # set anew; not when the same one only gets a stronger hash
            self.password_changed_at = timezone.now()
            update_fields = update_fields and {*update_fields, "password_changed_at"}
        super().save(*args, update_fields=update_fields, **kwargs)

    def give_one_time_password(self) -> str:
        """Set a password that has to be changed when it is first used, within ``ONE_TIME``; the password."""
        password = one_time()
        self.set_password(password)
        self.one_time_until = timezone.now() + ONE_TIME
        return password

    def _get_session_auth_hash(self, secret=None):
        """Sessions end when the password, the role or the place of an officer changes."""
        stands = f"{self.password} {self.role} {self.province_id} {self.district_id}"
        return salted_hmac("communes.Officer.session", stands, secret=secret, algorithm="sha256").hexdigest()

    @property
    def bound_to_district(self) -> bool:
        return self.role == Role.DISTRICT

    @property
    def own_district(self) -> District | None:
        """The district a district official answers for; None for who answers for the province."""
        if not self.bound_to_district:
            return None
        assert self.district is not None  # as officer_district_fits_role demands
        return self.district

    @property
    def is_staff(self) -> bool:
        """Who may open the administration; ``administration.scope`` says what staff may keep there."""
        return self.is_active and self.role in (Role.ADMIN, Role.STAFF)

    def has_perm(self, perm, obj=None) -> bool:
        return self.is_active and self.role == Role.ADMIN

    def has_module_perms(self, app_label) -> bool:
        return self.is_active and self.role == Role.ADMIN
