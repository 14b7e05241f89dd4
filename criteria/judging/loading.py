"""The database side of judging: a standard ready to judge with, and the state of assessments as plain values."""

from dataclasses import dataclass, field
from decimal import Decimal
from itertools import groupby
from operator import attrgetter

from django.db.models import Q

from communes.models import Commune, Province, YearlyStatistics
from criteria.models import Assessment, AssessmentRound, CriteriaSet, Indicator, Requirement, Result
from criteria.rules.standard import Group, Line, Rule, Standard, wording
from criteria.rules.verdicts import Comparison, Given, Threshold, Verdict

STATISTICS = ("population", "households", "poor_households", "income")


def load_standard(criteria_set: CriteriaSet, province: Province, year: int) -> Standard:
    """The set with every requirement that can apply in ``province``. Two queries."""
    criteria = load_criteria(criteria_set.pk)
    rules: dict[int, list[Rule]] = {}
    for indicator_id, kind, unit, *row in _requirements(criteria_set, province).values_list(*_RULE):
        rules.setdefault(indicator_id, []).append(_rule(kind, unit, *row))
    return Standard(criteria_set.code, year, criteria, rules)


def load_criteria(criteria_set_id: int) -> tuple[Group, ...]:
    """The criteria of a set with their lines. One query."""
    rows = Indicator.objects.filter(criterion__criteria_set=criteria_set_id).values_list(*_LINE, *_CRITERION)
    return tuple(
        Group(position, number, name, group, lead or "", tuple(map(_line, lines)))
        for (position, number, name, group, lead), lines in groupby(rows, key=lambda row: row[len(_LINE) :])
    )


_LINE = (
    "pk", "code", "text", "kind", "unit", "source", "criterion__position", "counted", "lead__name", "parent__code",
)  # fmt: skip
_CRITERION = tuple(f"criterion__{name}" for name in ("position", "number", "name", "group", "lead__name"))


def _line(row: tuple) -> Line:
    pk, code, text, kind, unit, source, position, counted, lead, parent = row[: len(_LINE)]
    return Line(pk, code, text, kind, unit, source, position, counted, lead or "", parent or "")


def _requirements(criteria_set: CriteriaSet, province: Province):
    return Requirement.objects.filter(
        Q(province__isnull=True) | Q(province=province),
        Q(region="") | Q(region=province.region),
        indicator__criterion__criteria_set=criteria_set,
    )


_RULE = (
    "indicator_id", "indicator__kind", "indicator__unit", "comparison", "threshold",
    "pk", "scope", "group", "year_from", "year_to", "legal_basis", "verified", "illustrative", "note",
)  # fmt: skip


def _rule(kind, unit, comparison, threshold, pk, scope, group, year_from, year_to, *basis) -> Rule:
    asked = Threshold(Comparison(comparison), threshold)
    return Rule(pk, scope, group, year_from, year_to, asked, wording(kind, asked, unit), *basis)


def as_rule(row: Requirement) -> Rule:
    return _rule(*(attrgetter(name.replace("__", "."))(row) for name in _RULE[1:]))


def requirements_of(criteria_set: CriteriaSet, province: Province) -> dict[int, list[Requirement]]:
    """All requirements that can ever apply in ``province``, by indicator, the narrowest first. One query."""
    found: dict[int, list[Requirement]] = {}
    rows = _requirements(criteria_set, province).select_related("indicator", "province")
    for row in sorted(rows, key=lambda row: as_rule(row).narrowness, reverse=True):
        found.setdefault(row.indicator_id, []).append(row)
    return found


@dataclass(slots=True)
class State:
    """One commune of a round as it stands: its statistics, what was given, and the stored verdicts."""

    assessment: Assessment
    commune: Commune
    statistics: dict[str, Decimal | int | None] = field(default_factory=dict)
    given: dict[int, Given] = field(default_factory=dict)
    verdicts: dict[int, Verdict] = field(default_factory=dict)


def load_states(round: AssessmentRound, commune_ids=None, lock: bool = False) -> dict[int, State]:
    """The states of a round by commune, all of them or those asked for. Three queries; ``lock`` holds the rows."""
    return load_rounds([round], commune_ids, lock)[round.pk]


def load_rounds(rounds: list[AssessmentRound], communes=None, lock: bool = False) -> dict[int, dict[int, State]]:
    """The states of several rounds, by round and commune. ``communes``: ids or a queryset. Three queries."""
    assessments = Assessment.objects.filter(round__in=rounds).order_by("pk").select_related("commune__district")
    results = Result.objects.filter(assessment__round__in=rounds)
    provinces = {round.province_id for round in rounds}
    years = [round.year for round in rounds]
    statistics = YearlyStatistics.objects.filter(year__in=years, commune__province__in=provinces)
    if communes is not None:
        assessments = assessments.filter(commune__in=communes)
        results = results.filter(assessment__commune__in=communes)
        statistics = statistics.filter(commune__in=communes)
    if lock:
        assessments = assessments.select_for_update(of=("self",))
    found: dict[int, dict[int, State]] = {round.pk: {} for round in rounds}
    by_assessment = {}
    for row in assessments:
        found[row.round_id][row.commune_id] = by_assessment[row.pk] = State(row, row.commune)
    rounds_of_year = {round.year: round.pk for round in rounds}
    for commune_id, year, *values in statistics.values_list("commune_id", "year", *STATISTICS):
        if state := found[rounds_of_year[year]].get(commune_id):
            state.statistics = dict(zip(STATISTICS, values, strict=True))
    for assessment_id, indicator_id, verdict, *values in results.values_list(*_RESULT):
        if state := by_assessment.get(assessment_id):
            state.given[indicator_id] = _given(*values)
            state.verdicts[indicator_id] = Verdict(verdict)
    return found


_RESULT = (
    "assessment_id", "indicator_id", "verdict", "value", "numerator", "denominator", "claim", "reason", "note",
)  # fmt: skip


def _given(value, numerator, denominator, claim, reason, note) -> Given:
    return Given(value, numerator, denominator, Verdict(claim) if claim else None, reason, note)
