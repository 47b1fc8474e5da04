"""The portal's catalogue while time goes by: what is published, raised, integrated, withdrawn, and handed over when its agency ends."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from ioc.clock import local_day, start_of
from simulators.engine.contract import Scenario, SimulatedEvent
from simulators.engine.days import Told, office_moment, whole
from simulators.engine.service_catalogue import FIRST_MADE_UP, PROCEDURES, Service, office_of, offices, sector

POPULAR = 60
"""Services that are looked up; none of them changes."""
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
        at = whole(at)
        base = {"org_code": service.org_code, "unit_code": "", "service_code": service.code}
        subject = f"{service.code}:{data['channel']}" if fact == "lookup" else service.code
        return SimulatedEvent(fact=fact, id=f"{subject}:{fact}:{int(at.timestamp())}", source=self.scenario.source("service"),
                              subject=service.code, time=at, data=base | data)

    def published(self, service: Service, at: datetime) -> SimulatedEvent:
        return self.event("published", service, at, level=service.level, sector_code=service.sector, qr=True,
                          national_integrated=service.integrated, online_payment=service.payable)


def changes(portal: Portal, day: date) -> Iterator[Told]:
    """What changes on a day."""
    yield from _handed_over(portal, day)
    if portal.scenario.world.works(day):
        for fact, ratio in CHANGES.items():
            if portal.random.random() < ratio:
                yield _change(portal, fact, office_moment(portal.random, portal.scenario.world.hours, day))


def _handed_over(portal: Portal, day: date) -> Iterator[Told]:
    ended = {a.code for a in portal.scenario.profile.agencies if a.valid_to and portal.ended < a.valid_to <= day}
    portal.ended = day
    valid = offices(portal.scenario.profile, day)
    for number, service in enumerate((s for s in portal.services if s.org_code in ended), start=1):
        service.org_code = _successor(portal, service, day) or office_of(service.sector, valid)
        yield (portal.event("changed", service, start_of(day) + timedelta(seconds=number)),)


def _successor(portal: Portal, service: Service, day: date) -> str:
    return next((a.successor for a in portal.scenario.profile.agencies if a.code == service.org_code and a.valid_to == day), "")


def _change(portal: Portal, fact: str, at: datetime) -> Told:
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
