"""What documents state, to hold against what the data gives; and the papers that were issued."""

from django.conf import settings
from django.db import models

from communes.models import District, Province


class Conclusion(models.Model):
    """Văn bản (kết luận, nghị quyết, báo cáo) of a province that states figures the portal must match or explain."""

    province = models.ForeignKey(Province, models.PROTECT, related_name="+", verbose_name="tỉnh")
    number = models.CharField("số, ký hiệu", max_length=40)
    slug = models.SlugField("đường dẫn", max_length=40)
    kind = models.CharField("loại văn bản", max_length=40)
    issued_on = models.DateField("ngày ban hành")
    issuer = models.CharField("cơ quan ban hành", max_length=120)
    title = models.CharField("trích yếu", max_length=300)
    received = models.CharField("văn bản đến", max_length=120, blank=True)

    class Meta:
        verbose_name = "văn bản"
        verbose_name_plural = "văn bản"
        ordering = ["-issued_on"]
        constraints = [
            models.UniqueConstraint(
                fields=["province", "number"],
                name="conclusion_number",
                violation_error_message="Tỉnh đã có văn bản mang số, ký hiệu này.",
            ),
            models.UniqueConstraint(
                fields=["province", "slug"],
                name="conclusion_slug",
                violation_error_message="Tỉnh đã có văn bản mang đường dẫn này.",
            ),
        ]

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


class Progress(models.TextChoices):
    WAITING = "waiting", "Chưa thực hiện"
    UNDER_WAY = "under_way", "Đang thực hiện"
    DONE = "done", "Đã hoàn thành"


class Measure(models.TextChoices):
    """The figure of the portal that tells how a task goes."""

    CERTIFIED = "certified", "Số xã đạt chuẩn"
    REGISTERED = "registered", "Xã đăng ký năm sau"
    FUNDING = "funding", "Nguồn lực huy động"
    ARREARS = "arrears", "Nợ đọng xây dựng cơ bản"
    INCOME = "income", "Thu nhập và hộ nghèo"
    SLIPPED = "slipped", "Xã đang dưới chuẩn"


class Directive(models.Model):
    """Nhiệm vụ được giao: one task of a document, who answers for it, until when, and what has come of it."""

    conclusion = models.ForeignKey(Conclusion, models.PROTECT, related_name="directives", verbose_name="văn bản")
    number = models.PositiveSmallIntegerField("số thứ tự")
    text = models.TextField("nhiệm vụ", max_length=1000)
    owner = models.CharField("cơ quan thực hiện", max_length=300, blank=True)
    deadline = models.DateField("thời hạn", null=True, blank=True)
    progress = models.CharField("trạng thái", max_length=10, choices=Progress, default=Progress.WAITING)
    result = models.TextField("kết quả, minh chứng", max_length=1000, blank=True)
    measure = models.CharField("đo bằng", max_length=12, choices=Measure, blank=True)

    class Meta:
        verbose_name = "nhiệm vụ"
        verbose_name_plural = "nhiệm vụ"
        ordering = ["conclusion", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["conclusion", "number"],
                name="directive_once",
                violation_error_message="Văn bản này đã có nhiệm vụ mang số đó.",
            )
        ]

    def __str__(self):
        return f"{self.conclusion.number}, nhiệm vụ {self.number}"


class IssuedReport(models.Model):
    """Báo cáo đã phát hành: a meeting pack as it was issued. Only ever added: triggers hold it.

    ``content``: what ``freezing`` makes. ``hash``: over all that the paper says (``issuing.fingerprint``).
    ``log_sequence``: the last entry of the change log that it could know.
    """

    province = models.ForeignKey(Province, models.PROTECT, related_name="+", verbose_name="tỉnh")
    district = models.ForeignKey(
        District, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="địa bàn"
    )
    year = models.PositiveSmallIntegerField("năm")
    number = models.CharField("số, ký hiệu", max_length=40)
    issued_on = models.DateField("ngày phát hành")
    signatory = models.CharField("người ký", max_length=120)
    content = models.JSONField("nội dung")
    hash = models.CharField("mã băm", max_length=64)
    log_sequence = models.PositiveBigIntegerField("số nhật ký")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="người phát hành")
    at = models.DateTimeField("lúc", auto_now_add=True)

    class Meta:
        verbose_name = "báo cáo đã phát hành"
        verbose_name_plural = "báo cáo đã phát hành"
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["province", "number", "issued_on"],
                name="issued_once",
                violation_error_message="Đã phát hành một báo cáo mang số và ngày này.",
            )
        ]

    def __str__(self):
        return f"Báo cáo số {self.number} ngày {self.issued_on:%d/%m/%Y}"
