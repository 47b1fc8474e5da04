"""Indicators: the monthly and quarterly figures of the socio-economic report, the portal's daily score, and the year's targets."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from ioc.calendar.written import last_day
from ioc.clock import local_day, start_of
from ioc.indicators.catalogue import load_catalogue
from simulators.engine.agenda import Story, telling
from simulators.engine.contract import Scenario, SimulatedEvent, Simulator
from simulators.engine.days import Told, by_days, office_moment, utc, whole, working_turn
from simulators.engine.due import DAILY, Due, Row
from simulators.engine.figures import Figure, Figures, fraction

REALISM = """\
True to life: which indicators there are, for whom, in which unit and by whom (the profile's indicators.csv); the targets of targets.csv; work
files online go on from 92.38 % at the end of 2023 (F034); monthly reports are due on the 5th working day (SE-05, design); the counts of
enterprises and visitors are those that the streams of these names tell.
Assumed: levels for a resident in 2023 and growth (GRDP 58.9 mn VND, exports 1,120 USD, budget revenue 4.0 mn, public investment 5.8 mn); the
year's course of each; 97 % told by the 5th working day, each owner on a day of its own; one in ten corrected within three weeks.
Made up: every value, the other targets, the score of QD 766 (daily, before office hours), what falls to each unit and department; that
one in a hundred published rates does not agree with its fraction, and is corrected. On the first working morning the figures of this
year and the three before are handed over at once, so that there is something to compare with. Ranks and yearly indices are not made up."""

YEARS_BEFORE = 3
REVISED_RATIO, MISPRINT_RATIO = 0.1, 0.01


class Bureau:
    """Reports indicators on the days on which they are due."""

    def __init__(self, scenario: Scenario, start: datetime) -> None:
        self._scenario, self._hours, self._start = scenario, scenario.world.hours, start
        self._catalogue = load_catalogue(str(scenario.profile.folder))
        self._figures = Figures(scenario)
        self._source = scenario.source("indicator")
        self._handed_over = self._hours.opened(start) + timedelta(minutes=5)
        self._due = Due(scenario, self._catalogue)

    def of_day(self, day: date) -> Iterator[Told]:
        """Stories that begin on a day."""
        if day == local_day(self._handed_over):
            yield from self._handover(day)
        if DAILY in self._catalogue.indicators and "day" in self._catalogue.indicators[DAILY].periods:
            row = Row(self._catalogue.indicators[DAILY], f"{day - timedelta(days=1)}")
            at = start_of(day) + timedelta(hours=6, minutes=self._scenario.world.random("indicator", row.subject).uniform(0, 25))
            yield [self._observed(row, at, self._figure(row, day))]
        for row, at in self._due.in_month(day.replace(day=1)):
            if local_day(at) == day:
                yield self._story(row, at)
        if day.month == 1 and working_turn(self._hours, day) == 1:
            yield from ([event] for event in self._targets(day.year, self._hours.opened(start_of(day)) + timedelta(hours=1)))

    def _handover(self, day: date) -> Iterator[Told]:
        told = self._targets(day.year, self._handed_over)
        for year in range(day.year - YEARS_BEFORE, day.year + 1):
            for month in range(1, 13):
                for row, at in self._due.in_month(date(year + month // 12, month % 12 + 1, 1)):
                    if not row.place and at < self._start:
                        told.append(self._observed(row, self._handed_over + timedelta(seconds=2 * len(told)), self._figure(row, day)))
        yield from ([event] for event in told)

    def _figure(self, row: Row, day: date) -> Figure:
        noon = start_of(day) + timedelta(hours=12)
        by = self._scenario.effects.factor("indicator.level", noon, unit=row.unit_code, kind=row.indicator.id)
        return _times(self._figures.of(row.indicator.id, row.place, row.share, row.period), by, row.indicator.decimals)

    def _story(self, row: Row, at: datetime) -> Told:
        random, day = self._scenario.world.random("indicator", "story", row.subject), local_day(at)
        figure, luck = self._figure(row, day), random.random()
        misprint = figure.numerator is not None and random.random() < MISPRINT_RATIO
        told = [self._observed(row, at, figure if luck >= REVISED_RATIO or misprint else self._first(random, row, figure), misprint=misprint)]
        if misprint or luck < REVISED_RATIO:
            later = office_moment(random, self._hours, self._scenario.profile.calendar.next_working_day(day, random.randint(2, 15)))
            told.append(self._observed(row, later, figure))
        return told

    def _first(self, random: Random, row: Row, figure: Figure) -> Figure:
        changed = _times(figure, 1 + random.choice((-1, 1)) * random.uniform(0.006, 0.03), row.indicator.decimals)
        return changed if changed != figure else figure

    def _observed(self, row: Row, at: datetime, figure: Figure, *, misprint: bool = False) -> SimulatedEvent:
        printed = round(figure.value, row.indicator.decimals)
        return self._event("observed", row, at, value=figure.value if figure.numerator is not None else printed, numerator=figure.numerator,
                           denominator=figure.denominator, published_value=printed + 0.37 if misprint else printed)

    def _targets(self, year: int, at: datetime) -> list[SimulatedEvent]:
        fixed = {t.indicator_id: float(t.target) for t in self._catalogue.targets if t.period.text == str(year) and not t.unit_code + t.org_code}
        told: list[SimulatedEvent] = []
        for indicator in self._catalogue.indicators.values():
            aim = fixed.get(indicator.id, self._figures.year(indicator.id, year))
            if aim is not None and "year" in indicator.periods:
                shown = float(f"{aim:.3g}")
                told.append(self._event("target_set", Row(indicator, str(year)), at + timedelta(seconds=2 * len(told)), target=shown))
        return told

    def _event(self, fact: str, row: Row, at: datetime, **data: Any) -> SimulatedEvent:
        at = whole(at)
        about = {"org_code": row.org_code, "unit_code": row.unit_code, "unit_valid_on": last_day(row.period), "indicator_id": row.indicator.id,
                 "period": row.period, "unit": row.indicator.unit, "source_text": row.indicator.owner}
        return SimulatedEvent(fact=fact, id=f"{row.subject}:{fact}:{int(at.timestamp())}", source=self._source, subject=row.subject, time=at,
                              data=utc(about | data))


def _times(figure: Figure, by: float, decimals: int) -> Figure:
    """A figure so many times as large."""
    if by == 1.0:
        return figure
    if figure.numerator is None or figure.denominator is None:
        return replace(figure, value=round(figure.value * by, decimals))
    return fraction(round(figure.numerator * by, 1), figure.denominator)


def _stories(random: Random, start: datetime, scenario: Scenario) -> Iterator[Story]:
    del random  # a figure is drawn by its name
    yield by_days(start, Bureau(scenario, start).of_day)


SIMULATOR = Simulator(name="indicator", stream="indicator", realism=REALISM, simulate=telling(_stories), effects=("indicator.level",))
