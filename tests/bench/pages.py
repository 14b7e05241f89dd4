"""Bars 3 and 8: how many queries pages need, and what a large page costs beside its queries."""

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from communes.models import Commune, Officer
from criteria.models import CriteriaSet
from reports.catalogue import REPORTS
from reports.models import Conclusion

from .bars import Measured
from .timing import Effort, compare

MATRIX = "/bao-cao/ma-tran/?nam=2017"


def client_of(officer: Officer) -> Client:
    client = Client()
    client.force_login(officer)
    return client


def addresses(officer: Officer) -> dict[str, str]:
    """Every page of the portal by a name that is the same in all provinces."""
    commune = Commune.objects.filter(province=officer.province, kind="xã", valid_to=None).first()
    found = {
        "/": "/?nam=2017",
        "/huyen/…/": f"/huyen/{commune.district.code}/?nam=2017",
        "/xa/": "/xa/?nam=2017",
        "/xa/?…": "/xa/?nam=2017&nhom=b10_14&thieu=11&sap=thu-nhap",
        "/xa/…/": f"/xa/{commune.code}/",
        "/bao-cao/": "/bao-cao/",
        "/van-ban/": "/van-ban/",
        "/van-ban/…/": f"/van-ban/{Conclusion.objects.first().slug}/",
        "/tieu-chi/": "/tieu-chi/",
        "/tieu-chi/…/": f"/tieu-chi/{CriteriaSet.objects.first().slug}/",
    }
    for slug in REPORTS:
        for ending in ("/", ".xlsx", ".json"):
            found[f"/bao-cao/{slug}{ending}"] = f"/bao-cao/{slug}{ending}?nam=2017"
    return found


def queries(client: Client, address: str) -> list[str]:
    """The statements of a page, those of the session and the officer among them."""
    with CaptureQueriesContext(connection) as captured:
        response = client.get(address)
    assert response.status_code == 200, f"{address}: {response.status_code}"
    return [query["sql"] for query in captured]


def measure_counts(officers: dict[int, Officer], database: str) -> list[Measured]:
    """``officers``: one of each province, by the number of its communes."""
    counts: dict[str, list[int]] = {}
    for officer in officers.values():
        client = client_of(officer)
        for name, address in addresses(officer).items():
            counts.setdefault(name, []).append(len(queries(client, address)))
    growing = [f"{page}: {', '.join(map(str, found))}" for page, found in counts.items() if len(set(found)) > 1]
    most = max(max(found) for found in counts.values())
    dearest = ", ".join(page for page, found in counts.items() if max(found) == most)
    detail = f"{len(counts)} pages; most: {dearest}" if not growing else f"not equal: {'; '.join(growing)}"
    return [Measured("3", database, most, detail, not growing)]


def measure_matrix(client: Client, effort: Effort, database: str) -> list[Measured]:
    statements = queries(client, MATRIX)

    def bare():
        with connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
                cursor.fetchall()

    pair = compare(lambda: client.get(MATRIX), bare, effort.runs, effort.warm_up)
    return [Measured("8", database, pair.ratio, pair.detail)]
