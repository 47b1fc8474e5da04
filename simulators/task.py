"""Tasks that leaders give to agencies: how many, from which resolution, to whom, until when."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from random import Random

from ioc.clock import start_of
from simulators.engine.agenda import Story, telling
from simulators.engine.chance import poisson
from simulators.engine.contract import Scenario, Simulator
from simulators.engine.days import Told, by_days, office_moment
from simulators.engine.offices import Office, Offices
from simulators.engine.task_life import TERMS, Task, life

REALISM = """\
True to life: the facts and the five-way report of the domain notes (3.5), acknowledgement by the end of the next working day (DT-04, design);
deadlines on working days; none is assigned on a day off; busy Mondays, the days before Tet, quiet after it.
Assumed: 0.15 tasks an agency and working day (about 2,000 a year over today's agencies; they do not follow the dossiers' scale), departments
three times as many as communes, half of them from the month's resolution; terms of 5-7 working days 28 %, 10-15: 40 %, 20-30: 24 %,
45-60: 5 %, none 3 %; acknowledged too late 6 %, late 5 %, lingering one to six weeks 2 %, extended 7 %, given back 2.5 %, called off 1.2 %,
opened again 1.5 %; progress told about weekly, a quarter of it in the evening, some on days off.
Made up: three local agencies, drawn by the seed, three times as late; the resolutions and their numbers; every task. Nothing is carried in from
before the beginning. No texts, no persons."""

PER_OFFICE = 0.15
PROVINCE_WEIGHT = 3.0


def _stories(random: Random, start: datetime, scenario: Scenario) -> Iterator[Story]:
    del random  # a day is drawn by its name
    offices = Offices(scenario.profile, scenario.world)
    yield by_days(start, lambda day: _assigned_on(day, scenario, offices))


def _assigned_on(day: date, scenario: Scenario, offices: Offices) -> Iterator[Told]:
    world, everyone = scenario.world, list(offices.on(day))
    if not everyone or not world.works(day):
        return
    random, noon, number = world.random("task", day), start_of(day) + timedelta(hours=12), 0
    weights = [_weight(office) for office in everyone]
    usual = PER_OFFICE * len(everyone) / sum(weights) * world.load(day)
    for office, weight in zip(everyone, weights, strict=True):
        rate = scenario.effects.factor("task.rate", noon, unit=office.unit_code, kind=office.code)
        for _ in range(poisson(random.random(), usual * weight * rate)):
            number += 1
            at = office_moment(random, world.hours, day)
            resolution = _resolution(random, offices.lead(day), day)
            term = TERMS.draw(random)
            task = Task(
                random=random, scenario=scenario, code=f"NV-{day:%y%m%d}-{number:03}", source=scenario.source("task"), day=day, resolution=resolution,
                owner=office, at=at, due=world.hours.due(at, random.randint(*term)) if term else None,
            )
            yield list(life(task, everyone))


def _weight(office: Office) -> float:
    return 1.0 if office.is_local else PROVINCE_WEIGHT


def _resolution(random: Random, lead: str, day: date) -> str:
    """Document that a task comes from: the month's resolution, or a notice of conclusions of the day."""
    if random.random() < 0.5:
        return f"{lead},{day:%Y/%m}/01,{day.month * 4}/NQ-HĐND"
    return f"{lead},{day:%Y/%m/%d},{day.timetuple().tm_yday * 2 + random.randrange(2)}/TB-UBND"


SIMULATOR = Simulator(name="task", stream="task", realism=REALISM, simulate=telling(_stories), effects=("task.rate", "task.late"))
