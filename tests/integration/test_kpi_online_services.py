"""Figures of online services, counted by hand."""

from itertools import product
from random import Random
from typing import Any

import pytest

from ioc.db.connect import Connection
from ioc.kpi.engine.registry import sections
from tests.integration.kpi_ways import DAYS, SCOPES, answered, both_ways, figures, platform_event, stories
from tests.integration.streams_db import sunk
from tests.integration.streams_wire import Wire, at, event

NINE = "2026-11-20T09:00"
"""An hour after the wires' BASE."""
FULL, PARTIAL, UNUSED = "1.000001.000.00.00.H51.01", "1.000002.000.00.00.H51", "1.000003.000.00.00.H51"


def received(subject: str, minutes: float, channel: str, **data: Any) -> Wire:
    return event("dossier", "received", minutes, subject=subject, channel=channel, **{"service_level": "full", "due_at": at(5000), **data})


def dossiers() -> list[Wire]:
    """Four of full services, one of them at the counter, one paid online; one of a partial service by post; A has its result."""
    return [
        received("A", 0, "2", digitised=True, reused=True, fee_due=True, procedure_code="1.000001.000.00.00.H51"),
        event("dossier", "step_started", 5, subject="A"),
        event("dossier", "paid", 10, subject="A", provider="payment-gateway"),
        event("dossier", "result_ready", 20, subject="A", electronic_result=True),
        received("B", 30, "app", digitised=True, fee_due=True),
        received("C", 90, "zalo"),
        received("D", 100, "1", procedure_code=UNUSED),
        received("E", 110, "3", service_level="partial", procedure_code=PARTIAL),
    ]


def catalogue() -> list[Wire]:
    """Five services; one gives information only, one is withdrawn after an hour and a half, one is integrated after an hour and more."""
    offered = ((FULL, "full"), (PARTIAL, "partial"), (UNUSED, "full"), ("I", "information"), ("W", "full"))
    told = [event("service", "published", 0, subject=code, service_code=code, level=level, qr=code == FULL, online_payment=code == FULL)
            for code, level in offered]
    return [*told, event("service", "withdrawn", 90, subject="W", service_code="W"), event("service", "integrated", 70, subject=FULL, service_code=FULL)]


def told(conn: Connection, *keys: str, **asked: Any) -> list[float | None]:
    found = figures(conn, "online_services", **asked)
    return [found[key].value for key in keys]


def test_online_are_dossiers_by_portal_app_and_zalo(dsn: str, conn: Connection) -> None:
    sunk(dsn, dossiers())
    keys = ("online_rate", "full_online_rate", "received_online")
    assert told(conn, *keys) == [60, 75, 3]
    assert told(conn, *keys, at="2026-11-20") == [60, 75, 3]
    assert told(conn, *keys, at=NINE) == [100, 100, 2]
    assert told(conn, *(f"received_{channel}" for channel in ("portal", "app", "zalo", "counter", "post"))) == [1, 1, 1, 1, 1]


def test_payment_and_digitisation_are_of_dossiers_that_could_be(dsn: str, conn: Connection) -> None:
    sunk(dsn, dossiers())
    keys = ("online_payment_rate", "digitised_rate", "reused_rate", "electronic_result_rate")
    assert told(conn, *keys) == [50, 40, 20, 100]
    assert told(conn, *keys, at="2026-11-20T08:05") == [0, 100, 100, None]


def test_payment_that_was_learnt_later_is_no_part_of_what_was_known(dsn: str, conn: Connection) -> None:
    sunk(dsn, [*dossiers()[:2], *dossiers()[3:]], seconds=-3600)
    sunk(dsn, dossiers()[2:3])
    assert told(conn, "online_payment_rate", at=NINE, known="2026-11-21T14:30") == [0]
    assert told(conn, "online_payment_rate", at=NINE) == [50]


def test_catalogue_is_that_of_the_moment(dsn: str, conn: Connection) -> None:
    sunk(dsn, catalogue())
    keys = ("services", "services_full", "services_partial", "services_information", "integrated_rate", "qr_rate")
    assert told(conn, *keys) == [4, 2, 1, 1, 25, 25]
    assert told(conn, *keys, at=NINE) == [5, 3, 1, 1, 0, 20]
    assert told(conn, "payable_rate", "full_rate") == [pytest.approx(100 / 3), 50]
    assert told(conn, "services", at="2026-11-19") == [0]


def test_service_is_used_when_a_dossier_of_its_procedure_came_online(dsn: str, conn: Connection) -> None:
    sunk(dsn, [*catalogue(), *dossiers()])
    used = figures(conn, "online_services")
    assert (used["used_rate"].numerator, used["used_rate"].denominator, used["unused_full"].value) == (1, 3, 1)
    assert figures(conn, "online_services", at="2026-11-20T08:20")["unused_full"].value == 2
    assert told(conn, "used_rate", at="2026-11-20T07:59") == [None]


def test_service_is_not_called_unused_when_no_dossier_was_counted_at_all(dsn: str, conn: Connection) -> None:
    sunk(dsn, catalogue())
    assert told(conn, "used_rate") == [None]
    assert {row["unused_full"] for row in answered(conn, "online_services", "used")} == {None}


def test_sync_is_what_the_national_portal_acknowledged_of_what_was_received(dsn: str, conn: Connection) -> None:
    sunk(dsn, [*dossiers(), *(platform_event(fact, minutes, subject=dossier) for fact, minutes, dossier in (
        ("sync_ack", 10, "A"), ("sync_failed", 40, "B"), ("sync_failed", 100, "C"), ("sync_ack", 130, "C")))])
    assert told(conn, "sync_rate", "sync_failed", "unsynced", "unsynced_over_24") == [40, 1, 1, 1]
    assert told(conn, "sync_rate", "sync_failed", "unsynced", "unsynced_over_24", at="2026-11-20") == [40, 1, 1, 0]
    assert told(conn, "sync_rate", "sync_failed", "unsynced", at=NINE) == [50, 1, 1]


def test_sync_has_no_rate_where_the_national_portal_said_nothing(dsn: str, conn: Connection) -> None:
    sunk(dsn, dossiers())
    assert told(conn, "sync_rate") == [None]


@pytest.mark.parametrize("known", [None, "2026-11-21T15:00"])
def test_lookups_are_counted_by_channel_up_to_the_moment(dsn: str, conn: Connection, known: str | None) -> None:
    sunk(dsn, [event("service", "lookup", minutes, subject=FULL, service_code=FULL, channel=channel, count=n)
               for minutes, channel, n in ((-2000, "web", 1), (5, "web", 10), (50, "qr", 20), (70, "zalo", 30), (100, "app", 40))])
    keys = ("lookups", "lookups_web", "lookups_qr", "lookups_zalo", "lookups_app")
    assert told(conn, *keys, at="2026-11-20T09:15", known=known) == [61, 11, 20, 30, 0]
    assert told(conn, *keys, at="2026-11-20", known=known, kind="day") == [100, 10, 20, 30, 40]


def test_lookups_belong_to_the_unit_that_offers_the_service(dsn: str, conn: Connection) -> None:
    sunk(dsn, [*catalogue(), *(event("service", "lookup", 5, subject=code, service_code=code, unit_code="", org_code="") for code in (FULL, "?"))])
    assert {key: f.value for key, f in figures(conn, "online_services", scope="unit").items() if key.startswith("lookups@")} == {"lookups@U1": 3}


def test_empty_database_has_no_rate(conn: Connection) -> None:
    assert {f.value for f in figures(conn, "online_services").values() if f.unit == "%"} == {None}
    assert [answered(conn, "online_services", query) for query in sections()["online_services"].sql] == [[]] * 6


def _of_dossiers(random: Random, fact: str, minutes: float) -> dict[str, Any]:
    told = {"channel": random.choice(("1", "2", "app")), "service_level": random.choice(("full", "partial")), "digitised": True, "reused": True,
            "fee_due": True, "electronic_result": True, "provider": random.choice(("cash", "payment-gateway")), "procedure_code": random.choice("FP")}
    kept = {name: value for name, value in told.items() if random.random() < 0.7}
    return kept | ({"due_at": at(minutes + 60)} if fact == "received" else {})


def _of_services(random: Random, fact: str, minutes: float) -> dict[str, Any]:
    del minutes
    level = {} if fact == "integrated" else {"level": random.choice(("full", "partial", "information"))}
    return {"service_code": random.choice("FPQ"), "qr": random.random() < 0.5} | level


def _of_sync(random: Random, fact: str, minutes: float) -> dict[str, Any]:
    del fact, minutes
    return {"source_id": random.choice(("dvcqg", "dvcqg-2"))}


@pytest.mark.parametrize("seed", [1, 2])
def test_figures_are_the_same_from_counts_and_from_history(dsn: str, conn: Connection, seed: int) -> None:
    random = Random(seed)
    sunk(dsn, [wire for stream, extras in (("dossier", _of_dossiers), ("service", _of_services), ("platform", _of_sync))
               for wire in stories(random, stream, 60, extras)])
    for day, scope in product(DAYS, SCOPES):
        counted, remembered = both_ways(conn, "online_services", day=day, scope=scope)
        assert counted == remembered
    whole, _ = both_ways(conn, "online_services", day=DAYS[-1])
    assert min(whole[key, "", ""][0] or 0 for key in ("online_rate", "online_payment_rate", "services", "used_rate", "sync_rate",
                                                                "sync_failed", "unsynced", "electronic_result_rate")) > 0
