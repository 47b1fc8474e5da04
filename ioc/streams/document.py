"""Electronic documents between agencies (văn bản điện tử): sent, arrived, registered, worked on, finished; refused or taken back.

A document as its issuer sent it and each copy that an agency receives are subjects of their own: one letter to 43 communes is one document
out and 43 in. A source that knows one recipient only may tell both under one subject. States: edXML 1.02 of the national document axis.
"""

from datetime import date, datetime
from typing import Annotated, Any, Literal

import msgspec

from ioc.calendar.deadlines import Term, deadline
from ioc.errors import InvalidEvent
from ioc.streams._document_state import DAILY, DocumentState
from ioc.streams._telling import outcome, told
from ioc.streams.engine.contract import SAME, Projection, Stream
from ioc.streams.engine.event import Event
from ioc.streams.engine.rules import Rules

Code = Annotated[str, msgspec.Meta(max_length=100)]
Urgency = Literal["normal", "urgent", "very_urgent", "express"]
Level = Literal["central", "province", "district", "commune"]
Moment = Annotated[datetime, msgspec.Meta(tz=True)]

REGISTER_WITHIN = {
    "express": Term(n=1, unit="clock_hour"),
    "very_urgent": Term(n=2, unit="clock_hour"),
    "urgent": Term(n=4, unit="clock_hour"),
    "normal": Term(n=1, unit="working_day"),
}
"""Urgency → time to register or refuse (rule DT-01): hours by design, otherwise the day of arrival or the next working day (NĐ 30/2020/NĐ-CP)."""


class DocumentData(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Payload of a document's event.

    `org_code`: the agency whose system tells it. `number`: as on the paper ("267"). `symbol`: as on the paper ("VPCP-TTĐT").
    `issued_on`: day of issue on the paper. `kind`: code of its form (letter, decision, …).
    `urgency`: normal (thường), urgent (khẩn), very_urgent (thượng khẩn) or express (hỏa tốc). `from_org`: the issuer. `to_org`: the recipient.
    `level`: of the issuer: central, province, district or commune. `edxml_state`: the axis' code of the fact. `signed`: with a digital signature.
    `electronic`: without paper; of 'finished': worked on online. `due_at`: by when the recipient is to finish. `reason_code`: of a refusal or recall.
    """

    org_code: Code
    unit_code: Code
    unit_valid_on: date
    source_recorded_at: Moment | None = msgspec.field(default=None, name="recorded_at")
    number: Code | None = None
    symbol: Code | None = None
    issued_on: date | None = None
    kind: Code | None = None
    urgency: Urgency | None = None
    level: Level | None = None
    from_org: Code | None = None
    to_org: Code | None = None
    edxml_state: Code | None = None
    signed: bool | None = None
    electronic: bool | None = None
    due_at: Moment | None = None
    reason_code: Code | None = None


_WORKED_ON = ("accepted", "assigned", "processing")
_HELD = ("arrived", *_WORKED_ON, "finished")

# fact → {state before → state after}; the facts' order is the life-cycle rank that breaks ties in time.
TRANSITIONS = {
    "sent": {"": "sent"},
    # What was refused or taken back may come once more, mended.
    "arrived": dict.fromkeys(("", "sent", "refused", "recalled"), "arrived"),
    "refused": {"arrived": "refused"},
    "accepted": {"arrived": "accepted"},
    "assigned": dict.fromkeys(_WORKED_ON, "assigned"),
    "processing": dict.fromkeys(_WORKED_ON, "processing"),
    "finished": dict.fromkeys(_WORKED_ON, "finished"),
    # Taking back what nobody has yet needs nobody's consent; a recipient is asked, and stays where it stood until it agrees.
    "recalled": {"sent": "recalled"} | dict.fromkeys(_HELD, SAME),
    "update_agreed": dict.fromkeys(_HELD, "recalled"),
    "update_refused": dict.fromkeys(_HELD, SAME),
}

EDXML = {"arrived": "01", "refused": "02", "accepted": "03", "assigned": "04", "processing": "05", "finished": "06",
         "recalled": "13", "update_agreed": "15", "update_refused": "16"}
"""Fact → state code of edXML 1.02; 'sent' has none, the axis knows a document only once it arrives."""

_FACTS = dict.fromkeys(TRANSITIONS, ()) | {"sent": ("from_org", "number", "symbol", "issued_on"), "arrived": ("from_org", "to_org")}
_CARRIED = ("unit_code", "unit_valid_on", "from_org", "to_org", "number", "symbol", "issued_on", "kind", "urgency", "level", "signed", "electronic")


def check(fact: str, data: DocumentData) -> None:
    """What the schema cannot say: the axis' code, where it is given, is that of the fact."""
    if data.edxml_state is not None and data.edxml_state != EDXML.get(fact):
        raise InvalidEvent("schema", f"'{fact}' has the edxml_state '{data.edxml_state}'; it must be {EDXML.get(fact, 'left out')}")


def apply(state: DocumentState, event: Event[DocumentData], rules: Rules) -> DocumentState:
    """The document after a permitted event."""
    data, at = event.data, event.occurred_at
    changes: dict[str, Any] = {"due_at": data.due_at or state.due_at}
    match event.fact:
        case "sent":
            changes |= {**told(data, _CARRIED), "from_unit": data.unit_code, "sent_at": at}
        case "arrived":
            changes |= told(data, _CARRIED) | _arrived(state, data, at, rules)
        case "refused" | "accepted":
            changes |= {"registered_at": at, "refused_at": at if event.fact == "refused" else state.refused_at}
        case "finished":
            changes |= {"finished_at": at, "finished_online": data.electronic}
        case "recalled" if state.arrived_at:
            changes["recall_asked_at"] = at
        case "recalled" | "update_agreed":
            changes |= {"recalled_at": at, "recall_asked_at": None}
        case "update_refused":
            changes["recall_asked_at"] = None
    return _judged(msgspec.structs.replace(state, **changes))


def _arrived(state: DocumentState, data: DocumentData, at: datetime, rules: Rules) -> dict[str, Any]:
    due = deadline(rules.calendar, at, REGISTER_WITHIN[data.urgency or state.urgency])
    again = dict.fromkeys(("registered_at", "finished_at", "finished_online", "recall_asked_at", "recalled_at"))
    return {"arrived_at": state.arrived_at or at, "last_arrived_at": at, "register_due_at": due, **again}


def _judged(state: DocumentState) -> DocumentState:
    return msgspec.structs.replace(
        state, register_outcome=outcome(state.registered_at, state.register_due_at), outcome=outcome(state.finished_at, state.due_at))


STREAM = Stream(
    name="document",
    topic="ioc.document",
    table="document_event",
    schema=DocumentData,
    facts=_FACTS,
    subject="document id <organisation>,<YYYY/MM/DD>,<number>/<symbol>; of a received copy, with >><recipient organisation>",
    check=check,
    projection=Projection(
        version=2,
        table="document_state",
        state=DocumentState,
        apply=apply,
        transitions=TRANSITIONS,
        open_states=frozenset(("arrived", *_WORKED_ON)),
        history=("state", "from_org", "from_unit", "unit_code", "to_org", "urgency", "level", "signed", "electronic", "sent_at", "arrived_at",
                 "last_arrived_at", "register_due_at", "registered_at", "refused_at", "due_at", "finished_at", "finished_online", "outcome",
                 "recalled_at"),
        daily=DAILY,
    ),
)
