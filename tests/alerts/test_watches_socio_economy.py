"""The watches of the economy: targets, investment, inspections, petitions and monthly reports of several places, counted by hand."""

from datetime import timedelta

import pytest

from ioc.alerts.reading import behind
from ioc.db.connect import Connection
from tests.alerts.examples.reform_indices import UNIT, aimed_at, at, observed
from tests.alerts.examples.socio_economy import FEBRUARY, ONE, OTHER, answered, inspection, months, petition, planned, submitted
from tests.alerts.watching import as_known, at_present, cases, in_the_past
from tests.alerts.world import store
from tests.integration.streams_db import empty

WARD = "31507"
LATER = at(days=30)


@pytest.fixture(autouse=True)
def conn(alerts_conn: Connection) -> Connection:
    empty(alerts_conn)
    return alerts_conn


def test_pace_is_judged_after_the_first_quarter_and_not_of_investment(conn: Connection) -> None:
    for name in ("export_value", "tourist_arrivals", "disbursement", "retail_sales"):
        store(conn, [aimed_at(name, "2026", at(days=-300), 3650, unit_code="")])
    told = {"export_value": 200, "tourist_arrivals": 270, "disbursement": 10, "retail_sales": 300}
    store(conn, [observed(name, "2026-01", at(days=-270, hours=n), unit_code="", value=value) for n, (name, value) in enumerate(told.items())])
    assert at_present(conn, "SE-01", at(days=-225)) == []  # 30 March
    (found,) = at_present(conn, "SE-01", at(days=-220))
    assert (found.subject, found.raised) == ("", (2, 1))
    assert found.value == pytest.approx(200 / 310)


def test_investment_of_the_year_before_is_asked_for_from_the_end_of_january(conn: Connection) -> None:
    told = [("", 80), (UNIT, 96), (WARD, 70)]
    store(conn, [observed("disbursement", "2025-12", FEBRUARY - timedelta(days=20), unit_code=unit, value=value) for unit, value in told])
    assert at_present(conn, "SE-02", FEBRUARY - timedelta(days=4)) == []
    (found,) = at_present(conn, "SE-02", FEBRUARY)
    assert (found.subject, found.raised, found.value, found.unit_code) == ("", (2,), 25, WARD)
    assert at_present(conn, "SE-02", FEBRUARY + timedelta(days=60)) == []


def test_investment_is_compared_with_the_national_mean_only_where_that_was_told(conn: Connection) -> None:
    store(conn, [observed("disbursement", "2026-10", at(), unit_code="", value=40), observed("disbursement", "2026-10", at(), unit_code=UNIT, value=4)])
    assert at_present(conn, "SE-02", at(1)) == []
    store(conn, [observed("disbursement", "2026-10", at(1), unit_code="VN", value=49)])
    assert at_present(conn, "SE-02", at(2)) == []
    store(conn, [observed("disbursement", "2026-10", at(2), unit_code="VN", value=50.5)])
    assert [(r.subject, r.value) for r in at_present(conn, "SE-02", at(3))] == [("", 0.5)]


def test_second_inspection_is_planned_conducted_or_cancelled(conn: Connection) -> None:
    store(conn, [planned(1, at(days=-100), "2026-09-01"), planned(1, at(days=-100), "2026-09-01", OTHER), planned(2, at(days=-90), "2027-02-01", OTHER),
                 inspection("inspection_conducted", 1, at(days=-70))])
    assert at_present(conn, "SE-03", at()) == []
    store(conn, [planned(2, at(1)), planned(3, at(1), "2026-12-20", OTHER)])
    assert {r.subject: r.raised for r in at_present(conn, "SE-03", at(2))} == {ONE: (1, 0), OTHER: (1, 0)}
    store(conn, [inspection("inspection_conducted", 2, at(3)), inspection("inspection_cancelled", 3, at(3), OTHER)])
    assert {r.subject: r.raised for r in at_present(conn, "SE-03", at(4))} == {ONE: (1, 1)}
    assert at_present(conn, "SE-03", at(days=60)) == []  # another year


def test_petitions_are_those_of_enterprises_of_the_province(conn: Connection) -> None:
    due = at(1)
    store(conn, [submitted(at(days=-4), due, 1), submitted(at(days=-4), due, 2, "TR-ROAD", reporter_kind="enterprise"),
                 submitted(at(days=-4), due, 3, "TR-ROAD"), submitted(at(days=-4), due, 4, jurisdiction="chicago"),
                 submitted(at(days=-4), at(9), 5), submitted(at(days=-4), due, 6), *answered(at(), 6),
                 submitted(at(days=-4), at(1), 7, unit_code=WARD)])
    assert cases(at_present(conn, "SE-04", at(2))) == {UNIT: 2, WARD: 1}
    assert behind(at_present(conn, "SE-04", at(2, 2)), UNIT).value == 2  # type: ignore[union-attr]


def test_petition_that_pauses_is_not_late(conn: Connection) -> None:
    store(conn, [submitted(at(days=-4), at(1)), *answered(at(days=-3))[:3], petition("paused", at(), approved=True, reason_code="weather")])
    assert at_present(conn, "SE-04", at(2)) == []


def test_month_is_missing_after_the_fifth_working_day_where_one_was_told_before(conn: Connection) -> None:
    store(conn, [*months("budget_revenue", 7, 8, 9), *months("disbursement", 8, 9), *months("budget_revenue", 4, 5, unit_code=WARD),
                 observed("disbursement", "2026-10", at(days=-5), value=51)])
    assert at_present(conn, "SE-05", at(days=-2)) == []  # Sunday after the fifth
    assert [(r.subject, r.items, r.value, r.figures) for r in at_present(conn, "SE-05", at(1))] == [
        (UNIT, ("budget_revenue/31528/2026-10",), 2, {"period": "10/2026"})]


def test_month_that_is_asked_for_by_hand_is_left_to_its_own_deadline(conn: Connection) -> None:
    store(conn, [*months("par_plan", 7, 8, 9, unit_code=""), *months("budget_revenue", 7, 8, 9, unit_code="")])
    assert [r.items for r in at_present(conn, "SE-05", at(1))] == [("budget_revenue/province/2026-10",)]


def test_past_moment_is_answered_the_same_later(conn: Connection) -> None:
    store(conn, [aimed_at("export_value", "2026", at(days=-300), 1000, unit_code=""), observed("export_value", "2026-09", at(), unit_code="", value=60),
                 observed("disbursement", "2026-10", at(), unit_code="", value=40), observed("disbursement", "2026-10", at(), unit_code="VN", value=60),
                 planned(1, at(days=-1)), planned(2, at()), submitted(at(days=-4), at(0.5))])
    numbers = ("SE-01", "SE-02", "SE-03", "SE-04", "SE-05")
    then = {number: at_present(conn, number, at(1)) for number in numbers}
    store(conn, [observed("export_value", "2026-09", at(20), unit_code="", value=90), observed("export_value", "2026-10", at(20), unit_code="", value=90),
                 observed("disbursement", "2026-10", at(20), unit_code="", value=55), inspection("inspection_cancelled", 2, at(20)), *answered(at(20))])
    assert {number: in_the_past(conn, number, at(1), LATER) for number in numbers} == then
    assert {number: as_known(conn, number, at(1)) for number in numbers} == then
    assert all(then.values())
    assert not any(cases(at_present(conn, number, at(21))).values() for number in numbers)
