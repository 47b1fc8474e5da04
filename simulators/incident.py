"""Calls to 113, 114 and 115: public order, traffic accidents, fires, rescue and the sick, and how each operation goes."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random

from ioc.clock import LOCAL, local_day
from ioc.profiles.units import Unit
from simulators.engine.agenda import Story, telling
from simulators.engine.contract import Scenario, Simulator
from simulators.engine.ground import Ground
from simulators.engine.happenings import Happening, Kind, happenings
from simulators.engine.incident_life import Incident, life

REALISM = """\
True to life: the lines 113, 114 and 115 and the life cycle from the call to the end (domain notes, 3.6); units by their population of 2019.
Assumed: 1,000,000 residents have 2.75 calls for public order, 2.5 for the sick, 1.3 traffic accidents, 0.17 fires and 0.17 rescues a day;
order in the evening and at night, a third more from Friday to Sunday; accidents at 6-7 and 17-22 h, half more in rain, 60 % more around
Tet; fires more in the dry season and at Tet, fewer in rain; rescue four times as often in rain and storm; a first force is sent after
about a minute (fire: half a minute) and is there after 11-16 minutes, in rain 20 % later; 3-15 % are false alarms.
Made up: every incident, its place (inside a circle of the unit's area) and its casualties; six codes of how one ends; that a call comes
before the source's promise of silence has run out. Casualties are counts; no persons, no words."""

PER_MILLION_DAY = {"order": 2.75, "medical": 2.5, "traffic_accident": 1.3, "fire": 0.17, "rescue": 0.17}
# Swing by local hour, around 1 on average.
HOURS = {
    "order": (1.4, 1.0, 0.6, 0.4, 0.3, 0.3, 0.4, 0.6, 0.8, 0.8, 0.8, 0.8, 0.9, 0.8, 0.8, 0.9, 1.0, 1.1, 1.4, 1.7, 2.0, 2.1, 2.0, 1.8),
    "medical": (0.7, 0.6, 0.6, 0.6, 0.8, 1.0, 1.2, 1.3, 1.3, 1.2, 1.2, 1.1, 1.0, 1.0, 1.0, 1.0, 1.1, 1.1, 1.1, 1.1, 1.1, 1.0, 0.9, 0.8),
    "traffic_accident": (0.8, 0.5, 0.3, 0.3, 0.4, 0.8, 1.4, 1.3, 0.9, 0.8, 0.8, 0.9, 0.9, 0.8, 0.8, 0.9, 1.2, 1.7, 1.8, 1.7, 1.5, 1.4, 1.2, 0.9),
    "fire": (0.7, 0.6, 0.5, 0.5, 0.6, 0.8, 0.9, 0.9, 1.0, 1.1, 1.3, 1.4, 1.3, 1.2, 1.2, 1.1, 1.2, 1.4, 1.4, 1.2, 1.1, 1.0, 0.9, 0.7),
    "rescue": (0.4, 0.3, 0.3, 0.3, 0.4, 0.6, 0.9, 1.1, 1.2, 1.3, 1.3, 1.2, 1.1, 1.2, 1.4, 1.6, 1.7, 1.6, 1.3, 1.1, 0.9, 0.7, 0.6, 0.5),
}
MOST = {"order": 3.6, "medical": 1.8, "traffic_accident": 5.0, "fire": 4.5, "rescue": 9.0}
ORDER_DAYS = {5: 1.2, 6: 1.35, 7: 1.2}
STORM_KMH = 40.0
TET = (timedelta(days=-2), timedelta(days=5))
QUIET_RATIO = 0.95


def _stories(random: Random, start: datetime, scenario: Scenario) -> Iterator[Story]:
    ground, numbers = Ground(scenario.profile), Counter[str]()
    token = f"{random.getrandbits(16):04x}"
    millions, extra = ground.people(local_day(start)) / 1e6, scenario.effects.most("incident.rate")
    kinds = [Kind(code, rate * millions / 24, MOST[code] * extra) for code, rate in PER_MILLION_DAY.items()]

    def swing(kind: Kind, unit: Unit, at: datetime) -> float:
        ordinary = min(MOST[kind.code], HOURS[kind.code][at.astimezone(LOCAL).hour] * _cause(scenario, kind.code, at))
        return ordinary * scenario.effects.factor("incident.rate", at, unit=unit.code, kind=kind.code)

    for happening in happenings(random, start, ground, kinds, swing, quiet_s=_quiet_s(scenario)):
        day = f"{happening.at.astimezone(LOCAL):%y%m%d}"
        numbers[day] += 1
        yield life(random, _incident(random, scenario, ground, happening, f"SV-{day}-{token}-{numbers[day]:04}"), happening.at)


def _incident(random: Random, scenario: Scenario, ground: Ground, happening: Happening, code: str) -> Incident:
    at, unit, kind = happening.at, happening.unit, happening.kind.code
    day, effects = local_day(at), scenario.effects
    rain = 1.2 if scenario.world.rain_mm_h(at) else 1.0
    return Incident(
        code=code, source=scenario.source("incident"), org_code=ground.owner(unit.code, day), unit_code=unit.code, day=day, kind=kind,
        place=ground.place(random, unit), slow=rain * effects.factor("incident.slow", at, unit=unit.code, kind=kind),
        late=effects.factor("incident.dispatch", at, unit=unit.code, kind=kind),
    )


def _cause(scenario: Scenario, kind: str, at: datetime) -> float:
    """What weather, weekday and Tết do to a kind."""
    world, local = scenario.world, at.astimezone(LOCAL)
    rain = world.rain_mm_h(at) > 0
    tet = TET[0] <= local.date() - world.tet(local.year) <= TET[1]
    if kind == "order":
        return ORDER_DAYS.get(local.isoweekday(), 0.87) * (1.3 if tet else 1.0)
    if kind == "traffic_accident":
        return (1.5 if rain else 0.97) * (1.6 if tet else 1.0)
    if kind == "fire":
        return (0.75 + 0.75 * world.dryness_ratio(local.date())) * (0.5 if rain else 1.0) * (1.5 if tet else 1.0)
    if kind == "rescue":
        return 4.0 if rain or world.wind_kmh(at) > STORM_KMH else 0.85
    return 1.1 if tet else 1.0


def _quiet_s(scenario: Scenario) -> float:
    """No pause is longer than what the profile promises of the source."""
    return min((QUIET_RATIO * s.expected_closed_s for s in scenario.profile.file.sources if s.stream == "incident"), default=21_600.0)


SIMULATOR = Simulator(
    name="incident", stream="incident", realism=REALISM, simulate=telling(_stories), effects=("incident.rate", "incident.slow", "incident.dispatch"),
)
