"""PURE: money and arrears of a year in sentences, from the rows of the reports ``nguon-luc`` and ``no-dong``.

Million đồng, as in the tables. Credit is lent and stands apart; plans are net of advances; the unknown is not said.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from communes.money import Debt, FundingSource, Measure, Money, total
from communes.text import vn_number
from reports.catalogue.money import (
    MILLIONS,
    DebtRow,
    FundingRow,
    both,
    debt_rows,
    funding_rows,
    money,
    owed,
    sums,
    works,
)
from reports.picture.picture import Picture

from .phrasing import listed, moved

NAMED = 10  # overdue works


@dataclass(frozen=True, slots=True)
class Accounts:
    """Nguồn lực, nợ đọng of a year and place, and what they are held against. ``named``: whether its reader may see
    the single works."""

    picture: Picture
    previous: Picture | None
    place: str
    money: Sequence[Money] = ()
    debts: Sequence[Debt] = ()
    named: bool = True


def money_paragraphs(accounts: Accounts) -> list[str]:
    """What was mobilised in the year, by group of sources; nothing where nothing is known."""
    planned, disbursed = sums(accounts.picture, accounts.money)
    return [
        *_given(accounts, planned, disbursed),
        *listed(f"Chia theo nguồn ({MILLIONS})", list(_groups(planned, disbursed))),
        *_credit(accounts, planned, disbursed),
        *_advances(accounts.picture.year, planned),
        *_coming_year(accounts),
        *_unknown(planned, disbursed),
    ]


def _given(accounts: Accounts, planned: FundingRow, disbursed: FundingRow) -> list[str]:
    told = both(planned.sum(False), disbursed.sum(False))
    if not told:
        return []
    return [
        f"Năm {accounts.picture.year}, nguồn lực huy động của {accounts.place} (không gồm vốn tín dụng): {told}"
        f"{_since(accounts, disbursed.sum(False), with_credit=False)}."
    ]


def _since(accounts: Accounts, now: Decimal | None, with_credit: bool) -> str:
    """``; giải ngân tăng 20 triệu đồng so với năm 2016 (880 triệu đồng)``; nothing where one of the two is unknown."""
    if accounts.previous is None:
        return ""
    _, before = sums(accounts.previous, accounts.money)
    then = before.of(FundingSource.CREDIT) if with_credit else before.sum(False)
    if now is None or then is None:
        return ""
    return f"; giải ngân {moved(now, then, MILLIONS, None)} so với năm {accounts.previous.year} ({money(then)})"


def _groups(planned: FundingRow, disbursed: FundingRow) -> Iterable[str]:
    """A line for each group of sources of which something is known."""
    groups: dict[str, list[FundingSource]] = {}
    for source in FundingSource:
        if not source.is_credit:
            groups.setdefault(source.group or source.label, []).append(source)
    for name, sources in groups.items():
        plan, paid = (total(row.of(source) for source in sources) for row in (planned, disbursed))
        told = both(plan, paid, vn_number)
        if told:
            yield f"{name}: {told}"


def _credit(accounts: Accounts, planned: FundingRow, disbursed: FundingRow) -> list[str]:
    now = disbursed.of(FundingSource.CREDIT)
    told = both(planned.of(FundingSource.CREDIT), now)
    return [f"Vốn tín dụng (vốn vay, tính riêng): {told}{_since(accounts, now, with_credit=True)}."] if told else []


def _advances(year: int, planned: FundingRow) -> list[str]:
    told = _netted(planned)
    return [f"Kế hoạch năm {year} {told}."] if told else []


def _netted(planned: FundingRow) -> str:
    """What a plan has from later years, and what earlier years have had of it."""
    parts = []
    if planned.gained:
        parts.append(f"đã gồm {money(planned.gained)} vốn ứng từ kế hoạch các năm sau")
    if planned.given:
        parts.append(f"đã trừ {money(planned.given)} do năm trước đã ứng")
    return " và ".join(parts)


def _coming_year(accounts: Accounts) -> list[str]:
    """The plan of the year after, and how much of it is drawn from still later years."""
    year = accounts.picture.year + 1
    row = funding_rows(accounts.picture, accounts.money, year, Measure.PLANNED)[-1]
    amount, netted = row.sum(False), _netted(row)
    if amount is None:
        return []
    return [f"Kế hoạch năm {year} (không gồm vốn tín dụng) là {money(amount)}{', ' if netted else ''}{netted}."]


def _unknown(planned: FundingRow, disbursed: FundingRow) -> list[str]:
    parts = [
        f"{vn_number(row.unknown)} khoản {name}"
        for row, name in ((planned, "kế hoạch"), (disbursed, "giải ngân"))
        if row.unknown
    ]
    return [f"Chưa có số liệu của {' và '.join(parts)}; các tổng trên cộng các số đã có."] if parts else []


def arrears_paragraphs(accounts: Accounts) -> list[str]:
    """What is still owed on the last day, and what of it is overdue; nothing where no debt was ever told."""
    rows = debt_rows(accounts.picture, accounts.debts)
    before = debt_rows(accounts.previous, accounts.debts) if accounts.previous else []
    if not rows and not before:
        return []
    day = f"Đến {accounts.picture.as_of:%d/%m/%Y}, {accounts.place}"
    then = f" (cuối năm {accounts.previous.year}: {works(before)})" if accounts.previous and before else ""
    if not rows:
        return [f"{day} không còn công trình nào nợ đọng{then}."]
    return [f"{day} còn {works(rows)}{then}.", *_overdue(accounts, [row for row in rows if row.overdue])]


def _overdue(accounts: Accounts, rows: Sequence[DebtRow]) -> list[str]:
    if not rows:
        return []
    told = f"Trong đó {vn_number(len(rows))} công trình đã quá hạn trả, còn nợ {money(owed(rows))}"
    if not accounts.named:
        return [f"{told}."]
    longest = sorted(rows, key=lambda row: (row.debt.deadline if row.debt else None) or accounts.picture.as_of)
    lines = [_work(row) for row in longest[:NAMED]]
    if len(rows) > NAMED:
        lines.append(f"{vn_number(len(rows) - NAMED)} công trình khác, ghi trong biểu nợ đọng")
    return listed(told, lines)


def _work(row: DebtRow) -> str:
    work = row.debt.work if row.debt else ""
    deadline = f", hạn {row.debt.deadline:%d/%m/%Y}" if row.debt and row.debt.deadline else ""
    return f"{work} ({row.name}, {row.district}): còn nợ {money(row.owed)}{deadline}"
