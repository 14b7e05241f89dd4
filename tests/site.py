"""A portal of its own for the browser tests: a real server process on a database of its own with the trial data.

Migrations and trial data take a quarter of a minute; they are run once for each state of the code, then copied.
"""

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

from .prepared import FOLDER, ROOT, alone, on_server, state_of_the_sources

PASSWORD = "mat-khau-dung-thu"


def sign_in(page, username: str) -> None:
    """Sign in through the form, as one of ``reports.demo.assessments.ACCOUNTS``."""
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
    with filled_database(folder, worker) as database_url:
        site = Site(folder, database_url)
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


# --- databases ---


def given_database() -> SplitResult:
    return urlsplit(os.environ.get("DATABASE_URL", "sqlite:"))


@contextmanager
def scratch_database(folder: Path, worker: str, template: str = "template1") -> Iterator[str]:
    """The URL of a database in which there is nothing, or what the template has."""
    given = given_database()
    if given.scheme == "sqlite":
        yield f"sqlite:///{folder / 'journeys.sqlite3'}"
        return
    name = f"{given.path.lstrip('/')}_journeys_{worker}"
    _on_server(given, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
    _on_server(given, f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    try:
        yield given._replace(path=f"/{name}").geturl()
    finally:
        _on_server(given, f'DROP DATABASE "{name}" WITH (FORCE)')


@contextmanager
def filled_database(folder: Path, worker: str) -> Iterator[str]:
    """The URL of a database as ``migrate`` and ``first_run`` leave it, to be changed at will."""
    if given_database().scheme == "sqlite":
        shutil.copyfile(_prepared_file(), folder / "journeys.sqlite3")
        template = ""
    else:
        template = _prepared_on_server()
    with scratch_database(folder, worker, template) as url:
        yield url


def _prepared_file() -> Path:
    prepared = FOLDER / f"site-{state_of_the_sources()}.sqlite3"
    with alone():
        if not prepared.exists():
            for old in FOLDER.glob("site-*.sqlite3*"):
                old.unlink()
            half = prepared.with_suffix(".half")
            half.unlink(missing_ok=True)
            _fill(f"sqlite:///{half}")
            half.rename(prepared)
    return prepared


def _prepared_on_server() -> str:
    given = given_database()
    ours = f"{given.path.lstrip('/')}_site_"
    prepared, half = f"{ours}{state_of_the_sources()}", f"{ours}half"
    with alone():
        there = [name for (name,) in _on_server(given, "SELECT datname FROM pg_database") if name.startswith(ours)]
        if prepared not in there:
            for old in there:
                _on_server(given, f'DROP DATABASE "{old}" WITH (FORCE)')
            _on_server(given, f'CREATE DATABASE "{half}"')
            _fill(given._replace(path=f"/{half}").geturl())
            _on_server(given, f'ALTER DATABASE "{half}" RENAME TO "{prepared}"')
    return prepared


def _fill(database_url: str) -> None:
    FOLDER.mkdir(exist_ok=True)
    site = Site(FOLDER, database_url)
    site.manage("migrate", "-v0")
    site.manage("first_run")
    site.log.close()


def _on_server(given: SplitResult, statement: str) -> list[tuple]:
    return on_server({"dsn": given.geturl()}, statement)
