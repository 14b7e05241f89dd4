"""Bars 2, 3 and 5 inside the figures of a whole country: a province must not pay for what the others have stored."""

from collections.abc import Callable
from pathlib import Path

from django.db import connection
from django.test import Client

from communes.models import Officer, Province

from . import nation, pages, writes
from .bars import Measured
from .making import make_province
from .overview import BareOverview
from .timing import Effort, compare

SIZES = {20: "2", 139: "3", 1000: "4"}
OVERVIEW = f"/?nam={nation.LAST_YEAR}"
ENTRY = [f"/nhap-lieu/{nation.LAST_YEAR}{ending}" for ending in ("/", "/toan-tinh/")] + ["/nhat-ky/", "/nhat-ky.xlsx"]
STATUS = Path("/proc/self/status")
MOST_MEMORY = 150  # MB that all pages and files of a province, one after the other, may add to a process


def measure(size: nation.Size, effort: Effort, database: str, say: Callable[[str], object]) -> list[Measured]:
    """Make the country, then measure in its first province."""
    officer = Officer.objects.select_related("province").get(pk=nation.make(size, say).pk)
    others = {communes: make_province(mark, communes) for communes, mark in SIZES.items()}
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    say("Đo một tỉnh trong cả nước …")
    found = [measure_overview(pages.client_of(officer), officer.province, effort, database)]
    found.append(measure_fetching(officer, database))
    found += pages.measure_counts({**others, 0: officer}, database, "3 country")
    return found + writes.measure_import(officer, effort, database, "5 country")


def measure_overview(client: Client, province: Province, effort: Effort, database: str) -> Measured:
    """Every statement of the signed-in page, those of the session among them, against those of the bare overview."""
    bare = BareOverview(province, nation.LAST_YEAR)
    bare.check()
    statements = pages.queries(client, OVERVIEW)
    pair = compare(lambda: _fetch(statements), bare.read, effort.runs, effort.warm_up)
    whole = compare(lambda: client.get(OVERVIEW), bare.read, effort.long_runs, effort.warm_up)
    return Measured("2", database, pair.ratio, f"{pair.detail}; {len(statements)} queries; page: {whole.detail}")


def _fetch(statements: list[str]) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
            cursor.fetchall()


class Fetching:
    """An execute wrapper: the most rows that one statement brought into memory, and at which address."""

    def __init__(self) -> None:
        self.most, self.address, self.now = 0, "", ""

    def __call__(self, execute, sql, params, many, context):
        result = execute(sql, params, many, context)
        rows = context["cursor"].rowcount
        if rows > self.most:
            self.most, self.address = rows, self.now
        return result


def measure_fetching(officer: Officer, database: str) -> Measured:
    """Every page and file of a province: no statement fetches more than the province, and memory stays small."""
    client, fetching = pages.client_of(officer), Fetching()
    STATUS.with_name("clear_refs").write_text("5")  # the peak of making the country is forgotten
    before = _megabytes("VmRSS")
    with connection.execute_wrapper(fetching):
        for address in (*(address for _, address in pages.pages_of(officer)), *ENTRY):
            fetching.now = address
            assert client.get(address).getvalue(), address
    added = _megabytes("VmHWM") - before
    detail = f"{fetching.address}; all addresses together +{added:.0f} MB"
    return Measured("2 rows", database, fetching.most, detail, added <= MOST_MEMORY)


def _megabytes(name: str) -> float:
    """What Linux says of the memory of this process: now (``VmRSS``), or at most (``VmHWM``)."""
    lines = dict(line.split(":", 1) for line in STATUS.read_text().splitlines())
    return int(lines[name].split()[0]) / 1024
