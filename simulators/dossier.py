"""Dossiers of the one-stop systems: how many come in, what is promised, and how each one goes."""

from collections.abc import Iterator
from datetime import datetime
from random import Random

from ioc.clock import local_day
from simulators.engine.agenda import Story, telling
from simulators.engine.contract import Scenario, Simulator
from simulators.engine.dossier_desks import Desks, Numbers
from simulators.engine.dossier_intake import arrivals
from simulators.engine.dossier_life import life
from simulators.engine.dossier_moves import succeeded
from simulators.engine.dossier_work import Dossier, Work
from simulators.engine.dossier_year import begins, courses

REALISM = """\
True to life: 2,433 dossiers a working day at scale 1 (605,859 in 2023, the province's report F001); 55.18 % online, at all hours (F010);
0.2 % late, of which 96 % are results handed over in time and recorded late (F003-F006; what lingers, below, is really late); states and
transitions of the national portal; dossier codes of TT 03/2025/TT-VPCP; apology a working day before expiry and one extension (ND
61/2018, art. 19); six procedures' national codes; deadlines, suspensions and days off by the province's calendar; districts until
30/06/2025, none after: what was open passes to the successor that morning. A planned year (F001-F006, F010, F011; F007 for 2019) adds up
to the dossier.
Assumed: levels 10 % province, 30 % districts, 60 % communes, since the reform 25 and 75, by population of 2019; commitments of 1-3
working days 45 %, 5: 20 %, 7-10: 15 %, 15: 12 %, 20-30: 8 %, seven tenths of the law's; Monday 1.25, Friday 0.9, 1.3 before Tet, 0.2
after it; peaks at 8-10 and 14-15 h; a day off brings a quarter of a working day's online; 2 % of the counters' by post; 4 % supplements,
1.5 % refused, 0.7 % withdrawn (0.3 % of what comes online before it is received), 0.3 % extended; 60 % of the fees asked for online paid
there (goal Y05-Y06). A district's open dossiers go to the communes that came of it, by population.
In a planned year: nothing is carried in, withdrawn or stopped, no effects; what stays open is the later come the more (open = computed);
refused ones come on top; what is sent after the last working day's 15:00 stays untaken; paid at the counter is not told.
Made up: three units, drawn by the seed, where 1.2 % is late and 3 % lingers (all together 0.3 % late, most of it really); sector codes,
the other procedure codes, all services called full; what is paid; that something comes as often as the source promises, by night too, so
that silence means a fault. An effect's silence: what would be entered is entered within 45 minutes after it. No persons."""

EFFECTS = ("dossier.rate", "dossier.late_entry", "dossier.linger", "dossier.silent")


def _stories(random: Random, start: datetime, scenario: Scenario) -> Iterator[Story]:
    if scenario.year:
        begins(scenario.year, start)
        return _planned(random, scenario)
    return _ordinary(random, start, scenario)


def _ordinary(random: Random, start: datetime, scenario: Scenario) -> Iterator[Story]:
    desks, numbers, source = Desks(scenario.profile, scenario.world), Numbers(), scenario.source("dossier")
    calendar = scenario.profile.calendar
    for arrival in arrivals(random, start, scenario, desks):
        dossier = Dossier(code=numbers.code(arrival.desk, arrival.at), source=source, desk=arrival.desk, day=local_day(arrival.at),
                          procedure=arrival.procedure, channel=arrival.channel)
        story = life(Work(random=random, calendar=calendar, scenario=scenario, dossier=dossier, at=arrival.at))
        yield succeeded(random, story, arrival.desk, desks, calendar) if arrival.desk.until else story


def _planned(random: Random, scenario: Scenario) -> Iterator[Story]:
    desks, numbers, source = Desks(scenario.profile, scenario.world), Numbers(), scenario.source("dossier")
    calendar = scenario.profile.calendar
    for at, desk, procedure, channel, course in courses(random, scenario, desks):
        dossier = Dossier(code=numbers.code(desk, at), source=source, desk=desk, day=local_day(at), procedure=procedure, channel=channel)
        story = life(Work(random=random, calendar=calendar, scenario=scenario, dossier=dossier, at=at, course=course))
        yield succeeded(random, story, desk, desks, calendar) if desk.until and desk.until < course.limits.end else story


SIMULATOR = Simulator(name="dossier", stream="dossier", realism=REALISM, simulate=telling(_stories), effects=EFFECTS)
