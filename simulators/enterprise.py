"""Enterprises: registered, suspended, back at work, dissolved; and the inspections that are planned for them."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from ioc.clock import local_day, start_of
from ioc.indicators.catalogue import load_catalogue
from ioc.profiles.units import Unit
from simulators.engine.agenda import Story, telling
from simulators.engine.business import Business, Deed
from simulators.engine.contract import Scenario, SimulatedEvent, Simulator
from simulators.engine.days import Told, by_days, office_moment, utc, whole
from simulators.engine.offices import Offices

REALISM = """\
True to life: the steps of an enterprise's life (Luat Doanh nghiep 59/2020/QH14, art. 206-208); at most one inspection a year
(CT 20/CT-TTg, F043); what the register tells adds up to the monthly report's count of new and dissolved enterprises.
Assumed: of a million residents and year 375 registered, 250 suspended (most in January), 100 dissolved, 500 inspections (few before Tet
and in the first quarter); wards 2.5 times a commune's for its population; 7 in 10 of the suspended come back on the day their 1-12 months end,
days off included; inspections announced 20-60 days before, 84 % held, a third of them a few days later, 12 % called off.
Made up: every enterprise: it is a hash of random digits; which department inspects; that one planned inspection in 120 is a second one of
the same year, and three in four of those are called off in time; that one at least registers each working day. The stock of enterprises
is not told, only what happens. Volumes follow the population, not the dossiers' scale. No names, no tax codes, no persons."""

BEFORE_DAYS = 370
PAUSES = (1, 2, 3, 6, 6, 12, 12)
"""Months for which an enterprise is suspended."""
SECOND_RATIO, SECOND_CALLED_OFF = 1 / 120, 0.75
INSPECTED_BY = ("yearly-plan", "yearly-plan", "yearly-plan", "complaint")
LIFE = {"registered": "", "dissolved": "owner-decision", "resumed": ""}


class Register:
    """Tells what the register and the inspectors note on a day."""

    def __init__(self, scenario: Scenario, start: datetime) -> None:
        self._scenario = scenario
        self._start = start
        self._source = scenario.source("enterprise")
        self._business = Business(scenario)
        # Who reports new enterprises registers them.
        reported = load_catalogue(str(scenario.profile.folder)).indicators.get("enterprises_new")
        self._registrar = reported.owner if reported else ""
        self._offices = Offices(scenario.profile, scenario.world)

    def of_day(self, day: date) -> Iterator[Told]:
        """Stories that begin on a day."""
        owner = self._offices.named(self._registrar, day)
        for fact, reason in LIFE.items():
            for deed in self._business.deeds(fact, day):
                yield [self._event(fact, deed, deed.at, owner, reason_code=reason or None)]
        for deed in self._business.deeds("suspended", day):
            yield self._suspended(deed, owner)
        for deed in self._business.deeds("inspection", day):
            yield self._inspected(deed, day)

    def _suspended(self, deed: Deed, owner: str) -> Told:
        random = self._scenario.world.random("enterprise", deed.ref)
        told = [self._event("suspended", deed, deed.at, owner, reason_code=random.choice(("no-orders", "no-capital", "restructuring")))]
        if random.random() < 0.7:
            ends = start_of(local_day(deed.at) + timedelta(days=30 * random.choice(PAUSES))) + timedelta(minutes=random.uniform(2, 25))
            told.append(self._event("resumed", deed, ends, owner))
        return told

    def _inspected(self, deed: Deed, day: date) -> Told:
        random = self._scenario.world.random("enterprise", deed.ref)
        told = self._visit(random, deed, day, 1)
        again = SECOND_RATIO * self._scenario.effects.factor("enterprise.second_inspections", deed.at, unit=deed.unit.code)
        if random.random() < again:
            told += self._visit(random, deed, day, 2)
        told.sort(key=lambda e: e.time)
        known = {e.data["inspection_ref"] for e in told if e.fact == "inspection_planned" and e.time >= self._start}
        # Of an inspection whose plan lies before the beginning nobody here could be told that it is called off.
        return [e for e in told if e.fact != "inspection_cancelled" or e.data["inspection_ref"] in known]

    def _visit(self, random: Random, deed: Deed, day: date, turn: int) -> list[SimulatedEvent]:
        calendar, hours = self._scenario.profile.calendar, self._scenario.world.hours
        planned_on = calendar.working_day_at_or_after(day + timedelta(days=random.randint(20, 60)))
        if turn > 1 and planned_on.year > day.year:
            planned_on = calendar.next_working_day(date(day.year, 12, 31), -1)
        offices = [office.code for office in self._offices.on(day) if not office.is_local] or [self._offices.on(day)[0].code]
        org, ref = random.choice(offices), f"TT-{deed.ref[:8]}-{turn}"
        told = [self._event("inspection_planned", deed, deed.at + timedelta(hours=turn - 1), org, inspection_ref=ref, planned_on=planned_on,
                            reason_code=random.choice(INSPECTED_BY))]
        luck, called_off = random.random(), SECOND_CALLED_OFF if turn > 1 else 0.12
        if luck < called_off:
            at = office_moment(random, hours, calendar.next_working_day(planned_on, -random.randint(1, 8)))
            if at > told[0].time:
                told.append(self._event("inspection_cancelled", deed, at, org, inspection_ref=ref,
                                        reason_code="second-of-the-year" if turn > 1 else "plan-changed"))
        elif luck < called_off + 0.84:
            held_on = planned_on if random.random() < 0.67 else calendar.next_working_day(planned_on, random.randint(1, 5))
            at = office_moment(random, hours, held_on)
            told.append(self._event("inspection_conducted", deed, max(at, told[0].time + timedelta(hours=1)), org, inspection_ref=ref))
        return told

    def _event(self, fact: str, deed: Deed, at: datetime, org_code: str, **data: Any) -> SimulatedEvent:
        at, unit = whole(at), self._seat(deed.unit, local_day(at))
        place = {"org_code": org_code, "unit_code": unit.code, "unit_valid_on": local_day(at), "enterprise_ref": deed.ref}
        mark = data.get("inspection_ref", "")[-2:]
        return SimulatedEvent(
            fact=fact, id=f"{deed.ref}:{fact}{mark}:{int(at.timestamp())}", source=self._source, subject=deed.ref, time=at, data=utc(place | data),
        )

    def _seat(self, unit: Unit, day: date) -> Unit:
        # What began in a unit that no longer exists goes on in the one that has its code, else anywhere.
        return unit if unit.valid_on(day) else self._scenario.profile.units.at(unit.code, day) or self._scenario.profile.units_on(day)[0]


def _stories(random: Random, start: datetime, scenario: Scenario) -> Iterator[Story]:
    del random  # a day is drawn by its name
    yield by_days(start, Register(scenario, start).of_day, back=BEFORE_DAYS, whole=False)


SIMULATOR = Simulator(name="enterprise", stream="enterprise", realism=REALISM, simulate=telling(_stories),
                      effects=("enterprise.rate", "enterprise.second_inspections"))
