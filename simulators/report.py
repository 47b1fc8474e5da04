"""Citizens' reports: how many, about what, where, and how each one goes."""

import math
from collections import Counter, deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from random import Random

from ioc.clock import LOCAL, local_day
from ioc.profiles import Profile, Unit
from simulators.engine.agenda import Story, tell
from simulators.engine.arrivals import arrivals
from simulators.engine.contract import Scenario, SimulatedEvent, Simulator
from simulators.engine.hours import WorkingTime
from simulators.engine.report_life import Report, life

REALISM = """\
True to life: 1.07 reports per 1,000 residents a month (Ho Chi Minh City's 1022, 25/9-25/10/2025), by unit in proportion to the
population of 2019; 0.85 % late there; about 30 % invalid or double and 92 % satisfied (Hue); triage in five minutes (rule of 1022);
conduct of officials and late dossiers as the most frequent category; deadlines of the profile's categories.
Assumed: evening peak at 18-21 h, few at night; channels app 45 %, telephone 35 %, web 12 %, counter 8 %; 3 % reopened.
Made up: the other categories' shares, the places (within 0.6 of the radius of a circle of the unit's area around its centroid), 2 % of
the reports that stay undone past their deadline, that one comes at least every 55 minutes (so that silence means a fault), every single
report. No texts, names, numbers or pictures."""

# Six in ten come by chance; the rest by the rule that no pause is longer than QUIET_S.
PER_RESIDENT_HOUR = 0.58 * 1.07 / 1000 / 30 / 24
HOUR = (0.25, 0.15, 0.1, 0.1, 0.15, 0.4, 0.8, 1.1, 1.2, 1.2, 1.1, 1.0, 0.8, 0.9, 1.0, 1.1, 1.3, 1.5, 2.1, 2.3, 2.2, 1.6, 0.9, 0.5)
CHANNELS = (("app", 45), ("phone", 35), ("web", 12), ("counter", 8))
SHARES = {
    "GO-ATT": 22, "TR-ROAD": 12, "EN-WASTE": 12, "TR-LIGHT": 8, "EN-NOISE": 8, "TR-PARK": 7, "EN-WATER": 6, "WA-SUPPLY": 4, "WA-SALT": 3,
    "WA-FLOOD": 3, "UR-BUILD": 3, "UR-TREE": 3, "SO-ORDER": 3, "OT-OTHER": 3, "TE-NET": 2, "SO-FOOD": 2, "HE-SERV": 2, "BU-ENT": 1,
    "EM-WIRE": 0.8, "EM-HOLE": 0.6, "EM-FIRE": 0.1,
}
DOUBLE_RATIO = 0.08
QUIET_S = 3300.0
KM_PER_DEGREE = 111.32


@dataclass(slots=True)
class Intake:
    """Where reports come in: sequence numbers and the last reports, of which some are sent again."""

    random: Random
    profile: Profile
    source: str
    owners: dict[str, str]
    numbers: Counter[tuple[str, str]] = field(default_factory=Counter)
    recent: deque[Report] = field(default_factory=lambda: deque(maxlen=60))

    def report(self, at: datetime) -> Report:
        """A new report, or one about what another has told already."""
        random = self.random
        again = random.choice(self.recent) if self.recent and random.random() < DOUBLE_RATIO else None
        units, categories = self.profile.units_on(local_day(at)), self.profile.categories
        unit = again.unit if again else random.choices(units, [u.population for u in units])[0]
        category = again.category if again else random.choices(categories, [SHARES.get(c.code, 1) for c in categories])[0]
        report = Report(
            code=self._code(unit, at), source=self.source, unit=unit, category=category, owner=self.owners.get(unit.code, ""),
            day=local_day(at), place=self._near(again.place, 0.04) if again else self._inside(unit),
            channel=random.choices([c for c, _ in CHANNELS], [w for _, w in CHANNELS])[0], parent=again.code if again else None,
        )
        if not again:
            self.recent.append(report)
        return report

    def _code(self, unit: Unit, at: datetime) -> str:
        key = (unit.code, f"{at.astimezone(LOCAL):%y%m%d}")
        self.numbers[key] += 1
        return f"PA-{key[0]}-{key[1]}-{self.numbers[key]:04}"

    def _inside(self, unit: Unit) -> tuple[float, float]:
        return self._near((unit.lon_deg, unit.lat_deg), 0.6 * math.sqrt(unit.area_km2 / math.pi))

    def _near(self, place: tuple[float, float], radius_km: float) -> tuple[float, float]:
        distance, angle = radius_km * math.sqrt(self.random.random()) / KM_PER_DEGREE, self.random.uniform(0, 2 * math.pi)
        lon, lat = place
        return round(lon + distance * math.cos(angle) / math.cos(math.radians(lat)), 6), round(lat + distance * math.sin(angle), 6)


def simulate(random: Random, ticks: Iterable[datetime], scenario: Scenario) -> Iterator[Sequence[SimulatedEvent]]:
    """Tell the stories of all reports."""
    ticks = iter(ticks)
    start = next(ticks)
    yield ()
    yield from tell(_stories(random, start, scenario), ticks)


def _stories(random: Random, start: datetime, scenario: Scenario) -> Iterator[Story]:
    profile = scenario.profile
    owners = {a.unit_code: a.code for a in profile.agencies if a.unit_code and a.valid_on(local_day(start))}
    intake = Intake(random=random, profile=profile, source=scenario.source("report"), owners=owners)
    hours = WorkingTime(profile)
    most = PER_RESIDENT_HOUR * sum(u.population for u in profile.units_on(local_day(start))) * max(HOUR)

    def rate(at: datetime) -> float:
        return most * HOUR[at.astimezone(LOCAL).hour] / max(HOUR)

    for at in arrivals(random, start, rate, most=most, quiet_s=QUIET_S):
        yield life(random, hours, intake.report(at), at)


SIMULATOR = Simulator(name="report", stream="report", realism=REALISM, simulate=simulate)
