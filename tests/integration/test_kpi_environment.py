"""Environment: salt, tide, air, sluices and warnings at the stations of the fictional province, counted by hand."""

from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import pytest

from ioc.db.connect import Connection
from ioc.errors import ConfigurationError
from ioc.kpi.engine.contract import Figure
from ioc.places.stations import load_stations, store_stations
from ioc.profiles import load_profile
from tests.integration.kpi_ways import MOMENTS, Asked, asked_figures, both_ways, figures, parts, told
from tests.integration.streams_db import sunk
from tests.integration.streams_wire import Wire, at
from tests.profiles import FICTIONAL

SECTION = "environment"
PROFILE = load_profile(FICTIONAL)
UNITS = {"salinity_gl": "g/l", "level_m": "m", "aqi": "VN_AQI", "aqi_day": "VN_AQI"}


def reading(property_: str, minutes: float, station: str, value: float, **data: Any) -> Wire:
    return told("environment", "observation", minutes, subject=f"{station}/{property_}", **{
        "station_id": station, "property": property_, "unit": UNITS[property_], "value": value, "quality": "good", **data})


def bulletin(minutes: float, id_: str, level: int = 2, *, hours: float = 24, simulated: bool = False, **data: Any) -> Wire:
    given = {"identifier": f"{id_}-{minutes:g}", "msg_type": "alert", "status": "actual", "issuer": "KTTV", "risk_level": level, "phenomenon": "tide",
             "effective_at": at(minutes), "expires_at": at(minutes + 60 * hours)}
    return told("environment", "bulletin", minutes, subject=id_, simulated=simulated, **{**given, **data})


def values(found: dict[str, Figure], *keys: str) -> list[float | None]:
    return [found[key].value for key in keys]


def test_salt_line_is_the_farthest_station_that_reaches_it(dsn: str, conn: Connection) -> None:
    store_stations(conn, load_stations(PROFILE))  # 2, 19 and 31 km from the sea
    sunk(dsn, [reading("salinity_gl", minutes, station, value) for minutes, station, value in (
        (0, "CUA-GIO", 15.6), (60, "CUA-GIO", 11.0), (0, "SAO-KHUE", 3.9), (61, "SAO-KHUE", 4.0), (0, "BEN-LAU", 0.9), (0, "NOT-KNOWN", 30.0))])
    keys = ("salinity_max", "salinity_min", "salt_line_1", "salt_line_4")
    assert values(figures(conn, SECTION, at="2026-11-20T08:30"), *keys) == [30, 0.9, 19, 2]
    found = figures(conn, SECTION, at="2026-11-20")
    assert values(found, *keys) == [30, 0.9, 19, 19]
    assert (found["salinity_max"].cases, found["salt_line_1"].cases) == (4, 3)


def test_salt_that_reaches_no_station_gives_no_line_though_stations_spoke(dsn: str, conn: Connection) -> None:
    store_stations(conn, load_stations(PROFILE))
    sunk(dsn, [reading("salinity_gl", 0, "BEN-LAU", 0.3)])
    line = figures(conn, SECTION)["salt_line_1"]
    assert (line.value, line.cases) == (None, 1)


def test_station_days_are_local_and_bad_readings_do_not_count(dsn: str, conn: Connection) -> None:
    store_stations(conn, load_stations(PROFILE))
    late_evening = 15 * 60 + 59  # 23:59 local
    sunk(dsn, [reading("salinity_gl", late_evening, "BEN-LAU", 1.0), reading("salinity_gl", late_evening + 1, "BEN-LAU", 0.4),
               reading("salinity_gl", 0, "CUA-GIO", 40, quality="suspect"), reading("salinity_gl", 0, "SAO-KHUE", 4.5)])
    found = figures(conn, SECTION)
    assert [parts(found[key])[1:] for key in ("salty_1_rate", "salty_4_rate", "over_limit_rate")] == [(2, 3), (1, 3), (2, 3)]
    assert parts(figures(conn, SECTION, "day", at="2026-11-21T00:30")["salty_1_rate"])[1:] == (0, 1)


def test_units_have_their_own_extremes(dsn: str, conn: Connection) -> None:
    sunk(dsn, [reading("salinity_gl", 0, "A", 2, unit_code="U1"), reading("salinity_gl", 0, "B", 7, unit_code="U2")])
    found = figures(conn, SECTION, scope="unit")
    assert {key: figure.value for key, figure in found.items() if key.startswith("salinity_max")} == {"salinity_max@U1": 2, "salinity_max@U2": 7}


def test_peak_of_the_tide_is_judged_by_each_stations_own_levels(dsn: str, conn: Connection) -> None:
    store_stations(conn, load_stations(PROFILE))
    sunk(dsn, [reading("level_m", minutes, station, value) for minutes, station, value in (
        (0, "CUA-GIO", 1.2), (120, "CUA-GIO", 1.75), (0, "BEN-LAU", 1.85), (0, "SAO-KHUE", 3.0))])
    found = figures(conn, SECTION, at="2026-11-20")
    assert (found["level_max"].value, parts(found["level_to_alarm_3"])[0]) == (3, 0.05)
    assert [parts(found[f"alarm_{n}_rate"])[1:] for n in (1, 2, 3)] == [(2, 2), (2, 2), (1, 2)]


def test_level_without_alarm_levels_is_not_judged(dsn: str, conn: Connection) -> None:
    sunk(dsn, [reading("level_m", 0, "SAO-KHUE", 3.0)])
    assert values(figures(conn, SECTION), "level_max", "level_to_alarm_3", "alarm_1_rate") == [3, None, None]


def test_air_is_the_worst_station_now_and_in_the_period(dsn: str, conn: Connection) -> None:
    sunk(dsn, [reading("aqi", 0, "A", 180), reading("aqi", 60, "A", 90), reading("aqi", 0, "B", 150), reading("aqi_day", 0, "A", 120)])
    found = figures(conn, SECTION, at="2026-11-20T09:30")
    assert values(found, "aqi_now", "aqi_max", "aqi_day_max") == [150, 180, 120]
    assert parts(found["aqi_bad_rate"])[1:] == (1, 3)
    assert values(figures(conn, SECTION), "aqi_now", "aqi_max") == [None, 180]


def test_sluice_is_what_was_last_said_of_it_in_two_days(dsn: str, conn: Connection) -> None:
    sunk(dsn, [told("environment", "sluice_state", minutes, subject=sluice, sluice_id=sluice, open_pct=pct)
               for minutes, sluice, pct in ((0, "S1", 100.0), (30, "S1", 0.0), (0, "S2", 40.0))])
    assert values(figures(conn, SECTION, at="2026-11-20T08:10"), "sluices_open", "sluices_closed") == [2, 0]
    assert values(figures(conn, SECTION), "sluices_open", "sluices_closed") == [1, 1]
    assert values(figures(conn, SECTION, at="2026-11-25"), "sluices_open", "sluices_closed") == [None, None]


def test_warning_holds_until_it_expires_or_is_cancelled(dsn: str, conn: Connection) -> None:
    sunk(dsn, [bulletin(0, "A", 3, hours=2, area_units="U1, U2"), bulletin(0, "B", 1, area_units="U2"), bulletin(0, "C", 5),
               bulletin(60, "C", 5, msg_type="cancel"), bulletin(0, "D", 4, status="exercise"), bulletin(0, "E", 4, status="test", simulated=True)])
    moments = {"2026-11-20T08:30": [5, 3], "2026-11-20T09:30": [3, 2], "2026-11-20T10:30": [1, 1], "2026-11-21T09:00": [None, None]}
    assert {moment: values(figures(conn, SECTION, at=moment), "risk_level", "bulletins") for moment in moments} == moments
    by_unit = figures(conn, SECTION, at="2026-11-20T09:30", scope="unit")
    assert {key: figure.value for key, figure in by_unit.items() if key.startswith("risk_level")} == {"risk_level@U1": 3, "risk_level@U2": 3}


def test_simulated_exercise_counts_and_says_that_it_is_simulated(dsn: str, conn: Connection) -> None:
    sunk(dsn, [bulletin(0, "D", 4, hours=48, status="exercise", simulated=True)])
    risk = figures(conn, SECTION)["risk_level"]
    assert (risk.value, "simulated" in risk.flags) == (4, True)


def test_what_was_learnt_late_is_not_in_what_was_known(dsn: str, conn: Connection) -> None:
    sunk(dsn, [reading("salinity_gl", 0, "A", 2), bulletin(0, "B", 2)], seconds=-24 * 3600)
    sunk(dsn, [reading("salinity_gl", 1, "A", 9), bulletin(1, "B", 2, msg_type="cancel")])
    keys = ("salinity_max", "risk_level")
    assert values(figures(conn, SECTION, at="2026-11-20T16:00", known="2026-11-20T16:00"), *keys) == [2, 2]
    assert values(figures(conn, SECTION, at="2026-11-20T16:00"), *keys) == [9, None]


@pytest.mark.parametrize("seed", range(5))
def test_sums_and_events_agree_on_random_stories(dsn: str, conn: Connection, seed: int) -> None:
    random = Random(seed)
    store_stations(conn, load_stations(PROFILE))
    wires = [reading(random.choice(list(UNITS)), random.randrange(-900, 1400), random.choice(["CUA-GIO", "BEN-LAU", "X"]), random.randrange(0, 160) / 10,
                     id_=f"R{n}", quality=random.choice(["good", "good", "suspect"]), unit_code=random.choice(["U1", "U2"])) for n in range(300)]
    sunk(dsn, wires[::2], seconds=-3600)
    sunk(dsn, wires[1::2])
    for scope in ("province", "unit"):
        for kind in ("day", "month"):
            summed, read = both_ways(conn, SECTION, kind=kind, scope=scope)
            assert sum(map(any, summed.values())) > 10
            assert summed == read


@pytest.mark.parametrize("asked", MOMENTS)
def test_empty_database_has_no_environment(conn: Connection, asked: Asked) -> None:
    assert {figure.value for figure in asked_figures(conn, SECTION, asked).values()} == {None}
    assert asked_figures(conn, SECTION, asked, scope="unit") == {}


@pytest.mark.parametrize("profile", ["soc_trang", FICTIONAL])
def test_stations_of_a_profile_lie_in_its_units_and_say_where_they_are_from(profile: str) -> None:
    stations, units = load_stations(load_profile(profile)), {u.code for u in load_profile(profile).units}
    assert stations
    assert {s.unit_code for s in stations} <= units
    assert all(s.sea_km is not None and s.source for s in stations)


def test_stations_are_replaced_as_a_whole(conn: Connection) -> None:
    for profile in ("soc_trang", FICTIONAL):
        store_stations(conn, load_stations(load_profile(profile)))
    assert conn.execute("select code from station order by 1").fetchall() == [("BEN-LAU",), ("CUA-GIO",), ("SAO-KHUE",)]


@pytest.mark.parametrize(("rows", "said"), [
    (["A,a,a,,9,106,1,,,,,s", "A,b,b,,9,106,1,,,,,s"], "line 3: the code A stands twice"),
    (["A,a,a,,9,106,1,2.0,1.5,,,s"], "line 2: the alarm levels .* do not rise"),
    (["A,a,a,99001,9,106,1,,,,,s", "B,b,b,99999,9,106,1,,,,,s"], "line 3: B names the unit '99999', which units.csv lacks"),
    (["A,a,a,,9,106,-1,,,,,s"], "line 2: .*sea_km"),
])
def test_wrong_stations_are_named_with_their_line(tmp_path: Path, rows: list[str], said: str) -> None:
    head = "code,name,name_en,unit_code,lat_deg,lon_deg,sea_km,bd1_m,bd2_m,bd3_m,salinity_limit_gl,source"
    (tmp_path / "stations.csv").write_text("\n".join([head, *rows]), encoding="utf-8")
    with pytest.raises(ConfigurationError, match=said):
        load_stations(replace(PROFILE, folder=tmp_path))
