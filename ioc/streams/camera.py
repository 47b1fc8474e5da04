"""Cameras: whether they see, how many people wait at the counters, how much traffic passes. Counts only, never persons."""

from datetime import date, datetime
from typing import Annotated, Any, Literal

import msgspec

from ioc.streams.engine.contract import Projection, Stream
from ioc.streams.engine.event import Event
from ioc.streams.engine.rules import Rules

Code = Annotated[str, msgspec.Meta(max_length=100)]
Count = Annotated[int, msgspec.Meta(ge=0, le=100_000)]
Moment = Annotated[datetime, msgspec.Meta(tz=True)]


class CameraData(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Payload of a camera event. `point_id`: the one-stop point or road it watches; `confidence_ratio` 0–1; `method`: how it was counted.

    `condition`: how it sees, a word of ioc/cameras/contract.py; `picture_at`: the time that the picture bears; `clock_offset_s`: that minus ours.
    `direction`: 'in' or 'out' across the camera's line, or 'both'. Of a detection: `detection_id` is one through its `phase`s new, update, end, and
    through its review, which tells `reviewed_by` (a role, no name) and a `verdict`.
    """

    unit_code: Code
    unit_valid_on: date
    source_recorded_at: Moment | None = msgspec.field(default=None, name="recorded_at")
    point_id: Code | None = None
    online: bool | None = None
    fps: Annotated[float, msgspec.Meta(ge=0, le=1000)] | None = None
    latency_ms: Count | None = None
    waiting: Count | None = None
    staff_present: Count | None = None
    confidence_ratio: Annotated[float, msgspec.Meta(ge=0, le=1)] | None = None
    direction: Code | None = None
    vehicles: Count | None = None
    people: Count | None = None
    interval_s: Annotated[int, msgspec.Meta(ge=1, le=86_400)] | None = None
    mean_speed_kmh: Annotated[float, msgspec.Meta(ge=0, le=400)] | None = None
    kind: Code | None = None
    media_ref: Annotated[str, msgspec.Meta(max_length=500)] | None = None
    condition: Literal["ok", "drift", "dark", "frozen", "no_signal"] | None = None
    picture_at: Moment | None = None
    clock_offset_s: Annotated[float, msgspec.Meta(ge=-1e9, le=1e9)] | None = None
    method: Code | None = None
    detection_id: Code | None = None
    phase: Literal["new", "update", "end"] | None = None
    reviewed_by: Code | None = None
    verdict: Literal["confirmed", "rejected"] | None = None


class CameraState(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What was last seen of one camera; each part with its own moment and event (source and id), the newest wins."""

    unit_code: str = ""
    unit_valid_on: date | None = None
    point_id: str | None = None
    seen_at: datetime | None = None
    seen_id: str = ""
    online: bool | None = None
    condition: str | None = None
    status_at: datetime | None = None
    status_id: str = ""
    waiting: int | None = None
    staff_present: int | None = None
    occupancy_at: datetime | None = None
    occupancy_id: str = ""
    vehicles: int | None = None
    people: int | None = None
    count_at: datetime | None = None
    count_id: str = ""


# fact → (prefix of its moment and event id in the state, what it observes)
_PARTS = {
    "status": ("status", ("online", "condition")),
    "occupancy": ("occupancy", ("waiting", "staff_present")),
    "traffic_count": ("count", ("vehicles",)),
    "people_count": ("count", ("people",)),
}
_PLACE = ("seen", ("unit_code", "unit_valid_on", "point_id"))


def apply(state: CameraState, event: Event[CameraData], _rules: Rules) -> CameraState:
    """The camera after an observation: an older one changes nothing, whatever the order of arrival."""
    changes: dict[str, Any] = {}
    told_by = f"{event.source} {event.id}"  # two sources may use one id: the order of arrival must not decide
    for part, names in (_PLACE, _PARTS.get(event.fact, ("seen", ()))):
        seen_at: datetime | None = getattr(state, f"{part}_at")
        if names and (seen_at is None or (event.occurred_at, told_by) > (seen_at, getattr(state, f"{part}_id"))):
            changes |= {name: getattr(event.data, name) for name in names}
            changes |= {f"{part}_at": event.occurred_at, f"{part}_id": told_by}
    return msgspec.structs.replace(state, **changes)


STREAM = Stream(
    name="camera",
    topic="ioc.camera",
    table="camera_event",
    schema=CameraData,
    facts={
        "status": ("online",),
        "occupancy": ("waiting", "staff_present"),
        "traffic_count": ("vehicles", "interval_s"),
        "detection": ("kind",),
        "people_count": ("people", "interval_s"),
    },
    subject="camera id",
    projection=Projection(table="camera_state", state=CameraState, apply=apply, mode="latest"),
    aggregates=("camera_hourly", "traffic_hourly", "detection_hourly"),
)
