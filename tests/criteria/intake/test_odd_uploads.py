"""Odd files at the form for uploads: a sentence or a preview, nothing written, nothing left behind.

One file for each kind of answer, every file with ``WHOLE``; what becomes of each: ``test_files.py``.
"""

import tempfile
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.html import escape

from communes.models import YearlyStatistics
from criteria.models import Assessment, ChangeEvent, Result, Upload
from tests.criteria.odd_files import BOMBS, FLIPPED, HOSTILE, OFFICES, Odd, flipped
from tests.criteria.spreadsheets.test_opening import MEGABYTES, SECONDS, processor_seconds
from tests.whole import WHOLE

pytestmark = pytest.mark.django_db
STATUS, PEAK = Path("/proc/self/status"), Path("/proc/self/clear_refs")


def one_of_each(corpus: list[Odd]) -> list[Odd]:
    """The last file that is refused with some words, or taken in some format with or without rejected cells."""
    answers = {(odd.refused or odd.filename[-4:].lower(), bool(odd.rejected)): odd for odd in corpus}
    return corpus if WHOLE else list(answers.values())


PARTS = {"bombs": one_of_each(BOMBS), "hostile files": one_of_each(HOSTILE), "files of offices": one_of_each(OFFICES)}
FUZZED = [(f"b.{kind}", flipped(make(), seed)) for kind, make, seed in FLIPPED if WHOLE or seed < 2]


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """The directory of temporary files."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", None)
    return tmp_path


@pytest.fixture
def send(client_of, staff, round_2017):
    client = client_of(staff)

    def sent(content: bytes, filename: str):
        data = {"file": SimpleUploadedFile(filename, content), "nam": "2017"}
        return client.post("/nhap-excel/", data, follow=True)

    return sent


def figures() -> tuple:
    """Everything that an import may write."""
    results = Result.objects.order_by("pk").values_list("pk", "value", "claim", "reason", "verdict")
    statistics = YearlyStatistics.objects.order_by("pk").values_list()
    return list(results), list(statistics), list(Assessment.objects.order_by("pk").values_list())


def memory(field: str) -> int:
    """``VmRSS`` or its peak ``VmHWM`` in megabytes; 0 where there is no Linux to ask."""
    lines = STATUS.read_text().splitlines() if STATUS.exists() else []
    return sum(int(line.split()[1]) // 1024 for line in lines if line.startswith(f"{field}:"))


def measured(send, content: bytes, filename: str):
    """The answer, within the bounds of time and memory."""
    if PEAK.exists():
        PEAK.write_text("5")
    before, start = memory("VmRSS"), processor_seconds()
    page = send(content, filename)
    assert processor_seconds() - start < SECONDS, filename
    assert memory("VmHWM") - before < MEGABYTES, filename
    return page


def wrong_answer(page, odd: Odd) -> str:
    """What is wrong with the page for a file; nothing when it says what it should."""
    html = page.content.decode()
    if odd.refused:
        said = page.status_code == 400 and 'class="problem"' in html and escape(odd.refused) in html
        return "" if said else f"{odd}: {page.status_code}, not refused"
    wanted = (f"{len(odd.changes)} thay đổi", f"{len(odd.rejected)} ô bị từ chối")
    missing = [words for words in (*wanted, *(escape(why) for _, why in odd.rejected[:1])) if words not in html]
    return "" if page.status_code == 200 and not missing else f"{odd}: {page.status_code}, not said: {missing}"


@pytest.mark.parametrize("part", PARTS)
def test_the_form_answers_every_odd_file_in_a_sentence_or_a_preview(part, send, folder):
    before, events, wrong = figures(), ChangeEvent.objects.count(), []
    for odd in PARTS[part]:
        kept = Upload.objects.count()
        wrong.append(wrong_answer(measured(send, odd.make(), odd.filename), odd))
        wrong += [f"{odd}: kept"] * (Upload.objects.count() != kept + (not odd.refused))
        wrong += [f"{odd}: left {left.name}" for left in folder.iterdir()]
    assert [words for words in wrong if words] == []
    assert (figures(), ChangeEvent.objects.count()) == (before, events)


def test_the_form_answers_files_with_flipped_bits(send, folder):
    before, events, wrong = figures(), ChangeEvent.objects.count(), []
    for filename, content in FUZZED:
        kept = Upload.objects.count()
        page = measured(send, content, filename)
        said = {200: "thay đổi", 400: 'class="problem"'}.get(page.status_code, "\0")
        taken = page.status_code == 200
        wrong += [filename] * (said not in page.content.decode() or Upload.objects.count() != kept + taken)
    assert wrong == list(folder.iterdir()) == []
    assert (figures(), ChangeEvent.objects.count()) == (before, events)
