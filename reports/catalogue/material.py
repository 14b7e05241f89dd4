"""PURE: what reports are made from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from communes.money import Debt, Money
from criteria.rules.standard import Group, Standard
from reports.picture.picture import Picture
from reports.tables.table import Value

from .watch import Readings, Values


@dataclass(frozen=True, slots=True)
class Decision:
    """A recognition decision, as tables show it."""

    year: int
    number: str
    decided_on: date | None


@dataclass(frozen=True, slots=True)
class Registered:
    """What a registration says, in million đồng, and what became of it.

    ``advanced``: drawn for the commune on the plans of later years. ``recognised``: None before the year is assessed.
    ``has_set``: whether a criteria set of its level is loaded.
    """

    batch: str = ""
    legal_basis: str = ""
    sponsor: str = ""
    needs: Decimal | None = None
    deadline: date | None = None
    result: str = ""
    note: str = ""
    advanced: Decimal | None = None
    recognised: bool | None = None
    has_set: bool = True


@dataclass(frozen=True, slots=True)
class ModelHamlet:
    """Xóm kiểu mẫu as it is shown; where its commune is no more, by the ``code`` and ``commune`` it was known by."""

    place_id: int
    code: str
    commune: str
    district: str
    name: str
    year: int
    number: str
    decided_on: date | None
    note: str


@dataclass(frozen=True, slots=True)
class Duty:
    """A department that helps a commune, or is in charge of a criterion: ``place_id`` or ``criterion`` is None."""

    department: str
    place_id: int | None
    code: str
    commune: str
    district: str
    criterion: int | None
    first: int
    last: int | None
    legal_basis: str


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
    ``registered``: the registrations for the coming year by level and place. ``money`` by source, ``debts``: arrears;
    ``hamlets``, ``duties``. ``kind``: which of the things that the report can show.
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
    registered: Mapping[str, Mapping[int, Registered]] = field(default_factory=dict)
    money: tuple[Money, ...] = ()
    kind: str = ""
    debts: tuple[Debt, ...] = ()
    hamlets: tuple[ModelHamlet, ...] = ()
    duties: tuple[Duty, ...] = ()


@dataclass(frozen=True, slots=True)
class National:
    """The share of certified communes in the whole country, as a document states it."""

    value: Decimal
    decimals: int
