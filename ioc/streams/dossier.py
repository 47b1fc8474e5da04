"""Dossiers of the one-stop systems (hồ sơ một cửa): from submission to the result in the citizen's hand.

States, transitions and their national codes: QĐ/TT as listed in docs/catalogue.md (TrangThaiHoSo 1–10 of the national portal).
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
Text = Annotated[str, msgspec.Meta(max_length=2000)]
Small = Annotated[int, msgspec.Meta(ge=0, le=32767)]
Moment = Annotated[datetime, msgspec.Meta(tz=True)]


class DossierData(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Payload of a dossier event. `due_at`: promised moment of the result; `delivered_at`: when the citizen really got it."""

    org_code: Code
    unit_code: Code
    unit_valid_on: date
    source_recorded_at: Moment | None = msgspec.field(default=None, name="recorded_at")
    procedure_code: Code | None = None
    sector_code: Code | None = None
    channel: Code | None = None
    due_at: Moment | None = None
    new_due_at: Moment | None = None
    step_no: Small | None = None
    to_org: Code | None = None
    reason_code: Code | None = None
    late_cause: Code | None = None
    delivered_at: Moment | None = None
    rating: Annotated[int, msgspec.Meta(ge=1, le=5)] | None = None
    amount_vnd: Annotated[int, msgspec.Meta(ge=0, le=10**15)] | None = None


class DossierState(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Where one dossier stands. `outcome`: early, on_time or late, judged at `finished_at` against `due_at`."""

    org_code: str = ""
    unit_code: str = ""
    unit_valid_on: date | None = None
    procedure_code: str | None = None
    sector_code: str | None = None
    channel: str = ""
    submitted_at: datetime | None = None
    received_at: datetime | None = None
    first_due_at: datetime | None = None
    due_at: datetime | None = None
    step_no: int | None = None
    finished_at: datetime | None = None
    delivered_at: datetime | None = None
    returned_at: datetime | None = None
    ended_at: datetime | None = None
    outcome: str | None = None
    late_cause: str | None = None
    extension_count: int = 0
    supplement_count: int = 0
    apology_at: datetime | None = None
    rating: int | None = None


_OPEN = ("received", "processing", "awaiting_supplement", "awaiting_payment", "suspended")
_TO_PROCESSING = dict.fromkeys(("received", "processing"), "processing")

# fact → {state before → state after}; the facts' order is the life-cycle rank that breaks ties in time.
TRANSITIONS = {
    "submitted": {"": "submitted"},
    "received": {"": "received", "submitted": "received"},
    "refused": {"": "refused", "submitted": "refused", "awaiting_intake": "refused"},
    "transferred": _TO_PROCESSING,
    "step_started": _TO_PROCESSING,
    "step_finished": {"processing": SAME},
    "supplement_requested": {
        "submitted": "awaiting_intake", "received": "awaiting_supplement", "processing": "awaiting_supplement",
    },
    "supplemented": {"awaiting_intake": "submitted", "awaiting_supplement": "processing"},
    "suspended": dict.fromkeys(("received", "processing"), "suspended"),
    "resumed": dict.fromkeys(("suspended", "awaiting_supplement", "awaiting_payment"), "processing"),
    "payment_requested": dict.fromkeys(("received", "processing"), "awaiting_payment"),
    "paid": {"submitted": SAME, "received": SAME, "processing": SAME, "awaiting_payment": "processing"},
    "extended": dict.fromkeys(_OPEN, SAME),
    "apology_issued": {ANY: SAME},
    "result_ready": dict.fromkeys(("processing", "awaiting_payment"), "result_ready"),
    "result_returned": {"result_ready": "returned"},
    "withdrawn": dict.fromkeys(("submitted", "awaiting_intake", *_OPEN), "withdrawn"),
    "stopped": dict.fromkeys(_OPEN, "stopped"),
    "rated": {"returned": SAME},
    "corrected": {ANY: SAME},
}

_FACTS = dict.fromkeys(TRANSITIONS, ()) | {
    "received": ("due_at",),
    "extended": ("new_due_at",),
    "step_started": ("step_no",),
    "transferred": ("to_org",),
    "rated": ("rating",),
}


def check(fact: str, data: DossierData) -> None:
    """What the schema cannot say: an extension must move the deadline forward (NĐ 61/2018, art. 19)."""
    if fact == "extended" and data.due_at and data.new_due_at and data.new_due_at <= data.due_at:
        raise InvalidEvent("schema", "'extended' must give a new_due_at after due_at")


def apply(state: DossierState, event: Event[DossierData]) -> DossierState:  # noqa: C901, PLR0912 (one case a fact)
    """The dossier after a permitted event."""
    data, at = event.data, event.occurred_at
    match event.fact:
        case "submitted":
            changes: dict[str, Any] = {**_carried(data), "submitted_at": at}
        case "received":
            changes = {**_carried(data), "received_at": at, "due_at": data.due_at, "first_due_at": data.due_at}
        case "refused" | "withdrawn" | "stopped":
            changes = {**(_carried(data) if not state.unit_code else {}), "ended_at": at}
        case "transferred":
            changes = {"org_code": data.to_org}
        case "step_started":
            changes = {"step_no": data.step_no}
        case "supplement_requested":
            changes = {"supplement_count": state.supplement_count + 1}
        case "supplemented" | "resumed" | "paid":
            changes = {"due_at": data.new_due_at or state.due_at}
        case "extended":
            changes = {"due_at": data.new_due_at, "extension_count": state.extension_count + 1}
        case "apology_issued":
            changes = {"apology_at": state.apology_at or at}
        case "result_ready":
            changes = {"finished_at": at, "delivered_at": data.delivered_at, "late_cause": data.late_cause}
        case "result_returned":
            changes = {"returned_at": at, "delivered_at": state.delivered_at or data.delivered_at or at}
        case "rated":
            changes = {"rating": data.rating}
        case "corrected":
            changes = _carried(data) | ({"due_at": data.due_at} if data.due_at else {})
        case _:
            return state
    return _judged(msgspec.structs.replace(state, **changes))


def _carried(data: DossierData) -> dict[str, Any]:
    names = ("org_code", "unit_code", "unit_valid_on", "procedure_code", "sector_code", "channel", "delivered_at")
    return {name: value for name in names if (value := getattr(data, name)) is not None}


def _judged(state: DossierState) -> DossierState:
    # Judged again after every change, since a correction may move the deadline after the result.
    if state.finished_at is None or state.due_at is None:
        return state
    in_time = "early" if local_day(state.finished_at) < local_day(state.due_at) else "on_time"
    outcome = "late" if state.finished_at > state.due_at else in_time
    return state if outcome == state.outcome else msgspec.structs.replace(state, outcome=outcome)


def contributions(name: str, state: DossierState) -> Iterator[Contribution]:
    """What one dossier adds to the daily counts: to the day of each fact, under its unit, agency and channel."""
    key = (state.unit_code, state.org_code, state.channel)
    if state.submitted_at:
        yield Contribution(day=local_day(state.submitted_at), key=key, measures=("submitted",))
    if state.received_at:
        yield Contribution(day=local_day(state.received_at), key=key, measures=("received",))
    if state.finished_at:
        yield Contribution(day=local_day(state.finished_at), key=key, measures=_result(state))
    if state.ended_at and name in {"refused", "withdrawn", "stopped"}:
        # Withdrawn before reception was never "received", so it does not reduce what is open.
        measure = "withdrawn_unreceived" if name == "withdrawn" and not state.received_at else name
        yield Contribution(day=local_day(state.ended_at), key=key, measures=(measure,))


def _result(state: DossierState) -> tuple[str, ...]:
    if state.outcome != "late":
        return ("resolved", state.outcome) if state.outcome else ("resolved",)
    if state.delivered_at is None:
        return ("resolved", "late", "delivery_unknown")
    really = state.due_at is not None and state.delivered_at > state.due_at
    return ("resolved", "late", "really_late") if really else ("resolved", "late")


STREAM = Stream(
    name="dossier",
    topic="ioc.dossier",
    table="dossier_event",
    schema=DossierData,
    facts=_FACTS,
    subject="dossier code: <organisation>-<YYMMDD of reception>-<sequence> (TT 03/2025/TT-VPCP)",
    check=check,
    projection=Projection(
        table="dossier_state",
        state=DossierState,
        apply=apply,
        transitions=TRANSITIONS,
        open_states=frozenset(_OPEN),
        history=("state", "unit_code", "org_code", "channel", "received_at", "due_at", "finished_at", "delivered_at", "outcome"),
        daily=Daily(
            table="dossier_daily",
            key=("unit_code", "org_code", "channel"),
            measures=("submitted", "received", "resolved", "early", "on_time", "late", "really_late", "delivery_unknown",
                      "refused", "withdrawn", "withdrawn_unreceived", "stopped"),
            contributions=contributions,
        ),
    ),
)
