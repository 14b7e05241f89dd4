"""Who sees what: one's own district in detail, and no address that brings the server down.

Who may open which address at all: tests/test_policies.py.
"""

from datetime import date
from urllib.parse import quote

import pytest
from django.apps import apps
from django.test import Client
from django.urls import URLPattern, get_resolver, resolve

from communes.models import Commune, Officer, Role, Session
from reports.catalogue.registry import REPORTS
from reports.demo.assessments import ACCOUNTS
from tests.reports.making import addresses
from tests.reports.reading import parts_of
from tests.whole import WHOLE

pytestmark = pytest.mark.django_db

OWN, OTHER = "171", "173"  # the official is that of Đại Từ; Phú Bình is somebody else's
OWN_COMMUNE, OTHER_COMMUNE = "05773", "05944"
OPEN = {"login", "health"}
ELSEWHERE = ("entry", "log", "import", "upload", "issue", "dossier_")
EVERY = addresses(OWN, OWN_COMMUNE)
FILES = [address for address in EVERY if "." in address.split("?")[0]]  # each twice: of the province, of a district
DEALT = [*FILES[::4], *FILES[3::4]]  # each once, the place in turn; pages are tried for both
PAGES = [address for address in EVERY if WHOLE or address not in FILES or address in DEALT]
DETAIL = [slug for slug, report in REPORTS.items() if report.detail]
TOTALS = [slug for slug, report in REPORTS.items() if not report.detail]
ENDINGS = ["/", ".xlsx", ".docx", ".json"]

every_ending = pytest.mark.parametrize("ending", ENDINGS)


@pytest.fixture
def official(client_of, daitu):
    """The client of the official of Đại Từ."""
    return client_of(daitu)


def body(answer) -> str:
    content = b"".join(answer) if answer.streaming else answer.content
    if content.startswith(b"PK"):  # a file of an office program: what stands in it
        return "".join(parts_of(content).values())
    return content.decode(errors="replace")


def routes(resolver=None) -> dict:
    """Every view of the portal by the name of its address, the administration excepted."""
    found = {}
    for entry in (resolver or get_resolver()).url_patterns:
        if isinstance(entry, URLPattern):
            found[entry.name] = entry.callback
        elif entry.namespace != "admin":
            found |= routes(entry)
    return found


def codes_of(*districts: str) -> set[str]:
    found = Commune.objects.in_force(date(2017, 12, 31)).rural().filter(district__code__in=districts)
    return set(found.values_list("code", flat=True))


def test_the_addresses_tried_here_leave_out_no_page_for_reading():
    """Pages for writing have tests of their own beside what they write."""
    tried = {resolve(address.split("?")[0]).url_name for address in PAGES}
    reading = {name for name, view in routes().items() if view.__module__.startswith(("reports.", "criteria."))}
    assert tried >= {name for name in reading if not name.startswith(ELSEWHERE)}


def test_login_and_health_are_the_only_views_without_a_login():
    assert {name for name, view in routes().items() if not view.policy} == OPEN


def test_health_says_nothing_about_the_data(client, province):
    answer = client.get("/suc-khoe/").json()
    assert answer.keys() == {"status", "database", "migrations", "disk", "backup", "summaries"}
    assert set(answer.values()) <= {"ok", "warning", "fail"}


def counts() -> dict:
    return {model: model.objects.count() for model in apps.get_models() if model is not Session}


def test_every_page_and_file_opens_and_changes_nothing(client_of, staff):
    client, before = client_of(staff), counts()
    refused = {address: status for address in PAGES if (status := client.get(address).status_code) != 200}
    assert refused == {}
    for address in ("/dang-nhap/", "/suc-khoe/"):
        client.get(address)
    assert client.get("/dang-xuat/").status_code == 405
    assert counts() == before


def test_every_page_opens_for_a_district(official):
    """Its files: where they say nothing of other districts. Every other role: ``tests/test_policies.py``."""
    pages = [address for address in PAGES if WHOLE or address not in FILES]
    refused = {address: status for address in pages if (status := official.get(address).status_code) != 200}
    assert refused == {}


def test_an_officer_who_left_is_a_stranger(client_of, staff):
    client = client_of(staff)
    Officer.objects.filter(pk=staff.pk).update(is_active=False)
    assert client.get("/").status_code == 302


@pytest.mark.parametrize("slug", TOTALS)
@pytest.mark.parametrize("query", ["", f"&huyen={OTHER}"])
def test_a_district_official_sees_the_totals_of_the_province_and_of_every_district(
    official, client_of, staff, slug, query
):
    address = f"/bao-cao/{slug}.json?nam=2017{query}"
    assert official.get(address).json() == client_of(staff).get(address).json()


def test_the_overview_is_the_same_for_a_district_official(official, client_of, staff):
    def figures(client):
        return [line for line in body(client.get("/?nam=2017")).splitlines() if "data-figure" in line or "<td" in line]

    assert figures(official) == figures(client_of(staff)) != []


@pytest.mark.parametrize("slug", ["ma-tran", "du-lieu"])
def test_detail_holds_the_communes_of_the_own_district(official, slug):
    rows = official.get(f"/bao-cao/{slug}.json?nam=2017").json()["rows"]
    assert {row["code"] for row in rows if row["code"]} == codes_of(OWN)


def test_recognised_communes_are_those_of_the_own_district(official):
    rows = official.get("/bao-cao/xa-dat-chuan.json?nam=2017").json()["rows"]
    assert len(rows) == 13
    assert {row["code"] for row in rows} < codes_of(OWN)


@every_ending
@pytest.mark.parametrize("slug", DETAIL)
def test_no_page_or_file_names_a_commune_of_another_district(official, slug, ending):
    html = body(official.get(f"/bao-cao/{slug}{ending}?nam=2017"))
    others = codes_of("164", "165", "167", "168", "169", "170", "172", "173")
    assert not [code for code in others if code in html]


@pytest.mark.parametrize("query", ["", "?nam=2017", "?nam=2016", "?nam=2015"])
def test_the_commune_of_another_district_does_not_exist(official, client_of, staff, query):
    assert official.get(f"/xa/{OTHER_COMMUNE}/{query}").status_code == 404
    assert official.get(f"/xa/{OWN_COMMUNE}/{query}").status_code == 200
    assert client_of(staff).get(f"/xa/{OTHER_COMMUNE}/{query}").status_code == 200


def test_a_commune_that_changed_district_is_seen_where_it_lay(client_of, phubinh):
    """Đồng Liên belonged to Phú Bình until August 2017."""
    client = client_of(phubinh)
    assert client.get("/xa/05914/?nam=2016").status_code == 200
    assert client.get("/xa/05914/?nam=2017").status_code == 404
    assert client.get("/xa/05914/").status_code == 404


def links_to_communes(html: str) -> set[str]:
    return {part[:5] for part in html.split('href="/xa/')[1:] if part[:5].isdigit()}


@pytest.mark.parametrize("query", ["", "&chuan=co", "&ten=xu", "&loai=tat-ca", "&sap=thu-nhap", "&thieu=10"])
def test_the_commune_list_holds_the_own_district_alone(official, query):
    found = links_to_communes(body(official.get(f"/xa/?nam=2017{query}")))
    assert found <= codes_of(OWN)
    assert query or found == codes_of(OWN)


def test_the_register_shows_an_official_the_own_district_and_others_the_province(daitu, viewer):
    """Beside the page's own picture: the second fence around the list."""
    found = Commune.objects.visible_to(daitu)
    assert set(found.values_list("district__code", flat=True)) == {OWN}
    assert Commune.objects.visible_to(viewer).count() == Commune.objects.count() > found.count()


def test_another_district_cannot_be_chosen_in_the_commune_list(official):
    html = body(official.get(f"/xa/?nam=2017&huyen={OTHER}"))
    assert links_to_communes(html) == set()
    assert f'value="{OTHER}"' not in html


def test_the_page_of_another_district_shows_its_totals_and_none_of_its_communes(official, client_of, staff):
    html = body(official.get(f"/huyen/{OTHER}/?nam=2017"))
    assert 'data-figure="communes_certified" data-value="7"' in html
    assert links_to_communes(html) == set()
    assert not [name for name in names_of(OTHER) if name in html]
    assert links_to_communes(body(official.get(f"/huyen/{OWN}/?nam=2017"))) == codes_of(OWN)
    assert links_to_communes(body(client_of(staff).get(f"/huyen/{OTHER}/?nam=2017"))) == codes_of(OTHER)


def names_of(district: str) -> set[str]:
    names = Commune.objects.in_force(date(2017, 12, 31)).rural().filter(district__code=district)
    return {f">{name}<" for name in names.values_list("name", flat=True)}


LONG = "9" * 5000
PARAMETERS = {
    "nam": ["x", "99999999999", "-1", "0", "1", "2018", "٢٠١٧", "²", "2017.0", LONG],
    "huyen": ["999", "x", "-1", LONG],
    "sap": ["evil", "-ten", "__class__", LONG],
    "thieu": ["abc", "99", "0", "-1", "٣", LONG],
    "nhom": ["zzz", "b1", LONG],
    "chuan": ["zzz", LONG],
    "loai": ["zzz", LONG],
    "ten": ["%", "_", "\\", "'", '"', "đ" * 60_000, LONG],
}
TARGETS = ["/", "/huyen/171/", "/xa/", "/xa/05773/", "/bao-cao/", "/van-ban/301-KL-TU/", "/tieu-chi/1980-QD-TTg/"]
TARGETS += ["/bao-cao/nhom-tieu-chi/", "/bao-cao/tong-hop.json", "/bao-cao/xa-dat-chuan.xlsx"]
TARGETS += ["/bao-cao/bo-tai-lieu/"]  # the files of a pack are read the same way, and take long to make


NONSENSE = {name: [*values, "\0", "a\0b", "😀"] for name, values in PARAMETERS.items()}


@pytest.mark.parametrize("turn", range(len(TARGETS)), ids=TARGETS)
@pytest.mark.parametrize("name", NONSENSE)
def test_a_parameter_that_makes_no_sense_is_no_fault_of_the_server(client_of, officer, turn, name):
    """Values are dealt to addresses in turn: each meets three of them, and every address a quarter of the values."""
    number = list(NONSENSE).index(name)
    client = client_of(officer(username=("chuyenvien", "daitu")[(turn + number) % 2]))
    client.raise_request_exception = False
    wrong = NONSENSE[name] if WHOLE else NONSENSE[name][(turn + number) % 4 :: 4]
    found = {value[:20]: client.get(TARGETS[turn], {"nam": "2017"} | {name: value}).status_code for value in wrong}
    assert set(found.values()) <= {200, 404}, found


@pytest.mark.parametrize(
    "part", ["khong-co", "0", "%00", "a%00b", "%ff", quote("đ"), "x" * 5000, "..%2f", "%27", "-", "_"]
)
@pytest.mark.parametrize(
    "route",
    [
        "/huyen/{}/",
        "/xa/{}/",
        "/bao-cao/{}/",
        "/bao-cao/{}.xlsx",
        "/bao-cao/{}.docx",
        "/bao-cao/{}.json",
        "/van-ban/{}/",
        "/tieu-chi/{}/",
        "/{}",
        "/{}/",
    ],
)
def test_an_address_that_does_not_exist_is_404(client_of, staff, route, part):
    assert client_of(staff).get(route.format(part)).status_code == 404


@pytest.mark.parametrize(
    "fields",
    [
        {"username": "a\0b", "password": "x"},
        {"username": "x", "password": "\0"},
        {"username": LONG, "password": LONG},
        {},
    ],
)
def test_nonsense_in_the_login_form_is_refused(client, province, fields):
    answer = client.post("/dang-nhap/?next=%00", fields)
    assert answer.status_code == 200
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example/", "javascript:alert(1)"])
def test_signing_in_leads_nowhere_but_into_the_portal(province, staff, elsewhere):
    staff.set_password("mot-mat-khau-dai")
    staff.save()
    fields = {"username": staff.username, "password": "mot-mat-khau-dai", "next": elsewhere}
    assert Client().post("/dang-nhap/", fields).url == "/"


def test_a_wrong_year_is_404_and_offers_the_years_there_are(client_of, staff):
    answer = client_of(staff).get("/?nam=2030")
    assert answer.status_code == 404
    assert "?nam=2017" in answer.content.decode()


def test_every_role_has_a_trial_account():
    assert {role for _, _, role, _ in ACCOUNTS} == set(Role)
