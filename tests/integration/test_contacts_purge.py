"""The end of personal data: what goes when, what stays, and what the ledger says of it."""

import argparse
import json
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from ioc.audit.chain import verify
from ioc.audit.ledger import disclosed, lines
from ioc.contacts import command
from ioc.contacts.policy import Retention
from ioc.contacts.purge import BATCH, due, erase, purge
from ioc.contacts.vault import Subject, keep, masked, proof, report_text, reveal, same_caller
from ioc.db.connect import Connection, connect
from ioc.errors import InputError, NotFoundError
from ioc.settings import Settings
from tests.integration.contacts_desk import DAY, ONE, PERSON, SEALS, THREE, TWO, count, ended, kept, ledger, look, person, submitted
from tests.integration.streams_db import rows, sunk
from tests.integration.streams_wire import BASE, NOW, event
from tests.profiles import FICTIONAL

POLICY = Retention(legal_basis="Luật 91/2025/QH15", never_ended_days=1000,
                   days={"report": {"name": 180, "telephone": 180, "email": 180, "address": 180, "text": 730}})
LONG = NOW + 2000 * DAY
MANY = 2 * BATCH + 100


class AfterSome(threading.Event):
    """Is set once it was asked so many times: a person stops the purge between two batches."""

    def __init__(self, times: int) -> None:
        super().__init__()
        self._left = times

    def is_set(self) -> bool:
        self._left -= 1
        return self._left < 0


def many(conn: Connection) -> None:
    """Contacts whose reports never came."""
    with conn.transaction():
        for number in range(MANY):
            keep(conn, SEALS, Subject("report", f"PA-{number}"), {"name": "An"}, purpose="answer", at=NOW)


def values(conn: Connection) -> int:
    return count(conn, "contact")


def test_contact_goes_180_days_after_the_end_and_the_words_after_730(dsn: str, conn: Connection) -> None:
    ended(dsn, ONE)
    kept(conn)
    conn.execute("update contact set kept_at = %s", (BASE,))
    end = BASE + timedelta(minutes=10)
    left = []
    for now in (end + 180 * DAY - timedelta(microseconds=1), end + 180 * DAY, end + 730 * DAY - timedelta(microseconds=1), end + 730 * DAY):
        purge(conn, POLICY, now)
        left.append(values(conn))
    assert left == [5, 1, 1, 0]


def test_words_are_read_after_the_contact_is_gone(dsn: str, conn: Connection) -> None:
    ended(dsn, ONE)
    kept(conn)
    purge(conn, POLICY, NOW + 200 * DAY)
    assert masked(conn, SEALS, person(), ONE) == {}
    assert "chị Hạnh" in report_text(conn, SEALS, person(), ONE)


def test_open_report_keeps_its_contact_and_is_named_when_it_lasts_too_long(dsn: str, conn: Connection) -> None:
    submitted(dsn, ONE)
    kept(conn)
    assert purge(conn, POLICY, NOW + 1000 * DAY - timedelta(seconds=1)).overdue == ()
    assert purge(conn, POLICY, LONG).overdue == ("report:PA-1",)
    assert values(conn) == 5


def test_reopened_report_keeps_its_contact(dsn: str, conn: Connection) -> None:
    ended(dsn, ONE)
    sunk(dsn, [event("report", "reopened", 20, subject="PA-1")])
    kept(conn)
    purge(conn, POLICY, LONG)
    assert values(conn) == 5


def test_contact_told_after_the_end_is_kept_as_long(dsn: str, conn: Connection) -> None:
    ended(dsn, ONE)
    keep(conn, SEALS, ONE, PERSON, purpose="answer", at=NOW + 100 * DAY)
    purge(conn, POLICY, NOW + 279 * DAY)
    assert values(conn) == 4
    purge(conn, POLICY, NOW + 280 * DAY)
    assert values(conn) == 0


def test_merged_report_ends_with_the_last_it_was_merged_into(dsn: str, conn: Connection) -> None:
    submitted(dsn, THREE)
    ended(dsn, ONE, fact="merged", parent_id="PA-2")
    ended(dsn, TWO, fact="merged", parent_id="PA-3")
    kept(conn)
    purge(conn, POLICY, LONG)
    assert values(conn) == 5
    sunk(dsn, [event("report", "rejected", 30, subject="PA-3")])
    purge(conn, POLICY, LONG)
    assert values(conn) == 0


def test_reports_merged_into_each_other_or_into_none_that_came_end_all_the_same(dsn: str, conn: Connection) -> None:
    ended(dsn, ONE, fact="merged", parent_id="PA-2")
    ended(dsn, TWO, fact="merged", parent_id="PA-1")
    ended(dsn, THREE, fact="merged", parent_id="PA-9")
    for subject in (ONE, TWO, THREE):
        kept(conn, subject)
    assert sum(tally.values for tally in purge(conn, POLICY, LONG).tallies) == 15


def test_contact_whose_report_never_came_goes_by_the_limit(dsn: str, conn: Connection) -> None:
    sunk(dsn, [event("report", "noted", subject="PA-2")])  # a note alone makes no report
    kept(conn)
    kept(conn, TWO)
    purge(conn, POLICY, NOW + 1000 * DAY - timedelta(seconds=1))
    assert values(conn) == 10
    purge(conn, POLICY, NOW + 1000 * DAY)
    assert values(conn) == 0


def test_purge_leaves_the_ledger_whole_and_takes_its_salts(dsn: str, conn: Connection) -> None:
    ended(dsn, ONE)
    submitted(dsn, TWO)
    for subject in (ONE, TWO):
        kept(conn, subject)
        reveal(conn, SEALS, subject, look())
    second, first = lines(conn, limit=2, action="contact.seen")
    purge(conn, POLICY, LONG)
    name = proof(SEALS, "name", PERSON["name"])
    assert [disclosed(conn, line.line, "name", name) for line in (first, second)] == [False, True]
    assert verify(conn).whole


def test_purge_says_in_the_ledger_what_went_and_not_whose_value(dsn: str, conn: Connection) -> None:
    ended(dsn, ONE, TWO)
    kept(conn)
    kept(conn, TWO)
    purge(conn, POLICY, NOW + 200 * DAY)
    ((actor, _, content),) = ledger(conn, "contact.purged")
    rule = "report: address, email, name, telephone: 180 days after the end"
    assert (actor, json.loads(content)["after"]) == ("system:retention", {"rule": rule, "values": 8, "subjects": 2, "purges": [1, 2]})
    assert rows(conn, "select stream, subject, fields, at, rule from contact_purge order by subject") == [
        ("report", subject, sorted(PERSON), NOW + 200 * DAY, rule) for subject in ("PA-1", "PA-2")]


def test_second_purge_does_nothing(dsn: str, conn: Connection) -> None:
    ended(dsn, ONE)
    kept(conn)
    purge(conn, POLICY, LONG)
    told = (lines(conn, limit=9), count(conn, "contact_purge"))
    assert {tally.values for tally in purge(conn, POLICY, LONG).tallies} == {0}
    assert (lines(conn, limit=9), count(conn, "contact_purge")) == told


def test_purge_goes_in_bounded_batches_with_a_line_each(conn: Connection) -> None:
    many(conn)
    assert sum(tally.values for tally in purge(conn, POLICY, LONG).tallies) == MANY
    assert [json.loads(content)["after"]["values"] for _, _, content in ledger(conn, "contact.purged")] == [BATCH, BATCH, MANY - 2 * BATCH]
    assert verify(conn).whole


def test_stopped_purge_goes_on_the_next_time(conn: Connection) -> None:
    many(conn)
    done = purge(conn, POLICY, LONG, stop=AfterSome(3))
    assert (done.whole, values(conn)) == (False, MANY - BATCH)
    assert purge(conn, POLICY, LONG).whole
    assert (values(conn), count(conn, "contact_purge")) == (0, MANY)


def test_two_purges_at_once_share_the_work(dsn: str, conn: Connection) -> None:
    many(conn)

    def work(_: int) -> int:
        with connect(dsn, application="test-purge", autocommit=True) as own:
            return sum(tally.values for tally in purge(own, POLICY, LONG).tallies)

    with ThreadPoolExecutor(2) as pool:
        assert sum(pool.map(work, range(2))) == MANY
    assert (values(conn), count(conn, "contact_purge")) == (0, MANY)
    assert verify(conn).whole


def test_report_that_somebody_is_just_changing_waits_for_the_next_purge(dsn: str, conn: Connection) -> None:
    ended(dsn, ONE, TWO)
    kept(conn)
    kept(conn, TWO)
    with connect(dsn, application="test-other") as other:
        other.execute("select subject from report_state where subject = 'PA-1' for update")
        purge(conn, POLICY, LONG)
        assert rows(conn, "select distinct subject from contact") == [("PA-1",)]
    purge(conn, POLICY, LONG)
    assert values(conn) == 0


def test_trial_tells_what_a_purge_then_does(dsn: str, conn: Connection) -> None:
    ended(dsn, ONE, TWO)
    for subject in (ONE, TWO, THREE):
        kept(conn, subject)
    told = due(conn, POLICY, LONG)
    assert (values(conn), ledger(conn, "contact.purged")) == (15, [])
    assert purge(conn, POLICY, LONG) == told
    assert [(tally.values, tally.subjects) for tally in told.tallies] == [(8, 2), (2, 2), (5, 1)]


def test_erasure_takes_all_of_one_subject_also_of_an_open_one(dsn: str, conn: Connection) -> None:
    submitted(dsn, ONE, TWO)
    kept(conn)
    kept(conn, TWO)
    reveal(conn, SEALS, ONE, look())
    assert erase(conn, ONE, actor="command-line", reason="đơn số 12", at=NOW) == 5
    assert same_caller(conn, SEALS, "telephone", PERSON["telephone"]) == [TWO]
    assert (count(conn, "audit_salt"), values(conn), verify(conn).whole) == (0, 5, True)
    line = lines(conn, limit=1)[0]
    assert (line.action, line.subject, line.reason, line.after) == ("contact.erased", "report:PA-1", "đơn số 12", {"values": 5, "subjects": 1, "purges": [1, 1]})


def test_erasure_of_what_is_not_kept_is_told(conn: Connection) -> None:
    with pytest.raises(NotFoundError, match="nothing is kept about 'report:PA-1'"):
        erase(conn, ONE, actor="command-line", reason="đơn số 12", at=NOW)


def test_erasure_needs_a_reason(conn: Connection) -> None:
    kept(conn)
    with pytest.raises(InputError, match="needs a reason"):
        erase(conn, ONE, actor="command-line", reason=" ", at=NOW)
    assert values(conn) == 5


def test_commands_try_purge_and_erase(dsn: str, conn: Connection, capsys: pytest.CaptureFixture[str]) -> None:
    settings, stop = Settings(database=dsn, profile=FICTIONAL), threading.Event()
    keep(conn, SEALS, ONE, {"name": "An"}, purpose="answer", at=datetime(2019, 1, 1, tzinfo=UTC))
    keep(conn, SEALS, TWO, {"name": "An"}, purpose="answer", at=datetime(2019, 1, 1, tzinfo=UTC))
    assert command.erase(settings, argparse.Namespace(stream="report", subject="PA-2", reason="đơn số 12"), stop) == 0
    assert command.purge(settings, argparse.Namespace(dry_run=True), stop) == 0
    assert values(conn) == 1
    assert command.purge(settings, argparse.Namespace(dry_run=False), stop) == 0
    said = capsys.readouterr().out
    assert "report:PA-2: 1 values erased\n" in said
    assert "unknown: 400 days after it was kept: 1 values of 1 subjects would go\n" in said
    assert "unknown: 400 days after it was kept: 1 values of 1 subjects gone\n" in said
    assert values(conn) == 0
