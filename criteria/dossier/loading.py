"""The database side of the dossier check: what stood on the day, and what is recorded in the dossier."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from django.db.models import IntegerField, Q, Value
from django.db.models.functions import Coalesce

from communes.models import Arrears, Assignment, Commune, Department
from communes.money import Debt, outstanding
from criteria.models import Assessment, AssessmentRound, Criterion, Evidence, Opinion

from . import check as dossier
from .check import Item, Judged, check, with_waiting


@dataclass(slots=True)
class Frame:
    """What the dossiers of a round are made of: its criteria, their leads, the departments in charge in its year."""

    criteria: list[tuple[int, int, str]] = field(default_factory=list)
    leads: dict[int, int | None] = field(default_factory=dict)
    departments: dict[int, str] = field(default_factory=dict)
    assigned: dict[int, list[int]] = field(default_factory=lambda: defaultdict(list))

    def in_charge(self) -> list[tuple[int, str]]:
        """Number of the criterion and name of the department, for each assignment."""
        return [(number, self.departments[pk]) for number, found in self.assigned.items() for pk in found]

    def proposed(self, number: int) -> Sequence[int | None]:
        """Who is asked about a criterion: the departments assigned to it, else its lead by custom."""
        return self.assigned.get(number) or [self.leads.get(number)]


@dataclass(frozen=True, slots=True)
class Dossier:
    """Hồ sơ đề nghị công nhận of a commune in a round."""

    assessment: Assessment
    frame: Frame
    opinions: list[Opinion]
    evidence: list[Evidence]
    items: list[Item]


def dossier_of(commune: Commune, day: date) -> list[Item]:
    """The check list of a commune on a day, by its latest year-end assessment then. Five queries."""
    found = Assessment.objects.year_end().annotate(place=Coalesce("commune__origin", "commune"))
    found = found.filter(place=commune.place_id, round__as_of__lte=day).select_related("round", "commune")
    latest = found.order_by("round__as_of").last()
    return load_dossier(latest, day).items if latest else check([], _debts(commune, day))


def load_dossier(assessment: Assessment, day: date) -> Dossier:
    """The dossier of an assessment (with its round and commune), with the arrears of a day. Four queries."""
    frame = load_frame(assessment.round)
    mine = {"round": assessment.round_id, "commune": assessment.commune_id}
    opinions = list(Opinion.objects.filter(**mine, withdrawn_at=None).select_related("department"))
    evidence = list(Evidence.objects.filter(**mine).defer("content").select_related("by"))
    said = [dossier.Opinion(row.criterion, row.department.name, row.agrees) for row in opinions]
    papers = sum(paper.withdrawn_at is None for paper in evidence)
    judged, debts = _judged(assessment, frame), _debts(assessment.commune, day)
    items = check(judged, debts, with_waiting(said, frame.in_charge()), papers)
    return Dossier(assessment, frame, opinions, evidence, items)


def load_frame(round: AssessmentRound) -> Frame:
    """One query."""
    nothing = Value(None, output_field=IntegerField())
    criteria = Criterion.objects.filter(criteria_set=round.criteria_set_id)
    in_force = Q(year_to__isnull=True) | Q(year_to__gte=round.year)
    named = Department.objects.open_to(round.province_id)
    assigned = Assignment.objects.filter(in_force, year_from__lte=round.year, province=round.province_id)
    rows = criteria.order_by().values_list(Value("criterion"), "position", "number", "name", "lead")
    departments = named.order_by().values_list(Value("department"), "pk", Value(0), "name", nothing)
    tasks = assigned.order_by().values_list(Value("task"), "pk", "criterion", "department__name", "department")
    frame = Frame()
    for kind, key, number, name, department in sorted(rows.union(departments, tasks, all=True), key=lambda r: r[:2]):
        if kind == "criterion":
            frame.criteria.append((key, number, name))
            frame.leads[number] = department
        elif kind == "department":
            frame.departments[key] = name
        elif department not in frame.assigned[number]:
            frame.assigned[number].append(department)
    return frame


def _debts(commune: Commune, day: date) -> list[Debt]:
    return outstanding(Arrears.objects.of_place(commune.place_id).debts(), day)


def _judged(assessment: Assessment, frame: Frame) -> list[Judged]:
    verdicts = assessment.summary.verdicts([position for position, *_ in frame.criteria])
    return [Judged(number, name, verdict) for (_, number, name), verdict in zip(frame.criteria, verdicts, strict=True)]
