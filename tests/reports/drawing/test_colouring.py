"""The map says of each commune what the tables say, in every mode; its legend counts all of them."""

import re

import pytest

from criteria.rounds import rounds_of
from criteria.rules.verdicts import Summary
from reports.drawing.colouring import modes, paint
from reports.picture.reading import pictures

HEXAGON = re.compile(
    r'<a class="hx ([\w-]+)" href="([^"]+)" data-commune="(\d+)" data-state="(\w+)" aria-label="([^"]+)"'
)


@pytest.fixture
def picture(province):
    return pictures(province, [rounds_of(province)[2017]])[2017]


def hexagons(client, query: str = "", path: str = "/") -> dict[str, tuple]:
    html = client.get(f"{path}?nam=2017{query}").content.decode()
    return {code: (shade, state, label) for shade, _, code, state, label in HEXAGON.findall(html)}


def test_every_mode_draws_every_commune_once_and_its_legend_counts_them(picture):
    for mode in modes(picture.criteria):
        painting = paint(picture, mode)
        assert len({hexagon.unit.code for hexagon in painting.hexagons}) == 139, mode
        assert sum(key.count for key in painting.legend) == 139, mode
        assert {hexagon.shade for hexagon in painting.hexagons} == {key.shade for key in painting.legend}, mode


def test_the_states_of_the_map_are_those_of_the_list(client_of, staff):
    client = client_of(staff)
    states = {code: state for code, (_, state, _) in hexagons(client).items()}
    for standing, count in {"certified": 65, "slipped": 3, "meets": 1, "below": 70, "unknown": 0}.items():
        listed = client.get(f"/xa/?nam=2017&chuan={standing}").content.decode()
        found = set(re.findall(r'<th scope="row"><a href="/xa/(\d+)/', listed))
        assert {code for code, state in states.items() if state == standing} == found
        assert len(found) == count


@pytest.mark.parametrize("number", [1, 10, 17])
def test_a_criterion_on_the_map_is_that_of_the_matrix(client_of, staff, number):
    client = client_of(staff)
    shades = {"met": "certified", "not_met": "missed", "not_applicable": "skipped", "unknown": "unknown"}
    rows = client.get("/bao-cao/ma-tran.json?nam=2017").json()["rows"]
    drawn = {code: shade for code, (shade, _, _) in hexagons(client, f"&mau=tc-{number}").items()}
    assert drawn == {row["code"]: shades[row[f"c{number}"]] for row in rows if row["code"]}


def test_a_hexagon_says_in_words_what_it_shows(client_of, staff):
    said = {code: label for code, (_, _, label) in hexagons(client_of(staff), "&mau=thu-nhap").items()}
    assert all("," in label and "(" in label for label in said.values())
    plain = [label for _, _, label in hexagons(client_of(staff)).values()]
    assert sum("Đạt chuẩn, đang dưới chuẩn" in label for label in plain) == 3


def test_darker_is_more_and_no_data_is_drawn_as_no_data(picture):
    from dataclasses import replace

    units = (replace(picture.communes[0], income=None, summary=Summary()), *picture.communes[1:])
    changed = replace(picture, units=units)
    income = {hexagon.unit.code: hexagon for hexagon in paint(changed, "thu-nhap").hexagons}
    assert income[units[0].code].shade == "unknown"
    assert paint(changed, "so-tieu-chi").hexagons[0].shade == "unknown"
    known = sorted((h for h in income.values() if h.unit.income is not None), key=lambda h: h.unit.income)
    assert [hexagon.shade for hexagon in known] == sorted(hexagon.shade for hexagon in known)
    assert len({hexagon.shade for hexagon in known}) == 5


def test_an_official_sees_the_own_communes_on_the_map_and_the_shape_of_the_others(client_of, daitu):
    client = client_of(daitu)
    own = hexagons(client)
    rows = client.get("/bao-cao/ma-tran.json?nam=2017").json()["rows"]
    assert set(own) == {row["code"] for row in rows if row["code"]}
    assert client.get("/?nam=2017").content.decode().count('<polygon class="hx other"') == 139 - 28
    assert hexagons(client, path="/huyen/173/") == {}


def test_an_unknown_mode_is_the_plain_map(client_of, staff):
    assert hexagons(client_of(staff), "&mau=%3Cscript%3E") == hexagons(client_of(staff))
