"""A backup of SQLite: a copy of the file as it stood at one moment, whoever writes meanwhile."""

import hashlib
import os
import sqlite3
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from django.db import connection, connections

from .content import BackupError, Content

SUFFIX = ".sqlite3"
PATIENCE = 60  # seconds in which a busy database has to let a copy through
BUSY = "Cơ sở dữ liệu đang bị khóa; hãy dừng cổng thông tin rồi làm lại."


def dump(target: Path) -> Content:
    """Copy the database to ``target``; the content of the copy."""
    with closing(_open(_name())) as live, closing(sqlite3.connect(target)) as copy:
        live.backup(copy, progress=_patience())
        copy.execute("PRAGMA journal_mode=DELETE")  # one file, without the write-ahead log beside it
    return content_of(target)


def load(source: Path) -> None:
    """Put a backup in the place of what the database holds, all of it or nothing."""
    connections.close_all()
    with closing(_open(source)) as copy, closing(sqlite3.connect(_name(), timeout=PATIENCE)) as live:
        copy.backup(live, progress=_patience())


def content() -> Content:
    return content_of(Path(_name()))


def scratch(source: Path) -> Content:
    """Restore a backup into a scratch database; what that then holds."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "scratch.sqlite3"
        with closing(_open(source)) as copy, closing(sqlite3.connect(path)) as restored:
            copy.backup(restored, progress=_patience())
        return content_of(path)


def server() -> str:
    return f"SQLite {sqlite3.sqlite_version}"


def content_of(path: Path) -> Content:
    with closing(_open(path)) as database:
        database.text_factory = bytes
        database.execute("BEGIN")
        found = database.execute("SELECT type, name FROM sqlite_master ORDER BY name").fetchall()
        names = [(kind.decode(), name.decode()) for kind, name in found]
        tables = {name: _read(database, name) for kind, name in names if kind == "table" and _is_data(name)}
        return Content(tables, tuple(name for kind, name in names if kind == "trigger"))


def _is_data(table: str) -> bool:
    return not table.startswith("sqlite_") or table == "sqlite_sequence"


def _read(database: sqlite3.Connection, table: str) -> tuple[int, str]:
    columns = database.execute(f'PRAGMA table_info("{table}")').fetchall()
    names = sorted(f'"{row[1].decode()}"' for row in columns)
    keys = [f'"{row[1].decode()}"' for row in columns if row[5]] or names
    digest, count = hashlib.sha256(",".join(names).encode()), 0
    cursor = database.execute(f'SELECT {", ".join(names)} FROM "{table}" ORDER BY {", ".join(keys)}')
    for row in cursor:  # one by one: a kept file is megabytes
        count += 1
        # Only numbers, bytes and None are in here: the same text in every version of Python.
        digest.update(repr(row).encode())
    return count, digest.hexdigest()


def _name() -> str:
    """The file's path. Raises ``BackupError`` where there is none."""
    name = str(connection.settings_dict["NAME"])
    if not os.path.isfile(name):
        raise BackupError(f"Không có tệp cơ sở dữ liệu {name}.")
    return name


def _open(path: Path | str) -> sqlite3.Connection:
    return sqlite3.connect(f"{Path(path).absolute().as_uri()}?mode=ro", uri=True, timeout=PATIENCE)


def _patience() -> Callable[..., None]:
    until = time.monotonic() + PATIENCE

    def ask(status: int, remaining: int, total: int) -> None:
        if status in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED) and time.monotonic() > until:
            raise BackupError(BUSY)

    return ask
