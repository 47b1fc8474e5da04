"""Whether simulated indicators are what the realism note promises."""

from collections import Counter, defaultdict

import pytest

from ioc.calendar.written import grain, last_day
from ioc.clock import local_day
from ioc.indicators.catalogue import load_catalogue
from ioc.streams.indicator import quality_flag
from simulators.engine.contract import SimulatedEvent
from tests.profiles import FICTIONAL
from tests.unit.simulators.telling import SHIPPED, effect, folded, of_fact, profile, told, too_quiet

START, DAYS = "2026-06-15", 175


def half_year() -> list[SimulatedEvent]:
    return told("indicator", START, DAYS)


def observed(events: list[SimulatedEvent], indicator: str, place: str = "province") -> dict[str, SimulatedEvent]:
    """Period → its newest observation."""
    return {e.data["period"]: e for e in of_fact(events, "observed") if e.subject.startswith(f"{indicator}/{place}/")}


def first_reports() -> list[SimulatedEvent]:
    """What was told first of each month that was reported after the beginning."""
    first = {e.subject: e for e in reversed(of_fact(half_year(), "observed"))}
    return [e for e in first.values() if grain(e.data["period"]) != "day" and e.data["period"] > "2026-06"]


def test_only_indicators_places_and_periods_of_the_profile_are_told() -> None:
    catalogue = load_catalogue(SHIPPED).indicators
    for e in of_fact(half_year(), "observed"):
        indicator = catalogue[e.data["indicator_id"]]
        assert grain(e.data["period"]) in indicator.periods
        assert ("unit" if e.data["unit_code"] else "agency" if e.data["org_code"] else "province") in indicator.levels
        assert e.data["unit"] == indicator.unit


def test_nearly_all_months_are_told_by_the_fifth_working_day() -> None:
    calendar = profile().calendar
    turns = [calendar.working_days_between(last_day(e.data["period"]), local_day(e.time)) for e in first_reports()]
    assert min(turns) >= 1
    assert 0.93 < sum(turn <= 5 for turn in turns) / len(turns) < 1.0


def test_about_one_in_ten_is_corrected_later() -> None:
    # About 400 reports: three binomial standard errors are 4.5 points.
    told_twice = Counter(e.subject for e in of_fact(half_year(), "observed") if grain(e.data["period"]) != "day")
    reported = [e for e in first_reports() if e.data["period"] < "2026-10"]
    assert sum(told_twice[e.subject] > 1 for e in reported) / len(reported) == pytest.approx(0.1, abs=0.055)


def test_running_shares_grow_through_the_year() -> None:
    for indicator in ("budget_revenue", "disbursement", "par_plan"):
        months = [e.data["numerator"] for period, e in sorted(observed(half_year(), indicator).items()) if period.startswith("2025-")]
        assert len(months) == 12
        assert months == sorted(months)


def test_work_files_online_go_on_from_the_published_figure() -> None:
    months = observed(half_year(), "work_dossiers_online")
    assert months["2023-12"].data["value"] == pytest.approx(92.38, abs=1.2)
    assert months["2023-12"].data["value"] < months["2026-09"].data["value"] < 99


def test_this_year_and_three_before_can_be_compared() -> None:
    years = defaultdict(set)
    for period in observed(half_year(), "export_value"):
        years[period[:4]].add(period)
    assert {year: len(found) for year, found in years.items()} == {"2023": 12, "2024": 12, "2025": 12, "2026": 11}


def test_counts_are_those_that_the_other_streams_tell() -> None:
    months = observed(half_year(), "enterprises_new")
    registered = [e for e in told("enterprise", "2026-09-01", 30) if e.fact == "registered"]
    assert months["2026-09"].data["value"] == len(registered)
    whole = [e for e in told("tourism", "2026-10-01", 8) if e.subject == "province/2026-09"]
    first = [e for e in of_fact(half_year(), "observed") if e.subject == "tourist_arrivals/province/2026-09"]
    assert whole[0].data["arrivals"] == first[-1].data["value"]


def test_a_target_is_set_once_for_each_that_has_one_and_is_that_of_the_profile_where_it_has_one() -> None:
    targets = {e.data["indicator_id"]: e.data["target"] for e in of_fact(half_year(), "target_set")}
    assert targets["disbursement"] == 95
    assert {"export_value", "budget_revenue", "tourist_arrivals", "grdp"} <= set(targets)
    assert len(targets) == len(of_fact(half_year(), "target_set"))
    year = sum(e.data["value"] for period, e in observed(half_year(), "export_value").items() if period.startswith("2025-"))
    assert 0.9 < targets["export_value"] / year < 1.3


def test_a_published_rate_agrees_with_its_fraction_but_for_a_few_that_are_corrected() -> None:
    flags = [(e, quality_flag(e.data["published_value"], e.data["numerator"], e.data["denominator"], "%"))
             for e in of_fact(half_year(), "observed") if "numerator" in e.data]
    wrong = [e for e, flag in flags if flag]
    assert 0 < len(wrong) < 0.03 * len(flags)


def test_nothing_is_irregular() -> None:
    assert folded("indicator", half_year()).wrongs == []


def test_no_pause_makes_the_source_late_even_at_tet() -> None:
    assert too_quiet("indicator", half_year()) == []
    assert too_quiet("indicator", told("indicator", "2026-02-02", 40, of=FICTIONAL), FICTIONAL) == []


def test_level_changes_what_is_told_while_it_holds() -> None:
    low = told("indicator", "2026-08-10", 80, effect("indicator.level", "2026-10-01", "2026-10-31", 0.5, only=["disbursement"]))
    before, after = (observed(events, "disbursement") for events in (half_year(), low))
    assert after["2026-09"].data["numerator"] == pytest.approx(before["2026-09"].data["numerator"] / 2, rel=0.05)
    assert after["2026-08"].data == before["2026-08"].data
    assert observed(low, "budget_revenue")["2026-09"].data == observed(half_year(), "budget_revenue")["2026-09"].data
