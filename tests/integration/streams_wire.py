"""Events as they travel: made by hand, written to a broker in binary or structured mode, with garbage among them."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from ioc.streams.engine.broker import Publisher
from ioc.streams.engine.event import Message
from ioc.streams.engine.registry import streams
from tests.oracle.wire import next_state, possible, stream_of

Wire = dict[str, Any]
Headers = list[tuple[str, bytes]]

BASE = datetime(2026, 11, 20, 1, tzinfo=UTC)
NOW = datetime(2026, 11, 21, 8, tzinfo=UTC)
PLACE = {"org_code": "SNV", "unit_code": "U1", "unit_valid_on": "2026-07-01"}


def at(minutes: float) -> str:
    """A moment after BASE on the wire."""
    return (BASE + timedelta(minutes=minutes)).isoformat()


def event(stream: str, fact: str, minutes: float = 0, *, subject: str = "S1", id_: str = "", source: str = "/test/a",
          sequence: str = "", simulated: bool = False, **data: Any) -> Wire:
    """A CloudEvent with the fields its fact requires; `data` overrides and adds."""
    wire: Wire = {
        "specversion": "1.0", "id": id_ or f"{subject}-{fact}-{minutes:g}", "source": source, "type": f"vn.ioc.{stream}.{fact}.v1",
        "subject": subject, "time": at(minutes), "data": {**PLACE, **_required(stream, fact, minutes), **data},
    }
    return wire | ({"sequence": sequence} if sequence else {}) | ({"simulated": "true"} if simulated else {})


def _required(stream: str, fact: str, minutes: float) -> dict[str, Any]:
    values = {"due_at": at(minutes + 60), "new_due_at": at(minutes + 120), "wanted_due_at": at(minutes + 240), "step_no": 1,
              "to_org": "STC", "rating": 3, "category": "rac",
              "channel": "app", "parent_id": "P1", "online": True, "waiting": 4, "staff_present": 1, "vehicles": 9, "interval_s": 60,
              "kind": "crowd", "point_id": "P1", "counter_no": "3", "ticket_no": "A1", "from_org": "G22", "number": "12", "symbol": "VP",
              "issued_on": "2026-11-20", "owner_org": "STC", "progress_pct": 40, "meeting_id": "M1", "target": 95.0, "arrivals": 400,
              "level": "full", "count": 3, "inspection_ref": "K1", "planned_on": "2026-12-01", "day": "2026-11-19", "visits": 100,
              "onset_on": "2026-11-17", "cases": 6, "pupils": 500, "due_on": "2026-11-21", "beneficiaries_due": 120,
              "beneficiaries_paid_by_account": 100, "source_id": "portal", "dossier_code": "D1", "reason": "no answer"}
    promised = {"due_at": values["due_at"]} if (stream, fact) == ("dossier", "received") else {}
    return promised | {name: values[name] for name in streams()[stream].facts[fact]}


def binary(wire: Wire) -> tuple[Headers, bytes]:
    """Headers and value in binary mode."""
    headers = [(f"ce_{name}", str(value).encode()) for name, value in wire.items() if name != "data"]
    return [("content-type", b"application/json"), *headers], json.dumps(wire["data"], ensure_ascii=False).encode()


def structured(wire: Wire) -> tuple[Headers, bytes]:
    """Headers and value in structured mode."""
    return [("content-type", b"application/cloudevents+json; charset=UTF-8")], json.dumps(wire).encode()


def message(wire: Wire, offset: int = 0, **changes: Any) -> Message:
    """A message in binary mode as the broker would deliver it."""
    headers, value = binary(wire)
    stream = streams()[stream_of(wire)]
    given: dict[str, Any] = {"topic": stream.topic, "partition": 0, "offset": offset, "timestamp_ms": 0, "key": wire["subject"].encode(),
                             "headers": headers, "value": value}
    return Message(**given | changes)


def publish(broker: Publisher, wires: Sequence[Wire], *, every_other_structured: bool = False) -> None:
    """Send events to the topics of their streams, keyed by subject."""
    for n, wire in enumerate(wires):
        headers, value = structured(wire) if every_other_structured and n % 2 else binary(wire)
        broker.send(streams()[stream_of(wire)].topic, wire["subject"].encode(), value, headers)
    broker.flush()


def garbage(random: Random, number: int, stream: str = "dossier") -> tuple[str, bytes, Headers, bytes | None]:
    """(topic, key, headers, value) of one record that can never be an event; `number` makes it unlike any other."""
    good = event(stream, "withdrawn" if stream == "dossier" else "noted", id_=f"bad-{number}", subject=f"S{number % 3}")
    headers, value = binary(good)
    bad: list[tuple[Headers, bytes | None]] = [
        (headers, b"\x00\xff not json %d" % number),
        (headers, None),
        ([], value),
        (headers, b"[%d]" % number),
        (headers, json.dumps({**good["data"], "unit_code": number}).encode()),
        (headers, json.dumps({**good["data"], "note": f"a\0b{number}", "channel": "\0"}).encode()),
        (headers, b'{"unit_code": "\\ud800 %d"}' % number),
        (_replaced(headers, "ce_type", b"vn.ioc.dossier.unheard_of.v1"), value),
        (_replaced(headers, "ce_time", b"2999-01-01T00:00:00Z"), value),
        (_replaced(headers, "ce_time", b"2026-11-20T01:00:00"), value),
        (_replaced(headers, "ce_id", b"\xff\xfe"), value),
        ([("content-type", b"application/cloudevents+json")], b'{"specversion": "1.0", "data_base64": "***%d"}' % number),
        ([*headers[:1], *((name, None) for name, _ in headers[1:])], value),  # type: ignore[list-item]
    ]
    chosen, content = bad[random.randrange(len(bad))]
    return f"ioc.{stream}", good["subject"].encode(), chosen, content


def _replaced(headers: Headers, name: str, value: bytes) -> Headers:
    return [(n, value if n == name else v) for n, v in headers]


def changed(wire: Wire, **data: Any) -> Wire:
    """The same identity with another content."""
    return {**wire, "data": {**wire["data"], **data}}


def life(random: Random, stream: str, subject: str, steps: int, moves: Mapping[str, Mapping[str, str]]) -> list[Wire]:
    """A story that mostly keeps to the transition table and sometimes does not; moments are often equal."""
    state, told = "", []
    for n in range(steps):
        permitted = possible(moves, state)
        fact = random.choice(permitted if permitted and random.random() < 0.85 else list(moves))
        state = next_state(moves[fact], state) or state
        minutes = (n // 2) * 60 if random.random() < 0.5 else n * 45 + random.randrange(3)
        told.append(event(stream, fact, minutes, subject=subject, id_=f"{stream}-{subject}-{n}", source=random.choice(["/test/a", "/test/b"]),
                          sequence=random.choice(["", "", f"{n:03}"]), unit_code=random.choice(["U1", "U2"]),
                          **_sometimes(random, stream, fact, minutes)))
    return told


def _sometimes(random: Random, stream: str, fact: str, minutes: float) -> dict[str, Any]:
    extra: dict[str, Any] = {"due_at": at(minutes + random.choice([30, 90, 1500])), "channel": random.choice(["app", "counter", "2"]), "note": "thêm"}
    if stream == "dossier":
        extra |= {"new_due_at": at(minutes + 4000), "delivered_at": at(minutes + random.choice([5, 700])), "service_level": "full",
                  "committed_n": random.randrange(4), "committed_unit": random.choice(["working_day", "working_hour", "calendar_day"]),
                  "statutory_n": 5, "statutory_unit": "working_day", "digitised": random.random() < 0.5, "reused": True, "fee_due": True,
                  "electronic_result": True, "provider": random.choice(["momo", "cash"]), "to_unit": "U3", "step_due_at": at(minutes + 30),
                  "late_cause": random.choice(["slow_data_entry", "weather"])}
    else:
        extra |= {"approved": True, "reason_code": "spam", "media_ref": ["a", "b"], "category": random.choice(["TR-ROAD", "EM-WIRE", "rac"]),
                  "jurisdiction": "elsewhere"}
    if (stream, fact) == ("dossier", "extended"):
        del extra["due_at"]  # an extension that does not extend is a dead letter
    if "committed_n" in (kept := {name: value for name, value in extra.items() if random.random() < 0.3}):
        # A term is told whole; an hour's term of 0 is none.
        kept |= {"committed_unit": extra["committed_unit"], "committed_n": extra["committed_n"] + (extra["committed_unit"] == "working_hour")}
    else:
        kept.pop("committed_unit", None)
    return kept
