"""What administrators import and export of the places."""

from import_export.fields import Field

from communes.models import Commune, Department, District, Province

from .exchange import Resource
from .widgets import Code, Reference


class DistrictResource(Resource):
    province = Field("province", "Tỉnh", Reference(Province, "code", 2))

    class Meta:
        model = District
        import_id_fields = ("code",)
        fields = ("province", "code", "name", "kind")
        skip_unchanged = clean_model_instances = True


class CommuneResource(Resource):
    code = Field("code", "Mã", Code(5))
    province = Field("province", "Tỉnh", Reference(Province, "code", 2))
    district = Field("district", "Cấp huyện", Reference(District, "code", 3))

    class Meta:
        model = Commune
        import_id_fields = ("code", "valid_from")
        fields = ("province", "district", "code", "name", "alias", "kind", "group", "valid_from", "valid_to")
        skip_unchanged = clean_model_instances = True


class DepartmentResource(Resource):
    """A new one is of the officer's province; one that all provinces share may stand in the file as it is."""

    def init_instance(self, row=None):
        return Department(province=self.officer.province if self.officer else None)

    def get_queryset(self):
        every = super().get_queryset()
        return every.open_to(self.officer.province_id) if self.officer else every

    class Meta:
        model = Department
        import_id_fields = ("name",)
        fields = ("name",)
        skip_unchanged = clean_model_instances = True
