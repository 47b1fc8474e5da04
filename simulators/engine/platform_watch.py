"""Systems as the monitor sees them: up, slow or down, how soon they answer, how they are called."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Literal

from ioc.clock import LOCAL, local_day, start_of
from simulators.engine.contract import Scenario

Status = Literal["up", "degraded", "down"]
PORTALS = ("portal", "service-portal")
LGSP = "lgsp"
# Service behind the platform → calls to a dossier of the real year (assumed).
SERVICES = {"population-db": 3.0, "national-portal": 2.0, "civil-status": 0.8, "enterprise-register": 0.2}
WATCHED_ELSEWHERE = {"platform", "alert"}

HOUR = (0.1, 0.05, 0.05, 0.05, 0.05, 0.1, 0.3, 1.2, 2.2, 2.2, 1.8, 0.8, 0.6, 1.7, 2.1, 1.9, 1.3, 0.6, 0.5, 0.6, 0.7, 0.6, 0.4, 0.2)
PER_DAY, DAY_OFF = 2433, 0.12
OUTAGES, SLOW_SPELLS = 1 / 40, 1 / 14
"""A day of one system; twice as many outages where more than 25 mm of rain fall."""
WET_MM, WET_FACTOR = 25.0, 2.0
OUTAGE_MIN, SLOW_MIN = 25.0, 50.0
MAINTAINED_FROM_H, MAINTAINED_MIN = 22.0, 20.0
SLOWER, MUCH_SLOWER = 4.0, 3.0
ERRORS, ERRORS_SLOW = 0.006, 0.05
FINE_BEFORE = timedelta(minutes=15)

Span = tuple[datetime, datetime]


@dataclass(slots=True)
class Watch:
    """What goes wrong with systems: a pure function of the world, kept by day."""

    scenario: Scenario
    systems: Sequence[str]
    spells: dict[tuple[str, date], tuple[list[Span], list[Span]]] = field(default_factory=dict)

    def status(self, system: str, at: datetime) -> Status:
        if self.is_down(system, at):
            return "down"
        return "degraded" if self.slower(system, at) >= MUCH_SLOWER else "up"

    def is_down(self, system: str, at: datetime) -> bool:
        if self.scenario.effects.holds("platform.down", at, kind=system) or self._maintained(system, at):
            return True
        return any(_within(at, self._spells(system, day)[0]) for day in _days(at))

    def slower(self, system: str, at: datetime) -> float:
        """How many times longer than usual a system takes; an attack slows the portals."""
        effects = self.scenario.effects
        factor = effects.factor("platform.slow", at, kind=system)
        if system in PORTALS and effects.amount("platform.attack", at, kind=system) > 0:
            factor *= SLOWER
        return factor * (SLOWER if any(_within(at, self._spells(system, day)[1]) for day in _days(at)) else 1.0)

    def busy(self, at: datetime) -> float:
        """How often systems are used: 1 on the mean hour of an ordinary working day."""
        local = at.astimezone(LOCAL)
        return (self.scenario.world.load(local.date()) or DAY_OFF) * HOUR[local.hour] * 24 / sum(HOUR)

    def called(self, service: str, start: datetime, end: datetime) -> tuple[float, float]:
        """Calls of a service that are expected from `start` to `end`, and those of them that fail."""
        calls = errors = 0.0
        while start < end:
            until = min(end, start + timedelta(hours=1))
            middle = start + (until - start) / 2
            some = PER_DAY * self.scenario.scale * SERVICES[service] * self.busy(middle) * ((until - start) / timedelta(days=1))
            calls, errors = calls + some, errors + some * self._failing(service, middle)
            start = until
        return calls, errors

    def _failing(self, service: str, at: datetime) -> float:
        states = {self.status(LGSP, at), self.status(service, at)}
        return 1.0 if "down" in states else ERRORS_SLOW if "degraded" in states else ERRORS

    def _maintained(self, system: str, at: datetime) -> bool:
        # The second Saturday night of the month, one system after the other.
        local = at.astimezone(LOCAL)
        if local.isoweekday() != 6 or not 8 <= local.day <= 14 or local.hour < MAINTAINED_FROM_H:
            return False
        turn = self.systems.index(system) % 6 if system in self.systems else 0
        minutes = (local.hour - MAINTAINED_FROM_H) * 60 + local.minute
        return turn * MAINTAINED_MIN <= minutes < (turn + 1) * MAINTAINED_MIN

    def _spells(self, system: str, day: date) -> tuple[list[Span], list[Span]]:
        if (system, day) not in self.spells:
            world = self.scenario.world
            wet = sum(mm * ((end - begin) / timedelta(hours=1)) for begin, end, mm in world.weather(day).rain) > WET_MM
            random = world.random("platform.spells", system, day)
            draws = [(random.random(), random.random(), random.lognormvariate(0, 0.8)) for _ in range(2)]
            chances = ((OUTAGES * (WET_FACTOR if wet else 1), OUTAGE_MIN), (SLOW_SPELLS, SLOW_MIN))
            self.spells[system, day] = (_spell(day, draws[0], *chances[0]), _spell(day, draws[1], *chances[1]))
        return self.spells[system, day]


def _spell(day: date, draws: tuple[float, float, float], chance: float, minutes: float) -> list[Span]:
    happens, when, length = draws
    begin = start_of(day) + timedelta(hours=24 * when)
    return [(begin, begin + timedelta(minutes=minutes * length))] if happens < chance else []


def _days(at: datetime) -> tuple[date, date]:
    # What began late the evening before may last.
    day = local_day(at)
    return day - timedelta(days=1), day


def _within(at: datetime, spans: Sequence[Span]) -> bool:
    return any(begin <= at < end for begin, end in spans)


def systems_of(scenario: Scenario) -> list[str]:
    """The sources of the profile, by the last part of their names."""
    return [s.source.rsplit("/", 1)[-1] for s in scenario.profile.file.sources if s.stream not in WATCHED_ELSEWHERE]


def moments(start: datetime, live_at: datetime, steps_s: tuple[int, int], offset_s: int) -> Iterator[datetime]:
    """Moments after `start` on a grid of the clock's own, with (coarse, fine) steps: whenever a watch began, it looks at the same moments."""
    at = start
    while True:
        coarse, fine = (_next(at, step_s, offset_s) for step_s in steps_s)
        at = coarse if coarse <= live_at - FINE_BEFORE else fine
        yield at


def _next(at: datetime, step_s: int, offset_s: int) -> datetime:
    return datetime.fromtimestamp((math.floor((at.timestamp() - offset_s) / step_s) + 1) * step_s + offset_s, UTC)
