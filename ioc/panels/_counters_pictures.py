"""What the panel of the counters draws and lists: people waiting, waits, cameras, points of the map."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from ioc.clock import local_day
from ioc.panels._camera_conditions import listing
from ioc.panels.engine.chart import Chart, Series
from ioc.panels.engine.charts.heat import Heat
from ioc.panels.engine.contract import Column, Listing, Snapshot
from ioc.panels.engine.drawing import Drawing
from ioc.profiles import Profile
from ioc.words import Words

LONG_QUEUE = 15
"""People waiting from which a point counts as crowded (CT-03 of the alert rules, per open counter)."""
LONG_WAIT_MIN = 15.0
"""Minutes that nobody should wait longer than (QĐ 468/QĐ-TTg, from 2025)."""
MOST_POINTS = 6
"""As many as can be read in a quarter of a screen."""


def charts(snapshot: Snapshot, day: date, words: Words, profile: Profile) -> dict[str, Drawing]:
    tables = snapshot.tables
    named = [(_place(p, snapshot.day, words, profile), p) for p in tables["points"][:MOST_POINTS]]
    waits = tables["days"]
    return {
        "waiting": _by_hour(tables["hours"], day, words),
        "wait": Chart(kind="time", title=words("Phút chờ trung bình theo ngày"), guests=True, target=LONG_WAIT_MIN,
                      x=[r["day"] for r in waits],
                      series=(Series(name=words("Chờ trung bình"), role="in",
                                     values=[round(r["wait_s"] / r["waited"] / 60, 1) if r["waited"] else None for r in waits]),)),
        "points": Chart(kind="ranks", title=words("Người đang chờ theo điểm"), x=[name for name, _ in named], series=(
            Series(name=words("Đang chờ"), role="in", values=[p["waiting"] for _, p in named]),)),
        "weeks": _by_week(tables["weeks"], words),
    }


def _by_hour(hours: Sequence[Mapping[str, Any]], day: date, words: Words) -> Chart:
    before = hours[0]["before_day"] if hours else None
    series = [Series(name=words.day(day), role="in", values=[h["waiting"] for h in hours])]
    if before:
        series.insert(0, Series(name=words.day(date.fromisoformat(before)), role="base", values=[h["before"] for h in hours]))
    return Chart(kind="bars", title=words("Người chờ trung bình theo giờ"), guests=True, x=[f"{h['hour']:02d}" for h in hours], series=series)


def _by_week(cells: Sequence[Mapping[str, Any]], words: Words) -> Heat:
    """Only the weekdays and hours in which somebody counted: the rest is closed, not empty. Says how many days were counted: cameras may be new."""
    held = {(c["weekday"], c["hour"]): c["waiting"] for c in cells}
    days = sum(max(c["days"] for c in cells if c["weekday"] == weekday) for weekday in {c["weekday"] for c in cells})
    weekdays, hours = sorted({d for d, _ in held}), sorted({h for _, h in held})
    return Heat(title=words("Người chờ theo thứ và giờ, {days} ngày", days=days), guests=True, rows=[words.weekday(d) for d in weekdays],
                columns=[f"{h:02d}" for h in hours], values=[[held.get((d, h)) for h in hours] for d in weekdays],
                texts=[[words.number(held[d, h]) if (d, h) in held else "" for h in hours] for d in weekdays])


def lists(snapshot: Snapshot, words: Words, profile: Profile) -> tuple[Listing, ...]:
    """Points with most people waiting; cameras without a picture, the longest silent first; how many stand how, where their sources tell."""
    day, tables = snapshot.day, snapshot.tables
    return Listing(title=words("Điểm tiếp nhận"), columns=(
        Column(key="unit", label=words("Đơn vị"), number=False), Column(key="waiting", label=words("Đang chờ")),
        Column(key="staff", label=words("Cán bộ trực")), Column(key="wait", label=words("Chờ (phút)")),
        Column(key="seen", label=words("Tin lúc"))),
        rows=[{"unit": _place(p, day, words, profile), "waiting": words.number(p["waiting"]), "staff": words.number(p["staff_present"]),
               "wait": words.number(p["wait_min"], 1), "seen": words.time(_at(p["seen_at"]))} for p in tables["points"][:8]],
    ), Listing(title=words("Camera mất tín hiệu, lâu nhất trước"), columns=(
        Column(key="place", label=words("Nơi đặt"), number=False), Column(key="cause", label=words("Tình trạng"), number=False),
        Column(key="seen", label=words("Báo lần cuối"))),
        rows=[{"place": _place(p, day, words, profile), "cause": words("báo mất hình") if p["says_so"] else words("không báo"),
               "seen": _short_moment(p["seen_at"], words)} for p in tables["lost"][:8]]), *listing(tables.get("conditions", ()), words)


def _at(given: datetime | str | None) -> datetime | None:
    """A table's moment, also where the snapshot was sent as JSON."""
    return datetime.fromisoformat(given) if isinstance(given, str) else given


def _short_moment(given: datetime | str | None, words: Words) -> str:
    """Day and time: nothing on the list is older than a week."""
    at = _at(given)
    return words.time(at) if at is None else f"{words.time(at)} {words.day(local_day(at))}"


def _place(point: Mapping[str, Any], day: date, words: Words, profile: Profile) -> str:
    """The unit's name, as a reader looks for it; the point's own where the unit has several, or where it is a road."""
    own = {p.code: p for p in profile.points if p.unit_code == point["unit_code"] and (p.kind == "counter" or p.code == point["point_id"])}
    named = own.get(point["point_id"]) if len(own) > 1 or any(p.kind != "counter" for p in own.values()) else None
    if named is None:
        return profile.unit_name(point["unit_code"], day, words.language)
    return named.name_en if words.language == "en" else named.name


def point(properties: Mapping[str, Any], words: Words, profile: Profile, day: date) -> tuple[str, str]:
    """A one-stop point and how long people wait there, or a camera and whether it sees."""
    name = _place(properties, day, words, profile)
    if properties["kind"] == "camera":
        seen = _short_moment(properties["seen_at"], words)
        return name, words("Camera mất tín hiệu, báo lần cuối {at}", at=seen) if properties["state"] == "offline" else words("Camera có tín hiệu")
    told = []
    if properties["wait_min"] is not None:
        told.append(words("chờ trung bình {min} phút ({n} lượt)", min=words.number(properties["wait_min"], 1), n=words.number(properties["waited"])))
    if properties["queue"] is not None:
        told.append(words("{n} vé đang chờ, {desks} quầy mở", n=words.number(properties["queue"]), desks=words.number(properties["desks"])))
    if properties["waiting"] is not None:
        told.append(words("camera đếm {n} người chờ", n=words.number(properties["waiting"])))
    return name, " · ".join(told) or words("chưa có số liệu")
