"""Scratch databases: one on a PostgreSQL server, given or started for the run, and one of SQLite."""

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import psycopg2

NAME = "ntm_bench"


@contextmanager
def sqlite() -> Iterator[str]:
    with tempfile.TemporaryDirectory() as folder:
        yield f"sqlite:///{folder}/{NAME}.sqlite3"


@contextmanager
def postgresql() -> Iterator[str | None]:
    """The URL of an empty database: on the server of ``DATABASE_URL``, else on one of its own; None without either."""
    given = os.environ.get("DATABASE_URL", "")
    if given.startswith("postgres"):
        with scratch(given) as url:
            yield url
    elif (tools := programs()) is None:
        yield None
    else:
        with _server(tools) as server, scratch(server) as url:
            yield url


@contextmanager
def scratch(server: str) -> Iterator[str]:
    """A database of its own on a server, dropped afterwards."""
    on_server(server, f"DROP DATABASE IF EXISTS {NAME}", f"CREATE DATABASE {NAME}")
    try:
        yield urlsplit(server)._replace(path=f"/{NAME}").geturl()
    finally:
        on_server(server, f"DROP DATABASE {NAME} WITH (FORCE)")


def on_server(server: str, *statements: str) -> None:
    connection = psycopg2.connect(urlsplit(server)._replace(path="/postgres").geturl())
    connection.autocommit = True
    try:
        for statement in statements:
            connection.cursor().execute(statement)
    finally:
        connection.close()


def programs() -> Path | None:
    """The newest ``initdb`` and ``pg_ctl`` of this machine: Debian keeps them off the path."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    on_path = shutil.which("initdb")
    return found[-1].parent if found else Path(on_path).parent if on_path else None


@contextmanager
def _server(programs: Path) -> Iterator[str]:
    """A server in a temporary folder; stopped and removed at the end. It does not wait for the disk: the waits are
    equal for ours and for the bare way, and would make every ratio of writing look better."""
    with tempfile.TemporaryDirectory() as folder, socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
        if os.geteuid() == 0:
            shutil.chown(folder, "postgres")
        data, log = f"{folder}/data", f"{folder}/log"
        options = f"-c listen_addresses=127.0.0.1 -c port={port} -c unix_socket_directories={folder} -c fsync=off"
        as_postgres(programs / "initdb", "-D", data, "-U", "ntm", "--auth=trust", "-E", "UTF8", "--locale=C.UTF-8")
        probe.close()
        as_postgres(programs / "pg_ctl", "-D", data, "-l", log, "-w", "-o", options, "start")
        try:
            yield f"postgres://ntm@127.0.0.1:{port}/postgres"
        finally:
            as_postgres(programs / "pg_ctl", "-D", data, "-m", "immediate", "-w", "stop")


def as_postgres(program: Path, *arguments: str) -> None:
    """Run one of the server's programs, which refuse to work for root."""
    other = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    subprocess.run([*other, str(program), *arguments], cwd="/", check=True, stdout=subprocess.DEVNULL)
