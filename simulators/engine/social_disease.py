"""Infectious diseases: cases by unit and day of onset, told some days later, moved by rain, school and season."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, timedelta

from ioc.clock import start_of
from ioc.profiles.units import Unit
from simulators.engine.chance import Lot, poisson
from simulators.engine.contract import Scenario, SimulatedEvent
from simulators.engine.world import World

# Code of ICD-10 → cases a year of 100,000 people (assumed).
DISEASES = {"A90": 180, "B08": 150, "J11": 220, "A09": 200, "B01": 40}
POISONING, CLUSTERS_A_YEAR = "A05", 3.0
LONGEST_DELAY = 7
FOUND_LATER = 0.05
MEAN_RAIN_MM = 1850 / 365
MOSQUITOES = (49, 21)
"""Days before the onset in which the rain counts that bred the mosquitoes."""


def at_school(world: World, day: date) -> bool:
    """September to May, without the two weeks of Tết."""
    return day.month not in {6, 7, 8} and not -7 <= (day - world.tet(day.year)).days < 7


def pressure(scenario: Scenario, unit: Unit, day: date) -> float:
    """How ill a unit is: 1 without an epidemic, the scenario's mean factor in one."""
    noon = start_of(day) + timedelta(hours=12)
    factors = [scenario.effects.factor("social.disease", noon, unit=unit.code, kind=disease) for disease in DISEASES]
    return sum(factors) / len(factors)


@dataclass(slots=True)
class Wave:
    """Cases of all units, a day of onset at a time. `fallen`: rain of a day in mm; `local`: how a week is worse in one unit than in another."""

    scenario: Scenario
    fallen: dict[date, float] = field(default_factory=dict)
    local: dict[tuple[str, str], list[float]] = field(default_factory=dict)

    def cases(self, day: date) -> Iterator[Sequence[SimulatedEvent]]:
        """What is told of the day's onsets, on this day and the days after it."""
        world, effects = self.scenario.world, self.scenario.effects
        units = self.scenario.profile.units_on(day)
        noon = start_of(day) + timedelta(hours=12)
        for disease, yearly in DISEASES.items():
            year = world.random("social.year", disease, day.year).lognormvariate(0, 0.3)
            rate = yearly * year * self.shape(disease, day) / 100_000 / 365
            draws = world.random("social.cases", disease, day)
            for unit, local in zip(units, self._local(disease, day, len(units)), strict=True):
                expected = rate * unit.population * local * effects.factor("social.disease", noon, unit=unit.code, kind=disease)
                if number := poisson(draws.random(), expected):
                    yield _told(self.scenario, disease, unit, day, number)
        yield self._cluster(units, day)

    def shape(self, disease: str, day: date) -> float:
        """How many cases there are to the year's mean."""
        school = at_school(self.scenario.world, day)
        match disease:
            case "A90":
                longest, shortest = MOSQUITOES
                return 0.2 + 0.8 * min(2.5, self._rain_mm(day, longest, shortest) / (longest - shortest) / MEAN_RAIN_MM)
            case "B08":
                return (1.2 if school else 0.5) * (1.3 if day.month in {3, 4, 5, 9, 10, 11} else 0.8)
            case "J11":
                return (1.1 if school else 0.8) * (1.3 if day.month in {11, 12, 1, 2} else 0.9)
            case "A09":
                return 0.85 + min(1.0, self._rain_mm(day, 3, 0) / 80)
            case _:
                return 1.7 if school and day.month in {2, 3, 4, 5} else 0.75

    def _rain_mm(self, day: date, since: int, until: int) -> float:
        return sum(self._fell(day - timedelta(days=n)) for n in range(since, until, -1))

    def _fell(self, day: date) -> float:
        if day not in self.fallen:
            self.fallen[day] = self.scenario.world.rain_mm(start_of(day), start_of(day + timedelta(days=1)))
        return self.fallen[day]

    def _local(self, disease: str, day: date, units: int) -> list[float]:
        key = (disease, f"{day:%G-%V}/{units}")
        if key not in self.local:
            random = self.scenario.world.random("social.local", *key)
            self.local[key] = [random.lognormvariate(-0.08, 0.4) for _ in range(units)]
        return self.local[key]

    def _cluster(self, units: Sequence[Unit], day: date) -> Sequence[SimulatedEvent]:
        random = self.scenario.world.random("social.poisoning", day)
        noon = start_of(day) + timedelta(hours=12)
        unit = Lot((u, u.population) for u in units).draw(random)
        draw, number = random.random(), 3 + int(random.expovariate(1 / 7))
        people = sum(u.population for u in units) / 1_200_000
        factor = self.scenario.effects.factor("social.disease", noon, unit=unit.code, kind=POISONING)
        return _told(self.scenario, POISONING, unit, day, number) if draw < CLUSTERS_A_YEAR / 365 * people * factor else ()


def _told(scenario: Scenario, disease: str, unit: Unit, day: date, number: int) -> Sequence[SimulatedEvent]:
    random = scenario.world.random("social.told", disease, unit.code, day)
    delay = random.choice((0, 1)) if disease == POISONING else random.choice((1, 1, 2, 2, 3))
    at = start_of(day + timedelta(days=delay)) + timedelta(hours=random.uniform(13, 21) if not delay else random.uniform(7, 20))
    first = _event(scenario, disease, unit, day, number, (at - start_of(day)) // timedelta(seconds=1))
    if random.random() >= FOUND_LATER:
        return (first,)
    later = first.time + timedelta(hours=random.uniform(20, 70))
    return first, _event(scenario, disease, unit, day, number + 1, (later - start_of(day)) // timedelta(seconds=1))


def _event(scenario: Scenario, disease: str, unit: Unit, day: date, number: int, after_s: int) -> SimulatedEvent:
    subject = f"{disease}/{unit.code}/{day}"
    return SimulatedEvent(
        fact="disease_case", id=f"{subject}:{after_s}", source=scenario.source("social"), subject=subject,
        time=(start_of(day) + timedelta(seconds=after_s)).astimezone(UTC),
        data={"unit_code": unit.code, "unit_valid_on": day, "disease_code": disease, "onset_on": day, "cases": number},
    )
