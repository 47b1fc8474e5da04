"""Online conferences: the week's session of all agencies, who joins, who never comes, whose line is lost."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from ioc.clock import start_of
from simulators.engine.agenda import Story, telling
from simulators.engine.contract import Scenario, SimulatedEvent, Simulator
from simulators.engine.days import Told, by_days, utc, whole
from simulators.engine.offices import Office, Offices

REALISM = """\
True to life: one conference a week (domain notes 7) at a point of each agency: 129 points in 2020 (F044: 109 communes, 11 districts, the
province and eight of its departments); a line that is away for more than two minutes is a long loss (DT-05).
Assumed: on the week's first working day at 8, two to three hours; invited a working day before; 2 % of the points never come, 3 % come
late; 3 % lose the line once, three times as many while it rains hard; half of the losses are over in 90 seconds.
Made up: every session. A point stands at each agency of the profile on the day, so that since 2025 there are fewer than 129. Sessions that end more
than a week before the live part tell every fifteenth point only, to keep the history small. No persons."""

FINE_BEFORE = timedelta(days=7, hours=12)
COARSE_STEP = 15
ABSENT_RATIO, LATE_RATIO, LOSS_RATIO, RAIN_FACTOR, RAIN_MM_H = 0.02, 0.03, 0.03, 3.0, 2.0
REASONS = ("line-cut", "power", "device")
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Session:
    """One conference; `invited_from`: when the first point is invited."""

    scenario: Scenario
    code: str
    lead: str
    day: date
    invited_from: datetime
    begin: datetime
    end: datetime

    def event(self, fact: str, at: datetime, office: Office | None = None, **data: Any) -> SimulatedEvent:
        """An event of the session, or of the point at an office."""
        at, subject = whole(at), self.code
        place: dict[str, Any] = {"org_code": self.lead, "unit_code": "", "level": "province"}
        if office:
            point = f"CF-{office.unit_code or office.code}"
            subject = f"{self.code}/{point}"
            place = {"org_code": office.code, "unit_code": office.unit_code, "level": office.level, "point_id": point}
        place |= {"meeting_id": self.code, "unit_valid_on": self.day, "started_at": self.begin}
        return SimulatedEvent(
            fact=fact, id=f"{subject}:{fact}:{int(at.timestamp())}", source=self.scenario.source("meeting"), subject=subject, time=at,
            data=utc(place | data),
        )

    def point(self, office: Office, cut: Sequence[tuple[datetime, datetime]], *, with_invitation: bool) -> Told:
        """Story of one point; `cut`: when the scenario takes its line away."""
        random = self.scenario.world.random("meeting", self.code, office.code)
        invited = self.invited_from + timedelta(minutes=random.uniform(0, 45))
        told = [self.event("point_invited", invited, office)] if with_invitation else []
        end = self.end + timedelta(seconds=random.uniform(1, 50))
        if random.random() < ABSENT_RATIO:
            return [*told, self.event("ended", end, office)] if told else []
        late = random.uniform(2, 30) if random.random() < LATE_RATIO else -random.uniform(1, 25)
        joined = self.begin + timedelta(minutes=late)
        told.append(self.event("point_joined", joined, office))
        for lost, back in cut or self._by_chance(random, joined):
            if back <= joined + MINUTE:
                continue
            told.append(self.event("point_lost", max(lost, joined + MINUTE / 2), office, reason_code=random.choice(REASONS)))
            if back < self.end - MINUTE:
                told.append(self.event("point_joined", back, office))
        return [*told, self.event("ended", max(end, told[-1].time), office)]

    def _by_chance(self, random: Random, joined: datetime) -> Sequence[tuple[datetime, datetime]]:
        lost = joined + (self.end - joined) * random.uniform(0.1, 0.9)
        rains = self.scenario.world.rain_mm_h(lost) > RAIN_MM_H
        if random.random() >= LOSS_RATIO * (RAIN_FACTOR if rains else 1.0):
            return ()
        return ((lost, lost + timedelta(seconds=90 * random.lognormvariate(0, 1.0))),)

    def cuts(self, offices: Sequence[Office]) -> dict[str, list[tuple[datetime, datetime]]]:
        """Agency → when the scenario takes its line away: so many points as the effect says, always the same ones."""
        order = self.scenario.world.random("meeting", self.code, "cut").sample(list(offices), len(offices))
        found: dict[str, list[tuple[datetime, datetime]]] = {}
        for n in range(int((self.end - self.begin) / MINUTE)):
            at, place = self.begin + n * MINUTE, 0
            for office in order:
                down = self.scenario.effects.amount("meeting.points_down", at, unit=office.unit_code, kind=office.code)
                if place < down:
                    _add(found.setdefault(office.code, []), at)
                place += down > 0
        return found


def _add(stretches: list[tuple[datetime, datetime]], at: datetime) -> None:
    """Add a minute to the stretches."""
    if stretches and stretches[-1][1] == at:
        stretches[-1] = (stretches[-1][0], at + MINUTE)
    else:
        stretches.append((at, at + MINUTE))


def _stories(random: Random, start: datetime, scenario: Scenario) -> Iterator[Story]:
    del random  # a session is drawn by its name
    offices = Offices(scenario.profile, scenario.world)
    yield by_days(start, lambda day: _invited_on(day, start, scenario, offices), back=10, whole=False)


def _invited_on(day: date, start: datetime, scenario: Scenario, offices: Offices) -> Iterator[Told]:
    """Stories that begin with the invitation on this day: of the session on the next working day, where it is its week's first."""
    calendar, monday = scenario.profile.calendar, day - timedelta(days=day.weekday())
    held_on = calendar.next_working_day(day)
    week = held_on - timedelta(days=held_on.weekday())
    if not calendar.is_working_day(day) or week == monday or not offices.on(held_on):
        return
    session = _session(scenario, offices.lead(held_on), day, held_on)
    if session.begin < start:
        return
    everyone, coarse = offices.on(held_on), session.end < scenario.live_at - FINE_BEFORE
    cuts, turn = session.cuts(everyone), held_on.isocalendar().week % COARSE_STEP
    for n, office in enumerate(everyone):
        if not coarse or n % COARSE_STEP == turn or office.code in cuts:
            yield session.point(office, cuts.get(office.code, ()), with_invitation=session.invited_from >= start)
    yield [session.event("started", session.begin), session.event("ended", session.end)]


def _session(scenario: Scenario, lead: str, day: date, held_on: date) -> Session:
    random = scenario.world.random("meeting", held_on)
    begin = start_of(held_on) + timedelta(hours=8, minutes=random.randrange(0, 10))
    return Session(scenario, f"HN-{held_on:%y%m%d}-01", lead, held_on, start_of(day) + timedelta(hours=8), begin,
                   begin + timedelta(minutes=random.uniform(115, 180)))


SIMULATOR = Simulator(name="meeting", stream="meeting", realism=REALISM, simulate=telling(_stories), effects=("meeting.points_down",))
