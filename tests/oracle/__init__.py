"""What the figures must be, computed from the raw events the slowest and plainest way there is.

It borrows nothing from the engine but the transition tables, which are data, and the calendar, which has its own tests. The state at a
moment is the whole story up to it told anew; history is what changes between two moments; the counts of a day's end are made of the
states at that end, and what a day adds is what changes between two of them.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from ioc.streams import dossier as dossier_stream
from ioc.streams import report as report_stream
from tests.oracle import dossier, report
from tests.oracle.wire import CALENDAR, PROFILE, TERMS, Fields, Wire, day_of, fact_of, in_order, moment, next_state, stream_of

__all__ = ["CALENDAR", "HISTORY", "PROFILE", "TERMS", "TRANSITIONS", "Fields", "Picture", "Wire", "fact_of", "facts", "moment", "picture", "stream_of", "told"]

LIVES = {"dossier": dossier, "report": report}
_STREAMS = {"dossier": dossier_stream, "report": report_stream}
TRANSITIONS = {name: stream.TRANSITIONS for name, stream in _STREAMS.items()}
HISTORY = {name: stream.STREAM.projection.history for name, stream in _STREAMS.items()}


class Picture(NamedTuple):
    """What is true of a set of events. States hold what is not None; `daily`: (stream, day, as_of_day, key, measure) → count, never 0."""

    states: dict[tuple[str, str], Fields]
    history: set[tuple[Any, ...]]
    daily: Counter[tuple[Any, ...]]
    irregular: set[tuple[str, str, str, str]]


def picture(events: Iterable[Wire]) -> Picture:
    """The picture that the accepted events draw, whatever their order and however often each is there."""
    stories: dict[tuple[str, str], list[Wire]] = {}
    for event in events:
        stories.setdefault((stream_of(event), event["subject"]), []).append(event)
    found = Picture({}, set(), Counter(), set())
    for (stream, subject), story in stories.items():
        ordered = in_order(story, TRANSITIONS[stream])
        fields, refused = _told(stream, ordered)
        found.states[stream, subject] = {k: v for k, v in fields.items() if v is not None}
        found.history.update((stream, subject, *interval) for interval in _intervals(stream, ordered))
        found.daily.update(_daily(stream, ordered))
        found.irregular.update((stream, subject, e["source"], e["id"]) for e in refused)
    return Picture(found.states, found.history, Counter({key: n for key, n in found.daily.items() if n}), found.irregular)


def told(stream: str, events: Iterable[Wire]) -> Fields:
    """Where a subject stands when these events of it, repeats among them, are all there are."""
    return _told(stream, in_order(events, TRANSITIONS[stream]))[0]


def facts(stream: str, fields: Fields) -> list[tuple[Any, ...]]:
    """What a subject adds to the counts: (day, place, measure, n)."""
    life = LIVES[stream]
    place = tuple(fields[name] for name in life.KEY)
    return [(day_of(fields[stamp]), place, measure, n) for stamp, measure, n in life.facts(fields) if n]


def _daily(stream: str, events: Sequence[Wire]) -> Counter[tuple[Any, ...]]:
    added: Counter[tuple[Any, ...]] = Counter()
    before: Counter[tuple[Any, ...]] = Counter()
    for as_of in sorted({day_of(moment(e["time"])) for e in events}):  # type: ignore[arg-type]
        fields, _ = _told(stream, [e for e in events if day_of(moment(e["time"])) <= as_of])  # type: ignore[arg-type]
        after: Counter[tuple[Any, ...]] = Counter()
        for day, place, measure, n in facts(stream, fields):
            after[day, place, measure] += n
        for key in before.keys() | after.keys():
            added[(stream, key[0], as_of, *key[1:])] += after[key] - before[key]
        before = after
    return added


def _told(stream: str, events: Sequence[Wire]) -> tuple[Fields, list[Wire]]:
    life = LIVES[stream]
    fields, refused = dict(life.START), []
    for event in events:
        to = next_state(TRANSITIONS[stream][fact_of(event)], fields["state"])
        if to is None:
            refused.append(event)
            continue
        fields["state"] = to
        life.tell(fact_of(event), fields, event["data"], moment(event["time"]))
    life.judge(fields)
    return fields, refused


def _intervals(stream: str, events: Sequence[Wire]) -> list[tuple[Any, ...]]:
    moments = sorted({moment(e["time"]) for e in events})  # type: ignore[type-var]
    changes: list[tuple[Any, tuple[Any, ...]]] = []
    for at in moments:
        fields, _ = _told(stream, [e for e in events if moment(e["time"]) <= at])  # type: ignore[operator]
        seen = tuple(fields.get(name) for name in HISTORY[stream])
        if fields["state"] and (not changes or changes[-1][1] != seen):
            changes.append((at, seen))
    ends = [*(at for at, _ in changes[1:]), None][: len(changes)]
    return [(at, end, *seen) for (at, seen), end in zip(changes, ends, strict=True)]
