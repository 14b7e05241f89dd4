"""Reading places, in the office's words."""

from datetime import date

from django.db import models
from django.db.models import OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from .funding import Debt, FundingSource, Money

_PLACE = {"place_pk": Coalesce("commune__origin", "commune")}


class CommuneQuerySet(models.QuerySet):
    def overlapping(self, start: date, end: date | None):
        """Versions in force on at least one day from ``start`` to ``end`` (None: for ever)."""
        found = self.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=start))
        return found if end is None else found.filter(valid_from__lte=end)

    def in_force(self, on: date):
        """Versions in force on a day. The normal way in: without a day there is no such thing as "the communes"."""
        return self.overlapping(on, on)

    def rural(self):
        """The xã: what the programme assesses, the denominator of its rates."""
        return self.filter(kind="xã")

    def visible_to(self, officer):
        """What an officer may see commune by commune: a district official the own district, others the province."""
        mine = self.filter(province_id=officer.province_id)
        return mine.filter(district_id=officer.district_id) if officer.bound_to_district else mine


class RecognitionQuerySet(models.QuerySet):
    def standing_at_end_of(self, year: int):
        """Decisions that count for ``year`` or earlier and were not revoked by its last day."""
        last_day = date(year, 12, 31)
        return self.filter(counts_for_year__lte=year).filter(Q(revoked_on__isnull=True) | Q(revoked_on__gt=last_day))


class RegistrationQuerySet(models.QuerySet):
    def standing(self):
        """Those that were not withdrawn."""
        return self.filter(withdrawn_on__isnull=True)


class PlacedQuerySet(models.QuerySet):
    """Of a commune or of a district."""

    def of_province(self, province):
        return self.filter(Q(commune__province=province) | Q(district__province=province))

    def located(self, on: date | None):
        """With ``lies_in``, the code of the district whose it is: of a commune that where its place lies on a day, or
        where it is no more, or without a day, that of the version which is named."""
        named = Coalesce("district__code", "commune__district__code")
        if on is None:
            return self.annotate(**_PLACE, lies_in=named)
        communes = self.model._meta.get_field("commune").related_model.objects
        place = OuterRef(OuterRef("place_pk"))
        versions = communes.filter(Q(pk=place) | Q(origin=place)).values("pk")
        there = communes.in_force(on).filter(pk__in=versions).values("district__code")
        return self.annotate(**_PLACE).annotate(lies_in=Coalesce("district__code", Subquery(there[:1]), named))

    def of_places(self, rows):
        """Those of the same places as ``rows``, whatever version of a commune they name."""
        communes = {row.commune.place_id for row in rows if row.commune}
        districts = {row.district_id for row in rows if row.district_id}
        return self.annotate(**_PLACE).filter(Q(place_pk__in=communes) | Q(district__in=districts))

    def of_place(self, place_id: int):
        return self.annotate(**_PLACE).filter(place_pk=place_id)


class FundingQuerySet(PlacedQuerySet):
    def lines(self, on: date | None = None) -> list[Money]:
        """As plain values, each in the district where its place lies on a day. One query."""
        amounts = ("planned", "allocated", "disbursed")
        rows = (
            self.located(on).order_by("pk").values_list("year", "source", "drawn_from", *amounts, *_WHERE, named=False)
        )
        return [
            Money(place, district or "", year, FundingSource(source), *given)
            for year, source, *given, place, district in rows
        ]


class ArrearsQuerySet(PlacedQuerySet):
    def debts(self, on: date | None = None) -> list[Debt]:
        """As plain values, each in the district where its place lies on a day. One query."""
        about = ("work", "investor", "value", "paid", "source", "deadline", "as_of", "settled_on")
        rows = self.located(on).order_by("as_of", "pk").values_list(*about, "commune__code", "commune__name", *_WHERE)
        return [
            Debt(place, district or "", *given, code, name or "")
            for *given, code, name, place, district in rows
        ]  # fmt: skip


_WHERE = ("place_pk", "lies_in")
