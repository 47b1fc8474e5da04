"""Our daily counts against what a source tells: figures through the sink, tellings by event and by file."""

import argparse
import threading
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from ioc.clock import FrozenClock
from ioc.db.connect import Connection
from ioc.errors import InputError
from ioc.indicators.commands import run_reconcile
from ioc.indicators.reconcile import Reconciliation, reconcile, verdict
from ioc.indicators.totals import Total, collect_totals, read_totals, store_totals
from ioc.profiles import load_profile
from ioc.settings import Settings
from tests.integration.streams_db import one, sunk
from tests.integration.streams_wire import Wire, event
from tests.unit.indicators.forms import csv_file

DAY = date(2026, 11, 20)
TOLD = datetime(2026, 11, 20, 23, tzinfo=UTC)  # 06:00 local of the day after
NOW = datetime(2026, 11, 21, 8, tzinfo=UTC)
SOURCE = "/vn/92/one-stop"
REPORTS = "/vn/92/citizen-reports"
HEAD = "source;stream;day;unit_code;measure;value;told_at;sent_by;subjects"


def dossier(subject: str, minutes: float = 0, *, resolved: float | None = None, unit: str = "U1") -> list[Wire]:
    """A dossier received `minutes` after 08:00 of the day, resolved later or not."""
    told = [event("dossier", fact, minutes + n, subject=subject, unit_code=unit) for n, fact in enumerate(("submitted", "received", "step_started"))]
    return told + ([event("dossier", "result_ready", resolved, subject=subject, unit_code=unit)] if resolved else [])


def told(value: int, measure: str = "received", unit: str = "U1", *, stream: str = "dossier", source: str = SOURCE, at: datetime = TOLD,
         subjects: tuple[str, ...] = ()) -> Total:
    return Total(source=source, stream=stream, day=DAY, unit_code=unit, measure=measure, value=value, told_at=at, sent_by="tester", subjects=subjects)


def telling(subject: str, **data: object) -> Wire:
    """A control total as a source's event, at 23:00 of the day."""
    wire = event("report", "noted", 900, subject=subject)
    return {**wire, "type": "vn.ioc.platform.control_total.v1", "data": {**wire["data"], "day": str(DAY), "measure": "received", **data}}


def compared(conn: Connection, stream: str = "dossier", *, source: str | None = None) -> Reconciliation:
    return next(found for found in reconcile(conn, DAY, source=source) if found.stream == stream)


def gaps(found: Reconciliation) -> dict[tuple[str, str], tuple[int | None, int]]:
    return {(d.unit_code, d.measure): (d.told, d.ours) for d in found.differences}


def test_equal_counts_are_said_to_agree_with_the_time_of_the_telling(dsn: str, conn: Connection) -> None:
    sunk(dsn, [*dossier("D1"), *dossier("D2", 10, resolved=90)])
    store_totals(conn, [told(2), told(1, "resolved"), told(1, "open"), told(2, unit="")])
    found = compared(conn)
    assert (found.differences, found.compared, verdict(found)) == ((), 4, "khớp nguồn 06:00")


def test_difference_is_told_per_unit_and_measure(dsn: str, conn: Connection) -> None:
    sunk(dsn, [*dossier("D1"), *dossier("D2", unit="U2")])
    store_totals(conn, [told(3), told(3, "open"), told(1, unit="U2"), told(1, "open", "U2")])
    found = compared(conn)
    assert gaps(found) == {("U1", "received"): (3, 1), ("U1", "open"): (3, 1)}
    assert verdict(found) == "lệch 2 hồ sơ so với nguồn"


def test_day_that_no_source_told_of_is_not_said_to_agree(dsn: str, conn: Connection) -> None:
    sunk(dsn, dossier("D1"))
    found = compared(conn)
    assert (found.told_at, verdict(found), found.differences) == (None, "nguồn chưa gửi số đối chiếu", ())


def test_unit_that_the_source_left_out_is_a_difference(dsn: str, conn: Connection) -> None:
    sunk(dsn, [*dossier("D1"), *dossier("D2", unit="U2")])
    store_totals(conn, [told(1)])
    assert gaps(compared(conn)) == {("U2", "received"): (None, 1)}


def test_dossiers_of_no_unit_are_compared_under_their_agency(dsn: str, conn: Connection) -> None:
    sunk(dsn, dossier("D1", unit=""))
    store_totals(conn, [told(1, unit="SNV")])
    assert compared(conn).differences == ()


def test_open_counts_what_earlier_days_left(dsn: str, conn: Connection) -> None:
    sunk(dsn, [*dossier("D1", -3 * 1440), *dossier("D2", -1440, resolved=-1400), *dossier("D3")])
    store_totals(conn, [told(2, "open"), told(1), told(1, "carried_in")])
    assert compared(conn).differences == ()


def test_newest_telling_holds_whatever_came_last(dsn: str, conn: Connection) -> None:
    sunk(dsn, dossier("D1"))
    store_totals(conn, [told(1, at=TOLD + timedelta(hours=1)), told(5)])
    assert compared(conn).differences == ()


def test_sources_of_one_unit_are_added_up(dsn: str, conn: Connection) -> None:
    sunk(dsn, [*dossier("D1"), *dossier("D2")])
    store_totals(conn, [told(1), told(1, source="/vn/92/other"), told(4, unit="U2", source="/vn/92/other")])
    assert gaps(compared(conn)) == {("U2", "received"): (4, 0)}
    assert compared(conn, source=SOURCE).differences == ()


def test_dossier_that_moved_to_another_unit_after_the_telling_is_no_difference(dsn: str, conn: Connection) -> None:
    sunk(dsn, [*dossier("D1"), event("dossier", "corrected", 1440, subject="D1", unit_code="U2")])
    assert one(conn, "select unit_code from dossier_state") == "U2"
    store_totals(conn, [told(1)])
    assert compared(conn).differences == ()


def test_dossier_that_moved_is_expected_where_it_is_when_the_source_tells_later(dsn: str, conn: Connection) -> None:
    sunk(dsn, [*dossier("D1"), event("dossier", "corrected", 1440, subject="D1", unit_code="U2")])
    store_totals(conn, [told(1, unit="U2", at=TOLD + timedelta(days=1)), told(0, at=TOLD + timedelta(days=1))])
    assert compared(conn).differences == ()


def test_codes_of_the_source_explain_a_difference(dsn: str, conn: Connection) -> None:
    sunk(dsn, [*dossier("D1"), *dossier("D2", unit="U2"), *dossier("D3", -1440), *dossier("D5")])
    store_totals(conn, [told(4, subjects=("D1", "D2", "D3", "D4")), told(0, unit="U2")])
    clues = {d.unit_code: d.clues for d in compared(conn).differences}["U1"]
    assert [(c.subject, c.why, c.unit_code) for c in clues] == [
        ("D2", "other_unit_here", "U2"), ("D3", "not_counted_here", "U1"), ("D4", "unknown_here", None), ("D5", "not_told", "U1")]


@pytest.mark.parametrize(("measure", "ours"), [("resolved", "D2"), ("open", "D1"), ("submitted", "D1")])
def test_codes_are_listed_for_each_measure_that_has_a_moment(dsn: str, conn: Connection, measure: str, ours: str) -> None:
    sunk(dsn, [*dossier("D1"), *dossier("D2", -1440, resolved=60)])
    store_totals(conn, [told(2, measure, subjects=("D7", "D8"))])
    (found,) = compared(conn).differences
    assert [(c.subject, c.why) for c in found.clues] == [(ours, "not_told"), ("D7", "unknown_here"), ("D8", "unknown_here")]


def test_difference_without_a_list_has_no_clues(dsn: str, conn: Connection) -> None:
    sunk(dsn, dossier("D1"))
    store_totals(conn, [told(2)])
    assert [d.clues for d in compared(conn).differences] == [()]


def test_reports_are_compared_without_those_of_other_jurisdictions(dsn: str, conn: Connection) -> None:
    sunk(dsn, [event("report", "submitted", subject="R1"), event("report", "submitted", subject="chicago:1", jurisdiction="chicago"),
               event("report", "submitted", subject="R2"), event("report", "rejected", 5, subject="R2")])
    store_totals(conn, [told(2, "submitted", stream="report", source=REPORTS), told(2, "open", stream="report", source=REPORTS, subjects=("R1", "R2"))])
    found = compared(conn, "report")
    assert gaps(found) == {("U1", "open"): (2, 1)}
    assert [(c.subject, c.why) for c in found.differences[0].clues] == [("R2", "not_counted_here")]
    assert verdict(found) == "lệch 1 phản ánh so với nguồn"


def test_measure_that_is_not_counted_here_is_said_not_compared(conn: Connection) -> None:
    store_totals(conn, [told(2, "sneezed")])
    found = compared(conn)
    assert (found.unknown_measures, found.compared, verdict(found)) == (("sneezed",), 0, "số đối chiếu của nguồn không so sánh được")


def test_same_telling_is_kept_once(conn: Connection) -> None:
    assert store_totals(conn, [told(2, subjects=("D1",)), told(2, subjects=("D1",))]) == 1
    assert store_totals(conn, [told(2, subjects=("D1",))]) == 0
    assert one(conn, "select count(*) from control_subject") == 1


@pytest.mark.parametrize("source_id", ["one-stop", SOURCE])
def test_telling_by_event_is_kept(dsn: str, conn: Connection, source_id: str) -> None:
    sunk(dsn, [*dossier("D1"), telling("T1", source_id=source_id, value=1), telling("T2", source_id="nobody", value=9)])
    assert collect_totals(conn, load_profile("soc_trang"), DAY) == 1
    assert collect_totals(conn, load_profile("soc_trang"), DAY) == 0
    found = compared(conn)
    assert (found.sources, found.differences, verdict(found)) == ((SOURCE,), (), "khớp nguồn 23:00")


def run(dsn: str, **given: object) -> int:
    options = argparse.Namespace(**{"source": None, "day": None, "load": None, **given})
    return run_reconcile(Settings(database=dsn), options, threading.Event(), clock=FrozenClock(NOW))


def test_command_compares_yesterday_and_ends_with_1_when_something_differs(dsn: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sunk(dsn, dossier("D1"))
    file = csv_file(tmp_path / "told.csv", f"{HEAD}\n{SOURCE};dossier;20/11/2026;U1;received;2;2026-11-21 06:00;Nguyễn;D1 D2\n")
    assert run(dsn, load=file) == 1
    out = capsys.readouterr().out
    assert "1 new totals stored" in out
    assert "dossier 2026-11-20: lệch 1 hồ sơ so với nguồn" in out
    assert "U1, tiếp nhận: here 1, source 2 (-1)\n    D2: nguồn có, hệ thống chưa nhận được" in out


def test_command_ends_with_0_when_all_agrees(dsn: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sunk(dsn, dossier("D1"))
    file = csv_file(tmp_path / "told.csv", f"{HEAD}\n{SOURCE};dossier;2026-11-20;U1;received;1;2026-11-21T06:00:00+07:00;Nguyễn;\n")
    assert run(dsn, load=file, day=DAY, source=SOURCE) == 0
    assert "dossier 2026-11-20: khớp nguồn 06:00\nreport 2026-11-20: nguồn chưa gửi số đối chiếu\n" in capsys.readouterr().out


def test_command_refuses_a_source_that_the_profile_lacks(dsn: str) -> None:
    with pytest.raises(InputError, match="no source 'x'; known are /vn/92/"):
        run(dsn, source="x")


@pytest.mark.parametrize(("line", "error"), [
    ("/vn/1/x;dossier;2026-11-20;U1;received;1;;T;", "A2: the profile has no source '/vn/1/x'"),
    (f"{SOURCE};weather;2026-11-20;U1;received;1;;T;", "B2: 'weather' has no daily counts; known are dossier, report"),
    (f"{SOURCE};dossier;20/13/2026;U1;received;1;;T;", "C2: '20/13/2026' is no date"),
    (f"{SOURCE};dossier;2026-11-20;U1;sneezed;1;;T;", "E2: 'sneezed' is not counted for 'dossier'"),
    (f"{SOURCE};dossier;2026-11-20;U1;received;-1;;T;", "F2: -1 is less than 0"),
    (f"{SOURCE};dossier;2026-11-20;U1;received;1.234;;T;", "F2: '1.234' can be 1234 or 1,234"),
    (f"{SOURCE};dossier;2026-11-20;U1;received;1;2026-11-22 06:00;T;", "G2: '2026-11-22 06:00' lies in the future"),
    (f"{SOURCE};dossier;2026-11-20;U1;received;1;6 giờ;T;", "G2: '6 giờ' is no moment"),
    (f"{SOURCE};dossier;2026-11-20;U1;received;1;;;", "H2: 'Người gửi' is empty"),
])
def test_wrong_cell_of_a_telling_is_named(tmp_path: Path, line: str, error: str) -> None:
    with pytest.raises(InputError, match=error.replace("(", r"\(")):
        read_totals(csv_file(tmp_path / "told.csv", f"{HEAD}\n{line}\n"), load_profile("soc_trang"), NOW)


def test_telling_without_a_time_was_told_now(tmp_path: Path) -> None:
    (found,) = read_totals(csv_file(tmp_path / "t.csv", f"{HEAD}\n{SOURCE};dossier;2026-11-20;;received;1.234.567;;T;B A B\n"), load_profile("soc_trang"), NOW)
    assert (found.told_at, found.value, found.unit_code, found.subjects) == (NOW, 1_234_567, "", ("A", "B"))
