"""Bars 3 and 8: how many queries pages need, and what a large page costs beside its queries."""

from collections.abc import Iterator

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from communes.models import Commune, Officer
from tests.reports.making import addresses

from .bars import Measured
from .timing import Effort, compare

PACK = "bo-tai-lieu."  # every report of the portal in one file: no page, though its count must not grow either
MATRIX = "/bao-cao/ma-tran/?nam=2017"


def client_of(officer: Officer) -> Client:
    client = Client()
    client.force_login(officer)
    return client


def pages_of(officer: Officer) -> Iterator[tuple[str, str]]:
    """Every page of the portal in the officer's province, with a name that is the same in all provinces."""
    commune = Commune.objects.filter(province=officer.province, kind="xã", valid_to=None).first()
    return zip(addresses("…", "…"), addresses(commune.district.code, commune.code), strict=True)


def queries(client: Client, address: str) -> list[str]:
    """The statements of a page, those of the session and the officer among them."""
    with CaptureQueriesContext(connection) as captured:
        response = client.get(address)
    assert response.status_code == 200, f"{address}: {response.status_code}"
    return [query["sql"] for query in captured]


def measure_counts(officers: dict[int, Officer], database: str, key: str = "3") -> list[Measured]:
    """``officers``: one of each province, by the number of its communes."""
    counts: dict[str, list[int]] = {}
    for officer in officers.values():
        client = client_of(officer)
        for name, address in pages_of(officer):
            counts.setdefault(name, []).append(len(queries(client, address)))
    growing = [f"{page}: {', '.join(map(str, found))}" for page, found in counts.items() if len(set(found)) > 1]
    packs = [max(counts.pop(page)) for page in list(counts) if PACK in page]
    most = max(max(found) for found in counts.values())
    dearest = [page for page, found in counts.items() if max(found) == most]
    detail = f"{len(counts)} addresses; most: {dearest[0]} and {len(dearest) - 1} more; packs: {max(packs)}"
    if growing:
        detail = f"not equal: {'; '.join(growing)}"
    return [Measured(key, database, most, detail, not growing)]


def measure_matrix(client: Client, effort: Effort, database: str) -> list[Measured]:
    statements = queries(client, MATRIX)

    def bare():
        with connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
                cursor.fetchall()

    pair = compare(lambda: client.get(MATRIX), bare, effort.runs, effort.warm_up)
    return [Measured("8", database, pair.ratio, pair.detail)]
