"""The entry grid, and what its script asks of the server."""

import json

from django.http import Http404, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST

from communes.accounts.policy import allow
from communes.accounts.request import OfficerRequest
from criteria import actions
from criteria.judging.doubts import doubts
from criteria.models import Via
from criteria.rounds import READERS, WRITERS, require_district, rounds_for
from criteria.rules import workflow

from . import reconciling
from .grid import load_grid, load_with_last_year

MOST_CELLS = 10_000
COLUMN = ("key", "heading", "title", "basis", "kind")
ANSWER = ("commune", "key", "status", "text", "verdict", "message", "by")


@allow(*READERS)
def grid(request: OfficerRequest, year, district=None):
    """The grid of a district, or of the whole province."""
    require_district(request.user, district)
    rounds = rounds_for(request.user, year)
    table = load_grid(request.user, rounds, year, district, request.GET.get("nhom", ""))
    if not table.rows or not table.columns:
        raise Http404("Không có địa bàn hoặc nhóm tiêu chí này.")
    settings = {
        "save": reverse("entry_save", args=[year]),
        "accept": reverse("entry_accept", args=[year]),
        "login": reverse("login"),
        "officer": request.user.pk,
        "year": year,
        "columns": [{**{name: getattr(c, name) for name in COLUMN}, "need": c.requirement} for c in table.columns],
        "reasons": workflow.REASONS,
    }
    context = {"grid": table, "year": year, "district": district, "settings": settings, "names": workflow.NAMES}
    return render(request, "criteria/entry/grid.html", context)


@allow(*WRITERS, api=True)
@require_POST
def save(request: OfficerRequest, year):
    """Store typed cells; answer each. 401 when signed out, 409 when another officer has signed in meanwhile."""
    rounds = rounds_for(request.user, year)
    body = _body(request)
    if body.get("officer") != request.user.pk:
        return JsonResponse({"error": "Người đăng nhập đã đổi; các ô này do cán bộ khác nhập."}, status=409)
    edits = [
        reconciling.Edit(*(reconciling.clean(cell.get(name)) for name in ("commune", "key", "base", "value")))
        for cell in body.get("cells", [])
        if isinstance(cell, dict)
    ]
    reason = reconciling.clean(body.get("reason", ""))[:300]
    saved = reconciling.save(rounds[year], edits, by=request.user, via=Via.GRID, reason=reason)
    return JsonResponse(_answer(request, rounds, year, saved))


@allow(*WRITERS, api=True)
@require_POST
def accept(request: OfficerRequest, year):
    """Record that an officer accepts the warnings of cells as they stand."""
    rounds = rounds_for(request.user, year)
    cells = [
        (reconciling.clean(c.get("commune")), reconciling.clean(c.get("key"))) for c in _body(request).get("cells", [])
    ]
    states, last_year = load_with_last_year(request.user, rounds, year, None)
    standing = doubts(states, last_year, reconciling.standard_of(rounds[year]))
    accepted = {cell: standing[cell] for cell in cells if cell in standing}
    actions.accept(rounds[year], accepted, by=request.user, via=Via.GRID)
    return JsonResponse({"cells": [{"commune": commune, "key": key} for commune, key in accepted]})


def _body(request: OfficerRequest) -> dict:
    """The JSON of a request, an empty dictionary when it is none."""
    try:
        body = json.loads(request.body)
    except ValueError:
        return {}
    cells = body.get("cells") if isinstance(body, dict) else None
    return body if isinstance(cells, list) and len(cells) <= MOST_CELLS else {}


def _answer(request: OfficerRequest, rounds, year: int, saved: reconciling.Saved) -> dict:
    """What became of each cell; of each commune that was touched the derived cells, the count, and the warnings."""
    codes = set(saved.states)
    districts = {state.commune.district.code for state in saved.states.values() if state.commune.district}
    found: dict = {}
    if codes:
        states, last_year = load_with_last_year(request.user, rounds, year, districts)
        found = doubts(states, last_year, saved.standard, codes)
    cells = []
    for outcome in saved.outcomes:
        cell = {name: str(getattr(outcome, name)) for name in ANSWER if getattr(outcome, name)}
        cell |= {"commune": outcome.commune, "key": outcome.key, "text": outcome.text}
        if outcome.at:
            cell["at"] = outcome.at.astimezone().strftime("%H:%M %d/%m/%Y")
        cells.append(cell)
    return {"cells": cells, "communes": {code: _commune(code, saved, found) for code in codes}}


def _commune(code: str, saved: reconciling.Saved, found: dict) -> dict:
    state = saved.states[code]
    derived = {
        line.code: {
            "text": reconciling.text_of(
                state, line.code, line, saved.standard.rule(line, state.commune.group) is not None
            ),
            "verdict": str(state.verdicts.get(line.id, "unknown")),
        }
        for line in saved.standard.lines
        if line.derived
    }
    accepted = state.assessment.accepted
    return {
        "met": state.assessment.met_count,
        "state": state.assessment.state,
        "derived": derived,
        "warnings": {key: text for (of, key), text in found.items() if of == code and accepted.get(key) != text},
    }
