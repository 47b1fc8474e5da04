"""Health of systems and data: heartbeats, probes, calls, certificates, security events, synchronisation and control totals.

What is told every minute is stored and summed by the hour, not folded; what has a life (a certificate, a security event, the
synchronisation of a dossier, a source's total of a day) is.
"""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Annotated, Any

import msgspec

from ioc.clock import local_day
from ioc.errors import InvalidEvent
from ioc.streams.engine.contract import SAME, Contribution, Daily, Projection, Stream
from ioc.streams.engine.event import Event
from ioc.streams.engine.rules import Rules

Code = Annotated[str, msgspec.Meta(max_length=100)]
Text = Annotated[str, msgspec.Meta(max_length=2000)]
Count = Annotated[int, msgspec.Meta(ge=0, le=2_000_000_000)]
Duration = Annotated[int, msgspec.Meta(ge=0, le=86_400_000)]
Moment = Annotated[datetime, msgspec.Meta(tz=True)]


class PlatformData(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Payload of a platform event.

    `unit_code`: unit that it concerns, empty where there is none. `source_id`: system that speaks or is watched.
    `status`: up, degraded or down. `latency_ms`: until the answer. `service`: service called, or topic read. `calls`: calls in the interval.
    `errors`: those of them that failed. `p95_ms`: latency that 95 of 100 calls stay under. `interval_s`: length of the interval.
    `expires_on`: last day of a certificate. `holder_kind`: organisation, person or device. `severity`: of a security event, 1 to 4.
    `reason`: in words, without names. `dossier_code`: dossier that was to be synchronised. `day`: day of a control total.
    `measure`: what is counted (received, resolved, open; lag). `value`: how many.
    """

    org_code: Code = ""
    unit_code: Code = ""
    unit_valid_on: date | None = None
    source_recorded_at: Moment | None = msgspec.field(default=None, name="recorded_at")
    source_id: Code | None = None
    status: Code | None = None
    latency_ms: Duration | None = None
    service: Code | None = None
    calls: Count | None = None
    errors: Count | None = None
    p95_ms: Duration | None = None
    interval_s: Annotated[int, msgspec.Meta(ge=1, le=86_400)] | None = None
    expires_on: date | None = None
    holder_kind: Code | None = None
    severity: Annotated[int, msgspec.Meta(ge=1, le=4)] | None = None
    reason: Text | None = None
    dossier_code: Code | None = None
    day: date | None = None
    measure: Code | None = None
    value: Count | None = None


class PlatformState(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Where one certificate, security event, dossier's synchronisation or control total stands.

    `contain_s`: seconds from detection to containment. `acknowledged_at`: since when the national portal has all of the dossier.
    `failed_at`: since when it has not. `told_at`: when a control total was last told.
    """

    org_code: str = ""
    unit_code: str = ""
    unit_valid_on: date | None = None
    source_id: str = ""
    expires_on: date | None = None
    holder_kind: str | None = None
    severity: int | None = None
    reason: str | None = None
    detected_at: datetime | None = None
    contained_at: datetime | None = None
    contain_s: int | None = None
    dossier_code: str | None = None
    acknowledged_at: datetime | None = None
    failed_at: datetime | None = None
    failure_count: int = 0
    day: date | None = None
    measure: str | None = None
    value: int | None = None
    told_at: datetime | None = None


OBSERVATIONS = frozenset({"heartbeat", "probe", "api_call_stats", "event_rejected", "consumer_lag"})

# fact → {state before → state after}; the facts' order is the life-cycle rank that breaks ties in time.
TRANSITIONS = {
    "certificate_expiring": {"": "expiring", "expiring": SAME},  # said again, or renewed under the same id
    "security_event": {"": "detected", "detected": SAME},
    "security_contained": {"detected": "contained"},
    "sync_ack": {"": "synced", "unsynced": "synced", "synced": SAME},
    "sync_failed": {"": "unsynced", "synced": "unsynced", "unsynced": SAME},
    "control_total": {"": "told", "told": SAME},
}

_FACTS = {
    "heartbeat": ("source_id", "status"),
    "probe": ("source_id", "status"),
    "api_call_stats": ("source_id", "service", "calls", "errors"),
    "certificate_expiring": ("source_id", "expires_on", "holder_kind"),
    "security_event": ("source_id", "severity", "reason"),
    "security_contained": ("source_id",),
    "event_rejected": ("source_id", "reason"),
    "sync_ack": ("source_id", "dossier_code"),
    "sync_failed": ("source_id", "dossier_code", "reason"),
    "consumer_lag": ("source_id", "service", "value"),
    "control_total": ("source_id", "day", "measure", "value"),
}
_PARTICULARS = ("org_code", "unit_code", "unit_valid_on", "source_id", "expires_on", "holder_kind", "severity", "reason", "dossier_code", "day",
                "measure", "value")


def check(fact: str, data: PlatformData) -> None:
    """What the schema cannot say: a known status, no more errors than calls."""
    if fact in {"heartbeat", "probe"} and data.status not in {"up", "degraded", "down"}:
        raise InvalidEvent("schema", f"status is '{data.status}'; it must be one of up, degraded, down")
    if data.calls is not None and data.errors is not None and data.errors > data.calls:
        raise InvalidEvent("schema", f"{data.errors} errors in {data.calls} calls: errors must be among the calls")


def apply(state: PlatformState, event: Event[PlatformData], _rules: Rules) -> PlatformState:
    """The subject after a permitted event; what is told later replaces what was told before."""
    data, at = event.data, event.occurred_at
    changes: dict[str, Any] = {name: value for name in _PARTICULARS if (value := getattr(data, name)) not in {None, ""}}
    match event.fact:
        case "security_event":
            changes["detected_at"] = state.detected_at or at
        case "security_contained":
            since = state.detected_at or at
            changes |= {"contained_at": at, "contain_s": int((at - since).total_seconds())}
        case "sync_ack":
            changes |= {"acknowledged_at": state.acknowledged_at or at, "failed_at": None, "reason": None}
        case "sync_failed":
            changes |= {"acknowledged_at": None, "failed_at": state.failed_at or at, "failure_count": state.failure_count + 1}
        case "control_total":
            changes["told_at"] = at
    return msgspec.structs.replace(state, **changes)


def contributions(_name: str, state: PlatformState) -> Iterator[Contribution]:
    """What one subject adds to the daily counts: dossiers by how their synchronisation stands, security events by severity."""
    key = (state.source_id, state.unit_code, str(state.severity or ""))
    if state.acknowledged_at:
        yield Contribution(day=local_day(state.acknowledged_at), key=key, measures=("acknowledged",))
    if state.failed_at:
        yield Contribution(day=local_day(state.failed_at), key=key, measures=("failed",))
    if state.detected_at:
        yield Contribution(day=local_day(state.detected_at), key=key, measures=("detected",))
    if state.contained_at:
        yield Contribution(day=local_day(state.contained_at), key=key, measures=("contained",), amounts=(("contain_s", state.contain_s or 0),))


STREAM = Stream(
    name="platform",
    topic="ioc.platform",
    table="platform_event",
    schema=PlatformData,
    facts=_FACTS,
    subject="source id; portal or service that is watched; consumer group/topic; certificate id; security event id; dossier code (sync_*); "
            "<source>/<unit>/<day>/<measure> of a control total",
    check=check,
    projection=Projection(
        version=2,
        table="platform_state",
        state=PlatformState,
        apply=apply,
        transitions=TRANSITIONS,
        observations=OBSERVATIONS,
        open_states=frozenset({"expiring", "detected", "unsynced"}),
        history=("state", "source_id", "unit_code", "severity", "expires_on", "holder_kind", "detected_at", "contained_at", "acknowledged_at",
                 "failed_at", "day", "measure", "value"),
        daily=Daily(
            table="platform_daily",
            key=("source_id", "unit_code", "severity"),
            measures=("acknowledged", "failed", "detected", "contained", "contain_s"),
            contributions=contributions,
        ),
    ),
    aggregates=("platform_hourly",),
)
