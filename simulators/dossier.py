"""Dossiers of the one-stop systems: how many come in, what is promised, and how each one goes."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from random import Random

from ioc.clock import LOCAL, local_day
from ioc.profiles import Agency, Profile
from simulators.engine.agenda import Story, tell
from simulators.engine.arrivals import arrivals
from simulators.engine.contract import Scenario, SimulatedEvent, Simulator
from simulators.engine.dossier_life import Desk, Dossier, Procedure, life
from simulators.engine.hours import WorkingTime

REALISM = """\
True to life: 2,433 dossiers a working day at scale 1 (605,859 in 2023, the province's report F001); 55 % online, 1 % by post (F010);
0.2 % late, of which 96 % are results handed over in time and recorded late (F003-F006); states and transitions of the national
portal; dossier codes of TT 03/2025/TT-VPCP; apology a working day before expiry and one extension (ND 61/2018, art. 19); six procedures'
national codes; deadlines on working days.
Assumed: a quarter at departments and the centre, the rest by unit in proportion to its population of 2019; commitments of 1-3 working
days 45 %, 5: 20 %, 7-10: 15 %, 15: 12 %, 20-30: 8 %; Monday 1.25, Friday 0.9, peaks at 8-10 and 14-15 h; 4 % supplements, 1.5 % refused,
0.7 % withdrawn, 0.3 % extended, 0.4 % lingering past their deadline.
Made up: three units, drawn by the seed, where 4 % is late and 6 % lingers; sector codes and the other procedure codes; what is paid; that
an online dossier comes at least every 13 minutes, by night too (so that silence means a fault). No holidays. No persons."""

PER_WORKING_DAY = 2433
QUIET_S = 780.0
WORSE_UNITS = 3

# Share of a working day's dossiers at the counter and online in each local hour.
COUNTER = {7: 0.12, 8: 0.2, 9: 0.2, 10: 0.12, 13: 0.12, 14: 0.14, 15: 0.07, 16: 0.03}
ONLINE = {6: 0.02, 7: 0.08, 8: 0.15, 9: 0.15, 10: 0.1, 11: 0.04, 12: 0.03, 13: 0.07, 14: 0.11, 15: 0.09, 16: 0.05, 17: 0.02,
          18: 0.015, 19: 0.02, 20: 0.025, 21: 0.02, 22: 0.01}
WEEKDAY = {1: 1.25, 2: 1.0, 3: 0.95, 4: 0.9, 5: 0.9}
DAY_OFF = 0.08
ONLINE_RATIO = 0.55

PROCEDURES = (
    (0.25, Procedure("2.000815", "CT", 1)), (0.10, Procedure("1.001193", "HT", 1)), (0.10, Procedure("1.004873", "HT", 3)),
    (0.08, Procedure("1.000894", "HT", 5)), (0.12, Procedure("9.100105", "BT", 5)),
    (0.07, Procedure("9.200107", "KD", 7, fee_vnd=100_000)), (0.08, Procedure("9.300110", "XD", 10, fee_vnd=75_000)),
    (0.12, Procedure("9.400115", "DD", 15, fee_vnd=350_000)), (0.05, Procedure("9.400120", "DD", 20, fee_vnd=500_000)),
    (0.03, Procedure("1.004946", "BT", 30)),
)


@dataclass(slots=True)
class Office:
    """Where dossiers come in: the desks with their weights, and today's sequence numbers."""

    desks: Sequence[Desk]
    weights: Sequence[float]
    numbers: Counter[tuple[str, str]] = field(default_factory=Counter)

    def code(self, desk: Desk, at: datetime) -> str:
        """Code of a new dossier: <organisation>-<YYMMDD>-<sequence>."""
        key = (desk.org_code, f"{at.astimezone(LOCAL):%y%m%d}")
        self.numbers[key] += 1
        return f"{key[0]}-{key[1]}-{self.numbers[key]:04}"


def simulate(random: Random, ticks: Iterable[datetime], scenario: Scenario) -> Iterator[Sequence[SimulatedEvent]]:
    """Tell the stories of all dossiers."""
    ticks = iter(ticks)
    start = next(ticks)
    yield ()
    yield from tell(_stories(random, start, scenario), ticks)


def _stories(random: Random, start: datetime, scenario: Scenario) -> Iterator[Story]:
    office = _office(random, scenario.profile, local_day(start))
    hours = WorkingTime(scenario.profile)
    source = scenario.source("dossier")

    def rate(at: datetime) -> float:
        return PER_WORKING_DAY * scenario.scale * sum(_shares(hours, at))

    most = PER_WORKING_DAY * scenario.scale * 0.25
    for at in arrivals(random, start, rate, most=most, quiet_s=QUIET_S):
        counter, online = _shares(hours, at)
        desk = random.choices(office.desks, office.weights)[0]
        dossier = Dossier(
            code=office.code(desk, at), source=source, desk=desk, day=local_day(at), procedure=_procedure(random),
            channel="online" if random.random() * (counter + online) >= counter else "post" if random.random() < 0.02 else "counter",
        )
        yield life(random, hours, dossier, at)


def _shares(hours: WorkingTime, at: datetime) -> tuple[float, float]:
    local = at.astimezone(LOCAL)
    online = ONLINE_RATIO * ONLINE.get(local.hour, 0.002)
    if not hours.works(local.date()):
        return 0.0, online * DAY_OFF
    factor = WEEKDAY.get(local.isoweekday(), 1.0)
    return factor * (1 - ONLINE_RATIO) * COUNTER.get(local.hour, 0.0), factor * online


def _procedure(random: Random) -> Procedure:
    return random.choices([p for _, p in PROCEDURES], [w for w, _ in PROCEDURES])[0]


def _office(random: Random, profile: Profile, day: date) -> Office:
    people = {u.code: u.population for u in profile.units_on(day)}
    local = [a for a in profile.agencies if a.valid_on(day) and a.unit_code in people]
    central = [a for a in profile.agencies if a.valid_on(day) and not a.unit_code]
    total = sum(people[a.unit_code] for a in local)
    worse = {a.code for a in random.sample(local, min(WORSE_UNITS, len(local)))}
    desks = [_desk(a, late=0.04 if a.code in worse else 0.0012, linger=0.06 if a.code in worse else 0.0025) for a in (*central, *local)]
    return Office(desks, [0.25 / len(central) for _ in central] + [0.75 * people[a.unit_code] / total for a in local])


def _desk(agency: Agency, *, late: float, linger: float) -> Desk:
    return Desk(org_code=agency.code, unit_code=agency.unit_code, late_ratio=late, linger_ratio=linger)


SIMULATOR = Simulator(name="dossier", stream="dossier", realism=REALISM, simulate=simulate)

