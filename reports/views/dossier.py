"""The check of a commune's dossier before it is recognised."""

from django.http import Http404
from django.shortcuts import get_object_or_404, render

from communes.access import EVERY_ROLE, allow
from communes.models import Commune
from criteria.dossier import passes
from criteria.dossier_loading import dossier_of

from .common import asked


@allow(*EVERY_ROLE)
def dossier(request, code):
    """What holds, what does not and what is not known, at the end of the year. Another district's commune is 404."""
    chosen = asked(request)
    if chosen.round is None:
        raise Http404(f"Chưa có kỳ đánh giá năm {chosen.year}.")
    day = chosen.round.as_of
    seen = Commune.objects.visible_to(request.user).in_force(day).rural().select_related("district")
    commune = get_object_or_404(seen, code=code)
    items = dossier_of(commune, day)
    groups = [(name, [item for item in items if item.ok is ok]) for name, ok in GROUPS]
    context = {"asked": chosen, "commune": commune, "day": day, "groups": groups, "passes": passes(items)}
    return render(request, "reports/dossier.html", context)


GROUPS = (("Chưa đạt", False), ("Chưa rõ", None), ("Đạt", True))
