"""Cameras at one-stop counters and roads: whether they see, who waits, what passes. Counts only."""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from ioc.clock import LOCAL, local_day
from ioc.profiles import Point
from simulators.engine.agenda import Story, tell
from simulators.engine.contract import Scenario, SimulatedEvent, Simulator
from simulators.engine.hours import WorkingTime

REALISM = """\
True to life: one camera at each one-stop point (the centre and every commune, as announced for Vung Tau and Soc Trang) and a few at
roads; status once a minute; counts only, no recognition, no picture.
Assumed: a failure every 20 days, repaired after 3 hours on average (log-normal); most people come at 8-10 and 14-15 h, Monday most;
2 to 6 officials by population, one at lunch.
Made up: every count, the cameras' names and where the roads' cameras stand; once in fifty half days a counter opens up to 25 minutes
late while people wait. Before the live part one look in an hour stands for a minute's, to keep the history small."""

STEP_S = 60
COARSE_S = 3600
FINE_BEFORE = timedelta(minutes=15)
MTBF_H = 20 * 24.0
MTTR_H = 3.0

WAITING = {7: 0.7, 8: 1.0, 9: 1.0, 10: 0.7, 11: 0.15, 12: 0.1, 13: 0.7, 14: 0.85, 15: 0.6, 16: 0.3, 17: 0.05}
TRAFFIC = (0.08, 0.05, 0.05, 0.07, 0.2, 0.5, 0.9, 1.0, 0.8, 0.7, 0.7, 0.75, 0.6, 0.65, 0.7, 0.75, 0.95, 1.0, 0.8, 0.6, 0.45, 0.3, 0.2, 0.12)


@dataclass(slots=True)
class Camera:
    """One camera; `size` follows the population it serves, `offline`: the outage that is on or comes next."""

    random: Random
    scenario: Scenario
    hours: WorkingTime
    point: Point
    token: str
    size: float
    offline: tuple[datetime, datetime]
    absent: dict[tuple[date, bool], datetime] = field(default_factory=dict)

    def event(self, fact: str, at: datetime, **data: Any) -> SimulatedEvent:
        subject = f"{self.point.code}-C1"
        place = {"unit_code": self.point.unit_code, "unit_valid_on": at.astimezone(LOCAL).date(), "point_id": self.point.code}
        return SimulatedEvent(
            fact=fact, id=f"{self.token}:{subject}:{fact}:{int(at.timestamp())}", source=self.scenario.source("camera"), subject=subject,
            time=at, data=place | data,
        )


def simulate(random: Random, ticks: Iterable[datetime], scenario: Scenario) -> Iterator[Sequence[SimulatedEvent]]:
    """Look through all cameras, each at its own second of the minute."""
    ticks = iter(ticks)
    start = next(ticks)
    yield ()
    yield from tell(_stories(random, start, scenario), ticks)


def _stories(random: Random, start: datetime, scenario: Scenario) -> Iterator[Story]:
    hours, token = WorkingTime(scenario.profile), f"{random.getrandbits(32):08x}"
    people = {u.code: u.population for u in scenario.profile.units_on(local_day(start))}
    points = scenario.profile.points
    base = start.replace(second=0, microsecond=0) + timedelta(minutes=1)
    for number, point in enumerate(points):
        camera = Camera(random, scenario, hours, point, token, math.sqrt(people[point.unit_code] / 25_000), _outage(random, start, begun=True))
        yield _watch(camera, base + timedelta(seconds=number * STEP_S // len(points)))


def _outage(random: Random, after: datetime, *, begun: bool = False) -> tuple[datetime, datetime]:
    length = timedelta(hours=random.lognormvariate(math.log(MTTR_H) - 0.5, 1.0))
    if begun and random.random() < MTTR_H / (MTBF_H + MTTR_H):
        return after - length * random.random(), after + length
    begin = after + timedelta(hours=random.expovariate(1 / MTBF_H))
    return begin, begin + length


def _watch(camera: Camera, at: datetime) -> Story:
    while True:
        if at >= camera.offline[1]:
            camera.offline = _outage(camera.random, at)
        step_s = _step_s(camera.scenario, at)
        if camera.offline[0] <= at:
            yield camera.event("status", at, online=False)
        else:
            yield camera.event("status", at, online=True, fps=round(camera.random.gauss(15, 0.4), 1),
                               latency_ms=int(camera.random.lognormvariate(4.6, 0.4)))
            yield from _traffic(camera, at, step_s) if camera.point.kind == "road" else _occupancy(camera, at)
        at += timedelta(seconds=step_s)


def _step_s(scenario: Scenario, at: datetime) -> int:
    coarse = scenario.live_at and at + timedelta(seconds=COARSE_S) <= scenario.live_at - FINE_BEFORE
    return COARSE_S if coarse else STEP_S


def _occupancy(camera: Camera, at: datetime) -> Story:
    local = at.astimezone(LOCAL)
    if not camera.hours.works(local.date()) or not 6 * 60 + 45 <= local.hour * 60 + local.minute < 17 * 60 + 15:
        return
    monday = 1.25 if local.isoweekday() == 1 else 1.0
    expected = 5.5 * camera.size * monday * WAITING.get(local.hour, 0.1)
    waiting = max(0, round(camera.random.gauss(expected, math.sqrt(expected + 0.2))))
    staff = _staff(camera, local)
    yield camera.event("occupancy", at, waiting=waiting, staff_present=staff, confidence_ratio=round(camera.random.uniform(0.78, 0.97), 2))


def _staff(camera: Camera, local: datetime) -> int:
    at = local.hour + local.minute / 60
    if not (7 <= at < 11 or 13 <= at < 17):
        return int(camera.random.random() < 0.4)
    if local < _manned_from(camera, local):
        return 0
    usual = min(6, max(2, round(2 + 1.5 * camera.size)))
    return max(1, usual - (camera.random.random() < 0.25))


def _manned_from(camera: Camera, local: datetime) -> datetime:
    # Drawn once per half day; the story forgets the days before.
    key = (local.date(), local.hour >= 12)
    if key not in camera.absent:
        opening = local.replace(hour=13 if key[1] else 7, minute=0, second=0)
        late = timedelta(minutes=camera.random.uniform(10, 25)) if camera.random.random() < 0.02 else timedelta()
        camera.absent = {key: opening + late}
    return camera.absent[key]


def _traffic(camera: Camera, at: datetime, step_s: int) -> Story:
    local = at.astimezone(LOCAL)
    share = TRAFFIC[local.hour]
    expected = 22 * camera.size * share * step_s / 60
    vehicles = max(0, round(camera.random.gauss(expected, math.sqrt(expected + 1))))
    speed = round(max(8.0, camera.random.gauss(52 - 14 * share, 4)), 1)
    yield camera.event("traffic_count", at, vehicles=vehicles, interval_s=step_s, mean_speed_kmh=speed, direction="both")


SIMULATOR = Simulator(name="camera", stream="camera", realism=REALISM, simulate=simulate, history_days=4.0)
