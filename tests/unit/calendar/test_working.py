from datetime import date, datetime, timedelta

import pytest
from hypothesis import given

from ioc.calendar.working import WorkingCalendar
from ioc.calendar.year import Day
from tests.unit.calendar.made import OFFICE, SOC_TRANG, SUMMER, at, bounded, days, made, moments, said, spans


def slowly(calendar: WorkingCalendar, first: date, last: date) -> float:
    """Working seconds of whole days, day by day."""
    found = [calendar.segments(first + timedelta(days=n)) for n in range((last - first).days)]
    return sum((b - a).total_seconds() for segments in found for a, b in segments)


@pytest.mark.parametrize(("moment", "working"), [
    ("2026-11-20 07:00", True), ("2026-11-20 10:59", True), ("2026-11-20 11:00", False), ("2026-11-20 12:00", False), ("2026-11-20 13:00", True),
    ("2026-11-20 17:00", False), ("2026-11-20 06:59", False), ("2026-11-21 09:00", False), ("2026-02-17 09:00", False), ("2026-08-22 09:00", True)])
def test_working_time_ends_before_the_closing_moment(moment: str, *, working: bool) -> None:
    assert SOC_TRANG.is_working(at(moment)) is working


def test_swapped_in_saturday_has_the_hours_of_its_date() -> None:
    calendar = made({date(2026, 8, 22): Day("swap_on")}, OFFICE, SUMMER)
    assert [(said(a), said(b)) for a, b in calendar.segments(date(2026, 8, 22))] == [("Sat 2026-08-22 06:30", "Sat 2026-08-22 13:30")]
    assert calendar.segments(date(2026, 8, 23)) == ()


def test_hours_change_at_their_date() -> None:
    calendar = made({}, OFFICE, SUMMER)
    assert said(calendar.closing(date(2026, 5, 29))) == "Fri 2026-05-29 17:00"
    assert said(calendar.closing(date(2026, 6, 1))) == "Mon 2026-06-01 13:30"
    assert calendar.working_seconds(at("2026-05-29 16:00"), at("2026-06-01 08:30")) == 3 * 3600


def test_day_before_the_first_hours_has_the_first() -> None:
    assert made({}, SUMMER).hours_on(date(1999, 1, 4)) == SUMMER


def test_explicit_weekend_is_not_worked() -> None:
    assert not made({date(2026, 11, 20): Day("weekend")}).is_working_day(date(2026, 11, 20))


@pytest.mark.parametrize(("n", "found"), [(-1, "2026-02-13"), (0, "2026-02-23"), (1, "2026-02-23"), (2, "2026-02-24")])
def test_next_working_day_steps_over_tet(n: int, found: str) -> None:
    assert SOC_TRANG.next_working_day(date(2026, 2, 18), n) == date.fromisoformat(found)


def test_next_working_day_crosses_years_both_ways() -> None:
    assert SOC_TRANG.next_working_day(date(2023, 12, 29), 501) == date(2026, 1, 1) - timedelta(days=1)
    assert SOC_TRANG.next_working_day(date(2025, 12, 31), -501) == date(2023, 12, 29)


def test_closing_of_a_day_off_is_that_of_the_next_working_day() -> None:
    assert said(SOC_TRANG.closing(date(2026, 11, 21))) == "Mon 2026-11-23 17:00"


@pytest.mark.parametrize(("received", "counted"), [
    ("2026-11-20 09:00", "Fri 2026-11-20 09:00"), ("2026-11-20 06:00", "Fri 2026-11-20 07:00"), ("2026-11-20 11:30", "Fri 2026-11-20 13:00"),
    ("2026-11-20 17:00", "Mon 2026-11-23 07:00"), ("2026-11-21 09:00", "Mon 2026-11-23 07:00"), ("2026-12-31 20:00", "Mon 2027-01-04 07:00")])
def test_reception_counts_from_the_next_opening(received: str, counted: str) -> None:
    assert said(SOC_TRANG.reception(at(received))) == counted


def test_next_opening_is_the_moment_itself_when_work_begins() -> None:
    assert said(SOC_TRANG.next_opening(at("2026-11-20 13:00"))) == "Fri 2026-11-20 13:00"
    assert said(SOC_TRANG.next_opening(at("2026-11-20 13:01"))) == "Mon 2026-11-23 07:00"


def test_landing_on_the_end_of_a_segment_stays_there() -> None:
    assert said(SOC_TRANG.add_working_seconds(at("2026-11-20 16:00"), 3600)) == "Fri 2026-11-20 17:00"
    assert said(SOC_TRANG.add_working_seconds(at("2026-11-23 08:00"), -3600)) == "Fri 2026-11-20 17:00"
    assert said(SOC_TRANG.add_working_seconds(at("2026-11-21 08:00"), 0)) == "Fri 2026-11-20 17:00"


def test_working_seconds_of_a_year_are_those_of_its_days() -> None:
    assert SOC_TRANG.working_seconds(at("2026-01-01 00:00"), at("2027-01-01 00:00")) == 250 * 8 * 3600


@bounded
@given(days, days)
def test_working_days_between_are_counted_with_a_sign(a: date, b: date) -> None:
    first, last = min(a, b), max(a, b)
    counted = sum(SOC_TRANG.is_working_day(first + timedelta(days=n)) for n in range(1, (last - first).days + 1))
    assert SOC_TRANG.working_days_between(first, last) == counted
    assert SOC_TRANG.working_days_between(last, first) == -counted


@bounded
@given(days, days)
def test_working_seconds_are_those_of_the_segments(a: date, b: date) -> None:
    first, last = min(a, b), max(a, b)
    start, end = at(f"{first} 00:00"), at(f"{last} 00:00")
    assert SOC_TRANG.working_seconds(start, end) == slowly(SOC_TRANG, first, last)
    assert SOC_TRANG.working_seconds(end, start) == -slowly(SOC_TRANG, first, last)


@bounded
@given(days, spans)
def test_nth_working_day_lies_n_working_days_away(day: date, span: timedelta) -> None:
    n = span.days + 1
    assert SOC_TRANG.working_days_between(day, SOC_TRANG.next_working_day(day, n)) == n
    before = SOC_TRANG.next_working_day(day, -n)
    assert SOC_TRANG.working_days_between(before, day - timedelta(days=1)) == n - 1
    assert SOC_TRANG.is_working_day(before)


@bounded
@given(moments, spans)
def test_adding_and_counting_working_seconds_are_inverse(start: datetime, span: timedelta) -> None:
    for seconds in (span.total_seconds(), -span.total_seconds()):
        assert SOC_TRANG.working_seconds(start, SOC_TRANG.add_working_seconds(start, seconds)) == pytest.approx(seconds, abs=1e-6)


@bounded
@given(moments, moments)
def test_counting_and_adding_come_back_in_working_time(a: datetime, b: datetime) -> None:
    start, end = SOC_TRANG.reception(a), SOC_TRANG.reception(b)
    found = SOC_TRANG.add_working_seconds(start, SOC_TRANG.working_seconds(start, end))
    assert found in {end, SOC_TRANG.add_working_seconds(end, 0)}
    assert SOC_TRANG.working_seconds(found, end) == 0


def test_year_without_a_holiday_of_its_own_is_unconfirmed() -> None:
    assert SOC_TRANG.unconfirmed(date(2022, 12, 31), date(2027, 1, 1)) == (2022, 2027)


def test_one_named_day_does_not_confirm_a_year() -> None:
    culture, tet = date(2027, 11, 24), date(2027, 2, 8)
    calendar = WorkingCalendar(days={culture: Day("holiday")}, hours=(OFFICE,), assumed=lambda year: {tet: Day("holiday")} if year == 2027 else {})
    assert not calendar.is_confirmed(2027)
    assert calendar.unnamed(2027) == (tet,)


def test_assumed_holiday_on_a_sunday_needs_no_confirmation() -> None:
    sunday = date(2027, 5, 2)
    calendar = WorkingCalendar(days={date(2027, 5, 3): Day("holiday")}, hours=(OFFICE,), assumed=lambda _: {sunday: Day("holiday")})
    assert calendar.is_confirmed(2027)


def test_named_day_overrides_an_assumed_one() -> None:
    day = date(2026, 11, 24)
    calendar = WorkingCalendar(days={day: Day("working")}, hours=(OFFICE,), assumed=lambda _: {day: Day("holiday")})
    assert calendar.is_working_day(day)
