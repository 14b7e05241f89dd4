"""A document's stated figures against the data, and where a stated percentage can come from."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from communes.models import Commune, Level, Province, UnitKind
from communes.text import vn_number
from criteria.models import AssessmentRound
from reports.models import StatedFigure
from reports.picture.figures import Figure, headline, ratio, registered
from reports.picture.reading import pictures

READING = frozenset({"statistics", "summaries", "marks"})
OUTSIDE = "Số liệu ngoài phạm vi của cổng; ghi theo văn bản."
Held = dict[str, tuple[Figure, date]]  # by key: what the data gives, and the day of it


@dataclass(frozen=True, slots=True)
class Compared:
    """A stated figure beside the data's of a day. ``figure`` is None where the portal has no such data."""

    stated: StatedFigure
    figure: Figure | None
    equal: bool | None
    why: list[str]
    as_of: date | None = None


def rounds_to_hold_against(province: Province) -> list[AssessmentRound]:
    """The rounds of the basic standard, year-end and mid-year, oldest first. One query."""
    found = AssessmentRound.objects.filter(province=province, criteria_set__level=Level.STANDARD)
    return list(found.select_related("criteria_set").order_by("as_of", "pk"))


def compare(
    stated: list[StatedFigure], province: Province, rounds: list[AssessmentRound], chosen: AssessmentRound | None = None
) -> list[Compared]:
    """Every figure a document states, in its order, beside what the data gives: at the end of the year that the figure
    is of, or in the round that is ``chosen`` among ``rounds``. Four queries."""
    by_year = _of_round(province, chosen) if chosen else _of_years(province, rounds, {one.year for one in stated})
    periods = rural_periods(province)
    return [_compared(one, _found(one, by_year, chosen), periods) for one in stated]


def _of_years(province: Province, rounds: list[AssessmentRound], years: set[int]) -> dict[int, Held]:
    """By the year the figures are of. Communes are registered in the year before."""
    ends = {round.year: round for round in rounds if round.ends_year}
    wanted = [round for year, round in ends.items() if {year, year + 1} & years]
    found: dict[int, Held] = {}
    for year, picture in pictures(province, wanted, READING).items():
        found.setdefault(year, {}).update({one.key: (one, picture.as_of) for one in headline(picture)})
        found.setdefault(year + 1, {}).update({one.key: (one, picture.as_of) for one in registered(picture)})
    return found


def _of_round(province: Province, round: AssessmentRound) -> dict[int, Held]:
    """By the year of the round, and of its registrations."""
    [picture] = pictures(province, [round], READING).values()
    return {
        round.year: {one.key: (one, round.as_of) for one in headline(picture)},
        round.year + 1: {one.key: (one, round.as_of) for one in registered(picture)},
    }


def _found(stated: StatedFigure, by_year: dict[int, Held], chosen: AssessmentRound | None) -> tuple[Figure, date] | str:
    """What a figure is held against, or why it is not. Registrations are of one year; anything else of any day."""
    year = chosen.year if chosen and not stated.key.startswith("registered") else stated.year
    if found := by_year.get(year, {}).get(stated.key):
        return found
    if chosen and stated.key.startswith("registered"):
        return f"Kỳ này chỉ cho biết xã đăng ký năm {chosen.year + 1}."
    return OUTSIDE


def _compared(stated: StatedFigure, found: tuple[Figure, date] | str, periods: list["Period"]) -> Compared:
    if isinstance(found, str):
        return Compared(stated, None, None, [found])
    figure, day = found
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
    return Compared(stated, figure, equal, why, day)


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
