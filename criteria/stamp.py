"""PURE: the hidden stamp of an exported sheet: its year, set, scope, and what every cell held when it was taken out.

It makes a three-way comparison possible: what changed only in the file is a change, what changed only in the database
stays, what changed in both is a conflict. It is a sheet that Excel does not list, in plain cells: a first row with the
facts as JSON, a second with the column keys, then one row for each commune.
"""

import json
from dataclasses import dataclass, field

SHEET = "_ntm"
VERSION = 1
SHOWN = "="  # after the key of a derived column: the number it showed, which nobody typed


@dataclass(frozen=True, slots=True)
class Stamp:
    """What a sheet was when it was exported. ``cells``: text by commune code and column key."""

    year: int
    set_code: str
    scope: str
    cells: dict[tuple[str, str], str] = field(default_factory=dict)

    def rows(self, keys: list[str]) -> list[list[str]]:
        """The rows of the hidden sheet."""
        facts = {"version": VERSION, "year": self.year, "set": self.set_code, "scope": self.scope}
        codes = sorted({code for code, _ in self.cells})
        body = [[code, *(self.cells.get((code, key), "") for key in keys)] for code in codes]
        return [[json.dumps(facts, ensure_ascii=False)], ["code", *keys], *body]


def read_stamp(rows: list[list[object]]) -> Stamp | None:
    """The stamp in the rows of a hidden sheet; None when they hold none that is understood."""
    try:
        facts = json.loads(str(rows[0][0]))
        keys = [str(key) for key in rows[1][1:]]
        year, set_code, scope = int(facts["year"]), str(facts["set"]), str(facts["scope"])
        if facts["version"] != VERSION:
            return None
    except (IndexError, KeyError, TypeError, ValueError):
        return None
    cells = {
        (str(row[0]), key): str(text)
        for row in rows[2:]
        if row
        for key, text in zip(keys, [*row[1:], *[""] * len(keys)], strict=False)
    }
    return Stamp(year, set_code, scope, cells)
