"""Days of health facilities: who was examined, how many beds were taken."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, timedelta
from typing import Any

from ioc.clock import start_of
from ioc.profiles import Profile
from ioc.profiles.units import Unit
from simulators.engine.contract import Scenario, SimulatedEvent
from simulators.engine.social_disease import pressure

PEOPLE_A_HOSPITAL, PEOPLE_A_CLINIC = 100_000, 65_000
BEDS, VISITS = 28 / 10_000, 2.1 / 365
FIRST_RATIO, CLINICS_RATIO = 0.3, 0.3
DAY_OFF, TET_BEDS = 0.35, 0.28
FULLEST = 0.945
INSURED, BY_CARD, FAULT = 0.88, 0.84, 0.002


@dataclass(frozen=True, slots=True, kw_only=True)
class Facility:
    """A hospital, or a clinic (which has no beds and rests on days off). `visits`: on a mean day; `minute`: of the hour at which it tells."""

    code: str
    unit: Unit
    beds: int
    visits: float
    minute: int


def facilities(profile: Profile) -> list[Facility]:
    """Hospitals and clinics, in the units of the newest structure with the most people; their codes are valid in the one before too."""
    newest = max(u.valid_from for u in profile.units if u.level == "commune")
    units = sorted(profile.units_on(newest), key=lambda u: (-u.population, u.code))
    people = sum(u.population for u in units)
    hospitals = min(len(units), max(2, round(people / PEOPLE_A_HOSPITAL)))
    clinics = units[hospitals:hospitals + round(people / PEOPLE_A_CLINIC)]
    shares = [FIRST_RATIO] + [(1 - FIRST_RATIO) / (hospitals - 1)] * (hospitals - 1)
    visits = people * VISITS
    return [
        *(Facility(code=f"BV-{u.code}", unit=u, beds=round(people * BEDS * s), visits=visits * (1 - CLINICS_RATIO) * s, minute=n)
          for n, (u, s) in enumerate(zip(units, shares, strict=False))),
        *(Facility(code=f"PK-{u.code}", unit=u, beds=0, visits=visits * CLINICS_RATIO / len(clinics), minute=hospitals + n)
          for n, u in enumerate(clinics)),
    ]


def health(scenario: Scenario, places: Iterable[Facility], day: date) -> Iterable[tuple[SimulatedEvent]]:
    """What all facilities tell between 6 and 7 o'clock of the day before."""
    yesterday = day - timedelta(days=1)
    for facility in places:
        if facility.beds or scenario.world.works(yesterday):
            yield (_told(scenario, facility, yesterday),)


def _told(scenario: Scenario, facility: Facility, day: date) -> SimulatedEvent:
    at = start_of(day + timedelta(days=1)) + timedelta(hours=6, minutes=facility.minute % 60)
    unit = facility.unit.code if scenario.profile.units.at(facility.unit.code, day) else ""
    random = scenario.world.random("social.visits", facility.code, day)
    visits = max(0, round(facility.visits * _busy(scenario, facility, day) * random.gauss(1, 0.06)))
    insured = round(visits * min(1.0, random.gauss(INSURED, 0.015)))
    card = 0.35 if random.random() < FAULT else min(1.0, random.gauss(BY_CARD, 0.02))
    data: dict[str, Any] = {"unit_code": unit, "unit_valid_on": day, "facility_code": facility.code, "day": day, "visits": visits,
                            "insurance_visits": insured, "cccd_visits": round(insured * card)}
    if facility.unit.known_lon_deg is not None and facility.unit.known_lat_deg is not None:
        data |= {"lon_deg": facility.unit.known_lon_deg, "lat_deg": facility.unit.known_lat_deg}
    if facility.beds:
        data |= {"beds_occupied": round(facility.beds * _full(scenario, facility, day)), "beds_available": facility.beds}
    subject = f"{facility.code}/{day}"
    return SimulatedEvent(fact="health_daily", id=f"{subject}:health", source=scenario.source("social"), subject=subject, time=at.astimezone(UTC),
                          data=data)


def _busy(scenario: Scenario, facility: Facility, day: date) -> float:
    # The quiet weeks of offices are not those of hospitals: only a third of what moves the load moves the visits.
    load = scenario.world.load(day)
    sick = 0.85 + 0.15 * min(4.0, pressure(scenario, facility.unit, day))
    return sick * (1 + (load - 1) / 3 if load else DAY_OFF)


def _full(scenario: Scenario, facility: Facility, day: date) -> float:
    world = scenario.world
    own = world.random("social.beds", facility.code).uniform(-0.05, 0.05)
    ratio = 0.8 + own + 0.05 * (min(4.0, pressure(scenario, facility.unit, day)) - 1) - (0 if world.works(day) else 0.03)
    if -2 <= (day - world.tet(day.year)).days <= 5:
        ratio -= TET_BEDS
    ratio = min(FULLEST, ratio + world.random("social.beds", facility.code, day).gauss(0, 0.02))
    noon = start_of(day) + timedelta(hours=12)
    return min(1.5, ratio * scenario.effects.factor("social.beds", noon, unit=facility.unit.code, kind=facility.code))
