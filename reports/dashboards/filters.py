"""The filters of the commune list."""

import django_filters
from django import forms
from django.db.models import BigIntegerField, F, Q, Value
from django.db.models.functions import Cast

from communes.models import Batch, Commune
from communes.text import fold
from criteria.models import Assessment
from criteria.rules.verdicts import bands
from reports.picture.picture import STANDINGS, Picture

EVERY_UNIT = "tat-ca"


class CommuneFilter(django_filters.FilterSet):
    """District, band, standing, a missed criterion, and a name typed with or without accents."""

    ten = django_filters.CharFilter(
        label="Tên xã", method="by_name", max_length=60, widget=forms.TextInput(attrs={"type": "search"})
    )
    huyen = django_filters.ChoiceFilter(
        label="Huyện, thành phố, thị xã", field_name="district__code", empty_label="Tất cả"
    )
    nhom = django_filters.ChoiceFilter(label="Số tiêu chí đạt", method="by_band", empty_label="Tất cả")
    chuan = django_filters.ChoiceFilter(label="Tình trạng", method="by_standing", empty_label="Tất cả")
    thieu = django_filters.ChoiceFilter(label="Chưa đạt tiêu chí", method="by_missed", empty_label="Tất cả")
    dang_ky = django_filters.ChoiceFilter(label="Đăng ký năm sau", method="by_plan", empty_label="Tất cả")
    loai = django_filters.ChoiceFilter(label="Đơn vị", method="by_kind", empty_label="Các xã")

    class Meta:
        model = Commune
        fields = ()

    def __init__(self, *args, picture: Picture, **kwargs):
        super().__init__(*args, **kwargs)
        self.picture = picture
        districts = [(part.district.code, part.district.name) for part in picture.districts]
        choices = {
            "huyen": districts,
            "nhom": [(band.key, band.label) for band in bands(len(picture.criteria))],
            "chuan": [("co", "Đã đạt chuẩn (mọi hiện trạng)"), *STANDINGS.items()],
            "thieu": [(str(c.number), f"{c.number}. {c.name}") for c in picture.criteria],
            "dang_ky": [("moi", "Mọi đợt"), *Batch.choices],
            "loai": [(EVERY_UNIT, "Cả phường, thị trấn")],
        }
        for name, options in choices.items():
            self.form.fields[name].choices = [("", self.filters[name].extra["empty_label"]), *options]

    @property
    def qs(self):
        """Only xã, unless wards and townships are asked for: the rates over the whole province count them too."""
        found = super().qs
        every = self.form.is_valid() and self.form.cleaned_data["loai"] == EVERY_UNIT
        return found if every else found.rural()

    def by_name(self, queryset, name, value):
        return queryset.filter(folded__contains=fold(value))

    def by_band(self, queryset, name, value):
        band = next(band for band in bands(len(self.picture.criteria)) if band.key == value)
        return self._assessed(queryset, Q(met_count__gte=band.low, met_count__lte=band.high) & ~Q(known_mask=0))

    def by_standing(self, queryset, name, value):
        standings = ("certified", "slipped") if value == "co" else (value,)
        wanted = [unit.id for key in standings for unit in self.picture.standings[key]]
        return queryset.filter(pk__in=wanted)

    def by_missed(self, queryset, name, value):
        position = next(c.position for c in self.picture.criteria if c.number == int(value))
        bit = Cast(Value(1 << position), BigIntegerField())
        met, known = (F(mask).bitand(bit) for mask in ("met_mask", "known_mask"))  # type: ignore[arg-type]  # or a Cast
        rows = Assessment.objects.annotate(met=met, known=known)
        return queryset.filter(pk__in=self._of_the_day(rows).filter(met=0).exclude(known=0).values("commune_id"))

    def by_plan(self, queryset, name, value):
        batches = Batch.values if value == "moi" else (value,)
        return queryset.filter(pk__in=[unit.id for unit in self.picture.units if unit.planned in batches])

    def by_kind(self, queryset, name, value):
        return queryset

    def _assessed(self, queryset, condition: Q):
        return queryset.filter(pk__in=self._of_the_day(Assessment.objects).filter(condition).values("commune_id"))

    def _of_the_day(self, assessments):
        return assessments.filter(round_id=self.picture.round_id)
