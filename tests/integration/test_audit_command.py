"""`ioc audit verify | list | head`."""

import argparse
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ioc.audit import command
from ioc.audit.anchor import anchor
from ioc.audit.ledger import append
from ioc.db.connect import Connection
from ioc.errors import InputError
from ioc.settings import Settings
from tests.integration.audit_lines import AT, entry, written

Run = Callable[..., tuple[int, str]]


@pytest.fixture
def run(dsn: str, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs one command on the test's database: its exit code and what it printed."""
    def ran(name: str, **options: Any) -> tuple[int, str]:
        given = {"anchors": None, "before": None, "actor": None, "action": None, "subject": None, "limit": 50, **options}
        code = getattr(command, name)(Settings(database=dsn), argparse.Namespace(**given), threading.Event())
        return code, capsys.readouterr().out

    return ran


def test_verify_says_how_far_the_ledger_is_whole(conn: Connection, run: Run) -> None:
    written(conn, 5)
    anchor(conn, AT)
    code, text = run("verify")
    assert code == 0
    assert text.startswith("the audit ledger is whole: 6 lines, the last with sha256 ")
    assert "1 anchors of the database agree" in text


def test_verify_ends_with_1_and_names_the_line_where_the_ledger_is_broken(conn: Connection, run: Run) -> None:
    written(conn, 5)
    conn.execute("alter table audit_line disable trigger user")
    conn.execute("delete from audit_line where line = 3")
    code, text = run("verify")
    assert code == 1
    assert text.startswith("the audit ledger is broken at line 3: it is gone: the next that stands there is line 4\nthe 3 lines before are in order")


def test_verify_compares_with_what_head_printed(conn: Connection, run: Run, tmp_path: Path) -> None:
    written(conn, 5)
    kept = tmp_path / "anchors.txt"
    kept.write_text(run("head")[1], encoding="utf-8")
    code, text = run("verify", anchors=[kept])
    assert code == 0
    assert text.endswith("1 anchors agree, 1 of them kept outside; the newest is of line 5\n")
    kept.write_text(kept.read_text(encoding="utf-8").replace("line 5", "line 4"), encoding="utf-8")
    code, text = run("verify", anchors=[kept])
    assert code == 1
    assert "broken at line 4: it has not the hash that was published" in text


def test_list_shows_lines_newest_first(conn: Connection, run: Run) -> None:
    append(conn, entry(1))
    append(conn, entry(2, reason="a second look"))
    append(conn, entry(3))
    code, text = run("lines", limit=2, before=3)
    assert code == 0
    assert text == ("        2  2026-11-22 17:02  person:2          report.verified           report:PA-2  (a second look)\n"
                    "        1  2026-11-22 17:01  person:1          report.verified           report:PA-1\n")


def test_list_lets_no_text_move_the_cursor(conn: Connection, run: Run) -> None:
    append(conn, entry(1, reason="a\x1b[2J\nb"))
    assert "(a\ufffd[2J\ufffdb)" in run("lines", limit=1)[1]


def test_list_says_where_no_line_is_so(run: Run) -> None:
    assert run("lines", actor="person:404") == (0, "no line is so\n")


def test_list_refuses_a_limit_of_nothing(run: Run) -> None:
    with pytest.raises(InputError, match="--limit is 0"):
        run("lines", limit=0)
