"""Loads the illustrative money, arrears, model hamlets and assignments of ``fixtures/demo`` through the actions."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from communes import actions
from communes.fixtures import day, rows
from communes.models import Arrears, Assignment, Commune, Department, District, Funding, Hamlet, Officer, Province
from communes.money import FundingSource
from criteria.actions.money import note_loaded

DISTRICT_CODE = 3  # digits


class Places:
    """Districts of a province by code, communes by code and day."""

    def __init__(self, province: Province):
        self.province = province
        self.districts = {district.code: district for district in District.objects.filter(province=province)}
        self.versions: dict[str, list[Commune]] = defaultdict(list)
        for commune in Commune.objects.filter(province=province):
            self.versions[commune.code].append(commune)

    def commune(self, code: str, on: date) -> Commune:
        return next(version for version in self.versions[code] if version.was_in_force(on))

    def of(self, code: str, on: date) -> dict[str, Commune | District]:
        if len(code) == DISTRICT_CODE:
            return {"district": self.districts[code]}
        return {"commune": self.commune(code, on)}


def load(staff: Officer) -> None:
    """All of it, told in the change log."""
    places = Places(staff.province)
    funding, arrears = list(_funding(places)), list(_arrears(places))
    hamlets, assignments = list(_hamlets(places)), list(_assignments(places))
    actions.record_money(funding, arrears, hamlets, assignments)
    note_loaded([*funding, *arrears, *hamlets, *assignments], "Nạp số liệu minh họa", staff, "fixtures/demo")


def _funding(places: Places) -> Iterator[Funding]:
    """A file row is one measure of all sources; a record one source with its measures."""
    found: dict[tuple, dict[str, Decimal]] = defaultdict(dict)
    for row in rows("demo/funding.csv"):
        for source in FundingSource:
            if row[source]:
                key = (row["code"], int(row["year"]), int(row["drawn_from"] or 0) or None, source)
                found[key][row["measure"]] = Decimal(row[source])
    for (code, year, drawn_from, source), amounts in found.items():
        where = places.of(code, date(year, 12, 31))
        yield Funding(**where, year=year, source=source, drawn_from=drawn_from, **amounts)


def _arrears(places: Places) -> Iterator[Arrears]:
    for row in rows("demo/arrears.csv"):
        as_of = date.fromisoformat(row["as_of"])
        yield Arrears(
            **places.of(row["code"], as_of),
            as_of=as_of,
            value=Decimal(row["value"]),
            paid=Decimal(row["paid"]),
            deadline=day(row["deadline"]),
            settled_on=day(row["settled_on"]),
            **{name: row[name] for name in ("work", "investor", "source", "note")},
        )


def _hamlets(places: Places) -> Iterator[Hamlet]:
    for row in rows("demo/hamlets.csv"):
        yield Hamlet(
            commune=places.commune(row["code"], date(int(row["model_year"] or 2017), 12, 31)),
            model_year=int(row["model_year"] or 0) or None,
            decided_on=day(row["decided_on"]),
            **{name: row[name] for name in ("name", "decision_number", "note")},
        )


def _assignments(places: Places) -> Iterator[Assignment]:
    departments = {department.name: department for department in Department.objects.open_to(places.province.pk)}
    for row in rows("demo/assignments.csv"):
        year = int(row["year_from"])
        yield Assignment(
            department=departments[row["department"]],
            commune=places.commune(row["code"], date(year, 12, 31)) if row["code"] else None,
            criterion=int(row["criterion"] or 0) or None,
            province=None if row["code"] else places.province,
            year_from=year,
            year_to=int(row["year_to"] or 0) or None,
            note=row["note"],
        )
