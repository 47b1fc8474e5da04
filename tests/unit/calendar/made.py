"""Calendars the tests share: the shipped one, small made ones, and what hypothesis draws."""

from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st

from ioc.calendar.deadlines import Term, Unit
from ioc.calendar.holidays import load_calendar
from ioc.calendar.hours import Hours
from ioc.calendar.working import WorkingCalendar
from ioc.calendar.year import Day
from ioc.clock import LOCAL

ROOT = Path(__file__).parents[3]
SOC_TRANG = load_calendar(ROOT / "ioc" / "profiles" / "soc_trang")
OFFICE = Hours(valid_from=date(2000, 1, 1), weekdays=frozenset({1, 2, 3, 4, 5}), segments=((time(7), time(11)), (time(13), time(17))))
SUMMER = Hours(valid_from=date(2026, 6, 1), weekdays=frozenset({1, 2, 3, 4, 5}), segments=((time(6, 30), time(13, 30)),))

bounded = settings(max_examples=100, deadline=None)
_any_moment = st.datetimes(datetime(2022, 12, 1), datetime(2026, 12, 31), timezones=st.just(LOCAL))  # noqa: DTZ001 (hypothesis adds the zone)
moments = _any_moment | _any_moment.map(lambda moment: moment.replace(minute=0, second=0, microsecond=0))
days = st.dates(date(2022, 12, 1), date(2026, 12, 31))
spans = st.timedeltas(timedelta(), timedelta(days=120))


def terms(*units: Unit) -> st.SearchStrategy[Term]:
    return st.builds(Term, st.integers(1, 60), st.sampled_from(units or ("working_day", "working_hour", "calendar_day", "clock_hour")))


def at(text: str) -> datetime:
    """A local moment, like 2026-11-20 09:00, in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=LOCAL).astimezone(UTC)


def said(moment: datetime) -> str:
    """A moment as a person in the province says it."""
    return moment.astimezone(LOCAL).strftime("%a %Y-%m-%d %H:%M")


def made(days: dict[date, Day] | None = None, *hours: Hours) -> WorkingCalendar:
    return WorkingCalendar(days=days or {}, hours=hours or (OFFICE,))
