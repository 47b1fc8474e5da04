"""A year of the calendar as text, for the person who edits it: `ioc calendar YEAR`."""

from collections.abc import Iterable, Iterator
from datetime import date

from ioc.calendar.hours import Hours
from ioc.calendar.working import WorkingCalendar
from ioc.clock import YEARS
from ioc.errors import InputError

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def text(calendar: WorkingCalendar, year: int) -> str:
    """Hours, days off, swaps and cancelled holidays of a year, the number of its working days, and whether a person has confirmed it.

    Raises:
        InputError: a year the program has no calendar for.

    """
    if year not in YEARS:
        raise InputError(f"there is no calendar for {year}: give a year from {YEARS.start} to {YEARS.stop - 1}")
    return "\n".join(_text(calendar, year)) + "\n"


def _text(calendar: WorkingCalendar, year: int) -> Iterator[str]:
    yield f"{year}: {len(calendar.working_days_of(year))} working days, {'confirmed' if calendar.is_confirmed(year) else 'UNCONFIRMED'}"
    yield from _doubts(calendar, year)
    for hours in _hours(calendar, year):
        yield f"hours from {hours.valid_from}: {_written(hours)}  ({hours.legal_basis or 'no basis given'})"
    known = calendar.exceptions(year)
    off = [day for day, exception in known.items() if not exception.worked and day.isoweekday() in calendar.hours_on(day).weekdays]
    for title, kinds in (("days off", {"holiday", "swap_off", "weekend"}), ("worked instead", {"swap_on"}), ("not a holiday here", {"working"})):
        days = sorted(day for day in known if known[day].kind in kinds and (known[day].worked or day in off))
        yield f"\n{title}: {len(days)}"
        for day in days:
            mark = " " if day in calendar.days else "?"
            yield f"{mark} {WEEKDAYS[day.weekday()]} {day}  {known[day].kind:<8}  {known[day].note}  ({known[day].legal_basis})"


def _doubts(calendar: WorkingCalendar, year: int) -> Iterator[str]:
    unnamed = calendar.unnamed(year)
    if unnamed:
        yield f"  assumed, not in calendar.csv (marked ?): {_listed(unnamed)}"
    elif not calendar.is_confirmed(year):
        yield "  calendar.csv has no day of this year"
    kinds = [exception.kind for exception in calendar.exceptions(year).values()]
    off, on = kinds.count("swap_off"), kinds.count("swap_on")
    if off != on and calendar.is_confirmed(year):
        yield f"  {off} days swapped off, {on} swapped on: right only if the other day lies in another year"


def _hours(calendar: WorkingCalendar, year: int) -> list[Hours]:
    """Hours in force on the first day of the year, and those that begin in it."""
    return [calendar.hours_on(date(year, 1, 1)), *(h for h in calendar.hours if date(year, 1, 1) < h.valid_from <= date(year, 12, 31))]


def _written(hours: Hours) -> str:
    weekdays = " ".join(WEEKDAYS[number - 1] for number in sorted(hours.weekdays))
    return f"{weekdays}, " + ", ".join(f"{a:%H:%M}–{b:%H:%M}" for a, b in hours.segments)


def _listed(days: Iterable[date]) -> str:
    return ", ".join(map(str, days))
