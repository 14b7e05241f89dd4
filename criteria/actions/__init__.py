"""The only writer of assessments. Each action is one transaction, says who acts (``by``) and leaves its events."""

from criteria.judging.applying import Entry, derive, project, unexplained, with_statistics

from .journal import require_open
from .recording import accept, record, record_statistics
from .steps import announce, close_year, move, open_round, reopen_year
from .uploads import finish, keep, take

__all__ = [
    "Entry",
    "accept",
    "announce",
    "close_year",
    "derive",
    "finish",
    "keep",
    "move",
    "open_round",
    "project",
    "record",
    "record_statistics",
    "reopen_year",
    "require_open",
    "take",
    "unexplained",
    "with_statistics",
]
