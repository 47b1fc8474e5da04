"""Lives of a stream's subjects told in short, and folded by the working hours of plain weeks."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import accumulate
from random import Random
from typing import Any

from hypothesis import strategies as st

from ioc.calendar.hours import Hours
from ioc.calendar.working import WorkingCalendar
from ioc.streams.engine.contract import Contribution, Projection, Stream
from ioc.streams.engine.decode import decoder
from ioc.streams.engine.event import Event, Message
from ioc.streams.engine.fold import Counts, Folded, begun, fold, initial, permitted
from ioc.streams.engine.rules import Rules
from tests import rules
from tests.integration.streams_wire import NOW, PLACE, Wire, binary, message

SHIFT = (time(7), time(11)), (time(13), time(17))
RULES = Rules(calendar=WorkingCalendar(days={}, hours=(Hours(valid_from=date(2000, 1, 1), weekdays=frozenset(range(1, 6)), segments=SHIFT),)))
BASE = datetime(2026, 11, 20, 1, tzinfo=UTC)
"""Friday, 20 November 2026, 08:00 local."""
TOLD_BY = datetime(2026, 12, 31, tzinfo=UTC)

Teller = Callable[..., Event[Any]]


def after(minutes: float) -> datetime:
    """A moment after BASE."""
    return BASE + timedelta(minutes=minutes)


def teller(stream: Stream, **usual: Any) -> Teller:
    """What makes an event of a stream: fact, minutes after BASE, and fields beside the usual ones."""
    decode = decoder(stream)

    def tell(fact: str, minutes: float = 0, *, id_: str = "", **data: Any) -> Event[Any]:
        wire = {"specversion": "1.0", "id": id_ or f"{fact}-{minutes:g}", "source": "/test/a", "type": stream.type_of(fact), "subject": "S1",
                "time": after(minutes).isoformat(), "data": {**PLACE, **usual, **data}}
        headers, value = binary(wire)
        return decode(Message(topic=stream.topic, partition=0, offset=0, timestamp_ms=0, key=b"S1", headers=headers, value=value), TOLD_BY)

    return tell


def projection_of(stream: Stream) -> Projection:
    assert stream.projection is not None
    return stream.projection


def lived(stream: Stream, *events: Event[Any]) -> Folded:
    """What became of a subject, its events told in any order."""
    projection = projection_of(stream)
    return fold(projection, initial(projection), sorted(events, key=lambda e: e.order), RULES)


def lived_in_province(stream: Stream, *wires: Wire) -> Folded:
    """What became of a subject by the shipped province's hours and terms, its events told in this order."""
    projection, decode = projection_of(stream), decoder(stream)
    return fold(projection, initial(projection), [decode(message(wire), NOW) for wire in wires], rules.RULES)


def lived_in_parts(stream: Stream, events: Sequence[Event[Any]], lengths: Sequence[int]) -> tuple[Folded, Counter[tuple[Any, ...]]]:
    """The same, folded part by part as batches bring them: the last state, and all differences of the counts added up."""
    projection, told = projection_of(stream), sorted(events, key=lambda e: e.order)
    edges = [*(edge for edge in accumulate(lengths) if edge < len(told)), len(told)]
    found, start, counted = initial(projection), 0, Counter[tuple[Any, ...]]()
    for edge in edges:
        found, start = fold(projection, begun(found.name, found.state), told[start:edge], RULES), edge
        counted.update(spread(found.counts))
    return found, nonzero(counted)


def same_in_any_order(stream: Stream, story: Sequence[Event[Any]], lengths: Sequence[int], random: Random) -> Folded:
    """What became of a subject, once it is certain that neither the order of its events nor their batches change it or its counts."""
    whole = lived(stream, *random.sample(story, len(story)))
    found, counted = lived_in_parts(stream, story, lengths)
    assert (found.name, found.state) == (whole.name, whole.state)
    assert counted == contributed(stream, whole)
    return whole


def contributed(stream: Stream, found: Folded) -> Counter[tuple[Any, ...]]:
    """(day, *key, measure) → what the state as it is adds to the rollup."""
    counted: Counter[tuple[Any, ...]] = Counter()
    for c in _contributions(stream, found):
        counted.update({(c.day, *c.key, measure): 1 for measure in c.measures})
        counted.update({(c.day, *c.key, measure): n for measure, n in c.amounts})
    return nonzero(counted)


def measured(stream: Stream, found: Folded) -> dict[str, int]:
    """Measure → what the state adds to it, on whatever day and under whatever key."""
    counted: Counter[str] = Counter()
    for key, n in contributed(stream, found).items():
        counted[key[-1]] += n
    return dict(counted)


def keys(stream: Stream, found: Folded) -> dict[str, tuple[Any, ...]]:
    """Measure → (day, *key) under which the state adds to it."""
    return {key[-1]: key[:-1] for key in contributed(stream, found)}


def spread(counts: Counts) -> Counter[tuple[Any, ...]]:
    """(day, *key, measure) → sum over the days on which it became so."""
    counted: Counter[tuple[Any, ...]] = Counter()
    for (day, _as_of, *key), measures in counts.items():
        for measure, n in measures.items():
            counted[day, *key, measure] += n
    return nonzero(counted)


def nonzero(counted: Counter[tuple[Any, ...]]) -> Counter[tuple[Any, ...]]:
    return Counter({key: n for key, n in counted.items() if n})


def _contributions(stream: Stream, found: Folded) -> Iterator[Contribution]:
    daily = projection_of(stream).daily
    assert daily is not None
    yield from daily.contributions(found.name, found.state) if found.name else ()


@st.composite
def stories(draw: st.DrawFn, stream: Stream, tell: Teller, fields: Mapping[str, st.SearchStrategy[Any]]) -> list[Event[Any]]:
    """Up to 12 events of one subject that mostly keep to the transitions, often of one moment; `fields`: fact → what it may carry."""
    projection, name, minutes = projection_of(stream), "", 0
    told: list[Event[Any]] = []
    facts = [fact for fact in stream.facts if fact not in projection.observations]
    for n in range(draw(st.integers(0, 12))):
        allowed = [fact for fact in facts if permitted(projection, name, fact)]
        fact = draw(st.sampled_from(allowed if allowed and draw(st.integers(0, 4)) > 0 else facts))
        minutes += draw(st.sampled_from((0, 1, 20, 47, 600, 2900)))
        data = draw(fields[fact]) if fact in fields else {}
        told.append(tell(fact, minutes, id_=f"{n:02}", **data))
        name = permitted(projection, name, fact) or name
    return told
