"""What administrators import and export of money, arrears, model hamlets, assignments and registrations."""

from datetime import date

from django.db.models import Q
from import_export.fields import Field
from import_export.widgets import Widget

from communes.administration.widgets import CommuneIn, CommuneOn, DepartmentOf, Reference, Whole, code_of, text_of
from communes.models import Arrears, Assignment, Commune, District, Funding, Hamlet, Registration
from criteria.actions.money import save_arrears, save_assignment, save_funding, save_hamlet, save_registration

from .resources import Number, Written


class FundingResource(Written):
    commune = Field("commune", "Mã xã", CommuneIn(Funding, "year", "Năm"))
    commune_name = Field("commune__name", "Xã", readonly=True)
    district = Field("district", "Mã huyện", Reference(District, "code", 3))
    planned = Field("planned", "Kế hoạch (triệu đồng)", Number())
    allocated = Field("allocated", "Đã phân bổ (triệu đồng)", Number())
    disbursed = Field("disbursed", "Đã giải ngân (triệu đồng)", Number())
    save = save_funding

    class Meta:
        model = Funding
        import_id_fields = ("commune", "district", "year", "source", "drawn_from")
        fields = (
            *("commune", "commune_name", "district", "year", "source", "drawn_from"),
            *("planned", "allocated", "disbursed", "note"),
        )
        skip_unchanged = clean_model_instances = True


class ArrearsResource(Written):
    commune = Field("commune", "Mã xã", CommuneOn("Số liệu đến ngày"))
    commune_name = Field("commune__name", "Xã", readonly=True)
    district = Field("district", "Mã huyện", Reference(District, "code", 3))
    value = Field("value", "Giá trị khối lượng hoàn thành (triệu đồng)", Number())
    paid = Field("paid", "Đã thanh toán (triệu đồng)", Number())
    save = save_arrears

    class Meta:
        model = Arrears
        import_id_fields = ("commune", "district", "work", "as_of")
        fields = (
            *("commune", "commune_name", "district", "work", "investor", "value", "paid", "source", "deadline"),
            *("as_of", "settled_on", "note"),
        )
        skip_unchanged = clean_model_instances = True


class CommuneOfHamlet(Widget):
    """A commune by its code: the version a known hamlet has, that of the year of recognition, or the latest."""

    def clean(self, value, row=None, **kwargs):
        code, row = code_of(value, 5), row or {}
        name, year = text_of(row.get("Tên xóm")), Whole().clean(row.get("Kiểu mẫu tính cho năm"))
        if not code:
            return None
        if known := Hamlet.objects.filter(commune__code=code, name=name).select_related("commune").first():
            return known.commune
        versions = Commune.objects.filter(code=code).order_by("valid_from")
        found = (versions.in_force(date(year, 12, 31)) if year and 1900 < year < 2200 else versions).last()
        if found is None:
            raise ValueError(f"Không có đơn vị cấp xã mã “{code[:40]}”.")
        return found

    def render(self, value, obj=None, **kwargs):
        return value.code if value else ""


class HamletResource(Written):
    commune = Field("commune", "Mã xã", CommuneOfHamlet())
    commune_name = Field("commune__name", "Xã", readonly=True)
    save = save_hamlet

    class Meta:
        model = Hamlet
        import_id_fields = ("commune", "name")
        fields = ("commune", "commune_name", "name", "model_year", "decision_number", "decided_on", "note")
        skip_unchanged = clean_model_instances = True


class AssignmentResource(Written):
    department = Field("department", "Sở, ngành", DepartmentOf())
    commune = Field("commune", "Mã xã được giúp đỡ", CommuneIn(Assignment, "year_from", "Từ năm"))
    save = save_assignment

    def get_queryset(self):
        """A criterion may be assigned to the same department in another province."""
        rows = super().get_queryset()
        return rows.filter(Q(province=None) | Q(province=self.officer.province_id)) if self.officer else rows

    def import_instance(self, instance, row, **kwargs):
        super().import_instance(instance, row, **kwargs)
        if self.officer and not instance.commune_id:
            instance.province_id = self.officer.province_id

    class Meta:
        model = Assignment
        import_id_fields = ("department", "commune", "criterion", "year_from")
        fields = ("department", "commune", "criterion", "year_from", "year_to", "legal_basis", "note")
        skip_unchanged = clean_model_instances = True


class RegistrationResource(Written):
    commune = Field("commune", "Mã xã", CommuneIn(Registration, "year", "Năm phấn đấu"))
    commune_name = Field("commune__name", "Xã", readonly=True)
    sponsor = Field("sponsor", "Sở, ngành giúp đỡ", DepartmentOf())
    needs = Field("needs", "Nhu cầu vốn (triệu đồng)", Number())
    save = save_registration

    class Meta:
        model = Registration
        import_id_fields = ("commune", "year", "level")
        fields = (
            *("commune", "commune_name", "year", "level", "batch", "legal_basis", "sponsor"),
            *("needs", "deadline", "result", "withdrawn_on", "note"),
        )
        skip_unchanged = clean_model_instances = True
