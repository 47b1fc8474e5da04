from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from random import Random

from simulators.engine.agenda import Story, tell, telling
from simulators.engine.contract import Scenario, SimulatedEvent
from tests.unit.simulators.telling import scene

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


def test_telling_begins_with_the_first_tick_which_brings_nothing() -> None:
    def stories(_: Random, start: datetime, __: Scenario) -> Iterator[Story]:
        yield story("a", *((start - T0) / timedelta(minutes=1) + n for n in (1, 2)))

    batches = telling(stories)(Random(1), [at(5), at(6), at(9)], scene())
    assert [[e.time for e in batch] for batch in batches] == [[], [at(6)], [at(7)]]
