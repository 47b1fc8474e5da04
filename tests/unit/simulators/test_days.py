"""What is planned by days and when it is told."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import islice

import pytest

from ioc.clock import start_of
from simulators.engine.contract import SimulatedEvent
from simulators.engine.days import Told, by_days

START = start_of(date(2026, 11, 16)) + timedelta(hours=8)


def event(subject: str, name: str, time: datetime) -> SimulatedEvent:
    return SimulatedEvent(fact="f", id=f"{subject}{name}", source="s", subject=subject, time=time)


def of_day(day: date) -> Iterator[Told]:
    """One subject a day, at 7 h, which is heard of again at 20 h of the next day."""
    yield [event(f"{day:%d}", name, start_of(day) + timedelta(hours=hours)) for name, hours in (("a", 7), ("b", 44))]


@pytest.mark.parametrize(("back", "whole", "told"), [
    (0, True, ["17a", "18a", "17b"]), (1, True, ["17a", "18a", "17b"]), (0, False, ["17a", "16b", "18a"]), (1, False, ["15b", "17a", "16b"]),
])
def test_what_began_before_the_start_is_left_out_or_told_from_there_on(back: int, whole: bool, told: list[str]) -> None:  # noqa: FBT001
    assert [e.id for e in islice(by_days(START, of_day, back=back, whole=whole), 3)] == told


def test_what_a_day_before_the_start_brings_after_it_is_told() -> None:
    def late(day: date) -> Iterator[Told]:
        yield [event(f"{day:%d}", "c", start_of(day) + timedelta(days=3))]

    assert [e.id for e in islice(by_days(START, late, back=3), 3)] == ["14c", "15c", "16c"]
