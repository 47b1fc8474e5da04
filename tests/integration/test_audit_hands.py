"""What is done at the command line stands in the ledger: accounts, screens, keys of sources, gaps, pauses, periods."""

import argparse
import threading
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from ioc import commands, letters
from ioc.audit.hand import hand
from ioc.audit.ledger import Line, lines
from ioc.clock import SystemClock
from ioc.db.connect import Connection
from ioc.errors import InputError
from ioc.indicators import commands as figures
from ioc.people import command as people
from ioc.people.screens import ask_for_pairing
from ioc.settings import Settings
from ioc.streams.engine.attention import store_gaps
from ioc.streams.engine.broker import Gap

Command = Callable[[Settings, argparse.Namespace, threading.Event], int]


def done(dsn: str, command: Command, **options: Any) -> int:
    return command(Settings(database=dsn), argparse.Namespace(**options), threading.Event())


def last(conn: Connection) -> Line:
    return lines(conn, limit=1)[0]


def add(dsn: str, login: str, *roles: str, **limits: str) -> int:
    given = {"units": None, "agencies": None, "fields": None} | limits
    return done(dsn, people.add_user, login=login, name=login.title(), roles=roles, **given)


def test_account_is_made_changed_and_ended_by_a_named_hand(dsn: str, conn: Connection, capsys: pytest.CaptureFixture[str]) -> None:
    add(dsn, "an", "operator")
    password = capsys.readouterr().out.split()[-1]
    assert password not in str(conn.execute("select content from audit_line").fetchall())
    done(dsn, people.set_roles, login="an", roles=("leader",), replace=True, units=None, agencies=None, fields=None)
    assert (last(conn).action, last(conn).actor) == ("person.roles", hand())
    assert last(conn).before != last(conn).after
    done(dsn, people.end_user, login="an", reason="left")
    assert (last(conn).action, last(conn).reason) == ("person.ended", "left")


@pytest.mark.parametrize(("roles", "limits", "said"), [
    (("focal_point",), {}, "needs a unit or an agency"), (("administrator", "auditor"), {}, "cannot be administrator and auditor"),
    (("administrator", "operator"), {}, "cannot be administrator and operator"), (("king",), {}, "no role 'king'"),
])
def test_roles_that_nobody_can_have_are_refused_and_leave_nothing(dsn: str, conn: Connection, roles: tuple[str, ...], limits: dict[str, str], said: str) -> None:
    with pytest.raises(InputError, match=said):
        add(dsn, "an", *roles, **limits)
    assert conn.execute("select count(*) from person").fetchone() == (0,)
    assert last(conn).line == 0


def test_roles_given_later_may_not_meet_in_one_person_either(dsn: str) -> None:
    add(dsn, "an", "administrator")
    with pytest.raises(InputError, match="cannot be administrator and auditor"):
        done(dsn, people.set_roles, login="an", roles=("auditor",), replace=False, units=None, agencies=None, fields=None)


def test_screen_is_paired_listed_and_ended(dsn: str, conn: Connection, capsys: pytest.CaptureFixture[str]) -> None:
    _, code = ask_for_pairing(conn, "127.0.0.1", SystemClock().now())
    done(dsn, people.confirm_screen, code=code, name="Sảnh", addresses="10.0.0.0/8", show="/wall/one_stop", guests=False)
    done(dsn, people.list_screens)
    assert "Sảnh" in capsys.readouterr().out
    done(dsn, people.end_screen, screen=1, reason="sold")
    assert [line.action for line in lines(conn, limit=2)] == ["screen.ended", "screen.paired"]


def test_key_of_a_source_is_in_the_ledger_without_its_text(dsn: str, conn: Connection, capsys: pytest.CaptureFixture[str]) -> None:
    done(dsn, commands.add_source_key, source="/vn/92/one-stop", streams="dossier", expires=None, events_per_s=10.0)
    text = capsys.readouterr().out.strip()
    assert last(conn).action == "source_key.added"
    assert text.rsplit("_", 1)[1] not in str(last(conn))
    done(dsn, commands.revoke_source_key, key=last(conn).subject.partition(":")[2])
    assert last(conn).action == "source_key.revoked"


def test_gap_that_a_person_closes_says_who_and_why(dsn: str, conn: Connection) -> None:
    store_gaps(conn, [Gap("ioc.dossier", 0, 5, 9)], SystemClock().now())
    done(dsn, letters.close_gap, gap=1, note="sent again")
    assert (last(conn).action, last(conn).subject, last(conn).reason) == ("gap.closed", "gap:1", "sent again")


def test_closing_that_fails_leaves_no_line(dsn: str, conn: Connection) -> None:
    with pytest.raises(InputError):
        done(dsn, letters.close_gap, gap=7, note="x")
    assert last(conn).line == 0


def test_period_that_is_closed_and_reopened_is_in_the_ledger(dsn: str, conn: Connection) -> None:
    options = {"stream": "dossier", "period": "2026-10", "by": "Phòng KSTTHC", "note": "chốt", "reason": "bổ sung"}
    done(dsn, figures.close_period, **options)
    done(dsn, figures.reopen_period, **options)
    assert [(line.action, line.reason) for line in lines(conn, limit=2)] == [("period.reopened", "bổ sung"), ("period.closed", "chốt")]
    assert date(2026, 10, 1).isoformat() in last(conn).subject
