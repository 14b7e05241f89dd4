"""PURE: the check of a dossier before a commune is recognised (kiểm tra hồ sơ): what holds, what does not, and why.

Not known is neither: a dossier passes only when everything that is asked for is known to hold.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from communes.money import Debt
from communes.text import vn_number
from criteria.rules.verdicts import Verdict


@dataclass(frozen=True, slots=True)
class Item:
    """One line of the check list. ``ok`` is None where it is not known."""

    key: str
    ok: bool | None
    text: str


@dataclass(frozen=True, slots=True)
class Judged:
    """A criterion of the set with the verdict of the commune."""

    number: int
    name: str
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Opinion:
    """Ý kiến thẩm định: what a department says of a criterion; ``agrees`` is None while it has not answered."""

    number: int
    department: str
    agrees: bool | None


SPOKEN = {
    Verdict.MET: (True, "đạt"),
    Verdict.NOT_APPLICABLE: (True, "không xét, được tính là đạt"),
    Verdict.NOT_MET: (False, "chưa đạt"),
    Verdict.UNKNOWN: (None, "chưa có số liệu"),
}


def check(
    criteria: Sequence[Judged],
    debts: Iterable[Debt],
    opinions: Sequence[Opinion] | None = None,
    evidence: int | None = None,
) -> list[Item]:
    """The check list: each criterion, arrears, opinions, evidence. ``debts``: those outstanding on the day;
    ``opinions`` and ``evidence`` (number of papers attached) are None where they are not kept."""
    items = [_criterion(judged) for judged in criteria]
    if not criteria:
        items = [Item("criteria", None, "Chưa có đánh giá nào của xã.")]
    return [*items, _arrears(list(debts)), *_opinions(criteria, opinions), _evidence(evidence)]


def passes(items: Iterable[Item]) -> bool:
    return all(item.ok for item in items)


def missing(items: Iterable[Item]) -> list[str]:
    """What keeps a dossier from passing, in sentences: first what does not hold, then what is not known."""
    return [item.text for item in sorted(items, key=lambda item: item.ok is None) if not item.ok]


def with_waiting(opinions: Iterable[Opinion], assigned: Iterable[tuple[int, str]]) -> list[Opinion]:
    """The opinions given, and one that is waited for from each department in charge of a criterion (number, name)."""
    given = list(opinions)
    said = {(opinion.number, opinion.department) for opinion in given}
    return [*given, *(Opinion(number, name, None) for number, name in assigned if (number, name) not in said)]


def _criterion(judged: Judged) -> Item:
    ok, word = SPOKEN[judged.verdict]
    return Item(f"criterion_{judged.number}", ok, f"Tiêu chí {judged.number}. {judged.name}: {word}.")


def _arrears(debts: list[Debt]) -> Item:
    if not debts:
        return Item("arrears", True, "Không ghi nhận nợ đọng xây dựng cơ bản.")
    owed = sum((debt.owed for debt in debts), Decimal(0))
    works = "; ".join(f"{debt.work} ({vn_number(debt.owed)} triệu đồng)" for debt in debts)
    return Item(
        "arrears",
        False,
        f"Còn nợ đọng xây dựng cơ bản {vn_number(owed)} triệu đồng ở {len(debts)} công trình: {works}.",
    )


def _opinions(criteria: Sequence[Judged], opinions: Sequence[Opinion] | None) -> list[Item]:
    if opinions is None:
        return [Item("opinions", None, "Ý kiến thẩm định của các sở, ngành: chưa ghi trên cổng.")]
    given = {judged.number: [o for o in opinions if o.number == judged.number] for judged in criteria}
    return [_opinion(judged, given[judged.number]) for judged in criteria]


def _opinion(judged: Judged, opinions: list[Opinion]) -> Item:
    key, about = f"opinion_{judged.number}", f"Ý kiến thẩm định tiêu chí {judged.number}. {judged.name}"
    if against := [opinion.department for opinion in opinions if opinion.agrees is False]:
        return Item(key, False, f"{about}: {', '.join(against)} không nhất trí.")
    waiting = [opinion.department for opinion in opinions if opinion.agrees is None]
    if waiting or not opinions:
        return Item(key, None, f"{about}: {', '.join(waiting) or 'sở, ngành'} chưa có ý kiến.")
    return Item(key, True, f"{about}: {', '.join(opinion.department for opinion in opinions)} nhất trí.")


def _evidence(papers: int | None) -> Item:
    if papers is None:
        return Item("evidence", None, "Minh chứng: chưa lưu trên cổng.")
    return Item("evidence", papers > 0, f"Minh chứng: {papers} tệp kèm theo." if papers else "Chưa có minh chứng.")
