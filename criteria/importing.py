"""A sheet against the database: match, read, preview, commit through ``actions``.

A django-import-export resource with row = commune. Everything it compares is loaded before the first row, nothing is
written before the last: ``rehearse`` and ``commit`` go through the same rows, only the latter writes.
"""

from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import PurePath

from django.core.exceptions import ValidationError
from django.db import transaction
from import_export.instance_loaders import BaseInstanceLoader
from import_export.resources import Resource
from tablib import Dataset

from communes.models import Commune, Officer
from communes.text import fold, normal

from . import actions, cells, workflow
from .loading import STATISTICS, State, load_standard, load_states
from .models import Assessment, AssessmentRound, Via
from .rules import NO_DATA, Given, Verdict
from .sheet import FIXED, Sheet, SheetRefused, commune_code, read_file, read_sheet
from .standard import Line, Rule, Standard

WHOLE = {"population", "households", "poor_households"}
ROUNDING = {"income": Decimal("0.0005"), "poverty_rate": Decimal("0.005")}


@dataclass(frozen=True, slots=True)
class CellChange:
    """A cell that differs: its address in the file, the commune, the column, what stands and what comes."""

    address: str
    code: str
    column: str
    old: Decimal | int | str | None
    new: Decimal | int | str | None

    @property
    def is_new(self) -> bool:
        return self.old is None


@dataclass(frozen=True, slots=True)
class Rejection:
    """A cell that cannot be taken, with the reason in Vietnamese."""

    cell: str
    reason: str


@dataclass(slots=True)
class Preview:
    """What a sheet would change."""

    changes: list[CellChange] = field(default_factory=list)
    unchanged: int = 0
    rejected: list[Rejection] = field(default_factory=list)
    ignored_columns: list[str] = field(default_factory=list)
    written: bool = False

    def counts(self) -> dict:
        """The counts by kind and the rejected cells, as ``import_sheet --format json`` prints them."""
        new = sum(change.is_new for change in self.changes)
        return {
            "new": new,
            "changed": len(self.changes) - new,
            "unchanged": self.unchanged,
            "conflict": 0,
            "rejected": [{"cell": r.cell, "reason": r.reason} for r in self.rejected],
        }


def rehearse(content: bytes, filename: str, round: AssessmentRound, reason: str = "") -> Preview:
    """What the file would change in the round, writing nothing. Raises ``SheetRefused``."""
    return _run(content, filename, round, by=None, via=None, reason=reason)


def commit(
    content: bytes, filename: str, round: AssessmentRound, *, by: Officer | None, via: Via, reason: str = ""
) -> Preview:
    """Write the file's changes, all or, when a cell is rejected, none. Approved communes change only for a ``reason``.

    Raises ``SheetRefused`` and ``ValidationError``.
    """
    with transaction.atomic():
        actions.require_open(round)
        return _run(content, filename, round, by=by, via=via, reason=reason)


def _run(content, filename, round, by, via, reason) -> Preview:
    standard = load_standard(round.criteria_set, round.province, round.year)
    sheet = read_sheet(read_file(content, filename), {line.code for line in standard.lines})
    if sheet.year not in (None, round.year):
        raise SheetRefused(f"Biểu ghi năm {sheet.year}, không phải năm {round.year}.")
    resource = SheetResource(round, standard, sheet, reason, lock=via is not None)
    data = Dataset(headers=["row", "code", *(key for key in sheet.columns if key != "code")])
    for row in sheet.rows:
        data.append((row.number, row.cells["code"], *(cell for key, cell in row.cells.items() if key != "code")))
    resource.import_data(data, dry_run=via is None, by=by, via=via, filename=PurePath(filename).name)
    return resource.preview


class CommuneLoader(BaseInstanceLoader):
    """The communes of the round by code, all loaded at once."""

    def get_instance(self, row):
        return self.resource.communes.get(commune_code(row["code"]) or "")


class SheetResource(Resource):
    """Import of the wide sheet into one round."""

    class Meta:
        model = Assessment
        import_id_fields = ()
        instance_loader_class = CommuneLoader
        use_transactions = False  # one outer transaction instead of savepoints for each row
        use_bulk = True  # no transaction per row in a dry run either; the rows are written in after_import
        skip_diff = True
        skip_html_diff = True

    def __init__(self, round: AssessmentRound, standard: Standard, sheet: Sheet, reason: str = "", lock: bool = False):
        super().__init__()
        self.reason = reason
        self.round, self.standard, self.sheet = round, standard, sheet
        self.preview = Preview(ignored_columns=sheet.unknown)
        communes = Commune.objects.filter(province=round.province).in_force(round.as_of).rural()
        self.communes = {commune.code: commune for commune in communes.select_related("district")}
        self.states = load_states(round, lock=lock)
        self.lines = [line for line in standard.lines if line.code in sheet.columns]
        self.entries: list[actions.Entry] = []
        self.seen: set[str] = set()

    def handle_import_error(self, result, error, raise_errors=False):
        raise error

    def init_instance(self, row=None):
        code = commune_code(row["code"]) or _excerpt(row["code"])
        self._reject(row, "code", f"không có xã mã “{code}” trong kỳ {self.round.as_of:%d/%m/%Y}")

    def import_instance(self, instance, row, **kwargs):
        """Compare the cells of a row with the state of its commune; keep what differs."""
        self._require_the_right_row(instance, row)
        state = self.states.get(instance.pk)
        if state is None:
            self._reject(row, "code", f"xã {instance.name} không thuộc kỳ đánh giá này")
        entry = actions.Entry(instance.pk)
        rejected = len(self.preview.rejected)
        self._compare_statistics(instance, state, row, entry)
        self._compare_lines(instance, state, row, entry)
        if (entry.statistics or entry.cells) and (
            why := workflow.lock(workflow.State(state.assessment.state), self.reason)
        ):
            self._note(row, "code", why)
        if len(self.preview.rejected) > rejected:
            raise ValidationError("Dòng có ô bị từ chối.")
        if entry.statistics or entry.cells:
            self.entries.append(entry)

    def validate_instance(self, instance, import_validation_errors=None, validate_unique=True):
        if import_validation_errors:
            raise ValidationError(import_validation_errors)

    def save_instance(self, instance, is_create, row, **kwargs):
        """Nothing yet: all rows are written together in ``after_import``."""

    def after_import(self, dataset, result, *, dry_run=False, by=None, via=None, filename="", **kwargs):
        if via is None or self.preview.rejected:
            return
        actions.record(
            self.round, self.entries, by=by, via=via, source=filename[:200], reason=self.reason, standard=self.standard,
            states=self.states,
        )  # fmt: skip
        self.preview.written = True

    def _reject(self, row, key: str, reason: str):
        self._note(row, key, reason)
        raise ValidationError(reason)

    def _note(self, row, key: str, reason: str):
        self.preview.rejected.append(Rejection(self.sheet.address(row["row"], key), reason))

    def _require_the_right_row(self, commune: Commune, row):
        if commune.code in self.seen:
            self._reject(row, "code", f"xã {commune.name} ({commune.code}) có hai dòng trong tệp")
        self.seen.add(commune.code)
        name = fold(str(row.get("name") or "")).removeprefix("xa ")
        if name and name not in (fold(commune.name), fold(commune.alias)):
            self._reject(row, "name", f"mã {commune.code} là xã {commune.name}, tệp ghi “{_excerpt(row['name'])}”")

    def _compare_statistics(self, commune: Commune, state: State, row, entry: actions.Entry):
        for name in STATISTICS:
            if name not in self.sheet.columns:
                continue
            try:
                high = cells.LIMITS.get(name, cells.LARGEST)
                new = cells.read_number(row[name], high, whole=name in WHOLE)
            except cells.CellError as error:
                self._note(row, name, str(error))
                continue
            new = int(new) if new is not None and name in WHOLE else new
            if self._differs(commune, row, name, state.statistics.get(name), new):
                entry.statistics[name] = new
        merged = state.statistics | entry.statistics
        poor, households = merged.get("poor_households"), merged.get("households")
        if poor is not None and households is not None and poor > households:
            self._note(row, "poor_households", f"số hộ nghèo ({poor}) lớn hơn số hộ ({households})")

    def _compare_lines(self, commune: Commune, state: State, row, entry: actions.Entry):
        statistics = state.statistics | entry.statistics
        for line in self.lines:
            old = state.given.get(line.id, NO_DATA)
            rule = self.standard.rule(line, commune.group)
            try:
                if line.derived:
                    old = Given(claim=old.claim, reason=old.reason, note=old.note)
                    new = self._read_derived(row[line.code], line, rule, old, statistics)
                else:
                    new = cells.read_cell(row[line.code], line, rule)
            except cells.CellError as error:
                self._note(row, line.code, str(error))
                continue
            if _keeps_reason(old, new):
                new = old
            if self._differs(commune, row, line.code, cells.show(old, line), cells.show(new, line)):
                entry.cells[line.code] = replace(new, note=old.note) if old.note else new

    def _read_derived(self, raw, line: Line, rule: Rule | None, old: Given, statistics: dict) -> Given:
        """A derived column repeats what the statistics give, or carries what an officer says about it.

        Empty, it says nothing where a rule judges; where none does it withdraws what was said.
        """
        spoken = cells.read_verdict(raw)
        if spoken and (rule is None or spoken.claim in (old.claim, Verdict.NOT_APPLICABLE)):
            return old if spoken.claim == old.claim and not spoken.reason else spoken
        stated = cells.read_number(raw, cells.limit(line))
        if stated is None:
            return NO_DATA if rule is None else old
        derived = cells.show(actions.with_statistics(line, NO_DATA, statistics), line)
        if derived is None or abs(stated - derived) > ROUNDING[line.source]:
            raise cells.CellError(_not_derived(line, rule))
        return NO_DATA

    def _differs(self, commune: Commune, row, key: str, old, new) -> bool:
        if old == new:
            self.preview.unchanged += old is not None
            return False
        self.preview.changes.append(CellChange(self.sheet.address(row["row"], key), commune.code, key, old, new))
        return True


def _not_derived(line: Line, rule: Rule | None) -> str:
    if rule is None:
        return f"chỉ tiêu {line.code} chưa có mức quy định có hiệu lực: ghi Đạt hoặc Chưa đạt"
    columns = ("income",) if line.source == "income" else ("poor_households", "households")
    return f"chỉ tiêu {line.code} tính từ cột {' và '.join(FIXED[column] for column in columns)}; hãy sửa ở đó"


def _keeps_reason(old: Given, new: Given) -> bool:
    """A bare “KXX” repeats a verdict that stands, with its reason."""
    return bool(new.claim) and old.claim == new.claim and new.reason == cells.UNEXPLAINED


def _excerpt(raw: object) -> str:
    """What a cell says, short enough for a message."""
    return normal(str(raw or ""))[:40]
