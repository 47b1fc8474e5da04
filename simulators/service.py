"""The catalogue of public services: told once, changed a little, handed over with its agencies, looked up every day."""

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

from ioc.clock import LOCAL, local_day, start_of
from simulators.engine.agenda import Story, tell
from simulators.engine.contract import Scenario, SimulatedEvent, Simulator
from simulators.engine.daily import by_day
from simulators.engine.days import office_moment
from simulators.engine.service_catalogue import FIRST_MADE_UP, PROCEDURES, Service, catalogue, office_of, offices, sector

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
POPULAR = 60
TELLING_MIN = 80.0
# Chance of each kind of change on a working day.
CHANGES = {"changed": 0.25, "integrated": 0.17, "published": 0.05, "withdrawn": 0.03}


@dataclass(slots=True)
class Portal:
    """The portal and its catalogue; `ended`: the day up to which agencies that ended have handed over."""

    random: Random
    scenario: Scenario
    services: list[Service]
    ended: date
    made: int = FIRST_MADE_UP + PROCEDURES

    def event(self, fact: str, service: Service, at: datetime, **data: Any) -> SimulatedEvent:
        at = at.astimezone(UTC).replace(microsecond=0)
        base = {"org_code": service.org_code, "unit_code": "", "service_code": service.code}
        subject = f"{service.code}:{data['channel']}" if fact == "lookup" else service.code
        return SimulatedEvent(fact=fact, id=f"{subject}:{fact}:{int(at.timestamp())}", source=self.scenario.source("service"),
                              subject=service.code, time=at, data=base | data)

    def published(self, service: Service, at: datetime) -> SimulatedEvent:
        return self.event("published", service, at, level=service.level, sector_code=service.sector, qr=True,
                          national_integrated=service.integrated, online_payment=service.payable)


def simulate(random: Random, ticks: Iterable[datetime], scenario: Scenario) -> Iterator[Sequence[SimulatedEvent]]:
    """Tell the catalogue, its changes and the look-ups."""
    ticks = iter(ticks)
    start = next(ticks)
    yield ()
    day = local_day(start)
    portal = Portal(random, scenario, catalogue(random, scenario.profile, day), day)
    popular = portal.services[:POPULAR]
    read_in = [portal.published(s, start + timedelta(seconds=n + 1)) for n, s in enumerate(portal.services)]
    # Changes begin with the day after the catalogue is read in.
    later = start_of(local_day(read_in[-1].time) + timedelta(days=1))
    yield from tell(iter((iter(read_in), _lookups(portal, popular, start), by_day(later, lambda d: _changes(portal, d)))), ticks)


def _changes(portal: Portal, day: date) -> Iterator[Sequence[SimulatedEvent]]:
    yield from _handed_over(portal, day)
    if portal.scenario.world.works(day):
        for fact, ratio in CHANGES.items():
            if portal.random.random() < ratio:
                yield _change(portal, fact, office_moment(portal.random, portal.scenario.world.hours, day))


def _handed_over(portal: Portal, day: date) -> Iterator[Sequence[SimulatedEvent]]:
    ended = {a.code for a in portal.scenario.profile.agencies if a.valid_to and portal.ended < a.valid_to <= day}
    portal.ended = day
    valid = offices(portal.scenario.profile, day)
    for number, service in enumerate((s for s in portal.services if s.org_code in ended), start=1):
        service.org_code = _successor(portal, service, day) or office_of(service.sector, valid)
        yield (portal.event("changed", service, start_of(day) + timedelta(seconds=number)),)


def _successor(portal: Portal, service: Service, day: date) -> str:
    return next((a.successor for a in portal.scenario.profile.agencies if a.code == service.org_code and a.valid_to == day), "")


def _change(portal: Portal, fact: str, at: datetime) -> Sequence[SimulatedEvent]:
    random, services = portal.random, portal.services
    if fact == "published":
        portal.made += 1
        kind = sector(random)
        service = Service(code=f"9.{portal.made}.01", sector=kind, level=random.choice(("full", "partial", "information")),
                          org_code=office_of(kind, offices(portal.scenario.profile, local_day(at))))
        services.append(service)
        return (portal.published(service, at),)
    place = random.randrange(POPULAR, len(services))
    service = services.pop(place) if fact == "withdrawn" else services[place]
    if fact == "withdrawn":
        return (portal.event(fact, service, at),)
    if fact == "integrated":
        return () if service.integrated or service.level == "information" else (_integrated(portal, service, at),)
    return (_raised(portal, service, at),)


def _integrated(portal: Portal, service: Service, at: datetime) -> SimulatedEvent:
    service.integrated = True
    return portal.event("integrated", service, at, national_integrated=True)


def _raised(portal: Portal, service: Service, at: datetime) -> SimulatedEvent:
    if service.level == "full":
        service.payable = True
        return portal.event("changed", service, at, online_payment=True)
    service.level = {"partial": "full", "information": "partial"}[service.level]
    return portal.event("changed", service, at, level=service.level)


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
    often = [math.sqrt(w) for w in weights]
    interest = Interest(portal.scenario, start.replace(minute=0, second=0, microsecond=0))
    told: dict[tuple[int, str], float] = defaultdict(float)
    at = start + timedelta(minutes=40)
    while True:
        place = random.choices(range(len(popular)), often)[0]
        channel = random.choices(list(CHANNELS), [math.sqrt(s) for s in CHANNELS.values()])[0]
        if not effects.holds("service.down", at, kind=channel):
            interest.until(at)
            expected = (interest.totals[channel] - told[place, channel]) * weights[place] / sum(weights)
            told[place, channel] = interest.totals[channel]
            yield portal.event("lookup", popular[place], at, channel=channel, count=max(0, round(random.gauss(expected, math.sqrt(expected)))))
        at += timedelta(minutes=random.uniform(0.75, 1.25) * TELLING_MIN)


SIMULATOR = Simulator(name="service", stream="service", realism=REALISM, simulate=simulate, effects=("service.down", "service.lookups"))
