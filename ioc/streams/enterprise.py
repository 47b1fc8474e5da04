"""Enterprises (doanh nghiệp): from registration to dissolution, and the inspections (thanh tra, kiểm tra) of each calendar year.

An enterprise is a keyed hash; its code, name and owner never come here. Life: Luật Doanh nghiệp 59/2020/QH14, art. 206 to 208 (a dissolved
enterprise does not come back: art. 29 gives its code to nobody else). Inspections: at most one a year (CT 20/CT-TTg, 17/05/2017).
"""

from datetime import date, datetime
from typing import Annotated, Any

import msgspec

from ioc.clock import local_day
from ioc.streams._enterprise_state import DAILY, EnterpriseState, Inspection, Move, read_inspections, read_moves, with_inspections, with_moves
from ioc.streams.engine.contract import ANY, SAME, Projection, Stream
from ioc.streams.engine.event import Event
from ioc.streams.engine.rules import Rules

Code = Annotated[str, msgspec.Meta(max_length=100)]
Hash = Annotated[str, msgspec.Meta(min_length=16, max_length=64, pattern=r"^[0-9a-f]+$(?!\n)")]
Moment = Annotated[datetime, msgspec.Meta(tz=True)]


class EnterpriseData(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Payload of an enterprise event. `org_code`: who registers or inspects; `unit_code`: where the enterprise has its seat.

    `enterprise_ref`: keyed hash of at least 16 hexadecimal digits, so that no tax code passes; `inspection_ref`: one inspection, from plan to
    conduct; `planned_on`: day for which it is planned; `reason_code`: why it was suspended, dissolved, inspected or cancelled.
    """

    org_code: Code = ""
    unit_code: Code
    unit_valid_on: date
    source_recorded_at: Moment | None = msgspec.field(default=None, name="recorded_at")
    enterprise_ref: Hash
    inspection_ref: Code | None = None
    planned_on: date | None = None
    reason_code: Code | None = None


# fact → {state before → state after}. 'known': only inspections are told of it, its registration is not (yet).
_MEASURES = {"registered": "new", "resumed": "resumed", "suspended": "suspended", "dissolved": "dissolved"}
_INSPECTED = {"": "known", "known": SAME, "active": SAME, "suspended": SAME}
TRANSITIONS = {
    "registered": {"": "active", "known": "active"},
    "resumed": dict.fromkeys(("", "known", "suspended"), "active"),
    "suspended": dict.fromkeys(("", "known", "active"), "suspended"),
    "dissolved": dict.fromkeys(("", "known", "active", "suspended"), "dissolved"),
    "inspection_planned": _INSPECTED,
    "inspection_conducted": _INSPECTED,
    "inspection_cancelled": {ANY: SAME},
}


def apply(state: EnterpriseState, event: Event[EnterpriseData], _rules: Rules) -> EnterpriseState:
    """The enterprise after a permitted event."""
    data, at = event.data, event.occurred_at
    if event.fact not in _MEASURES:
        return _inspected(state, event)
    changes: dict[str, Any] = {"org_code": data.org_code, "unit_code": data.unit_code, "unit_valid_on": data.unit_valid_on}
    match event.fact:
        case "registered":
            changes["registered_at"] = at
        case "resumed":
            changes["suspended_at"] = None
        case fact:
            changes[f"{fact}_at"] = at
    moved = msgspec.structs.replace(state, **changes)
    return with_moves(moved, [*read_moves(state), Move(_MEASURES[event.fact], local_day(at), data.unit_code)])


def _inspected(state: EnterpriseState, event: Event[EnterpriseData]) -> EnterpriseState:
    data = event.data
    standing = {i.ref: i for i in read_inspections(state)}
    ref = data.inspection_ref or ""
    if event.fact == "inspection_cancelled":
        if ref in standing and not standing[ref].conducted_on:
            del standing[ref]
    else:
        found = standing.get(ref, Inspection(ref, data.unit_code))
        told = {"planned_on": data.planned_on} if event.fact == "inspection_planned" else {"conducted_on": local_day(event.occurred_at)}
        standing[ref] = msgspec.structs.replace(found, **told)
    if not state.unit_code:
        state = msgspec.structs.replace(state, unit_code=data.unit_code, unit_valid_on=data.unit_valid_on)
    return with_inspections(state, list(standing.values()))


STREAM = Stream(
    name="enterprise",
    topic="ioc.indicator",
    table="enterprise_event",
    schema=EnterpriseData,
    facts=dict.fromkeys(_MEASURES, ()) | {
        "inspection_planned": ("inspection_ref", "planned_on"),
        "inspection_conducted": ("inspection_ref",),
        "inspection_cancelled": ("inspection_ref",),
    },
    subject="enterprise_ref: keyed hash of the enterprise's code",
    projection=Projection(
        table="enterprise_state",
        state=EnterpriseState,
        apply=apply,
        transitions=TRANSITIONS,
        open_states=frozenset({"active", "suspended"}),
        history=("state", "unit_code", "inspection_year", "planned_count", "conducted_count", "conflict_year", "conflict_conducted"),
        daily=DAILY,
    ),
)
