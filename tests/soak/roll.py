"""The running code is replaced again and again while pages are asked for without a pause: nobody may notice."""

import threading
import time
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from statistics import quantiles

from .production import Production

PAGES = ("/dang-nhap/", "/suc-khoe/")
READERS = 4
PATIENCE = 30
HEADINGS = ("database", "times rolled", "requests", "failed", "p50 ms", "p99 ms", "longest ms")


@dataclass
class Seen:
    """``waits``: seconds of every answer; ``faults``: what was no answer, or not the right one."""

    waits: list[float] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)


def run(site: Production, rounds: int, say=print) -> Seen:
    seen, stop = Seen(), threading.Event()
    readers = [threading.Thread(target=_read, args=(site.port, seen, stop)) for _ in range(READERS)]
    for reader in readers:
        reader.start()
    try:
        for turn in range(rounds):
            time.sleep(0.5)
            site.roll()
            say(f"{turn + 1}/{rounds}: {len(seen.waits)} requests, {len(seen.faults)} faults")
        time.sleep(0.5)
    finally:
        stop.set()
        for reader in readers:
            reader.join()
    return seen


def _read(port: int, seen: Seen, stop: threading.Event) -> None:
    """As nginx asks: a new connection for each request."""
    while not stop.is_set():
        for page in PAGES:
            begin = time.perf_counter()
            connection = HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
            try:
                connection.request("GET", page, headers={"Connection": "close"})
                answer = connection.getresponse()
                text = answer.read()
                if answer.status != 200 or not text:
                    seen.faults.append(f"{page}: {answer.status}")
            except (OSError, HTTPException) as error:
                seen.faults.append(f"{page}: {error!r}")
            finally:
                connection.close()
            seen.waits.append(time.perf_counter() - begin)


def row(database: str, rounds: int, seen: Seen) -> tuple[str, ...]:
    places = quantiles(seen.waits, n=100)
    times = (places[49], places[98], max(seen.waits))
    return (
        database,
        str(rounds),
        str(len(seen.waits)),
        str(len(seen.faults)),
        *(f"{seconds * 1000:.0f}" for seconds in times),
    )
