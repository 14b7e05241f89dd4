"""PURE: a year in sentences, as a report to a meeting puts it, written from the figures of its tables.

A sentence says only what is known: a figure that is missing leaves its sentence out, or the sentence says so. A change
is the difference of the two figures as they are shown, so that a reader can check it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from communes.text import vn_number
from criteria.rules.verdicts import bands
from reports.catalogue.material import National, Task
from reports.picture.figures import BandRow, Count, Figure, band_rows, criterion_rows, headline, registered
from reports.picture.picture import Picture, Unit

from .narrative_money import Accounts, arrears_paragraphs, money_paragraphs
from .phrasing import listed, moved

HARDEST = 5


@dataclass(frozen=True, slots=True)
class Chapter:
    """A numbered part of a report: its title and its paragraphs."""

    title: str
    paragraphs: list[str]


@dataclass(frozen=True)
class Story:
    """What is told: a year, the year before where there is one, of which place (``toàn tỉnh``, ``huyện Đại Từ``);
    its money and arrears; the tasks that were set."""

    picture: Picture
    previous: Picture | None
    place: str
    national: National | None = None
    accounts: Accounts | None = None
    tasks: Sequence[Task] = ()

    @property
    def before(self) -> Picture | None:
        """The year before, if it has communes to compare with."""
        return self.previous if self.previous and self.previous.communes else None

    @property
    def comparable(self) -> Picture | None:
        """The year before, where it was judged by the same criteria."""
        before = self.before
        return before if before and before.set_code == self.picture.set_code else None

    @property
    def since(self) -> str:
        return f"so với năm {self.before.year}" if self.before else ""


def tell(story: Story) -> list[Chapter]:
    """The chapters of a report; a chapter that has nothing to say is left out."""
    chapters = [
        ("Kết quả xây dựng nông thôn mới", [*_certified(story), *_districts(story), *_mean(story), *_bands(story)]),
        ("Thu nhập và hộ nghèo", [_income(story), *_poverty(story)]),
        ("Nguồn lực huy động", money_paragraphs(story.accounts) if story.accounts else []),
        ("Nợ đọng xây dựng cơ bản", arrears_paragraphs(story.accounts) if story.accounts else []),
        ("Khó khăn, tồn tại", [*_slipped(story), *_hardest(story), *_without_data(story), *_late(story)]),
        (f"Xã đăng ký đạt chuẩn năm {story.picture.year + 1}", [_registered(story)]),
    ]
    if not story.picture.communes:
        return [Chapter(chapters[0][0], [f"Năm {story.picture.year}, {story.place} không có xã."])]
    return [Chapter(title, paragraphs) for title, paragraphs in chapters if paragraphs]


def _figures(picture: Picture) -> dict[str, Figure]:
    return {figure.key: figure for figure in headline(picture)}


def _shown(figure: Figure) -> str:
    return "" if figure.value is None else vn_number(figure.value, figure.decimals)


def _certified(story: Story) -> list[str]:
    """How many communes are certified, against the country and the year before."""
    year, figures = story.picture.year, _figures(story.picture)
    count, percent = figures["communes_certified"], figures["communes_certified_percent"]
    total = vn_number(len(story.picture.communes))
    if not count.value:
        first = f"Đến hết năm {year}, {story.place} chưa có xã nào đạt chuẩn nông thôn mới (tổng số {total} xã)"
    else:
        first = f"Đến hết năm {year}, {story.place} có {_shown(count)}/{total} xã đạt chuẩn nông thôn mới"
        first += f", đạt {_shown(percent)} % số xã{_against_the_country(story.national, percent)}"
    return [f"{first}.", *_certified_since(story, count, percent), *_not_yet_recognised(story)]


def _against_the_country(national: National | None, percent: Figure) -> str:
    if national is None:
        return ""
    ours = percent.rounded(national.decimals) or 0
    word = "cao hơn" if ours > national.value else "thấp hơn" if ours < national.value else "bằng"
    return f", {word} bình quân cả nước ({vn_number(national.value, national.decimals)} %)"


def _certified_since(story: Story, count: Figure, percent: Figure) -> list[str]:
    if story.before is None:
        return []
    figures = _figures(story.before)
    then, share = figures["communes_certified"], figures["communes_certified_percent"]
    now, before = count.value or 0, then.value or 0
    was = f"{_shown(then)}/{vn_number(len(story.before.communes))} xã, {_shown(share)} %"
    if now == before:
        return [f"Số xã đạt chuẩn không đổi {story.since} ({was})."]
    change = moved(percent.value or 0, share.value or 0, "điểm phần trăm", 2)
    return [f"Số xã đạt chuẩn {moved(now, before, 'xã')} {story.since} ({was}); tỷ lệ {change}."]


def _not_yet_recognised(story: Story) -> list[str]:
    found = len(story.picture.standings["meets"])
    total = vn_number(len(story.picture.criteria))
    return [f"Có {vn_number(found)} xã đạt đủ {total} tiêu chí nhưng chưa được công nhận."] if found else []


def _districts(story: Story) -> list[str]:
    """Which districts completed the task or are certified."""
    parts = [part.district for part in story.picture.districts if part.district.code]
    done = [district for district in parts if district.completed]
    if len(parts) == 1:
        return [f"{done[0].full_name} đã được công nhận {_title(done[0].full_name)}."] if done else []
    if not done:
        return ["Chưa có đơn vị cấp huyện nào hoàn thành nhiệm vụ hoặc đạt chuẩn nông thôn mới."] if parts else []
    kinds: dict[str, list[str]] = {}
    for district in done:
        kinds.setdefault(_title(district.full_name), []).append(_inside(district.full_name))
    said = "; ".join(f"{', '.join(names)} đã được công nhận {title}" for title, names in kinds.items())
    share = f"{vn_number(len(done))}/{vn_number(len(parts))} đơn vị cấp huyện"
    return [f"{said[0].upper()}{said[1:]} ({share})."]


def _title(full_name: str) -> str:
    return "đạt chuẩn nông thôn mới" if full_name.startswith("Huyện") else "hoàn thành nhiệm vụ xây dựng nông thôn mới"


def _inside(name: str) -> str:
    """A name in the middle of a sentence: ``Thành phố Sông Công`` → ``thành phố Sông Công``."""
    return name[:1].lower() + name[1:]


def _mean(story: Story) -> list[str]:
    figure = _figures(story.picture)["criteria_mean"]
    if figure.value is None:
        return [f"Chưa có số liệu về số tiêu chí đạt của các xã năm {story.picture.year}."]
    text = f"Bình quân mỗi xã đạt {_shown(figure)}/{vn_number(len(story.picture.criteria))} tiêu chí"
    text += _coverage(figure.denominator, len(story.picture.communes), "xã")
    if story.before and story.comparable is None:
        return [f"{text}; không so sánh với năm {story.before.year} vì khi đó áp dụng bộ tiêu chí khác."]
    return [f"{text}{_since(story, figure, story.comparable, 'tiêu chí')}."]


def _coverage(known: Count | None, total: int, unit: str) -> str:
    return "" if known == total else f" (tính trên {vn_number(known or 0)}/{vn_number(total)} {unit} có số liệu)"


def _since(story: Story, figure: Figure, before: Picture | None, unit: str, after: str = "") -> str:
    """``, tăng 1,10 tiêu chí so với năm 2016 (13,96)``; nothing where one of the two is not known."""
    then = _figures(before)[figure.key] if before else None
    if then is None or then.value is None or figure.value is None:
        return ""
    return f", {moved(figure.value, then.value, unit, figure.decimals)} {story.since} ({_shown(then)}{after})"


def _bands(story: Story) -> list[str]:
    """The communes by number of criteria met, each band with its change."""
    whole = band_rows(story.picture)[-1]
    if whole.unknown == whole.total:
        return []
    before = band_rows(story.comparable)[-1] if story.comparable else None
    lines = [
        f"{_band_name(band.label)}: {_many(count)}{_band_change(whole, before, index)}"
        for index, (band, count) in enumerate(zip(bands(len(story.picture.criteria)), whole.counts, strict=True))
    ]
    if whole.unknown:
        lines.append(f"Chưa có số liệu: {vn_number(whole.unknown)} xã")
    compared = f" ({story.since})" if before and before.unknown < before.total else ""
    return listed(f"Số xã chia theo số tiêu chí đạt{compared}", lines)


def _band_name(label: str) -> str:
    named = label if label.endswith("tiêu chí") else f"{label} tiêu chí"
    return f"Đạt {named[:1].lower()}{named[1:]}"


def _many(count: int) -> str:
    return f"{vn_number(count)} xã" if count else "không có xã nào"


def _band_change(now: BandRow, before: BandRow | None, index: int) -> str:
    if before is None or before.unknown == before.total:
        return ""
    return f" ({moved(now.counts[index], before.counts[index], 'xã')})"


def _income(story: Story) -> str:
    figure, communes = _figures(story.picture)["income_per_capita"], story.picture.communes
    if figure.value is None:
        return f"Chưa có số liệu về thu nhập bình quân đầu người khu vực nông thôn năm {story.picture.year}."
    known = sum(unit.income is not None and bool(unit.population) for unit in communes)
    unit = "triệu đồng/người/năm"
    text = f"Thu nhập bình quân đầu người khu vực nông thôn đạt {_shown(figure)} {unit}"
    return f"{text}{_coverage(known, len(communes), 'xã')}{_since(story, figure, story.before, unit)}."


def _poverty(story: Story) -> list[str]:
    picture = story.picture
    return [
        _poverty_of(story, "poverty_rate", story.place, picture.units, "đơn vị cấp xã"),
        _poverty_of(story, "poverty_rate_rural", "khu vực nông thôn", picture.communes, "xã"),
    ]


def _poverty_of(story: Story, key: str, where: str, units: Iterable[Unit], kind: str) -> str:
    figure, units = _figures(story.picture)[key], list(units)
    if figure.value is None:
        return f"Chưa có số liệu về tỷ lệ hộ nghèo {where} năm {story.picture.year}."
    known = sum(unit.poor_households is not None and bool(unit.households) for unit in units)
    counts = f"{vn_number(figure.numerator or 0)}/{vn_number(figure.denominator or 0)} hộ"
    text = f"Tỷ lệ hộ nghèo {where} là {_shown(figure)} % ({counts}){_coverage(known, len(units), kind)}"
    return f"{text}{_since(story, figure, story.before, 'điểm phần trăm', ' %')}."


def _slipped(story: Story) -> list[str]:
    found = len(story.picture.standings["slipped"])
    if not found:
        return []
    certified = sum(unit.certified for unit in story.picture.communes)
    return [
        f"Trong {vn_number(certified)} xã đã đạt chuẩn, có {vn_number(found)} xã đang dưới chuẩn "
        "(đã được công nhận nhưng hiện có tiêu chí không đạt)."
    ]


def _hardest(story: Story) -> list[str]:
    """The criteria that most communes are known to miss."""
    rows = criterion_rows(story.picture)
    total = vn_number(len(story.picture.communes))
    hard = sorted((row for row in rows if row.not_met), key=lambda row: (-row.not_met, row.criterion.number))[:HARDEST]
    if not hard:
        known = not any(row.unknown for row in rows)
        return ["Không còn xã nào có tiêu chí chưa đạt."] if rows and known else []
    lines = [
        f"Tiêu chí {row.criterion.number} ({row.criterion.name}): {vn_number(row.not_met)}/{total} xã chưa đạt"
        for row in hard
    ]
    return listed("Các tiêu chí còn nhiều xã chưa đạt nhất", lines)


def _without_data(story: Story) -> list[str]:
    everything = sum(1 << criterion.position for criterion in story.picture.criteria)
    found = sum(everything & ~unit.summary.known_mask != 0 for unit in story.picture.communes)
    return [f"Còn {vn_number(found)} xã chưa đủ số liệu để đánh giá hết các tiêu chí."] if found else []


def _late(story: Story) -> list[str]:
    """The tasks past their deadline and not done."""
    late = [task for task in story.tasks if task.is_late(story.picture.as_of)]
    lines = [f"Nhiệm vụ {task.number} của {task.document}: hạn {task.deadline:%d/%m/%Y}" for task in late]
    return listed(f"Có {vn_number(len(late))} nhiệm vụ được giao đã quá hạn mà chưa hoàn thành", lines)


def _registered(story: Story) -> str:
    whole, extra = (int(figure.value or 0) for figure in registered(story.picture))
    year = story.picture.year + 1
    if not whole:
        return f"Chưa có xã nào của {_owner(story.place)} đăng ký đạt chuẩn năm {year}."
    text = f"Năm {year}, {story.place} có {vn_number(whole)} xã đăng ký đạt chuẩn nông thôn mới"
    if extra == whole:
        return f"{text}, {'là xã' if whole == 1 else 'đều là xã'} bổ sung."
    return f"{text}, trong đó có {vn_number(extra)} xã bổ sung." if extra else f"{text}."


def _owner(place: str) -> str:
    return "tỉnh" if place == "toàn tỉnh" else place
