"""The entry grid of a round: communes down, statistics and indicators across, each cell as it stands."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models.functions import Coalesce

from communes.models import Commune, Officer
from criteria.judging.doubts import doubts
from criteria.judging.loading import STATISTICS, State, load_rounds, load_standard
from criteria.models import AssessmentRound
from criteria.rules import workflow
from criteria.rules.standard import Line, Standard
from criteria.rules.statistics import FIXED
from criteria.rules.verdicts import Verdict

from .reconciling import text_of

SHORT = {"population": "Dân số", "households": "Số hộ", "poor_households": "Hộ nghèo", "income": "Thu nhập"}


@dataclass(frozen=True, slots=True)
class GridColumn:
    """A column: a statistic, or a line of the set with its requirement."""

    key: str
    heading: str
    title: str
    group: str
    kind: str
    requirement: str = ""
    basis: str = ""
    locked: bool = False
    line: Line | None = None


@dataclass(frozen=True, slots=True)
class GridCell:
    text: str
    status: str
    verdict: str
    last: str
    warning: str
    accepted: bool


@dataclass(frozen=True, slots=True)
class GridRow:
    """A commune with its cells, in the order of the columns."""

    code: str
    name: str
    folded: str
    state: str
    met: int
    filled: int
    cells: list[GridCell]


@dataclass(frozen=True)
class Grid:
    round: AssessmentRound
    standard: Standard
    district: str
    columns: list[GridColumn]
    rows: list[GridRow]
    can_edit: bool
    groups: list[str] = field(default_factory=list)

    @property
    def fillable(self) -> int:
        return sum(not column.locked for column in self.columns)


def load_grid(
    officer: Officer, rounds: dict[int, AssessmentRound], year: int, district: str | None, group: str = ""
) -> Grid:
    """The grid of a year: one district or the whole province, all columns or those of one group. Five queries."""
    round = rounds[year]
    standard = load_standard(round.criteria_set, officer.province, year)
    states, last_year = load_with_last_year(officer, rounds, year, [district] if district else None)
    columns = _columns(standard, group)
    found = doubts(states, last_year, standard)
    can_edit = workflow.may(officer.role, workflow.Step.EDIT) and round.closed_at is None
    rows = [_row(code, state, last_year, columns, found, can_edit) for code, state in states.items()]
    names = {str(state.commune.district) for state in states.values()}
    title = names.pop() if district and len(names) == 1 else f"Tỉnh {officer.province.name}"
    groups = list(dict.fromkeys(criterion.group for criterion in standard.criteria))
    return Grid(round, standard, title, columns, rows, can_edit, groups)


def load_with_last_year(
    officer: Officer, rounds: dict[int, AssessmentRound], year: int, districts: Iterable[str] | None
) -> tuple[dict[str, State], dict[int, State]]:
    """The states of the year by commune code, and those of the year before by place. Three queries.

    ``districts``: the codes of those that are wanted; None for the whole province.
    """
    wanted = [rounds[y] for y in (year, year - 1) if y in rounds]
    scope = Commune.objects.visible_to(officer).in_force(rounds[year].as_of).rural()
    if districts is not None:
        scope = scope.filter(district__code__in=districts)
    place = Coalesce("origin", "pk")
    versions = Commune.objects.annotate(place=place).filter(place__in=scope.annotate(place=place).values("place"))
    found = load_rounds(wanted, versions.values("pk"))
    now = sorted(found[rounds[year].pk].values(), key=_order)
    before = found[rounds[year - 1].pk] if year - 1 in rounds else {}
    return {state.commune.code: state for state in now}, {s.commune.place_id: s for s in before.values()}


def _order(state: State) -> tuple[str, str]:
    district = state.commune.district
    return (district.code if district else "", state.commune.code)


def _columns(standard: Standard, group: str) -> list[GridColumn]:
    statistics = [GridColumn(key, SHORT[key], FIXED[key], "Số liệu thống kê", "number") for key in STATISTICS]
    columns = [] if group else statistics
    for criterion in standard.criteria:
        if group in ("", criterion.group):
            title = f"{criterion.number}. {criterion.name}"
            columns += [_column(line, title, standard) for line in criterion.lines]
    return columns


def _column(line: Line, group: str, standard: Standard) -> GridColumn:
    rule = standard.rule(line)
    kind = "word" if line.kind == "boolean" or rule is None else line.kind
    basis = f"{rule.legal_basis}{'' if rule.verified else ' (chưa đối chiếu)'}" if rule else "Cán bộ kết luận"
    requirement = rule.text if rule else "Đạt/Chưa đạt"
    locked = line.derived and rule is not None
    return GridColumn(line.code, line.code, line.text, group, kind, requirement, basis, locked, line)


def _row(code, state: State, last_year, columns: list[GridColumn], found: dict, can_edit: bool) -> GridRow:
    assessment = state.assessment
    before = last_year.get(state.commune.place_id)
    open_ = can_edit and assessment.state != workflow.State.SUBMITTED
    cells = []
    for column in columns:
        warning = found.get((code, column.key), "")
        ruled = column.locked or column.line is None or not column.line.derived
        cells.append(
            GridCell(
                text_of(state, column.key, column.line, ruled),
                "saved" if open_ and not column.locked else "locked",
                state.verdicts.get(column.line.id, Verdict.UNKNOWN) if column.line else "",
                text_of(before, column.key, column.line, ruled) if before else "",
                warning,
                bool(warning) and assessment.accepted.get(column.key) == warning,
            )
        )
    filled = sum(cell.text != "" for cell, column in zip(cells, columns, strict=True) if not column.locked)
    commune = state.commune
    return GridRow(code, commune.name, commune.folded, assessment.state, assessment.met_count, filled, cells)
