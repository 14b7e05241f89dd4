"""PURE: the hidden stamp of an exported sheet: its year, set, scope, and what every cell held when it was taken out.

It makes a three-way comparison possible: what changed only in the file is a change, what changed only in the database
stays, what changed in both is a conflict. It is a sheet that Excel does not list, in plain cells: a first row with the
facts as JSON, a second with the column keys, then one row for each commune.
"""

import json
from dataclasses import dataclass
from sys import intern

SHEET = "_ntm"
VERSION = 1
SHOWN = "="  # after the key of a derived column: the number it showed, which nobody typed


@dataclass(frozen=True, slots=True)
class Stamp:
    """What a sheet was when it was exported. ``keys``: its columns; ``rows``: their texts by commune code."""

    year: int
    set_code: str
    scope: str
    keys: list[str]
    rows: dict[str, list[str]]

    def held(self, code: str, key: str) -> str | None:
        """The text of a cell at the export; None for a cell that the sheet did not have."""
        row = self.rows.get(code)
        return row[self.keys.index(key)] if row and key in self.keys else None

    def sheet(self) -> list[list[str]]:
        """The rows of the hidden sheet."""
        facts = {"version": VERSION, "year": self.year, "set": self.set_code, "scope": self.scope}
        body = [[code, *texts] for code, texts in sorted(self.rows.items())]
        return [[json.dumps(facts, ensure_ascii=False)], ["code", *self.keys], *body]


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
    padding = [""] * len(keys)
    body = {str(row[0]): [intern(str(text)) for text in (*row[1:], *padding)][: len(keys)] for row in rows[2:] if row}
    return Stamp(year, set_code, scope, keys, body)
