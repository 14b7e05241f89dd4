"""What a run leaves to ``make soak ARGS="matrix"``: with ``WHOLE`` in the environment, every combination and size.

Without it a test takes every pair of values once instead of every combination: a mistake hangs on one value or on two
that meet, hardly ever on three. A test that does so says it.
"""

import os
from collections.abc import Iterable, Sequence
from itertools import combinations, product

WHOLE = "WHOLE" in os.environ

# Communes of the provinces that a page is counted in: what grows, grows between two small ones already.
SIZES = [20, 139, 1000] if WHOLE else [20, 50]


def in_turn(*factors: Iterable, whole: bool | None = None) -> list[tuple]:
    """Every value of each factor at least once, the shorter ones over and over; all combinations in a whole run."""
    values = [list(factor) for factor in factors]
    if WHOLE if whole is None else whole:
        return list(product(*values))
    longest = max(map(len, values))
    return [tuple(found[number % len(found)] for found in values) for number in range(longest)]


def pairwise(*factors: Iterable, whole: bool | None = None) -> list[tuple]:
    """Combinations in which every value of a factor meets every value of each other; all of them in a whole run."""
    every = list(product(*map(list, factors)))
    return every if (WHOLE if whole is None else whole) else _covering(every)


def _covering(every: Sequence[tuple]) -> list[tuple]:
    """The first one that brings most pairs not yet met, until none is left; in the order of ``every``."""
    left = set().union(*map(_pairs, every))
    chosen = []
    while left:
        best = max(every, key=lambda one: len(_pairs(one) & left))
        chosen.append(best)
        left -= _pairs(best)
    return sorted(chosen, key=every.index)


def _pairs(one: tuple) -> set:
    return set(combinations(enumerate(one), 2))
