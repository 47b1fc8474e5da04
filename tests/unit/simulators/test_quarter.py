"""Whether a simulated quarter agrees with the calibration of the domain notes, §7: row by row, by exact tests (agreement.py).

The second quarter of 2026 for offices, the fourth for reports (it has rain and spring tides), the first of 2023 where a row is that of the
planned year; a fortnight of March for salt.
Where a simulator's REALISM departs from the table, the departure is tested as stated, and the test's name says 'as stated'.
False alarm: once in 16,000 a test (two-sided four standard deviations), once in some 300 for the file; seeds are fixed.
"""

import math
from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta

import pytest

from ioc.clock import local_day, start_of
from tests.unit.simulators.agreement import chi_square_tail, count_off, mix_off, share_off
from tests.unit.simulators.quarter import (
    SCALE,
    SPRING,
    Story,
    accepted,
    causes_of_late,
    dossiers,
    first_told,
    having,
    hour,
    planned,
    stories,
    told,
)
from tests.unit.simulators.telling import profile

WORKING = [day for day in (SPRING[0] + timedelta(days=n) for n in range(91)) if profile().calendar.is_working_day(day)]
PER_WORKING_DAY, ONLINE_RATIO, LATE_RATIO, SLOW_ENTRY_RATIO = 2433, 0.5518, 0.00206, 0.9602
WEEKDAY = {1: 1.25, 2: 0.95, 3: 0.95, 4: 0.95, 5: 0.9}
"""Monday and Friday as calibrated; the others have what is left of five."""


def test_the_tails_are_those_of_the_tables() -> None:
    assert chi_square_tail(9.488, 4) == pytest.approx(0.05, rel=1e-3)
    assert chi_square_tail(16.919, 9) == pytest.approx(0.05, rel=1e-3)
    assert [bool(share_off(n, 100, 0.5)) for n in (28, 32, 50, 68, 72)] == [True, False, False, False, True]
    assert [bool(count_off(n, 50)) for n in (23, 26, 50, 79, 84)] == [True, False, False, False, True]


# Dossiers received


def test_dossiers_received_are_2433_a_working_day_times_the_scale() -> None:
    assert not count_off(accepted(dossiers()), PER_WORKING_DAY * SCALE * len(WORKING))


def test_dossiers_received_at_full_scale_are_2433_a_working_day() -> None:
    week = stories(told("dossier", (date(2026, 4, 6), date(2026, 4, 13)), scale=1.0))
    assert not count_off(accepted(week), PER_WORKING_DAY * 5)


def test_a_monday_brings_five_quarters_and_a_friday_nine_tenths_of_a_working_day() -> None:
    begun = Counter(day.isoweekday() for day in (local_day(story[0].time) for story in dossiers()) if day in WORKING)
    days = Counter(day.isoweekday() for day in WORKING)
    classes = ((1,), (2, 3, 4), (5,))
    assert not mix_off([sum(begun[n] for n in ns) for ns in classes], [sum(WEEKDAY[n] * days[n] for n in ns) for ns in classes])


def test_working_hours_have_their_peaks_at_8_to_10_and_14_to_15() -> None:
    # Each greater than its neighbours by four standard deviations of the difference.
    hours = Counter(hour(story[0]) for story in dossiers() if local_day(story[0].time) in WORKING)
    for peak, others in ((8, (7, 10, 14)), (9, (7, 10, 14)), (14, (11, 12, 13, 15, 16))):
        assert all(hours[peak] - hours[n] > 4 * math.sqrt(hours[peak] + hours[n]) for n in others)


def test_online_comes_at_every_hour_and_the_counter_only_in_working_hours() -> None:
    hours = {is_online: {hour(s[0]) for s in dossiers() if (s[0].fact == "submitted") is is_online} for is_online in (True, False)}
    assert hours[True] == set(range(24))
    assert hours[False] <= {7, 8, 9, 10, 13, 14, 15, 16}


def test_ten_working_days_before_tet_bring_1_3_of_the_ordinary_and_the_five_after_it_a_fifth() -> None:
    # Tết 2023: days off from 20 to 26 January. Ordinary: the eight weeks from 6 February, of which no day is off.
    begun, calendar = Counter(local_day(story[0].time) for story in having(planned(), "received") if story[0].fact != "submitted"), profile().calendar
    ordinary = sum(n for day, n in begun.items() if date(2023, 2, 6) <= day <= date(2023, 3, 31))
    for n_days, factor, direction in ((10, 1.3, -1), (5, 0.2, 1)):
        near = [calendar.next_working_day(date(2023, 1, 22), direction * n) for n in range(1, n_days + 1)]
        weight, there = factor * sum(WEEKDAY[day.isoweekday()] for day in near), sum(begun[day] for day in near)
        assert not share_off(there, there + ordinary, weight / (weight + 8 * 5))


def test_levels_share_25_to_75_since_2025_and_communes_by_their_people() -> None:
    units = Counter(first_told(story, "unit_code") for story in dossiers())
    assert not share_off(units[""], units.total(), 0.25)
    people = {unit.code: unit.population for unit in profile().units_on(SPRING[0])}
    assert set(units) == {"", *people}
    assert not mix_off([units[code] for code in people], list(people.values()))


# Channel, outcome, commitment


@pytest.mark.parametrize("lives", [dossiers, planned])
def test_online_are_55_18_per_cent_of_the_resolved(lives: Callable[[], list[Story]]) -> None:
    channels = Counter(first_told(story, "channel") for story in having(lives(), "result_ready"))
    assert not share_off(channels["online"], channels.total(), ONLINE_RATIO)


def test_by_post_come_as_stated_two_per_cent_of_what_is_not_online() -> None:
    # The table has 1 per cent of all.
    channels = Counter(first_told(story, "channel") for story in dossiers())
    assert not share_off(channels["post"], channels["post"] + channels["counter"], 0.02)


def test_late_are_as_stated_three_in_a_thousand_of_the_resolved() -> None:
    assert not share_off(len(causes_of_late(dossiers())), len(having(dossiers(), "result_ready")), 0.003)  # the table has 0.206 per cent


def test_late_in_the_planned_year_are_0_206_per_cent_of_the_resolved() -> None:
    assert not share_off(len(causes_of_late(planned())), len(having(planned(), "result_ready")), LATE_RATIO)


def test_late_in_the_planned_year_are_96_02_per_cent_by_slow_entry() -> None:
    causes = causes_of_late(planned())
    assert not share_off(causes.count("slow_data_entry"), len(causes), SLOW_ENTRY_RATIO)


def test_late_of_ordinary_days_are_as_stated_most_of_them_really_late() -> None:
    causes = causes_of_late(dossiers())  # what lingers at three units, so that a wall has something to show
    assert 0.2 < causes.count("slow_data_entry") / len(causes) < 0.5


def test_commitments_have_their_five_classes_at_seven_tenths_of_the_law() -> None:
    terms = [e.data for story in dossiers() for e in story if e.fact == "received"]
    classes = Counter(next(most for most in (3, 5, 10, 15, 30) if data["committed_n"] <= most) for data in terms)
    assert not mix_off([classes[most] for most in (3, 5, 10, 15, 30)], [45, 20, 15, 12, 8])
    assert all(data["committed_n"] <= 0.7 * data["statutory_n"] for data in terms)


def test_four_per_cent_are_asked_for_a_supplement() -> None:
    # Of those that came early enough to be asked within the quarter.
    early = [story for story in dossiers() if story[0].time < start_of(date(2026, 6, 22))]
    assert not share_off(len(having(early, "supplement_requested")), len(early), 0.04)


def test_one_and_a_half_per_cent_are_refused() -> None:
    assert not share_off(len(having(dossiers(), "refused")), len(dossiers()), 0.015)


@pytest.mark.parametrize("is_online", [True, False], ids=["online", "at the counter"])
def test_seven_in_a_thousand_are_withdrawn(*, is_online: bool) -> None:
    part = [story for story in dossiers() if (story[0].fact == "submitted") is is_online]
    assert not share_off(len(having(part, "withdrawn")), len(part), 0.007)


def test_paid_online_in_the_planned_year_are_0_92_per_cent_of_those_with_a_fee() -> None:
    due = [story for story in having(planned(), "result_ready") if first_told(story, "fee_due")]
    assert not share_off(len(having(due, "paid")), len(due), 0.0092)


def test_paid_online_are_as_stated_60_per_cent_of_the_fees_asked_for_online_by_four_providers() -> None:
    # The table has 60 per cent of all dossiers with a fee.
    asked = [story for story in having(dossiers(), "payment_requested") if story[0].fact == "submitted" and having([story], "paid")]
    by = Counter(first_told(story, "provider") for story in asked)
    assert set(by) == {"cash", "vnptpay", "viettelpay", "momo", "vietcombank"}
    assert not share_off(by.total() - by["cash"], by.total(), 0.6)
