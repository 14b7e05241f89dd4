"""Making a backup, proving one, and restoring it."""

import errno
import platform
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import StringIO
from pathlib import Path
from types import ModuleType

import django
from django.core.management import call_command
from django.db import DatabaseError, connection, connections
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from . import sqlite, store
from .content import BackupError, differences
from .store import Manifest

Say = Callable[[str], None]
# What a database holds right after `migrate`, before anybody has worked with it.
FROM_MIGRATE = {"django_migrations", "django_content_type", "auth_permission"}
CHECKS = {"verify_log": "nhật ký thay đổi", "verify_summaries": "kết luận và tổng hợp"}
HOLDS_DATA = "Cơ sở dữ liệu đang có dữ liệu (bảng {}). Thêm --replace để thay (hiện trạng được sao lưu trước)."
RETIRED = frozenset({"otp_static"})  # libraries of earlier versions of the portal; its migrations clear up after them
NEWER = "Bản sao lưu thuộc phiên bản mới hơn của cổng ({}); hãy cập nhật mã nguồn trước."
FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def make(folder: Path, keep: int | None = None) -> Path:
    """Back the database up into ``folder``; the new file. Older ones beyond ``keep`` go. Raises ``BackupError``."""
    engine = _engine()
    with _explained(), store.locked(folder):
        with store.new_file(folder, engine.SUFFIX) as (part, final):
            made_at = timezone.localtime()
            content = engine.dump(part)
            manifest = Manifest(
                file=final.name,
                made_at=made_at.isoformat(timespec="seconds"),
                engine=connection.vendor,
                versions={
                    "database": engine.server(),
                    "django": django.__version__,
                    "python": platform.python_version(),
                },
                size=part.stat().st_size,
                sha256=store.checksum(part),
                migrations=_applied(),
                tables=content.tables,
                triggers=list(content.triggers),
            )
            store.publish(part, final, manifest)
        if keep:
            store.remove_old(folder, keep)
    return final


def verify(file: Path) -> list[str]:
    """Restore a backup into a scratch database; in what it differs from its manifest. Raises ``BackupError``."""
    with _explained():
        manifest = _read(file)
        return differences(manifest.content, _engine().scratch(file))


def restore(file: Path, folder: Path, replace: bool, say: Say) -> list[str]:
    """Put a backup in the place of what the database holds; what is not as it should be. Raises ``BackupError``.

    What was there is backed up into ``folder`` before it is replaced.
    """
    with _explained():
        manifest = _read(file)
        say(f"Mã SHA-256 của {file.name} đúng (sao lưu lúc {manifest.made:%H:%M %d/%m/%Y}).")
        _make_room(folder, replace, say)
        _engine().load(file)
        say(f"Đã khôi phục {len(manifest.tables)} bảng, {manifest.rows} dòng.")
        found = differences(manifest.content, _engine().content())
    if found:
        return found
    say("Số dòng và mã băm của mọi bảng khớp bản kê.")
    _migrate(say)
    return _check(say)


def _read(file: Path) -> Manifest:
    manifest = store.read(file)
    if manifest.engine != connection.vendor:
        raise BackupError(f"Bản sao lưu của {manifest.engine}, cơ sở dữ liệu này là {connection.vendor}.")
    known = {f"{app}.{name}" for app, name in MigrationLoader(None).disk_migrations}
    unknown = (name for name in manifest.migrations if name not in known and name.partition(".")[0] not in RETIRED)
    if newer := min(unknown, default=None):
        raise BackupError(NEWER.format(newer))
    return manifest


def _make_room(folder: Path, replace: bool, say: Say) -> None:
    filled = next(_filled_tables(), None)
    if filled and not replace:
        raise BackupError(HOLDS_DATA.format(filled))
    if filled:
        say(f"Đã sao lưu hiện trạng vào {make(folder)}.")


def _filled_tables() -> Iterator[str]:
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            if table not in FROM_MIGRATE:
                cursor.execute(f"SELECT 1 FROM {connection.ops.quote_name(table)} LIMIT 1")
                if cursor.fetchone():
                    yield table


def _migrate(say: Say) -> None:
    before = set(_applied())
    call_command("migrate", interactive=False, verbosity=0)
    added = sorted(set(_applied()) - before)
    say(f"Đã nâng cấp cấu trúc: {', '.join(added)}." if added else "Cấu trúc đã là bản mới nhất.")


def _check(say: Say) -> list[str]:
    faults = []
    for command, name in CHECKS.items():
        lines = run_check(command)
        faults += lines
        if not lines:
            say(f"Kiểm tra {name}: đúng ({command}).")
    return faults


def run_check(command: str) -> list[str]:
    """What a command that proves something has printed when it found faults; nothing when all is well."""
    told = StringIO()
    try:
        call_command(command, stdout=told)
    except SystemExit:
        return told.getvalue().splitlines()
    return []


def _applied() -> list[str]:
    return sorted(f"{app}.{name}" for app, name in MigrationRecorder(connection).applied_migrations())


def _engine() -> ModuleType:
    if connection.vendor == "sqlite":
        return sqlite
    from . import postgres  # its driver is asked for only where it is used

    return postgres


@contextmanager
def _explained() -> Iterator[None]:
    """Errors of the disk and the database as a message for the technician."""
    try:
        yield
    except OSError as error:
        reason = "Hết chỗ trên đĩa." if error.errno in FULL else "Không đọc hoặc ghi được tệp."
        raise BackupError(f"{reason} ({error})") from error
    except _database_errors() as error:
        reason = "Hết chỗ trên đĩa" if "full" in str(error) else "Lỗi cơ sở dữ liệu hoặc đĩa"
        raise BackupError(f"{reason}: {error}") from error


def _database_errors() -> tuple[type[Exception], ...]:
    driver = connections["default"].Database  # type: ignore[attr-defined]  # every back end has it, no type says so
    return sqlite3.Error, DatabaseError, driver.Error
