"""What was last said of stations, sluices and bulletins, whatever the order in which it came, and what the hours keep of the readings."""

from datetime import date, timedelta
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ioc.db.connect import Connection
from ioc.errors import InvalidEvent
from ioc.streams.engine.event import Event
from ioc.streams.engine.states import read_states
from ioc.streams.environment import PROPERTIES, STREAM, EnvironmentState, apply
from tests.integration.streams_db import rows
from tests.integration.streams_wire import NOW
from tests.unit.streams.lives import RULES, after, projection_of, teller
from tests.unit.streams.stored import write

STATION: dict[str, Any] = {"station_id": "TRAN-DE", "property": "salinity_gl", "unit": "g/l"}
NEEDED: dict[str, dict[str, Any]] = {
    "observation": {**STATION, "value": 11.0, "quality": "good"},
    "forecast": {**STATION, "valid_at": after(600).isoformat(), "value_low": 9.5, "value_high": 12.0},
    "sluice_state": {"sluice_id": "BA-XAM", "open_pct": 100, "limit_gl": 1},
    "bulletin": {"identifier": "B-1", "msg_type": "alert", "status": "exercise", "issuer": "KTTV", "risk_level": 2, "phenomenon": "spring_tide",
                 "effective_at": after(0).isoformat(), "expires_at": after(2880).isoformat()},
}
TELL = teller(STREAM)


def said(fact: str, minutes: float = 0, **data: Any) -> Event[Any]:
    return TELL(fact, minutes, **{**NEEDED[fact], **data})


def seen(*events: Event[Any]) -> EnvironmentState:
    state = EnvironmentState()
    for event in events:
        state = apply(state, event, RULES)
    return state


def test_newest_reading_stands_and_an_older_one_changes_nothing() -> None:
    newest = seen(said("observation", 5, value=4.2))
    assert seen(said("observation", 5, value=4.2), said("observation", 4, value=9.9, unit_code="U9")) == newest
    assert (newest.value, newest.unit, newest.observation_at) == (4.2, "g/l", after(5))


def test_missing_reading_takes_the_old_value_away() -> None:
    state = seen(said("observation", 1), said("observation", 2, value=None, quality="missing"))
    assert (state.value, state.quality) == (None, "missing")


def test_forecast_leaves_the_reading_and_the_reading_the_forecast() -> None:
    state = seen(said("observation", 1, value=3.5), said("forecast", 2), said("observation", 3, value=3.6))
    assert (state.value, state.value_low, state.value_high, state.valid_at) == (3.6, 9.5, 12.0, after(600))


def test_sluice_stands_as_it_was_last_moved() -> None:
    state = seen(said("sluice_state", 9, open_pct=0, limit_gl=2), said("sluice_state", 3))
    assert (state.sluice_id, state.open_pct, state.limit_gl) == ("BA-XAM", 0, 2)


def test_update_replaces_a_bulletin_whole() -> None:
    state = seen(said("bulletin", area="Trần Đề"), said("bulletin", 60, identifier="B-2", reference="B-1", msg_type="update", risk_level=3))
    assert (state.identifier, state.msg_type, state.risk_level, state.area) == ("B-2", "update", 3, None)


def test_cancelled_bulletin_stays_cancelled_when_its_update_comes_late() -> None:
    cancel = said("bulletin", 90, msg_type="cancel", risk_level=None, phenomenon=None, effective_at=None, expires_at=None)
    state = seen(said("bulletin"), cancel, said("bulletin", 60, msg_type="update"))
    assert (state.msg_type, state.risk_level, state.bulletin_at) == ("cancel", None, after(90))


@pytest.mark.parametrize("others", [
    [said("observation", 5, id_="1", value=1.0), said("observation", 5, id_="2", value=2.0)],
    [said("forecast", 5, id_="1", unit_code="U2"), said("observation", 5, id_="2", unit_code="U3")],
])
def test_statements_of_one_moment_leave_one_state_in_any_order(others: list[Event[Any]]) -> None:
    first, *rest = [seen(*order) for order in permutations([said("observation", 4), *others])]
    assert rest == [first] * len(rest)


STATEMENTS = st.lists(
    st.builds(said, st.sampled_from(list(STREAM.facts)), st.integers(0, 4), id_=st.uuids().map(str), unit_code=st.sampled_from(["U1", "U2"])), max_size=8)


@given(told=STATEMENTS, random=st.randoms())
@settings(max_examples=100, deadline=None)
def test_state_is_the_same_in_any_order(told: list[Event[Any]], random: Any) -> None:
    assert seen(*random.sample(told, len(told))) == seen(*told)


@given(told=STATEMENTS, late=st.data())
@settings(max_examples=60, deadline=None)
def test_state_is_the_same_when_a_statement_is_told_twice(told: list[Event[Any]], late: st.DataObject) -> None:
    again = late.draw(st.sampled_from(told)) if told else None
    assert seen(*told, *([again] if again else [])) == seen(*told)


@pytest.mark.parametrize(("fact", "data", "reason"), [
    ("observation", {"quality": "fine"}, "quality is 'fine'"),
    ("observation", {"quality": "missing"}, "exactly when"),
    ("observation", {"value": None}, "exactly when"),
    ("observation", {"unit": "‰"}, "its unit is 'g/l'"),
    ("observation", {"value": -999}, "outside 0 to 50"),
    ("observation", {"property": "aqi", "unit": "VN_AQI", "value": 501}, "outside 0 to 500"),
    ("forecast", {"value_low": 13}, "value_low 13 is above its value_high 12"),
    ("forecast", {"value_high": 60}, "outside 0 to 50"),
    ("bulletin", {"msg_type": "ack"}, "msg_type is 'ack'"),
    ("bulletin", {"status": "draft"}, "status is 'draft'"),
    ("bulletin", {"risk_level": None, "expires_at": None}, "needs risk_level, expires_at"),
    ("bulletin", {"expires_at": after(0).isoformat()}, "must lie after .effective_at"),
    ("bulletin", {"risk_level": 6}, "risk_level"),
])
def test_statement_that_cannot_be_is_refused(fact: str, data: dict[str, Any], reason: str) -> None:
    with pytest.raises(InvalidEvent, match=reason):
        said(fact, **data)


def test_odd_reading_is_kept_as_a_suspect_one() -> None:
    assert seen(said("observation", value=-0.2, quality="suspect")).value == -0.2


def test_property_that_nobody_described_is_taken_as_told() -> None:
    assert "turbidity_ntu" not in PROPERTIES
    assert seen(said("observation", property="turbidity_ntu", unit="NTU", value=5000)).value == 5000


def test_database_keeps_the_newest_of_each_kind_whatever_came_last(conn: Connection) -> None:
    story = [said("forecast", 8), said("observation", 7, value=5.5), said("observation", 3), said("forecast", 2, value_low=1)]
    write(conn, STREAM, *story)
    standing = read_states(conn, projection_of(STREAM), ["S1"])["S1"]
    assert (standing.state, standing.first_at) == (seen(*story), after(2))


def test_hours_give_the_least_and_greatest_good_reading_of_a_local_day(conn: Connection) -> None:
    readings = [said("observation", minutes, value=value, id_=f"{minutes}") for minutes, value in ((-480, 2.0), (0, 15.6), (3, 11.0), (959, 12.0), (960, 1.0))]
    write(conn, STREAM, *readings, said("observation", 5, id_="odd", value=40, quality="suspect"), said("forecast", 6),
          said("observation", 7, id_="none", value=None, quality="missing"))
    found = rows(conn, "select min(value_min), max(value_max), sum(value_sum), sum(value_n) from environment_hourly where station_id = 'TRAN-DE' "
                       "and property = 'salinity_gl' and quality = 'good' and (hour at time zone 'Asia/Ho_Chi_Minh')::date = %s", date(2026, 11, 20))
    assert found == [(2.0, 15.6, 40.6, 4)]
    assert rows(conn, "select value_n, value_max from environment_hourly where quality <> 'good'") == [(1, 40)]


def test_newest_readings_tell_a_station_that_stands_still(conn: Connection) -> None:
    write(conn, STREAM, said("observation", value=7.0), *(said("observation", n, value=3.3) for n in range(1, 13)))
    flat = ("select count(*), count(distinct value) from (select value from environment_event where subject = 'S1' and occurred_at < %s "
            "and type = 'vn.ioc.environment.observation.v1' order by occurred_at desc limit 12) as newest")
    assert rows(conn, flat, after(13)) == [(12, 1)]
    assert rows(conn, flat, after(12)) == [(12, 2)]


def test_bulletin_is_found_as_it_stood_at_a_past_moment(conn: Connection) -> None:
    write(conn, STREAM, said("bulletin"), said("bulletin", 60, msg_type="update", risk_level=4), said("bulletin", 120, msg_type="cancel"))
    stood = ("select e.msg_type, e.risk_level from environment_state as s cross join lateral (select * from environment_event as e "
             "where e.subject = s.subject and e.occurred_at >= s.first_at and e.occurred_at <= %(at)s and e.recorded_at <= %(known)s "
             "order by e.occurred_at desc limit 1) as e where s.bulletin_at is not null and e.expires_at > %(at)s")
    found = [conn.execute(stood.encode(), {"at": after(m), "known": NOW + timedelta(hours=1)}).fetchall() for m in (-1, 30, 90, 150, 3000)]
    assert found == [[], [("alert", 2)], [("update", 4)], [("cancel", 2)], []]
