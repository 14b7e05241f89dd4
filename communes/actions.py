"""Writes recognitions, registrations, money and who answers for what."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Model

from . import money
from .models import Arrears, Assignment, Funding, Hamlet, Recognition, Registration

PLACES = ["commune", "district", "department"]  # not asked for one by one


@transaction.atomic
def recognise(decisions: list[Recognition]) -> None:
    """Store recognition decisions. Raises ``ValidationError`` for one that cannot stand."""
    for decision in decisions:
        decision.clean_fields()
    Recognition.objects.bulk_create(decisions)


def amend(record: Model) -> None:
    """Store one record, new or changed. Raises ``ValidationError`` for one that cannot stand."""
    record.full_clean()
    record.save()


@transaction.atomic
def amend_funding(row: Funding) -> None:
    """Store one line of money. Raises ``ValidationError``, also when more is advanced from a year than it has."""
    if row.place:
        type(row.place).objects.select_for_update().get(pk=row.place.pk)
    amend(row)
    _require_covered([row])


@transaction.atomic
def register(registrations: list[Registration]) -> None:
    """Store the registrations of communes for a year."""
    for registration in registrations:
        registration.clean_fields(exclude=["commune"])
    Registration.objects.bulk_create(registrations)


@transaction.atomic
def record_money(
    lines: list[Funding], debts: list[Arrears], hamlets: list[Hamlet], assignments: list[Assignment]
) -> None:
    """Store many at once. Raises ``ValidationError`` for one that cannot stand."""
    for rows in (lines, debts, hamlets, assignments):
        for row in rows:
            row.clean_fields(exclude=PLACES)
            row.clean()
    Funding.objects.bulk_create(lines)
    Arrears.objects.bulk_create(debts)
    Hamlet.objects.bulk_create(hamlets)
    Assignment.objects.bulk_create(assignments)
    _require_covered(lines)


def _require_covered(rows: list[Funding]) -> None:
    for source, year in money.overdrawn(Funding.objects.of_places(rows).lines()):
        raise ValidationError(f"{source.label}: vốn ứng trước từ kế hoạch năm {year} nhiều hơn số có của năm đó.")
