"""The only writer of assessments. Each action is one transaction, says who acts (``by``) and leaves its events."""

from .journal import require_open
from .recording import Entry, accept, derive, record, record_statistics, unexplained, with_statistics
from .steps import close_year, move, open_round, reopen_year

__all__ = [
    "Entry",
    "accept",
    "close_year",
    "derive",
    "move",
    "open_round",
    "record",
    "record_statistics",
    "reopen_year",
    "require_open",
    "unexplained",
    "with_statistics",
]
