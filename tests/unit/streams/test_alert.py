"""What an alert becomes, who acted on it how fast, and what it adds to the daily counts."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ioc.clock import local_day
from ioc.db.connect import Connection
from ioc.errors import InvalidEvent
from ioc.streams.alert import STREAM
from ioc.streams.engine.batch import BatchWriter, Item
from ioc.streams.engine.event import Event, Message
from ioc.streams.engine.states import read_states
from tests.integration.streams_db import rows
from tests.integration.streams_wire import NOW
from tests.unit.streams.lives import RULES, after, keys, lived, measured, projection_of, same_in_any_order, stories, teller

BY = {"actor_role": "operator"}
NEEDED: dict[str, dict[str, Any]] = {
    "raised": {"rule_id": "EN-03", "severity": 3, "dedup_key": "EN-03|DAI-NGAI", "basis": "law", "unit_code": "U1"},
    "worsened": {"severity": 4, "value": 2.3},
    "eased": {"severity": 2, "value": 1.9},
    "acknowledged": BY,
    "assigned": {**BY, "owner_org": "PCTT"},
    "suppressed": {**BY, "reason_code": "maintenance", "until_at": after(600).isoformat()},
    "escalated": {"told_role": "shift_lead"},
    "reopened": BY,
}
ANYTHING = {fact: st.fixed_dictionaries({}, optional={"actor_role": st.just("operator"), "severity": st.sampled_from([2, 4])})
            for fact in ("escalated", "resolved", "unsuppressed", "closed")}
TELL = teller(STREAM)
DAY = local_day(after(0))


def alert(fact: str, minutes: float = 0, **data: Any) -> Event[Any]:
    return TELL(fact, minutes, **{**NEEDED.get(fact, {}), **data})


def told(*facts: str) -> list[Event[Any]]:
    return [alert(fact, n * 5) for n, fact in enumerate(facts)]


@pytest.mark.parametrize(("facts", "name"), [
    (("raised",), "raised"),
    (("raised", "acknowledged", "assigned", "resolved", "closed"), "closed"),
    (("raised", "acknowledged", "resolved"), "resolved"),
    (("raised", "suppressed", "suppressed", "unsuppressed"), "raised"),
    (("raised", "acknowledged", "assigned", "suppressed"), "suppressed"),
    (("raised", "suppressed", "resolved"), "resolved"),
    (("raised", "escalated", "escalated", "acknowledged"), "acknowledged"),
    (("raised", "resolved", "reopened", "acknowledged"), "acknowledged"),
    (("raised", "acknowledged", "worsened"), "raised"),
    (("raised", "suppressed", "worsened"), "raised"),
    (("raised", "acknowledged", "eased"), "acknowledged"),
])
def test_alert_lives_as_the_table_allows(facts: tuple[str, ...], name: str) -> None:
    found = lived(STREAM, *told(*facts))
    assert (found.name, found.irregularities) == (name, [])


@pytest.mark.parametrize("facts", [
    ("acknowledged",), ("raised", "raised"), ("raised", "assigned"), ("raised", "closed"), ("raised", "unsuppressed"),
    ("raised", "suppressed", "escalated"), ("raised", "suppressed", "acknowledged"), ("raised", "resolved", "escalated"),
    ("raised", "resolved", "closed", "reopened"), ("raised", "resolved", "closed", "raised"),
])
def test_forbidden_step_is_an_irregularity_and_changes_nothing(facts: tuple[str, ...]) -> None:
    found, before = lived(STREAM, *told(*facts)), lived(STREAM, *told(*facts[:-1]))
    assert [i.event.fact for i in found.irregularities] == [facts[-1]]
    assert (found.name, found.state, found.counts) == (before.name, before.state, before.counts)


def test_what_worsens_or_eases_has_another_severity_and_what_was_found() -> None:
    assert lived(STREAM, *told("raised", "acknowledged", "worsened")).state.severity == 4
    state = lived(STREAM, *told("raised", "worsened", "eased")).state
    assert (state.severity, state.value, state.acknowledged_at) == (2, 1.9, None)


def test_late_raising_clears_what_seemed_irregular() -> None:
    acknowledged = alert("acknowledged", 4)
    assert len(lived(STREAM, acknowledged).irregularities) == 1
    found = lived(STREAM, acknowledged, alert("raised"))
    assert (found.name, found.state.ack_s, found.irregularities) == ("acknowledged", 240, [])


def test_escalation_widens_who_is_told_and_never_the_severity() -> None:
    state = lived(STREAM, alert("raised"), alert("escalated", 5, severity=4, told_role="provincial_leader", takeover=True)).state
    assert (state.severity, state.takeover) == (3, False)
    assert (state.escalation_count, state.told_role, state.escalated_at) == (1, "provincial_leader", after(5))


def test_first_acknowledgement_makes_the_time() -> None:
    again = [alert("raised"), alert("acknowledged", 2), alert("resolved", 10), alert("reopened", 20), alert("acknowledged", 30)]
    assert lived(STREAM, *again).state.ack_s == 120


def test_suppression_takes_its_newest_end_and_loses_it_when_lifted() -> None:
    silent = [alert("raised"), alert("suppressed", 1), alert("suppressed", 2, until_at=after(900).isoformat())]
    assert lived(STREAM, *silent).state.until_at == after(900)
    assert lived(STREAM, *silent, alert("unsuppressed", 3)).state.until_at is None


@pytest.mark.parametrize("acting", [("acknowledged",), ("suppressed",), ("acknowledged", "assigned")])
def test_alert_that_somebody_acted_on_is_not_resolved_alone(acting: tuple[str, ...]) -> None:
    found = lived(STREAM, *told("raised", *acting, "resolved"))
    assert (found.state.resolved_alone, measured(STREAM, found).get("resolved_alone")) == (False, None)


def test_alert_whose_cause_ends_by_itself_is_resolved_alone() -> None:
    assert lived(STREAM, *told("raised", "escalated", "resolved")).state.resolved_alone
    assert not lived(STREAM, alert("raised"), alert("resolved", 5, **BY)).state.resolved_alone


def test_reopening_takes_the_resolution_back() -> None:
    found = lived(STREAM, *told("raised", "resolved", "reopened"))
    assert (found.state.resolved_at, found.state.resolve_s, found.state.resolved_alone, found.state.reopened_count) == (None, None, False, 1)
    assert measured(STREAM, found) == {"raised": 1, "reopened": 1}


def test_life_counts_each_fact_and_its_seconds() -> None:
    assert measured(STREAM, lived(STREAM, *told("raised", "escalated", "acknowledged", "resolved", "closed"))) == {
        "raised": 1, "escalated": 1, "acknowledged": 1, "ack_s": 600, "resolved": 1, "resolve_s": 900}


def test_each_fact_counts_on_its_local_day_under_rule_severity_and_unit() -> None:
    found = keys(STREAM, lived(STREAM, alert("raised", 950), alert("resolved", 970)))
    assert (found["raised"], found["resolved_alone"]) == ((DAY, "EN-03", "3", "U1"), (DAY + timedelta(days=1), "EN-03", "3", "U1"))


@pytest.mark.parametrize(("fact", "missing"), [("suppressed", "reason_code"), ("suppressed", "until_at"), ("acknowledged", "actor_role"),
                                               ("raised", "basis"), ("assigned", "owner_org")])
def test_alert_event_without_what_it_must_say_is_refused(fact: str, missing: str) -> None:
    with pytest.raises(InvalidEvent, match=f"'{fact}' needs the field '{missing}'"):
        alert(fact, 5, **{missing: None})


@given(story=stories(STREAM, alert, ANYTHING), lengths=st.lists(st.integers(1, 4)), random=st.randoms())
@settings(max_examples=80, deadline=None)
def test_alert_comes_out_the_same_in_any_order_and_any_batches(story: list[Any], lengths: list[int], random: Any) -> None:
    same_in_any_order(STREAM, story, lengths, random)


@given(story=stories(STREAM, alert, ANYTHING))
@settings(max_examples=80, deadline=None)
def test_alert_never_counts_more_than_there_was(story: list[Any]) -> None:
    found = measured(STREAM, lived(STREAM, *story))
    assert all(n > 0 for n in found.values())
    for part, whole in (("acknowledged", "raised"), ("escalated", "raised"), ("resolved", "raised"), ("resolved_alone", "resolved")):
        assert found.get(part, 0) <= found.get(whole, 0)


def test_late_events_leave_the_same_state_and_show_what_was_open_at_any_moment(conn: Connection) -> None:
    projection, writer = projection_of(STREAM), BatchWriter(conn, {STREAM.name: STREAM}, RULES)
    story = [alert("raised"), alert("acknowledged", 4), alert("suppressed", 30), alert("unsuppressed", 90), alert("resolved", 120), alert("closed", 130)]
    for n, late in enumerate(reversed(story)):
        record = Message(topic=STREAM.topic, partition=0, offset=n, timestamp_ms=0, key=b"S1", headers=[], value=None)
        writer.write([Item(record, late)], NOW + timedelta(seconds=n))
    standing, expected = read_states(conn, projection, ["S1"])["S1"], lived(STREAM, *story)
    assert (standing.name, standing.state) == (expected.name, expected.state)
    open_at = [rows(conn, "select state from alert_history where is_open and tstzrange(from_at, to_at) @> %s::timestamptz "
                          "and tstzrange(known_from, known_to) @> %s::timestamptz", after(minutes), NOW + timedelta(hours=1))
               for minutes in (-1, 0, 5, 60, 100, 120)]
    assert open_at == [[], [("raised",)], [("acknowledged",)], [("suppressed",)], [("raised",)], []]
    assert rows(conn, "select sum(raised), sum(acknowledged), sum(ack_s), sum(resolved), sum(resolved_alone) from alert_daily") == [(1, 1, 240, 1, 0)]
