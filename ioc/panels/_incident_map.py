"""What the map shows of incidents, of cameras that count traffic, and of places with many accidents; no address (domain notes §0.16)."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from ioc.moment import Moment
from ioc.panels.engine.grid import snapped
from ioc.profiles import Profile
from ioc.words import Words

PLACED = frozenset({"traffic_accident", "fire", "rescue"})
"""What has a place on the map. Public order, the sick and what a source calls by a word of its own are shown by unit alone (domain notes §0.16)."""
UNREACHED = timedelta(minutes=15)
"""From then on an incident that nobody has reached stands out on the map."""
CONGESTED = 0.3
"""Share of the free speed under which a road is congested (ST-02)."""
BLACK_SPOT = 3
"""Accidents in 90 days that make a place one to look at."""


@dataclass(frozen=True, slots=True)
class IncidentRow:
    subject: str
    kind: str
    state: str
    unit_code: str
    lon_deg: float | None
    lat_deg: float | None
    reported_at: datetime
    serious: bool


@dataclass(frozen=True, slots=True)
class RoadRow:
    camera_id: str
    unit_code: str
    point_id: str | None
    online: bool
    speed_kmh: float | None
    free_kmh: float | None

    @property
    def congested(self) -> bool:
        return self.speed_kmh is not None and self.free_kmh is not None and self.speed_kmh < CONGESTED * self.free_kmh


@dataclass(frozen=True, slots=True)
class SpotRow:
    unit_code: str
    accidents: int
    densest: int | None
    lon_deg: float | None
    lat_deg: float | None


def _feature(key: str, place: tuple[float, float], **properties: Any) -> dict[str, Any]:
    return {"type": "Feature", "id": key, "geometry": {"type": "Point", "coordinates": [*place]}, "properties": properties}


def incident_points(opened: Sequence[IncidentRow], moment: Moment, profile: Profile) -> Iterator[dict[str, Any]]:
    """Each on the grid; what is shown by unit alone, and what has no place, as one point of its unit."""
    whole: dict[str, list[IncidentRow]] = defaultdict(list)
    for r in opened:
        if r.kind not in PLACED or r.lon_deg is None or r.lat_deg is None:
            whole[r.unit_code].append(r)
        else:
            yield _feature(r.subject, snapped(r.lon_deg, r.lat_deg), kind="incident", state=_state([r], moment.at), what=r.kind, cases=1,
                           unit_code=r.unit_code)
    for code, of in whole.items():
        unit = profile.units.at(code, moment.day)
        if unit and unit.known_lon_deg is not None and unit.known_lat_deg is not None:
            kinds = {r.kind for r in of}
            what = kinds.pop() if len(kinds) == 1 and kinds <= {*PLACED, "order", "medical"} else ""
            yield _feature(f"unit/{code}", (unit.known_lon_deg, unit.known_lat_deg), kind="incident", state=_state(of, moment.at), what=what,
                           cases=len(of), unit_code=code)


def _state(of: Sequence[IncidentRow], at: datetime) -> str:
    if any(r.serious for r in of):
        return "late"
    return "due" if any(r.state != "arrived" and at - r.reported_at > UNREACHED for r in of) else "open"


def road_points(roads: Sequence[RoadRow], profile: Profile) -> Iterator[dict[str, Any]]:
    """Cameras that count traffic, where the profile knows the point that they watch."""
    points = {p.code: p for p in profile.points}
    for r in roads:
        if point := points.get(r.point_id or ""):
            state = "offline" if not r.online else "late" if r.congested else "open"
            yield _feature(r.camera_id, (point.lon_deg, point.lat_deg), kind="camera", state=state, point=point.code, unit_code=r.unit_code,
                           speed_kmh=None if r.speed_kmh is None else round(r.speed_kmh))


def spot_points(spots: Sequence[SpotRow]) -> Iterator[dict[str, Any]]:
    for r in spots:
        if r.lon_deg is not None and r.lat_deg is not None and (r.densest or 0) >= BLACK_SPOT:
            yield _feature(f"spot/{r.unit_code}", snapped(r.lon_deg, r.lat_deg), kind="site", state="due", cases=r.densest, unit_code=r.unit_code)


def point(properties: Mapping[str, Any], words: Words, profile: Profile, day: date) -> tuple[str, str]:
    """A feature's name and a line about it."""
    unit = profile.unit_name(properties["unit_code"], day, words.language)
    if properties["kind"] == "camera":
        return _camera_line(properties, words, profile)
    if properties["kind"] == "site":
        return words("Điểm đen tai nạn"), words("{unit}: {n} vụ trong 90 ngày", unit=unit, n=words.number(properties["cases"]))
    if properties["cases"] > 1:
        return _what(properties["what"], words), words("{unit}: {n} vụ đang xử lý", unit=unit, n=words.number(properties["cases"]))
    return _what(properties["what"], words), unit


def _camera_line(properties: Mapping[str, Any], words: Words, profile: Profile) -> tuple[str, str]:
    watched = next(p for p in profile.points if p.code == properties["point"])
    name = watched.name_en if words.language == "en" else watched.name
    if properties["state"] == "offline":
        return name, words("Camera mất tín hiệu")
    if properties["speed_kmh"] is None:
        return name, words("Camera trực tuyến")
    speed = words.number(properties["speed_kmh"])
    return name, words("Ùn tắc, {n} km/h", n=speed) if properties["state"] == "late" else words("Tốc độ {n} km/h", n=speed)


def _what(kind: str, words: Words) -> str:
    return {"order": words("An ninh trật tự"), "traffic_accident": words("Tai nạn giao thông"), "fire": words("Cháy, nổ"),
            "rescue": words("Cứu nạn, cứu hộ"), "medical": words("Cấp cứu y tế")}.get(kind, words("Vụ việc"))
