"""Incidents of public order, traffic, fire and rescue: from the call to the end of the operation. Counts of casualties, never persons."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Annotated

import msgspec

from ioc.clock import local_day
from ioc.streams._telling import check_pairs, told
from ioc.streams.engine.contract import SAME, Contribution, Daily, Projection, Stream
from ioc.streams.engine.event import Event
from ioc.streams.engine.rules import Rules

Code = Annotated[str, msgspec.Meta(max_length=100)]
Text = Annotated[str, msgspec.Meta(max_length=2000)]
Count = Annotated[int, msgspec.Meta(ge=0, le=100_000)]
Moment = Annotated[datetime, msgspec.Meta(tz=True)]


class IncidentData(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Payload of an incident event; what a later one says of the incident replaces what was said before.

    `org_code`: who leads the operation. `unit_code`: administrative unit where it happens.
    `kind`: traffic_accident, fire, rescue, order, medical or another code of the profile. `line`: number that was called (113, 114, 115).
    `severity`: 1 to 4, the scale of the alerts. `lon_deg`: longitude, WGS 84. `lat_deg`: latitude, WGS 84.
    `dead`: persons known to have died, also later of their injuries. `injured`: persons injured and not dead.
    `agencies`: codes of the forces sent, joined by commas. `reason_code`: why it was cancelled or how it was cleared.
    """

    org_code: Code
    unit_code: Code
    unit_valid_on: date
    source_recorded_at: Moment | None = msgspec.field(default=None, name="recorded_at")
    kind: Code | None = None
    line: Code | None = None
    severity: Annotated[int, msgspec.Meta(ge=1, le=4)] | None = None
    lon_deg: Annotated[float, msgspec.Meta(ge=-180, le=180)] | None = None
    lat_deg: Annotated[float, msgspec.Meta(ge=-90, le=90)] | None = None
    dead: Count | None = None
    injured: Count | None = None
    agencies: Text | None = None
    reason_code: Code | None = None


class IncidentState(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Where one incident stands. Casualties are None until somebody counts them.

    `dispatch_s`: seconds from the report until the first force is sent. `arrive_s`: seconds from the report until the first is there.
    `ended_at`: when it was cleared or cancelled.
    """

    org_code: str = ""
    unit_code: str = ""
    unit_valid_on: date | None = None
    kind: str = ""
    line: str | None = None
    severity: int | None = None
    lon_deg: float | None = None
    lat_deg: float | None = None
    dead: int | None = None
    injured: int | None = None
    agencies: str | None = None
    reason_code: str | None = None
    reported_at: datetime | None = None
    dispatched_at: datetime | None = None
    dispatch_s: int | None = None
    arrived_at: datetime | None = None
    arrive_s: int | None = None
    ended_at: datetime | None = None


_OPEN = ("reported", "dispatched", "arrived")

# fact → {state before → state after}; the facts' order is the life-cycle rank that breaks ties in time.
TRANSITIONS = {
    "reported": {"": "reported"},
    "dispatched": {"reported": "dispatched", "dispatched": SAME, "arrived": SAME},  # more forces follow the first
    "arrived": {"reported": "arrived", "dispatched": "arrived", "arrived": SAME},  # a patrol at hand was not sent
    "updated": dict.fromkeys((*_OPEN, "cleared"), SAME),  # an injured person may die after the operation
    "cleared": dict.fromkeys(_OPEN, "cleared"),
    "cancelled": dict.fromkeys(_OPEN, "cancelled"),
}

_FACTS = dict.fromkeys(TRANSITIONS, ()) | {"reported": ("kind",), "cancelled": ("reason_code",)}
_PARTICULARS = ("org_code", "unit_code", "unit_valid_on", "kind", "line", "severity", "lon_deg", "lat_deg", "dead", "injured", "reason_code")


def check(fact: str, data: IncidentData) -> None:
    """What the schema cannot say: a place is given whole or not at all."""
    check_pairs(fact, data, ("lon_deg", "lat_deg"))


def apply(state: IncidentState, event: Event[IncidentData], _rules: Rules) -> IncidentState:
    """The incident after a permitted event; the first force that is sent and the first that arrives make its times."""
    data, at = event.data, event.occurred_at
    changes = told(data, _PARTICULARS)
    changes["agencies"] = _joined(state.agencies, data.agencies)
    match event.fact:
        case "reported":
            changes["reported_at"] = at
        case "dispatched" if state.dispatched_at is None:
            changes |= {"dispatched_at": at, "dispatch_s": _seconds(state.reported_at, at)}
        case "arrived" if state.arrived_at is None:
            changes |= {"arrived_at": at, "arrive_s": _seconds(state.reported_at, at)}
        case "cleared" | "cancelled":
            changes["ended_at"] = at
    return msgspec.structs.replace(state, **changes)


def _joined(known: str | None, told: str | None) -> str | None:
    codes = {code.strip() for text in (known, told) if text for code in text.split(",")} - {""}
    return ",".join(sorted(codes)) or None


def _seconds(since: datetime | None, at: datetime) -> int | None:
    return None if since is None else int((at - since).total_seconds())


def contributions(name: str, state: IncidentState) -> Iterator[Contribution]:
    """What one incident adds to the daily counts: each fact to its own day, the casualties to the day of the report."""
    key = (state.unit_code, state.kind)
    if state.reported_at:
        casualties = () if name == "cancelled" else (("dead", state.dead or 0), ("injured", state.injured or 0))
        yield Contribution(day=local_day(state.reported_at), key=key, measures=("reported",), amounts=casualties)
    if state.dispatched_at:
        yield Contribution(day=local_day(state.dispatched_at), key=key, measures=("dispatched",), amounts=(("dispatch_s", state.dispatch_s or 0),))
    if state.arrived_at:
        yield Contribution(day=local_day(state.arrived_at), key=key, measures=("arrived",), amounts=(("arrive_s", state.arrive_s or 0),))
    if state.ended_at:
        yield Contribution(day=local_day(state.ended_at), key=key, measures=(name,))


STREAM = Stream(
    name="incident",
    topic="ioc.incident",
    table="incident_event",
    schema=IncidentData,
    facts=_FACTS,
    subject="incident id of the emergency centre",
    check=check,
    placed=True,
    projection=Projection(
        table="incident_state",
        state=IncidentState,
        apply=apply,
        transitions=TRANSITIONS,
        open_states=frozenset(_OPEN),
        history=("state", "unit_code", "kind", "severity", "lon_deg", "lat_deg", "dead", "injured", "reported_at", "dispatched_at", "arrived_at",
                 "ended_at"),
        daily=Daily(
            table="incident_daily",
            key=("unit_code", "kind"),
            measures=("reported", "dispatched", "dispatch_s", "arrived", "arrive_s", "cleared", "cancelled", "dead", "injured"),
            contributions=contributions,
        ),
    ),
)
