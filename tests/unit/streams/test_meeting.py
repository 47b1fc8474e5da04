"""What a conference and its points become, and what they add to the day of the session."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ioc.errors import InvalidEvent
from ioc.streams.engine.event import Event
from ioc.streams.meeting import STREAM
from tests.unit.streams.lives import after, contributed, keys, lived, measured, same_in_any_order, stories, teller

session = teller(STREAM, meeting_id="M1", level="province")
point = teller(STREAM, meeting_id="M1", point_id="CF-1", level="commune")
DAY = date(2026, 11, 20)


def test_session_counts_once_with_its_length() -> None:
    found = lived(STREAM, session("started"), session("ended", 90))
    assert contributed(STREAM, found) == {(DAY, "U1", "province", "sessions"): 1, (DAY, "U1", "province", "session_s"): 5400}


def test_session_begins_when_it_says_so() -> None:
    found = lived(STREAM, session("started", 7, started_at=after(5).isoformat()), session("ended", 65))
    assert (found.state.started_at, measured(STREAM, found)["session_s"]) == (after(5), 3600)


def test_session_that_ended_before_its_planned_beginning_has_no_length() -> None:
    assert measured(STREAM, lived(STREAM, session("started", started_at=after(90).isoformat()), session("ended", 10))) == {"sessions": 1}


def test_point_that_stays_is_connected_all_the_time() -> None:
    found = lived(STREAM, point("point_invited", -900), point("point_joined"), point("ended", 60))
    assert (found.name, measured(STREAM, found)) == ("ended", {"invited": 1, "joined": 1, "connected_s": 3600})


def test_point_that_loses_the_line_counts_what_it_missed() -> None:
    found = lived(STREAM, point("point_joined"), point("point_lost", 10, reason_code="line-cut"), point("point_joined", 13), point("ended", 60))
    assert (found.state.joined_at, found.state.last_reason_code) == (after(0), "line-cut")
    assert measured(STREAM, found) == {"joined": 1, "losses": 1, "long_losses": 1, "lost_s": 180, "connected_s": 57 * 60}


def test_losses_of_a_point_add_up() -> None:
    found = lived(STREAM, point("point_joined"), point("point_lost", 10), point("point_joined", 11), point("point_lost", 20), point("point_joined", 25))
    assert (found.state.loss_count, found.state.long_loss_count, found.state.lost_s, found.state.connected_s) == (2, 1, 360, 19 * 60)


@pytest.mark.parametrize(("minutes", "long"), [(2, 0), (2.1, 1)])
def test_loss_is_long_only_beyond_two_minutes(minutes: float, long: int) -> None:
    found = lived(STREAM, point("point_joined"), point("point_lost", 10), point("point_joined", 10 + minutes))
    assert (found.name, found.state.long_loss_count) == ("joined", long)


def test_point_that_is_lost_now_shows_since_when() -> None:
    found = lived(STREAM, point("point_joined"), point("point_lost", 10))
    assert (found.name, found.state.lost_at, found.state.lost_s) == ("lost", after(10), 0)


def test_point_lost_for_good_is_lost_until_the_end() -> None:
    found = lived(STREAM, point("point_joined"), point("point_lost", 10), point("ended", 60))
    assert (found.name, found.state.lost_at, measured(STREAM, found)["lost_s"]) == ("ended", None, 3000)


def test_line_cut_at_the_moment_of_the_end_is_no_time_lost() -> None:
    found = measured(STREAM, lived(STREAM, point("point_joined"), point("ended", 60), point("point_lost", 60)))
    assert (found["connected_s"], found.get("lost_s"), found.get("long_losses")) == (3600, None, None)


def test_invited_point_that_never_came_is_absent() -> None:
    found = lived(STREAM, point("point_invited"), point("ended", 60))
    assert (found.name, measured(STREAM, found)) == ("absent", {"invited": 1, "absent": 1})


def test_point_that_comes_after_it_left_is_connected_again() -> None:
    found = lived(STREAM, point("point_joined"), point("ended", 10), point("point_joined", 30))
    assert (found.name, found.state.ended_at) == ("joined", None)
    found = lived(STREAM, point("point_joined"), point("ended", 10), point("point_joined", 30), point("ended", 40))
    assert (found.name, measured(STREAM, found)) == ("ended", {"joined": 1, "connected_s": 1200})


def test_point_counts_on_the_day_of_its_session() -> None:
    found = keys(STREAM, lived(STREAM, point("point_invited", -2000, started_at=after(0).isoformat()), point("point_joined", 1)))
    assert found == {"invited": (DAY, "U1", "commune"), "joined": (DAY, "U1", "commune")}


@pytest.mark.parametrize(("told", "reason"), [
    ((point("point_lost"),), "'point_lost' cannot follow 'nothing'"),
    ((point("point_joined"), point("point_joined", 1)), "'point_joined' cannot follow 'joined'"),
    ((session("started"), session("ended", 1), session("ended", 2)), "'ended' cannot follow 'ended'"),
    ((session("started"), session("started", 1)), "'started' cannot follow 'running'"),
])
def test_step_out_of_turn_is_an_irregularity(told: tuple[Event[Any], ...], reason: str) -> None:
    assert [i.reason for i in lived(STREAM, *told).irregularities] == [reason]


def test_point_cannot_start_a_session() -> None:
    with pytest.raises(InvalidEvent, match="point_joined"):
        point("started")


@given(told=stories(STREAM, point, {"started": st.just({"point_id": None})}), lengths=st.lists(st.integers(1, 4)), random=st.randoms())
@settings(max_examples=100, deadline=None)
def test_meeting_comes_out_the_same_in_any_order_and_any_batches(told: list[Any], lengths: list[int], random: Any) -> None:
    same_in_any_order(STREAM, told, lengths, random)


@given(told=stories(STREAM, point, {"started": st.just({"point_id": None})}))
@settings(max_examples=100, deadline=None)
def test_line_is_up_or_down_and_never_longer_than_the_story(told: list[Event[Any]]) -> None:
    state = lived(STREAM, *told).state
    moments = [e.occurred_at for e in told]
    span_s = (max(moments) - min(moments)).total_seconds() if moments else 0
    assert 0 <= state.connected_s + state.lost_s <= span_s
    assert state.since_joined_at is None or state.lost_at is None
    assert state.long_loss_count <= state.loss_count
