"""How one incident goes: the call, the force that is sent, the end of the operation, and whom it hurt (counts only)."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from simulators.engine.chance import Lot
from simulators.engine.contract import SimulatedEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class Sort:
    """What is typical of a kind. `severities`: weights of 1–4. `lines`: (number called, weight). `cancelled`: share that is no incident.

    `dispatch_s`, `arrive_min`, `clear_min`: medians. `clears`: how it ends.
    """

    severities: tuple[int, int, int, int]
    lines: tuple[tuple[str, int], ...]
    cancelled: float
    dispatch_s: float
    arrive_min: float
    clear_min: float
    clears: tuple[str, ...]


SORTS = {
    "order": Sort(severities=(45, 45, 9, 1), lines=(("113", 1),), cancelled=0.08, dispatch_s=75, arrive_min=11, clear_min=35,
                  clears=("mediated", "handed_over", "recorded")),
    "traffic_accident": Sort(severities=(38, 44, 16, 2), lines=(("113", 6), ("115", 4)), cancelled=0.03, dispatch_s=70, arrive_min=13,
                             clear_min=50, clears=("handed_over", "recorded")),
    "medical": Sort(severities=(30, 50, 19, 1), lines=(("115", 1),), cancelled=0.06, dispatch_s=80, arrive_min=15, clear_min=30,
                    clears=("taken_to_hospital", "treated_on_site")),
    "fire": Sort(severities=(40, 40, 16, 4), lines=(("114", 1),), cancelled=0.15, dispatch_s=35, arrive_min=12, clear_min=55,
                 clears=("extinguished",)),
    "rescue": Sort(severities=(25, 50, 22, 3), lines=(("114", 1),), cancelled=0.05, dispatch_s=50, arrive_min=16, clear_min=70,
                   clears=("rescued", "handed_over")),
}
# Persons hurt by severity: (chance that one at least is injured, most of them, chance of a death).
CASUALTIES = {
    "traffic_accident": ((0.35, 1, 0.0), (0.9, 2, 0.02), (1.0, 3, 0.5), (1.0, 6, 0.8)),
    "order": ((0.0, 0, 0.0), (0.1, 1, 0.0), (0.6, 2, 0.05), (1.0, 4, 0.3)),
    "fire": ((0.0, 0, 0.0), (0.05, 1, 0.0), (0.3, 2, 0.05), (0.8, 4, 0.4)),
    "rescue": ((0.1, 1, 0.0), (0.3, 1, 0.1), (0.4, 2, 0.5), (0.8, 4, 0.8)),
}
HELPERS = {"113": "114", "114": "115", "115": "113"}
SERIOUS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """What stays the same. `slow`: factor of the way, in rain and by the scenario. `late`: factor of the time until a force is sent."""

    code: str
    source: str
    org_code: str
    unit_code: str
    day: date
    kind: str
    place: tuple[float, float] | None
    slow: float = 1.0
    late: float = 1.0

    def event(self, fact: str, at: datetime, **data: Any) -> SimulatedEvent:
        base = {"org_code": self.org_code, "unit_code": self.unit_code, "unit_valid_on": self.day}
        return SimulatedEvent(
            fact=fact, id=f"{self.code}:{fact}:{int(at.timestamp())}", source=self.source, subject=self.code, time=at, data=base | data,
        )


def life(random: Random, incident: Incident, at: datetime) -> Iterator[SimulatedEvent]:
    """From the call to the end."""
    sort = SORTS[incident.kind]
    line = Lot(sort.lines).draw(random)
    severity = random.choices((1, 2, 3, 4), sort.severities)[0]
    place = {"lon_deg": incident.place[0], "lat_deg": incident.place[1]} if incident.place else {}
    yield incident.event("reported", at, kind=incident.kind, line=line, severity=severity, **place)
    if random.random() < sort.cancelled:
        reason = random.choice(("false_alarm", "prank", "settled"))
        yield incident.event("cancelled", _later(random, at, 4), reason_code=reason)
        return
    at = _later(random, at, sort.dispatch_s / 60 * incident.late * (0.8 if severity >= SERIOUS else 1.0), spread=0.35)
    yield incident.event("dispatched", at, agencies=line)
    at = _later(random, at, sort.arrive_min * incident.slow)
    yield incident.event("arrived", at, agencies=line)
    yield from _operation(random, incident, at, severity, line)


def _operation(random: Random, incident: Incident, at: datetime, severity: int, line: str) -> Iterator[SimulatedEvent]:
    sort = SORTS[incident.kind]
    hurt, most, death = CASUALTIES.get(incident.kind, ((0.0, 0, 0.0),) * 4)[severity - 1]
    injured = random.randint(1, most) if random.random() < hurt else 0
    dead = 1 + (random.random() < 0.08) if random.random() < death else 0
    if severity >= SERIOUS:
        at = _later(random, at, 3)
        yield incident.event("dispatched", at, agencies=HELPERS[line])
    if injured or dead:
        at = _later(random, at, 6)
        yield incident.event("updated", at, injured=injured, dead=dead)
    at = _later(random, at, sort.clear_min * (0.6 + 0.3 * severity))
    yield incident.event("cleared", at, reason_code=random.choice(sort.clears))
    if injured and random.random() < (0.0, 0.0, 0.03, 0.1)[severity - 1]:
        yield incident.event("updated", at + timedelta(hours=random.uniform(3, 72)), injured=injured - 1, dead=dead + 1)


def _later(random: Random, at: datetime, minutes: float, *, spread: float = 0.5) -> datetime:
    return (at + timedelta(seconds=1, minutes=minutes * math.exp(random.gauss(0, spread)))).replace(microsecond=0)
