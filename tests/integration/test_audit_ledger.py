"""Lines of the ledger: what stands in them, how they are found, and that there is one way in."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import count

import psycopg
import pytest

from ioc.audit.chain import verify
from ioc.audit.ledger import Entry, append, append_all, disclosed, forget, lines
from ioc.db.connect import Connection
from ioc.errors import ContractError
from tests.integration.audit_lines import AT, entry, written

PHONE = "0912 345 678"
_names = count(1)


@pytest.fixture
def caller(conn: Connection) -> Iterator[str]:
    """A database role that may call the function and read, nothing else."""
    name = f"audit_caller_{next(_names)}"
    conn.execute(f"create role {name}".encode())
    conn.execute(f"grant usage on schema public to {name}".encode())
    conn.execute(f"grant execute on function audit_append(text, text[], bytea[]) to {name}".encode())
    yield name
    conn.execute("reset role")
    conn.execute(f"drop owned by {name}".encode())
    conn.execute(f"drop role {name}".encode())


def told(conn: Connection, **limits: object) -> list[int]:
    return [one.line for one in lines(conn, **{"limit": 100, **limits})]  # type: ignore[arg-type]


def test_ledger_begins_with_a_line_of_its_own(conn: Connection) -> None:
    (first,) = lines(conn, limit=10)
    assert (first.line, first.actor, first.action) == (0, "system:ledger", "ledger.began")
    assert first.subject.startswith("ledger:")


def test_line_says_what_was_entered(conn: Connection) -> None:
    number = append(conn, entry(7, reason="seen on site", address="10.0.0.7", after={"due_at": AT, "seen": None}))
    line = lines(conn, limit=1)[0]
    assert (line.line, line.at, line.actor, line.action, line.subject) == (number, AT + timedelta(minutes=7), "person:1", "report.verified", "report:PA-7")
    assert (line.before, line.after) == ({"state": "new"}, {"due_at": "2026-11-22T10:00:00.000000Z", "seen": None})
    assert (line.reason, line.address, dict(line.personal)) == ("seen on site", "10.0.0.7", {})


@pytest.mark.parametrize("count", [0, 1, 2, 50])
def test_lines_of_one_decision_stand_in_the_order_given(conn: Connection, count: int) -> None:
    numbers = append_all(conn, (entry(n, personal={"phone": PHONE}) for n in range(1, count + 1)))
    assert numbers == list(range(1, count + 1))
    assert [one.subject for one in lines(conn, limit=count + 1)][:-1] == [f"report:PA-{n}" for n in reversed(numbers)]
    assert all(disclosed(conn, number, "phone", PHONE) for number in numbers)


def test_texts_that_no_database_can_hold_do_not_stop_a_line(conn: Connection) -> None:
    nasty = "a\0b\ud800\u2028\"\\'\x1b{0}%s😀"
    append(conn, entry(actor=nasty, action=nasty, subject=nasty, reason=nasty, after={nasty: [nasty, float("nan")]}, personal={nasty: nasty}))
    assert lines(conn, limit=1)[0].actor == "a\\u0000b\\ud800\u2028\"\\'\x1b{0}%s😀"
    assert disclosed(conn, 1, nasty, nasty)
    assert verify(conn).whole


def test_moment_without_zone_is_refused(conn: Connection) -> None:
    with pytest.raises(ContractError, match=r"of report\.verified has no zone"):
        append(conn, entry(at=datetime(2026, 11, 22)))  # noqa: DTZ001 (what is refused)


@pytest.mark.parametrize(("limits", "found"), [
    ({"limit": 2}, [6, 5]), ({"before": 3}, [2, 1, 0]), ({"actor": "person:0"}, [6, 3]), ({"action": "ledger.began"}, [0]),
    ({"subject": "report:PA-4"}, [4]), ({"since": AT + timedelta(minutes=5), "actor": "person:2"}, [5]),
    ({"since": AT + timedelta(minutes=2), "until": AT + timedelta(minutes=4), "action": "report.verified"}, [3, 2]), ({"subject": "nobody"}, [])])
def test_lines_are_found_newest_first_within_limits(conn: Connection, limits: dict[str, object], found: list[int]) -> None:
    written(conn, 6)
    assert told(conn, **limits) == found


def test_rolled_back_transaction_leaves_no_hole(conn: Connection) -> None:
    append(conn, entry(1))
    with conn.transaction():
        append(conn, entry(2))
        raise psycopg.Rollback
    assert append(conn, entry(3)) == 2
    assert verify(conn).whole


def test_personal_field_stands_as_a_digest_that_its_value_fits(conn: Connection) -> None:
    number = append(conn, entry(action="contact.seen", personal={"phone": PHONE}))
    assert disclosed(conn, number, "phone", PHONE)
    assert not disclosed(conn, number, "phone", "0912 345 679")
    assert not disclosed(conn, number, "name", PHONE)
    assert PHONE not in str(conn.execute("select content from audit_line order by line desc limit 1").fetchone())


def test_same_personal_value_has_another_digest_in_another_line(conn: Connection) -> None:
    for _ in range(2):
        append(conn, entry(personal={"phone": PHONE}))
    digests = {one.personal["phone"] for one in lines(conn, limit=2)}
    assert len(digests) == 2


def test_forgotten_personal_field_fits_nothing_and_the_chain_stands(conn: Connection) -> None:
    first, second = (append(conn, entry(personal={"phone": PHONE, "name": "Lê A"})) for _ in range(2))
    assert forget(conn, {first}) == 2
    assert not disclosed(conn, first, "phone", PHONE)
    assert disclosed(conn, second, "phone", PHONE)
    assert verify(conn).whole


def test_entry_does_not_show_personal_values() -> None:
    assert PHONE not in repr(Entry(actor="person:1", action="contact.seen", at=AT, personal={"phone": PHONE}))


@pytest.mark.parametrize("statement", [
    "update audit_line set actor = 'nobody'", "delete from audit_line", "truncate audit_line", "update audit_anchor set line = 0",
    "delete from audit_anchor", "truncate audit_anchor", "update audit_head set line = 0", "update audit_head set line = line + 2",
    "delete from audit_head", "truncate audit_head"])
@pytest.mark.parametrize("role", ["origin", "replica"])
def test_ledger_is_only_ever_added_to_whoever_asks(conn: Connection, statement: str, role: str) -> None:
    written(conn, 2)
    conn.execute("insert into audit_anchor (line, hash, at, place) values (1, '', now(), '')")
    conn.execute(f"set session_replication_role = {role}".encode())
    with pytest.raises(psycopg.errors.InsufficientPrivilege, match="the audit ledger is only ever added to"):
        conn.execute(statement.encode())


def test_function_is_the_one_way_in(conn: Connection, caller: str) -> None:
    conn.execute(f"set role {caller}".encode())
    assert append(conn, entry(personal={"phone": PHONE})) == 1
    for statement in ("insert into audit_line select 2, now(), '', '', '', '', ''", "update audit_head set line = line + 1", "select 1 from audit_salt",
                      "insert into audit_anchor select 1, '', now(), ''"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            conn.execute(statement.encode())


def test_function_is_nobodys_until_it_is_granted(conn: Connection, caller: str) -> None:
    conn.execute(f"revoke execute on function audit_append(text, text[], bytea[]) from {caller}".encode())
    conn.execute(f"set role {caller}".encode())
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        append(conn, entry())


def test_table_of_the_callers_own_does_not_stand_in_for_the_head(conn: Connection, caller: str) -> None:
    conn.execute(f"set role {caller}".encode())
    conn.execute("create temporary table audit_head as select 900::bigint as line, ''::bytea as hash")
    conn.execute("set search_path = pg_temp, public")
    assert append(conn, entry()) == 1


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"at":"2026-11-22T10:00:00Z","actor":"a","action":"b"}', '{"at":"soon","actor":"a","action":"b","subject":""}'])
def test_function_takes_no_line_that_does_not_say_who_did_what_when(conn: Connection, content: str) -> None:
    with pytest.raises(psycopg.Error):
        conn.execute("select audit_append(%s, '{}', '{}')", (content,))
    assert told(conn) == [0]
