"""PURE: the yearly statistics of a commune that the wide sheet carries, and its fixed columns."""

STATISTICS = {
    "population": "Dân số (người)",
    "households": "Số hộ",
    "poor_households": "Số hộ nghèo",
    "income": "Thu nhập bình quân (triệu đồng/người/năm)",
}
FIXED = {"code": "Mã xã", "name": "Xã", "district": "Huyện, thành phố, thị xã"} | STATISTICS
