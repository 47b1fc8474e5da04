"""Health, schools and welfare: counts of facilities and units, never of persons."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from itertools import chain
from random import Random

from ioc.clock import local_day
from simulators.engine.agenda import Story, telling
from simulators.engine.contract import Scenario, Simulator
from simulators.engine.days import Told, by_days
from simulators.engine.social_disease import LONGEST_DELAY, Wave
from simulators.engine.social_health import facilities, health
from simulators.engine.social_welfare import allowances, schools

REALISM = """\
True to life: which counts are told (domain notes 3.9); insurance examinations with the citizen card (Y13); dengue follows the rain of
three to seven weeks before, hand-foot-mouth disease, influenza and chickenpox the school year, diarrhoea the rain of the last three days:
the directions are known, their sizes assumed. Populations of the profile.
Assumed: a year's cases to 100,000 people: dengue 180, hand-foot-mouth 150, influenza 220, diarrhoea 200, chickenpox 40, years differing by
a third; told 1-3 days after the onset, 5 % told again with one case more; three food poisonings a year of 3 cases and more; 28 beds to
10,000 people, 80 % full, 28 points less at Tet, not above 94.5 % on ordinary days; 2.1 visits a year and head, a third on days off; 88 % insured,
84 % of them by card; 17.5 % pupils in classes of 33, 0.2-0.9 % leaving in a school year from 5 September; 3.5 % with an allowance of
500,000 VND and more (360,000 until June 2024), 68-90 % paid by account, 3 % of the batches late.
Made up: the facilities (a hospital to 100,000 people, a clinic to 65,000, in the units with the most people, at the unit's point), each
count, the day of the month on which a unit pays; a card reader that fails on one in 500 facility days. What offices do before and after
Tet moves hospitals by a third of it. Commune health stations and vaccinations are not simulated. Nothing follows the scale. No persons."""


def _stories(random: Random, start: datetime, scenario: Scenario) -> Iterator[Story]:
    del random  # a day is drawn by its own name
    places, wave, untold = facilities(scenario.profile), Wave(scenario), [True]

    def of_day(day: date) -> Iterable[Told]:
        first = untold[0] and day > local_day(start) and scenario.world.works(day)
        untold[0] = untold[0] and not first
        return chain(health(scenario, places, day), wave.cases(day), schools(scenario, day, first=first), allowances(scenario, day))

    yield by_days(start, of_day, back=LONGEST_DELAY)


SIMULATOR = Simulator(name="social", stream="social", realism=REALISM, simulate=telling(_stories),
                      effects=("social.disease", "social.beds", "social.late"))
