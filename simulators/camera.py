"""Cameras at one-stop counters and roads: whether they see, who waits, what passes. Counts only."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from ioc.clock import LOCAL, local_day, start_of
from ioc.profiles import Point
from ioc.profiles.units import Unit
from simulators.engine.agenda import Story, telling
from simulators.engine.contract import Scenario, SimulatedEvent, Simulator
from simulators.engine.counter_life import PointDay, point_day
from simulators.engine.traffic import JAM, LEAST_KMH, demand, speed_kmh

REALISM = """\
True to life: one camera at each one-stop point (the centre and every commune, as announced for Vung Tau and Soc Trang) and a few at
roads; status once a minute; counts only, no recognition, no picture; a failure every 20 days, repaired after 3 hours on average (domain
notes, 7). It sees the same people waiting and the same unmanned desks as the counters of its point tell of (engine/counter_life.py).
Assumed: one waiting person in ten is counted wrongly; traffic has its peaks at 7 and 17 h, on days off a flat day of 80 %, a fifth more on
the five days before and after Tet and half of it on its first; rain slows it and keeps a tenth away; from 1.3 times the busiest hour it is
jammed and slower than a third of free flow.
Made up: every count, the cameras' names and where the roads' cameras stand. Before the live part one look in an hour stands for a
minute's, to keep the history small."""

STEP_S = 60
COARSE_S = 3600
FINE_BEFORE = timedelta(minutes=15)
MTBF_H = 20 * 24.0
MTTR_H = 3.0
OTHERS_S = 3 * 3600


@dataclass(slots=True)
class Camera:
    """One camera; `size` follows the population it serves, `offline`: the outage that is on or comes next; `plan`: of the day it last saw."""

    random: Random
    scenario: Scenario
    point: Point
    token: str
    size: float
    offline: tuple[datetime, datetime]
    day: date | None = None
    plan: PointDay | None = None

    def event(self, fact: str, at: datetime, **data: Any) -> SimulatedEvent:
        subject = f"{self.point.code}-C1"
        place = {"unit_code": self.point.unit_code, "unit_valid_on": local_day(at), "point_id": self.point.code}
        return SimulatedEvent(
            fact=fact, id=f"{self.token}:{subject}:{fact}:{int(at.timestamp())}", source=self.scenario.source("camera"), subject=subject,
            time=at, data=place | data,
        )


def _stories(random: Random, start: datetime, scenario: Scenario) -> Iterator[Story]:
    token, points = f"{random.getrandbits(32):08x}", scenario.profile.points
    base = start.replace(second=0, microsecond=0) + timedelta(minutes=1)
    begun: list[tuple[datetime, int, Camera]] = []
    for number, point in enumerate(points):
        unit, since = _first_unit(scenario, point, start)
        if unit is not None:
            size = math.sqrt(unit.population / 25_000)
            camera = Camera(random, scenario, point, token, size, _outage(random, max(start, since), begun=True))
            begun.append((max(base, since) + timedelta(seconds=number * STEP_S // len(points)), number, camera))
    for at, _, camera in sorted(begun):
        yield _watch(camera, at)


def _first_unit(scenario: Scenario, point: Point, start: datetime) -> tuple[Unit | None, datetime]:
    """The unit that a camera stands in, now or from the day it exists."""
    held = sorted(scenario.profile.units.by_code[point.unit_code], key=lambda unit: unit.valid_from)
    unit = next((u for u in held if u.valid_to is None or u.valid_to > local_day(start)), None)
    return unit, start_of(unit.valid_from) if unit else start


def _outage(random: Random, after: datetime, *, begun: bool = False) -> tuple[datetime, datetime]:
    length = timedelta(hours=random.lognormvariate(math.log(MTTR_H) - 0.5, 1.0))
    if begun and random.random() < MTTR_H / (MTBF_H + MTTR_H):
        return after - length * random.random(), after + length
    begin = after + timedelta(hours=random.expovariate(1 / MTBF_H))
    return begin, begin + length


def _watch(camera: Camera, at: datetime) -> Story:
    scenario, code = camera.scenario, camera.point.unit_code
    while scenario.profile.units.at(code, local_day(at)):
        if at >= camera.offline[1]:
            camera.offline = _outage(camera.random, at)
        step_s = _step_s(scenario, at)
        if scenario.effects.holds("camera.silent", at, unit=code, kind=camera.point.code):
            pass
        elif camera.offline[0] <= at or _off_by_order(scenario, camera.point, at):
            yield camera.event("status", at, online=False)
        else:
            yield camera.event("status", at, online=True, fps=round(camera.random.gauss(15, 0.4), 1),
                               latency_ms=int(camera.random.lognormvariate(4.6, 0.4)))
            yield from _traffic(camera, at, step_s) if camera.point.kind == "road" else _occupancy(camera, at)
        at += timedelta(seconds=step_s)


def _off_by_order(scenario: Scenario, point: Point, at: datetime) -> bool:
    """Without a factor the cameras meant are off; with one so many times more of them than usual, others every three hours."""
    by = scenario.effects.factor("camera.offline", at, unit=point.unit_code, kind=point.code)
    if by > 1:
        return scenario.world.random("off", point.code, int(at.timestamp()) // OTHERS_S).random() < by * MTTR_H / (MTBF_H + MTTR_H)
    return scenario.effects.holds("camera.offline", at, unit=point.unit_code, kind=point.code)


def _step_s(scenario: Scenario, at: datetime) -> int:
    coarse = at + timedelta(seconds=COARSE_S) <= scenario.live_at - FINE_BEFORE
    return COARSE_S if coarse else STEP_S


def _occupancy(camera: Camera, at: datetime) -> Story:
    local = at.astimezone(LOCAL)
    if camera.day != local.date():
        camera.day, camera.plan = local.date(), point_day(camera.scenario, camera.point, local.date())
    if camera.plan is None or not 6 * 60 + 45 <= local.hour * 60 + local.minute < 17 * 60 + 15:
        return
    seen = sum(1 if camera.random.random() >= 0.1 else camera.random.choice((0, 2)) for _ in range(camera.plan.waiting(at)))
    confidence = round(camera.random.uniform(0.78, 0.97), 2)
    yield camera.event("occupancy", at, waiting=seen, staff_present=camera.plan.staff(at), confidence_ratio=confidence)


def _traffic(camera: Camera, at: datetime, step_s: int) -> Story:
    rain = camera.scenario.world.rain_mm_h(at)
    factor = camera.scenario.effects.factor("camera.traffic", at, unit=camera.point.unit_code, kind=camera.point.code)
    wanted = demand(camera.scenario, at.astimezone(LOCAL)) * factor * (0.9 if rain else 1.0)
    expected = 22 * camera.size * min(wanted, JAM) * step_s / 60
    vehicles = max(0, round(camera.random.gauss(expected, math.sqrt(expected + 1))))
    speed = max(LEAST_KMH, speed_kmh(wanted, rain) + camera.random.gauss(0, 4 if wanted <= JAM else 1))
    yield camera.event("traffic_count", at, vehicles=vehicles, interval_s=step_s, mean_speed_kmh=round(speed, 1), direction="both")


SIMULATOR = Simulator(
    name="camera", stream="camera", realism=REALISM, simulate=telling(_stories), history_days=4.0,
    effects=("camera.offline", "camera.silent", "camera.traffic"),
)
