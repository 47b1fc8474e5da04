"""The catalogue of public services (dịch vụ công): what is on offer, how far it goes online, and how often it is looked up.

Levels: full (toàn trình), partial (một phần), information (chỉ cung cấp thông tin), as NĐ 42/2022/NĐ-CP tells them apart.
"""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Annotated, Any

import msgspec

from ioc.clock import local_day
from ioc.streams._telling import marked
from ioc.streams.engine.contract import SAME, Contribution, Daily, Projection, Stream
from ioc.streams.engine.event import Event
from ioc.streams.engine.rules import Rules

Code = Annotated[str, msgspec.Meta(max_length=100)]
Level = Annotated[str, msgspec.Meta(max_length=100, pattern=r"^(full|partial|information)$(?!\n)")]
Channel = Annotated[str, msgspec.Meta(max_length=100, pattern=r"^(web|app|zalo|qr)$(?!\n)")]
Moment = Annotated[datetime, msgspec.Meta(tz=True)]


class ServiceData(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Payload of a service event. `org_code`: the agency that offers it; `level`: full, partial or information.

    `national_integrated`: offered on the national portal too; `online_payment`: its fees can be paid online; `qr`: a QR code leads to it;
    `channel`: where it was looked up: web, app, zalo or qr; `count`: how often it was looked up there since the last such event.
    """

    org_code: Code = ""
    unit_code: Code = ""
    unit_valid_on: date | None = None
    source_recorded_at: Moment | None = msgspec.field(default=None, name="recorded_at")
    service_code: Code
    level: Level | None = None
    sector_code: Code | None = None
    national_integrated: bool | None = None
    online_payment: bool | None = None
    qr: bool | None = None
    channel: Channel | None = None
    count: Annotated[int, msgspec.Meta(ge=0, le=100_000_000)] | None = None


class ServiceState(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One service of the catalogue. `published_at`: since when it is on offer this time; `integrated_at`: since when the national portal has it."""

    service_code: str = ""
    org_code: str = ""
    unit_code: str = ""
    sector_code: str = ""
    level: str = ""
    national_integrated: bool = False
    online_payment: bool = False
    qr: bool = False
    published_at: datetime | None = None
    integrated_at: datetime | None = None
    withdrawn_at: datetime | None = None


# fact → {state before → state after}; the facts' order is the life-cycle rank that breaks ties in time.
TRANSITIONS = {
    "published": {"": "published", "withdrawn": "published"},
    "changed": {"published": SAME},
    "integrated": {"published": SAME},
    "withdrawn": {"published": "withdrawn"},
}

_CARRIED = ("service_code", "org_code", "unit_code", "sector_code", "level", "national_integrated", "online_payment", "qr")


def apply(state: ServiceState, event: Event[ServiceData], _rules: Rules) -> ServiceState:
    """The service after a permitted event; what a change does not name stays as it was."""
    data, at = event.data, event.occurred_at
    changes: dict[str, Any] = {name: value for name in _CARRIED if (value := getattr(data, name)) not in {None, ""}}
    match event.fact:
        case "published":
            changes |= {"published_at": at, "withdrawn_at": None}
        case "integrated":
            changes["national_integrated"] = True
        case "withdrawn":
            changes = {"withdrawn_at": at}
    return _integrated(msgspec.structs.replace(state, **changes), at)


def _integrated(state: ServiceState, at: datetime) -> ServiceState:
    since = (state.integrated_at or at) if state.national_integrated else None
    return msgspec.structs.replace(state, integrated_at=since)


def contributions(name: str, state: ServiceState) -> Iterator[Contribution]:
    """A service on offer counts on the day of its publication until it is withdrawn: summed up to an `as_of_day`, the catalogue of that day."""
    key = (state.org_code, state.sector_code, state.level)
    if name == "published" and state.published_at:
        measures = marked({"offered": True, "integrated": state.national_integrated, "online_payment": state.online_payment, "qr": state.qr})
        yield Contribution(day=local_day(state.published_at), key=key, measures=measures)
    elif state.withdrawn_at:
        yield Contribution(day=local_day(state.withdrawn_at), key=key, measures=("withdrawn",))


STREAM = Stream(
    name="service",
    topic="ioc.service",
    table="service_event",
    schema=ServiceData,
    facts={"published": ("level",), "changed": (), "integrated": (), "withdrawn": (), "lookup": ("channel", "count")},
    subject="service code",
    projection=Projection(
        table="service_state",
        state=ServiceState,
        apply=apply,
        transitions=TRANSITIONS,
        observations=frozenset({"lookup"}),
        open_states=frozenset({"published"}),
        history=("state", "service_code", "org_code", "unit_code", "sector_code", "level", "national_integrated", "online_payment", "qr"),
        daily=Daily(
            table="service_daily",
            key=("org_code", "sector_code", "level"),
            measures=("offered", "integrated", "online_payment", "qr", "withdrawn"),
            contributions=contributions,
        ),
    ),
    aggregates=("service_lookup_hourly",),
)
