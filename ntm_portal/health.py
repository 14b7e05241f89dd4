"""Whether the portal is well, for whoever watches the server: ``/suc-khoe/``."""

import shutil
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.http import JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from communes.accounts.policy import allow
from communes.models import Role

from .upkeep import nightly, store
from .upkeep.content import BackupError

OK, WARNING, FAIL = "ok", "warning", "fail"
GIGABYTE = 1024**3
LITTLE_SPACE, NO_SPACE = 5 * GIGABYTE, GIGABYTE // 2
A_NIGHT, TOO_LONG = timedelta(hours=26), timedelta(days=3)
SECONDS = 2  # for a question to the database
ESSENTIAL = ("database", "migrations")  # without these the portal answers nobody

Found = tuple[str, str]


@require_GET
@never_cache
@allow()
def health(request):
    """200 while the portal can serve, else 503. What is behind a state is told to a signed-in administrator only."""
    found = {name: check() for name, check in CHECKS.items()}
    states = {name: state for name, (state, _) in found.items()}
    answer: dict[str, object] = {"status": max(states.values(), key=[OK, WARNING, FAIL].index), **states}
    broken = any(states[name] == FAIL for name in ESSENTIAL)
    if not broken and _is_admin(request):
        answer["details"] = {name: detail for name, (_, detail) in found.items()}
    return JsonResponse(answer, status=503 if broken else 200, json_dumps_params={"ensure_ascii": False})


def _is_admin(request) -> bool:
    return request.user.is_authenticated and request.user.role == Role.ADMIN


def _database() -> Found:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                cursor.execute(f"SET LOCAL statement_timeout = '{SECONDS}s'")
            cursor.execute("SELECT 1")
    except DatabaseError as error:
        return FAIL, type(error).__name__
    return OK, connection.vendor


@cache
def _shipped() -> frozenset[tuple[str, str]]:
    return frozenset(MigrationLoader(None).disk_migrations)


def _migrations() -> Found:
    try:
        pending = sorted(_shipped() - MigrationRecorder(connection).applied_migrations().keys())
    except DatabaseError as error:
        return FAIL, type(error).__name__
    names = ", ".join(f"{app}.{name}" for app, name in pending)
    return (FAIL, f"Chưa chạy: {names}.") if pending else (OK, "Đã chạy đủ.")


def _disk() -> Found:
    """The fullest of the disks that the portal writes to."""
    places = [settings.BACKUP_DIR]
    if connection.vendor == "sqlite":
        places.append(Path(str(connection.settings_dict["NAME"])))
    try:
        free = min(shutil.disk_usage(_standing(place)).free for place in places)
    except OSError as error:
        return WARNING, type(error).__name__
    state = FAIL if free < NO_SPACE else WARNING if free < LITTLE_SPACE else OK
    return state, f"Còn trống {free // GIGABYTE} GB."


def _standing(place: Path) -> Path:
    return next(path for path in (place, *place.absolute().parents) if path.exists())


def _backup() -> Found:
    try:
        newest = next(iter(store.manifests(settings.BACKUP_DIR)), None)
        if newest is None:
            return WARNING, "Chưa có bản sao lưu nào."
        manifest = store.read_manifest(newest)
        if (settings.BACKUP_DIR / manifest.file).stat().st_size != manifest.size:
            return FAIL, f"Tệp {manifest.file} khác kích thước trong bản kê."
        age = timezone.now() - manifest.made
    except (OSError, BackupError, ValueError) as error:
        return FAIL, f"Không đọc được bản sao lưu mới nhất ({type(error).__name__})."
    state = FAIL if age > TOO_LONG else WARNING if age > A_NIGHT else OK
    return state, f"Bản mới nhất: {timezone.localtime(manifest.made):%H:%M %d/%m/%Y}."


def _summaries() -> Found:
    """What the last night's verify_summaries found; this page proves nothing itself."""
    try:
        record = nightly.last(settings.BACKUP_DIR)
        if record is None:
            return WARNING, "Chưa kiểm tra lần nào."
        at, well = datetime.fromisoformat(record["at"]), record["steps"]["verify_summaries"]["ok"]
    except (OSError, KeyError, TypeError, ValueError) as error:
        return FAIL, f"Không đọc được kết quả kiểm tra ({type(error).__name__})."
    state = FAIL if not well else WARNING if timezone.now() - at > A_NIGHT else OK
    return state, f"Kiểm tra lúc {timezone.localtime(at):%H:%M %d/%m/%Y}: {'đúng' if well else 'CÓ CHỖ SAI'}."


CHECKS: dict[str, Callable[[], Found]] = {
    "database": _database,
    "migrations": _migrations,
    "disk": _disk,
    "backup": _backup,
    "summaries": _summaries,
}
