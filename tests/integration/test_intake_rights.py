"""Who may send what: keys, sources, streams, rates; and what is left in the log and in the table."""

import asyncio
import hashlib
import logging
import re
import threading
from datetime import UTC, date, datetime, timedelta

import pytest

from ioc.__main__ import parser
from ioc.api.ask import Database
from ioc.api.keys import RETRY, STALE, KeyRing, add_key, keys, revoke_key
from ioc.clock import FrozenClock, end_of
from ioc.db.connect import Connection, connect
from ioc.errors import InputError, UnavailableError
from ioc.settings import Settings
from tests.conftest import fresh_database
from tests.integration.intake_desk import Desk
from tests.integration.streams_wire import NOW, event
from tests.integration.web_server import eventually


@pytest.mark.parametrize("key", ["", "x", "ioc_0000000000_" + "A" * 43, "ioc_000000000_short", "Ổ khóa".encode().decode("latin-1")])
def test_without_a_key_of_ours_nothing_is_taken(at: Desk, key: str) -> None:
    answer = at.post(event("dossier", "submitted"), key=key)
    assert (answer.status, answer.headers["www-authenticate"]) == (401, 'Bearer realm="ioc"')
    assert at.broker.connections == 0


def test_secret_of_another_key_is_no_key(at: Desk) -> None:
    other = at.new_key()
    mixed = f"ioc_{at.key.key_id}_{other.rsplit('_', 1)[-1]}"
    assert at.post(event("dossier", "submitted"), key=mixed[: len(at.text)]).status == 401


def test_key_is_taken_from_either_header(at: Desk) -> None:
    assert at.post(event("dossier", "submitted"), Authorization="Basic xyz", X_API_Key=at.text).status == 202
    assert at.post(event("dossier", "submitted"), Authorization=f"bearer  {at.text}").status == 202


def test_revoked_key_is_refused_within_seconds(at: Desk) -> None:
    text = at.new_key()
    assert at.post(event("dossier", "submitted"), key=text).status == 202
    assert revoke_key(at.conn, text[4:14], NOW)
    at.clock.advance(5)
    answer = at.post(event("dossier", "submitted"), key=text)
    assert answer.status == 403
    assert "was revoked on 2026-11-21" in answer.json["error"]


def test_expired_key_is_refused(at: Desk) -> None:
    text = at.new_key(expires_at=NOW + timedelta(hours=1))
    assert at.post(event("dossier", "submitted"), key=text).status == 202
    at.clock.advance(3600)
    answer = at.post(event("dossier", "submitted"), key=text)
    assert answer.status == 403
    assert "expired on 2026-11-21" in answer.json["error"]


@pytest.mark.parametrize("source", ["/test", "/test/a", "/test/a/b"])
def test_source_under_the_keys_is_taken(at: Desk, source: str) -> None:
    assert at.post(event("dossier", "submitted", source=source)).status == 202


@pytest.mark.parametrize("source", ["/", "/tes", "/test2", "/test2/a", "/TEST/a", "/test/../other", "/test/%2E%2e/other", "/test/..%2fother", "//test/a", "test"])
def test_foreign_source_is_forbidden_and_named(at: Desk, source: str) -> None:
    answer = at.post([event("dossier", "submitted"), event("dossier", "submitted", 1, source=source)])
    assert answer.status == 403
    assert f"event 1: its source '{source}' does not lie under '/test'" in answer.json["error"]
    assert at.broker.records == []


def test_stream_that_the_key_is_not_for_is_forbidden(at: Desk) -> None:
    answer = at.post(event("report", "submitted"), key=at.new_key(streams=["dossier", "camera"]))
    assert answer.status == 403
    assert "is for camera, dossier, not for 'report'" in answer.json["error"]
    assert at.broker.records == []


def test_rate_of_a_key_is_kept_and_says_when_to_come_again(at: Desk) -> None:
    text = at.new_key(events_per_s=50)
    wires = [event("dossier", "rated", n) for n in range(1000)]
    assert at.post(wires, key=text).status == 202
    refused = at.post(wires[:100], key=text)
    assert (refused.status, refused.headers["retry-after"]) == (429, "1")
    at.clock.advance(2)
    assert at.post(wires[:100], key=text).status == 202


def test_rate_of_one_key_does_not_slow_another(at: Desk) -> None:
    slow = at.new_key(events_per_s=1)
    wires = [event("dossier", "rated", n) for n in range(1000)]
    assert [at.post(wires, key=slow).status for _ in range(2)] == [202, 429]
    assert at.post(wires).status == 202


def test_log_says_who_sent_how_many_and_neither_key_nor_content(at: Desk, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    at.post([event("report", "submitted", note="Bí mật"), event("report", "submitted", 1, rating=9)])
    assert f"intake: key {at.key.key_id}, 1 accepted, 1 rejected" in caplog.messages
    assert not re.search(f"{re.escape(at.text[15:])}|Bí mật", caplog.text)


def test_last_use_of_a_key_is_noted_once_a_minute(at: Desk) -> None:
    def used() -> datetime | None:
        return next(key.last_used_at for key in keys(at.conn) if key.key_id == at.key.key_id)

    at.post(event("dossier", "submitted"))
    assert eventually(used) == NOW
    at.clock.advance(30)
    at.post(event("dossier", "submitted"))
    at.clock.advance(30)
    at.post(event("dossier", "submitted"))
    assert eventually(lambda: used() != NOW and used()) == NOW + timedelta(seconds=60)


def test_only_the_digest_of_a_key_is_kept(conn: Connection) -> None:
    key, text = add_key(conn, "/vn/92/one-stop", ["dossier"], NOW)
    (row,) = conn.execute("select s::text from source_key s").fetchall()
    assert text[15:] not in row[0]
    assert key.digest == hashlib.sha256(text[15:].encode()).digest()
    assert keys(conn) == [key]


@pytest.mark.parametrize(("source", "streams", "said"), [
    ("", ["dossier"], "must be a URI reference"), ("/a b", ["dossier"], "must be"), ("/a/", ["dossier"], "must be"), ("/a/../b", ["dossier"], "must be"),
    ("/" + "x" * 200, ["dossier"], "at most 200"), ("/a", [], "at least one stream"), ("/a", ["dossier", "nothing"], "no stream 'nothing'; known are"),
])
def test_key_that_cannot_be_is_refused_with_the_remedy(conn: Connection, source: str, streams: list[str], said: str) -> None:
    with pytest.raises(InputError, match=said):
        add_key(conn, source, streams, NOW)
    assert keys(conn) == []


@pytest.mark.parametrize("wrong", [{"expires_at": NOW}, {"events_per_s": 0}, {"events_per_s": float("nan")}, {"events_per_s": 1e9}])
def test_key_with_an_end_or_rate_that_cannot_be_is_refused(conn: Connection, wrong: dict[str, float]) -> None:
    with pytest.raises(InputError):
        add_key(conn, "/a", ["dossier"], NOW, **wrong)  # type: ignore[arg-type]


def test_keys_outlive_the_database_for_a_while(postgres: str) -> None:
    clock = FrozenClock(NOW)
    with fresh_database(postgres) as dsn:
        with connect(dsn, application="test", autocommit=True) as conn:
            key, text = add_key(conn, "/test", ["dossier"], NOW)
        database = Database(dsn, wait_s=0.2)
        database.open()
        ring = KeyRing(database, clock)
        assert asyncio.run(ring.find(text)) == key
    clock.at = NOW + STALE
    assert asyncio.run(ring.find(text)) == key
    clock.advance(RETRY.total_seconds())
    with pytest.raises(UnavailableError, match="keys cannot be read"):
        asyncio.run(ring.find(text))
    database.close()


def run(capsys: pytest.CaptureFixture[str], dsn: str, *words: str) -> tuple[str, str]:
    options = parser().parse_args(["source-key", *words])
    assert options.run(Settings(database=dsn), options, threading.Event()) == 0
    return capsys.readouterr()


def test_commands_make_a_key_show_it_once_and_revoke_it(dsn: str, conn: Connection, capsys: pytest.CaptureFixture[str]) -> None:
    text = run(capsys, dsn, "add", "/vn/92/one-stop", "--streams", "dossier, report", "--expires", "2099-12-31", "--events-per-s", "5")[0].strip()
    (key,) = keys(conn)
    assert (key.source, key.streams, key.events_per_s) == ("/vn/92/one-stop", frozenset({"dossier", "report"}), 5.0)
    assert key.expires_at == end_of(date(2099, 12, 31)) == datetime(2099, 12, 31, 17, tzinfo=UTC)
    listed = run(capsys, dsn, "list")[0]
    assert listed.startswith(f"{key.key_id}  /vn/92/one-stop  dossier,report  5/s  until 2100-01-01 00:00:00")
    assert text[15:] not in listed
    run(capsys, dsn, "revoke", key.key_id)
    assert "  revoked  " in run(capsys, dsn, "list")[0]


@pytest.mark.parametrize(("words", "said"), [
    (["revoke", "0000000000"], "no key 0000000000"), (["add", "/a", "--streams", ","], "at least one stream"),
    (["add", "/a", "--streams", "dossier", "--expires", "9999-12-31"], "beyond the year"),
])
def test_command_says_what_is_wrong(dsn: str, words: list[str], said: str) -> None:
    options = parser().parse_args(["source-key", *words])
    with pytest.raises(InputError, match=said):
        options.run(Settings(database=dsn), options, threading.Event())
