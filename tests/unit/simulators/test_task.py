"""Whether simulated tasks are what the realism note promises."""

from collections import Counter

import pytest

from ioc.clock import local_day
from simulators.engine.contract import SimulatedEvent
from simulators.engine.offices import Offices
from tests.profiles import FICTIONAL
from tests.unit.simulators.telling import SHIPPED, effect, folded, of_fact, profile, scene, stories, told, too_quiet

START, DAYS = "2026-03-02", 170
ENDED = {"completed", "cancelled"}


def half_year() -> list[SimulatedEvent]:
    return told("task", START, DAYS)


def dated(events: list[SimulatedEvent]) -> list[tuple[str, bool]]:
    """Owner and lateness of each task with a deadline that was neither moved nor given back, and that is done."""
    found = []
    for story in stories(events).values():
        facts = {e.fact: e for e in story}
        if "due_at" in story[0].data and "completed" in facts and not {"extended", "reopened", "returned"} & set(facts):
            found.append((story[0].data["owner_org"], facts["completed"].time > story[0].data["due_at"]))
    return found


def test_an_agency_is_given_about_one_task_in_seven_working_days() -> None:
    # About 950 tasks: 10 % is three standard errors.
    given = len(stories(half_year()))
    days = len({local_day(e.time) for e in of_fact(half_year(), "assigned")})
    agencies = len([a for a in profile().agencies if a.valid_on(local_day(half_year()[0].time))])
    assert given / agencies / days == pytest.approx(0.15, rel=0.12)


def test_tasks_are_assigned_on_working_days_only() -> None:
    assert all(profile().calendar.is_working_day(local_day(e.time)) for e in of_fact(half_year(), "assigned"))


def test_about_six_in_a_hundred_are_finished_late_and_more_at_the_worse_agencies() -> None:
    day = local_day(half_year()[0].time)
    worse = {office.code for office in Offices(profile(), scene().world).on(day) if office.is_worse}
    events = dated(half_year()) + dated(told("task", "2026-09-01", DAYS))
    bad, rest = [late for owner, late in events if owner in worse], [late for owner, late in events if owner not in worse]
    assert 0.035 < sum(rest) / len(rest) < 0.1
    assert len(worse) == 3
    assert sum(bad) / len(bad) > sum(rest) / len(rest)


def test_some_are_acknowledged_later_than_the_next_working_day() -> None:
    taken = [story[:2] for story in stories(half_year()).values() if len(story) > 1 and story[1].fact == "acknowledged"]
    waits = [profile().calendar.working_days_between(local_day(given.time), local_day(at.time)) > 1 for given, at in taken]
    assert 0.02 < sum(waits) / len(waits) < 0.13


def test_extensions_returns_and_reopenings_are_as_rare_as_promised() -> None:
    # Bounds of three binomial standard errors for 1,000 tasks.
    n, counted = len(stories(half_year())), Counter(e.fact for e in half_year())
    assert 0.04 < counted["extended"] / n < 0.10
    assert 0.01 < counted["returned"] / n < 0.045
    assert 0.002 < counted["cancelled"] / n < 0.026
    assert 0.002 < counted["reopened"] / n < 0.03


def test_most_are_done_in_the_end_and_an_extension_moves_the_deadline_forward() -> None:
    old = [story for story in stories(half_year()).values() if local_day(story[0].time).month <= 4]
    assert sum(story[-1].fact in ENDED for story in old) / len(old) > 0.97
    assert all(e.data["new_due_at"] > e.data["due_at"] for e in of_fact(half_year(), "extended"))


def test_progress_never_falls_until_the_task_is_done() -> None:
    for story in stories(half_year()).values():
        parts = [e.data["progress_pct"] for e in story if e.fact == "reported"]
        assert parts == sorted(parts)


def test_nothing_is_irregular_across_the_reform() -> None:
    assert folded("task", told("task", "2025-06-02", 60)).wrongs == []
    assert folded("task", half_year()).wrongs == []


@pytest.mark.parametrize("of", [SHIPPED, FICTIONAL])
def test_no_pause_makes_the_source_late_by_day_by_night_or_at_the_weekend(of: str) -> None:
    # The first four weeks are left out: nothing is carried in, so that there is little to report on.
    events = [e for e in told("task", "2026-05-04", 100, of=of) if local_day(e.time).isoformat() >= "2026-06-01"]
    assert too_quiet("task", events, of) == []


def test_rate_multiplies_what_is_given_to_the_named_unit() -> None:
    more = told("task", START, 60, effect("task.rate", "2026-03-01", "2026-06-01", 12, units=["31510"]))
    found = [Counter(e.data["unit_code"] for e in of_fact(events, "assigned")) for events in (told("task", START, 60), more)]
    assert found[1]["31510"] > 3 * max(1, found[0]["31510"])
    assert found[1].total() - found[1]["31510"] == pytest.approx(found[0].total() - found[0]["31510"], rel=0.2)


def test_late_makes_the_named_agency_late() -> None:
    org = "H13.05"
    late = dated(told("task", START, DAYS, effect("task.late", "2026-03-01", "2026-12-01", 12, only=[org])))
    named, others = [x for o, x in late if o == org], [x for o, x in late if o != org]
    assert sum(named) / len(named) > 0.3
    assert sum(others) / len(others) < 0.12
