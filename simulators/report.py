"""Citizens' reports: how many, about what, where, and how each one goes."""

from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from random import Random

from ioc.clock import LOCAL, local_day
from ioc.places.stations import load_stations
from ioc.profiles import Category
from ioc.profiles.units import Unit
from simulators.engine.agenda import Story, telling
from simulators.engine.chance import Lot
from simulators.engine.contract import Scenario, Simulator
from simulators.engine.ground import Ground, near
from simulators.engine.happenings import Kind, happenings
from simulators.engine.hours import WorkingTime
from simulators.engine.report_causes import HOUR, MOST, Causes
from simulators.engine.report_course import Report
from simulators.engine.report_life import life

REALISM = """\
True to life: 1.07 reports per 1,000 residents a month (Ho Chi Minh City's 1022, 25/9-25/10/2025), by unit in proportion to the population
of 2019; 0.85 % late there; about 30 % invalid or double and 92 % satisfied (Hue); triage in five minutes (rule of 1022); conduct of
officials and late dossiers as the most frequent category (6,300 of 14,707 there); deadlines of the profile's categories; evening peak at
18-21 h and bursts with rain and spring tide (domain notes, 7).
Assumed: few at night; channels app 45 %, telephone 35 %, web 12 %, counter 8 %; 12 % tell what another has told; 4 % reopened; floods are
reported with the rain and with tides from 1.65 m, and roads two days after rain, trees, wires and manholes with rain and wind, salt in
the dry season, noise on days off and at Tet, officials on working days as busy as they are.
Made up: the other categories' shares, how strong each cause is, which units lie low (all with a water station, others drawn), the places
(within 0.6 of the radius of a circle of the unit's area around its centroid), 0.3 % that stay undone up to 30 days past their deadline,
that one comes before the source's promise of silence has run out, every single report. No texts, names, numbers or pictures."""

PER_RESIDENT_HOUR = 1.07 / 1000 / 30 / 24
CHANNELS = Lot((("app", 45), ("phone", 35), ("web", 12), ("counter", 8)))
SHARES = {
    "GO-ATT": 58, "TR-ROAD": 12, "EN-WASTE": 12, "TR-LIGHT": 8, "EN-NOISE": 8, "TR-PARK": 7, "EN-WATER": 6, "WA-SUPPLY": 4, "WA-SALT": 3,
    "WA-FLOOD": 3, "UR-BUILD": 3, "UR-TREE": 3, "SO-ORDER": 3, "OT-OTHER": 3, "TE-NET": 2, "SO-FOOD": 2, "HE-SERV": 2, "BU-ENT": 1,
    "EM-WIRE": 0.8, "EM-HOLE": 0.6, "EM-FIRE": 0.1,
}
DOUBLE_RATIO = 0.12
QUIET_RATIO = 0.92


@dataclass(slots=True)
class Intake:
    """Where reports come in: sequence numbers and the last reports, of which some are sent again."""

    random: Random
    ground: Ground
    source: str
    categories: dict[str, Category]
    numbers: Counter[tuple[str, str]] = field(default_factory=Counter)
    recent: deque[Report] = field(default_factory=lambda: deque(maxlen=60))

    def report(self, at: datetime, code: str, unit: Unit) -> Report:
        """A new report, or one about what another has told already."""
        random, day = self.random, local_day(at)
        again = random.choice(self.recent) if self.recent and random.random() < DOUBLE_RATIO else None
        again = again if again and again.unit.valid_on(day) else None
        unit = again.unit if again else unit
        place = near(random, again.place, 0.04) if again and again.place else self.ground.place(random, unit)
        report = Report(
            code=self._code(unit, at), source=self.source, unit=unit, category=again.category if again else self.categories[code],
            owner=self.ground.owner(unit.code, day), day=day, place=place,
            channel=CHANNELS.draw(random), parent=again.code if again else None,
        )
        if not again:
            self.recent.append(report)
        return report

    def _code(self, unit: Unit, at: datetime) -> str:
        key = (unit.code, f"{at.astimezone(LOCAL):%y%m%d}")
        self.numbers[key] += 1
        return f"PA-{key[0]}-{key[1]}-{self.numbers[key]:04}"


def _stories(random: Random, start: datetime, scenario: Scenario) -> Iterator[Story]:
    profile, ground, hours, effects = scenario.profile, Ground(scenario.profile), WorkingTime(scenario.profile), scenario.effects
    intake = Intake(random, ground, scenario.source("report"), {c.code: c for c in profile.categories})
    causes = Causes(scenario, frozenset(station.unit_code for station in load_stations(profile)))

    def swing(kind: Kind, unit: Unit, at: datetime) -> float:
        return causes.factor(kind.code, unit, at) * effects.factor("report.rate", at, unit=unit.code, kind=kind.code)

    quiet_s = min((QUIET_RATIO * s.expected_closed_s for s in profile.file.sources if s.stream == "report"), default=3600.0)
    for happening in happenings(random, start, ground, _kinds(scenario, ground, start), swing, quiet_s=quiet_s):
        report = intake.report(happening.at, happening.kind.code, happening.unit)
        yield life(random, hours, effects, report, happening.at)


def _kinds(scenario: Scenario, ground: Ground, start: datetime) -> list[Kind]:
    shares = {c.code: SHARES.get(c.code, 1.0) for c in scenario.profile.categories}
    per_hour = PER_RESIDENT_HOUR * ground.people(local_day(start)) / sum(shares.values())
    most = max(HOUR) * scenario.effects.most("report.rate")
    return [Kind(code, per_hour * share, most * MOST.get(code, 1.0)) for code, share in shares.items()]


SIMULATOR = Simulator(name="report", stream="report", realism=REALISM, simulate=telling(_stories), effects=("report.rate", "report.late"))
