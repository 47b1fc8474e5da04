"""What somebody with all rights does to the ledger, and that it shows: at which line, and what."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from ioc.audit import chain
from ioc.audit.anchor import Anchor, anchor, head, noted
from ioc.audit.chain import Verdict, verify
from ioc.audit.ledger import append
from ioc.db.connect import Connection
from ioc.errors import ConfigurationError, InputError
from tests.integration.audit_lines import AT, entry, written

LINES = 20
TABLES = ("audit_line", "audit_head", "audit_anchor")
SHIFT = "update audit_line set line = -1 - line where line >= {0}; update audit_line set line = -line {1} where line < 0;"
# The whole tail from a line on, hashed again by somebody who knows how.
REHASH = """
do $$
declare
    one record;
    before bytea := (select hash from audit_line where line = {0} - 1);
begin
    for one in select line, content from audit_line where line >= {0} order by line loop
        before := sha256(before || int8send(one.line) || convert_to(one.content, 'UTF8'));
        update audit_line set hash = before where line = one.line;
    end loop;
    update audit_head set hash = before, line = (select max(line) from audit_line);
end
$$;
"""
FORGE = "update audit_line set actor = 'person:9', content = regexp_replace(content, 'person:.', 'person:9') where line = {0};"
SWAP = """
update audit_line as l set at = o.at, actor = o.actor, action = o.action, subject = o.subject, content = o.content {2}
from audit_line as o where (l.line, o.line) in (({0}, {1}), ({1}, {0}));
"""


@pytest.fixture
def ledger(conn: Connection) -> Connection:
    written(conn, LINES)
    return conn


@contextmanager
def unguarded(conn: Connection) -> Iterator[None]:
    """The owner has switched the triggers off."""
    for table in TABLES:
        conn.execute(f"alter table {table} disable trigger user".encode())
    yield
    for table in TABLES:
        conn.execute(f"alter table {table} enable trigger user".encode())


def attacked(conn: Connection, statement: str, anchors: list[Anchor] | None = None) -> tuple[int | None, str]:
    with unguarded(conn):
        conn.execute(statement.encode())
    verdict = verify(conn, anchors or [])
    assert not verdict.whole
    return verdict.line, verdict.fault


def test_ledger_that_nobody_touched_is_whole(ledger: Connection) -> None:
    last = head(ledger, AT)
    assert verify(ledger) == Verdict(lines=LINES + 1, last=last.hash, anchors=0)


def test_changed_content_shows(ledger: Connection) -> None:
    line, fault = attacked(ledger, "update audit_line set content = replace(content, 'verified', 'rejected') where line = 7")
    assert line == 7
    assert fault.startswith("its content is not what was hashed: it was changed")


def test_changed_content_of_the_last_line_shows(ledger: Connection) -> None:
    line, fault = attacked(ledger, FORGE.format(LINES))
    assert (line, fault[:40]) == (LINES, "its content is not what was hashed: it w")


def test_changed_line_with_a_hash_made_for_it_shows_at_the_next(ledger: Connection) -> None:
    line, fault = attacked(ledger, FORGE.format(7) + "update audit_line as l set hash = sha256(b.hash || int8send(7) || convert_to(l.content, 'UTF8')) "
                                                     "from audit_line as b where l.line = 7 and b.line = 6")
    assert line == 8
    assert "or the line before it was changed and hashed anew" in fault


@pytest.mark.parametrize(("column", "value", "says"), [
    ("actor", "'person:9'", "its column 'actor' says 'person:9', its content, which was hashed, 'person:1'"),
    ("action", "'report.seen'", "its column 'action' says 'report.seen'"), ("subject", "''", "its column 'subject' says ''"),
    ("at", "at + interval '1 microsecond'", "its column 'at' says '2026-11-22T10:07:00.000001Z'"), ("at", "'infinity'", "its column 'at' says ''")])
def test_changed_column_shows(ledger: Connection, column: str, value: str, says: str) -> None:
    line, fault = attacked(ledger, f"update audit_line set {column} = {value} where line = 7")
    assert line == 7
    assert fault.startswith(says)


def test_deleted_line_shows(ledger: Connection) -> None:
    assert attacked(ledger, "delete from audit_line where line in (7, 8)") == (7, "it is gone: the next that stands there is line 9")


def test_deleted_first_line_shows(ledger: Connection) -> None:
    assert attacked(ledger, "delete from audit_line where line = 0") == (0, "it is gone: the next that stands there is line 1")


def test_deleted_line_shows_though_the_others_close_ranks(ledger: Connection) -> None:
    line, fault = attacked(ledger, "delete from audit_line where line = 7;" + SHIFT.format(8, "- 2") + "update audit_head set line = line - 1")
    assert line == 7
    assert "a line was put in or taken out here" in fault


def test_inserted_line_shows(ledger: Connection) -> None:
    forged = ("insert into audit_line select 7, at, actor, action, subject, content, sha256(hash || int8send(7) || convert_to(content, 'UTF8')) "
              "from audit_line where line = 6; update audit_head set line = line + 1")
    line, fault = attacked(ledger, SHIFT.format(7, "") + forged)
    assert line == 8
    assert "a line was put in or taken out here" in fault


def test_line_before_the_first_shows(ledger: Connection) -> None:
    line, fault = attacked(ledger, "insert into audit_line select -1, at, actor, action, subject, content, hash from audit_line where line = 6")
    assert (line, fault) == (-1, "it stands before line 0, where every ledger begins")


def test_line_put_in_at_the_end_shows(ledger: Connection) -> None:
    line, fault = attacked(ledger, "insert into audit_line select 21, at, actor, action, subject, content, "
                                   "sha256(hash || int8send(21) || convert_to(content, 'UTF8')) from audit_line where line = 20")
    assert (line, fault[:55]) == (21, "the head row says that the ledger ends with line 20: th")


@pytest.mark.parametrize(("pair", "with_hash"), [((7, 8), ""), ((7, 8), ", hash = o.hash"), ((7, 12), ", hash = o.hash"), ((7, 12), "")])
def test_exchanged_lines_show(ledger: Connection, pair: tuple[int, int], with_hash: str) -> None:
    line, fault = attacked(ledger, SWAP.format(*pair, with_hash))
    assert line == 7
    assert "exchanged" in fault or "it was changed" in fault


def test_cut_off_end_shows_by_the_head(ledger: Connection) -> None:
    assert attacked(ledger, "delete from audit_line where line > 15") == (
        16, "it is gone, with all after it: the head row says that the ledger ends with line 20")


def test_all_lines_gone_show(ledger: Connection) -> None:
    assert attacked(ledger, "truncate audit_line")[0] == 0


def test_deleted_head_shows(ledger: Connection) -> None:
    line, fault = attacked(ledger, "delete from audit_head")
    assert (line, fault) == (21, "nothing says whether the ledger ends before it: the head row was deleted")
    with pytest.raises(ConfigurationError, match="has no head row"):
        head(ledger, AT)


def test_changed_head_shows(ledger: Connection) -> None:
    assert attacked(ledger, "update audit_head set hash = sha256('')") == (20, "the head row has another hash for it: the row was changed")


CUT = "delete from audit_line where line > 15; update audit_head set line = 15, hash = (select hash from audit_line where line = 15);"


def test_cut_off_end_with_the_head_set_back_shows_by_an_anchor_kept_outside(ledger: Connection) -> None:
    kept = head(ledger, AT)
    line, fault = attacked(ledger, CUT, [kept])
    assert (line, fault) == (16, "it is gone, with all after it: line 20 was there on 2026-11-22T10:00:00Z (audit_head)")


def test_cut_off_end_that_was_written_anew_shows_by_an_anchor_kept_outside(ledger: Connection) -> None:
    kept = head(ledger, AT)
    with unguarded(ledger):
        ledger.execute(CUT.encode())
    for n in range(30):
        append(ledger, entry(n, actor="person:9"))
    assert verify(ledger).whole
    verdict = verify(ledger, [kept])
    assert (verdict.line, verdict.fault[:37]) == (20, "it has not the hash that was publishe")


def test_line_changed_and_all_after_it_hashed_anew_shows_by_the_databases_own_anchor(ledger: Connection) -> None:
    anchor(ledger, AT, "mail")
    written(ledger, 5)
    line, fault = attacked(ledger, FORGE.format(7) + REHASH.format(7))
    assert line == 20
    assert fault.startswith("it has not the hash that was published on 2026-11-22T10:00:00Z (audit_anchor mail): this line or one before it")


def test_line_changed_and_all_after_it_hashed_anew_and_the_anchors_too_shows_by_one_kept_outside(ledger: Connection) -> None:
    anchor(ledger, AT)
    kept = noted(ledger)
    with unguarded(ledger):
        ledger.execute((FORGE.format(7) + REHASH.format(7) + "update audit_anchor set hash = (select hash from audit_head)").encode())
    assert verify(ledger).whole
    assert verify(ledger, kept).line == LINES


def test_anchor_vouches_up_to_its_line(ledger: Connection) -> None:
    text = anchor(ledger, AT)
    assert text == str(head(ledger, AT))
    written(ledger, 3)
    verdict = verify(ledger)
    assert (verdict.whole, verdict.lines, verdict.anchors, verdict.anchored) == (True, LINES + 4, 1, LINES)


def test_content_that_is_no_json_shows_though_it_was_hashed(ledger: Connection) -> None:
    assert attacked(ledger, "update audit_line set content = 'none' where line = 7;" + REHASH.format(7)) == (
        7, "its content is no JSON, which the ledger never writes")


def test_faults_are_found_across_chunks(ledger: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chain, "_CHUNK", 7)
    assert verify(ledger).lines == LINES + 1
    assert attacked(ledger, FORGE.format(13))[0] == 13


def test_verify_ends_when_it_is_stopped(ledger: Connection) -> None:
    stop = threading.Event()
    stop.set()
    with pytest.raises(InputError, match="was stopped after line -1"):
        verify(ledger, stop=stop)
