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


class Site:
    """A portal process that can be stopped, killed and started again on the same port and database."""

    def __init__(self, folder: Path, database_url: str):
        self.environment = os.environ | {
            "DJANGO_SETTINGS_MODULE": "ntm_portal.settings",
            "DATABASE_URL": database_url,
            "DEBUG": "true",
            "DEMO_PASSWORD": PASSWORD,
        }
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = (folder / "server.log").open("a+")
        self.server: subprocess.Popen | None = None

    def manage(self, *command: str) -> str:
        """Run a command of manage.py on this site's database; what it printed."""
        line = [sys.executable, "manage.py", *command]
        done = subprocess.run(line, cwd=ROOT, env=self.environment, capture_output=True, text=True)
        assert done.returncode == 0, f"manage.py {' '.join(command)}:\n{done.stdout}{done.stderr}"
        return done.stdout

    def start(self) -> None:
        self.server = subprocess.Popen(
            [sys.executable, "manage.py", "runserver", f"127.0.0.1:{self.port}", "--noreload"],
            cwd=ROOT,
            env=self.environment,
            stdout=self.log,
            stderr=subprocess.STDOUT,
        )
        self._wait()

    def stop(self, kill: bool = False) -> None:
        if self.server is not None:
            (self.server.kill if kill else self.server.terminate)()
            self.server.wait(10)
            self.server = None

    def _wait(self) -> None:
        for _ in range(300):
            if self.server is None or self.server.poll() is not None:
                break
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.1)
        self.log.seek(0)
        raise AssertionError(f"The server did not start:\n{self.log.read()}")


@contextmanager
def running(folder: Path, worker: str) -> Iterator[Site]:
    """A portal with the trial data, on the kind of database that ``DATABASE_URL`` names."""
    with scratch_database(folder, worker) as database_url:
        site = Site(folder, database_url)
        site.manage("migrate")
        site.manage("first_run")
        site.start()
        try:
            yield site
        finally:
            site.stop()
            site.log.close()


@contextmanager
def running_site(folder: Path, worker: str) -> Iterator[str]:
    """The base URL of such a portal."""
    with running(folder, worker) as site:
        yield site.url


@contextmanager
def scratch_database(folder: Path, worker: str) -> Iterator[str]:
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
