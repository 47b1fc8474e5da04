"""The pictures of panel 7: sources and portals by hour, services, how long events take and how many wait."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from ioc.clock import LOCAL
from ioc.panels._platform_grid import cell_value
from ioc.panels.engine.chart import Chart, Series
from ioc.panels.engine.charts.heat import Heat
from ioc.panels.engine.contract import Snapshot
from ioc.words import Words

NAMES = {"portal": "Cổng thông tin điện tử", "service-portal": "Cổng dịch vụ công", "national-portal": "Cổng dịch vụ công quốc gia",
         "population-db": "CSDL quốc gia về dân cư", "civil-status": "Hộ tịch điện tử", "enterprise-register": "Đăng ký doanh nghiệp"}
"""What is watched, by the id that the monitor gives it; another one goes by its id."""
FAILING_PCT, ENOUGH_CALLS = 5, 50
"""From when on a service is drawn as failing (rule DP-03)."""
MOST_ROWS = 8


def source_name(source: Mapping[str, Any], words: Words) -> str:
    """What the profile calls a source."""
    return str(source["name_en"] if words.language == "en" else source["name"])


def _watched(code: str, words: Words) -> str:
    return words(NAMES[code]) if code in NAMES else code


def _local_hours(rows: Sequence[Mapping[str, Any]]) -> list[datetime]:
    return [hour.astimezone(LOCAL) for hour in dict.fromkeys(r["hour"] for r in rows)]


def sources(snapshot: Snapshot, words: Words) -> Heat:
    """The worst source on top; × = too little came, dark or empty = nothing was due."""
    cells = snapshot.tables["grid"]
    by_source: dict[tuple[str, str], list[Mapping[str, Any]]] = {}
    for c in cells:
        by_source.setdefault((c["stream"], c["source"]), []).append(c)
    shown = [s for s in snapshot.tables["sources"] if (s["stream"], s["source"]) in by_source]
    rows = [by_source[s["stream"], s["source"]] for s in shown]
    return Heat(title=words("Nguồn theo giờ (×: không đủ như cam kết; trống: chưa đến hạn)"), rows=[source_name(s, words) for s in shown],
                columns=[f"{h:%H}" for h in _local_hours(cells)], values=[[cell_value(c) for c in row] for row in rows],
                texts=[["×" if c["state"] == "late" else "" for c in row] for row in rows], alarm=2, most=2)


def portals(snapshot: Snapshot, words: Words) -> Heat:
    """Portals by hour; the cell of an hour with unanswered probes says how many."""
    cells = snapshot.tables["portals"]
    names = list(dict.fromkeys(c["portal"] for c in cells))[:MOST_ROWS]
    rows = [[c for c in cells if c["portal"] == name] for name in names]
    return Heat(title=words("Cổng theo giờ (số: lượt hỏng)"), rows=[_watched(name, words) for name in names], guests=True, alarm=2, most=2,
                columns=[f"{h:%H}" for h in _local_hours(cells)],
                values=[[None if not c["probes"] else 2.0 if c["down"] else 1.0 for c in row] for row in rows],
                texts=[[words.number(c["down"]) if c["down"] else "" for c in row] for row in rows])


def services(snapshot: Snapshot, words: Words) -> Heat:
    """A service's share of errors and slowest p95; the errors alone can be an alarm."""
    found = snapshot.tables["services"][:MOST_ROWS]
    return Heat(title=words("LGSP theo dịch vụ, 24 giờ"), rows=[_watched(s["service"], words) for s in found],
                columns=[words("Lỗi"), words("p95, ms")], alarm=2, most=2,
                values=[[2.0 if _failing(s) else 0.0, 0.0 if s["p95_ms"] is not None else None] for s in found],
                texts=[[words.share(s["errors"], s["calls"]), words.number(s["p95_ms"])] for s in found])


def _failing(service: Mapping[str, Any]) -> bool:
    return bool(service["calls"] >= ENOUGH_CALLS and 100 * service["errors"] > FAILING_PCT * service["calls"])


def delay(snapshot: Snapshot, words: Words) -> Chart:
    rows = snapshot.tables["flow"]
    slowest = max((r["delay_p95_s"] for r in rows if r["delay_p95_s"] is not None), default=0.0)
    unit, size = next((u for u in (("giờ", 3600), ("phút", 60)) if slowest >= 3 * u[1]), ("giây", 1))
    return Chart(kind="bars", title=words("Độ trễ tiếp nhận p95, {unit}", unit=words(unit)), guests=True,
                 x=[f"{h:%H}" for h in _local_hours(rows)], series=(Series(name=words("Nguồn chậm nhất"), role="warn",
                                values=[None if (d := r["delay_p95_s"]) is None else round(d / size, 2) for r in rows]),))


def lag(snapshot: Snapshot, words: Words) -> Chart:
    rows = snapshot.tables["flow"]
    return Chart(kind="bars", title=words("Sự kiện chờ đọc theo giờ"), x=[f"{h:%H}" for h in _local_hours(rows)], guests=True,
                 series=(Series(name=words("Chờ đọc"), role="in", values=[r["lag"] for r in rows]),))
