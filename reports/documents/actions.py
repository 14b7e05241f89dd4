"""Documents, the figures they state and the tasks they set, as the office keeps them: told in the change log."""

from datetime import date
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Model

from communes.models import Officer
from communes.text import vn_number
from criteria.actions.journal import aside, log, round_for, year_ends
from criteria.models import Via
from reports.models import Conclusion, Directive, StatedFigure

Row = Conclusion | StatedFigure | Directive


@transaction.atomic
def keep(row: Row, *, by: Officer) -> None:
    """Store one, new or changed, with its entry: old → new of each field; one that reads the same leaves none.

    Raises ``ValidationError`` for one that cannot stand, or is of another province's documents.
    """
    old = type(row).objects.select_for_update(of=("self",)).filter(pk=row.pk).first()
    before = _told(old) if old else {}
    row.full_clean()
    if old:
        _require_own(old, by)
    _require_own(row, by)
    row.save()
    _log(row, before, _told(row), by)


@transaction.atomic
def withdraw(figure: StatedFigure, *, by: Officer) -> None:
    """Take away a figure that the document does not state after all."""
    _require_own(figure, by)
    before = _told(figure)
    figure.delete()
    _log(figure, before, {}, by)


def _require_own(row: Row, by: Officer) -> None:
    if _document(row).province_id != by.province_id:
        raise ValidationError("Văn bản này thuộc tỉnh khác.")


def _document(row: Row) -> Conclusion:
    return row if isinstance(row, Conclusion) else row.conclusion


def _log(row: Row, before: dict[str, str], after: dict[str, str], by: Officer) -> None:
    changes = {
        f"{row}: {label}": [before.get(label), after.get(label)]
        for label in {**before, **after}
        if before.get(label) != after.get(label)
    }
    if changes:
        year = _document(row).issued_on.year
        round = round_for(year_ends(by.province_id), year)
        log([aside(year, round, None, changes, by, Via.ADMIN)])


def _told(row: Model) -> dict[str, str]:
    """What a row says, in words, by the names of its fields; what is empty is left out."""
    texts = {str(field.verbose_name): _text(row, field) for field in row._meta.concrete_fields if not field.primary_key}
    return {label: text for label, text in texts.items() if text}


def _text(row: Model, field) -> str:
    value = getattr(row, field.name)
    if field.choices:
        return getattr(row, f"get_{field.name}_display")()
    if isinstance(value, date):
        return f"{value:%d/%m/%Y}"
    if isinstance(value, Decimal):
        return vn_number(value)
    return "" if value is None else str(value)
