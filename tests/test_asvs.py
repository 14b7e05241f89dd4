"""docs/asvs.md: every requirement in scope has its row, and every test that is named exists."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PAGE = (ROOT / "docs" / "asvs.md").read_text(encoding="utf-8")
# Of OWASP ASVS 5.0.0: how many requirements of level 1 and 2 each section has, without V9, V10 and V17.
SECTIONS = {
    "1.1": 2, "1.2": 9, "1.3": 11, "1.4": 3, "1.5": 2, "2.1": 3, "2.2": 3, "2.3": 4, "2.4": 1, "3.2": 2, "3.3": 4,
    "3.4": 6, "3.5": 5, "3.7": 2, "4.1": 3, "4.2": 1, "4.3": 2, "4.4": 4, "5.1": 1, "5.2": 3, "5.3": 2, "5.4": 3,
    "6.1": 3, "6.2": 12, "6.3": 4, "6.4": 4, "6.5": 5, "6.6": 3, "6.8": 4, "7.1": 3, "7.2": 4, "7.3": 2, "7.4": 5,
    "7.5": 2, "7.6": 2, "8.1": 2, "8.2": 3, "8.3": 1, "8.4": 1, "11.1": 2, "11.2": 3, "11.3": 3, "11.4": 4,
    "11.5": 1, "11.6": 1, "12.1": 3, "12.2": 2, "12.3": 4, "13.1": 1, "13.2": 5, "13.3": 2, "13.4": 5, "14.1": 2,
    "14.2": 4, "14.3": 3, "15.1": 3, "15.2": 3, "15.3": 7, "16.1": 1, "16.2": 5, "16.3": 4, "16.4": 3, "16.5": 3,
}  # fmt: skip
STATES = {"yes", "part", "open", "n/a", "office"}
ROW = re.compile(r"^\| ([\d.–, ]+) \| (.+?) \| (\S+) \|", re.M)
NUMBER = re.compile(r"(\d+\.\d+)\.(\d+)(?:–\d+\.\d+\.(\d+))?")
NAMED = re.compile(r"`(tests/[\w/]+\.py)((?:::\w+)*)`")


def covered() -> list[str]:
    found = []
    for numbers, _, _ in ROW.findall(PAGE.split("## V1 ", 1)[1]):
        for section, first, last in NUMBER.findall(numbers):
            found += [f"{section}.{number}" for number in range(int(first), int(last or first) + 1)]
    return found


def test_every_requirement_in_scope_has_one_row():
    wanted = [f"{section}.{number}" for section, count in SECTIONS.items() for number in range(1, count + 1)]
    assert sorted(covered()) == sorted(wanted)


def test_every_row_says_how_it_stands():
    assert {state for _, _, state in ROW.findall(PAGE.split("## V1 ", 1)[1])} <= STATES


@pytest.mark.parametrize(("file", "names"), sorted(set(NAMED.findall(PAGE))))
def test_what_is_named_exists(file, names):
    source = (ROOT / file).read_text(encoding="utf-8")
    for name in filter(None, names.split("::")):
        assert re.search(rf"^\s*(def|class) {name}\b", source, re.M), name
