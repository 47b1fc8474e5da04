"""The working calendar: days and hours that are worked, counted forwards and backwards."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from ioc.calendar.hours import Hours
from ioc.calendar.year import Day, WorkingYear, at_micros, laid_out, micros, moment
from ioc.clock import local_day


def nothing(year: int) -> Mapping[date, Day]:
    """No assumptions: a day that is not listed is what its weekday says."""
    del year
    return {}


@dataclass(frozen=True, kw_only=True, eq=False)
class WorkingCalendar:
    """Days that are not what their weekday says, and the hours from a day on; before the first hours the first hold.

    `days` are confirmed by a person; `assumed` answers with the exceptional days of a year that nobody needs to have confirmed, and
    `days` overrides them. Each year is laid out once, when it is first asked for. All moments are aware; answers are in UTC.
    """

    days: Mapping[date, Day]
    hours: tuple[Hours, ...]
    assumed: Callable[[int], Mapping[date, Day]] = nothing
    _years: dict[int, WorkingYear] = field(default_factory=dict, init=False, repr=False)

    def is_working_day(self, day: date) -> bool:
        return self._year(day.year).index(day) is not None

    def segments(self, day: date) -> tuple[tuple[datetime, datetime], ...]:
        """Working times of a local day; none on a day off."""
        if not self.is_working_day(day):
            return ()
        return tuple((moment(day, a), moment(day, b)) for a, b in self.hours_on(day).segments)

    def is_working(self, at: datetime) -> bool:
        """Whether a moment lies in working time, the closing moment not included."""
        value, year = micros(at), self._year(local_day(at).year)
        place = bisect_right(year.starts, value) - 1
        return place >= 0 and value < year.ends[place]

    def next_working_day(self, day: date, n: int = 1) -> date:
        """The n-th working day after a day; before it for a negative n; the day itself, or the first after a day off, for 0."""
        number = day.year
        year = self._year(number)
        place = bisect_right(year.days, day.toordinal()) + n - 1 if n > 0 else bisect_left(year.days, day.toordinal()) + n
        while place < 0:
            number -= 1
            year = self._year(number)
            place += len(year.days)
        while place >= len(year.days):
            place -= len(year.days)
            number += 1
            year = self._year(number)
        return date.fromordinal(year.days[place])

    def working_day_at_or_after(self, day: date) -> date:
        return self.next_working_day(day, 0)

    def working_days_between(self, a: date, b: date) -> int:
        """Working days after `a` up to `b`, `b` included; as many below zero when `b` is earlier than `a`."""
        if b < a:
            return -self.working_days_between(b, a)
        whole = sum(len(self._year(number).days) for number in range(a.year, b.year))
        return whole + self._year(b.year).days_until(b) - self._year(a.year).days_until(a)

    def closing(self, day: date) -> datetime:
        """Close of business of a day; of the next working day for a day off."""
        day = self.next_working_day(day, 0)
        year = self._year(day.year)
        return at_micros(year.closings[year.days_until(day) - 1])

    def next_opening(self, at: datetime) -> datetime:
        """First start of a working segment at or after a moment: after lunch the afternoon's, after hours the next working day's."""
        number = local_day(at).year
        year = self._year(number)
        place = bisect_left(year.starts, micros(at))
        while place == len(year.starts):
            number += 1
            year, place = self._year(number), 0
        return at_micros(year.starts[place])

    def reception(self, at: datetime) -> datetime:
        """The moment from which what is received at `at` counts: itself in working time, else the next opening."""
        return at if self.is_working(at) else self.next_opening(at)

    def working_seconds(self, a: datetime, b: datetime) -> float:
        """Seconds of working time from `a` to `b`; below zero when `b` is earlier."""
        first, last = local_day(a).year, local_day(b).year
        if last < first:
            return -self.working_seconds(b, a)
        whole = sum(self._year(number).total for number in range(first, last))
        return (whole + self._year(last).done(micros(b)) - self._year(first).done(micros(a))) / 1e6

    def add_working_seconds(self, at: datetime, seconds: float) -> datetime:
        """First moment at which so many working seconds have passed since `at` (before it, for a negative number).

        Landing on the end of a segment stays there: 17:00, not 07:00 of the next day. So 0 outside working time is the last closing.
        """
        number = local_day(at).year
        year = self._year(number)
        work = year.done(micros(at)) + round(seconds * 1e6)
        while work <= 0:
            number -= 1
            year = self._year(number)
            work += year.total
        while work > year.total:
            work -= year.total
            number += 1
            year = self._year(number)
        return at_micros(year.reached(work))

    def working_days_of(self, year: int) -> tuple[date, ...]:
        """All working days of a year."""
        return tuple(map(date.fromordinal, self._year(year).days))

    def hours_on(self, day: date) -> Hours:
        """Hours in force on a day."""
        return next((hours for hours in reversed(self.hours) if hours.valid_from <= day), self.hours[0])

    def exceptions(self, year: int) -> Mapping[date, Day]:
        """Days of a year that are not what their weekday says, confirmed or assumed."""
        return {**self.assumed(year), **{day: known for day, known in self.days.items() if day.year == year}}

    def unnamed(self, year: int) -> tuple[date, ...]:
        """Days of a year that change its work and are only assumed."""
        return tuple(sorted(day for day, known in self.assumed(year).items()
                            if day not in self.days and known.worked != self._usual(day)))

    def is_confirmed(self, year: int) -> bool:
        """Whether a person has confirmed a year: it has days of its own, and none that changes its work is only assumed."""
        return any(day.year == year for day in self.days) and not self.unnamed(year)

    def unconfirmed(self, first: date, last: date) -> tuple[int, ...]:
        """Years from one day to another that nobody has confirmed: a figure that rests on them says so."""
        return tuple(year for year in range(first.year, last.year + 1) if not self.is_confirmed(year))

    def _usual(self, day: date) -> bool:
        return day.isoweekday() in self.hours_on(day).weekdays

    def _year(self, number: int) -> WorkingYear:
        found = self._years.get(number)
        if found is None:
            found = self._years[number] = self._laid_out(number)
        return found

    def _laid_out(self, number: int) -> WorkingYear:
        known, first = self.exceptions(number), date(number, 1, 1).toordinal()
        days = (date.fromordinal(ordinal) for ordinal in range(first, date(number, 12, 31).toordinal() + 1))
        worked = (day for day in days if (known[day].worked if day in known else self._usual(day)))
        return laid_out([(day, self.hours_on(day).segments) for day in worked])
