"""Reads what a meeting is told beside the picture of the year: money, arrears, tasks, how the country stands.

One query for all of it: each row comes as one JSON value with the name of its kind.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import F, QuerySet, Value
from django.db.models.functions import JSONObject

from communes.models import Arrears, Funding, Province
from communes.money import Debt, FundingSource, Money
from criteria.models import AssessmentRound
from reports.models import Directive, Progress, StatedFigure
from reports.picture.picture import Picture

from .material import Material, National, Task
from .money_queries import of_years

PLACE = {"place_id": F("place_pk"), "district": F("lies_in")}
MONEY = ("source", "planned", "allocated", "disbursed", "year", "drawn_from")
DEBTS = ("work", "investor", "value", "paid", "source", "deadline", "as_of", "settled_on")
TASKS = ("number", "text", "owner", "deadline", "progress", "result", "measure")
AMOUNTS = {"planned", "allocated", "disbursed", "value", "paid"}
DAYS = {"deadline", "as_of", "settled_on", "issued_on"}


@dataclass(frozen=True, slots=True)
class Beside:
    """``tasks``: in the order of their documents; ``national``: as the newest of them states it for the year."""

    money: tuple[Money, ...]
    debts: tuple[Debt, ...]
    tasks: tuple[Task, ...]
    national: National | None


def task_material(picture: Picture, place: str, round: AssessmentRound) -> Material:
    """For ``nhiem-vu``: the tasks, and the money and arrears that some are measured by."""
    found = read_beside(round.province, [picture.year], picture.as_of)
    return Material(picture, place, tasks=found.tasks, money=found.money, debts=found.debts)


def read_beside(province: Province, years: Iterable[int], day: date) -> Beside:
    """``years``: of the money; ``day``: the last one told of, which also says of what year the country is."""
    document = {"document": F("conclusion__number"), "issued_on": F("conclusion__issued_on")}
    found = _together(
        money=(Funding.objects.of_province(province).filter(of_years(*years)).located(day), PLACE | _named(MONEY)),
        debts=(
            Arrears.objects.of_province(province).filter(as_of__lte=day).located(day),
            PLACE | _named(DEBTS) | {"code": F("commune__code"), "name": F("commune__name")},
        ),
        tasks=(Directive.objects.filter(conclusion__province=province), document | _named(TASKS)),
        national=(
            StatedFigure.objects.filter(conclusion__province=province, key="national_certified_percent", year=day.year),
            document | _named(("value", "decimals")),
        ),
    )
    return Beside(
        tuple(map(_money, found["money"])),
        tuple(map(_debt, sorted(found["debts"], key=lambda row: row["as_of"]))),
        tuple(map(_task, sorted(found["tasks"], key=lambda row: (row["issued_on"], row["document"], row["number"])))),
        _national(sorted(found["national"], key=lambda row: row["issued_on"])),
    )


def _named(fields: Iterable[str]) -> dict[str, F]:
    return {field: F(field) for field in fields}


def _together(**parts: tuple[QuerySet, dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    """The rows of several tables by name, each as plain values. One query."""
    first, *others = (
        rows.order_by().values_list(Value(kind), JSONObject(**fields)) for kind, (rows, fields) in parts.items()
    )
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for kind, row in first.union(*others, all=True):
        found[kind].append({key: _read(key, value) for key, value in row.items()})
    return found


def _read(key: str, value: Any) -> Any:
    """JSON knows neither exact numbers nor days."""
    if value is None:
        return None
    return Decimal(str(value)) if key in AMOUNTS else date.fromisoformat(value) if key in DAYS else value


def _money(row: dict[str, Any]) -> Money:
    return Money(**row | {"source": FundingSource(row["source"])})


def _debt(row: dict[str, Any]) -> Debt:
    return Debt(**row | {"name": row["name"] or ""})


def _task(row: dict[str, Any]) -> Task:
    told = {name: row[name] for name in ("document", "number", "text", "owner", "deadline", "result", "measure")}
    return Task(**told, state=row["progress"], progress=Progress(row["progress"]).label)


def _national(rows: list[dict[str, Any]]) -> National | None:
    return National(rows[-1]["value"], rows[-1]["decimals"]) if rows else None
