"""Which cells of a round are unlikely: last year's figure, the district's other communes, parts larger than wholes."""

from collections.abc import Mapping, Set
from decimal import Decimal

from criteria.rules import warnings
from criteria.rules.standard import Line, Standard
from criteria.rules.statistics import FIXED

from .loading import STATISTICS, State

Numbers = dict[str, Decimal | None]


def numbers(state: State | None, standard: Standard) -> Numbers:
    """The figures of a commune by column; words and derived lines are none."""
    if state is None:
        return {}
    found: Numbers = {key: _decimal(state.statistics.get(key)) for key in STATISTICS}
    for line in standard.lines:
        if line.kind != "boolean" and not line.derived and line.id in state.given:
            found[line.code] = state.given[line.id].value
    return found


def _decimal(value) -> Decimal | None:
    return None if value is None else Decimal(value)


def doubts(
    states: Mapping[str, State], last_year: Mapping[int, State], standard: Standard, only: Set[str] | None = None
) -> dict[tuple[str, str], str]:
    """The warnings by commune code and column, over whole districts. ``last_year``: states by place; ``only``: the
    codes of the communes that are asked about, all of them without it."""
    table = {code: numbers(state, standard) for code, state in states.items()}
    usual = {place: warnings.usual(values) for place, values in _peers(states, table).items()}
    lines = {line.code: line for line in standard.lines}
    found = {}
    for code in table if only is None else table.keys() & only:
        state, row = states[code], table[code]
        before = numbers(last_year.get(state.commune.place_id), standard)
        for key, value in row.items():
            percent = key in lines and lines[key].kind == "percent"
            text = _whole(key, value, row, lines) or warnings.jump(value, before.get(key), percent)
            if key not in ("population", "households", "poor_households"):
                text = text or warnings.outlier(value, usual.get((state.commune.district_id, key)))
            if text:
                found[code, key] = text
    return found


def _whole(key: str, value: Decimal | None, row: Numbers, lines: dict[str, Line]) -> str:
    """Against the column that must be at least as large."""
    if key == "poor_households":
        return warnings.above(value, row.get("households"), FIXED[key], FIXED["households"])
    if key == "households":
        return ""
    parent = lines[key].parent if key in lines else ""
    return warnings.above(value, row.get(parent), f"Chỉ tiêu {key}", f"chỉ tiêu {parent}") if parent else ""


def _peers(states: Mapping[str, State], table: dict[str, Numbers]) -> dict[tuple[int | None, str], list[Decimal]]:
    found: dict[tuple[int | None, str], list[Decimal]] = {}
    for code, row in table.items():
        for key, value in row.items():
            if value is not None:
                found.setdefault((states[code].commune.district_id, key), []).append(value)
    return found
