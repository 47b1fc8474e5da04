"""When a source counts as late, stale, dead, or never heard."""

from datetime import UTC, datetime, timedelta

import pytest

from ioc.panels.engine.freshness import Freshness, Heard, freshness, worst
from ioc.profiles import load_profile
from tests.profiles import FICTIONAL

PROFILE = load_profile(FICTIONAL)
OPEN = datetime(2026, 11, 20, 2, tzinfo=UTC)  # Friday, 09:00 local
CLOSED = datetime(2026, 11, 21, 2, tzinfo=UTC)  # Saturday
CONTRACT = next(c for c in PROFILE.file.sources if c.stream == "dossier")


def heard(at: datetime) -> Heard:
    return Heard(stream="dossier", source=CONTRACT.source, last_occurred_at=at, last_recorded_at=at, simulated=True)


def one(at: datetime, *, after_s: float) -> Freshness:
    return freshness(PROFILE, ("dossier",), [heard(at)], at + timedelta(seconds=after_s))[0]


@pytest.mark.parametrize(("after_s", "state"), [
    (0, "fresh"), (179, "fresh"), (180, "late"), (359, "late"), (360, "stale"), (1199, "stale"), (1200, "dead"), (7000, "dead"),
])
def test_state_turns_at_multiples_of_the_promise(after_s: float, state: str) -> None:
    assert CONTRACT.expected_s == 60
    assert one(OPEN, after_s=after_s).state == state


def test_turning_points_are_told_so_that_a_screen_turns_by_itself() -> None:
    found = one(OPEN, after_s=0)
    assert (found.late_at, found.stale_at, found.dead_at) == tuple(OPEN + timedelta(seconds=60 * n) for n in (3, 6, 20))


def test_promise_is_looser_outside_opening_hours() -> None:
    assert one(CLOSED, after_s=1200).state == "fresh"
    assert one(CLOSED, after_s=CONTRACT.expected_closed_s * 3).state == "late"


def test_promise_is_looser_when_the_last_word_came_before_opening() -> None:
    before_seven = datetime(2026, 11, 19, 23, 55, tzinfo=UTC)  # Friday, 06:55 local
    assert one(before_seven, after_s=600).state == "fresh"


def test_source_that_was_never_heard_says_so() -> None:
    found = freshness(PROFILE, ("dossier",), [], OPEN)[0]
    assert (found.state, found.heard_at, found.late_at) == ("none", None, None)


def test_only_promised_sources_of_the_asked_streams_count() -> None:
    stranger = Heard(stream="dossier", source="/elsewhere", last_occurred_at=OPEN, last_recorded_at=OPEN, simulated=True)
    assert [f.source for f in freshness(PROFILE, ("dossier",), [stranger], OPEN)] == [CONTRACT.source]


def state(name: str, at: datetime | None) -> Freshness:
    return Freshness(source=name, stream="dossier", name=name, name_en=name, state=name.split("-", maxsplit=1)[0], heard_at=at, occurred_at=at,
                     late_at=None, stale_at=None, dead_at=None)


def test_worst_is_the_worst_state_then_the_longest_silent() -> None:
    earlier = OPEN - timedelta(hours=1)
    found = worst([state("fresh-1", earlier), state("late-1", OPEN), state("late-2", earlier)])
    assert found
    assert found.source == "late-2"


def test_source_that_was_never_heard_decides_only_where_none_was() -> None:
    found = worst([state("dead", OPEN), state("none", None)])
    assert found
    assert found.state == "dead"
    alone = worst([state("none", None)])
    assert alone
    assert alone.state == "none"


def test_worst_of_nothing_is_nothing() -> None:
    assert worst([]) is None
