"""Loads the published criteria sets (``fixtures/reference``).

Of a set that is already there only the requirements that all provinces share are brought up to date.
"""

import re
from decimal import Decimal

from django.db.models import Exists, OuterRef

from communes.fixtures import day, rows
from communes.models import Department

from .models import CriteriaSet, Criterion, Indicator, Kind, Requirement, Result, Scope

REGION = "TDMNPB"
SAID = ("year_to", "comparison", "threshold", "legal_basis", "verified", "note")
VERIFIED_FOR = {"both": {"national", "region"}, "national": {"national"}, "tdmnpb": {"region"}}


def load() -> None:
    """Every set of ``criteria_sets.csv`` with its criteria, indicators and requirements."""
    known = {criteria_set.code: criteria_set for criteria_set in CriteriaSet.objects.all()}
    for row in rows("reference/criteria_sets.csv"):
        table, yearly = rows(f"reference/{row['file']}"), _of_set("thresholds_by_year.csv", "criteria_set", row)
        if criteria_set := known.get(row["code"]):
            renew_requirements(criteria_set, row, table, yearly)
        else:
            load_set(row, table, yearly)


def _of_set(name: str, column: str, row: dict) -> list[dict]:
    return [entry for entry in rows(f"reference/{name}") if entry[column] == row["short"]]


def load_set(row: dict, table: list[dict], yearly: list[dict]) -> CriteriaSet:
    """One set from its rows: ``table`` one line per indicator, ``yearly`` the thresholds that change by year."""
    criteria_set = CriteriaSet.objects.create(
        code=row["code"],
        slug=row["slug"],
        title=row["title"],
        level=row["level"],
        decided_on=day(row["decided_on"]),
        year_from=int(row["year_from"]),
        year_to=int(row["year_to"]) if row["year_to"] else None,
        note=row["note"],
    )
    departments = dict(Department.objects.filter(province=None).values_list("name", "pk"))
    leads = {
        (int(entry["criterion"]), entry["indicator"]): departments[entry["department"]]
        for entry in _of_set("lead_departments.csv", "set", row)
    }
    indicators = _load_indicators(table, _load_criteria(criteria_set, table, leads), leads)
    Requirement.objects.bulk_create(_requirements(row, table, yearly, indicators))
    return criteria_set


def renew_requirements(criteria_set: CriteriaSet, row: dict, table: list[dict], yearly: list[dict]) -> None:
    """Add the shared requirements that are new, and correct those by which nothing was judged yet."""
    indicators = {line.code: line for line in Indicator.objects.filter(criterion__criteria_set=criteria_set)}
    shared = Requirement.objects.filter(indicator__in=indicators.values(), province=None)
    used = Exists(Result.objects.filter(requirement=OuterRef("pk")))
    kept = {_key(known): known for known in shared.annotate(used=used)}
    new, corrected = [], []
    for asked in _requirements(row, table, yearly, indicators):
        known = kept.get(_key(asked))
        if known is None:
            new.append(asked)
        elif not known.used and any(getattr(asked, name) != getattr(known, name) for name in SAID):
            asked.pk = known.pk
            corrected.append(asked)
    Requirement.objects.bulk_create(new)
    Requirement.objects.bulk_update(corrected, SAID)


def _key(requirement: Requirement) -> tuple:
    return requirement.indicator_id, requirement.scope, requirement.region, requirement.group, requirement.year_from


def _requirements(row: dict, table: list[dict], yearly: list[dict], indicators: dict) -> list[Requirement]:
    """Those that stand in the set, and those that change by year."""
    stepped = {entry["indicator_code"] for entry in yearly}
    fixed = (r for line in table if line["indicator_code"] not in stepped for r in _fixed(line, row, indicators))
    return [*fixed, *(r for entry in yearly for r in _step(entry, row, indicators))]


def _load_criteria(criteria_set: CriteriaSet, table: list[dict], leads: dict) -> dict[int, Criterion]:
    first = {int(line["criterion_no"]): line for line in reversed(table)}
    criteria = [
        Criterion(
            criteria_set=criteria_set,
            position=position,
            number=number,
            name=first[number]["criterion_name"],
            group=f"{first[number]['group_no']}. {first[number]['group_name']}",
            lead_id=leads.get((number, "")),
        )
        for position, number in enumerate(sorted(first))
    ]
    return {criterion.number: criterion for criterion in Criterion.objects.bulk_create(criteria)}


def _load_indicators(table: list[dict], criteria: dict[int, Criterion], leads: dict) -> dict[str, Indicator]:
    made: dict[str, Indicator] = {}
    for has_parent in (False, True):
        batch = [
            Indicator(
                criterion=criteria[int(line["criterion_no"])],
                code=line["indicator_code"],
                order=order,
                text=line["indicator_name"],
                kind=line["kind"],
                unit=line["unit"],
                source=line["source"],
                parent=made.get(line["parent_code"]),
                counted=line["counted"] == "1",
                lead_id=leads.get((int(line["criterion_no"]), line["indicator_code"])),
            )
            for order, line in enumerate(table)
            if bool(line["parent_code"]) == has_parent
        ]
        made |= {indicator.code: indicator for indicator in Indicator.objects.bulk_create(batch)}
    return made


def _fixed(line: dict, row: dict, indicators: dict[str, Indicator]):
    """The national and the regional column of a line, as far as they are printed."""
    for scope, column in ((Scope.NATIONAL, "threshold_national"), (Scope.REGION, "threshold_tdmnpb")):
        threshold = _threshold(line, line[column])
        if threshold is not None:
            yield Requirement(
                indicator=indicators[line["indicator_code"]],
                scope=scope,
                region=REGION if scope == Scope.REGION else "",
                comparison=line["comparison"],
                threshold=threshold,
                legal_basis=f"QĐ {row['code']}, chỉ tiêu {line['indicator_code']}",
                verified=scope.value in VERIFIED_FOR.get(line["verified"], ()),
                note=line["note"],
            )


def _threshold(line: dict, text: str) -> Decimal | None:
    """Đạt is 1; a number is itself; text such as “UBND cấp tỉnh quy định cụ thể” is no threshold."""
    if line["kind"] == Kind.BOOLEAN:
        return Decimal(1) if text == "Đạt" else None
    return Decimal(text) if re.fullmatch(r"\d+(\.\d+)?", text) else None


def _step(entry: dict, row: dict, indicators: dict[str, Indicator]):
    """One yearly step, when a source gives it."""
    if entry["value"]:
        regional = entry["region"] == REGION
        yield Requirement(
            indicator=indicators[entry["indicator_code"]],
            scope=Scope.REGION if regional else Scope.NATIONAL,
            region=REGION if regional else "",
            year_from=int(entry["year"]),
            year_to=int(entry["year"]),
            comparison=entry["comparison"],
            threshold=Decimal(entry["value"]),
            legal_basis=f"QĐ {row['code']}, mức năm {entry['year']}",
            verified=entry["status"] == "verified",
            note=entry["note"],
        )
