"""PURE: the paper of a meeting as plain data: what is read from the database once and can be kept as it was."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from reports.tables.freezing import freeze, thaw
from reports.tables.table import Table

from .narrative import Chapter

VERSION = 1


@dataclass(frozen=True)
class Paper:
    """The tables and sentences of a year and a place. ``place``: as in the middle of a sentence (``tỉnh Thái Nguyên``).

    ``note``: what is to be known about the data, printed on every page.
    """

    province: str
    place: str
    year: int
    as_of: date
    set_code: str
    closed: bool
    note: str
    tables: list[Table]
    chapters: list[Chapter]


@dataclass(frozen=True, slots=True)
class Seal:
    """What issuing adds to a paper: its number, day and signatory, and the hash of what was frozen."""

    number: str
    issued_on: date
    signatory: str
    hash: str

    @property
    def line(self) -> str:
        """For the foot of every page."""
        return f"Số {self.number} ngày {self.issued_on:%d/%m/%Y} – mã băm {self.hash[:16]}"


def freeze_paper(paper: Paper) -> dict[str, Any]:
    """A paper as plain JSON."""
    return {
        "version": VERSION,
        "province": paper.province,
        "place": paper.place,
        "year": paper.year,
        "as_of": paper.as_of.isoformat(),
        "set_code": paper.set_code,
        "closed": paper.closed,
        "note": paper.note,
        "tables": [freeze(table) for table in paper.tables],
        "chapters": [[chapter.title, chapter.paragraphs] for chapter in paper.chapters],
    }


def thaw_paper(frozen: dict[str, Any]) -> Paper:
    """The paper that was frozen. Raises ``ValueError`` for one of a version that is not known."""
    if frozen["version"] != VERSION:
        raise ValueError(frozen["version"])
    plain = {name: frozen[name] for name in ("province", "place", "year", "set_code", "closed", "note")}
    return Paper(
        **plain,
        as_of=date.fromisoformat(frozen["as_of"]),
        tables=[thaw(table) for table in frozen["tables"]],
        chapters=[Chapter(title, paragraphs) for title, paragraphs in frozen["chapters"]],
    )
