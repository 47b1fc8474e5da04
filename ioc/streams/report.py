"""Citizens' reports (phản ánh, kiến nghị): from the first message to the citizen's verdict.

A report belongs to a jurisdiction: '' is the province of the profile, others are imported and never counted with it.
"""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Annotated, Any

import msgspec

from ioc.clock import local_day
from ioc.errors import InvalidEvent
from ioc.streams.engine.contract import ANY, SAME, Contribution, Daily, Projection, Stream
from ioc.streams.engine.event import Event

Code = Annotated[str, msgspec.Meta(max_length=100)]
Text = Annotated[str, msgspec.Meta(max_length=10_000)]
Moment = Annotated[datetime, msgspec.Meta(tz=True)]


class ReportData(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Payload of a report event. Place in WGS 84 degrees; `priority` 1 (danger to life) … 4; `rating` 1 bad, 2 fair, 3 good."""

    jurisdiction: Code = ""
    org_code: Code = ""
    unit_code: Code = ""
    unit_valid_on: date | None = None
    source_recorded_at: Moment | None = msgspec.field(default=None, name="recorded_at")
    category: Code | None = None
    channel: Code | None = None
    lon_deg: Annotated[float, msgspec.Meta(ge=-180, le=180)] | None = None
    lat_deg: Annotated[float, msgspec.Meta(ge=-90, le=90)] | None = None
    accuracy_m: Annotated[float, msgspec.Meta(ge=0, le=1e7)] | None = None
    address: Text | None = None
    priority: Annotated[int, msgspec.Meta(ge=1, le=4)] | None = None
    due_at: Moment | None = None
    to_org: Code | None = None
    actor_role: Code | None = None
    reason_code: Code | None = None
    parent_id: Code | None = None
    note: Text | None = None
    rating: Annotated[int, msgspec.Meta(ge=1, le=3)] | None = None


class ReportState(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Where one report stands. `outcome`: on_time or late, judged at `resolved_at` against `due_at`; None without a deadline."""

    jurisdiction: str = ""
    org_code: str = ""
    unit_code: str = ""
    unit_valid_on: date | None = None
    category: str = ""
    channel: str = ""
    lon_deg: float | None = None
    lat_deg: float | None = None
    priority: int | None = None
    submitted_at: datetime | None = None
    triaged_at: datetime | None = None
    due_at: datetime | None = None
    resolved_at: datetime | None = None
    ended_at: datetime | None = None
    ended_as: str | None = None
    outcome: str | None = None
    rating: int | None = None
    parent_id: str | None = None
    note_count: int = 0
    returned_count: int = 0
    reopened_count: int = 0


_WAITING = ("submitted", "needs_info", "reopened")
_WORKING = ("verified", "assigned", "accepted", "returned", "in_progress", "paused")
_OPEN = (*_WAITING, *_WORKING)
_DONE = ("resolved", "published")
_TRIAGE = ("verified", "rejected", "merged", "referred", "assigned")

# fact → {state before → state after}; the facts' order is the life-cycle rank that breaks ties in time.
TRANSITIONS = {
    "submitted": {"": "submitted"},
    "noted": {"": SAME, ANY: SAME},  # other systems note before they open: the note counts once the report is there
    "needs_info": dict.fromkeys(("submitted", "verified", "reopened"), "needs_info"),
    "info_added": {"needs_info": "submitted"},
    "verified": dict.fromkeys(_WAITING, "verified"),
    "rejected": dict.fromkeys((*_WAITING, "verified"), "rejected"),
    "merged": dict.fromkeys(_OPEN, "merged"),
    "referred": dict.fromkeys((*_WAITING, "verified", "returned"), "referred"),
    "assigned": dict.fromkeys(("verified", "returned", "reopened", "assigned", "accepted"), "assigned"),
    "accepted": {"assigned": "accepted"},
    "returned": dict.fromkeys(("assigned", "accepted"), "returned"),
    "in_progress": dict.fromkeys(("accepted", "paused"), "in_progress"),
    "paused": dict.fromkeys(("accepted", "in_progress"), "paused"),
    "extended": dict.fromkeys(_WORKING, SAME),
    "resolved": dict.fromkeys(("accepted", "in_progress", "paused"), "resolved"),
    "published": {"resolved": "published"},
    "rated": dict.fromkeys(("resolved", "published", "closed"), SAME),
    "reopened": dict.fromkeys((*_DONE, "closed", "rejected"), "reopened"),
    "closed": dict.fromkeys((*_DONE, "rejected", "merged", "referred"), "closed"),
    # A source with a life cycle of its own, of which only the beginning and the end are known.
    "closed_by_source": dict.fromkeys(_OPEN, "closed"),
}

_FACTS = dict.fromkeys(TRANSITIONS, ()) | {
    "submitted": ("category", "channel"),
    "merged": ("parent_id",),
    "assigned": ("to_org",),
    "extended": ("due_at",),
    "rated": ("rating",),
}


def check(fact: str, data: ReportData) -> None:
    """What the schema cannot say: a place is given whole or not at all."""
    if (data.lon_deg is None) != (data.lat_deg is None):
        raise InvalidEvent("schema", f"'{fact}' gives only one of lon_deg and lat_deg")


def apply(state: ReportState, event: Event[ReportData]) -> ReportState:  # noqa: C901 (one case a fact)
    """The report after a permitted event."""
    data, at = event.data, event.occurred_at
    changes: dict[str, Any] = {}
    match event.fact:
        case "submitted":
            names = ("jurisdiction", "org_code", "unit_code", "unit_valid_on", "category", "channel", "lon_deg", "lat_deg", "priority", "due_at")
            changes = {name: value for name in names if (value := getattr(data, name)) is not None} | {"submitted_at": at}
        case "noted":
            changes = {"note_count": state.note_count + 1}
        case "rejected" | "referred":
            changes = {"ended_at": at, "ended_as": event.fact}
        case "merged":
            changes = {"ended_at": at, "ended_as": "merged", "parent_id": data.parent_id}
        case "verified":
            changes = {name: value for name in ("category", "priority", "due_at") if (value := getattr(data, name)) is not None}
        case "assigned":
            changes = {"org_code": data.to_org, "due_at": data.due_at or state.due_at}
        case "returned":
            changes = {"returned_count": state.returned_count + 1}
        case "extended":
            changes = {"due_at": data.due_at}
        case "resolved" | "closed_by_source":
            changes = {"resolved_at": at, "ended_at": at}
        case "rated":
            changes = {"rating": data.rating}
        case "reopened":
            changes = {"reopened_count": state.reopened_count + 1, "resolved_at": None, "ended_at": None, "ended_as": None, "outcome": None,
                       "due_at": data.due_at or state.due_at}
    if event.fact in _TRIAGE and state.triaged_at is None:
        changes["triaged_at"] = at
    return _judged(msgspec.structs.replace(state, **changes)) if changes else state


def _judged(state: ReportState) -> ReportState:
    if state.resolved_at is None or state.due_at is None:
        return state
    outcome = "late" if state.resolved_at > state.due_at else "on_time"
    return state if outcome == state.outcome else msgspec.structs.replace(state, outcome=outcome)


def contributions(_name: str, state: ReportState) -> Iterator[Contribution]:
    """What one report adds to the daily counts: to the day of each fact, under its jurisdiction, unit, category and channel."""
    key = (state.jurisdiction, state.unit_code, state.category, state.channel)
    if state.submitted_at:
        yield Contribution(day=local_day(state.submitted_at), key=key, measures=("submitted",))
    if state.resolved_at:
        measures = ("resolved", state.outcome) if state.outcome else ("resolved",)
        rated = ("rated", "satisfied") if (state.rating or 0) > 1 else ("rated",) if state.rating else ()
        yield Contribution(day=local_day(state.resolved_at), key=key, measures=measures + rated)
    elif state.ended_at and state.ended_as:
        yield Contribution(day=local_day(state.ended_at), key=key, measures=(state.ended_as,))
    if state.reopened_count and state.submitted_at:
        yield Contribution(day=local_day(state.submitted_at), key=key, measures=("reopened",))


STREAM = Stream(
    name="report",
    topic="ioc.report",
    table="report_event",
    schema=ReportData,
    facts=_FACTS,
    subject="report code: PA-<unit code>-<YYMMDD>-<sequence>, or <jurisdiction>:<id> of an imported source",
    check=check,
    projection=Projection(
        table="report_state",
        state=ReportState,
        apply=apply,
        transitions=TRANSITIONS,
        open_states=frozenset(_OPEN),
        history=("state", "jurisdiction", "unit_code", "org_code", "category", "lon_deg", "lat_deg", "priority", "submitted_at",
                 "triaged_at", "due_at", "resolved_at", "outcome", "rating"),
        daily=Daily(
            table="report_daily",
            key=("jurisdiction", "unit_code", "category", "channel"),
            measures=("submitted", "resolved", "on_time", "late", "rejected", "merged", "referred", "reopened", "rated", "satisfied"),
            contributions=contributions,
        ),
    ),
)
