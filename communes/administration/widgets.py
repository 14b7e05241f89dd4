"""How a value stands in a file that administrators import and export, and how it is read back; errors in Vietnamese."""

from datetime import date, datetime

from import_export.widgets import Widget

from communes.models import Commune, Department, Officer
from communes.text import fold, normal

RISKY = ("=", "+", "-", "@", "\t", "\r")  # what a spreadsheet may take for a formula in a text file
DAYS = ("%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%Y-%m-%d")
YES, NO = {"co", "x", "1", "true", "dung"}, {"khong", "0", "false", "sai"}


def text_of(raw: object) -> str:
    """A raw cell as text; a number that Excel made of a code loses its ``.0``."""
    if raw is None:
        return ""
    if isinstance(raw, float) and raw.is_integer():
        raw = int(raw)
    text = normal(str(raw))
    return text[1:] if text.startswith("'") and text[1:].startswith(RISKY) else text


def code_of(raw: object, width: int) -> str:
    text = text_of(raw)
    return text.zfill(width) if text else ""


class Text(Widget):
    def clean(self, value, row=None, **kwargs):
        return text_of(value)


class Code(Text):
    """A code of a fixed width; Excel may have dropped its leading zeros."""

    def __init__(self, width: int):
        super().__init__()
        self.width = width

    def clean(self, value, row=None, **kwargs):
        return code_of(value, self.width)


class Day(Widget):
    """A date, written day first as Vietnamese offices do."""

    def clean(self, value, row=None, **kwargs):
        if isinstance(value, datetime):
            return value.date()
        if isinstance(value, date) or text_of(value) == "":
            return value or None
        for form in DAYS:
            try:
                return datetime.strptime(text_of(value), form).date()
            except ValueError:
                continue
        raise ValueError(f"“{text_of(value)[:40]}” không phải là ngày; hãy ghi như 26/6/2018.")

    def render(self, value, obj=None, force_native_type=False, **kwargs):
        if force_native_type:
            return value
        return f"{value:%d/%m/%Y}" if value else ""


class Whole(Widget):
    """A whole number without marks: a year, an order."""

    def clean(self, value, row=None, **kwargs):
        text = text_of(value)
        if not text:
            return None
        if isinstance(value, bool) or not (text.isascii() and text.isdigit() and len(text) < 10):
            raise ValueError(f"“{text[:40]}” không phải là số nguyên.")
        return int(text)

    def render(self, value, obj=None, force_native_type=False, **kwargs):
        return value if force_native_type else super().render(value)


class YesNo(Widget):
    def clean(self, value, row=None, **kwargs):
        text = fold(text_of(value))
        if text and text not in YES | NO:
            raise ValueError(f"“{text_of(value)[:40]}” không rõ; hãy ghi có hoặc không.")
        return text in YES

    def render(self, value, obj=None, **kwargs):
        return "có" if value else "không"


class Choice(Widget):
    """One of a closed list, by its Vietnamese name or by what is stored."""

    def __init__(self, choices):
        super().__init__()
        self.names = dict(choices)
        self.known = {fold(str(word)): value for value, name in self.names.items() for word in (value, name)}

    def clean(self, value, row=None, **kwargs):
        text = text_of(value)
        if text and fold(text) not in self.known:
            allowed = ", ".join(map(str, self.names.values()))
            raise ValueError(f"“{text[:40]}” không có trong danh mục: {allowed}.")
        return self.known[fold(text)] if text else ""

    def render(self, value, obj=None, **kwargs):
        return str(self.names.get(value, value or ""))


class Reference(Widget):
    """Another record, by a text that identifies it. ``width``: of a code whose leading zeros Excel may have dropped."""

    def __init__(self, model, key: str, width: int = 0):
        super().__init__()
        self.model, self.key, self.width = model, key, width

    def clean(self, value, row=None, **kwargs):
        text = code_of(value, self.width)
        if not text:
            return None
        found = self.rows().filter(**{self.key: text}).first()
        if found is None:
            raise ValueError(f"Không có {self.model._meta.verbose_name} “{text[:40]}”.")
        return found

    def rows(self):
        return self.model.objects.all()

    def render(self, value, obj=None, **kwargs):
        return str(getattr(value, self.key)) if value else ""


class DepartmentOf(Reference):
    """A department by its name, of those that the officer who sends the file may name."""

    officer: Officer | None = None

    def __init__(self):
        super().__init__(Department, "name")

    def rows(self):
        return Department.objects.open_to(self.officer.province_id) if self.officer else super().rows()


class CommuneIn(Widget):
    """A unit by its code, in the version that the record has already or that was in force at the end of the year."""

    def __init__(self, model, year: str, column: str):
        super().__init__()
        self.model, self.year, self.column = model, year, column

    def clean(self, value, row=None, **kwargs):
        code, year = code_of(value, 5), Whole().clean((row or {}).get(self.column))
        if not code:
            return None
        if year is None or not 1900 < year < 2200:
            raise ValueError(f"Cột “{self.column}” phải là một năm.")
        stored = self.model.objects.filter(commune__code=code, **{self.year: year}).select_related("commune").first()
        found = stored.commune if stored else Commune.objects.in_force(date(year, 12, 31)).filter(code=code).first()
        if found is None:
            raise ValueError(f"Không có đơn vị cấp xã mã “{code[:40]}” cuối năm {year}.")
        return found

    def render(self, value, obj=None, **kwargs):
        return value.code if value else ""


class CommuneOn(Widget):
    """A unit by its code, in the version in force on the day in ``column``."""

    def __init__(self, column: str):
        super().__init__()
        self.column = column

    def clean(self, value, row=None, **kwargs):
        code, day = code_of(value, 5), Day().clean((row or {}).get(self.column))
        if not code:
            return None
        if day is None:
            raise ValueError(f"Cột “{self.column}” phải là một ngày.")
        found = Commune.objects.in_force(day).filter(code=code).first()
        if found is None:
            raise ValueError(f"Không có đơn vị cấp xã mã “{code[:40]}” vào ngày {day:%d/%m/%Y}.")
        return found

    def render(self, value, obj=None, **kwargs):
        return value.code if value else ""
