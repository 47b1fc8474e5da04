"""Working time on the simple calendar of a profile: opening hours on working weekdays, no holidays."""

from datetime import date, datetime, timedelta

from ioc.clock import LOCAL
from ioc.profiles import Profile


class WorkingTime:
    """Walks the opening hours of a profile; all moments are aware."""

    def __init__(self, profile: Profile) -> None:
        self._opening = profile.file.opening
        self._weekdays = frozenset(profile.file.working_weekdays)

    def works(self, day: date) -> bool:
        return day.isoweekday() in self._weekdays

    def segments(self, day: date) -> list[tuple[datetime, datetime]]:
        """Opening hours of a local day; empty on a day off."""
        if not self.works(day):
            return []
        return [(datetime.combine(day, a, LOCAL), datetime.combine(day, b, LOCAL)) for a, b in self._opening]

    def opened(self, at: datetime) -> datetime:
        """The moment itself in opening hours, else the next opening."""
        return self.after(at, 0)

    def after(self, at: datetime, hours: float) -> datetime:
        """Moment when so many working hours have passed."""
        left = timedelta(hours=hours)
        at = at.astimezone(LOCAL)
        day = at.date()
        while True:
            for start, end in self.segments(day):
                begin = max(start, at)
                if begin < end and begin + left <= end and (left or begin < end):
                    return begin + left
                left -= max(end - begin, timedelta())
            day += timedelta(days=1)

    def due(self, received: datetime, days: int) -> datetime:
        """Close of business of the n-th working day after reception, which is not counted (domain notes 4.1.3)."""
        return self.closing(self._step(self.opened(received).date(), days))

    def shifted(self, due: datetime, days: int) -> datetime:
        """The same hour so many working days later (or earlier)."""
        local = due.astimezone(LOCAL)
        return datetime.combine(self._step(local.date(), days), local.timetz())

    def days_between(self, start: datetime, end: datetime) -> int:
        """Working days that begin after the start's day, up to the end's day."""
        day, last = start.astimezone(LOCAL).date(), end.astimezone(LOCAL).date()
        return sum(self.works(day + timedelta(days=n)) for n in range(1, (last - day).days + 1))

    def closing(self, day: date) -> datetime:
        return datetime.combine(day, self._opening[-1][1], LOCAL)

    def _step(self, day: date, days: int) -> date:
        one = timedelta(days=1 if days > 0 else -1)
        while days:
            day += one
            days -= one.days if self.works(day) else 0
        return day
