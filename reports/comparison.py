"""A document's stated figures against the data, and where a stated percentage can come from."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from communes.models import Commune, Province, UnitKind
from communes.text import vn_number

from .figures import Figure, headline, ratio, registered
from .models import StatedFigure
from .queries import pictures, rounds_of


@dataclass(frozen=True, slots=True)
class Compared:
    """A stated figure beside the data's. ``figure`` is None where the portal has no such data."""

    stated: StatedFigure
    figure: Figure | None
    equal: bool | None
    why: list[str]


def compare(stated: list[StatedFigure], province: Province) -> list[Compared]:
    """Every figure a document states, in its order, beside what the data gives for the same year. Five queries."""
    rounds = rounds_of(province)
    wanted = [round for year, round in rounds.items() if {year, year + 1} & {figure.year for figure in stated}]
    found = {}
    for year, picture in pictures(province, wanted, frozenset({"statistics", "summaries", "marks"})).items():
        found |= {(year, figure.key): figure for figure in headline(picture)}
        found |= {(year + 1, figure.key): figure for figure in registered(picture)}
    periods = rural_periods(province)
    return [_compared(figure, found.get((figure.year, figure.key)), periods) for figure in stated]


def _compared(stated: StatedFigure, figure: Figure | None, periods: list["Period"]) -> Compared:
    if figure is None:
        return Compared(stated, None, None, ["Số liệu ngoài phạm vi của cổng; ghi theo văn bản."])
    value = figure.value
    equal = value is not None and figure.rounded(stated.decimals) == stated.value
    why = []
    if value is None:
        why = ["Chưa có số liệu trong cổng."]
    elif not equal and figure.unit == "%" and figure.denominator:
        why = explain(stated.value, stated.decimals, figure, periods)
    elif equal and value != stated.value:
        why = [
            f"Văn bản làm tròn {vn_number(value, figure.decimals)} thành {vn_number(stated.value, stated.decimals)}."
        ]
    return Compared(stated, figure, equal, why)


@dataclass(frozen=True, slots=True)
class Period:
    """A time in which the number of xã stayed the same. ``last`` is None while it lasts."""

    first: date
    last: date | None
    count: int


def rural_periods(province: Province) -> list[Period]:
    """How many xã were in force from when to when, from the unit history. One query."""
    rows = Commune.objects.filter(province=province, kind=UnitKind.COMMUNE).values_list("valid_from", "valid_to")
    steps: dict[date, int] = {}
    for first, last in rows:
        steps[first] = steps.get(first, 0) + 1
        if last:
            steps[last + timedelta(days=1)] = steps.get(last + timedelta(days=1), 0) - 1
    days = sorted(day for day, step in steps.items() if step)
    periods, count = [], 0
    for day, following in zip(days, [*days[1:], None], strict=True):
        count += steps[day]
        periods.append(Period(day, following and following - timedelta(days=1), count))
    return periods


def explain(stated: Decimal, decimals: int, figure: Figure, periods: list[Period]) -> list[str]:
    """Whether a stated percentage is the same count over the number of xã of another time."""
    count = int(figure.numerator or 0)
    computed = f"Theo số liệu: {count}/{figure.denominator} = {vn_number(figure.value or 0, figure.decimals)} %."
    found = [period for period in periods if ratio(count, period.count, 100, decimals) == stated]
    if not found:
        return [computed, "Không thời kỳ nào trong lịch sử địa giới cho mẫu số khớp với tỷ lệ này."]
    return [computed, *(_from_period(stated, decimals, count, period) for period in found)]


def _from_period(stated: Decimal, decimals: int, count: int, period: Period) -> str:
    until = f"đến {period.last:%d/%m/%Y}" if period.last else "đến nay"
    return (
        f"{vn_number(stated, decimals)} % = {count}/{period.count}: {period.count} là số xã có hiệu lực từ "
        f"{period.first:%d/%m/%Y} {until} theo lịch sử địa giới, không phải số xã của kỳ này."
    )
