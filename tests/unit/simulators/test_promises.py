"""What the shipped scenarios tell their audience to see, counted in what is simulated."""

from datetime import date, datetime, timedelta

import pytest

from ioc.clock import local_day
from ioc.profiles.scenarios import Script, scenario
from simulators.engine.counter_life import PointDay, point_day
from tests.unit.simulators.telling import SHIPPED, local, profile, scene, told

POINTS = [p for p in profile().points if p.kind == "counter"]
SEEDS = pytest.mark.parametrize("seed", ["1", "2"])


def points(script: Script, day: date, seed: str) -> dict[str, PointDay]:
    at = scene(*script.effects, seed=seed)
    return {p.unit_code + p.code: found for p in POINTS if (found := point_day(at, p, day))}


def mean_waiting(days: dict[str, PointDay], day: date) -> float:
    """People waiting between 8 and 11, in the whole province."""
    looks = [local(day, 8, minute) for minute in range(0, 180, 20)]
    return sum(d.waiting(at) for d in days.values() for at in looks) / len(looks)


@SEEDS
def test_rush_has_about_three_times_the_queues_of_the_friday_before(seed: str) -> None:
    script = scenario(SHIPPED, "rush")
    monday = local_day(script.start)
    friday = monday - timedelta(days=3)
    assert 2.3 < mean_waiting(points(script, monday, seed), monday) / mean_waiting(points(script, friday, seed), friday) < 3.7


@SEEDS
def test_empty_counters_are_three_points_where_people_wait_and_nobody_sits(seed: str) -> None:
    script = scenario(SHIPPED, "empty-counters")
    _, empty_at, back_at = (s.at for s in script.says)
    days, units = points(script, local_day(empty_at), seed), script.effects[0].units
    listed = sorted(days, key=lambda name: -days[name].waiting(empty_at))[:10]
    assert {name[:5] for name in listed if days[name].waiting(empty_at) and not days[name].staff(empty_at)} >= set(units)
    assert all(day.staff(back_at) for day in days.values())
    assert sum(d.waiting(script.end) for d in days.values()) > sum(d.waiting(back_at) for d in days.values())


def overdue(at: datetime, script: Script) -> int:
    """Dossiers that the system does not know as done though they are due, at a fifth of the scenario's scale."""
    events = told("dossier", local_day(script.start) - timedelta(days=script.days), script.days + 1, *script.effects, scale=0.02)
    due = {e.subject: e.data["due_at"] for e in events if e.fact == "received"} | {
        e.subject: e.data["new_due_at"] for e in events if e.data.get("new_due_at") and e.time < at}
    ended = {e.subject for e in events if e.fact in {"result_ready", "refused", "withdrawn", "stopped"} and e.time < at}
    return sum(moment <= at for subject, moment in due.items() if subject not in ended)


def test_one_stop_fault_begins_with_overdue_dossiers_that_are_gone_when_the_results_are_entered() -> None:
    script = scenario(SHIPPED, "one-stop-fault")
    first, *_, last = script.says
    assert first.at == script.start
    assert overdue(first.at, script) > 25
    assert overdue(last.at, script) < 5
