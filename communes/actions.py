"""Writes recognitions and registrations."""

from django.db import transaction

from .models import Recognition, Registration


@transaction.atomic
def recognise(decisions: list[Recognition]) -> None:
    """Store recognition decisions. Raises ``ValidationError`` for one that cannot stand."""
    for decision in decisions:
        decision.clean_fields()
    Recognition.objects.bulk_create(decisions)


def amend(decision: Recognition) -> None:
    """Store one decision, new or changed. Raises ``ValidationError`` for one that cannot stand."""
    decision.full_clean()
    decision.save()


@transaction.atomic
def register(registrations: list[Registration]) -> None:
    """Store the registrations of communes for a year."""
    for registration in registrations:
        registration.clean_fields(exclude=["commune"])
    Registration.objects.bulk_create(registrations)
