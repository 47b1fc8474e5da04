"""Stations of salt and water level in words and strips: what each says, since when it is silent, and the lines that it is read against."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from ioc.clock import LOCAL, local_day
from ioc.panels.engine.charts.bands import Mark, Strip
from ioc.panels.engine.contract import Column, Listing, Snapshot
from ioc.panels.engine.drawing import Role
from ioc.panels.engine.stations import station_name
from ioc.profiles import Profile
from ioc.words import Words

FRESH_GL, SALT_GL = 1.0, 4.0
"""From which water is brackish, and from which it is salt by law (QĐ 18/2021/QĐ-TTg, Điều 5)."""
ALARMS = ("bd1_m", "bd2_m", "bd3_m")
ROMAN = ("0", "I", "II", "III")
SIGNS = {"salinity_gl": ("g/l", 1), "level_m": ("m", 2), "aqi": ("VN_AQI", 0)}
MOST_STRIPS = 5
MOST_ROWS = 8
PHENOMENA = {
    "spring_tide": "Triều cường", "tide": "Triều cường", "storm": "Bão", "tropical_depression": "Áp thấp nhiệt đới", "heavy_rain": "Mưa lớn",
    "salinity": "Xâm nhập mặn", "flood": "Ngập lụt", "thunderstorm": "Dông, lốc, sét", "heat": "Nắng nóng", "strong_wind": "Gió mạnh",
    "landslide": "Sạt lở",
}
_ORDER = ("late", "due", "offline", "open")
_TONES: Mapping[str, Role] = {"late": "bad", "due": "warn"}


def local(at: datetime) -> str:
    """A moment on a chart's axis, which knows no zones."""
    return at.astimezone(LOCAL).strftime("%Y-%m-%dT%H:%M")


def reading(property_: str, value: float | None, words: Words) -> str:
    """A value with its sign: 15,6 g/l."""
    sign, decimals = SIGNS[property_]
    return f"{words.number(value, decimals)} {sign}"


def named(station: Mapping[str, Any], words: Words, profile: Profile, day: date) -> str:
    """Name of a station's row."""
    return station_name(station["station_id"], station["unit_code"], profile, day, words.language)


def strips(snapshot: Snapshot, property_: str, words: Words, profile: Profile) -> list[Strip]:
    """One a station: beyond its lines first, then the silent, then by the most of the day."""
    held = sorted((s for s in snapshot.tables["stations"] if s["property"] == property_),
                  key=lambda s: (_ORDER.index(s["state"]), -(s["value_max"] or 0), s["station_id"]))
    return [_strip(s, snapshot, words, profile) for s in held]


def _strip(station: Mapping[str, Any], snapshot: Snapshot, words: Words, profile: Profile) -> Strip:
    place = (station["station_id"], station["property"])
    series: Mapping[str, Any] = next((s for s in snapshot.tables["series"] if (s["station_id"], s["property"]) == place), {"hours": [], "values": []})
    spans = [(local(f["valid_at"]), f["value_low"], f["value_high"]) for f in snapshot.tables["forecasts"] if f["station_id"] == place[0]]
    tone: Role = _TONES.get(station["state"], "in")
    name = named(station, words, profile, snapshot.day).split(" – ")[0]  # what follows says where in the place it stands
    return Strip(name=name, x=series["hours"], y=series["values"], said=_said(station, snapshot.at, words),
                 tone=tone, marks=_marks(station), spans=spans if place[1] == "level_m" else (), quiet=bool(station["fault"]))


def _said(station: Mapping[str, Any], at: datetime, words: Words) -> str:
    """The newest value, or why there is none; what lies beyond a line bears a sign too."""
    if station["fault"] == "flat":
        return words("đứng yên")
    if station["fault"] or station["told_at"] is None:
        return words("im lặng {age}", age=words.span((at - station["heard_at"]).total_seconds()))
    sign = "▲ " if station["state"] in _TONES else ""
    return sign + words.number(station["value"], SIGNS[station["property"]][1])


def _marks(station: Mapping[str, Any]) -> Sequence[Mark]:
    if station["property"] == "salinity_gl":
        return Mark(value=FRESH_GL), Mark(value=SALT_GL, role="bad")
    roles: tuple[Role, ...] = ("quiet", "warn", "bad")
    return [Mark(value=station[key], text=ROMAN[n], role=roles[n - 1]) for n, key in enumerate(ALARMS, start=1) if station[key] is not None]


def hazard(phenomenon: str, words: Words) -> str:
    """Name of a hazard; one that the list does not know keeps its code."""
    return words(PHENOMENA.get(phenomenon, phenomenon))


def until(at: datetime, words: Words) -> str:
    """Time and day without seconds and year; midnight closes the day that ends: 24:00 21/11."""
    time, day = words.moment(at).split(" ")
    return f"{time[:5]} {day[:5]}"


def sluice_list(snapshot: Snapshot, words: Words, profile: Profile) -> Listing:
    """Sluices, those that stand open to salt first, then those that nobody has told of for two days."""
    stands = {"late": words("▲ Mở, nước mặn"), "offline": words("Không rõ"), "open": words("Mở"), "done": words("Đóng")}
    return Listing(title=words("Cống ngăn mặn"), columns=(
        Column(key="name", label=words("Cống"), number=False), Column(key="state", label=words("Trạng thái"), number=False),
        Column(key="salt", label=words("Mặn / ngưỡng")), Column(key="since", label=words("Từ"))), rows=[
        {"name": profile.unit_name(s["unit_code"], snapshot.day, words.language) if s["unit_code"] else s["sluice_id"], "state": stands[s["state"]],
         "salt": f"{words.number(s['salinity_gl'], 1)} / {words.number(s['limit_gl'], 1)}",
         "since": words.day(local_day(s["told_at"] if s["state"] == "offline" else s["since_at"] or s["told_at"]))}
        for s in snapshot.tables["sluices"][:MOST_ROWS]])


def bulletin_list(snapshot: Snapshot, words: Words) -> Listing:
    """Bulletins in force, the gravest first. That there is none is said only while the source is heard."""
    rows = [{"level": words.number(b["risk_level"]), "issuer": b["issuer"], "until": until(b["expires_at"], words),
             "hazard": hazard(b["phenomenon"], words) + (f" ({words('diễn tập')})" if b["is_exercise"] else "")}
            for b in snapshot.tables["bulletins"][:MOST_ROWS]]
    if not rows and any(s.state in {"fresh", "late"} for s in snapshot.sources):
        rows = [{"level": "0", "hazard": words("Không có bản tin còn hiệu lực"), "issuer": "", "until": ""}]
    return Listing(title=words("Bản tin thiên tai còn hiệu lực"), guests=True, columns=(
        Column(key="level", label=words("Cấp")), Column(key="hazard", label=words("Thiên tai"), number=False),
        Column(key="issuer", label=words("Cơ quan ban hành"), number=False), Column(key="until", label=words("Hiệu lực đến"))), rows=rows)
