"""One commune over the years: its versions, statistics, decisions and assessments. Six queries."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.db.models import Q
from django.db.models.functions import Coalesce

from communes.models import Commune, Level, Officer, Recognition
from communes.text import vn_number
from criteria.cells import show
from criteria.loading import STATISTICS, as_rule, load_standard
from criteria.models import Assessment, Result
from criteria.rules import Given, Summary, Verdict, criterion_verdict
from criteria.standard import Group, Line, Rule, Standard

from .entry_sheet import shown_number
from .picture import standing_of
from .tables import Value


@dataclass(frozen=True, slots=True)
class LineRow:
    """An indicator of the year: what was given, the requirement it was judged by, the verdict."""

    line: Line
    shown: Value
    verdict: Verdict
    ruled: Verdict
    reason: str
    numerator: Decimal | None
    denominator: Decimal | None
    rule: Rule | None

    @property
    def text(self) -> str:
        if self.shown is None:
            return "–"
        if isinstance(self.shown, str):
            return self.shown.partition(":")[0]
        return f"{vn_number(self.shown)} {self.line.unit}".rstrip()

    @property
    def against_the_rule(self) -> bool:
        return self.verdict not in (self.ruled, Verdict.NOT_APPLICABLE) and self.ruled != Verdict.UNKNOWN


@dataclass(frozen=True, slots=True)
class CriterionCard:
    criterion: Group
    verdict: Verdict
    lines: list[LineRow]


@dataclass(frozen=True, slots=True)
class YearRow:
    """A year in the strip: verdicts of all criteria and the statistics, or what is known of them."""

    year: int
    set_code: str
    closed: bool
    commune: Commune
    summary: Summary
    statistics: dict[str, object]
    certified: bool

    def verdicts(self, standard: Standard) -> list[Verdict]:
        return [self.summary.verdict(criterion.position) for criterion in standard.criteria]


@dataclass(frozen=True)
class Scorecard:
    commune: Commune
    year: int
    as_of: date
    standard: Standard
    years: list[YearRow]
    cards: list[CriterionCard]
    decisions: list[Recognition]
    changes: list[tuple[date, str, str]] = field(default_factory=list)

    @property
    def current(self) -> YearRow:
        return next(row for row in self.years if row.year == self.year)

    @property
    def standing(self) -> str:
        current = self.current
        return standing_of(current.summary, current.certified, len(self.cards))

    @property
    def strip(self) -> list[tuple[YearRow, list[Verdict]]]:
        """The years with their verdicts on the criteria of the chosen year's set; none for years under another set."""
        return [
            (row, row.verdicts(self.standard) if row.set_code == self.standard.set_code else []) for row in self.years
        ]

    @property
    def missed(self) -> list[CriterionCard]:
        return [card for card in self.cards if card.verdict == Verdict.NOT_MET]


def scorecard(officer: Officer, code: str, year: int | None) -> Scorecard | None:
    """The scorecard of the commune that had ``code`` in ``year`` (None: in the latest year it was assessed).

    None when there is no such commune, or none that the officer may see.
    """
    history = _history(officer, code)
    assessments = _assessments(officer, history)
    wanted = [row for row in assessments if row.commune.code == code and year in (None, row.round.year)]
    if not wanted or not _visible(officer, wanted[-1].commune):
        return None
    chosen = wanted[-1]
    place = chosen.commune.place_id
    decisions = _decisions(place)
    standard = load_standard(chosen.round.criteria_set, officer.province, chosen.round.year)
    return Scorecard(
        chosen.commune,
        chosen.round.year,
        chosen.round.as_of,
        standard,
        [_year_row(row, history, decisions) for row in assessments if row.commune.place_id == place],
        _cards(chosen, standard),
        decisions,
        sorted({change for version in history.values() if version.place == place for change in version.changes}),
    )


def _visible(officer: Officer, commune: Commune) -> bool:
    return not officer.bound_to_district or commune.district_id == officer.district_id


@dataclass(slots=True)
class _Version:
    """A version of a place: its statistics by year and the changes that brought it about."""

    place: int
    statistics: dict[int, dict[str, object]] = field(default_factory=dict)
    changes: set[tuple[date, str, str]] = field(default_factory=set)


def _history(officer: Officer, code: str) -> dict[int, _Version]:
    """All versions, by id, of every place that ever had the code. One query."""
    communes = Commune.objects.filter(province=officer.province).annotate(place=Coalesce("origin", "pk"))
    places = communes.filter(code=code).values("place")
    statistics = [f"statistics__{name}" for name in ("year", *STATISTICS)]
    change = [f"predecessions__{name}" for name in ("change__effective_on", "change__decision", "kind")]
    found: dict[int, _Version] = {}
    for pk, place, year, *values in communes.filter(place__in=places).values_list("pk", "place", *statistics, *change):
        version = found.setdefault(pk, _Version(place))
        if year:
            version.statistics[year] = dict(zip(STATISTICS, values, strict=False))
        if values[-3]:
            version.changes.add(tuple(values[-3:]))
    return found


def _assessments(officer: Officer, history: dict[int, _Version]) -> list[Assessment]:
    found = Assessment.objects.year_end().filter(commune__in=history, round__province=officer.province)
    return list(found.select_related("commune__district", "round__criteria_set").order_by("round__as_of"))


def _decisions(place: int) -> list[Recognition]:
    found = Recognition.objects.filter(Q(commune=place) | Q(commune__origin=place))
    return list(found.order_by("counts_for_year", "level"))


def _year_row(row: Assessment, history: dict[int, _Version], decisions: list[Recognition]) -> YearRow:
    year, last_day = row.round.year, row.round.as_of
    certified = any(
        decision.level == Level.STANDARD
        and decision.counts_for_year <= year
        and (decision.revoked_on is None or decision.revoked_on > last_day)
        for decision in decisions
    )
    statistics = history[row.commune_id].statistics.get(year, {})
    closed = row.round.closed_at is not None
    return YearRow(year, row.round.criteria_set.code, closed, row.commune, row.summary, statistics, certified)


def _cards(assessment: Assessment, standard: Standard) -> list[CriterionCard]:
    results = {
        result.indicator_id: result
        for result in Result.objects.filter(assessment=assessment).select_related("requirement__indicator")
    }
    cards = []
    for criterion in standard.criteria:
        rows = [_line_row(line, results.get(line.id), standard) for line in criterion.lines]
        cards.append(CriterionCard(criterion, criterion_verdict(row.verdict for row in rows), rows))
    return cards


def _line_row(line: Line, result: Result | None, standard: Standard) -> LineRow:
    if result is None:
        return LineRow(line, None, Verdict.UNKNOWN, Verdict.UNKNOWN, "", None, None, standard.rule(line))
    given = Given(result.value, claim=Verdict(result.claim) if result.claim else None, reason=result.reason)
    rule = as_rule(result.requirement) if result.requirement else None
    return LineRow(
        line,
        shown_number(show(given, line), line.derived),
        Verdict(result.verdict),
        Verdict(result.ruled),
        result.reason,
        result.numerator,
        result.denominator,
        rule,
    )
