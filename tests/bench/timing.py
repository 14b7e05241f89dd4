"""Two ways to do one thing, timed in turns: machines wander, ratios taken in one run much less."""

import gc
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median
from time import perf_counter

Work = Callable[[], object]


@dataclass(frozen=True, slots=True)
class Effort:
    """How often things are repeated: ``runs`` for quick ones, ``long_runs`` for those of a good part of a second."""

    runs: int
    long_runs: int
    warm_up: int = 3


FULL, QUICK = Effort(runs=61, long_runs=15), Effort(runs=9, long_runs=3, warm_up=1)


@dataclass(frozen=True, slots=True)
class Pair:
    """The medians of ours and of the bare way, in seconds."""

    ours: float
    bare: float

    @property
    def ratio(self) -> float:
        return self.ours / self.bare

    @property
    def detail(self) -> str:
        return f"{self.ours * 1000:.1f} ÷ {self.bare * 1000:.1f} ms"


def compare(ours: Work, bare: Work, runs: int, warm_up: int) -> Pair:
    """Medians of ``runs`` runs in turns after the warm-up. Each run begins without waste of the one before."""
    times: dict[Work, list[float]] = {ours: [], bare: []}
    for turn in range(warm_up + runs):
        for work in (ours, bare) if turn % 2 else (bare, ours):
            gc.collect()
            start = perf_counter()
            work()
            if turn >= warm_up:
                times[work].append(perf_counter() - start)
    return Pair(median(times[ours]), median(times[bare]))
