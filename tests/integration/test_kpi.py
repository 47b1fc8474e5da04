"""Figures from a handful of events, counted by hand."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from ioc.calendar.periods import period_of
from ioc.db.connect import Connection
from ioc.indicators.closed import Person, close_period, parse_days, reopen_period
from ioc.kpi.engine.compute import Question, compute
from ioc.kpi.engine.registry import sections
from ioc.moment import asked_moment
from tests.integration.kpi_ways import PROFILE, REGISTER, figures
from tests.integration.streams_db import sunk
from tests.integration.streams_wire import NOW, Wire, at, event


def dossier(subject: str, ready: float | None, due: float = 60, **data: Any) -> list[Wire]:
    told = [event("dossier", "received", 0, subject=subject, due_at=at(due), **data), event("dossier", "step_started", 5, subject=subject)]
    return [*told, event("dossier", "result_ready", ready, subject=subject)] if ready else told


def test_rates_keep_what_they_are_made_of_and_say_when_they_are_of_few(dsn: str, conn: Connection) -> None:
    sunk(dsn, [*dossier("A", 30), *dossier("B", 90), *dossier("C", None, 90)])
    found = figures(conn, "one_stop")
    rate = found["on_time_rate"]
    assert (rate.value, rate.numerator, rate.denominator, rate.flags) == (50.0, 1.0, 2.0, ("unfinished", "few"))
    assert [found[key].value for key in ("received", "resolved", "late", "open", "overdue", "carried_in")] == [3, 2, 1, 1, 1, 0]
    assert found["satisfied_rate"].value is None
    assert "no_base" in found["satisfied_rate"].flags


def test_overdue_is_put_in_its_bucket_by_working_days(dsn: str, conn: Connection) -> None:
    sunk(dsn, dossier("A", None, 60))  # due on Friday 20 November
    moments = {"2026-11-20": "1", "2026-11-22": "1", "2026-11-23": "1", "2026-11-24": "2_3", "2026-11-26": "4_7", "2026-12-02": "8_15",
               "2026-12-14": "16"}
    for day, bucket in moments.items():
        found = figures(conn, "one_stop", at=day)
        assert {key for key in found if key.startswith("overdue_") and found[key].value and key != "overdue_unapologised"} == {f"overdue_{bucket}"}


@pytest.mark.parametrize(("boundaries", "expected"), [("now", {"31510": 3}), ("then", {"31510": 2, "31516": 1})])
def test_old_units_are_added_up_to_those_of_today_or_left_as_they_were(dsn: str, conn: Connection, boundaries: str, expected: dict[str, int]) -> None:
    wires = [{**event("dossier", "received", subject=f"D{n}", unit_code=code), "time": f"{day}T03:00:00Z"}
             for n, (code, day) in enumerate((("31510", "2025-03-03"), ("31516", "2025-03-03"), ("31510", "2025-08-04")))]
    sunk(dsn, wires)
    found = figures(conn, "one_stop", day=date(2025, 12, 31), at="2025-12-31", scope="unit", boundaries=boundaries)
    assert {f.unit_code: f.value for key, f in found.items() if key.startswith("received@")} == expected


def test_report_speed_is_a_median_of_the_whole_and_of_each_unit(dsn: str, conn: Connection) -> None:
    for n, (unit, minutes) in enumerate((("U1", 2), ("U1", 4), ("U2", 30))):
        sunk(dsn, [event("report", "submitted", 0, subject=f"R{n}", unit_code=unit), event("report", "verified", minutes, subject=f"R{n}")])
    assert figures(conn, "citizen_reports")["triage_minutes"].value == 4
    by_unit = figures(conn, "citizen_reports", scope="unit")
    assert {f.unit_code: f.value for key, f in by_unit.items() if key.startswith("triage_minutes")} == {"U1": 3, "U2": 30}


def test_what_was_corrected_later_shows_only_from_then_on(dsn: str, conn: Connection) -> None:
    sunk(dsn, [*dossier("A", 30, 10), {**event("dossier", "corrected", 0, subject="A", due_at=at(600)), "time": "2026-11-21T03:00:00Z"}])
    assert figures(conn, "one_stop", at="2026-11-20")["late"].value == 1
    assert figures(conn, "one_stop", at="2026-11-21")["late"].value == 0
    assert figures(conn, "one_stop")["late"].value == 0


def test_boundaries_that_were_reshaped_are_flagged_and_never_split(dsn: str, conn: Connection) -> None:
    sunk(dsn, [{**event("dossier", "received", subject="D", unit_code="941"), "time": "2025-03-03T03:00:00Z"}])
    found = figures(conn, "one_stop", day=date(2025, 12, 31), at="2025-12-31", scope="unit")
    assert (found["received@941"].value, "unplaced" in found["received@941"].flags) == (1, True)


def test_closed_period_says_so_and_what_was_adjusted_since(dsn: str, conn: Connection) -> None:
    sunk(dsn, dossier("A", 30))
    close_period(conn, "dossier", parse_days("2026-11-20"), Person(name="Trưởng ca", at=NOW))
    assert "closed" in figures(conn, "one_stop", "day", at="2026-11-20")["received"].flags
    assert "adjusted" not in figures(conn, "one_stop", "day", at="2026-11-20")["received"].flags
    sunk(dsn, dossier("B", 30), seconds=60)
    found = figures(conn, "one_stop", "day", at="2026-11-20")
    assert {key for key in ("received", "late", "on_time_rate") if "adjusted" in found[key].flags} == {"received", "on_time_rate"}


def test_period_is_closed_only_as_far_as_it_was_known_and_only_for_the_province(dsn: str, conn: Connection) -> None:
    sunk(dsn, dossier("A", 30))
    close_period(conn, "dossier", parse_days("2026-11-20"), Person(name="Trưởng ca", at=datetime(2026, 11, 21, 8, tzinfo=UTC)))
    reopen_period(conn, "dossier", parse_days("2026-11-20"), Person(name="Trưởng ca", at=datetime(2026, 11, 21, 8, 30, tzinfo=UTC), note="thiếu"))
    known = {"2026-11-20T20:00:00Z": False, "2026-11-21T07:59:59Z": False, "2026-11-21T08:00:00Z": True, "2026-11-21T08:29:59Z": True,
             "2026-11-21T08:30:00Z": False}
    for then, closed in known.items():
        assert ("closed" in figures(conn, "one_stop", "day", at="2026-11-20", known=then)["received"].flags) is closed
    elsewhere = asked_moment(NOW, at="2026-11-20", known="2026-11-21T08:00:00Z", jurisdiction="chicago")
    question = Question(period=period_of("day", elsewhere.day, PROFILE.periods), moment=elsewhere)
    assert not [f for f in compute(conn, sections()["one_stop"], question, PROFILE, REGISTER) if "closed" in f.flags]
