"""Events of what is typed in: ids come from the content, so that the same row imported again is one event."""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import msgspec

from ioc.clock import start_of
from ioc.errors import ConfigurationError
from ioc.indicators.catalogue import Catalogue, Observation, Target
from ioc.profiles import Profile
from ioc.streams.engine.broker import Publisher
from ioc.streams.engine.envelope import write_headers
from ioc.streams.engine.event import Message

TOPIC = "ioc.indicator"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """An event to be published. `sequence` orders corrections that were approved on one day."""

    type: str
    id: str
    source: str
    subject: str
    time: datetime
    sequence: str
    data: Mapping[str, Any]


def province_of(profile: Profile) -> str:
    """The profile's province as its sources write it: 92 of /vn/92/one-stop.

    Raises:
        ConfigurationError: no source, or sources of several provinces.

    """
    codes = {contract.source.split("/")[2] for contract in profile.file.sources if contract.source.startswith("/vn/")}
    if len(codes) != 1:
        raise ConfigurationError(f"profile '{profile.file.key}': its [[sources]] name the provinces {sorted(codes)}; all must be of one")
    return codes.pop()


def observed(source: str, approved_on: date, data: Mapping[str, object], revision: int = 0) -> Outgoing:
    """A figure as of its approval: it stands from 00:00 local of that day."""
    return _event("observed", source, start_of(approved_on), data, revision)


def target_set(source: str, approved_on: date, data: Mapping[str, object], revision: int = 0) -> Outgoing:
    """A target as of its approval."""
    return _event("target_set", source, start_of(approved_on), data, revision)


def shipped(catalogue: Catalogue, source: str) -> Iterator[Outgoing]:
    """Events of the history and targets that a profile ships.

    An observation stands from its publication, or from the day after its period where the source does not say; a target from its period's first day.
    """
    for o in catalogue.history:
        told_on = o.published_on or o.period.last_day + timedelta(days=1)
        value = o.value if o.numerator is None or not o.denominator else round(o.numerator * 100 / o.denominator, 6)
        yield observed(source, told_on, _shipped(catalogue, o) | {
            "value": value, "numerator": o.numerator, "denominator": o.denominator, "rank": o.rank, "out_of": o.out_of,
            "published_value": o.published_value,
        })
    for t in catalogue.targets:
        yield target_set(source, t.period.first_day, _shipped(catalogue, t) | {"target": t.target})


def publish(events: Sequence[Outgoing], connect: Callable[[], Publisher], *, simulated: bool) -> None:
    """Send events and wait until the broker has them."""
    if not events:
        return
    publisher = connect()
    try:
        for message in (message_of(event, simulated=simulated) for event in events):
            publisher.send(message.topic, message.key, message.value, message.headers)
        publisher.flush()
    finally:
        publisher.close()


def message_of(event: Outgoing, *, simulated: bool) -> Message:
    """The record of an event, as it will lie in Kafka."""
    headers = write_headers(event_id=event.id, source=event.source, type_=event.type, subject=event.subject, time=event.time, simulated=simulated,
                            sequence=event.sequence)
    return Message(topic=TOPIC, partition=-1, offset=-1, timestamp_ms=int(event.time.timestamp() * 1000), key=event.subject.encode(),
                   headers=headers, value=msgspec.json.encode(event.data))


def _shipped(catalogue: Catalogue, item: Observation | Target) -> dict[str, object]:
    return {
        "org_code": item.org_code, "unit_code": item.unit_code, "unit_valid_on": item.period.last_day, "indicator_id": item.indicator_id,
        "period": item.period.text, "unit": catalogue.indicators[item.indicator_id].unit, "source_text": item.source or None,
        "legal_basis": item.legal_basis or None, "note": item.note or None, "manual": True,
    }


def _event(fact: str, source: str, time: datetime, data: Mapping[str, object], revision: int) -> Outgoing:
    kept = {name: float(value) if isinstance(value, Decimal) else value for name, value in data.items() if value is not None}
    subject = f"{kept['indicator_id']}/{kept['org_code'] or kept['unit_code'] or 'province'}/{kept['period']}"
    digest = hashlib.blake2b(msgspec.json.encode([time, revision, kept], order="deterministic"), digest_size=10).hexdigest()
    return Outgoing(
        type=f"vn.ioc.indicator.{fact}.v1", id=f"{subject}:{fact}:{digest}", source=source, subject=subject, time=time,
        sequence=f"{revision:04}" if revision else "", data=kept,
    )
