"""Môi trường, nguồn nước và thiên tai: salt, tide, air, sluices, warnings. Formulas: domain notes §3.11.

What a station's place and alarm levels are, the queries read from `station` (ioc/places/stations.py). A reading counts where its quality is good.
"""

from ioc.kpi.engine.contract import Kpi

STREAMS = ("environment",)
SALT = "QĐ 18/2021/QĐ-TTg, Điều 5: xâm nhập mặn là độ mặn từ 4‰"
TIDE = "QĐ 05/2020/QĐ-TTg"
AIR = "QĐ 1459/QĐ-TCMT (VN_AQI)"
RISK = "QĐ 18/2021/QĐ-TTg, cấp độ rủi ro thiên tai 1–5"
LEVELS = {"1": "I", "2": "II", "3": "III"}

KPIS = (
    Kpi(key="salinity_max", label="Độ mặn cao nhất", formula="trị số lớn nhất của các trạm trong kỳ",
        unit="g/l", basis="số đo trạm (baosoctrang.org.vn)",
        query="salinity", over=("salinity_max",), counts=("stations",), adds_up=False, better="down"),
    Kpi(key="salinity_min", label="Độ mặn thấp nhất", formula="trị số nhỏ nhất của các trạm trong kỳ",
        unit="g/l", basis="số đo trạm (baosoctrang.org.vn)",
        query="salinity", over=("salinity_min",), counts=("stations",), adds_up=False, better="down"),
    Kpi(key="salt_line_1", label="Ranh mặn 1 g/l",
        formula="trạm xa biển nhất có độ mặn lớn nhất ngày từ 1 g/l, km cách biển; không có trị số khi không trạm nào đạt", unit="km",
        basis="ranh mặn 1 g/l (danviet.vn 2024)", query="salinity", over=("reach_1_km",), counts=("placed_stations",), adds_up=False, better="down"),
    Kpi(key="salt_line_4", label="Ranh mặn 4 g/l",
        formula="trạm xa biển nhất có độ mặn lớn nhất ngày từ 4 g/l, km cách biển; không có trị số khi không trạm nào đạt", unit="km", basis=SALT,
        query="salinity", over=("reach_4_km",), counts=("placed_stations",), adds_up=False, better="down"),
    Kpi(key="salty_1_rate", label="Ngày-trạm từ 1 g/l", formula="ngày-trạm có độ mặn lớn nhất từ 1 g/l / ngày-trạm có số đo", unit="%",
        basis="thiết kế (EN-01)", query="salinity", over=("days_1",), under=("station_days",), scale=100, adds_up=False, better="down"),
    Kpi(key="salty_4_rate", label="Ngày-trạm từ 4 g/l", formula="ngày-trạm có độ mặn lớn nhất từ 4 g/l / ngày-trạm có số đo", unit="%", basis=SALT,
        query="salinity", over=("days_4",), under=("station_days",), scale=100, adds_up=False, better="down"),
    Kpi(key="over_limit_rate", label="Ngày-trạm vượt ngưỡng cây trồng", formula="ngày-trạm từ ngưỡng của trạm / ngày-trạm của trạm có ngưỡng",
        unit="%",
        basis="thiết kế; ngưỡng theo trạm (stations.csv)", query="salinity", over=("days_over_limit",), under=("days_with_limit",), scale=100,
        adds_up=False, better="down"),
    Kpi(key="level_max", label="Mực nước đỉnh triều", formula="mực nước lớn nhất của các trạm trong kỳ", unit="m", basis=TIDE, query="level",
        over=("level_max_m",), counts=("stations",), adds_up=False, better="down"),
    Kpi(key="level_to_alarm_3", label="Đỉnh triều so với báo động III",
        formula="lớn nhất của (mực nước lớn nhất ngày − báo động III của trạm); âm = dưới",
        unit="m", basis=TIDE, query="level", over=("over_bd3_m",), counts=("stations_bd3",), adds_up=False, better="down"),
    *(Kpi(key=f"alarm_{level}_rate", label=f"Ngày-trạm từ báo động {name}",
          formula=f"ngày-trạm có mực nước lớn nhất từ báo động {name} / ngày-trạm của trạm có mức báo động {name}",
          unit="%", basis=TIDE, query="level",
          over=(f"days_bd{level}",), under=(f"days_with_bd{level}",), scale=100, adds_up=False, better="down") for level, name in LEVELS.items()),
    Kpi(key="aqi_now", label="VN_AQI giờ", formula="lớn nhất trong các trị số gần nhất của các trạm, 2 giờ qua, do trạm báo",
        unit="VN_AQI", basis=AIR, query="air_now", over=("aqi",), counts=("stations",), adds_up=False, is_stock=True, better="down"),
    Kpi(key="aqi_max", label="VN_AQI giờ cao nhất", formula="VN_AQI giờ lớn nhất của các trạm trong kỳ, do trạm báo", unit="VN_AQI", basis=AIR,
        query="air", over=("aqi_max",), counts=("stations",), adds_up=False, better="down"),
    Kpi(key="aqi_day_max", label="VN_AQI ngày cao nhất", formula="VN_AQI ngày lớn nhất của các trạm trong kỳ, do trạm báo (aqi_day)", unit="VN_AQI",
        basis=AIR, query="air", over=("aqi_day_max",), counts=("day_stations",), adds_up=False, better="down"),
    Kpi(key="aqi_bad_rate", label="Giờ không khí xấu", formula="giờ-trạm có VN_AQI trên 150 (xấu trở lên) / giờ-trạm có VN_AQI", unit="%",
        basis=f"{AIR}; EN-04", query="air", over=("hours_bad",), under=("station_hours",), scale=100, adds_up=False, better="down"),
    Kpi(key="sluices_open", label="Cống mở", formula="cống có độ mở trên 0 theo báo gần nhất trong 48 giờ qua", unit="sluices",
        basis="thông báo vận hành cống (tepbac.com 2016)", query="sluices", over=("open",), counts=("sluices",), adds_up=False, is_stock=True),
    Kpi(key="sluices_closed", label="Cống đóng", formula="cống đóng kín theo báo gần nhất trong 48 giờ qua", unit="sluices",
        basis="thông báo vận hành cống (tepbac.com 2016)", query="sluices", over=("closed",), counts=("sluices",), adds_up=False, is_stock=True),
    Kpi(key="risk_level", label="Cấp độ rủi ro thiên tai", formula="cấp cao nhất của các bản tin còn hiệu lực; không có trị số khi không có bản tin",
        unit="level", basis=RISK, query="bulletins", over=("risk_level",), counts=("bulletins",), adds_up=False, is_stock=True, better="down"),
    Kpi(key="bulletins", label="Bản tin thiên tai còn hiệu lực", formula="bản tin đã có hiệu lực, chưa hết hạn, chưa bị hủy", unit="bulletins",
        basis=RISK, query="bulletins", over=("bulletins",), adds_up=False, is_stock=True, better="down"),
)
