"""Pages and reports read from a copy of the database (``DATABASE_REPLICA_URL``), own writes always included.

A session remembers how far the log of the database had come when it last wrote; until the copy has come as far, its
pages are read where it wrote. Writing, entering and signing in never use the copy.
"""

import logging
from collections.abc import Sequence
from contextvars import ContextVar

from django.conf import settings
from django.db import DatabaseError, connections

COPY, WROTE = "replica", "wrote"
READING = frozenset({"GET", "HEAD"})
READS = ("reports.", "criteria.dossier.")  # modules whose pages may come from the copy
logger = logging.getLogger(__name__)
_use_copy: ContextVar[bool] = ContextVar("use_copy", default=False)


class Router:
    """Where a query goes: to the copy while ``read_from_copy`` says so."""

    def db_for_read(self, model, **hints):
        return COPY if _use_copy.get() and model._meta.app_label in settings.REPLICATED else None

    def db_for_write(self, model, **hints):
        return "default"

    def allow_relation(self, one, other, **hints):
        return True

    def allow_migrate(self, db, app_label, **hints):
        return db == "default"


class ReadFromCopy:
    """Middleware: reports and dossiers are read from the copy; a request that wrote notes how far the log had come."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        token = _use_copy.set(False)
        try:
            response = self.get_response(request)
        finally:
            _use_copy.reset(token)
        if request.method not in READING and request.user.is_authenticated and response.status_code < 500:
            request.session[WROTE] = _position("SELECT pg_current_wal_insert_lsn()", "default")
        return response

    def process_view(self, request, view, args, kwargs):
        if request.method in READING and view.__module__.startswith(READS):
            _use_copy.set(_has_come_to(request.session.get(WROTE)))


def _has_come_to(position: str | None) -> bool:
    """Whether the copy answers, and holds everything up to a position of the log. One query of the copy."""
    asked = "SELECT pg_last_wal_replay_lsn() >= %s::pg_lsn" if position else "SELECT true"
    try:
        return bool(_position(asked, COPY, [position] if position else []))
    except DatabaseError as error:
        logger.warning("The copy of the database does not answer (%s)", type(error).__name__)
        return False


def _position(statement: str, alias: str, values: Sequence[str] = ()):
    with connections[alias].cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchone()[0]
