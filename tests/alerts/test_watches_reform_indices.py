"""The watches of indices and of the figures' quality: several places and periods, counted by hand."""

from typing import Any

import pytest

from ioc.db.connect import Connection
from tests.alerts.examples.reform_indices import UNIT, aimed_at, at, observed
from tests.alerts.watching import as_known, at_present, cases, in_the_past
from tests.alerts.world import store
from tests.integration.streams_db import empty

WARD, DEPARTMENT = "31507", "H13.02"
LATER = at(days=30)
PRINTED: dict[str, Any] = {"numerator": 41, "denominator": 103, "unit": "%"}


@pytest.fixture(autouse=True)
def conn(alerts_conn: Connection) -> Connection:
    empty(alerts_conn)
    return alerts_conn


def test_newest_published_score_of_each_place_is_judged(conn: Connection) -> None:
    store(conn, [observed("score_766", "2026-11-08", at(), value=45), observed("score_766", "2026-11-09", at(1), value=65),
                 observed("score_766", "2026-10", at(), unit_code=WARD, value=70), observed("score_766", "2026-10", at(), unit_code="", value=69.99),
                 observed("score_766", "2026-08", at(), unit_code="", org_code=DEPARTMENT, value=40)])
    found = {r.subject: (r.raised, r.value) for r in at_present(conn, "RI-01", at(2))}
    assert found == {"": ((1, 0), 69.99), UNIT: ((1, 0), 65), WARD: ((0, 0), 70)}  # a point above 70 would let it go


def test_fall_is_measured_from_the_highest_of_the_week_before(conn: Connection) -> None:
    scores = (("2026-11-01", 90), ("2026-11-03", 80), ("2026-11-05", 81.5), ("2026-11-09", 76))
    store(conn, [observed("score_766", day, at(n / 10), value=value) for n, (day, value) in enumerate(scores)])
    store(conn, [observed("score_766", "2026-W45", at(), unit_code=WARD, value=76), observed("score_766", "2026-W44", at(), unit_code=WARD, value=83)])
    found = {r.subject: (r.value, r.figures) for r in at_present(conn, "RI-02", at(2))}
    assert found == {UNIT: (5.5, {"score": 76, "before": 81.5}), WARD: (7, {"score": 76, "before": 83})}
    assert at_present(conn, "RI-02", at(days=21)) == []


def test_ranks_are_compared_only_with_the_year_before_and_out_of_as_many(conn: Connection) -> None:
    told = [("par_index", "2024", 18, 63), ("par_index", "2025", 30, 34), ("papi", "2024", 4, 34), ("papi", "2025", 9, 34), ("pci", "2023", 1, 34),
            ("pci", "2025", 20, 34), ("sipas", "2024", 9, 34), ("sipas", "2025", 13, 34), ("dti", "2020", 1, 63), ("dti", "2021", 40, 63)]
    store(conn, [observed(name, year, at(n / 10), unit_code="", rank=rank, out_of=of) for n, (name, year, rank, of) in enumerate(told)])
    (found,) = at_present(conn, "RI-03", at(2))
    assert (found.subject, found.items, found.value, found.figures) == ("", ("papi/province/2025",), 5, {"rank": 9, "out_of": 34})
    assert at_present(conn, "RI-03", at(days=91)) == []


def test_figures_that_agree_or_are_of_long_ago_are_not_found(conn: Connection) -> None:
    store(conn, [observed("par_plan", "2026-10", at(), published_value=40.2, **PRINTED), observed("par_plan", "2026-09", at(), published_value=39.8, **PRINTED),
                 observed("disbursement", "2026-10", at(), published_value=38.0, **PRINTED), observed("par_plan", "2015", at(), published_value=37, **PRINTED),
                 observed("par_plan", "2026-10", at(), unit_code=WARD, published_value=41, **PRINTED)])
    found = at_present(conn, "RI-04", at(1))
    assert cases(found) == {UNIT: 2, WARD: 1}
    assert [r.value for r in found] == [pytest.approx(1.1942, abs=1e-4), pytest.approx(1.8058, abs=1e-4)]


def test_target_is_missing_after_thirty_days_unless_a_shorter_period_ended_with_it(conn: Connection) -> None:
    store(conn, [aimed_at("par_plan", "2026-Q3", at(days=-200), 75), aimed_at("disbursement", "2026-09", at(days=-200), 75),
                 aimed_at("budget_revenue", "2026-Q3", at(days=-200), 75), observed("budget_revenue", "2026-09", at(days=-30), value=70),
                 aimed_at("par_plan", "2026-09", at(days=-200), 75, unit_code=WARD), observed("par_plan", "2026-09", at(days=-40), unit_code=WARD, value=1),
                 aimed_at("par_plan", "2026-10", at(days=-200), 75), aimed_at("handling_time_cut", "2014", at(days=-200), 30, unit_code=WARD)])
    assert at_present(conn, "RI-05", at(days=-11)) == []  # 30 October
    assert [(r.subject, r.raised, r.value) for r in at_present(conn, "RI-05", at(days=-10))] == [(UNIT, (2,), 31)]


def test_figure_to_be_entered_is_late_from_the_working_day_after_its_deadline(conn: Connection) -> None:
    assert at_present(conn, "RI-06", at(days=-4, hours=9.9)) == []  # Friday 6 November, 16:54
    assert at_present(conn, "RI-06", at(days=-2)) == [] or cases(at_present(conn, "RI-06", at(days=-2))) == {}  # Sunday
    (found,) = at_present(conn, "RI-06", at(days=-1, hours=3))
    assert (found.subject, found.items, found.value, found.figures) == ("H13.02", ("par_plan/province/2026-10",), 1, {"period": "2026-10"})
    assert [r.value for r in at_present(conn, "RI-06", at(days=2, hours=3))] == [4]
    store(conn, [observed("par_plan", "2026-10", at(days=2, hours=4), unit_code="", value=64)])
    assert at_present(conn, "RI-06", at(days=2, hours=5)) == []
    assert [r.value for r in in_the_past(conn, "RI-06", at(days=2, hours=3), LATER)] == [4]


def test_past_moment_is_answered_the_same_later(conn: Connection) -> None:
    store(conn, [observed("score_766", "2026-11-05", at(), value=60), observed("score_766", "2026-11-09", at(), value=50),
                 observed("par_index_unit", "2024", at(), rank=3, out_of=43), observed("par_index_unit", "2025", at(), rank=10, out_of=43),
                 observed("par_plan", "2026-10", at(), published_value=40.2, **PRINTED), aimed_at("par_plan", "2026-09", at(days=-60), 90)])
    numbers = ("RI-01", "RI-02", "RI-03", "RI-04", "RI-05")
    then = {number: at_present(conn, number, at(1)) for number in numbers}
    store(conn, [observed("score_766", "2026-11-10", at(20), value=88), observed("par_index_unit", "2025", at(20), rank=4, out_of=43),
                 observed("par_plan", "2026-10", at(20), published_value=39.81, **PRINTED), observed("par_plan", "2026-09", at(20), value=88)])
    assert {number: in_the_past(conn, number, at(1), LATER) for number in numbers} == then
    assert {number: as_known(conn, number, at(1)) for number in numbers} == then
    assert all(then.values())
    assert not any(cases(at_present(conn, number, at(21))).get(UNIT) for number in numbers)
