"""The change log as an inspector reads it: filters, and one row for each changed cell, the newest first."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from itertools import islice
from operator import attrgetter

import django_filters
from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from communes.models import Level, Officer
from communes.text import fold
from criteria.models import ChangeEvent, Indicator, Via
from criteria.rules.statistics import STATISTICS
from reports.tables.table import Column, Table

from .wording import ACCEPTED, STEPS, place_of, texts, topic

EVENTS_ON_A_PAGE, ROWS_ON_A_PAGE, ROWS_IN_A_FILE = 50, 300, 20_000
SERVER = ":may-chu"  # no username has a colon
SERVER_NAME = "Lệnh máy chủ"
DAYS = {
    "input_formats": ["%Y-%m-%d", "%d/%m/%Y"],
    "validators": [MinValueValidator(date(2000, 1, 1)), MaxValueValidator(date(2999, 12, 31))],
    "widget": forms.DateInput(attrs={"placeholder": "dd/mm/yyyy", "inputmode": "numeric"}, format="%d/%m/%Y"),
}


class WholeFilter(django_filters.Filter):
    field_class = forms.IntegerField


class LogFilter(django_filters.FilterSet):
    """Commune, indicator, person, way, days and year. ``truoc``: only entries before this number (paging)."""

    xa = django_filters.CharFilter(
        label="Xã (mã hoặc tên)", method="by_commune", max_length=60, widget=forms.TextInput(attrs={"type": "search"})
    )
    chitieu = django_filters.ChoiceFilter(label="Nội dung, chỉ tiêu", method="by_key", empty_label="Tất cả")
    ai = django_filters.ChoiceFilter(label="Ai", method="by_person", empty_label="Tất cả")
    qua = django_filters.ChoiceFilter(label="Qua", field_name="via", choices=Via.choices, empty_label="Tất cả")
    tu = django_filters.DateFilter(label="Từ ngày", method="since", **DAYS)
    den = django_filters.DateFilter(label="Đến hết ngày", method="until", **DAYS)
    nam = WholeFilter(label="Năm đánh giá", field_name="year", min_value=1900, max_value=2999)
    truoc = WholeFilter(
        field_name="sequence", lookup_expr="lt", min_value=1, max_value=2**63 - 1, widget=forms.HiddenInput
    )

    class Meta:
        model = ChangeEvent
        fields = ()

    def __init__(self, data, officer: Officer):
        seen = ChangeEvent.objects.visible_to(officer)
        super().__init__(data, seen.select_related("by", "commune", "round__criteria_set"))
        self.indicators = {row[:2]: row[2:] for row in Indicator.objects.values_list(*_INDICATOR)}
        writers = Officer.objects.filter(Exists(seen.filter(by=OuterRef("pk")))).order_by("full_name")
        people = [(SERVER, SERVER_NAME), *writers.values_list("username", "full_name")]
        keys = [*STEPS, *STATISTICS, *sorted({code for _, code in self.indicators}, key=place_of)]
        self.form.fields["ai"].choices = [("", "Tất cả"), *people]
        self.form.fields["chitieu"].choices = [("", "Tất cả"), *((key, topic(key)) for key in keys)]

    @property
    def key(self) -> str:
        """The one cell that is asked for, empty for all."""
        return self.form.cleaned_data.get("chitieu", "")

    def by_commune(self, queryset, name, value):
        folded = fold(value)
        named = Q(commune__folded__contains=folded) | Q(commune__folded__contains=folded.removeprefix("xa "))
        return queryset.filter(Q(commune__code=value) | named)

    def by_key(self, queryset, name, value):
        return queryset.filter(changes__has_any_keys=[value, value + ACCEPTED])

    def by_person(self, queryset, name, value):
        return queryset.filter(by=None) if value == SERVER else queryset.filter(by__username=value)

    def since(self, queryset, name, value):
        return queryset.filter(at__gte=_midnight(value))

    def until(self, queryset, name, value):
        return queryset.filter(at__lt=_midnight(value + timedelta(days=1)))

    def described(self) -> str:
        """The conditions in words, for the head of a file."""
        chosen = [(self.form[name], value) for name, value in self.form.cleaned_data.items() if value]
        return "; ".join(f"{field.label}: {_said(field, value)}" for field, value in chosen if not field.is_hidden)


_INDICATOR = ("criterion__criteria_set", "code", "kind", "text")


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def _said(field, value) -> str:
    if isinstance(value, date):
        return f"{value:%d/%m/%Y}"
    return str(dict(getattr(field.field, "choices", ())).get(value, value))


@dataclass(frozen=True, slots=True)
class Row:
    """One changed cell. ``about``: the indicator's text; ``page``: the code of the commune's page, if it has one."""

    sequence: int
    at: str
    who: str
    via: str
    year: int
    code: str
    unit: str
    topic: str
    about: str
    old: str
    new: str
    reason: str
    source: str
    page: str


@dataclass(frozen=True, slots=True)
class Page:
    """Some rows; ``older``: the number before which the next page goes on, None on the last."""

    rows: list[Row]
    older: int | None


def load_page(found: LogFilter) -> Page:
    """The newest entries that fit on a page, never part of one. One query."""
    if not found.is_valid():
        return Page([], None)
    rows: list[Row] = []
    last = None
    for number, event in enumerate(found.qs[: EVENTS_ON_A_PAGE + 1]):
        more = list(_rows(event, found))
        if number == EVENTS_ON_A_PAGE or (rows and len(rows) + len(more) > ROWS_ON_A_PAGE):
            return Page(rows, last)
        rows += more
        last = event.sequence
    return Page(rows, None)


def log_table(found: LogFilter) -> Table:
    """The rows for a file, as many as a file takes; it says so when there are more. One query, read in pieces."""
    events = found.qs[: ROWS_IN_A_FILE + 1].iterator(chunk_size=500)
    rows = list(islice((row for event in events for row in _rows(event, found)), ROWS_IN_A_FILE + 1))
    cut = f"Tệp chỉ có {ROWS_IN_A_FILE:,} dòng mới nhất; hãy lọc hẹp hơn để tải phần còn lại.".replace(",", ".")
    notes = [cut] if len(rows) > ROWS_IN_A_FILE else []
    made = f"Lập lúc {timezone.localtime():%d/%m/%Y %H:%M}"
    subtitle = "; ".join(filter(None, [made, found.described(), *notes]))
    return Table("nhat-ky", "Nhật ký thay đổi", subtitle, COLUMNS, rows[:ROWS_IN_A_FILE], notes=notes, numbered=False)


def _rows(event: ChangeEvent, found: LogFilter) -> Iterator[Row]:
    """The changed cells of an entry, or those that are asked for. An entry that says nothing is a row all the same."""
    entry = _blank(event)
    wanted = {found.key, found.key + ACCEPTED} if found.key else set(event.changes)
    for key in sorted(wanted & set(event.changes), key=place_of) or [""]:
        indicator = (event.round.criteria_set_id, key.removesuffix(ACCEPTED)) if event.round else None
        kind, about = found.indicators.get(indicator, ("", ""))
        old, new = texts(key, event.changes.get(key), kind)
        yield replace(entry, topic=topic(key), about=about, old=old, new=new)


def _blank(event: ChangeEvent) -> Row:
    """What the rows of an entry share."""
    by, commune = event.by, event.commune
    return Row(
        sequence=event.sequence,
        at=f"{timezone.localtime(event.at):%d/%m/%Y %H:%M}",
        who=by.full_name if by else SERVER_NAME,
        via=event.get_via_display(),
        year=event.year,
        code=commune.code if commune else "",
        unit=_unit(event),
        topic="",
        about="",
        old="",
        new="",
        reason=event.reason,
        source=event.source,
        page=commune.code if commune and event.round and commune.kind == "xã" else "",
    )


def _unit(event: ChangeEvent) -> str:
    """The commune; the round too where it is not the one behind the pages of the year."""
    round = event.round
    parts = [event.commune.name] if event.commune else []
    if round and not (parts and round.as_of.month == 12 and round.criteria_set.level == Level.STANDARD):
        parts.append(f"Kỳ {round}")
    return ", ".join(parts)


COLUMNS = [
    Column("sequence", "Số", attrgetter("sequence"), width=8, year=True),
    Column("at", "Lúc", attrgetter("at"), width=17),
    Column("who", "Ai", attrgetter("who"), width=24, long=True),
    Column("via", "Qua", attrgetter("via"), width=15, long=True),
    Column("year", "Năm", attrgetter("year"), width=7, year=True),
    Column("code", "Mã xã", attrgetter("code"), width=8),
    Column("unit", "Xã hoặc kỳ", attrgetter("unit"), width=20, long=True),
    Column("topic", "Nội dung, chỉ tiêu", attrgetter("topic"), width=24, long=True),
    Column("old", "Trước", attrgetter("old"), width=26, long=True),
    Column("new", "Sau", attrgetter("new"), width=26, long=True),
    Column("reason", "Lý do", attrgetter("reason"), width=28, long=True),
    Column("source", "Tệp nguồn", attrgetter("source"), width=16, long=True),
]
