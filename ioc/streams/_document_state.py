"""What is kept and counted of a document: its state, and what it adds to the daily counts."""

from collections.abc import Iterator
from datetime import date, datetime

import msgspec

from ioc.clock import local_day
from ioc.streams.engine.contract import Contribution, Daily


class DocumentState(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Where one document or copy stands.

    `from_unit`, `unit_code`: units of issuer and recipient; `arrived_at`: first arrival, `last_arrived_at`: the one that is being worked on;
    `registered_at`: accepted or refused, judged against `register_due_at`; `outcome`: `finished_at` against `due_at`.
    """

    from_org: str = ""
    from_unit: str = ""
    to_org: str = ""
    unit_code: str = ""
    unit_valid_on: date | None = None
    number: str | None = None
    symbol: str | None = None
    issued_on: date | None = None
    kind: str | None = None
    urgency: str = "normal"
    level: str = ""
    signed: bool | None = None
    electronic: bool | None = None
    sent_at: datetime | None = None
    arrived_at: datetime | None = None
    last_arrived_at: datetime | None = None
    register_due_at: datetime | None = None
    registered_at: datetime | None = None
    register_outcome: str | None = None
    refused_at: datetime | None = None
    due_at: datetime | None = None
    finished_at: datetime | None = None
    finished_online: bool | None = None
    outcome: str | None = None
    recall_asked_at: datetime | None = None
    recalled_at: datetime | None = None


def contributions(_name: str, state: DocumentState) -> Iterator[Contribution]:
    """What one document adds to its issuer's outgoing day and to its recipient's incoming days."""
    if state.sent_at:
        signed = ("sent_signed",) if state.signed and state.electronic else ()
        yield Contribution(day=local_day(state.sent_at), key=_out(state), measures=("sent", *signed))
    if state.recalled_at and state.arrived_at is None:
        yield Contribution(day=local_day(state.recalled_at), key=_out(state), measures=("recalled",))
    for at, measures, amounts in _coming(state):
        key = (state.unit_code, state.to_org, "in", state.urgency, state.level)
        yield Contribution(day=local_day(at), key=key, measures=measures, amounts=amounts)


def _out(state: DocumentState) -> tuple[str, ...]:
    return (state.from_unit, state.from_org, "out", state.urgency, state.level)


def _coming(state: DocumentState) -> Iterator[tuple[datetime, tuple[str, ...], tuple[tuple[str, int], ...]]]:
    if state.arrived_at is None or state.last_arrived_at is None:
        return
    yield state.arrived_at, ("arrived",), ()
    if state.registered_at:
        yield state.registered_at, (f"registered_{state.register_outcome}",), ()
    if state.refused_at:
        yield state.refused_at, ("refused",), ()
    if state.finished_at:
        how = () if state.finished_online is None else ("finished_online",) if state.finished_online else ("finished_paper",)
        taken_s = int((state.finished_at - state.last_arrived_at).total_seconds())
        yield state.finished_at, ("finished", *((state.outcome,) if state.outcome else ()), *how), (("finish_s", taken_s),)
    if state.recalled_at:
        yield state.recalled_at, ("recalled",), ()


DAILY = Daily(
    table="document_daily",
    key=("unit_code", "org_code", "direction", "urgency", "level"),
    measures=("sent", "sent_signed", "arrived", "registered_on_time", "registered_late", "refused", "finished", "on_time", "late",
              "finished_online", "finished_paper", "finish_s", "recalled"),
    contributions=contributions,
)
