"""The shift's book: what it holds, notes that stay, a handover frozen and signed by two."""

from datetime import timedelta

import msgspec
import psycopg
import pytest

from ioc.alerts.register import load_alerts
from ioc.audit.ledger import lines
from ioc.db.connect import Connection
from ioc.errors import InputError
from ioc.people.accounts import By
from ioc.people.principal import Grant, Principal
from ioc.profiles import load_profile
from ioc.shift.book import Book, Centre, gather, within_reach
from ioc.shift.handover import Began, Handover, add_note, began, give, handovers, refuse, take
from tests.integration.decisions_desk import decided, decision, person, report
from tests.integration.streams_db import one, rows, sunk
from tests.integration.streams_wire import NOW, event
from tests.profiles import FICTIONAL

PROFILE = load_profile(FICTIONAL)
CENTRE = Centre(profile=PROFILE, register=load_alerts(PROFILE))
LEAD, NEXT = person("shift_lead", number="13"), person("shift_lead", number="14")


def by(who: Principal, seconds: float = 0) -> By:
    return By(actor=who.actor, at=NOW + timedelta(seconds=seconds), address="192.0.2.7")


def book(conn: Connection, who: Principal = LEAD) -> Book:
    start = began(conn)
    return gather(conn, CENTRE, who, NOW, began_at=start.at, after=start.last_note)


def given(conn: Connection, who: Principal = LEAD) -> int:
    return give(conn, lambda start: gather(conn, CENTRE, who, NOW, began_at=start.at, after=start.last_note), by(who), who.name)


def handover(conn: Connection, number: int) -> Handover:
    (found,) = handovers(conn, handover=number)
    return found


def test_book_holds_what_is_open_oldest_first(dsn: str, conn: Connection) -> None:
    sunk(dsn, [event("report", "submitted", 5, subject="PA-2", priority=1), event("report", "submitted", 1, subject="PA-1", priority=1),
               event("report", "submitted", 2, subject="PA-3", priority=3),
               event("report", "submitted", 3, subject="PA-4", category="EM-WIRE"),
               event("report", "submitted", 1, subject="X", priority=1, jurisdiction="chicago")])
    assert [r.subject for r in book(conn).reports] == ["PA-1", "PA-4", "PA-2"]


def test_book_holds_what_an_agency_asks_for(dsn: str, conn: Connection) -> None:
    report(dsn, "verified", "assigned", "accepted")
    version = one(conn, "select version from report_state")
    decided(conn, decision("paused", version, reason="chờ vật tư"), person("focal_point", number="15"))
    assert [(a.subject, a.pause_asked_at is not None) for a in book(conn).asked] == [("PA-1", True)]


def test_what_was_asked_for_a_report_that_has_ended_waits_no_more(dsn: str, conn: Connection) -> None:
    sunk(dsn, [event("report", "submitted", 0, subject="PA-9")])
    report(dsn, "verified", "assigned", "accepted")
    decided(conn, decision("paused", one(conn, "select version from report_state where subject = 'PA-1'"), reason="chờ vật tư"),
            person("focal_point", number="15"))
    decided(conn, decision("merged", one(conn, "select version from report_state where subject = 'PA-1'"), reason="trùng", parent_id="PA-9"))
    assert one(conn, "select count(*) from report_state where pause_asked_at is not null") == 1
    assert book(conn).asked == []


def test_book_names_silent_sources_and_open_letters(dsn: str, conn: Connection) -> None:
    sunk(dsn, [event("report", "submitted", priority=9)])
    found = book(conn)
    assert {s.state for s in found.sources} == {"none"}
    assert [(x.topic, x.reason, x.messages) for x in found.letters] == [("ioc.report", "schema", 1)]


def test_book_shows_each_what_is_in_reach(dsn: str, conn: Connection) -> None:
    sunk(dsn, [event("report", "submitted", subject="PA-1", priority=1), event("report", "submitted", subject="PA-2", priority=1, unit_code="U2")])
    near = person(Grant(role="operator", units=frozenset({"U2"})), number="16")
    assert [r.subject for r in book(conn, near).reports] == ["PA-2"]
    assert [r.subject for r in within_reach(book(conn), near).reports] == ["PA-2"]


def test_note_is_kept_without_numbers_and_corrected_by_another(conn: Connection) -> None:
    first = add_note(conn, " gọi lại 0912 345 678 ", by(LEAD), LEAD.name)
    add_note(conn, "đã gọi", by(NEXT), NEXT.name, corrects=first)
    assert [(n.words, n.name, n.corrects) for n in book(conn).notes] == [("gọi lại ***", "Person 13", None), ("đã gọi", "Person 14", first)]
    with pytest.raises(InputError, match="none of this shift"):
        add_note(conn, "x", by(LEAD), LEAD.name, corrects=999)


@pytest.mark.parametrize("words", ["", "  ", "x" * 2001, "a\0b"])
def test_note_that_cannot_be_kept_is_refused(conn: Connection, words: str) -> None:
    with pytest.raises(InputError, match="note"):
        add_note(conn, words, by(LEAD), LEAD.name)


def test_handover_is_frozen_and_the_next_shift_begins_with_it(dsn: str, conn: Connection) -> None:
    report(dsn, priority=1)
    add_note(conn, "trước", by(LEAD), LEAD.name)
    number = given(conn)
    add_note(conn, "sau", by(NEXT, 5), NEXT.name)
    assert began(conn) == Began(None, 0), "it is not taken over yet"
    take(conn, number, by(NEXT, 60), NEXT.name)
    frozen = handover(conn, number).book()
    assert ([r.subject for r in frozen.reports], [n.words for n in frozen.notes]) == (["PA-1"], ["trước"])
    assert (began(conn).at, [n.words for n in book(conn).notes]) == (NOW, ["sau"])


def test_lead_does_not_take_over_from_themself(conn: Connection) -> None:
    number = given(conn)
    with pytest.raises(InputError, match="your own"):
        take(conn, number, by(LEAD), LEAD.name)
    with pytest.raises(psycopg.errors.CheckViolation):
        conn.execute("update shift_handover set taken_at = now(), taken_by = given_by")
    assert handover(conn, number).waits


def test_one_handover_waits_at_a_time_and_is_taken_once(conn: Connection) -> None:
    number = given(conn)
    with pytest.raises(InputError, match="waits already"):
        given(conn, NEXT)
    take(conn, number, by(NEXT), NEXT.name)
    with pytest.raises(InputError, match="not wait"):
        take(conn, number, by(person("shift_lead", number="17")), "Third")


def test_refused_handover_leaves_the_shift_as_it_was(conn: Connection) -> None:
    add_note(conn, "trước", by(LEAD), LEAD.name)
    number = given(conn)
    with pytest.raises(InputError, match="reason"):
        refuse(conn, number, " ", by(NEXT), NEXT.name)
    refuse(conn, number, "thiếu việc đang chờ", by(NEXT), NEXT.name)
    assert handover(conn, number).refused_reason == "thiếu việc đang chờ"
    assert [n.words for n in book(conn).notes] == ["trước"]
    refuse(conn, given(conn), "bổ sung", by(LEAD), LEAD.name)
    assert [line.action for line in lines(conn, limit=9)][:4] == ["shift.withdrawn", "shift.handed_over", "shift.refused", "shift.handed_over"]


def test_every_signature_is_a_line_of_the_ledger(conn: Connection) -> None:
    number = given(conn)
    take(conn, number, by(NEXT), NEXT.name)
    signed = [(line.actor, line.action, line.subject) for line in lines(conn, limit=2)]
    assert signed == [("person:14", "shift.taken_over", f"shift_handover:{number}"), ("person:13", "shift.handed_over", f"shift_handover:{number}")]


def test_frozen_book_is_read_as_it_was_written(dsn: str, conn: Connection) -> None:
    report(dsn, priority=1)
    whole = book(conn)
    assert msgspec.convert(msgspec.to_builtins(whole), Book) == whole
    assert handover(conn, given(conn)).book() == whole
    assert rows(conn, "select jsonb_typeof(snapshot) from shift_handover") == [("object",)]
