"""What handling costs: kept within bounds, forgotten after 90 days, shown of oneself and of all."""

from datetime import timedelta

import pytest

from ioc.db.connect import Connection
from ioc.errors import NotFoundError
from ioc.people.principal import Grant
from ioc.shift.measures import KEPT, Measure, costs, keep
from tests.integration.decisions_desk import LEAD, OPERATOR, person, report
from tests.integration.streams_db import one
from tests.integration.streams_wire import NOW


def measure(subject: str = "PA-1", keys: int = 3, machine_ms: int = 400) -> Measure:
    return Measure(subject=subject, act="verified", keys=keys, machine_ms=machine_ms, reading_ms=20_000)


def test_acts_of_one_report_are_one_cost(dsn: str, conn: Connection) -> None:
    report(dsn)
    report(dsn, subject="PA-2")
    for subject, keys in (("PA-1", 3), ("PA-1", 1), ("PA-2", 2)):
        keep(conn, measure(subject, keys), OPERATOR, NOW)
    found = costs(conn, NOW)
    assert (found.reports, found.keys_median, found.machine_median_s, found.people) == (2, 3.0, 0.6, 1)


def test_own_costs_are_of_oneself_alone(dsn: str, conn: Connection) -> None:
    report(dsn)
    keep(conn, measure(keys=9), LEAD, NOW)
    keep(conn, measure(keys=2), OPERATOR, NOW)
    assert (costs(conn, NOW, actor=OPERATOR.actor).keys_median, costs(conn, NOW, actor=LEAD.actor).keys_median) == (2.0, 9.0)


def test_measure_is_forgotten_after_90_days(dsn: str, conn: Connection) -> None:
    report(dsn)
    keep(conn, measure(), OPERATOR, NOW - KEPT - timedelta(seconds=1))
    assert costs(conn, NOW).reports == 0
    keep(conn, measure(), OPERATOR, NOW)
    assert one(conn, "select count(*) from triage_measure") == 1


def test_measure_of_what_is_out_of_reach_is_not_kept(dsn: str, conn: Connection) -> None:
    report(dsn)
    far = person(Grant(role="operator", units=frozenset({"U9"})), number="16")
    for subject, who in (("PA-404", OPERATOR), ("PA-1", far)):
        with pytest.raises(NotFoundError):
            keep(conn, measure(subject), who, NOW)
    assert one(conn, "select count(*) from triage_measure") == 0
