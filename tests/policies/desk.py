"""The requests by which the pages of the administration are tried, for every model that is registered there."""

from html.parser import HTMLParser

from django.contrib import admin
from django.db.models import Model
from django.test import Client, RequestFactory
from django.urls import URLPattern, get_resolver, reverse

from communes.models import Officer
from criteria.models import Requirement
from tests.policies.probes import Ask
from tests.policies.stage import UNUSED, YEAR, Stage
from tests.policies.table import NOTHING, READ, WRITE

#            what a model's row must say so that: GET   POST  go through
ACTIONS = {
    "changelist":     ("xem", "lệnh"),
    "history":        ("xem", ""),
    "change":         ("xem", "sửa"),
    "add":            ("thêm", "thêm"),
    "delete":         ("xóa", "xóa"),
    "export":         ("xuất", "xuất"),
    "import":         ("nạp", "nạp"),
    "process_import": ("", "nạp"),
}  # fmt: skip
# Of which rows one is taken: of the province, of a year that is open, in nobody's use.
TELLING = {
    "communes.assignment": {"commune__isnull": False},
    "communes.department": {"name": UNUSED},
    "communes.officer": {"role": "district"},
    "communes.yearlystatistics": {"year": YEAR},
}
SHORT = "admin:login"  # the short address of a row leads whoever is let in on to its page, and tells nothing
OF_A_ROW = {"history", "change", "delete"}
TICKED = ("checkbox", "radio")


class Inputs(HTMLParser):
    """What a browser would send of a form of the administration that nobody touched."""

    def __init__(self, html: str):
        super().__init__()
        self.found: dict[str, list[str]] = {}
        self.chosen = ""
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        has = dict(attributes)
        name, kind = has.get("name", ""), has.get("type", "")
        if tag == "select" or tag == "textarea":
            self.chosen = name
        elif tag == "option" and "selected" in has and self.chosen:
            self.found.setdefault(self.chosen, []).append(has.get("value", ""))
        elif tag == "input" and name and kind not in ("submit", "file") and (kind not in TICKED or "checked" in has):
            self.found.setdefault(name, []).append(has.get("value") or ("on" if kind == "checkbox" else ""))

    def handle_data(self, data):
        if self.lasttag == "textarea" and self.chosen:
            self.found[self.chosen] = [self.found.get(self.chosen, [""])[0] + data.removeprefix("\n")]

    def handle_endtag(self, tag):
        if tag in ("select", "textarea"):
            self.chosen = ""


def addresses() -> dict[str, set[str]]:
    """The actions that each registered model has addresses for, by its label; "" is the row without an action."""
    found: dict[str, set[str]] = {}
    for resolver in (
        entry for entry in get_resolver("ntm_portal.urls").url_patterns if entry.pattern._route == "quan-tri/"
    ):
        for part in (entry for entry in resolver.url_patterns if not isinstance(entry, URLPattern)):
            label = str(part.pattern).strip("/").replace("/", ".")
            names = (entry.name or "" for entry in part.url_patterns)
            found[label] = {name.removeprefix(label.replace(".", "_") + "_") for name in names}
    return found


def others() -> set[str]:
    """The addresses of the administration that belong to no model, by name; the last, without one, takes the rest."""
    resolver = next(
        entry for entry in get_resolver("ntm_portal.urls").url_patterns if entry.pattern._route == "quan-tri/"
    )
    return {f"admin:{entry.name or ''}" for entry in resolver.url_patterns if isinstance(entry, URLPattern)}


def may(words: frozenset[str], action: str) -> tuple[frozenset[str], frozenset[str]]:
    """What a model's cell says of one action, for GET and for POST."""
    if not words & {word for pair in ACTIONS.values() for word in pair if word}:
        return words, words
    get, post = ACTIONS[action]
    read = {READ} if get in words else set()
    write = {READ} if action == "export" and post in words else {WRITE} if post in words else read
    return frozenset(read or {NOTHING}), frozenset(write or {NOTHING})


def sample(label: str, stage: Stage, ours: Officer) -> Model:
    """A row of the officer's province."""
    if label == "criteria.requirement":
        return Requirement.objects.get(pk=stage.requirement.pk)
    site = next(page for model, page in admin.site._registry.items() if model._meta.label_lower == label)
    request = RequestFactory().get("/")
    request.user = ours
    found = site.get_queryset(request)
    return found.filter(**TELLING.get(label, {})).first()


def asks(label: str, action: str, row: Model, typed: dict) -> Ask:
    name = f"admin:{label.replace('.', '_')}_{action}"
    if not action:
        return Ask(reverse(f"admin:{label.replace('.', '_')}_changelist") + f"{row.pk}/")
    body = {
        "changelist": {"action": "delete_selected", "post": "yes", "_selected_action": [row.pk]},
        "change": typed,
        "delete": {"post": "yes"},
        "import": {"format": "9"},
        "process_import": {"format": "9"},
    }.get(action, {})
    if label == "communes.officer" and action == "changelist":
        body = body | {"action": "give_password"}
    return Ask(reverse(name, args=[row.pk] if action in OF_A_ROW else []), body)


def filled(client: Client, label: str, row: Model) -> dict:
    """The form of a row as it is shown to who may change it."""
    answer = client.get(reverse(f"admin:{label.replace('.', '_')}_change", args=[row.pk]))
    return Inputs(answer.content.decode()).found
