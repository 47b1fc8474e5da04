"""What the tests of single simulators share: a stretch that one of them tells."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from itertools import pairwise
from random import Random

from ioc.clock import LOCAL, start_of
from ioc.profiles import Profile, load_profile
from ioc.profiles.scenarios import Effect
from simulators.engine.contract import Scenario, SimulatedEvent, Simulator, scenario_of
from tests.profiles import FICTIONAL

SHIPPED, SECOND = load_profile("soc_trang"), load_profile(FICTIONAL)


def scenario(profile: Profile, until: datetime, *effects: Effect, seed: str = "5", scale: float = 0.09) -> Scenario:
    return scenario_of(profile, seed, until, scale=scale, effects=effects)


def told(simulator: Simulator, start: date, days: float, *effects: Effect, profile: Profile = SHIPPED, live: bool = False, hour: float = 0, seed: str = "5",
         scale: float = 0.09) -> list[SimulatedEvent]:
    """Events from a local hour of a day; `live`: all as fine as in the live part."""
    begin = start_of(start) + timedelta(hours=hour)
    end = begin + timedelta(days=days)
    asked = scenario(profile, begin if live else end, *effects, seed=seed, scale=scale)
    return [event for batch in simulator.simulate(Random(seed), iter((begin, end)), asked) for event in batch]


def effect(what: str, start: datetime, end: datetime, by: float = 1.0, *, units: Sequence[str] = (), only: Sequence[str] = ()) -> Effect:
    return Effect(what=what, start=start, end=end, by=by, units=tuple(units), only=tuple(only))


def local(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=LOCAL)


def longest_pause_s(events: Sequence[SimulatedEvent], start: date) -> float:
    moments = [start_of(start), *(e.time for e in events)]
    return max((b - a).total_seconds() for a, b in pairwise(moments))
