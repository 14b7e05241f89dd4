"""Issues a paper: freezes it under a number, and later says what has changed since and why."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q

from communes.models import District, Officer
from criteria.actions import announce
from criteria.models import AssessmentRound, ChangeEvent
from reports.log.wording import ACCEPTED, topic
from reports.models import IssuedReport
from reports.tables.freezing import Cell, Difference, changed, digest
from reports.tables.table import Column, Table

from .paper import Paper, Seal, freeze_paper, thaw_paper

SHOWN = 3  # reasons beside a changed figure
NO_ENTRY = "không có lần ghi nào của xã này; mức quy định hoặc số liệu chung đã đổi"


@transaction.atomic
def issue(
    paper: Paper, round: AssessmentRound, district: District | None, number: str, issued_on: date, signatory: str,
    *, by: Officer,
) -> IssuedReport:  # fmt: skip
    """Freeze a paper under its number. Raises ``ValidationError`` for a number and day that were used before."""
    content = freeze_paper(paper)
    sequence = announce(round, f"Phát hành báo cáo số {number} ngày {issued_on:%d/%m/%Y}", by=by)
    issued = IssuedReport(
        province=round.province, district=district, year=round.year, number=number, issued_on=issued_on,
        signatory=signatory, content=content, log_sequence=sequence, by=by,
    )  # fmt: skip
    issued.hash = fingerprint(issued)
    issued.full_clean()
    issued.save()
    return issued


def fingerprint(issued: IssuedReport) -> str:
    """The hash of a paper: over its number, day and signatory, its province and district (by code) and year, the entry
    of the change log it was issued with, and its content. Only who pressed the button, and when, is left to the log."""
    return digest(
        {
            "number": issued.number,
            "issued_on": issued.issued_on.isoformat(),
            "signatory": issued.signatory,
            "province": issued.province.code,
            "district": issued.district.code if issued.district else None,
            "year": issued.year,
            "log_sequence": issued.log_sequence,
            "content": issued.content,
        }
    )


def reopened(issued: IssuedReport) -> tuple[Paper, Seal]:
    """The paper as it was issued. Raises ``ValidationError`` when it is not what its hash says."""
    if fingerprint(issued) != issued.hash:
        raise ValidationError(f"{issued} không còn nguyên vẹn: không khớp mã băm đã ghi khi phát hành.")
    return thaw_paper(issued.content), Seal(issued.number, issued.issued_on, issued.signatory, issued.hash)


@dataclass(frozen=True, slots=True)
class Moved:
    """A figure that is not what was issued, and the changes behind it, the latest first."""

    difference: Difference
    reasons: list[str]
    more: int

    @property
    def why(self) -> str:
        if not self.reasons:
            return NO_ENTRY
        return "; ".join([*self.reasons, *([f"và {self.more} lần ghi khác"] if self.more else [])])


def moved(issued: IssuedReport, current: Paper) -> list[Moved]:
    """Every figure that has changed since a paper was issued, with the entries of the change log behind it.

    A figure of a commune is explained by that commune's entries, a total by all of them.
    """
    paper, _ = reopened(issued)
    found = changed(paper.tables, current.tables)
    events = _events(issued) if found else {}
    every = [text for texts in events.values() for text in texts]
    rows = [(difference, events.get(difference.code, []) if difference.code else every) for difference in found]
    return [Moved(difference, texts[:SHOWN], max(0, len(texts) - SHOWN)) for difference, texts in rows]


def moved_table(issued: IssuedReport, found: Sequence[Moved]) -> Table:
    """Every changed figure, for a file."""
    place = str(issued.district or f"Tỉnh {issued.province.name}")
    subtitle = f"{place}, số liệu năm {issued.year}, phát hành ngày {issued.issued_on:%d/%m/%Y}"
    notes = [] if found else ["Không số liệu nào đổi từ khi phát hành."]
    title = f"Số liệu đã đổi so với báo cáo số {issued.number}"
    return Table("thay-doi", title, subtitle, MOVED, list(found), notes=notes)


def _cell(key: str, heading: str, of: Callable[[Moved], Cell]) -> Column:
    return Column(key, heading, lambda row: of(row).value, decimals=lambda row: of(row).places, width=22, long=True)


MOVED = [
    Column("table", "Biểu", lambda row: row.difference.table, width=34, long=True),
    Column("row", "Dòng", lambda row: row.difference.row, width=26, long=True),
    Column("column", "Cột", lambda row: row.difference.column, width=26, long=True),
    _cell("old", "Đã phát hành", lambda row: row.difference.was),
    _cell("new", "Hiện nay", lambda row: row.difference.now),
    Column("why", "Vì sao", lambda row: row.why, width=60, long=True),
]


def _events(issued: IssuedReport) -> dict[str, list[str]]:
    """What was written since, by commune code, the latest first. One query."""
    found: dict[str, list[str]] = defaultdict(list)
    own = Q(round__province=issued.province_id) | Q(commune__province=issued.province_id)
    events = ChangeEvent.objects.filter(own, sequence__gt=issued.log_sequence).select_related("by", "commune")
    for event in events.order_by("-sequence"):
        found[event.commune.code if event.commune else ""].append(_told(event))
    return found


def _told(event: ChangeEvent) -> str:
    who = event.by.full_name if event.by else "máy chủ"
    columns = ", ".join(_columns(event.changes))
    why = f": {event.reason}" if event.reason else ""
    return f"nhật ký {event.sequence}, {who}, {event.get_via_display().lower()} ({columns}){why}"


def _columns(changes: Iterable[str]) -> list[str]:
    names = [topic(name.removesuffix(ACCEPTED)) for name in changes]
    return [*names[:6], "…"] if len(names) > 6 else names
