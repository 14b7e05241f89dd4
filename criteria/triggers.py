"""The triggers by which the database itself refuses to change or remove an entry of the change log."""

TABLE = "criteria_changeevent"
MESSAGE = "Nhật ký thay đổi chỉ được ghi thêm."

CREATE = {
    "postgresql": [
        f"""CREATE FUNCTION refuse_log_change() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN RAISE EXCEPTION '{MESSAGE}'; END $$""",
        f"""CREATE TRIGGER log_is_append_only BEFORE UPDATE OR DELETE ON {TABLE}
            FOR EACH ROW EXECUTE FUNCTION refuse_log_change()""",
        f"""CREATE TRIGGER log_is_never_emptied BEFORE TRUNCATE ON {TABLE}
            FOR EACH STATEMENT EXECUTE FUNCTION refuse_log_change()""",
    ],
    "sqlite": [
        *(
            f"""CREATE TRIGGER log_no_{verb} BEFORE {verb} ON {TABLE}
                BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END"""
            for verb in ("UPDATE", "DELETE")
        ),
        # INSERT OR REPLACE removes the old row without asking the DELETE trigger.
        f"""CREATE TRIGGER log_no_REPLACE BEFORE INSERT ON {TABLE}
            WHEN EXISTS (SELECT 1 FROM {TABLE} WHERE id = NEW.id OR sequence = NEW.sequence)
            BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END""",
    ],
}
DROP = {
    "postgresql": [
        f"DROP TRIGGER IF EXISTS log_is_never_emptied ON {TABLE}",
        f"DROP TRIGGER IF EXISTS log_is_append_only ON {TABLE}",
        "DROP FUNCTION IF EXISTS refuse_log_change",
    ],
    "sqlite": [f"DROP TRIGGER IF EXISTS log_no_{verb}" for verb in ("UPDATE", "DELETE", "REPLACE")],
}


def create(connection) -> None:
    _run(connection, CREATE)


def drop(connection) -> None:
    _run(connection, DROP)


def _run(connection, statements: dict[str, list[str]]) -> None:
    with connection.cursor() as cursor:
        for statement in statements[connection.vendor]:
            cursor.execute(statement)
