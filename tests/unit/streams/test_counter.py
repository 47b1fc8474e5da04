"""What a ticket and a desk-day become, and what they add to the hours of their point."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ioc.errors import InvalidEvent
from ioc.streams.counter import STREAM
from ioc.streams.engine.event import Event
from tests.unit.streams.lives import after, contributed, keys, lived, measured, same_in_any_order, stories, teller

ticket = teller(STREAM, point_id="OS-1", ticket_no="A042", counter_no="3")
desk = teller(STREAM, point_id="OS-1", counter_no="3")

USUAL = (ticket("ticket_taken", service_group="land"), ticket("ticket_called", 10), ticket("service_started", 11), ticket("service_ended", 25))
ANYTHING = {"rated": st.fixed_dictionaries({"rating": st.integers(1, 4)}),
            "ticket_called": st.fixed_dictionaries({"unit_code": st.sampled_from(["U1", "U2"])})}


def test_ticket_served_counts_its_wait_and_its_service() -> None:
    found = lived(STREAM, *USUAL)
    assert (found.name, found.state.service_group, found.state.call_count) == ("served", "land", 1)
    assert measured(STREAM, found) == {"taken": 1, "called": 1, "waited": 1, "wait_s": 600, "served": 1, "service_s": 900}


@pytest.mark.parametrize(("minutes", "over"), [
    (15, set()), (15.1, {"over_15_min"}), (30, {"over_15_min"}), (30.1, {"over_15_min", "over_30_min"}),
])
def test_wait_is_over_its_limit_only_beyond_it(minutes: float, over: set[str]) -> None:
    found = measured(STREAM, lived(STREAM, ticket("ticket_taken"), ticket("ticket_called", minutes)))
    assert {measure for measure in found if measure.startswith("over")} == over


def test_each_fact_counts_in_its_own_local_hour() -> None:
    found = keys(STREAM, lived(STREAM, ticket("ticket_taken", 50), ticket("ticket_called", 70), ticket("service_ended", 130)))
    day = date(2026, 11, 20)
    assert (found["taken"], found["wait_s"], found["served"]) == ((day, "U1", "OS-1", "08"), (day, "U1", "OS-1", "09"), (day, "U1", "OS-1", "10"))


def test_ticket_still_waiting_has_no_wait_yet() -> None:
    found = lived(STREAM, ticket("ticket_taken"))
    assert (found.name, measured(STREAM, found)) == ("waiting", {"taken": 1})


@pytest.mark.parametrize("before", [(), (ticket("ticket_called", 10),)])
def test_ticket_may_be_abandoned_before_and_after_its_call(before: tuple[Event[Any], ...]) -> None:
    found = lived(STREAM, ticket("ticket_taken"), *before, ticket("ticket_abandoned", 20))
    assert (found.name, measured(STREAM, found)["abandoned"]) == ("abandoned", 1)


def test_missed_call_may_be_repeated_and_the_first_one_ends_the_wait() -> None:
    found = lived(STREAM, ticket("ticket_taken"), ticket("ticket_called", 5), ticket("ticket_abandoned", 8), ticket("ticket_called", 20),
                  ticket("service_ended", 30))
    assert (found.state.call_count, found.state.abandoned_at) == (2, None)
    assert measured(STREAM, found) == {"taken": 1, "called": 1, "waited": 1, "wait_s": 300, "served": 1, "service_s": 600}


def test_call_without_a_ticket_is_counted_and_has_no_wait() -> None:
    assert measured(STREAM, lived(STREAM, ticket("ticket_called", 5))) == {"called": 1}


@pytest.mark.parametrize(("rating", "verdict"), [(4, {"satisfied"}), (3, {"satisfied"}), (2, set()), (1, {"dissatisfied"})])
def test_rating_of_four_levels_satisfies_from_the_third_on(rating: int, verdict: set[str]) -> None:
    found = measured(STREAM, lived(STREAM, *USUAL, ticket("rated", 26, rating=rating)))
    assert set(found) - {"taken", "called", "waited", "wait_s", "served", "service_s"} == {"rated"} | verdict


def test_last_rating_of_a_ticket_stands() -> None:
    found = measured(STREAM, lived(STREAM, *USUAL, ticket("rated", 26, rating=1), ticket("rated", 27, rating=4)))
    assert (found["rated"], found["satisfied"], found.get("dissatisfied")) == (1, 1, None)


def test_rating_before_the_service_is_an_irregularity() -> None:
    found = lived(STREAM, ticket("ticket_taken"), ticket("rated", 1, rating=4))
    assert [i.reason for i in found.irregularities] == ["'rated' cannot follow 'waiting'"]


def test_rating_off_the_scale_is_refused() -> None:
    with pytest.raises(InvalidEvent, match="rating"):
        ticket("rated", rating=5)


def test_desk_adds_up_its_openings_on_its_day() -> None:
    found = lived(STREAM, desk("opened"), desk("closed", 180), desk("opened", 300), desk("closed", 540))
    assert (found.name, found.state.first_opened_at, found.state.opened_at) == ("closed", after(0), after(300))
    assert contributed(STREAM, found) == {(date(2026, 11, 20), "U1", "OS-1", "", "desks"): 1,
                                          (date(2026, 11, 20), "U1", "OS-1", "", "open_s"): 420 * 60}


def test_desk_that_is_open_counts_only_its_finished_openings() -> None:
    found = lived(STREAM, desk("opened"), desk("closed", 180), desk("opened", 300))
    assert (found.name, measured(STREAM, found)) == ("open", {"desks": 1, "open_s": 180 * 60})


def test_desk_opened_twice_is_an_irregularity_until_the_late_closing_comes() -> None:
    twice = desk("opened"), desk("opened", 300), desk("closed", 540)
    assert [i.event.occurred_at for i in lived(STREAM, *twice).irregularities] == [after(300)]
    assert lived(STREAM, *twice, desk("closed", 180)).irregularities == []


def test_late_ticket_lets_its_whole_life_be_told() -> None:
    assert lived(STREAM, *USUAL[1:], USUAL[0]) == lived(STREAM, *USUAL)


@given(told=stories(STREAM, ticket, ANYTHING), lengths=st.lists(st.integers(1, 4)), random=st.randoms())
@settings(max_examples=100, deadline=None)
def test_counter_comes_out_the_same_in_any_order_and_any_batches(told: list[Any], lengths: list[int], random: Any) -> None:
    same_in_any_order(STREAM, told, lengths, random)


@given(told=stories(STREAM, ticket, ANYTHING))
@settings(max_examples=100, deadline=None)
def test_counter_never_counts_more_than_there_was(told: list[Any]) -> None:
    found = measured(STREAM, lived(STREAM, *told))
    assert all(n > 0 for n in found.values())
    for part, whole in (("waited", "called"), ("over_15_min", "waited"), ("over_30_min", "over_15_min"), ("satisfied", "rated"), ("served", "called")):
        assert found.get(part, 0) <= found.get(whole, 0)
