"""A change of keys: everything opens with the new one alone, and repeat callers are known as before."""

import threading

from ioc.audit.chain import verify
from ioc.contacts.rotation import BATCH, reseal
from ioc.contacts.vault import Subject, keep, reveal, same_caller
from ioc.db.connect import Connection
from ioc.people.seals import Seals
from tests.integration.contacts_desk import NEW, OLD, ONE, PERSON, SEALS, TWO, clock, kept, ledger, look, submitted
from tests.integration.streams_wire import NOW
from tests.integration.test_contacts_purge import AfterSome

BOTH = Seals([NEW, OLD])
ONLY_NEW = Seals([NEW])


def test_resealed_values_open_with_the_new_key_alone(dsn: str, conn: Connection) -> None:
    submitted(dsn, ONE)
    kept(conn)
    done = reseal(conn, BOTH, clock())
    assert (done.looked, done.changed, done.closed, done.whole) == (5, 5, (), True)
    assert reveal(conn, ONLY_NEW, ONE, look()) == PERSON


def test_second_run_changes_nothing_and_adds_no_line(conn: Connection) -> None:
    kept(conn)
    reseal(conn, BOTH, clock())
    assert reseal(conn, BOTH, clock()).changed == 0
    assert len(ledger(conn, "contact.resealed")) == 1


def test_repeat_callers_are_known_while_both_keys_are_there_and_again_after_the_old_one_is_gone(conn: Connection) -> None:
    kept(conn)
    kept(conn, TWO, BOTH)
    assert same_caller(conn, BOTH, "telephone", PERSON["telephone"]) == [TWO, ONE]
    reseal(conn, BOTH, clock())
    assert same_caller(conn, BOTH, "telephone", PERSON["telephone"]) == [TWO, ONE]
    assert reseal(conn, ONLY_NEW, clock()).changed == 4  # the telephones and mail addresses: their digests were of the oldest key
    assert same_caller(conn, ONLY_NEW, "telephone", PERSON["telephone"]) == [TWO, ONE]


def test_stopped_run_goes_on_the_next_time(conn: Connection) -> None:
    with conn.transaction():
        for number in range(BATCH + 50):
            keep(conn, SEALS, Subject("report", f"PA-{number}"), {"name": "An"}, purpose="answer", at=NOW)
    first = reseal(conn, BOTH, clock(), AfterSome(1))
    assert (first.changed, first.whole) == (BATCH, False)
    second = reseal(conn, BOTH, clock(), threading.Event())
    assert (second.looked, second.changed, second.whole) == (BATCH + 50, 50, True)
    assert verify(conn).whole


def test_value_that_no_key_opens_is_named_and_stops_nothing(dsn: str, conn: Connection) -> None:
    submitted(dsn, ONE, TWO)
    kept(conn)
    kept(conn, TWO)
    conn.execute("update contact set sealed = set_byte(sealed, 20, 255 - get_byte(sealed, 20)) where subject = 'PA-1' and field = 'name'")
    done = reseal(conn, BOTH, clock())
    ((number,),) = conn.execute("select contact_id from contact where subject = 'PA-1' and field = 'name'").fetchall()
    assert (done.changed, done.closed, done.whole) == (9, (number,), True)
    assert reveal(conn, ONLY_NEW, TWO, look()) == PERSON
