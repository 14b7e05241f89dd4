"""A page asks the database the same few questions, however large the province.

What grows, grows between two small provinces already; a large one is asked in ``make soak ARGS="matrix"``, and on
PostgreSQL by bar 3 of ``make bench``.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from communes.accounts import sessions
from communes.models import Role
from tests.reports.making import addresses, make_province, officer_of
from tests.whole import SIZES

pytestmark = pytest.mark.django_db

MOST = 8
MOST_OF_A_PACK = 27  # one picture, and what the single reports read beside it


@contextmanager
def undone() -> Iterator[None]:
    """What happens inside leaves nothing behind."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def queries_of(client, address: str) -> list[str]:
    """The queries behind an answer, those of the sign-in included."""
    with CaptureQueriesContext(connection) as captured:
        answer = client.get(address)
        if answer.streaming:
            b"".join(answer)
    assert answer.status_code == 200, address
    return [query["sql"] for query in captured.captured_queries]


def most(address: str) -> int:
    return MOST_OF_A_PACK if "bo-tai-lieu." in address else MOST


def report(found: dict[str, dict[int, list[str]]]) -> str:
    lines = []
    for address, by_size in found.items():
        lines.append(f"{address}: " + ", ".join(f"{len(sql)} with {size}" for size, sql in by_size.items()))
        lines += [f"  {number}. {sql[:300]}" for number, sql in enumerate(max(by_size.values(), key=len), 1)]
    return "\n".join(lines)


@pytest.fixture
def unnoted(monkeypatch):
    """Once a minute the use of a session is written down; on a slow machine that would fall among the counts."""
    monkeypatch.setattr(sessions, "NOTED_EVERY", sessions.IDLE)


@pytest.mark.usefixtures("unnoted")
@pytest.mark.parametrize("role", [Role.STAFF, Role.DISTRICT])
def test_a_page_takes_the_same_few_queries_however_many_communes_there_are(client_of, province, role):
    found: dict[str, dict[int, list[str]]] = {address: {} for address in addresses()}
    for size in SIZES:
        with undone():
            client = client_of(officer_of(make_province(size), role))
            for address, by_size in found.items():
                by_size[size] = queries_of(client, address)
    growing = {address: sizes for address, sizes in found.items() if len(set(map(len, sizes.values()))) > 1}
    assert not growing, report(growing)
    many = {address: sizes for address, sizes in found.items() if len(sizes[SIZES[0]]) > most(address)}
    assert not many, report(many)


def test_the_pages_of_the_large_province_show_its_communes(client_of, province):
    """Or the counts above would be those of empty pages."""
    client = client_of(officer_of(make_province(50), Role.STAFF))
    assert len(client.get("/bao-cao/ma-tran.json?nam=2017").json()["rows"]) == 51
    rows = client.get("/bao-cao/du-lieu.json?nam=2017").json()["rows"]
    assert sum(value is not None for row in rows for value in row.values()) > 50 * 40
    assert client.get("/xa/?nam=2017&nhom=b10_14").content.count(b'scope="row"') > 0
    assert client.get("/xa/?nam=2017&thieu=10").content.count(b'scope="row"') > 0
