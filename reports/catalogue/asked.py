"""What the report views share: the year that is asked for, and the picture an officer may see of it."""

from dataclasses import dataclass

from django.http import FileResponse, Http404
from django.utils.http import content_disposition_header

from communes.accounts.request import OfficerRequest
from communes.models import Officer
from criteria.models import AssessmentRound
from criteria.rounds import rounds_of, year_of
from reports.picture.picture import EVERYTHING, Picture
from reports.picture.reading import pictures

from .queries import read
from .registry import Report

OFFICE = "application/vnd.openxmlformats-officedocument"
CONTENT_TYPES = {"xlsx": f"{OFFICE}.spreadsheetml.sheet", "docx": f"{OFFICE}.wordprocessingml.document"}
YEARS = 10  # that a trend goes back


class NoRound(Http404):
    """A year that was asked for and has no round (``reports.middleware`` says which have)."""

    def __init__(self, asked: "Asked"):
        super().__init__(f"Chưa có kỳ đánh giá năm {asked.year}.")
        self.asked = asked


@dataclass
class Asked:
    """The year of a request, its round if there is one, and the years that can be chosen."""

    officer: Officer
    rounds: dict[int, AssessmentRound]
    year: int

    @property
    def round(self) -> AssessmentRound | None:
        return self.rounds.get(self.year)

    @property
    def previous_year(self) -> int | None:
        return max((year for year in self.rounds if year < self.year), default=None)

    @property
    def plan_year(self) -> int | None:
        """The year whose report has the communes registered for the year that is asked for."""
        return self.year - 1 if self.year - 1 in self.rounds else None

    def pictures(
        self, with_previous: bool = False, reading: frozenset[str] = EVERYTHING
    ) -> tuple[Picture, Picture | None]:
        """The whole province in the year, and in the year before. Only totals of it are for every role."""
        self.require_round()
        previous = self.previous_year if with_previous else None
        rounds = [self.rounds[year] for year in (self.year, previous) if year is not None]
        found = pictures(self.officer.province, rounds, reading)
        return found[self.year], found.get(previous) if previous else None

    def read(self, report: Report) -> tuple[Picture, Picture | None]:
        """The whole province as a report reads it, and the year before where it asks for that."""
        self.require_round()
        return read(report, self.officer.province, self.rounds, self.year)

    def require_round(self) -> AssessmentRound:
        """The round of the year. Raises ``NoRound``."""
        if self.round is None:
            raise NoRound(self)
        return self.round

    def history(self) -> dict[int, Picture]:
        """The whole province in the year and in those before it, oldest first. As many queries as for one."""
        self.require_round()
        years = sorted(year for year in self.rounds if year <= self.year)[-YEARS:]
        return pictures(self.officer.province, [self.rounds[year] for year in years])


def asked(request: OfficerRequest, query=None) -> Asked:
    """Read ``?nam=``, of the request or of ``query``; without it the latest year that has a round."""
    rounds = rounds_of(request.user.province)
    year = year_of(request.GET if query is None else query)
    return Asked(request.user, rounds, year or max(rounds, default=0))


def detailed(picture: Picture, officer: Officer, district: str | None) -> Picture:
    """The part of a picture whose communes an officer may see one by one. Another's district is 404."""
    own = officer.own_district.code if officer.own_district else None
    if own and district not in (None, own):
        raise Http404("Không có địa bàn này.")
    return part(picture, own or district)


def part(picture: Picture, district: str | None) -> Picture:
    """The whole, or the district of it that is asked for."""
    if not district:
        return picture
    found = picture.within(district)
    if found is None:
        raise Http404("Không có địa bàn này.")
    return found


def named(content: bytes, name: str, kind: str) -> FileResponse:
    """A file to be kept."""
    response = FileResponse([content], content_type=CONTENT_TYPES[kind])
    response.headers["Content-Disposition"] = content_disposition_header(True, f"{name}.{kind}")
    return response


def attached(content: bytes, name: str, year: int, picture: Picture, kind: str) -> FileResponse:
    """A file to be kept, named after what it is, its year and its district."""
    district = f"-{picture.district.code}" if len(picture.districts) == 1 else ""
    return named(content, f"{name}-{year}{district}", kind)
