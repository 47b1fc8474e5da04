from datetime import date, datetime, timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ioc.calendar.deadlines import Term, apology_due, bucket, days_overdue, deadline, is_early, resumed, suspended, time_left
from ioc.calendar.working import WorkingCalendar
from ioc.calendar.year import Day
from ioc.clock import local_day
from tests.unit.calendar.made import OFFICE, SOC_TRANG, at, bounded, days, made, moments, said, spans, terms

# domain notes 4.1.3: received, term, due
VECTORS = [
    ("2023-04-27 09:00", Term(5, "working_day"), "Tue 2023-05-09 17:00"),
    ("2023-08-31 15:00", Term(3, "working_day"), "Thu 2023-09-07 17:00"),
    ("2023-01-18 09:00", Term(10, "working_day"), "Wed 2023-02-08 17:00"),
    ("2024-04-26 09:00", Term(3, "working_day"), "Sat 2024-05-04 17:00"),
    ("2025-04-25 09:00", Term(2, "working_day"), "Mon 2025-04-28 17:00"),
    ("2026-08-21 09:00", Term(2, "working_day"), "Mon 2026-08-24 17:00"),
    ("2023-12-28 09:00", Term(15, "working_day"), "Fri 2024-01-19 17:00"),
    ("2023-01-19 15:30", Term(8, "working_hour"), "Fri 2023-01-27 15:30"),
    ("2023-03-04 09:00", Term(1, "working_day"), "Tue 2023-03-07 17:00"),
    ("2023-03-03 16:00", Term(8, "working_hour"), "Mon 2023-03-06 16:00"),
    ("2023-03-04 09:00", Term(8, "working_hour"), "Mon 2023-03-06 17:00"),
]


@pytest.mark.parametrize(("received", "term", "due"), VECTORS)
def test_deadline_falls_where_the_law_puts_it(received: str, term: Term, due: str) -> None:
    assert said(deadline(SOC_TRANG, at(received), term)) == due


@pytest.mark.parametrize(("due", "apology"), [
    ("2023-05-09 17:00", "Mon 2023-05-08 17:00"), ("2023-09-07 17:00", "Wed 2023-09-06 17:00"), ("2026-02-23 17:00", "Fri 2026-02-13 17:00"),
    ("2026-11-19 10:00", "Wed 2026-11-18 10:00"), ("2026-11-21 00:00", "Thu 2026-11-19 17:00"), ("2026-11-28 12:00", "Fri 2026-11-27 12:00")])
def test_apology_is_due_one_working_day_before(due: str, apology: str) -> None:
    assert said(apology_due(SOC_TRANG, at(due))) == apology


@pytest.mark.parametrize(("received", "n", "due"), [
    ("2026-11-16 09:00", 3, "Fri 2026-11-20 00:00"),  # Thursday 24:00
    ("2026-11-18 09:00", 3, "Tue 2026-11-24 00:00"),  # the third day is a Saturday: Monday 24:00
    ("2026-11-14 09:00", 1, "Wed 2026-11-18 00:00"),  # a Saturday counts as received on Monday
    ("2026-02-11 09:00", 5, "Tue 2026-02-24 00:00"),  # over Tết
])
def test_calendar_days_end_at_midnight_of_a_working_day(received: str, n: int, due: str) -> None:
    assert said(deadline(SOC_TRANG, at(received), Term(n, "calendar_day"))) == due


def test_clock_hours_run_at_night_and_on_holidays() -> None:
    assert said(deadline(SOC_TRANG, at("2026-02-16 23:50"), Term(0.25, "clock_hour"))) == "Tue 2026-02-17 00:05"


def test_term_of_no_days_ends_with_the_day_of_reception() -> None:
    assert said(deadline(SOC_TRANG, at("2026-11-20 09:00"), Term(0, "working_day"))) == "Fri 2026-11-20 17:00"
    assert said(deadline(SOC_TRANG, at("2026-11-20 18:00"), Term(0, "working_day"))) == "Mon 2026-11-23 17:00"


def test_term_of_no_hours_ends_with_the_reception() -> None:
    assert said(deadline(SOC_TRANG, at("2026-11-21 09:00"), Term(0, "working_hour"))) == "Mon 2026-11-23 07:00"
    assert said(deadline(SOC_TRANG, at("2026-11-21 09:00"), Term(0, "clock_hour"))) == "Sat 2026-11-21 09:00"


@pytest.mark.parametrize("text", ['{"n":1.5,"unit":"working_day"}', '{"n":-1,"unit":"calendar_day"}',
                                  '{"n":99999,"unit":"clock_hour"}', '{"n":3,"unit":"month"}'])
def test_term_that_means_nothing_is_refused(text: str) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(text, type=Term)


def test_suspension_freezes_the_remaining_working_time() -> None:
    left = suspended(SOC_TRANG, at("2026-11-18 10:00"), at("2026-11-20 17:00"), Term(5, "working_day"))
    assert left.left_s == (1 + 4 + 8 + 8) * 3600
    assert said(resumed(SOC_TRANG, at("2026-12-07 15:00"), left)) == "Thu 2026-12-10 10:00"


def test_suspension_over_tet_costs_only_its_working_time() -> None:
    left = suspended(SOC_TRANG, at("2026-02-13 16:00"), at("2026-02-23 09:00"), Term(8, "working_hour"))
    assert said(resumed(SOC_TRANG, at("2026-02-23 08:00"), left)) == "Mon 2026-02-23 11:00"


def test_suspension_of_calendar_days_keeps_whole_days() -> None:
    left = suspended(SOC_TRANG, at("2026-11-17 10:00"), at("2026-11-20 00:00"), Term(3, "calendar_day"))
    assert left.left_days == 2
    assert said(resumed(SOC_TRANG, at("2026-11-19 16:00"), left)) == "Tue 2026-11-24 00:00"


@pytest.mark.parametrize(("moment", "due", "unit"), [
    ("2026-11-21 09:00", "2026-11-20 17:00", "working_day"), ("2026-11-23 07:00", "2026-11-20 17:00", "working_hour"),
    ("2026-11-20 16:00", "2026-11-21 12:00", "working_day"), ("2026-11-20 20:00", "2026-11-22 20:00", "calendar_day"),
    ("2026-11-20 18:00", "2026-11-20 17:00", "calendar_day"), ("2026-11-23 08:00", "2026-11-23 07:00", "working_hour")])
def test_suspension_of_no_length_keeps_odd_deadlines(moment: str, due: str, unit: str) -> None:
    left = suspended(SOC_TRANG, at(moment), at(due), msgspec.convert({"n": 5, "unit": unit}, Term))
    assert resumed(SOC_TRANG, at(moment), left) == at(due)


@pytest.mark.parametrize("unit", ["working_day", "working_hour", "calendar_day", "clock_hour"])
def test_resumption_that_is_dated_before_its_suspension_keeps_the_deadline(unit: str) -> None:
    left = suspended(SOC_TRANG, at("2026-11-19 10:00"), at("2026-11-24 17:00"), msgspec.convert({"n": 5, "unit": unit}, Term))
    assert resumed(SOC_TRANG, at("2026-11-17 10:00"), left) == at("2026-11-24 17:00")


def test_weekend_does_not_make_good_calendar_days_that_had_run_out() -> None:
    left = suspended(SOC_TRANG, at("2026-11-20 09:00"), at("2026-11-20 00:00"), Term(3, "calendar_day"))
    assert said(resumed(SOC_TRANG, at("2026-11-22 09:00"), left)) == "Sun 2026-11-22 00:00"


@pytest.mark.parametrize(("due", "now", "days", "name"), [
    ("2026-11-20 17:00", "2026-11-20 17:00", 0, None), ("2026-11-20 17:00", "2026-11-20 17:01", 1, "1"), ("2026-11-20 17:00", "2026-11-22 09:00", 1, "1"),
    ("2026-11-20 17:00", "2026-11-23 09:00", 1, "1"), ("2026-11-20 17:00", "2026-11-25 09:00", 3, "2-3"), ("2026-11-21 00:00", "2026-11-23 09:00", 1, "1"),
    ("2026-11-18 17:00", "2026-11-20 00:00", 1, "1"), ("2026-11-18 17:00", "2026-11-20 00:01", 2, "2-3"),
    ("2026-11-20 17:00", "2026-11-26 09:00", 4, "4-7"), ("2026-02-13 17:00", "2026-03-04 09:00", 8, "8-15"),
    ("2026-02-13 17:00", "2026-03-13 09:00", 15, "8-15"), ("2026-02-13 17:00", "2026-03-16 09:00", 16, "16+")])
def test_days_overdue_are_working_days_in_buckets(due: str, now: str, days: int, name: str | None) -> None:
    found = days_overdue(SOC_TRANG, at(due), at(now))
    assert (found, bucket(found)) == (days, name)


@pytest.mark.parametrize(("finished", "due", "early"), [
    ("2026-11-19 16:59", "2026-11-20 17:00", True), ("2026-11-20 07:00", "2026-11-20 17:00", False), ("2026-11-20 20:00", "2026-11-23 17:00", True),
    ("2026-11-21 09:00", "2026-11-23 17:00", True), ("2026-11-20 09:00", "2026-11-21 12:00", False), ("2026-11-20 09:00", "2026-11-21 00:00", False),
    ("2026-11-23 09:00", "2026-11-20 17:00", False)])
def test_early_is_an_earlier_working_day(finished: str, due: str, *, early: bool) -> None:
    assert is_early(SOC_TRANG, at(finished), at(due)) is early


def test_time_left_is_in_working_time() -> None:
    left = time_left(SOC_TRANG, at("2026-11-20 16:00"), at("2026-11-23 09:00"))
    assert (left.working_days, left.working_s) == (1, 3 * 3600)
    assert time_left(SOC_TRANG, at("2026-11-23 09:00"), at("2026-11-20 16:00")).working_s == -3 * 3600


def test_day_that_has_not_begun_at_24_00_is_left() -> None:
    assert time_left(SOC_TRANG, at("2026-11-20 00:00"), at("2026-11-20 17:00")).working_days == 1


@bounded
@given(moments, terms("working_day", "working_hour"))
def test_deadline_in_working_time_never_falls_outside_it(received: datetime, term: Term) -> None:
    due = deadline(SOC_TRANG, received, term)
    assert any(a < due <= b for a, b in SOC_TRANG.segments(local_day(due)))


@bounded
@given(moments, st.integers(0, 60))
def test_deadline_in_calendar_days_closes_a_working_day(received: datetime, n: int) -> None:
    due = deadline(SOC_TRANG, received, Term(n, "calendar_day"))
    assert said(due).endswith("00:00")
    assert SOC_TRANG.is_working_day(local_day(due) - timedelta(days=1))


@bounded
@given(moments, spans, terms())
def test_deadline_is_never_earlier_for_a_later_reception(received: datetime, later: timedelta, term: Term) -> None:
    assert received < deadline(SOC_TRANG, received, term) <= deadline(SOC_TRANG, received + later, term)


@bounded
@given(moments, terms())
def test_longer_term_ends_no_earlier(received: datetime, term: Term) -> None:
    longer = Term(term.n + 1, term.unit)
    assert deadline(SOC_TRANG, received, term) <= deadline(SOC_TRANG, received, longer)


@bounded
@given(moments, moments, terms())
def test_suspension_of_no_length_changes_nothing(moment: datetime, due: datetime, term: Term) -> None:
    assert resumed(SOC_TRANG, moment, suspended(SOC_TRANG, moment, due, term)) == due


@bounded
@given(moments, spans, spans, spans, terms())
def test_longer_suspension_never_makes_the_deadline_earlier(
        moment: datetime, due_in: timedelta, short: timedelta, more: timedelta, term: Term) -> None:
    left = suspended(SOC_TRANG, moment, moment + due_in, term)
    sooner, later = (resumed(SOC_TRANG, moment + length, left) for length in (short, short + more))
    assert moment + due_in <= sooner <= later


@bounded
@given(moments, st.timedeltas(timedelta(seconds=1), timedelta(days=90)), spans, terms())
def test_suspension_does_not_make_good_what_is_overdue(due: datetime, overdue: timedelta, length: timedelta, term: Term) -> None:
    left = suspended(SOC_TRANG, due + overdue, due, term)
    assert resumed(SOC_TRANG, due + overdue + length, left) <= due + overdue + length


@bounded
@given(moments, spans, terms("working_day", "working_hour"))
def test_suspension_keeps_the_working_time_that_was_left(received: datetime, length: timedelta, term: Term) -> None:
    due = deadline(SOC_TRANG, received, term)
    left = suspended(SOC_TRANG, received, due, term)
    assert SOC_TRANG.working_seconds(received + length, resumed(SOC_TRANG, received + length, left)) == left.left_s


@bounded
@given(moments, terms("working_day", "working_hour", "calendar_day"))
def test_apology_comes_on_the_working_day_before(received: datetime, term: Term) -> None:
    due = deadline(SOC_TRANG, received, term)
    apology = apology_due(SOC_TRANG, due)
    assert SOC_TRANG.working_days_between(local_day(apology), local_day(due - timedelta(microseconds=1))) == 1


@bounded
@given(days, days.filter(lambda day: day.isoweekday() < 6), terms("working_day", "working_hour"))
def test_day_off_moves_only_the_deadlines_that_cross_it(received: date, off: date, term: Term) -> None:
    plain, changed = made(), made({off: Day("holiday")})
    before, after = (deadline(calendar, at(f"{received} 09:00"), term) for calendar in (plain, changed))
    assert after > before if received <= off <= local_day(before) else after == before


@bounded
@given(moments, terms("working_day", "working_hour"))
def test_swap_leaves_deadlines_alone_that_end_before_it(received: datetime, term: Term) -> None:
    swapped = made({date(2026, 8, 31): Day("swap_off"), date(2026, 8, 22): Day("swap_on")})
    due = deadline(made(), received, term)
    assert deadline(swapped, received, term) == due or local_day(due) >= date(2026, 8, 22)


def test_deadline_is_worked_out_from_data_alone() -> None:
    enacted = WorkingCalendar(days={**SOC_TRANG.days, date(2026, 11, 24): Day("holiday")}, hours=(OFFICE,), assumed=SOC_TRANG.assumed)
    assert len(enacted.working_days_of(2026)) == 249
    assert said(deadline(enacted, at("2026-11-23 09:00"), Term(1, "working_day"))) == "Wed 2026-11-25 17:00"
