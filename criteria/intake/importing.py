"""A sheet against the database: open, match, preview, commit.

``rehearse`` and ``commit`` go the same way through the same rows (``comparing``); only the latter writes, all or
nothing. A sheet that the portal made carries what its cells held then (``stamp``) and is compared three ways.
"""

from dataclasses import dataclass, field
from pathlib import PurePath

from django.db import transaction
from tablib import Dataset

from communes.models import Officer
from communes.uploads.guard import FileRefused, Limits
from criteria import actions
from criteria.judging.loading import load_standard
from criteria.models import AssessmentRound, Via
from criteria.spreadsheets.opening import open_file
from criteria.spreadsheets.sheet import read_sheet

from .comparing import SheetResource
from .preview import CellChange, Preview, Rejection

PORTION = 500  # communes that are compared and written together: memory does not grow with the file

__all__ = ["CellChange", "Incoming", "Preview", "Rejection", "commit", "rehearse"]


@dataclass(frozen=True, slots=True)
class Incoming:
    """How a file is to be taken: why approved figures change, how conflicts are settled (``mine``: the file's value,
    ``theirs``: the database's), for all or by cell (``code|column``), how large the file may be, and how many changes
    the preview lists (it counts them all)."""

    reason: str = ""
    settle_all: str = ""
    settle: dict[str, str] = field(default_factory=dict)
    limits: Limits | None = None
    listed: int | None = None


def rehearse(content: bytes, filename: str, round: AssessmentRound, incoming: Incoming | None = None) -> Preview:
    """What the file would change in the round, writing nothing. Raises ``FileRefused``."""
    return _run(content, filename, round, incoming or Incoming(), by=None, via=None)


def commit(
    content: bytes,
    filename: str,
    round: AssessmentRound,
    incoming: Incoming | None = None,
    *,
    by: Officer | None,
    via: Via,
    source: str = "",
) -> Preview:
    """Write the file's changes, all or, when a cell is rejected or a conflict is open, none.

    Approved communes change only for a reason. ``source``: what the change log says of the file. Raises
    ``FileRefused`` and ``ValidationError``.
    """
    with transaction.atomic():
        actions.require_open(round)
        preview = _run(content, filename, round, incoming or Incoming(), by=by, via=via, source=source)
        if not preview.ready:
            transaction.set_rollback(True)  # a large file is written in portions, nothing of it may stay
        return preview


def _run(content, filename, round, incoming: Incoming, by, via, source="") -> Preview:
    standard = load_standard(round.criteria_set, round.province, round.year)
    file = open_file(content, filename, incoming.limits)
    sheet = read_sheet(file.rows, {line.code for line in standard.lines})
    _require_this_round(sheet.year, file.stamp, round)
    resource = SheetResource(round, standard, sheet, file.stamp, incoming, lock=via is not None)
    resource.preview.sheet = file.sheet
    about = {"by": by, "via": via, "source": (source or PurePath(filename).name)[:200]}
    for start in range(0, len(sheet.rows), PORTION):
        data = Dataset(headers=["row", *sheet.columns])
        for row in sheet.rows[start : start + PORTION]:
            data.append((row.number, *row.cells.values()))
        resource.import_data(data, dry_run=via is None, **about)
    return resource.finished()


def _require_this_round(year: int | None, stamp, round: AssessmentRound) -> None:
    stated = stamp.year if stamp else year
    if stated not in (None, round.year):
        raise FileRefused(f"Biểu ghi năm {stated}, không phải năm {round.year}.")
    if stamp and stamp.set_code != round.criteria_set.code:
        raise FileRefused(f"Biểu theo Bộ tiêu chí {stamp.set_code}, kỳ này theo {round.criteria_set}.")
