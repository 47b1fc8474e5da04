"""Working time for simulated people: the profile's calendar, asked in local moments."""

from datetime import date, datetime

from ioc.calendar.deadlines import Term, deadline
from ioc.clock import LOCAL, local_day
from ioc.profiles import Profile


class WorkingTime:
    """The working calendar of a profile; all moments are aware, answers are local."""

    def __init__(self, profile: Profile) -> None:
        self._calendar = profile.calendar

    def works(self, day: date) -> bool:
        return self._calendar.is_working_day(day)

    def segments(self, day: date) -> list[tuple[datetime, datetime]]:
        """Opening hours of a local day; empty on a day off."""
        return [(a.astimezone(LOCAL), b.astimezone(LOCAL)) for a, b in self._calendar.segments(day)]

    def opened(self, at: datetime) -> datetime:
        """The moment itself in opening hours, else the next opening."""
        return self._calendar.reception(at).astimezone(LOCAL)

    def after(self, at: datetime, hours: float) -> datetime:
        """Moment when so many working hours have passed."""
        opened = self._calendar.reception(at)
        return (self._calendar.add_working_seconds(opened, hours * 3600) if hours else opened).astimezone(LOCAL)

    def due(self, received: datetime, days: int) -> datetime:
        """Close of business of the n-th working day after reception, which is not counted (domain notes 4.1.3)."""
        return deadline(self._calendar, received, Term(days, "working_day")).astimezone(LOCAL)

    def shifted(self, due: datetime, days: int) -> datetime:
        """The same hour so many working days later (or earlier)."""
        local = due.astimezone(LOCAL)
        return datetime.combine(self._calendar.next_working_day(local.date(), days) if days else local.date(), local.timetz())

    def days_between(self, start: datetime, end: datetime) -> int:
        """Working days that begin after the start's day, up to the end's day."""
        return max(0, self._calendar.working_days_between(local_day(start), local_day(end)))
