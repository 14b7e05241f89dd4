"""PURE: money by source (report ``nguon-luc``) and what is still owed for finished works (``no-dong``).

Million đồng. What is not known stays apart: a sum is over what is known, and the number of unknown amounts beside it.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from communes.money import Balance, Debt, FundingSource, Measure, Money, accounts, balance, outstanding, total
from communes.text import vn_number
from reports.picture.picture import Picture, Unit
from reports.tables.columns import CODE, NAME, by_place
from reports.tables.table import Column, Table

from .material import Material

MILLIONS = "triệu đồng"

UNIT = "Đơn vị tính: triệu đồng"


@dataclass(frozen=True, slots=True)
class Kind:
    """Which amounts are shown, and of how many years later."""

    label: str
    measure: Measure
    later: int = 0


KINDS = {
    "": Kind("Đã giải ngân", Measure.DISBURSED),
    "phan-bo": Kind("Đã phân bổ", Measure.ALLOCATED),
    "ke-hoach": Kind("Kế hoạch", Measure.PLANNED),
    "ke-hoach-nam-sau": Kind("Kế hoạch năm sau", Measure.PLANNED, 1),
}
CHOICES = tuple((key, kind.label) for key, kind in KINDS.items())


@dataclass(frozen=True)
class FundingRow:
    """A district, a commune or the whole with its balances by source; several of one source are added up."""

    code: str | None
    name: str
    balances: Mapping[FundingSource, Sequence[Balance]]

    def of(self, source: FundingSource) -> Decimal | None:
        return total(found.available for found in self.balances.get(source, ()))

    def sum(self, with_credit: bool) -> Decimal | None:
        return total(self.of(source) for source in FundingSource if with_credit or not source.is_credit)

    @property
    def gained(self) -> Decimal | None:
        return total(found.gained for found in self._all())

    @property
    def given(self) -> Decimal | None:
        return total(found.given for found in self._all())

    @property
    def unknown(self) -> int:
        return sum(found.unknown for found in self._all())

    def _all(self) -> list[Balance]:
        return [found for balances in self.balances.values() for found in balances]


def funding_rows(picture: Picture, lines: Iterable[Money], year: int, measure: Measure) -> list[FundingRow]:
    """One row per district, of one district one per commune; the whole last. The rows add up to the whole."""
    units = {unit.place_id: unit for unit in picture.units}
    whole = len(picture.districts) > 1
    found: dict[str, list[Money]] = {}
    for line in lines:
        if (key := _row_of(line, units, picture, whole)) is not None:
            found.setdefault(key, []).append(line)
    names = _names(picture, whole, found)
    rows = [FundingRow(code or None, name, _balances(found.get(code, []), year, measure)) for code, name in names]
    everything = [line for some in found.values() for line in some]
    return [*rows, FundingRow(None, "Toàn tỉnh" if whole else "Cộng", _balances(everything, year, measure))]


def _row_of(line: Money, units: Mapping[int, Unit], picture: Picture, whole: bool) -> str | None:
    """The code of the row a line belongs to; "" for what a district keeps undivided; None for another district's."""
    unit = units.get(line.place_id) if line.place_id else None
    district = unit.district.code if unit else line.district
    if whole:
        return district
    if district != picture.district.code:
        return None
    return unit.code if unit else ""


def _names(picture: Picture, whole: bool, found: Mapping[str, object]) -> list[tuple[str, str]]:
    if whole:
        return [(part.district.code, part.district.name) for part in picture.districts]
    units = [(unit.code, unit.name) for unit in picture.units if unit.rural or unit.code in found]
    return [*units, *([("", "Cấp huyện, không chia cho xã")] if "" in found else [])]


def _balances(lines: Iterable[Money], year: int, measure: Measure) -> dict[FundingSource, list[Balance]]:
    found: dict[FundingSource, list[Balance]] = {}
    for (_, _, source), some in accounts(lines).items():
        found.setdefault(source, []).append(balance(some, year, measure))
    return found


def funding_table(slug: str, title: str, subtitle: str, material: Material) -> Table:
    """Sources side by side as the form groups them, credit apart, two totals."""
    picture, kind = material.picture, KINDS[material.kind]
    year, whole = picture.year + kind.later, len(picture.districts) > 1
    *rows, last = funding_rows(picture, material.money, year, kind.measure)
    name = f"{kind.label.lower()} ({year})" if kind.later else kind.label.lower()
    return Table(
        slug, f"{title}: {name}", subtitle, _funding_columns(whole), rows, [last], UNIT, _notes(kind), paper="A3"
    )


def _funding_columns(whole: bool) -> list[Column]:
    heading, page = ("Huyện, thành phố, thị xã", "district") if whole else ("Xã", "commune")
    return [
        Column("code", "Mã", lambda row: row.code, width=7),
        Column("name", heading, lambda row: row.name, width=22, link=(page, lambda row: row.code)),
        *(_source(source) for source in FundingSource if not source.is_credit),
        Column("total_without_credit", "Tổng không gồm tín dụng", lambda row: row.sum(False), width=12),
        _source(FundingSource.CREDIT),
        Column("total", "Tổng gồm tín dụng", lambda row: row.sum(True), width=12),
        Column("gained", "Ứng từ các năm sau", lambda row: row.gained, ADVANCES, width=10),
        Column("given", "Bị trừ do năm trước đã ứng", lambda row: row.given, ADVANCES, width=10),
        Column("unknown", "Số khoản chưa có số liệu", lambda row: row.unknown, decimals=0, width=9),
    ]


ADVANCES = "Trong đó vốn ứng"


def _source(source: FundingSource) -> Column:
    return Column(source.value, source.heading, lambda row: row.of(source), source.group, width=11)


def _notes(kind: Kind) -> list[str]:
    notes = [
        "Ô trống là chưa có số liệu, không phải bằng 0; tổng cộng các số đã có, cột cuối ghi số khoản chưa có số liệu. "
        "Vốn tín dụng là vốn vay, ghi riêng. Ngày công, hiến đất quy thành tiền. Kinh phí cấp huyện không chia cho xã "
        "được tính vào huyện."
    ]
    if kind.measure.netted:
        notes += ["Vốn ứng được tính vào năm sử dụng và trừ vào năm có kế hoạch bị ứng; các cột nguồn là số đã trừ."]
    return notes


@dataclass(frozen=True, slots=True)
class DebtRow:
    """A work with its commune or district as it is shown; or, at the end, the whole."""

    code: str | None
    name: str
    district: str
    district_code: str | None
    value: Decimal
    paid: Decimal
    debt: Debt | None = None
    overdue: bool = False

    @property
    def owed(self) -> Decimal:
        return self.value - self.paid


def debt_rows(picture: Picture, debts: Iterable[Debt]) -> list[DebtRow]:
    """The works of the picture's places with something owed at the end of its day, by district and commune."""
    units = {unit.place_id: unit for unit in picture.units}
    districts = {part.district.code: part.district.name for part in picture.districts}
    rows = []
    for debt in outstanding(debts, picture.as_of):
        unit = units.get(debt.place_id) if debt.place_id else None
        code = unit.district.code if unit else debt.district
        if code in districts:
            shown = (unit.code, unit.name) if unit else (debt.code, debt.name or "Cấp huyện")
            overdue = debt.is_overdue(picture.as_of)
            rows.append(DebtRow(*shown, districts[code], code, debt.value, debt.paid, debt, overdue))
    return sorted(rows, key=lambda row: (row.district_code or "", row.code or "", row.debt.work if row.debt else ""))


def debt_table(slug: str, title: str, subtitle: str, material: Material) -> Table:
    rows = debt_rows(material.picture, material.debts)
    totals = [_total(rows)] if rows else []
    columns = [
        CODE, NAME, by_place(lambda row: row.district_code, lambda row: row.district),
        Column("work", "Công trình", lambda row: row.debt and row.debt.work, width=32, long=True),
        Column("investor", "Chủ đầu tư", lambda row: row.debt and row.debt.investor, width=22, long=True),
        Column("value", "Giá trị", lambda row: row.value, width=11),
        Column("paid", "Đã thanh toán", lambda row: row.paid, width=11),
        Column("owed", "Còn nợ", lambda row: row.owed, width=11),
        Column("source", "Nguồn vốn trả nợ", lambda row: row.debt and row.debt.source, width=20, long=True),
        Column("deadline", "Hạn trả", lambda row: row.debt and row.debt.deadline, width=12),
        Column("overdue", "Quá hạn", lambda row: "Quá hạn" if row.overdue else "", width=10),
        Column("as_of", "Số liệu đến ngày", lambda row: row.debt and row.debt.as_of, width=12),
    ]  # fmt: skip
    notes = [] if rows else ["Không ghi nhận khoản nợ đọng nào."]
    notes += [
        "Còn nợ = giá trị khối lượng hoàn thành − đã thanh toán. Không gồm công trình đã trả xong. "
        "Xã còn nợ đọng thì chưa đủ điều kiện xét công nhận đạt chuẩn."
    ]
    return Table(slug, title, subtitle, columns, rows, totals, UNIT, notes)


def _total(rows: Sequence[DebtRow]) -> DebtRow:
    value, paid = (sum((getattr(row, name) for row in rows), Decimal(0)) for name in ("value", "paid"))
    return DebtRow(None, f"Cộng {len(rows)} công trình", "", None, value, paid)


def sums(picture: Picture, lines: Iterable[Money]) -> tuple[FundingRow, FundingRow]:
    """The last row of ``nguon-luc`` in the year: as planned, and as disbursed."""
    lines = list(lines)
    planned, disbursed = (
        funding_rows(picture, lines, picture.year, measure)[-1] for measure in (Measure.PLANNED, Measure.DISBURSED)
    )
    return planned, disbursed


def both(planned: Decimal | None, disbursed: Decimal | None, told: Callable[[Decimal], str] | None = None) -> str:
    """``kế hoạch 1.250 triệu đồng, đã giải ngân 900 triệu đồng``: what is known of the two."""
    known = [("kế hoạch", planned), ("đã giải ngân", disbursed)]
    return ", ".join(f"{name} {(told or money)(amount)}" for name, amount in known if amount is not None)


def money(amount: Decimal) -> str:
    return f"{vn_number(amount)} {MILLIONS}"


def works(rows: Sequence[DebtRow]) -> str:
    """``10 công trình nợ đọng, số tiền còn nợ 4.250 triệu đồng``."""
    if not rows:
        return "không có công trình nợ đọng"
    return f"{vn_number(len(rows))} công trình nợ đọng, số tiền còn nợ {money(owed(rows))}"


def owed(rows: Sequence[DebtRow]) -> Decimal:
    return sum((row.owed for row in rows), Decimal(0))
