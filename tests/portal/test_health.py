"""The health page: a short answer for whoever watches, what is behind it for the administrator only."""

import json
from datetime import timedelta

import pytest
from django.db import OperationalError
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils import timezone

from ntm_portal import health
from ntm_portal.upkeep import nightly, store
from ntm_portal.upkeep.store import Manifest

ADDRESS = "/suc-khoe/"
ITEMS = {"status", "database", "migrations", "disk", "backup", "summaries"}
FRESH, OLD, VERY_OLD = timedelta(hours=1), timedelta(hours=30), timedelta(days=4)


@pytest.fixture
def folder(settings, tmp_path, monkeypatch):
    """The folder of backups, on a disk with room."""
    settings.BACKUP_DIR = tmp_path / "not" / "yet" / "made"
    monkeypatch.setattr(health.shutil, "disk_usage", lambda path: Disk(100 * health.GIGABYTE))
    return settings.BACKUP_DIR


class Disk:
    def __init__(self, free: int):
        self.free = free


def put_backup(folder, age: timedelta, size: int = 4) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "ntm-20260101-000000.dump").write_bytes(b"data")
    made = (timezone.now() - age).isoformat()
    manifest = Manifest("ntm-20260101-000000.dump", made, "sqlite", {}, size, "", [], {}, [])
    fields = {name: getattr(manifest, name) for name in Manifest.__slots__}
    (folder / "ntm-20260101-000000.json").write_text(json.dumps(fields))


def put_night(folder, age: timedelta, ok: bool = True) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    record = {"at": (timezone.now() - age).isoformat(), "steps": {"verify_summaries": {"ok": ok, "seconds": 1}}}
    (folder / nightly.RECORD).write_text(json.dumps(record))


@pytest.mark.django_db
def test_all_is_well(client, folder):
    put_backup(folder, FRESH)
    put_night(folder, FRESH)
    answer = client.get(ADDRESS)
    assert (answer.status_code, answer.json()) == (200, dict.fromkeys(ITEMS, "ok"))
    assert "no-store" in answer["Cache-Control"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("spoil", "item", "state"),
    [
        (lambda folder: (folder / "ntm-20260101-000000.json").unlink(), "backup", "warning"),
        (lambda folder: put_backup(folder, OLD), "backup", "warning"),
        (lambda folder: put_backup(folder, VERY_OLD), "backup", "fail"),
        (lambda folder: put_backup(folder, FRESH, size=5), "backup", "fail"),
        (lambda folder: (folder / "ntm-20260101-000000.dump").unlink(), "backup", "fail"),
        (lambda folder: (folder / "ntm-20260101-000000.json").write_text("{"), "backup", "fail"),
        (lambda folder: (folder / nightly.RECORD).unlink(), "summaries", "warning"),
        (lambda folder: put_night(folder, OLD), "summaries", "warning"),
        (lambda folder: put_night(folder, FRESH, ok=False), "summaries", "fail"),
        (lambda folder: (folder / nightly.RECORD).write_text('{"at": 1}'), "summaries", "fail"),
    ],
)
def test_what_waits_for_the_technician_does_not_close_the_portal(client, folder, spoil, item, state):
    put_backup(folder, FRESH)
    put_night(folder, FRESH)
    spoil(folder)
    answer = client.get(ADDRESS)
    assert answer.status_code == 200
    assert answer.json() == dict.fromkeys(ITEMS, "ok") | {"status": state, item: state}


@pytest.mark.django_db
@pytest.mark.parametrize(("free", "state"), [(6, "ok"), (4, "warning"), (0, "fail")])
def test_the_disk(client, folder, monkeypatch, free, state):
    monkeypatch.setattr(health.shutil, "disk_usage", lambda path: Disk(free * health.GIGABYTE))
    assert client.get(ADDRESS).json()["disk"] == state


@pytest.mark.django_db
def test_a_migration_that_was_not_run_fails(client, folder, monkeypatch):
    shipped = health._shipped()
    monkeypatch.setattr(health, "_shipped", lambda: shipped | {("reports", "9999_future")})
    answer = client.get(ADDRESS)
    assert (answer.status_code, answer.json()["migrations"]) == (503, "fail")
    assert answer.json()["database"] == "ok"


@pytest.mark.django_db
def test_a_database_that_does_not_answer_fails(client, folder, monkeypatch):
    def refuse(self, *args, **kwargs):
        raise OperationalError("secret host")

    with monkeypatch.context() as broken:
        broken.setattr(BaseDatabaseWrapper, "cursor", refuse)
        answer = client.get(ADDRESS)
    assert answer.status_code == 503
    assert {answer.json()[name] for name in ("status", "database", "migrations")} == {"fail"}
    assert "secret" not in answer.content.decode()


@pytest.mark.parametrize("who", ["staff", "leader", "daitu", "viewer"])
def test_only_the_administrator_is_told_more(client, client_of, folder, admin, who, request):
    others = (client, client_of(request.getfixturevalue(who)))
    assert all(other.get(ADDRESS).json().keys() == ITEMS for other in others)
    told = client_of(admin).get(ADDRESS).json()
    assert told.keys() == ITEMS | {"details"}
    assert told["details"]["backup"] == "Chưa có bản sao lưu nào."


@pytest.mark.django_db
def test_looking_is_cheap(client, folder, django_assert_max_num_queries):
    health._shipped()
    with django_assert_max_num_queries(8) as seen:
        client.get(ADDRESS)
    assert not [query for query in seen.captured_queries if "criteria_" in query["sql"]]


def test_the_newest_backup_counts(folder):
    folder.mkdir(parents=True)
    for name in ("ntm-20260101-000000.json", "ntm-20251231-235959.json", "nightly.json"):
        (folder / name).touch()
    assert [path.name for path in store.manifests(folder)] == ["ntm-20260101-000000.json", "ntm-20251231-235959.json"]
