"""The database side of the dossier check: what stood on the day."""

from datetime import date

from django.db.models.functions import Coalesce

from communes.funding import outstanding
from communes.models import Arrears, Commune

from .dossier import Item, Judged, check
from .models import Assessment, Criterion


def dossier_of(commune: Commune, day: date) -> list[Item]:
    """The check list of a commune on a day, by its latest year-end assessment then. Three queries."""
    debts = outstanding(Arrears.objects.of_place(commune.place_id).debts(), day)
    return check(_judged(commune, day), debts)


def _judged(commune: Commune, day: date) -> list[Judged]:
    found = Assessment.objects.year_end().annotate(place=Coalesce("commune__origin", "commune"))
    found = found.filter(place=commune.place_id, round__as_of__lte=day).select_related("round")
    latest = found.order_by("round__as_of").last()
    if latest is None:
        return []
    criteria = Criterion.objects.filter(criteria_set=latest.round.criteria_set_id).order_by("position")
    rows = list(criteria.values_list("position", "number", "name"))
    verdicts = latest.summary.verdicts([position for position, *_ in rows])
    return [Judged(number, name, verdict) for (_, number, name), verdict in zip(rows, verdicts, strict=True)]
