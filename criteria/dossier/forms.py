"""The forms of a dossier page: opinions as one table, a paper, a decision, its revocation."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from django import forms
from django.core.exceptions import ValidationError

from communes.models import Level
from communes.text import normal
from criteria.models import Opinion

from .actions import Said, seal
from .loading import Dossier

ANSWERS = {"": "chưa ghi", "co": "nhất trí", "khong": "không nhất trí", "cho": "chờ trả lời", "rut": "rút (ghi nhầm)"}
AGREES = {"co": True, "khong": False, "cho": None}
FIELDS = ("co_quan", "tra_loi", "noi_dung", "so", "ngay")
EXTRA = "them"


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table of opinions: what is stored or proposed, and what was typed over it. ``seen``: the seal of
    the stored one."""

    key: str
    number: int | None
    name: str
    given: dict[str, str]
    seen: str = ""
    typed: dict[str, str] = field(default_factory=dict)

    @property
    def values(self) -> dict[str, str]:
        return self.given | self.typed

    @property
    def stored(self) -> bool:
        return self.key.startswith("y")

    @property
    def answers(self) -> dict[str, str]:
        """What can be chosen: an opinion that is stored can be taken back, not left blank."""
        return {key: name for key, name in ANSWERS.items() if key != ("" if self.stored else "rut")}

    @property
    def mark(self) -> str:
        """By which a line that nobody touched is told, also when the page comes again with what was typed."""
        return _mark(self.given)


def _mark(values: Mapping[str, str]) -> str:
    text = "\x1f".join(normal(values.get(name, "")) for name in FIELDS)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def rows_of(dossier: Dossier, typed: Mapping[str, str] | None = None) -> list[Row]:
    """The lines of each criterion: the opinions there are, and those asked for; ``typed``: as a request sent them."""
    typed = typed or {}
    names = {number: name for _, number, name in dossier.frame.criteria}
    found = [row for number, name in names.items() for row in _rows(dossier, number, name)]
    return [_typed(row, typed) for row in [*found, Row(EXTRA, None, "", dict.fromkeys(FIELDS, ""))]]


def _rows(dossier: Dossier, number: int, name: str) -> Iterator[Row]:
    said = [opinion for opinion in dossier.opinions if opinion.criterion == number]
    for opinion in said:
        yield Row(f"y{opinion.pk}", number, name, _values(opinion), seal(opinion))
    known = {opinion.department_id for opinion in said}
    if said and number not in dossier.frame.assigned:
        return
    for department in dossier.frame.proposed(number):
        if department not in known:
            blank = dict.fromkeys(FIELDS, "") | {"co_quan": str(department or "")}
            yield Row(f"m{number}-{department or 0}", number, name, blank)


def _values(opinion: Opinion) -> dict[str, str]:
    answer = next(key for key, agrees in AGREES.items() if agrees is opinion.agrees)
    day = f"{opinion.paper_on:%d/%m/%Y}" if opinion.paper_on else ""
    given = (str(opinion.department_id), answer, opinion.text, opinion.paper_number, day)
    return dict(zip(FIELDS, given, strict=True))


def _typed(row: Row, typed: Mapping[str, str]) -> Row:
    sent = {name: typed[f"{row.key}-{name}"] for name in FIELDS if f"{row.key}-{name}" in typed}
    text = typed.get(f"{row.key}-tieu_chi", "") if row.key == EXTRA else ""
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 3 else row.number
    return replace(row, typed=sent, number=number)


class OpinionForm(forms.Form):
    tieu_chi = forms.IntegerField(label="Tiêu chí", min_value=1, max_value=63)
    co_quan = forms.IntegerField(label="Sở, ngành", min_value=1, max_value=2**63 - 1)
    tra_loi = forms.ChoiceField(label="Ý kiến", choices=ANSWERS.items())
    noi_dung = forms.CharField(label="Nội dung", max_length=500, required=False)
    so = forms.CharField(label="Số văn bản", max_length=40, required=False)
    ngay = forms.DateField(label="Ngày văn bản", required=False)


def read_opinions(post: Mapping[str, str]) -> list[Said]:
    """What was changed in the table. Raises ``ValidationError`` with a sentence for each line that cannot be read."""
    keys = [name.removesuffix("-goc") for name in post if name.endswith("-goc")]
    touched = [key for key in keys if _mark({n: post.get(f"{key}-{n}", "") for n in FIELDS}) != post[f"{key}-goc"]]
    said, problems = [], []
    for key in touched:
        form = OpinionForm({name: normal(post.get(f"{key}-{name}", "")) for name in ("tieu_chi", *FIELDS)})
        if form.is_valid():
            said.append(_said(key, form.cleaned_data, post.get(f"{key}-thay")))
        else:
            number = post.get(f"{key}-tieu_chi", "")[:2]
            problems += [f"Tiêu chí {number or 'mới'}: {text}" for text in problems_of(form)]
    if problems:
        raise ValidationError(problems)
    return said


def _said(key: str, given: dict, seen: str | None) -> Said:
    replaced = key[1:] if key.startswith("y") else ""
    return Said(
        given["tieu_chi"], given["co_quan"], AGREES.get(given["tra_loi"]), given["noi_dung"], given["so"],
        given["ngay"], int(replaced) if replaced.isascii() and replaced.isdigit() else None,
        given["tra_loi"] == "rut", seen,
    )  # fmt: skip


def problems_of(form: forms.Form) -> list[str]:
    """What is wrong with a form, each with the name of its field."""
    return [f"{form[name].label}: {text}" for name, texts in form.errors.items() for text in texts]


class EvidenceForm(forms.Form):
    ten = forms.CharField(label="Tên minh chứng", max_length=200, required=False)
    tieu_chi = forms.IntegerField(label="Tiêu chí", min_value=1, max_value=63, required=False)
    tep = forms.FileField(
        label="Tệp", max_length=None, allow_empty_file=True, error_messages={"required": "Hãy chọn tệp."}
    )


class DecisionForm(forms.Form):
    """What the office knows of a decision that the chairman of the province signed."""

    so = forms.CharField(label="Số quyết định", max_length=40)
    ngay = forms.DateField(label="Ngày quyết định")
    tinh_cho = forms.IntegerField(label="Tính cho năm", min_value=2011, max_value=2100)
    muc = forms.ChoiceField(label="Mức", choices=Level.choices)


class RevocationForm(forms.Form):
    so = forms.CharField(label="Số quyết định thu hồi", max_length=40)
    ngay = forms.DateField(label="Ngày thu hồi")
    ly_do = forms.CharField(label="Lý do thu hồi", max_length=300)
