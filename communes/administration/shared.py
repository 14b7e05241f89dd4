"""What an officer's province keeps for itself in the administration, beside what all provinces share."""

from typing import Protocol

from django.contrib import admin
from django.db.models import Q
from django.forms import ModelForm

from communes.models import Officer

from .scope import OfProvince

SHARED = "Dùng chung cho các tỉnh, nạp từ dữ liệu tham chiếu: chỉ xem, không sửa ở đây."


class OwnForm(ModelForm):
    """Of what the officer's province keeps: the province is not asked for, and checked like what is typed."""

    officer: Officer

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance._state.adding:
            self.instance.province_id = self.officer.province_id

    def _get_validation_exclusions(self):
        """Django leaves out what a form does not show, and with it every constraint that names the province."""
        left_out = super()._get_validation_exclusions()  # type: ignore[misc]  # Django's own, no type says so
        return left_out - {"province"}


class KeptForProvince(OfProvince):
    """Rows that belong to the officer's province from the moment they are entered."""

    form = OwnForm
    exclude = ("province",)

    def get_form(self, request, obj=None, change=False, **kwargs):
        form = super().get_form(request, obj, change, **kwargs)
        form.officer = request.user
        return form


class SharedOrKept(KeptForProvince):
    """With the rows of no province: everybody looks at them, nobody changes them; ``load_reference`` brings them."""

    def reach(self, officer):
        return super().reach(officer) | Q(province=None)

    def has_change_permission(self, request, obj=None):
        return super().has_change_permission(request, obj) and not is_shared(obj)

    def has_delete_permission(self, request, obj=None):
        return super().has_delete_permission(request, obj) and not is_shared(obj)

    def get_fieldsets(self, request, obj=None):
        (name, options), *others = super().get_fieldsets(request, obj)
        return [(name, options | ({"description": SHARED} if is_shared(obj) else {})), *others]

    @admin.display(description="của", ordering="province")
    def kept_by(self, row):
        return "Dùng chung" if is_shared(row) else f"Tỉnh {row.province}"


class MayBeShared(Protocol):
    """What a province keeps, or all provinces share."""

    @property
    def province_id(self) -> int | None: ...


def is_shared(row: MayBeShared | None) -> bool:
    return row is not None and row.province_id is None
