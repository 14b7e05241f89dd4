"""A database of the first days goes through every migration since without losing a value."""

from .making import empty_office

ROOMS = ("communes", "criteria", "reports")
SINCE = ("criteria_upload", "reports_directive", "reports_issuedreport")


def rows(office, table: str, columns: str) -> list[tuple]:
    return sorted(office.ask(f'SELECT {columns} FROM "{table}"'), key=repr)


def columns_of(office, table: str) -> str:
    if office.url.startswith("postgres"):
        asked = f"SELECT column_name FROM information_schema.columns WHERE table_name = '{table}'"
    else:
        asked = f"SELECT name FROM pragma_table_info('{table}')"
    return ", ".join(f'"{name}"' for (name,) in sorted(office.ask(asked)))


def tables_of(office) -> list[str]:
    if office.url.startswith("postgres"):
        asked = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
    else:
        asked = "SELECT name FROM sqlite_master WHERE type = 'table'"
    return sorted(name for (name,) in office.ask(asked) if name.startswith(ROOMS))


def test_rows_of_the_first_migrations_arrive_unchanged(tmp_path):
    with empty_office(tmp_path / "office", "upgrade") as office:
        office.manage("migrate", "-v0")
        office.manage("first_run")
        for room in reversed(ROOMS):  # back to the first days, with the rows that were known then
            office.manage("migrate", room, "0001", "-v0")
        then = {table: columns_of(office, table) for table in tables_of(office)}
        before = {table: rows(office, table, columns) for table, columns in then.items()}
        assert not {*SINCE} & then.keys()
        assert all(len(before[f"{name}"]) > 100 for name in ("communes_commune", "criteria_result"))
        office.manage("migrate", "-v0")
        lost = [table for table, columns in then.items() if rows(office, table, columns) != before[table]]
        assert lost == []
        assert {*SINCE} <= {*tables_of(office)}
        office.manage("verify_log")
        office.manage("verify_summaries")
