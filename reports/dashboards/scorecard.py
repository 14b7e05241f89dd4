"""One commune over the years: its versions, statistics, decisions, assessments and peers. Six queries."""

from dataclasses import dataclass, field
from datetime import date

from django.db.models.functions import Coalesce

from communes.models import Commune, Level, Officer, Recognition
from criteria.judging.loading import STATISTICS, as_rule, load_standard
from criteria.models import Assessment, Result
from criteria.rules.standard import Group, Line, Standard
from criteria.rules.verdicts import NO_DATA, Given, Summary, Verdict, criterion_verdict
from reports.picture.picture import standing_of

from .lines import CriterionCard, LineRow
from .peers import Peer, peers_of

CROWDED = 18
NO_STATISTICS = dict.fromkeys(STATISTICS)
Change = tuple[date, str, str]  # day, number of the resolution, what it did


@dataclass(frozen=True, slots=True)
class YearRow:
    """A year in the strip: verdicts of all criteria and the statistics, or what is known of them.

    ``open``: whether the officer may see the page of the year; a commune may have lain in another district then.
    """

    year: int
    set_code: str
    closed: bool
    commune: Commune
    summary: Summary
    statistics: dict[str, object]
    certified: bool
    open: bool = True

    def verdicts(self, standard: Standard) -> list[tuple[Group, Verdict]]:
        """The criteria of the standard with the year's verdicts on them; none for a year under another set."""
        if self.set_code != standard.set_code:
            return []
        return [(criterion, self.summary.verdict(criterion.position)) for criterion in standard.criteria]

    @property
    def unit(self) -> str:
        """What the commune was in the year: its kind, name and district."""
        return ", ".join(str(part) for part in (self.commune, self.commune.district) if part)


@dataclass(frozen=True)
class Scorecard:
    """``previous_year``: the year of the round before where that was held under the same set, else None."""

    commune: Commune
    year: int
    state: str
    standard: Standard
    years: list[YearRow]
    cards: list[CriterionCard]
    peers: list[Peer]
    previous_year: int | None = None
    decisions: list[Recognition] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)

    @property
    def current(self) -> YearRow:
        return next(row for row in self.years if row.year == self.year)

    @property
    def standing(self) -> str:
        current = self.current
        return standing_of(current.summary, current.certified, len(self.cards))

    @property
    def strip(self) -> list[tuple[YearRow, list[tuple[Group, Verdict]], str]]:
        """The years, the verdicts that can stand beside those of the chosen year, and what holds for the years from
        there on where it changes: the set, or what the unit was."""
        sets = _where_they_differ([f"Bộ tiêu chí {row.set_code}" for row in self.years])
        units = _where_they_differ([row.unit for row in self.years])
        return [
            (row, row.verdicts(self.standard), " · ".join(filter(None, heading)))
            for row, *heading in zip(self.years, sets, units, strict=True)
        ]

    @property
    def missed(self) -> list[CriterionCard]:
        return [card for card in self.cards if card.verdict == Verdict.NOT_MET]

    @property
    def unknown(self) -> list[CriterionCard]:
        return [card for card in self.cards if card.verdict == Verdict.UNKNOWN]

    @property
    def crowded(self) -> bool:
        """Whether so much is to be said that on one sheet of paper the texts of the indicators must be cut."""
        return len(self.missed) + len(self.unknown) + len(self.years) > CROWDED

    @property
    def ranked(self) -> list[Peer]:
        return [peer for peer in self.peers if peer.rank is not None]

    @property
    def own_rank(self) -> int | None:
        return next((peer.rank for peer in self.peers if peer.here), None)

    @property
    def sharing_the_rank(self) -> int:
        """How many other communes of the district have the same rank."""
        return sum(peer.rank == self.own_rank for peer in self.ranked) - 1


def _where_they_differ(texts: list[str]) -> list[str]:
    """The texts, or nothing at all where all say the same."""
    return texts if len(set(texts)) > 1 else [""] * len(texts)


def scorecard(officer: Officer, code: str, year: int | None) -> Scorecard | None:
    """The scorecard of the commune that had ``code`` in ``year`` (None: in the latest year it was assessed).

    None when there is no such commune, or none that the officer may see.
    """
    history = _history(officer, code)
    assessments = _assessments(officer, history)
    wanted = [row for row in assessments if row.commune.code == code and year in (None, row.round.year)]
    if not wanted or not _visible(officer, wanted[-1].commune):
        return None
    place = wanted[-1].commune.place_id
    versions = {pk: version for pk, version in history.items() if version.place == place}
    return _scorecard(officer, wanted[-1], versions, [row for row in assessments if row.commune_id in versions])


def _scorecard(
    officer: Officer, chosen: Assessment, versions: dict[int, "_Version"], assessments: list[Assessment]
) -> Scorecard:
    rows = _known_to(officer, assessments)
    standard = load_standard(chosen.round.criteria_set, officer.province, chosen.round.year)
    before, decisions = _before(chosen, rows), _decisions(versions)
    return Scorecard(
        chosen.commune,
        chosen.round.year,
        chosen.get_state_display(),
        standard,
        [_year_row(officer, row, versions[row.commune_id], decisions) for row in rows],
        _cards(chosen, before, standard),
        peers_of(chosen, len(standard.criteria)),
        before.round.year if before else None,
        decisions,
        sorted({change for version in versions.values() for change in version.changes}),
    )


def _visible(officer: Officer, commune: Commune) -> bool:
    return not officer.bound_to_district or commune.district_id == officer.district_id


def _known_to(officer: Officer, rows: list[Assessment]) -> list[Assessment]:
    """Without the years after the commune left the officer's district: they are another district's."""
    last = max(row.round.as_of for row in rows if _visible(officer, row.commune))
    return [row for row in rows if row.round.as_of <= last]


def _before(chosen: Assessment, rows: list[Assessment]) -> Assessment | None:
    """The assessment of the round before, where values can be compared: under the same set."""
    found = [row for row in rows if row.round.as_of < chosen.round.as_of][-1:]
    return found[0] if found and found[0].round.criteria_set_id == chosen.round.criteria_set_id else None


@dataclass(slots=True)
class _Version:
    """A version of a place: its statistics by year, its decisions, and the changes that brought it about."""

    place: int
    statistics: dict[int, dict[str, object]] = field(default_factory=dict)
    decisions: dict[int, Recognition] = field(default_factory=dict)
    changes: set[Change] = field(default_factory=set)


_STATISTICS = tuple(f"statistics__{name}" for name in ("year", *STATISTICS))
_CHANGE = ("predecessions__change__effective_on", "predecessions__change__decision", "predecessions__kind")
_DECISION = ("pk", "level", "counts_for_year", "decision_number", "decided_on", "revoked_on", "revocation_number")


def _history(officer: Officer, code: str) -> dict[int, _Version]:
    """All versions, by id, of every place that ever had the code. One query: a place has few rows of each kind."""
    communes = Commune.objects.filter(province=officer.province).annotate(place=Coalesce("origin", "pk"))
    places = communes.filter(code=code).values("place")
    fields = ("pk", "place", *_STATISTICS, *_CHANGE, *(f"recognitions__{name}" for name in _DECISION))
    found: dict[int, _Version] = {}
    for pk, place, year, *values in communes.filter(place__in=places).values_list(*fields):
        version = found.setdefault(pk, _Version(place))
        statistics, change, decision = values[:4], values[4:7], values[7:]
        if year:
            version.statistics[year] = dict(zip(STATISTICS, statistics, strict=True))
        if change[0]:
            version.changes.add(tuple(change))
        if decision[0]:
            version.decisions[decision[0]] = Recognition(**dict(zip(_DECISION, decision, strict=True)))
    return found


def _decisions(versions: dict[int, _Version]) -> list[Recognition]:
    found = [decision for version in versions.values() for decision in version.decisions.values()]
    return sorted(found, key=lambda decision: (decision.counts_for_year, decision.level))


def _assessments(officer: Officer, history: dict[int, _Version]) -> list[Assessment]:
    found = Assessment.objects.year_end().filter(commune__in=history, round__province=officer.province)
    return list(found.select_related("commune__district", "round__criteria_set").order_by("round__as_of"))


def _year_row(officer: Officer, row: Assessment, version: _Version, decisions: list[Recognition]) -> YearRow:
    year, last_day = row.round.year, row.round.as_of
    certified = any(
        decision.level == Level.STANDARD
        and decision.counts_for_year <= year
        and (decision.revoked_on is None or decision.revoked_on > last_day)
        for decision in decisions
    )
    closed = row.round.closed_at is not None
    statistics = version.statistics.get(year, NO_STATISTICS)
    return YearRow(
        year, row.round.criteria_set.code, closed, row.commune, row.summary, statistics, certified,
        _visible(officer, row.commune),
    )  # fmt: skip


def _cards(chosen: Assessment, before: Assessment | None, standard: Standard) -> list[CriterionCard]:
    """The criteria with what was given for each line, in the chosen round and in the one before. One query."""
    found = Result.objects.filter(assessment__in=[row.pk for row in (chosen, before) if row])
    results: dict[int, dict[int, Result]] = {}
    for result in found.select_related("requirement__indicator"):
        results.setdefault(result.assessment_id, {})[result.indicator_id] = result
    now, then = results.get(chosen.pk, {}), results.get(before.pk, {}) if before else {}
    cards = []
    for criterion in standard.criteria:
        rows = [_line_row(line, now.get(line.id), then.get(line.id), standard) for line in criterion.lines]
        cards.append(CriterionCard(criterion, criterion_verdict(row.verdict for row in rows), rows))
    return cards


def _line_row(line: Line, result: Result | None, before: Result | None, standard: Standard) -> LineRow:
    earlier = _given(before) if before else NO_DATA
    if result is None:
        return LineRow(line, rule=standard.rule(line), before=earlier)
    rule = as_rule(result.requirement) if result.requirement else None
    return LineRow(line, _given(result), Verdict(result.verdict), Verdict(result.ruled), rule, earlier)


def _given(row: Result) -> Given:
    claim = Verdict(row.claim) if row.claim else None
    return Given(row.value, row.numerator, row.denominator, claim, row.reason, row.note)
