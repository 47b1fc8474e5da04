"""Figures of the counters and their cameras, counted by hand."""

from itertools import product
from random import Random
from typing import Any

import pytest

from ioc.db.connect import Connection
from ioc.kpi.engine.registry import sections
from tests.integration.kpi_ways import DAYS, SCOPES, answered, both_ways, figures, stories
from tests.integration.streams_db import sunk
from tests.integration.streams_wire import Wire, event

HALF_PAST_EIGHT = "2026-11-20T08:30"
"""30 minutes after the wires' BASE."""


def ticket(subject: str, **told: float) -> list[Wire]:
    """A ticket's events, fact → minutes after BASE."""
    return [event("counter", fact, minutes, subject=subject, ticket_no=subject) for fact, minutes in told.items()]


def morning() -> list[Wire]:
    """Two that were served after 10 and 40 minutes, one that left, one whose call was forgotten, one who waits now, a desk a day."""
    return [
        *ticket("A", ticket_taken=0, ticket_called=10, service_started=11, service_ended=20),
        event("counter", "rated", 20, subject="A", ticket_no="A", rating=4),
        *ticket("B", ticket_taken=5, ticket_called=45, service_ended=50),
        event("counter", "rated", 51, subject="B", ticket_no="B", rating=1),
        *ticket("C", ticket_taken=100, ticket_abandoned=130),
        *ticket("E", ticket_taken=200),
        *ticket("D", ticket_taken=1840),
        event("counter", "opened", 0, subject="P1/Q3/261120"),
        event("counter", "closed", 240, subject="P1/Q3/261120"),
        event("counter", "opened", 1800, subject="P1/Q3/261121"),
    ]


def told(conn: Connection, *keys: str, **asked: Any) -> list[float | None]:
    found = figures(conn, "counters", **asked)
    return [found[key].value for key in keys]


def test_waits_and_services_are_means_of_their_tickets(dsn: str, conn: Connection) -> None:
    sunk(dsn, morning())
    assert told(conn, "taken", "transactions", "served", "wait_minutes", "within_15_rate", "over_30", "service_minutes") == [
        5, 2, 2, 25, 50, 1, 7.5]
    assert told(conn, "satisfied_rate", "response_rate", "dissatisfied", "transactions_per_desk") == [50, 100, 1, 1]
    assert told(conn, "abandoned_rate") == [pytest.approx(100 / 3)]


def test_queue_is_that_of_the_moments_day(dsn: str, conn: Connection) -> None:
    sunk(dsn, morning())
    stocks = ("waiting", "waiting_over_15", "being_served", "desks_open", "waiting_per_desk")
    assert told(conn, *stocks) == [1, 1, 0, 1, 1]
    assert told(conn, *stocks, at=HALF_PAST_EIGHT) == [1, 1, 0, 1, 1]
    assert told(conn, *stocks, at="2026-11-20T08:15") == [1, 0, 1, 1, 1]
    assert told(conn, *stocks, at="2026-11-20") == [1, 1, 0, 0, None]


def test_past_shows_what_had_happened_by_then(dsn: str, conn: Connection) -> None:
    sunk(dsn, morning())
    keys = ("taken", "transactions", "served", "wait_minutes", "dissatisfied")
    assert told(conn, *keys, at="2026-11-20") == [4, 2, 2, 25, 1]
    assert told(conn, *keys, at=HALF_PAST_EIGHT) == [2, 1, 1, 10, 0]
    assert told(conn, *keys, at="2026-11-19") == [0, 0, 0, None, 0]


def test_call_that_was_learnt_later_is_no_part_of_what_was_known(dsn: str, conn: Connection) -> None:
    wires = ticket("A", ticket_taken=0, ticket_called=10)
    sunk(dsn, wires[:1], seconds=-3600)
    sunk(dsn, wires[1:])
    assert told(conn, "transactions", "waiting", at=HALF_PAST_EIGHT, known="2026-11-21T14:30") == [0, 1]
    assert told(conn, "transactions", "waiting", at=HALF_PAST_EIGHT) == [1, 0]


@pytest.mark.parametrize("known", [None, "2026-11-21T15:00"])
def test_camera_is_due_in_the_hours_in_which_it_is_silent(dsn: str, conn: Connection, known: str | None) -> None:
    sunk(dsn, [event("camera", "status", minutes, subject="cam-1", online=online) for minutes, online in ((5, True), (35, False))])
    found = figures(conn, "counters", "day", at="2026-11-20T10:00", known=known)["camera_online_rate"]
    assert (found.value, found.numerator, found.denominator) == (25, 30, 120)


def test_camera_that_is_silent_for_a_week_is_out_of_service(dsn: str, conn: Connection) -> None:
    sunk(dsn, [event("camera", "status", -60 * 24 * 10, subject="cam-1"), event("camera", "status", 0, subject="cam-2")])
    found = figures(conn, "counters", at="2026-11-20T09:00")["camera_online_rate"]
    assert (found.numerator, found.denominator) == (120, 7 * 24 * 60 + 60)
    assert figures(conn, "counters", "day", at="2026-11-20T09:00")["camera_online_rate"].denominator == 60


@pytest.mark.parametrize("known", [None, "2026-11-21T15:00"])
def test_desk_is_staffed_where_the_camera_sees_staff_while_it_is_open(dsn: str, conn: Connection, known: str | None) -> None:
    staff = [event("camera", "occupancy", minutes, subject="cam-1", staff_present=n) for minutes, n in ((10, 1), (20, 0), (70, 1), (300, 0))]
    sunk(dsn, [*staff, event("counter", "opened", 0, subject="P1/Q3"), event("counter", "closed", 90, subject="P1/Q3")])
    found = figures(conn, "counters", at="2026-11-20", known=known)["staffed_rate"]
    assert (found.numerator, found.denominator) == (60, 90)


def test_desks_that_are_open_together_count_their_minutes_once(dsn: str, conn: Connection) -> None:
    desks = [event("counter", fact, minutes, subject=f"P1/Q{n}", counter_no=str(n))
             for n, (opened, closed) in enumerate(((0, 40), (20, 60))) for fact, minutes in (("opened", opened), ("closed", closed))]
    sunk(dsn, [*desks, event("camera", "occupancy", 10, subject="cam-1", staff_present=2)])
    assert figures(conn, "counters", at="2026-11-20")["staffed_rate"].denominator == 60


def test_desk_that_forgot_to_close_does_so_at_midnight(dsn: str, conn: Connection) -> None:
    seen = [event("camera", "occupancy", minutes, subject="cam-1", staff_present=1) for minutes in (900, 1500)]
    sunk(dsn, [event("counter", "opened", 900, subject="P1/Q3"), *seen])
    assert figures(conn, "counters")["staffed_rate"].denominator == 60


def test_empty_database_has_no_rate_and_no_queue(conn: Connection) -> None:
    found = figures(conn, "counters")
    assert {f.value for key, f in found.items() if f.unit == "%" or key.endswith("minutes")} == {None}
    assert found["waiting"].value == 0
    assert [answered(conn, "counters", query) for query in sections()["counters"].sql] == [[]] * 4


def _of_counters(random: Random, fact: str, minutes: float) -> dict[str, Any]:
    del minutes
    return {"point_id": random.choice(("P1", "P2")), **({"rating": random.randrange(1, 5)} if fact == "rated" else {})}


@pytest.mark.parametrize("seed", [1, 2])
def test_figures_are_the_same_from_counts_and_from_history(dsn: str, conn: Connection, seed: int) -> None:
    random = Random(seed)
    cameras = [event("camera", fact, minutes, subject=f"cam-{random.randrange(3)}", **({"online": n > 0} if fact == "status" else {"staff_present": n}))
               for fact in ("status", "occupancy") for minutes in random.sample(range(-4300, 1800), 200) for n in (random.randrange(3),)]
    sunk(dsn, [*stories(random, "counter", 60, _of_counters), *cameras])
    for day, scope in product(DAYS, SCOPES):
        counted, remembered = both_ways(conn, "counters", day=day, scope=scope)
        assert counted == remembered
    whole, _ = both_ways(conn, "counters", day=DAYS[-1])
    assert {key for key in figures(conn, "counters") if whole[key, "", ""][0] is None} <= {"waiting_per_desk"}
