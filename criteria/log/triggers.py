"""The triggers by which the database itself refuses to change or remove what is only ever added.

A migration that alters such a table lets SQLite build it anew, without its triggers: create them again after it.
"""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class AddedOnly:
    """A table without UPDATE, DELETE and TRUNCATE. ``name``: the beginning of the names of its triggers; ``same``: when
    a new row (``NEW``) would take the place of an old one; ``message``: what the writer is told."""

    name: str
    table: str
    same: str
    message: str

    def create(self, connection) -> None:
        _run(connection, {"postgresql": self._on_postgresql, "sqlite": self._on_sqlite}[connection.vendor]())

    def drop(self, connection) -> None:
        _run(connection, {"postgresql": self._off_postgresql, "sqlite": self._off_sqlite}[connection.vendor]())

    def _on_postgresql(self) -> list[str]:
        refuse = f"EXECUTE FUNCTION refuse_{self.name}_change()"
        return [
            f"""CREATE FUNCTION refuse_{self.name}_change() RETURNS trigger LANGUAGE plpgsql AS $$
                BEGIN RAISE EXCEPTION '{self.message}'; END $$""",
            f"""CREATE TRIGGER {self.name}_is_append_only BEFORE UPDATE OR DELETE ON {self.table}
                FOR EACH ROW {refuse}""",
            f"CREATE TRIGGER {self.name}_is_never_emptied BEFORE TRUNCATE ON {self.table} FOR EACH STATEMENT {refuse}",
        ]

    def _on_sqlite(self) -> list[str]:
        refuse = f"BEGIN SELECT RAISE(ABORT, '{self.message}'); END"
        # INSERT OR REPLACE removes the old row without asking the DELETE trigger.
        again = f"WHEN EXISTS (SELECT 1 FROM {self.table} WHERE id = NEW.id OR {self.same})"
        return [
            *(
                f"CREATE TRIGGER {self.name}_no_{verb} BEFORE {verb} ON {self.table} {refuse}"
                for verb in ("UPDATE", "DELETE")
            ),
            f"CREATE TRIGGER {self.name}_no_REPLACE BEFORE INSERT ON {self.table} {again} {refuse}",
        ]

    def _off_postgresql(self) -> list[str]:
        triggers = [f"{self.name}_is_never_emptied", f"{self.name}_is_append_only"]
        dropped = [f"DROP TRIGGER IF EXISTS {trigger} ON {self.table}" for trigger in triggers]
        return [*dropped, f"DROP FUNCTION IF EXISTS refuse_{self.name}_change"]

    def _off_sqlite(self) -> list[str]:
        return [f"DROP TRIGGER IF EXISTS {self.name}_no_{verb}" for verb in ("UPDATE", "DELETE", "REPLACE")]


def _run(connection, statements: Iterable[str]) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


TABLE = "criteria_changeevent"
MESSAGE = "Nhật ký thay đổi chỉ được ghi thêm."
LOG = AddedOnly("log", TABLE, "sequence = NEW.sequence", MESSAGE)
create, drop = LOG.create, LOG.drop
