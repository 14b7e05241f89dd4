"""PURE: what reports are made from."""

from dataclasses import dataclass
from datetime import date

from criteria.standard import Standard

from .picture import Picture
from .tables import Value


@dataclass(frozen=True, slots=True)
class Decision:
    """A recognition decision, as tables show it."""

    year: int
    number: str
    decided_on: date | None


@dataclass(frozen=True, slots=True)
class Material:
    """What reports are made from. ``raw``: cell values by unit and indicator; ``decisions`` by unit.

    ``empty``: the entry sheet without its figures, to be filled in; ``group``, ``criterion``: only those columns of it.
    """

    picture: Picture
    place: str
    raw: dict[int, dict[str, Value]] | None = None
    standard: Standard | None = None
    decisions: dict[int, Decision] | None = None
    empty: bool = False
    group: str = ""
    criterion: int | None = None
