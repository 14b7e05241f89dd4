"""The portal as an office serves it: two gunicorn on one port, on a scratch database, debug mode off."""

import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.site import ROOT, Site, scratch_database

INSTANCES = 2
SECONDS = 60
# What systemd does for a service with a socket: it hands the open port over as descriptor 3.
HANDED_OVER = """
import os, sys
os.dup2(int(sys.argv[1]), 3)
os.environ |= {"LISTEN_FDS": "1", "LISTEN_PID": str(os.getpid())}
os.execv(sys.argv[2], sys.argv[2:])
"""


class Production(Site):
    """``masters``: the main processes; systemd has them as ntm@1 and ntm@2, both on the port of ntm.socket."""

    def __init__(self, folder: Path, database_url: str):
        super().__init__(folder, database_url)
        self.masters: list[subprocess.Popen] = []
        self.listener = socket.create_server(("127.0.0.1", self.port), backlog=2048)
        self.notices = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.notices.bind(str(folder / "notify"))
        self.notices.settimeout(SECONDS)
        self.environment |= {
            "DEBUG": "false",
            "SECRET_KEY": "for a proof only, never for an office: " + "x" * 20,
            "ALLOWED_HOSTS": "127.0.0.1",
            "SSL_REDIRECT": "false",
            "STATIC_ROOT": str(folder / "static"),
            "BACKUP_DIR": str(folder / "backups"),
            "NOTIFY_SOCKET": str(folder / "notify"),
        }

    def start(self) -> None:
        self.masters = [self._master() for _ in range(INSTANCES)]

    def stop(self, kill: bool = False) -> None:
        for master in self.masters:
            self._end(master, kill)
        self.masters = []

    def close(self) -> None:
        self.stop()
        for opened in (self.listener, self.notices, self.log):
            opened.close()

    def roll(self) -> None:
        """Replace the running code: systemctl restart ntm@1 && systemctl restart ntm@2."""
        for place, master in enumerate(self.masters):
            self._end(master)
            self.masters[place] = self._master()

    def _end(self, master: subprocess.Popen, kill: bool = False) -> None:
        (master.kill if kill else master.terminate)()
        master.wait(SECONDS)

    def _master(self) -> subprocess.Popen:
        """Another main process, when a worker of it has said that it can serve."""
        self._forget_notices()
        port = self.listener.fileno()
        gunicorn = [sys.executable, "-m", "gunicorn", "--config", "deploy/gunicorn.conf.py"]
        master = subprocess.Popen(
            [sys.executable, "-c", HANDED_OVER, str(port), *gunicorn],
            cwd=ROOT,
            env=self.environment,
            pass_fds=[port],
            stdout=self.log,
            stderr=subprocess.STDOUT,
        )
        try:
            assert self.notices.recv(100) == b"READY=1"
        except TimeoutError:
            self._end(master, kill=True)
            self.log.seek(0)
            raise AssertionError(f"gunicorn does not start:\n{self.log.read()}") from None
        return master

    def _forget_notices(self) -> None:
        """The other workers of a main process say the same a little later."""
        self.notices.setblocking(False)
        with suppress(BlockingIOError):
            while True:
                self.notices.recv(100)
        self.notices.settimeout(SECONDS)


@contextmanager
def production(folder: Path, worker: str, **settings: str) -> Iterator[Production]:
    with scratch_database(folder, worker) as database_url:
        site = Production(folder, database_url)
        site.environment |= settings
        try:
            site.manage("migrate", "-v0")
            site.manage("collectstatic", "--noinput", "-v0")
            site.start()
            yield site
        finally:
            site.close()
