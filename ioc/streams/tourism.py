"""Tourism (du lịch): arrivals, overnight guests, revenue and rooms of a unit or a facility in a period."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Annotated, Any

import msgspec

from ioc.calendar.written import first_day, grain
from ioc.streams._period import Period, check_period
from ioc.streams._telling import check_pairs
from ioc.streams.engine.contract import SAME, Contribution, Daily, Projection, Stream
from ioc.streams.engine.event import Event
from ioc.streams.engine.rules import Rules

Code = Annotated[str, msgspec.Meta(max_length=100)]
Count = Annotated[int, msgspec.Meta(ge=0, le=1_000_000_000)]
Money = Annotated[int, msgspec.Meta(ge=0, le=10**15)]
Moment = Annotated[datetime, msgspec.Meta(tz=True)]


class TourismData(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Payload of a tourism event. `facility_code`: the lodging or site, empty for the total of the unit.

    `period`: 2026, 2026-Q3, 2026-11, 2026-W47 or 2026-11-21; `overnight_guests`: those of the guests who stayed a night;
    `rooms_occupied`: room nights sold, of `rooms_available` on offer, never one without the other.
    """

    org_code: Code = ""
    unit_code: Code
    unit_valid_on: date
    source_recorded_at: Moment | None = msgspec.field(default=None, name="recorded_at")
    facility_code: Code = ""
    period: Period
    arrivals: Count | None = None
    overnight_guests: Count | None = None
    revenue_vnd: Money | None = None
    rooms_occupied: Count | None = None
    rooms_available: Count | None = None


class TourismState(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """The newest figures of one unit or facility in one period. `grain`: year, quarter, month, week or day; `corrections`: how often they changed."""

    org_code: str = ""
    unit_code: str = ""
    unit_valid_on: date | None = None
    facility_code: str = ""
    period: str = ""
    grain: str = ""
    first_day: date | None = None
    arrivals: int | None = None
    overnight_guests: int | None = None
    revenue_vnd: int | None = None
    rooms_occupied: int | None = None
    rooms_available: int | None = None
    corrections: int = 0


# fact → {state before → state after}: told once, and corrected as often as needed.
TRANSITIONS = {"arrivals": {"": "reported", "reported": SAME}}

_PLACE = ("org_code", "unit_code", "unit_valid_on", "facility_code", "period")
_FIGURES = ("arrivals", "overnight_guests", "revenue_vnd", "rooms_occupied", "rooms_available")


def check(fact: str, data: TourismData) -> None:
    """What the schema cannot say: a period of the calendar; rooms sold only with rooms on offer."""
    check_period(data.period)
    check_pairs(fact, data, ("rooms_occupied", "rooms_available"))


def apply(state: TourismState, event: Event[TourismData], _rules: Rules) -> TourismState:
    """The figures after a report: the newest replaces the one before as a whole."""
    data = event.data
    changes: dict[str, Any] = {name: getattr(data, name) for name in (*_PLACE, *_FIGURES)}
    corrected = bool(state.period) and any(changes[name] != getattr(state, name) for name in _FIGURES)
    return msgspec.structs.replace(state, **changes, grain=grain(data.period), first_day=first_day(data.period),
                                   corrections=state.corrections + corrected)


def contributions(_name: str, state: TourismState) -> Iterator[Contribution]:
    """What one report adds: to the first day of its period, under its length, so that days and months are never added together."""
    if state.first_day:
        amounts = tuple((name, value) for name in _FIGURES if (value := getattr(state, name)) is not None)
        yield Contribution(day=state.first_day, key=(state.grain, state.unit_code, state.facility_code), measures=("reports",), amounts=amounts)


STREAM = Stream(
    name="tourism",
    topic="ioc.indicator",
    table="tourism_event",
    schema=TourismData,
    facts={"arrivals": ("arrivals",)},
    subject="<facility or unit code>/<period>",
    check=check,
    projection=Projection(
        table="tourism_state",
        state=TourismState,
        apply=apply,
        transitions=TRANSITIONS,
        history=("state", "unit_code", "facility_code", "period", "grain", "first_day", *_FIGURES),
        daily=Daily(
            table="tourism_daily",
            key=("grain", "unit_code", "facility_code"),
            measures=("reports", *_FIGURES),
            contributions=contributions,
        ),
    ),
)
