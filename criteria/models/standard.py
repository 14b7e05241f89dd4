"""Criteria sets as published: nothing in the code knows a criterion by its number."""

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce

from communes.models import Department, Level, Province, Region
from criteria.querysets import CriteriaSetQuerySet
from criteria.rules.standard import wording
from criteria.rules.verdicts import Comparison, Threshold


class Kind(models.TextChoices):
    """How an indicator is measured."""

    BOOLEAN = "boolean", "Đạt/Chưa đạt"
    PERCENT = "percent", "Tỷ lệ %"
    NUMBER = "number", "Số"
    PROVINCE_DEFINED = "province_defined", "UBND tỉnh quy định cụ thể"


class Source(models.TextChoices):
    """Where the value of an indicator comes from."""

    SHEET = "sheet", "Nhập trực tiếp"
    INCOME = "income", "Thu nhập bình quân (số liệu thống kê năm)"
    POVERTY_RATE = "poverty_rate", "Hộ nghèo ÷ số hộ (số liệu thống kê năm)"


class CriteriaSet(models.Model):
    """Bộ tiêu chí: a published set. Once a round uses it, its criteria and indicators are frozen."""

    code = models.CharField("số quyết định", max_length=40, unique=True)
    slug = models.SlugField("đường dẫn", max_length=40, unique=True)
    title = models.CharField("tên", max_length=200)
    level = models.CharField("mức", max_length=10, choices=Level, default=Level.STANDARD)
    decided_on = models.DateField("ngày ban hành", null=True, blank=True)
    year_from = models.PositiveSmallIntegerField("từ năm")
    year_to = models.PositiveSmallIntegerField("đến năm", null=True, blank=True)
    note = models.CharField("ghi chú", max_length=300, blank=True)

    objects = CriteriaSetQuerySet.as_manager()

    class Meta:
        verbose_name = "bộ tiêu chí"
        verbose_name_plural = "bộ tiêu chí"
        ordering = ["year_from", "code"]
        constraints = [
            models.CheckConstraint(
                condition=Q(year_to__isnull=True) | Q(year_to__gte=F("year_from")),
                name="criteria_set_period",
                violation_error_message="Năm kết thúc phải sau năm bắt đầu.",
            )
        ]

    def __str__(self):
        return self.code

    def require_thawed(self):
        """Raise ``ValidationError`` when a round already uses the set: past assessments must keep their meaning."""
        if self.rounds.exists():
            raise ValidationError(f"Bộ tiêu chí {self.code} đã dùng để đánh giá nên không sửa được nữa.")


class FrozenInUse(models.Model):
    """A part of a criteria set: it can be changed only until a round uses the set."""

    class Meta:
        abstract = True

    def save(self, *args, **kwargs):
        self.in_set.require_thawed()
        super().save(*args, **kwargs)

    def delete(self, *args, **kwargs):
        self.in_set.require_thawed()
        return super().delete(*args, **kwargs)

    @property
    def in_set(self) -> CriteriaSet:
        raise NotImplementedError


class Criterion(FrozenInUse):
    """Tiêu chí: met when all its lines are met. ``position`` is its bit in the stored summaries."""

    criteria_set = models.ForeignKey(CriteriaSet, models.PROTECT, related_name="criteria", verbose_name="bộ tiêu chí")
    position = models.PositiveSmallIntegerField("vị trí", validators=[MaxValueValidator(62)])
    number = models.PositiveSmallIntegerField("số")
    name = models.CharField("tên", max_length=120)
    group = models.CharField("nhóm", max_length=120)
    lead = models.ForeignKey(
        Department, models.PROTECT, null=True, blank=True, verbose_name="cơ quan phụ trách", related_name="+"
    )

    class Meta:
        verbose_name = "tiêu chí"
        verbose_name_plural = "tiêu chí"
        ordering = ["criteria_set", "position"]
        constraints = [
            models.UniqueConstraint(
                fields=["criteria_set", "position"],
                name="criterion_position",
                violation_error_message="Vị trí này đã có tiêu chí khác.",
            ),
            models.UniqueConstraint(
                fields=["criteria_set", "number"],
                name="criterion_number",
                violation_error_message="Số tiêu chí này đã có.",
            ),
            models.CheckConstraint(
                condition=Q(position__lte=62),
                name="criterion_fits_mask",
                violation_error_message="Một bộ có nhiều nhất 63 tiêu chí.",
            ),
        ]

    def __str__(self):
        return f"{self.number}. {self.name}"

    @property
    def in_set(self) -> CriteriaSet:
        return self.criteria_set


class Indicator(FrozenInUse):
    """Chỉ tiêu: one line of a criterion. A compound line (17.1b) has a parent and is not counted on its own."""

    criterion = models.ForeignKey(Criterion, models.PROTECT, related_name="indicators", verbose_name="tiêu chí")
    code = models.CharField("mã", max_length=10)
    order = models.PositiveSmallIntegerField("thứ tự")
    text = models.CharField("nội dung", max_length=500)
    kind = models.CharField("loại", max_length=20, choices=Kind)
    unit = models.CharField("đơn vị tính", max_length=40, blank=True)
    source = models.CharField("nguồn số liệu", max_length=20, choices=Source, default=Source.SHEET)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, verbose_name="thuộc chỉ tiêu")
    counted = models.BooleanField("được tính", default=True)
    lead = models.ForeignKey(
        Department, models.PROTECT, null=True, blank=True, verbose_name="cơ quan phụ trách", related_name="+"
    )

    class Meta:
        verbose_name = "chỉ tiêu"
        verbose_name_plural = "chỉ tiêu"
        ordering = ["criterion__position", "order"]
        constraints = [
            models.UniqueConstraint(
                fields=["criterion", "code"],
                name="indicator_code",
                violation_error_message="Mã chỉ tiêu này đã có.",
            )
        ]

    def __str__(self):
        return f"{self.code} {self.text}"

    @property
    def in_set(self) -> CriteriaSet:
        return self.criterion.criteria_set


class Scope(models.TextChoices):
    """Phạm vi of a requirement, from the widest to the narrowest."""

    NATIONAL = "national", "Cả nước"
    REGION = "region", "Vùng"
    GROUP = "group", "Nhóm xã"
    PROVINCE = "province", "Tỉnh"

    @classmethod
    def of_a_province(cls) -> tuple["Scope", ...]:
        """Those that a province can lay down for itself."""
        return cls.GROUP, cls.PROVINCE


class Requirement(models.Model):
    """Mức quy định of an indicator, with its legal basis. The narrowest one in force wins (domain note 7.3).

    ``verified``: somebody held it against the text of the decision. ``illustrative``: invented for demonstration.
    A requirement that results were judged by can no longer be changed; one of a later year or a narrower scope goes
    before it. One without a province is everybody's, and comes with the reference data.
    """

    indicator = models.ForeignKey(Indicator, models.PROTECT, related_name="requirements", verbose_name="chỉ tiêu")
    scope = models.CharField("phạm vi", max_length=10, choices=Scope)
    province = models.ForeignKey(Province, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="tỉnh")
    region = models.CharField("vùng", max_length=10, choices=Region, blank=True)
    group = models.CharField("nhóm xã", max_length=20, blank=True)
    year_from = models.PositiveSmallIntegerField("từ năm", null=True, blank=True)
    year_to = models.PositiveSmallIntegerField("đến năm", null=True, blank=True)
    comparison = models.CharField("so sánh", max_length=2, choices=[(c.value, c.value) for c in Comparison])
    threshold = models.DecimalField("mức", max_digits=18, decimal_places=6)
    legal_basis = models.CharField("căn cứ", max_length=200)
    verified = models.BooleanField("đã đối chiếu văn bản", default=False)
    illustrative = models.BooleanField("minh họa", default=False)
    note = models.CharField("ghi chú", max_length=400, blank=True)

    class Meta:
        verbose_name = "mức quy định"
        verbose_name_plural = "mức quy định"
        constraints = [
            models.CheckConstraint(
                condition=(
                    Q(scope="national", province__isnull=True, region="", group="")
                    | Q(scope="region", province__isnull=True, group="") & ~Q(region="")
                    | Q(scope="group") & ~Q(group="")
                    | Q(scope="province", province__isnull=False, region="", group="")
                ),
                name="requirement_scope",
                violation_error_message="Phạm vi phải đi với đúng vùng, nhóm xã hoặc tỉnh của nó.",
            ),
            models.UniqueConstraint(
                "indicator",
                "scope",
                Coalesce("province", 0),
                "region",
                "group",
                Coalesce("year_from", 0),
                name="requirement_once",
                violation_error_message="Mức cho phạm vi và năm này đã có.",
            ),
        ]

    def __str__(self):
        return f"{self.indicator.code} {self.text()}"

    def save(self, *args, **kwargs):
        if self.pk and self.results.exists():
            raise ValidationError("Mức này đã dùng để đánh giá; hãy thêm mức mới từ một năm khác.")
        super().save(*args, **kwargs)

    @property
    def rule(self) -> Threshold:
        return Threshold(Comparison(self.comparison), self.threshold)

    def text(self) -> str:
        """The threshold for reading: ``≥ 95 %``, ``≤ 26,7 %``, ``Đạt``."""
        return wording(self.indicator.kind, self.rule, self.indicator.unit)

    @property
    def place(self) -> str:
        """Where it applies: ``Cả nước``, the region, the group, the province."""
        return self.get_region_display() or self.group or (self.province and str(self.province)) or "Cả nước"

    @property
    def years(self) -> str:
        """When it applies: ``năm 2020``, ``từ năm 2018``, or nothing for as long as the set does."""
        if self.year_from and self.year_from == self.year_to:
            return f"năm {self.year_from}"
        parts = (
            f"từ năm {self.year_from}" if self.year_from else "",
            f"đến năm {self.year_to}" if self.year_to else "",
        )
        return " ".join(part for part in parts if part)
