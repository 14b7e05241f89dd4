"""What runs inside the portal's own environment (``manage.py shell``): the officers, and the picture for the proof."""

import json
import random
import sys
import time
from decimal import Decimal

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.hashers import make_password

from communes.accounts.sessions import BEGAN, SEEN, SessionStore
from communes.models import Officer, Province, Role
from criteria.entry.reconciling import standard_of, text_of
from criteria.judging.loading import STATISTICS, load_states
from criteria.models import AssessmentRound, ChangeEvent
from criteria.rules import cells
from criteria.rules.cells import written
from criteria.rules.verdicts import Given, Verdict


def cast(year: int, count: int) -> None:
    """Print ``count`` new officers, signed in, the communes by district, and the columns nobody types into."""
    officers = [
        Officer(username=f"ghi{n}", full_name=f"Người ghi {n}", role=Role.STAFF, province=Province.objects.get())
        for n in range(count)
    ]
    password = make_password(None)
    for officer in officers:
        officer.password = password
    round = _round(year)
    districts: dict[str, list[str]] = {}
    for district, commune in round.assessments.values_list("commune__district__code", "commune__code").order_by("pk"):
        districts.setdefault(district, []).append(commune)
    derived = [line.code for line in standard_of(round).lines if line.derived]
    made = [{"pk": o.pk, "name": o.full_name, "session": _sign_in(o)} for o in Officer.objects.bulk_create(officers)]
    json.dump({"officers": made, "districts": districts, "derived": derived}, sys.stdout)


def _sign_in(officer: Officer) -> str:
    session = SessionStore()
    session[SESSION_KEY] = str(officer.pk)
    session[BACKEND_SESSION_KEY] = "communes.accounts.policy.OfficerBackend"
    session[HASH_SESSION_KEY] = officer.get_session_auth_hash()
    session[BEGAN] = session[SEEN] = int(time.time())
    session.create()
    return session.session_key


def picture(year: int) -> None:
    """Print what stands in every cell of the round, and every change of a cell in the order of the log."""
    round = _round(year)
    standard = standard_of(round)
    lines = {line.code: line for line in standard.lines}
    standing = [
        (state.commune.code, key, text_of(state, key, lines.get(key)))
        for state in load_states(round).values()
        for key in (*STATISTICS, *lines)
    ]
    events = ChangeEvent.objects.filter(round=round, commune__isnull=False).order_by("sequence")
    changes = [
        (at.timestamp(), by, commune, key, old, new, _text(old, lines.get(key)), _text(new, lines.get(key)))
        for at, by, commune, cells_ in events.values_list("at", "by__full_name", "commune__code", "changes")
        for key, (old, new) in cells_.items()
    ]
    json.dump({"standing": standing, "changes": changes}, sys.stdout)


def _text(logged, line) -> str:
    """What the grid showed for a value of the log."""
    if line is None:
        return written(None if logged is None else Decimal(logged))
    parts = {name: part for name, part in (logged or {}).items() if name != "verdict"}
    for name in ("value", "numerator", "denominator"):
        if name in parts:
            parts[name] = Decimal(parts[name])
    if "claim" in parts:
        parts["claim"] = Verdict(parts["claim"])
    return written(cells.show(Given(**parts), line))


def _round(year: int) -> AssessmentRound:
    return AssessmentRound.objects.get(as_of__year=year)


STORM_PASSWORD = "mua-bao-cuoi-nam-2018"  # of accounts in a scratch database only


def crowd(year: int, count: int, entering: int) -> None:
    """Print ``count`` new officers who have to sign in; the first ``entering`` of them may enter, the rest
    answer for a district."""
    rounds = AssessmentRound.objects.filter(as_of__year=year).order_by("province__code")
    where = ("round__province_id", "commune__district_id", "commune__district__code")
    places = [place for round in rounds for place in sorted(set(round.assessments.values_list(*where)))]
    random.Random(year).shuffle(places)
    password = make_password(STORM_PASSWORD)  # one for all: what checking it costs is what is asked for
    officers, districts = [], []
    for number in range(count):
        province, district, code = places[number % len(places)]
        enters = number < entering
        officers.append(
            Officer(
                username=f"bao{number}", full_name=f"Cán bộ {number}", password=password, province_id=province,
                role=Role.STAFF if enters else Role.DISTRICT, district_id=None if enters else district,
            )
        )  # fmt: skip
        districts.append(code)
    made = zip(Officer.objects.bulk_create(officers), districts, strict=True)
    people = [
        {"pk": o.pk, "username": o.username, "district": code, "enters": o.role == Role.STAFF} for o, code in made
    ]
    json.dump({"people": people, "password": STORM_PASSWORD}, sys.stdout)
