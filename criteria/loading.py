"""The database side of judging: a standard ready to judge with, and the state of assessments as plain values."""

from dataclasses import dataclass, field

from django.db.models import Q

from communes.models import Commune, Province, YearlyStatistics

from .models import Assessment, AssessmentRound, CriteriaSet, Criterion, Indicator, Requirement, Result
from .rules import Given, Verdict
from .standard import Group, Line, Rule, Standard

STATISTICS = ("population", "households", "poor_households", "income")


def load_standard(criteria_set: CriteriaSet, province: Province, year: int) -> Standard:
    """The set with every requirement that can apply in ``province``. Two queries."""
    lines: dict[Criterion, list[Line]] = {}
    indicators = Indicator.objects.filter(criterion__criteria_set=criteria_set)
    for row in indicators.select_related("criterion__lead", "lead"):
        line = Line(
            row.pk, row.code, row.text, row.kind, row.unit, row.source, row.criterion.position, row.counted,
            row.lead.name if row.lead else "",
        )  # fmt: skip
        lines.setdefault(row.criterion, []).append(line)
    criteria = tuple(
        Group(c.position, c.number, c.name, c.group, c.lead.name if c.lead else "", tuple(found))
        for c, found in lines.items()
    )
    rules: dict[int, list[Rule]] = {}
    for row in _requirements(criteria_set, province):
        rules.setdefault(row.indicator_id, []).append(as_rule(row))
    return Standard(criteria_set.code, year, criteria, rules)


def _requirements(criteria_set: CriteriaSet, province: Province):
    return (
        Requirement.objects.filter(indicator__criterion__criteria_set=criteria_set)
        .filter(Q(province__isnull=True) | Q(province=province), Q(region="") | Q(region=province.region))
        .select_related("indicator", "province")
    )


def as_rule(row: Requirement) -> Rule:
    return Rule(
        row.pk, row.scope, row.group, row.year_from, row.year_to, row.rule, row.text(), row.legal_basis,
        row.verified, row.illustrative, row.note,
    )  # fmt: skip


def requirements_of(criteria_set: CriteriaSet, province: Province) -> dict[int, list[Requirement]]:
    """All requirements that can ever apply in ``province``, by indicator, the narrowest first. One query."""
    found: dict[int, list[Requirement]] = {}
    for row in sorted(_requirements(criteria_set, province), key=lambda row: as_rule(row).narrowness, reverse=True):
        found.setdefault(row.indicator_id, []).append(row)
    return found


@dataclass(slots=True)
class State:
    """One commune of a round as it stands: its statistics, what was given, and the stored verdicts."""

    assessment: Assessment
    commune: Commune
    statistics: dict[str, object] = field(default_factory=dict)
    given: dict[int, Given] = field(default_factory=dict)
    verdicts: dict[int, Verdict] = field(default_factory=dict)


def load_states(round: AssessmentRound, commune_ids=None, lock: bool = False) -> dict[int, State]:
    """The states of a round by commune, all of them or those asked for. Three queries; ``lock`` holds the rows."""
    assessments = Assessment.objects.filter(round=round).order_by("pk")
    results = Result.objects.filter(assessment__round=round)
    statistics = YearlyStatistics.objects.filter(year=round.year)
    if commune_ids is not None:
        assessments = assessments.filter(commune_id__in=commune_ids)
        results = results.filter(assessment__commune_id__in=commune_ids)
        statistics = statistics.filter(commune_id__in=commune_ids)
    if lock:
        assessments = assessments.select_for_update(of=("self",))
    states = {row.commune_id: State(row, row.commune) for row in assessments.select_related("commune__district")}
    for commune_id, *values in statistics.values_list("commune_id", *STATISTICS):
        if commune_id in states:
            states[commune_id].statistics = dict(zip(STATISTICS, values, strict=True))
    fields = ("value", "numerator", "denominator", "claim", "reason", "note", "verdict", "indicator_id")
    for commune_id, *values, verdict, indicator_id in results.values_list("assessment__commune_id", *fields):
        states[commune_id].given[indicator_id] = _given(*values)
        states[commune_id].verdicts[indicator_id] = Verdict(verdict)
    return states


def _given(value, numerator, denominator, claim, reason, note) -> Given:
    return Given(value, numerator, denominator, Verdict(claim) if claim else None, reason, note)
