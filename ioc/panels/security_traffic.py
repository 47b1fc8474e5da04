"""An ninh trật tự và an toàn giao thông: what is open now, how fast help comes, when and where it happens. No address, no person."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any

from ioc.moment import Moment
from ioc.panels._camera_conditions import ConditionRow, listing
from ioc.panels._incident_map import BLACK_SPOT, IncidentRow, RoadRow, SpotRow, incident_points, point, road_points, spot_points
from ioc.panels.engine.casualties import FEW
from ioc.panels.engine.chart import Chart, Series
from ioc.panels.engine.charts.heat import Heat
from ioc.panels.engine.contract import Column, Definition, Face, Figures, Listing, Number, Rows, Shown, Snapshot, Spec, Take
from ioc.panels.engine.take import definitions_of
from ioc.panels.engine.wording import compared, labelled
from ioc.profiles import Profile
from ioc.words import Words

MOST = 6
"""Units that a chart has room to name."""
CASUALTIES = frozenset({"dead", "injured"})
OF_THE_YEAR = CASUALTIES | {"accidents"}
"""What is compared with the same period of the year before."""


@dataclass(frozen=True, slots=True)
class HeatRow:
    weekday: int
    hour: int
    incidents: int


@dataclass(frozen=True, slots=True)
class WeekRow:
    week: date
    arrived: int
    arrive_min: float | None
    arrive_p90_min: float | None
    dispatch_min: float | None


@dataclass(frozen=True, slots=True)
class DetectionRow:
    kind: str
    waiting: int
    over_a_day: int
    oldest_at: datetime


@dataclass(frozen=True, slots=True)
class TargetRow:
    arrive_min: float


TAKES = {
    "open": Take(of="security_traffic.open", against="yesterday"),
    "serious": Take(of="security_traffic.open_serious", against="yesterday"),
    "reported_today": Take(of="security_traffic.reported", against="yesterday", label="Tin báo hôm nay"),
    "reported_month": Take(of="security_traffic.reported", period="month", against="year", label="Tin báo trong tháng"),
    "accidents": Take(of="security_traffic.cases_accident", period="month", against="year", label="Vụ tai nạn trong tháng"),
    "dead": Take(of="security_traffic.dead", period="month", against="year", label="Người chết trong tháng", guests=False),
    "injured": Take(of="security_traffic.injured", period="month", against="year", label="Người bị thương trong tháng", guests=False),
    "arrive": Take(of="security_traffic.arrive_minutes", period="month", against="before", label="Phút tới hiện trường"),
    "cameras": Take(of="security_traffic.cameras_online_rate"),
    "security_cameras": Take(of="security_traffic.cameras_security_online_rate"),
    "traffic_cameras": Take(of="security_traffic.cameras_traffic_online_rate"),
    "counter_cameras": Take(of="security_traffic.cameras_counter_online_rate"),
}
OWN = {
    "unreviewed": Definition(label="Phát hiện chờ xác nhận", formula="phát hiện của camera trong 30 ngày, chưa có người xem lại",
                             basis="thiết kế (ST-06)", rows="detections", guests=False),
    "congested": Definition(label="Tuyến đường ùn tắc", formula="tốc độ 10 phút qua dưới 30% tốc độ thông thoáng", basis="thiết kế (ST-02)"),
    "black_spots": Definition(label="Đơn vị có điểm đen tai nạn", formula="đơn vị có một ô 250 m từ 3 vụ tai nạn giao thông trong 90 ngày",
                              basis="thiết kế", rows="spots", guests=False),
}
DEFINITIONS = definitions_of(TAKES, OWN)

__all__ = ["SPEC", "point", "render", "snapshot"]

SPEC = Spec(
    key="security_traffic",
    number=6,
    title="An ninh trật tự và an toàn giao thông",
    short="An ninh, giao thông",
    streams=("incident", "camera"),
    rows={"open_incidents": IncidentRow, "roads": RoadRow, "heat": HeatRow, "weeks": WeekRow, "spots": SpotRow, "detections": DetectionRow,
          "conditions": ConditionRow, "target": TargetRow},
    definitions=OWN,
    takes=TAKES,
    charts=("heat", "response", "spots", "cameras"),
    slow=("roads", "heat", "weeks", "spots", "detections"),
    has_map=True,
)

_SHOWN = ("serious", "reported_today", "accidents", "dead", "injured", "arrive", "cameras", "unreviewed")


def snapshot(rows: Rows, moment: Moment, profile: Profile) -> Figures:
    """Figures of the panel, by unit, and its map."""
    opened: Sequence[IncidentRow] = rows["open_incidents"]
    roads: Sequence[RoadRow] = rows["roads"]
    spots: Sequence[SpotRow] = rows["spots"]
    detections: Sequence[DetectionRow] = rows["detections"]
    told = [r for r in roads if r.speed_kmh is not None and r.free_kmh is not None]
    numbers = {
        "unreviewed": Number(value=sum(r.waiting for r in detections), unit="detections", as_of=moment.at, better="down"),
        "congested": Number(value=sum(r.congested for r in told) if told else None, unit="roads", as_of=moment.at, better="down"),
        "black_spots": Number(value=sum((r.densest or 0) >= BLACK_SPOT for r in spots), unit="units", as_of=moment.at, better="down"),
    }
    tables = {
        "units": _units(opened, moment.at),
        **{name: [asdict(row) for row in rows[name]] for name in ("spots", "heat", "weeks", "detections", "conditions")},
    }
    return Figures(numbers=numbers, tables=tables, targets={"arrive": rows["target"][0].arrive_min} if rows["target"] else {},
                   features=[*incident_points(opened, moment, profile), *road_points(roads, profile), *spot_points(spots)])


def _units(opened: Sequence[IncidentRow], at: datetime) -> list[dict[str, Any]]:
    """Units with open incidents, the one that waits longest first."""
    by_unit: dict[str, list[IncidentRow]] = defaultdict(list)
    for row in opened:
        by_unit[row.unit_code].append(row)
    found = [{"unit_code": code, "open": len(of), "serious": sum(r.serious for r in of),
              "oldest_min": (at - min(r.reported_at for r in of)) // timedelta(minutes=1)} for code, of in by_unit.items()]
    return sorted(found, key=lambda u: (-u["oldest_min"], u["unit_code"]))


def render(snapshot: Snapshot, words: Words, profile: Profile) -> Face:
    """The panel in words: what is grave and where comes first."""
    numbers, tables = snapshot.numbers, snapshot.tables
    units, spots = ([(profile.unit_name(u["unit_code"], snapshot.day, words.language), u) for u in tables[name]] for name in ("units", "spots"))
    change = compared(numbers["open"], words)
    none = words("Không có vụ nghiêm trọng")
    name, worst = max(units, key=lambda named: named[1]["serious"], default=("", {"serious": 0}))
    serious = sum(u["serious"] for _, u in units)
    return Face(
        headline=words.number(numbers["open"].value), headline_unit=words("vụ đang xử lý"), of="open",
        comparison=change.text, trend=change.trend, turn=change.turn,
        sentence=words("{unit}: {n} vụ nghiêm trọng", unit=name, n=words.number(worst["serious"])) if serious else none,
        guest_sentence=words("{n} vụ nghiêm trọng", n=words.number(serious)) if serious else none,
        numbers=[_worded(shown, numbers, words) for shown in labelled(DEFINITIONS, numbers, _SHOWN, words)],
        charts={"heat": _by_hour(tables["heat"], words), "response": _response(tables["weeks"], numbers["arrive"].target, words),
                "spots": _by_accidents(spots, words), "cameras": _by_kind(numbers, words)},
        lists=(*_lists(units, spots, words), *listing(tables.get("conditions", ()), words)),
    )


def _worded(shown: Shown, numbers: Mapping[str, Number], words: Words) -> Shown:
    """Few dead or injured are not told by their count (domain notes §0.16); a month without one call was not told, and is nothing to compare with."""
    if shown.key not in OF_THE_YEAR:
        return shown
    number = numbers[shown.key]
    least = FEW if shown.key in CASUALTIES else 0
    then = number.then if numbers["reported_month"].then else None
    is_hidden = then is None or any(0 < n < least for n in (number.value or 0, then))
    beside = f"{words('cùng kỳ')}: {words('chưa có số liệu') if then is None else _from(least, then, words)}"
    return shown._replace(text=_from(least, number.value, words), beside=beside, turn="" if is_hidden else shown.turn)


def _from(least: int, value: float | None, words: Words) -> str:
    return f"<{least}" if value and value < least else words.number(value)


def _by_hour(rows: Sequence[Mapping[str, Any]], words: Words) -> Heat:
    found = {(r["weekday"], r["hour"]): r["incidents"] for r in rows}
    names = [words.weekday(day) for day in range(7)]
    values = [[found.get((day, hour), 0) if found else None for hour in range(24)] for day in range(1, 8)]
    return Heat(title=words("Vụ việc theo giờ và thứ, 13 tuần"), rows=names, columns=[str(hour) for hour in range(24)], values=values, guests=True)


def _response(weeks: Sequence[Mapping[str, Any]], target: float | None, words: Words) -> Chart:
    p90, p50, sent = ([r[key] for r in weeks] for key in ("arrive_p90_min", "arrive_min", "dispatch_min"))
    return Chart(
        kind="time", title=words("Số phút từ khi nhận tin, theo tuần"), x=[r["week"].isoformat() for r in weeks], target=target, guests=True, series=(
            Series(name=words("9/10 vụ tới"), role="warn", values=p90), Series(name=words("Nửa số vụ tới"), role="in", values=p50),
            Series(name=words("Điều động"), role="out", values=sent)))


def _by_kind(numbers: Mapping[str, Number], words: Words) -> Chart:
    kinds = [(words("An ninh"), numbers["security_cameras"]), (words("Giao thông"), numbers["traffic_cameras"]),
             (words("Một cửa"), numbers["counter_cameras"])]
    told = [(name, n.numerator, n.denominator) for name, n in kinds if n.denominator and n.numerator is not None]
    return Chart(kind="stack", title=words("Camera theo loại"), x=[name for name, _, _ in told], guests=True, series=(
        Series(name=words("Trực tuyến"), role="out", values=[online for _, online, _ in told]),
        Series(name=words("Mất tín hiệu"), role="bad", values=[all_ - (online or 0) for _, online, all_ in told])))


def _by_accidents(named: Sequence[tuple[str, Mapping[str, Any]]], words: Words) -> Chart:
    return Chart(kind="ranks", title=words("Tai nạn giao thông theo đơn vị, 90 ngày"), x=[name for name, _ in named[:MOST]], series=(
        Series(name=words("Số vụ"), role="bad", values=[s["accidents"] for _, s in named[:MOST]]),))


def _lists(units: Sequence[tuple[str, Mapping[str, Any]]], spots: Sequence[tuple[str, Mapping[str, Any]]], words: Words) -> Sequence[Listing]:
    unit = Column(key="unit", label=words("Đơn vị"), number=False)
    waiting = (Column(key="oldest_min", label=words("Lâu nhất (phút)")), Column(key="open", label=words("Số vụ")),
               Column(key="serious", label=words("Nghiêm trọng")))
    dense = (Column(key="accidents", label=words("Số vụ")), Column(key="densest", label=words("Cùng một nơi")))
    return tuple(
        Listing(title=title, columns=(unit, *columns), rows=[
            {"unit": name, **{c.key: words.number(row[c.key]) for c in columns}} for name, row in named[:8]])
        for title, columns, named in ((words("Vụ việc đang xử lý theo đơn vị"), waiting, units),
                                      (words("Nơi nhiều tai nạn giao thông, 90 ngày"), dense, spots)))
