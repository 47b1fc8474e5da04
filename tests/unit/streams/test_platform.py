"""What becomes of certificates, security events, synchronised dossiers and control totals, and what the hours say of the rest."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ioc.clock import local_day
from ioc.db.connect import Connection
from ioc.errors import InvalidEvent
from ioc.streams.engine.event import Event
from ioc.streams.engine.states import read_states
from ioc.streams.platform import STREAM
from tests.integration.streams_db import rows
from tests.unit.streams.lives import after, keys, lived, measured, projection_of, same_in_any_order, stories, teller
from tests.unit.streams.stored import write

NEEDED: dict[str, dict[str, Any]] = {
    "heartbeat": {"source_id": "one-stop", "status": "up"},
    "probe": {"source_id": "portal-1", "status": "up"},
    "api_call_stats": {"source_id": "lgsp", "service": "ho-tich", "calls": 100, "errors": 2},
    "certificate_expiring": {"source_id": "register", "expires_on": "2026-12-15", "holder_kind": "device"},
    "security_event": {"source_id": "soc", "severity": 3, "reason": "dò mật khẩu"},
    "security_contained": {"source_id": "soc"},
    "event_rejected": {"source_id": "one-stop", "reason": "schema"},
    "sync_ack": {"source_id": "dvcqg", "dossier_code": "S1"},
    "sync_failed": {"source_id": "dvcqg", "dossier_code": "S1", "reason": "mã thủ tục"},
    "consumer_lag": {"source_id": "ioc-sink", "service": "ioc.dossier", "value": 12},
    "control_total": {"source_id": "one-stop", "day": "2026-11-19", "measure": "received", "value": 37},
}
ANYTHING = {fact: st.fixed_dictionaries({}, optional={"unit_code": st.sampled_from(["U1", "U2", ""]), "severity": st.integers(1, 4)})
            for fact in ("security_event", "security_contained", "sync_ack", "sync_failed")}
TELL = teller(STREAM)
FOLDED = replace(STREAM, facts={fact: needed for fact, needed in STREAM.facts.items() if fact not in projection_of(STREAM).observations})
DAY = local_day(after(0))


def platform(fact: str, minutes: float = 0, **data: Any) -> Event[Any]:
    return TELL(fact, minutes, **{**NEEDED[fact], **data})


def told(*facts: str) -> list[Event[Any]]:
    return [platform(fact, n * 5) for n, fact in enumerate(facts)]


@pytest.mark.parametrize(("facts", "name"), [
    (("certificate_expiring", "certificate_expiring"), "expiring"),
    (("security_event", "security_event", "security_contained"), "contained"),
    (("sync_failed", "sync_failed", "sync_ack", "sync_ack"), "synced"),
    (("sync_ack", "sync_failed"), "unsynced"),
    (("control_total", "control_total"), "told"),
])
def test_subject_lives_as_the_table_allows(facts: tuple[str, ...], name: str) -> None:
    found = lived(STREAM, *told(*facts))
    assert (found.name, found.irregularities) == (name, [])


@pytest.mark.parametrize("facts", [
    ("security_contained",), ("security_event", "security_contained", "security_contained"), ("security_event", "security_contained", "security_event"),
    ("certificate_expiring", "sync_ack"), ("control_total", "security_event"),
])
def test_forbidden_step_is_an_irregularity_and_changes_nothing(facts: tuple[str, ...]) -> None:
    found, before = lived(STREAM, *told(*facts)), lived(STREAM, *told(*facts[:-1]))
    assert [i.event.fact for i in found.irregularities] == [facts[-1]]
    assert (found.name, found.state, found.counts) == (before.name, before.state, before.counts)


def test_containment_is_measured_from_the_first_word_of_the_event() -> None:
    found = lived(STREAM, platform("security_event"), platform("security_event", 5, severity=4), platform("security_contained", 45))
    assert (found.state.severity, found.state.contain_s) == (4, 2700)
    assert measured(STREAM, found) == {"detected": 1, "contained": 1, "contain_s": 2700}


def test_dossier_is_acknowledged_once_whatever_the_failures_before() -> None:
    found = lived(STREAM, platform("sync_failed"), platform("sync_failed", 5), platform("sync_ack", 1000), platform("sync_ack", 1010))
    assert (found.state.failure_count, found.state.failed_at, found.state.reason) == (2, None, None)
    assert keys(STREAM, found) == {"acknowledged": (DAY + timedelta(days=1), "dvcqg", "U1", "")}


def test_dossier_whose_newest_synchronisation_failed_is_not_acknowledged() -> None:
    found = lived(STREAM, *told("sync_ack", "sync_failed", "sync_failed"))
    assert (found.state.acknowledged_at, found.state.failed_at) == (None, after(5))
    assert measured(STREAM, found) == {"failed": 1}


def test_renewed_certificate_has_its_new_last_day() -> None:
    state = lived(STREAM, platform("certificate_expiring"), platform("certificate_expiring", 5, expires_on="2029-12-15")).state
    assert state.expires_on == date(2029, 12, 15)


def test_newest_control_total_stands_also_when_it_is_nought() -> None:
    state = lived(STREAM, platform("control_total"), platform("control_total", 60, value=0)).state
    assert (state.value, state.day, state.told_at) == (0, date(2026, 11, 19), after(60))


def test_event_without_a_unit_leaves_the_known_one() -> None:
    assert lived(STREAM, platform("sync_failed", unit_code="U1"), platform("sync_ack", 5, unit_code="")).state.unit_code == "U1"


@pytest.mark.parametrize(("fact", "data", "reason"), [
    ("probe", {"status": "alive"}, "one of up, degraded, down"),
    ("heartbeat", {"status": "OK"}, "one of up, degraded, down"),
    ("api_call_stats", {"calls": 3, "errors": 4}, "4 errors in 3 calls"),
])
def test_what_cannot_be_is_refused(fact: str, data: dict[str, Any], reason: str) -> None:
    with pytest.raises(InvalidEvent, match=reason):
        platform(fact, **data)


@given(story=stories(FOLDED, platform, ANYTHING), lengths=st.lists(st.integers(1, 4)), random=st.randoms())
@settings(max_examples=80, deadline=None)
def test_subject_comes_out_the_same_in_any_order_and_any_batches(story: list[Any], lengths: list[int], random: Any) -> None:
    whole = same_in_any_order(STREAM, story, lengths, random)
    assert all(n >= 0 for n in measured(STREAM, whole).values())


def test_late_events_leave_the_same_state_and_counts(conn: Connection) -> None:
    story = [platform("sync_failed"), platform("sync_ack", 20), platform("sync_failed", 40), platform("sync_ack", 1000, unit_code="U2")]
    write(conn, STREAM, *reversed(story))
    standing, expected = read_states(conn, projection_of(STREAM), ["S1"])["S1"], lived(STREAM, *story)
    assert (standing.name, standing.state) == (expected.name, expected.state)
    counted = "select unit_code, sum(acknowledged), sum(failed) from platform_daily where as_of_day <= %s group by 1 having sum(acknowledged + failed) <> 0"
    assert rows(conn, counted, DAY) == [("U1", 0, 1)]
    assert rows(conn, counted, DAY + timedelta(days=1)) == [("U2", 1, 0)]


def test_observations_are_stored_and_leave_no_state(conn: Connection) -> None:
    write(conn, STREAM, *told("heartbeat", "probe", "api_call_stats", "event_rejected", "consumer_lag"))
    assert rows(conn, "select count(*) from platform_event") == [(5,)]
    assert rows(conn, "select 1 from platform_state") == []


def test_hours_sum_what_was_observed(conn: Connection) -> None:
    probes = [platform("probe", 5, latency_ms=100), platform("probe", 10, status="degraded", latency_ms=900), platform("probe", 15, status="down")]
    calls = [platform("api_call_stats", n, calls=40, errors=n, p95_ms=200 + n, interval_s=300) for n in (1, 2)]
    write(conn, STREAM, *probes, *calls, platform("heartbeat", 61), platform("event_rejected", 62), platform("consumer_lag", 3), platform("sync_ack", 4))
    found = rows(conn, "select hour, source_id, service, heartbeats, probes, successes, latency_n, latency_sum_ms, latency_max_ms, calls, errors, "
                       "p95_max_ms, rejected from platform_hourly order by hour, source_id")
    assert found == [
        (after(0), "lgsp", "ho-tich", 0, 0, 0, 0, None, None, 80, 3, 202, 0),
        (after(0), "portal-1", None, 0, 3, 2, 2, 1000, 900, None, None, None, 0),
        (after(60), "one-stop", None, 1, 0, 0, 0, None, None, None, None, None, 1),
    ]
