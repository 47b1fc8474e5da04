"""What is kept and counted of the social services: the state of one subject, and what it adds to the daily counts."""

from collections.abc import Iterator
from datetime import date, datetime

import msgspec

from ioc.streams.engine.contract import Contribution, Daily

HEALTH = ("visits", "insurance_visits", "cccd_visits", "beds_occupied", "beds_available")
SCHOOL = ("schools", "classes", "pupils", "teachers", "dropped_out")
BATCH = ("beneficiaries_due", "beneficiaries_paid_by_account", "amount_due_vnd", "amount_paid_vnd")
_AMOUNTS = {"health": HEALTH, "disease": ("cases",), "school": SCHOOL, "due": BATCH, "paid": BATCH}
_COUNTED = {"health": "facility_days", "school": "school_reports"}


class SocialState(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What is known of one subject. `day`: described, of cases the day of onset, of a batch the day due; `iso_week`: of that day, as 2026-W47.

    `due_at`: 24:00 of the day due, or of the next working day where that is none; `outcome`: on_time or late, judged at `paid_at`;
    `corrections`: how often it was told again.
    """

    org_code: str = ""
    unit_code: str = ""
    unit_valid_on: date | None = None
    facility_code: str = ""
    lon_deg: float | None = None
    lat_deg: float | None = None
    disease_code: str = ""
    day: date | None = None
    iso_week: str = ""
    visits: int | None = None
    insurance_visits: int | None = None
    cccd_visits: int | None = None
    beds_occupied: int | None = None
    beds_available: int | None = None
    cases: int | None = None
    schools: int | None = None
    classes: int | None = None
    pupils: int | None = None
    teachers: int | None = None
    dropped_out: int | None = None
    beneficiaries_due: int | None = None
    beneficiaries_paid_by_account: int | None = None
    amount_due_vnd: int | None = None
    amount_paid_vnd: int | None = None
    due_at: datetime | None = None
    paid_at: datetime | None = None
    outcome: str | None = None
    corrections: int = 0


def iso_week(day: date) -> str:
    """Week of a day by ISO 8601, as 2026-W47; the year is the week's, which is not always the day's."""
    return f"{day:%G-W%V}"


def contributions(name: str, state: SocialState) -> Iterator[Contribution]:
    """What one subject adds to the counts of the day it describes, under its unit, facility and disease."""
    if state.day is None:
        return
    measures: tuple[str, ...] = (_COUNTED[name],) if name in _COUNTED else ()
    if name in {"due", "paid"}:
        measures = ("batches_due", "batches_paid", f"batches_{state.outcome}") if state.paid_at else ("batches_due",)
    amounts = {measure: value for measure in _AMOUNTS[name] if (value := getattr(state, measure)) is not None}
    if state.cccd_visits is not None:
        # The base of the card's share: insurance visits of facilities that tell how many were identified by it.
        amounts["cccd_base"] = state.insurance_visits
    yield Contribution(day=state.day, key=(state.unit_code, state.facility_code, state.disease_code), measures=measures,
                       amounts=tuple(amounts.items()))


DAILY = Daily(
    table="social_daily",
    key=("unit_code", "facility_code", "disease_code"),
    measures=("facility_days", *HEALTH, "cccd_base", "cases", "school_reports", *SCHOOL, "batches_due", "batches_paid", "batches_on_time",
              "batches_late", *BATCH),
    contributions=contributions,
)
