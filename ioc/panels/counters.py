"""Quầy tiếp nhận và camera Bộ phận Một cửa: who waits where, which counters are staffed, which cameras see. Counts only."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from ioc.clock import LOCAL, local_day
from ioc.moment import Moment
from ioc.panels.engine.chart import Chart, Series
from ioc.panels.engine.contract import Column, Definition, Face, Figures, Number, Rows, Snapshot, Spec, rate
from ioc.panels.engine.wording import labelled
from ioc.profiles import Profile
from ioc.words import Words

LONG_QUEUE = 15
"""People waiting from which a point counts as crowded (CT-03 of the alert rules, per open counter)."""


@dataclass(frozen=True, slots=True)
class CameraRow:
    camera_id: str
    unit_code: str
    point_id: str | None
    online: bool | None
    status_at: datetime | None
    waiting: int | None
    staff_present: int | None


@dataclass(frozen=True, slots=True)
class HourRow:
    hour: datetime
    waiting: float | None
    vehicles: int | None


@dataclass(frozen=True, slots=True)
class UptimeRow:
    online: int
    status: int


SPEC = Spec(
    key="counters",
    number=2,
    title="Quầy tiếp nhận và camera Bộ phận Một cửa",
    streams=("camera",),
    rows={"cameras": CameraRow, "hours": HourRow, "uptime": UptimeRow},
    definitions={
        "waiting": Definition(label="Người đang chờ", formula="tổng số người chờ camera đếm được trong 3 phút qua (hoặc như nguồn cam kết)",
                              basis="thiết kế"),
        "peak": Definition(label="Người chờ giờ cao điểm", formula="trung bình giờ đông nhất của ngày làm việc đang hiện", basis="thiết kế"),
        "crowded": Definition(label="Điểm đông", formula="số điểm có từ 15 người chờ", basis="thiết kế (CT-03)"),
        "staffed": Definition(label="Quầy có cán bộ trực", formula="điểm có cán bộ / điểm camera đang đếm", basis="thiết kế"),
        "online": Definition(label="Camera hoạt động", formula="báo có hình trong 10 phút qua (hoặc như nguồn cam kết) / nghe được trong 7 ngày",
                             basis="thiết kế (CT-04)"),
        "offline": Definition(label="Camera mất tín hiệu", formula="camera không báo hoặc báo mất hình", basis="thiết kế (CT-04)"),
        "uptime_today": Definition(label="Tỷ lệ hoạt động hôm nay", formula="lượt báo có hình / lượt báo trong ngày", basis="thiết kế, mục tiêu 95%"),
        "vehicles_hour": Definition(label="Lượt xe giờ này", formula="tổng lượt xe camera giao thông đếm được từ đầu giờ", basis="thiết kế"),
    },
    charts=("waiting", "points"),
)

_SHOWN = ("crowded", "staffed", "online", "offline", "uptime_today", "vehicles_hour")


def snapshot(rows: Rows, moment: Moment, profile: Profile) -> Figures:
    """Figures of the panel; a point that no camera counts is left out, not counted as empty."""
    cameras: Sequence[CameraRow] = rows["cameras"]
    hours: Sequence[HourRow] = rows["hours"]
    uptime: UptimeRow = rows["uptime"][0]
    shown = _hours(hours, profile)
    counting = [c for c in cameras if c.waiting is not None]
    seeing = sum(bool(c.online) for c in cameras)
    this_hour = moment.instant.replace(minute=0, second=0, microsecond=0)
    vehicles = [h.vehicles for h in hours if h.hour == this_hour and h.vehicles is not None]
    numbers = {
        "waiting": Number(value=sum(c.waiting or 0 for c in counting) if counting else None, unit="people", as_of=moment.at),
        "crowded": Number(value=sum((c.waiting or 0) >= LONG_QUEUE for c in counting) if counting else None, unit="points", as_of=moment.at),
        "staffed": rate(sum((c.staff_present or 0) > 0 for c in counting), len(counting), moment.at),
        "online": rate(seeing, len(cameras), moment.at),
        "offline": Number(value=len(cameras) - seeing, unit="cameras", as_of=moment.at),
        "uptime_today": rate(uptime.online, uptime.status, moment.at),
        "vehicles_hour": Number(value=vehicles[0] if vehicles else None, unit="vehicles", as_of=moment.at),
        "peak": Number(value=max((h["waiting"] for h in shown if h["waiting"] is not None), default=None), unit="people", as_of=moment.at),
    }
    points: list[dict[str, Any]] = [
        {"point_id": c.point_id, "unit_code": c.unit_code, "waiting": c.waiting, "staff_present": c.staff_present}
        for c in sorted(counting, key=lambda c: (-(c.waiting or 0), c.camera_id))
    ]
    return Figures(numbers=numbers, tables={"points": points, "hours": shown})


def _hours(rows: Sequence[HourRow], profile: Profile) -> list[dict[str, Any]]:
    """Hours 06–18 of the day, or, while it has no open hour yet, of the last day that had; with the working day before it."""
    by_day: dict[date, dict[int, float]] = {}
    for r in rows:
        if r.waiting is not None and profile.is_open(r.hour + timedelta(minutes=30)):
            by_day.setdefault(local_day(r.hour), {})[r.hour.astimezone(LOCAL).hour] = round(r.waiting, 1)
    days = sorted(by_day, reverse=True)[:2]
    if not days:
        return []
    day, before = days[0], days[1] if len(days) > 1 else None
    return [
        {"day": day.isoformat(), "before_day": before.isoformat() if before else None, "hour": hour,
         "waiting": by_day[day].get(hour), "before": by_day[before].get(hour) if before else None}
        for hour in range(6, 19)
    ]


def render(snapshot: Snapshot, words: Words, profile: Profile) -> Face:
    """The panel in words. The card names no unit: from a camera alone that would accuse it (domain §0.4)."""
    numbers, points, hours = snapshot.numbers, snapshot.tables["points"], snapshot.tables["hours"]
    open_now, offline = profile.is_open(snapshot.at), int(numbers["offline"].value or 0)
    day = date.fromisoformat(hours[0]["day"]) if hours else snapshot.day
    named = [(_point_name(p, snapshot.day, words, profile), p) for p in points[:10]]
    return Face(
        headline=words.number(numbers["waiting" if open_now else "peak"].value),
        headline_unit=words("người đang chờ") if open_now else words("người chờ, giờ cao điểm {day}", day=words.day(day)),
        comparison=words("{n} camera mất tín hiệu", n=words.number(offline)) if offline else words("Mọi camera có tín hiệu"),
        turn="worse" if offline else "",
        sentence=_sentence(numbers["crowded"].value, words, open_now=open_now),
        numbers=labelled(SPEC, numbers, _SHOWN, words),
        charts={"waiting": _by_hour(hours, day, words), "points": Chart(
            kind="ranks", title=words("Người đang chờ theo điểm"), x=[name for name, _ in named], series=(
                Series(name=words("Đang chờ"), role="in", values=[p["waiting"] for _, p in named]),))},
        lists=((words("Điểm tiếp nhận"), (
            Column(key="unit", label=words("Đơn vị"), number=False), Column(key="waiting", label=words("Đang chờ")),
            Column(key="staff", label=words("Cán bộ trực"))),
            [{"unit": name, "waiting": words.number(p["waiting"]), "staff": words.number(p["staff_present"])} for name, p in named]),),
    )


def _sentence(crowded: float | None, words: Words, *, open_now: bool) -> str:
    if not open_now:
        return words("Ngoài giờ làm việc: số liệu ngày làm việc gần nhất")
    return words("Không camera nào đang đếm") if crowded is None else words("{n} điểm có từ 15 người chờ", n=words.number(crowded))


def _point_name(point: dict[str, Any], day: date, words: Words, profile: Profile) -> str:
    """The unit's name, as a reader looks for it; the point's own where the unit has several."""
    own = {p.code: p for p in profile.points if p.kind == "counter" and p.unit_code == point["unit_code"]}
    named = own.get(point["point_id"]) if len(own) > 1 else None
    if named is None:
        return profile.unit_name(point["unit_code"], day, words.language)
    return named.name_en if words.language == "en" else named.name


def _by_hour(hours: Sequence[dict[str, Any]], day: date, words: Words) -> Chart:
    before = hours[0]["before_day"] if hours else None
    series = [Series(name=words.day(day), role="in", values=[h["waiting"] for h in hours])]
    if before:
        series.insert(0, Series(name=words.day(date.fromisoformat(before)), role="base", values=[h["before"] for h in hours]))
    return Chart(kind="bars", title=words("Người chờ trung bình theo giờ"), x=[f"{h['hour']:02d}" for h in hours], series=series)
