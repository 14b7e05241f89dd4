"""The province and its districts at a glance."""

from django.http import Http404
from django.shortcuts import render

from communes.accounts.policy import EVERY_ROLE, allow
from communes.accounts.request import OfficerRequest
from criteria.rules.verdicts import Band, bands
from reports.catalogue.asked import asked, detailed
from reports.catalogue.queries import national_share
from reports.drawing.charts import bar, mark, trends
from reports.drawing.colouring import modes, paint
from reports.picture.figures import BandRow, band_rows, criterion_rows, headline
from reports.picture.picture import Picture, missed

TRENDS = ("communes_certified", "communes_certified_percent", "criteria_mean", "income_per_capita", "poverty_rate")


@allow(*EVERY_ROLE)
def overview(request: OfficerRequest):
    """The province in a year: headline figures, the map, districts, bands, criteria, the years, next year's plan."""
    chosen = asked(request)
    if chosen.round is None:
        return render(request, "reports/empty.html", {"asked": chosen}, status=404 if "nam" in request.GET else 200)
    history = chosen.history()
    picture = history[chosen.year]
    own = request.user.own_district.code if request.user.own_district else ""
    context = _figures(history) | _map(request, picture) | {"asked": chosen, "map_of": own, "plan": _plan(picture)}
    context["national"] = national_share(request.user.province, chosen.year)
    return render(request, "reports/dashboards/overview.html", context | _scale(context, picture))


@allow(*EVERY_ROLE)
def district(request: OfficerRequest, code):
    """One district: its figures for everybody, its communes for those who answer for it."""
    chosen = asked(request)
    history = chosen.history()
    whole = history[chosen.year]
    picture = whole.within(code)
    if picture is None:
        raise Http404("Không có địa bàn này.")
    within = {year: part for year, every in history.items() if (part := every.within(code))}
    context = _figures(within) | {"asked": chosen, "own": code, "whole": _by_key(whole), "plan": _plan(picture)}
    own = request.user.own_district
    if own is None or own.code == code:
        communes = sorted(detailed(whole, request.user, code).communes, key=lambda unit: -_rank(unit))
        context["communes"] = [(unit, picture.standing(unit), missed(unit, picture)) for unit in communes]
        context |= _map(request, picture)
    rows = band_rows(whole)
    context |= {"district_bars": _district_bars(rows), "bands": rows}
    return render(request, "reports/dashboards/district.html", context)


def _rank(unit) -> int:
    return unit.summary.met_count if unit.has_data else -1


def _map(request: OfficerRequest, picture: Picture) -> dict:
    """The map in the mode that ``?mau=`` asks for."""
    known = modes(picture.criteria)
    mode = request.GET.get("mau", "")
    return {"painting": paint(picture, mode if mode in known else "chuan"), "modes": known}


def _by_key(picture: Picture) -> dict:
    return {figure.key: figure for figure in headline(picture)}


def _figures(history: dict[int, Picture]) -> dict:
    """What both pages show of the last year of a history, each headline figure with its change on the year before."""
    *earlier, picture = history.values()
    headlines = {year: _by_key(every) for year, every in history.items()}
    now, before = headlines[picture.year], headlines[earlier[-1].year] if earlier else {}
    rows = band_rows(picture)
    hardest = sorted(criterion_rows(picture), key=lambda row: (row.met, row.criterion.number))
    return {
        "picture": picture,
        "history": list(history.values()),
        "previous": earlier[-1] if earlier else None,
        "figures": {key: (figure, _change(figure, before.get(key))) for key, figure in now.items()},
        "trends": trends(headlines, TRENDS),
        "standings": {key: len(units) for key, units in picture.standings.items()},
        "hardest": [(row, bar(row.met, row.total)) for row in hardest],
        "bands": rows,
        "band_bars": _band_bars(picture, rows[-1]),
        "district_bars": _district_bars(rows),
    }


def _change(figure, before):
    """By how much a figure moved since the year before; None where either is unknown."""
    known = before and figure.value is not None and before.value is not None
    return figure.value - before.value if known else None


def _plan(picture: Picture) -> dict:
    """The communes registered for the coming year: how many, of which batch, and what they still miss."""
    planned = [unit for unit in picture.communes if unit.planned]
    extra = sum(unit.planned == "supplementary" for unit in planned)
    return {"total": len(planned), "extra": extra, "regular": len(planned) - extra, "year": picture.year + 1}


def _band_bars(picture: Picture, whole: BandRow) -> list:
    """Each band with its count and bar; communes without data last, when there are any."""
    pairs: list[tuple[Band | None, int]] = list(zip(bands(len(picture.criteria)), whole.counts, strict=True))
    if whole.unknown:
        pairs.append((None, whole.unknown))
    return [(band, count, bar(count, whole.total, 160)) for band, count in pairs]


def _scale(context: dict, picture: Picture) -> dict:
    """The long bar below the headline: certified, with the nation and next year's plan marked."""
    full, total, plan = 560, len(picture.communes), context["plan"]
    certified, _ = context["figures"]["communes_certified"]
    marks = []
    if context["national"] is not None:
        marks.append(mark(float(context["national"].value), "cả nước", full))
    if plan["total"]:
        target = certified.value + plan["total"]
        marks.append(mark(target * 100 / total, f"kế hoạch {plan['year']}: {target} xã", full))
    return {"scale": bar(certified.value, total, full), "marks": marks}


def _district_bars(rows: list[BandRow]) -> list:
    return [(row, bar(row.certified, row.total, 100)) for row in rows]
