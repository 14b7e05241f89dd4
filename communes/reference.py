"""Loads the sourced facts about places (``fixtures/reference``). Safe to run again."""

from datetime import date, timedelta

from .fixtures import day, rows
from .models import (
    BoundaryChange,
    Commune,
    Department,
    District,
    DistrictRecognition,
    Province,
    Region,
    Succession,
)
from .text import fold, normal

REGISTER_BEGINS = date(2011, 1, 14)
ALIASES = {"05725": ("Thần Sa", "Thần Xa")}


def load() -> Province:
    """Province, districts, units with their changes, the departments of every province, district recognitions."""
    province, _ = Province.objects.get_or_create(
        code="19", defaults={"name": "Thái Nguyên", "region": Region.NORTHERN_MOUNTAINS}
    )
    _add(District, ["code"], [District(province=province, **row) for row in rows("reference/districts.csv")])
    _load_units(province)
    _load_changes()
    names = {row["department"] for row in rows("reference/lead_departments.csv")}
    _add(Department, ["name", "province_id"], [Department(name=name) for name in sorted(names)])
    _load_district_recognitions()
    return province


def _add(model, keys: list[str], objects: list) -> None:
    """Insert what is not there yet, by its natural key."""
    there = set(model.objects.values_list(*keys))
    model.objects.bulk_create([o for o in objects if tuple(getattr(o, key) for key in keys) not in there])


def _load_units(province: Province) -> None:
    districts = dict(District.objects.values_list("code", "pk"))
    hexes = {row["commune_code"]: row for row in rows("reference/commune_hexmap.csv")}
    units = []
    for row in rows("reference/unit_history.csv"):
        name, alias = ALIASES.get(row["unit_code"], (normal(row["unit_name"]), ""))
        place = hexes.get(row["unit_code"]) if row["kind"] == "xã" else None
        units.append(
            Commune(
                province=province,
                district_id=districts[row["district_code"]],
                code=row["unit_code"],
                name=name,
                alias=alias,
                folded=fold(f"{name} {alias}"),
                kind=row["kind"],
                valid_from=day(row["valid_from"], REGISTER_BEGINS),
                valid_to=day(row["valid_to"]),
                hex_column=int(place["hex_column"]) if place else None,
                hex_row=int(place["hex_row"]) if place else None,
            )
        )
    _add(Commune, ["code", "valid_from"], units)


def _load_changes() -> None:
    starts = {(c.code, c.valid_from): c for c in Commune.objects.all()}
    ends = {(c.code, c.valid_to): c for c in starts.values()}
    table = rows("reference/boundary_changes.csv")
    decisions = sorted({(row["decision"], date.fromisoformat(row["effective_on"])) for row in table})
    _add(
        BoundaryChange,
        ["decision", "effective_on"],
        [BoundaryChange(decision=decision, effective_on=on) for decision, on in decisions],
    )
    changes = {(change.decision, change.effective_on): change for change in BoundaryChange.objects.all()}
    found = [_succession(row, changes, starts, ends) for row in table]
    _add(Succession, ["change_id", "old_id", "new_id"], found)
    _set_origins(found)


def _succession(row: dict, changes: dict, starts: dict, ends: dict) -> Succession:
    on = date.fromisoformat(row["effective_on"])
    old = ends[row["old_code"], on - timedelta(days=1)]
    new = starts.get((row["new_code"], on)) or next(
        c for (code, start), c in starts.items() if code == row["new_code"] and start < on <= (c.valid_to or on)
    )
    return Succession(
        change=changes[row["decision"], on],
        old=old,
        new=new,
        kind=row["kind"],
        continues=row["continues"] == "1",
        note=row["note"],
    )


def _set_origins(successions: list[Succession]) -> None:
    """Versions of one place share the first of them. The table is in order of time: origins are known when needed."""
    moved = []
    for succession in successions:
        if succession.continues:
            succession.new.origin_id = succession.old.place_id
            moved.append(succession.new)
    Commune.objects.bulk_update(moved, ["origin"])


def _load_district_recognitions() -> None:
    districts = dict(District.objects.values_list("code", "pk"))
    _add(
        DistrictRecognition,
        ["district_id", "title", "counts_for_year"],
        [
            DistrictRecognition(
                district_id=districts[row["district"]],
                title=row["title"],
                counts_for_year=int(row["counts_for_year"]),
                decision_number=row["decision_number"],
                decided_on=day(row["decided_on"]),
                source=row["source"],
            )
            for row in rows("reference/district_recognitions.csv")
        ],
    )
