"""Whether the figures of a simulated month are those that its realism notes promise."""

from collections import Counter
from datetime import timedelta

from ioc.clock import local_day
from simulators.engine.contract import SimulatedEvent
from tests.profiles import FICTIONAL
from tests.unit.simulators.telling import local, profile, told

PROFILE = profile(FICTIONAL)
START, DAYS, SCALE = local("2026-10-12"), 28, 0.2


def month(name: str) -> list[SimulatedEvent]:
    return told(name, START, DAYS, of=FICTIONAL, scale=SCALE)


def facts(name: str) -> Counter[str]:
    return Counter(e.fact for e in month(name))


def test_dossiers_come_as_often_as_the_scale_says() -> None:
    begun = len({e.subject for e in month("dossier")})
    assert 0.9 < begun / (2433 * SCALE * 20) < 1.25


def test_about_four_in_a_hundred_dossiers_need_a_supplement() -> None:
    assert 0.03 < facts("dossier")["supplement_requested"] / facts("dossier")["received"] < 0.05


def test_dossiers_are_seldom_late_but_some_are() -> None:
    due = {e.subject: e.data["due_at"] for e in month("dossier") if e.fact == "received"}
    moved = {e.subject for e in month("dossier") if "new_due_at" in e.data}
    ends = [e for e in month("dossier") if e.fact == "result_ready" and e.subject not in moved]
    late = [e for e in ends if e.time > due[e.subject]]
    assert 0.001 < len(late) / len(ends) < 0.04
    assert all(e.data["late_cause"] for e in late)


def test_late_entry_means_that_the_citizen_had_the_result_in_time() -> None:
    slow = [e for e in month("dossier") if e.data.get("late_cause") == "slow_data_entry"]
    assert slow
    assert all(e.data["delivered_at"] < e.time for e in slow)


def test_some_dossiers_are_open_and_overdue_at_the_end() -> None:
    end = START + timedelta(days=DAYS)
    ended = {e.subject for e in month("dossier") if e.fact in {"result_ready", "refused", "withdrawn"}}
    overdue = [e for e in month("dossier") if e.fact == "received" and e.subject not in ended and e.data["due_at"] < end]
    assert overdue


def test_reports_lie_near_their_unit_and_name_no_person() -> None:
    units = {u.code: u for u in PROFILE.units_on(local_day(START))}
    for e in month("report"):
        assert not {"note", "address"} & set(e.data)
        if e.fact == "submitted":
            unit = units[e.data["unit_code"]]
            assert abs(e.data["lon_deg"] - unit.lon_deg) < 0.05
            assert abs(e.data["lat_deg"] - unit.lat_deg) < 0.05


def test_satisfied_are_about_nine_in_ten() -> None:
    ratings = Counter(e.data["rating"] for e in month("report") if e.fact == "rated")
    assert 0.8 < (ratings[2] + ratings[3]) / ratings.total() <= 1.0


def test_a_merged_report_names_one_that_came_before() -> None:
    first = {e.subject: e.time for e in month("report") if e.fact == "submitted"}
    merged = [e for e in month("report") if e.fact == "merged"]
    assert merged
    assert all(first[e.data["parent_id"]] < e.time for e in merged)


def test_counters_are_watched_only_on_working_days() -> None:
    days = {e.data["unit_valid_on"].isoweekday() for e in month("camera") if e.fact == "occupancy"}
    assert days == {1, 2, 3, 4, 5}


def test_a_blind_camera_counts_nothing() -> None:
    blind = {(e.subject, e.time) for e in month("camera") if e.data.get("online") is False}
    counted = {(e.subject, e.time) for e in month("camera") if e.fact != "status"}
    assert blind
    assert not blind & counted
