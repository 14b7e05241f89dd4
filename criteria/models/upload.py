"""The files that were brought in, kept beside the log that names them."""

from django.conf import settings
from django.db import models

from .assessment import AssessmentRound


class Upload(models.Model):
    """Tệp nạp: a file as it was sent, its preview or what it wrote. Kept in the database, so that one backup holds
    the figures, the log and the files it speaks of."""

    round = models.ForeignKey(AssessmentRound, models.PROTECT, related_name="+", verbose_name="kỳ")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="ai")
    at = models.DateTimeField("lúc")
    filename = models.CharField("tên tệp", max_length=200)
    sha256 = models.CharField("mã băm", max_length=64)
    content = models.BinaryField("nội dung")
    committed_at = models.DateTimeField("ghi lúc", null=True)
    reason = models.CharField("lý do", max_length=300, blank=True)
    counts = models.JSONField("kết quả", default=dict)

    class Meta:
        verbose_name = "tệp nạp"
        verbose_name_plural = "tệp nạp"
        ordering = ["-at"]

    def __str__(self):
        return self.filename

    @property
    def source(self) -> str:
        """How the change log names it."""
        return f"{self.filename[:120]} (sha256 {self.sha256})"
