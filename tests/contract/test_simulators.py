"""What every simulator must keep, whichever it is: a file that exists is tested."""

import ast
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import Any

import pytest

from ioc.profiles import Profile, load_profile
from ioc.streams.engine.decode import decoder
from ioc.streams.engine.event import Event, Message
from ioc.streams.engine.fold import fold, initial
from ioc.streams.engine.registry import streams
from simulators.engine.contract import SimulatedEvent, scenario_of
from simulators.engine.encode import Record, encode
from simulators.engine.registry import registered
from tests.profiles import FICTIONAL
from tests.rules import RULES

ROOT = Path(__file__).parents[2]
START = datetime(2026, 11, 8, 17, tzinfo=UTC)
NAMES = sorted(registered())


@cache
def profile() -> Profile:
    return load_profile(FICTIONAL)


def told(name: str, *, days: float = 1, step: timedelta = timedelta(minutes=1), seed: int = 7) -> list[SimulatedEvent]:
    def ticks() -> Iterator[datetime]:
        at = START
        while at <= START + timedelta(days=days):
            yield at
            at += step

    scenario = scenario_of(profile(), str(seed), START + timedelta(days=days), scale=0.1)
    return [event for batch in registered()[name].simulate(Random(seed), ticks(), scenario) for event in batch]


@cache
def day(name: str) -> list[SimulatedEvent]:
    return told(name)


def encoded(name: str, events: list[SimulatedEvent]) -> list[Record]:
    return [encode(event, streams()[registered()[name].stream]) for event in events]


@cache
def week(name: str) -> list[Event[Any]]:
    records = encoded(name, told(name, days=7))
    decode = decoder(streams()[registered()[name].stream])
    return [
        decode(Message(topic=r.topic, partition=0, offset=n, timestamp_ms=0, key=r.key, headers=r.headers, value=r.value), r.at)
        for n, r in enumerate(records)
    ]


@pytest.mark.parametrize("name", NAMES)
def test_same_seed_gives_same_bytes(name: str) -> None:
    assert encoded(name, told(name)) == encoded(name, day(name))


@pytest.mark.parametrize("name", NAMES)
def test_another_seed_gives_other_bytes(name: str) -> None:
    assert encoded(name, day(name)) != encoded(name, told(name, seed=8))


@pytest.mark.parametrize("name", NAMES)
def test_ticks_change_only_the_batches(name: str) -> None:
    assert day(name) == told(name, step=timedelta(hours=6))


@pytest.mark.parametrize("name", NAMES)
def test_events_come_in_order_of_time_and_never_before_their_tick(name: str) -> None:
    moments = [event.time for event in day(name)]
    assert moments
    assert moments == sorted(moments)
    assert moments[0] >= START
    assert moments[-1] <= START + timedelta(days=1)


@pytest.mark.parametrize("name", NAMES)
def test_every_event_decodes_as_simulated_and_whole(name: str) -> None:
    events = week(name)
    assert all(event.simulated for event in events)
    assert not [event.rest for event in events if event.rest]


@pytest.mark.parametrize("name", NAMES)
def test_every_identity_stands_once(name: str) -> None:
    events = week(name)
    assert len({event.identity for event in events}) == len(events)


@pytest.mark.parametrize("name", NAMES)
def test_a_week_folds_without_irregularity(name: str) -> None:
    projection = streams()[registered()[name].stream].projection
    assert projection
    stories: dict[str, list[Event[Any]]] = defaultdict(list)
    for event in week(name):
        if event.fact not in projection.observations:
            stories[event.subject].append(event)
    folded = [fold(projection, initial(projection), sorted(story, key=lambda e: e.order), RULES) for story in stories.values()]
    assert [i.reason for f in folded for i in f.irregularities] == []


@pytest.mark.parametrize("name", NAMES)
def test_units_and_points_are_those_of_the_profile(name: str) -> None:
    units = {u.code for u in profile().units} | {""}
    assert {event.data["unit_code"] for event in day(name)} <= units


@pytest.mark.parametrize("name", NAMES)
def test_source_is_the_one_of_the_profile(name: str) -> None:
    promised = {s.source for s in profile().file.sources if s.stream == registered()[name].stream}
    assert {event.source for event in day(name)} == promised


@pytest.mark.parametrize("name", NAMES)
def test_the_source_is_never_silent_longer_than_promised(name: str) -> None:
    # By day and by night: the longest promise of the profile, since a pause may begin before the opening; a history of observations is coarse.
    promised = max(s.expected_closed_s for s in profile().file.sources if s.stream == registered()[name].stream)
    longest = max(promised, 3600 if registered()[name].history_days else 0)
    moments = [START, *(event.occurred_at for event in week(name))]
    assert max((b - a).total_seconds() for a, b in pairwise(moments)) <= longest


@pytest.mark.parametrize("name", NAMES)
def test_realism_says_what_is_true_and_what_is_made_up(name: str) -> None:
    realism = registered()[name].realism
    assert "True to life:" in realism
    assert "Made up:" in realism


MACHINERY = {"run", "outlet", "pace", "pause", "standing", "diary", "options", "progress", "registry", "faults"}
"""Modules that may know time, files, the database or the broker, since no event is made there: they pace what is told, send it, say how far it is."""


def _sources() -> list[Path]:
    folder = ROOT / "simulators"
    return [*folder.glob("[a-z]*.py"), *(path for path in sorted((folder / "engine").glob("[a-z]*.py")) if path.stem not in MACHINERY)]


OUTSIDE = {"time", "uuid", "secrets", "os", "socket", "pathlib", "threading", "psycopg", "kafka"}


@pytest.mark.parametrize("path", _sources(), ids=lambda p: p.stem)
def test_a_simulator_never_sleeps_asks_the_time_or_reaches_outside(path: Path) -> None:
    tree = list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
    asked = {node.attr for node in tree if isinstance(node, ast.Attribute)} & {"now", "utcnow", "today", "sleep", "time_ns"}
    whole = {alias.name.partition(".")[0] for node in tree if isinstance(node, ast.Import) for alias in node.names}
    parts = {(node.module or "", alias.name) for node in tree if isinstance(node, ast.ImportFrom) for alias in node.names}
    assert not asked
    assert not (whole | {module.partition(".")[0] for module, _ in parts}) & OUTSIDE
    assert "random" not in whole
    assert {name for module, name in parts if module == "random"} <= {"Random"}


def test_every_module_that_may_reach_outside_exists() -> None:
    assert {path.stem for path in (ROOT / "simulators" / "engine").glob("*.py")} >= MACHINERY
