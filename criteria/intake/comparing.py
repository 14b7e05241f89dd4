"""The import of the wide sheet into one round: a django-import-export resource with row = commune.

It may be given a large sheet in portions. What a portion is compared with is loaded before its first row, nothing of it
is written before its last; the caller's transaction holds them together.
"""

from dataclasses import replace
from decimal import Decimal
from typing import NoReturn

from django.core.exceptions import ValidationError
from import_export.instance_loaders import BaseInstanceLoader
from import_export.resources import Resource

from communes.models import Commune
from communes.text import normal, vn_number
from criteria import actions
from criteria.entry.reconciling import WHOLE
from criteria.judging.loading import STATISTICS, State, load_states
from criteria.models import Assessment
from criteria.rules import cells, workflow
from criteria.rules.cells import written
from criteria.rules.standard import Line, Rule, Standard
from criteria.rules.statistics import FIXED
from criteria.rules.verdicts import NO_DATA, Given, Verdict
from criteria.spreadsheets.sheet import Sheet, commune_code
from criteria.spreadsheets.stamp import SHOWN, Stamp
from criteria.spreadsheets.tolerance import Named, bare, by_name, percents

from .effects import Effects
from .preview import CellChange, Preview, Rejection

ROUNDING = {"income": Decimal("0.0005"), "poverty_rate": Decimal("0.005")}


class CommuneLoader(BaseInstanceLoader):
    """The communes of the round by code, or by name and district, all loaded at once."""

    def get_instance(self, row):
        return self.resource.communes.get(self.resource.code_of(row))


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

    def __init__(self, round, standard: Standard, sheet: Sheet, stamp: Stamp | None, incoming, lock: bool = False):
        super().__init__()
        self.round, self.standard, self.sheet, self.stamp, self.incoming = round, standard, sheet, stamp, incoming
        self.lock = lock
        self.preview = Preview(ignored_columns=sheet.unknown, stamped=stamp is not None, listed=incoming.listed)
        communes = Commune.objects.filter(province=round.province).in_force(round.as_of).rural()
        self.communes = {commune.code: commune for commune in communes.select_related("district")}
        self.named = {code: _named(commune) for code, commune in self.communes.items()}
        self.effects = None if lock else Effects(round, standard)
        self.lines = [line for line in standard.lines if line.code in sheet.columns]
        columns = [line.code for line in self.lines if line.kind == "percent"]
        self.percents = percents(sheet.rows, columns, set(self._standing(columns)))
        self.preview.notices = [
            f"Cột {key} ghi tỷ lệ dạng 0,85: đã đọc là 85 %." for key in sorted(self.percents.fractions)
        ]
        self.seen: set[str] = set()

    def before_import(self, dataset, **kwargs):
        """Load what the rows are compared with, as plain values."""
        found = [self.communes.get(self.code_of(row)) for row in dataset.dict]
        ids = {commune.pk for commune in found if commune}
        self.states = load_states(self.round, ids if len(ids) < len(self.communes) else None, lock=self.lock)
        self.entries: list[actions.Entry] = []

    def _standing(self, columns: list[str]):
        """The small numbers that the portal itself wrote below the columns: percentages, never fractions."""
        stamp = self.stamp
        if stamp is None:
            return
        for row in self.sheet.rows:
            code = commune_code(row.cells.get("code"))
            for key in columns:
                raw = row.cells.get(key)
                small = isinstance(raw, int | float) and raw is not True and 0 < raw <= 1
                if small and code and stamp.held(code, key) == written(cells.read_number(raw)):
                    yield row.number, key

    def code_of(self, row) -> str:
        """The code of a row; where it has none, that of the one commune its name and district can mean."""
        code = commune_code(row.get("code"))
        if code is None and row.get("code") in (None, ""):
            found = by_name(row.get("name"), row.get("district"), self.named)
            code = found[0] if len(found) == 1 else None
        return code or ""

    def handle_import_error(self, result, error, raise_errors=False):
        raise error

    def init_instance(self, row=None):
        if row.get("code") in (None, "") and row.get("name"):
            found = by_name(row["name"], row.get("district"), self.named)
            several = f"có {len(found)} xã tên “{_excerpt(row['name'])}”; hãy ghi mã xã hoặc huyện"
            none = f"không có xã “{_excerpt(row['name'])}” trong kỳ {self.round.as_of:%d/%m/%Y}"
            self._reject(row, "name", several if found else none)
        code = commune_code(row.get("code")) or _excerpt(row.get("code"))
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
            why := workflow.lock(workflow.State(state.assessment.state), self.incoming.reason)
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

    def after_import(self, dataset, result, *, by=None, via=None, source="", **kwargs):
        """Write the portion, unless something is rejected or open; or work out what it would come to."""
        if self.effects:
            actions.project(self.entries, self.states, self.standard)
            self.effects.after |= {key: state.assessment.summary for key, state in self.states.items()}
        elif self.preview.ready:
            about = {"by": by, "via": via, "source": source, "reason": self.incoming.reason}
            actions.record(self.round, self.entries, standard=self.standard, states=self.states, **about)

    def finished(self) -> Preview:
        """The preview, after the last portion."""
        self.preview.written = self.lock and self.preview.ready
        self.preview.effect = self.effects.lines() if self.effects else []
        return self.preview

    def _reject(self, row, key: str, reason: str) -> NoReturn:
        self._note(row, key, reason)
        raise ValidationError(reason)

    def _note(self, row, key: str, reason: str):
        self.preview.rejected.append(Rejection(self.sheet.address(row["row"], key), reason))

    def _require_the_right_row(self, commune: Commune, row):
        if commune.code in self.seen:
            self._reject(row, "code", f"xã {commune.name} ({commune.code}) có hai dòng trong tệp")
        self.seen.add(commune.code)
        if row.get("name") and bare(row["name"]) not in self.named[commune.code].names:
            self._reject(row, "name", f"mã {commune.code} là xã {commune.name}, tệp ghi “{_excerpt(row['name'])}”")

    def _compare_statistics(self, commune: Commune, state: State, row, entry: actions.Entry):
        for name in STATISTICS:
            if name not in self.sheet.columns:
                continue
            try:
                high = cells.LIMITS.get(name, cells.LARGEST)
                number = cells.read_number(row[name], high, whole=name in WHOLE)
            except cells.CellError as error:
                self._note(row, name, str(error))
                continue
            new = int(number) if number is not None and name in WHOLE else number
            if self._differs(commune, row, name, state.statistics.get(name), new):
                entry.statistics[name] = new
        merged = state.statistics | entry.statistics
        if entry.statistics and (claimed := actions.unexplained(self.standard, state, merged)):
            self._note(row, next(iter(entry.statistics)), f"kết luận đã ghi ở chỉ tiêu {claimed.code} cần lý do trước")
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
                    new = self._read_derived(commune.code, row[line.code], line, rule, old, statistics)
                else:
                    new = cells.read_cell(self._percent(row, line), line, rule)
            except cells.CellError as error:
                self._note(row, line.code, str(error))
                continue
            if _keeps_reason(old, new):
                new = old
            if self._differs(commune, row, line.code, cells.show(old, line), cells.show(new, line)):
                entry.cells[line.code] = replace(new, note=old.note) if old.note else new

    def _read_derived(self, code: str, raw, line: Line, rule: Rule | None, old: Given, statistics: dict) -> Given:
        """A derived column repeats what the statistics give, or carries what an officer says about it.

        Empty, it says nothing where a rule judges; where none does it withdraws what was said.
        """
        spoken = cells.read_verdict(raw)
        if spoken and (rule is None or spoken.claim in (old.claim, Verdict.NOT_APPLICABLE)):
            return old if spoken.claim == old.claim and not spoken.reason else spoken
        stated = cells.read_number(raw, cells.limit(line))
        if stated is None or self._untouched(code, line, stated):
            return NO_DATA if rule is None else old
        derived = cells.show(actions.with_statistics(line, NO_DATA, statistics), line)
        if not isinstance(derived, Decimal) or abs(stated - derived) > ROUNDING[line.source]:
            raise cells.CellError(_not_derived(line, rule))
        return NO_DATA

    def _untouched(self, code: str, line: Line, stated: Decimal) -> bool:
        """Whether a derived number is the one the portal wrote there: the statistics may have moved on since."""
        return self.stamp is not None and self.stamp.held(code, f"{line.code}{SHOWN}") == written(stated)

    def _percent(self, row, line: Line):
        """The raw cell, 0,85 in a column of fractions taken for 85; refused where it may mean either."""
        raw = row[line.code]
        if line.code in self.percents.fractions and isinstance(raw, int | float) and not isinstance(raw, bool):
            return raw * 100
        if (row["row"], line.code) in self.percents.doubtful:
            shown = vn_number(Decimal(str(raw)))
            raise cells.CellError(f"“{shown}” là {shown} % hay {vn_number(Decimal(str(raw)) * 100)} %? Hãy ghi rõ")
        return raw

    def _differs(self, commune: Commune, row, key: str, old, new) -> bool:
        """Whether the file's value is to be written: two ways without a stamp, three ways with one."""
        if old == new:
            self.preview.unchanged += old is not None
            return False
        base = self.stamp.held(commune.code, key) if self.stamp else None
        if base is not None and written(new) == base:
            self.preview.kept += 1
            return False
        address = self.sheet.address(row["row"], key)
        change = CellChange(address, commune.code, key, old, new, base or "")
        if base is None or written(old) == base:
            self.preview.add(change)
            return True
        choice = self.incoming.settle.get(change.id) or self.incoming.settle_all
        if choice == "mine":
            self.preview.add(change)
        elif choice == "theirs":
            self.preview.kept += 1
        else:
            self.preview.conflicts.append(change)
        return choice == "mine"


def _named(commune: Commune) -> Named:
    names = tuple(bare(name) for name in (commune.name, commune.alias) if name)
    return Named(commune.code, names, bare(commune.district) if commune.district else "")


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
