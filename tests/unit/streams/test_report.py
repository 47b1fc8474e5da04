"""What a citizen's report becomes, and what it adds to the daily counts."""

from collections import Counter
from functools import partial
from typing import Any

import pytest

from ioc.streams.engine.fold import Folded
from ioc.streams.engine.registry import streams
from ioc.streams.report import contributions
from tests.integration.streams_wire import Wire, at, event
from tests.unit.streams.lives import lived_in_province

lived = partial(lived_in_province, streams()["report"])
DONE = ("submitted", "verified", "assigned", "accepted", "resolved")


def told(*facts: str, first: dict[str, Any] | None = None) -> list[Wire]:
    return [event("report", fact, n * 10, **((first or {}) if n == 0 else {})) for n, fact in enumerate(facts)]


def counted(found: Folded) -> Counter[str]:
    return Counter(measure for c in contributions(found.name, found.state) for measure in c.measures)


@pytest.mark.parametrize(("due", "outcome"), [(None, None), (at(39), "late"), (at(40), "on_time")])
def test_report_is_judged_where_it_has_a_deadline(due: str | None, outcome: str | None) -> None:
    found = lived(*told(*DONE, first={"due_at": due}))
    assert found.state.outcome == outcome
    assert counted(found) == Counter(["submitted", "resolved", *([outcome] if outcome else [])])


def test_reopened_report_is_not_resolved_any_more() -> None:
    found = lived(*told(*DONE, "reopened", first={"due_at": at(39)}))
    assert (found.name, found.state.resolved_at, found.state.outcome) == ("reopened", None, None)
    assert counted(found) == Counter(["submitted", "reopened"])


def test_report_resolved_again_is_judged_by_its_last_resolution() -> None:
    found = lived(*told(*DONE, "reopened", "assigned", "accepted", "resolved", first={"due_at": at(39)}))
    assert (found.state.resolved_at.isoformat(), found.state.outcome) == (at(80), "late")
    assert counted(found) == Counter(["submitted", "resolved", "late", "reopened"])


@pytest.mark.parametrize("fact", ["rejected", "merged", "referred"])
def test_report_that_ends_otherwise_counts_under_that_ending(fact: str) -> None:
    found = lived(*told("submitted", fact))
    assert (found.name, found.state.ended_as) == (fact, fact)
    assert counted(found) == Counter(["submitted", fact])


@pytest.mark.parametrize(("rating", "measures"), [(1, ["rated"]), (2, ["rated", "satisfied"])])
def test_rating_counts_from_fair_on_as_satisfied(rating: int, measures: list[str]) -> None:
    found = lived(*told(*DONE), event("report", "rated", 99, rating=rating))
    assert counted(found) == Counter(["submitted", "resolved", *measures])


def test_triage_keeps_its_first_moment() -> None:
    assert lived(*told("submitted", "verified", "assigned", "assigned")).state.triaged_at.isoformat() == at(10)


def test_assignment_moves_the_report_and_keeps_its_deadline() -> None:
    state = lived(*told("submitted", "verified", "assigned", first={"due_at": at(500)})).state
    assert (state.org_code, state.due_at.isoformat()) == ("STC", at(500))


def test_source_of_which_only_the_ends_are_known_closes_its_reports() -> None:
    found = lived(*told("submitted", "closed_by_source", first={"jurisdiction": "chicago"}))
    assert (found.name, found.state.resolved_at.isoformat()) == ("closed", at(10))
    assert next(contributions(found.name, found.state)).key[0] == "chicago"
