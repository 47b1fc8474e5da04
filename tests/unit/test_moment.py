"""The moment that a request asks for."""

from datetime import UTC, date, datetime, timedelta

import pytest

from ioc.calendar.deadlines import days_overdue
from ioc.errors import InputError
from ioc.moment import asked_moment, now_moment, read_moment
from tests.rules import RULES

NOW = datetime(2026, 11, 21, 7, 5, tzinfo=UTC)


def test_date_alone_is_its_end_in_local_time() -> None:
    moment = asked_moment(NOW, at="2026-11-20", known=None)
    assert moment.at == datetime(2026, 11, 20, 17, tzinfo=UTC)
    assert moment.day == date(2026, 11, 20)


@pytest.mark.parametrize("text", ["2026-11-21T14:05:00", "2026-11-21T14:05", "2026-11-21T14:05:00+07:00", "2026-11-21T07:05:00Z"])
def test_moment_without_zone_is_local(text: str) -> None:
    assert read_moment("at", text) == NOW


def test_plus_of_a_zone_may_arrive_as_a_space() -> None:
    assert read_moment("at", "2026-11-21T14:05:00 07:00") == NOW


@pytest.mark.parametrize("text", ["gestern", "2026-02-30", "2026-13-01T00:00:00", "21/11/2026", "2026-11-21T25:00:00", "9" * 40, "2026-11-21Z", "2026-11-21 14:05", "2026-11-21T", ""])
def test_text_that_is_no_moment_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(InputError, match=r"is no moment: write 2026-11-21, "):
        read_moment("at", text)


@pytest.mark.parametrize("text", ["0001-01-01", "9999-12-31", "0001-01-01T00:00:00", "9999-12-31T23:59:59-07:00", "1899-12-31"])
def test_moment_beyond_any_calendar_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="lies outside the years 1990 to 2100"):
        read_moment("at", text)


def test_known_without_at_is_refused_and_its_example_works() -> None:
    with pytest.raises(InputError, match="'known' goes with 'at'") as found:
        asked_moment(NOW, at=None, known="2026-11-20")
    example = str(found.value).rpartition("known=")[2]
    assert read_moment("known", example) == datetime(2026, 11, 20, 1, tzinfo=UTC)


def test_nothing_asked_is_now() -> None:
    assert asked_moment(NOW, at=None, known=None) == now_moment(NOW)
    assert asked_moment(NOW, at="", known="", jurisdiction="chicago") == now_moment(NOW, "chicago")


def test_at_alone_knows_all_that_is_known_now() -> None:
    moment = asked_moment(NOW, at="2026-11-20", known=None)
    assert (moment.known, moment.live, moment.time_machine) == (NOW, False, False)


def test_at_with_known_is_the_time_machine() -> None:
    moment = asked_moment(NOW, at="2026-11-20", known="2026-11-19")
    assert (moment.known, moment.time_machine) == (datetime(2026, 11, 19, 17, tzinfo=UTC), True)


def test_windows_are_half_open_around_local_midnight() -> None:
    midnight = datetime(2026, 11, 20, 17, tzinfo=UTC)
    assert now_moment(midnight).parameters(RULES.calendar)["day_from"] == midnight - timedelta(days=1)
    assert now_moment(midnight + timedelta(microseconds=1)).parameters(RULES.calendar)["day_from"] == midnight


def test_year_begins_on_the_first_of_january_local() -> None:
    found = now_moment(NOW).parameters(RULES.calendar)
    assert found["year_day"] == date(2026, 1, 1)
    assert found["year_from"] == datetime(2025, 12, 31, 17, tzinfo=UTC)


def test_day_that_a_moment_closes_is_counted_overdue_as_the_queries_count_it() -> None:
    due_at, moment = datetime(2026, 11, 18, 10, tzinfo=UTC), asked_moment(NOW, at="2026-11-19", known=None)
    assert due_at > moment.parameters(RULES.calendar)["overdue_1_after"]
    assert days_overdue(RULES.calendar, due_at, moment.at) == 1
