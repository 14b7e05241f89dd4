"""Pages read from a copy of the database: never without one's own writes, and without the copy when it is away."""

import json
import os
import shutil
import socket
import tempfile
from pathlib import Path

import psycopg2
import pytest

from tests.bench.databases import as_postgres, programs
from tests.site import Site
from tests.soak.client import Client
from tests.soak.entry import ask

ON_POSTGRES = os.environ.get("DATABASE_URL", "").startswith("postgres")
pytestmark = pytest.mark.skipif(not ON_POSTGRES, reason="a copy is one of PostgreSQL's")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Pair:
    """A server and its streaming copy."""

    def __init__(self, folder: Path):
        self.tools, self.folder, self.ports = programs(), folder, {"main": free_port(), "copy": free_port()}
        local = ("-U", "ntm", "--auth=trust", "-E", "UTF8", "--locale=C.UTF-8")
        as_postgres(self.tools / "initdb", "-D", str(folder / "main"), *local)
        self.start("main")
        source = ("-h", "127.0.0.1", "-p", str(self.ports["main"]), "-U", "ntm")
        as_postgres(
            self.tools / "pg_basebackup", *source, "-D", str(folder / "copy"), "-R", "-c", "fast", "-X", "stream"
        )
        self.start("copy")

    def start(self, name: str) -> None:
        options = (
            f"-c listen_addresses=127.0.0.1 -c port={self.ports[name]} -c unix_socket_directories={self.folder} "
            "-c fsync=off"
        )
        data = ("-D", str(self.folder / name))
        as_postgres(self.tools / "pg_ctl", *data, "-l", str(self.folder / f"{name}.log"), "-w", "-o", options, "start")

    def stop(self, name: str) -> None:
        as_postgres(self.tools / "pg_ctl", "-D", str(self.folder / name), "-m", "immediate", "-w", "stop")

    def url(self, name: str, database: str = "postgres") -> str:
        return f"postgres://ntm@127.0.0.1:{self.ports[name]}/{database}"

    def tell(self, name: str, statement: str) -> None:
        connection = psycopg2.connect(self.url(name))
        connection.autocommit = True
        connection.cursor().execute(statement)
        connection.close()


@pytest.fixture(scope="module")
def pair():
    with tempfile.TemporaryDirectory() as folder:
        if os.geteuid() == 0:
            shutil.chown(folder, "postgres")
        made = Pair(Path(folder))
        yield made
        for name in ("copy", "main"):
            try:
                made.stop(name)
            except Exception:  # stopped by a test
                continue


@pytest.fixture(scope="module")
def portal(pair, tmp_path_factory):
    pair.tell("main", "CREATE DATABASE ntm")
    site = Site(tmp_path_factory.mktemp("replica"), pair.url("main", "ntm"))
    site.environment["DATABASE_REPLICA_URL"] = pair.url("copy", "ntm")
    for command in (["migrate", "-v0"], ["first_run"], ["open_round", "--year", "2018"]):
        site.manage(*command)
    site.start()
    yield site
    site.stop()
    site.log.close()


@pytest.fixture(scope="module")
def officers(portal):
    return ask(portal, "cast(2018, 2)")["officers"]


@pytest.fixture
def clients(portal, officers):
    made = [Client(portal.port, officer["session"]) for officer in officers]
    yield made
    for client in made:
        client.close()


CELL = {"commune": "05728", "key": "population"}


def save(client: Client, officer: dict, base: str, value: str) -> None:
    client.ask("GET", "/nhap-lieu/2018/170/")  # the cookie against forged requests
    body = {"officer": officer["pk"], "reason": "", "cells": [CELL | {"base": base, "value": value}]}
    status, text = client.ask("POST", "/nhap-lieu/2018/luu/", body)
    assert (status, '"saved"' in text) == (200, True), text


def seen(client: Client) -> int | None:
    """The population of the commune, as the report of the year says."""
    rows = json.loads(client.ask("GET", "/bao-cao/du-lieu.json?nam=2018")[1])["rows"]
    return next(row["population"] for row in rows if row["code"] == CELL["commune"])


def test_own_writes_are_read_back_while_the_copy_lags_and_pages_are_read_from_it(pair, officers, clients):
    writer, reader = clients
    pair.tell("copy", "SELECT pg_wal_replay_pause()")
    try:
        save(writer, officers[0], "", "4321")
        assert seen(writer) == 4321
        assert seen(reader) is None  # it is the copy that others read
    finally:
        pair.tell("copy", "SELECT pg_wal_replay_resume()")
    for _ in range(100):
        if seen(reader) == 4321:
            break
    assert (seen(writer), seen(reader)) == (4321, 4321)


def test_without_the_copy_the_pages_still_answer(pair, clients):
    reader = clients[1]
    pair.stop("copy")
    reader.ask("GET", "/?nam=2017")  # a connection that was open may be found dead once
    for path in ("/?nam=2017", "/bao-cao/ma-tran.json?nam=2017", "/suc-khoe/"):
        assert reader.ask("GET", path)[0] == 200, path
