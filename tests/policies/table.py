"""Who may what, as docs/phan-quyen.md says it: the oracle of tests/test_policies.py."""

from dataclasses import dataclass
from pathlib import Path

PAGE = Path(__file__).resolve().parent.parent.parent / "docs" / "phan-quyen.md"
STRANGER, VIEWER, OWN_DISTRICT, OTHER_DISTRICT = "Người lạ", "Người xem", "Huyện: địa bàn mình", "Huyện: địa bàn khác"
STAFF, LEADER, ADMIN, ELSEWHERE, TWICE = "Chuyên viên", "Lãnh đạo", "Quản trị", "Tỉnh khác", "Hai bước"
COLUMNS = (STRANGER, VIEWER, OWN_DISTRICT, OTHER_DISTRICT, STAFF, LEADER, ADMIN, ELSEWHERE, TWICE)
READ, WRITE, NOTHING, SIGN_IN = "xem", "ghi", "không", "đăng nhập"
OWN_PROVINCE, SHARED = "tỉnh mình", "chung"
ACTIONS = {"xem", "xuất", "thêm", "sửa", "xóa", "nạp", "lệnh"}


@dataclass(frozen=True)
class Row:
    """One address and what each column may do there."""

    key: str
    label: str
    cells: dict[str, str]

    def words(self, column: str) -> frozenset[str]:
        return frozenset(self.cells[column].split(", "))

    def all_words(self) -> set[str]:
        return {word for column in self.cells for word in self.words(column)}


def rows() -> list[Row]:
    """Every row. A key with a dot names a model of the administration, others an address."""
    lines = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("| `")]
    parts = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return [Row(key.strip("`"), label, dict(zip(COLUMNS, cells, strict=True))) for key, label, *cells in parts]


def is_model(row: Row) -> bool:
    return row.key.count(".") == 1
