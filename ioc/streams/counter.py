"""Counters of the one-stop points (quầy giao dịch): tickets from the kiosk to the rating, and the hours of each desk.

Two kinds of subjects. A ticket is waiting → called → serving → served, or abandoned. A desk-day is open and closed, as often as it likes.
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Annotated, Any

import msgspec

from ioc.clock import LOCAL, local_day
from ioc.streams._telling import told
from ioc.streams.engine.contract import SAME, Contribution, Daily, Projection, Stream
from ioc.streams.engine.event import Event
from ioc.streams.engine.rules import Rules

Code = Annotated[str, msgspec.Meta(max_length=100)]
Moment = Annotated[datetime, msgspec.Meta(tz=True)]

LONG_WAIT = timedelta(minutes=15)
TOO_LONG_WAIT = timedelta(minutes=30)
"""Waits that QĐ 468/QĐ-TTg (27/03/2021) allows at most: 30 minutes in 2022, 15 minutes from 2025 on."""
SATISFIED = 3
DISSATISFIED = 1


class CounterData(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Payload of a ticket's or a desk's event.

    `point_id`: the one-stop point. `counter_no`: the desk's number as painted on it. `ticket_no`: as printed, unique in its point and day.
    `service_group`: what the citizen came for. `rating`: 1 không hài lòng, 2 bình thường, 3 hài lòng, 4 rất hài lòng.
    """

    org_code: Code
    unit_code: Code
    unit_valid_on: date
    source_recorded_at: Moment | None = msgspec.field(default=None, name="recorded_at")
    point_id: Code | None = None
    counter_no: Code | None = None
    ticket_no: Code | None = None
    service_group: Code | None = None
    rating: Annotated[int, msgspec.Meta(ge=1, le=4)] | None = None


class CounterState(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Where a ticket or a desk-day stands.

    `called_at`: the first call, which ends the wait; `last_called_at`: the call that was followed; `open_s`: the desk's finished
    openings, without the one that runs since `opened_at`.
    """

    org_code: str = ""
    unit_code: str = ""
    unit_valid_on: date | None = None
    point_id: str = ""
    counter_no: str = ""
    ticket_no: str = ""
    service_group: str = ""
    taken_at: datetime | None = None
    called_at: datetime | None = None
    last_called_at: datetime | None = None
    call_count: int = 0
    started_at: datetime | None = None
    ended_at: datetime | None = None
    abandoned_at: datetime | None = None
    rated_at: datetime | None = None
    rating: int | None = None
    first_opened_at: datetime | None = None
    opened_at: datetime | None = None
    closed_at: datetime | None = None
    open_s: int = 0


# fact → {state before → state after}; the facts' order is the life-cycle rank that breaks ties in time.
TRANSITIONS = {
    "ticket_taken": {"": "waiting"},
    # Points without a kiosk call people they never gave a ticket; who missed a call may be called again.
    "ticket_called": dict.fromkeys(("", "waiting", "called", "abandoned"), "called"),
    "service_started": {"called": "serving"},
    "service_ended": dict.fromkeys(("called", "serving"), "served"),
    "ticket_abandoned": dict.fromkeys(("waiting", "called"), "abandoned"),
    "rated": {"serving": SAME, "served": SAME},
    "opened": {"": "open", "closed": "open"},
    "closed": {"open": "closed"},
}

_OPEN = ("waiting", "called", "serving", "open")
_TICKET = ("point_id", "ticket_no")
_DESK = ("point_id", "counter_no")
_CARRIED = ("org_code", "unit_code", "unit_valid_on", "point_id", "ticket_no")

_FACTS = dict.fromkeys(TRANSITIONS, _TICKET) | {
    "ticket_called": (*_TICKET, "counter_no"),
    "rated": (*_TICKET, "rating"),
    "opened": _DESK,
    "closed": _DESK,
}


def apply(state: CounterState, event: Event[CounterData], rules: Rules) -> CounterState:  # noqa: C901 (one case a fact)
    """The ticket or desk-day after a permitted event."""
    del rules
    data, at = event.data, event.occurred_at
    changes: dict[str, Any] = {} if state.point_id else told(data, _CARRIED)
    match event.fact:
        case "ticket_taken":
            changes["taken_at"] = at
        case "ticket_called":
            changes |= {"called_at": state.called_at or at, "last_called_at": at, "call_count": state.call_count + 1, "abandoned_at": None}
        case "service_started":
            changes["started_at"] = at
        case "service_ended":
            changes["ended_at"] = at
        case "ticket_abandoned":
            changes["abandoned_at"] = at
        case "rated":
            changes |= {"rated_at": at, "rating": data.rating}
        case "opened":
            changes |= {"first_opened_at": state.first_opened_at or at, "opened_at": at, "closed_at": None}
        case "closed":
            changes |= {"closed_at": at, "open_s": state.open_s + _seconds(state.opened_at, at)}
    changes |= {name: value for name in ("counter_no", "service_group") if (value := getattr(data, name))}
    return msgspec.structs.replace(state, **changes)


def _seconds(start: datetime | None, end: datetime | None) -> int:
    return 0 if start is None or end is None else int((end - start).total_seconds())


def contributions(_name: str, state: CounterState) -> Iterator[Contribution]:
    """What one ticket adds to the hour of each of its facts, and one desk-day to its day (hour '')."""
    if state.taken_at:
        yield _in_hour(state, state.taken_at, ("taken",))
    if state.called_at:
        yield _called(state, state.called_at)
    if state.ended_at:
        yield _in_hour(state, state.ended_at, ("served",), (("service_s", _seconds(state.last_called_at, state.ended_at)),))
    if state.abandoned_at:
        yield _in_hour(state, state.abandoned_at, ("abandoned",))
    if state.rated_at and state.rating:
        verdict = ("satisfied",) if state.rating >= SATISFIED else ("dissatisfied",) if state.rating <= DISSATISFIED else ()
        yield _in_hour(state, state.rated_at, ("rated", *verdict))
    if state.first_opened_at:
        yield Contribution(day=local_day(state.first_opened_at), key=(state.unit_code, state.point_id, ""), measures=("desks",),
                           amounts=(("open_s", state.open_s),))


def _called(state: CounterState, at: datetime) -> Contribution:
    if state.taken_at is None:
        return _in_hour(state, at, ("called",))
    wait = at - state.taken_at
    over = (*(("over_15_min",) if wait > LONG_WAIT else ()), *(("over_30_min",) if wait > TOO_LONG_WAIT else ()))
    return _in_hour(state, at, ("called", "waited", *over), (("wait_s", _seconds(state.taken_at, at)),))


def _in_hour(state: CounterState, at: datetime, measures: tuple[str, ...], amounts: tuple[tuple[str, int], ...] = ()) -> Contribution:
    hour = f"{at.astimezone(LOCAL).hour:02d}"
    return Contribution(day=local_day(at), key=(state.unit_code, state.point_id, hour), measures=measures, amounts=amounts)


STREAM = Stream(
    name="counter",
    topic="ioc.counter",
    table="counter_event",
    schema=CounterData,
    facts=_FACTS,
    subject="ticket: <point id>/<YYMMDD>/<ticket no>; desk-day: <point id>/Q<counter no>/<YYMMDD>",
    projection=Projection(
        version=2,
        table="counter_state",
        state=CounterState,
        apply=apply,
        transitions=TRANSITIONS,
        open_states=frozenset(_OPEN),
        history=("state", "unit_code", "point_id", "counter_no", "service_group", "taken_at", "called_at", "last_called_at", "ended_at",
                 "abandoned_at", "rated_at", "rating", "first_opened_at", "opened_at", "open_s"),
        daily=Daily(
            table="counter_daily",
            key=("unit_code", "point_id", "hour"),
            measures=("taken", "called", "waited", "wait_s", "over_15_min", "over_30_min", "served", "service_s", "abandoned",
                      "rated", "satisfied", "dissatisfied", "desks", "open_s"),
            contributions=contributions,
        ),
    ),
)
