"""Filing a report: kept whole, once, told to Kafka, and found by its receipt."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest

from ioc.clock import FrozenClock
from ioc.contacts.vault import Subject, same_caller
from ioc.db.connect import Connection, connect
from ioc.errors import InputError
from ioc.people.seals import Seals
from ioc.reports.filing import Door, Filed, Filing, by_receipt, file, photo_about
from ioc.reports.photos import read_photo
from ioc.reports.terms import digests, words_of
from tests.integration.decisions_desk import owed_is_read
from tests.integration.streams_db import one, rows
from tests.integration.streams_wire import NOW
from tests.unit.reports.test_photos import picture

SEALS = Seals([b"k" * 32])
DOOR = Door(clock=FrozenClock(NOW), seals=SEALS, source="/vn/99/ioc/intake")
HOLE = Filing(category="TR-ROAD", channel="web", text="Ổ gà sâu trước chợ", actor="form", key="click-0001", contact={"telephone": "0912 345 678"},
              lon_deg=85.1453, lat_deg=-20.1751, accuracy_m=12.0, address="Đường Hùng Vương")


def told(conn: Connection, **changes: Any) -> Filed:
    return file(conn, replace(HOLE, **changes), DOOR)


def test_report_enters_by_kafka_and_is_found_by_its_receipt(dsn: str, conn: Connection) -> None:
    filed = told(conn)
    assert filed.subject == "PA-261121-00001"
    found = by_receipt(conn, filed.receipt.lower())
    assert found is not None
    assert (found["subject"], found["state"]) == (filed.subject, None)
    owed_is_read(dsn, conn)
    found = by_receipt(conn, filed.receipt)
    assert found is not None
    assert (found["state"], found["category"]) == ("submitted", "TR-ROAD")
    assert rows(conn, "select source, lon_deg, address, simulated, text_ref from report_event") == [
        (DOOR.source, 85.1453, "Đường Hùng Vương", True, f"contact:{filed.subject}")]


def test_words_and_caller_lie_sealed_and_are_found(conn: Connection) -> None:
    filed = told(conn)
    assert same_caller(conn, SEALS, "telephone", "+84912345678") == [Subject("report", filed.subject)]
    assert one(conn, "select count(*) from report_words where words @> %s", digests(SEALS, words_of("hung vuong cho"))) == 1
    assert not rows(conn, "select from contact where position('cho'::bytea in sealed) > 0 or position('0912'::bytea in sealed) > 0")


def test_picture_lies_sealed_and_bound_to_its_row(conn: Connection) -> None:
    photo = read_photo(picture())
    filed = told(conn, photos=[photo])
    ((number, body, look),) = rows(conn, "select media_id, body, look from report_photo where subject = %s", filed.subject)
    assert SEALS.open(bytes(body), about=photo_about(number)) == photo.jpeg
    assert look == photo.look


def test_same_filing_counts_once_even_at_once(dsn: str, conn: Connection) -> None:
    def click(_: int) -> Filed:
        with connect(dsn, application="test", autocommit=True) as own:
            return told(own)

    with ThreadPoolExecutor(4) as threads:
        filed = list(threads.map(click, range(8)))
    assert {f.subject for f in filed} == {"PA-261121-00001"}
    assert len({f.receipt for f in filed}) == 1
    assert [one(conn, f"select count(*) from {table}") for table in ("outbox", "report_filing")] == [1, 1]


def test_key_of_another_filing_is_refused_and_another_senders_is_not(conn: Connection) -> None:
    told(conn)
    with pytest.raises(InputError, match="another report"):
        told(conn, text="Cây ngã")
    assert told(conn, text="Cây ngã", actor="key:1").subject == "PA-261121-00002"


@pytest.mark.parametrize(("changes", "word"), [
    ({"lat_deg": None}, "place"), ({"key": "short"}, "key"), ({"text": "x" * 10_001}, "characters"), ({"text": "a\0b"}, "NUL"),
    ({"lon_deg": 999.0}, "lon_deg"), ({"channel": "x" * 101}, "channel")])
def test_what_cannot_be_kept_is_refused_whole(conn: Connection, changes: dict[str, Any], word: str) -> None:
    with pytest.raises(InputError, match=word):
        told(conn, **changes)
    assert [one(conn, f"select count(*) from {table}") for table in ("outbox", "report_filing", "contact", "report_number")] == [0, 0, 0, 0]


def test_words_go_when_the_text_goes(conn: Connection) -> None:
    told(conn, photos=[read_photo(picture())])
    conn.execute("delete from contact where field = 'text'")
    assert [one(conn, f"select count(*) from {table}") for table in ("report_words", "report_photo")] == [0, 0]
