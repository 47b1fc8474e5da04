"""As test_quarter.py, of reports, cameras, documents, conferences, tide and salt."""

import math
from collections import Counter, defaultdict
from datetime import timedelta
from itertools import pairwise
from statistics import correlation, mean, median, stdev

import pytest

from ioc.clock import local_day, start_of
from ioc.places.stations import load_stations
from tests.unit.simulators.agreement import count_off, mix_off, seen_ratio, share_off, strongest_h
from tests.unit.simulators.quarter import (
    AUTUMN,
    DOCUMENT_SCALE,
    DRY,
    SPRING,
    SUMMER,
    cameras,
    documents,
    first_told,
    having,
    highest_gl,
    hour,
    hourly,
    late_of_resolved,
    outages,
    reports,
    scene,
    series,
    told,
)
from tests.unit.simulators.telling import profile

WORKING = [day for day in (SPRING[0] + timedelta(days=n) for n in range(91)) if profile().calendar.is_working_day(day)]
MTBF_H, MTTR_H, BOUNDS = 20 * 24, 3.0, (1, 2, 3, 4, 6, 9, 1000)


# Citizens' reports


def test_reports_are_1_07_a_thousand_residents_and_month_of_thirty_days() -> None:
    people = sum(unit.population for unit in profile().units_on(AUTUMN[0]))
    assert not count_off(len(reports()), 1.07 * people / 1000 * 92 / 30)


def test_thirty_per_cent_of_the_reports_are_invalid_or_double() -> None:
    assert not share_off(len(having(reports(), "rejected")) + len(having(reports(), "merged")), len(reports()), 0.30)


def test_reports_are_of_the_categories_of_the_table_and_as_stated_most_of_all_of_officials() -> None:
    categories = Counter(first_told(story, "category") for story in reports())
    assert set(categories) == {category.code for category in profile().categories}
    (first, most), (_, second) = categories.most_common(2)
    assert first == "GO-ATT"
    assert most - second > 4 * math.sqrt(most + second)


def test_reports_of_officials_have_their_share_of_ho_chi_minh_city() -> None:
    categories = Counter(first_told(story, "category") for story in reports())
    assert not share_off(categories["GO-ATT"], categories.total(), 6300 / 14707)


def test_reports_peak_in_the_evening_from_18_to_21() -> None:
    hours = Counter(hour(story[0]) for story in reports())
    evening = sum(hours[n] for n in (18, 19, 20))
    for n in set(range(24)) - {18, 19, 20}:
        assert evening > 3 * hours[n]
        assert n in {17, 21} or share_off(evening, evening + hours[n], 3 / 4)  # its shoulders need only lie lower


def test_floods_are_told_on_days_of_rain_and_of_spring_tide_more_than_on_others() -> None:
    world, floods = scene(AUTUMN).world, Counter(local_day(s[0].time) for s in reports() if first_told(s, "category") == "WA-FLOOD")
    kinds: dict[str, list[int]] = defaultdict(list)
    for start in (start_of(AUTUMN[0]) + timedelta(days=n) for n in range(92)):
        rained_mm, tide_m = world.rain_mm(start, start + timedelta(days=1)), max(world.tide_m(start + timedelta(hours=n / 2)) for n in range(48))
        kinds["rain" if rained_mm > 10 else "spring" if tide_m > 1.75 else "other"].append(floods[local_day(start)])
    for kind in ("rain", "spring"):
        there, other = kinds[kind], kinds["other"]
        assert mean(there) > mean(other)
        assert share_off(sum(there), sum(there) + sum(other), len(there) / (len(there) + len(other)))


def test_late_are_0_85_per_cent_of_the_reports_resolved() -> None:
    assert not share_off(*late_of_resolved(reports()), 0.0085)


def test_satisfied_are_92_per_cent_of_those_who_rate_a_report() -> None:
    ratings = [e.data["rating"] for story in reports() for e in story if e.fact == "rated"]
    assert not share_off(sum(rating > 1 for rating in ratings), len(ratings), 0.92)


# Cameras


def test_a_camera_fails_after_twenty_days() -> None:
    assert not count_off(outages().total(), seen_ratio(1, MTTR_H) * sum(map(len, hourly())) / (MTBF_H + MTTR_H))


def test_outages_of_cameras_are_lognormal_with_a_mean_of_three_hours() -> None:
    found = outages()
    assert not mix_off([sum(n for looks, n in found.items() if a <= looks < b) for a, b in pairwise(BOUNDS)],
                       [seen_ratio(a, MTTR_H) - seen_ratio(b, MTTR_H) for a, b in pairwise(BOUNDS)])


def test_cameras_stand_as_stated_one_at_each_of_44_points_and_some_at_roads_and_tell_every_minute() -> None:
    # The table has 119 of the city and the police, and one to three a point. By minutes: from a quarter of an hour before the live part on.
    assert Counter(code[:2] for code in cameras())["OS"] == 44
    assert {(b - a).total_seconds() for seen in cameras().values() for (a, _), (b, _) in pairwise(seen[-10:])} == {60}


# Documents and conferences


def test_an_agency_has_twelve_documents_a_working_day() -> None:
    # Letters to all communes come in clusters, so the error is that of the days: four standard errors, once in 6,000.
    daily = Counter(local_day(e.time) for e in documents())
    agencies = sum(agency.valid_on(SPRING[0]) for agency in profile().agencies)
    each = [daily[day] / agencies / DOCUMENT_SCALE for day in WORKING]
    assert abs(mean(each) - 12) < 4 * stdev(each) / math.sqrt(len(each))


def test_three_per_cent_of_the_documents_are_urgent_beside_the_telegrams_of_days_off() -> None:
    urgency = {e.subject.partition(">>")[0]: e.data["urgency"] for e in documents()}
    assert not share_off(sum(u != "normal" for u in urgency.values()), len(urgency), 0.03)


def test_a_conference_is_held_each_week_with_as_stated_a_point_of_each_agency() -> None:
    # The table has 129 points, those of 2020.
    events = told("meeting", SPRING, live=True)
    held = {e.subject: local_day(e.time) for e in events if e.fact == "started"}
    assert sorted(day.isocalendar().week for day in held.values()) == list(range(15, 28))
    invited = Counter(e.data["meeting_id"] for e in events if e.fact == "point_invited")
    assert {code: sum(agency.valid_on(day) for agency in profile().agencies) for code, day in held.items()} == invited


# Tide and salt; nothing here is drawn but errors of measuring


def test_the_tide_is_of_m2_s2_k1_and_o1_and_springs_come_after_14_77_days() -> None:
    m2, k1, s2, o1 = strongest_h(series("TRAN-DE/level_m", SUMMER), [(11.6, 12.9), (23.4, 26.4)] * 2)
    assert [m2, s2, k1, o1] == pytest.approx([12.42, 12.0, 23.93, 25.82], abs=0.1)
    assert 1 / (1 / s2 - 1 / m2) / 24 == pytest.approx(14.77, abs=0.9)


def test_the_mouth_has_15_to_20_gl_in_the_dry_season_less_upriver_and_little_in_june() -> None:
    # Highest of the season: it is measured to 2 per cent.
    assert 15 < max(highest_gl("TRAN-DE", DRY)) < 20 * 1.04
    river = [median(highest_gl(station, DRY)) for station in ("TRAN-DE", "LONG-PHU", "DAI-NGAI", "PHUNG-AN", "CAI-TRAM")]
    assert river == sorted(river, reverse=True)
    assert max(highest_gl("TRAN-DE", SUMMER)[-30:]) < 0.5 * river[0]


@pytest.mark.parametrize("station", [s.code for s in load_stations(profile())])
def test_salt_follows_the_tide_at_the_mouth_by_three_to_six_hours(station: str) -> None:
    tide, lag = dict(series("TRAN-DE/level_m", DRY)), timedelta(minutes=15)
    salt = series(f"{station}/salinity_gl", DRY)[96:]
    best = max(range(37), key=lambda n: correlation([tide[at - n * lag] for at, _ in salt], [gl for _, gl in salt]))
    assert 3 <= best / 4 <= 6
