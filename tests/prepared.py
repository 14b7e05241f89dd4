"""What is dear to make and the same for every process: made once for each state of the sources, kept in ``.template/``.

The state is a hash of every file that takes part in making it, so a changed migration, rule or csv file makes it anew.
"""

import fcntl
import hashlib
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import date
from functools import cache
from pathlib import Path

import psycopg2

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / ".template"  # `make clean` removes it
MAKERS = ("communes", "criteria", "reports", "ntm_portal", "fixtures")
ALSO = ("requirements.txt", "tests/prepared.py", "tests/template.py", "tests/site.py", "tests/settings.py")


@cache
def state_of_the_sources() -> str:
    """What prepared data follows from: the portal's code, its fixtures and libraries, and the day."""
    found = hashlib.sha256(f"{date.today()} {sys.version}".encode())
    files = [path for maker in MAKERS for path in sorted((ROOT / maker).rglob("*"))]
    files += [ROOT / name for name in ALSO]
    for path in files:
        if path.is_file() and path.suffix != ".pyc":
            found.update(str(path.relative_to(ROOT)).encode())
            found.update(path.read_bytes())
    return found.hexdigest()[:16]


@contextmanager
def alone() -> Iterator[None]:
    """One process of this machine at a time: the first one prepares, the others wait for it and copy."""
    FOLDER.mkdir(exist_ok=True)
    with (FOLDER / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def on_server(parameters: dict, statement) -> list[tuple]:
    """The rows of a statement to a PostgreSQL server, outside the portal's databases. ``parameters``: of psycopg2."""
    with closing(psycopg2.connect(**parameters | {"dbname": "postgres"})) as server:
        server.autocommit = True
        with server.cursor() as cursor:
            cursor.execute(statement)
            return cursor.fetchall() if cursor.description else []
