"""The test database with the reference and trial data, copied from a template that is made once.

Migrating and loading take six seconds of a processor, copying takes a tenth of one.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from unittest.mock import patch

from django.db import connection, connections
from django.test.utils import setup_databases, teardown_databases
from psycopg2 import sql

from communes import reference as places
from criteria import reference as sets
from reports.demo import assessments
from reports.documents import reference as documents

from .prepared import FOLDER, alone, on_server, state_of_the_sources


def load_data() -> None:
    """The reference and trial data, into a database of tables without rows."""
    for source in (places, sets, documents):
        source.load()
    assessments.load(lambda _: None)


class SqliteTemplate:
    """The template as a file, copied into the memory of the test database."""

    def __init__(self) -> None:
        self.file = FOLDER / f"test-{state_of_the_sources()}.sqlite3"

    def exists(self) -> bool:
        return self.file.exists()

    def keep(self) -> None:
        """Keep the test database of this process as the template, in place of older ones."""
        for old in FOLDER.glob("test-*"):
            old.unlink()
        unfinished = self.file.with_suffix(".part")
        connection.ensure_connection()
        with closing(sqlite3.connect(unfinished)) as kept:
            connection.connection.backup(kept)
        unfinished.rename(self.file)

    def copy(self) -> None:
        """Make the test database of this process what the template is."""
        connection.ensure_connection()
        with closing(sqlite3.connect(self.file)) as kept:
            kept.backup(connection.connection)

    def end_sessions(self) -> None:
        """Nobody else is in a database that lies in memory."""


class PostgresTemplate:
    """The template as a database of its own, which the server copies."""

    def __init__(self) -> None:
        # The name as it is configured, before Django puts "test_" and the worker's name to it.
        name = str(connection.settings_dict["NAME"]).removeprefix("test_").split("_gw")[0]
        self.family = f"{name}_template_"
        self.name = self.family + state_of_the_sources()

    def _run(self, statement: str, *names: str) -> list[tuple]:
        return on_server(self._parameters(), sql.SQL(statement).format(*map(sql.Identifier, names)))

    def _parameters(self) -> dict[str, str]:
        """How to reach the server."""
        given = connection.get_connection_params()
        return {name: given[name] for name in ("host", "port", "user", "password") if given.get(name)}

    def _family(self) -> list[str]:
        found = [name for (name,) in self._run("SELECT datname FROM pg_database")]
        return [name for name in found if name.startswith(self.family)]

    def exists(self) -> bool:
        return self.name in self._family()

    def keep(self) -> None:
        """Keep the test database of this process as the template, in place of older ones."""
        for old in self._family():
            self._run("DROP DATABASE {} WITH (FORCE)", old)
        test_database = connection.settings_dict["NAME"]
        unfinished = f"{self.name}_part"
        connections.close_all()
        self._run("CREATE DATABASE {} TEMPLATE {}", unfinished, test_database)
        self._run("ALTER DATABASE {} RENAME TO {}", unfinished, self.name)

    def copy(self) -> None:
        """Make the test database of this process what the template is."""
        test_database = connection.settings_dict["NAME"]
        connections.close_all()
        self._run("DROP DATABASE IF EXISTS {} WITH (FORCE)", test_database)
        self._run("CREATE DATABASE {} TEMPLATE {}", test_database, self.name)

    def end_sessions(self) -> None:
        """A page that was still being answered when its browser closed would keep the test database from being dropped.

        Asked for from outside it: this process's own session may be gone as well.
        """
        others = sql.SQL("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = {}")
        test_database = sql.Literal(connection.settings_dict["NAME"])
        connections.close_all()
        on_server(self._parameters(), others.format(test_database))


def template() -> SqliteTemplate | PostgresTemplate:
    """That of the database the tests run on."""
    return PostgresTemplate() if connection.vendor == "postgresql" else SqliteTemplate()


@contextmanager
def test_database() -> Iterator[None]:
    """The test database of this process, with the data in it."""
    kept = template()
    with alone():
        if kept.exists():
            before = _empty_database()
            kept.copy()
        else:
            before = setup_databases(verbosity=0, interactive=False, serialized_aliases=())
            load_data()
            kept.keep()
    try:
        yield
    finally:
        kept.end_sessions()
        teardown_databases(before, verbosity=0)


def _empty_database() -> list:
    """A test database without tables: they come with the copy, so nothing is migrated."""
    with patch("django.core.management.call_command"):
        return setup_databases(verbosity=0, interactive=False, serialized_aliases=())
