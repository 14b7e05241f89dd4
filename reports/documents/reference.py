"""Loads the documents whose figures the portal is held against. A document that is already there is left alone."""

from decimal import Decimal

from communes.fixtures import day, rows
from communes.models import Province
from reports.models import Conclusion, Directive, StatedFigure


def load() -> None:
    """Each document of the province whose code it has, with its figures, and its tasks where it has none yet: what
    became of them is the office's to write."""
    for row in rows("reference/documents.csv"):
        about = row | {"province": Province.objects.get(code=row["province"]), "issued_on": day(row["issued_on"])}
        key = {name: about.pop(name) for name in ("province", "number")}
        document, is_new = Conclusion.objects.get_or_create(**key, defaults=about)
        if is_new:
            StatedFigure.objects.bulk_create(_figure(document, entry) for entry in _of(document, "stated_figures"))
        if not document.directives.exists():
            Directive.objects.bulk_create(_directive(document, entry) for entry in _of(document, "directives"))


def _of(document: Conclusion, name: str) -> list[dict]:
    return [row for row in rows(f"reference/{name}.csv") if row["document"] == document.number]


def _directive(document: Conclusion, row: dict) -> Directive:
    about = {name: row[name] for name in ("text", "owner", "measure")}
    return Directive(conclusion=document, number=int(row["number"]), **about)


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
