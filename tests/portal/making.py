"""A portal that is only commanded, and a look at its database from outside."""

import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import psycopg2

from tests.site import ROOT, Site, filled_database, scratch_database

WORKER = os.environ.get("PYTEST_XDIST_WORKER", "main")


class Office(Site):
    """``backups``: the folder its backups go to."""

    def __init__(self, folder: Path, database_url: str, backups: Path):
        super().__init__(folder, database_url)
        self.url, self.backups = database_url, backups
        self.environment["BACKUP_DIR"] = str(backups)

    def attempt(self, *command: str, limit: str = "unlimited") -> tuple[int, str]:
        """Exit code and everything that was said. ``limit``: kilobytes of a file, as if the disk was full."""
        line = ["bash", "-c", f'ulimit -f {limit}; exec "$@"', "-", sys.executable, "manage.py", *command]
        done = subprocess.run(line, cwd=ROOT, env=self.environment, capture_output=True, text=True)
        return done.returncode, done.stdout + done.stderr

    def backup(self) -> Path:
        return Path(self.manage("backup").splitlines()[-1])

    def ask(self, statement: str) -> list[tuple]:
        """The rows of a statement; what it changes is stored."""
        place = urlsplit(self.url)
        opened = sqlite3.connect(place.path[1:]) if place.scheme == "sqlite" else psycopg2.connect(self.url)
        with closing(opened) as database, closing(database.cursor()) as cursor:
            cursor.execute(statement)
            rows = cursor.fetchall() if cursor.description else []
            database.commit()
            return rows


@contextmanager
def empty_office(folder: Path, name: str, database=scratch_database) -> Iterator[Office]:
    """With a database in which there is nothing yet, not even tables."""
    folder.mkdir(exist_ok=True)
    with database(folder, f"{name}_{WORKER}") as url:
        office = Office(folder, url, folder / "backups")
        try:
            yield office
        finally:
            office.log.close()


def filled_office(folder: Path, name: str):
    """With the trial data."""
    return empty_office(folder, name, filled_database)
