"""Y tế, giáo dục và an sinh: visits, beds, cases, schools, allowances. Counts of facilities and units, never a person. Formulas: §3.9."""

from collections.abc import Mapping

from ioc.kpi.engine.contract import Kpi
from ioc.kpi.engine.told import Better, count, share

STREAMS = ("social", "indicator")
SHARES: Mapping[str, tuple[str, str, str, Better]] = {
    "vaccinated_children": ("Trẻ em được tiêm chủng đầy đủ", "tiêm chủng đầy đủ / trẻ thuộc diện", "SDG 3.b", "up"),
    "pupils_left": ("Tỷ lệ học sinh bỏ học, theo báo cáo", "bỏ học / tuyển vào", "SDG 4.1", "down"),
    "exam_passed": ("Tốt nghiệp trung học phổ thông", "đỗ / dự thi", "SDG 4.1", "up"),
}
COUNTS = {
    "infographics": ("Infographic phổ biến pháp luật", "infographics", "F020"),
    "law_texts": ("Tài liệu pháp luật cấp phát miễn phí", "texts", "F020"),
    "health_training": ("Trường hợp được hỗ trợ đào tạo ngành y tế", "cases", "F025"),
    "health_training_cost": ("Kinh phí hỗ trợ đào tạo ngành y tế", "VND", "F025"),
    "postgraduate_support": ("Trường hợp được hỗ trợ sau đại học", "cases", "F025"),
}
SCHOOL = {"schools": "Trường học", "classes": "Lớp học", "pupils": "Học sinh", "teachers": "Giáo viên"}


KPIS = (
    Kpi(key="visits", label="Lượt khám", formula="tổng lượt khám của các ngày trong kỳ", unit="visits", basis="thiết kế", query="health",
        over=("visits",), adds_up=False),
    Kpi(key="insurance_visits", label="Lượt khám BHYT", formula="tổng lượt khám bảo hiểm y tế", unit="visits", basis="thiết kế", query="health",
        over=("insurance_visits",), adds_up=False),
    Kpi(key="cccd_rate", label="Khám BHYT bằng CCCD",
        formula="lượt BHYT định danh bằng CCCD / lượt BHYT, của cơ sở có báo CCCD", unit="%", basis="Y13", query="health", over=("cccd_visits",),
        under=("cccd_base",), scale=100, adds_up=False, better="up"),
    Kpi(key="bed_occupancy", label="Công suất sử dụng giường bệnh", formula="ngày giường sử dụng / ngày giường có", unit="%",
        basis="ISO 37120 (SS-02)", query="health", over=("bed_days_occupied",), under=("bed_days",), scale=100, adds_up=False),
    Kpi(key="beds_now", label="Công suất sử dụng giường bệnh, ngày mới nhất",
        formula="giường sử dụng / giường có, ngày mới nhất từng bệnh viện báo trong 2 ngày qua", unit="%", basis="ISO 37120 (SS-02)", query="beds",
        over=("beds_occupied",), under=("beds_available",), scale=100, is_stock=True),
    Kpi(key="facility_days", label="Ngày báo cáo của cơ sở y tế", formula="số ngày có báo cáo, cộng các cơ sở", unit="days", basis="thiết kế",
        query="health", over=("facility_days",), adds_up=False),
    Kpi(key="cases", label="Ca bệnh truyền nhiễm", formula="số ca theo ngày khởi phát trong kỳ", unit="cases", basis="thiết kế (SS-01)",
        query="disease", over=("cases",), adds_up=False, casualties=True, better="down"),
    Kpi(key="incidence", label="Ca bệnh trên 100.000 dân", formula="số ca / dân số × 100.000; kỳ tuần là tuần ISO", unit="per 100,000",
        basis="SDG 3.3", query="disease", over=("cases",), under=("people",), counts=("cases",), scale=100_000, adds_up=False,
        casualties=True, better="down"),
    *(Kpi(key=key, label=label, formula="báo cáo mới nhất của từng trường hoặc đơn vị", unit=key, basis="thiết kế", query="schools",
          over=(key,), adds_up=False, is_stock=True) for key, label in SCHOOL.items()),
    Kpi(key="dropped_out_rate", label="Tỷ lệ bỏ học", formula="học sinh bỏ học từ đầu năm học / học sinh, nơi có báo cáo", unit="%", basis="SDG 4.1",
        query="schools", over=("dropped_out",), under=("enrolled",), scale=100, adds_up=False, is_stock=True, better="down"),
    Kpi(key="by_account_rate", label="Chi trả an sinh qua tài khoản", formula="người nhận qua tài khoản / người hưởng, của đợt đến hạn trong kỳ",
        unit="%", basis="thiết kế", query="payments", over=("by_account",), under=("beneficiaries",), scale=100, adds_up=False, better="up"),
    Kpi(key="batches_on_time_rate", label="Đợt chi trả đúng lịch", formula="đợt chi đúng hạn / (đợt đã chi + đợt quá hạn chưa chi)", unit="%",
        basis="thiết kế (SS-03)", query="payments", over=("on_time",), under=("judged",), scale=100, adds_up=False, better="up"),
    Kpi(key="batches", label="Đợt chi trả đến hạn", formula="số đợt có ngày chi trong kỳ", unit="batches", basis="thiết kế", query="payments",
        over=("batches",), adds_up=False),
    Kpi(key="batches_late", label="Đợt chi trả trễ", formula="số đợt chi sau thời hạn", unit="batches", basis="thiết kế (SS-03)", query="payments",
        over=("late",), adds_up=False, better="down"),
    Kpi(key="due_vnd", label="Số tiền phải chi", formula="số tiền của các đợt đến hạn trong kỳ", unit="VND", basis="thiết kế", query="payments",
        over=("due_vnd",), adds_up=False),
    Kpi(key="paid_vnd", label="Số tiền đã chi", formula="số tiền đã chi của các đợt đến hạn trong kỳ", unit="VND", basis="thiết kế", query="payments",
        over=("paid_vnd",), adds_up=False),
    Kpi(key="batches_overdue", label="Đợt chi trả quá hạn chưa chi", formula="đã đến hạn chi, chưa chi", unit="batches", basis="thiết kế (SS-03)",
        query="payments_open", over=("overdue",), is_stock=True, better="down"),
    Kpi(key="beneficiaries_waiting", label="Người hưởng đang chờ chi trả", formula="người hưởng của các đợt quá hạn chưa chi", unit="persons",
        basis="thiết kế (SS-03)", query="payments_open", over=("waiting",), is_stock=True, better="down"),
    *(kpi for key, (label, formula, basis, better) in SHARES.items()
      for kpi in share(key, "typed", label=label, formula=f"{formula}, kỳ mới nhất đã báo cáo", basis=basis, better=better)),
    *(count(key, "typed", label=label, unit=unit, basis=basis) for key, (label, unit, basis) in COUNTS.items()),
)
