"""The portal that is looked at: a database of its own, the trial data, some work done over HTTP, a still clock."""

import io
import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import openpyxl
import time_machine
from django.contrib.auth import get_user_model
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client
from django.test.utils import get_runner, setup_test_environment, teardown_test_environment

NOW = datetime(2018, 7, 2, 9, 0, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))
YEAR = 2017
DISTRICTS = ("171", "173")
PEOPLE = {
    "staff": "chuyenvien", "leader": "lanhdao", "admin": "quantri", "district": "daitu", "viewer": "nguoixem",
    "stranger": None,
}  # fmt: skip
WHY = "Nhập nhầm"
PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
HEADINGS = ["Mã xã", "Xã", "Huyện, thành phố, thị xã"]


@dataclass
class Stage:
    clients: dict[str, Client]
    communes: dict[str, list[str]]  # by district: approved (with a paper), sent back, submitted


@contextmanager
def clock() -> Iterator[time_machine.Traveller]:
    """Stands still; each piece of work moves it on, so that an order by time is one."""
    with time_machine.travel(NOW, tick=False) as hands:
        yield hands


@contextmanager
def portal() -> Iterator[Stage]:
    """A database made for this and dropped afterwards, on the server of ``DATABASE_URL`` (SQLite: in memory)."""
    os.environ["DEMO_PASSWORD"] = "con-trau-gam-co-ngoai-dong"
    from django.conf import settings

    runner = get_runner(settings)(verbosity=0, interactive=False)
    with ExitStack() as after:
        hands = after.enter_context(clock())
        setup_test_environment()
        after.callback(teardown_test_environment)
        databases = runner.setup_databases()
        after.callback(runner.teardown_databases, databases)
        for command in ("load_reference", "load_demo"):
            call_command(command, stdout=io.StringIO())
        yield stage(hands)


def signed_in() -> dict[str, Client]:
    """A client for each role; a stranger has none. What breaks is an answer too (500), not the end."""
    found = {}
    for role, name in PEOPLE.items():
        found[role] = Client(raise_request_exception=False)
        if name:
            found[role].force_login(get_user_model().objects.get(username=name))
    return found


def stage(hands) -> Stage:
    """Communes in every state, a paper and an opinion, issued packs that are no longer true, uploads of each kind."""
    clients = signed_in()
    staff, leader = clients["staff"], clients["leader"]
    communes = {district: _communes(staff, district) for district in DISTRICTS}
    for approved, returned, submitted in communes.values():
        hands.shift(60)
        _step(leader, "send_back", returned, submitted)
        _step(staff, "submit", submitted)
        papers = {"tep": SimpleUploadedFile("bien-ban.pdf", PDF), "ten": "Biên bản", "tieu_chi": ""}
        _post(staff, f"/xa/{approved}/ho-so/minh-chung/?nam={YEAR}", papers)
    for number, part in enumerate(("", "&huyen=171"), 1):
        hands.shift(60)
        about = {"so": f"0{number}/BC", "ngay": "26/6/2018", "nguoi_ky": "Nguyễn Văn A"}
        _post(staff, f"/bao-cao/bo-tai-lieu/phat-hanh/?nam={YEAR}{part}", about)
    approved, returned, _ = communes[DISTRICTS[0]]
    hands.shift(60)
    written = _upload(staff, [returned, "", "", 97], [approved, "", "", 41])
    _post(staff, f"{written}ghi/", {"reason": WHY})
    for value in (96, 1000):
        hands.shift(60)
        _upload(staff, [returned, "", "", value])
    hands.shift(60)
    return Stage(clients, communes)


def _communes(client: Client, district: str) -> list[str]:
    page = client.get(f"/xa/?nam={YEAR}&huyen={district}").content.decode()
    return sorted(set(re.findall(r'href="/xa/(\d+)/', page)))[:3]


def _post(client: Client, address: str, body: dict) -> str:
    answer = client.post(address, body)
    if answer.status_code != 302:
        raise AssertionError(f"{address}: {answer.status_code} {answer.content.decode()[-3000:]}")
    return answer.headers["Location"]


def _step(client: Client, step: str, *communes: str) -> None:
    _post(client, f"/nhap-lieu/{YEAR}/buoc/", {"step": step, "commune": communes, "reason": WHY})


def _upload(client: Client, *rows: list) -> str:
    file = SimpleUploadedFile("bieu.xlsx", workbook([*HEADINGS, "4.2"], *rows))
    return _post(client, "/nhap-excel/", {"nam": YEAR, "file": file})


def workbook(*rows: list) -> bytes:
    content, book = io.BytesIO(), openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    book.save(content)
    return content.getvalue()


def command_outputs(stage: Stage, slugs: list[str], year: int) -> Iterator[tuple[str, str, bytes]]:
    """What the commands write: name, kind, content."""
    with tempfile.TemporaryDirectory() as folder:
        for slug in slugs:
            for part in ([], ["--district", DISTRICTS[0]]):
                for kind in ("json", "xlsx", "docx"):
                    file, said = Path(folder, "out"), io.StringIO()
                    wanted = [slug, "--year", str(year), "--format", kind, *part, "--output", str(file)]
                    call_command("report", *wanted, stdout=said, stderr=said)
                    yield " ".join(["report", *wanted[:-2]]), kind, file.read_bytes()
        code = stage.communes[DISTRICTS[0]][1]
        for value in (95, 1000):
            sheet, said = Path(folder, "bieu.xlsx"), io.StringIO()
            sheet.write_bytes(workbook([*HEADINGS, "4.2"], [code, "", "", value]))
            for kind in ("json", "text"):
                said = io.StringIO()
                try:
                    call_command("import_sheet", str(sheet), "--year", str(year), "--format", kind, stdout=said)
                except SystemExit as end:
                    said.write(f"\nexit {end.code}")
                yield f"import_sheet --format {kind} 4.2={value}", "text", said.getvalue().encode()
