"""The requests by which each address of the portal is tried. Each POST would be carried out if nobody asked who sends
it.

The keys are those of the table: the name of the address, and after a slash what is asked where that makes a difference.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, field

from django.contrib.auth import SESSION_KEY
from django.urls import reverse

from communes.accounts import sessions
from communes.models import Officer
from reports.catalogue.registry import REPORTS
from tests.criteria.entry.test_form import fields
from tests.policies.stage import DOCUMENT, PASSWORD, WHY, YEAR, Place, Stage, paper, sheet

NAM = f"?nam={YEAR}"
NEW = "may-bay-qua-cau-vong"
DETAIL = [slug for slug, report in REPORTS.items() if report.detail]
TOTALS = [slug for slug, report in REPORTS.items() if not report.detail]


@dataclass(frozen=True)
class Ask:
    """An address, and what a POST sends there: form fields, or with ``as_json`` a body."""

    address: str
    body: dict | Callable[[], dict] = field(default_factory=dict)
    as_json: bool = False

    def send(self, client, method: str):
        if method == "GET":
            return client.get(self.address)
        body = self.body() if callable(self.body) else self.body
        if self.as_json:
            return client.post(self.address, json.dumps(body), content_type="application/json")
        return client.post(self.address, body)


def at(name: str, query: str = "", body=None, as_json: bool = False, **kwargs) -> list[Ask]:
    return [Ask(reverse(name, kwargs=kwargs or None) + query, body or {}, as_json)]


def portal(stage: Stage, place: Place, me: Officer | None, typed: dict[str, str]) -> dict[str, list[Ask]]:
    """``typed``: the form of the commune that is open to entry, filled in."""
    found = _account(me) | _entry(stage, place, me, typed) | _sheets(stage, place) | _figures(place)
    found |= _dossier(stage, place, stage.own if place is stage.other else stage.other)
    return found | _reports(place) | _issued(stage, place)


def _of_another(me: Officer | None) -> dict[str, str]:
    """What ends a session of another officer, if it could be ended so."""
    session = sessions.SessionStore()
    session[SESSION_KEY] = str(Officer.objects.exclude(pk=me.pk if me else 0).first().pk)
    session.create()
    return {"phien": sessions.mark_of(session.session_key), "password": PASSWORD}


def _account(me: Officer | None) -> dict[str, list[Ask]]:
    password = {"old_password": PASSWORD, "new_password1": NEW, "new_password2": NEW}
    return {
        "health": at("health"),
        "login": at("login"),
        "logout": at("logout"),
        "second_step": at("second_step", body={"ma": "000000"}),
        "second_factor": at("second_factor"),
        "account": at("account"),
        "end_sessions": at("end_sessions", body={"phien": sessions.ALL, "password": PASSWORD}),
        "end_sessions/của người khác": at("end_sessions", body=_of_another(me)),
        "password": at("password", body=password),
        "show_large": at("show_large", body={"chu": "lon"}),
        "admin:index": at("admin:index"),
        "admin:login": at("admin:login"),
        "admin:logout": at("admin:logout"),
        "admin:password_change": at("admin:password_change", body=password),
        "admin:password_change_done": at("admin:password_change_done"),
        "admin:jsi18n": at("admin:jsi18n"),
        "admin:app_list": at("admin:app_list", app_label="communes"),
        "admin:autocomplete": at(
            "admin:autocomplete", "?app_label=communes&model_name=funding&field_name=commune&term=05"
        ),
        "admin:view_on_site": at("admin:view_on_site", content_type_id=1, object_id=1),
        "admin:": [Ask("/quan-tri/khong-co/gi/")],
    }


def _entry(stage: Stage, place: Place, me: Officer | None, typed: dict[str, str]) -> dict[str, list[Ask]]:
    cell = {"commune": place.returned, "key": "population", "base": typed["o:population:value"], "value": "4321"}
    commune, key = stage.doubt
    mine = {"officer": me.pk if me else 0}
    year = {"year": YEAR}
    form = typed | {"o:population:value": "4321"}

    def step(name: str, code: str = "", **more) -> list[Ask]:
        body = {"step": name, "commune": code, "reason": WHY}
        return at("entry_step", body=body, year=more.get("year", YEAR))

    return {
        "entry_years": at("entry_years"),
        "entry_open": at("entry_open", body={"nam": YEAR + 1}),
        "entry_year": at("entry_year", **year),
        "entry_step/nộp": step("submit", place.returned),
        "entry_step/duyệt": step("approve", place.submitted),
        "entry_step/trả lại": step("send_back", place.approved),
        "entry_step/khóa năm": step("close"),
        "entry_step/mở lại": step("reopen", year=YEAR - 1),
        "entry_save": at("entry_save", body=mine | {"cells": [cell]}, as_json=True, **year),
        "entry_accept": at("entry_accept", body={"cells": [{"commune": commune, "key": key}]}, as_json=True, **year),
        "entry_grid_all": at("entry_grid_all", **year),
        "entry_grid": at("entry_grid", year=YEAR, district=place.district),
        "entry_commune": at("entry_commune", body=form, year=YEAR, code=place.returned),
    }  # fmt: skip


def _sheets(stage: Stage, place: Place) -> dict[str, list[Ask]]:
    return {
        "criteria_sets": at("criteria_sets"),
        "criteria_set": at("criteria_set", slug="1980-QD-TTg"),
        "uploads": at("uploads", body=lambda: {"nam": YEAR, "file": sheet(place)}),
        "upload": at("upload", pk=stage.upload),
        "upload_confirm": at("upload_confirm", pk=stage.upload, body={"reason": WHY}),
        "upload_original": at("upload_original", pk=stage.upload),
        "upload_marked": at("upload_marked", pk=stage.faulty),
    }


def _figures(place: Place) -> dict[str, list[Ask]]:
    huyen = f"{NAM}&huyen={place.district}"
    return {
        "overview": at("overview", NAM),
        "district": at("district", NAM, code=place.district),
        "communes": at("communes", NAM),
        "commune": at("commune", NAM, code=place.approved),
        "criterion": at("criterion", huyen, number="17"),
        "what_if": at("what_if", f"{huyen}&chon=dang-ky"),
        "documents": at("documents"),
        "document": at("document", slug=DOCUMENT.replace("/", "-")),
        "log": at("log", NAM),
        "log_xlsx": at("log_xlsx", f"{NAM}&xa={place.approved}"),
    }


def _dossier(stage: Stage, place: Place, elsewhere: Place) -> dict[str, list[Ask]]:
    """Also papers and decisions of a commune of the other district under the address of this one."""
    opinion = {"them-goc": "x", "them-tieu_chi": 1, "them-co_quan": stage.department, "them-tra_loi": "co"}
    decision = {"so": "12/QĐ", "ngay": "2/5/2018", "tinh_cho": YEAR, "muc": "dat_chuan"}
    revoked = {"so": "13/QĐ", "ngay": "2/6/2018", "ly_do": WHY}
    code = {"code": place.approved}

    def sent() -> dict:
        return {"tep": paper(), "ten": "Ảnh", "tieu_chi": ""}

    return {
        "dossier": at("dossier", NAM, **code),
        "dossier_opinions": at("dossier_opinions", NAM, opinion, **code),
        "dossier_attach": at("dossier_attach", NAM, sent, **code),
        "dossier_file": at("dossier_file", NAM, pk=place.paper, **code),
        "dossier_file/của xã khác": at("dossier_file", NAM, pk=elsewhere.paper, **code),
        "dossier_withdraw": at("dossier_withdraw", NAM, pk=place.paper, **code),
        "dossier_withdraw/của xã khác": at("dossier_withdraw", NAM, pk=elsewhere.paper, **code),
        "dossier_decide": at("dossier_decide", NAM, decision, code=place.returned),
        "dossier_revoke": at("dossier_revoke", NAM, revoked, pk=place.decision, **code),
        "dossier_revoke/của xã khác": at("dossier_revoke", NAM, revoked, pk=elsewhere.decision, **code),
    }


def _reports(place: Place) -> dict[str, list[Ask]]:
    """Every report. Who may have them is given the first one only; who may not is refused all."""
    huyen = f"{NAM}&huyen={place.district}"
    found = {"reports": at("reports", NAM)}
    for name in ("report", "report_xlsx", "report_docx", "report_json"):
        for kind, slugs in (("số chung", TOTALS), ("từng xã", DETAIL)):
            found[f"{name}/{kind}"] = [ask for slug in slugs for ask in at(name, huyen, slug=slug)]
    return found


def _issued(stage: Stage, place: Place) -> dict[str, list[Ask]]:
    huyen = f"{NAM}&huyen={place.district}"
    about = {"so": "02/BC", "ngay": "26/6/2018", "nguoi_ky": "Nguyễn Văn A"}
    pages = {name: at(name, pk=stage.issued) for name in ("issued", "issued_changes", "issued_xlsx", "issued_docx")}
    packs = {name: at(name, huyen) for name in ("pack", "pack_xlsx", "pack_docx")}
    return packs | pages | {"issued_list": at("issued_list"), "issue_pack": at("issue_pack", huyen, about)}


def form_of(stage: Stage, place: Place, client) -> dict[str, str]:
    """The form of the commune that is open to entry, as ``client`` is shown it."""
    return fields(client.get(reverse("entry_commune", args=[YEAR, place.returned])))
