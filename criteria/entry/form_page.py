"""What the page of one commune shows: each cell with its requirement, last year's figure, verdict, boxes and doubts."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from django.db.models import Q
from django.db.models.functions import Coalesce
from django.http import Http404

from communes.models import Commune, Officer
from communes.text import vn_number
from criteria.judging.doubts import doubts
from criteria.judging.loading import State, load_rounds, load_standard
from criteria.models import AssessmentRound
from criteria.models.assessment import VERDICTS
from criteria.rules import workflow
from criteria.rules.cells import written
from criteria.rules.standard import Group, Standard
from criteria.rules.statistics import FIXED
from criteria.rules.verdicts import NO_DATA, Given, Verdict, criterion_verdict, judge

from .fields import Field, fields_of, pack, stands, texts
from .form import Outcome, Posted
from .reconciling import text_of

SIGNS = {Verdict.MET: "✓", Verdict.NOT_MET: "✗", Verdict.NOT_APPLICABLE: "–", Verdict.UNKNOWN: "?"}
NAMES = dict(VERDICTS)
LABELS = {
    "value": "Kết quả",
    "numerator": "Tử số",
    "denominator": "Mẫu số",
    "claim": "Kết luận",
    "reason": "Lý do",
    "note": "Ghi chú",
}
CHOICES = (("met", "Đạt"), ("not_met", "Chưa đạt"), ("not_applicable", "Không xét"))


@dataclass(frozen=True, slots=True)
class Box:
    """One input of a cell. ``text``: as it stands, or as it was typed when that could not be stored."""

    part: str
    name: str
    label: str
    text: str
    problem: str = ""
    choices: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Conflict:
    """What this officer typed and what somebody else stored meanwhile, both in words."""

    mine: str
    theirs: str
    packed: str
    by: str
    at: object


@dataclass(frozen=True, slots=True)
class Item:
    """A cell with all that is said about it."""

    field: Field
    title: str
    boxes: list[Box]
    base: str
    given: Given
    shown: str
    last: str
    verdict: Verdict | None
    ruled: Verdict | None
    warning: str = ""
    accepted: bool = False
    conflict: Conflict | None = None
    waiting: bool = False

    @property
    def key(self) -> str:
        return self.field.key

    @property
    def sign(self) -> str:
        return SIGNS[self.verdict] if self.verdict else ""

    @property
    def verdict_name(self) -> str:
        return NAMES[self.verdict] if self.verdict else ""

    @property
    def ruled_name(self) -> str:
        return NAMES[self.ruled] if self.ruled and self.ruled != self.verdict else ""

    def name_of(self, box: Box | None = None) -> str:
        """How a message names the cell, or a box of it."""
        if self.field.line is None:
            return self.title
        return f"Chỉ tiêu {self.key}" + (f", {box.label.lower()}" if box else "")

    @property
    def problems(self) -> list[Box]:
        return [box for box in self.boxes if box.problem]


@dataclass(frozen=True, slots=True)
class Section:
    """The statistics, or a criterion with its cells."""

    title: str
    items: list[Item]
    criterion: Group | None = None
    verdict: Verdict | None = None

    @property
    def sign(self) -> str:
        return SIGNS[self.verdict] if self.verdict else ""

    @property
    def verdict_name(self) -> str:
        return NAMES[self.verdict] if self.verdict else ""


@dataclass(frozen=True)
class Loaded:
    """A commune of a round with what surrounds it: its district, and the year before."""

    round: AssessmentRound
    standard: Standard
    state: State
    before: State | None
    warnings: dict[str, str]


@dataclass(frozen=True)
class FormPage:
    """``closed_because``: why nothing can be changed here, or nothing. ``lines``: what did not go well, with the id of
    the box each is about."""

    loaded: Loaded
    sections: list[Section]
    closed_because: str
    outcome: Outcome = field(default_factory=Outcome)

    @property
    def editable(self) -> bool:
        """Typed text that could not be stored stays in its boxes, even where nothing can be changed any more."""
        return not self.closed_because or bool(self.outcome.typed)

    @property
    def approved(self) -> bool:
        return self.loaded.state.assessment.state == workflow.State.APPROVED

    @property
    def open_warnings(self) -> int:
        return sum(bool(item.warning) and not item.accepted for part in self.sections for item in part.items)

    @property
    def lines(self) -> Iterator[tuple[str, str]]:
        for section in self.sections:
            for item in section.items:
                yield from ((box.name, f"{item.name_of(box)}: {box.problem}") for box in item.problems)
                if item.conflict:
                    yield f"mine:{item.key}", f"{item.name_of()}: người khác vừa sửa ô này; hãy chọn giữ số nào."


def load_commune(officer: Officer, rounds: dict[int, AssessmentRound], year: int, code: str) -> Loaded:
    """A commune within reach, with the doubts about it. Five queries. 404 when the round has no such commune."""
    round = rounds[year]
    scope = Commune.objects.visible_to(officer).in_force(round.as_of).rural()
    home = scope.filter(code=code)
    beside = scope.filter(Q(pk__in=home.values("pk")) | Q(district__in=home.values("district")))
    place = Coalesce("origin", "pk")
    versions = Commune.objects.annotate(place=place).filter(place__in=beside.annotate(place=place).values("place"))
    found = load_rounds([rounds[y] for y in (year, year - 1) if y in rounds], versions.values("pk"))
    states = {state.commune.code: state for state in found[round.pk].values()}
    if code not in states:
        raise Http404("Không có xã này trong kỳ đánh giá.")
    earlier = found[rounds[year - 1].pk].values() if year - 1 in rounds else ()
    last_year = {state.commune.place_id: state for state in earlier}
    standard = load_standard(round.criteria_set, officer.province, year)
    standing = {key: text for (of, key), text in doubts(states, last_year, standard).items() if of == code}
    return Loaded(round, standard, states[code], last_year.get(states[code].commune.place_id), standing)


def make_page(loaded: Loaded, role: str, outcome: Outcome | None = None) -> FormPage:
    """The page, over what came back of a save if there was one."""
    outcome = outcome or Outcome()
    fields = fields_of(loaded.standard, loaded.state.commune.group)
    items = {key: _item(cell, loaded, outcome) for key, cell in fields.items()}
    sections = [Section("Số liệu thống kê năm", [item for item in items.values() if item.field.line is None])]
    for criterion in loaded.standard.criteria:
        mine = [items[line.code] for line in criterion.lines]
        verdict = criterion_verdict(item.verdict or Verdict.UNKNOWN for item in mine)
        sections.append(Section(f"Tiêu chí {criterion.number}. {criterion.name}", mine, criterion, verdict))
    return FormPage(loaded, sections, _closed_because(loaded, role), outcome)


def _closed_because(loaded: Loaded, role: str) -> str:
    if loaded.round.closed_at is not None:
        return f"Năm {loaded.round.year} đã khóa, chỉ xem."
    if not workflow.may(role, workflow.Step.EDIT):
        return "Vai trò của anh/chị chỉ xem số liệu."
    return workflow.lock(workflow.State(loaded.state.assessment.state), "xem")


def _item(cell: Field, loaded: Loaded, outcome: Outcome) -> Item:
    state, line, typed = loaded.state, cell.line, outcome.typed.get(cell.key)
    given = stands(cell, state)
    warning = loaded.warnings.get(cell.key, "")
    problems = {part: text for (key, part), text in outcome.problems.items() if key == cell.key}
    return Item(
        cell,
        line.text if line else FIXED[cell.key],
        _boxes(cell, texts(cell, given) | (typed.texts if typed else {}), problems),
        typed.base if typed and typed.base else pack(given),
        state.given.get(line.id, given) if line else given,
        _figure(cell, state),
        _last(cell, loaded.before),
        state.verdicts.get(line.id, Verdict.UNKNOWN) if line else None,
        _ruled(cell, state),
        warning,
        bool(warning) and state.assessment.accepted.get(cell.key) == warning,
        _conflict(cell, given, typed, outcome) if cell.key in outcome.conflicts else None,
        bool(typed) and not problems and cell.key not in outcome.conflicts,
    )


def _ruled(cell: Field, state: State) -> Verdict | None:
    """What the rule alone says, where an officer said something else."""
    given = state.given.get(cell.line.id, NO_DATA) if cell.line else NO_DATA
    if cell.rule is None or given.claim is None:
        return None
    return judge(replace(given, claim=None), cell.rule.threshold).ruled


def _figure(cell: Field, state: State) -> str:
    """The figure of a cell; one that comes of two counts, which are shown beside it, with two decimals."""
    if cell.line is None:
        return text_of(state, cell.key, None)
    given = state.given.get(cell.line.id, NO_DATA)
    if cell.word or given.value is None:
        return ""
    return vn_number(given.value, 2) if given.denominator else written(given.value)


def _last(cell: Field, before: State | None) -> str:
    return "" if before is None else _figure(cell, before) or text_of(before, cell.key, cell.line)


def _boxes(cell: Field, shown: dict[str, str], problems: dict[str, str]) -> list[Box]:
    unit = cell.line.unit if cell.line else ""
    labels = LABELS | {"value": f"Kết quả ({unit})"} if unit else LABELS
    if cell.line is None:
        labels = {"value": FIXED[cell.key]}
    return [
        Box(
            part, f"o:{cell.key}:{part}", labels[part], shown[part], problems.get(part, ""),
            _choices(cell) if part == "claim" else (),
        )
        for part in cell.parts
    ]  # fmt: skip


def _choices(cell: Field) -> tuple[tuple[str, str], ...]:
    empty = "Theo mức quy định" if cell.rule and not cell.word else "Chưa có số liệu"
    return (("", empty), *CHOICES)


def _conflict(cell: Field, given: Given, typed: Posted | None, outcome: Outcome) -> Conflict:
    by, at = outcome.conflicts[cell.key]
    mine = typed.texts if typed else {}
    return Conflict(_in_words(cell, mine), _in_words(cell, texts(cell, given)), pack(given), by, at)


def _in_words(cell: Field, shown: dict[str, str]) -> str:
    words = dict(_choices(cell))
    named = {part: words.get(text, text) if part == "claim" else text for part, text in shown.items()}
    filled = {part: text[:200] for part, text in named.items() if shown[part] and part in LABELS}
    if list(filled) == ["value"]:
        return filled["value"]
    return "; ".join(f"{LABELS[part].lower()} {text}" for part, text in filled.items()) or "để trống"
