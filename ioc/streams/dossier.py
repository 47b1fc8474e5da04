"""Dossiers of the one-stop systems (hồ sơ một cửa): from submission to the result in the citizen's hand.

States, transitions and their national codes: docs/catalogue.md (TrangThaiHoSo 1–10 of the national portal); deadlines: docs/calendar.md.
"""

from datetime import date, datetime
from typing import Annotated, Any

import msgspec

from ioc.calendar.deadlines import Term, deadline, is_early, resumed, suspended
from ioc.errors import InvalidEvent
from ioc.streams._dossier_state import DAILY, DossierState, TermUnit
from ioc.streams._telling import told
from ioc.streams.engine.contract import ANY, SAME, Projection, Stream
from ioc.streams.engine.event import Event
from ioc.streams.engine.rules import Rules

Code = Annotated[str, msgspec.Meta(max_length=100)]
Text = Annotated[str, msgspec.Meta(max_length=2000)]
Small = Annotated[int, msgspec.Meta(ge=0, le=32767)]
Score = Annotated[int, msgspec.Meta(ge=1, le=5)]
Moment = Annotated[datetime, msgspec.Meta(tz=True)]

RECEIVE_WITHIN = Term(8, "working_hour")
"""Time to receive or refuse what was submitted online (NĐ 61/2018/NĐ-CP)."""


class DossierData(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Payload of a dossier event. `due_at`: promised moment of the result; `delivered_at`: when the citizen really got it.

    `committed_n`: promised time, counted in `committed_unit`; `statutory_n`: the time that the law allows; `provider`: who took an online
    payment, "cash" at the counter; `rating`: overall, 1 bad to 5 good; `person_ref`: keyed hash, never a name.
    """

    org_code: Code
    unit_code: Code
    unit_valid_on: date
    source_recorded_at: Moment | None = msgspec.field(default=None, name="recorded_at")
    procedure_code: Code | None = None
    sector_code: Code | None = None
    service_level: Code | None = None
    channel: Code | None = None
    applicant_kind: Code | None = None
    person_ref: Code | None = None
    committed_n: Small | None = None
    committed_unit: TermUnit | None = None
    statutory_n: Small | None = None
    statutory_unit: TermUnit | None = None
    due_at: Moment | None = None
    old_due_at: Moment | None = None
    new_due_at: Moment | None = None
    components: Small | None = None
    digitised: bool | None = None
    reused: bool | None = None
    step_no: Small | None = None
    step_name: Text | None = None
    step_due_at: Moment | None = None
    from_org: Code | None = None
    to_org: Code | None = None
    to_unit: Code | None = None
    request_no: Small | None = None
    reason_code: Code | None = None
    reason: Text | None = None
    form_no: Code | None = None
    signer_role: Code | None = None
    late_cause: Code | None = None
    delivered_at: Moment | None = None
    electronic_result: bool | None = None
    fee_due: bool | None = None
    fee_kind: Code | None = None
    provider: Code | None = None
    amount_vnd: Annotated[int, msgspec.Meta(ge=0, le=10**15)] | None = None
    rating: Score | None = None
    score_attitude: Score | None = None
    score_time: Score | None = None
    score_convenience: Score | None = None


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
    "paid": {"submitted": SAME, "received": SAME, "processing": SAME, "awaiting_payment": "processing", "result_ready": SAME, "returned": SAME},
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
    "extended": ("new_due_at",),
    "step_started": ("step_no",),
    "transferred": ("to_org",),
    "rated": ("rating",),
}


def check(fact: str, data: DossierData) -> None:
    """What the schema cannot say: a received dossier has a promise; an extension moves it forward (NĐ 61/2018, art. 19)."""
    if fact == "received" and data.due_at is None and (data.committed_n is None or data.committed_unit is None):
        raise InvalidEvent("schema", "'received' needs 'due_at', or 'committed_n' with 'committed_unit' to compute it from")
    if fact == "extended" and data.due_at and data.new_due_at and data.new_due_at <= data.due_at:
        raise InvalidEvent("schema", "'extended' must give a new_due_at after due_at")


def apply(state: DossierState, event: Event[DossierData], rules: Rules) -> DossierState:  # noqa: C901, PLR0912 (one case a fact)
    """The dossier after a permitted event."""
    data, at = event.data, event.occurred_at
    changes: dict[str, Any] = {}
    match event.fact:
        case "submitted":
            changes = {**_carried(data), **_held(data), "submitted_at": at}
            if changes.get("channel") == "online":
                changes["reception_due_at"] = deadline(rules.calendar, at, RECEIVE_WITHIN)
        case "received":
            changes = {**_carried(data), **_held(data), "received_at": at} | _promised(data, at, rules)
        case "refused" | "withdrawn" | "stopped":
            changes = {**(_carried(data) if not state.unit_code else {}), "ended_at": at}
        case "transferred":
            changes = {"holder_org": data.to_org, "holder_unit": data.to_unit or state.holder_unit}
        case "step_started":
            changes = {"step_no": data.step_no, "step_due_at": data.step_due_at}
        case "step_finished":
            overrun = state.step_due_at is not None and at > state.step_due_at
            changes = {"step_due_at": None, "late_org": state.late_org or (state.holder_org if overrun else None)}
        case "supplement_requested" | "payment_requested" | "suspended":
            asked = event.fact == "supplement_requested"
            changes = {"supplement_count": state.supplement_count + asked, "suspended_at": at if state.received_at else None,
                       "fee_due": True if event.fact == "payment_requested" else state.fee_due}
        case "supplemented" | "resumed":
            changes = _resumed(state, at, rules, data.new_due_at)
        case "paid":
            changes = _resumed(state, at, rules, data.new_due_at) | {
                "fee_due": True, "paid_online": state.paid_online or data.provider not in {None, "", "cash"}}
        case "extended":
            changes = {"due_at": data.new_due_at, "extension_count": state.extension_count + 1}
        case "apology_issued":
            changes = {"apology_at": state.apology_at or at}
        case "result_ready":
            changes = _resumed(state, at, rules, None) | {
                "finished_at": at, "delivered_at": data.delivered_at, "late_cause": data.late_cause,
                "electronic_result": data.electronic_result}
        case "result_returned":
            changes = {"returned_at": at, "delivered_at": state.delivered_at or data.delivered_at or at}
        case "rated":
            changes = {"rating": data.rating, "rated_at": at}
        case "corrected":
            changes = _carried(data) | ({"due_at": data.due_at} if data.due_at else {})
    return _judged(msgspec.structs.replace(state, **changes), rules) if changes else state


_CARRIED = ("org_code", "unit_code", "unit_valid_on", "procedure_code", "sector_code", "service_level", "channel", "applicant_kind",
            "committed_n", "committed_unit", "statutory_n", "statutory_unit", "digitised", "reused", "fee_due", "delivered_at")


CHANNELS = {"1": "counter", "2": "online", "3": "post"}
"""National codes (KenhThucHien) → the words that are counted; app and zalo stay what they are."""


def _carried(data: DossierData) -> dict[str, Any]:
    return told(data, _CARRIED) | ({"channel": CHANNELS.get(data.channel, data.channel)} if data.channel else {})


def _held(data: DossierData) -> dict[str, Any]:
    return {"holder_org": data.org_code, "holder_unit": data.unit_code}


def _promised(data: DossierData, at: datetime, rules: Rules) -> dict[str, Any]:
    # The source's promise wins; that it is another than ours is a flag.
    computed = None
    if data.committed_n is not None and data.committed_unit is not None:
        computed = deadline(rules.calendar, at, Term(data.committed_n, data.committed_unit))
    due = data.due_at or computed
    return {"due_at": due, "first_due_at": due, "due_differs": None not in {computed, data.due_at} and computed != data.due_at}


def _resumed(state: DossierState, at: datetime, rules: Rules, given: datetime | None) -> dict[str, Any]:
    """The working time left when the clock was stopped runs on from `at`; a deadline given by the source wins."""
    if state.suspended_at is None:
        return {"due_at": given or state.due_at}
    term = Term(state.committed_n or 0, state.committed_unit or "working_day")
    left = {name: suspended(rules.calendar, state.suspended_at, due, term) for name in ("due_at", "first_due_at") if (due := getattr(state, name))}
    changes: dict[str, Any] = {name: resumed(rules.calendar, at, remaining) for name, remaining in left.items()}
    changes |= {"suspended_at": None, "suspended_s": state.suspended_s + round(rules.calendar.working_seconds(state.suspended_at, at))}
    if given:
        changes |= {"due_differs": state.due_differs or given != changes.get("due_at"), "due_at": given}
        if not state.extension_count:
            changes["first_due_at"] = given
    return changes


def _judged(state: DossierState, rules: Rules) -> DossierState:
    # Judged again after every change, since a correction may move the deadline after the result.
    if state.finished_at is None or state.due_at is None:
        return state
    in_time = "early" if is_early(rules.calendar, state.finished_at, state.due_at) else "on_time"
    outcome = "late" if state.finished_at > state.due_at else in_time
    used_s = None
    if state.received_at:
        used_s = max(0, round(rules.calendar.working_seconds(state.received_at, state.finished_at)) - state.suspended_s)
    return state if (outcome, used_s) == (state.outcome, state.used_s) else msgspec.structs.replace(state, outcome=outcome, used_s=used_s)


STREAM = Stream(
    name="dossier",
    topic="ioc.dossier",
    table="dossier_event",
    schema=DossierData,
    facts=_FACTS,
    subject="dossier code: <organisation>-<YYMMDD of reception>-<sequence> (TT 03/2025/TT-VPCP)",
    check=check,
    projection=Projection(
        version=3,
        table="dossier_state",
        state=DossierState,
        apply=apply,
        transitions=TRANSITIONS,
        open_states=frozenset(_OPEN),
        history=("state", "unit_code", "org_code", "procedure_code", "channel", "service_level", "submitted_at", "received_at", "due_at",
                 "first_due_at", "finished_at", "delivered_at", "ended_at", "outcome", "late_cause", "supplement_count", "extension_count",
                 "apology_at",
                 "committed_n", "committed_unit", "statutory_n", "statutory_unit", "due_differs", "digitised", "reused", "electronic_result",
                 "fee_due", "paid_online", "used_s", "rating", "rated_at"),
        daily=DAILY,
    ),
)
