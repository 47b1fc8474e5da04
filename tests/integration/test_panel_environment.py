"""Panel 11 on a small river told by hand: now, at a past moment, as it was known then, whatever came late or twice."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from ioc.db.connect import Connection
from ioc.panels.engine.contract import Snapshot
from ioc.places.stations import load_stations, store_stations
from tests.integration.web_story import NOW, PROFILE, Story, ago, counts, seen, told, values

UNITS = {"salinity_gl": "g/l", "level_m": "m", "aqi": "VN_AQI"}
PLACES = {"CUA-GIO": "99013", "BEN-LAU": "99022", "SAO-KHUE": "99004"}


def say(story: Story, station: str, value: float | None, at: datetime, property_: str = "salinity_gl", **data: Any) -> None:
    given: dict[str, Any] = {"station_id": station, "property": property_, "unit": UNITS[property_], "quality": "missing" if value is None else "good", "unit_valid_on": "2025-07-01",
             "unit_code": PLACES.get(station, "")}
    given |= {} if value is None else {"value": value}
    story.tell("environment", "observation", f"{station}/{property_}", at, **given | data)


def sluice(story: Story, open_pct: float, at: datetime, **data: Any) -> None:
    given: dict[str, Any] = {"unit_code": "99013", "unit_valid_on": "2025-07-01", "sluice_id": "C1", "open_pct": open_pct, "limit_gl": 4, "station_id": "CUA-GIO"}
    story.tell("environment", "sluice_state", "C1", at, **given | data)


def bulletin(story: Story, at: datetime, level: int = 2, msg_type: str = "alert", **data: Any) -> None:
    given: dict[str, Any] = {"identifier": f"B-{at:%d%H}", "msg_type": msg_type, "status": "actual", "risk_level": level, "phenomenon": "storm",
                             "issuer": "KTTV", "effective_at": at, "expires_at": NOW + timedelta(hours=6)}
    story.tell("environment", "bulletin", "B", at, **given | data)


def stations(snapshot: Snapshot) -> dict[str, dict[str, Any]]:
    return {f"{s['station_id']}/{s['property']}": s for s in snapshot.tables["stations"]}


def test_saltiest_of_the_local_day_and_where_it_is_counted(dsn: str) -> None:
    with told(dsn) as (story, conn):
        store_stations(conn, load_stations(PROFILE))
        say(story, "CUA-GIO", 15.0, datetime(2026, 11, 19, 16, 59, tzinfo=UTC))  # 23:59 of the day before
        say(story, "CUA-GIO", 6.0, datetime(2026, 11, 19, 17, 0, tzinfo=UTC))
        say(story, "CUA-GIO", 4.5, ago(minutes=10))
        say(story, "BEN-LAU", 0.4, ago(minutes=10))
        story.hear()
        now = seen(conn, "environment")
        assert values(now, "salinity", "salty", "salt_line_4", "salt_line_1") == {"salinity": 6.0, "salty": 1, "salt_line_4": 2, "salt_line_1": 2}
        assert (stations(now)["CUA-GIO/salinity_gl"]["value"], stations(now)["CUA-GIO/salinity_gl"]["value_max"]) == (4.5, 6.0)
        assert {row["unit_code"]: row["value"] for row in now.tables["by:salinity"]} == {"99013": 6.0, "99022": 0.4}
        assert now.numbers["salinity"].then is None  # nothing was told by this time of yesterday


def test_late_reading_restates_the_past_but_not_what_was_known(dsn: str) -> None:
    with told(dsn) as (story, conn):
        say(story, "CUA-GIO", 2.0, ago(hours=5))
        story.hear(ago(hours=5))
        say(story, "CUA-GIO", 7.0, ago(hours=4))
        say(story, "CUA-GIO", 2.0, ago(hours=5))
        story.hear(ago(hours=1))
        asked = (NOW - timedelta(hours=3)).isoformat()
        assert stations(seen(conn, "environment", at=asked))["CUA-GIO/salinity_gl"]["value"] == 7.0
        then = seen(conn, "environment", at=asked, known=asked)
        assert (stations(then)["CUA-GIO/salinity_gl"]["value"], then.numbers["salinity"].value) == (2.0, 2.0)


def test_bad_and_missing_readings_are_none(dsn: str) -> None:
    with told(dsn) as (story, conn):
        say(story, "CUA-GIO", 2.0, ago(hours=2))
        say(story, "CUA-GIO", 40.0, ago(hours=1), quality="suspect")
        say(story, "CUA-GIO", None, ago(minutes=5))
        story.hear()
        row = stations(seen(conn, "environment"))["CUA-GIO/salinity_gl"]
        assert (row["value"], row["value_max"], row["fault"]) == (2.0, 2.0, "")


def test_station_is_silent_after_three_of_its_own_intervals(dsn: str) -> None:
    with told(dsn) as (story, conn):
        for n in range(12):
            say(story, "CUA-GIO", 1 + n / 10, ago(hours=3, minutes=15 * n))  # a promise of an hour: a third of it is the least interval
            say(story, "BEN-LAU", 1 + n / 10, ago(hours=3 + 3 * n))
        story.hear()
        found = stations(seen(conn, "environment"))
        assert {code: row["fault"] for code, row in found.items()} == {"CUA-GIO/salinity_gl": "silent", "BEN-LAU/salinity_gl": ""}
        assert counts(seen(conn, "environment").numbers["sound"]) == (1, 2)


@pytest.mark.parametrize(("value", "changes", "fault"), [(2.0, 0.0, "flat"), (2.0, 0.1, ""), (0.2, 0.0, "")])
def test_value_that_stands_still_is_flat_unless_it_is_fresh_water(dsn: str, value: float, changes: float, fault: str) -> None:
    with told(dsn) as (story, conn):
        for n in range(12):
            say(story, "CUA-GIO", value + (changes if n == 11 else 0), ago(minutes=15 * (n + 1)))
        story.hear()
        assert stations(seen(conn, "environment"))["CUA-GIO/salinity_gl"]["fault"] == fault


def test_station_gone_for_a_month_is_no_station_any_more(dsn: str) -> None:
    with told(dsn) as (story, conn):
        say(story, "CUA-GIO", 2.0, ago(days=31))
        story.hear()
        snapshot = seen(conn, "environment")
        assert (snapshot.tables["stations"], snapshot.features, counts(snapshot.numbers["sound"])) == ([], [], (0, 0))


def test_alarm_is_of_the_newest_level_of_stations_with_alarm_levels(dsn: str) -> None:
    with told(dsn) as (story, conn):
        store_stations(conn, load_stations(PROFILE))
        for station, *levels in (("CUA-GIO", 2.1, 1.75), ("SAO-KHUE", 9.0, 9.0)):
            for n, level in enumerate(levels):
                say(story, station, level, ago(minutes=40 - 20 * n), "level_m")
        story.hear()
        assert values(seen(conn, "environment"), "alarm") == {"alarm": 2}
        assert values(seen(conn, "environment", at=ago(minutes=30).isoformat()), "alarm") == {"alarm": 3}


def test_hours_keep_the_greatest_and_the_salt_line_the_farthest(dsn: str) -> None:
    with told(dsn) as (story, conn):
        store_stations(conn, load_stations(PROFILE))  # 2, 19 and 31 km from the sea
        for station, value, at in (("CUA-GIO", 5, ago(days=1)), ("CUA-GIO", 6, ago(days=1, minutes=10)), ("SAO-KHUE", 1.2, ago(days=1)), ("BEN-LAU", 0.3, ago(hours=1))):
            say(story, station, value, at)
        story.hear()
        snapshot = seen(conn, "environment")
        series = next(s for s in snapshot.tables["series"] if s["station_id"] == "CUA-GIO")
        assert (series["hours"], series["values"]) == (["2026-11-19T10:00"], [6])
        assert snapshot.tables["salt_line"] == [{"day": "2026-11-19", "reach_1_km": 19, "reach_4_km": 2}, {"day": "2026-11-20", "reach_1_km": 0, "reach_4_km": 0}]


def test_forecast_told_again_replaces_the_first(dsn: str) -> None:
    with told(dsn) as (story, conn):
        say(story, "CUA-GIO", 1.0, ago(hours=30), "level_m")
        for hours, low in ((20, 1.1), (10, 1.3)):
            story.tell("environment", "forecast", "CUA-GIO/level_m", ago(hours=hours), station_id="CUA-GIO", property="level_m", unit="m", unit_code="99013",
                       unit_valid_on="2025-07-01", valid_at=NOW + timedelta(hours=5), value_low=low, value_high=low + 0.2)
        story.hear()
        lows = [[f["value_low"] for f in seen(conn, "environment", at=at).tables["forecasts"]] for at in (None, ago(hours=15).isoformat())]
        assert lows == [[1.3], [1.1]]


def test_sluice_stands_so_since_it_last_turned(dsn: str) -> None:
    with told(dsn) as (story, conn):
        for days, open_pct in ((5, 100), (4, 0), (3, 50), (2, 100), (1, 100)):
            sluice(story, open_pct, ago(days=days))
        say(story, "CUA-GIO", 5.0, ago(hours=1))
        story.hear()
        now, then = seen(conn, "environment"), seen(conn, "environment", at=ago(days=3, hours=12).isoformat())
        rows = [(s["state"], s["since_at"], s["salinity_gl"]) for snapshot in (now, then) for s in snapshot.tables["sluices"]]
        assert rows == [("late", ago(days=3), 5.0), ("done", ago(days=4), None)]
        assert values(now, "sluices_salty", "sluices_open", "sluices_closed") == {"sluices_salty": 1, "sluices_open": 1, "sluices_closed": 0}


def test_sluice_not_told_of_for_two_days_is_not_known(dsn: str) -> None:
    with told(dsn) as (story, conn):
        sluice(story, 100, ago(hours=49))
        say(story, "CUA-GIO", 9.0, ago(hours=1))
        story.hear()
        snapshot = seen(conn, "environment")
        assert snapshot.tables["sluices"][0]["state"] == "offline"
        assert snapshot.numbers["sluices_salty"].value == 0


def test_bulletin_holds_until_it_expires_or_is_cancelled(dsn: str) -> None:
    with told(dsn) as (story, conn):
        bulletin(story, ago(hours=9), 2)
        bulletin(story, ago(hours=6), 3, "update")
        bulletin(story, ago(hours=3), 3, "cancel")
        story.hear()
        levels = [[b["risk_level"] for b in seen(conn, "environment", at=at.isoformat()).tables["bulletins"]] for at in (ago(hours=8), ago(hours=5), ago(hours=1))]
        assert levels == [[2], [3], []]


def test_test_message_is_no_bulletin(dsn: str) -> None:
    with told(dsn) as (story, conn):
        bulletin(story, ago(hours=2), 4, status="test")
        story.hear()
        assert seen(conn, "environment").tables["bulletins"] == []


def test_station_of_another_provider_lies_at_its_unit_or_nowhere(conn: Connection, dsn: str) -> None:
    story = Story(dsn)
    say(story, "NEW", 40, ago(hours=1), "aqi", unit_code="99004")
    say(story, "LOST", 40, ago(hours=1), "aqi", unit_code="")
    story.hear()
    features = seen(conn, "environment").features
    unit = PROFILE.units.at("99004", NOW.date())
    assert unit
    assert [f["geometry"]["coordinates"] for f in features] == [[unit.lon_deg, unit.lat_deg]]
