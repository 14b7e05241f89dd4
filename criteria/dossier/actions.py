"""The one writer of dossiers (hồ sơ đề nghị công nhận): opinions, papers, the decision at the end of them.

Each function is one transaction with its entry in the change log; what it refuses it says in Vietnamese and keeps
nothing of. Opinions and papers of a closed round do not move.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from communes.models import Department, Officer, Recognition
from communes.text import normal
from communes.uploads.guard import FileRefused
from criteria.actions import decisions
from criteria.actions.journal import aside, log, require_open
from criteria.models import Assessment, AssessmentRound, Criterion, Evidence, Opinion, Via

from . import attachments
from .check import missing
from .loading import load_dossier

ANSWERS = {True: "nhất trí", False: "không nhất trí", None: "chưa trả lời"}
FOREIGN = ["round", "commune", "by", "at"]  # set here, not asked for one by one


@dataclass(frozen=True, slots=True)
class Said:
    """What a department says of a criterion. ``of``: the opinion it replaces; ``withdrawn``: that one is taken back;
    ``seen``: the seal of that one as the officer saw it, where the officer did."""

    criterion: int
    department_id: int
    agrees: bool | None = None
    text: str = ""
    paper_number: str = ""
    paper_on: date | None = None
    of: int | None = None
    withdrawn: bool = False
    seen: str | None = None


@transaction.atomic
def give_opinions(assessment: Assessment, given: Iterable[Said], *, by: Officer) -> int:
    """Store opinions, all or none, in one entry of the log; how many changed. Raises ``ValidationError``."""
    locked = _locked(assessment)
    require_open(locked.round)
    numbers = set(Criterion.objects.filter(criteria_set=locked.round.criteria_set_id).values_list("number", flat=True))
    named = set(Department.objects.open_to(locked.round.province_id).values_list("pk", flat=True))
    standing = {row.pk: row for row in Opinion.objects.filter(round=locked.round_id, commune=locked.commune_id)}
    changes: dict[str, list] = {}
    for said in given:
        if said.criterion not in numbers:
            raise ValidationError(f"Bộ tiêu chí không có tiêu chí số {said.criterion}.")
        if said.department_id not in named:
            raise ValidationError(f"Tiêu chí {said.criterion}: không có sở, ngành này.")
        changes |= _store(locked, said, standing, by)
    _tell(locked, changes, by)
    return len(changes)


def _store(assessment: Assessment, said: Said, standing: dict[int, Opinion], by: Officer) -> dict[str, list]:
    row = _opinion(assessment, said, standing)
    before = told(row) if row.pk else None
    if said.withdrawn:
        row.withdrawn_at = timezone.now()
    else:
        row.department_id, row.agrees, row.text = said.department_id, said.agrees, said.text
        row.paper_number, row.paper_on = said.paper_number, said.paper_on
    _require_sound(row)
    after = None if said.withdrawn else told(row)
    if before == after:
        return {}
    row.by, row.at = by, timezone.now()
    row.save()
    return {f"Ý kiến thẩm định, tiêu chí {row.criterion}, {row.department}": [before, after]}


def _opinion(assessment: Assessment, said: Said, standing: dict[int, Opinion]) -> Opinion:
    """The opinion that is replaced, as it is stored now, or a new one."""
    if said.of is None:
        return Opinion(round=assessment.round, commune=assessment.commune, criterion=said.criterion)
    row = standing.get(said.of)
    if row is None or row.criterion != said.criterion or row.withdrawn_at:
        raise ValidationError(f"Ý kiến này về tiêu chí {said.criterion} đã được rút; hãy xem lại rồi ghi.")
    if said.seen not in (None, seal(row)):
        raise ValidationError(
            f"Ý kiến về tiêu chí {said.criterion} vừa được người khác sửa thành “{told(row)}”; "
            "hãy xem lại, vẫn muốn đổi thì ghi lần nữa."
        )
    return row


def _require_sound(row: Opinion) -> None:
    try:
        row.clean_fields(exclude=FOREIGN)
        row.validate_constraints()
    except ValidationError as error:
        raise ValidationError([f"Tiêu chí {row.criterion}: {text}" for text in error.messages]) from error


def seal(row: Opinion) -> str:
    """By which a page tells whether an opinion is still what it showed."""
    return hashlib.sha256(told(row).encode()).hexdigest()[:16]


def told(row: Opinion) -> str:
    """An opinion in one line, as the log tells it."""
    paper = f"văn bản {row.paper_number}".strip() if row.paper_number else ""
    day = f"ngày {row.paper_on:%d/%m/%Y}" if row.paper_on else ""
    return "; ".join(filter(None, [str(row.department), ANSWERS[row.agrees], row.text, f"{paper} {day}".strip()]))


@transaction.atomic
def attach(
    assessment: Assessment, content: bytes, filename: str, title: str, criterion: int | None = None, *, by: Officer
) -> Evidence:
    """Keep a paper of the dossier. Raises ``ValidationError``, also for a file that is not taken."""
    name = attachments.clean_name(filename)
    try:
        attachments.check(content, name)
    except FileRefused as refused:
        raise ValidationError(str(refused)) from refused
    locked = _locked(assessment)
    require_open(locked.round)
    of_set = Criterion.objects.filter(criteria_set=locked.round.criteria_set_id)
    if criterion is not None and not of_set.filter(number=criterion).exists():
        raise ValidationError(f"Bộ tiêu chí không có tiêu chí số {criterion}.")
    digest = hashlib.sha256(content).hexdigest()
    about = {
        "criterion": criterion,
        "title": normal(title) or name,
        "filename": name,
        "sha256": digest,
        "size": len(content),
    }
    paper = Evidence(
        round=locked.round, commune=locked.commune, content=content, by=by, at=timezone.now(), **about
    )  # fmt: skip
    paper.clean_fields(exclude=[*FOREIGN, "content"])
    paper.validate_constraints()
    paper.save()
    _tell(locked, {_key(paper): [None, paper.source]}, by, paper.source)
    return paper


@transaction.atomic
def withdraw(paper: Evidence, *, by: Officer) -> None:
    """Take a paper out of the dossier; it is kept. Raises ``ValidationError``."""
    assessment = Assessment.objects.filter(round=paper.round_id, commune=paper.commune_id).first()
    locked = _locked(assessment)
    require_open(locked.round)
    paper = Evidence.objects.defer("content").select_for_update().get(pk=paper.pk)
    if paper.withdrawn_at:
        raise ValidationError("Tệp này đã được rút.")
    paper.withdrawn_at, paper.withdrawn_by = timezone.now(), by
    paper.save(update_fields=["withdrawn_at", "withdrawn_by"])
    _tell(locked, {_key(paper): [paper.source, "đã rút"]}, by, paper.source)


def _key(paper: Evidence) -> str:
    return f"Minh chứng{f', tiêu chí {paper.criterion}' if paper.criterion else ''}: {paper.title}"


@transaction.atomic
def recognise(assessment: Assessment, decision: Recognition, *, by: Officer) -> None:
    """Record the decision (quyết định công nhận) on a dossier. Raises ``ValidationError`` with every item of the
    dossier that does not hold, the arrears of the day of the decision among them."""
    locked = _locked(assessment)
    decision.commune, decision.criteria_set = locked.commune, locked.round.criteria_set.code
    decision.clean_fields(exclude=["commune"])
    decided_on = _require_fitting(locked.round, decision)
    if earlier := decisions_of(locked).filter(level=decision.level, revoked_on=None).first():
        raise ValidationError(f"Xã đã được công nhận: {earlier.decision_number or earlier}. Hãy thu hồi trước.")
    day = max(locked.round.as_of, decided_on)
    if said := missing(load_dossier(locked, day).items):
        raise ValidationError([f"Hồ sơ chưa đủ điều kiện công nhận, còn {len(said)} mục:", *said])
    decisions.save_recognition(decision, by, via=Via.FORM)


def _require_fitting(round: AssessmentRound, decision: Recognition) -> date:
    """A dossier speaks for the level of its set, and from its year until the next one is opened. The day it has."""
    year, day = decision.counts_for_year, decision.decided_on
    if not decision.decision_number or day is None:
        raise ValidationError("Hãy ghi số và ngày quyết định.")
    if decision.level != round.criteria_set.level:
        raise ValidationError(
            f"Hồ sơ này kiểm theo bộ tiêu chí mức {round.criteria_set.get_level_display()}; "
            f"chưa có kỳ đánh giá để công nhận mức {decision.get_level_display()}."
        )
    if day > timezone.localdate():
        raise ValidationError("Ngày quyết định ở sau hôm nay.")
    if not round.year <= year <= day.year:
        raise ValidationError(
            f"Năm tính công nhận phải từ {round.year} (năm của hồ sơ) đến {day.year} (năm của quyết định)."
        )
    later = AssessmentRound.objects.year_end().filter(province=round.province_id, as_of__gt=round.as_of)
    if found := later.filter(as_of__year__lte=year).order_by("-as_of").first():
        raise ValidationError(f"Năm {found.year} đã có kỳ đánh giá: hãy ghi quyết định này ở hồ sơ năm {found.year}.")
    return day


@transaction.atomic
def revoke(decision: Recognition, number: str, day: date, reason: str, *, by: Officer) -> None:
    """Record that a decision was revoked (thu hồi), and why. Raises ``ValidationError``."""
    decision = Recognition.objects.select_for_update().get(pk=decision.pk)
    if decision.revoked_on:
        raise ValidationError("Quyết định này đã được thu hồi.")
    if day > timezone.localdate() or (decision.decided_on and day < decision.decided_on):
        raise ValidationError("Ngày thu hồi phải từ ngày quyết định công nhận đến hôm nay.")
    decision.revoked_on, decision.revocation_number = day, number
    decisions.save_recognition(decision, by, via=Via.FORM, reason=reason)


def decisions_of(assessment: Assessment):
    """The decisions on the place of an assessment, the latest first, whatever version of the commune they name."""
    return Recognition.objects.of_place(assessment.commune.place_id).order_by("-counts_for_year", "-pk")


def _locked(assessment: Assessment | None) -> Assessment:
    """Whoever changes the figures, the dossier or the state of a commune, or closes its year, waits here."""
    found = Assessment.objects.select_for_update(of=("self",)).select_related("round__criteria_set", "commune")
    locked = found.filter(pk=assessment.pk).first() if assessment else None
    if locked is None:
        raise ValidationError("Xã không có trong kỳ đánh giá.")
    return locked


def _tell(assessment: Assessment, changes: dict[str, list], by: Officer, source: str = "") -> None:
    if changes:
        round = assessment.round
        log([aside(round.year, round, assessment.commune_id, changes, by, Via.FORM, source)])
