"""Bar 6: what django-import-export does by itself with one row for each cell, against our import of the wide sheet."""

from time import perf_counter

from import_export.formats.base_formats import XLSX
from import_export.resources import ModelResource
from tablib import Dataset

from communes.models import Officer
from criteria.models import Result

from .bars import Measured
from .timing import Effort
from .writes import FIELDS, VALUES, importing_sheets, rounds, variants

HEADINGS = tuple(name.removesuffix("_id") for name in FIELDS)
QUICK_COMMUNES = 10


class LongRows(ModelResource):
    """As the library's guide has it: a row is a result, found by its two keys. It does not even judge."""

    class Meta:
        model = Result
        import_id_fields = ("assessment", "indicator")
        fields = HEADINGS


def measure(officer: Officer, effort: Effort, database: str) -> list[Measured]:
    """Read, preview and commit, both ways. A short run takes some communes the stock way and scales them up."""
    earlier, later = rounds(officer)
    rows = variants(earlier, later)[0]
    part = rows if effort.long_runs > 3 else rows[: QUICK_COMMUNES * VALUES]
    stock = _timed(lambda: _import(_as_xlsx(part))) * len(rows) / len(part)
    ours = min(map(_timed, [importing_sheets(later, officer)] * 3))
    return [Measured("6", database, stock / ours, f"{stock:.1f} ÷ {ours:.2f} s")]


def _timed(work) -> float:
    start = perf_counter()
    work()
    return perf_counter() - start


def _as_xlsx(rows: list[tuple]) -> bytes:
    return Dataset(*(["" if cell is None else cell for cell in row] for row in rows), headers=HEADINGS).export("xlsx")


def _import(content: bytes) -> None:
    for dry_run in (True, False):
        result = LongRows().import_data(XLSX().create_dataset(content), dry_run=dry_run, raise_errors=True)
        assert not result.has_errors()
