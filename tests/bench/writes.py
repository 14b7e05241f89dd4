"""Bars 5 and 7: importing a sheet and saving a commune, against bare upserts of the same values."""

import io
from collections.abc import Callable
from itertools import chain, cycle

from django.db import connection, transaction
from django.utils import timezone

from communes.models import Officer
from criteria import actions
from criteria.intake import importing
from criteria.judging.loading import load_standard
from criteria.models import Assessment, AssessmentRound, Result, Via

from .bars import Measured
from .making import YEARS, make_entry, make_sheet
from .timing import Effort, compare

VALUES = 49
FIELDS = tuple(field.attname for field in Result._meta.concrete_fields if not field.primary_key)  # assessment first
COLUMNS = ", ".join(FIELDS)
ROW = f"({', '.join(['%s'] * len(FIELDS))})"
INSERT = f"INSERT INTO criteria_result ({COLUMNS})"
UPSERT = f"""ON CONFLICT (assessment_id, indicator_id) DO UPDATE SET
    {", ".join(f"{name} = EXCLUDED.{name}" for name in FIELDS[2:])}"""
SUMMARY = """UPDATE criteria_assessment
    SET met_mask = %s, known_mask = %s, not_applicable_mask = %s, met_count = %s, updated_at = %s WHERE id = %s"""


def measure_import(officer: Officer, effort: Effort, database: str, key: str = "") -> list[Measured]:
    """Ours fills the later year of a made province, the bare way the earlier one."""
    earlier, later = rounds(officer)
    bare = _in_turns(_copy if database == "PostgreSQL" else _execute_many, variants(earlier, later))
    pair = compare(importing_sheets(later, officer), bare, effort.long_runs, effort.warm_up)
    return [Measured(key or f"5 {database}", database, pair.ratio, pair.detail)]


def importing_sheets(round: AssessmentRound, by: Officer) -> Callable[[], None]:
    """Read, preview and commit a sheet in which every value differs from what stands."""
    standard = load_standard(round.criteria_set, round.province, round.year)
    sheets = [make_sheet(round, standard, variant) for variant in (0, 1)]
    importing.commit(sheets[1], "bieu.xlsx", round, by=by, via=Via.SHEET)
    cells = Assessment.objects.filter(round=round).count() * VALUES
    turns = cycle(sheets)

    def work():
        content = next(turns)
        rehearsed = importing.rehearse(content, "bieu.xlsx", round)
        written = importing.commit(content, "bieu.xlsx", round, by=by, via=Via.SHEET)
        assert not written.rejected, written.rejected[:3]
        assert len(rehearsed.changes) == len(written.changes) == cells

    return work


def rounds(officer: Officer) -> list[AssessmentRound]:
    return [AssessmentRound.objects.of_year(officer.province, year).get() for year in YEARS]


def variants(earlier: AssessmentRound, later: AssessmentRound) -> list[list[tuple]]:
    """The results of the earlier round: with its own values, and with those of the later one."""
    targets = dict(Assessment.objects.filter(round=earlier).values_list("commune_id", "pk"))
    return [[(targets[commune], *row) for commune, *row in _results(round)] for round in (later, earlier)]


def _results(round: AssessmentRound):
    found = Result.objects.filter(assessment__round=round).order_by("pk")
    return found.values_list("assessment__commune_id", *FIELDS[1:])


def _in_turns(write: Callable[[list[tuple]], None], variants: list[list[tuple]]) -> Callable[[], None]:
    turns = cycle(variants)

    def work():
        with transaction.atomic():
            write(next(turns))

    return work


def _copy(rows: list[tuple]) -> None:
    text = "\n".join("\t".join("\\N" if cell is None else str(cell) for cell in row) for row in rows)
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TEMPORARY TABLE given ON COMMIT DROP AS SELECT {COLUMNS} FROM criteria_result LIMIT 0")
        cursor.copy_expert(f"COPY given ({COLUMNS}) FROM STDIN", io.StringIO(text))
        cursor.execute(f"{INSERT} SELECT {COLUMNS} FROM given {UPSERT}")


def _execute_many(rows: list[tuple]) -> None:
    with connection.cursor() as cursor:
        cursor.executemany(f"{INSERT} VALUES {ROW} {UPSERT}", rows)


def measure_saving(officer: Officer, effort: Effort, database: str) -> list[Measured]:
    """Ours saves a commune in the later year of a made province, the bare way in the earlier one."""
    earlier, later = rounds(officer)
    mine, other = (Assessment.objects.filter(round=round).earliest("pk") for round in (later, earlier))
    bare = [[row for row in rows if row[0] == other.pk] for rows in variants(earlier, later)]
    assert all(len(rows) == VALUES for rows in bare)
    pair = compare(_saving(later, mine, officer), _in_turns(_save, bare), effort.runs, effort.warm_up)
    return [Measured("7", database, pair.ratio, pair.detail)]


def _saving(round: AssessmentRound, assessment: Assessment, by: Officer) -> Callable[[], None]:
    standard = load_standard(round.criteria_set, round.province, round.year)
    entries = [make_entry(assessment.commune_id, standard, variant, 0) for variant in (0, 1)]
    actions.record(round, [entries[1]], by=by, via=Via.FORM)
    turns = cycle(entries)

    def work():
        changed = actions.record(round, [next(turns)], by=by, via=Via.FORM)
        assert changed == VALUES + 2  # income and poor households stand in the log beside the lines they decide

    return work


def _save(rows: list[tuple]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"{INSERT} VALUES {', '.join([ROW] * len(rows))} {UPSERT}", list(chain.from_iterable(rows)))
        cursor.execute(SUMMARY, [7, 7, 0, 3, timezone.now(), rows[0][0]])
