"""Proves the derived data: verdicts against stored values and requirements, summaries against stored verdicts."""

from collections.abc import Iterator

from criteria.actions import derive
from criteria.judging.loading import load_standard, load_states
from criteria.models import AssessmentRound, Requirement, Result
from criteria.rules.verdicts import Given, Verdict, judge


def differences() -> Iterator[str]:
    """One Vietnamese line for each stored verdict or summary that does not follow from what it is derived from."""
    for round in AssessmentRound.objects.select_related("criteria_set", "province"):
        yield from _summaries(round)
        yield from _verdicts(round)


def _summaries(round: AssessmentRound) -> Iterator[str]:
    standard = load_standard(round.criteria_set, round.province, round.year)
    for state in load_states(round).values():
        derived = derive(state.verdicts, standard)
        if state.assessment.summary != derived or state.assessment.met_count != derived.met_count:
            stored = state.assessment.met_count
            yield f"{round}, xã {state.commune.code}: lưu {stored} tiêu chí đạt, tính lại {derived.met_count}."


def _verdicts(round: AssessmentRound) -> Iterator[str]:
    """By the requirement each was judged by, not by today's: a past verdict does not move."""
    thresholds = {row.pk: row.rule for row in Requirement.objects.all()}
    fields = (
        "assessment__commune__code", "indicator__code", "requirement_id", "verdict", "ruled",
        "value", "numerator", "denominator", "claim", "reason",
    )  # fmt: skip
    rows = Result.objects.filter(assessment__round=round).values_list(*fields)
    for (
        commune,
        indicator,
        requirement,
        verdict,
        ruled,
        value,
        numerator,
        denominator,
        claim,
        reason,
    ) in rows.iterator():
        given = Given(value, numerator, denominator, Verdict(claim) if claim else None, reason)
        judged = judge(given, thresholds.get(requirement))
        if (judged.verdict, judged.ruled) != (verdict, ruled):
            yield f"{round}, xã {commune}, chỉ tiêu {indicator}: lưu {verdict}, tính lại {judged.verdict}."
