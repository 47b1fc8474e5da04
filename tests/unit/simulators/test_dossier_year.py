"""Whether a planned year adds up to its totals, to the dossier."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from functools import cache
from random import Random

import msgspec
import pytest

from ioc.clock import end_of, local_day, start_of
from ioc.errors import InputError
from ioc.profiles.scenarios import Script, YearTotals, scenario
from simulators.engine.contract import Scenario, SimulatedEvent, scenario_of
from simulators.engine.dossier_totals import apportioned, targets
from simulators.engine.dossier_year import plan_of
from tests.profiles import FICTIONAL
from tests.unit.simulators.telling import Fate, folded, heard, profile

PROFILE = profile()
SCALES = {("soc-trang-2023", "1"): 0.005, ("soc-trang-2023", "2"): 0.001, ("soc-trang-2019", "1"): 0.002}
CASES = list(SCALES)


@cache
def script(name: str) -> Script:
    return scenario("soc_trang", name)


def totals(name: str) -> YearTotals:
    found = script(name).year
    assert found
    return found


def year(name: str, scale: float, seed: str = "1") -> Scenario:
    return scenario_of(PROFILE, seed, script(name).start, scale=scale, year=totals(name))


@cache
def events(name: str, seed: str) -> tuple[SimulatedEvent, ...]:
    return tuple(heard("dossier", year(name, SCALES[name, seed], seed), script(name).start, script(name).end, seed=seed))


@cache
def sums(name: str, seed: str) -> Fate:
    return folded("dossier", events(name, seed))


def wanted(name: str, seed: str) -> YearTotals:
    """The totals at the case's scale."""
    found, scale = totals(name), SCALES[name, seed]
    counts = {key: round(getattr(found, key) * scale) for key in ("received", "resolved", "late", "really_late")}
    return msgspec.structs.replace(found, **counts)


@pytest.mark.parametrize(("name", "seed"), CASES)
def test_a_year_folds_to_its_totals_whatever_the_seed(name: str, seed: str) -> None:
    found, want = sums(name, seed).counts, wanted(name, seed)
    assert sums(name, seed).wrongs == []
    assert {key: found[key] for key in ("received", "resolved", "late", "really_late", "late_slow_data_entry")} == {
        "received": want.received, "resolved": want.resolved, "late": want.late,
        "really_late": want.really_late, "late_slow_data_entry": want.late - want.really_late}
    assert found["early"] + found["on_time"] == want.resolved - want.late
    assert found["in_time_first"] == found["early"] + found["on_time"]
    assert (found["withdrawn"], found["stopped"], found["delivery_unknown"], found["due_differs"]) == (0, 0, 0, 0)


@pytest.mark.parametrize(("name", "seed"), CASES)
def test_what_was_received_and_not_resolved_is_open_at_the_end(name: str, seed: str) -> None:
    states, want = sums(name, seed).states.values(), wanted(name, seed)
    still = [state for _, state in states if state.received_at and not state.finished_at]
    assert len(still) == want.received - want.resolved
    assert sum(state.due_at is not None and state.due_at < script(name).end for state in still) < 0.1 * len(still)


@pytest.mark.parametrize(("name", "seed"), CASES)
def test_the_resolved_that_came_online_and_the_fees_paid_online_are_the_nearest_whole_numbers(name: str, seed: str) -> None:
    states, want = [state for _, state in sums(name, seed).states.values()], wanted(name, seed)
    resolved = [s for s in states if s.finished_at]
    fees, received_fees = [s for s in resolved if s.fee_due], [s for s in states if s.received_at and s.fee_due]
    assert sum(s.channel == "online" for s in resolved) == round(want.online_ratio * len(resolved))
    assert sum(s.paid_online for s in fees) == round(want.paid_online_ratio * len(fees))
    assert sum(s.paid_online for s in received_fees) == round(want.paid_online_ratio * len(received_fees))


def test_refused_dossiers_stand_outside_the_received() -> None:
    found = sums("soc-trang-2023", "1").counts
    assert 0.01 < found["refused"] / found["received"] < 0.02


def test_no_desk_works_on_a_day_off_and_the_week_after_tet_is_quiet() -> None:
    days = Counter(local_day(e.time) for e in events("soc-trang-2023", "1") if e.fact == "received")
    assert set(days) <= set(PROFILE.calendar.working_days_of(2023))
    before, after = (sum(days[day] for day in PROFILE.calendar.working_days_of(2023) if first <= day <= last) for first, last in (
        (date(2023, 1, 13), date(2023, 1, 19)), (date(2023, 1, 27), date(2023, 2, 2))))
    assert after < 0.4 * before


def test_every_commune_and_district_of_the_year_takes_dossiers_in() -> None:
    units = {e.data["unit_code"] for e in events("soc-trang-2023", "1")}
    assert units - {""} == {u.code for level in ("commune", "district") for u in PROFILE.units_on(date(2023, 6, 1), level=level)}


@pytest.mark.parametrize("name", ["soc-trang-2023", "soc-trang-2019"])
def test_the_plan_of_the_whole_year_adds_up_to_the_published_totals(name: str) -> None:
    want, made = totals(name), plan_of(Random(1), year(name, 1.0))
    special = [s for specials in made.special.values() for s in specials]
    ends = Counter(s.end for s in special)
    in_time = sum(map(sum, made.ordinary.values()))
    assert sum(made.received(n) for n in range(len(made.days))) == want.received
    assert in_time + ends["recorded_late"] + ends["really_late"] == want.resolved
    assert (ends["recorded_late"], ends["really_late"], ends["open"]) == (want.late - want.really_late, want.really_late, want.received - want.resolved)
    online = sum(made.ordinary["online"]) + sum(s.channel == "online" for s in special if s.end != "open")
    assert online == round(want.online_ratio * want.resolved)
    fees = sum(due for due, _ in made.fees.values()) + sum(s.procedure.fee_vnd > 0 for s in special if s.end != "open")
    assert sum(paid for _, paid in made.fees.values()) == round(want.paid_online_ratio * fees)


def test_the_published_totals_of_2023_are_those_of_the_report() -> None:
    found = targets(totals("soc-trang-2023"), 1.0)
    assert (found.received, found.resolved, found.resolved - found.late, found.late, found.open) == (605_859, 596_864, 595_634, 1_230, 8_995)
    assert (found.late - found.really_late, found.really_late, found.online) == (1_181, 49, 329_350)
    found = targets(totals("soc-trang-2019"), 1.0)
    assert found.received == 418_568
    assert round(100 * (found.resolved - found.late) / found.resolved, 1) == 98.7


def test_how_fine_the_ticks_are_changes_nothing_in_a_planned_year() -> None:
    start, end = script("soc-trang-2023").start, start_of(date(2023, 1, 12))
    fine, whole = (heard("dossier", year("soc-trang-2023", 0.01), start, end, step=step) for step in (timedelta(hours=1), None))
    assert fine == whole


def test_a_year_cannot_be_told_from_its_middle() -> None:
    with pytest.raises(InputError, match="begin it on 2023-01-01"):
        heard("dossier", year("soc-trang-2023", 0.01), start_of(date(2023, 6, 1)), end_of(date(2023, 6, 2)))


def test_a_year_of_another_province_with_very_few_dossiers_adds_up_too() -> None:
    small = YearTotals(of=2024, received=450, resolved=425, late=9, really_late=3, online_ratio=0.5, paid_online_ratio=0.3, basis="made up")
    start, end = start_of(date(2024, 1, 1)), end_of(date(2024, 12, 31))
    for seed in range(1, 3):
        planned = scenario_of(profile(FICTIONAL), str(seed), start, year=small)
        found = folded("dossier", heard("dossier", planned, start, end), FICTIONAL)
        assert [found.counts[key] for key in ("received", "resolved", "late", "really_late")] == [450, 425, 9, 3]
        assert found.wrongs == []


def test_shares_add_up_and_keep_below_what_fits() -> None:
    assert apportioned(10, [1, 1, 1]) == [4, 3, 3]
    assert apportioned(7, [5, 1, 0], [4, 4, 0]) == [4, 3, 0]
    with pytest.raises(ValueError, match="13 do not fit into 12"):
        apportioned(13, [1, 1, 1], [4, 4, 4])


def test_nothing_of_a_year_lies_outside_it() -> None:
    times = [e.time for e in events("soc-trang-2023", "1")]
    assert datetime(2022, 12, 31, 17, tzinfo=UTC) < times[0]
    assert times[-1] <= datetime(2023, 12, 31, 17, tzinfo=UTC)
