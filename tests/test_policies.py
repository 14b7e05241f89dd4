"""Every address × every role × own and foreign district and province × GET and POST, against docs/phan-quyen.md.

How it tells: a POST carries what would be stored if nobody asked who sends it, and for those who may, it is. Refused is
a 403, 404 or 405, the way back to the index of the administration, or a sentence of refusal; who gets a page, a file or
a form to correct, or is led on, has come through. What is written is seen in the statements sent to the database.
"""

import re
from collections.abc import Iterator

import pytest
from django.apps import apps
from django.db import transaction
from django.http.cookie import SimpleCookie
from django.urls import URLPattern, get_resolver

from communes.models import Officer, Role
from tests.policies import desk, table
from tests.policies.outcome import REFUSED, SESSIONS, TO_SECOND_STEP, fits, fits_elsewhere, outcome, watched
from tests.policies.probes import Ask, form_of, portal
from tests.policies.stage import SUBJECTS, Stage, Subject, groups, officer_for, set_up, sign_in

FILE = re.compile("xlsx|docx|json|pack")
METHODS = ("GET", "POST")
GROUPS = groups()
AT_LEAST = dict.fromkeys(GROUPS, 500)
ROWS = {row.key: row for row in table.rows()}
MODELS = {key: row for key, row in ROWS.items() if table.is_model(row)}


def routes(resolver=None, namespace: str = "") -> Iterator[tuple[str, object]]:
    """Every address by name, with its view."""
    for entry in (resolver or get_resolver()).url_patterns:
        if isinstance(entry, URLPattern):
            yield f"{namespace}{entry.name or ''}", entry.callback
        else:
            yield from routes(entry, f"{entry.namespace}:" if getattr(entry, "namespace", None) else namespace)


def test_every_address_has_its_row_and_every_row_its_address():
    named = {key.split("/")[0] for key in ROWS.keys() - MODELS.keys()}
    assert named == {name for name, _ in routes() if not name.startswith("admin:")} | desk.others()
    assert MODELS.keys() == desk.addresses().keys()
    assert {action for actions in desk.addresses().values() for action in actions} - {""} <= desk.ACTIONS.keys()


def test_the_table_uses_its_own_words():
    words = {table.READ, table.WRITE, table.NOTHING, table.SIGN_IN, table.OWN_PROVINCE, table.SHARED, "không", "có"}
    wrong = {key: extra for key, row in ROWS.items() if (extra := row.all_words() - words - table.ACTIONS)}
    assert wrong == {}


def test_every_view_outside_the_administration_declares_its_policy_and_none_waives_the_token():
    for name, view in routes():
        assert name.startswith("admin:") or isinstance(view.policy, frozenset), name
        assert not getattr(view, "csrf_exempt", False), name


@pytest.fixture
def stage(province, settings) -> Stage:
    settings.SECOND_FACTOR = True
    return set_up(province)


def forms_of(stage: Stage) -> dict:
    """Of each model a row of the province, and its form as an administrator is shown it."""
    admin = SUBJECTS["Quản trị A"]
    ours = officer_for(admin)
    client = sign_in(admin, ours)
    rows = {label: desk.sample(label, stage, ours) for label in MODELS}
    return {label: (row, desk.filled(client, label, row)) for label, row in rows.items()}


Case = tuple[str, str, Ask, frozenset[str]]


def words_for(row: table.Row, subject: Subject) -> frozenset[str]:
    """What the table says; an officer of another province has the own words where the address names nothing of this."""
    own = row.words(subject.column)
    elsewhere = row.words(table.ELSEWHERE)
    if not subject.elsewhere or elsewhere & {table.OWN_PROVINCE, table.SHARED}:
        return own
    return elsewhere


def on_the_portal(stage: Stage, subject: Subject, me: Officer | None) -> Iterator[Case]:
    """What a subject asks at the places of one district; at the other only what differs there. Who may have a file
    makes it once."""
    writer = sign_in(SUBJECTS["Chuyên viên A"], Officer.objects.get(username="chuyenvien"))
    place = stage.other if subject.other else stage.own
    found, first = (portal(stage, at, me, form_of(stage, at, writer)) for at in (place, stage.own))
    assert found.keys() == ROWS.keys() - MODELS.keys()
    for key, asks in found.items():
        words = words_for(ROWS[key], subject)
        elsewhere = subject.other and subject.role != Role.DISTRICT
        if elsewhere and (asks == first[key] or (FILE.search(key) and table.READ in words)):
            continue
        for method in METHODS:
            if method == "POST" and FILE.search(key) and table.READ in words:
                continue
            allowed = words & {table.READ if method == "GET" else table.WRITE}
            yield from ((key, method, ask, words) for ask in (asks[:1] if allowed else asks))


def at_the_desk(stage: Stage, subject: Subject) -> Iterator[Case]:
    forms = forms_of(stage)
    for label, row in MODELS.items():
        for action in sorted(desk.addresses()[label]):
            own = subject.elsewhere and action not in desk.OF_A_ROW
            words = row.words(subject.column) if own else words_for(row, subject)
            said_of_both = desk.may(words, action) if action else (ROWS[desk.SHORT].words(subject.column),) * 2
            ask = desk.asks(label, action, *forms[label])
            for method, said in zip(METHODS, said_of_both, strict=True):
                yield f"{label} {action}", method, ask, said


def cases(stage: Stage, subject: Subject, me: Officer | None) -> list[Case]:
    """Every address and method that a subject tries, and what the table says of both. The administration knows no
    districts; who has not given the second factor tries what asks for it."""
    found = [*on_the_portal(stage, subject, me), *(() if subject.other else at_the_desk(stage, subject))]
    return [case for case in found if not subject.lacking or _asks_twice(case[0], case[1])]


class Asker:
    """Asks for one subject. What may be done is taken back; what is refused is not, and must leave nothing."""

    def __init__(self, subject: Subject, officer: Officer | None):
        self.subject, self.officer = subject, officer
        self.client = sign_in(subject, officer)
        self.cookies = self.client.cookies.output()

    def ask(self, method: str, ask: Ask, keep: bool) -> str:
        self.client.cookies = SimpleCookie()
        self.client.cookies.load(self.cookies.replace("Set-Cookie: ", ""))
        with watched() as written:
            point = transaction.savepoint()
            answer = ask.send(self.client, method)
            (transaction.savepoint_commit if keep else transaction.savepoint_rollback)(point)
        return outcome(answer, written, self.officer is not None, self.subject.lacking)

    def wrong(self, case: Case) -> str:
        """What is wrong with the outcome, or nothing."""
        key, method, ask, words = case
        refused = words <= {table.NOTHING, table.SIGN_IN}
        found = self.ask(method, ask, keep=refused)
        if self.subject.lacking and _asks_twice(key, method):
            return "" if found in (TO_SECOND_STEP, REFUSED) else found
        right = fits_elsewhere if self.subject.elsewhere else fits
        return "" if right(words, method, found) else found


def _asks_twice(key: str, method: str) -> bool:
    """Whether the table says that the second factor is given before."""
    row = ROWS[key.split(" ")[0] if key.split(" ")[0] in MODELS else key]
    said = row.cells[table.TWICE]
    return said == "có" or (said == table.WRITE and method == "POST")


def counts() -> dict[str, int]:
    tables = {model._meta.db_table: model for model in apps.get_models()}
    return {name: model._base_manager.count() for name, model in tables.items() if name != SESSIONS}


@pytest.mark.parametrize("group", GROUPS)
def test_nobody_gets_further_than_the_table_says(stage, group):
    """The number of requests of a group is held by ``AT_LEAST``, so that none falls away unseen."""
    tried, wrong = 0, []
    for subject in GROUPS[group]:
        officer = officer_for(subject)
        asker, every = Asker(subject, officer), cases(stage, subject, officer)
        before = counts()
        for case in every:
            tried += 1
            if found := asker.wrong(case):
                wrong.append(f"{subject.name}: {case[1]} {case[2].address} ({case[0]}): {found}")
        left = {name for name, count in counts().items() if count != before[name]}
        wrong += [f"{subject.name}: rows in {name}" for name in left]
    assert not wrong, "\n".join(wrong)
    assert tried >= AT_LEAST[group]
