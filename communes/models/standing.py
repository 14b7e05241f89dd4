"""Where a place stands: yearly statistics, recognition decisions, registrations."""

from datetime import date
from typing import Protocol

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q

from communes.querysets import RecognitionQuerySet, RegistrationQuerySet

from .money import amount
from .people import Department
from .places import Commune, District


class Level(models.TextChoices):
    """Mức đạt: the standard a commune is recognised at."""

    STANDARD = "dat_chuan", "Đạt chuẩn"
    ADVANCED = "nang_cao", "Nâng cao"
    MODEL = "kieu_mau", "Kiểu mẫu"


class YearlyStatistics(models.Model):
    """Số liệu thống kê năm of a commune-level unit, at the end of the year. Empty means not known, never zero."""

    class Status(models.TextChoices):
        ESTIMATE = "uoc", "Ước thực hiện"
        PRELIMINARY = "so_bo", "Sơ bộ"
        OFFICIAL = "chinh_thuc", "Chính thức"

    commune = models.ForeignKey(Commune, models.PROTECT, related_name="statistics", verbose_name="đơn vị")
    year = models.PositiveSmallIntegerField("năm")
    population = models.PositiveIntegerField("dân số (người)", null=True, blank=True)
    households = models.PositiveIntegerField("số hộ", null=True, blank=True)
    poor_households = models.PositiveIntegerField("số hộ nghèo", null=True, blank=True)
    income = models.DecimalField(
        "thu nhập bình quân (triệu đồng/người/năm)",
        max_digits=18,
        decimal_places=6,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
    )
    status = models.CharField("loại số liệu", max_length=10, choices=Status, default=Status.OFFICIAL)
    source = models.CharField("nguồn", max_length=200, blank=True)

    class Meta:
        verbose_name = "số liệu thống kê năm"
        verbose_name_plural = "số liệu thống kê năm"
        constraints = [
            models.UniqueConstraint(
                fields=["year", "commune"],
                name="statistics_once_a_year",
                violation_error_message="Đơn vị này đã có số liệu của năm.",
            ),
            models.CheckConstraint(
                condition=Q(income__isnull=True) | Q(income__gte=0),
                name="statistics_income_not_negative",
                violation_error_message="Thu nhập không được âm.",
            ),
        ]

    def __str__(self):
        return f"{self.commune}, {self.year}"


class Decision(Protocol):
    """What every decision has."""

    @property
    def counts_for_year(self) -> int: ...

    @property
    def revoked_on(self) -> date | None: ...


class Decided:
    """What a decision gives for a year on, until it is revoked."""

    def stands_on(self: Decision, last_day: date) -> bool:
        """Whether it counts for the year that ends on ``last_day``, as ``standing_at_end_of`` finds it."""
        return self.counts_for_year <= last_day.year and (self.revoked_on is None or self.revoked_on > last_day)


class Recognition(Decided, models.Model):
    """Quyết định công nhận xã đạt chuẩn. The year it counts for is not the year of its date (domain note 2.4)."""

    commune = models.ForeignKey(Commune, models.PROTECT, related_name="recognitions", verbose_name="xã")
    level = models.CharField("mức", max_length=10, choices=Level, default=Level.STANDARD)
    counts_for_year = models.PositiveSmallIntegerField("tính cho năm")
    decision_number = models.CharField("số quyết định", max_length=40, blank=True)
    decided_on = models.DateField("ngày quyết định", null=True, blank=True)
    criteria_set = models.CharField("bộ tiêu chí", max_length=40, blank=True)
    revoked_on = models.DateField("ngày thu hồi", null=True, blank=True)
    revocation_number = models.CharField("quyết định thu hồi", max_length=40, blank=True)
    note = models.CharField("ghi chú", max_length=200, blank=True)

    objects = RecognitionQuerySet.as_manager()

    class Meta:
        verbose_name = "quyết định công nhận"
        verbose_name_plural = "quyết định công nhận"
        ordering = ["counts_for_year", "commune__code"]
        constraints = [
            models.UniqueConstraint(
                fields=["commune", "level", "counts_for_year"],
                name="recognition_once_a_year",
                violation_error_message="Xã này đã được công nhận ở mức đó cho năm này.",
            )
        ]

    def __str__(self):
        return f"{self.commune}: {self.get_level_display()} {self.counts_for_year}"


class DistrictTitle(models.TextChoices):
    COMPLETED = "hoan_thanh", "Hoàn thành nhiệm vụ xây dựng nông thôn mới"
    CERTIFIED = "dat_chuan", "Huyện đạt chuẩn nông thôn mới"


class DistrictRecognition(Decided, models.Model):
    """Công nhận cấp huyện: a city or town that completed the task, or a district certified, by the Prime Minister."""

    district = models.ForeignKey(District, models.PROTECT, related_name="recognitions", verbose_name="cấp huyện")
    title = models.CharField("danh hiệu", max_length=12, choices=DistrictTitle)
    counts_for_year = models.PositiveSmallIntegerField("tính cho năm")
    decision_number = models.CharField("số quyết định", max_length=40, blank=True)
    decided_on = models.DateField("ngày quyết định", null=True, blank=True)
    revoked_on = models.DateField("ngày thu hồi", null=True, blank=True)
    source = models.CharField("nguồn", max_length=200, blank=True)

    objects = RecognitionQuerySet.as_manager()

    class Meta:
        verbose_name = "công nhận cấp huyện"
        verbose_name_plural = "công nhận cấp huyện"
        constraints = [
            models.UniqueConstraint(
                fields=["district", "title", "counts_for_year"],
                name="district_recognition_once_a_year",
                violation_error_message="Đơn vị này đã có danh hiệu đó cho năm này.",
            )
        ]

    def __str__(self):
        return f"{self.district}: {self.get_title_display()}"


class Batch(models.TextChoices):
    """Đợt đăng ký: two lists of one year have different approvals and money (domain note 7.22)."""

    PLANNED = "planned", "Kế hoạch"
    SUPPLEMENTARY = "supplementary", "Bổ sung"


class Registration(models.Model):
    """Đăng ký đạt chuẩn: a commune that aims at a level in a year, with the legal basis of its batch.

    ``needs`` empty means not known. ``result`` is the office's own remark: whether the commune came to the level is
    told by its ``Recognition``. What is advanced for it is ``Funding``.
    """

    commune = models.ForeignKey(Commune, models.PROTECT, related_name="registrations", verbose_name="xã")
    year = models.PositiveSmallIntegerField("năm phấn đấu")
    level = models.CharField("mức", max_length=10, choices=Level, default=Level.STANDARD)
    batch = models.CharField("đợt", max_length=14, choices=Batch)
    legal_basis = models.CharField("căn cứ", max_length=120, blank=True)
    sponsor = models.ForeignKey(Department, models.PROTECT, null=True, blank=True, verbose_name="sở, ngành giúp đỡ")
    needs = amount("nhu cầu vốn (triệu đồng)", null=True, blank=True)
    deadline = models.DateField("hạn hoàn thành", null=True, blank=True)
    result = models.CharField("kết quả", max_length=300, blank=True)
    withdrawn_on = models.DateField(
        "ngày rút đăng ký", null=True, blank=True, help_text="Đăng ký đã rút không tính nữa."
    )
    note = models.CharField("ghi chú", max_length=200, blank=True)

    objects = RegistrationQuerySet.as_manager()

    class Meta:
        verbose_name = "đăng ký đạt chuẩn"
        verbose_name_plural = "đăng ký đạt chuẩn"
        constraints = [
            models.UniqueConstraint(
                fields=["commune", "year", "level"],
                name="registration_once_a_year",
                violation_error_message="Xã này đã đăng ký mức đó cho năm này.",
            ),
            models.CheckConstraint(
                condition=Q(needs__isnull=True) | Q(needs__gte=0),
                name="registration_needs_not_negative",
                violation_error_message="Nhu cầu vốn không được âm.",
            ),
        ]

    def __str__(self):
        return f"{self.commune}: {self.year}"
