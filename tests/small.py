"""A province of a few communes, made of the trial data, for the time of a module (``tests.sharing``).

Who may do what, and whether text stays text, hangs on no number of communes.
"""

from django.db import connection
from django.db.models import QuerySet

from communes.models import Commune, Recognition, Succession
from criteria.log.triggers import LOG
from criteria.models import AssessmentRound
from reports.triggers import ISSUED

EACH = 4  # communes of each district that is at work: the first ones, and one that is recognised
AT_WORK = ("171", "173")


def make_small(*codes: str) -> None:
    """Leave ``EACH`` communes of two districts, one of each other district, what changed its borders, and ``codes``."""
    for table in (LOG, ISSUED):
        table.drop(connection)
    _remove(Commune.objects.exclude(pk__in=_kept(codes)))
    connection.check_constraints()
    for table in (LOG, ISSUED):
        table.create(connection)


def _kept(codes: tuple[str, ...]) -> list[int]:
    round = AssessmentRound.objects.get(as_of="2017-12-31")
    assessed = Commune.objects.filter(pk__in=round.assessments.values("commune")).order_by("code")
    kept = list(assessed.filter(code__in=codes).values_list("pk", flat=True))
    recognised = Recognition.objects.filter(revoked_on=None).values("commune")
    for code in assessed.order_by("district__code").values_list("district__code", flat=True).distinct():
        of_district = assessed.filter(district__code=code)
        kept += of_district.values_list("pk", flat=True)[: EACH - 1 if code in AT_WORK else 1]
        kept += of_district.filter(pk__in=recognised).values_list("pk", flat=True)[:1]
    for names in Succession.objects.values_list("old", "new"):
        kept += names
    return kept


def _remove(rows: QuerySet) -> None:
    """With all that names them. The collector of Django would read every row of it first."""
    for relation in rows.model._meta.get_fields(include_hidden=True):
        if relation.auto_created and not relation.concrete and (relation.one_to_many or relation.one_to_one):
            naming = relation.related_model._base_manager.filter(**{f"{relation.field.name}__in": rows.values("pk")})
            if relation.related_model is rows.model:
                naming.update(**{relation.field.name: None})
            else:
                _remove(naming)
    rows._raw_delete(rows.db)
