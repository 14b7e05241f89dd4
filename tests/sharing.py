"""What is dear and the same for many tests is made once per process.

Two ways, both sound on either database and whichever worker a test runs on, since each process makes its own:

* ``Answers``: pages and files of the trial data as it was loaded. A test that changed something may not ask for them:
  it would be told what was, or leave what is to the others.
* ``kept_for_the_module``: rows that every test of a module finds. They lie in a transaction around the tests' own,
  which become savepoints in it, and go with the last test of the module. Not for a module that commits for real.
"""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property

from django.db import connection, transaction
from django.test import Client

from communes.models import Officer, Session

# Signing in writes these, and no report tells of it.
OF_SIGNING_IN = {Session._meta.db_table, Officer._meta.db_table}
WRITES = re.compile(r"\s*(?:INSERT\s+(?:OR \w+ )?INTO|UPDATE|DELETE\s+FROM)\s+\"?(\w+)", re.IGNORECASE)


@dataclass(frozen=True)
class Answer:
    status: int
    content: bytes
    headers: dict[str, str]

    @cached_property
    def text(self) -> str:
        return self.content.decode()

    @cached_property
    def json(self) -> dict:
        return json.loads(self.content)


_answers: dict[tuple[str, str], Answer] = {}


def ask(client: Client, address: str) -> Answer:
    answer = client.get(address)
    content = b"".join(answer) if answer.streaming else answer.content
    return Answer(answer.status_code, content, dict(answer.headers))


@dataclass
class Answers:
    """``answers(staff, "/xa/?nam=2017")``, for the time of one test."""

    changed: list[str] = field(default_factory=list)
    clients: dict[str, Client] = field(default_factory=dict)

    def __call__(self, officer: Officer, address: str) -> Answer:
        assert not self.changed, f"ask with a client: this test has changed {self.changed}"
        key = (officer.username, address)
        if key not in _answers:
            found = ask(self._client(officer), address)
            assert not self.changed, f"{address} writes {self.changed}"
            _answers[key] = found
        return _answers[key]

    def _client(self, officer: Officer) -> Client:
        if officer.username not in self.clients:
            client = self.clients[officer.username] = Client()
            client.force_login(officer)
        return self.clients[officer.username]

    def watch(self, execute, sql, params, many, context):
        wrote = WRITES.match(sql)
        if wrote and wrote[1] not in OF_SIGNING_IN:
            self.changed.append(wrote[1])
        return execute(sql, params, many, context)


@contextmanager
def answers_of_a_test() -> Iterator[Answers]:
    answers = Answers()
    with connection.execute_wrapper(answers.watch):
        yield answers


@contextmanager
def kept_for_the_module(blocker) -> Iterator[None]:
    """For a fixture of a module."""
    with blocker.unblock(), transaction.atomic():
        yield
        transaction.set_rollback(True)
