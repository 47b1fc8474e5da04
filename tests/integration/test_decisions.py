"""Decisions: all of one becomes true together, for whoever may, once, and in sight of what stands."""

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from ioc.audit.ledger import lines
from ioc.clock import FrozenClock
from ioc.db.connect import Connection, connect
from ioc.decisions import decide as deciding
from ioc.decisions.decision import Decided
from ioc.decisions.verdicts import ConflictError, KeyUsedError
from ioc.errors import IocError, UnavailableError
from ioc.people.principal import Grant, Principal
from ioc.streams.engine import rebuild
from ioc.streams.engine.memory import MemoryBroker
from ioc.streams.engine.registry import streams
from tests.integration.decisions_desk import (
    LEAD,
    OFFICE,
    OPERATOR,
    SOURCE,
    counted,
    decided,
    decision,
    owed_is_read,
    publish_owed,
    report,
    sink_reads,
)
from tests.integration.streams_db import one, picture, rows, sunk
from tests.integration.streams_wire import NOW, at, event
from tests.rules import RULES

FOCAL = Grant(role="focal_point", agencies=frozenset({"STC"}))


def test_decision_is_event_state_promise_and_line_at_once(dsn: str, conn: Connection) -> None:
    report(dsn)
    done = decided(conn, decision("verified", priority=2))
    assert done == Decided(event_id=done.event_id, version=2, state="verified")
    assert rows(conn, "select type, source, event_id, occurred_at, priority, actor_role from report_event where source = %s", SOURCE) == [
        ("vn.ioc.report.verified.v1", SOURCE, done.event_id, NOW, 2, "operator")]
    assert rows(conn, "select state, version, priority from report_state") == [("verified", 2, 2)]
    assert rows(conn, "select channel, target, key from outbox") == [("kafka", "ioc.report", b"PA-1")]
    (line,) = lines(conn, limit=1)
    assert (line.actor, line.action, line.subject, line.address) == ("person:12", "report.verified", "report:PA-1", "192.0.2.7")
    assert line.before == {"state": "submitted", "version": 1}
    assert line.after == {"event_id": done.event_id, "state": "verified", "version": 2, "data": {"priority": 2}}


def test_published_decision_changes_nothing_when_the_sink_reads_it(dsn: str, conn: Connection) -> None:
    report(dsn)
    decided(conn, decision("verified"))
    decided(conn, decision("assigned", 2, to_org="STC"))
    before, versions = picture(conn), rows(conn, "select version, recorded_at from report_state")
    owed_is_read(dsn, conn)
    assert (picture(conn), rows(conn, "select version, recorded_at from report_state")) == (before, versions)
    assert rows(conn, "select events, repeats from source_state where source = %s", SOURCE) == [(2, 2)]
    assert one(conn, "select count(*) from dead_letter") == 0
    assert list(rebuild.recount(conn, streams()["report"], RULES)) == []


def test_sink_on_an_empty_database_makes_the_same_of_what_was_published(dsn: str, conn: Connection) -> None:
    report(dsn)
    decided(conn, decision("verified", category="EN-WASTE"))
    decided(conn, decision("assigned", 2, to_org="STC"))
    made, broker = picture(conn), MemoryBroker()
    publish_owed(conn, broker)
    for table in ("event_identity", "report_event", "report_state", "report_history", "report_daily", "source_state"):
        conn.execute(f"delete from {table}".encode())
    report(dsn)
    sink_reads(dsn, broker)
    assert picture(conn) == made


def test_one_of_two_who_decide_at_once_wins_and_nothing_of_the_other_stays(dsn: str, conn: Connection) -> None:
    report(dsn)
    before, start = counted(conn), threading.Barrier(2)

    def act(fact: str, who: Principal) -> Decided | IocError:
        with connect(dsn, application="test", autocommit=True) as mine:
            start.wait()
            try:
                return decided(mine, decision(fact, reason="seen twice"), who)
            except IocError as error:
                return error

    with ThreadPoolExecutor(2) as threads:
        done = list(threads.map(act, ("verified", "rejected"), (OPERATOR, LEAD)))
    (winner,) = [d for d in done if isinstance(d, Decided)]
    (loser,) = [d for d in done if isinstance(d, ConflictError)]
    assert (loser.state, loser.version, loser.changes[0].fact) == (winner.state, 2, winner.state)
    assert loser.changes[0].by in {"Person 12", "Person 13"}
    after = [n - m for n, m in zip(counted(conn), before, strict=True)]
    assert after[:2] == [1, 1]
    assert after[4:8] == [1, 1, 1, 0]


def test_conflict_tells_what_came_from_elsewhere_and_when(dsn: str, conn: Connection) -> None:
    report(dsn)
    sunk(dsn, [event("report", "noted", 5, subject="PA-1")], seconds=5)
    sunk(dsn, [event("report", "verified", 6, subject="PA-1")], seconds=6)
    with pytest.raises(ConflictError) as found:
        decided(conn, decision("verified"))
    assert [(c.fact, c.at.isoformat(), c.by) for c in found.value.changes] == [("noted", at(5), "/test/a"), ("verified", at(6), "/test/a")]
    assert (found.value.version, found.value.state) == (3, "verified")


def test_same_decision_under_the_same_key_counts_once(dsn: str, conn: Connection) -> None:
    report(dsn)
    made = decision("verified")
    first, after = decided(conn, made), counted(conn)
    assert decided(conn, made) == first
    assert counted(conn) == after


def test_same_click_sent_many_times_at_once_counts_once(dsn: str, conn: Connection) -> None:
    report(dsn)
    made, start = decision("verified"), threading.Barrier(4)

    def click(_: int) -> Decided:
        with connect(dsn, application="test", autocommit=True) as mine:
            start.wait()
            return decided(mine, made)

    with ThreadPoolExecutor(4) as threads:
        assert len(set(threads.map(click, range(4)))) == 1
    assert rows(conn, "select version from report_state") == [(2,)]
    assert one(conn, "select count(*) from outbox") == 1


def test_key_of_another_decision_is_refused(dsn: str, conn: Connection) -> None:
    report(dsn)
    made = decision("verified")
    decided(conn, made)
    with pytest.raises(KeyUsedError):
        decided(conn, replace(made, fact="assigned", version=2, data={"to_org": "STC"}))


def test_key_that_is_forgotten_is_still_not_used_twice(dsn: str, conn: Connection) -> None:
    report(dsn)
    made = decision("verified")
    decided(conn, made)
    conn.execute("delete from decision_key")
    with pytest.raises(KeyUsedError):
        decided(conn, replace(made, fact="noted", version=2, data={"note": "seen"}))


def test_key_belongs_to_the_person(dsn: str, conn: Connection) -> None:
    report(dsn)
    made = decision("verified")
    first = decided(conn, made)
    second = decided(conn, replace(made, fact="noted", version=2), LEAD)
    assert second.event_id != first.event_id


def test_refused_decision_can_be_made_again_under_its_key(dsn: str, conn: Connection) -> None:
    report(dsn, "noted")
    made = decision("verified", 7)
    with pytest.raises(ConflictError):
        decided(conn, made)
    assert decided(conn, replace(made, version=1)).state == "verified"


def test_subject_that_stays_locked_is_told_to_try_again(dsn: str, conn: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deciding, "PATIENCE", "200ms")
    report(dsn)
    made = decision("verified")
    with connect(dsn, application="other") as other:
        other.execute("select 1 from report_state for update")
        with pytest.raises(UnavailableError, match="try again"):
            decided(conn, made)
    assert decided(conn, made).state == "verified"


def test_decision_and_sink_on_the_same_reports_never_block_each_other_for_good(dsn: str, conn: Connection) -> None:
    subjects = [f"PA-{n}" for n in range(12)]
    for subject in subjects:
        report(dsn, subject=subject)
    wires = [event("report", "noted", 30 + n, subject=s, id_=f"{s}-{n}") for n in range(10) for s in subjects]

    def decide_all(_: int) -> int:
        with connect(dsn, application="test", autocommit=True) as mine:
            return sum(_tried(mine, subject) for subject in reversed(subjects))

    with ThreadPoolExecutor(3) as threads:
        sinking = threads.submit(sunk, dsn, wires, batch=20)
        done = sum(threads.map(decide_all, range(2)))
        sinking.result(timeout=60)
    assert done == one(conn, "select count(*) from report_event where source = %s", SOURCE) == one(conn, "select count(*) from outbox")
    assert list(rebuild.recount(conn, streams()["report"], RULES)) == []


def _tried(conn: Connection, subject: str) -> bool:
    """Decide in sight of the newest version, as often as somebody is faster."""
    while True:
        version, state = rows(conn, "select version, state from report_state where subject = %s", subject)[0]
        if state == "verified":
            return False
        try:
            decided(conn, decision("verified", version, subject=subject))
        except ConflictError:
            continue
        return True


def test_event_is_dated_by_the_plays_clock_and_the_line_by_the_machines(dsn: str, conn: Connection) -> None:
    class Played(FrozenClock):
        def real(self) -> Any:
            return NOW + timedelta(days=9)

    report(dsn)
    decided(conn, decision("verified"), office=replace(OFFICE, clock=Played(NOW + timedelta(hours=1))))
    assert one(conn, "select occurred_at from report_event where source = %s", SOURCE) == NOW + timedelta(hours=1)
    assert lines(conn, limit=1)[0].at == one(conn, "select made_at from outbox") == NOW + timedelta(days=9)
