"""An event as it travels, and what of the province the oracle may know: its calendar and terms."""

from collections.abc import Mapping
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


def copy(fields: Fields, data: Mapping[str, Any], names: str) -> None:
    for name in names.split():
        if data.get(name) is not None:
            value = data[name]
            fields[name] = moment(value) if name.endswith("_at") else date.fromisoformat(value) if name == "unit_valid_on" else value


def day_of(at: datetime) -> date:
    return (at.astimezone(UTC) + timedelta(hours=7)).date()
