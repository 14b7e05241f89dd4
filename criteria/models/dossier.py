"""What a dossier for recognition holds beside the figures: the departments' opinions and the papers that prove them."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from communes.models import Commune, Department

from .assessment import AssessmentRound

LARGEST = 10 * 1024 * 1024  # bytes of one paper


class Opinion(models.Model):
    """Ý kiến thẩm định: what a department says of one criterion of a commune in a round.

    ``agrees`` is None while it has been asked and has not answered. One recorded by mistake is withdrawn.
    """

    round = models.ForeignKey(AssessmentRound, models.PROTECT, related_name="+", verbose_name="kỳ")
    commune = models.ForeignKey(Commune, models.PROTECT, related_name="+", verbose_name="xã")
    criterion = models.PositiveSmallIntegerField("tiêu chí số")
    department = models.ForeignKey(Department, models.PROTECT, related_name="+", verbose_name="sở, ngành")
    agrees = models.BooleanField("nhất trí", null=True, blank=True)
    text = models.CharField("nội dung", max_length=500, blank=True)
    paper_number = models.CharField("số văn bản", max_length=40, blank=True)
    paper_on = models.DateField("ngày văn bản", null=True, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="ai ghi")
    at = models.DateTimeField("lúc")
    withdrawn_at = models.DateTimeField("rút lúc", null=True, blank=True)

    class Meta:
        verbose_name = "ý kiến thẩm định"
        verbose_name_plural = "ý kiến thẩm định"
        ordering = ["criterion", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["round", "commune", "criterion", "department"],
                condition=Q(withdrawn_at__isnull=True),
                name="opinion_once",
                violation_error_message="Sở, ngành này đã có ý kiến về tiêu chí đó.",
            ),
            models.CheckConstraint(
                condition=Q(criterion__gte=1),
                name="opinion_of_a_criterion",
                violation_error_message="Số tiêu chí phải từ 1.",
            ),
            models.CheckConstraint(
                condition=Q(agrees__isnull=True) | Q(agrees=True) | ~Q(text=""),
                name="opinion_against_says_why",
                violation_error_message="Ý kiến không nhất trí phải ghi nội dung.",
            ),
        ]

    def __str__(self):
        return f"Tiêu chí {self.criterion}, {self.department}"


class Evidence(models.Model):
    """Tệp minh chứng: a paper of a commune's dossier, kept in the database as it was sent, so that one backup holds the
    figures, the log and the papers it speaks of. It is withdrawn, never deleted."""

    round = models.ForeignKey(AssessmentRound, models.PROTECT, related_name="+", verbose_name="kỳ")
    commune = models.ForeignKey(Commune, models.PROTECT, related_name="+", verbose_name="xã")
    criterion = models.PositiveSmallIntegerField("tiêu chí số", null=True, blank=True)
    title = models.CharField("tên minh chứng", max_length=200)
    filename = models.CharField("tên tệp", max_length=120)
    sha256 = models.CharField("mã băm", max_length=64)
    size = models.PositiveIntegerField("cỡ (byte)")
    content = models.BinaryField("nội dung")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="ai nộp")
    at = models.DateTimeField("lúc")
    withdrawn_at = models.DateTimeField("rút lúc", null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="ai rút"
    )

    class Meta:
        verbose_name = "tệp minh chứng"
        verbose_name_plural = "tệp minh chứng"
        ordering = ["at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["round", "commune", "sha256"],
                condition=Q(withdrawn_at__isnull=True),
                name="evidence_once",
                violation_error_message="Tệp này đã có trong hồ sơ.",
            ),
            models.CheckConstraint(
                condition=Q(criterion__isnull=True) | Q(criterion__gte=1),
                name="evidence_of_a_criterion",
                violation_error_message="Số tiêu chí phải từ 1.",
            ),
            models.CheckConstraint(
                condition=Q(size__gte=1, size__lte=LARGEST),
                name="evidence_size",
                violation_error_message="Tệp minh chứng phải có nội dung và không quá 10 MB.",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True, withdrawn_by__isnull=True)
                | Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False),
                name="evidence_withdrawn_by_someone",
                violation_error_message="Tệp đã rút phải ghi ai rút.",
            ),
        ]

    def __str__(self):
        return self.title

    @property
    def source(self) -> str:
        """How the change log names it."""
        return f"{self.filename} (sha256 {self.sha256})"
