"""Tasks that leaders give to agencies (nhiệm vụ được giao): from the assignment to the result that is accepted.

The five-way report: completed on time or late, in progress in time or overdue, not acknowledged ('assigned', 'returned').
"""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Annotated, Any

import msgspec

from ioc.calendar.deadlines import Term, deadline
from ioc.clock import local_day
from ioc.errors import InvalidEvent
from ioc.streams._telling import outcome, told
from ioc.streams.engine.contract import SAME, Contribution, Daily, Projection, Stream
from ioc.streams.engine.event import Event
from ioc.streams.engine.rules import Rules

Code = Annotated[str, msgspec.Meta(max_length=100)]
Moment = Annotated[datetime, msgspec.Meta(tz=True)]
Title = Annotated[str, msgspec.Meta(max_length=500)]

ACKNOWLEDGE_WITHIN = Term(n=1, unit="working_day")
"""Rule DT-04 (design): an agency says that it has the task by the end of the next working day."""


class TaskData(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Payload of a task's event.

    `org_code`: the agency whose system tells it. `source_document`: id of the resolution or directive that the task comes from.
    `owner_org`: who is to do it. `due_at`: the deadline, absent where there is none. `new_due_at`: the deadline of an extension.
    `progress_pct`: as the owner reports it. `result_code`: what came of it. `reason_code`: of an extension, a return, a cancellation.
    `title`: what is to be done, in words without persons.
    """

    org_code: Code
    unit_code: Code
    unit_valid_on: date
    source_recorded_at: Moment | None = msgspec.field(default=None, name="recorded_at")
    source_document: Code | None = None
    owner_org: Code | None = None
    due_at: Moment | None = None
    new_due_at: Moment | None = None
    progress_pct: Annotated[int, msgspec.Meta(ge=0, le=100)] | None = None
    result_code: Code | None = None
    reason_code: Code | None = None
    title: Title | None = None


class TaskState(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Where one task stands.

    `assigned_at`: when it came to `owner_org`; `returned_by`, `returned_unit`: who gave it back last; `outcome`, `first_outcome`:
    `completed_at` judged against `due_at` and against `first_due_at`, the deadline before any extension.
    """

    org_code: str = ""
    owner_org: str = ""
    unit_code: str = ""
    unit_valid_on: date | None = None
    source_document: str | None = None
    assigned_at: datetime | None = None
    acknowledge_due_at: datetime | None = None
    acknowledged_at: datetime | None = None
    first_due_at: datetime | None = None
    due_at: datetime | None = None
    progress_pct: int | None = None
    reported_at: datetime | None = None
    extended_at: datetime | None = None
    extension_count: int = 0
    returned_at: datetime | None = None
    returned_by: str = ""
    returned_unit: str = ""
    completed_at: datetime | None = None
    result_code: str | None = None
    outcome: str | None = None
    first_outcome: str | None = None
    cancelled_at: datetime | None = None
    reopened_at: datetime | None = None
    reopened_count: int = 0
    title: str | None = None


_WITH_OWNER = ("assigned", "acknowledged", "in_progress")
_OPEN = (*_WITH_OWNER, "returned")

# fact → {state before → state after}; the facts' order is the life-cycle rank that breaks ties in time.
TRANSITIONS = {
    "assigned": dict.fromkeys(("", *_OPEN), "assigned"),
    "acknowledged": {"assigned": "acknowledged"},
    # Who reports or delivers has the task: that acknowledges it.
    "reported": dict.fromkeys(_WITH_OWNER, "in_progress"),
    "extended": dict.fromkeys(_OPEN, SAME),
    "completed": dict.fromkeys(_WITH_OWNER, "completed"),
    "returned": dict.fromkeys(_WITH_OWNER, "returned"),
    "cancelled": dict.fromkeys(_OPEN, "cancelled"),
    "reopened": {"completed": "in_progress"},
}

_FACTS = dict.fromkeys(TRANSITIONS, ()) | {
    "assigned": ("owner_org",),
    "reported": ("progress_pct",),
    "extended": ("new_due_at",),
}


def check(fact: str, data: TaskData) -> None:
    """What the schema cannot say: an extension moves the deadline forward."""
    if fact == "extended" and data.due_at and data.new_due_at and data.new_due_at <= data.due_at:
        raise InvalidEvent("schema", "'extended' must give a new_due_at after due_at")


def apply(state: TaskState, event: Event[TaskData], rules: Rules) -> TaskState:  # noqa: C901 (one case a fact)
    """The task after a permitted event."""
    data, at = event.data, event.occurred_at
    changes: dict[str, Any] = {}
    match event.fact:
        case "assigned":
            changes = _assigned(state, data, at, rules)
        case "reported":
            changes = {"progress_pct": data.progress_pct, "reported_at": at}
        case "extended":
            changes = {"due_at": data.new_due_at, "extended_at": at, "extension_count": state.extension_count + 1}
        case "completed":
            changes = {"completed_at": at, "result_code": data.result_code, "progress_pct": 100}
        case "returned":
            changes = {"returned_at": at, "returned_by": state.owner_org, "returned_unit": state.unit_code}
        case "cancelled":
            changes = {"cancelled_at": at}
        case "reopened":
            changes = {"completed_at": None, "result_code": None, "progress_pct": data.progress_pct, "reopened_at": at,
                       "reopened_count": state.reopened_count + 1, "due_at": data.new_due_at or data.due_at or state.due_at}
    if event.fact in {"acknowledged", "reported", "completed"}:
        changes["acknowledged_at"] = state.acknowledged_at or at
    return _judged(msgspec.structs.replace(state, **changes))


def _assigned(state: TaskState, data: TaskData, at: datetime, rules: Rules) -> dict[str, Any]:
    names = ("org_code", "owner_org", "unit_code", "unit_valid_on", "source_document", "progress_pct", "title")
    return told(data, names) | {
        "assigned_at": at, "acknowledge_due_at": deadline(rules.calendar, at, ACKNOWLEDGE_WITHIN), "acknowledged_at": None,
        "due_at": data.due_at or state.due_at, "first_due_at": state.first_due_at or data.due_at,
    }


def _judged(state: TaskState) -> TaskState:
    return msgspec.structs.replace(
        state, outcome=outcome(state.completed_at, state.due_at), first_outcome=outcome(state.completed_at, state.first_due_at))


def contributions(_name: str, state: TaskState) -> Iterator[Contribution]:
    """What one task adds to the days of its owner; what was given back stays with who gave it back."""
    if state.returned_at:
        yield Contribution(day=local_day(state.returned_at), key=(state.returned_unit, state.returned_by), measures=("returned",))
    key = (state.unit_code, state.owner_org)
    for at, measures, amounts in _counted(state):
        yield Contribution(day=local_day(at), key=key, measures=measures, amounts=amounts)


def _counted(state: TaskState) -> Iterator[tuple[datetime, tuple[str, ...], tuple[tuple[str, int], ...]]]:
    once = {"assigned": state.assigned_at, "extended": state.extended_at, "cancelled": state.cancelled_at, "reopened": state.reopened_at}
    yield from ((at, (measure,), ()) for measure, at in once.items() if at)
    if state.acknowledged_at and state.acknowledge_due_at:
        late = ("acknowledged_late",) if state.acknowledged_at > state.acknowledge_due_at else ()
        yield state.acknowledged_at, ("acknowledged", *late), ()
    if state.completed_at and state.assigned_at:
        judged = (*((state.outcome,) if state.outcome else ()), *(("first_on_time",) if state.first_outcome == "on_time" else ()))
        yield state.completed_at, ("completed", *judged), (("complete_s", int((state.completed_at - state.assigned_at).total_seconds())),)


STREAM = Stream(
    name="task",
    topic="ioc.task",
    table="task_event",
    schema=TaskData,
    facts=_FACTS,
    subject="task id of the source that follows it",
    check=check,
    projection=Projection(
        version=2,
        table="task_state",
        state=TaskState,
        apply=apply,
        transitions=TRANSITIONS,
        open_states=frozenset(_OPEN),
        history=("state", "unit_code", "owner_org", "source_document", "assigned_at", "acknowledge_due_at", "acknowledged_at", "due_at",
                 "progress_pct", "completed_at", "outcome", "first_outcome", "extended_at", "returned_at", "returned_by", "returned_unit",
                 "cancelled_at", "reopened_at"),
        daily=Daily(
            table="task_daily",
            key=("unit_code", "owner_org"),
            measures=("assigned", "acknowledged", "acknowledged_late", "completed", "on_time", "late", "first_on_time", "complete_s",
                      "extended", "returned", "cancelled", "reopened"),
            contributions=contributions,
        ),
    ),
)
