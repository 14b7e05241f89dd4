"""Reading places, in the office's words."""

from datetime import date

from django.db import models
from django.db.models import Q


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
