"""A decision's event: the very record that will be published, read back as the sink will read it."""

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

import msgspec

from ioc.clock import TICK
from ioc.decisions.acts import DESKS
from ioc.decisions.decision import Decision, reason_of, told
from ioc.errors import InputError
from ioc.people.principal import Principal
from ioc.streams.engine.batch import Item, Reader
from ioc.streams.engine.envelope import write_headers
from ioc.streams.engine.event import DeadLetter, Message
from ioc.streams.engine.registry import streams


class Standing(NamedTuple):
    """The subject as locked; `known`: the fields that its events carry on. `version` 0 = it is not there yet."""

    state: str = ""
    version: int = 0
    first_at: datetime | None = None
    last_at: datetime | None = None
    simulated: bool = False
    known: Mapping[str, Any] = {}


class Written(NamedTuple):
    """A record with its event. `envelope`: the same event whole, as JSON."""

    item: Item
    envelope: bytes


def write(decision: Decision, who: Principal, standing: Standing, *, event_id: str, source: str, now: datetime, is_exercise: bool) -> Written:  # noqa: PLR0913 (the attributes)
    """The record of a decision.

    It happens after all that is known of the subject, even where another's clock runs ahead: the person decided in sight of it, and dated
    before it the fold would judge it against a state that the person never saw.

    Raises:
        InputError: a value that the stream's schema refuses.

    """
    stream = streams()[decision.stream]
    at = now if standing.last_at is None else max(now, standing.last_at + TICK)
    simulated = is_exercise or standing.simulated
    data = _payload(decision, who, standing)
    headers = write_headers(event_id=event_id, source=source, type_=stream.type_of(decision.fact), subject=decision.subject, time=at,
                            simulated=simulated)
    message = Message(topic=stream.topic, partition=-1, offset=-1, timestamp_ms=int(at.timestamp() * 1000), key=decision.subject.encode(),
                      headers=headers, value=msgspec.json.encode(data))
    item = _reader(not is_exercise).read(message, now)
    if isinstance(item.meaning, DeadLetter):
        raise InputError(f"'{decision.fact}' cannot be decided so: {item.meaning.detail}")
    attributes = {name.removeprefix("ce_"): value.decode() for name, value in headers if name.startswith("ce_")}
    return Written(item, msgspec.json.encode({**attributes, "datacontenttype": "application/json", "data": data}))


def _payload(decision: Decision, who: Principal, standing: Standing) -> dict[str, Any]:
    desk = DESKS[decision.stream]
    data = {name: value for name, value in standing.known.items() if name in desk.carried and value is not None}
    data |= {name: value for name, value in told(decision).items() if value is not None}
    if desk.reason_field and decision.reason.strip():
        data.setdefault(desk.reason_field, reason_of(decision))
    if desk.role_field:
        permission = desk.acts[decision.fact].permission_for(decision.data)
        data[desk.role_field] = next((g.role for g in who.grants if permission in g.permissions), who.kind)
    return data


@cache
def _reader(refuse_simulated: bool) -> Reader:  # noqa: FBT001 (cached by it)
    return Reader(streams(), refuse_simulated=refuse_simulated)
