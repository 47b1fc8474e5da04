"""The calendar of a profile: what the package `holidays` knows of Viet Nam, corrected and confirmed by calendar.csv."""

from collections.abc import Mapping
from datetime import date
from functools import cache
from importlib.abc import Traversable
from importlib.metadata import version

from ioc.calendar.hours import Hours, load_hours
from ioc.calendar.table import Line, lines
from ioc.calendar.working import WorkingCalendar
from ioc.calendar.year import Day, Kind

FILE = "calendar.csv"
COLUMNS = ("date", "kind", "note", "legal_basis")
KINDS: dict[str, Kind] = {"holiday": "holiday", "swap_off": "swap_off", "swap_on": "swap_on", "working": "working"}
PACKAGE_YEARS = range(1901, 2101)
"""Years whose lunar dates the package knows."""


@cache
def package_days(year: int) -> Mapping[date, Day]:
    """Holidays of a year, days off in their stead and swapped Saturdays, as the package has them; nothing outside its years."""
    if year not in PACKAGE_YEARS:
        return {}
    from holidays import country_holidays

    known, basis = country_holidays("VN", years=year, language="vi"), f"holidays {version('holidays')}"
    found = {day: Day("holiday", known[day], basis) for day in known if day.year == year}
    return found | {day: Day("swap_on", "Làm bù", basis) for day in known.weekend_workdays if day.year == year}


def load_calendar(folder: Traversable) -> WorkingCalendar:
    """The working calendar of a profile folder.

    Raises:
        ConfigurationError: a mistake in calendar.csv or hours.csv, with its line and the remedy.

    """
    hours = load_hours(folder)
    plain = WorkingCalendar(days={}, hours=hours)
    found: dict[date, Day] = {}
    places: dict[date, int] = {}
    for line in lines(folder, FILE, COLUMNS):
        day = line.day("date")
        if day in found:
            raise line.wrong(f"{day} stands in line {places[day]} already: keep one of them")
        found[day], places[day] = _day(line, day, plain.hours_on(day)), line.number
    return WorkingCalendar(days=found, hours=hours, assumed=package_days)


def _day(line: Line, day: date, hours: Hours) -> Day:
    kind = KINDS.get(line.cells["kind"])
    if kind is None:
        raise line.wrong(f"kind '{line.cells['kind']}' must be one of {', '.join(KINDS)}")
    if not line.cells["legal_basis"]:
        raise line.wrong("no legal_basis: name the law or letter, or write 'default'")
    usual = day.isoweekday() in hours.weekdays
    if kind == "swap_on" and usual:
        raise line.wrong(f"{day} is worked anyway, so it cannot be swapped in: write 'working' to cancel a holiday")
    if kind in {"swap_off", "working"} and not usual:
        raise line.wrong(f"{day} is no working weekday: " + ("check the date" if kind == "swap_off" else "write 'swap_on' if it is to be worked"))
    return Day(kind, line.cells["note"], line.cells["legal_basis"])
