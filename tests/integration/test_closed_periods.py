"""Chốt số liệu: what a person closed stands still, and what comes later is an adjustment."""

import argparse
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime

import psycopg
import pytest

from ioc.clock import FrozenClock
from ioc.db.connect import Connection, connect
from ioc.errors import InputError
from ioc.indicators import commands
from ioc.indicators.closed import Adjustment, Days, Person, adjustments, close_period, closings, parse_days, reopen_period, worded
from ioc.settings import Settings
from tests.integration.streams_db import one, sunk
from tests.integration.streams_wire import event
from tests.integration.test_reconcile import dossier

NOW = datetime(2026, 11, 21, 8, tzinfo=UTC)
DAY = parse_days("2026-11-20")
CHIEF = Person(name="Trưởng ca", at=NOW, note="chốt ngày")


def adjusted(found: Sequence[Adjustment], measure: str, unit_code: str = "") -> str | None:
    """The adjustment of one figure in words; None where it stands as it was closed."""
    return next((worded(item) for item in found if (item.unit_code, item.measure) == (unit_code, measure)), None)


def test_closing_keeps_the_figures_with_who_and_when(dsn: str, conn: Connection) -> None:
    sunk(dsn, [*dossier("D0", -1440), *dossier("D1"), *dossier("D2", resolved=60, unit="U2")])
    done = close_period(conn, "dossier", DAY, CHIEF)
    assert (done.action, done.turn, done.closed_by, done.closed_at, done.note) == ("closed", 1, "Trưởng ca", NOW, "chốt ngày")
    assert done.figures is not None
    assert done.figures["U1"] == {"carried_in": 1, "received": 1, "submitted": 1, "open": 2}
    assert {name: done.figures["U2"][name] for name in ("received", "resolved")} == {"received": 1, "resolved": 1}
    assert closings(conn) == [done]


def test_nothing_is_adjusted_while_nothing_changes(dsn: str, conn: Connection) -> None:
    sunk(dsn, dossier("D1"))
    assert adjustments(conn, close_period(conn, "dossier", DAY, CHIEF)) == ()


def test_what_comes_later_shows_as_an_adjustment(dsn: str, conn: Connection) -> None:
    sunk(dsn, dossier("D1"))
    closing = close_period(conn, "dossier", DAY, CHIEF)
    sunk(dsn, [*dossier("D2", 5), *dossier("D3", 6), *dossier("D4", 7, unit="U2"), *dossier("D5", 1000)], seconds=3600)
    found = adjustments(conn, closing)
    assert adjusted(found, "received") == "điều chỉnh sau chốt: +3"
    assert adjusted(found, "received", "U2") == "điều chỉnh sau chốt: +1"
    assert adjusted(found, "resolved") is None
    assert [(a.closed, a.today) for a in found if (a.unit_code, a.measure) == ("U1", "open")] == [(1, 3)]


def test_figure_that_fell_after_closing_is_told_with_its_sign(dsn: str, conn: Connection) -> None:
    sunk(dsn, dossier("D1"))
    closing = close_period(conn, "dossier", DAY, CHIEF)
    sunk(dsn, [event("dossier", "withdrawn", 30, subject="D1")])
    found = adjustments(conn, closing)
    assert (adjusted(found, "open"), adjusted(found, "withdrawn")) == ("điều chỉnh sau chốt: −1", "điều chỉnh sau chốt: +1")


def test_frozen_figures_stand_still(dsn: str, conn: Connection) -> None:
    sunk(dsn, dossier("D1"))
    before = close_period(conn, "dossier", DAY, CHIEF)
    sunk(dsn, dossier("D2", 5))
    assert closings(conn) == [before]


def test_period_is_closed_once(conn: Connection) -> None:
    close_period(conn, "dossier", DAY, CHIEF)
    with pytest.raises(InputError, match="was closed by Trưởng ca on 2026-11-21: reopen it with a reason first"):
        close_period(conn, "dossier", DAY, CHIEF)
    assert close_period(conn, "report", DAY, CHIEF).turn == 1


def test_period_is_closed_once_by_two_at_the_same_moment(dsn: str, conn: Connection) -> None:
    barrier = threading.Barrier(2)

    def close() -> str:
        with connect(dsn, application="test", autocommit=True) as own:
            barrier.wait(timeout=20)
            try:
                return close_period(own, "dossier", DAY, CHIEF).action
            except InputError:
                return "refused"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(f.result() for f in [pool.submit(close) for _ in range(2)]) == ["closed", "refused"]
    assert one(conn, "select count(*) from closed_period") == 1


def test_reopening_is_a_new_row_with_its_reason_and_the_old_figures_stay(dsn: str, conn: Connection) -> None:
    sunk(dsn, dossier("D1"))
    close_period(conn, "dossier", DAY, CHIEF)
    done = reopen_period(conn, "dossier", DAY, Person(name="Phó Chủ tịch", at=NOW, note="nhập thiếu xã U2"))
    assert (done.action, done.turn, done.figures, done.note) == ("reopened", 2, None, "nhập thiếu xã U2")
    assert adjustments(conn, done) == ()
    assert one(conn, "select figures -> 'U1' ->> 'received' from closed_period where turn = 1") == "1"


def test_reopened_period_can_be_closed_again_with_new_figures(dsn: str, conn: Connection) -> None:
    close_period(conn, "dossier", DAY, CHIEF)
    reopen_period(conn, "dossier", DAY, CHIEF)
    sunk(dsn, dossier("D1"))
    done = close_period(conn, "dossier", DAY, CHIEF)
    assert (done.turn, adjustments(conn, done), [c.turn for c in closings(conn, "dossier")]) == (3, (), [3])
    assert done.figures is not None
    assert done.figures["U1"]["received"] == 1


def test_period_that_is_not_closed_cannot_be_reopened(conn: Connection) -> None:
    with pytest.raises(InputError, match="is not closed"):
        reopen_period(conn, "dossier", DAY, Person(name="A", at=NOW, note="vì sao"))


def test_reopening_needs_a_reason_and_a_name(conn: Connection) -> None:
    close_period(conn, "dossier", DAY, CHIEF)
    with pytest.raises(InputError, match="needs a reason"):
        reopen_period(conn, "dossier", DAY, Person(name="A", at=NOW, note=" "))
    with pytest.raises(InputError, match="give the name"):
        reopen_period(conn, "dossier", DAY, Person(name=" ", at=NOW, note="vì sao"))


@pytest.mark.parametrize("text", ["2026-11-21", "2026-11", "2026", "2026-11-01..2026-11-21"])
def test_period_that_has_not_ended_cannot_be_closed(conn: Connection, text: str) -> None:
    with pytest.raises(InputError, match="it can be closed from the day after"):
        close_period(conn, "dossier", parse_days(text), CHIEF)


def test_stream_without_daily_counts_cannot_be_closed(conn: Connection) -> None:
    with pytest.raises(InputError, match="'camera' has no daily counts"):
        close_period(conn, "camera", DAY, CHIEF)


@pytest.mark.parametrize(("text", "days"), [
    ("2025-12-15..2026-12-14", Days("reporting", date(2025, 12, 15), date(2026, 12, 14))),
    ("2026-Q3", Days("quarter", date(2026, 7, 1), date(2026, 9, 30))),
])
def test_period_is_a_calendar_one_or_a_reporting_one(text: str, days: Days) -> None:
    assert parse_days(text) == days


@pytest.mark.parametrize("text", ["2026-12-14..2025-12-15", "2026-12-14..", "..", "soon", "2026-02-30..2026-03-01"])
def test_text_that_is_no_period_is_refused(text: str) -> None:
    with pytest.raises(InputError):
        parse_days(text)


@pytest.mark.parametrize("change", ["action = 'reopened'", "figures = null", "closed_by = ''", "last_day = first_day - 1", "turn = 2"])
def test_database_refuses_a_closing_that_contradicts_itself(conn: Connection, change: str) -> None:
    close_period(conn, "dossier", DAY, CHIEF)
    with pytest.raises(psycopg.errors.CheckViolation):
        conn.execute(f"update closed_period set {change}".encode())


def test_commands_close_list_and_reopen(dsn: str, capsys: pytest.CaptureFixture[str]) -> None:
    sunk(dsn, dossier("D1"))
    settings, clock, stop = Settings(database=dsn), FrozenClock(NOW), threading.Event()
    given = {"stream": "dossier", "period": "2026-11-20", "by": "Trưởng ca"}
    assert commands.close_period(settings, argparse.Namespace(**given, note=""), stop, clock=clock) == 0
    sunk(dsn, dossier("D2", 5))
    assert commands.list_periods(settings, argparse.Namespace(stream=None), stop) == 0
    assert commands.reopen_period(settings, argparse.Namespace(**given, reason="bổ sung"), stop, clock=clock) == 0
    assert commands.list_periods(settings, argparse.Namespace(stream="dossier"), stop) == 0
    out = capsys.readouterr().out
    assert "closed dossier 2026-11-20 to 2026-11-20: kỳ trước chuyển sang 0, đã nộp 1, tiếp nhận 1," in out
    assert "    toàn tỉnh, tiếp nhận: điều chỉnh sau chốt: +1 (1 → 2)\n" in out
    assert out.endswith("dossier  2026-11-20..2026-11-20  day  reopened 2026-11-21 15:00 by Trưởng ca (bổ sung)\n")
