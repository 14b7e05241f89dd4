"""How a table comes to lie on A4, in numbers small enough to work out on paper: widths in ems and millimetres."""

from datetime import date
from decimal import Decimal

import pytest

from criteria.rules.verdicts import Verdict
from reports.files.fitting import (
    PADDING,
    POINT,
    SIDEWAYS,
    UPRIGHT,
    Part,
    Strip,
    breadth,
    fit,
    heading_lines,
    line_height,
    lines,
    strips,
)
from reports.tables.table import Column, Table


def mm(ems: float, size: int = 10) -> float:
    """How wide a column is whose text has room for so many ems."""
    return ems * size * POINT + PADDING


def strip(wanted=1.0, least=None, whole=None, number=1, rows=1, text="x", **about) -> Strip:
    """A column that wants so many ems, and no less unless it is said."""
    named = {"heading": "x", "group": "", "naming": False} | about
    least = wanted if least is None else least
    whole = wanted if whole is None else whole
    return Strip(number, texts=[text] * rows, sides=["left"] * rows, least=least, wanted=wanted, whole=whole, **named)


def chosen(*columns: Strip, **about) -> tuple[bool, int]:
    layout = fit(columns, **about)
    return layout.sideways, layout.size


# -- the breadth of a text


@pytest.mark.parametrize(
    ("text", "ems"), [("i", 0.31), ("m", 0.84), ("A", 0.71), ("Đ", 0.71), ("a", 0.5), ("5", 0.5), (" ", 0.31), ("", 0)]
)
def test_a_letter_is_as_broad_as_its_kind(text, ems):
    assert breadth(text) == pytest.approx(ems)


def test_a_text_is_as_broad_as_its_letters():
    assert breadth("Xa m") == pytest.approx(0.71 + 0.5 + 0.31 + 0.84)


# -- lines


@pytest.mark.parametrize(
    ("text", "ems", "count"),
    [
        ("", 5, 1),
        ("aa", 5, 1),
        ("aa aa", 2.26, 1),  # two words of one em and the space between them
        ("aa aa", 2.24, 2),
        ("aa aa aa", 2.26, 2),
        ("aa aa aa aa", 2.26, 2),  # what is wrapped fills the next line
        ("aa aa aa aa", 2.24, 4),
        ("aa aa aa", 3.51, 1),
        ("aa aa aa", 3.49, 2),
        ("aaaaaaaaaaaa", 2, 1),  # a word is not broken here
        ("aaaaaaaaaaaa aa", 2, 2),
        ("aa\naa", 5, 2),
        ("aa\n\naa", 5, 3),
        ("aa aa\naa", 2.24, 3),
    ],
)
def test_a_text_takes_a_line_for_each_paragraph_and_each_wrap(text, ems, count):
    assert lines(text, mm(ems), 10) == count


def test_bold_letters_and_larger_ones_need_more_room():
    assert lines("aa aa", mm(2.3), 10) == 1
    assert lines("aa aa", mm(2.3), 10, 1.08) == 2
    assert lines("aa aa", mm(2.42), 10, 1.08) == 1
    assert lines("aa aa", mm(2.3), 13) == 2
    assert lines("aa aa", mm(2.3, 13), 13) == 1


def test_the_space_in_a_cell_is_not_room_for_text():
    assert lines("aa aa", 2.25 * 10 * POINT + PADDING - 0.1, 10) == 2


def test_a_line_is_a_little_higher_than_its_type():
    assert line_height(10) == pytest.approx(4.0948)
    assert line_height(13) == pytest.approx(5.32324)


# -- headings


def headed(heading: str, group: str = "", ems: float = 3) -> tuple[Strip, float]:
    return strip(heading=heading, group=group), mm(ems)


def heights(*columns: tuple[Strip, float], grouped: bool = True) -> tuple[int, int]:
    found, widths = zip(*columns, strict=True)
    return heading_lines(Part(list(found), list(widths)), 10, grouped)


def test_a_heading_over_both_rows_uses_the_room_of_both():
    three = headed("aaaa aaaa aaaa")
    assert heights(three, headed("x", "Hai")) == (1, 2)
    assert heights(headed("aaaa aaaa"), headed("x", "Hai")) == (1, 1)


def test_a_heading_below_a_group_has_the_lower_row_alone():
    assert heights(headed("x"), headed("aaaa aaaa aaaa", "Hai")) == (1, 3)
    assert heights(headed("aaaa aaaa aaaa aaaa aaaa"), headed("aaaa aaaa", "Hai")) == (1, 4)


def test_without_groups_there_is_one_row_of_headings():
    assert heights(headed("aaaa aaaa aaaa"), headed("x"), grouped=False) == (1, 3)


def test_the_name_of_a_group_spreads_over_its_columns():
    """4,57 ems in bold: two lines over one column of three ems, one over two of them."""
    assert heights(headed("x", "aaaa aaaa")) == (2, 1)
    assert heights(headed("x", "aaaa aaaa"), headed("x", "aaaa aaaa")) == (1, 1)


def test_a_high_group_gives_its_neighbours_more_room():
    assert heights(headed("aaaa aaaa aaaa"), headed("x", "aaaa aaaa")) == (2, 1)


# -- the size of the type, and which way the paper lies


@pytest.mark.parametrize(
    ("ems", "sideways", "size"),
    [
        (35.5, False, 13),
        (35.6, False, 12),
        (38.5, False, 12),
        (38.6, False, 11),
        (42.0, False, 11),
        (42.1, True, 13),
        (55.5, True, 13),
        (55.7, True, 12),
        (60.2, True, 12),
        (60.3, True, 11),
        (65.6, True, 11),
        (65.8, True, 10),
        (72.2, True, 10),
        (72.4, True, 9),  # squeezed, where nothing else is left
        (80.2, True, 9),
    ],
)
def test_a_table_stands_upright_in_the_largest_type_it_has_room_for(ems, sideways, size):
    assert chosen(strip(ems)) == (sideways, size)


@pytest.mark.parametrize(
    ("least", "wanted", "sideways", "size"),
    [
        (30, 37, False, 13),  # three quarters of what it wants beyond the least: 35,25 ems
        (30, 38, False, 12),  # 36
        (60, 100, True, 10),  # squeezed: three tenths, 72 ems
        (60, 101, True, 9),
    ],
)
def test_columns_may_be_narrower_than_they_want_to_a_degree(least, wanted, sideways, size):
    assert chosen(strip(wanted, least)) == (sideways, size)


@pytest.mark.parametrize(
    ("rows", "size"),
    [(33, 13), (34, 12), (36, 12), (37, 11), (39, 11), (40, 13), (60, 13)],
)
def test_a_short_table_is_set_smaller_to_stay_on_one_page(rows, size):
    """227 mm below the titles; a row of 13 points is 6,2 mm, and three more rows are headings."""
    assert chosen(strip(5, rows=rows)) == (False, size)


@pytest.mark.parametrize(("rows", "size"), [(19, 13), (20, 12), (21, 12), (22, 11), (23, 11), (24, 10), (26, 13)])
def test_sideways_a_page_is_less_deep(rows, size):
    assert chosen(strip(50, rows=rows)) == (True, size)


def test_no_table_of_more_than_45_rows_is_set_smaller_for_one_page():
    """However deep the page would be."""
    assert chosen(strip(5, rows=45), above=-30) == (False, 12)
    assert chosen(strip(5, rows=46), above=-30) == (False, 13)


def test_notes_and_titles_take_from_the_room_of_a_page():
    column = strip(5, rows=30)
    note, long_note = "x", " ".join(["aaaa"] * 30)
    assert [chosen(column, notes=[note] * count)[1] for count in (0, 3, 4)] == [13, 13, 12]
    assert [chosen(column, notes=[long_note] * count)[1] for count in (2, 3)] == [13, 12]
    assert [chosen(column, above=above)[1] for above in (26, 47, 48)] == [13, 13, 12]


def test_a_row_is_as_high_as_its_highest_cell():
    low, high = strip(5, rows=13), strip(5, rows=13, text="x\nx\nx")
    assert chosen(low, low) == chosen(low, strip(5, rows=13, text="x\nx")) == (False, 13)
    assert chosen(low, high) == chosen(high, low) == (False, 12)


def test_the_headings_are_part_of_the_height():
    tall = strip(5, rows=33, heading="x\nx")
    assert (chosen(tall), chosen(strip(5, rows=33))) == ((False, 12), (False, 13))
    assert chosen(strip(5, rows=33, group="x", heading="x")) == (False, 13)
    assert chosen(strip(5, rows=33, group="x\nx", heading="x")) == (False, 12)


# -- the widths


def widths(*columns: Strip) -> list[float]:
    [part] = fit(columns).parts
    assert part.strips == list(columns)
    return part.widths


def test_a_table_is_as_wide_as_the_paper():
    assert widths(strip(5)) == [pytest.approx(UPRIGHT)]
    assert sum(widths(strip(50), strip(3))) == pytest.approx(SIDEWAYS)


def test_where_not_all_get_what_they_want_each_keeps_its_least():
    first, second = widths(strip(10), strip(28, least=10))
    assert (first, first + second) == (pytest.approx(mm(10, 13)), pytest.approx(UPRIGHT))


def test_where_room_is_short_the_columns_share_it_by_what_they_want_beyond_the_least():
    first, second = widths(strip(16, least=14), strip(20, least=16))
    assert first + second == pytest.approx(UPRIGHT)
    assert (first - mm(14, 13)) * 2 == pytest.approx(second - mm(16, 13))


def test_what_is_left_goes_first_to_the_columns_whose_texts_would_break():
    assert widths(strip(5), strip(5, whole=50)) == [pytest.approx(mm(5, 13)), pytest.approx(UPRIGHT - mm(5, 13))]


def test_what_is_left_then_goes_to_all_alike():
    first, second = widths(strip(5), strip(5, whole=20))
    assert first + second == pytest.approx(UPRIGHT)
    assert second / first == pytest.approx(mm(20, 13) / mm(5, 13))


def test_a_column_whose_text_is_shorter_than_it_wants_loses_nothing():
    assert widths(strip(5, whole=1), strip(5)) == [pytest.approx(UPRIGHT / 2)] * 2


@pytest.mark.parametrize(("columns", "width"), [(12, UPRIGHT / 12), (13, mm(1, 13) * 1.25)])
def test_many_narrow_columns_are_not_pulled_apart(columns, width):
    assert widths(*(strip(number=n) for n in range(columns))) == [pytest.approx(width)] * columns


# -- several tables


def parts(*columns: Strip) -> list[list[int]]:
    layout = fit(columns)
    assert (layout.sideways, layout.size) == (True, 10)
    for part in layout.parts:
        assert sum(part.widths) == pytest.approx(SIDEWAYS)
    return [[column.number for column in part.strips] for part in layout.parts]


def broad(*numbers: int, group="") -> list[Strip]:
    """Columns of 44 mm, of which five stand beside the name."""
    return [strip(12, number=n, group=group) for n in numbers]


NAME = strip(5, number=0, naming=True)


def test_a_table_too_broad_for_the_paper_is_split_and_each_part_names_its_rows():
    assert parts(NAME, *broad(*range(1, 11))) == [[0, 1, 2, 3, 4, 5], [0, 6, 7, 8, 9, 10]]
    assert parts(NAME, *broad(*range(1, 8))) == [[0, 1, 2, 3, 4, 5], [0, 6, 7]]


def test_what_stands_under_one_heading_stays_together():
    columns = [*broad(1, 2, 3, 4), *broad(5, 6, group="Hai"), *broad(7, 8, 9, 10)]
    assert parts(NAME, *columns) == [[0, 1, 2, 3, 4], [0, 5, 6, 7, 8, 9], [0, 10]]


def test_a_group_that_just_fits_stays_together_and_a_broader_one_is_broken():
    five, six = broad(*range(2, 7), group="Năm"), broad(*range(2, 8), group="Sáu")
    assert parts(NAME, *broad(1), *five, *broad(7)) == [[0, 1], [0, 2, 3, 4, 5, 6], [0, 7]]
    assert parts(NAME, *broad(1), *six) == [[0, 1, 2, 3, 4, 5], [0, 6, 7]]


# -- the columns of a table as they are printed


def printed(*columns: Column, rows=("",), totals=(), numbered=False) -> list[Strip]:
    return strips(Table("thu", "Thử", "", list(columns), list(rows), list(totals), numbered=numbered))


def column(heading="x", text="", key="k", **about) -> Column:
    return Column(key, heading, lambda _: text, **about)


def test_rows_are_numbered_and_totals_are_not():
    first, second = printed(column(), rows="abc", totals="s", numbered=True)
    assert (first.number, first.heading, first.texts) == (0, "STT", ["1", "2", "3", ""])
    assert (first.naming, set(first.sides), len(first.sides)) == (True, {"center"}, 4)
    assert (second.number, len(second.texts)) == (1, 4)
    assert [strip.number for strip in printed(column())] == [1]


def test_the_numbers_of_the_rows_are_as_broad_as_the_last_of_them():
    for count, ems in ((9999, 2.13), (10_000, 2.5)):
        first = printed(column(), rows=["x"] * count, totals=["s"], numbered=True)[0]
        assert (first.least, first.wanted, first.whole) == (pytest.approx(ems),) * 3
    assert printed(column(), rows=[], numbered=True)[0].least == pytest.approx(2.13)


def test_the_columns_up_to_the_name_are_repeated_in_every_part():
    found = printed(column(key="code"), column(key="name"), column(key="district"))
    assert [strip.naming for strip in found] == [True, True, False]
    assert [strip.naming for strip in printed(column(key="district"), column(key="x"))] == [True, False]


def test_what_is_hidden_is_not_printed():
    assert [strip.heading for strip in printed(column("a"), column("b", hidden=True), column("c"))] == ["a", "c"]


@pytest.mark.parametrize(
    ("value", "side"),
    [
        ("chữ", "left"),
        ("", "left"),
        (5, "right"),
        (Decimal(5), "right"),
        (None, "right"),
        (Verdict.MET, "center"),
        (date(2017, 12, 31), "center"),
    ],
)
def test_text_stands_to_the_left_and_numbers_to_the_right(value, side):
    assert printed(column(text=value))[0].sides == [side]


def test_a_year_stands_in_the_middle():
    assert printed(column(text=2017, year=True))[0].sides == ["center"]


def measured(*columns: Column, at=0) -> tuple[float, float, float]:
    found = printed(*columns)[at]
    return round(found.least, 4), round(found.wanted, 4), round(found.whole, 4)


def test_a_short_column_has_a_least_width():
    assert measured(column("Số", "5")) == (1.4, 1.4, 0.5)
    assert measured(*[column()] * 10, at=9)[0] == 1.77  # or the number below its heading would break: (10)


def test_a_word_of_the_heading_stays_whole_in_bold():
    assert measured(column("mmmm mm", "5")) == (3.6288, 3.6288, 0.5)


def test_a_word_of_the_group_is_shared_by_its_columns():
    pair = [column(group="mmmmmmmm"), column(group="mmmmmmmm")]
    assert measured(*pair)[0] == measured(*pair, at=1)[0] == 3.6288
    assert measured(*pair[:1])[0] == 7.2576


def test_a_heading_of_many_words_wants_a_quarter_of_its_breadth():
    assert measured(column(" ".join(["aa"] * 8), "5")) == (1.4, 2.5425, 0.5)
    grouped = [column("x", "5", group=" ".join(["aa"] * 16))] * 2
    assert measured(*grouped)[:2] == (1.4, 2.5812)


def test_a_name_stays_in_one_line_as_far_as_its_column_goes():
    assert measured(column(text="aaaa aaaa", width=10)) == (4.31, 4.31, 4.31)
    assert measured(column(text="aaaa aaaa aaaa", width=10)) == (5.5, 5.5, 6.62)


def test_a_long_text_may_be_broken_between_its_words():
    assert measured(column(text="aaaa aaaa aaaa", width=10, long=True)) == (2.0, 3.8, 6.62)
    assert measured(column(text="aa a", width=10, long=True)) == (1.4, 1.81, 1.81)


def test_a_text_of_several_lines_is_as_broad_as_the_longest():
    assert measured(column(text="aaaa\naaaaaa\na", width=30, long=True))[2] == 3.0


def test_words_without_end_are_broken():
    assert measured(column(text="a" * 99, width=10, long=True))[0] == 12
    assert measured(column("a" * 99, width=10))[0] == 12


def test_a_table_without_rows_has_its_headings():
    [found] = printed(column("mmmm"), rows=[])
    assert (round(found.least, 4), found.whole, found.texts) == (3.6288, 0, [])


def widths_wanted(group: str, *texts: str) -> list[float]:
    found = printed(*(column(text=text, group=group) for text in texts))
    assert [strip.least for strip in found] == [strip.wanted for strip in found]
    return [strip.wanted for strip in found]


def test_three_narrow_columns_under_one_heading_are_equally_wide():
    assert widths_wanted("G", "aaa", "aaaa", "aaaaa") == [2.5, 2.5, 2.5]
    assert widths_wanted("G", "a", "aa", "aaaaaa") == [3.0, 3.0, 3.0]


def test_two_columns_broad_ones_and_those_without_a_heading_keep_their_own_width():
    assert widths_wanted("G", "aaa", "aaaa") == [1.5, 2.0]
    assert widths_wanted("G", "aaa", "aaaa", "aaaaaaa") == [1.5, 2.0, 3.5]
    assert widths_wanted("", "aaa", "aaaa", "aaaaa") == [1.5, 2.0, 2.5]
