"""PURE: what the map shows: each commune's shade and sign, and the legend that counts them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from communes.text import vn_number
from criteria.rules.verdicts import Verdict, bands
from reports.picture.figures import ratio
from reports.picture.picture import SIGNS, STANDINGS, Criterium, Picture, Unit

STEPS = 5
UNKNOWN = ("unknown", "?")
PLAIN_MODES = {
    "chuan": "Tình trạng công nhận",
    "so-tieu-chi": "Số tiêu chí đạt",
    "thu-nhap": "Thu nhập bình quân (triệu đồng/người/năm)",
    "ho-ngheo": "Tỷ lệ hộ nghèo (%)",
}
VERDICTS = {
    Verdict.MET: ("certified", "✓", "Đạt"),
    Verdict.NOT_MET: ("missed", "✗", "Chưa đạt"),
    Verdict.NOT_APPLICABLE: ("skipped", "–", "Không xét"),
    Verdict.UNKNOWN: (*UNKNOWN, "Chưa có số liệu"),
}


@dataclass(frozen=True, slots=True)
class Hexagon:
    """A commune on the map. ``told``: what its sign says, in words."""

    unit: Unit
    standing: str
    shade: str
    sign: str
    told: str


@dataclass(frozen=True, slots=True)
class Key:
    """A line of the legend: how it is drawn, what it means, and how many communes are drawn so."""

    shade: str
    sign: str
    label: str
    count: int


@dataclass(frozen=True, slots=True)
class Painting:
    """The map in one of its modes. ``title``: what it shows. ``unplaced``: communes that have no place on the map."""

    mode: str
    title: str
    hexagons: list[Hexagon]
    legend: list[Key]
    unplaced: list[Unit]


def modes(criteria: Sequence[Criterium]) -> dict[str, str]:
    """The modes by key: the plain ones, and each criterion by ``tc-<number>``."""
    return PLAIN_MODES | {f"tc-{c.number}": f"Tiêu chí {c.number}. {c.name}" for c in criteria}


def paint(picture: Picture, mode: str) -> Painting:
    """The communes of a picture in a mode of ``modes``."""
    total = len(picture.criteria)
    if mode == "so-tieu-chi":
        return _painting(picture, mode, lambda unit: _by_count(unit, total), [*_count_labels(total), _unknown()])
    if mode == "thu-nhap":
        return _by_amount(picture, mode, lambda unit: unit.income, 1)
    if mode == "ho-ngheo":
        return _by_amount(picture, mode, lambda unit: ratio(unit.poor_households, unit.households, 100, 6), 1)
    if mode.startswith("tc-"):
        position = next(c.position for c in picture.criteria if f"tc-{c.number}" == mode)
        return _painting(picture, mode, lambda unit: VERDICTS[unit.summary.verdict(position)], list(VERDICTS.values()))
    return _painting(picture, mode, lambda unit: _by_standing(unit, picture), _standing_labels(total))


Drawn = tuple[str, str, str]  # shade, sign, what it says


def _painting(picture: Picture, mode: str, draw: Callable[[Unit], Drawn], labels: list[Drawn]) -> Painting:
    """``labels``: the lines of the legend; those that nothing is drawn by are left out."""
    hexagons = [
        Hexagon(unit, picture.standing(unit), *draw(unit)) for unit in picture.communes if unit.hexagon is not None
    ]
    counts: dict[str, int] = {}
    for hexagon in hexagons:
        counts[hexagon.shade] = counts.get(hexagon.shade, 0) + 1
    legend = [Key(shade, sign, label, counts[shade]) for shade, sign, label in labels if shade in counts]
    unplaced = [unit for unit in picture.communes if unit.hexagon is None]
    return Painting(mode, modes(picture.criteria)[mode], hexagons, legend, unplaced)


def _by_standing(unit: Unit, picture: Picture) -> Drawn:
    standing = picture.standing(unit)
    if standing == "below":
        shade, sign, told = _by_count(unit, len(picture.criteria))
        return shade, sign, f"{STANDINGS[standing]}, {told}"
    return standing, SIGNS[standing], STANDINGS[standing]


def _standing_labels(total: int) -> list[Drawn]:
    named = [(key, SIGNS[key], name) for key, name in STANDINGS.items() if key not in ("below", "unknown")]
    counts = [(shade, sign, f"Chưa đạt chuẩn, {label}") for shade, sign, label in _count_labels(total)]
    return [*named, *counts, ("unknown", SIGNS["unknown"], STANDINGS["unknown"])]


def _by_count(unit: Unit, total: int) -> Drawn:
    """Darker with more criteria, by the bands of the office's tables."""
    if not unit.has_data:
        return _unknown()
    met = unit.summary.met_count
    step = next(number for number, band in enumerate(bands(total)) if met in band)
    return f"s{STEPS - step}", str(met), f"đạt {met}/{total} tiêu chí"


def _count_labels(total: int) -> list[Drawn]:
    return [
        (f"s{STEPS - step}", "n", f"đạt {band.label.lower()}{'' if band.low == band.high else ' tiêu chí'}")
        for step, band in enumerate(bands(total))
    ]


def _unknown() -> Drawn:
    return (*UNKNOWN, "Chưa có số liệu")


def _by_amount(picture: Picture, mode: str, value: Callable[[Unit], Decimal | None], decimals: int) -> Painting:
    """Five steps with about as many communes in each; darker is more."""
    amounts = {unit.id: value(unit) for unit in picture.communes}
    known = sorted(amount for amount in amounts.values() if amount is not None)
    floors = sorted({known[len(known) * step // STEPS] for step in range(STEPS)}) if known else []

    def draw(unit: Unit) -> Drawn:
        amount = amounts[unit.id]
        if amount is None:
            return _unknown()
        step = sum(amount >= floor for floor in floors)
        return f"s{step}", vn_number(amount, 0), vn_number(amount, decimals)

    ranges = [
        [amount for amount in known if floor <= amount and (top is None or amount < top)]
        for floor, top in zip(floors, [*floors[1:], None], strict=True)
    ]
    labels = [
        (f"s{step}", "n", f"{vn_number(part[0], decimals)} đến {vn_number(part[-1], decimals)}")
        for step, part in enumerate(ranges, 1)
    ]
    return _painting(picture, mode, draw, [*labels, _unknown()])
