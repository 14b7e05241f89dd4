"""What is asked of the portal: the addresses, for whom."""

import re
from collections.abc import Iterator

from django.contrib import admin
from django.urls import Resolver404, get_resolver, resolve, reverse

from .stage import DISTRICTS, PEOPLE, YEAR, Stage

YEARS = (2015, 2016, 2017)
PARTS = ("", *(f"&huyen={district}" for district in DISTRICTS))
OTHERS = tuple(role for role in PEOPLE if role != "staff")
FORMS = ("xlsx", "docx", "json")
NARROWED = re.compile(r"[?&;](loai|thieu|nhom|tieu-chi|trong)=([^&\"#]+)")
ALL_OF = {"loai", "thieu"}  # of the others one value stands for all
ADMIN_PAGES = ("changelist", "add", "export", "import")
ADMIN_ROW_PAGES = ("change", "history", "delete")

Ask = tuple[str, str]  # role, address


def slugs_of(stage: Stage) -> list[str]:
    """The reports, as their list shows them."""
    page = stage.clients["staff"].get(f"/bao-cao/?nam={YEAR}").content.decode()
    return sorted(set(re.findall(r'href="/bao-cao/([a-z-]+)/\?', page)) - {"bo-tai-lieu", "da-phat-hanh"})


def asks(stage: Stage) -> Iterator[Ask]:
    """Files and reports of every year for the staff; of the last year for every role; pages for every role."""
    slugs = slugs_of(stage)
    narrowed = {slug: _narrowed(stage, slug) for slug in slugs}
    for year in YEARS:
        yield from (("staff", address) for address in _papers(slugs, narrowed, year, FORMS))
    for role in OTHERS:
        yield from ((role, address) for address in _papers(slugs, narrowed, YEAR, ("json",)))
    for form in FORMS:
        yield from (("district", f"/bao-cao/{slug}.{form}?nam={YEAR}") for slug in slugs)
    for year in YEARS:
        yield from (("staff", address) for address in _figures(stage, year))
    for role in PEOPLE:
        if role != "staff":
            yield from ((role, address) for address in _figures(stage, YEAR))
        yield from ((role, address) for address in [*_entry(stage), *_standing(stage), *_posts(stage)])
    for role in ("admin", "staff", "viewer"):
        yield from ((role, address) for address in _desk())


def _narrowed(stage: Stage, slug: str) -> list[str]:
    """``&loai=nang-cao``: how a report's own page offers to narrow it."""
    page = stage.clients["staff"].get(f"/bao-cao/{slug}/?nam={YEAR}").content.decode()
    offered = dict.fromkeys(
        (name, value) for link in re.findall(r'href="([^"]+)"', page) for name, value in NARROWED.findall(link)
    )
    first: dict[str, str] = {}
    for name, value in offered:
        first.setdefault(name, value)
    return [f"&{name}={value}" for name, value in offered if name in ALL_OF or first[name] == value]


def _papers(slugs: list[str], narrowed: dict[str, list[str]], year: int, forms: tuple[str, ...]) -> Iterator[str]:
    yield f"/bao-cao/?nam={year}"
    for part in PARTS:
        for slug in slugs:
            for how in ("", *narrowed[slug]) if not part else ("",):
                yield f"/bao-cao/{slug}/?nam={year}{part}{how}"
                yield from (f"/bao-cao/{slug}.{form}?nam={year}{part}{how}" for form in forms)
        yield f"/bao-cao/bo-tai-lieu/?nam={year}{part}"
        if "xlsx" in forms:
            yield f"/bao-cao/bo-tai-lieu.xlsx?nam={year}{part}"
            yield from (f"/bao-cao/bo-tai-lieu.docx?nam={year}{part}{party}" for party in ("", "&dang=1"))
    if "xlsx" in forms:
        yield f"/bao-cao/du-lieu.xlsx?nam={year}&trong=1"


def _figures(stage: Stage, year: int) -> Iterator[str]:
    query = f"?nam={year}"
    filters = (
        "",
        "&ten=xa",
        "&nhom=b10_14",
        "&chuan=co",
        "&chuan=slipped",
        "&thieu=10",
        "&loai=tat-ca",
        "&dang_ky=moi",
    )
    yield f"/{query}"
    yield from (f"/{query}&mau={mode}" for mode in ("so-tieu-chi", "thu-nhap", "ho-ngheo", "tc-10"))
    yield from (f"/xa/{query}{extra}" for extra in (*filters, *PARTS[1:], "&sap=ten", "&sap=-so"))
    for district, communes in stage.communes.items():
        yield f"/huyen/{district}/{query}"
        for code in communes:
            yield from (f"/xa/{code}/{query}", f"/xa/{code}/ho-so/{query}")
    yield from (f"/tieu-chi-xa/{number}/{query}" for number in range(1, 20))
    yield f"/tieu-chi-xa/17/{query}&chi-tieu=17.6&huyen={DISTRICTS[0]}"
    code = stage.communes[DISTRICTS[0]][0]
    yield from (f"/neu-thi/{query}{extra}" for extra in ("", "&chon=dang-ky", f"&tc=10&xa={code}&huyen={DISTRICTS[0]}"))
    yield from (f"/nhat-ky/{query}", f"/nhat-ky/{query}&xa={code}", f"/nhat-ky.xlsx{query}&xa={code}")


def _entry(stage: Stage) -> Iterator[str]:
    yield from ("/nhap-lieu/", "/nhap-lieu/mo-ky/", "/nhap-excel/")
    for year in YEARS[1:]:
        yield from (f"/nhap-lieu/{year}/", f"/nhap-lieu/{year}/toan-tinh/")
        for district, communes in stage.communes.items():
            yield f"/nhap-lieu/{year}/{district}/"
            for code in communes:
                yield from (f"/nhap-lieu/{year}/xa/{code}/{how}" for how in ("", "?in=1", "?trong=1"))
    for number in (1, 2, 3):
        yield from (f"/nhap-excel/{number}/{rest}" for rest in ("", "tep/", "danh-dau/", "ghi/"))


def _standing(stage: Stage) -> Iterator[str]:
    yield from ("/", "/xa/", "/bao-cao/", "/tieu-chi/", "/tieu-chi/1980-QD-TTg/", "/tieu-chi/491-QD-TTg/")
    yield from ("/van-ban/", "/van-ban/301-KL-TU/", "/van-ban/301-KL-TU/?ky=1", "/van-ban/khong-co/")
    yield from ("/nhat-ky/", "/nhat-ky.xlsx", "/bao-cao/da-phat-hanh/", "/khong-co-trang-nay/", "/?nam=1999")
    for number in (1, 2, 99):
        issued = f"/bao-cao/da-phat-hanh/{number}"
        yield from (
            f"{issued}/",
            f"{issued}/thay-doi.xlsx",
            f"{issued}.xlsx",
            f"{issued}.docx",
            f"{issued}.docx?dang=1",
        )
    for number, communes in enumerate(stage.communes.values(), 1):
        yield f"/xa/{communes[0]}/ho-so/minh-chung/{number}/"
    yield from ("/tai-khoan/", "/tai-khoan/mat-khau/", "/tai-khoan/hai-buoc/", "/tai-khoan/phien/", "/dang-nhap/")
    yield from ("/dang-nhap/xac-thuc/", "/dang-nhap/?next=/bao-cao/", "/co-chu/", "/suc-khoe/")


def _posts(stage: Stage) -> Iterator[str]:
    """What answers to POST only says so to a GET."""
    code = stage.communes[DISTRICTS[0]][0]
    yield from (f"/nhap-lieu/{YEAR}/{what}/" for what in ("buoc", "luu", "chap-nhan"))
    yield from (f"/xa/{code}/ho-so/{what}/?nam={YEAR}" for what in ("y-kien", "minh-chung", "quyet-dinh"))
    yield from (f"/xa/{code}/ho-so/minh-chung/1/rut/?nam={YEAR}", f"/xa/{code}/ho-so/quyet-dinh/1/thu-hoi/?nam={YEAR}")
    yield from (f"/bao-cao/bo-tai-lieu/phat-hanh/?nam={YEAR}", "/dang-xuat/")


def _desk() -> Iterator[str]:
    """The administration: for every model its list, its empty form, and the pages of its first row."""
    yield from (reverse(f"admin:{name}") for name in ("index", "login", "password_change", "password_change_done"))
    yield from (reverse("admin:jsi18n"), "/quan-tri/khong-co/gi/")
    for app in sorted({model._meta.app_label for model in admin.site._registry}):
        yield reverse("admin:app_list", args=[app])
    for model in sorted(admin.site._registry, key=lambda model: model._meta.label):
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}_"
        first = model._default_manager.order_by("pk").first()
        known = {
            pattern for pattern in get_resolver().namespace_dict["admin"][1].reverse_dict if isinstance(pattern, str)
        }
        yield from (reverse(name + page) for page in ADMIN_PAGES if (name + page)[6:] in known)
        if first is not None:
            yield from (reverse(name + page, args=[first.pk]) for page in ADMIN_ROW_PAGES)


def unasked(asked: list[Ask]) -> list[str]:
    """The routes of the portal that no address led to."""
    reached = set()
    for _, address in asked:
        try:
            reached.add(resolve(address.partition("?")[0]).route)
        except Resolver404:
            continue
    return sorted(set(_routes(get_resolver(), "")) - reached)


def _routes(resolver, before: str) -> Iterator[str]:
    for entry in resolver.url_patterns:
        here = before + str(entry.pattern)
        if hasattr(entry, "url_patterns"):
            yield from _routes(entry, here)
        else:
            yield here
