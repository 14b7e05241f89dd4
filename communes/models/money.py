"""Money of the programme and who answers for what: funding, arrears, model hamlets, assignments."""

from datetime import date

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce

from communes.money import FundingSource
from communes.querysets import ArrearsQuerySet, FundingQuerySet, LocatedQuerySet

from .people import Department
from .places import Commune, District, Province

NOT_NEGATIVE = MinValueValidator(0, "Số tiền không được âm.")


def amount(label: str, **options) -> models.DecimalField:
    """An amount in million đồng."""
    return models.DecimalField(
        label, max_digits=14, decimal_places=3, validators=[NOT_NEGATIVE], **options
    )  # fmt: skip


class Placed(models.Model):
    """Of a commune, or of a district as such."""

    commune = models.ForeignKey(
        Commune, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="đơn vị cấp xã"
    )
    district = models.ForeignKey(
        District, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="cấp huyện",
        help_text="Chỉ khi không chia cho xã.",
    )  # fmt: skip

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=Q(commune__isnull=False, district__isnull=True)
                | Q(commune__isnull=True, district__isnull=False),
                name="%(class)s_one_place",
                violation_error_message="Phải ghi một xã hoặc một huyện, không ghi cả hai.",
            )
        ]

    @property
    def place(self) -> Commune | District | None:
        return self.commune or self.district

    @property
    def province_id(self) -> int | None:
        """None while the form that makes it names no place."""
        return self.place.province_id if self.place else None

    def require_in_force(self, on: date) -> None:
        """Raise ``ValidationError`` for a version of the unit that was not in force on the day."""
        if self.commune and not self.commune.was_in_force(on):
            raise ValidationError({"commune": f"Đơn vị này không có hiệu lực vào ngày {on:%d/%m/%Y}."})


class Funding(Placed):
    """Nguồn lực: what one source gives a commune or a district in a year. Empty means not known, never zero.

    With ``drawn_from`` it is an advance (ứng vốn) out of the plan of that later year, which it reduces.
    """

    year = models.PositiveSmallIntegerField("năm")
    source = models.CharField(
        "nguồn", max_length=20, choices=[(source.value, source.label) for source in FundingSource]
    )
    drawn_from = models.PositiveSmallIntegerField(
        "ứng từ kế hoạch năm", null=True, blank=True, help_text="Chỉ với vốn ứng trước: năm sau bị trừ."
    )
    planned = amount("kế hoạch (triệu đồng)", null=True, blank=True)
    allocated = amount("đã phân bổ (triệu đồng)", null=True, blank=True)
    disbursed = amount("đã giải ngân (triệu đồng)", null=True, blank=True)
    note = models.CharField("ghi chú", max_length=200, blank=True)

    objects = FundingQuerySet.as_manager()

    class Meta:
        verbose_name = "nguồn lực"
        verbose_name_plural = "nguồn lực"
        ordering = ["year", "pk"]
        constraints = [
            *Placed.Meta.constraints,
            models.UniqueConstraint(
                "year",
                Coalesce("commune", 0),
                Coalesce("district", 0),
                "source",
                Coalesce("drawn_from", 0),
                name="funding_once",
                violation_error_message="Nguồn này của đơn vị trong năm đã được ghi.",
            ),
            models.CheckConstraint(
                condition=Q(drawn_from__isnull=True) | Q(drawn_from__gt=F("year")),
                name="funding_drawn_from_later",
                violation_error_message="Vốn ứng phải từ kế hoạch của một năm sau.",
            ),
            models.CheckConstraint(
                condition=(Q(planned__isnull=True) | Q(planned__gte=0))
                & (Q(allocated__isnull=True) | Q(allocated__gte=0))
                & (Q(disbursed__isnull=True) | Q(disbursed__gte=0)),
                name="funding_not_negative",
                violation_error_message="Số tiền không được âm.",
            ),
        ]

    def __str__(self):
        advance = f", ứng từ {self.drawn_from}" if self.drawn_from else ""
        return f"{self.place}, {self.year}: {self.get_source_display()}{advance}"

    def clean(self):
        super().clean()
        if self.year and 1900 < self.year < 2200:
            self.require_in_force(date(self.year, 12, 31))


class Arrears(Placed):
    """Nợ đọng xây dựng cơ bản: the account of one work (công trình) as it stood on a day. Owed is value − paid.

    A later account of the same work takes the place of an earlier one; ``settled_on`` ends it.
    """

    work = models.CharField("công trình", max_length=200)
    investor = models.CharField("chủ đầu tư", max_length=120, blank=True)
    value = amount("giá trị khối lượng hoàn thành (triệu đồng)")
    paid = amount("đã thanh toán (triệu đồng)")
    source = models.CharField("nguồn vốn trả nợ", max_length=120, blank=True)
    deadline = models.DateField("hạn trả", null=True, blank=True)
    as_of = models.DateField("số liệu đến ngày")
    settled_on = models.DateField("trả xong ngày", null=True, blank=True)
    note = models.CharField("ghi chú", max_length=200, blank=True)

    objects = ArrearsQuerySet.as_manager()

    class Meta:
        verbose_name = "nợ đọng xây dựng cơ bản"
        verbose_name_plural = "nợ đọng xây dựng cơ bản"
        ordering = ["as_of", "pk"]
        constraints = [
            *Placed.Meta.constraints,
            models.UniqueConstraint(
                Coalesce("commune", 0),
                Coalesce("district", 0),
                "work",
                "as_of",
                name="arrears_once_a_day",
                violation_error_message="Công trình này đã có số liệu của ngày đó.",
            ),
            models.CheckConstraint(
                condition=Q(paid__gte=0, paid__lte=F("value")),
                name="arrears_paid_within_value",
                violation_error_message="Số đã thanh toán không được âm hay lớn hơn giá trị.",
            ),
            models.CheckConstraint(
                condition=Q(settled_on__isnull=True) | Q(settled_on__gte=F("as_of")),
                name="arrears_settled_later",
                violation_error_message="Ngày trả xong không được trước ngày của số liệu.",
            ),
        ]

    def __str__(self):
        return f"{self.place}: {self.work} ({self.as_of:%d/%m/%Y})"

    @property
    def owed(self):
        return self.value - self.paid

    def clean(self):
        super().clean()
        if self.as_of:
            self.require_in_force(self.as_of)


class Hamlet(models.Model):
    """Xóm; xóm nông thôn mới kiểu mẫu once the district recognised it for a year."""

    commune = models.ForeignKey(Commune, models.PROTECT, related_name="+", verbose_name="xã")
    name = models.CharField("tên xóm", max_length=80)
    model_year = models.PositiveSmallIntegerField("kiểu mẫu tính cho năm", null=True, blank=True)
    decision_number = models.CharField("số quyết định của huyện", max_length=40, blank=True)
    decided_on = models.DateField("ngày quyết định", null=True, blank=True)
    note = models.CharField("ghi chú", max_length=200, blank=True)

    objects = LocatedQuerySet.as_manager()

    class Meta:
        verbose_name = "xóm"
        verbose_name_plural = "xóm"
        ordering = ["commune__code", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["commune", "name"], name="hamlet_once", violation_error_message="Xã này đã có xóm đó."
            ),
            models.CheckConstraint(
                condition=Q(model_year__isnull=False) | Q(decision_number="", decided_on__isnull=True),
                name="hamlet_decision_has_year",
                violation_error_message="Quyết định công nhận cần ghi năm tính.",
            ),
        ]

    def __str__(self):
        return f"{self.name}, {self.commune}"


class Assignment(models.Model):
    """Phân công: a department that helps a commune (giúp đỡ), or is in charge of a criterion (phụ trách) in a province,
    for years."""

    department = models.ForeignKey(Department, models.PROTECT, related_name="+", verbose_name="sở, ngành")
    commune = models.ForeignKey(
        Commune, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="xã được giúp đỡ"
    )
    criterion = models.PositiveSmallIntegerField("tiêu chí số", null=True, blank=True)
    province = models.ForeignKey(Province, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="tỉnh")
    year_from = models.PositiveSmallIntegerField("từ năm")
    year_to = models.PositiveSmallIntegerField("đến năm", null=True, blank=True)
    legal_basis = models.CharField("căn cứ", max_length=120, blank=True)
    note = models.CharField("ghi chú", max_length=200, blank=True)

    objects = LocatedQuerySet.as_manager()

    class Meta:
        verbose_name = "phân công sở, ngành"
        verbose_name_plural = "phân công sở, ngành"
        ordering = ["year_from", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(commune__isnull=False, criterion__isnull=True, province__isnull=True)
                | Q(commune__isnull=True, criterion__isnull=False, province__isnull=False),
                name="assignment_one_task",
                violation_error_message="Phải ghi một xã hoặc một tiêu chí, không ghi cả hai.",
            ),
            models.CheckConstraint(
                condition=Q(year_to__isnull=True) | Q(year_to__gte=F("year_from")),
                name="assignment_period",
                violation_error_message="Năm kết thúc phải sau năm bắt đầu.",
            ),
            models.UniqueConstraint(
                "department",
                Coalesce("commune", 0),
                Coalesce("criterion", 0),
                Coalesce("province", 0),
                "year_from",
                name="assignment_once",
                violation_error_message="Phân công này đã được ghi.",
            ),
        ]

    def __str__(self):
        return f"{self.department}: {self.commune or f'tiêu chí {self.criterion}'}"
