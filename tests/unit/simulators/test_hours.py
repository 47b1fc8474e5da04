from datetime import datetime

import pytest

from ioc.clock import LOCAL
from ioc.profiles import load_profile
from simulators.engine.hours import WorkingTime

HOURS = WorkingTime(load_profile("soc_trang"))


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=LOCAL)


@pytest.mark.parametrize(("received", "days", "due"), [
    ("2023-03-04T09:00", 1, "2023-03-07T17:00"),  # a Saturday counts as Monday's opening
    ("2023-03-03T16:00", 1, "2023-03-06T17:00"),
    ("2023-03-03T18:00", 1, "2023-03-07T17:00"),  # after hours counts from the next opening
    ("2023-08-24T15:00", 3, "2023-08-29T17:00"),
])
def test_deadline_in_working_days_ends_at_close_of_business(received: str, days: int, due: str) -> None:
    assert HOURS.due(local(received), days) == local(due)


@pytest.mark.parametrize(("at", "hours", "end"), [
    ("2023-03-03T16:00", 8, "2023-03-06T16:00"),
    ("2023-03-04T09:00", 8, "2023-03-06T17:00"),
    ("2023-03-06T10:30", 1, "2023-03-06T13:30"),
    ("2023-03-06T12:00", 0, "2023-03-06T13:00"),
])
def test_working_hours_pass_only_in_opening_hours(at: str, hours: float, end: str) -> None:
    assert HOURS.after(local(at), hours) == local(end)


def test_a_moment_in_opening_hours_is_open() -> None:
    assert HOURS.opened(local("2023-03-06T08:15")) == local("2023-03-06T08:15")


def test_shift_keeps_the_hour_and_skips_the_weekend() -> None:
    assert HOURS.shifted(local("2023-03-03T17:00"), 1) == local("2023-03-06T17:00")
    assert HOURS.shifted(local("2023-03-06T17:00"), -1) == local("2023-03-03T17:00")


def test_working_days_between_do_not_count_the_first() -> None:
    assert HOURS.days_between(local("2023-03-03T08:00"), local("2023-03-07T08:00")) == 2
