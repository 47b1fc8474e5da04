"""What an incident becomes, how fast help was there, and what it adds to the daily counts."""

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ioc.clock import local_day
from ioc.db.connect import Connection
from ioc.errors import InvalidEvent
from ioc.streams.engine.batch import BatchWriter, Item
from ioc.streams.engine.event import Event, Message
from ioc.streams.engine.states import read_states
from ioc.streams.incident import STREAM
from tests.integration.streams_db import rows
from tests.integration.streams_wire import NOW
from tests.unit.streams.lives import RULES, after, keys, lived, measured, projection_of, same_in_any_order, stories, teller

incident = teller(STREAM, kind="fire", reason_code="told")
DAY = local_day(after(0))
ANYTHING = {fact: st.fixed_dictionaries({}, optional={"dead": st.integers(0, 3), "injured": st.integers(0, 3), "kind": st.sampled_from(["fire", "order"]),
                                                      "unit_code": st.sampled_from(["U1", "U2"]), "agencies": st.sampled_from(["113", "115,114"])})
            for fact in STREAM.facts}


def told(*facts: str) -> list[Event[Any]]:
    return [incident(fact, n * 5) for n, fact in enumerate(facts)]


@pytest.mark.parametrize(("facts", "name"), [
    (("reported",), "reported"),
    (("reported", "dispatched", "arrived", "cleared"), "cleared"),
    (("reported", "arrived", "dispatched", "cleared"), "cleared"),
    (("reported", "cleared", "updated"), "cleared"),
    (("reported", "dispatched", "cancelled"), "cancelled"),
])
def test_incident_lives_as_the_table_allows(facts: tuple[str, ...], name: str) -> None:
    found = lived(STREAM, *told(*facts))
    assert (found.name, found.irregularities) == (name, [])


@pytest.mark.parametrize("facts", [
    ("dispatched",), ("reported", "reported"), ("reported", "cleared", "dispatched"), ("reported", "cleared", "cancelled"),
    ("reported", "cancelled", "updated"), ("reported", "cancelled", "arrived"),
])
def test_forbidden_step_is_an_irregularity_and_changes_nothing(facts: tuple[str, ...]) -> None:
    found, before = lived(STREAM, *told(*facts)), lived(STREAM, *told(*facts[:-1]))
    assert [i.event.fact for i in found.irregularities] == [facts[-1]]
    assert (found.name, found.state, found.counts) == (before.name, before.state, before.counts)


def test_help_before_the_report_is_judged_again_when_the_late_report_comes() -> None:
    helped = [incident("dispatched", 1), incident("arrived", 9)]
    assert len(lived(STREAM, *helped).irregularities) == 2
    found = lived(STREAM, *helped, incident("reported"))
    assert (found.name, found.state.arrive_s, found.irregularities) == ("arrived", 540, [])


def test_first_force_sent_and_first_there_make_the_times() -> None:
    found = lived(STREAM, incident("reported"), incident("dispatched", 0.5), incident("dispatched", 3), incident("arrived", 9), incident("arrived", 12))
    assert (found.state.dispatch_s, found.state.arrive_s) == (30, 540)


def test_patrol_at_hand_arrives_without_being_sent() -> None:
    state = lived(STREAM, incident("reported"), incident("arrived", 2)).state
    assert (state.dispatch_s, state.arrive_s) == (None, 120)


def test_forces_sent_are_gathered_once_each() -> None:
    sent = [incident("dispatched", n, agencies=agencies) for n, agencies in enumerate(("115, 114", "114,CA", ","))]
    assert lived(STREAM, incident("reported"), *sent).state.agencies == "114,115,CA"


def test_later_word_replaces_what_was_said_and_silence_does_not() -> None:
    first = incident("reported", severity=2, injured=1, lon_deg=105.9, lat_deg=9.6)
    state = lived(STREAM, first, incident("updated", 5, injured=4), incident("updated", 6, severity=4)).state
    assert (state.injured, state.severity, state.lon_deg, state.lat_deg, state.dead) == (4, 4, 105.9, 9.6, None)


def test_life_counts_each_fact_and_its_seconds() -> None:
    assert measured(STREAM, lived(STREAM, *told("reported", "dispatched", "arrived", "cleared"))) == {
        "reported": 1, "dispatched": 1, "dispatch_s": 300, "arrived": 1, "arrive_s": 600, "cleared": 1}


def test_each_fact_counts_on_its_own_local_day() -> None:
    found = keys(STREAM, lived(STREAM, incident("reported", 950, injured=1), incident("arrived", 965)))
    assert (found["reported"][0], found["injured"][0], found["arrived"][0]) == (DAY, DAY, DAY + timedelta(days=1))


def test_death_after_the_operation_counts_on_the_day_of_the_report_as_of_the_day_it_was_told() -> None:
    found = lived(STREAM, incident("reported", injured=1), incident("cleared", 30), incident("updated", 1200, dead=1, injured=0))
    first, later = found.counts[DAY, DAY, "U1", "fire"], found.counts[DAY, DAY + timedelta(days=1), "U1", "fire"]
    assert (first["dead"], first["injured"], later["dead"], later["injured"]) == (0, 1, 1, -1)


def test_false_alarm_counts_no_casualties() -> None:
    assert measured(STREAM, lived(STREAM, incident("reported", dead=1, injured=2), incident("cancelled", 5))) == {"reported": 1, "cancelled": 1}


def test_corrected_unit_and_kind_take_the_counts_with_them() -> None:
    found = lived(STREAM, incident("reported"), incident("updated", 5, unit_code="U2", kind="rescue"))
    assert keys(STREAM, found) == {"reported": (DAY, "U2", "rescue")}


@pytest.mark.parametrize("place", [{"lon_deg": 105.9}, {"lat_deg": 9.6}])
def test_half_a_place_is_refused(place: dict[str, float]) -> None:
    with pytest.raises(InvalidEvent, match="only one of lon_deg and lat_deg"):
        incident("reported", **place)


@given(story=stories(STREAM, incident, ANYTHING), lengths=st.lists(st.integers(1, 4)), random=st.randoms())
@settings(max_examples=80, deadline=None)
def test_incident_comes_out_the_same_in_any_order_and_any_batches(story: list[Any], lengths: list[int], random: Any) -> None:
    same_in_any_order(STREAM, story, lengths, random)


@given(story=stories(STREAM, incident, ANYTHING))
@settings(max_examples=80, deadline=None)
def test_counts_are_never_below_nothing_on_any_day(story: list[Any]) -> None:
    counts = lived(STREAM, *story).counts
    for until in {as_of for _, as_of, *_ in counts}:
        standing: Counter[tuple[Any, ...]] = Counter()
        for (day, as_of, *key), measures in counts.items():
            for measure, n in measures.items():
                standing[day, *key, measure] += n if as_of <= until else 0
        assert min(standing.values()) >= 0


def test_late_events_leave_the_same_state_history_and_counts_in_the_database(conn: Connection) -> None:
    projection, writer = projection_of(STREAM), BatchWriter(conn, {STREAM.name: STREAM}, RULES)
    story = [incident("reported", injured=2), incident("dispatched", 4), incident("arrived", 11), incident("cleared", 40),
             incident("updated", 1200, dead=1, injured=1, unit_code="U2")]
    for n, late in enumerate(reversed(story)):
        record = Message(topic=STREAM.topic, partition=0, offset=n, timestamp_ms=0, key=b"S1", headers=[], value=None)
        writer.write([Item(record, late)], NOW + timedelta(seconds=n))
    standing, expected = read_states(conn, projection, ["S1"])["S1"], lived(STREAM, *story)
    assert (standing.name, standing.state) == (expected.name, expected.state)
    found = rows(conn, f"select from_at, {', '.join(projection.history)} from incident_history where known_to = 'infinity' order by from_at")
    assert found == [(at, *view) for at, view in expected.changes]
    sums = rows(conn, "select sum(reported), sum(dead), sum(injured), sum(arrive_s), min(unit_code) from incident_daily "
                      "where as_of_day <= '2026-11-21' group by unit_code having sum(reported) > 0")
    assert sums == [(1, 1, 1, 660, "U2")]
    assert rows(conn, "select 1 from irregularity where known_to = 'infinity'") == []
