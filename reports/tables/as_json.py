"""PURE: the JSON of a report (design: fixed interfaces)."""

from reports.picture.picture import Picture

from .table import Table


def as_json(table: Table, picture: Picture, note: str) -> dict[str, object]:
    """Columns and rows of a table as they are published: numbers as numbers, unknown as null."""
    return {
        "report": table.slug,
        "title": table.title,
        "year": picture.year,
        "status": "da_chot" if picture.closed else "tam_tinh",
        "note": note,
        "columns": [{"key": column.key, "heading": column.heading} for column in table.columns],
        "rows": table.records(),
    }
