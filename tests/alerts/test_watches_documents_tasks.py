"""The watches of documents, tasks and conferences: several of several agencies, counted by hand."""

from datetime import datetime

import pytest

from ioc.alerts.reading import behind
from ioc.db.connect import Connection
from tests.alerts.examples.documents_tasks import AGENCY, DEPARTMENT, UNIT, answered, assigned, at, copy, meeting, refusals, task
from tests.alerts.watching import as_known, at_present, cases, in_the_past
from tests.alerts.world import Told, store
from tests.integration.streams_db import empty

WARD, ITS_AGENCY = "31507", "H13.1507"
LATER = at(days=30)


@pytest.fixture(autouse=True)
def conn(alerts_conn: Connection) -> Connection:
    empty(alerts_conn)
    return alerts_conn


def of_ward(told: Told) -> Told:
    return Told(stream=told.stream, fact=told.fact, subject=f"{told.subject}-W", at=told.at,
                data={**told.data, "org_code": ITS_AGENCY, "unit_code": WARD})


def test_documents_are_late_by_their_urgency_and_counted_by_unit(conn: Connection) -> None:
    normal = copy(5, at())
    store(conn, [copy(1, at(), "express"), copy(2, at(), "very_urgent"), copy(3, at(), "urgent"), copy(4, at(), "express", DEPARTMENT, ""), normal])
    assert cases(at_present(conn, "DT-01", at(0.9))) == {}
    assert cases(at_present(conn, "DT-01", at(1.5))) == {UNIT: 1, DEPARTMENT: 1}
    (late, _) = at_present(conn, "DT-01", at(4.5))
    assert (late.raised, late.figures) == ((3, 2), {"late_h": 3.5, "urgent": 3})


def test_normal_document_is_late_after_the_next_working_day_and_by_working_time(conn: Connection) -> None:
    store(conn, [copy(1, at())])
    assert cases(at_present(conn, "DT-01", at(9.9, 1))) == {}
    (late,) = at_present(conn, "DT-01", at(4, 2))
    assert late.raised == (1, 0)
    assert late.value == pytest.approx(4 / 24)
    assert [r.raised for r in at_present(conn, "DT-01", at(10, 6))] == [(1, 1)]  # Thursday, Friday and Monday: 24 hours of work


def test_registered_and_refused_documents_are_not_late(conn: Connection) -> None:
    letters = [copy(n, at(), "express") for n in range(3)]
    store(conn, [*letters, answered(letters[0], "accepted", at(0.5)), answered(letters[1], "refused", at(3))])
    assert cases(at_present(conn, "DT-01", at(2))) == {UNIT: 2}
    assert cases(at_present(conn, "DT-01", at(4))) == {UNIT: 1}


def test_tasks_are_overdue_by_working_days_and_by_unit(conn: Connection) -> None:
    store(conn, [assigned(1, at(days=-7), at(10)), assigned(2, at(days=-7), at(10, 3)), of_ward(assigned(3, at(days=-7), at(10, 2))),
                 assigned(4, at(days=-7), at(10)), task(4, "completed", at(5)), assigned(5, at(days=-7), at(10)), task(5, "cancelled", at(5)),
                 task(6, "assigned", at(days=-7), owner_org=AGENCY)])
    assert {r.subject: (r.cases, r.value) for r in at_present(conn, "DT-02", at(1, 6))} == {UNIT: (2, 4), WARD: (1, 2)}
    assert behind(at_present(conn, "DT-02", at(1, 7)), UNIT).raised == (2, 1)  # type: ignore[union-attr]


def test_task_without_progress_is_slow_only_in_the_second_half_of_its_term(conn: Connection) -> None:
    store(conn, [assigned(1, at(), at(10, 2)), assigned(2, at(days=-14), at(10, 3)), assigned(3, at(days=-14), at(10, 3)),
                 task(3, "reported", at(days=-1), progress_pct=60), assigned(4, at(days=-14), at(10, 13))])
    assert cases(at_present(conn, "DT-03", at(1))) == {UNIT: 1}
    assert cases(at_present(conn, "DT-03", at(10, 1))) == {UNIT: 2}


def test_task_given_back_waits_for_nobodys_acknowledgement(conn: Connection) -> None:
    store(conn, [assigned(1, at(), at(10, 9)), assigned(2, at(), at(10, 9)), task(2, "returned", at(2)), assigned(3, at(1, 1), at(10, 9))])
    assert cases(at_present(conn, "DT-04", at(1, 2))) == {UNIT: 1}


def test_lost_points_are_one_alert_a_session_and_none_once_it_is_over(conn: Connection) -> None:
    points = ("31528", "31507", "31510")
    store(conn, [meeting("started", at(1)), *(meeting("point_joined", at(1 + n / 100), p) for n, p in enumerate(points)),
                 *(meeting("point_lost", at(2 + n / 100), p) for n, p in enumerate(points)), meeting("point_joined", at(2.03), points[2])])
    assert cases(at_present(conn, "DT-05", at(2.2))) == {"HN-1": 2}
    store(conn, [meeting("ended", at(3))])
    assert cases(at_present(conn, "DT-05", at(3.1))) == {}


def test_agency_refuses_too_much_only_among_enough_documents(conn: Connection) -> None:
    store(conn, [*refusals(3, 20), *(copy(n, at(n / 100), to_org=ITS_AGENCY, unit_code=WARD) for n in range(19)),
                 *(answered(copy(n, at(), to_org=ITS_AGENCY, unit_code=WARD), "refused", at(2)) for n in range(9))])
    (found,) = at_present(conn, "DT-06", at(5))
    assert (found.subject, found.value, found.figures) == (DEPARTMENT, 15, {"refused": 3, "arrived": 20})
    assert cases(at_present(conn, "DT-06", at(5, 7))) == {}


@pytest.mark.parametrize(("number", "when"), [("DT-01", at(4)), ("DT-02", at(1, 4)), ("DT-03", at(1)), ("DT-04", at(1, 2)), ("DT-05", at(2.2))])
def test_past_moment_is_answered_the_same_later(conn: Connection, number: str, when: datetime) -> None:
    letter = copy(1, at(), "express")
    store(conn, [letter, assigned(1, at(days=-7), at(10)), assigned(2, at(days=-14), at(10, 2)), assigned(3, at(), at(10, 20)),
                 meeting("started", at(1)), meeting("point_joined", at(1), UNIT), meeting("point_lost", at(2), UNIT)])
    then = at_present(conn, number, when)
    store(conn, [meeting("ended", at(3)), answered(letter, "accepted", at(1, 8)), task(1, "completed", at(2, 8)), task(2, "cancelled", at(2, 8)),
                 task(3, "acknowledged", at(2, 8))])
    assert in_the_past(conn, number, when, LATER) == as_known(conn, number, when) == then
    assert then
    assert at_present(conn, number, at(3, 8)) == []


def test_past_week_of_refusals_is_answered_the_same_later(conn: Connection) -> None:
    store(conn, refusals(3, 20))
    then = at_present(conn, "DT-06", at(5))
    store(conn, [copy(n, at(6 + n / 100), to_org=DEPARTMENT, unit_code="") for n in range(20, 50)])
    assert in_the_past(conn, "DT-06", at(5), LATER) == as_known(conn, "DT-06", at(5)) == then
