"""Quầy tiếp nhận và camera Bộ phận Một cửa: how long people wait, whether desks are staffed, whether cameras see. Formulas: domain notes §3.2."""

from ioc.kpi.engine.contract import Kpi

STREAMS = ("counter", "camera")
WAIT = "QĐ 468/QĐ-TTg: tối đa 15 phút từ năm 2025"

KPIS = (
    Kpi(key="transactions", label="Lượt giao dịch", formula="số lượt được gọi vào quầy trong kỳ", unit="tickets", basis="QĐ 468/QĐ-TTg",
        query="results", over=("called",)),
    Kpi(key="taken", label="Lượt lấy số", formula="số vé lấy trong kỳ", unit="tickets", basis="thiết kế", query="results", over=("taken",)),
    Kpi(key="served", label="Lượt phục vụ xong", formula="số lượt kết thúc phục vụ trong kỳ", unit="tickets", basis="thiết kế", query="results",
        over=("served",)),
    Kpi(key="transactions_per_desk", label="Lượt giao dịch mỗi quầy mỗi ngày", formula="lượt giao dịch / số lượt quầy mở theo ngày",
        unit="tickets", basis="QĐ 468/QĐ-TTg (năng suất; nguồn không cho biết số cán bộ)", query="results", over=("called",), under=("desks",)),
    Kpi(key="wait_minutes", label="Thời gian chờ trung bình", formula="tổng (gọi − lấy số) / số lượt có lấy số, phút", unit="minutes",
        basis=WAIT, query="results", over=("wait_s",), under=("waited",), scale=1 / 60, better="down"),
    Kpi(key="within_15_rate", label="Chờ không quá 15 phút", formula="lượt chờ không quá 15 phút / số lượt có lấy số", unit="%", basis=WAIT,
        query="results", over=("within_15_min",), under=("waited",), scale=100, better="up"),
    Kpi(key="over_30", label="Chờ quá 30 phút", formula="số lượt chờ quá 30 phút", unit="tickets",
        basis="QĐ 468/QĐ-TTg: tối đa 30 phút năm 2022 (CT-01)", query="results", over=("over_30_min",), better="down"),
    Kpi(key="service_minutes", label="Thời gian phục vụ", formula="tổng (kết thúc − gọi) / số lượt phục vụ xong, phút", unit="minutes",
        basis="thiết kế", query="results", over=("service_s",), under=("served",), scale=1 / 60),
    Kpi(key="abandoned_rate", label="Bỏ lượt", formula="lượt bỏ / (lượt phục vụ xong + lượt bỏ)", unit="%", basis="thiết kế", query="results",
        over=("abandoned",), under=("served", "abandoned"), scale=100, better="down"),
    Kpi(key="satisfied_rate", label="Mức độ hài lòng tại quầy", formula="(rất hài lòng + hài lòng) / lượt đánh giá", unit="%",
        basis="TTPVHCC Sóc Trăng quý III/2021: 609 lượt, 100%", query="results", over=("satisfied",), under=("rated",), scale=100, better="up"),
    Kpi(key="response_rate", label="Tỷ lệ có đánh giá", formula="lượt đánh giá / lượt giao dịch", unit="%", basis="thiết kế", query="results",
        over=("rated",), under=("called",), scale=100),
    Kpi(key="dissatisfied", label="Không hài lòng", formula="số lượt đánh giá không hài lòng", unit="ratings", basis="thiết kế (CT-05)",
        query="results", over=("dissatisfied",), better="down"),
    Kpi(key="waiting", label="Đang chờ", formula="vé lấy trong ngày, chưa được gọi", unit="people", basis="thiết kế", query="backlog",
        over=("waiting",), is_stock=True, better="down"),
    Kpi(key="waiting_over_15", label="Đang chờ quá 15 phút", formula="vé lấy trong ngày, chưa được gọi, đã quá 15 phút", unit="people", basis=WAIT,
        query="backlog", over=("waiting_over_15_min",), is_stock=True, better="down"),
    Kpi(key="being_served", label="Đang phục vụ", formula="đã gọi, chưa kết thúc", unit="people", basis="thiết kế", query="backlog",
        over=("being_served",), is_stock=True),
    Kpi(key="desks_open", label="Quầy đang mở", formula="quầy mở trong ngày, chưa đóng", unit="desks", basis="thiết kế", query="backlog",
        over=("desks_open",), is_stock=True),
    Kpi(key="waiting_per_desk", label="Người chờ mỗi quầy mở", formula="đang chờ / quầy đang mở", unit="people", basis="thiết kế (CT-03)",
        query="backlog", over=("waiting",), under=("desks_open",), is_stock=True, better="down"),
    Kpi(key="staffed_rate", label="Quầy có cán bộ trực", formula="phút có cán bộ theo camera / phút mở quầy có camera đếm", unit="%",
        basis="thiết kế, mục tiêu 90%", query="staffed", over=("staffed_min",), under=("open_min",), scale=100, better="up"),
    Kpi(key="camera_online_rate", label="Camera hoạt động",
        formula="phút camera có hình / phút camera phải hoạt động; giờ không có tin là mất hình, quá 7 ngày không tin thì không tính", unit="%",
        basis="thiết kế, mục tiêu 95%", query="cameras", over=("online_min",), under=("due_min",), scale=100, better="up"),
)
