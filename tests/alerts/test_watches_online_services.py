"""The watches of online services: dossiers by channel, fees, services and the national portal, counted by hand."""

from collections.abc import Sequence

import pytest

from ioc.db.connect import Connection
from ioc.streams.engine.batch import BatchWriter, Reader
from ioc.streams.engine.event import Event
from ioc.streams.engine.registry import streams
from ioc.streams.engine.rules import rules_of
from tests.alerts.examples.online_services import (
    DEPARTMENT,
    PAYMENT,
    TARGET,
    UNIT,
    at,
    called,
    catalogue,
    offered,
    paid,
    received,
    synced,
)
from tests.alerts.examples.reform_indices import aimed_at
from tests.alerts.watching import as_known, at_present, cases, in_the_past
from tests.alerts.world import Told, message, soc_trang
from tests.integration.streams_db import empty

WARD, ITS_AGENCY = "31507", "H13.1507"
LATER = at(days=30)


@pytest.fixture(autouse=True)
def conn(alerts_conn: Connection) -> Connection:
    empty(alerts_conn)
    return alerts_conn


def store(conn: Connection, told: Sequence[Told]) -> None:
    """Events in one batch, recorded with the last of them: some hundred dossiers one by one would take half a minute."""
    reader, last = Reader(streams(), refuse_simulated=False), max(event.at for event in told)
    items = [reader.read(message(event), last) for event in told]
    assert all(isinstance(item.meaning, Event) for item in items)
    BatchWriter(conn, streams(), rules_of(soc_trang())).write(items, last)


def test_online_rate_is_judged_by_unit_and_of_enough_dossiers(conn: Connection) -> None:
    store(conn, [*received(range(50), at(), "online"), *received(range(50, 60), at(2)),
                 *received(range(9), at(), unit_code=WARD, org_code=ITS_AGENCY), *received(range(25), at(), "app", unit_code="", org_code=DEPARTMENT),
                 *received(range(25, 50), at(2), unit_code="", org_code=DEPARTMENT)])
    found = {r.subject: r.value for r in at_present(conn, "ON-01", at(10), **TARGET)}
    assert found == {DEPARTMENT: -30}
    assert cases(at_present(conn, "ON-01", at(10), **{**TARGET, "parameters": {**TARGET["parameters"], "target_pct": 95}})) == {DEPARTMENT: 1, UNIT: 1}


def test_online_target_of_the_unit_wins_over_the_provinces_and_the_rules(conn: Connection) -> None:
    store(conn, [*received(range(60), at()), *received(range(60), at(), unit_code=WARD, org_code=ITS_AGENCY),
                 aimed_at("online_dossiers", "2026", at(), 40, unit_code=""), aimed_at("online_dossiers", "2026", at(), 20, unit_code=WARD)])
    assert {r.subject: r.value for r in at_present(conn, "ON-01", at(10), **TARGET)} == {UNIT: -40, WARD: -20}


def test_unit_that_receives_nothing_any_more_has_no_online_rate(conn: Connection) -> None:
    store(conn, received(range(60), at(days=-20)))
    assert cases(at_present(conn, "ON-01", at(10, days=-10), **TARGET)) == {UNIT: 1}
    assert at_present(conn, "ON-01", at(10), **TARGET) == []


def test_payment_rate_is_in_per_cent_of_its_target(conn: Connection) -> None:
    store(conn, [*received(range(60), at(), fee_due=True), *received(range(60, 90), at(2), fee_due=False), *paid(range(3), at(5))])
    (found,) = at_present(conn, "ON-02", at(10), **TARGET)
    assert (found.subject, found.value, found.figures) == ("", 6.25, {"rate_pct": 5.0, "target_pct": 80, "fee_due": 60})
    assert at_present(conn, "ON-02", at(10, days=95), **TARGET) == []


def test_full_service_on_offer_for_long_and_asked_for_on_paper_alone_is_unused(conn: Connection) -> None:
    for code, days, level in (("9.500001.01", -120, "full"), ("9.500002.01", -120, "full"), ("9.500003.01", -20, "full"), ("9.500004.01", -120, "partial")):
        store(conn, [offered(code, at(days=days), level)])
    for n, code in enumerate(("9.500001", "9.500002", "9.500003", "9.500004.01")):
        store(conn, received(range(100 * n, 100 * n + 20), at(10 * n), "post" if n else "counter", procedure_code=code))
    store(conn, received([999], at(50), "online", procedure_code="9.500002"))
    (found,) = at_present(conn, "ON-03", at(60))
    assert (found.subject, found.items, found.value) == (DEPARTMENT, ("9.500001.01",), 20)


def test_unused_service_needs_twenty_on_paper(conn: Connection) -> None:
    store(conn, [offered("9.500001.01", at(days=-120)), *received(range(19), at(), procedure_code="9.500001")])
    assert cases(at_present(conn, "ON-03", at(60))) == {DEPARTMENT: 0}
    store(conn, received([19], at(61), procedure_code="9.500001"))
    assert cases(at_present(conn, "ON-03", at(70))) == {DEPARTMENT: 1}


def test_dossier_of_a_service_without_a_number_counts_once(conn: Connection) -> None:
    store(conn, [offered("9.500005", at(days=-120)), *received(range(19), at(), procedure_code="9.500005")])
    assert cases(at_present(conn, "ON-03", at(60))) == {DEPARTMENT: 0}


def test_sync_backlog_is_large_by_its_share_or_by_its_age(conn: Connection) -> None:
    store(conn, [*received(range(200), at()), synced("sync_failed", "HS-1", at(10)), synced("sync_failed", "HS-2", at(20)),
                 synced("sync_ack", "HS-2", at(30))])
    assert [r.value for r in at_present(conn, "ON-04", at(40))] == []  # half of one per cent, and half an hour old
    assert [r.value for r in at_present(conn, "ON-04", at(10 + 36 * 60))] == [1.5]
    store(conn, [synced("sync_failed", f"HS-{n}", at(50)) for n in range(3, 6)])
    (found,) = at_present(conn, "ON-04", at(60))
    assert (found.value, found.figures, found.since_at) == (2, {"backlog": 4, "oldest_h": 0}, at(10))


def test_first_failure_of_the_morning_is_compared_with_the_last_working_day(conn: Connection) -> None:
    store(conn, [*received(range(110), at(days=-4)), *received(range(200, 210), at()), synced("sync_failed", "HS-1", at(10))])
    assert [r.value for r in at_present(conn, "ON-04", at(11))] == [10]  # Monday had none, so it is one of today's ten
    store(conn, received(range(300, 430), at(days=-1)))
    assert at_present(conn, "ON-04", at(11)) == []


def test_payment_calls_are_counted_within_the_window_and_of_named_services(conn: Connection) -> None:
    store(conn, [called(at(), 100, 90), called(at(20), 12, 1), called(at(25), 8, 1), called(at(26), 50, 50, "population-db")])
    (found,) = at_present(conn, "ON-05", at(30), **PAYMENT)
    assert (found.subject, found.value, found.figures) == ("payment", 10, {"errors": 2, "calls": 20})
    assert at_present(conn, "ON-05", at(38), **PAYMENT) == []


def test_catalogue_that_adds_up_is_well_and_the_newest_one_counts(conn: Connection) -> None:
    store(conn, catalogue(at(), 1015, 343, 420, 1778))
    assert at_present(conn, "ON-06", at(10)) == []
    store(conn, catalogue(at(20), 1015, 343, 421, 1778))
    assert [(r.value, r.figures) for r in at_present(conn, "ON-06", at(30))] == [(1, {"total": 1778, "levels": 1779})]


def test_past_moment_is_answered_the_same_later(conn: Connection) -> None:
    store(conn, [offered("9.500001.01", at(days=-120)), *received(range(60), at(), fee_due=True, procedure_code="9.500001"),
                 synced("sync_failed", "HS-1", at(5)), called(at(8), 40, 10), *catalogue(at(1), 1, 1, 1, 4)])
    asked = {"ON-01": TARGET, "ON-02": TARGET, "ON-03": {}, "ON-04": {}, "ON-05": PAYMENT, "ON-06": {}}
    then = {number: at_present(conn, number, at(10), **changed) for number, changed in asked.items()}
    store(conn, [*received(range(60, 260), at(20), "online", procedure_code="9.500001"), synced("sync_ack", "HS-1", at(20)), *paid(range(40), at(30)),
                 called(at(11), 900, 0), *catalogue(at(20), 1, 1, 2, 4)])
    assert {number: in_the_past(conn, number, at(10), LATER, **changed) for number, changed in asked.items()} == then
    assert {number: as_known(conn, number, at(10), **changed) for number, changed in asked.items()} == then
    assert all(then.values())
    assert not any(cases(at_present(conn, number, at(60), **changed)) for number, changed in asked.items())
