"""Periods as sources write them, and the days they hold."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ioc.calendar.written import first_day, grain, last_day
from ioc.errors import InvalidEvent
from ioc.streams._period import check_period

DAYS = st.dates(date(1900, 1, 1), date(2199, 12, 31))


@pytest.mark.parametrize(("period", "length", "first", "last"), [
    ("2026", "year", date(2026, 1, 1), date(2026, 12, 31)),
    ("2026-Q3", "quarter", date(2026, 7, 1), date(2026, 9, 30)),
    ("2026-Q4", "quarter", date(2026, 10, 1), date(2026, 12, 31)),
    ("2024-02", "month", date(2024, 2, 1), date(2024, 2, 29)),
    ("2026-W47", "week", date(2026, 11, 16), date(2026, 11, 22)),
    ("2026-W01", "week", date(2025, 12, 29), date(2026, 1, 4)),
    ("2026-11-21", "day", date(2026, 11, 21), date(2026, 11, 21)),
])
def test_period_holds_its_days(period: str, length: str, first: date, last: date) -> None:
    assert (grain(period), first_day(period), last_day(period)) == (length, first, last)


@given(day=DAYS)
@settings(max_examples=100, deadline=None)
def test_day_lies_in_its_own_periods_and_the_next_one_begins_after_them(day: date) -> None:
    names = (f"{day.year}", f"{day.year}-Q{(day.month + 2) // 3}", f"{day.year}-{day.month:02}", day.strftime("%G-W%V"), day.isoformat())
    for name in names[: 3 if day.year in {1900, 2199} else 5]:
        assert first_day(name) <= day <= last_day(name)
        assert first_day(name).day == 1 or grain(name) in {"week", "day"}
        assert last_day(name) + timedelta(days=1) > day


@pytest.mark.parametrize("period", ["2025-W53", "2026-02-29", "2026-04-31"])
def test_period_that_the_calendar_does_not_have_is_refused(period: str) -> None:
    with pytest.raises(InvalidEvent, match=f"'{period}' does not exist"):
        check_period(period)
