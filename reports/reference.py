"""Loads the documents whose figures the portal is held against. A document that is already there is left alone."""

from decimal import Decimal

from communes.fixtures import day, rows

from .models import Conclusion, Directive, StatedFigure


def load() -> None:
    known = set(Conclusion.objects.values_list("number", flat=True))
    for row in rows("reference/documents.csv"):
        if row["number"] not in known:
            conclusion = Conclusion.objects.create(**row | {"issued_on": day(row["issued_on"])})
            stated = [r for r in rows("reference/stated_figures.csv") if r["document"] == conclusion.number]
            StatedFigure.objects.bulk_create([_figure(conclusion, entry) for entry in stated])
    _load_directives()


def _load_directives() -> None:
    """The tasks of each document that has none yet: what became of them is the office's to write."""
    waiting = Conclusion.objects.filter(directives__isnull=True).in_bulk(field_name="number")
    Directive.objects.bulk_create(
        Directive(
            conclusion=waiting[row["document"]], number=int(row["number"]), text=row["text"], owner=row["owner"],
            measure=row["measure"],
        )
        for row in rows("reference/directives.csv")
        if row["document"] in waiting
    )  # fmt: skip


def _figure(conclusion: Conclusion, row: dict) -> StatedFigure:
    return StatedFigure(
        conclusion=conclusion,
        key=row["key"],
        year=int(row["year"]),
        value=Decimal(row["value"]),
        decimals=len(row["value"].partition(".")[2]),
        numerator=int(row["numerator"]) if row["numerator"] else None,
        denominator=int(row["denominator"]) if row["denominator"] else None,
        unit=row["unit"],
        quote=row["quote"],
    )
