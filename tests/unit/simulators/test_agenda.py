from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from random import Random

from simulators.engine.agenda import Story, tell
from simulators.engine.arrivals import arrivals
from simulators.engine.contract import SimulatedEvent

T0 = datetime(2026, 11, 16, tzinfo=UTC)


def at(minute: float) -> datetime:
    return T0 + timedelta(minutes=minute)


def story(name: str, *minutes: float) -> Story:
    return iter([SimulatedEvent(fact="f", id=f"{name}{m}", source="s", subject=name, time=at(m)) for m in minutes])


def test_agenda_merges_stories_by_time() -> None:
    batches = list(tell(iter([story("a", 1, 5), story("b", 2, 3)]), [at(10)]))
    assert [e.id for e in batches[0]] == ["a1", "b2", "b3", "a5"]


def test_agenda_gives_one_batch_for_each_tick() -> None:
    batches = list(tell(iter([story("a", 1, 5), story("b", 2, 3)]), [at(1), at(2), at(4), at(9)]))
    assert [[e.id for e in b] for b in batches] == [["a1"], ["b2"], ["b3"], ["a5"]]


def test_agenda_never_runs_ahead_of_an_endless_story() -> None:
    def endless() -> Iterator[SimulatedEvent]:
        minute = 0
        while True:
            minute += 1
            yield from story("a", minute)

    assert [len(b) for b in tell(iter([endless()]), [at(3), at(5)])] == [3, 2]


def test_agenda_skips_a_story_without_events() -> None:
    assert [e.id for b in tell(iter([story("a"), story("b", 1)]), [at(2)]) for e in b] == ["b1"]


def test_arrivals_follow_the_rate() -> None:
    found = []
    for moment in arrivals(Random(1), T0, lambda at: 60.0 if at.hour < 12 else 0.0, most=60.0):
        if moment >= T0 + timedelta(days=4):
            break
        found.append(moment)
    assert all(m.hour < 12 or (m.hour == 12 and m.minute == 0) for m in found)
    assert 2600 < len(found) < 3160


def test_arrivals_pause_no_longer_than_asked() -> None:
    moments = [T0]
    for moment in arrivals(Random(1), T0, lambda _: 0.0, most=60.0, quiet_s=600):
        moments.append(moment)
        if len(moments) > 200:
            break
    assert max((b - a).total_seconds() for a, b in pairwise(moments)) <= 601
