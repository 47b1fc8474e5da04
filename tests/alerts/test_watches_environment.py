"""The watches of the environment: stations, sluices and bulletins, counted by hand."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import pytest

from ioc.alerts.reading import Reading
from ioc.db.connect import Connection
from tests.alerts.examples.environment import bulletin, hour, reading, readings_of, sluice
from tests.alerts.watching import as_known, at_present, cases, in_the_past
from tests.alerts.world import Told, store
from tests.integration.streams_db import empty

LATER = hour(24 * 20)


@pytest.fixture(autouse=True)
def conn(alerts_conn: Connection) -> Connection:
    empty(alerts_conn)
    return alerts_conn


def salt(at: datetime, value: float, station: str = "DAI-NGAI", **data: Any) -> Told:
    return reading(station, "salinity_gl", at, value, **data)


def met(found: Sequence[Reading]) -> dict[str, tuple[int, ...]]:
    return {r.subject: r.raised for r in found if not r.unknown}


def test_salt_is_high_at_four_grams_and_at_one_where_water_is_taken_in(conn: Connection) -> None:
    store(conn, [salt(hour(0), 1.2), salt(hour(1), 0.9), salt(hour(0), 4.0, "TRAN-DE"), salt(hour(0), 3.9, "KK-31510"),
                 salt(hour(1), 30, "KK-31510", quality="suspect")])
    assert met(at_present(conn, "EN-01", hour(2))) == {"TRAN-DE": (1, 1)}
    found = at_present(conn, "EN-01", hour(2), parameters={"intakes": ["DAI-NGAI"], "line_gl": 4})
    assert met(found) == {"DAI-NGAI": (1, 0), "TRAN-DE": (1, 1)}
    assert [(r.value, r.unit_code) for r in found if not r.unknown] == [(1.2, "31645"), (4, "31673")]


def test_salt_lasts_for_a_lunar_day_and_is_unknown_after_it(conn: Connection) -> None:
    store(conn, [salt(hour(0), 5, "TRAN-DE"), salt(hour(20), 2, "TRAN-DE")])
    assert met(at_present(conn, "EN-01", hour(24.9))) == {"TRAN-DE": (1, 1)}
    assert at_present(conn, "EN-01", hour(25.1)) == []
    assert [r.unknown for r in at_present(conn, "EN-01", hour(46))] == [True]
    store(conn, [salt(hour(47), 9, "TRAN-DE")])
    assert [met(in_the_past(conn, "EN-01", hour(n), LATER)) for n in (24.9, 25.1)] == [{"TRAN-DE": (1, 1)}, {}]
    assert at_present(conn, "EN-01", hour(-1)) == []


def test_salt_that_was_learnt_late_was_not_known(conn: Connection) -> None:
    store(conn, [salt(hour(0), 2, "TRAN-DE")])
    then = at_present(conn, "EN-01", hour(1))
    conn.execute("update environment_event set recorded_at = %s where value = 2", (hour(3),))
    assert then == []
    assert [r.unknown for r in as_known(conn, "EN-01", hour(1))] == [True]
    assert in_the_past(conn, "EN-01", hour(1), LATER) == then


def test_rise_is_what_the_tide_of_the_day_before_did_not_bring(conn: Connection) -> None:
    tides = [salt(hour(6 * n), value, "TRAN-DE") for n, value in enumerate((11.0, 15.6, 11.2, 15.9, 11.0, 16.0))]
    store(conn, [*tides, salt(hour(8), 0.3), salt(hour(20), 0.4), salt(hour(30), 1.4)])
    found = at_present(conn, "EN-02", hour(30.5))
    assert {r.subject: r.raised for r in found} == {"DAI-NGAI": (1,)}
    assert [(r.value, r.figures) for r in found if not r.unknown] == [(1, {"salinity_gl": 1.4})]
    store(conn, [salt(hour(31), 3)])
    assert in_the_past(conn, "EN-02", hour(30.5), LATER) == as_known(conn, "EN-02", hour(30.5)) == found
    assert [r.unknown for r in at_present(conn, "EN-02", hour(40))] == [True, True]


def test_level_is_judged_by_the_alarm_levels_that_are_known(conn: Connection) -> None:
    store(conn, [reading("TRAN-DE", "level_m", hour(0), 2.3), reading("DAI-NGAI", "level_m", hour(0), 1.99), reading("KK-31510", "level_m", hour(0), 9),
                 reading("TRAN-DE", "level_m", hour(0.5), 2.2), reading("TRAN-DE", "level_m", hour(0.6), 9, quality="suspect")])
    (found,) = at_present(conn, "EN-03", hour(1))
    assert (found.subject, found.raised, found.value, found.figures) == ("TRAN-DE", (1, 1, 1), 3, {"level_cm": 220})
    conn.execute("update station set bd1_m = 1.5, bd2_m = 1.9 where code = 'DAI-NGAI'")
    assert met(at_present(conn, "EN-03", hour(1))) == {"DAI-NGAI": (1, 1, 0), "TRAN-DE": (1, 1, 1)}
    conn.execute("update station set bd1_m = null, bd2_m = null")
    store(conn, [reading("TRAN-DE", "level_m", hour(2), 1.0)])
    assert at_present(conn, "EN-03", hour(3)) == []
    assert in_the_past(conn, "EN-03", hour(1), LATER) == [found]
    assert [r.unknown for r in at_present(conn, "EN-03", hour(9))] == [True, True]


def test_air_is_the_newest_hour_of_each_station(conn: Connection) -> None:
    store(conn, [reading("KK-31510", "aqi", hour(0), 320), reading("KK-31510", "aqi", hour(1), 205), reading("TRAN-DE", "aqi", hour(0), 150)])
    found = at_present(conn, "EN-04", hour(1.1))
    assert met(found) == {"KK-31510": (1, 1, 0), "TRAN-DE": (0, 0, 0)}
    store(conn, [reading("KK-31510", "aqi", hour(2), 60)])
    assert "KK-31510" not in met(at_present(conn, "EN-04", hour(2.1)))
    assert in_the_past(conn, "EN-04", hour(1.1), LATER) == found
    assert {r.subject: r.unknown for r in at_present(conn, "EN-04", hour(6))} == {"KK-31510": True, "TRAN-DE": True}


def test_bulletin_speaks_from_its_issue_until_it_is_over(conn: Connection) -> None:
    store(conn, [bulletin(hour(0), 4, "A", effective_at=hour(10).isoformat(), expires_at=hour(30).isoformat()), bulletin(hour(0), 1, "low"),
                 bulletin(hour(0), 5, "B"), bulletin(hour(1), 5, "B", msg_type="cancel"), bulletin(hour(0), 5, "test", status="test"),
                 bulletin(hour(0), 3, "C", hours=2), bulletin(hour(1), 2, "C", msg_type="update", hours=2)])
    assert met(at_present(conn, "EN-05", hour(0.5))) == {"A": (1, 1, 1), "B": (1, 1, 1), "C": (1, 1, 0)}
    found = at_present(conn, "EN-05", hour(2))
    assert met(found) == {"A": (1, 1, 1), "C": (1, 0, 0)}
    assert [(r.value, r.since_at, (r.figures or {})["issuer"]) for r in found if r.subject == "A"] == [(4, hour(0), "KTTV")]
    assert [met(at_present(conn, "EN-05", hour(n))) for n in (4, 31)] == [{"A": (1, 1, 1)}, {}]
    store(conn, [bulletin(hour(5), 4, "A", msg_type="cancel")])
    assert in_the_past(conn, "EN-05", hour(2), LATER) == as_known(conn, "EN-05", hour(2)) == found


def test_exercise_of_a_real_source_raises_nothing(conn: Connection) -> None:
    store(conn, [bulletin(hour(0), 4, "A")])
    conn.execute("update environment_event set simulated = false")
    assert at_present(conn, "EN-05", hour(1)) == []


def test_station_is_unsound_after_three_intervals_of_its_own(conn: Connection) -> None:
    hourly = [reading("KK-31510", "aqi", hour(n), 50 + n) for n in range(-12, 3)]
    store(conn, [*readings_of("TRAN-DE", hour(-3), 30), *readings_of("DAI-NGAI", hour(-3), 12), *hourly])  # the last of Dai Ngai at -0.25
    assert cases(at_present(conn, "EN-06", hour(0.7))) == {}
    found = at_present(conn, "EN-06", hour(0.8))
    assert [(r.subject, r.raised, r.figures) for r in found] == [("DAI-NGAI", (1,), {"silent_n": 1, "flat_n": 0})]
    assert cases(at_present(conn, "EN-06", hour(4.4))) == {"DAI-NGAI": 1}
    store(conn, readings_of("DAI-NGAI", hour(5), 1))
    assert in_the_past(conn, "EN-06", hour(0.8), LATER) == found


def test_station_is_not_blamed_when_all_are_silent(conn: Connection) -> None:
    store(conn, [*readings_of("TRAN-DE", hour(-3), 12), *readings_of("DAI-NGAI", hour(-3), 12)])
    assert {r.subject: r.unknown for r in at_present(conn, "EN-06", hour(3))} == {"DAI-NGAI": True, "TRAN-DE": True}


def test_value_that_does_not_move_is_unsound_but_fresh_water_is_not(conn: Connection) -> None:
    still = [salt(hour(-3 + n / 4), 0.3) for n in range(12)]
    store(conn, [*readings_of("TRAN-DE", hour(-3), 12, flat=True), *readings_of("DAI-NGAI", hour(-3), 12), *still])
    found = [r for r in at_present(conn, "EN-06", hour(0)) if r.raised[0]]
    assert [(r.subject, r.value, r.figures) for r in found] == [("TRAN-DE", 3, {"silent_n": 0, "flat_n": 1})]
    store(conn, [reading("TRAN-DE", "level_m", hour(0.1), 1.01)])
    assert cases(at_present(conn, "EN-06", hour(0.2))) == {}


def test_eleven_same_values_are_not_yet_still(conn: Connection) -> None:
    store(conn, [*readings_of("TRAN-DE", hour(-2.75), 11, flat=True), *readings_of("DAI-NGAI", hour(-3), 12)])
    assert cases(at_present(conn, "EN-06", hour(0))) == {}


def test_open_sluice_is_judged_by_the_salt_of_its_station_or_unit(conn: Connection) -> None:
    store(conn, [sluice(hour(-3), 60), sluice(hour(-3), 100, "NAMED", "31510", station_id="TRAN-DE"), sluice(hour(-3), 0, "SHUT"),
                 sluice(hour(-3), 100, "LONE", "31561"), salt(hour(0), 4.4), salt(hour(0), 8, "TRAN-DE")])
    found = at_present(conn, "EN-07", hour(1))
    assert {r.subject: r.value for r in found} == {"CONG-DAI-NGAI": 110, "NAMED": 200, "LONE": None}
    assert [r.figures for r in found if r.subject == "CONG-DAI-NGAI"] == [{"salinity_gl": 4.4, "limit_gl": 4, "open_pct": 60}]
    store(conn, [sluice(hour(1.1), 0), salt(hour(1.2), 3.8, "TRAN-DE")])
    assert {r.subject: (r.raised, r.held) for r in at_present(conn, "EN-07", hour(1.3)) if not r.unknown} == {"NAMED": ((0,), (1,))}
    assert in_the_past(conn, "EN-07", hour(1), LATER) == as_known(conn, "EN-07", hour(1)) == found
