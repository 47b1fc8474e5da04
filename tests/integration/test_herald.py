"""The citizen hears: each public change of a report that was filed here, once, and nothing that tells who it was."""

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from ioc.clock import FrozenClock
from ioc.db.connect import Connection, connect
from ioc.profiles import load_profile
from ioc.reports.herald import TOPIC, Herald
from ioc.reports.intake_rules import FILE, IntakeRules
from tests.integration.decisions_desk import LEAD, decided, decision, owed_is_read
from tests.integration.decisions_desk import report as other_report
from tests.integration.streams_db import one, rows
from tests.integration.streams_wire import NOW
from tests.integration.test_filing import told
from tests.profiles import FICTIONAL

SOURCE = "/vn/99/ioc/intake"


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock(NOW)


@pytest.fixture
def herald(dsn: str, clock: FrozenClock) -> Iterator[Herald]:
    made = Herald(lambda: connect(dsn, application="test", autocommit=True), clock, load_profile(FICTIONAL), SOURCE)
    yield made
    made._drop()


def filed(dsn: str, conn: Connection) -> str:
    """A report that was filed here and has come back from Kafka."""
    subject = told(conn).subject
    read(dsn, conn)
    return subject


def read(dsn: str, conn: Connection) -> None:
    conn.execute("delete from outbox where target <> 'ioc.report'")
    owed_is_read(dsn, conn)
    conn.execute("delete from outbox where target = 'ioc.report'")


def heard(conn: Connection) -> list[dict[str, Any]]:
    return [json.loads(bytes(body)) for (body,) in rows(conn, "select body from outbox where target = %s and channel = 'kafka' order by place", TOPIC)]


def test_each_public_change_is_told_once(dsn: str, conn: Connection, herald: Herald) -> None:
    subject = filed(dsn, conn)
    herald.step()
    herald.step()
    decided(conn, decision("verified", 1, subject=subject))
    herald.step()
    assert [(h["report"], h["state"], h["state_name"]) for h in heard(conn)] == [
        (subject, "submitted", "Mới gửi"), (subject, "verified", "Đã tiếp nhận")]
    assert one(conn, "select count(*) from report_owed") == 0


def test_nothing_tells_who_where_or_in_which_words(dsn: str, conn: Connection, herald: Herald) -> None:
    filed(dsn, conn)
    herald.step()
    (message,) = heard(conn)
    assert not {"0912", "Hùng Vương", "85.1453", "Ổ gà sâu"} & set(str(message).split())
    assert all(word not in json.dumps(message, ensure_ascii=False) for word in ("0912", "Hùng", "85.14", "trước chợ"))


def test_webhook_of_the_topic_is_told_with_the_envelope(dsn: str, conn: Connection, herald: Herald) -> None:
    conn.execute("insert into webhook (url, topics, secret_sealed, created_at) values ('https://app.example', %s, '', now())", ([TOPIC],))
    subject = filed(dsn, conn)
    herald.step()
    ((body,),) = rows(conn, "select body from outbox where channel = 'webhook'")
    envelope = json.loads(bytes(body))
    assert (envelope["subject"], envelope["type"], envelope["simulated"]) == (subject, "vn.ioc.report_public.changed.v1", "true")


def test_report_of_another_source_is_not_told(dsn: str, conn: Connection, herald: Herald) -> None:
    other_report(dsn)
    herald.step()
    assert heard(conn) == []


def test_inner_note_is_no_news(dsn: str, conn: Connection, herald: Herald) -> None:
    subject = filed(dsn, conn)
    herald.step()
    decided(conn, decision("noted", 1, subject=subject, note="hỏi lại tổ dân phố"))
    herald.step()
    assert len(heard(conn)) == 1


def test_what_nobody_can_reopen_any_more_is_closed_by_an_event(dsn: str, conn: Connection, herald: Herald, clock: FrozenClock) -> None:
    subject = filed(dsn, conn)
    decided(conn, decision("rejected", 1, subject=subject, reason="không đúng thực tế", reason_code="not_true"), LEAD)
    herald.step()
    read(dsn, conn)
    clock.at = NOW + IntakeRules().reopen_within - timedelta(hours=1)
    herald.step()
    assert one(conn, "select count(*) from outbox where target = 'ioc.report'") == 0
    assert one(conn, "select state from report_state where subject = %s", subject) == "rejected"
    clock.at = NOW + IntakeRules().reopen_within + timedelta(hours=1)
    herald.step()
    herald.step()
    assert rows(conn, "select convert_from(key, 'UTF8') from outbox where target = 'ioc.report'") == [(subject,)]


def test_province_that_grants_longer_is_not_closed_before(
        dsn: str, conn: Connection, clock: FrozenClock, changed: Callable[[str, str, str], Path]) -> None:
    made = Herald(lambda: connect(dsn, application="test", autocommit=True), clock,
                  load_profile(str(changed(FILE, "reopen_within_days = 15", "reopen_within_days = 30"))), SOURCE)
    decided(conn, decision("rejected", 1, subject=filed(dsn, conn), reason="không đúng thực tế", reason_code="not_true"), LEAD)
    made.step()
    read(dsn, conn)
    owed = []
    for days in (29, 31):
        clock.at = NOW + timedelta(days=days)
        made.step()
        owed.append(one(conn, "select count(*) from outbox where target = 'ioc.report'"))
    made._drop()
    assert owed == [0, 1]


def test_change_that_comes_while_others_are_told_is_told_the_next_time(dsn: str, conn: Connection, herald: Herald) -> None:
    subject = filed(dsn, conn)
    with connect(dsn, application="test") as sink:
        sink.execute("update report_state set state = 'verified' where subject = %s", (subject,))
        herald.step()
        sink.commit()
    herald.step()
    assert heard(conn)[-1]["state"] == "verified"
    assert one(conn, "select count(*) from report_owed") == 0
