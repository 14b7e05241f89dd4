"""What the office's programs find in a file, however large it is."""

import io

import openpyxl
import pytest

from reports.files import workbook


@pytest.mark.parametrize("slug", ["nhom-tieu-chi", "ma-tran", "du-lieu"])
def test_a_large_file_is_the_same_sheet_as_a_small_one(client_of, staff, monkeypatch, slug):
    """Beyond a size rows are written away one by one; only what is merged over two rows is not merged there."""
    small = book(client_of(staff), slug)
    monkeypatch.setattr(workbook, "MANY_CELLS", 10)
    large = book(client_of(staff), slug)
    assert {name: parts[0] for name, parts in large.items()} == {name: parts[0] for name, parts in small.items()}
    for name, (_, merged) in small.items():
        assert large[name][1] == [area for area in merged if area.size["rows"] == 1]


def book(client, slug: str) -> dict[str, tuple]:
    """Of each sheet: its cells and the heights of its first rows; and what is merged."""
    content = b"".join(client.get(f"/bao-cao/{slug}.xlsx?nam=2017"))
    return {sheet.title: _parts(sheet) for sheet in openpyxl.load_workbook(io.BytesIO(content))}


def _parts(sheet) -> tuple:
    cells = [[cell or None for cell in row] for row in sheet.values]
    heights = [sheet.row_dimensions[row].height for row in range(1, 12)]
    return (cells, heights), sorted(sheet.merged_cells.ranges, key=str)
