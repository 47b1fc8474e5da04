"""What is known of a unit's tourism after reports and corrections, and where it is counted."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ioc.clock import local_day
from ioc.db.connect import Connection
from ioc.errors import InvalidEvent
from ioc.streams.tourism import STREAM
from tests.unit.streams.lives import after, keys, lived, measured, same_in_any_order, stories, teller
from tests.unit.streams.stored import stored, told

tourism = teller(STREAM, period="2026-10", arrivals=400)
COUNT = st.integers(0, 10**6)
ANYTHING = {"arrivals": st.fixed_dictionaries({"arrivals": COUNT}, optional={
    "overnight_guests": COUNT, "revenue_vnd": st.integers(0, 10**12), "unit_code": st.sampled_from(["U1", "U2"]), "facility_code": st.just("LT-1")})}


def test_report_counts_on_the_first_day_of_its_period_under_its_length() -> None:
    found = lived(STREAM, tourism("arrivals", overnight_guests=90, revenue_vnd=5_000_000_000, rooms_occupied=60, rooms_available=80))
    assert measured(STREAM, found) == {"reports": 1, "arrivals": 400, "overnight_guests": 90, "revenue_vnd": 5_000_000_000, "rooms_occupied": 60,
                                       "rooms_available": 80}
    assert keys(STREAM, found)["arrivals"] == (date(2026, 10, 1), "month", "U1", "")


def test_day_and_month_of_one_unit_are_never_added_together() -> None:
    day = lived(STREAM, tourism("arrivals", period="2026-10-01", facility_code="LT-1"))
    assert keys(STREAM, day)["arrivals"] == (date(2026, 10, 1), "day", "U1", "LT-1")


def test_newest_correction_wins_whenever_it_comes() -> None:
    story = [tourism("arrivals", arrivals=400, revenue_vnd=7), tourism("arrivals", 60, arrivals=410), tourism("arrivals", 90, arrivals=390)]
    for order in (story, story[::-1]):
        state = lived(STREAM, *order).state
        assert (state.arrivals, state.revenue_vnd, state.corrections) == (390, None, 2)


def test_same_figures_told_again_are_no_correction() -> None:
    assert lived(STREAM, tourism("arrivals"), tourism("arrivals", 60)).state.corrections == 0


def test_correction_shows_only_from_its_own_day_on() -> None:
    day, october = local_day(after(0)), date(2026, 10, 1)
    counts = lived(STREAM, tourism("arrivals"), tourism("arrivals", 1440, arrivals=450)).counts
    assert counts[october, day, "month", "U1", ""]["arrivals"] == 400
    assert counts[october, day + timedelta(days=1), "month", "U1", ""]["arrivals"] == 50


@pytest.mark.parametrize(("data", "message"), [
    ({"rooms_occupied": 3}, "only one of rooms_occupied and rooms_available"), ({"period": "2026-13"}, "regex"), ({"period": "2026-09-31"}, "does not exist"),
    ({"arrivals": -1}, ">= 0"), ({"arrivals": None}, "needs the field 'arrivals'"),
])
def test_what_one_event_alone_shows_to_be_wrong_is_refused(data: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidEvent, match=message):
        tourism("arrivals", **data)


@given(story=stories(STREAM, tourism, ANYTHING), lengths=st.lists(st.integers(1, 4)), random=st.randoms())
@settings(max_examples=80, deadline=None)
def test_tourism_comes_out_the_same_in_any_order_and_any_batches(story: list[Any], lengths: list[int], random: Any) -> None:
    same_in_any_order(STREAM, story, lengths, random)


def test_late_events_leave_the_same_tables(conn: Connection) -> None:
    story = [tourism("arrivals"), tourism("arrivals", 60, arrivals=410, revenue_vnd=3), tourism("arrivals", 3000, arrivals=390, unit_code="U2")]
    assert stored(conn, STREAM, story) == told(STREAM, story)
