"""Kinh tế – xã hội, doanh nghiệp và du lịch: what was reached of the year's targets, enterprises and their inspections, guests. Formulas: §3.8."""

from collections.abc import Iterator
from typing import Literal, NamedTuple

from ioc.kpi.engine.contract import Kpi
from ioc.kpi.engine.told import Better

STREAMS = ("indicator", "enterprise", "tourism", "report")


class Target(NamedTuple):
    """An indicator of the year: `kind` amount (added up), running (a cumulated share), share or level."""

    label: str
    unit: str
    kind: Literal["amount", "running", "share", "level"]
    better: Better = "up"
    basis: str = "thiết kế"
    changes_in: Literal["%", "points"] = "%"


TARGETS = {
    "grdp": Target("GRDP theo giá hiện hành", "VND bn", "amount", basis="ISO 37120"),
    "grdp_growth": Target("Tốc độ tăng GRDP", "%", "level", basis="SDG 8.1", changes_in="points"),
    "grdp_per_person": Target("GRDP bình quân đầu người", "VND mn/person", "level", basis="SDG 8.1"),
    "iip_growth": Target("IIP so cùng kỳ", "%", "level", changes_in="points"),
    "export_value": Target("Kim ngạch xuất khẩu", "USD mn", "amount"),
    "retail_sales": Target("Bán lẻ hàng hóa và dịch vụ", "VND bn", "amount"),
    "budget_revenue": Target("Thu ngân sách", "%", "running", basis="Luật Ngân sách nhà nước"),
    "budget_spending": Target("Chi ngân sách", "%", "running", "", "Luật Ngân sách nhà nước"),
    "disbursement": Target("Giải ngân đầu tư công", "%", "running", basis="Luật Đầu tư công (SE-02)"),
    "fdi_registered": Target("Vốn đầu tư nước ngoài đăng ký", "USD mn", "amount"),
    "enterprises_new": Target("Doanh nghiệp thành lập mới, theo báo cáo", "enterprises", "amount"),
    "enterprises_dissolved": Target("Doanh nghiệp giải thể, theo báo cáo", "enterprises", "amount", "down"),
    "tourist_arrivals": Target("Lượt khách du lịch, theo báo cáo", "arrivals", "amount"),
    "overnight_guests": Target("Lượt khách lưu trú, theo báo cáo", "guests", "amount"),
    "tourism_revenue": Target("Tổng thu từ du lịch, theo báo cáo", "VND bn", "amount"),
    "rice_output": Target("Sản lượng lúa", "tonnes", "amount"),
    "shrimp_area": Target("Diện tích nuôi tôm nước lợ", "ha", "level"),
    "poverty": Target("Tỷ lệ hộ nghèo đa chiều", "%", "share", "down", "SDG 1.2", "points"),
    "new_rural_communes": Target("Xã đạt chuẩn nông thôn mới", "%", "share", changes_in="points"),
    "digital_economy": Target("Tỷ trọng kinh tế số trong GRDP", "%", "level", changes_in="points"),
    "population": Target("Dân số", "persons", "level", "", "SDG 11"),
    "inspections_per_enterprise": Target("Số lần thanh tra, kiểm tra một doanh nghiệp", "inspections", "level", "down", "CT 20/CT-TTg (2017); F043"),
}
FORMULAS = {
    "amount": "cộng các kỳ đã báo cáo từ đầu năm", "running": "thực hiện / kế hoạch, lũy kế năm của kỳ mới nhất",
    "share": "đạt / tổng số, kỳ mới nhất trong năm", "level": "kỳ mới nhất trong năm",
}
CHANGES = {
    "%": ("change_pct", "(thực hiện − cùng kỳ năm trước) / cùng kỳ năm trước"),
    "points": ("change_pt", "kỳ này − cùng kỳ năm trước"),
}
SUFFIXES = {
    "value": "", "numerator": "", "told": "_told", "target": "_target", "done_pct": "_done_pct", "pace": "_pace", "change_pct": "_change",
    "change_pt": "_change",
}
"""What a figure's key ends in, by the column it is made of."""


def _targets() -> Iterator[Kpi]:
    for key, t in TARGETS.items():
        has_fraction = t.kind in {"running", "share"}
        yield _kpi(key, "numerator" if has_fraction else "value", t, t.label, FORMULAS[t.kind], t.unit, t.better)
        if has_fraction:
            yield _kpi(key, "told", t, f"{t.label}, số công bố", "như nguồn công bố", t.unit, t.better)
        if key != "population":
            yield _kpi(key, "target", t, f"{t.label}, chỉ tiêu năm", "chỉ tiêu được giao cho năm", t.unit, "")
            yield _kpi(key, "done_pct", t, f"{t.label}, hoàn thành chỉ tiêu", "thực hiện từ đầu năm / chỉ tiêu năm", "%", t.better)
        if t.kind in {"amount", "running"}:
            yield _kpi(key, "pace", t, f"{t.label}, nhịp độ", "thực hiện / (chỉ tiêu năm × phần năm đã báo cáo; theo mùa khi có đủ 3 năm trước)",
                       "ratio", t.better)
        if key != "inspections_per_enterprise":
            change, formula = CHANGES[t.changes_in]
            yield _kpi(key, change, t, f"{t.label}, so cùng kỳ", formula, t.changes_in, t.better)


def _kpi(of: str, column: str, target: Target, label: str, formula: str, unit: str, better: Better) -> Kpi:  # noqa: PLR0913, PLR0917
    # A denominator here is money or households, no number of cases.
    under, counts, scale = (("denominator",), ("no_cases",), 100) if column == "numerator" else ((), (), 1)
    return Kpi(key=of + SUFFIXES[column], label=label, formula=formula, unit=unit, basis=target.basis, query="targets", of=of, over=(column,),
               under=under, counts=counts, scale=scale, is_stock=True, adds_up=False, better=better)


LAW = "Luật Doanh nghiệp 59/2020/QH14"
ONCE = "CT 20/CT-TTg (17/05/2017); F043 (SE-03)"

KPIS = (
    *_targets(),
    Kpi(key="on_pace_rate", label="Chỉ tiêu đúng tiến độ", formula="chỉ tiêu có nhịp độ từ 0,9 / chỉ tiêu lũy kế của năm có nhịp độ", unit="%",
        basis="thiết kế (SE-01)", query="paces", over=("on_pace",), under=("paced",), scale=100, is_stock=True, adds_up=False, better="up"),
    Kpi(key="new", label="Doanh nghiệp thành lập mới", formula="số doanh nghiệp đăng ký trong kỳ", unit="enterprises", basis=LAW, query="enterprises",
        over=("new",), better="up"),
    Kpi(key="resumed", label="Doanh nghiệp hoạt động trở lại", formula="số doanh nghiệp hoạt động trở lại trong kỳ", unit="enterprises", basis=LAW,
        query="enterprises", over=("resumed",), better="up"),
    Kpi(key="suspended", label="Doanh nghiệp tạm ngừng", formula="số doanh nghiệp tạm ngừng trong kỳ", unit="enterprises", basis=LAW,
        query="enterprises", over=("suspended",), better="down"),
    Kpi(key="dissolved", label="Doanh nghiệp giải thể", formula="số doanh nghiệp giải thể trong kỳ", unit="enterprises", basis=LAW,
        query="enterprises", over=("dissolved",), better="down"),
    Kpi(key="net", label="Doanh nghiệp tăng thêm", formula="thành lập mới + trở lại − tạm ngừng − giải thể", unit="enterprises", basis="thiết kế",
        query="enterprises", over=("net",), better="up"),
    Kpi(key="active", label="Doanh nghiệp đang hoạt động", formula="đã đăng ký, không tạm ngừng, chưa giải thể", unit="enterprises", basis=LAW,
        query="standing", over=("active",), is_stock=True, better="up"),
    Kpi(key="paused", label="Doanh nghiệp đang tạm ngừng", formula="đang tạm ngừng, chưa giải thể", unit="enterprises", basis=LAW, query="standing",
        over=("paused",), is_stock=True),
    Kpi(key="inspections_planned", label="Cuộc thanh tra, kiểm tra theo kế hoạch", formula="số cuộc có ngày kế hoạch trong kỳ, trừ cuộc đã hủy",
        unit="inspections", basis=ONCE, query="enterprises", over=("planned",)),
    Kpi(key="inspections_conducted", label="Cuộc thanh tra, kiểm tra đã tiến hành", formula="số cuộc tiến hành trong kỳ", unit="inspections",
        basis=ONCE, query="enterprises", over=("conducted",)),
    Kpi(key="enterprises_inspected", label="Doanh nghiệp được thanh tra, kiểm tra", formula="số doanh nghiệp có cuộc đầu tiên của năm trong kỳ",
        unit="enterprises", basis=ONCE, query="enterprises", over=("inspected",)),
    Kpi(key="inspected_twice_rate", label="Doanh nghiệp bị thanh tra, kiểm tra quá một lần trong năm",
        formula="doanh nghiệp có cuộc thứ hai của năm trong kỳ / doanh nghiệp có cuộc đầu tiên của năm trong kỳ; phải bằng 0", unit="%", basis=ONCE,
        query="enterprises", over=("second",), under=("inspected",), scale=100, better="down"),
    Kpi(key="planned_twice", label="Sắp thanh tra, kiểm tra lần hai", formula="doanh nghiệp có từ hai cuộc trong năm, chưa tiến hành cuộc thứ hai",
        unit="enterprises", basis=ONCE, query="conflicts", over=("planned_twice",), is_stock=True, better="down"),
    Kpi(key="conducted_twice", label="Đã thanh tra, kiểm tra từ hai lần", formula="doanh nghiệp đã có từ hai cuộc tiến hành trong năm",
        unit="enterprises", basis=ONCE, query="conflicts", over=("conducted_twice",), is_stock=True, better="down"),
    Kpi(key="feedback_on_time_rate", label="Kiến nghị doanh nghiệp trả lời đúng hạn",
        formula="trả lời đúng hạn / đã nhận, của kiến nghị doanh nghiệp gửi trong kỳ", unit="%", basis="thiết kế (SE-04)", query="feedback",
        over=("answered_on_time",), under=("received",), scale=100, better="up"),
    Kpi(key="feedback_answered", label="Kiến nghị doanh nghiệp đã trả lời", formula="đã trả lời, của kiến nghị doanh nghiệp gửi trong kỳ",
        unit="reports", basis="thiết kế", query="feedback", over=("answered",)),
    Kpi(key="feedback_overdue", label="Kiến nghị doanh nghiệp quá hạn", formula="đang mở, quá thời hạn, không tạm dừng", unit="reports",
        basis="thiết kế (SE-04)", query="feedback_open", over=("overdue",), is_stock=True, better="down"),
    Kpi(key="arrivals", label="Lượt khách", formula="lượt khách của các kỳ báo cáo nằm trọn trong kỳ xem", unit="arrivals", basis="thiết kế",
        query="tourism", over=("arrivals",), adds_up=False, better="up"),
    Kpi(key="guests_staying", label="Khách lưu trú", formula="khách lưu trú của các kỳ báo cáo nằm trọn trong kỳ xem", unit="guests",
        basis="thiết kế", query="tourism", over=("guests_staying",), adds_up=False, better="up"),
    Kpi(key="receipts_vnd", label="Thu từ du lịch", formula="tổng thu của các kỳ báo cáo nằm trọn trong kỳ xem", unit="VND", basis="thiết kế",
        query="tourism", over=("receipts_vnd",), adds_up=False, better="up"),
    Kpi(key="room_occupancy", label="Công suất phòng", formula="đêm phòng đã bán / đêm phòng có", unit="%", basis="thiết kế", query="tourism",
        over=("rooms_occupied",), under=("rooms_available",), scale=100, adds_up=False, better="up"),
)
