"""How far a round is: what is filled, in which state each commune is, what is missing and what is late."""

from collections import Counter
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q

from communes.models import Officer, YearlyStatistics
from criteria.judging.loading import STATISTICS, load_standard
from criteria.models import Assessment, AssessmentRound, Result
from criteria.rules.workflow import NAMES, State


@dataclass(frozen=True, slots=True)
class Row:
    """A commune: how many cells are filled of how many."""

    code: str
    name: str
    state: str
    state_name: str
    returned_because: str
    filled: int
    total: int
    late: bool

    @property
    def missing(self) -> int:
        return self.total - self.filled


@dataclass(frozen=True, slots=True)
class Part:
    """A district with its communes."""

    code: str
    name: str
    rows: list[Row]

    @property
    def filled(self) -> int:
        return sum(row.filled for row in self.rows)

    @property
    def total(self) -> int:
        return sum(row.total for row in self.rows)

    @property
    def late(self) -> int:
        return sum(row.late for row in self.rows)

    @property
    def states(self) -> list[tuple[str, str, int]]:
        counts = Counter(row.state for row in self.rows)
        return [(state.value, name, counts[state.value]) for state, name in NAMES.items()]


@dataclass(frozen=True, slots=True)
class Progress:
    districts: list[Part]
    deadline: date | None
    overdue: bool

    @property
    def whole(self) -> Part:
        return Part("", "Cộng", [row for part in self.districts for row in part.rows])


def load_progress(officer: Officer, round: AssessmentRound, today: date | None = None) -> Progress:
    """The progress of what an officer may see. A commune is late when the deadline has passed and it is still with
    those who enter. Five queries."""
    overdue = round.deadline is not None and (today or date.today()) > round.deadline
    standard = load_standard(round.criteria_set, officer.province, round.year)
    lines = [line for line in standard.lines if not (line.derived and standard.rule(line))]
    total = len(lines) + len(STATISTICS)
    given = ~Q(claim="") | Q(value__isnull=False)
    results = Result.objects.filter(given, assessment__round=round, indicator__in=[line.id for line in lines])
    filled = Counter(dict(results.values_list("assessment_id").annotate(n=Count("pk")).order_by()))
    figures = YearlyStatistics.objects.filter(year=round.year, commune__province=round.province_id)
    statistics = {
        commune_id: sum(value is not None for value in values)
        for commune_id, *values in figures.values_list("commune", *STATISTICS)
    }
    parts: dict[str, Part] = {}
    rows = Assessment.objects.visible_to(officer).filter(round=round)
    for row in rows.select_related("commune__district").order_by("commune__district__code", "commune__code"):
        done = filled[row.pk] + statistics.get(row.commune_id, 0)
        waits = State(row.state) in (State.DRAFT, State.RETURNED)
        district = row.commune.district
        code = district.code if district else ""
        name = district.short_name if district else "Không còn cấp huyện"
        parts.setdefault(code, Part(code, name, [])).rows.append(
            Row(
                row.commune.code, row.commune.name, row.state, NAMES[State(row.state)], row.returned_because, done,
                total, overdue and waits,
            )
        )  # fmt: skip
    return Progress(list(parts.values()), round.deadline, overdue)
