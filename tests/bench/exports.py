"""Bar 4: the exports against XlsxWriter writing the same cells, with the same formats, from a ready list."""

import io
from decimal import Decimal
from unittest.mock import patch

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from communes.context import note_for
from communes.models import Province
from criteria.rounds import rounds_of
from reports.catalogue.queries import material
from reports.catalogue.registry import REPORTS, Report
from reports.files import workbook
from reports.picture.reading import pictures

from .bars import Measured
from .timing import Effort, compare

WRITING = ("write_number", "write_string", "write_blank", "write_datetime", "merge_range")
SETTING = ("set_column", "set_row", "set_paper", "freeze_panes", "repeat_rows", "hide_gridlines", "set_landscape")


def export(slug: str, province: Province, year: int) -> bytes:
    """A report from its queries to the file, as the view and the command ``report`` make it."""
    report: Report = REPORTS[slug]
    round = rounds_of(province)[year]
    picture = pictures(province, [round], report.reading)[year]
    table = report.table(material(picture, round, report, province))
    return workbook.write(table, note_for(province))


class Recording(Worksheet):
    """A sheet that keeps what it is told from outside: (method, arguments)."""

    def __init__(self):
        super().__init__()
        self.told: list[tuple[str, tuple]] = []
        self.inside = False


def _recorder(name: str):
    original = getattr(Worksheet, name)

    def told(self, *arguments, **options):
        if self.inside:
            return original(self, *arguments, **options)
        self.told.append((name, tuple(map(_plain, arguments))))
        self.inside = True
        try:
            return original(self, *arguments, **options)
        finally:
            self.inside = False

    return told


def _plain(argument: object) -> object:
    """As a ready list would have it: a number as the float that goes into the file."""
    return float(argument) if isinstance(argument, Decimal) else argument


for _name in (*WRITING, *SETTING):
    setattr(Recording, _name, _recorder(_name))


class RecordingBook(Workbook):
    """A workbook that keeps the properties of the formats it is asked for."""

    worksheet_class = Recording
    last: "RecordingBook"

    def __init__(self, *arguments, **options):
        self.told: dict[int, dict] = {}
        super().__init__(*arguments, **options)
        self.told.clear()  # those that every workbook has
        RecordingBook.last = self

    def add_format(self, properties=None):
        made = super().add_format(properties)
        self.told[id(made)] = properties
        return made


class ReadyList:
    """The cells, formats and settings of an export, and how to write them with nothing in between."""

    def __init__(self, slug: str, province: Province, year: int):
        with patch.object(workbook, "Workbook", RecordingBook):
            export(slug, province, year)
        book = RecordingBook.last
        self.formats = list(book.told.values())
        numbers = {form: number for number, form in enumerate(book.told)}
        self.sheets = [(sheet.name, [_split(told, numbers) for told in sheet.told]) for sheet in book.worksheets()]

    def write(self) -> bytes:
        stream = io.BytesIO()
        book = Workbook(stream, {"in_memory": True})
        formats = [book.add_format(properties) for properties in self.formats]
        for title, told in self.sheets:
            sheet = book.add_worksheet(title)
            methods = {name: getattr(sheet, name) for name in (*WRITING, *SETTING)}
            for name, arguments, form in told:
                if form is None:
                    methods[name](*arguments)
                else:
                    methods[name](*arguments, formats[form])
        book.close()
        return stream.getvalue()


def _split(told: tuple[str, tuple], numbers: dict[int, int]) -> tuple[str, tuple, int | None]:
    """A call with the number of its format apart, None when it has none."""
    name, arguments = told
    form = numbers.get(id(arguments[-1])) if arguments else None
    return name, arguments if form is None else arguments[:-1], form


def measure(province: Province, effort: Effort, database: str) -> list[Measured]:
    found = []
    for key, slug in (("4 summary", "ma-tran"), ("4 detail", "du-lieu")):
        ready = ReadyList(slug, province, 2017)
        pair = compare(lambda slug=slug: export(slug, province, 2017), ready.write, effort.runs, effort.warm_up)
        found.append(Measured(key, database, pair.ratio, pair.detail))
    return found
