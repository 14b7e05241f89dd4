"""All mutants of a module, and a seeded sample of them: every kind gets its turn."""

import ast
import random
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from .kinds import edits

TYPES = {"annotation", "returns", "type_comment"}
SHORT = 24  # characters that show where in its line a mutant stands
FUNCTIONS = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda


@dataclass(frozen=True)
class Mutant:
    """One small fault. ``lines``: whoever runs one of them may notice; None: it takes effect at import."""

    file: str
    line: int
    kind: str
    old: str
    new: str
    lines: frozenset[int] | None
    source: str = field(repr=False)

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.kind}: {self.old} → {self.new}"

    @property
    def key(self) -> tuple[str, str, str]:
        return self.file, self.old, self.new


@dataclass(frozen=True)
class Place:
    """A node in its tree: the slot it sits in, and all that stands around it, outermost first."""

    node: ast.AST
    around: tuple[ast.AST, ...]
    slot: str
    index: int | None

    def put(self, node: ast.AST) -> None:
        if self.index is None:
            setattr(self.around[-1], self.slot, node)
        else:
            getattr(self.around[-1], self.slot)[self.index] = node


@dataclass(frozen=True)
class Candidate:
    place: Place
    kind: str
    new: ast.AST


def draw(file: str, source: str, number: int, seed: int, own: frozenset[str] = frozenset()) -> list[Mutant]:
    """So many mutants of a module, the same for the same seed, in the order of their lines."""
    tree = ast.parse(source)
    chance = random.Random(f"{seed} {file}")
    kinds = defaultdict(list)
    for each in candidates(tree, own):
        kinds[each.kind].append(each)
    for found in kinds.values():
        chance.shuffle(found)
    drawn: list[Candidate] = []
    while len(drawn) < number and kinds:
        turn = sorted(kinds)
        chance.shuffle(turn)
        for kind in turn[: number - len(drawn)]:
            drawn.append(kinds[kind].pop())
            if not kinds[kind]:
                del kinds[kind]
    return sorted((_mutant(file, tree, each) for each in drawn), key=lambda mutant: (mutant.line, str(mutant)))


def every(file: str, source: str, own: frozenset[str] = frozenset()) -> list[Mutant]:
    tree = ast.parse(source)
    return [_mutant(file, tree, each) for each in candidates(tree, own)]


def candidates(tree: ast.Module, own: frozenset[str] = frozenset()) -> list[Candidate]:
    return [Candidate(place, kind, new) for place in _places(tree, ()) for kind, new in edits(place.node, own)]


def _places(node: ast.AST, around: tuple[ast.AST, ...]) -> Iterator[Place]:
    inside = (*around, node)
    for slot, value in ast.iter_fields(node):
        if slot in TYPES:
            continue
        children = enumerate(value) if isinstance(value, list) else [(None, value)]
        for index, child in children:
            if isinstance(child, ast.AST):
                yield Place(child, inside, slot, index)
                yield from _places(child, inside)


def _mutant(file: str, tree: ast.Module, each: Candidate) -> Mutant:
    place = each.place
    shown = _shown(place)
    old = _told(shown)
    place.put(each.new)
    try:
        new = _told(each.new if shown is place.node else shown)
        source = ast.unparse(tree)
    finally:
        place.put(place.node)
    line = next(node.lineno for node in (place.node, *reversed(place.around)) if hasattr(node, "lineno"))
    return Mutant(file, line, each.kind, old, new, _lines(place), source)


def _shown(place: Place) -> ast.AST:
    """The node, or so much around it that a reader knows which one is meant."""
    shown = place.node
    for outer in reversed(place.around):
        small = not isinstance(shown, ast.stmt) and (
            isinstance(shown, ast.comprehension | ast.Constant | ast.Attribute) or len(ast.unparse(shown)) < SHORT
        )
        if not small or isinstance(outer, ast.Module | ast.ClassDef):
            return shown
        shown = outer
    return shown


def _told(node: ast.AST) -> str:
    """A node in one line; of a statement that holds others only its head."""
    text = ast.unparse(node)
    if isinstance(node, ast.FunctionDef):
        return " ".join([*(f"@{ast.unparse(each)}" for each in node.decorator_list), f"def {node.name}"])
    if hasattr(node, "body") and isinstance(node, ast.stmt):
        return text.split("\n")[0]
    return " ".join(text.split())


def _lines(place: Place) -> frozenset[int] | None:
    """The lines of which one runs where a mutant takes effect; None for what runs at import."""
    inside = [*place.around, place.node]
    functions = [node for node in inside if isinstance(node, FUNCTIONS)]
    if not functions:
        return None
    function = functions[-1]
    body = function.body if isinstance(function.body, list) else [function.body]
    whole = frozenset(range(body[0].lineno, (body[-1].end_lineno or body[-1].lineno) + 1))
    within = inside[inside.index(function) + 1 :]
    if not within or within[0] not in body:  # a decorator or a default: it takes effect in the whole function
        return whole
    innermost = next((node for node in reversed(inside) if isinstance(node, ast.stmt)), None)
    if innermost is None or innermost is function or isinstance(function, ast.Lambda):
        return whole
    last = innermost.end_lineno or innermost.lineno
    inner = getattr(innermost, "body", None)
    if isinstance(inner, list) and place.node is not innermost:
        last = max(innermost.lineno, inner[0].lineno - 1)
    own = range(getattr(place.node, "lineno", innermost.lineno), (getattr(place.node, "end_lineno", None) or 0) + 1)
    return frozenset(range(innermost.lineno, last + 1)) | frozenset(own)
