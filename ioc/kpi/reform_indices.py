"""Chỉ số cải cách hành chính và chất lượng phục vụ: indices as published, the reform plan, what is observed of the apparatus.

Formulas: domain notes §3.4. "Điểm 766 – tính thử" is no sum of columns: `ioc.indicators.quality766_counts` makes it of raw counts.
"""

from collections.abc import Iterator

from ioc.kpi.engine.contract import Kpi
from ioc.kpi.engine.told import count, share

STREAMS = ("indicator",)
INDICES = {
    "par_index": ("PAR INDEX", "points", "Bộ Nội vụ; F039"),
    "sipas": ("SIPAS", "%", "Bộ Nội vụ; F040"),
    "papi": ("PAPI", "points", "CECODES, UNDP; F048"),
    "pci": ("PCI", "points", "VCCI; F048"),
    "dti": ("DTI", "points", "Bộ Khoa học và Công nghệ"),
    "par_index_unit": ("Chỉ số CCHC cấp huyện, cấp xã", "points", "F056"),
    "par_index_agency": ("Chỉ số CCHC sở, ngành", "points", "F055, F061"),
    "score_766": ("Điểm 766 do Cổng Dịch vụ công quốc gia công bố", "points", "QĐ 766/QĐ-TTg (23/06/2022)"),
}
SHARES = {
    "departments_improved": ("Sở, ngành tăng chỉ số CCHC", "sở, ngành tăng chỉ số / sở, ngành được chấm", "F055"),
    "culture_centres_merged": ("Trung tâm Văn hóa và Đài Truyền thanh cấp huyện hợp nhất", "đã hợp nhất / tổng số", "F022"),
    "functions_regulated": ("Cơ quan được quy định lại chức năng, cơ cấu", "đã quy định lại / tổng số", "F058"),
    "staff_postgraduate": ("Cán bộ, công chức, viên chức trình độ sau đại học", "trình độ sau đại học / tổng số", "F027"),
    "autonomy_agencies": ("Cơ quan tự chủ kinh phí", "tự chủ / tổng số", "NĐ 130/2005/NĐ-CP; F028"),
    "autonomy_communes": ("Xã, phường, thị trấn tự chủ", "tự chủ / tổng số", "NĐ 117/2013/NĐ-CP; F029"),
    "autonomy_units_province": ("Đơn vị sự nghiệp công lập cấp tỉnh tự chủ", "tự chủ / tổng số", "NĐ 60/2021/NĐ-CP; F030"),
    "autonomy_units_district": ("Đơn vị sự nghiệp công lập cấp huyện tự chủ", "tự chủ / tổng số", "NĐ 60/2021/NĐ-CP; F031"),
    "iso_9001": ("Cơ quan áp dụng ISO 9001", "áp dụng / tổng số", "F038"),
}
COUNTS = {
    "procedures_reviewed": ("Thủ tục hành chính được rà soát", "procedures", "F015"),
    "review_groups": ("Nhóm thủ tục được rà soát", "groups", "F015"),
    "simplification_decisions": ("Quyết định đơn giản hóa thủ tục", "decisions", "F015"),
    "procedures_shortened": ("Thủ tục được rút ngắn thời gian giải quyết", "procedures", "F015, F051"),
    "internal_cost_cut": ("Chi phí tuân thủ thủ tục nội bộ cắt giảm", "%", "F016"),
    "reform_initiatives": ("Sáng kiến cải cách hành chính", "initiatives", "F017, F041"),
    "reform_models": ("Mô hình cải cách hành chính được duy trì", "models", "F017"),
    "offices_removed_province": ("Phòng thuộc cơ quan chuyên môn cấp tỉnh được giảm", "offices", "F021"),
    "offices_removed_subdept": ("Phòng thuộc chi cục được giảm", "offices", "F021"),
    "offices_removed_service": ("Phòng thuộc đơn vị sự nghiệp được giảm", "offices", "F021"),
    "offices_removed_district": ("Phòng chuyên môn cấp huyện được giảm", "offices", "F021"),
    "coordination_bodies_removed": ("Tổ chức phối hợp liên ngành được giảm", "bodies", "F021"),
    "appointments": ("Bổ nhiệm lãnh đạo", "appointments", "F023"),
    "recruited": ("Công chức, viên chức được tuyển dụng", "persons", "F024"),
    "promoted": ("Công chức, viên chức được nâng ngạch, thăng hạng", "persons", "F024"),
    "training_turns": ("Lượt đào tạo, bồi dưỡng", "turns", "F026"),
    "training_postgraduate": ("Lượt đào tạo sau đại học", "turns", "F026"),
    "staff": ("Cán bộ, công chức, viên chức", "persons", "F027"),
    "iso_9001_electronic": ("Đơn vị áp dụng ISO 9001:2015 điện tử", "units", "F038"),
}


def _index(key: str, label: str, unit: str, basis: str) -> Iterator[Kpi]:
    parts = (
        ("", "value", label, "giá trị của kỳ mới nhất đã công bố", unit, "up"),
        ("_published", "published_value", f"{label}, số công bố", "như nguồn in ra", unit, "up"),
        ("_rank", "rank", f"{label}, hạng", "hạng do nguồn công bố", "rank", "down"),
        ("_out_of", "out_of", f"{label}, trên tổng số", "số đơn vị được xếp hạng trong kỳ", "ranked", ""),
        ("_moved", "moved", f"{label}, bậc thay đổi", "hạng kỳ liền trước − hạng kỳ này, khi xếp trên cùng số đơn vị; dương là tăng", "places", "up"),
        ("_change", "change", f"{label}, thay đổi", "giá trị kỳ này − kỳ liền trước", unit, "up"),
        ("_year", "year", f"{label}, năm", "năm của kỳ mới nhất đã công bố", "year", ""),
        ("_age_d", "age_d", f"{label}, số ngày từ cuối kỳ", "ngày xem − ngày cuối của kỳ", "days", ""),
    )
    for suffix, column, title, formula, told_in, better in parts:
        yield Kpi(key=key + suffix, label=title, formula=formula, unit=told_in, basis=basis, query="indices", of=key, over=(column,),
                  is_stock=True, adds_up=False, better=better)  # type: ignore[arg-type]


KPIS = (
    *(kpi for key, told in INDICES.items() for kpi in _index(key, *told)),
    *share("par_plan", "plan", label="Kế hoạch CCHC", formula="nhiệm vụ hoàn thành / nhiệm vụ đến hạn, lũy kế năm", basis="NQ 76/NQ-CP (15/07/2021)"),
    *(kpi for key, (label, formula, basis) in SHARES.items()
      for kpi in share(key, "apparatus", label=label, formula=formula, basis=basis)),
    *(count(key, "apparatus", label=label, unit=unit, basis=basis) for key, (label, unit, basis) in COUNTS.items()),
    Kpi(key="observed", label="Chỉ tiêu có số liệu", formula="số chỉ tiêu được báo cáo lần đầu trong kỳ, mọi phân hệ", unit="indicators",
        basis="thiết kế", query="quality", over=("observed",)),
    Kpi(key="typed_in", label="Chỉ tiêu nhập tay", formula="số chỉ tiêu nhập tay / chỉ tiêu có số liệu", unit="%", basis="thiết kế (§0.11)",
        query="quality", over=("typed_in",), under=("observed",), scale=100),
    Kpi(key="published_differs", label="Số công bố khác số tính", formula="số chỉ tiêu có số công bố lệch quá nửa chữ số cuối so với tử số / mẫu số",
        unit="indicators", basis="thiết kế (RI-04)", query="quality", over=("published_differs",), better="down"),
    Kpi(key="revisions", label="Lượt điều chỉnh số liệu", formula="số lần số liệu báo cáo trong kỳ được sửa", unit="revisions", basis="thiết kế",
        query="quality", over=("revisions",)),
    Kpi(key="targets", label="Chỉ tiêu được giao", formula="số chỉ tiêu được giao lần đầu trong kỳ", unit="indicators", basis="thiết kế",
        query="quality", over=("targets",)),
    Kpi(key="missing", label="Chỉ tiêu chưa có số liệu", formula="được giao, hết kỳ quá 30 ngày, chưa có số liệu", unit="indicators",
        basis="thiết kế (RI-05)", query="missing", over=("missing",), is_stock=True, better="down"),
)
