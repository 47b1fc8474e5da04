"""Water, air and weather: readings and forecasts of stations, the position of sluices, bulletins of natural hazards.

All are statements about something that lasts: the newest of each kind stands, an older one changes nothing and nothing is read again.
What stood at a past moment is the newest event of the subject before it; whether a bulletin still holds is a question to the clock.
"""

import math
from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Any

import msgspec

from ioc.errors import InvalidEvent
from ioc.streams._areas import MOST_TEXT, check_area
from ioc.streams.engine.contract import Projection, Stream
from ioc.streams.engine.event import Event
from ioc.streams.engine.rules import Rules

Code = Annotated[str, msgspec.Meta(max_length=100)]
Text = Annotated[str, msgspec.Meta(max_length=2000)]
Moment = Annotated[datetime, msgspec.Meta(tz=True)]
Value = Annotated[float, msgspec.Meta(ge=-1e9, le=1e9)]


class EnvironmentData(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Payload of an environment event.

    `unit_code`: administrative unit of the station or sluice; empty for a bulletin, which has an area.
    `property`: what is measured or forecast, its unit in the code (salinity_gl, level_m, aqi); also a sluice's telemetry (open_pct).
    `unit`: unit of measurement as a sign (g/l, m, VN_AQI). `value`: the reading at the event's time; absent exactly when it is missing.
    `station_id`: of the gauge. `quality`: good, suspect or missing. `valid_at`: moment that is forecast. `value_low`: least value expected then.
    `value_high`: greatest value expected then. `sluice_id`: told when it is moved and at least once a day. `open_pct`: how far it is open, 0 closed.
    `limit_gl`: salt from which it must be shut, by the crop behind it.
    `identifier`: of this message of the bulletin (CAP 1.2). `reference`: earlier messages that it replaces, as CAP writes them.
    `msg_type`: alert, update or cancel. `status`: actual, exercise or test. `risk_level`: of the disaster, 1 to 5 (QĐ 18/2021/QĐ-TTg).
    `phenomenon`: code of the hazard. `issuer`: who warns. `effective_at`: from when. `expires_at`: until when it holds. `area`: in words.
    `area_units`: codes of the administrative units, joined by commas. `headline`: the warning in one line, in the issuer's words.
    `geometry`: the area as a GeoJSON MultiPolygon (longitude before latitude), where the issuer drew one.
    """

    org_code: Code = ""
    unit_code: Code = ""
    unit_valid_on: date | None = None
    source_recorded_at: Moment | None = msgspec.field(default=None, name="recorded_at")
    station_id: Code | None = None
    property: Code | None = None
    unit: Code | None = None
    value: Value | None = None
    quality: Code | None = None
    valid_at: Moment | None = None
    value_low: Value | None = None
    value_high: Value | None = None
    sluice_id: Code | None = None
    open_pct: Annotated[float, msgspec.Meta(ge=0, le=100)] | None = None
    limit_gl: Annotated[float, msgspec.Meta(ge=0, le=50)] | None = None
    identifier: Annotated[str, msgspec.Meta(max_length=200)] | None = None
    reference: Text | None = None
    msg_type: Code | None = None
    status: Code | None = None
    risk_level: Annotated[int, msgspec.Meta(ge=1, le=5)] | None = None
    phenomenon: Code | None = None
    issuer: Code | None = None
    effective_at: Moment | None = None
    expires_at: Moment | None = None
    area: Text | None = None
    area_units: Text | None = None
    headline: Annotated[str, msgspec.Meta(max_length=500)] | None = None
    geometry: Annotated[str, msgspec.Meta(max_length=MOST_TEXT)] | None = None


class EnvironmentState(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What was last said of one station's property, sluice or bulletin; each part with its own moment and event, the newest wins.

    A bulletin holds from `effective_at` until `expires_at` unless its newest message, `msg_type`, is a cancel.
    """

    org_code: str = ""
    unit_code: str = ""
    unit_valid_on: date | None = None
    station_id: str | None = None
    property: str | None = None
    unit: str | None = None
    sluice_id: str | None = None
    seen_at: datetime | None = None
    seen_by: str = ""
    value: float | None = None
    quality: str | None = None
    observation_at: datetime | None = None
    observation_by: str = ""
    valid_at: datetime | None = None
    value_low: float | None = None
    value_high: float | None = None
    forecast_at: datetime | None = None
    forecast_by: str = ""
    open_pct: float | None = None
    limit_gl: float | None = None
    sluice_at: datetime | None = None
    sluice_by: str = ""
    identifier: str | None = None
    msg_type: str | None = None
    status: str | None = None
    risk_level: int | None = None
    phenomenon: str | None = None
    issuer: str | None = None
    effective_at: datetime | None = None
    expires_at: datetime | None = None
    area: str | None = None
    area_units: str | None = None
    headline: str | None = None
    geometry: str | None = None
    bulletin_at: datetime | None = None
    bulletin_by: str = ""


PROPERTIES: Mapping[str, tuple[str, float, float]] = {
    "salinity_gl": ("g/l", 0, 50),
    "level_m": ("m", -20, 20),
    "aqi": ("VN_AQI", 0, 500),
    "aqi_day": ("VN_AQI", 0, 500),
    "pm25_ugm3": ("µg/m³", 0, 10_000),
    "pm10_ugm3": ("µg/m³", 0, 10_000),
    "rain_mm": ("mm", 0, 2000),
    "temperature_c": ("°C", -20, 60),
    "open_pct": ("%", 0, 100),
}
"""property → (unit, least, greatest value): wide limits, beyond them errs the instrument (AQI: QĐ 1459/QĐ-TCMT). Others are taken as told."""

_WARNING = ("risk_level", "phenomenon", "effective_at", "expires_at")


def check(fact: str, data: EnvironmentData) -> None:
    """What the schema cannot say: units that fit their property, readings that can be, whole warnings."""
    match fact:
        case "observation":
            _check_word("quality", data.quality, ("good", "suspect", "missing"))
            if (data.value is None) != (data.quality == "missing"):
                raise InvalidEvent("schema", "an observation has a value exactly when its quality is not 'missing'")
            _check_values(data, *([data.value] if data.quality == "good" else []))
        case "forecast":
            _check_values(data, data.value_low, data.value_high)
            if data.value_low is not None and data.value_high is not None and data.value_low > data.value_high:
                raise InvalidEvent("schema", f"a forecast's value_low {data.value_low:g} is above its value_high {data.value_high:g}")
        case "bulletin":
            _check_bulletin(data)


def _check_values(data: EnvironmentData, *values: float | None) -> None:
    unit, low, high = PROPERTIES.get(data.property or "", (data.unit, -math.inf, math.inf))
    if data.unit != unit:
        raise InvalidEvent("schema", f"'{data.property}' is told in '{data.unit}'; its unit is '{unit}'")
    if odd := [value for value in values if value is not None and not low <= value <= high]:
        raise InvalidEvent("schema", f"'{data.property}' of {odd[0]:g} {unit} is outside {low:g} to {high:g}: its quality cannot be good")


def _check_bulletin(data: EnvironmentData) -> None:
    _check_word("msg_type", data.msg_type, ("alert", "update", "cancel"))
    _check_word("status", data.status, ("actual", "exercise", "test"))
    absent = [name for name in _WARNING if getattr(data, name) is None]
    if absent and data.msg_type != "cancel":
        raise InvalidEvent("schema", f"a bulletin of type '{data.msg_type}' needs {', '.join(absent)}")
    if data.effective_at and data.expires_at and data.expires_at <= data.effective_at:
        raise InvalidEvent("schema", "'expires_at' must lie after 'effective_at'")
    if data.geometry is not None:
        check_area("geometry", data.geometry)


def _check_word(field: str, value: str | None, words: tuple[str, ...]) -> None:
    if value not in words:
        raise InvalidEvent("schema", f"{field} is '{value}'; it must be one of {', '.join(words)}")


# fact → (its moment and its event in the state, what it says)
_PARTS = {
    "observation": ("observation_at", "observation_by", ("value", "quality")),
    "forecast": ("forecast_at", "forecast_by", ("valid_at", "value_low", "value_high")),
    "sluice_state": ("sluice_at", "sluice_by", ("open_pct", "limit_gl")),
    "bulletin": ("bulletin_at", "bulletin_by", ("identifier", "msg_type", "status", *_WARNING, "issuer", "headline", "area", "area_units",
                                                 "geometry")),
}
_PLACE = ("seen_at", "seen_by", ("org_code", "unit_code", "unit_valid_on", "station_id", "property", "unit", "sluice_id"))


def apply(state: EnvironmentState, event: Event[EnvironmentData], _rules: Rules) -> EnvironmentState:
    """The subject after a statement: an older one changes nothing, whatever the order of arrival."""
    changes: dict[str, Any] = {}
    told_by = f"{event.source} {event.id}"  # two sources may use one id: the order of arrival must not decide
    for at, by, names in (_PLACE, _PARTS[event.fact]):
        seen_at: datetime | None = getattr(state, at)
        if seen_at is None or (event.occurred_at, told_by) > (seen_at, getattr(state, by)):
            changes |= {name: getattr(event.data, name) for name in names} | {at: event.occurred_at, by: told_by}
    return msgspec.structs.replace(state, **changes)


STREAM = Stream(
    name="environment",
    topic="ioc.environment",
    table="environment_event",
    schema=EnvironmentData,
    facts={
        "observation": ("station_id", "property", "unit", "quality"),
        "forecast": ("station_id", "property", "unit", "valid_at", "value_low", "value_high"),
        "sluice_state": ("sluice_id", "open_pct"),
        "bulletin": ("identifier", "msg_type", "status", "issuer"),
    },
    subject="<station id>/<property> of a reading or forecast, sluice id, or the identifier of a bulletin's first message",
    check=check,
    projection=Projection(table="environment_state", state=EnvironmentState, apply=apply, mode="latest"),
    aggregates=("environment_hourly",),
)
