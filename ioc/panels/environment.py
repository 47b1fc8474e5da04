"""Môi trường, nguồn nước và thiên tai: how salt the rivers are, how high the water stands, what is warned of; a silent station is never calm."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from ioc.moment import Moment
from ioc.panels._environment_points import point, sluice_points, station_points
from ioc.panels._environment_words import (
    ALARMS,
    FRESH_GL,
    MOST_STRIPS,
    ROMAN,
    SALT_GL,
    bulletin_list,
    hazard,
    local,
    named,
    reading,
    sluice_list,
    strips,
    until,
)
from ioc.panels.engine.chart import Chart, Series
from ioc.panels.engine.charts.air import VN_AQI, air
from ioc.panels.engine.charts.bands import Bands, Strip
from ioc.panels.engine.contract import Definition, Face, Figures, Number, Rows, Shading, Shown, Snapshot, Spec, Take, rate
from ioc.panels.engine.drawing import Drawing
from ioc.panels.engine.take import definitions_of
from ioc.panels.engine.wording import compared, labelled
from ioc.profiles import Profile
from ioc.words import Words

GRAVE_RISK = 2
"""Risk level from which a bulletin is the headline."""
LINES = {"salinity_gl": (FRESH_GL, SALT_GL), "aqi": (VN_AQI[1].most + 1, VN_AQI[2].most + 1), "level_m": (1, 2)}
"""Property → from which value it is to be minded, and from which it is bad; of water levels the alarm level."""


__all__ = ["SPEC", "point", "render", "snapshot"]


@dataclass(frozen=True, slots=True)
class StationRow:
    station_id: str
    property: str
    unit_code: str
    value: float | None
    told_at: datetime | None
    heard_at: datetime
    value_max: float | None
    silent: bool
    still: bool
    bd1_m: float | None
    bd2_m: float | None
    bd3_m: float | None


@dataclass(frozen=True, slots=True)
class HourRow:
    station_id: str
    property: str
    hour: datetime
    value: float


@dataclass(frozen=True, slots=True)
class ForecastRow:
    station_id: str
    valid_at: datetime
    value_low: float
    value_high: float


@dataclass(frozen=True, slots=True)
class SaltLineRow:
    day: date
    reach_1_km: float | None
    reach_4_km: float | None


@dataclass(frozen=True, slots=True)
class SluiceRow:
    sluice_id: str
    unit_code: str
    station_id: str | None
    open_pct: float
    limit_gl: float | None
    told_at: datetime
    is_known: bool
    since_at: datetime | None
    salinity_gl: float | None


@dataclass(frozen=True, slots=True)
class BulletinRow:
    bulletin: str
    risk_level: int
    phenomenon: str
    issuer: str
    issued_at: datetime
    expires_at: datetime
    is_exercise: bool


TAKES = {
    "salinity": Take(of="environment.salinity_max", against="yesterday", by="unit"),
    "salt_line_4": Take(of="environment.salt_line_4", against="yesterday"),
    "salt_line_1": Take(of="environment.salt_line_1", against="yesterday"),
    "level": Take(of="environment.level_max", against="yesterday"),
    "level_to_alarm_3": Take(of="environment.level_to_alarm_3", against="yesterday"),
    "aqi": Take(of="environment.aqi_now", against="yesterday"),
    "risk": Take(of="environment.risk_level", against="yesterday"),
    "bulletins": Take(of="environment.bulletins", against="yesterday"),
    "sluices_open": Take(of="environment.sluices_open", against="yesterday"),
    "sluices_closed": Take(of="environment.sluices_closed"),
}
OWN = {
    "alarm": Definition(label="Báo động mực nước", formula="mức báo động cao nhất mà số đo gần nhất của các trạm đạt; 0 = dưới báo động",
                        basis="QĐ 05/2020/QĐ-TTg", rows="stations"),
    "salty": Definition(label="Trạm từ 4 g/l hôm nay", formula="số trạm có độ mặn lớn nhất trong ngày từ 4 g/l", basis="QĐ 18/2021/QĐ-TTg, Điều 5",
                        rows="stations"),
    "sound": Definition(label="Trạm hoạt động", formula="trạm có mọi thông số còn tín hiệu và không đứng yên / trạm nghe được trong 30 ngày",
                        basis="thiết kế (EN-06)", rows="stations"),
    "sluices_salty": Definition(label="Cống mở khi nước mặn", formula="cống đang mở mà độ mặn trước cống từ ngưỡng của cống",
                                basis="thiết kế (EN-07)", rows="sluices"),
}
DEFINITIONS = definitions_of(TAKES, OWN)

SPEC = Spec(
    key="environment", number=11, title="Môi trường, nguồn nước và thiên tai", short="Môi trường, thiên tai", streams=("environment",),
    rows={"stations": StationRow, "hours": HourRow, "forecasts": ForecastRow, "salt_line": SaltLineRow, "sluices": SluiceRow,
          "bulletins": BulletinRow},
    takes=TAKES, definitions=OWN, charts=("salt", "level", "salt_line", "air"), slow=("hours", "salt_line"), has_map=True,
)

_SHOWN = ("salinity", "salt_line_4", "salt_line_1", "level", "alarm", "aqi", "sluices_salty", "sound")


def snapshot(rows: Rows, moment: Moment, profile: Profile) -> Figures:
    """Figures, stations and sluices with their state; what a silent station said last is no reading of now."""
    stations = [_station(r) for r in rows["stations"]]
    sluices = sorted(map(_sluice, rows["sluices"]), key=lambda s: (_URGENCY.index(s["state"]), s["since_at"] or s["told_at"], s["sluice_id"]))
    sound = [s for s in stations if not s["fault"]]
    alarms = [s["alarm"] for s in sound if s["alarm"] is not None]
    salt = [s for s in stations if s["property"] == "salinity_gl"]
    codes, faulty = {s["station_id"] for s in stations}, {s["station_id"] for s in stations if s["fault"]}
    numbers = {
        "alarm": Number(value=max(alarms, default=None), unit="level", as_of=moment.at, better="down"),
        "salty": Number(value=sum((s["value_max"] or 0) >= SALT_GL for s in salt) if salt else None, unit="stations", as_of=moment.at),
        "sound": rate(len(codes - faulty), len(codes), moment.at),
        "sluices_salty": Number(value=sum(s["state"] == "late" for s in sluices) if sluices else None, unit="sluices", as_of=moment.at),
    }
    points = [*station_points(stations, moment, profile), *sluice_points(sluices, moment, profile)]
    return Figures(numbers=numbers, features=points, tables={
        "stations": stations, "series": _series(rows["hours"]), "forecasts": [asdict(r) for r in rows["forecasts"]],
        "salt_line": _salt_days(rows["salt_line"], moment.day), "sluices": sluices, "bulletins": [asdict(r) for r in rows["bulletins"]]})


def _station(row: StationRow) -> dict[str, Any]:
    """A station's property with its `fault` (silent, flat or ''), the alarm level reached and its state on the map."""
    fault = "silent" if row.silent else "flat" if row.still else ""
    levels = [getattr(row, key) for key in ALARMS]
    alarm = None
    if row.property == "level_m" and row.value is not None and any(level is not None for level in levels):
        alarm = max((n for n, level in enumerate(levels, start=1) if level is not None and row.value >= level), default=0)
    due, late = LINES[row.property]
    judged = alarm if row.property == "level_m" else row.value
    state = "offline" if fault or row.value is None else "open" if (judged or 0) < due else "due" if (judged or 0) < late else "late"
    return {**asdict(row), "fault": fault, "alarm": alarm, "state": state}


_URGENCY = ("late", "offline", "open", "done")


def _sluice(row: SluiceRow) -> dict[str, Any]:
    """A sluice: 'late' = open to water as salt as its limit, 'offline' = not heard of in two days, else open or shut ('done')."""
    salty = row.limit_gl is not None and row.salinity_gl is not None and row.salinity_gl >= row.limit_gl
    state = "offline" if not row.is_known else "done" if not row.open_pct else "late" if salty else "open"
    return {**asdict(row), "state": state}


def _series(rows: Iterable[HourRow]) -> list[dict[str, Any]]:
    """One row a station and property: its hours (local) and the greatest value of each."""
    found: dict[tuple[str, str], dict[str, list[Any]]] = defaultdict(lambda: {"hours": [], "values": []})
    for row in rows:
        found[row.station_id, row.property]["hours"].append(local(row.hour))
        found[row.station_id, row.property]["values"].append(row.value)
    return [{"station_id": station, "property": name, **values} for (station, name), values in found.items()]


def _salt_days(rows: Sequence[SaltLineRow], day: date) -> list[dict[str, Any]]:
    """The days from the first that is known on; None = no station spoke."""
    found = {r.day: r for r in rows}
    days = [d for n in range(30, -1, -1) if found and (d := day - timedelta(days=n)) >= min(found)]
    return [{"day": d.isoformat(), "reach_1_km": getattr(found.get(d), "reach_1_km", None), "reach_4_km": getattr(found.get(d), "reach_4_km", None)}
            for d in days]


class Headline(NamedTuple):
    """What the card says. `of`: the number it shows; `beside`: the number whose change stands below it."""

    of: str
    beside: str
    text: str
    unit: str
    sentence: str
    guest_sentence: str = ""


def render(snapshot: Snapshot, words: Words, profile: Profile) -> Face:
    """The panel in words."""
    said = _headline(snapshot, words, profile)
    change = compared(snapshot.numbers[said.beside], words)
    return Face(
        headline=said.text, headline_unit=said.unit, comparison=change.text, trend=change.trend, turn=change.turn, sentence=said.sentence,
        guest_sentence=said.guest_sentence, of=said.of, numbers=_numbers(snapshot, words),
        charts=_charts(snapshot, words, profile), shading=_shading(snapshot, words),
        lists=(sluice_list(snapshot, words, profile), bulletin_list(snapshot, words)))


def _numbers(snapshot: Snapshot, words: Words) -> list[Shown]:
    """The numbers of the page; a salt line that no station reaches is not unknown."""
    shown = labelled(DEFINITIONS, snapshot.numbers, _SHOWN, words)
    unreached = {name for name in ("salt_line_1", "salt_line_4") if snapshot.numbers[name].value is None and snapshot.numbers[name].cases}
    return [s._replace(text=words("không"), beside="") if s.key in unreached else s for s in shown]


def _headline(snapshot: Snapshot, words: Words, profile: Profile) -> Headline:
    """The gravest first: a bulletin from level 2 on, then an alarm level that a gauge reaches, else the highest salt of the day."""
    numbers, tables = snapshot.numbers, snapshot.tables
    if tables["bulletins"] and tables["bulletins"][0]["risk_level"] >= GRAVE_RISK:
        first = tables["bulletins"][0]
        return Headline("risk", "risk", words.number(first["risk_level"]), words("cấp độ rủi ro thiên tai"), words(
            "{hazard}, {issuer}, đến {until}", hazard=hazard(first["phenomenon"], words), issuer=first["issuer"][:16],
            until=until(first["expires_at"], words)))
    if alarm := int(numbers["alarm"].value or 0):
        worst = max((s for s in tables["stations"] if s["alarm"] == alarm and not s["fault"]), key=lambda s: s["value"])
        return Headline("alarm", "level", ROMAN[alarm], words("báo động mực nước"), f"{named(worst, words, profile, snapshot.day)[:40]}: "
                        + reading("level_m", worst["value"], words), words("Mực nước {n}", n=reading("level_m", worst["value"], words)))
    value = numbers["salinity"].value
    return Headline("salinity", "salinity", words.number(value, 1), words("g/l, mặn nhất hôm nay"), *_of_salt(snapshot, words, profile))


def _of_salt(snapshot: Snapshot, words: Words, profile: Profile) -> tuple[str, str]:
    """(where it is saltiest and what is wrong beside it, the same without a name)."""
    held = [s for s in snapshot.tables["stations"] if s["property"] == "salinity_gl" and s["value_max"] is not None]
    mute = sum(1 for s in {s["station_id"] for s in snapshot.tables["stations"] if s["fault"]})
    open_to_salt = int(snapshot.numbers["sluices_salty"].value or 0)
    aside = words("{n} cống mở khi mặn", n=open_to_salt) if open_to_salt else words("{n} trạm mất tín hiệu", n=mute) if mute else ""
    if not held:
        return aside or words("Chưa trạm nào báo độ mặn hôm nay"), ""
    worst = max(held, key=lambda s: s["value_max"])
    name = named(worst, words, profile, snapshot.day)[:60]
    if aside:
        return f"{name.split(' – ')[0][:28]}; {aside}", aside
    return name, words("{n} trạm từ 4 g/l", n=words.number(snapshot.numbers["salty"].value))


def _charts(snapshot: Snapshot, words: Words, profile: Profile) -> Mapping[str, Drawing]:
    salt, level = (strips(snapshot, name, words, profile) for name in ("salinity_gl", "level_m"))
    days, tables = snapshot.tables["salt_line"], snapshot.tables
    aired = [s for s in tables["stations"] if s["property"] == "aqi"][:8]
    return {
        "salt": Bands(title=_counted(words("Độ mặn 72 giờ; vạch 1 và 4 g/l"), salt, words), strips=salt[:MOST_STRIPS], guests=True),
        "level": Bands(title=_counted(words("Mực nước 72 giờ, m; vạch dọc: dự báo"), level, words), strips=level[:MOST_STRIPS], guests=True),
        "salt_line": Chart(kind="time", title=words("Ranh mặn cách biển, km (0 = không trạm nào đạt)"), guests=True,
                           x=[d["day"] for d in days], series=(
            Series(name="1 g/l", role="warn", values=[d["reach_1_km"] for d in days]),
            Series(name="4 g/l", role="bad", values=[d["reach_4_km"] for d in days]))),
        "air": air(words("VN_AQI giờ theo trạm"), [named(s, words, profile, snapshot.day) for s in aired],
                   [None if s["fault"] else s["value"] for s in aired], words),
    }


def _counted(title: str, held: Sequence[Strip], words: Words) -> str:
    return words("{title} ({n}/{all} trạm)", title=title, n=MOST_STRIPS, all=len(held)) if len(held) > MOST_STRIPS else title


def _shading(snapshot: Snapshot, words: Words) -> Shading:
    """Units by the most salt of the day; up to 4 g/l the map stays as dark as the water is fresh."""
    values = {row["unit_code"]: row["value"] for row in snapshot.tables["by:salinity"] if row["value"] is not None}
    return Shading(title=words("Độ mặn cao nhất hôm nay, g/l"), values=values, most=max([SALT_GL, *values.values()]),
                   texts={code: reading("salinity_gl", value, words) for code, value in values.items()})
