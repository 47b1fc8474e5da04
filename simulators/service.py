"""The catalogue of public services: told once, changed a little, handed over with its agencies, looked up every day."""

import math
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

from ioc.clock import LOCAL, local_day, start_of
from simulators.engine.agenda import Story, telling
from simulators.engine.chance import Lot
from simulators.engine.contract import Scenario, Simulator
from simulators.engine.days import by_days
from simulators.engine.service_catalogue import Service, catalogue
from simulators.engine.service_changes import POPULAR, Portal, changes

REALISM = """\
True to life: 1,778 services = 1,015 full + 343 partial + 420 information (F008), 956 of them in the national portal (F009), 1,303
procedures (F013), a QR code for each (F042), all at the end of 2023, whatever day the simulation begins; channels web, app, Zalo and QR
(S0, S3); from the day an agency ends its successor offers its services (2025-07-01).
Assumed: 3 look-ups to a dossier, so they follow the scale; web 55 %, app 20 %, Zalo 20 %, QR 5 %; more by day and on working days, a third
on days off; a fee can be paid online in 620; on ten working days about five changes: levels raised, payment opened, integrations, and now
and then a service that is new or withdrawn.
Made up: which service has which level, sector and agency; the codes from 9.500000 on; that sixty services, Zipf's law over them, get all
look-ups and that the portal tells one service and channel about every 80 minutes, with all look-ups since it was last told; each count.
The national code with the service's number stands for the longer one that carries the province's code too. The whole catalogue is read in
within half an hour of the beginning. Only the ten procedures that the simulated dossiers have are ever used. No persons."""

CHANNELS = {"web": 0.55, "app": 0.2, "zalo": 0.2, "qr": 0.05}
DAY = (0.2, 0.1, 0.1, 0.1, 0.15, 0.3, 0.6, 1.2, 2.0, 2.1, 1.8, 1.2, 0.9, 1.4, 1.8, 1.7, 1.4, 1.1, 1.0, 1.2, 1.4, 1.2, 0.8, 0.4)
PER_DAY = 3 * 2433
DAY_OFF = 0.33
TELLING_MIN = 80.0


def _stories(random: Random, start: datetime, scenario: Scenario) -> Iterator[Story]:
    day = local_day(start)
    portal = Portal(random, scenario, catalogue(random, scenario.profile, day), day)
    popular = portal.services[:POPULAR]
    read_in = [portal.published(s, start + timedelta(seconds=n + 1)) for n, s in enumerate(portal.services)]
    # Changes begin with the day after the catalogue is read in.
    later = start_of(local_day(read_in[-1].time) + timedelta(days=1))
    yield iter(read_in)
    yield _lookups(portal, popular, start)
    yield by_days(later, lambda d: changes(portal, d))


@dataclass(slots=True)
class Interest:
    """Look-ups that are expected, summed up hour by hour for each channel; none in the hours in which the channel is down."""

    scenario: Scenario
    hour: datetime
    totals: dict[str, float] = field(default_factory=lambda: dict.fromkeys(CHANNELS, 0.0))

    def until(self, at: datetime) -> None:
        world, effects = self.scenario.world, self.scenario.effects
        while self.hour + timedelta(hours=1) <= at:
            local = self.hour.astimezone(LOCAL)
            busy = world.load(local.date())
            rate = PER_DAY * self.scenario.scale * DAY[local.hour] / sum(DAY) * (0.4 + 0.6 * busy if busy else DAY_OFF)
            for channel, share in CHANNELS.items():
                if not effects.holds("service.down", self.hour, kind=channel):
                    self.totals[channel] += rate * share * effects.factor("service.lookups", self.hour, kind=channel)
            self.hour += timedelta(hours=1)


def _lookups(portal: Portal, popular: Sequence[Service], start: datetime) -> Story:
    random, effects = portal.random, portal.scenario.effects
    weights = [1 / rank for rank in range(1, len(popular) + 1)]
    places = Lot((place, math.sqrt(weight)) for place, weight in enumerate(weights))
    channels = Lot((channel, math.sqrt(share)) for channel, share in CHANNELS.items())
    interest = Interest(portal.scenario, start.replace(minute=0, second=0, microsecond=0))
    told: dict[tuple[int, str], float] = defaultdict(float)
    at = start + timedelta(minutes=40)
    while True:
        place, channel = places.draw(random), channels.draw(random)
        if not effects.holds("service.down", at, kind=channel):
            interest.until(at)
            expected = (interest.totals[channel] - told[place, channel]) * weights[place] / sum(weights)
            told[place, channel] = interest.totals[channel]
            yield portal.event("lookup", popular[place], at, channel=channel, count=max(0, round(random.gauss(expected, math.sqrt(expected)))))
        at += timedelta(minutes=random.uniform(0.75, 1.25) * TELLING_MIN)


SIMULATOR = Simulator(name="service", stream="service", realism=REALISM, simulate=telling(_stories), effects=("service.down", "service.lookups"))
