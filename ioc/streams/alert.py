"""Alerts of the centre: from a rule that speaks to the person who closes it. An output that is read back as a stream.

An alert's severity is its rule's, by what was found: `worsened` and `eased` tell that another of the rule's levels is met. An escalation widens
who is told and changes nothing else.
"""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Annotated, Any

import msgspec

from ioc.clock import local_day
from ioc.streams._telling import told
from ioc.streams.engine.contract import SAME, Contribution, Daily, Projection, Stream
from ioc.streams.engine.event import Event
from ioc.streams.engine.rules import Rules

Code = Annotated[str, msgspec.Meta(max_length=100)]
Text = Annotated[str, msgspec.Meta(max_length=2000)]
Value = Annotated[float, msgspec.Meta(ge=-1e15, le=1e15)]
Moment = Annotated[datetime, msgspec.Meta(tz=True)]


class AlertData(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Payload of an alert event. Who acts is a role, never a person.

    `org_code`: agency that the alert concerns. `unit_code`: unit that it concerns, empty for the whole province.
    `rule_id`: rule that speaks (ST-03). `severity`: 1 information, 2 attention, 3 warning, 4 grave. `dedup_key`: one open alert stands for it.
    `subject_ref`: what it is about (unit, station, source). `value`: what was found. `threshold`: what the rule compared it with.
    `cases`: how many things stand behind it. `figures`: what fills its text beside these, as a JSON object.
    `basis`: law, seed, source or design behind the rule. `takeover`: whether it takes the wall over.
    `owner_org`: agency that shall act. `actor_role`: role of the person who acts; absent where the centre acts alone.
    `told_role`: role that is told from now on. `reason_code`: why it was suppressed, resolved or reopened. `until_at`: end of the suppression.
    `note`: words of who acts, without names.
    """

    org_code: Code = ""
    unit_code: Code = ""
    unit_valid_on: date | None = None
    source_recorded_at: Moment | None = msgspec.field(default=None, name="recorded_at")
    rule_id: Code | None = None
    severity: Annotated[int, msgspec.Meta(ge=1, le=4)] | None = None
    dedup_key: Annotated[str, msgspec.Meta(max_length=300)] | None = None
    subject_ref: Annotated[str, msgspec.Meta(max_length=200)] | None = None
    value: Value | None = None
    threshold: Value | None = None
    cases: Annotated[int, msgspec.Meta(ge=0, le=10_000_000)] | None = None
    figures: Text | None = None
    basis: Text | None = None
    takeover: bool | None = None
    owner_org: Code | None = None
    actor_role: Code | None = None
    told_role: Code | None = None
    reason_code: Code | None = None
    note: Text | None = None
    until_at: Moment | None = None


class AlertState(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Where one alert stands.

    `acted`: whether a person has done anything about it. `ack_s`: seconds from raising to the first acknowledgement.
    `resolve_s`: seconds from raising to the resolution that stands. `resolved_alone`: resolved before any person acted.
    `until_at`: end of the suppression that lasts; whether it has passed is a question to the clock.
    """

    org_code: str = ""
    unit_code: str = ""
    unit_valid_on: date | None = None
    rule_id: str = ""
    severity: int | None = None
    dedup_key: str = ""
    subject_ref: str | None = None
    value: float | None = None
    threshold: float | None = None
    cases: int | None = None
    figures: str | None = None
    basis: str | None = None
    takeover: bool = False
    owner_org: str | None = None
    told_role: str | None = None
    reason_code: str | None = None
    note: str | None = None
    until_at: datetime | None = None
    raised_at: datetime | None = None
    acknowledged_at: datetime | None = None
    ack_s: int | None = None
    assigned_at: datetime | None = None
    escalated_at: datetime | None = None
    escalation_count: int = 0
    resolved_at: datetime | None = None
    resolve_s: int | None = None
    resolved_alone: bool = False
    closed_at: datetime | None = None
    reopened_count: int = 0
    acted: bool = False


_HEARD = ("raised", "acknowledged", "assigned")
_OPEN = (*_HEARD, "suppressed")

# fact → {state before → state after}; the facts' order is the life-cycle rank that breaks ties in time.
TRANSITIONS = {
    "raised": {"": "raised"},
    "worsened": dict.fromkeys(_OPEN, "raised"),  # what was acknowledged or silenced was less than this
    "eased": dict.fromkeys(_OPEN, SAME),
    "acknowledged": {"raised": "acknowledged"},
    "assigned": {"acknowledged": "assigned", "assigned": SAME},
    "suppressed": dict.fromkeys(_HEARD, "suppressed") | {"suppressed": SAME},
    "unsuppressed": {"suppressed": "raised"},  # what was silent must be looked at anew
    "escalated": dict.fromkeys(_HEARD, SAME),
    "resolved": dict.fromkeys(_OPEN, "resolved"),
    "closed": {"resolved": "closed"},
    "reopened": {"resolved": "raised"},  # after the closing a new alert is raised
}

_FACTS = dict.fromkeys(TRANSITIONS, ()) | {
    "raised": ("rule_id", "severity", "dedup_key", "basis"),
    "worsened": ("severity",),
    "eased": ("severity",),
    "acknowledged": ("actor_role",),
    "assigned": ("owner_org", "actor_role"),
    "suppressed": ("reason_code", "until_at", "actor_role"),
    "escalated": ("told_role",),
    "reopened": ("actor_role",),
}
_RAISED = ("org_code", "unit_code", "unit_valid_on", "rule_id", "severity", "dedup_key", "subject_ref", "value", "threshold", "cases",
           "figures", "basis", "takeover", "owner_org")
_FOUND = ("severity", "value", "threshold", "cases", "figures", "takeover")


def apply(state: AlertState, event: Event[AlertData], _rules: Rules) -> AlertState:  # noqa: C901 (one case a fact)
    """The alert after a permitted event."""
    data, at = event.data, event.occurred_at
    match event.fact:
        case "raised":
            changes: dict[str, Any] = told(data, _RAISED) | {"raised_at": at}
        case "worsened" | "eased":
            changes = told(data, _FOUND) | {"until_at": None if event.fact == "worsened" else state.until_at}
        case "acknowledged" if state.acknowledged_at is None:
            changes = {"acknowledged_at": at, "ack_s": _seconds(state, at)}
        case "assigned":
            changes = {"assigned_at": at, "owner_org": data.owner_org}
        case "suppressed":
            changes = {"until_at": data.until_at, "reason_code": data.reason_code, "note": data.note}
        case "unsuppressed":
            changes = {"until_at": None}
        case "escalated":
            changes = {"escalated_at": at, "escalation_count": state.escalation_count + 1, "told_role": data.told_role}
        case "resolved":
            alone = not state.acted and data.actor_role is None
            changes = {"resolved_at": at, "resolve_s": _seconds(state, at), "resolved_alone": alone, "until_at": None,
                       "reason_code": data.reason_code, "note": data.note}
        case "closed":
            changes = {"closed_at": at}
        case "reopened":
            changes = {"resolved_at": None, "resolve_s": None, "resolved_alone": False, "reopened_count": state.reopened_count + 1,
                       "reason_code": data.reason_code}
        case _:
            changes = {}
    return msgspec.structs.replace(state, **changes, acted=state.acted or data.actor_role is not None)


def _seconds(state: AlertState, at: datetime) -> int | None:
    return None if state.raised_at is None else int((at - state.raised_at).total_seconds())


def contributions(_name: str, state: AlertState) -> Iterator[Contribution]:
    """What one alert adds to the daily counts, under its rule, severity and unit: escalated and reopened count on the day of the raising."""
    key = (state.rule_id, str(state.severity or ""), state.unit_code)
    if state.raised_at:
        amounts = (("escalated", int(state.escalation_count > 0)), ("reopened", int(state.reopened_count > 0)))
        yield Contribution(day=local_day(state.raised_at), key=key, measures=("raised",), amounts=amounts)
    if state.acknowledged_at:
        yield Contribution(day=local_day(state.acknowledged_at), key=key, measures=("acknowledged",), amounts=(("ack_s", state.ack_s or 0),))
    if state.resolved_at:
        measures = ("resolved", "resolved_alone") if state.resolved_alone else ("resolved",)
        yield Contribution(day=local_day(state.resolved_at), key=key, measures=measures, amounts=(("resolve_s", state.resolve_s or 0),))


STREAM = Stream(
    name="alert",
    topic="ioc.alert",
    table="alert_event",
    schema=AlertData,
    facts=_FACTS,
    subject="alert id, one for each raising",
    projection=Projection(
        table="alert_state",
        state=AlertState,
        apply=apply,
        transitions=TRANSITIONS,
        open_states=frozenset(_OPEN),
        history=("state", "rule_id", "severity", "org_code", "unit_code", "dedup_key", "subject_ref", "value", "takeover", "owner_org", "until_at",
                 "escalation_count", "raised_at", "acknowledged_at", "resolved_at"),
        daily=Daily(
            table="alert_daily",
            key=("rule_id", "severity", "unit_code"),
            measures=("raised", "escalated", "reopened", "acknowledged", "ack_s", "resolved", "resolved_alone", "resolve_s"),
            contributions=contributions,
        ),
    ),
)
