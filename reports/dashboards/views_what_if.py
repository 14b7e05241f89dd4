"""What the figures would be if chosen communes or criteria passed. The choice is in the link; nothing is stored."""

from django.shortcuts import render
from django.utils.http import urlencode

from communes.accounts.policy import EVERY_ROLE, allow
from communes.accounts.request import OfficerRequest
from criteria.rules.verdicts import bands
from reports.catalogue.asked import asked, detailed
from reports.drawing.charts import bar
from reports.picture.figures import band_rows, headline
from reports.picture.picture import STANDINGS, Picture, missed

from .whatif import Choice, changed, gained, suppose

KEYS = ("communes_certified", "communes_certified_percent", "criteria_mean")
QUICK = {
    "dang-ky": "Các xã đăng ký năm sau",
    "thieu-1": "Các xã còn thiếu 1 tiêu chí",
    "thieu-2": "Các xã còn thiếu 1–2 tiêu chí",
    "thieu-3": "Các xã còn thiếu 1–3 tiêu chí",
}


@allow(*EVERY_ROLE)
def what_if(request: OfficerRequest):
    """Choose communes or criteria by a plain form; the figures now, and then."""
    chosen = asked(request)
    whole, _ = chosen.pictures()
    own = detailed(whole, request.user, request.GET.get("huyen") or None)
    choice = _choice(request.GET, own)
    then = suppose(whole, choice)
    context = {
        "asked": chosen,
        "picture": whole,
        "choice": choice,
        "figures": _figures(whole, then),
        "bands": _bands(whole, then),
        "gained": gained(whole, then),
        "changed": len(changed(whole, then)),
        "standings": _standings(whole, then),
        "districts": _offered(own, choice),
        "criteria": [(criterion, criterion.number in choice.criteria) for criterion in whole.criteria],
        "quick": QUICK,
        "district": request.GET.get("huyen", ""),
        "link": _link(request, chosen.year, choice),
    }
    return render(request, "reports/dashboards/what_if.html", context)


def _choice(query, own: Picture) -> Choice:
    """Communes by code and criteria by number; what is unknown, or out of reach, is passed over."""
    reach = frozenset(unit.code for unit in own.communes)
    numbers = {str(criterion.number): criterion.number for criterion in own.criteria}
    criteria = frozenset(numbers[text] for text in query.getlist("tc") if text in numbers)
    return Choice(reach, (reach & set(query.getlist("xa"))) | _quick(query.get("chon", ""), own), criteria)


def _quick(name: str, own: Picture) -> frozenset[str]:
    if name == "dang-ky":
        return frozenset(unit.code for unit in own.communes if unit.planned)
    if name in QUICK:
        most = int(name[-1])
        return frozenset(
            unit.code for unit in own.communes if not unit.certified and 0 < len(missed(unit, own)) <= most
        )
    return frozenset()


def _link(request: OfficerRequest, year: int, choice: Choice) -> str:
    """The address of this choice, to be sent."""
    query: list[tuple[str, int | str]] = [("nam", year), *(("tc", number) for number in sorted(choice.criteria))]
    query += [("xa", code) for code in sorted(choice.communes)]
    return request.build_absolute_uri(f"{request.path}?{urlencode(query)}")


def _figures(now: Picture, then: Picture) -> list:
    """The headline figures that can move: now, then, and the difference."""
    before, after = ({figure.key: figure for figure in headline(picture)} for picture in (now, then))
    rows = []
    for key in KEYS:
        old, new = before[key].value, after[key].value
        difference = new - old if new is not None and old is not None else None
        rows.append((before[key], old, new, difference))
    return rows


def _bands(now: Picture, then: Picture) -> list:
    """The communes by number of criteria met, now and then, as two bars."""
    before, after = band_rows(now)[-1], band_rows(then)[-1]
    labels = [band.label for band in bands(len(now.criteria))]
    pairs = zip(labels, before.counts, after.counts, strict=True)
    return [(label, old, bar(old, before.total, 100), new, bar(new, after.total, 100)) for label, old, new in pairs]


def _standings(now: Picture, then: Picture) -> list:
    return [(key, name, len(now.standings[key]), len(then.standings[key])) for key, name in STANDINGS.items()]


def _offered(own: Picture, choice: Choice) -> list:
    """The communes to choose from, by district: those not certified, the nearest first."""
    return [
        (
            part.district,
            [
                (unit, missed(unit, part), unit.code in choice.communes)
                for unit in sorted(part.communes, key=lambda unit: -unit.summary.met_count)
                if not unit.certified
            ],
        )
        for part in own.districts
    ]
