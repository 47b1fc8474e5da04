"""Panel 9 on a small province told by hand: beds, cases against earlier years, allowances, schools; now and as it was known then."""

from datetime import date, timedelta
from typing import Any

import pytest

from ioc.panels.engine.contract import Snapshot
from tests.integration.web_story import NOW, PROFILE, Story, ago, counts, seen, told, values

PLACE: dict[str, Any] = {"unit_code": "99004", "unit_valid_on": "2025-07-01"}


def health(story: Story, facility: str, day: str, taken: int | None = None, **data: Any) -> None:
    beds: dict[str, Any] = {} if taken is None else {"beds_occupied": taken, "beds_available": 100}
    given = {"facility_code": facility, "day": day, "visits": 90, "lon_deg": 85.1, "lat_deg": -20.1}
    story.tell("social", "health_daily", f"{facility}/{day}", data.pop("at", ago(hours=4)), **PLACE | given | beds | data)


def cases(story: Story, onset: date, number: int, disease: str = "A90", **data: Any) -> None:
    at = data.pop("at", ago(hours=4))
    story.tell("social", "disease_case", f"{disease}/{onset}/{data.get('unit_code', '99004')}", at, **PLACE | {
        "disease_code": disease, "onset_on": onset.isoformat(), "cases": number} | data)


def batch(story: Story, code: str, due: date, paid: Any = None, people: int = 100) -> None:
    story.tell("social", "payment_batch_due", code, ago(days=60), due_on=due.isoformat(), beneficiaries_due=people, **PLACE)
    if paid:
        story.tell("social", "payment_batch_paid", code, paid, beneficiaries_paid_by_account=80, **PLACE)


def disease(snapshot: Snapshot, code: str = "A90") -> dict[str, Any]:
    return next(d for d in snapshot.tables["diseases"] if d["disease_code"] == code)


def test_beds_are_of_the_newest_day_each_hospital_told(dsn: str) -> None:
    with told(dsn) as (story, conn):
        for facility, day, taken in (("H1", "2026-11-18", 80), ("H1", "2026-11-19", 97), ("H2", "2026-11-18", 50), ("H3", "2026-11-16", 100), ("K1", "2026-11-19", None)):
            health(story, facility, day, taken)
        story.hear()
        snapshot = seen(conn, "social_services")
        assert (counts(snapshot.numbers["beds"]), snapshot.numbers["full"].value) == ((147, 200), 1)
        assert [(f["facility_code"], f["state"]) for f in snapshot.tables["facilities"]] == [("H3", "offline"), ("H1", "due"), ("H2", "open"), ("K1", "open")]


def test_corrected_day_is_shown_but_not_to_those_who_did_not_know(dsn: str) -> None:
    with told(dsn) as (story, conn):
        health(story, "H1", "2026-11-19", 97)
        story.hear(ago(hours=3))
        health(story, "H1", "2026-11-19", 90, at=ago(hours=3))
        health(story, "H1", "2026-11-19", 97)
        story.hear(ago(hours=1))
        asked = ago(hours=2).isoformat()
        found = [counts(seen(conn, "social_services", at=asked, known=known).numbers["beds"])[0] for known in (None, asked)]
        assert found == [90, 97]


def test_threshold_is_of_the_same_weeks_of_five_years(dsn: str) -> None:
    """Last whole week 2026-W46; 2, 4 and 6 cases in the weeks around W46 of three years: mean 4, standard deviation 1.73."""
    with told(dsn) as (story, conn):
        for year in (2023, 2024, 2025):
            monday = date.fromisocalendar(year, 46, 1)
            for n, number in ((-7, 2), (0, 4), (7, 6), (21, 90)):
                cases(story, monday + timedelta(days=n), number, unit_valid_on="2023-01-01")
        cases(story, date(2026, 11, 10), 8)
        cases(story, date(2026, 11, 17), 500)  # of the running week
        story.hear()
        row = disease(seen(conn, "social_services"))
        assert (row["weeks"][-1], row["newest"], row["usual"][-1], row["limit"][-1]) == ("2026-11-09", 8, 4, 7.46)
        assert (row["over"], values(seen(conn, "social_services"), "outbreaks", "cases_week")) == (True, {"outbreaks": 1, "cases_week": 8})


def test_two_years_are_no_history(dsn: str) -> None:
    with told(dsn) as (story, conn):
        for year in (2024, 2025):
            cases(story, date.fromisocalendar(year, 46, 1), 2, unit_valid_on="2023-01-01")
        cases(story, date(2026, 11, 10), 80)
        story.hear()
        snapshot = seen(conn, "social_services")
        assert (disease(snapshot)["limit"][-1], disease(snapshot)["over"], snapshot.numbers["outbreaks"].value) == (None, False, None)


def test_week_that_others_were_told_of_had_no_case_and_one_untold_is_unknown(dsn: str) -> None:
    with told(dsn) as (story, conn):
        for onset, code in ((date(2026, 10, 20), "A90"), (date(2026, 10, 27), "B08"), (date(2026, 11, 10), "A90")):
            cases(story, onset, 9, code)
        story.hear()
        assert disease(seen(conn, "social_services"))["cases"] == [9, 0, None, 9]


def test_cases_told_late_restate_the_week_but_not_what_was_known(dsn: str) -> None:
    with told(dsn) as (story, conn):
        cases(story, date(2026, 11, 10), 6, at=ago(days=5))
        story.hear(ago(days=5))
        cases(story, date(2026, 11, 11), 7, at=ago(days=4))
        story.hear(ago(hours=1))
        found = [seen(conn, "social_services", at="2026-11-19", known=known).numbers["cases_week"].value for known in (None, "2026-11-19")]
        assert found == [13, 6]


def test_incidence_is_of_the_registers_people_and_hides_few(dsn: str) -> None:
    with told(dsn) as (story, conn):
        cases(story, date(2026, 11, 10), 10)
        cases(story, date(2026, 11, 10), 3, unit_code="99001")
        story.hear()
        snapshot = seen(conn, "social_services")
        people = {u.code: u.population for u in PROFILE.units_on(NOW.date())}
        assert {u["unit_code"]: (u["cases"], u["incidence"]) for u in snapshot.tables["units"]} == {
            "99004": (10, round(1_000_000 / people["99004"], 1)), "99001": (2.5, round(250_000 / people["99001"], 1))}


def test_batches_are_overdue_late_on_time_or_waiting(dsn: str) -> None:
    with told(dsn) as (story, conn):
        batch(story, "OLD", date(2026, 9, 30))
        batch(story, "OVER", date(2026, 11, 18), people=120)
        batch(story, "LATE", date(2026, 11, 12), ago(days=5))
        batch(story, "TIME", date(2026, 11, 17), ago(days=4))
        batch(story, "NEXT", date(2026, 11, 25))
        story.hear()
        now, then = seen(conn, "social_services"), seen(conn, "social_services", at="2026-11-13")
        assert [(b["due_on"].day, b["kind"], b["late_days"]) for b in now.tables["batches"]][:3] == [
            (30, "overdue", 37), (18, "overdue", 2), (25, "waiting", None)]
        assert sorted(b["kind"] for b in now.tables["batches"]) == ["late", "on_time", "overdue", "overdue", "waiting"]
        assert values(now, "overdue", "waiting") == {"overdue": 2, "waiting": 220}
        assert {b["due_on"].day: b["kind"] for b in then.tables["batches"]} == {30: "overdue", 12: "overdue", 17: "waiting", 18: "waiting", 25: "waiting"}


@pytest.mark.parametrize("asked", [{}, {"at": "2026-11-19"}, {"at": "2026-11-19", "known": "2026-11-19"}])
def test_schools_are_told_by_unit(dsn: str, asked: dict[str, Any]) -> None:
    with told(dsn) as (story, conn):
        story.tell("social", "school_snapshot", "school/99004", ago(days=9), day="2026-11-05", pupils=800, dropped_out=4, **PLACE)
        story.hear(ago(days=9))
        snapshot = seen(conn, "social_services", **asked)
        assert (counts(snapshot.numbers["dropped_out"]), snapshot.tables["by:dropped_out"][0]["unit_code"]) == ((4, 800), "99004")
