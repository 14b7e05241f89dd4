"""A backup is whole, private and proved; restoring it gives back exactly what it held, or changes nothing."""

import json
import sqlite3
import stat

import psycopg2
import pytest

from ntm_portal.upkeep import nightly, postgres, store
from ntm_portal.upkeep.content import BackupError, Content, differences
from tests.site import running
from tests.soak import drill

from .making import WORKER, empty_office, filled_office

EVENTS = "SELECT count(*), max(sequence) FROM criteria_changeevent"
REFUSED = (sqlite3.IntegrityError, psycopg2.errors.RaiseException)


@pytest.fixture(scope="module")
def office(tmp_path_factory):
    """The trial data, and the folder of its backups."""
    with filled_office(tmp_path_factory.mktemp("office"), "backup") as office:
        yield office


@pytest.fixture(scope="module")
def file(office):
    return office.backup()


@pytest.fixture
def elsewhere(tmp_path):
    """An empty database on another machine, so to say."""
    with empty_office(tmp_path / "elsewhere", "elsewhere") as office:
        yield office


@pytest.fixture
def copy(file, tmp_path):
    """The backup carried elsewhere, to be spoiled there."""
    for path in (file, store.manifest_path(file)):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    return tmp_path / file.name


def describe(file, **other):
    """Let the manifest say something else."""
    path = store.manifest_path(file)
    path.write_text(json.dumps(json.loads(path.read_text()) | other))


def test_a_backup_is_private_and_says_what_it_holds(office, file):
    manifest = store.read(file)
    assert {stat.S_IMODE(path.stat().st_mode) for path in office.backups.glob("ntm-*")} == {0o600}
    assert stat.S_IMODE(office.backups.stat().st_mode) == 0o700
    for table, (rows, _) in manifest.tables.items():
        assert office.ask(f'SELECT count(*) FROM "{table}"') == [(rows,)], table
    assert {"criteria_result", "criteria_changeevent", "communes_session"} <= manifest.tables.keys()
    assert "criteria.0001_initial" in manifest.migrations
    assert any(name.startswith("log_") for name in manifest.triggers)


def test_a_good_backup_is_proved_in_a_scratch_database(office, file):
    assert office.attempt("verify_backup", str(file)) == (0, "0 chỗ khác.\n")
    assert office.ask("SELECT 1") == [(1,)]
    if office.url.startswith("postgres"):
        assert not office.ask("SELECT datname FROM pg_database WHERE datname LIKE 'ntm_verify_%'")


def test_what_differs_is_listed(office, copy):
    tables = store.read(copy).tables
    rows, known = tables["criteria_result"]
    describe(copy, tables=tables | {"criteria_result": (rows, "0" * 64), "communes_commune": (1, known)})
    code, said = office.attempt("verify_backup", str(copy))
    assert code == 1
    assert said.splitlines()[0].startswith("Bảng communes_commune: 1 dòng khi sao lưu, ")
    assert said.splitlines()[1:] == [f"Bảng criteria_result: cùng {rows} dòng nhưng khác giá trị.", "2 chỗ khác."]


def test_every_kind_of_difference_has_its_line():
    then = Content({"a": (1, "x"), "b": (1, "x")}, ("no_update",))
    assert differences(then, then) == []
    found = differences(then, Content({"b": (1, "y"), "c": (0, "")}, ()))
    assert found == [
        "Bảng a: thiếu.",
        "Bảng b: cùng 1 dòng nhưng khác giá trị.",
        "Bảng c: thừa.",
        "Thiếu chốt chặn no_update.",
    ]


def test_a_restored_database_is_the_same_and_can_be_worked_with(office, file, elsewhere):
    said = elsewhere.manage("restore", str(file))
    assert "Số dòng và mã băm của mọi bảng khớp bản kê." in said
    assert said.endswith("Khôi phục xong.\n")
    assert elsewhere.ask(EVENTS) == office.ask(EVENTS)
    for change in ("UPDATE criteria_changeevent SET source = 'x'", "DELETE FROM criteria_changeevent"):
        with pytest.raises(REFUSED, match="chỉ được ghi thêm"):
            elsewhere.ask(change)
    elsewhere.manage("open_round", "--year", "2018")  # new rows get numbers that are free
    elsewhere.manage("verify_log")


def test_data_is_replaced_only_when_asked_and_saved_before(file, elsewhere):
    elsewhere.manage("restore", str(file))
    elsewhere.ask("UPDATE communes_officer SET full_name = 'Đã sửa'")
    code, said = elsewhere.attempt("restore", str(file))
    assert (code, "--replace" in said) == (1, True)
    assert elsewhere.ask("SELECT DISTINCT full_name FROM communes_officer") == [("Đã sửa",)]
    elsewhere.manage("restore", str(file), "--replace")
    assert ("Đã sửa",) not in elsewhere.ask("SELECT full_name FROM communes_officer")
    (saved,) = elsewhere.backups.glob(f"ntm-*{file.suffix}")
    (line,) = differences(store.read(file).content, store.read(saved).content)
    assert line.startswith("Bảng communes_officer: cùng ")
    elsewhere.manage("restore", str(saved), "--replace")
    assert elsewhere.ask("SELECT DISTINCT full_name FROM communes_officer") == [("Đã sửa",)]


def test_a_file_that_was_changed_is_refused(office, copy):
    content = bytearray(copy.read_bytes())
    content[len(content) // 2] ^= 1
    copy.write_bytes(content)
    for command in (["verify_backup", str(copy)], ["restore", str(copy), "--replace"]):
        code, said = office.attempt(*command)
        assert (code, "SHA-256" in said) == (1, True)


@pytest.mark.parametrize("share", [0.67, 0.0001])
def test_a_restoration_that_fails_leaves_the_data_as_it_was(office, copy, share):
    """As if it had been cut off before its checksum was taken."""
    content = copy.read_bytes()[: int(copy.stat().st_size * share)]
    copy.write_bytes(content)
    describe(copy, size=len(content), sha256=store.checksum(copy))
    before = office.ask(EVENTS)
    code, said = office.attempt("restore", str(copy), "--replace")
    assert (code, "Traceback" in said) == (1, False)
    assert office.ask(EVENTS) == before
    office.manage("verify_log")


def test_a_backup_of_a_newer_portal_is_refused(office, copy):
    describe(copy, migrations=["reports.9999_future"])
    code, said = office.attempt("restore", str(copy), "--replace")
    assert code == 1
    assert "phiên bản mới hơn của cổng (reports.9999_future)" in said


def test_a_backup_that_names_a_library_which_the_portal_no_longer_has_is_restored(office, copy, elsewhere):
    describe(copy, migrations=["communes.0001_initial", "otp_static.0001_initial"])
    assert office.attempt("verify_backup", str(copy))[0] == 0


def test_a_backup_of_another_kind_of_database_is_refused(office, copy):
    describe(copy, engine="mysql")
    assert office.attempt("restore", str(copy), "--replace")[0] == 1


def test_a_backup_of_an_older_portal_is_brought_up_to_date(elsewhere):
    elsewhere.manage("migrate", "reports", "0003", "-v0")
    file = elsewhere.backup()
    elsewhere.manage("migrate", "-v0")
    said = elsewhere.manage("restore", str(file), "--replace")
    assert "Đã nâng cấp cấu trúc: " in said
    assert "reports.0004_issued_triggers" in said
    assert "[ ]" not in elsewhere.manage("showmigrations")


def test_old_backups_go_after_a_good_new_one_only(office, file, tmp_path):
    into = ["backup", "--to", str(tmp_path / "kept"), "--keep", "1"]
    for _ in range(2):
        office.manage(*into)
    (described,) = store.manifests(tmp_path / "kept")
    code, said = office.attempt(*into, limit="100")
    assert (code, "Traceback" in said) == (1, False)
    assert said.startswith("CommandError: ")
    left = {path.name for path in (tmp_path / "kept").iterdir()}
    assert left == {".lock", described.name, store.read_manifest(described).file}


def test_two_backups_at_once_do_not_mix(tmp_path):
    with store.locked(tmp_path), pytest.raises(BackupError, match="một lần sao lưu khác"), store.locked(tmp_path):
        pass


def test_a_missing_program_is_named(monkeypatch, tmp_path):
    monkeypatch.setattr(postgres, "PROGRAMS", tmp_path)
    monkeypatch.setenv("PATH", "")
    with pytest.raises(BackupError, match="thiếu pg_dump; trên Debian: apt install postgresql-client"):
        postgres._program("pg_dump")


def test_the_night_tries_every_step_and_records_each(file, elsewhere):
    elsewhere.manage("restore", str(file))
    assert elsewhere.attempt("nightly")[0] == 0
    elsewhere.ask("UPDATE criteria_assessment SET met_count = met_count + 1")
    code, said = elsewhere.attempt("nightly", "--keep", "1")
    assert (code, "verify_summaries: KHÔNG ĐẠT" in said) == (1, True)
    record = json.loads((elsewhere.backups / "nightly.json").read_text())
    assert {name: step["ok"] for name, step in record["steps"].items()} == {
        "backup": True,
        "verify_backup": True,
        "verify_summaries": False,
        "verify_log": True,
        "clear_sessions": True,
    }
    assert len(store.manifests(elsewhere.backups)) == 1


def test_the_night_proves_the_backup_that_it_made(monkeypatch, tmp_path):
    """A backup that was never restored anywhere may be none: its faults make the night a bad one."""
    made, proved, said = tmp_path / "ntm-20260101-000000.sqlite3", [], []
    monkeypatch.setattr(nightly.backup, "make", lambda folder, keep: made)
    monkeypatch.setattr(nightly.backup, "verify", lambda file: proved.append(file) or ["Bảng x: thiếu."])
    monkeypatch.setattr(nightly.backup, "run_check", lambda command: [])
    monkeypatch.setattr(nightly, "call_command", lambda command: None)
    assert not nightly.run(tmp_path, 1, said.append)
    assert proved == [made]
    assert "  Bảng x: thiếu." in said
    assert {name for name, step in nightly.last(tmp_path)["steps"].items() if not step["ok"]} == {"verify_backup"}


def test_backups_taken_while_people_write_come_back_equal(tmp_path):
    with running(tmp_path, f"drill_{WORKER}") as site:
        drills = drill.run(site, tmp_path, rounds=2)
    assert [fault for done in drills for fault in done.faults] == []
    assert all(done.events for done in drills), "nobody wrote meanwhile"
