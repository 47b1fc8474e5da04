"""The monitor of the digital platform: whether systems answer, how the integration platform is called, certificates, security events."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from random import Random
from typing import Any

from ioc.clock import local_day
from simulators.engine.agenda import Story, telling
from simulators.engine.chance import poisson
from simulators.engine.contract import Scenario, SimulatedEvent, Simulator
from simulators.engine.days import by_days
from simulators.engine.platform_register import LATEST_DAYS, Register
from simulators.engine.platform_watch import LGSP, PORTALS, SERVICES, Watch, moments, systems_of

REALISM = """\
True to life: what a province watches (its portal, nhandan-681875; the integration platform LGSP, S1 and S4; certificates); 4,808 devices
for signatures (F033); four severities (ND 85/2016, QD 05/2017 [K]); the systems are the sources of the profile.
Assumed: each system fails every 40 days, on days of more than 25 mm rain twice as often, for 25 minutes in the median, and is slow every 14
days; maintenance on the second Saturday night of a month, 20 minutes each; certificates last three years, are told 30 days before their end
and renewed in time in 85 of 100 cases, the others within ten days after it; 0.6, 0.2, 0.03 and 0.0007 security events a day by severity;
6.0 calls of services to a dossier, so they follow the scale; 0.6 % of the calls fail, 5 % where a system is slow.
Made up: names of services, latencies, reasons, units of certificates, each event. Calls of a part of an hour are those of its middle.
Before the live part systems are heard and services summed up every six hours and portals probed once an hour, later every 15, 5 and 5
minutes; looks between which a system failed and came back see nothing. Not simulated: the synchronisation of dossiers and the control
totals (they must agree with the simulated dossiers), the centre's own lag. No persons, no addresses."""

HEARTBEAT_S, PROBE_S, CALLS_S = (21_600, 900), (3600, 300), (21_600, 300)
HISTORY_DAYS = 90.0
# Usual latency in ms of portals and of other systems, and of services.
PORTAL_MS, SYSTEM_MS, SERVICE_MS = 280.0, 45.0, 240.0
LATENCY_LIMIT_MS = 30_000


@dataclass(slots=True)
class Monitor:
    """Who looks. `token`: of the seed, so that two simulations in one database do not share identities."""

    random: Random
    scenario: Scenario
    watch: Watch
    token: str

    def event(self, fact: str, subject: str, at: datetime, **data: Any) -> SimulatedEvent:
        return SimulatedEvent(fact=fact, id=f"{self.token}:{subject}:{fact}:{int(at.timestamp())}", source=self.scenario.source("platform"),
                              subject=subject, time=at, data={"unit_code": ""} | data)

    def latency_ms(self, system: str, at: datetime, usual: float) -> int:
        busy = 0.8 + 0.2 * min(3.0, self.watch.busy(at))
        return min(LATENCY_LIMIT_MS, round(usual * busy * self.watch.slower(system, at) * self.random.lognormvariate(0, 0.25)))


def _stories(random: Random, start: datetime, scenario: Scenario) -> Iterator[Story]:
    systems = systems_of(scenario)
    watch = Watch(scenario, [*systems, *PORTALS, LGSP, *SERVICES])
    monitor = Monitor(random, scenario, watch, f"{scenario.world.random('platform').getrandbits(32):08x}")
    stories = [
        *(_looks(monitor, "heartbeat", system, start, 60 * number + 7) for number, system in enumerate(systems)),
        *(_looks(monitor, "probe", portal, start, 150 * number + 20) for number, portal in enumerate(PORTALS)),
        *(_calls(monitor, service, start, 37 * number + 40) for number, service in enumerate(SERVICES)),
        by_days(start, Register(scenario, systems, local_day(start)).day, back=LATEST_DAYS),
    ]
    # Each is told from its first event on: the agenda takes stories in that order.
    begun = sorted(((next(story), story) for story in stories), key=lambda pair: pair[0].time)
    return (chain((first,), story) for first, story in begun)


def _looks(monitor: Monitor, fact: str, system: str, start: datetime, offset_s: int) -> Story:
    steps_s, usual = (PROBE_S, PORTAL_MS) if fact == "probe" else (HEARTBEAT_S, SYSTEM_MS)
    for at in moments(start, monitor.scenario.live_at, steps_s, offset_s):
        status = monitor.watch.status(system, at)
        told = {} if status == "down" else {"latency_ms": monitor.latency_ms(system, at, usual)}
        yield monitor.event(fact, system, at, source_id=system, status=status, **told)


def _calls(monitor: Monitor, service: str, start: datetime, offset_s: int) -> Story:
    random, last = monitor.random, start
    for at in moments(start, monitor.scenario.live_at, CALLS_S, offset_s):
        expected, failing = monitor.watch.called(service, last, at)
        errors = _about(random, failing)
        calls = errors + _about(random, expected - failing)
        slow = max(monitor.watch.slower(LGSP, at), monitor.watch.slower(service, at))
        p95 = min(LATENCY_LIMIT_MS, round(SERVICE_MS * slow * 2.2 * random.lognormvariate(0, 0.15)))
        yield monitor.event("api_call_stats", service, at, source_id=LGSP, service=service, calls=calls, errors=errors, p95_ms=p95,
                            interval_s=int((at - last).total_seconds()))
        last = at


def _about(random: Random, expected: float) -> int:
    return poisson(random.random(), expected) if expected < 50 else max(0, round(random.gauss(expected, math.sqrt(expected))))


SIMULATOR = Simulator(name="platform", stream="platform", realism=REALISM, simulate=telling(_stories), history_days=HISTORY_DAYS,
                      effects=("platform.down", "platform.slow", "platform.attack"))
