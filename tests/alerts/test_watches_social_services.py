"""The watches of health, schools and welfare: several units and facilities, counted by hand."""

from datetime import date, timedelta

import pytest

from ioc.clock import start_of
from ioc.db.connect import Connection
from tests.alerts.examples.social_services import COMMUNE, NINE, WARD, WEEK, batch, beds, cards, cases, minute, paid, years
from tests.alerts.watching import as_known, at_present, in_the_past
from tests.alerts.watching import cases as counted
from tests.alerts.world import store
from tests.integration.streams_db import empty

LATER = NINE + timedelta(days=20)
MONDAY, TUESDAY = date(2026, 11, 9), date(2026, 11, 10)


@pytest.fixture(autouse=True)
def conn(alerts_conn: Connection) -> Connection:
    empty(alerts_conn)
    return alerts_conn


def test_disease_is_unusual_beyond_two_deviations_of_its_own_weeks(conn: Connection) -> None:
    # 15 weeks of 9, 10 and 11 cases: mean 10, deviation 0.85, threshold 11.7.
    store(conn, [*years("A90", {-1: 11, 0: 12}), *years("B08", {-1: 12, 0: 11}), *years("J11", {-1: 12, 0: 20})])
    assert {r.subject: (r.value, r.raised) for r in at_present(conn, "SS-01", NINE)} == {"A90": (1, (1, 0)), "J11": (2, (1, 1))}


def test_cases_of_several_units_and_days_make_one_week(conn: Connection) -> None:
    store(conn, [*years("A90", {}), *(cases("A90", WEEK + timedelta(days=n), 3, unit) for n in range(0, 7, 3) for unit in (WARD, COMMUNE))])
    (found,) = at_present(conn, "SS-01", NINE)
    assert (found.value, found.figures and (found.figures["cases"], found.figures["usual"])) == (1, (18, "10"))


def test_disease_without_enough_years_is_not_judged_and_few_cases_are_usual(conn: Connection) -> None:
    store(conn, [cases("A90", WEEK, 500), cases("A90", WEEK - timedelta(days=364), 3), cases("A90", WEEK - timedelta(days=728), 3)])
    assert [(r.subject, r.unknown) for r in at_present(conn, "SS-01", NINE)] == [("A90", True)]
    empty(conn)
    store(conn, years("B01", {0: 4}, usual=(0, 0, 1)))
    assert at_present(conn, "SS-01", NINE) == []


def test_week_that_is_not_over_or_not_told_yet_does_not_count(conn: Connection) -> None:
    store(conn, [*years("A90", {1: 60})])
    assert at_present(conn, "SS-01", NINE) == []
    assert counted(at_present(conn, "SS-01", NINE + timedelta(days=2))) == {"A90": 1}
    assert in_the_past(conn, "SS-01", NINE, LATER) == []
    assert counted(in_the_past(conn, "SS-01", NINE + timedelta(days=2), LATER)) == {"A90": 1}


def test_beds_are_those_of_the_newest_day_of_each_hospital(conn: Connection) -> None:
    store(conn, [beds(date(2026, 11, 8), 115), beds(MONDAY, 96), beds(MONDAY, 112, "BV-2"), beds(MONDAY, 99, "BV-3", COMMUNE),
                 beds(MONDAY, 80, "BV-4"), beds(date(2026, 11, 6), 120, "BV-5", COMMUNE)])
    found = {r.subject: r for r in at_present(conn, "SS-02", NINE)}
    assert {unit: (r.value, r.raised) for unit, r in found.items()} == {WARD: (112, (2, 1)), COMMUNE: (99, (1, 0))}
    assert {r.subject: (r.value, r.unknown) for r in in_the_past(conn, "SS-02", start_of(MONDAY) + timedelta(hours=9), LATER)} == {
        WARD: (115, False), COMMUNE: (None, True)}
    assert [r.unknown for r in at_present(conn, "SS-02", NINE + timedelta(days=5))] == [True, True]


def test_correction_of_beds_changes_what_is_found_but_not_what_was_known(conn: Connection) -> None:
    store(conn, [beds(MONDAY, 97), beds(MONDAY, 88, at=minute(60))])
    assert at_present(conn, "SS-02", minute(61)) == []
    assert counted(in_the_past(conn, "SS-02", minute(30), LATER)) == counted(as_known(conn, "SS-02", minute(30))) == {WARD: 1}


def test_payment_is_late_from_the_opening_of_the_next_working_day(conn: Connection) -> None:
    store(conn, [batch("F", date(2026, 11, 6)), batch("S", date(2026, 11, 7), COMMUNE), batch("T", TUESDAY), batch("P", MONDAY), batch("Q", MONDAY),
                 paid("P", minute(-60 * 20))])
    assert {r.subject: r.value for r in at_present(conn, "SS-03", start_of(TUESDAY) + timedelta(hours=6))} == {WARD: 1}
    assert {r.subject: (r.value, r.cases) for r in at_present(conn, "SS-03", NINE)} == {WARD: (2, 2), COMMUNE: (1, 1)}
    store(conn, [paid("Q", minute(10)), paid("F", minute(11)), paid("S", minute(12), COMMUNE)])
    assert at_present(conn, "SS-03", minute(20)) == []
    assert {r.subject: r.cases for r in in_the_past(conn, "SS-03", NINE, LATER)} == {WARD: 2, COMMUNE: 1}


def test_card_share_falls_below_the_days_before_at_one_facility(conn: Connection) -> None:
    days = [TUESDAY - timedelta(days=n) for n in range(6, 1, -1)]
    store(conn, [*(cards(day, 80, facility=name, unit=unit) for day in days for name, unit in (("A", WARD), ("B", WARD), ("C", COMMUNE), ("D", COMMUNE))),
                 cards(MONDAY, 50, facility="A"), cards(MONDAY, 62, facility="B"), cards(MONDAY, 10, 20, "C", COMMUNE), cards(MONDAY, 0, 40, "E", COMMUNE)])
    found = at_present(conn, "SS-04", NINE)
    assert {r.subject: (r.value, r.raised, r.cases) for r in found} == {WARD: (30, (1,), 2)}
    store(conn, [cards(TUESDAY, 51, facility="A"), cards(TUESDAY, 80, facility="B")])
    assert {r.subject: (r.value, r.cases) for r in at_present(conn, "SS-04", NINE + timedelta(days=1))} == {WARD: (29, 1)}
    assert in_the_past(conn, "SS-04", NINE, LATER) == as_known(conn, "SS-04", NINE) == found


def test_poisonings_are_counted_by_unit_and_day_of_onset(conn: Connection) -> None:
    store(conn, [cases("A05", MONDAY, 3, at=minute(-90)), cases("A05.9", MONDAY, 2, at=minute(-80)), cases("A05", MONDAY, 4, COMMUNE, at=minute(-70)),
                 cases("A05", MONDAY - timedelta(days=1), 4, COMMUNE, at=minute(-60)), cases("A09", MONDAY, 50, at=minute(-50))])
    assert {r.subject: r.value for r in at_present(conn, "SS-05", NINE)} == {WARD: 5}
    assert at_present(conn, "SS-05", NINE + timedelta(days=3)) == []
    assert {r.subject: r.value for r in in_the_past(conn, "SS-05", NINE, LATER)} == {WARD: 5}
    assert at_present(conn, "SS-05", minute(-85)) == []
