"""The meeting pack of a year and a place: every report's table, the sentences, as one workbook and one Word report."""

from dataclasses import dataclass
from functools import cached_property

from communes.context import note_for
from communes.models import Province
from criteria.models import AssessmentRound
from reports.catalogue.beside import read_beside
from reports.catalogue.material import Material
from reports.catalogue.queries import material
from reports.catalogue.registry import REPORTS, subtitle
from reports.files import bound_workbook
from reports.picture.figures import band_rows
from reports.picture.picture import Picture
from reports.tables.columns import by_place
from reports.tables.table import Column, Table, as_read

from . import letter
from .narrative import Chapter, Story, tell
from .narrative_money import Accounts
from .paper import Paper, Seal

SHEETS_ONLY = {"du-lieu"}  # too wide to be read on paper
BY_DISTRICT = "dat-chuan-theo-huyen"
PLOTS = {
    BY_DISTRICT: bound_workbook.Plot(
        "Số xã đạt chuẩn nông thôn mới theo huyện", "district", ("certified", "not_certified"), True
    ),
    "nhom-tieu-chi": bound_workbook.Plot(
        "Số xã theo số tiêu chí đạt", "district", ("b19", "b15_18", "b10_14", "b5_9", "b0_4", "unknown"), True
    ),
}


@dataclass(frozen=True)
class Pack:
    """What a pack is made from. ``overall``: the picture its totals are of; ``detail``: the part of it whose communes
    the officer may see one by one; ``before``: the whole province in the year before."""

    round: AssessmentRound
    province: Province
    overall: Picture
    detail: Picture
    before: Picture | None

    @property
    def note(self) -> str:
        return note_for(self.province)

    @property
    def whole(self) -> bool:
        return len(self.overall.districts) > 1

    @property
    def place(self) -> str:
        """``tỉnh Thái Nguyên``, ``huyện Đại Từ``: in the middle of a sentence."""
        name = f"tỉnh {self.province.name}" if self.whole else self.overall.district.full_name
        return name[:1].lower() + name[1:]

    @cached_property
    def tables(self) -> list[Table]:
        """One table for each report, and how the districts stand."""
        found = []
        for report in REPORTS.values():
            picture = self.detail if report.detail else self.overall
            before = self.before if report.needs == "previous" else None
            found.append(report.table(material(picture, self.round, report, self.province, before)))
        if self.whole:
            found.insert(1, by_district(Material(self.overall, f"Tỉnh {self.province.name}")))
        return found

    @cached_property
    def chapters(self) -> list[Chapter]:
        """The sentences of the year, held against the year before in the same place; the tasks are the province's."""
        previous = self.before if self.whole or not self.before else self.before.within(self.overall.district.code)
        place = "toàn tỉnh" if self.whole else self.place
        years = {self.overall.year, self.overall.year + 1} | ({previous.year} if previous else set())
        found = read_beside(self.province, years, self.overall.as_of)
        accounts = Accounts(self.overall, previous, place, found.money, found.debts, self._sees_works)
        late = found.tasks if self.whole else ()
        return tell(Story(self.overall, previous, place, found.national, accounts, late))

    @property
    def _sees_works(self) -> bool:
        """Single works are named to those who see every commune of the place."""
        return len(self.detail.units) == len(self.overall.units)

    @cached_property
    def paper(self) -> Paper:
        """What there is to be said, as plain data."""
        picture = self.overall
        about = (picture.year, picture.as_of, picture.set_code, picture.closed, self.note)
        return Paper(self.province.name, self.place, *about, [as_read(table) for table in self.tables], self.chapters)


def workbook(paper: Paper, seal: Seal | None = None) -> bytes:
    """All tables in one xlsx file; with a ``seal`` its line stands at the foot of every page."""
    place = f"{paper.place[:1].upper()}{paper.place[1:]}"
    title = f"Bộ tài liệu nông thôn mới năm {paper.year}"
    return bound_workbook.bind(title, place, paper.note, paper.tables, PLOTS, seal.line if seal else "")


def write_letter(paper: Paper, party: bool, seal: Seal | None = None) -> bytes:
    """The Word report: in the form of the state, or as an annex to a Party paper."""
    annexes = [table for table in paper.tables if table.slug not in SHEETS_ONLY]
    state = "đã chốt" if paper.closed else "tạm tính"
    subject = [
        "Kết quả thực hiện Bộ tiêu chí quốc gia về xã nông thôn mới",
        f"năm {paper.year} trên địa bàn {paper.place}",
    ]
    opening = (
        f"Kết quả thực hiện Bộ tiêu chí quốc gia về xã nông thôn mới ({paper.set_code}) trên địa bàn "
        f"{paper.place} đến ngày {paper.as_of:%d/%m/%Y} (số liệu {state}) như sau:"
    )
    return letter.write(
        letter.Letter(paper.province, subject, paper.note, opening, paper.chapters, annexes, party, seal)
    )


def by_district(material: Material) -> Table:
    """How many communes of each district are certified, and how many registered for the coming year."""
    picture = material.picture
    planned = [sum(bool(unit.planned) for unit in part.communes) for part in (*picture.districts, picture)]
    rows = list(zip(band_rows(picture), planned, strict=True))
    columns = [
        by_place(lambda row: row[0].code, lambda row: row[0].name),
        Column("total", "Tổng số xã", lambda row: row[0].total, decimals=0),
        Column("certified", "Đạt chuẩn", lambda row: row[0].certified, "Số xã", decimals=0),
        Column("not_certified", "Chưa đạt chuẩn", lambda row: row[0].total - row[0].certified, "Số xã", decimals=0),
        Column("percent", "Tỷ lệ đạt chuẩn (%)", lambda row: row[0].certified_percent, decimals=2, width=10),
        Column("planned", f"Xã đăng ký năm {picture.year + 1}", lambda row: row[1], decimals=0, width=12),
        Column("completed", "Kết quả của huyện", lambda row: _completed(row[0].completed), width=28),
    ]  # fmt: skip
    title = f"Xã đạt chuẩn nông thôn mới theo huyện năm {picture.year}"
    return Table(BY_DISTRICT, title, subtitle(material), columns, rows[:-1], rows[-1:], "Đơn vị tính: xã")


def _completed(done: bool) -> str:
    return "Đã được công nhận" if done else ""
