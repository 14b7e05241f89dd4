"""A backup of PostgreSQL: pg_dump and the hashes of all tables from one and the same snapshot."""

import hashlib
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from secrets import token_hex
from tempfile import TemporaryFile

import psycopg2
from django.db import connection, connections
from django.db.backends.postgresql.client import DatabaseClient

from .content import BackupError, Content

SUFFIX = ".dump"
PROGRAMS = Path("/usr/lib/postgresql")
SHOWN = 600
# How values are written down must not follow the habits of a role or a server.
PLAIN = (
    "SET DateStyle = 'ISO, DMY'; SET TimeZone = 'UTC'; SET IntervalStyle = 'postgres';"
    "SET bytea_output = 'hex'; SET extra_float_digits = 3"
)
TABLES = """SELECT oid, relname FROM pg_class
    WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace ORDER BY relname"""
COLUMNS = """SELECT attname, attcollation <> 0, attnum = ANY (coalesce(indkey, '')) FROM pg_attribute
    LEFT JOIN pg_index ON indrelid = attrelid AND indisprimary
    WHERE attrelid = %s AND attnum > 0 AND NOT attisdropped ORDER BY attname"""
TRIGGERS = """SELECT tgname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid
    WHERE NOT tgisinternal AND relnamespace = 'public'::regnamespace ORDER BY tgname"""
# In one transaction with what follows it. Somebody's open transaction shall not make us wait for ever.
EMPTIED = """BEGIN; SET lock_timeout = '30s';
DO $$ DECLARE item text; BEGIN
    FOR item IN SELECT oid::regclass FROM pg_class WHERE relkind IN ('r', 'p')
        AND relnamespace = 'public'::regnamespace
    LOOP EXECUTE 'DROP TABLE IF EXISTS ' || item || ' CASCADE'; END LOOP;
    FOR item IN SELECT oid::regprocedure FROM pg_proc WHERE pronamespace = 'public'::regnamespace
        AND NOT EXISTS (SELECT FROM pg_depend WHERE classid = 'pg_proc'::regclass AND objid = pg_proc.oid
                        AND deptype = 'e')
    LOOP EXECUTE 'DROP FUNCTION ' || item || ' CASCADE'; END LOOP;
END $$;
"""


def dump(target: Path) -> Content:
    """Write the database to ``target``; the content that belongs to exactly what was written."""
    with _session() as session, session.cursor() as cursor:
        cursor.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        cursor.execute("SELECT pg_export_snapshot()")
        snapshot = f"--snapshot={cursor.fetchone()[0]}"
        plain = ("--format=custom", "--no-owner", "--no-privileges")
        _run("pg_dump", *plain, snapshot, f"--file={target}", f"--dbname={_name()}")
        return _content(cursor)


def load(source: Path) -> None:
    """Put a backup in the place of what the database holds, in one transaction: all of it or nothing."""
    connections.close_all()
    psql = [_program("psql"), "-X", "-q", "-v", "ON_ERROR_STOP=1", f"--dbname={_name()}"]
    read = [_program("pg_restore"), "--no-owner", "--no-privileges", "--file=-", str(source)]
    with TemporaryFile() as told:
        writer = subprocess.Popen(psql, stdin=subprocess.PIPE, stdout=told, stderr=told, env=_environment())
        reader = subprocess.Popen(read, stdout=subprocess.PIPE, stderr=told, env=_environment())
        complete = _pass_on(reader, writer)
        if writer.wait() or not complete:
            told.seek(0)
            raise BackupError(f"Không khôi phục được; dữ liệu cũ còn nguyên. {_last(told.read())}")
    with _session() as session, session.cursor() as cursor:
        cursor.execute("ANALYZE")


def content() -> Content:
    return _content_of(_name())


def scratch(source: Path) -> Content:
    """Restore a backup into a scratch database, dropped afterwards; what it held."""
    name = f"ntm_verify_{token_hex(6)}"
    with _session() as session, session.cursor() as cursor:
        try:
            cursor.execute(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'")
        except psycopg2.errors.InsufficientPrivilege as error:
            raise BackupError("Vai trò của cổng trong PostgreSQL cần quyền CREATEDB.") from error
        try:
            _run("pg_restore", "--no-owner", "--no-privileges", "--exit-on-error", f"--dbname={name}", str(source))
            return _content_of(name)
        finally:
            cursor.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def server() -> str:
    with _session() as session, session.cursor() as cursor:
        cursor.execute("SHOW server_version")
        return f"PostgreSQL {cursor.fetchone()[0]}"


@contextmanager
def _session(name: str | None = None) -> Iterator:
    """A connection of its own, without a transaction until one is begun."""
    given = connection.get_connection_params()
    with closing(psycopg2.connect(**given | {"dbname": name or given["dbname"]})) as session:
        session.autocommit = True
        yield session


def _content_of(name: str) -> Content:
    with _session(name) as session, session.cursor() as cursor:
        cursor.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        return _content(cursor)


def _content(cursor) -> Content:
    cursor.execute(PLAIN)
    cursor.execute(TABLES)
    tables = {name: _read(cursor, oid, name) for oid, name in cursor.fetchall()}
    cursor.execute(TRIGGERS)
    return Content(tables, tuple(name for (name,) in cursor.fetchall()))


class _Sink:
    """Takes the rows as the server sends them, and keeps only their number and hash."""

    def __init__(self, start: str):
        self.digest, self.rows = hashlib.sha256(start.encode()), 0

    def write(self, data: bytes) -> None:
        self.digest.update(data)
        self.rows += data.count(b"\n")  # COPY writes a line feed inside a value as \n


def _read(cursor, oid: int, table: str) -> tuple[int, str]:
    cursor.execute(COLUMNS, [oid])
    columns = [(f'"{name}"', ' COLLATE "C"' * textual, key) for name, textual, key in cursor.fetchall()]
    names = ", ".join(name for name, *_ in columns)
    # The order of letters differs between servers, that of bytes does not.
    keys = ", ".join(name + order for name, order, key in columns if key) or 'whole::text COLLATE "C"'
    sink = _Sink(names)
    cursor.copy_expert(f'COPY (SELECT {names} FROM "{table}" AS whole ORDER BY {keys}) TO STDOUT', sink)
    return sink.rows, sink.digest.hexdigest()


def _pass_on(reader: subprocess.Popen, writer: subprocess.Popen) -> bool:
    """Hand the whole script over and commit it; without its end psql goes and nothing has changed."""
    script, psql = reader.stdout, writer.stdin
    assert script is not None
    assert psql is not None  # both were opened as pipes
    try:
        psql.write(EMPTIED.encode())
        shutil.copyfileobj(script, psql)
        complete = reader.wait() == 0
        if complete:
            psql.write(b"\nCOMMIT;\n")
        psql.close()
    except BrokenPipeError:
        complete = False
    script.close()
    reader.wait()
    return complete


def _run(program: str, *arguments: str) -> None:
    done = subprocess.run([_program(program), *arguments], env=_environment(), capture_output=True)
    if done.returncode:
        raise BackupError(f"{program} dừng với mã {done.returncode}. {_last(done.stderr)}")


def _program(name: str) -> str:
    """The newest of this machine: an older one refuses a newer server."""
    found = sorted(PROGRAMS.glob(f"*/bin/{name}"), key=lambda path: int(path.parts[-3]))
    program = str(found[-1]) if found else shutil.which(name)
    if program is None:
        raise BackupError(f"Máy này thiếu {name}; trên Debian: apt install postgresql-client.")
    return program


def _environment() -> dict[str, str]:
    """Where the database is and as whom, without the password in the list of processes."""
    given = connection.settings_dict
    _, private = DatabaseClient.settings_to_cmd_args_env(given, [])
    named = {"PGHOST": given["HOST"], "PGPORT": given["PORT"], "PGUSER": given["USER"]}
    return os.environ | (private or {}) | {key: str(value) for key, value in named.items() if value}


def _name() -> str:
    return str(connection.settings_dict["NAME"])


def _last(told: bytes) -> str:
    text = told.decode(errors="replace").strip()
    full = "No space left on device" in text
    return ("Hết chỗ trên đĩa. " if full else "") + text[-SHOWN:]
