"""What is not compared, and why. Short on purpose: whatever stands here is not held."""

import re
from typing import NamedTuple


class Normalisation(NamedTuple):
    pattern: str
    instead: str
    why: str
    only: str = ""  # where: the beginning of the addresses


NORMALISATIONS = [
    Normalisation(r"(name=csrfmiddlewaretoken value=)\w+", r"\1…", "a token against forgery is drawn anew"),
    Normalisation(r"(name=phien value=)\w{8,}", r"\1…", "the mark of a session is made of its random key"),
]


def normal(address: str, entries: dict[str, str]) -> dict[str, str]:
    rules = [(re.compile(one.pattern), one.instead) for one in NORMALISATIONS if address.startswith(one.only)]
    found = {}
    for place, text in entries.items():
        for pattern, instead in rules:
            text = pattern.sub(instead, text)
        found[place] = text
    return found
