"""Social services (y tế, giáo dục, an sinh): days of health facilities, disease cases, schools, payments of allowances. Counts, never persons.

Four kinds of subjects, each with a life of its own. What is told of one again replaces what was told before: the newest by event time wins.
"""

from datetime import date, datetime
from typing import Annotated, Any

import msgspec

from ioc.clock import end_of
from ioc.errors import InvalidEvent
from ioc.streams._social_state import BATCH, DAILY, HEALTH, SCHOOL, SocialState, iso_week
from ioc.streams._telling import check_pairs, outcome
from ioc.streams.engine.contract import SAME, Projection, Stream
from ioc.streams.engine.event import Event
from ioc.streams.engine.rules import Rules

Code = Annotated[str, msgspec.Meta(max_length=100)]
Count = Annotated[int, msgspec.Meta(ge=0, le=100_000_000)]
Moment = Annotated[datetime, msgspec.Meta(tz=True)]


class SocialData(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Payload of a social event. `facility_code`: hospital, clinic or school; `lon_deg`: place of the facility (WGS 84), never of a person.

    `lat_deg`: likewise; `day`: the local day that the figures describe; `insurance_visits`: those of the visits paid by health insurance;
    `cccd_visits`: those of them identified by citizen card; `onset_on`: day on which the cases fell ill; `cases`: how many did in the unit;
    `dropped_out`: pupils who left since the school year began; `due_on`: day by which a batch must be paid; `amount_vnd`: due, or really paid;
    `paid_at`: where it is another moment than the event's.
    """

    org_code: Code = ""
    unit_code: Code
    unit_valid_on: date
    source_recorded_at: Moment | None = msgspec.field(default=None, name="recorded_at")
    facility_code: Code = ""
    lon_deg: Annotated[float, msgspec.Meta(ge=-180, le=180)] | None = None
    lat_deg: Annotated[float, msgspec.Meta(ge=-90, le=90)] | None = None
    day: date | None = None
    visits: Count | None = None
    insurance_visits: Count | None = None
    cccd_visits: Count | None = None
    beds_occupied: Count | None = None
    beds_available: Count | None = None
    disease_code: Code = ""
    onset_on: date | None = None
    cases: Count | None = None
    schools: Count | None = None
    classes: Count | None = None
    pupils: Count | None = None
    teachers: Count | None = None
    dropped_out: Count | None = None
    due_on: date | None = None
    beneficiaries_due: Count | None = None
    beneficiaries_paid_by_account: Count | None = None
    amount_vnd: Annotated[int, msgspec.Meta(ge=0, le=10**15)] | None = None
    paid_at: Moment | None = None


# fact → {state before → state after}; a batch is announced before it is paid, and no subject turns into one of another kind.
TRANSITIONS = {
    "health_daily": {"": "health", "health": SAME},
    "disease_case": {"": "disease", "disease": SAME},
    "school_snapshot": {"": "school", "school": SAME},
    "payment_batch_due": {"": "due", "due": SAME, "paid": SAME},
    "payment_batch_paid": {"due": "paid", "paid": SAME},
}

_PLACE = ("org_code", "unit_code", "unit_valid_on", "facility_code", "lon_deg", "lat_deg")
# fact → what it tells, and the field that says of which day
_TOLD = {"health_daily": (HEALTH, "day"), "disease_case": (("disease_code", "cases"), "onset_on"), "school_snapshot": (SCHOOL, "day")}
_NAMED = {"health_daily": ("facility_code",), "disease_case": ("disease_code",)}


def check(fact: str, data: SocialData) -> None:
    """What the schema cannot say: pairs given whole, no part greater than its whole."""
    for name in _NAMED.get(fact, ()):
        if not getattr(data, name):
            raise InvalidEvent("schema", f"'{fact}' needs the field '{name}'")
    check_pairs(fact, data, ("lon_deg", "lat_deg"), ("beds_occupied", "beds_available"))
    for part, whole in (("insurance_visits", "visits"), ("cccd_visits", "insurance_visits")):
        some, total = getattr(data, part), getattr(data, whole)
        if some is not None and (total is None or some > total):
            raise InvalidEvent("schema", f"'{fact}' gives {part} {some} of {whole} {total}")


def apply(state: SocialState, event: Event[SocialData], rules: Rules) -> SocialState:
    """The subject after a permitted event."""
    data, told = event.data, bool(state.unit_code)
    changes: dict[str, Any] = {name: getattr(data, name) for name in _PLACE}
    match event.fact:
        case "payment_batch_due":
            assert data.due_on is not None
            due_at = end_of(rules.calendar.working_day_at_or_after(data.due_on))
            changes |= {"day": data.due_on, "due_at": due_at, "beneficiaries_due": data.beneficiaries_due, "amount_due_vnd": data.amount_vnd}
        case "payment_batch_paid":
            told = state.paid_at is not None
            changes = {"paid_at": data.paid_at or state.paid_at or event.occurred_at, "amount_paid_vnd": data.amount_vnd,
                       "beneficiaries_paid_by_account": data.beneficiaries_paid_by_account}
        case _:
            names, day = _TOLD[event.fact]
            changes |= {name: getattr(data, name) for name in names} | {"day": getattr(data, day)}
    changes |= {"corrections": state.corrections + told}
    return _judged(msgspec.structs.replace(state, **changes))


def _judged(state: SocialState) -> SocialState:
    # Judged again after every change, since a batch may be announced anew after it was paid.
    week = iso_week(state.day) if state.day else ""
    return msgspec.structs.replace(state, iso_week=week, outcome=outcome(state.paid_at, state.due_at))


STREAM = Stream(
    name="social",
    topic="ioc.social",
    table="social_event",
    schema=SocialData,
    facts={
        "health_daily": ("day", "visits"),
        "disease_case": ("onset_on", "cases"),
        "school_snapshot": ("day", "pupils"),
        "payment_batch_due": ("due_on", "beneficiaries_due"),
        "payment_batch_paid": ("beneficiaries_paid_by_account",),
    },
    subject="<facility code>/<day>, <disease code>/<unit or facility>/<day of onset>, school/<facility or unit>/<day>, or the batch's code",
    check=check,
    projection=Projection(
        table="social_state",
        state=SocialState,
        apply=apply,
        transitions=TRANSITIONS,
        open_states=frozenset({"due"}),
        history=("state", "unit_code", "facility_code", "lon_deg", "lat_deg", "disease_code", "day", "iso_week", *HEALTH, "cases", *SCHOOL,
                 *BATCH, "due_at", "paid_at", "outcome"),
        daily=DAILY,
    ),
)
