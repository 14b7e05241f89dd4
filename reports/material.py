"""PURE: what reports are made from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from communes.funding import Debt, Money
from criteria.standard import Group, Standard

from .picture import Picture
from .tables import Value
from .watch import Readings, Values


@dataclass(frozen=True, slots=True)
class Decision:
    """A recognition decision, as tables show it."""

    year: int
    number: str
    decided_on: date | None


@dataclass(frozen=True, slots=True)
class Registered:
    """What a registration says."""

    batch: str = ""
    legal_basis: str = ""
    sponsor: str = ""
    note: str = ""


DONE = "done"


@dataclass(frozen=True, slots=True)
class Task:
    """A task of a document as it is shown. ``state``: its key, ``progress`` its name."""

    document: str
    number: int
    text: str
    owner: str
    deadline: date | None
    state: str
    progress: str
    result: str
    measure: str

    def is_late(self, on: date) -> bool:
        return self.deadline is not None and self.deadline < on and self.state != DONE


@dataclass(frozen=True, slots=True)
class Material:
    """What reports are made from. ``raw``: cell values by unit and indicator; ``decisions`` by unit.

    ``empty``: the entry sheet without its figures, to be filled in; ``group``, ``criterion``: only those columns of it.
    ``groups``: the criteria with their lines; ``readings``: what a unit has on a line, ``past`` its values by line and
    year; ``steps``: only communes that miss so many criteria. ``previous``: the picture of the year before;
    ``registered``: the registrations for the coming year by place. ``money`` by source, ``kind``: which of its amounts;
    ``debts``: arrears.
    """

    picture: Picture
    place: str
    raw: dict[int, dict[str, Value]] | None = None
    standard: Standard | None = None
    decisions: dict[int, Decision] | None = None
    empty: bool = False
    group: str = ""
    criterion: int | None = None
    groups: tuple[Group, ...] = ()
    readings: Mapping[int, Readings] = field(default_factory=dict)
    past: Mapping[int, Values] = field(default_factory=dict)
    steps: int | None = None
    previous: Picture | None = None
    tasks: Sequence[Task] = ()
    registered: Mapping[int, Registered] = field(default_factory=dict)
    money: tuple[Money, ...] = ()
    kind: str = ""
    debts: tuple[Debt, ...] = ()
