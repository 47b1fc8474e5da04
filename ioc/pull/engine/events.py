"""Facts of a subject → records for Kafka: CloudEvents in binary mode, with ids that depend on nothing but the fact."""

import hashlib
from collections.abc import Sequence
from functools import cache

import msgspec

from ioc.errors import InputError, InvalidEvent
from ioc.pull.engine.contract import Context, Fact
from ioc.pull.engine.store import Owed
from ioc.streams.engine.contract import Stream
from ioc.streams.engine.decode import Decoder, decoder
from ioc.streams.engine.envelope import write_headers
from ioc.streams.engine.event import Message
from ioc.streams.engine.registry import streams


def records(facts: Sequence[Fact], *, stream: str, source: str, subject: str, context: Context, simulated: bool) -> list[Owed]:
    """Records of a subject's facts, each one the sink will accept.

    Raises:
        InputError: what the source gives makes no valid event; the sentence says what its stream misses.

    """
    out = [_record(fact, streams()[stream], source=source, subject=subject, simulated=simulated) for fact in facts]
    for fact, record in zip(facts, out, strict=True):
        try:
            _decoder(stream)(Message(topic=record.topic, partition=0, offset=0, timestamp_ms=0, key=record.key, headers=record.headers,
                                     value=record.value), context.observed_at)
        except InvalidEvent as error:
            raise InputError(f"it makes no valid '{fact.fact}': {error.detail}") from None
    return out


@cache
def _decoder(stream: str) -> Decoder:
    return decoder(streams()[stream])


def _record(fact: Fact, stream: Stream, *, source: str, subject: str, simulated: bool) -> Owed:
    parts = (source, subject, fact.fact, fact.at.isoformat(), str(fact.number))
    event_id = hashlib.blake2b("\0".join(parts).encode(), digest_size=16).hexdigest()
    headers = write_headers(event_id=event_id, source=source, type_=stream.type_of(fact.fact), subject=subject, time=fact.at,
                            simulated=simulated, sequence=f"{fact.number:06d}")
    return Owed(stream.topic, subject.encode(), msgspec.json.encode(fact.data), headers)
