"""The province and its districts at a glance."""

from django.http import Http404
from django.shortcuts import render

from communes.access import EVERY_ROLE, allow
from criteria.rules import bands

from ..charts import bar, mark
from ..figures import BandRow, band_rows, criterion_rows, headline
from ..picture import Picture, missed
from ..queries import national_share
from .common import asked, detailed

HARDEST = 8


@allow(*EVERY_ROLE)
def overview(request):
    """The province in a year: headline figures, districts, bands, hardest criteria."""
    chosen = asked(request)
    if chosen.round is None:
        return render(request, "reports/empty.html", {"asked": chosen}, status=404 if "nam" in request.GET else 200)
    picture, previous = chosen.pictures(with_previous=True)
    rows = band_rows(picture)
    context = _figures(picture, previous) | {
        "asked": chosen,
        "picture": picture,
        "bands": rows,
        "district_bars": _district_bars(rows),
        "national": national_share(chosen.year),
        "planned": sum(bool(unit.planned) for unit in picture.communes),
    }
    return render(request, "reports/overview.html", context | _scale(context, picture))


@allow(*EVERY_ROLE)
def district(request, code):
    """One district: its figures for everybody, its communes for those who answer for it."""
    chosen = asked(request)
    whole, before = chosen.pictures(with_previous=True)
    picture = whole.within(code)
    if picture is None:
        raise Http404("Không có địa bàn này.")
    context = _figures(picture, before.within(code) if before else None)
    if not request.user.bound_to_district or request.user.district.code == code:
        communes = sorted(detailed(whole, request.user, code).communes, key=lambda unit: -_rank(unit))
        context["communes"] = [(unit, picture.standing(unit), missed(unit, picture)) for unit in communes]
    rows = band_rows(whole)
    context |= {"asked": chosen, "picture": picture, "bands": rows, "district_bars": _district_bars(rows), "own": code}
    return render(request, "reports/district.html", context)


def _rank(unit) -> int:
    return unit.summary.met_count if unit.summary else -1


def _figures(picture: Picture, previous: Picture | None) -> dict:
    """Headline figures by key, each with its change on the year before where both are known."""
    before = {figure.key: figure.value for figure in headline(previous)} if previous else {}
    figures = {}
    for figure in headline(picture):
        old = before.get(figure.key)
        change = figure.value - old if figure.value is not None and old is not None else None
        figures[figure.key] = (figure, change)
    hardest = sorted(criterion_rows(picture), key=lambda row: row.met)[:HARDEST]
    return {
        "figures": figures,
        "previous": previous,
        "standings": {key: len(units) for key, units in picture.standings.items()},
        "hardest": [(row, bar(row.met, row.total)) for row in hardest],
        "band_bars": _band_bars(picture),
    }


def _band_bars(picture: Picture) -> list:
    """Each band with its count and bar; communes without data last, when there are any."""
    row = band_rows(picture)[-1]
    pairs = list(zip(bands(len(picture.criteria)), row.counts, strict=True))
    if row.unknown:
        pairs.append((None, row.unknown))
    return [(band, count, bar(count, row.total, 160)) for band, count in pairs]


def _scale(context: dict, picture: Picture) -> dict:
    """The long bar below the headline: certified, with the nation and next year's plan marked."""
    full, total = 560, len(picture.communes)
    certified, _ = context["figures"]["communes_certified"]
    marks = []
    if context["national"] is not None:
        marks.append(mark(float(context["national"].value), "cả nước", full))
    if context["planned"]:
        target = certified.value + context["planned"]
        marks.append(mark(target * 100 / total, f"kế hoạch {picture.year + 1}: {target} xã", full))
    return {"scale": bar(certified.value, total, full), "marks": marks}


def _district_bars(rows: list[BandRow]) -> list:
    return [(row, bar(row.certified, row.total, 100)) for row in rows]
