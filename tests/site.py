"""A portal of its own for the browser tests: a real server process on a database that it loads for itself."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import psycopg2

ROOT = Path(__file__).resolve().parent.parent
PASSWORD = "mat-khau-dung-thu"


def sign_in(page, username: str) -> None:
    """Sign in through the form, as one of ``reports.demo.ACCOUNTS``."""
    page.goto("/dang-nhap/")
    page.locator("input[name=username]").fill(username)
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("input[name=password]").press("Enter")
    page.wait_for_url(lambda url: "/dang-nhap/" not in url)


@contextmanager
def running_site(folder: Path, worker: str) -> Iterator[str]:
    """The base URL of a portal with the trial data, on the kind of database that ``DATABASE_URL`` names."""
    with _scratch_database(folder, worker) as database_url:
        environment = os.environ | {
            "DJANGO_SETTINGS_MODULE": "ntm_portal.settings",
            "DATABASE_URL": database_url,
            "DEBUG": "true",
            "DEMO_PASSWORD": PASSWORD,
        }
        for command in ("migrate", "first_run"):
            _manage(command, environment)
        with (folder / "server.log").open("w+") as log, _server(environment, log) as url:
            yield url


@contextmanager
def _scratch_database(folder: Path, worker: str) -> Iterator[str]:
    given = urlsplit(os.environ.get("DATABASE_URL", "sqlite:"))
    if given.scheme == "sqlite":
        yield f"sqlite:///{folder / 'journeys.sqlite3'}"
        return
    name = f"{given.path.lstrip('/')}_journeys_{worker}"
    _on_server(given, f'DROP DATABASE IF EXISTS "{name}"', f'CREATE DATABASE "{name}"')
    try:
        yield given._replace(path=f"/{name}").geturl()
    finally:
        _on_server(given, f'DROP DATABASE "{name}" WITH (FORCE)')


def _on_server(given, *statements: str) -> None:
    connection = psycopg2.connect(given._replace(path="/postgres").geturl())
    connection.autocommit = True
    try:
        for statement in statements:
            connection.cursor().execute(statement)
    finally:
        connection.close()


def _manage(command: str, environment: dict[str, str]) -> None:
    done = subprocess.run(
        [sys.executable, "manage.py", command], cwd=ROOT, env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, f"manage.py {command}:\n{done.stdout}{done.stderr}"


@contextmanager
def _server(environment: dict[str, str], log) -> Iterator[str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = subprocess.Popen(
        [sys.executable, "manage.py", "runserver", f"127.0.0.1:{port}", "--noreload"],
        cwd=ROOT,
        env=environment,
        stdout=log,
        stderr=subprocess.STDOUT,
    )
    try:
        _wait_for(server, port, log)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(10)


def _wait_for(server: subprocess.Popen, port: int, log) -> None:
    for _ in range(300):
        if server.poll() is not None:
            break
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    log.seek(0)
    raise AssertionError(f"The server did not start:\n{log.read()}")
