"""Provinces, districts and commune-level units over time."""

from datetime import date

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q

from communes.querysets import CommuneQuerySet
from communes.text import fold


class Region(models.TextChoices):
    """Vùng: the seven columns in which national decisions print their thresholds."""

    NORTHERN_MOUNTAINS = "TDMNPB", "Trung du miền núi phía Bắc"
    RED_RIVER_DELTA = "DBSH", "Đồng bằng sông Hồng"
    NORTH_CENTRAL = "BTB", "Bắc Trung Bộ"
    SOUTH_CENTRAL_COAST = "DHNTB", "Duyên hải Nam Trung Bộ"
    CENTRAL_HIGHLANDS = "TN", "Tây Nguyên"
    SOUTHEAST = "DNB", "Đông Nam Bộ"
    MEKONG_DELTA = "DBSCL", "Đồng bằng sông Cửu Long"


class DistrictKind(models.TextChoices):
    CITY = "thành phố", "Thành phố"
    TOWN = "thị xã", "Thị xã"
    RURAL = "huyện", "Huyện"

    @property
    def short(self) -> str:
        """How tables write it: ``TP``, ``TX``, nothing for a huyện."""
        return {"thành phố": "TP ", "thị xã": "TX "}.get(self.value, "")


class UnitKind(models.TextChoices):
    COMMUNE = "xã", "Xã"
    WARD = "phường", "Phường"
    TOWNSHIP = "thị trấn", "Thị trấn"


class Province(models.Model):
    """Tỉnh: the office's province; its region decides the thresholds that apply."""

    code = models.CharField("mã", max_length=2, unique=True)
    name = models.CharField("tên", max_length=60)
    region = models.CharField("vùng", max_length=10, choices=Region)
    illustrative = models.BooleanField(
        "có số liệu minh họa", default=False, help_text="Mọi trang và tệp sẽ ghi “Số liệu minh họa”."
    )

    class Meta:
        verbose_name = "tỉnh"
        verbose_name_plural = "tỉnh"

    def __str__(self):
        return self.name


class District(models.Model):
    """Huyện, thị xã or thành phố thuộc tỉnh. The level ended on 30/6/2025; its kind is that of 2017."""

    province = models.ForeignKey(Province, models.PROTECT, verbose_name="tỉnh")
    code = models.CharField("mã", max_length=3, unique=True)
    name = models.CharField("tên", max_length=60)
    kind = models.CharField("loại", max_length=10, choices=DistrictKind)

    class Meta:
        verbose_name = "đơn vị cấp huyện"
        verbose_name_plural = "đơn vị cấp huyện"
        ordering = ["code"]

    def __str__(self):
        return f"{DistrictKind(self.kind).label} {self.name}"

    @property
    def short_name(self) -> str:
        return f"{DistrictKind(self.kind).short}{self.name}"


class Commune(models.Model):
    """Đơn vị hành chính cấp xã: one version of a xã, phường or thị trấn, from one change to the next.

    Its key is the code of the statistics office with ``valid_from``: the office gives codes away again. Versions of
    one place that changed district, name or kind share ``origin``, the first of them; what merged away ends there.
    The register begins on 14/1/2011: a version in force then is valid from that day here.
    """

    province = models.ForeignKey(Province, models.PROTECT, verbose_name="tỉnh")
    district = models.ForeignKey(
        District, models.PROTECT, null=True, blank=True, verbose_name="cấp huyện", help_text="Trống từ 1/7/2025."
    )
    code = models.CharField("mã", max_length=5)
    name = models.CharField("tên", max_length=60)
    alias = models.CharField("tên khác", max_length=60, blank=True)
    folded = models.CharField(max_length=130, editable=False)
    kind = models.CharField("loại", max_length=10, choices=UnitKind)
    group = models.CharField("nhóm xã", max_length=20, blank=True, help_text="Nếu bộ tiêu chí chia theo nhóm xã.")
    valid_from = models.DateField("có hiệu lực từ")
    valid_to = models.DateField("đến hết ngày", null=True, blank=True)
    origin = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="nguồn gốc"
    )
    hex_column = models.SmallIntegerField("cột trên bản đồ", null=True, blank=True)
    hex_row = models.SmallIntegerField("hàng trên bản đồ", null=True, blank=True)

    objects = CommuneQuerySet.as_manager()

    class Meta:
        verbose_name = "đơn vị cấp xã"
        verbose_name_plural = "đơn vị cấp xã"
        ordering = ["district__code", "code", "valid_from"]
        constraints = [
            models.UniqueConstraint(
                fields=["code", "valid_from"],
                name="commune_version",
                violation_error_message="Mã này đã có một bản ghi bắt đầu cùng ngày.",
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="commune_period",
                violation_error_message="Ngày hết hiệu lực phải sau ngày bắt đầu.",
            ),
        ]

    def __str__(self):
        return f"{self.get_kind_display()} {self.name}"

    def save(self, *args, **kwargs):
        self.folded = fold(f"{self.name} {self.alias}")
        super().save(*args, **kwargs)

    def clean(self):
        """Two versions of one code may not be in force on the same day."""
        others = Commune.objects.filter(code=self.code).exclude(pk=self.pk)
        if self.valid_from and others.overlapping(self.valid_from, self.valid_to).exists():
            raise ValidationError("Khoảng hiệu lực trùng với một bản ghi khác cùng mã.")

    def was_in_force(self, on: date) -> bool:
        return self.valid_from <= on and (self.valid_to is None or on <= self.valid_to)

    @property
    def place_id(self) -> int:
        """The same for all versions of one place."""
        return self.origin_id or self.pk


class BoundaryChange(models.Model):
    """Nghị quyết điều chỉnh địa giới: the resolution behind changes of units."""

    decision = models.CharField("số nghị quyết", max_length=40)
    effective_on = models.DateField("có hiệu lực từ")

    class Meta:
        verbose_name = "điều chỉnh địa giới"
        verbose_name_plural = "điều chỉnh địa giới"
        ordering = ["effective_on"]
        constraints = [
            models.UniqueConstraint(
                fields=["decision", "effective_on"],
                name="boundary_change_once",
                violation_error_message="Nghị quyết này đã có.",
            )
        ]

    def __str__(self):
        return f"{self.decision} ({self.effective_on:%d/%m/%Y})"


class Succession(models.Model):
    """Kế thừa: one unit that a boundary change turned into, or merged into, another."""

    change = models.ForeignKey(BoundaryChange, models.PROTECT, verbose_name="nghị quyết")
    old = models.ForeignKey(Commune, models.PROTECT, related_name="successions", verbose_name="đơn vị cũ")
    new = models.ForeignKey(Commune, models.PROTECT, related_name="predecessions", verbose_name="đơn vị mới")
    kind = models.CharField("nội dung", max_length=40)
    continues = models.BooleanField("vẫn là địa bàn đó", help_text="Đổi huyện, đổi tên, lên phường; không phải nhập.")
    note = models.CharField("ghi chú", max_length=200, blank=True)

    class Meta:
        verbose_name = "kế thừa"
        verbose_name_plural = "kế thừa"
        constraints = [
            models.UniqueConstraint(
                fields=["change", "old", "new"],
                name="succession_once",
                violation_error_message="Thay đổi này đã được ghi.",
            )
        ]

    def __str__(self):
        return f"{self.old} → {self.new}"
