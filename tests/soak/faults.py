"""What breaks while people write: a worker or the portal killed, connections cut, the database down, the disk full.

The disk is a small one of its own in memory, which only root may mount; the ballast that fills it is real.
"""

import os
import random
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg2

from tests.bench.databases import as_postgres, on_server, programs

from . import entry
from .production import Production

KINDS = {
    "PostgreSQL": "workers and portal killed, connections cut, database restarted, disk full",
    "SQLite": "workers and portal killed, disk full",
}
MEGABYTES, BLOCK = 400, 256 * 1024
PATIENCE = 60.0
Harm = Callable[[], None]


def run(database: str, effort: entry.Effort, count: int, say: Callable[[str], None]) -> entry.Run:
    """Officers type into a portal as it is served in production, while ``count`` faults befall it."""
    with tempfile.TemporaryDirectory() as place, small_disk(Path(place) / "disk") as disk:
        Path(place).chmod(0o755)
        cluster = Cluster(disk) if database == "PostgreSQL" else None
        site = Production(
            Path(place), cluster.url.removesuffix("postgres") + "ntm" if cluster else f"sqlite:///{disk}/ntm"
        )
        try:
            if cluster:
                on_server(cluster.url, "CREATE DATABASE ntm")
            for command in (["migrate", "-v0"], ["collectstatic", "--noinput", "-v0"], ["first_run"]):
                site.manage(*command)
            site.start()
            return entry.run(site, effort, say, harms_of(site, disk, cluster, count, effort.seed))
        finally:
            site.close()
            if cluster:
                cluster.stop()


@contextmanager
def small_disk(folder: Path) -> Iterator[Path]:
    """A disk of its own that can be filled without harm to anybody else."""
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={MEGABYTES}m", "tmpfs", folder], check=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)


def fill(disk: Path, seconds: float) -> None:
    """Nothing can be written to a disk for some time."""
    ballast = disk / "ballast"
    with suppress(OSError), ballast.open("wb", buffering=0) as file:
        while True:
            file.write(b"\0" * BLOCK)
    with suppress(OSError), ballast.open("ab", buffering=0) as file:  # the last kilobytes
        while True:
            file.write(b"\0" * 512)
    time.sleep(seconds)
    ballast.unlink()


class Cluster:
    """A PostgreSQL server of its own, with all that keeps what it acknowledged: it waits for the disk."""

    def __init__(self, disk: Path):
        self.programs, self.data, self.folder = programs(), disk / "data", disk
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        if os.geteuid() == 0:
            shutil.chown(disk, "postgres")
        as_postgres(
            self.programs / "initdb", "-D", str(self.data), "-U", "ntm", "--auth=trust", "-E", "UTF8",
            "--locale=C.UTF-8", "--wal-segsize=4",
        )  # fmt: skip
        self.start()

    @property
    def url(self) -> str:
        return f"postgres://ntm@127.0.0.1:{self.port}/postgres"

    def start(self) -> None:
        options = (
            f"-c listen_addresses=127.0.0.1 -c port={self.port} -c unix_socket_directories=/tmp "
            "-c min_wal_size=8MB -c max_wal_size=64MB -c max_connections=60"
        )
        self._control("-l", "/dev/null", "-w", "-o", options, "start")

    def restart(self) -> None:
        """As when the power fails: it is not let finish anything."""
        with suppress(subprocess.CalledProcessError):
            self._control("-m", "immediate", "stop")
        self.start()

    def stop(self) -> None:
        with suppress(subprocess.CalledProcessError):
            self._control("-m", "immediate", "stop")

    def revive(self) -> None:
        """It comes back by itself after a crash; where its main process went too, somebody starts it."""
        if not (self.data / "postmaster.pid").exists():
            self.start()

    def cut(self) -> None:
        """Every connection of the portal ends in the middle of whatever it was doing."""
        with suppress(psycopg2.Error):
            connection = psycopg2.connect(self.url)
            connection.autocommit = True
            ours = "datname <> 'postgres' AND pid <> pg_backend_pid()"
            connection.cursor().execute(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {ours}")
            connection.close()

    def _control(self, *options: str) -> None:
        as_postgres(self.programs / "pg_ctl", "-D", str(self.data), *options)


def kill_worker(site: Production, chance: random.Random) -> None:
    """One of the processes that answer goes in the middle of what it answers."""
    master = chance.choice(site.masters)
    listed = subprocess.run(["pgrep", "-P", str(master.pid)], capture_output=True, text=True).stdout
    if workers := listed.split():
        with suppress(ProcessLookupError):
            os.kill(int(chance.choice(workers)), signal.SIGKILL)


def kill_portal(site: Production) -> None:
    site.stop(kill=True)
    site.start()


def harms_of(site: Production, disk: Path, cluster: Cluster | None, count: int, seed: int) -> list[Harm]:
    """So many faults of all kinds, in a random order; each returns when the portal answers again."""
    chance = random.Random(seed)
    kinds: list[Harm] = [
        lambda: kill_worker(site, chance),
        lambda: kill_worker(site, chance),
        lambda: kill_portal(site),
        lambda: fill(disk, chance.uniform(0.2, 1.0)),
    ]
    if cluster:
        kinds += [cluster.cut, cluster.cut, cluster.restart]
    chosen = [kinds[turn % len(kinds)] for turn in range(count)]
    chance.shuffle(chosen)
    return [_until_well(site, cluster, harm) for harm in chosen]


def _until_well(site: Production, cluster: Cluster | None, harm: Harm) -> Harm:
    def harmed() -> None:
        harm()
        until = time.monotonic() + PATIENCE
        while not _answers(site):
            assert time.monotonic() < until, "the portal does not come back"
            if cluster:
                cluster.revive()
            time.sleep(0.1)

    return harmed


def _answers(site: Production) -> bool:
    try:
        with urllib.request.urlopen(f"{site.url}/suc-khoe/", timeout=5) as answer:
            return answer.status == 200
    except OSError:
        return False
