"""What is known of an indicator after observations, corrections and targets, and when a published figure is doubted."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ioc.clock import local_day
from ioc.db.connect import Connection
from ioc.errors import InvalidEvent
from ioc.streams.indicator import STREAM, quality_flag
from tests.unit.streams.lives import after, keys, lived, measured, same_in_any_order, stories, teller
from tests.unit.streams.stored import stored, told

indicator = teller(STREAM, indicator_id="papi", period="2026-Q3")
DAY = local_day(after(0))
FIGURE = st.one_of(st.none(), st.floats(-1e6, 1e6, allow_nan=False))
ANYTHING = {
    "observed": st.fixed_dictionaries({"value": st.floats(-1e6, 1e6)}, optional={"published_value": FIGURE, "manual": st.booleans(), "unit": st.just("%")}),
    "target_set": st.fixed_dictionaries({"target": st.floats(-1e6, 1e6)}, optional={"legal_basis": st.just("NQ 1")}),
}


@pytest.mark.parametrize(("published", "numerator", "denominator", "flag"), [
    (26.21, 41, 103, "published_differs"), (26.21, 27, 103, None), (39.81, 41, 103, None), (53.77, 956, 1778, None),
    (99.79, 595_634, 596_864, None), (6.74, 1776, 26_362, None), (100.0, 467, 467, None), (100.0, 466, 467, None), (99, 466, 467, "published_differs"),
    (12.5, 1, 8, None), (12.45, 1, 8, "published_differs"), (0.1, 1, 2000, None), (0.01, 1, 2000, "published_differs"),
])
def test_published_share_is_doubted_beyond_half_of_its_last_printed_digit(published: float, numerator: float, denominator: float, flag: str | None) -> None:
    assert quality_flag(published, numerator, denominator, "%") == flag


@pytest.mark.parametrize(("published", "numerator", "denominator", "unit"), [
    (None, 41, 103, "%"), (26.21, None, None, "%"), (26.21, 41, 0, "%"), (26.21, 41, 103, "ca/100.000 dân"),
])
def test_nothing_is_doubted_where_nothing_can_be_compared(published: float | None, numerator: float | None, denominator: float | None,
                                                          unit: str) -> None:
    assert quality_flag(published, numerator, denominator, unit) is None


@given(hundredths=st.integers(0, 10_000), base=st.integers(1, 10**9))
@settings(max_examples=100, deadline=None)
def test_share_printed_from_its_own_fraction_is_never_doubted(hundredths: int, base: int) -> None:
    part = hundredths * base // 10_000
    assert quality_flag(round(100 * part / base, 2), part, base, "%") is None


def test_observation_keeps_what_it_says_and_the_days_of_its_period() -> None:
    found = lived(STREAM, indicator("observed", value=45.61, rank=4, out_of=63, source_text="PAPI 2023", manual=True, approved_on="2026-11-14"))
    state = found.state
    assert (found.name, state.value, state.rank, state.out_of, state.manual) == ("observed", 45.61, 4, 63, True)
    assert (state.grain, state.first_day, state.last_day, state.approved_on) == ("quarter", date(2026, 7, 1), date(2026, 9, 30), date(2026, 11, 14))
    assert (state.observed_at, state.revisions, state.revised_at) == (after(0), 0, None)


def test_correction_replaces_the_whole_observation_and_is_counted() -> None:
    state = lived(STREAM, indicator("observed", value=3, rank=4, out_of=63), indicator("observed", 60, value=3.5)).state
    assert (state.value, state.rank, state.out_of, state.revisions, state.revised_at, state.observed_at) == (3.5, None, None, 1, after(60), after(0))


def test_same_figures_told_again_are_no_revision() -> None:
    assert lived(STREAM, indicator("observed", value=3), indicator("observed", 60, value=3, note="in lại")).state.revisions == 0


def test_correction_that_comes_late_does_not_undo_a_newer_one() -> None:
    newest = indicator("observed", 90, value=9)
    assert lived(STREAM, newest, indicator("observed", value=3), indicator("observed", 60, value=6)).state.value == 9


def test_target_waits_for_its_observation() -> None:
    aimed = indicator("target_set", target=95, legal_basis="NQ 01/2026", unit="%")
    assert lived(STREAM, aimed).name == "targeted"
    found = lived(STREAM, aimed, indicator("observed", 60, numerator=41, denominator=103, published_value=26.21))
    assert (found.name, found.state.target, found.state.target_basis, found.state.legal_basis) == ("observed", 95, "NQ 01/2026", None)
    assert (found.state.unit, found.state.quality_flag) == ("%", "published_differs")


def test_past_moments_show_what_was_known_then() -> None:
    found = lived(STREAM, indicator("observed", value=3), indicator("target_set", 30, target=5), indicator("observed", 60, value=4))
    place = [STREAM.projection.history.index(name) for name in ("value", "target")]  # type: ignore[union-attr]
    assert [(at, *(view[i] for i in place)) for at, view in found.changes] == [(after(0), 3, None), (after(30), 3, 5), (after(60), 4, 5)]


def test_doubted_hand_written_figure_counts_as_such_on_the_day_it_was_first_told() -> None:
    wrong = {"numerator": 41, "denominator": 103, "unit": "%", "published_value": 26.21, "manual": True}
    found = lived(STREAM, indicator("observed", **wrong), indicator("observed", 3000, **(wrong | {"published_value": 39.81})))
    assert measured(STREAM, found) == {"observed": 1, "manual": 1, "revisions": 1}
    assert keys(STREAM, found)["revisions"] == (DAY, "U1", "SNV", "quarter")
    assert found.counts[DAY, DAY, "U1", "SNV", "quarter"]["published_differs"] == 1
    assert found.counts[DAY, DAY + timedelta(days=2), "U1", "SNV", "quarter"]["published_differs"] == -1


@pytest.mark.parametrize(("fact", "data", "message"), [
    ("observed", {"value": 1, "rank": 4}, "only one of rank and out_of"),
    ("observed", {"value": 1, "denominator": 4}, "only one of numerator and denominator"),
    ("observed", {"rank": 64, "out_of": 63}, "rank 64 out of 63"),
    ("observed", {}, "needs a value"),
    ("observed", {"value": 1, "period": "2026-02-30"}, "does not exist"),
    ("observed", {"value": 1, "period": "2025-W53"}, "does not exist"),
    ("observed", {"value": 1, "period": "Quý 3"}, "regex"),
    ("observed", {"value": 1, "period": "2026-11\n"}, "regex"),
    ("target_set", {"value": 1}, "needs the field 'target'"),
])
def test_what_one_event_alone_shows_to_be_wrong_is_refused(fact: str, data: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidEvent, match=message):
        indicator(fact, **data)


@given(story=stories(STREAM, indicator, ANYTHING), lengths=st.lists(st.integers(1, 4)), random=st.randoms())
@settings(max_examples=80, deadline=None)
def test_indicator_comes_out_the_same_in_any_order_and_any_batches(story: list[Any], lengths: list[int], random: Any) -> None:
    whole = same_in_any_order(STREAM, story, lengths, random)
    assert whole.state.revisions <= max(0, sum(e.fact == "observed" for e in story) - 1)


def test_late_events_leave_the_same_tables(conn: Connection) -> None:
    story = [indicator("target_set", target=5, unit="%"), indicator("observed", 60, numerator=41, denominator=103, published_value=26.21),
             indicator("observed", 3000, numerator=41, denominator=103, published_value=39.81, unit_code="U2")]
    assert stored(conn, STREAM, story) == told(STREAM, story)
