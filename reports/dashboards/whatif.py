"""PURE: what the figures of a year would be if chosen communes, or chosen criteria, passed. Nothing of it is stored."""

from dataclasses import dataclass, replace

from criteria.rules.verdicts import Summary
from reports.picture.picture import Picture, Unit


@dataclass(frozen=True, slots=True)
class Choice:
    """What is supposed to pass. Communes alone: all their criteria; criteria alone: in every commune of ``reach``;
    both: those criteria in those communes. ``reach``: codes of the communes that may be chosen at all."""

    reach: frozenset[str]
    communes: frozenset[str] = frozenset()
    criteria: frozenset[int] = frozenset()

    @property
    def empty(self) -> bool:
        return not self.communes and not self.criteria


def suppose(picture: Picture, choice: Choice) -> Picture:
    """The picture if the choice came true. A commune that comes to meet all criteria, or is chosen and meets them, is
    taken to be recognised."""
    if choice.empty:
        return picture
    numbers = choice.criteria or {criterion.number for criterion in picture.criteria}
    bits = sum(1 << criterion.position for criterion in picture.criteria if criterion.number in numbers)
    chosen = choice.reach & choice.communes if choice.communes else choice.reach
    full = sum(1 << criterion.position for criterion in picture.criteria)

    def passed(unit: Unit) -> Unit:
        old = unit.summary
        summary = Summary(old.met_mask | bits, old.known_mask | bits, old.not_applicable_mask)
        recognised = summary.met_mask == full and (summary != old or bool(choice.communes))
        return replace(unit, summary=summary, certified=unit.certified or recognised)

    units = tuple(passed(unit) if unit.rural and unit.code in chosen else unit for unit in picture.units)
    return replace(picture, units=units)


def gained(before: Picture, after: Picture) -> list[Unit]:
    """The communes that would be newly certified, as they are now."""
    certified = {unit.id for unit in after.communes if unit.certified}
    return [unit for unit in before.communes if unit.id in certified and not unit.certified]


def changed(before: Picture, after: Picture) -> list[tuple[Unit, Unit]]:
    """The communes whose criteria would change, now and then."""
    pairs = zip(before.communes, after.communes, strict=True)
    return [(old, new) for old, new in pairs if old.summary != new.summary or old.certified != new.certified]
