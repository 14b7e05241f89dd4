"""Proves the change log: the chain of its entries against its head."""

from collections.abc import Iterator
from itertools import chain as following

from django.db.models import Subquery

from criteria.log import chain
from criteria.models import ChangeEvent, LogHead

CHUNK = 500


def tampering() -> Iterator[str]:
    """One Vietnamese line for each entry that was altered, removed or inserted, in constant memory.

    The head comes with the entries in one statement, so that a save meanwhile does not look like tampering.
    """
    stored = LogHead.objects.order_by("pk")[:1]
    head = {f"head_{name}": Subquery(stored.values(name)) for name in ("sequence", "hash")}
    names = (*chain.FIELDS, "sequence", "previous", "hash", *head)
    entries = ChangeEvent.objects.annotate(**head).order_by("sequence").values(*names).iterator(CHUNK)
    first = next(entries, None)
    if first is None:
        ends = stored.values_list("sequence", "hash").first() or (0, chain.START)
        yield from chain.breaks([], ends)
        return
    ends = (first["head_sequence"] or 0, first["head_hash"] or "")
    yield from chain.breaks(following([first], entries), ends)
