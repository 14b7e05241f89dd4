"""What documents state, to hold against what the data gives."""

from django.db import models


class Conclusion(models.Model):
    """Văn bản (kết luận, nghị quyết, báo cáo) that states figures the portal must match or explain."""

    number = models.CharField("số, ký hiệu", max_length=40, unique=True)
    slug = models.SlugField("đường dẫn", max_length=40, unique=True)
    kind = models.CharField("loại văn bản", max_length=40)
    issued_on = models.DateField("ngày ban hành")
    issuer = models.CharField("cơ quan ban hành", max_length=120)
    title = models.CharField("trích yếu", max_length=300)
    received = models.CharField("văn bản đến", max_length=120, blank=True)

    class Meta:
        verbose_name = "văn bản"
        verbose_name_plural = "văn bản"
        ordering = ["-issued_on"]

    def __str__(self):
        return f"{self.kind} số {self.number}"


class StatedFigure(models.Model):
    """Số liệu nêu trong văn bản: one figure as it is printed, with the words around it.

    ``key`` names the figure of the portal it is held against; ``numerator`` and ``denominator`` are what the document
    itself divides, where it says so.
    """

    conclusion = models.ForeignKey(Conclusion, models.PROTECT, related_name="figures", verbose_name="văn bản")
    key = models.SlugField("chỉ số", max_length=40)
    year = models.PositiveSmallIntegerField("năm")
    value = models.DecimalField("giá trị", max_digits=14, decimal_places=4)
    numerator = models.PositiveIntegerField("tử số", null=True, blank=True)
    denominator = models.PositiveIntegerField("mẫu số", null=True, blank=True)
    decimals = models.PositiveSmallIntegerField("số chữ số thập phân", default=0)
    unit = models.CharField("đơn vị tính", max_length=40)
    quote = models.CharField("trích", max_length=300)

    class Meta:
        verbose_name = "số liệu nêu trong văn bản"
        verbose_name_plural = "số liệu nêu trong văn bản"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["conclusion", "key", "year"],
                name="stated_once",
                violation_error_message="Văn bản này đã có số liệu đó.",
            )
        ]

    def __str__(self):
        return f"{self.conclusion}: {self.key} {self.year}"
