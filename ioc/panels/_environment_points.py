"""Stations and sluices as points of the map: a state, what each says, and how old that is."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from ioc.moment import Moment
from ioc.panels._environment_words import reading
from ioc.panels.engine.charts.air import air_class
from ioc.panels.engine.stations import station_name, station_place
from ioc.profiles import Profile
from ioc.words import Words

NAMES = {"salinity_gl": "Độ mặn", "level_m": "Mực nước", "aqi": "Không khí"}


def station_points(stations: Sequence[dict[str, Any]], moment: Moment, profile: Profile) -> list[dict[str, Any]]:
    """One point a station: its worst state; a reading beyond a line is not hidden by another gauge that is dead."""
    by_code: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for s in stations:
        by_code[s["station_id"]].append(s)
    made = []
    for code, held in by_code.items():
        state = next(name for name in ("late", "due", "offline", "open") if any(s["state"] == name for s in held))
        readings = [{"property": s["property"], "value": s["value"], "fault": s["fault"], "at": (s["told_at"] or s["heard_at"]).isoformat(),
                     "age_s": (moment.at - (s["told_at"] or s["heard_at"])).total_seconds()} for s in held]
        made.append(_point(code, held[0]["unit_code"], station_place(code, held[0]["unit_code"], profile, moment.day),
                           {"kind": "station", "state": state, "station_id": code, "readings": readings}))
    return [m for m in made if m]


def sluice_points(sluices: Sequence[dict[str, Any]], moment: Moment, profile: Profile) -> list[dict[str, Any]]:
    made = [_point(s["sluice_id"], s["unit_code"], station_place(s["station_id"] or "", s["unit_code"], profile, moment.day),
                   {"kind": "site", "state": s["state"], "salinity_gl": s["salinity_gl"], "limit_gl": s["limit_gl"]}) for s in sluices]
    return [m for m in made if m]


def _point(code: str, unit_code: str, place: list[float] | None, properties: Mapping[str, Any]) -> dict[str, Any]:
    if place is None:
        return {}
    return {"type": "Feature", "id": code, "geometry": {"type": "Point", "coordinates": place}, "properties": {**properties, "unit_code": unit_code}}


def point(properties: Mapping[str, Any], words: Words, profile: Profile, day: date) -> tuple[str, str]:
    """A station with what it says and how old that is, or a sluice with how it stands."""
    if properties.get("kind") == "site":
        stands = {"late": words("Mở khi nước mặn"), "open": words("Mở"), "done": words("Đóng"), "offline": words("Không rõ đóng hay mở")}
        return words("Cống {unit}", unit=profile.unit_name(properties["unit_code"], day, words.language)), stands[properties["state"]]
    name = station_name(properties["station_id"], properties["unit_code"], profile, day, words.language)
    return name, " · ".join(_told(r, words) for r in properties["readings"])


def _told(told: Mapping[str, Any], words: Words) -> str:
    old = words.span(told["age_s"])
    if told["fault"] == "silent" or told["value"] is None:
        return f"{words(NAMES[told['property']])}: " + words("im lặng {age}", age=old)
    said = reading(told["property"], told["value"], words)
    if told["fault"]:
        return f"{words(NAMES[told['property']])}: {said} ({words('đứng yên')})"
    word = f" · {words(air_class(told['value']).word)}" if told["property"] == "aqi" else ""
    return f"{words(NAMES[told['property']])}: {said}{word} ({words('{age} trước', age=old)})"
