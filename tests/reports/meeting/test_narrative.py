"""The sentences of a report: every number is a figure of a table, every direction is right, nothing unknown is said."""

import re
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from communes.text import vn_number
from criteria.rules.verdicts import Summary
from reports.catalogue.material import National
from reports.meeting.narrative import Story, tell
from reports.meeting.phrasing import moved
from reports.picture.figures import band_rows, criterion_rows, headline, registered
from reports.picture.picture import Criterium, DistrictRow, Picture, Unit

CRITERIA = tuple(Criterium(n, n + 1, name) for n, name in enumerate(("Quy hoạch", "Giao thông", "Hộ nghèo")))
ALL = 0b111
HUYEN, TP = DistrictRow("171", "Đại Từ", "Huyện Đại Từ"), DistrictRow("164", "TP Thái Nguyên", "Thành phố Thái Nguyên")
UNIT = Unit(1, 1, "05000", "Xã", True, HUYEN)


def commune(number=1, met=ALL, known=ALL, **known_of_it) -> Unit:
    return replace(UNIT, id=number, place_id=number, summary=Summary(met, known), **known_of_it)


def year(units, number=2017, set_code="1980/QĐ-TTg") -> Picture:
    return Picture(number, number, date(number, 12, 31), set_code, True, CRITERIA, tuple(units))


def text(now, before=None, national=None, place="toàn tỉnh") -> str:
    story = Story(year(now), year(before, 2016) if before is not None else None, place, national)
    return "\n".join(paragraph for chapter in tell(story) for paragraph in chapter.paragraphs)


def figures_of(picture: Picture) -> set[str]:
    """Every figure of the tables of a year as it is shown, and the counts beside it."""
    figures = [*headline(picture), *registered(picture)]
    found = {vn_number(f.value, f.decimals) for f in figures if f.value is not None}
    found |= {vn_number(part) for f in figures for part in (f.numerator, f.denominator) if part is not None}
    whole = band_rows(picture)[-1]
    found |= {vn_number(count) for count in (*whole.counts, whole.unknown, whole.total)}
    for row in criterion_rows(picture):
        found |= {vn_number(number) for number in (row.criterion.number, row.not_met)}
    return found | {vn_number(len(units)) for units in picture.standings.values()}


def shown_changes(now: Picture, before: Picture) -> set[str]:
    """The differences of what is shown of two years."""
    pairs = zip(headline(now), headline(before), strict=True)
    found = {
        vn_number(abs(a.value - b.value), a.decimals) for a, b in pairs if a.value is not None and b.value is not None
    }
    counts = zip(band_rows(now)[-1].counts, band_rows(before)[-1].counts, strict=True)
    return found | {vn_number(abs(a - b)) for a, b in counts}


NUMBER = re.compile(r"\d[\d.]*(?:,\d+)?")
BAND = re.compile(r"^- Đạt [^:]*:")  # names its bounds


def numbers(narrated: str) -> set[str]:
    lines = (BAND.sub("", line) for line in narrated.split("\n"))
    return {found.rstrip(".") for line in lines for found in NUMBER.findall(line)}


bits = st.integers(0, ALL)
masks = st.tuples(bits, bits).map(lambda pair: (pair[0] & pair[1], pair[1]))
units = st.builds(
    lambda mask, **rest: replace(UNIT, summary=Summary(*mask), **rest),
    masks,
    rural=st.booleans(),
    district=st.sampled_from([HUYEN, replace(TP, completed=True)]),
    population=st.none() | st.integers(0, 20_000),
    households=st.none() | st.integers(0, 5000),
    poor_households=st.none() | st.integers(0, 900),
    income=st.none() | st.decimals(1, 90, places=1),
    certified=st.booleans(),
    planned=st.sampled_from(["", "planned", "supplementary"]),
)
years = st.lists(units, max_size=12)


@settings(max_examples=150, deadline=None)
@given(years, years, st.none() | st.decimals(0, 100, places=1))
def test_every_number_is_a_figure_as_it_is_shown_or_the_difference_of_two(now, before, national):
    pictures = year(now), year(before, 2016)
    stated = None if national is None else National(national, 1)
    narrated = text(now, before, stated)
    allowed = figures_of(pictures[0]) | figures_of(pictures[1]) | shown_changes(*pictures)
    allowed |= {"2016", "2017", "2018", vn_number(len(CRITERIA))} | ({vn_number(national, 1)} if stated else set())
    allowed |= {vn_number(n) for n in range(len(now) + 1)}  # how many units are known
    large = {n for n in numbers(narrated) if n not in allowed}
    assert not large, narrated


@settings(max_examples=100, deadline=None)
@given(years, years)
def test_a_sentence_is_whole_and_says_no_word_of_the_machine(now, before):
    for line in text(now, before).split("\n"):
        assert re.fullmatch(r"(- )?\S.*[.;:]", line), line
        assert not re.search(r"None|nan|  |\(\)|;\.|\.\.|, ,", line), line


@pytest.mark.parametrize(
    ("now", "before", "decimals", "said"),
    [
        (68, 53, 0, "tăng 15 xã"),
        (53, 68, 0, "giảm 15 xã"),
        (5, 5, 0, "không đổi"),
        (Decimal("9.0"), Decimal("11.2"), 1, "giảm 2,2 xã"),
        (1234, 0, 0, "tăng 1.234 xã"),
    ],
)
def test_a_change_has_its_direction(now, before, decimals, said):
    assert moved(now, before, "xã", decimals) == said


@pytest.mark.parametrize(("stated", "word"), [("32.3", "cao hơn"), ("50.0", "bằng"), ("50.1", "thấp hơn")])
def test_the_province_is_held_against_the_country(stated, word):
    narrated = text([commune(1, certified=True), commune(2)], national=National(Decimal(stated), 1))
    share = stated.replace(".", ",")
    assert f"có 1/2 xã đạt chuẩn nông thôn mới, đạt 50,00 % số xã, {word} bình quân cả nước ({share} %)." in narrated


def test_without_a_figure_of_the_country_there_is_no_comparison():
    assert "cả nước" not in text([commune(certified=True)])


def test_nobody_certified_reads_well():
    narrated = text([commune()], [commune()])
    assert "Đến hết năm 2017, toàn tỉnh chưa có xã nào đạt chuẩn nông thôn mới (tổng số 1 xã)." in narrated
    assert "Số xã đạt chuẩn không đổi so với năm 2016 (0/1 xã, 0,00 %)." in narrated


def test_falling_poverty_is_giam_and_rising_is_tang():
    few, many = (commune(poor_households=poor, households=100) for poor in (9, 20))
    assert "là 9,0 % (9/100 hộ), giảm 11,0 điểm phần trăm so với năm 2016 (20,0 %)." in text([few], [many])
    assert "là 20,0 % (20/100 hộ), tăng 11,0 điểm phần trăm so với năm 2016 (9,0 %)." in text([many], [few])
    assert "không đổi so với năm 2016 (9,0 %)." in text([few], [few])


def test_what_is_not_known_is_said_to_be_unknown_and_never_zero():
    narrated = text([commune(met=0, known=0)])
    for said in (
        "Chưa có số liệu về số tiêu chí đạt của các xã năm 2017.",
        "Chưa có số liệu về thu nhập bình quân đầu người khu vực nông thôn năm 2017.",
        "Chưa có số liệu về tỷ lệ hộ nghèo toàn tỉnh năm 2017.",
        "Còn 1 xã chưa đủ số liệu để đánh giá hết các tiêu chí.",
    ):
        assert said in narrated
    assert "Số xã chia theo" not in narrated
    assert "so với" not in narrated


def test_a_figure_of_a_part_says_of_which_part():
    narrated = text([commune(1, income=Decimal(20), population=10), commune(2, met=0, known=0)])
    assert "đạt 20,0 triệu đồng/người/năm (tính trên 1/2 xã có số liệu)." in narrated
    assert "Bình quân mỗi xã đạt 3,00/3 tiêu chí (tính trên 1/2 xã có số liệu)." in narrated


def test_years_under_different_sets_are_not_compared():
    now, before = year([commune(certified=True)]), year([commune()], 2016, "491/QĐ-TTg")
    told = "\n".join(line for chapter in tell(Story(now, before, "toàn tỉnh")) for line in chapter.paragraphs)
    assert "không so sánh với năm 2016 vì khi đó áp dụng bộ tiêu chí khác." in told
    assert "Số xã chia theo số tiêu chí đạt:" in told
    assert "Số xã đạt chuẩn tăng 1 xã so với năm 2016" in told


def test_certified_but_below_standard_and_met_but_not_recognised_are_told():
    narrated = text([commune(1, met=0b011, certified=True), commune(2)])
    assert "Trong 1 xã đã đạt chuẩn, có 1 xã đang dưới chuẩn" in narrated
    assert "Có 1 xã đạt đủ 3 tiêu chí nhưng chưa được công nhận." in narrated


def test_the_hardest_criterion_comes_first_and_a_met_one_is_not_named():
    narrated = text([commune(1, met=0b001), commune(2, met=0b011)])
    assert "- Tiêu chí 3 (Hộ nghèo): 2/2 xã chưa đạt;\n- Tiêu chí 2 (Giao thông): 1/2 xã chưa đạt." in narrated
    assert "Tiêu chí 1 " not in narrated


@pytest.mark.parametrize(
    ("batches", "said"),
    [
        ([], "Chưa có xã nào của tỉnh đăng ký đạt chuẩn năm 2018."),
        (["planned"], "Năm 2018, toàn tỉnh có 1 xã đăng ký đạt chuẩn nông thôn mới."),
        (["planned", "supplementary"], "có 2 xã đăng ký đạt chuẩn nông thôn mới, trong đó có 1 xã bổ sung."),
        (["supplementary"], "có 1 xã đăng ký đạt chuẩn nông thôn mới, là xã bổ sung."),
        (["supplementary"] * 2, "có 2 xã đăng ký đạt chuẩn nông thôn mới, đều là xã bổ sung."),
    ],
)
def test_registrations_of_the_coming_year(batches, said):
    assert said in text([commune(0), *(commune(n, planned=batch) for n, batch in enumerate(batches, 1))])


def test_districts_are_told_by_what_they_reached():
    done, city = replace(HUYEN, completed=True), replace(TP, completed=True)
    narrated = text([commune(1, district=done), commune(2, district=city)])
    assert "Thành phố Thái Nguyên đã được công nhận hoàn thành nhiệm vụ xây dựng nông thôn mới; " in narrated
    assert "huyện Đại Từ đã được công nhận đạt chuẩn nông thôn mới (2/2 đơn vị cấp huyện)." in narrated
    assert "Chưa có đơn vị cấp huyện nào" in text([commune(1), commune(2, district=TP)])
    assert "cấp huyện" not in text([commune(1)], place="huyện Đại Từ")


def test_a_place_without_communes_has_one_sentence():
    assert text([], [], place="thị xã Mới") == "Năm 2017, thị xã Mới không có xã."
