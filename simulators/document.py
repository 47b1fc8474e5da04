"""Electronic documents: what each agency sends, who receives a copy, and how each copy goes."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random

from ioc.clock import LOCAL, start_of
from simulators.engine.agenda import Story, telling
from simulators.engine.chance import Lot, poisson
from simulators.engine.contract import Scenario, Simulator
from simulators.engine.days import Told, by_days, evening, office_moment
from simulators.engine.document_life import Course, Paper, life
from simulators.engine.offices import Office, Offices

REALISM = """\
True to life: about 12 documents an agency and working day, out and in together, and 3 % of them urgent (domain notes 7, F028-F029: of
them [D]); 92.38 % worked on online (F034); the axis' states (edXML 1.02), document ids and the Government Office's code
(bkav-edoc); registered within the day or the next working day, hours by urgency (ND 30/2020, DT-01); busy Mondays, days before Tet.
Assumed: a third of them go out; a third of those to nobody within the province, some of the departments' to all communes; one in
ten that come in is the centre's; 96 % signed; 70 % with a deadline of 3-15 working days (urgent 1-3), 3.5 % finished late, 0.8 % lingering,
2 % registered late, 2 % refused, 0.5 % asked back (8 in 10 agreed); one in seven finished after hours.
Made up: three local agencies, drawn by the seed, four times as late; signs and numbers; that one telegram comes each day off (so
that silence means a fault). Until a quarter of an hour before the live part a copy's assignment and processing are not told, to keep the
history small. No subjects, no persons."""

SENT_PER_DAY, CENTRAL_PER_DAY = 3.7, 0.8
"""Of an agency on an ordinary working day at scale 1."""
CIRCULAR_COPIES = 1.0
"""Copies of letters to all communes for each document that is sent: with those to single agencies, two copies come in for one that goes out."""
URGENCIES = Lot((("normal", 97.0), ("urgent", 2.0), ("very_urgent", 0.7), ("express", 0.3)))
KINDS = Lot((("cong-van", 72), ("quyet-dinh", 9), ("bao-cao", 8), ("thong-bao", 5), ("ke-hoach", 4), ("to-trinh", 2)))
RECEIVERS = Lot(((0, 35), (1, 43), (2, 14), (3, 8)))
CENTRE, CENTRE_SIGN = "000.00.00.G14", "VPCP"
TELEGRAM = "cong-dien"


@dataclass(slots=True)
class Day:
    """One day's documents: what its stories are made with."""

    random: Random
    scenario: Scenario
    source: str
    day: date
    offices: Sequence[Office]

    def letters(self) -> Iterator[Told]:
        """Stories of what was sent this day and of what came from the centre."""
        for n, sender in enumerate(self.offices):
            for k in range(poisson(self.random.random(), self._mean(SENT_PER_DAY, sender))):
                yield from self._sent(sender, n, self._number(SENT_PER_DAY, k, sender.code), self._moment())
        for k in range(poisson(self.random.random(), self._mean(CENTRAL_PER_DAY, None) * len(self.offices))):
            yield self._central(self._number(40, k, CENTRE), self._moment(), URGENCIES.draw(self.random), "cong-van")
        if not self.scenario.world.works(self.day):
            at = start_of(self.day) + timedelta(hours=self.random.uniform(8.0, 8.5))
            yield self._central(self._number(40, 0, CENTRE), at, "express", TELEGRAM)

    def _mean(self, ordinary: float, sender: Office | None) -> float:
        noon = start_of(self.day) + timedelta(hours=12)
        of = {"unit": sender.unit_code, "kind": sender.code} if sender else {"kind": CENTRE}
        return ordinary * self.scenario.scale * self.scenario.world.load(self.day) * self.scenario.effects.factor("document.rate", noon, **of)

    def _number(self, a_day: float, k: int, code: str) -> int:
        # As in the register of the whole year, of which a small scale shows some.
        pace = self.scenario.world.random("document", "number", code).uniform(0.3, 1.1)
        return int(self.day.timetuple().tm_yday * a_day * pace) + k + 1

    def _moment(self) -> datetime:
        hours = self.scenario.world.hours
        at = office_moment(self.random, hours, self.day)
        return evening(self.random, hours, at) if self.random.random() < 0.06 else at

    def _sent(self, sender: Office, place: int, number: int, at: datetime) -> Iterator[Told]:
        receivers = self._receivers(sender, place)
        electronic = self.random.random() < 0.98
        kind = KINDS.draw(self.random)
        out = self._paper(sender.code, sender.sign, sender.level, number, URGENCIES.draw(self.random), kind)
        out.head.update(electronic=electronic, signed=electronic and self.random.random() < 0.98)
        told = [out.event("sent", at, **out.head)]
        if not receivers and self.random.random() < 0.004:
            told.append(out.event("recalled", at + timedelta(minutes=self.random.uniform(3, 50)), reason_code="wrong-annex"))
        yield told
        for receiver in receivers:
            yield self._copy(out, receiver, at + timedelta(seconds=self.random.uniform(5, 240)))

    def _receivers(self, sender: Office, place: int) -> Sequence[Office]:
        local = [office for office in self.offices if office.is_local]
        luck = self.random.random()
        if not sender.is_local and local and luck < CIRCULAR_COPIES * len(self.offices) / len(local) / (len(self.offices) - len(local)):
            return local
        others = [*self.offices[:place], *self.offices[place + 1:]]
        return self.random.sample(others, min(len(others), RECEIVERS.draw(self.random)))

    def _central(self, number: int, at: datetime, urgency: str, kind: str) -> Told:
        paper = self._paper(CENTRE, CENTRE_SIGN, "central", number, urgency, kind)
        paper.head.update(electronic=True, signed=True)
        above = [office for office in self.offices if not office.is_local]
        return self._copy(paper, self.random.choice(above or self.offices), at)

    def _paper(self, code: str, sign: str, level: str, number: int, urgency: str, kind: str) -> Paper:
        head = {"from_org": code, "number": str(number), "symbol": sign, "issued_on": self.day, "kind": kind, "urgency": urgency, "level": level}
        unit = next((office.unit_code for office in self.offices if office.code == code), "")
        return Paper(subject=f"{code},{self.day:%Y/%m/%d},{number}/{sign}", source=self.source, day=self.day, org_code=code, unit_code=unit,
                     urgency=urgency, head=head)

    def _copy(self, paper: Paper, to: Office, at: datetime) -> Told:
        copy = Paper(subject=f"{paper.subject}>>{to.code}", source=self.source, day=self.day, org_code=to.code, unit_code=to.unit_code,
                     urgency=paper.urgency, head=paper.head | {"to_org": to.code})
        return list(life(Course(self.random, self.scenario, copy, to), at.astimezone(LOCAL)))


def _stories(random: Random, start: datetime, scenario: Scenario) -> Iterator[Story]:
    del random  # a day is drawn by its name
    offices, source = Offices(scenario.profile, scenario.world), scenario.source("document")

    def of_day(day: date) -> Iterator[Told]:
        return Day(scenario.world.random("document", day), scenario, source, day, offices.on(day)).letters()

    yield by_days(start, of_day)


SIMULATOR = Simulator(name="document", stream="document", realism=REALISM, simulate=telling(_stories),
                      effects=("document.rate", "document.late", "document.refused"))
