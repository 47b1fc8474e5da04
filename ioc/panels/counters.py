"""Quầy tiếp nhận và camera Bộ phận Một cửa: who waits how long, which desks are staffed, which cameras see. Counts only."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from ioc.clock import LOCAL, local_day
from ioc.moment import Moment
from ioc.panels._camera_conditions import counted
from ioc.panels._counters_pictures import LONG_QUEUE, LONG_WAIT_MIN, charts, lists, point
from ioc.panels.engine.contract import Definition, Face, Figures, Number, Rows, Snapshot, Spec, Take, rate
from ioc.panels.engine.take import definitions_of
from ioc.panels.engine.wording import labelled
from ioc.profiles import Profile
from ioc.words import Words

LEAST_WAITS = 5
"""Calls from which a mean wait says something about a point (CT-01 of the alert rules)."""


@dataclass(frozen=True, slots=True)
class CameraRow:
    camera_id: str
    unit_code: str
    point_id: str | None
    online: bool | None
    status_at: datetime | None
    waiting: int | None
    staff_present: int | None
    condition: str | None = None


@dataclass(frozen=True, slots=True)
class QueueRow:
    point_id: str
    unit_code: str
    waiting: int
    desks: int
    longest_since: datetime | None


@dataclass(frozen=True, slots=True)
class WaitRow:
    point_id: str
    unit_code: str
    waited: int
    wait_s: int


@dataclass(frozen=True, slots=True)
class DayRow:
    day: date
    waited: int
    wait_s: int
    called: int
    rated: int
    satisfied: int


@dataclass(frozen=True, slots=True)
class HourRow:
    hour: datetime
    waiting: float | None


@dataclass(frozen=True, slots=True)
class TrafficRow:
    vehicles: int | None


@dataclass(frozen=True, slots=True)
class UptimeRow:
    online: int
    status: int


TAKES = {
    "wait_today": Take(of="counters.wait_minutes", against="yesterday", target=LONG_WAIT_MIN, label="Chờ trung bình hôm nay (phút)"),
    "service_today": Take(of="counters.service_minutes", against="yesterday", label="Phục vụ trung bình hôm nay (phút)"),
    "tickets_today": Take(of="counters.transactions", against="yesterday", label="Lượt giao dịch hôm nay"),
    "waiting_over_15": Take(of="counters.waiting_over_15", target=0),
    "desks_open": Take(of="counters.desks_open"),
    "satisfied_month": Take(of="counters.satisfied_rate", period="month", against="year", target=90, label="Hài lòng trong tháng"),
    "response_month": Take(of="counters.response_rate", period="month", against="year", label="Có đánh giá trong tháng"),
}
_OWN = {
    "waiting": Definition(label="Người đang chờ", basis="thiết kế", rows="points",
                          formula="tổng số người chờ camera đếm được trong 3 phút qua (hoặc như nguồn cam kết); nhiều camera một điểm: số lớn nhất"),
    "peak": Definition(label="Người chờ giờ cao điểm", formula="trung bình giờ đông nhất của ngày làm việc đang hiện", basis="thiết kế",
                       rows="hours"),
    "crowded": Definition(label="Điểm đông", formula="số điểm có từ 15 người chờ", basis="thiết kế (CT-03)", rows="points"),
    "staffed": Definition(label="Quầy có cán bộ trực", formula="điểm có cán bộ / điểm camera đang đếm", basis="thiết kế", rows="points"),
    "online": Definition(label="Camera hoạt động", formula="báo có hình trong 10 phút qua (hoặc như nguồn cam kết) / nghe được trong 7 ngày",
                         basis="thiết kế (CT-04)", rows="lost"),
    "offline": Definition(label="Camera mất tín hiệu", formula="camera không báo hoặc báo mất hình", basis="thiết kế (CT-04)", rows="lost"),
    "uptime_today": Definition(label="Tỷ lệ hoạt động hôm nay", formula="lượt báo có hình / lượt báo trong ngày", basis="thiết kế, mục tiêu 95%"),
    "vehicles_hour": Definition(label="Lượt xe giờ này", formula="tổng lượt xe camera giao thông đếm được từ đầu giờ", basis="thiết kế"),
}
DEFINITIONS = definitions_of(TAKES, _OWN)

SPEC = Spec(
    key="counters",
    number=2,
    title="Quầy tiếp nhận và camera Bộ phận Một cửa",
    short="Quầy và camera",
    streams=("counter", "camera"),
    rows={"cameras": CameraRow, "queues": QueueRow, "waits": WaitRow, "days": DayRow, "hours": HourRow, "traffic": TrafficRow, "uptime": UptimeRow},
    takes=TAKES,
    definitions=_OWN,
    slow=("waits", "days", "hours", "traffic", "uptime"),
    charts=("waiting", "wait", "points", "weeks"),
    has_map=True,
)

_SHOWN = ("wait_today", "tickets_today", "waiting_over_15", "desks_open", "staffed", "online", "satisfied_month", "response_month")


def snapshot(rows: Rows, moment: Moment, profile: Profile) -> Figures:
    """Figures of the panel; a point that no camera counts is left out, not counted as empty."""
    cameras: Sequence[CameraRow] = rows["cameras"]
    uptime: UptimeRow = rows["uptime"][0]
    open_hours = _open_hours(rows["hours"], profile)
    shown = _hours(open_hours)
    counting = _once(c for c in cameras if c.waiting is not None)
    seeing = sum(bool(c.online) for c in cameras)
    numbers = {
        "waiting": Number(value=sum(c.waiting or 0 for c in counting) if counting else None, unit="people", as_of=moment.at),
        "crowded": Number(value=sum((c.waiting or 0) >= LONG_QUEUE for c in counting) if counting else None, unit="sites", as_of=moment.at),
        "staffed": rate(sum((c.staff_present or 0) > 0 for c in counting), len(counting), moment.at),
        "online": rate(seeing, len(cameras), moment.at),
        "offline": Number(value=len(cameras) - seeing, unit="cameras", as_of=moment.at),
        "uptime_today": rate(uptime.online, uptime.status, moment.at),
        "vehicles_hour": Number(value=rows["traffic"][0].vehicles, unit="vehicles", as_of=moment.at),
        "peak": Number(value=max((h["waiting"] for h in shown if h["waiting"] is not None), default=None), unit="people", as_of=moment.at),
    }
    desks = _desks(rows["queues"], rows["waits"], moment)
    points: list[dict[str, Any]] = [
        {"point_id": c.point_id, "unit_code": c.unit_code, "waiting": c.waiting, "staff_present": c.staff_present, "seen_at": c.status_at,
         "wait_min": desks.get(c.point_id or "", {}).get("wait_min")}
        for c in sorted(counting, key=lambda c: (-(c.waiting or 0), c.camera_id))
    ]
    lost = sorted((c for c in cameras if not c.online), key=lambda c: (c.status_at is not None, c.status_at or moment.at, c.camera_id))
    return Figures(numbers=numbers, features=[*_points(desks, counting, profile), *_cameras(cameras, profile)], tables={
        "points": points, "hours": shown, "weeks": _weeks(open_hours),
        "days": [{"day": r.day.isoformat(), "waited": r.waited, "wait_s": r.wait_s, "called": r.called, "rated": r.rated,
                  "satisfied": r.satisfied} for r in rows["days"]],
        "conditions": counted(c.condition for c in cameras),
        "lost": [{"point_id": c.point_id, "unit_code": c.unit_code, "seen_at": c.status_at, "says_so": c.online is False} for c in lost],
    })


def _desks(queues: Sequence[QueueRow], waits: Sequence[WaitRow], moment: Moment) -> dict[str, dict[str, Any]]:
    """What tickets tell of each point: how many wait, how many desks are open, the mean wait of the day, the longest of those who wait now."""
    found: dict[str, dict[str, Any]] = {}
    for w in waits:
        found[w.point_id] = {"queue": 0, "desks": 0, "waited": w.waited, "wait_min": round(w.wait_s / w.waited / 60, 1), "longest_min": None}
    for q in queues:
        held = found.setdefault(q.point_id, {"waited": 0, "wait_min": None})
        longest = round((moment.at - q.longest_since).total_seconds() / 60, 1) if q.longest_since else None
        held |= {"queue": q.waiting, "desks": q.desks, "longest_min": longest}
    return found


def _once(counting: Iterable[CameraRow]) -> list[CameraRow]:
    """One row a point: where several cameras see it, the most that any of them sees. Two that see one hall do not see twice as many."""
    points: dict[str, CameraRow] = {}
    for row in counting:
        key = row.point_id or row.camera_id
        before = points.get(key, row)
        points[key] = replace(before, waiting=max(before.waiting or 0, row.waiting or 0),
                              staff_present=max(before.staff_present or 0, row.staff_present or 0))
    return list(points.values())


def _points(desks: Mapping[str, Mapping[str, Any]], counting: Sequence[CameraRow], profile: Profile) -> list[dict[str, Any]]:
    seen = {c.point_id: c.waiting for c in counting}
    return [_feature("point", p.code, [p.lon_deg, p.lat_deg], {
                "state": _state(desks.get(p.code), seen.get(p.code)), "point_id": p.code, "unit_code": p.unit_code, "waiting": seen.get(p.code),
                **{key: desks.get(p.code, {}).get(key) for key in ("queue", "desks", "wait_min", "waited")}})
            for p in profile.points if p.kind == "counter"]


def _state(desk: Mapping[str, Any] | None, seen: int | None) -> str:
    """'late': people wait longer than they should; 'due': many wait; 'offline': neither tickets nor a camera tell anything."""
    if desk and ((desk["waited"] >= LEAST_WAITS and desk["wait_min"] > LONG_WAIT_MIN) or (desk["longest_min"] or 0) > LONG_WAIT_MIN):
        return "late"
    if desk is None and seen is None:
        return "offline"
    return "due" if max(seen or 0, desk["queue"] if desk else 0) >= LONG_QUEUE else "open"


def _cameras(cameras: Sequence[CameraRow], profile: Profile) -> list[dict[str, Any]]:
    places = {p.code: p for p in profile.points}
    return [_feature("camera", c.camera_id, [p.lon_deg, p.lat_deg], {
                "state": "open" if c.online else "offline", "point_id": p.code, "unit_code": p.unit_code, "seen_at": c.status_at})
            for c in cameras if c.point_id and (p := places.get(c.point_id))]


def _feature(kind: str, subject: str, at: Sequence[float], properties: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": "Feature", "id": f"{kind}/{subject}", "geometry": {"type": "Point", "coordinates": list(at)},
            "properties": {"kind": kind, **properties}}


def _open_hours(rows: Sequence[HourRow], profile: Profile) -> dict[date, dict[int, float]]:
    by_day: dict[date, dict[int, float]] = {}
    for r in rows:
        if r.waiting is not None and profile.is_open(r.hour + timedelta(minutes=30)):
            by_day.setdefault(local_day(r.hour), {})[r.hour.astimezone(LOCAL).hour] = round(r.waiting, 1)
    return by_day


def _hours(by_day: Mapping[date, Mapping[int, float]]) -> list[dict[str, Any]]:
    """Hours 06–18 of the day, or, while it has no open hour yet, of the last day that had; with the working day before it."""
    days = sorted(by_day, reverse=True)[:2]
    if not days:
        return []
    day, before = days[0], days[1] if len(days) > 1 else None
    return [
        {"day": day.isoformat(), "before_day": before.isoformat() if before else None, "hour": hour,
         "waiting": by_day[day].get(hour), "before": by_day[before].get(hour) if before else None}
        for hour in range(6, 19)
    ]


def _weeks(by_day: Mapping[date, Mapping[int, float]]) -> list[dict[str, Any]]:
    """Mean number of people waiting by weekday (0 = Monday) and hour, over the days that were counted."""
    told: dict[tuple[int, int], list[float]] = {}
    for day, hours in by_day.items():
        for hour, waiting in hours.items():
            told.setdefault((day.weekday(), hour), []).append(waiting)
    return [{"weekday": weekday, "hour": hour, "waiting": round(sum(values) / len(values), 1), "days": len(values)}
            for (weekday, hour), values in sorted(told.items())]


def render(snapshot: Snapshot, words: Words, profile: Profile) -> Face:
    """The panel in words. The card names no unit: from a camera alone that would accuse it (domain §0.4)."""
    numbers, hours = snapshot.numbers, snapshot.tables["hours"]
    open_now, offline = profile.is_open(snapshot.at), int(numbers["offline"].value or 0)
    day = date.fromisoformat(hours[0]["day"]) if hours else snapshot.day
    return Face(
        headline=words.number(numbers["waiting" if open_now else "peak"].value),
        headline_unit=words("người đang chờ") if open_now else words("người chờ, giờ cao điểm {day}", day=words.day(day)),
        of="waiting" if open_now else "peak",
        comparison=words("{n} camera mất tín hiệu", n=words.number(offline)) if offline else words("Mọi camera có tín hiệu"),
        turn="worse" if offline else "",
        sentence=_sentence(numbers["crowded"].value, words, open_now=open_now),
        numbers=labelled(DEFINITIONS, numbers, _SHOWN, words),
        charts=charts(snapshot, day, words, profile),
        lists=lists(snapshot, words, profile),
    )


def _sentence(crowded: float | None, words: Words, *, open_now: bool) -> str:
    if not open_now:
        return words("Ngoài giờ làm việc: số liệu ngày làm việc gần nhất")
    return words("Không camera nào đang đếm") if crowded is None else words("{n} điểm có từ 15 người chờ", n=words.number(crowded))


__all__ = ["SPEC", "point", "render", "snapshot"]
