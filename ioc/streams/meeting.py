"""Online conferences (họp trực tuyến): the session, and each point that is invited, joins, loses the line and comes back.

'ended' is told of the session and of each of its points, so that a line cut at the end is no loss and a point that never came is absent.
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Annotated, Any, Literal

import msgspec

from ioc.clock import local_day
from ioc.errors import InvalidEvent
from ioc.streams._telling import marked, told
from ioc.streams.engine.contract import Contribution, Daily, Projection, Stream
from ioc.streams.engine.event import Event
from ioc.streams.engine.rules import Rules

Code = Annotated[str, msgspec.Meta(max_length=100)]
Level = Literal["central", "province", "district", "commune"]
Moment = Annotated[datetime, msgspec.Meta(tz=True)]

LONG_LOSS = timedelta(minutes=2)
"""A loss from which a session suffers (rule DT-05: design)."""


class MeetingData(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Payload of a conference's event.

    `meeting_id`: the session. `point_id`: the conference point, absent where the session itself is meant.
    `level`: whose session, or whose point it is: central, province, district or commune.
    `started_at`: when the session begins or began. `reason_code`: why the line was lost.
    """

    org_code: Code
    unit_code: Code
    unit_valid_on: date
    source_recorded_at: Moment | None = msgspec.field(default=None, name="recorded_at")
    meeting_id: Code | None = None
    point_id: Code | None = None
    level: Level | None = None
    started_at: Moment | None = None
    reason_code: Code | None = None


class MeetingState(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Where a session or one of its points stands.

    `point_id` '' is the session; `since_joined_at`: when the line came up, `lost_at`: when it went down; `connected_s`, `lost_s`: finished
    stretches, without the one that runs; `long_loss_count`: losses of more than two minutes that are over.
    """

    org_code: str = ""
    unit_code: str = ""
    unit_valid_on: date | None = None
    meeting_id: str = ""
    point_id: str = ""
    level: str = ""
    started_at: datetime | None = None
    invited_at: datetime | None = None
    joined_at: datetime | None = None
    since_joined_at: datetime | None = None
    lost_at: datetime | None = None
    ended_at: datetime | None = None
    connected_s: int = 0
    lost_s: int = 0
    loss_count: int = 0
    long_loss_count: int = 0
    last_reason_code: str | None = None


# fact → {state before → state after}; the facts' order is the life-cycle rank that breaks ties in time.
TRANSITIONS = {
    "point_invited": {"": "invited"},
    "started": {"": "running"},
    "point_joined": dict.fromkeys(("", "invited", "lost", "ended", "absent"), "joined"),
    "point_lost": {"joined": "lost"},
    "ended": {"running": "ended", "joined": "ended", "lost": "ended", "invited": "absent"},
}

_POINT = ("meeting_id", "point_id")
_CARRIED = ("org_code", "unit_code", "unit_valid_on", *_POINT, "level")
_FACTS = {
    "point_invited": _POINT,
    "started": ("meeting_id",),
    "point_joined": _POINT,
    "point_lost": _POINT,
    "ended": ("meeting_id",),
}


def check(fact: str, data: MeetingData) -> None:
    """What the schema cannot say: a session starts as a whole."""
    if fact == "started" and data.point_id is not None:
        raise InvalidEvent("schema", "'started' is about a session and has no point_id; a point has 'point_joined'")


def apply(state: MeetingState, event: Event[MeetingData], rules: Rules) -> MeetingState:
    """The session or point after a permitted event."""
    del rules
    data, at = event.data, event.occurred_at
    changes: dict[str, Any] = {} if state.meeting_id else told(data, _CARRIED)
    changes["started_at"] = data.started_at or state.started_at
    match event.fact:
        case "point_invited":
            changes["invited_at"] = at
        case "started":
            changes["started_at"] = changes["started_at"] or at
        case "point_joined":
            changes |= {"joined_at": state.joined_at or at, "since_joined_at": at, "ended_at": None, **_found(state, at)}
        case "point_lost":
            changes |= {"lost_at": at, "loss_count": state.loss_count + 1, "last_reason_code": data.reason_code, **_let_go(state, at)}
        case "ended":
            changes |= {"ended_at": at, **_found(state, at), **_let_go(state, at)}
    return msgspec.structs.replace(state, **changes)


def _found(state: MeetingState, at: datetime) -> dict[str, Any]:
    if state.lost_at is None:
        return {}
    lost = at - state.lost_at
    return {"lost_at": None, "lost_s": state.lost_s + int(lost.total_seconds()), "long_loss_count": state.long_loss_count + (lost > LONG_LOSS)}


def _let_go(state: MeetingState, at: datetime) -> dict[str, Any]:
    if state.since_joined_at is None:
        return {}
    return {"since_joined_at": None, "connected_s": state.connected_s + int((at - state.since_joined_at).total_seconds())}


def contributions(name: str, state: MeetingState) -> Iterator[Contribution]:
    """What one session or point adds to the day of the session."""
    begun = state.started_at or state.joined_at or state.invited_at
    if begun is None:
        return
    key = (state.unit_code, state.level)
    if not state.point_id:
        held_s = max(0, int((state.ended_at - begun).total_seconds())) if state.ended_at else 0  # ended before the planned beginning
        yield Contribution(day=local_day(begun), key=key, measures=("sessions",), amounts=(("session_s", held_s),))
        return
    measures = marked({"invited": state.invited_at, "joined": state.joined_at, "absent": name == "absent"})
    yield Contribution(day=local_day(begun), key=key, measures=measures, amounts=(
        ("losses", state.loss_count), ("long_losses", state.long_loss_count), ("lost_s", state.lost_s), ("connected_s", state.connected_s)))


STREAM = Stream(
    name="meeting",
    topic="ioc.task",
    table="meeting_event",
    schema=MeetingData,
    facts=_FACTS,
    subject="session: <meeting id>; one of its points: <meeting id>/<point id>",
    check=check,
    projection=Projection(
        version=2,
        table="meeting_state",
        state=MeetingState,
        apply=apply,
        transitions=TRANSITIONS,
        open_states=frozenset(("invited", "running", "joined", "lost")),
        history=("state", "unit_code", "meeting_id", "point_id", "level", "started_at", "invited_at", "joined_at", "lost_at", "ended_at",
                 "connected_s", "lost_s", "loss_count", "long_loss_count"),
        daily=Daily(
            table="meeting_daily",
            key=("unit_code", "level"),
            measures=("sessions", "session_s", "invited", "joined", "absent", "losses", "long_losses", "lost_s", "connected_s"),
            contributions=contributions,
        ),
    ),
)
