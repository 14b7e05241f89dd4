"""Import and export in the administration: in Vietnamese, by codes an office knows, previewed, all or nothing."""

import io
import logging
from functools import partial

import xlsxwriter
from django.contrib import messages
from django.contrib.admin.models import LogEntry
from django.core.exceptions import ValidationError
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.text import capfirst
from import_export.admin import ExportMixin, ImportExportMixin
from import_export.formats.base_formats import CSV, XLSX
from import_export.forms import ExportForm, ImportForm
from import_export.resources import Diff, ModelResource
from import_export.results import RowResult

from communes.models import Officer
from communes.text import fold, normal
from communes.uploads.guard import FileRefused, Limits, check

from .scope import require_own_province
from .widgets import RISKY, Choice, Day, Text, Whole, YesNo

UNREADABLE = "Không đọc được tệp: hãy kiểm tra loại tệp đã chọn, dòng đầu là tên cột và bên dưới có số liệu."
GONE = "Bản xem trước không còn (có thể đã nạp rồi); hãy xem danh sách hoặc nạp lại tệp."
CHANGED = "Chưa ghi gì: số liệu đã đổi từ lúc xem trước. Hãy nạp lại tệp để xem trước lần nữa."
logger = logging.getLogger(__name__)


class TextFile(CSV):
    """csv; what a spreadsheet would run as a formula is marked as text, and read back without the mark."""

    def export_data(self, dataset, **kwargs):
        for _ in range(len(dataset)):
            row = dataset.lpop()
            dataset.append([f"'{cell}" if isinstance(cell, str) and cell.startswith(RISKY) else cell for cell in row])
        return super().export_data(dataset, **kwargs)


class Workbook(XLSX):
    """xlsx with numbers and dates as such, and every text as text."""

    def export_data(self, dataset, **kwargs):
        content = io.BytesIO()
        options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
        with xlsxwriter.Workbook(content, options | {"default_date_format": "dd/mm/yyyy"}) as book:
            sheet = book.add_worksheet()
            for number, row in enumerate([dataset.headers, *dataset]):
                sheet.write_row(number, 0, row)
            sheet.freeze_panes(1, 0)
            sheet.autofit()
        return content.getvalue()


class Changes(Diff):
    """For the preview: the old and the new text of each column; the old is None where nothing changes."""

    def as_html(self):
        return [(None if self.new or old == new else old, new) for old, new in zip(self.left, self.right, strict=True)]


class Resource(ModelResource):
    """Rows by their own key, in columns with the Vietnamese names of the fields."""

    WIDGETS = {"CharField": Text, "DateField": Day, "BooleanField": YesNo}

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.seen: dict[tuple, int] = {}
        self.officer: Officer | None = None

    @classmethod
    def widget_from_django_field(cls, f, default=Text):
        if f.choices:
            return partial(Choice, f.choices)
        return cls.WIDGETS.get(f.get_internal_type(), Whole)

    @classmethod
    def widget_kwargs_for_field(cls, field_name, django_field):
        return {}

    @classmethod
    def field_from_django_field(cls, field_name, django_field, readonly):
        field = super().field_from_django_field(field_name, django_field, readonly)
        field.column_name = capfirst(django_field.verbose_name)
        return field

    @classmethod
    def get_diff_class(cls):
        return Changes

    def before_import(self, dataset, **kwargs):
        """Column names as they are meant; one that is unknown, missing or there twice is said before any row."""
        self.officer = kwargs.get("user")
        for field in self.fields.values():
            field.widget.officer = self.officer
        names = {fold(field.column_name): field.column_name for field in self.fields.values()}
        heads = [normal(str(head or "")) for head in dataset.headers]
        dataset.headers = [names.get(fold(head), head) for head in heads]
        known = [head for head in dataset.headers if head]
        if twice := {head for head in known if known.count(head) > 1}:
            raise ValueError(f"Tệp có hai cột cùng tên: {', '.join(sorted(twice))}.")
        if unknown := [head for head in known if head not in names.values()]:
            raise ValueError(f"Cột không có trong biểu này: {', '.join(unknown)[:200]}.")

    def _check_import_id_fields(self, headers):
        needed = [self.fields[name].column_name for name in self._meta.import_id_fields]
        if missing := [name for name in needed if name not in headers]:
            raise ValueError(f"Tệp thiếu cột: {', '.join(missing)}.")

    def import_row(self, row, instance_loader, **kwargs):
        """Every failure of a row becomes sentences for the person who sent it."""
        if all(cell in (None, "") for cell in row.values()):
            result = RowResult()
            result.import_type = RowResult.IMPORT_TYPE_SKIP
            return result
        result = super().import_row(row, instance_loader, **kwargs)
        said = list(map(self._sentence, result.errors))
        if result.validation_error:
            said += self._sentences(result.validation_error)
        if said:
            result.errors, result.import_type = [], RowResult.IMPORT_TYPE_INVALID
            result.validation_error = ValidationError(list(dict.fromkeys(said)))
        return result

    def _sentence(self, failure) -> str:
        if isinstance(failure.error, ValueError):
            return str(failure.error)
        logger.warning("A row could not be imported", exc_info=failure.error)
        return "Không ghi được dòng này."

    def _sentences(self, error: ValidationError) -> list[str]:
        columns = {field.attribute: field.column_name for field in self.fields.values()}
        if not hasattr(error, "error_dict"):
            return error.messages
        return [
            f"{columns[name]}: {text}" if name in columns else text
            for name, texts in error.message_dict.items()
            for text in texts
        ]

    def import_instance(self, instance, row, **kwargs):
        if instance.pk:
            self._require_own(instance)
        super().import_instance(instance, row, **kwargs)
        self._require_own(instance)
        key = tuple(self.fields[name].get_value(instance) for name in self._meta.import_id_fields)
        first = self.seen.setdefault(key, kwargs["row_number"])
        if first != kwargs["row_number"]:
            raise ValidationError(f"Dòng này trùng với dòng {first + 1} của tệp.")

    def _require_own(self, instance):
        if self.officer:
            require_own_province(instance, self.officer)

    def skip_row(self, instance, original, row, import_validation_errors=None):
        """A row that reads the same changes nothing."""
        fields = () if import_validation_errors else self.get_import_fields()
        same = (normal(field.export(instance)) == normal(field.export(original)) for field in fields)
        return bool(fields) and all(same)


class SheetImportForm(ImportForm):
    def __init__(self, formats, resources, **kwargs):
        super().__init__(formats, resources, **kwargs)
        self.fields["import_file"].label, self.fields["format"].label = "Tệp", "Loại tệp"

    def clean_import_file(self):
        """Nothing is read before the file has been looked through. Raises ``ValidationError``."""
        file = self.cleaned_data["import_file"]
        try:
            check(file.read(), file.name, Limits())
        except FileRefused as refused:
            raise ValidationError(str(refused)) from refused
        file.seek(0)
        return file

    def add_error(self, field, error):
        """What the package says of a file that it cannot read is not for the office."""
        super().add_error(field, error if isinstance(error, ValidationError) else UNREADABLE)


class SheetExportForm(ExportForm):
    def __init__(self, formats, resources, **kwargs):
        super().__init__(formats, resources, **kwargs)
        self.fields["format"].label = "Loại tệp"


class Export(ExportMixin):
    export_formats = [TextFile, Workbook]
    export_form_class = SheetExportForm
    to_encoding = "utf-8-sig"

    def has_export_permission(self, request):
        return self.has_view_permission(request)

    def get_export_data(self, file_format, request, queryset, **kwargs):
        if isinstance(file_format, Workbook):
            data = self.get_data_for_export(request, queryset, force_native_type=True, **kwargs)
            return file_format.export_data(data)
        return super().get_export_data(file_format, request, queryset, **kwargs)

    def export_action(self, request):
        return _titled(super().export_action(request), f"Xuất {self.opts.verbose_name_plural}")


class Exchange(Export, ImportExportMixin):
    """For a ``ModelAdmin``: import with a preview, and export."""

    import_formats = [TextFile, Workbook]
    import_form_class = SheetImportForm

    def has_import_permission(self, request):
        return self.has_add_permission(request) and self.has_change_permission(request)

    def import_action(self, request, **kwargs):
        return _titled(super().import_action(request, **kwargs), f"Nạp {self.opts.verbose_name_plural}")

    def get_import_data_kwargs(self, **kwargs):
        return super().get_import_data_kwargs(**kwargs) | {"rollback_on_validation_errors": True}

    def process_import(self, request, **kwargs):
        try:
            return super().process_import(request, **kwargs)
        except (OSError, ValueError, IndexError):
            return self._again(request, GONE)

    def process_result(self, result, request):
        if result.has_errors() or result.has_validation_errors():
            return self._again(request, CHANGED)
        return super().process_result(result, request)

    def add_success_message(self, result, request):
        new, changed, same = (result.totals[kind] for kind in ("new", "update", "skip"))
        messages.success(request, f"Đã nạp: {new} dòng mới, {changed} dòng đổi, {same} dòng không đổi.")

    def _create_log_entry(self, user_pk, rows, import_type, action_flag):
        LogEntry.objects.log_actions(user_pk, rows, action_flag, "Nạp từ tệp")

    def _again(self, request, why: str):
        messages.error(request, why)
        return redirect(reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_import"))


def _titled(response, title: str):
    if getattr(response, "context_data", None):
        response.context_data["title"] = title
    return response
