"""Hears a stretch of one simulator, without the others."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from functools import cache
from random import Random

from ioc.clock import LOCAL, start_of
from ioc.profiles import Profile, load_profile
from ioc.profiles.scenarios import Effect
from simulators.engine.contract import Scenario, SimulatedEvent, Simulator, scenario_of
from tests.profiles import FICTIONAL

PROVINCE = "soc_trang"


@cache
def profile(name: str = FICTIONAL) -> Profile:
    return load_profile(name)


def scene(name: str = FICTIONAL, *, seed: str = "3", live: date = date(2030, 1, 1), scale: float = 1.0, effects: Sequence[Effect] = ()) -> Scenario:
    return scenario_of(profile(name), seed, start_of(live), scale=scale, effects=effects)


def heard(simulator: Simulator, scenario: Scenario, day: date, days: float) -> list[SimulatedEvent]:
    start = start_of(day)
    batches = simulator.simulate(Random(3), iter((start, start + timedelta(days=days))), scenario)
    return [event for batch in batches for event in batch]


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=LOCAL)


def effect(what: str, since: str, until: str, *, by: float = 1.0, units: tuple[str, ...] = (), only: tuple[str, ...] = ()) -> Effect:
    return Effect(what=what, start=local(since), end=local(until), by=by, units=units, only=only)
