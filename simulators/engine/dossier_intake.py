"""What comes in on ordinary days: a process that follows hour, weekday and Tết, thinned by what the scenario says of units and sectors."""

import heapq
from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random
from typing import NamedTuple

from ioc.clock import LOCAL
from simulators.engine.contract import Scenario
from simulators.engine.dossier_desks import Desk, Desks
from simulators.engine.dossier_kinds import COUNTER, DAY_OFF, NIGHT, ONLINE, ONLINE_RATIO, Procedure, choice
from simulators.engine.dossier_moves import entered

PER_WORKING_DAY = 2433
"""605,859 dossiers in the 249 working days of 2023."""
_HOURS = sum(ONLINE.get(hour, NIGHT) for hour in range(24))
ONLINE_WORKING = 5 * ONLINE_RATIO / (5 + 2 * DAY_OFF * (1 - ONLINE_RATIO))
"""Online share of a working day, so that with what days off bring it is ONLINE_RATIO of a week."""
ON_DAYS_OFF = 2 / 5 * DAY_OFF * ONLINE_WORKING
"""What two days off bring, as a share of five working days."""
MOST_SHARE = 0.3
POST_RATIO = 0.02
PATIENCE = (0.8, 0.96)
TRIES = 40
"""For something that comes because the source promised it, where the scenario holds some of it back."""
QUARTER = timedelta(minutes=15)
"""For so long the rate stays what it is."""


class Arrival(NamedTuple):
    """A dossier that begins."""

    at: datetime
    number: int
    desk: Desk
    procedure: Procedure
    channel: str


def arrivals(random: Random, start: datetime, scenario: Scenario, desks: Desks) -> Iterator[Arrival]:
    """Dossiers in the order in which they begin; what would begin in a silence begins after it."""
    waiting: list[Arrival] = []
    for arrival in _wanted(random, start, scenario, desks):
        while waiting and waiting[0].at <= arrival.at:
            yield heapq.heappop(waiting)
        at = entered(random, scenario.effects, arrival.at, arrival.desk.key)
        if at == arrival.at:
            yield arrival
        else:
            heapq.heappush(waiting, arrival._replace(at=at))


def _wanted(random: Random, start: datetime, scenario: Scenario, desks: Desks) -> Iterator[Arrival]:
    effects, procedures, number = scenario.effects, choice(), 0
    whole = PER_WORKING_DAY * scenario.scale / (1 + ON_DAYS_OFF)
    most_factor = effects.most("dossier.rate")
    most = whole * MOST_SHARE * effects.most("day.load")
    at, patience = start, _patience(random, start, scenario)
    quarter, counter, online = start - QUARTER, 0.0, 0.0
    while True:
        at += timedelta(hours=random.expovariate(most * most_factor))
        forced = at > patience
        at = patience if forced else at
        if not quarter <= at < quarter + QUARTER:
            quarter = at.replace(minute=at.minute // 15 * 15, second=0, microsecond=0)
            counter, online = _shares(scenario, quarter)
        if not forced and random.random() * most >= whole * (counter + online):
            continue
        office = desks.on(at.astimezone(LOCAL).date())
        for _ in range(TRIES if forced else 1):
            desk, procedure = office.draw(random), procedures.draw(random)
            if random.random() * most_factor < effects.factor("dossier.rate", at, unit=desk.key, kind=procedure.sector):
                number += 1
                yield Arrival(at.replace(microsecond=0), number, desk, procedure, _channel(random, counter, online))
                break
        else:
            if not forced:
                continue
        patience = _patience(random, at, scenario)


def _channel(random: Random, counter: float, online: float) -> str:
    if random.random() * (counter + online) >= counter:
        return "online"
    return "post" if random.random() < POST_RATIO else "counter"


def _shares(scenario: Scenario, at: datetime) -> tuple[float, float]:
    """Share of an ordinary working day's dossiers that an hour brings now at the counters and online."""
    local = at.astimezone(LOCAL)
    online, load = ONLINE_WORKING * ONLINE.get(local.hour, NIGHT) / _HOURS, scenario.world.load(local.date())
    if not load:
        return 0.0, online * DAY_OFF
    counter = COUNTER.get(local.hour, 0.0) if scenario.profile.is_open(at) else 0.0
    return load * (1 - ONLINE_WORKING) * counter, load * online


def _patience(random: Random, at: datetime, scenario: Scenario) -> datetime:
    """Until when something comes in any case: the source's promise holds also where the scale is small."""
    promise = next((s for s in scenario.profile.file.sources if s.stream == "dossier"), None)
    seconds = 3600.0 if promise is None else promise.expected_closed_s
    if promise and scenario.profile.is_open(at):
        seconds = min(seconds, 3 * promise.expected_s)
    return at + timedelta(seconds=seconds * random.uniform(*PATIENCE))
