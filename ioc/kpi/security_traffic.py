"""An ninh trật tự và an toàn giao thông: cameras that see, incidents and how fast help comes, traffic. Formulas: domain notes §3.6."""

from ioc.kpi.engine.contract import Kpi

STREAMS = ("camera", "incident")
CAMERA_BASIS = "công suất hệ thống 119 camera = 72 + 40 + 7 (atgt.baogiaothong.vn, 01/02/2024)"
REPORT = "biểu mẫu báo cáo kinh tế – xã hội [K]"
REVIEW = "Huế, Vũng Tàu: phân tích hình ảnh; chỉ tính khi có người xác nhận"
CAMERAS = {"security": "an ninh", "traffic": "giao thông", "counter": "phòng tiếp dân, một cửa"}
INCIDENTS = {
    "order": "Vụ việc an ninh trật tự",
    "accident": "Tai nạn giao thông",
    "fire": "Cháy, nổ",
    "rescue": "Cứu nạn, cứu hộ",
    "medical": "Cấp cứu y tế",
    "other": "Vụ việc khác",
}
VIOLATIONS = {"red_light": "vượt đèn đỏ", "lane": "đi sai làn", "plate": "biển số cần kiểm tra", "littering": "xả rác",
              "crowd": "tụ tập đông người", "after_hours": "có người ngoài giờ", "other": "vi phạm khác"}

KPIS = (
    Kpi(key="cameras_online_rate", label="Camera trực tuyến", unit="%",
        formula="camera báo trực tuyến trong 10 phút qua (hoặc như nguồn cam kết) / camera có tín hiệu trong 7 ngày qua",
        basis=CAMERA_BASIS, query="cameras", over=("online",), under=("cameras",), scale=100, is_stock=True, better="up"),
    *(Kpi(key=f"cameras_{kind}_online_rate", label=f"Camera {name} trực tuyến",
          formula="như 'camera trực tuyến'; loại theo số liệu gửi trong 7 ngày qua: đếm xe = giao thông, đếm người chờ = tiếp dân, còn lại = an ninh",
          unit="%", basis=CAMERA_BASIS, query="cameras", over=(f"{kind}_online",), under=(kind,), scale=100, is_stock=True, better="up")
      for kind, name in CAMERAS.items()),
    Kpi(key="camera_uptime_rate", label="Thời gian hoạt động của camera", formula="lượt báo trực tuyến / lượt báo trạng thái trong kỳ", unit="%",
        basis="thiết kế (ST-01)", query="uptime", over=("online",), under=("told",), scale=100, better="up"),
    Kpi(key="reported", label="Tin báo tiếp nhận", formula="số tin báo 113, 114, 115 trong kỳ, kể cả tin bị hủy sau đó", unit="incidents",
        basis=REPORT, query="results", over=("reported",)),
    Kpi(key="cleared", label="Vụ việc đã xử lý xong", formula="số vụ việc kết thúc xử lý trong kỳ", unit="incidents", basis="thiết kế",
        query="results", over=("cleared",)),
    Kpi(key="cancelled", label="Tin báo bị hủy", formula="số tin báo bị hủy trong kỳ (báo nhầm, báo giả, báo trùng)", unit="incidents",
        basis="thiết kế", query="results", over=("cancelled",), better="down"),
    *(Kpi(key=f"cases_{kind}", label=name, formula="số vụ được báo trong kỳ, không tính tin bị hủy", unit="incidents", basis=REPORT, query="cases",
          over=(kind,), better="down") for kind, name in INCIDENTS.items()),
    Kpi(key="dead", label="Số người chết", formula="người chết của các vụ được báo trong kỳ, kể cả chết sau đó", unit="persons", basis=REPORT,
        query="results", over=("dead",), casualties=True, better="down"),
    Kpi(key="injured", label="Số người bị thương", formula="người bị thương, không chết, của các vụ được báo trong kỳ", unit="persons", basis=REPORT,
        query="results", over=("injured",), casualties=True, better="down"),
    Kpi(key="accident_dead", label="Chết do tai nạn giao thông", formula="người chết của các vụ tai nạn giao thông được báo trong kỳ", unit="persons",
        basis=f"{REPORT}; ST-05", query="results", over=("accident_dead",), casualties=True, better="down"),
    Kpi(key="accident_injured", label="Bị thương do tai nạn giao thông", formula="người bị thương của các vụ tai nạn giao thông được báo trong kỳ",
        unit="persons", basis=REPORT, query="results", over=("accident_injured",), casualties=True, better="down"),
    Kpi(key="arrive_minutes", label="Thời gian tới hiện trường", formula="trung vị (tới hiện trường − nhận tin), phút, của vụ việc tới trong kỳ",
        unit="minutes", basis="thiết kế", query="speed", over=("arrive_min",), counts=("arrived",), adds_up=False, better="down"),
    Kpi(key="arrive_minutes_p90", label="Thời gian tới hiện trường, 9 trên 10", formula="phân vị 90 (tới hiện trường − nhận tin), phút",
        unit="minutes", basis="thiết kế", query="speed", over=("arrive_p90_min",), counts=("arrived",), adds_up=False, better="down"),
    Kpi(key="dispatch_minutes", label="Thời gian điều động", formula="trung vị (điều lực lượng đầu tiên − nhận tin), phút, của vụ điều động trong kỳ",
        unit="minutes", basis="thiết kế", query="speed", over=("dispatch_min",), counts=("dispatched",), adds_up=False, better="down"),
    Kpi(key="fire_dispatched_rate", label="Cháy: điều xe trong 1 phút",
        formula="vụ cháy có lực lượng được điều hoặc tới nơi trong 60 giây / vụ cháy đã xét được (quá 60 giây hoặc đã điều)",
        unit="%", basis="thiết kế (ST-04)", query="cases", over=("fire_in_time",), under=("fire_judged",), scale=100, better="up"),
    Kpi(key="open", label="Đang xử lý", formula="vụ việc đã báo, chưa xử lý xong, không bị hủy", unit="incidents", basis="thiết kế", query="backlog",
        over=("open",), is_stock=True),
    Kpi(key="open_serious", label="Nghiêm trọng đang xử lý", formula="đang xử lý, mức 4 hoặc từ 3 người thương vong", unit="incidents",
        basis="thiết kế (ST-03)", query="backlog", over=("open_serious",), is_stock=True, better="down"),
    Kpi(key="vehicles_5min", label="Lưu lượng", formula="số xe đếm được / thời gian đếm × 5 phút, bình quân mỗi điểm và chiều", unit="vehicles/5min",
        basis="thiết kế: phân tích hình ảnh", query="traffic", over=("vehicles",), under=("interval_s",), counts=("readings",), scale=300),
    Kpi(key="mean_speed", label="Tốc độ trung bình", formula="tổng (tốc độ × số xe) / số xe có đo tốc độ", unit="km/h",
        basis="thiết kế: phân tích hình ảnh", query="traffic", over=("speed_sum_kmh",), under=("speed_vehicles",), counts=("speed_readings",)),
    Kpi(key="confirmed_rate", label="Vi phạm phát hiện được xác nhận", formula="phát hiện có người xác nhận / phát hiện của camera, trong kỳ",
        unit="%", basis=REVIEW, query="detections", over=("confirmed",), under=("detected",), scale=100),
    *(Kpi(key=f"confirmed_{kind}_rate", label=f"Xác nhận: {name}", formula=f"phát hiện {name} có người xác nhận / phát hiện {name}, trong kỳ",
          unit="%", basis=REVIEW, query="detections", over=(f"{kind}_confirmed",), under=(f"{kind}_detected",), scale=100)
      for kind, name in VIOLATIONS.items()),
)
