"""What administrators import and export of the criteria, the yearly statistics and the recognition decisions."""

from decimal import Decimal

from django.core.exceptions import ValidationError
from import_export.fields import Field
from import_export.widgets import Widget

from communes.administration.exchange import Resource
from communes.administration.shared import is_shared
from communes.administration.widgets import CommuneIn, Reference, text_of
from communes.models import Province, Recognition, YearlyStatistics
from criteria.actions.decisions import save_recognition, save_statistics
from criteria.judging.loading import STATISTICS
from criteria.models import Indicator, Requirement
from criteria.rules import cells

SHARED_ROW = (
    "Mức không ghi tỉnh (cả nước, vùng) dùng chung cho các tỉnh, không thêm, không sửa bằng tệp; "
    "mức của tỉnh thì ghi mã tỉnh ở cột Tỉnh."
)


class Number(Widget):
    """A figure, read as the wide sheet reads it."""

    def __init__(self, high: Decimal = cells.LARGEST, whole: bool = False):
        super().__init__()
        self.high, self.whole = high, whole

    def clean(self, value, row=None, **kwargs):
        number = cells.read_number(value, self.high, self.whole)
        return int(number) if self.whole and number is not None else number

    def render(self, value, obj=None, force_native_type=False, **kwargs):
        return value if force_native_type else cells.written(value)


class OfSet(Widget):
    """An indicator by its set and code: ``1980/QĐ-TTg 10.1``."""

    def clean(self, value, row=None, **kwargs):
        criteria_set, _, code = text_of(value).rpartition(" ")
        found = Indicator.objects.filter(code=code, criterion__criteria_set__code=criteria_set).first()
        if found is None:
            raise ValueError(f"Không có chỉ tiêu “{text_of(value)[:40]}”; hãy ghi bộ tiêu chí rồi mã chỉ tiêu.")
        return found

    def render(self, value, obj=None, **kwargs):
        return f"{value.in_set.code} {value.code}" if value else ""


class Written(Resource):
    """Saved by a function that says who did it and from which file."""

    def before_import(self, dataset, **kwargs):
        super().before_import(dataset, **kwargs)
        self.about = {"officer": self.officer, "source": kwargs.get("file_name") or ""}

    def do_instance_save(self, instance, is_create):
        type(self).save(instance, **self.about)


class StatisticsResource(Written):
    commune = Field("commune", "Mã xã", CommuneIn(YearlyStatistics, "year", "Năm"))
    commune_name = Field("commune__name", "Xã", readonly=True)
    population = Field("population", "Dân số (người)", Number(whole=True))
    households = Field("households", "Số hộ", Number(whole=True))
    poor_households = Field("poor_households", "Số hộ nghèo", Number(whole=True))
    income = Field("income", "Thu nhập bình quân (triệu đồng/người/năm)", Number(cells.LIMITS["income"]))
    save = save_statistics

    def skip_row(self, instance, original, row, import_validation_errors=None):
        """A unit of a template that nobody has filled in yet."""
        empty = instance.pk is None and all(getattr(instance, name) is None for name in STATISTICS)
        return empty or super().skip_row(instance, original, row, import_validation_errors)

    class Meta:
        model = YearlyStatistics
        import_id_fields = ("commune", "year")
        fields = ("commune", "commune_name", "year", *STATISTICS, "status", "source")
        skip_unchanged = clean_model_instances = True


class RecognitionResource(Written):
    commune = Field("commune", "Mã xã", CommuneIn(Recognition, "counts_for_year", "Tính cho năm"))
    commune_name = Field("commune__name", "Xã", readonly=True)
    save = save_recognition

    class Meta:
        model = Recognition
        import_id_fields = ("commune", "level", "counts_for_year")
        fields = (
            *("commune", "commune_name", "level", "counts_for_year", "decision_number", "decided_on", "criteria_set"),
            *("revoked_on", "revocation_number", "note"),
        )
        skip_unchanged = clean_model_instances = True


class RequirementResource(Resource):
    indicator = Field("indicator", "Chỉ tiêu", OfSet())
    province = Field("province", "Tỉnh", Reference(Province, "code", 2))
    threshold = Field("threshold", "Mức", Number())

    def validate_instance(self, instance, *args, **kwargs):
        """Asked of what is new or changed: a row that reads as it is stored passes by."""
        if self.officer and is_shared(instance):
            raise ValidationError(SHARED_ROW)
        super().validate_instance(instance, *args, **kwargs)

    class Meta:
        model = Requirement
        import_id_fields = ("indicator", "scope", "province", "region", "group", "year_from")
        fields = (
            *("indicator", "scope", "province", "region", "group", "year_from", "year_to", "comparison", "threshold"),
            *("legal_basis", "verified", "illustrative", "note"),
        )
        skip_unchanged = clean_model_instances = True


class IndicatorResource(Resource):
    """For export: the indicators of a set do not change."""

    criteria_set = Field("in_set__code", "Bộ tiêu chí", readonly=True)
    criterion = Field("criterion__number", "Tiêu chí", readonly=True)
    lead = Field("lead__name", "Cơ quan phụ trách", readonly=True)

    class Meta:
        model = Indicator
        fields = ("criteria_set", "criterion", "code", "text", "kind", "unit", "source", "counted", "lead")
