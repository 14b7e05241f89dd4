"""Reading rounds and assessments, in the office's words."""

from datetime import date

from django.db import models

from communes.models import Level


class CriteriaSetQuerySet(models.QuerySet):
    def of_year(self, year: int):
        """The sets of the basic standard that a year may be judged by."""
        lasting = self.filter(models.Q(year_to__isnull=True) | models.Q(year_to__gte=year))
        return lasting.filter(level=Level.STANDARD, year_from__lte=year)

    def with_counts(self):
        """With ``criteria_count`` and ``indicator_count``, the number of counted lines."""
        counted = models.Q(criteria__indicators__counted=True)
        return self.annotate(
            criteria_count=models.Count("criteria", distinct=True),
            indicator_count=models.Count("criteria__indicators", filter=counted, distinct=True),
        )


class RoundQuerySet(models.QuerySet):
    def year_end(self):
        """The rounds behind the pages of a year: of 31/12, under a set of the basic standard."""
        return self.filter(as_of__month=12, as_of__day=31, criteria_set__level=Level.STANDARD)

    def of_year(self, province, year: int):
        return self.year_end().filter(province=province, as_of=date(year, 12, 31)).select_related("criteria_set")


class AssessmentQuerySet(models.QuerySet):
    def year_end(self):
        """Those of the rounds behind the pages of a year."""
        return self.filter(round__as_of__month=12, round__as_of__day=31, round__criteria_set__level=Level.STANDARD)

    def visible_to(self, officer):
        """What an officer may see commune by commune."""
        mine = self.filter(round__province_id=officer.province_id)
        return mine.filter(commune__district_id=officer.district_id) if officer.bound_to_district else mine


class ChangeEventQuerySet(models.QuerySet):
    def visible_to(self, officer):
        """The entries an officer may read: a district official those of the own district's communes."""
        mine = self.filter(
            models.Q(commune__province=officer.province_id) | models.Q(round__province=officer.province_id)
        )
        return mine.filter(commune__district=officer.district_id) if officer.bound_to_district else mine
