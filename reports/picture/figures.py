"""PURE: counts over the units of a year. Every figure of every page, file and JSON is made here, once.

Percentages are made last, from two counts that stay beside them. Unknown is kept apart from missed and from zero.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal

from criteria.rules.verdicts import Band, bands

from .picture import Criterium, Picture, Unit

Count = int | Decimal


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure with the two counts it comes from. ``value`` is None when nothing is known."""

    key: str
    label: str
    unit: str
    decimals: int
    numerator: Count | None
    denominator: Count | None = None
    factor: int = 1

    @property
    def value(self) -> Count | None:
        """Rounded half up to what is shown. A rate comes from its counts here and nowhere else."""
        return self.rounded(self.decimals)

    def rounded(self, decimals: int) -> Count | None:
        """The exact figure rounded once, half up, to ``decimals`` places."""
        if self.numerator is None or self.denominator is None or self.factor == 0:
            return self.numerator
        return ratio(self.numerator, self.denominator, self.factor, decimals)


def ratio(numerator: Count | None, denominator: Count | None, factor: int = 100, decimals: int = 2) -> Decimal | None:
    """``factor × numerator ÷ denominator`` rounded half up; None without a denominator."""
    if numerator is None or not denominator:
        return None
    exact = Decimal(numerator) * factor / Decimal(denominator)
    return exact.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)


def headline(picture: Picture) -> list[Figure]:
    """The headline figures (report ``tong-hop``): of the province, or of a district's picture."""
    communes = picture.communes
    certified = sum(unit.certified for unit in communes)
    assessed = [unit for unit in communes if unit.has_data]
    met = sum(unit.summary.met_count for unit in assessed)
    completed = sum(part.district.completed for part in picture.districts)
    total = len(communes)
    per_commune = f"tiêu chí/xã (trên {len(picture.criteria)})"
    return [
        Figure("communes_certified", "Số xã đạt chuẩn nông thôn mới", "xã", 0, certified, total, 0),
        Figure("communes_certified_percent", "Tỷ lệ xã đạt chuẩn", "%", 2, certified, total, 100),
        Figure("communes_total", "Tổng số xã", "xã", 0, total),
        Figure("criteria_mean", "Bình quân tiêu chí đạt", per_commune, 2, met if assessed else None, len(assessed)),
        income(communes),
        poverty(picture.units, "poverty_rate", "Tỷ lệ hộ nghèo toàn địa bàn"),
        poverty(communes, "poverty_rate_rural", "Tỷ lệ hộ nghèo khu vực nông thôn (các xã)"),
        Figure(
            "districts_completed", "Đơn vị cấp huyện hoàn thành nhiệm vụ hoặc đạt chuẩn", "đơn vị", 0,
            completed, len(picture.districts), 0,
        ),
    ]  # fmt: skip


def registered(picture: Picture) -> list[Figure]:
    """The communes registered for the year after the picture's, and those of the supplementary batch."""
    batches = [unit.planned for unit in picture.communes if unit.planned]
    return [
        Figure("registered", "Xã đăng ký đạt chuẩn trong năm", "xã", 0, len(batches)),
        Figure("registered_supplementary", "Trong đó: xã bổ sung", "xã", 0, batches.count("supplementary")),
    ]


def income(units: Iterable[Unit]) -> Figure:
    """Income per head, weighted by population, over the units where both are known. Triệu đồng/người/năm."""
    known = [(unit.income, unit.population) for unit in units if unit.income is not None and unit.population]
    total = sum((income * people for income, people in known), Decimal(0)) if known else None
    people = sum(people for _, people in known) or None
    label = "Thu nhập bình quân đầu người khu vực nông thôn"
    return Figure("income_per_capita", label, "triệu đồng/người/năm", 1, total, people)


def poverty(units: Iterable[Unit], key: str, label: str) -> Figure:
    """Σ poor households ÷ Σ households, over the units where both are known."""
    known = [
        (unit.poor_households, unit.households)
        for unit in units
        if unit.poor_households is not None and unit.households
    ]
    poor = sum(poor for poor, _ in known) if known else None
    return Figure(key, label, "%", 1, poor, sum(households for _, households in known) or None, 100)


@dataclass(frozen=True, slots=True)
class BandRow:
    """How the communes of a district, or of the whole, spread over the bands. The counts sum to ``total``."""

    name: str
    code: str | None
    total: int
    counts: tuple[int, ...]
    unknown: int
    mean: Figure
    certified: int
    completed: bool = False

    @property
    def certified_percent(self) -> Decimal | None:
        return ratio(self.certified, self.total)


def band_rows(picture: Picture) -> list[BandRow]:
    """One row per district, the whole last."""
    groups = bands(len(picture.criteria))
    rows = [
        replace(_band_row(part, groups, part.district.name, part.district.code), completed=part.district.completed)
        for part in picture.districts
    ]
    return [*rows, _band_row(picture, groups, "Toàn tỉnh" if len(rows) > 1 else "Cộng", None)]


def _band_row(picture: Picture, groups: list[Band], name: str, code: str | None) -> BandRow:
    counts = [0] * len(groups)
    for unit in picture.communes:
        if unit.has_data:
            counts[next(i for i, band in enumerate(groups) if unit.summary.met_count in band)] += 1
    communes = picture.communes
    met = sum(unit.summary.met_count for unit in communes if unit.has_data)
    assessed = sum(counts)
    mean = Figure("criteria_mean", "", "", 2, met if assessed else None, assessed)
    certified = sum(unit.certified for unit in communes)
    return BandRow(name, code, len(communes), tuple(counts), len(communes) - assessed, mean, certified)


@dataclass(frozen=True, slots=True)
class CriterionRow:
    """How many communes meet a criterion. Not applicable counts as met."""

    criterion: Criterium
    met: int
    not_met: int
    unknown: int
    total: int

    @property
    def percent(self) -> Decimal | None:
        return ratio(self.met, self.total)


def criterion_rows(picture: Picture) -> list[CriterionRow]:
    """One row per criterion, in the order of the set."""
    masks = [(unit.summary.met_mask, unit.summary.known_mask) for unit in picture.communes]
    total = len(picture.communes)
    rows = []
    for criterion in picture.criteria:
        met = sum(mask >> criterion.position & 1 for mask, _ in masks)
        known = sum(mask >> criterion.position & 1 for _, mask in masks)
        rows.append(CriterionRow(criterion, met, known - met, total - known, total))
    return rows
