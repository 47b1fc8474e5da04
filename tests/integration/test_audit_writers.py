"""Many at once append to one ledger."""

import threading
from concurrent.futures import ThreadPoolExecutor

import psycopg

from ioc.audit.anchor import anchor
from ioc.audit.chain import verify
from ioc.audit.ledger import append, append_all
from ioc.db.connect import Connection, connect
from tests.integration.audit_lines import AT, entry

WRITERS = 8
LINES = 10_000
SIZES = (1, 3, 25, 71)
"""Lines of one transaction, in turn; every ninth transaction is rolled back and tried again."""


def write(dsn: str, writer: int, together: threading.Barrier) -> int:
    """All lines of one writer; answers how many times a transaction was taken back."""
    done = turn = undone = 0
    with connect(dsn, application="test-writer", autocommit=True) as conn:
        together.wait(30)
        while done < LINES:
            size, turn = min(SIZES[turn % len(SIZES)], LINES - done), turn + 1
            with conn.transaction():
                lines = [entry(n, actor=f"person:{writer}") for n in range(done, done + size)]
                if size > 3:
                    append_all(conn, lines[3:])
                for line in lines[:3]:
                    append(conn, line)
                if turn % 9 == 0:
                    undone += 1
                    raise psycopg.Rollback
                done += size
    return undone


def test_eight_writers_leave_one_whole_chain_without_a_gap(conn: Connection, dsn: str) -> None:
    together = threading.Barrier(WRITERS)
    with ThreadPoolExecutor(WRITERS) as pool:
        undone = list(pool.map(lambda writer: write(dsn, writer, together), range(WRITERS)))
    assert min(undone) > 40
    anchor(conn, AT)
    verdict = verify(conn)
    assert (verdict.fault, verdict.lines, verdict.anchored) == ("", WRITERS * LINES + 1, WRITERS * LINES)
    found = conn.execute("select count(*), min(line), max(line) from audit_line").fetchone()
    assert found == (WRITERS * LINES + 1, 0, WRITERS * LINES)
    by_writer = conn.execute("select count(distinct subject) from audit_line where line > 0 group by actor").fetchall()
    assert by_writer == [(LINES,)] * WRITERS


def test_verify_sees_one_state_while_others_append(conn: Connection, dsn: str) -> None:
    stop = threading.Event()

    def busy() -> int:
        with connect(dsn, application="test-writer", autocommit=True) as other:
            n = 0
            while not stop.is_set():
                n = append(other, entry(n))
            return n

    with ThreadPoolExecutor(1) as pool:
        last = pool.submit(busy)
        verdicts = [verify(conn) for _ in range(10)]
        stop.set()
    assert all(verdict.whole for verdict in verdicts)
    assert verdicts[-1].lines <= last.result() + 1
