"""PURE: the money of the programme in million đồng: its sources, what is left net of advances, which debts stand.

An advance is money used in a year but drawn from the plan of a later one: it adds to the first and reduces the second,
so that the sum over the years stays what it was. Not known is None, and never counts as zero.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum


class FundingSource(StrEnum):
    """Nguồn lực by where it comes from, in the order of the prescribed form (domain note 3.1, B6)."""

    CENTRAL_INVESTMENT = "central_investment"
    CENTRAL_RECURRENT = "central_recurrent"
    PROVINCE = "province"
    DISTRICT = "district"
    COMMUNE = "commune"
    INTEGRATED = "integrated"
    ENTERPRISE = "enterprise"
    PEOPLE_CASH = "people_cash"
    PEOPLE_LABOUR = "people_labour"
    PEOPLE_LAND = "people_land"
    OTHER = "other"
    CREDIT = "credit"

    @property
    def label(self) -> str:
        return _NAMES[self][0]

    @property
    def group(self) -> str:
        """The heading it shares with its neighbours, nothing where it stands alone."""
        return _NAMES[self][1]

    @property
    def heading(self) -> str:
        return _NAMES[self][2]

    @property
    def is_credit(self) -> bool:
        """Credit is lent, not given, and swamps the rest: it is always shown apart."""
        return self is FundingSource.CREDIT


_BUDGET, _PEOPLE = "Ngân sách nhà nước", "Nhân dân đóng góp"
_NAMES = {
    FundingSource.CENTRAL_INVESTMENT: ("Ngân sách trung ương: đầu tư phát triển", _BUDGET, "TW: đầu tư phát triển"),
    FundingSource.CENTRAL_RECURRENT: ("Ngân sách trung ương: sự nghiệp", _BUDGET, "TW: sự nghiệp"),
    FundingSource.PROVINCE: ("Ngân sách tỉnh", _BUDGET, "Tỉnh"),
    FundingSource.DISTRICT: ("Ngân sách huyện (đối ứng)", _BUDGET, "Huyện (đối ứng)"),
    FundingSource.COMMUNE: ("Ngân sách xã", _BUDGET, "Xã"),
    FundingSource.INTEGRATED: ("Vốn lồng ghép", "", "Lồng ghép"),
    FundingSource.ENTERPRISE: ("Doanh nghiệp", "", "Doanh nghiệp"),
    FundingSource.PEOPLE_CASH: ("Dân góp tiền", _PEOPLE, "Tiền"),
    FundingSource.PEOPLE_LABOUR: ("Dân góp ngày công (quy tiền)", _PEOPLE, "Ngày công (quy tiền)"),
    FundingSource.PEOPLE_LAND: ("Dân hiến đất (quy tiền)", _PEOPLE, "Hiến đất (quy tiền)"),
    FundingSource.OTHER: ("Nguồn khác", "", "Khác"),
    FundingSource.CREDIT: ("Vốn tín dụng", "", "Tín dụng"),
}


class Measure(StrEnum):
    """Kế hoạch, phân bổ, giải ngân: the three amounts of a source, by the name of their field."""

    PLANNED = "planned"
    ALLOCATED = "allocated"
    DISBURSED = "disbursed"

    @property
    def netted(self) -> bool:
        """What an advance takes from a later year is its plan and allocation; what was paid was paid."""
        return self is not Measure.DISBURSED


@dataclass(frozen=True, slots=True)
class Money:
    """One line: a source in a year of a place (``place_id``, the same for all versions of a commune), or of a district
    as such (``place_id`` None). ``drawn_from``: the later year out of whose plan it is an advance."""

    place_id: int | None
    district: str
    year: int
    source: FundingSource
    drawn_from: int | None = None
    planned: Decimal | None = None
    allocated: Decimal | None = None
    disbursed: Decimal | None = None

    @property
    def account(self) -> tuple[int | None, str, FundingSource]:
        """Whose money it is, over the years."""
        return self.place_id, "" if self.place_id else self.district, self.source

    def amount(self, measure: Measure) -> Decimal | None:
        return {
            Measure.PLANNED: self.planned, Measure.ALLOCATED: self.allocated, Measure.DISBURSED: self.disbursed
        }[measure]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Balance:
    """A source of a place in a year. ``gained``: advances it got from later years; ``given``: advances that earlier
    years took from it; ``unknown``: how many of its amounts are not known."""

    own: Decimal | None = None
    gained: Decimal | None = None
    given: Decimal | None = None
    unknown: int = 0

    @property
    def available(self) -> Decimal | None:
        """Own + gained − given; None where nothing is known, or something was taken from an unknown amount."""
        if self.own is None and (self.gained is None or self.given is not None):
            return None
        return (self.own or Decimal(0)) + (self.gained or Decimal(0)) - (self.given or Decimal(0))


def balance(lines: Iterable[Money], year: int, measure: Measure) -> Balance:
    """The balance of one year out of the lines of one account."""
    own: list[Decimal] = []
    gained: list[Decimal] = []
    given: list[Decimal] = []
    unknown = 0
    for line in lines:
        taken = line.drawn_from == year and measure.netted
        if line.year != year and not taken:
            continue
        amount = line.amount(measure)
        unknown += amount is None
        if amount is not None:
            (given if taken else gained if line.drawn_from else own).append(amount)
    return Balance(total(own), total(gained), total(given), unknown)


def total(amounts: Iterable[Decimal | None]) -> Decimal | None:
    """The sum of what is known; None where nothing is."""
    known = [amount for amount in amounts if amount is not None]
    return sum(known, Decimal(0)) if known else None


def accounts(lines: Iterable[Money]) -> dict[tuple[int | None, str, FundingSource], list[Money]]:
    found: dict[tuple[int | None, str, FundingSource], list[Money]] = defaultdict(list)
    for line in lines:
        found[line.account].append(line)
    return dict(found)


def overdrawn(lines: Iterable[Money]) -> list[tuple[FundingSource, int]]:
    """The sources and years from which earlier years took more than there is."""
    return [
        (account[2], year)
        for account, found in accounts(lines).items()
        for year in sorted({line.drawn_from for line in found if line.drawn_from})
        for measure in (Measure.PLANNED, Measure.ALLOCATED)
        if (balance(found, year, measure).available or 0) < 0
    ]


@dataclass(frozen=True, slots=True)
class Debt:
    """Nợ đọng: the account of one work of a place as it stood on ``as_of``, in million đồng."""

    place_id: int | None
    district: str
    work: str
    investor: str
    value: Decimal
    paid: Decimal
    source: str
    deadline: date | None
    as_of: date
    settled_on: date | None = None
    code: str | None = None
    name: str = ""

    @property
    def owed(self) -> Decimal:
        return self.value - self.paid

    @property
    def about(self) -> tuple[int | None, str, str]:
        """Which work it is about, over the years."""
        return self.place_id, "" if self.place_id else self.district, self.work

    def is_overdue(self, day: date) -> bool:
        return self.deadline is not None and self.deadline < day


def outstanding(debts: Iterable[Debt], day: date) -> list[Debt]:
    """What is owed at the end of a day: the newest account of each work by then, unless settled or paid."""
    newest: dict[tuple[int | None, str, str], Debt] = {}
    for debt in sorted(debts, key=lambda debt: debt.as_of):
        if debt.as_of <= day:
            newest[debt.about] = debt
    return [d for d in newest.values() if d.owed > 0 and (d.settled_on is None or d.settled_on > day)]
