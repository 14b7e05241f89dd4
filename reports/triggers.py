"""The triggers by which the database itself refuses to change or remove a paper that was issued."""

from criteria.log.triggers import AddedOnly

ISSUED = AddedOnly(
    "issued",
    "reports_issuedreport",
    "(province_id = NEW.province_id AND number = NEW.number AND issued_on = NEW.issued_on)",
    "Báo cáo đã phát hành chỉ được ghi thêm.",
)
