"""The desk of what could not be taken: seen, mended by the sink's own reader, sent again, set aside, undone; nothing lost, all in the ledger."""

import json
from typing import Any

import pytest

from ioc.audit.ledger import lines
from ioc.db.connect import Connection
from ioc.errors import InputError
from ioc.people.accounts import By
from ioc.shift import letters
from ioc.shift.letters import Hand
from ioc.shift.message import fields, said, text_of
from ioc.streams.engine.memory import MemoryBroker
from ioc.streams.engine.privacy import MASK
from tests.integration.decisions_desk import owed_is_read, sink_reads
from tests.integration.streams_db import one, rows, sunk
from tests.integration.streams_wire import NOW, event, structured

HAND = Hand(by=By(actor="person:12", at=NOW, address="192.0.2.7"), name="Lan", now=NOW)
OPEN = "select count(*) from dead_letter where replayed_at is null"


def bad(subject: str = "PA-9", **data: Any) -> dict[str, Any]:
    given: dict[str, Any] = {"category": "TR-ROAD", "channel": "web", "priority": 9} | data
    return event("report", "submitted", subject=subject, **given)


def buried(dsn: str, *wires: dict[str, Any]) -> None:
    sunk(dsn, wires)


def number(conn: Connection) -> int:
    return int(one(conn, "select max(letter_id) from dead_letter"))


def actions(conn: Connection) -> list[str]:
    return [line.action for line in lines(conn, limit=50) if line.action != "ledger.began"]


def test_letters_are_grouped_by_source_and_reason(dsn: str, conn: Connection) -> None:
    other = bad("PA-8") | {"source": "/test/other"}
    buried(dsn, bad("PA-1"), bad("PA-2"), other)
    found = letters.groups(conn)
    assert [(g.source, g.reason, g.messages) for g in found] == [("/test/a", "schema", 2), ("/test/other", "schema", 1)]


def test_source_of_a_structured_message_and_of_garbage_is_told(conn: Connection) -> None:
    headers, value = structured(bad())
    told = "select letter_source(%s::jsonb, %s::bytea)"
    assert headers
    assert one(conn, told, "[]", value) == "/test/a"
    assert one(conn, told, '[["ce_source", "/w=="]]', b"\xff\x00\\") == "\\377"
    assert one(conn, told, "[]", None) == ""


def test_mended_copy_enters_by_kafka_and_the_letter_stays_as_it_came(dsn: str, conn: Connection) -> None:
    buried(dsn, bad())
    before = rows(conn, "select headers, value from dead_letter")
    made = letters.send(conn, number(conn), {"f.priority": "2"}, HAND)
    assert (made.verdict, made.changed) == (None, ("priority",))
    owed_is_read(dsn, conn)
    assert rows(conn, "select subject, priority from report_state") == [("PA-9", 2)]
    assert rows(conn, "select headers, value from dead_letter") == before
    ((changed, name, value),) = rows(conn, "select changed, name, value from letter_act")
    assert (changed, name, json.loads(bytes(value))["priority"]) == (["priority"], "Lan", 2)
    assert (one(conn, OPEN), actions(conn)) == (0, ["dead_letter.mended"])


def test_copy_that_is_still_wrong_is_not_sent(dsn: str, conn: Connection) -> None:
    buried(dsn, bad())
    made = letters.send(conn, number(conn), {"f.priority": "7"}, HAND)
    assert made.verdict is not None
    assert made.verdict.reason == "schema"
    assert [one(conn, f"select count(*) from {table}") for table in ("outbox", "letter_act")] == [0, 0]
    assert actions(conn) == []
    assert one(conn, OPEN) == 1


def test_missing_field_is_offered_and_filled(dsn: str, conn: Connection) -> None:
    wire = bad(priority=2)
    del wire["data"]["category"]
    buried(dsn, wire)
    letter = letters.one(conn, number(conn))
    offered = {f.name: f for f in fields(letter, said(letter))}
    assert (offered["category"].text, offered["category"].is_asked) == ("", True)
    assert letters.send(conn, letter.letter_id, {"f.category": "TR-ROAD"}, HAND).verdict is None


def test_persons_are_masked_and_go_on_as_they_were_sent(dsn: str, conn: Connection) -> None:
    buried(dsn, bad(ho_ten="Nguyễn Văn A", note="gọi 0912 345 678", address="Ấp 1"))
    letter = letters.one(conn, number(conn))
    shown = {f.name: f for f in fields(letter, said(letter))}
    assert (shown["ho_ten"].text, shown["ho_ten"].is_hidden, shown["note"].text) == (MASK, True, f"gọi {MASK}")
    assert "Nguyễn" not in text_of(letter.value)
    made = letters.mended(conn, letter.letter_id, {"f.priority": "2", "f.note": f"gọi {MASK}", "f.ho_ten": "x"}, NOW)
    sent = json.loads(made.message.value or b"")
    assert (sent["ho_ten"], sent["note"], made.changed) == ("Nguyễn Văn A", "gọi 0912 345 678", ("priority",))


def test_mask_is_never_sent_as_a_value(dsn: str, conn: Connection) -> None:
    buried(dsn, bad(note="gọi 0912 345 678"))
    with pytest.raises(InputError, match="note"):
        letters.mended(conn, number(conn), {"f.note": f"hãy gọi {MASK}"}, NOW)


def test_identity_that_is_taken_gets_a_new_one_that_names_it(dsn: str, conn: Connection) -> None:
    buried(dsn, bad(priority=2), bad(priority=3))
    letter = letters.one(conn, number(conn))
    assert letter.reason == "identity"
    with pytest.raises(InputError, match="come back"):
        letters.replay(conn, [letter.letter_id], HAND)
    kept = letters.mended(conn, letter.letter_id, {"a.id": said(letter).attributes["id"]}, NOW)
    assert kept.verdict is not None
    assert kept.verdict.reason == "identity"
    assert letters.send(conn, letter.letter_id, {}, HAND).verdict is None
    owed_is_read(dsn, conn)
    assert one(conn, "select event_id from report_event order by recorded_at desc, event_id desc limit 1") == f"PA-9-submitted-0~{letter.letter_id}"


def test_letter_that_is_still_wrong_comes_back_and_says_from_where(dsn: str, conn: Connection) -> None:
    buried(dsn, bad())
    first = number(conn)
    assert letters.replay(conn, [first], HAND) == 1
    owed_is_read(dsn, conn)
    assert number(conn) > first
    assert dict(letters.one(conn, number(conn)).headers)["ioc_replay_of"] == str(first).encode()


def test_several_alike_are_set_aside_at_once_and_laid_back(dsn: str, conn: Connection) -> None:
    buried(dsn, bad("PA-1"), bad("PA-2"))
    alike = [x.letter_id for x in letters.alike(conn, "ioc.report", "/test/a", "schema")]
    assert letters.set_aside(conn, alike, "nguồn thử nghiệm, gọi 0912345678", HAND) == 2
    assert (one(conn, OPEN), one(conn, "select distinct reason from letter_act")) == (0, f"nguồn thử nghiệm, gọi {MASK}")
    (click,) = letters.lately(conn, NOW)
    assert click.can_undo
    assert letters.undo(conn, click.batch, HAND) == 2
    assert one(conn, OPEN) == 2
    with pytest.raises(InputError, match="undone"):
        letters.undo(conn, click.batch, HAND)
    assert sorted(actions(conn)) == ["dead_letter.set_aside"] * 2 + ["dead_letter.taken_back"] * 2


def test_letters_that_came_after_the_list_was_shown_are_not_meant(dsn: str, conn: Connection) -> None:
    buried(dsn, bad("PA-1"))
    shown = number(conn)
    sunk(dsn, [bad("PA-2")], seconds=5)
    assert [x.letter_id for x in letters.alike(conn, "ioc.report", "/test/a", "schema", up_to=shown)] == [shown]


def test_two_people_never_handle_one_letter_twice(dsn: str, conn: Connection) -> None:
    buried(dsn, bad())
    assert letters.replay(conn, [number(conn)], HAND) == 1
    assert letters.replay(conn, [number(conn)], HAND) == 0
    with pytest.raises(InputError, match="left the desk"):
        letters.send(conn, number(conn), {"f.priority": "2"}, HAND)
    assert one(conn, "select count(*) from outbox") == 1


def test_set_aside_needs_a_reason(dsn: str, conn: Connection) -> None:
    buried(dsn, bad())
    with pytest.raises(InputError, match="reason"):
        letters.set_aside(conn, [number(conn)], "  ", HAND)
    assert one(conn, OPEN) == 1


def test_address_of_the_contact_is_remembered_and_no_part_of_the_ledger(dsn: str, conn: Connection) -> None:
    buried(dsn, bad())
    letters.forward(conn, number(conn), ("Thư", "Nội dung"), "may@nguon.example", HAND)
    assert letters.contact(conn, "/test/a") == "may@nguon.example"
    assert one(conn, "select count(*) from outbox where channel = 'mail' and target = 'may@nguon.example'") == 1
    assert one(conn, "select count(*) from audit_line where content like '%%nguon.example%%'") == 0
    with pytest.raises(InputError, match="address"):
        letters.forward(conn, number(conn), ("Thư", "Nội dung"), "may@nguon.example\nBcc: x", HAND)


@pytest.mark.parametrize("value", [
    None, b"", b"\xff\x00\xfe", b"[1]", b'{"a": ' + b"[" * 900 + b"]" * 900 + b"}", b'"\\ud800"', b'{"a": "\\u0000<script>"}', b"{" * 100_000])
def test_any_bytes_are_shown_and_judged(conn: Connection, value: bytes | None) -> None:
    conn.execute("insert into dead_letter (topic, partition, message_offset, message_timestamp_ms, digest, headers, value, reason, detail, recorded_at) "
                 "values ('ioc.report', 0, 1, 0, gen_random_uuid(), '[]', %s, 'bytes', 'x', now())", (value,))
    letter = letters.one(conn, number(conn))
    text_of(letter.value).encode()
    "".join(f.text for f in fields(letter, said(letter))).encode()
    assert letters.mended(conn, letter.letter_id, {}, NOW).verdict is not None
    assert letters.groups(conn)[0].messages == 1


def test_structured_message_is_mended_too(dsn: str, conn: Connection) -> None:
    broker = MemoryBroker()
    headers, value = structured(bad())
    broker.send("ioc.report", b"PA-9", value, headers)
    sink_reads(dsn, broker)
    letter = letters.one(conn, number(conn))
    assert said(letter).attributes["subject"] == "PA-9"
    assert letters.send(conn, letter.letter_id, {"f.priority": "1"}, HAND).verdict is None
    owed_is_read(dsn, conn)
    assert rows(conn, "select subject, priority, simulated from report_state") == [("PA-9", 1, False)]
