"""Hạ tầng số và an ninh mạng: sources that speak in time, services that answer, certificates, security events, the centre's own health.

Formulas: domain notes §3.7. Which sources promise what, and when is working time, the queries read from `source_promise` and `working_time`.
"""

from ioc.kpi.engine.contract import Kpi

STREAMS = ("platform", "indicator", "alert")
LGSP = "nền tảng tích hợp, chia sẻ dữ liệu (S1, S4)"
PORTAL = "Sóc Trăng: giám sát cổng TTĐT (nhandan.vn 681875)"
INCIDENT = "NĐ 85/2016/NĐ-CP, QĐ 05/2017/QĐ-TTg [K]"
SEVERITIES = {"1": "thông tin", "2": "chú ý", "3": "cảnh báo", "4": "nghiêm trọng"}
REGISTERED = {
    "mailboxes": ("Tài khoản, hộp thư công vụ", "accounts", "F032"),
    "digital_certificates": ("Chứng thư số đã cấp", "certificates", "F045"),
    "signature_devices": ("Thiết bị chữ ký số chuyên dùng", "devices", "F033"),
}

KPIS = (
    Kpi(key="fresh_rate", label="Nguồn cập nhật đúng hạn", formula="nguồn có dữ liệu trong 3 lần khoảng thời gian cam kết / nguồn có cam kết",
        unit="%", basis="thiết kế (DP-01)", query="freshness", over=("fresh",), under=("promised",), scale=100, is_stock=True, better="up"),
    Kpi(key="api_calls", label="Giao dịch qua LGSP", formula="số lượt gọi dịch vụ trong kỳ", unit="calls", basis=LGSP, query="calls", over=("calls",),
        adds_up=False),
    Kpi(key="api_error_rate", label="Tỷ lệ lỗi LGSP", formula="lượt gọi lỗi / lượt gọi, trong kỳ", unit="%", basis=f"{LGSP}; DP-03", query="calls",
        over=("errors",), under=("calls",), scale=100, adds_up=False, better="down"),
    Kpi(key="api_p95_ms", label="Độ trễ p95 LGSP cao nhất", formula="lớn nhất trong các p95 mà từng dịch vụ báo theo giờ trong kỳ, mili giây",
        unit="ms", basis=LGSP, query="calls", over=("p95_max_ms",), adds_up=False, better="down"),
    Kpi(key="portal_up_rate", label="Cổng TTĐT hoạt động", formula="lượt kiểm tra thành công / lượt kiểm tra, trong kỳ", unit="%", basis=PORTAL,
        query="probes", over=("successes",), under=("probes",), scale=100, better="up"),
    *(Kpi(key=key, label=label, formula="số liệu nhập gần nhất tính đến thời điểm xem", unit=unit, basis=basis, query="registered", over=(key,),
          adds_up=False, is_stock=True, better="up") for key, (label, unit, basis) in REGISTERED.items()),
    *(Kpi(key=f"{key}_published", label=f"{label}: số đã công bố", formula="trị số nguồn công bố, cùng kỳ với số liệu nhập", unit=unit, basis=basis,
          query="registered", over=(f"{key}_published",), adds_up=False, is_stock=True) for key, (label, unit, basis) in REGISTERED.items()),
    *(Kpi(key=f"{key}_year", label=f"{label}: năm số liệu", formula="năm của ngày cuối kỳ số liệu nhập gần nhất", unit="year", basis=basis,
          query="registered", over=(f"{key}_year",), adds_up=False, is_stock=True) for key, (label, _, basis) in REGISTERED.items()),
    Kpi(key="certificates_expiring_30", label="Chứng thư hết hạn trong 30 ngày",
        formula="chứng thư còn hạn đến ngày xem và hết hạn trong 30 ngày tới",
        unit="certificates", basis="thiết kế (DP-04)", query="certificates", over=("expiring_30",), is_stock=True, better="down"),
    Kpi(key="certificates_expiring_7", label="Chứng thư hết hạn trong 7 ngày", formula="chứng thư còn hạn đến ngày xem và hết hạn trong 7 ngày tới",
        unit="certificates", basis="thiết kế (DP-04)", query="certificates", over=("expiring_7",), is_stock=True, better="down"),
    Kpi(key="certificates_expired", label="Chứng thư đã hết hạn", formula="chứng thư hết hạn trước ngày xem, chưa báo gia hạn", unit="certificates",
        basis="thiết kế (DP-04)", query="certificates", over=("expired",), is_stock=True, better="down"),
    *(Kpi(key=f"security_{severity}", label=f"Sự cố ATTT mức {severity} – {name}", formula=f"sự cố mức {severity} phát hiện trong kỳ",
          unit="security events", basis=f"{INCIDENT}; DP-05", query="security", over=(f"severity_{severity}",), better="down")
      for severity, name in SEVERITIES.items()),
    Kpi(key="security_unrated", label="Sự cố ATTT chưa phân mức", formula="sự cố phát hiện trong kỳ, nguồn không cho mức", unit="security events",
        basis=INCIDENT, query="security", over=("unrated",), better="down"),
    Kpi(key="contain_hours", label="Thời gian khống chế sự cố", formula="trung bình (khống chế − phát hiện), giờ, của sự cố khống chế trong kỳ",
        unit="hours", basis="thiết kế", query="security", over=("contain_s",), under=("contained",), scale=1 / 3600, better="down"),
    Kpi(key="security_open", label="Sự cố ATTT chưa khống chế", formula="đã phát hiện, chưa khống chế", unit="security events", basis=INCIDENT,
        query="insecure", over=("open",), is_stock=True, better="down"),
    Kpi(key="security_open_high", label="Sự cố ATTT mức cao chưa khống chế", formula="đã phát hiện, chưa khống chế, mức 3 hoặc 4",
        unit="security events", basis=f"{INCIDENT}; DP-05", query="insecure", over=("open_high",), is_stock=True, better="down"),
    Kpi(key="source_rejects", label="Bản ghi bị nguồn từ chối", formula="số bản ghi các hệ thống nguồn báo không gửi được, trong kỳ", unit="events",
        basis="thiết kế", query="source_rejects", over=("rejected",), counts=("reports",), adds_up=False, better="down"),
    Kpi(key="reject_rate", label="Tỷ lệ sự kiện bị từ chối",
        formula="sự kiện bị loại / (sự kiện nhận + bị loại), 24 giờ trước thời điểm xem", unit="%", basis="thiết kế (DP-06)", query="intake",
        over=("rejected",), under=("accepted", "rejected"), scale=100, is_stock=True, better="down"),
    Kpi(key="quality_alerts", label="Cảnh báo chất lượng dữ liệu", formula="cảnh báo chưa xử lý: DP-01, DP-06, DP-07, OS-10, OS-11, EN-06",
        unit="alerts", basis="thiết kế", query="alerts", over=("open",), is_stock=True, better="down"),
    Kpi(key="consumer_lag", label="Sự kiện chờ xử lý", formula="tổng độ trễ (số sự kiện) gần nhất của các nhóm đọc Kafka, 15 phút qua", unit="events",
        basis="thiết kế", query="lag", over=("lag",), counts=("readers",), adds_up=False, is_stock=True, better="down"),
    Kpi(key="dead_letters", label="Sự kiện bị loại trong kỳ", formula="số thư chết ghi nhận trong kỳ", unit="events", basis="thiết kế (DP-06)",
        query="dead_letters", over=("recorded",), better="down"),
    Kpi(key="dead_letters_open", label="Sự kiện bị loại chưa xử lý lại", formula="thư chết đã ghi nhận, chưa gửi lại",
        unit="events", basis="thiết kế", query="letters_open", over=("open",), is_stock=True, better="down"),
    Kpi(key="ingest_delay_p95_s", label="Độ trễ tiếp nhận p95",
        formula="phân vị 95 (trung tâm ghi nhận − nguồn ghi nhận), giây, của sự kiện đến trong 1 giờ qua", unit="s", basis="thiết kế", query="delay",
        over=("delay_p95_s",), counts=("arrived",), adds_up=False, is_stock=True, better="down"),
)
