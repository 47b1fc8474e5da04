"""Citizens' reports (phản ánh, kiến nghị): from the first message to the citizen's verdict.

A report belongs to a jurisdiction: '' is the province of the profile, others are imported and never counted with it. Where the source
gives no deadline, it is the category's term from the moment of submission (docs/calendar.md).
"""

from collections.abc import Iterator
from datetime import date, datetime
from math import ceil
from typing import Annotated, Any

import msgspec

from ioc.calendar.deadlines import Term, deadline, resumed, suspended
from ioc.clock import local_day
from ioc.streams._telling import check_pairs, told
from ioc.streams.engine.contract import ANY, SAME, Contribution, Daily, Projection, Stream
from ioc.streams.engine.event import Event
from ioc.streams.engine.rules import Rules

Code = Annotated[str, msgspec.Meta(max_length=100)]
Text = Annotated[str, msgspec.Meta(max_length=10_000)]
Reference = Annotated[str, msgspec.Meta(max_length=500)]
Moment = Annotated[datetime, msgspec.Meta(tz=True)]


class ReportData(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Payload of a report event. Place in WGS 84 degrees.

    `priority`: 1 (danger to life) … 4; `rating`: 1 bad, 2 fair, 3 good; `text_ref`, `media_ref`: where the words and pictures lie, never
    they themselves; `approved`: of a pause, whether the centre agreed, so that the clock stands; `wanted_due_at`: the deadline that an agency
    asks for; `unit_by_place`: the unit was found by the place, not told by the source.
    """

    jurisdiction: Code = ""
    org_code: Code = ""
    unit_code: Code = ""
    unit_valid_on: date | None = None
    source_recorded_at: Moment | None = msgspec.field(default=None, name="recorded_at")
    category: Code | None = None
    channel: Code | None = None
    reporter_kind: Code | None = None
    text_ref: Reference | None = None
    media_ref: list[Reference] | None = None
    lon_deg: Annotated[float, msgspec.Meta(ge=-180, le=180)] | None = None
    lat_deg: Annotated[float, msgspec.Meta(ge=-90, le=90)] | None = None
    accuracy_m: Annotated[float, msgspec.Meta(ge=0, le=1e7)] | None = None
    address: Text | None = None
    unit_by_place: bool | None = None
    priority: Annotated[int, msgspec.Meta(ge=1, le=4)] | None = None
    due_at: Moment | None = None
    wanted_due_at: Moment | None = None
    to_org: Code | None = None
    actor_role: Code | None = None
    reason_code: Code | None = None
    parent_id: Code | None = None
    approved: bool | None = None
    note: Text | None = None
    rating: Annotated[int, msgspec.Meta(ge=1, le=3)] | None = None


class ReportState(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Where one report stands. `outcome`: on_time or late, judged at `resolved_at` against `due_at`; None without a deadline.

    `due_given`: the deadline is the source's, not computed; `suspended_at`: since when the clock stands; `pause_asked_at`, `extension_asked_at`:
    since when the agency waits for the centre's word.
    """

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
    assigned_at: datetime | None = None
    accepted_at: datetime | None = None
    due_at: datetime | None = None
    due_given: bool = False
    suspended_at: datetime | None = None
    resolved_at: datetime | None = None
    ended_at: datetime | None = None
    ended_as: str | None = None
    reason_code: str | None = None
    outcome: str | None = None
    rating: int | None = None
    parent_id: str | None = None
    note_count: int = 0
    returned_count: int = 0
    reopened_count: int = 0
    extension_count: int = 0
    pause_asked_at: datetime | None = None
    extension_asked_at: datetime | None = None
    wanted_due_at: datetime | None = None


WAITING = ("submitted", "needs_info", "reopened")
WORKING = ("verified", "assigned", "accepted", "returned", "in_progress", "paused")
OPEN = (*WAITING, *WORKING)
"""States that Open311 calls open too (domain notes §4.2.1). SQL names them one by one, as the partial indexes do."""
_DONE = ("resolved", "published")
_WORKING_TIME = Term(1, "working_hour")
_GOES_ON = ("info_added", "verified", "rejected", "merged", "referred", "in_progress", "resolved", "reopened", "undone", "denied", "closed_by_source")
_NOTHING_ASKED = {"pause_asked_at": None, "extension_asked_at": None, "wanted_due_at": None}
_TRIAGE = ("verified", "rejected", "merged", "referred", "assigned")

# fact → {state before → state after}; the facts' order is the life-cycle rank that breaks ties in time.
TRANSITIONS = {
    "submitted": {"": "submitted"},
    "noted": {"": SAME, ANY: SAME},  # other systems note before they open: the note counts once the report is there
    "needs_info": dict.fromkeys(("submitted", "verified", "reopened"), "needs_info"),
    "info_added": {"needs_info": "submitted"},
    "verified": dict.fromkeys(WAITING, "verified"),
    "rejected": dict.fromkeys((*WAITING, "verified"), "rejected"),
    "merged": dict.fromkeys(OPEN, "merged"),
    "referred": dict.fromkeys((*WAITING, "verified", "returned"), "referred"),
    "assigned": dict.fromkeys(("verified", "returned", "reopened", "assigned", "accepted"), "assigned"),
    "accepted": {"assigned": "accepted"},
    "returned": dict.fromkeys(("assigned", "accepted"), "returned"),
    "in_progress": dict.fromkeys(("accepted", "paused"), "in_progress"),
    "paused": dict.fromkeys(("accepted", "in_progress", "paused"), "paused"),  # asked for, then agreed to
    "extension_asked": dict.fromkeys(("accepted", "in_progress", "paused"), SAME),
    "extended": dict.fromkeys(WORKING, SAME),
    # The centre does not agree to what the agency asked for: the work goes on.
    "denied": {"accepted": SAME, "in_progress": SAME, "paused": "in_progress"},
    "resolved": dict.fromkeys(("accepted", "in_progress", "paused"), "resolved"),
    "published": {"resolved": "published"},
    "rated": dict.fromkeys(("resolved", "published", "closed"), SAME),
    "reopened": dict.fromkeys((*_DONE, "closed", "rejected"), "reopened"),
    "closed": dict.fromkeys((*_DONE, "rejected", "merged", "referred"), "closed"),
    # What the triage decided, taken back: the report waits again, as if it had not been decided.
    "undone": {"needs_info": "submitted", "verified": "submitted", "rejected": "submitted", "merged": "submitted", "referred": "submitted",
               "assigned": "verified"},
    # A source with a life cycle of its own, of which only the beginning and the end are known.
    "closed_by_source": dict.fromkeys(OPEN, "closed"),
}

_FACTS = dict.fromkeys(TRANSITIONS, ()) | {
    "submitted": ("category", "channel"),
    "merged": ("parent_id",),
    "assigned": ("to_org",),
    "extension_asked": ("wanted_due_at",),
    "extended": ("due_at",),
    "rated": ("rating",),
}


def check(fact: str, data: ReportData) -> None:
    """What the schema cannot say: a place is given whole or not at all."""
    check_pairs(fact, data, ("lon_deg", "lat_deg"))


def apply(state: ReportState, event: Event[ReportData], rules: Rules) -> ReportState:  # noqa: C901, PLR0912 (one case a fact)
    """The report after a permitted event."""
    data, at, fact = event.data, event.occurred_at, event.fact
    changes: dict[str, Any] = _clock_again(state, at, rules) if fact in _GOES_ON else {}
    match fact:
        case "submitted":
            names = ("jurisdiction", "org_code", "unit_code", "unit_valid_on", "category", "channel", "lon_deg", "lat_deg", "priority")
            changes = told(data, names) | {"submitted_at": at}
            changes |= _due(data, data.category or "", at, rules)
        case "noted":
            changes = {"note_count": state.note_count + 1}
        case "needs_info":
            changes = {"suspended_at": state.suspended_at or at}
        case "rejected" | "referred":
            changes |= {"ended_at": at, "ended_as": fact, "reason_code": data.reason_code}
        case "merged":
            changes |= {"ended_at": at, "ended_as": "merged", "parent_id": data.parent_id}
        case "verified":
            changes |= told(data, ("category", "priority"))
            if data.due_at or (data.category not in {None, state.category} and not state.due_given and state.submitted_at):
                changes |= _due(data, data.category or state.category, state.submitted_at or at, rules)
        case "assigned":
            changes = {"org_code": data.to_org, "assigned_at": at, "due_at": data.due_at or state.due_at,
                       "due_given": state.due_given or data.due_at is not None}
        case "accepted":
            changes = {"accepted_at": at}
        case "returned":
            changes = {"returned_count": state.returned_count + 1}
        case "paused":
            changes = {"suspended_at": state.suspended_at or at, "pause_asked_at": None} if data.approved else {
                "pause_asked_at": None if state.suspended_at else state.pause_asked_at or at}
        case "extension_asked":
            changes = {"extension_asked_at": at, "wanted_due_at": data.wanted_due_at}
        case "extended":
            changes = {"due_at": data.due_at, "extension_count": state.extension_count + 1, "extension_asked_at": None, "wanted_due_at": None}
        case "denied":
            changes |= _NOTHING_ASKED
        case "in_progress":
            changes |= {"pause_asked_at": None}
        case "resolved" | "closed_by_source":
            changes |= {"resolved_at": at, "ended_at": at} | _NOTHING_ASKED
        case "rated":
            changes = {"rating": data.rating}
        case "reopened":
            changes |= {"reopened_count": state.reopened_count + 1, "resolved_at": None, "ended_at": None, "ended_as": None, "outcome": None,
                        "reason_code": None, "due_at": data.due_at or _half_term(state.category, at, rules) or state.due_at}
        case "undone":
            changes |= {"ended_at": None, "ended_as": None, "reason_code": None, "parent_id": None}
    if fact in _TRIAGE and state.triaged_at is None:
        changes["triaged_at"] = at
    return _judged(msgspec.structs.replace(state, **changes)) if changes else state


def _due(data: ReportData, category: str, since: datetime, rules: Rules) -> dict[str, Any]:
    term = rules.terms.get(category)
    computed = deadline(rules.calendar, since, term) if term and not data.jurisdiction else None
    return {"due_at": data.due_at or computed, "due_given": data.due_at is not None}


def _half_term(category: str, at: datetime, rules: Rules) -> datetime | None:
    # A second time has half the first one's term.
    term = rules.terms.get(category)
    if term is None:
        return None
    half = term.n / 2 if term.unit in {"working_hour", "clock_hour"} else ceil(term.n / 2)
    return deadline(rules.calendar, at, Term(half, term.unit))


def _clock_again(state: ReportState, at: datetime, rules: Rules) -> dict[str, Any]:
    """The time left when the clock was stopped runs on from `at`."""
    if state.suspended_at is None:
        return {}
    term = rules.terms.get(state.category, _WORKING_TIME)
    left = suspended(rules.calendar, state.suspended_at, state.due_at, term) if state.due_at else None
    return {"suspended_at": None} | ({"due_at": resumed(rules.calendar, at, left)} if left is not None else {})


def _judged(state: ReportState) -> ReportState:
    if state.resolved_at is None or state.due_at is None:
        return state
    outcome = "late" if state.resolved_at > state.due_at else "on_time"
    return state if outcome == state.outcome else msgspec.structs.replace(state, outcome=outcome)


def contributions(_name: str, state: ReportState) -> Iterator[Contribution]:
    """What one report adds to the daily counts: to the day of each fact, under its jurisdiction, unit, category and channel."""
    key = (state.jurisdiction, state.unit_code, state.category, state.channel)
    if state.submitted_at:
        measures = ("submitted", "reopened") if state.reopened_count else ("submitted",)
        yield Contribution(day=local_day(state.submitted_at), key=key, measures=measures)
    if state.resolved_at:
        measures = ("resolved", state.outcome) if state.outcome else ("resolved",)
        rated = ("rated", "satisfied") if (state.rating or 0) > 1 else ("rated",) if state.rating else ()
        yield Contribution(day=local_day(state.resolved_at), key=key, measures=measures + rated)
    elif state.ended_at and state.ended_as:
        spam = ("spam",) if state.ended_as == "rejected" and state.reason_code == "spam" else ()
        yield Contribution(day=local_day(state.ended_at), key=key, measures=(state.ended_as, *spam))


STREAM = Stream(
    name="report",
    topic="ioc.report",
    table="report_event",
    schema=ReportData,
    facts=_FACTS,
    subject="report code: PA-<YYMMDD>-<number> of the centre's own doors, PA-<unit code>-<YYMMDD>-<sequence> of a source, or <jurisdiction>:<id> "
            "of an imported one",
    check=check,
    placed=True,
    projection=Projection(
        version=3,
        table="report_state",
        state=ReportState,
        apply=apply,
        transitions=TRANSITIONS,
        open_states=frozenset(OPEN),
        history=("state", "jurisdiction", "unit_code", "org_code", "category", "lon_deg", "lat_deg", "priority", "submitted_at",
                 "triaged_at", "assigned_at", "accepted_at", "due_at", "suspended_at", "resolved_at", "ended_at", "ended_as", "reason_code",
                 "outcome", "rating", "channel", "reopened_count", "returned_count"),
        daily=Daily(
            table="report_daily",
            key=("jurisdiction", "unit_code", "category", "channel"),
            measures=("submitted", "resolved", "on_time", "late", "rejected", "merged", "referred", "spam", "reopened", "rated",
                      "satisfied"),
            contributions=contributions,
        ),
    ),
)
