"""A database of the first days goes through every migration since without losing a value."""

from importlib import import_module

import pytest
from django.apps import apps

from communes.migrations._province import at_work
from communes.models import Department, Province
from tests.reports.making import make_province

from .making import filled_office

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
    with filled_office(tmp_path / "office", "upgrade") as office:
        for room in reversed(ROOMS):  # back to the first days, with the rows that were known then
            office.manage("migrate", room, "0001", "-v0")
        office.ask("INSERT INTO communes_department (name) VALUES ('Ban Dân tộc')")
        then = {table: columns_of(office, table) for table in tables_of(office)}
        before = {table: rows(office, table, columns) for table, columns in then.items()}
        assert not {*SINCE} & then.keys()
        assert all(len(before[f"{name}"]) > 100 for name in ("communes_commune", "criteria_result"))
        office.manage("migrate", "-v0")
        lost = [table for table, columns in then.items() if rows(office, table, columns) != before[table]]
        assert lost == []
        assert {*SINCE} <= {*tables_of(office)}
        assert office.ask("SELECT name FROM communes_department WHERE province_id IS NOT NULL") == [("Ban Dân tộc",)]
        office.manage("verify_log")
        office.manage("verify_summaries")


@pytest.mark.django_db
def test_where_several_provinces_were_served_documents_are_of_the_first_at_work_and_departments_stay_shared(province):
    Province.objects.create(pk=0, code="80", name="Chưa có kỳ nào", region=province.region)
    make_province(3, 1)
    assert at_work(apps).pk == province.pk
    Department.objects.create(name="Ban Dân tộc")
    import_module("communes.migrations.0006_department_province").give_to_the_only_province(apps, None)
    assert not Department.objects.exclude(province=None).exists()
