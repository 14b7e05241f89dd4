"""Everything that is measured on one database, in one process, after the same loading."""

import sys

from django.db import connection

from communes import reference as places
from communes.models import Officer
from criteria import reference as sets
from reports.demo import assessments
from reports.documents import reference as documents

from . import country, exports, nation, overview, pages, stock, writes
from .bars import Measured
from .making import make_province
from .timing import Effort

SIZES = {20: "2", 139: "3", 1000: "4"}  # communes of a made province, and how its codes begin


def measure(effort: Effort, import_only: bool) -> list[Measured]:
    database = connection.display_name
    _say(f"{database}: nạp dữ liệu …")
    _load()
    staff = Officer.objects.select_related("province").get(username="chuyenvien")
    spare = make_province(SIZES[139], 139)
    others = {} if import_only else {size: make_province(SIZES[size], size) for size in (20, 1000)}
    _refresh_statistics()
    found = []
    if not import_only:
        _say(f"{database}: đo trang và tệp …")
        client = pages.client_of(staff)
        found += pages.measure_counts({**others, 139: spare}, database)
        if connection.vendor == "postgresql":
            found += overview.measure(client, staff.province, effort, database)
        found += pages.measure_matrix(client, effort, database)
        found += exports.measure(staff.province, effort, database)
    _say(f"{database}: đo ghi số liệu …")
    if connection.vendor == "postgresql":
        found += writes.measure_saving(spare, effort, database)
        found += stock.measure(spare, effort, database)
    return found + writes.measure_import(spare, effort, database)


def measure_nation(effort: Effort) -> list[Measured]:
    """The bars that are about the size of the country, on an empty PostgreSQL database."""
    _say("PostgreSQL: lập số liệu minh họa của cả nước …")
    _load()
    return country.measure(nation.NATION, effort, connection.display_name, _say)


def version() -> str:
    """The database with its version, as the measurements name it."""
    if connection.vendor == "sqlite":
        return f"SQLite {connection.Database.sqlite_version}"
    major, minor = divmod(connection.pg_version, 10000)
    return f"PostgreSQL {major}.{minor}"


def _load() -> None:
    for source in (places, sets, documents):
        source.load()
    assessments.load(_say)


def _refresh_statistics() -> None:
    """What a database does by itself after a while: plans should not depend on when it wakes up."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
