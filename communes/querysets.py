"""Reading places, in the office's words."""

from datetime import date

from django.db import models
from django.db.models import OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce

from .money import Debt, FundingSource, Money

_PLACE = {"place_pk": Coalesce("commune__origin", "commune")}


class CommuneQuerySet(models.QuerySet):
    def overlapping(self, start: date, end: date | None):
        """Versions in force on at least one day from ``start`` to ``end`` (None: for ever)."""
        found = self.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=start))
        return found if end is None else found.filter(valid_from__lte=end)

    def in_force(self, on: date):
        """Versions in force on a day. The normal way in: without a day there is no such thing as "the communes"."""
        return self.overlapping(on, on)

    def versions_of(self, place):
        """Every version of a place, by the key of the place (or a reference to it)."""
        return self.filter(Q(pk=place) | Q(origin=place))

    def rural(self):
        """The xã: what the programme assesses, the denominator of its rates."""
        return self.filter(kind="xã")

    def visible_to(self, officer):
        """What an officer may see commune by commune: a district official the own district, others the province."""
        mine = self.filter(province_id=officer.province_id)
        return mine.filter(district_id=officer.district_id) if officer.bound_to_district else mine


class RecognitionQuerySet(models.QuerySet):
    def of_place(self, place_id: int):
        """The decisions on a commune, whatever version of it they name."""
        return self.annotate(**_PLACE).filter(place_pk=place_id)

    def standing_at_end_of(self, year: int):
        """Decisions that count for ``year`` or earlier and were not revoked by its last day."""
        last_day = date(year, 12, 31)
        return self.filter(counts_for_year__lte=year).filter(Q(revoked_on__isnull=True) | Q(revoked_on__gt=last_day))


class RegistrationQuerySet(models.QuerySet):
    def standing(self):
        """Those that were not withdrawn."""
        return self.filter(withdrawn_on__isnull=True)


class LocatedQuerySet(models.QuerySet):
    """Of a commune; some also of a district as such."""

    def located(self, on: date | None):
        """With ``lies_in``, the code of the district whose it is: of a commune that where its place lies on a day, or
        where it is no more, or without a day, that of the version which is named; "" without one."""
        own: list[str | Subquery] = []
        if any(field.name == "district" for field in self.model._meta.fields):
            own.append("district__code")
        if on is not None:
            communes: CommuneQuerySet = CommuneQuerySet(self.model._meta.get_field("commune").related_model)
            versions = communes.versions_of(OuterRef(OuterRef("place_pk"))).values("pk")
            own.append(Subquery(communes.in_force(on).filter(pk__in=versions).values("district__code")[:1]))
        lies_in = Coalesce(*own, "commune__district__code", Value(""))
        return self.annotate(**_PLACE).annotate(lies_in=lies_in)


class PlacedQuerySet(LocatedQuerySet):
    """Of a commune or of a district."""

    def of_province(self, province):
        return self.filter(Q(commune__province=province) | Q(district__province=province))

    def of_places(self, rows):
        """Those of the same places as ``rows``, whatever version of a commune they name."""
        communes = {row.commune.place_id for row in rows if row.commune}
        districts = {row.district_id for row in rows if row.district_id}
        return self.annotate(**_PLACE).filter(Q(place_pk__in=communes) | Q(district__in=districts))

    def of_place(self, place_id: int):
        return self.annotate(**_PLACE).filter(place_pk=place_id)


class DepartmentQuerySet(models.QuerySet):
    def open_to(self, province_id: int):
        """Those that a province may name: its own, and those that every province has."""
        return self.filter(Q(province=None) | Q(province=province_id))


class FundingQuerySet(PlacedQuerySet):
    def lines(self, on: date | None = None) -> list[Money]:
        """As plain values, each in the district where its place lies on a day. One query."""
        amounts = ("planned", "allocated", "disbursed")
        rows = (
            self.located(on).order_by("pk").values_list("year", "source", "drawn_from", *amounts, *_WHERE, named=False)
        )
        return [
            Money(place, district, year, FundingSource(source), *given)
            for year, source, *given, place, district in rows
        ]


class ArrearsQuerySet(PlacedQuerySet):
    def debts(self, on: date | None = None) -> list[Debt]:
        """As plain values, each in the district where its place lies on a day. One query."""
        about = ("work", "investor", "value", "paid", "source", "deadline", "as_of", "settled_on")
        rows = self.located(on).order_by("as_of", "pk").values_list(*about, "commune__code", "commune__name", *_WHERE)
        return [
            Debt(place, district, work, investor, value, paid, source, deadline, as_of, settled_on, code, name or "")
            for work, investor, value, paid, source, deadline, as_of, settled_on, code, name, place, district in rows
        ]


_WHERE = ("place_pk", "lies_in")
