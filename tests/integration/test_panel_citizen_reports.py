"""The page of citizens' reports, counted by hand: stages, ages, agencies, hot spots, kinds, speeds; past and as known then."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from ioc.db.connect import Connection
from tests.conftest import fresh_database
from tests.integration.kpi_ways import figures
from tests.integration.web_story import NOW, Story, ago, seen, told, values

STEP = 0.0005
"""About 55 m of latitude."""
STOCKS = ("overdue", "open", "untriaged", "danger", "bounced")


@pytest.fixture(scope="module")
def conn(postgres: str) -> Iterator[Connection]:
    with fresh_database(postgres) as dsn, told(dsn) as (story, made):
        _open(story)
        _done(story)
        _spots(story)
        story.hear()
        yield made


def _open(story: Story) -> None:
    story.report("new", ago(hours=1), NOW + timedelta(hours=4))
    story.report("given", ago(days=2), ago(days=1), org_code="")
    for n, fact in enumerate(("verified", "assigned"), start=1):
        story.tell("report", fact, "given", ago(hours=40 - n), to_org="X99.9004")
    story.report("with another", ago(days=5), NOW + timedelta(days=4), category="EN-WASTE", channel="phone", unit_code="99001")
    for n, fact in enumerate(("verified", "assigned", "accepted", "in_progress"), start=1):
        story.tell("report", fact, "with another", ago(days=4, hours=-n), to_org="X99.9001", unit_code="99001", category="EN-WASTE")


def _done(story: Story) -> None:
    for n, hours in enumerate((10, 20, 30), start=1):
        story.report(f"done {n}", ago(days=9), ago(days=1), resolved=ago(days=9, hours=-hours), rating=3, category="EN-WASTE", channel="web")
    story.report("long ago", ago(days=40), ago(days=38), resolved=ago(days=39))


def _spots(story: Story) -> None:
    for n in range(3):  # three within 100 m of the middle one
        story.report(f"spot {n}", ago(days=20 + n), ago(days=1), resolved=ago(days=15), lon_deg=85.15, lat_deg=-20.15 + n * STEP)
    for n, fact in ((0, "rejected"), (1, ""), (2, "")):  # one of three was none, so two are left
        story.report(f"few {n}", ago(days=9), ago(days=1), lon_deg=85.25, lat_deg=-20.25, resolved=None if fact else ago(days=8))
        if fact:
            story.tell("report", fact, f"few {n}", ago(days=8))
    for n in range(3):  # one of them before the 30 days
        story.report(f"old {n}", ago(days=28 + 2 * n), ago(days=1), resolved=ago(days=27), lon_deg=85.3, lat_deg=-20.05)


def test_open_reports_stand_in_their_states_and_ages(conn: Connection) -> None:
    found = seen(conn, "citizen_reports").tables
    assert {s["state"]: s["reports"] for s in found["states"]} == {"submitted": 1, "assigned": 1, "in_progress": 1}
    assert {a["bucket"]: a["reports"] for a in found["ages"] if a["reports"]} == {"0": 1, "2-3": 1, "4-7": 1}


def test_agencies_stand_by_their_oldest_and_say_what_is_left(conn: Connection) -> None:
    agencies = [(a["org_code"], a["open"], a["overdue"], a["oldest_days"]) for a in seen(conn, "citizen_reports").tables["agencies"]]
    assert agencies == [("X99.9004", 1, 1, 1), ("", 1, 0, None), ("X99.9001", 1, 0, None)]
    assert seen(conn, "citizen_reports").tables["agencies"][1]["left_h"] == 2.0  # from 10:30 to 14:30, without the two hours of lunch


def test_hot_spot_is_three_valid_reports_within_a_hundred_metres_in_thirty_days(conn: Connection) -> None:
    found = seen(conn, "citizen_reports")
    assert found.tables["hot_spots"] == [{"unit_code": "99004", "hot_spots": 1, "most": 3}]
    assert found.numbers["hot_spots"].value == 1


def test_hot_spot_is_there_from_its_third_report_until_the_first_is_thirty_days_old(conn: Connection) -> None:
    for known in (None, NOW.isoformat()):
        asked = ("2026-10-23T08:00", "2026-10-31T08:00", "2026-11-01", "2026-11-19")
        assert [seen(conn, "citizen_reports", at=at, known=known).numbers["hot_spots"].value for at in asked] == [0, 1, 2, 1]


def test_kinds_are_of_thirty_days_and_units_by_thousand_residents(conn: Connection) -> None:
    found = seen(conn, "citizen_reports").tables
    assert {c["category"]: c["submitted"] for c in found["categories"]} == {"TR-ROAD": 10, "EN-WASTE": 4}
    assert {c["channel"]: c["submitted"] for c in found["channels"]} == {"app": 10, "web": 3, "phone": 1}
    sent = {s["unit_code"]: s for s in found["sent"]}
    assert sent["99004"]["submitted"] == 13
    assert sent["99004"]["per_1000"] > 0


def test_speed_is_the_median_and_what_nine_in_ten_keep(conn: Connection) -> None:
    speeds = {s["category"]: (s["resolved"], s["usual_h"], s["most_h"]) for s in seen(conn, "citizen_reports").tables["speeds"]}
    assert speeds["EN-WASTE"] == (3, 20, 28)


@pytest.mark.parametrize("at", ["2026-11-20T10:30", "2026-11-19", "2026-11-15T09:00"])
def test_what_is_known_by_now_of_a_past_moment_is_the_same_both_ways(conn: Connection, at: str) -> None:
    restated, then = seen(conn, "citizen_reports", at=at), seen(conn, "citizen_reports", at=at, known=NOW.isoformat())
    assert {**restated.tables} == {**then.tables}
    assert values(restated) == values(then)


def test_nothing_was_known_before_it_was_learnt(conn: Connection) -> None:
    found = seen(conn, "citizen_reports", at="2026-11-19", known="2026-11-19").tables
    assert [found[table] for table in ("units", "agencies", "hot_spots", "categories", "speeds", "sent")] == [[]] * 6
    assert [d for d in found["trend"] if d["submitted"]] == []


def test_the_wall_says_what_the_catalogue_of_figures_says(conn: Connection) -> None:
    asked = figures(conn, "citizen_reports", at="2026-11-19")
    shown = seen(conn, "citizen_reports", at="2026-11-19")
    assert values(shown, *STOCKS) == {key: asked[key].value for key in STOCKS}
    assert sum(u["overdue"] for u in shown.tables["units"]) == shown.numbers["overdue"].value
