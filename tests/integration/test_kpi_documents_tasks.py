"""Figures of documents, tasks and conferences, counted by hand."""

from itertools import product
from random import Random
from typing import Any

import pytest

from ioc.db.connect import Connection
from ioc.kpi.engine.registry import sections
from tests.integration.kpi_ways import DAYS, SCOPES, answered, both_ways, figures, stories
from tests.integration.streams_db import sunk
from tests.integration.streams_wire import Wire, at, event

NINE = "2026-11-20T09:00"
"""An hour after the wires' BASE."""
TOLD_BY_LIVES = ("sent", "arrived", "refused_rate", "finished", "signed_rate", "on_time_rate", "recalled", "open", "tasks_on_time", "tasks_late",
                 "tasks_overdue", "tasks_returned", "tasks_extended", "sessions", "points_joined", "points_absent", "long_losses")
FIVE_GROUPS = ("tasks_on_time", "tasks_late", "tasks_in_time", "tasks_overdue", "tasks_unacknowledged")


def copy(to_org: str, *facts: tuple[str, float], **data: Any) -> list[Wire]:
    """A received copy's events at minutes after BASE."""
    subject = f"G22,2026/11/20,12/VP>>{to_org}"
    return [event("document", fact, minutes, subject=subject, to_org=to_org, **data) for fact, minutes in facts]


def letters() -> list[Wire]:
    """Two letters out, one of them signed; three copies in: late, in time, and one that nobody registered."""
    return [
        event("document", "sent", 0, subject="D1", signed=True, electronic=True, urgency="express", level="province"),
        event("document", "sent", 10, subject="D2", signed=True, electronic=False, level="central"),
        *copy("A", ("arrived", 0), ("accepted", 90), urgency="express", level="province", due_at=at(200)),
        event("document", "finished", 240, subject="G22,2026/11/20,12/VP>>A", electronic=True),
        *copy("B", ("arrived", 0), ("refused", 30), level="province"),
        *copy("C", ("arrived", 30), ("accepted", 40), due_at=at(2000), level="central"),
        event("document", "finished", 70, subject="G22,2026/11/20,12/VP>>C", electronic=False),
        *copy("D", ("arrived", 30), urgency="urgent", level="commune"),
    ]


def tasks() -> list[Wire]:
    """One of each of the five groups, and one that was done without a deadline."""
    return [
        *task("on time", ("acknowledged", 5), ("completed", 50), due=60),
        *task("late", ("acknowledged", 5), ("completed", 90), due=60),
        *task("in time", ("acknowledged", 5), due=5000),
        *task("overdue", ("acknowledged", 5), due=60),
        *task("unseen", due=5000),
        *task("undated", ("completed", 100), due=None),
    ]


def task(subject: str, *facts: tuple[str, float], due: float | None) -> list[Wire]:
    given: dict[str, Any] = {} if due is None else {"due_at": at(due)}
    return [event("task", "assigned", 0, subject=subject, **given), *(event("task", fact, n, subject=subject) for fact, n in facts)]


def meeting() -> list[Wire]:
    """A session of an hour and a half with three points: one stays, one is lost for five minutes, one never comes."""
    told = [event("meeting", "started", 30, subject="M1", level="province"), event("meeting", "ended", 120, subject="M1")]
    points = {"P1": (("point_joined", 30),), "P2": (("point_joined", 30), ("point_lost", 55), ("point_joined", 60)), "P3": ()}
    for point, facts in points.items():
        story = (("point_invited", -900), *facts, ("ended", 120))
        told += [event("meeting", fact, n, subject=f"M1/{point}", point_id=point, started_at=at(30)) for fact, n in story]
    return told


def told(conn: Connection, *keys: str, **asked: Any) -> list[float | None]:
    found = figures(conn, "documents_tasks", **asked)
    return [found[key].value for key in keys]


def test_documents_count_out_with_the_issuer_and_in_with_each_recipient(dsn: str, conn: Connection) -> None:
    sunk(dsn, letters())
    assert told(conn, "sent", "arrived", "sent_express", "arrived_express", "arrived_urgent", "arrived_normal", "sent_province", "arrived_central") == [
        2, 4, 1, 1, 1, 2, 1, 1]
    by_agency = {row["org_code"]: (row["sent"], row["arrived"]) for row in answered(conn, "documents_tasks", "documents")}
    assert by_agency == {"G22": (2, 0), "A": (0, 1), "B": (0, 1), "C": (0, 1), "D": (0, 1)}


def test_document_rates_are_of_what_was_registered_and_finished(dsn: str, conn: Connection) -> None:
    sunk(dsn, letters())
    assert told(conn, "signed_rate", "refused_rate", "on_time_rate", "online_rate", "finish_hours", "finished") == [50, 25, 50, 50, 2 + 1 / 3, 2]
    assert told(conn, "registered_on_time_rate") == [pytest.approx(200 / 3)]


def test_documents_in_hand_are_those_of_the_moment(dsn: str, conn: Connection) -> None:
    sunk(dsn, letters())
    stocks = ("open", "unregistered", "unregistered_late", "overdue")
    assert told(conn, *stocks) == [1, 1, 1, 0]
    assert told(conn, *stocks, at=NINE) == [3, 2, 0, 0]
    assert told(conn, *stocks, at="2026-11-20T11:30") == [2, 1, 0, 1]
    assert told(conn, "arrived", "finished", "registered_on_time_rate", at=NINE) == [4, 0, 100]
    assert told(conn, "arrived", "finished", at="2026-11-20") == [4, 2]


def test_tasks_fall_into_five_groups(dsn: str, conn: Connection) -> None:
    sunk(dsn, tasks())
    assert told(conn, *FIVE_GROUPS) == [1, 1, 1, 1, 1]
    assert told(conn, *FIVE_GROUPS, at="2026-11-20T08:45") == [0, 0, 4, 0, 2]
    assert told(conn, *FIVE_GROUPS, at="2026-11-20") == [1, 1, 1, 1, 1]
    assert told(conn, "tasks_undated", "tasks_on_time_rate", "tasks_open") == [1, 50, 3]


def test_task_that_was_extended_is_on_time_but_not_the_first_time(dsn: str, conn: Connection) -> None:
    sunk(dsn, [*task("A", ("acknowledged", 5), due=60), event("task", "extended", 30, subject="A"), event("task", "completed", 100, subject="A")])
    assert told(conn, "tasks_on_time_rate", "tasks_first_on_time_rate", "tasks_extended") == [100, 0, 1]


def test_task_that_was_given_back_counts_with_who_gave_it_back(dsn: str, conn: Connection) -> None:
    sunk(dsn, [*task("A", ("returned", 20), due=60), event("task", "assigned", 30, subject="A", owner_org="SXD")])
    assert {row["org_code"]: (row["assigned"], row["returned"]) for row in answered(conn, "documents_tasks", "tasks")} == {"STC": (0, 1), "SXD": (1, 0)}
    assert {row["org_code"]: row["overdue"] for row in answered(conn, "documents_tasks", "task_backlog")} == {"SXD": 1}


def test_conference_counts_points_that_came_of_those_invited(dsn: str, conn: Connection) -> None:
    sunk(dsn, meeting())
    keys = ("sessions", "session_hours", "points_joined", "points_absent", "long_losses")
    assert told(conn, *keys) == [1, 1.5, 2, 1, 1]
    assert told(conn, "points_connected_rate", "lost_rate") == [pytest.approx(200 / 3), pytest.approx(100 * 5 / 180)]
    assert told(conn, "sessions_running", "points_connected", "points_lost", at="2026-11-20T08:57") == [1, 1, 1]
    assert told(conn, "sessions_running", "points_connected", "points_lost") == [0, 0, 0]


def test_conference_of_tomorrow_counts_tomorrow(dsn: str, conn: Connection) -> None:
    invited = event("meeting", "point_invited", -900, subject="M1/P1", started_at=at(30))
    sunk(dsn, [invited, event("meeting", "point_joined", 2000 - 960, subject="M1/P1", started_at=at(30))])
    for known in (None, "2026-11-21T15:00"):
        found = figures(conn, "documents_tasks", "day", at="2026-11-20", known=known)
        assert (found["points_connected_rate"].numerator, found["points_connected_rate"].denominator) == (0, 1)


def test_completion_that_was_learnt_later_is_no_part_of_what_was_known(dsn: str, conn: Connection) -> None:
    sunk(dsn, tasks()[:2], seconds=-3600)
    sunk(dsn, tasks()[2:3])
    assert told(conn, "tasks_on_time", "tasks_open", at=NINE, known="2026-11-21T14:30") == [0, 1]
    assert told(conn, "tasks_on_time", "tasks_open", at=NINE) == [1, 0]


def test_work_files_keep_their_fraction_and_what_is_wrong_with_the_published_figure(dsn: str, conn: Connection) -> None:
    usual: dict[str, Any] = {"org_code": "", "unit_code": "", "indicator_id": "work_dossiers_online", "unit": "%", "manual": True}
    sunk(dsn, [event("indicator", "observed", 0, subject=period, period=period, numerator=n, denominator=200, published_value=shown, **usual)
               for period, n, shown in (("2026", 180, 92.38), ("2026-10", 100, 50))])
    found = figures(conn, "documents_tasks")
    rate = found["work_files_online_rate"]
    assert (rate.value, rate.numerator, rate.denominator, found["work_files_online_published"].value) == (90, 180, 200, 92.38)
    assert "published_differs" in rate.flags
    assert told(conn, "work_files_online_rate", at="2026-11-19") == [None]


def test_issued_documents_are_as_they_were_told_for_the_period(dsn: str, conn: Connection) -> None:
    sunk(dsn, [event("indicator", "observed", 0, subject=f"{name}", indicator_id=name, period="2026", org_code="", unit_code="", value=n)
               for name, n in (("legal_documents", 91), ("document_levels", 4))])
    assert told(conn, "legal_documents", "document_levels", "plans_issued") == [91, 4, None]


@pytest.mark.parametrize("own", ["", "94"])
def test_figures_told_under_the_provinces_own_code_are_the_provinces(dsn: str, conn: Connection, own: str) -> None:
    given: list[dict[str, Any]] = [
        {"indicator_id": "plans_issued", "unit_code": own, "value": 7}, {"indicator_id": "plans_issued", "unit_code": "31510", "value": 2},
        {"indicator_id": "work_dossiers_online", "unit_code": own, "numerator": 180, "denominator": 200, "published_value": 92.38, "unit": "%"},
    ]
    sunk(dsn, [event("indicator", "observed", 0, subject=f"{n}", org_code="", period="2026", **data) for n, data in enumerate(given)])
    assert told(conn, "plans_issued", "work_files_online_rate", "work_files_online_published") == [7, 90, 92.38]
    by_unit = figures(conn, "documents_tasks", scope="unit")
    assert {key: f.value for key, f in by_unit.items() if key.startswith(("plans_issued", "work_files_online_rate"))} == {"plans_issued@31510": 2}


def test_empty_database_has_no_rate(conn: Connection) -> None:
    assert {f.value for f in figures(conn, "documents_tasks").values() if f.unit == "%"} == {None}
    assert [answered(conn, "documents_tasks", query) for query in sections()["documents_tasks"].sql] == [[]] * 8


def _of_documents(random: Random, fact: str, minutes: float) -> dict[str, Any]:
    told = {"to_org": random.choice(("A", "B")), "due_at": at(minutes + random.choice((30, 1500))), "urgency": random.choice(("normal", "express")),
            "level": random.choice(("central", "commune")), "signed": random.random() < 0.5, "electronic": random.random() < 0.5}
    return {name: value for name, value in told.items() if random.random() < 0.7} | ({"to_org": "A"} if fact == "arrived" else {})


def _of_tasks(random: Random, fact: str, minutes: float) -> dict[str, Any]:
    due = {} if fact == "extended" else {"due_at": at(minutes + random.choice((10, 1500)))}
    return {"owner_org": random.choice(("A", "B"))} | (due if random.random() < 0.7 else {})


def _of_meetings(random: Random, fact: str, minutes: float) -> dict[str, Any]:
    point = {} if fact == "started" or random.random() < 0.3 else {"point_id": "P1"}
    return point | {"level": "commune"} | ({"started_at": at(minutes + 900)} if random.random() < 0.3 else {})


@pytest.mark.parametrize("seed", [1, 2])
def test_figures_are_the_same_from_counts_and_from_history(dsn: str, conn: Connection, seed: int) -> None:
    random = Random(seed)
    sunk(dsn, [wire for stream, extras in (("document", _of_documents), ("task", _of_tasks), ("meeting", _of_meetings))
               for wire in stories(random, stream, 120, extras)])
    for day, scope in product(DAYS, SCOPES):
        counted, remembered = both_ways(conn, "documents_tasks", day=day, scope=scope)
        assert counted == remembered
    whole, _ = both_ways(conn, "documents_tasks", day=DAYS[-1])
    assert min(whole[key, "", ""][0] or 0 for key in TOLD_BY_LIVES) > 0
