"""What is kept and counted of a dossier: its state, and what it adds to the daily counts."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Literal

import msgspec

from ioc.clock import local_day
from ioc.streams.engine.contract import Contribution, Daily

TermUnit = Literal["working_day", "working_hour", "calendar_day"]

LATE_CAUSES = ("slow_data_entry", "technical_fault", "applicant_unreachable", "complex_verification", "inter_agency", "other")
"""Why a result is late; what a source says beyond them counts as 'other'."""


class DossierState(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Where one dossier stands. `outcome`: early, on_time or late, judged at `finished_at` against `due_at`.

    `org_code`, `unit_code`: who received it and answers for it; `holder_org`, `holder_unit`: where it lies; `late_org`: the first agency that
    overran its step; `first_due_at`: the deadline without extensions; `due_differs`: the source's deadline is not the one computed;
    `suspended_at`: since when the clock stands; `suspended_s`, `used_s`: working seconds.
    """

    org_code: str = ""
    unit_code: str = ""
    unit_valid_on: date | None = None
    holder_org: str = ""
    holder_unit: str = ""
    procedure_code: str | None = None
    sector_code: str | None = None
    service_level: str = ""
    channel: str = ""
    applicant_kind: str | None = None
    committed_n: int | None = None
    committed_unit: TermUnit | None = None
    statutory_n: int | None = None
    statutory_unit: TermUnit | None = None
    submitted_at: datetime | None = None
    reception_due_at: datetime | None = None
    received_at: datetime | None = None
    first_due_at: datetime | None = None
    due_at: datetime | None = None
    due_differs: bool = False
    suspended_at: datetime | None = None
    suspended_s: int = 0
    used_s: int | None = None
    step_no: int | None = None
    step_due_at: datetime | None = None
    late_org: str | None = None
    finished_at: datetime | None = None
    delivered_at: datetime | None = None
    returned_at: datetime | None = None
    ended_at: datetime | None = None
    outcome: str | None = None
    late_cause: str | None = None
    extension_count: int = 0
    supplement_count: int = 0
    apology_at: datetime | None = None
    digitised: bool | None = None
    reused: bool | None = None
    electronic_result: bool | None = None
    fee_due: bool | None = None
    paid_online: bool = False
    rating: int | None = None
    rated_at: datetime | None = None


def contributions(name: str, state: DossierState) -> Iterator[Contribution]:
    """What one dossier adds to the daily counts: to the day of each fact, under whoever received it, its channel and level."""
    key = (state.unit_code, state.org_code, state.channel, state.service_level)
    if state.submitted_at:
        yield Contribution(day=local_day(state.submitted_at), key=key, measures=("submitted",))
    if state.received_at:
        yield Contribution(day=local_day(state.received_at), key=key, measures=tuple(_reception(state)), amounts=_terms(state))
    if state.finished_at:
        amounts = (("used_s", state.used_s),) if state.used_s is not None else ()
        yield Contribution(day=local_day(state.finished_at), key=key, measures=tuple(_result(state)), amounts=amounts)
    if state.ended_at and name in {"refused", "withdrawn", "stopped"}:
        # Withdrawn before reception was never "received", so it does not reduce what is open.
        measure = "withdrawn_unreceived" if name == "withdrawn" and not state.received_at else name
        yield Contribution(day=local_day(state.ended_at), key=key, measures=(measure,))
    if state.rated_at:
        yield Contribution(day=local_day(state.rated_at), key=key, measures=("rated", "satisfied") if (state.rating or 0) > 3 else ("rated",))


def _reception(state: DossierState) -> Iterator[str]:
    yield "received"
    told = {"supplemented": state.supplement_count > 0, "supplemented_again": state.supplement_count > 1, "digitised": state.digitised,
            "reused": state.reused, "fee_due": state.fee_due, "paid_online": state.fee_due and state.paid_online, "due_differs": state.due_differs}
    yield from (measure for measure, so in told.items() if so)


def _terms(state: DossierState) -> tuple[tuple[str, int], ...]:
    # Only where both are told in working days can they be compared.
    if state.committed_unit == state.statutory_unit == "working_day" and state.statutory_n:
        return ("committed_d", state.committed_n or 0), ("statutory_d", state.statutory_n)
    return ()


def _result(state: DossierState) -> Iterator[str]:
    yield "resolved"
    if state.electronic_result:
        yield "electronic_result"
    if state.first_due_at and state.finished_at and state.finished_at <= state.first_due_at:
        yield "in_time_first"
    if state.outcome:
        yield state.outcome
    if state.outcome == "late" or state.extension_count:
        yield from ("apology_owed", "apologised") if state.apology_at else ("apology_owed",)
    if state.outcome == "late":
        yield "late_" + (state.late_cause if state.late_cause in LATE_CAUSES else "other")
        if state.delivered_at is None:
            yield "delivery_unknown"
        elif state.due_at and state.delivered_at > state.due_at:
            yield "really_late"



DAILY = Daily(
    table="dossier_daily",
    key=("unit_code", "org_code", "channel", "service_level"),
    measures=("submitted", "received", "resolved", "early", "on_time", "late", "really_late", "delivery_unknown", "in_time_first",
              "refused", "withdrawn", "withdrawn_unreceived", "stopped", "supplemented", "supplemented_again", "digitised", "reused",
              "electronic_result", "fee_due", "paid_online", "due_differs", "apology_owed", "apologised",
              *(f"late_{cause}" for cause in LATE_CAUSES), "rated", "satisfied", "used_s", "committed_d", "statutory_d"),
    contributions=contributions,
)
