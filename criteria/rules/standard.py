"""PURE: a criteria set as it applies in one year of one province, ready to judge with.

Requirements resolve from the narrowest to the widest (domain note 7.3): the province's decision for that very year, the
province's decision, the commune group, the region, the whole country.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property

from communes.text import vn_number

from .verdicts import Comparison, Threshold

SIGNS = {Comparison.AT_LEAST: "≥ ", Comparison.AT_MOST: "≤ ", Comparison.EQUAL: ""}
NARROWNESS = {"national": 0, "region": 1, "group": 2, "province": 3}


def wording(kind: str, threshold: Threshold, unit: str) -> str:
    """A threshold for reading: ``≥ 95 %``, ``≤ 26,7 %``, ``Đạt``."""
    return "Đạt" if kind == "boolean" else f"{SIGNS[threshold.comparison]}{vn_number(threshold.value)} {unit}".rstrip()


@dataclass(frozen=True, slots=True)
class Rule:
    """A requirement in force. ``text`` is for reading (``≥ 95 %``)."""

    id: int
    scope: str
    group: str
    year_from: int | None
    year_to: int | None
    threshold: Threshold
    text: str
    legal_basis: str
    verified: bool
    illustrative: bool
    note: str = ""

    @property
    def narrowness(self) -> tuple[int, bool, int]:
        one_year = self.year_from is not None and self.year_from == self.year_to
        return NARROWNESS[self.scope], one_year, self.year_from or 0


@dataclass(frozen=True, slots=True)
class Line:
    """An indicator, or a compound line below one. ``position``: that of its criterion in the set."""

    id: int
    code: str
    text: str
    kind: str
    unit: str
    source: str
    position: int
    counted: bool = True
    lead: str = ""
    parent: str = ""

    @property
    def derived(self) -> bool:
        return self.source != "sheet"


@dataclass(frozen=True, slots=True)
class Group:
    """A criterion with its lines."""

    position: int
    number: int
    name: str
    group: str
    lead: str = ""
    lines: tuple[Line, ...] = ()

    @property
    def key(self) -> str:
        return f"c{self.number}"


@dataclass(frozen=True)
class Standard:
    """The criteria of a set in order, and the rules in force in ``year``."""

    set_code: str
    year: int
    criteria: tuple[Group, ...]
    rules: dict[int, list[Rule]]
    _resolved: dict[tuple[int, str], Rule | None] = field(default_factory=dict, repr=False)

    @cached_property
    def lines(self) -> list[Line]:
        return [line for criterion in self.criteria for line in criterion.lines]

    def rule(self, line: Line, commune_group: str = "") -> Rule | None:
        """The narrowest requirement in force for a line, or None: then the officer judges."""
        key = (line.id, commune_group)
        if key not in self._resolved:
            self._resolved[key] = narrowest(self.rules.get(line.id, ()), self.year, commune_group)
        return self._resolved[key]


def narrowest(rules: Iterable[Rule], year: int, commune_group: str = "") -> Rule | None:
    """The rule that wins in ``year`` among those of one indicator."""
    candidates = [
        rule
        for rule in rules
        if (rule.year_from or 0) <= year <= (rule.year_to or 9999) and rule.group in ("", commune_group)
    ]
    return max(candidates, key=lambda rule: rule.narrowness, default=None)
