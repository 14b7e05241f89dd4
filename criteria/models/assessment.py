"""A commune held against a criteria set on a date. Written by ``criteria.actions`` alone."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from communes.models import Commune, Province
from criteria.log.chain import START
from criteria.querysets import AssessmentQuerySet, ChangeEventQuerySet, RoundQuerySet
from criteria.rules.verdicts import Summary, Verdict
from criteria.rules.workflow import NAMES, State

from .standard import CriteriaSet, Indicator, Requirement

VERDICTS = [
    (Verdict.MET, "Đạt"),
    (Verdict.NOT_MET, "Chưa đạt"),
    (Verdict.NOT_APPLICABLE, "Không xét"),
    (Verdict.UNKNOWN, "Chưa có số liệu"),
]
STATES = [(state.value, name) for state, name in NAMES.items()]


class AssessmentRound(models.Model):
    """Kỳ đánh giá: a criteria set applied to the communes in force on a date. A closed round does not move."""

    province = models.ForeignKey(Province, models.PROTECT, related_name="+", verbose_name="tỉnh")
    criteria_set = models.ForeignKey(CriteriaSet, models.PROTECT, related_name="rounds", verbose_name="bộ tiêu chí")
    as_of = models.DateField("ngày đánh giá")
    deadline = models.DateField("hạn nhập", null=True, blank=True)
    closed_at = models.DateTimeField("khóa lúc", null=True, blank=True, editable=False)
    note = models.CharField("ghi chú", max_length=200, blank=True)

    objects = RoundQuerySet.as_manager()

    class Meta:
        verbose_name = "kỳ đánh giá"
        verbose_name_plural = "kỳ đánh giá"
        ordering = ["as_of"]
        constraints = [
            models.UniqueConstraint(
                fields=["province", "as_of", "criteria_set"],
                name="round_once",
                violation_error_message="Kỳ đánh giá này đã mở.",
            )
        ]

    def __str__(self):
        return f"{self.criteria_set} ({self.as_of:%d/%m/%Y})"

    @property
    def year(self) -> int:
        return self.as_of.year

    @property
    def ends_year(self) -> bool:
        """Whether it is of 31/12, as ``year_end`` asks the database."""
        return (self.as_of.month, self.as_of.day) == (12, 31)


class Assessment(models.Model):
    """Đánh giá of one commune in a round, with its stored summary (derived data: ``verify_summaries`` proves it).

    ``accepted``: the warnings an officer accepted, {cell: warning}; a warning that changes counts as not accepted.
    """

    round = models.ForeignKey(AssessmentRound, models.PROTECT, related_name="assessments", verbose_name="kỳ")
    commune = models.ForeignKey(Commune, models.PROTECT, related_name="+", verbose_name="xã")
    met_mask = models.BigIntegerField(default=0, editable=False)
    known_mask = models.BigIntegerField(default=0, editable=False)
    not_applicable_mask = models.BigIntegerField(default=0, editable=False)
    met_count = models.PositiveSmallIntegerField("số tiêu chí đạt", default=0, editable=False)
    updated_at = models.DateTimeField("cập nhật", null=True, editable=False)
    state = models.CharField("trạng thái", max_length=10, choices=STATES, default=State.DRAFT)
    returned_because = models.CharField("lý do trả lại", max_length=300, blank=True)
    accepted = models.JSONField("cảnh báo đã chấp nhận", default=dict, blank=True)

    objects = AssessmentQuerySet.as_manager()

    class Meta:
        verbose_name = "đánh giá"
        verbose_name_plural = "đánh giá"
        constraints = [
            models.UniqueConstraint(
                fields=["round", "commune"],
                name="assessment_once",
                violation_error_message="Xã này đã có đánh giá trong kỳ.",
            )
        ]

    def __str__(self):
        return f"{self.commune}, {self.round}"

    @property
    def summary(self) -> Summary:
        return Summary(self.met_mask, self.known_mask, self.not_applicable_mask)


class Result(models.Model):
    """Kết quả of one indicator: what was given, and the verdict with the requirement it was judged by.

    ``verdict`` and ``requirement`` are facts of the day of judging: later thresholds do not move them.
    """

    assessment = models.ForeignKey(Assessment, models.PROTECT, related_name="results", verbose_name="đánh giá")
    indicator = models.ForeignKey(Indicator, models.PROTECT, related_name="+", verbose_name="chỉ tiêu")
    value = models.DecimalField("giá trị", max_digits=18, decimal_places=6, null=True, blank=True)
    numerator = models.DecimalField("tử số", max_digits=18, decimal_places=6, null=True, blank=True)
    denominator = models.DecimalField("mẫu số", max_digits=18, decimal_places=6, null=True, blank=True)
    claim = models.CharField("kết luận của cán bộ", max_length=14, choices=VERDICTS, blank=True)
    reason = models.CharField("lý do", max_length=500, blank=True)
    note = models.CharField("ghi chú", max_length=500, blank=True)
    verdict = models.CharField("kết luận", max_length=14, choices=VERDICTS, default=Verdict.UNKNOWN)
    ruled = models.CharField("theo mức quy định", max_length=14, choices=VERDICTS, default=Verdict.UNKNOWN)
    requirement = models.ForeignKey(
        Requirement, models.PROTECT, null=True, blank=True, related_name="results", verbose_name="mức quy định"
    )

    class Meta:
        verbose_name = "kết quả"
        verbose_name_plural = "kết quả"
        constraints = [
            models.UniqueConstraint(
                fields=["assessment", "indicator"],
                name="result_once",
                violation_error_message="Chỉ tiêu này đã có kết quả.",
            ),
            models.CheckConstraint(
                condition=~Q(claim="not_applicable") | ~Q(reason=""),
                name="not_applicable_has_reason",
                violation_error_message="“Không xét” cần ghi lý do.",
            ),
            models.CheckConstraint(
                condition=Q(claim="") | Q(ruled=F("claim")) | Q(requirement__isnull=True) | ~Q(reason=""),
                name="against_the_rule_has_reason",
                violation_error_message="Kết luận khác với mức quy định cần ghi lý do.",
            ),
            models.CheckConstraint(
                condition=Q(denominator__isnull=True) | Q(denominator__gt=0),
                name="denominator_positive",
                violation_error_message="Mẫu số phải lớn hơn 0.",
            ),
        ]

    def __str__(self):
        return f"{self.assessment}: {self.indicator.code}"


class Via(models.TextChoices):
    """Through what a change came."""

    SHEET = "sheet", "Tệp Excel"
    GRID = "grid", "Bảng nhập"
    FORM = "form", "Phiếu nhập một xã"
    STEP = "step", "Nộp, duyệt, trả lại"
    ADMIN = "admin", "Trang quản trị"
    COMMAND = "command", "Lệnh máy chủ"


class LogHead(models.Model):
    """Sổ gốc của nhật ký: the number and hash of the last entry, one row; writers queue for it."""

    sequence = models.PositiveBigIntegerField(default=0)
    hash = models.CharField(max_length=64, default=START)

    def __str__(self):
        return str(self.sequence)


class ChangeEvent(models.Model):
    """Nhật ký thay đổi: one save of one commune, or of a whole round. Only ever added to; triggers hold it.

    ``changes``: {cell: [old, new]}. ``previous`` and ``hash`` chain the entries in order of ``sequence``.
    """

    sequence = models.PositiveBigIntegerField("số", unique=True)
    previous = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)
    at = models.DateTimeField("lúc", db_index=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="ai")
    via = models.CharField("qua", max_length=10, choices=Via)
    year = models.PositiveSmallIntegerField("năm")
    round = models.ForeignKey(AssessmentRound, models.PROTECT, null=True, related_name="+", verbose_name="kỳ")
    commune = models.ForeignKey(Commune, models.PROTECT, null=True, related_name="+", verbose_name="đơn vị")
    source = models.CharField("nguồn", max_length=200, blank=True)
    reason = models.CharField("lý do", max_length=300, blank=True)
    changes = models.JSONField("thay đổi", default=dict)

    objects = ChangeEventQuerySet.as_manager()

    class Meta:
        verbose_name = "thay đổi"
        verbose_name_plural = "nhật ký thay đổi"
        ordering = ["-sequence"]

    def __str__(self):
        return f"{self.at:%d/%m/%Y %H:%M} {self.commune or self.round}"
