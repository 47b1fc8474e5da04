"""An event as it travels, how a story moves on, and what of the province the oracle may know: its calendar and terms."""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

from ioc.calendar.deadlines import Term
from ioc.profiles import load_profile

Wire = Mapping[str, Any]
"""A CloudEvent as its structured JSON: id, source, type, subject, time, data; perhaps sequence, simulated."""

Fields = dict[str, Any]

PROFILE = load_profile("soc_trang")
CALENDAR = PROFILE.calendar
TERMS = {c.code: Term(c.resolve_h, "clock_hour" if c.priority == 1 else "working_hour") for c in PROFILE.categories}


def stream_of(event: Wire) -> str:
    return str(event["type"].split(".")[2])


def fact_of(event: Wire) -> str:
    return str(event["type"].split(".")[3])


def moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def in_order(events: Iterable[Wire], facts: Iterable[str]) -> list[Wire]:
    """Each event of a subject once, in the order in which they are told; `facts`: those of its stream, by rank."""
    rank = {fact: n for n, fact in enumerate(facts)}
    once = {(e["source"], e["id"]): e for e in events}
    return sorted(once.values(), key=lambda e: (moment(e["time"]), e.get("sequence", ""), rank[fact_of(e)], e["source"], e["id"]))


def possible(moves: Mapping[str, Mapping[str, str]], state: str) -> list[str]:
    """Facts that the table of transitions permits in a state."""
    return [fact for fact, of in moves.items() if state in of or (state and "*" in of)]


def next_state(of: Mapping[str, str], state: str) -> str | None:
    """Where a fact with these moves leads from a state; None where it is not permitted."""
    to = of.get(state, of.get("*") if state else None)
    return state if to == "=" else to


def copy(fields: Fields, data: Mapping[str, Any], names: str) -> None:
    for name in names.split():
        if data.get(name) is not None:
            value = data[name]
            fields[name] = moment(value) if name.endswith("_at") else date.fromisoformat(value) if name == "unit_valid_on" else value


def day_of(at: datetime) -> date:
    return (at.astimezone(UTC) + timedelta(hours=7)).date()
