"""Whether simulated conferences are what the realism note promises."""

from collections import Counter
from datetime import timedelta
from itertools import pairwise

import pytest

from ioc.clock import LOCAL, local_day
from simulators.engine.contract import SimulatedEvent
from tests.profiles import FICTIONAL
from tests.unit.simulators.telling import SHIPPED, effect, folded, local, of_fact, profile, stories, told, too_quiet

START, WEEKS = "2026-03-02", 26


def half_year() -> list[SimulatedEvent]:
    """All in full: the live part begins before it."""
    return told("meeting", START, WEEKS * 7, live_days=0)


def points(events: list[SimulatedEvent]) -> list[list[SimulatedEvent]]:
    return [story for subject, story in stories(events).items() if "/" in subject]


def test_a_session_is_held_on_the_first_working_day_of_each_week() -> None:
    held = [local_day(e.time) for e in of_fact(half_year(), "started")]
    calendar = profile().calendar
    assert len(held) == WEEKS
    assert len({day.isocalendar()[:2] for day in held}) == WEEKS
    assert all(not calendar.is_working_day(day - timedelta(days=n)) for day in held for n in range(1, day.isoweekday()))


def test_every_agency_has_a_point() -> None:
    session = of_fact(half_year(), "started")[3]
    invited = {e.data["org_code"] for e in of_fact(half_year(), "point_invited") if e.data["meeting_id"] == session.subject}
    assert invited == {a.code for a in profile().agencies if a.valid_on(local_day(session.time))}


def test_two_points_in_a_hundred_never_come() -> None:
    # About 1,350 points: 2 % within three binomial standard errors.
    absent = [not of_fact(story, "point_joined") for story in points(half_year()) if story[-1].fact == "ended"]
    assert 0.009 < sum(absent) / len(absent) < 0.033


def test_three_times_as_many_lines_are_lost_while_it_rains_hard() -> None:
    # 1,350 points, 3 % and 9 % of them: the bounds are three binomial standard errors.
    wet = told("meeting", START, WEEKS * 7, effect("rain.mm_h", "2026-03-01", "2026-10-01", 20), live_days=0)
    dry_ratio, wet_ratio = (len(of_fact(events, "point_lost")) / len(points(events)) for events in (half_year(), wet))
    assert 0.015 < dry_ratio < 0.05
    assert 0.065 < wet_ratio < 0.115


def test_half_of_the_losses_are_over_in_ninety_seconds() -> None:
    waits = [(b.time - a.time).total_seconds() for story in points(half_year()) for a, b in pairwise(story)
             if (a.fact, b.fact) == ("point_lost", "point_joined")]
    assert len(waits) > 20
    assert 0.25 < sum(w > 90 for w in waits) / len(waits) < 0.75


def test_old_sessions_tell_a_fifteenth_of_their_points_and_the_last_week_all() -> None:
    by_session = Counter(e.data["meeting_id"] for e in of_fact(told("meeting", START, WEEKS * 7), "point_joined"))
    sizes = [n for _, n in sorted(by_session.items())]
    assert max(sizes[:-1]) <= 5
    assert sizes[-1] > 45


def test_nothing_is_irregular_across_the_reform() -> None:
    assert folded("meeting", told("meeting", "2025-06-09", 40, live_days=0)).wrongs == []
    assert folded("meeting", half_year()).wrongs == []


@pytest.mark.parametrize("of", [SHIPPED, FICTIONAL])
def test_no_pause_makes_the_source_late(of: str) -> None:
    assert too_quiet("meeting", told("meeting", START, WEEKS * 7, of=of), of) == []


def test_points_down_takes_so_many_lines_away_and_gives_them_back() -> None:
    cut = (effect("meeting.points_down", "2026-03-09T09:00:00", "2026-03-09T09:20:00", 12),)
    events = told("meeting", START, 14, *cut, live_days=0)
    plain = told("meeting", START, 14, live_days=0)
    about = timedelta(minutes=2)
    lost = {e.subject for e in of_fact(events, "point_lost") if abs(e.time - local("2026-03-09T09:00:00")) < about}
    assert 10 <= len(lost) <= 12
    back = [e for e in of_fact(events, "point_joined") if e.subject in lost and e.time.astimezone(LOCAL).hour == 9]
    assert len(back) >= 10
    assert folded("meeting", events).wrongs == []
    assert len(of_fact(events, "point_lost")) > len(of_fact(plain, "point_lost"))


def test_points_down_can_name_a_unit() -> None:
    cut = (effect("meeting.points_down", "2026-03-09T09:00:00", "2026-03-09T12:00:00", 1, units=["31732"]),)
    changed = {e.subject for e in set_of(told("meeting", START, 14, *cut, live_days=0)) ^ set_of(told("meeting", START, 14, live_days=0))}
    assert changed == {"HN-260309-01/CF-31732"}


class _Key:
    """An event that is the same when its id is."""

    def __init__(self, event: SimulatedEvent) -> None:
        self.subject, self._id = event.subject, event.id

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Key) and self._id == other._id

    def __hash__(self) -> int:
        return hash(self._id)


def set_of(events: list[SimulatedEvent]) -> set[_Key]:
    return {_Key(e) for e in events}
