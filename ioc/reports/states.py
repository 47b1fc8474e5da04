"""States of a report in the words that everybody is told."""

from collections.abc import Mapping

STATES: Mapping[str, str] = {
    "submitted": "Mới gửi", "needs_info": "Cần bổ sung thông tin", "verified": "Đã tiếp nhận", "rejected": "Không tiếp nhận",
    "merged": "Gộp vào phản ánh trùng", "referred": "Chuyển cơ quan khác", "assigned": "Đã phân công", "accepted": "Đơn vị đã nhận",
    "returned": "Đang phân công lại", "in_progress": "Đang xử lý", "paused": "Tạm dừng", "resolved": "Đã xử lý", "published": "Đã công khai kết quả",
    "reopened": "Mở lại", "closed": "Kết thúc",
}
"""State → its text (one of those in ioc/locales)."""
