"""Panel 3 against counts made by hand: by channel, by service, by unit; then, as known then, late and told twice."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from ioc.db.connect import Connection
from tests.conftest import fresh_database
from tests.integration.panel_stories.online_services import OWNER, PARTIAL, TOLD, UNUSED, USED, tell
from tests.integration.web_story import NOW, Story, ago, counts, seen, told, values

LATER = NOW + timedelta(hours=2)


@pytest.fixture(scope="module")
def conn(postgres: str) -> Iterator[Connection]:
    with fresh_database(postgres) as dsn, told(dsn) as (story, made):
        tell(story, "P")
        story.hear()
        yield made


def services(conn: Connection, **asked: Any) -> dict[tuple[str, bool, bool | None, bool | None], int]:
    rows = seen(conn, "online_services", **asked).tables["services"]
    return {(r["level"], r["integrated"], r["used"], r["paid"]): r["services"] for r in rows}


def test_rates_are_of_the_year_and_the_target_is_the_one_that_was_set(conn: Connection) -> None:
    numbers = seen(conn, "online_services").numbers
    assert (counts(numbers["full_online_rate"]), numbers["full_online_rate"].target) == ((3, 6), 80)
    assert (counts(numbers["online_rate"]), numbers["online_rate"].target) == ((3, 7), None)
    assert counts(numbers["online_payment_rate"]) == (1, 7)
    assert values(seen(conn, "online_services"), "services", "unused_full", "unsynced", "unsynced_over_24") == {
        "services": 4, "unused_full": 1, "unsynced": 1, "unsynced_over_24": 1}


def test_services_stand_by_level_integration_and_use(conn: Connection) -> None:
    assert services(conn) == {("full", True, True, True): 1, ("full", False, False, False): 1, ("partial", True, False, False): 1,
                              ("information", False, None, None): 1}


def test_services_of_a_past_moment_are_those_of_then(conn: Connection) -> None:
    assert services(conn, at="2026-11-15") == {("full", True, None, None): 1, ("full", False, None, None): 1, ("partial", True, None, None): 1,
                                                ("information", False, None, None): 1}
    assert services(conn, at="2026-11-13") == {}


def test_what_nobody_knew_then_is_not_shown(conn: Connection) -> None:
    snapshot = seen(conn, "online_services", at="2026-11-19", known="2026-11-19")
    assert all(snapshot.tables[name] == [] for name in ("services", "channels", "unused", "unsynced", "by:full_online_rate"))
    assert snapshot.numbers["full_online_rate"].target is None


@pytest.mark.parametrize("asked", [{}, {"at": "2026-11-20"}, {"now": LATER, "at": "2026-11-20T11:00", "known": "2026-11-20T11:00"}],
                         ids=["now", "past", "known then"])
def test_channels_are_counted_by_week(conn: Connection, asked: dict[str, Any]) -> None:
    snapshot = seen(conn, "online_services", **asked)
    assert snapshot.tables["channels"] == [{"week": "2026-11-16", "received": 7, "online": 2, "app": 1, "zalo": 0, "counter": 3, "post": 1}]


def test_unused_service_is_full_online_and_came_on_paper(conn: Connection) -> None:
    assert seen(conn, "online_services").tables["unused"] == [{"service_code": UNUSED, "unit_code": "99001", "org_code": "X99.9001", "dossiers": 3}]


def test_backlog_of_the_national_portal_is_by_unit_with_the_oldest_age(conn: Connection) -> None:
    assert seen(conn, "online_services").tables["unsynced"] == [{"unit_code": "99001", "dossiers": 1, "hours": 72}]
    assert seen(conn, "online_services", at="2026-11-17T10:00").tables["unsynced"] == []


def test_dossier_that_is_learnt_late_counts_for_its_week_and_makes_its_service_used(dsn: str) -> None:
    with told(dsn) as (story, conn):
        tell(story, "P")
        story.hear()
        assert [r["service_code"] for r in seen(conn, "online_services").tables["unused"]] == [UNUSED]
        late = {"channel": "2", "procedure_code": UNUSED, "service_level": "full"}
        story.dossier("late", ago(days=8), NOW + timedelta(days=3), **late)
        story.hear(LATER)
        snapshot = seen(conn, "online_services", now=LATER)
        assert snapshot.tables["unused"] == []
        assert [week["received"] for week in snapshot.tables["channels"]] == [1, 7]
        then = seen(conn, "online_services", now=LATER, at="2026-11-20T11:00", known="2026-11-20T11:00")
        assert [r["service_code"] for r in then.tables["unused"]] == [UNUSED]
        assert [week["received"] for week in then.tables["channels"]] == [7]


def _published(story: Story, code: str, **data: Any) -> None:
    story.tell("service", "published", code, ago(days=6), service_code=code, **OWNER, **data)


def test_services_and_dossiers_that_are_told_twice_count_once(dsn: str) -> None:
    with told(dsn) as (story, conn):
        for _ in range(2):
            _published(story, f"{USED}.01", level="full", national_integrated=True)
            _published(story, PARTIAL, level="partial", national_integrated=False)
            _published(story, TOLD, level="information", national_integrated=False)
            story.dossier("one", ago(days=1), NOW + timedelta(days=3), channel="zalo", procedure_code=USED)
            story.hear()
        assert services(conn) == {("full", True, True, False): 1, ("partial", False, False, False): 1, ("information", False, None, None): 1}
        assert [week["zalo"] for week in seen(conn, "online_services").tables["channels"]] == [1]


def test_target_of_a_unit_is_not_the_provinces(dsn: str) -> None:
    with told(dsn) as (story, conn):
        for place, unit, target in (("99001", "99001", 40), ("province", "", 70)):
            story.tell("indicator", "target_set", f"online_dossiers/{place}/2026", ago(days=3), indicator_id="online_dossiers", period="2026",
                       target=target, org_code="", unit_code=unit)
        story.hear()
        assert seen(conn, "online_services").numbers["online_rate"].target == 70
        assert seen(conn, "online_services", at="2026-11-16").numbers["online_rate"].target is None
