"""What all actions share: the change log, and rows that are inserted or updated at once."""

import json

from django.core.exceptions import ValidationError
from django.db import connection
from django.db.models import Model
from django.utils import timezone

from criteria.log import chain
from criteria.models import AssessmentRound, ChangeEvent, LogHead, Via

BATCH = 2000
_EXTRACT = "json_extract(value, '$.{}')"


def log(events: list[ChangeEvent]) -> None:
    """Append to the change log, chained to its head; the last thing of a transaction, for writers queue here."""
    if not events:
        return
    head, _ = LogHead.objects.select_for_update().get_or_create(pk=1)
    for event in events:
        head.sequence += 1
        event.sequence, event.previous = head.sequence, head.hash
        event.hash = head.hash = chain.link(event.previous, event.sequence, vars(event))
    ChangeEvent.objects.bulk_create(events, BATCH)
    head.save()


def event(round: AssessmentRound, commune_id: int | None, changes: dict, by, via: Via, reason: str = "") -> ChangeEvent:
    return ChangeEvent(
        at=timezone.now(), by=by, via=via, year=round.year, round=round, commune_id=commune_id, reason=reason,
        changes=changes,
    )  # fmt: skip


def aside(
    year: int, round: AssessmentRound | None, commune_id: int | None, changes: dict, by, via: Via, source: str = "",
    reason: str = "",
) -> ChangeEvent:  # fmt: skip
    """An entry about what stands beside the assessments: money, decisions, assignments."""
    return ChangeEvent(
        at=timezone.now(), by=by, via=via, year=year, round=round, commune_id=commune_id, source=source[:200],
        reason=reason[:300], changes=changes,
    )  # fmt: skip


def year_ends(province_id: int) -> list[AssessmentRound]:
    """The year-end rounds of a province, the latest first. One query."""
    return list(AssessmentRound.objects.year_end().filter(province=province_id).order_by("-as_of"))


def round_for(rounds: list[AssessmentRound], year: int | None) -> AssessmentRound | None:
    """The round under which an entry about a year is found: that of the year, else the first of ``rounds``."""
    return next((round for round in rounds if round.year == year), rounds[0] if rounds else None)


def upsert(rows: list, keys: tuple[str, ...], values: tuple[str, ...]) -> None:
    """Insert rows, or update ``values`` of those whose ``keys`` exist: one query per ``BATCH``."""
    if rows:
        type(rows[0]).objects.bulk_create(
            rows, BATCH, update_conflicts=True, unique_fields=list(keys), update_fields=list(values)
        )


def upsert_values(model: type[Model], rows: list[dict[str, object]], keys: tuple[str, ...]) -> None:
    """``upsert`` for plain rows by column, all alike, without instances: one query per ``BATCH``.

    The values of a sheet travel as one JSON parameter, which the database unfolds itself: for the thousands of results
    of an import that takes a third of the time of ``bulk_create``. For numbers, text and keys only.
    """
    if not rows:
        return
    table, names = model._meta.db_table, list(rows[0])
    columns, updated = ", ".join(names), ", ".join(f"{name} = excluded.{name}" for name in names if name not in keys)
    unfolded = {
        "postgresql": f"SELECT {columns} FROM json_populate_recordset(NULL::{table}, %s::json)",
        "sqlite": f"SELECT {', '.join(map(_EXTRACT.format, names))} FROM json_each(%s) WHERE true",
    }[connection.vendor]
    statement = f"INSERT INTO {table} ({columns}) {unfolded} ON CONFLICT ({', '.join(keys)}) DO UPDATE SET {updated}"
    with connection.cursor() as cursor:
        for start in range(0, len(rows), BATCH):
            cursor.execute(statement, [json.dumps(rows[start : start + BATCH], default=str, ensure_ascii=False)])


def require_open(round: AssessmentRound) -> None:
    """Asked after the rows are locked: closing locks the same rows first. Raises ``ValidationError``."""
    if AssessmentRound.objects.filter(pk=round.pk, closed_at__isnull=False).exists():
        raise ValidationError(f"Kỳ đánh giá {round} đã khóa.")
