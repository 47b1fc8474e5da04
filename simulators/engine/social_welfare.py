"""Schools, told once a month, and allowances, announced and paid once a month in each unit."""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta

from ioc.clock import start_of
from ioc.profiles.units import Unit
from simulators.engine.contract import Scenario, SimulatedEvent
from simulators.engine.days import office_moment

PUPILS, PUPILS_A_CLASS, TEACHERS_A_CLASS, PUPILS_A_SCHOOL = 0.175, 33, 1.6, 450
BENEFICIARIES = 0.035
ALLOWANCE_VND, ALLOWANCE_2024_VND = 360_000, 500_000
RAISED_ON = date(2024, 7, 1)
ANNOUNCED_DAYS = 15
LATE_RATIO = 0.03


def schools(scenario: Scenario, day: date, *, first: bool) -> Iterator[Sequence[SimulatedEvent]]:
    """What each unit's schools tell on the first working day of a month; with `first`, whichever working day it is."""
    world = scenario.world
    if world.works(day) and (first or not any(world.works(day.replace(day=n)) for n in range(1, day.day))):
        for unit in scenario.profile.units_on(day):
            yield (_snapshot(scenario, unit, day),)


def _snapshot(scenario: Scenario, unit: Unit, day: date) -> SimulatedEvent:
    world = scenario.world
    begun = date(day.year - (day < date(day.year, 9, 5)), 9, 5)
    random = world.random("social.school", unit.code, begun.year)
    pupils = round(unit.population * PUPILS * random.gauss(1, 0.03))
    left = random.uniform(0.002, 0.009) * min(1.0, (day - begun).days / 268)
    classes = max(1, round(pupils / PUPILS_A_CLASS))
    data = {"schools": max(1, round(pupils / PUPILS_A_SCHOOL)), "classes": classes, "pupils": pupils,
            "teachers": round(classes * TEACHERS_A_CLASS), "dropped_out": round(pupils * left)}
    at = office_moment(world.random("social.school", unit.code, day), world.hours, day)
    return _event(scenario, "school_snapshot", f"school/{unit.code}/{day}", at, {"unit_code": unit.code, "unit_valid_on": day, "day": day} | data)


def allowances(scenario: Scenario, day: date) -> Iterator[Sequence[SimulatedEvent]]:
    """Batches that are announced on the day, with their payment."""
    due_on = day + timedelta(days=ANNOUNCED_DAYS)
    for unit in scenario.profile.units_on(day):
        if scenario.world.random("social.due", unit.code).randint(5, 25) == due_on.day:
            yield _batch(scenario, unit, day, due_on)


def _batch(scenario: Scenario, unit: Unit, day: date, due_on: date) -> Sequence[SimulatedEvent]:
    random = scenario.world.random("social.batch", unit.code, due_on)
    due = max(1, round(unit.population * BENEFICIARIES * random.gauss(1, 0.02)))
    amount = _thousands(due * (ALLOWANCE_VND if due_on < RAISED_ON else ALLOWANCE_2024_VND) * random.uniform(1.15, 1.35))
    late = random.random() < LATE_RATIO * scenario.effects.factor("social.late", start_of(due_on), unit=unit.code)
    paid = _paid_at(scenario, due_on, random.choice((1, 1, 2, 3)) if late else -random.choice((0, 0, 1, 2)), unit)
    place, subject = {"unit_code": unit.code, "unit_valid_on": day}, f"AS-{unit.code}-{due_on:%Y%m}"
    told = start_of(day) + timedelta(hours=8, minutes=random.randrange(180))
    return (
        _event(scenario, "payment_batch_due", subject, told, place | {"due_on": due_on, "beneficiaries_due": due, "amount_vnd": amount}),
        _event(scenario, "payment_batch_paid", subject, max(paid, told + timedelta(hours=20)),
               place | {"beneficiaries_paid_by_account": round(due * random.uniform(0.68, 0.9)),
                        "amount_vnd": _thousands(amount * random.uniform(0.985, 1))}),
    )


def _thousands(amount_vnd: float) -> int:
    return round(amount_vnd / 1000) * 1000


def _paid_at(scenario: Scenario, due_on: date, days: int, unit: Unit) -> datetime:
    # Due at the end of the day, or of the first working day after it.
    day, step = due_on, timedelta(days=1)
    while not scenario.world.works(day):
        day += step
    for _ in range(abs(days)):
        day += step if days > 0 else -step
        while not scenario.world.works(day):
            day += step if days > 0 else -step
    return office_moment(scenario.world.random("social.paid", unit.code, due_on), scenario.world.hours, day)


def _event(scenario: Scenario, fact: str, subject: str, at: datetime, data: dict[str, object]) -> SimulatedEvent:
    return SimulatedEvent(fact=fact, id=f"{subject}:{fact}", source=scenario.source("social"), subject=subject,
                          time=at.astimezone(UTC).replace(microsecond=0), data=data)
