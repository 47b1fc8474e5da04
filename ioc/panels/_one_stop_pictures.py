"""What the panel of the one-stop offices draws and lists: charts, backlogs, shades, points of the map."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from ioc.panels.engine.chart import Chart, Series
from ioc.panels.engine.charts.months import Months
from ioc.panels.engine.charts.parts import Parts
from ioc.panels.engine.contract import Column, Listing, Shading, Snapshot
from ioc.panels.engine.drawing import Drawing, Role, short
from ioc.panels.engine.wording import bucket_name, whole_days
from ioc.profiles import Profile
from ioc.words import SMALL_SAMPLE, Words

Named = Sequence[tuple[str, Mapping[str, Any]]]
"""A table's rows with the names of their units or agencies."""

ON_TIME_FLOOR = 95.0
"""Percent on time below which no unit of the province should be (domain §3.1; the province confirms it)."""
SHADE_FULL = 5.0
"""Percent late from which a unit is as light as can be: the second step of OS-06."""
CAUSES = {"slow_data_entry": "Cập nhật hệ thống chậm", "technical_fault": "Lỗi kỹ thuật", "applicant_unreachable": "Không liên hệ được người nộp",
          "complex_verification": "Xác minh phức tạp", "inter_agency": "Chờ cơ quan phối hợp", "other": "Nguyên nhân khác"}
STAGES = {"received": "Mới tiếp nhận", "processing": "Đang xử lý", "awaiting_supplement": "Chờ công dân bổ sung",
          "awaiting_payment": "Chờ nộp phí, lệ phí", "suspended": "Tạm dừng", "result_ready": "Chờ công dân nhận kết quả"}
"""Where a dossier can lie, in the order of its life; only in the first two does its clock run."""
MOST_UNITS = 4
"""As many as can be read in a sixth of a screen; the map shows all."""
OUTCOMES: tuple[tuple[str, str, Role], ...] = (("early", "Trước", "out"), ("on_time", "Đúng", "in"), ("late", "Trễ hạn", "bad"))


def points(units: Sequence[Mapping[str, Any]], profile: Profile) -> list[dict[str, Any]]:
    """One-stop points with what lies at them. The point that a unit's code names is the unit's own; a second one in a unit is that of the
    province's agencies, whose dossiers are of no unit.
    """
    ordered = sorted((p for p in profile.points if p.kind == "counter"), key=lambda p: (not p.code.endswith(p.unit_code), p.code))
    seen: set[str] = set()
    found = []
    for p in ordered:
        of = "" if p.unit_code in seen else p.unit_code
        seen.add(p.unit_code)
        sums = {key: sum(u[key] for u in units if u["unit_code"] == of) for key in ("overdue", "due_soon", "open")}
        state = "late" if sums["overdue"] else "due" if sums["due_soon"] else "open" if sums["open"] else "done"
        found.append({"type": "Feature", "id": p.code, "geometry": {"type": "Point", "coordinates": [p.lon_deg, p.lat_deg]},
                      "properties": {"kind": "point", "state": state, "point_id": p.code, "unit_code": p.unit_code, **sums}})
    return found


def point(properties: Mapping[str, Any], words: Words, profile: Profile, day: date) -> tuple[str, str]:
    """A one-stop point by its name, and what lies there."""
    held = {p.code: p for p in profile.points}.get(properties["point_id"])
    name = (held.name_en if words.language == "en" else held.name) if held else profile.unit_name(properties["unit_code"], day, words.language)
    return name, words("{overdue} quá hạn · {soon} sắp đến hạn · {open} đang giải quyết", overdue=words.number(properties["overdue"]),
                       soon=words.number(properties["due_soon"]), open=words.number(properties["open"]))


def named(snapshot: Snapshot, table: str, words: Words, profile: Profile) -> Named:
    return [(profile.owner_name(u["unit_code"], u["org_code"], snapshot.day, words.language), u) for u in snapshot.tables[table]]


def overdue(units: Named, words: Words) -> Listing:
    """Units by the age of their oldest overdue dossier, then by how many there are."""
    oldest = sorted(units, key=lambda r: (-(r[1]["oldest_days"] or 0), -r[1]["overdue"]))
    return Listing(title=words("Tồn đọng theo đơn vị"), columns=(
        Column(key="unit", label=words("Đơn vị"), number=False), Column(key="overdue", label=words("Quá hạn")),
        Column(key="oldest", label=words("Số ngày quá hạn")), Column(key="unapologised", label=words("Chưa xin lỗi")),
        Column(key="open", label=words("Đang giải quyết"))),
        rows=[{"unit": name, "overdue": words.number(u["overdue"]), "oldest": words.number(u["oldest_days"]),
               "unapologised": words.number(u["unapologised"]), "open": words.number(u["open"])} for name, u in oldest[:8]])


def due_soon(units: Named, words: Words) -> Listing:
    return Listing(title=words("Sắp đến hạn, gần nhất trước"), columns=(
        Column(key="unit", label=words("Đơn vị"), number=False), Column(key="due_soon", label=words("Hồ sơ")),
        Column(key="left", label=words("Còn giờ làm việc")), Column(key="unapologised", label=words("Chưa xin lỗi"))),
        rows=[{"unit": name, "due_soon": words.number(u["due_soon"]), "left": words.number(u["left_h"], 1),
               "unapologised": words.number(u["unapologised"])} for name, u in units[:8]])


def shading(snapshot: Snapshot, words: Words) -> Shading:
    """Late rate of 30 days by unit; a unit of few results has no shade."""
    enough = [u for u in snapshot.tables["outcomes"] if u["unit_code"] and u["resolved"] >= SMALL_SAMPLE]
    return Shading(title=words("Tỷ lệ trễ 30 ngày"), most=SHADE_FULL, values={u["unit_code"]: 100 * u["late"] / u["resolved"] for u in enough},
                   texts={u["unit_code"]: words("{share} trễ ({late} / {n})", share=words.share(u["late"], u["resolved"]),
                                                late=words.number(u["late"]), n=words.number(u["resolved"])) for u in enough})


def charts(snapshot: Snapshot, words: Words, profile: Profile) -> dict[str, Drawing]:
    tables, trend = snapshot.tables, whole_days(snapshot, "trend")
    stages = {r["state"]: r["dossiers"] for r in tables["stages"]}
    causes = sorted((r for r in tables["causes"] if r["late"]), key=lambda r: -r["late"])
    return {
        "trend": Chart(kind="time", title=words("Tiếp nhận và giải quyết theo ngày"), guests=True, x=[r["day"] for r in trend], series=(
            Series(name=words("Tiếp nhận"), role="in", values=[r["received"] for r in trend]),
            Series(name=words("Đã giải quyết"), role="out", values=[r["resolved"] for r in trend]))),
        "ageing": Chart(kind="bars", title=words("Quá hạn theo số ngày làm việc"), guests=True,
                        x=[bucket_name(r["bucket"], words) for r in tables["ages"]],
                        series=(Series(name=words("Quá hạn"), role="bad", values=[r["dossiers"] for r in tables["ages"]]),)),
        "outcomes": _outcomes(named(snapshot, "outcomes", words, profile), words),
        "stages": Chart(kind="ranks", title=words("Hồ sơ đang nằm ở đâu"), guests=True, x=[words(label) for label in STAGES.values()],
                        series=(Series(name=words("Hồ sơ"), role="in", values=[stages.get(state, 0) for state in STAGES]),)),
        "causes": Chart(kind="ranks", title=words("Nguyên nhân trễ, 30 ngày"), guests=True, x=[words(CAUSES[r["cause"]]) for r in causes],
                        series=(Series(name=words("Hồ sơ trễ"), role="bad", values=[r["late"] for r in causes]),)),
        "months": _by_month(tables["months"], words),
    }


def _outcomes(units: Named, words: Words) -> Parts:
    """Where most are late comes first; who had few results is in no ranking."""
    enough = [r for r in units if r[1]["resolved"] >= SMALL_SAMPLE]
    ranked = sorted(enough, key=lambda r: (-r[1]["late"] / r[1]["resolved"], -r[1]["resolved"]))[:MOST_UNITS]
    return Parts(title=words("Kết quả theo đơn vị, 30 ngày"), rows=short([name for name, _ in ranked]), parts=[
        Series(name=words(label), role=role, values=[u[key] for _, u in ranked])
        for key, label, role in OUTCOMES])


def _by_month(months: Sequence[Mapping[str, Any]], words: Words) -> Months:
    return Months(title=words("Đúng hẹn và tiếp nhận, 13 tháng"), guests=True, target=ON_TIME_FLOOR,
                  months=[f"{date.fromisoformat(m['month']):%m/%y}" for m in months],
                  rates=[100 * m["in_time"] / m["resolved"] if m["resolved"] >= SMALL_SAMPLE else None for m in months],
                  rate_name=words("Tỷ lệ đúng hẹn (%)"), counts=[m["received"] for m in months], count_name=words("Tiếp nhận"))
