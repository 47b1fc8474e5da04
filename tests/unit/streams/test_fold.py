"""A subject's events in event time → its state, its intervals, its irregularities."""

from itertools import permutations
from typing import Any

import pytest

from ioc.streams.engine.decode import decoder
from ioc.streams.engine.event import Event
from ioc.streams.engine.fold import Folded, begun, fold, initial
from ioc.streams.engine.registry import streams
from tests.integration.streams_wire import BASE, NOW, Wire, event, message
from tests.rules import RULES

DOSSIER = streams()["dossier"]
PROJECTION = DOSSIER.projection
assert PROJECTION is not None


def decoded(*wires: Wire) -> list[Event[Any]]:
    decode = decoder(DOSSIER)
    return [decode(message(wire), NOW) for wire in wires]


def folded(*wires: Wire) -> Folded:
    assert PROJECTION is not None
    return fold(PROJECTION, initial(PROJECTION), sorted(decoded(*wires), key=lambda e: e.order), RULES)


def test_fold_of_nothing_is_nothing() -> None:
    assert folded() == begun("", DOSSIER.projection.state())  # type: ignore[union-attr]


@pytest.mark.parametrize(("first", "second"), [
    ({"minutes": 1}, {"minutes": 2}),
    ({"sequence": "1", "source": "/z"}, {"sequence": "2", "source": "/a"}),
    ({"fact": "received"}, {"fact": "transferred"}),
    ({"source": "/a", "id_": "9"}, {"source": "/b", "id_": "1"}),
    ({"id_": "1"}, {"id_": "2"}),
])
def test_order_is_time_then_sequence_then_rank_then_source_then_id(first: dict[str, Any], second: dict[str, Any]) -> None:
    one, other = (event("dossier", **{"fact": "received", **given}) for given in (first, second))
    found = sorted(decoded(other, one), key=lambda e: e.order)
    assert [e.id for e in found] == [one["id"], other["id"]]


def test_events_of_one_moment_fold_by_their_rank() -> None:
    wires = [event("dossier", fact, 5) for fact in ("submitted", "received", "transferred")]
    assert {folded(*order).name for order in permutations(wires)} == {"processing"}


def test_forbidden_transition_is_skipped_and_listed() -> None:
    found = folded(event("dossier", "submitted"), event("dossier", "result_returned", 1))
    assert found.name == "submitted"
    assert [i.reason for i in found.irregularities] == ["'result_returned' cannot follow 'submitted'"]


def test_irregularity_is_cleared_by_a_late_predecessor() -> None:
    wires = [event("dossier", fact, n) for n, fact in enumerate(("received", "transferred", "result_ready", "result_returned"))]
    assert len(folded(wires[0], wires[3]).irregularities) == 1
    assert folded(*wires).irregularities == []


def test_fact_permitted_everywhere_still_needs_a_beginning() -> None:
    assert [i.reason for i in folded(event("dossier", "corrected")).irregularities] == ["'corrected' cannot follow 'nothing'"]


def test_changes_within_one_moment_make_one_interval() -> None:
    found = folded(event("dossier", "submitted", 5), event("dossier", "received", 5), event("dossier", "transferred", 5))
    assert [(at, seen[0]) for at, seen in found.changes] == [(BASE.replace(minute=5), "processing")]


def test_changes_within_one_moment_that_cancel_out_make_no_interval() -> None:
    lived = [event("dossier", "received"), event("dossier", "transferred", 1), event("dossier", "step_started", 2)]
    assert folded(*lived, event("dossier", "suspended", 5), event("dossier", "resumed", 5)).changes == folded(*lived).changes


def test_event_that_history_does_not_keep_starts_no_interval() -> None:
    lived = [event("dossier", "received"), event("dossier", "transferred", 1)]
    assert folded(*lived, event("dossier", "step_started", 2)).changes == folded(*lived).changes


def test_fold_goes_on_where_it_stopped() -> None:
    assert PROJECTION is not None
    wires = [event("dossier", fact, n) for n, fact in enumerate(("submitted", "received", "transferred", "result_ready"))]
    before = folded(*wires[:2])
    after = fold(PROJECTION, begun(before.name, before.state), decoded(*wires[2:]), RULES)
    assert (after.name, after.state) == (folded(*wires).name, folded(*wires).state)
    assert before.changes + after.changes == folded(*wires).changes
