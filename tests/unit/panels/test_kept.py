"""Costly answers are asked rarely, cheap ones always, and none is older than what it cost allows."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from ioc.panels.engine.kept import FREE_S, SHARE, Kept

NOW = datetime(2026, 11, 20, 3, 30, tzinfo=UTC)


class Stopwatch:
    """A clock that only moves when something costs time."""

    def __init__(self) -> None:
        self.at = 100.0

    def __call__(self) -> float:
        return self.at

    def costing(self, seconds: float, answer: str) -> Callable[[], str]:
        def question() -> str:
            self.at += seconds
            return answer

        return question


def test_cheap_question_is_always_asked() -> None:
    watch = Stopwatch()
    kept = Kept(watch)
    assert [kept.ask("a", NOW, watch.costing(FREE_S / 2, answer)) for answer in ("one", "two")] == ["one", "two"]
    assert not kept.held


def test_costly_answer_holds_for_a_multiple_of_its_cost_and_says_so() -> None:
    watch = Stopwatch()
    kept = Kept(watch)
    kept.ask("a", NOW, watch.costing(0.1, "one"))
    watch.at += 0.1 * SHARE - 0.01
    assert kept.ask("a", NOW, watch.costing(0.1, "two")) == "one"
    assert kept.held
    watch.at += 0.02
    kept.begin()
    assert kept.ask("a", NOW, watch.costing(0.1, "three")) == "three"
    assert not kept.held


def test_answer_of_one_question_is_not_another_s() -> None:
    watch = Stopwatch()
    kept = Kept(watch)
    kept.ask(("p", "a"), NOW, watch.costing(1, "one"))
    assert kept.ask(("p", "b"), NOW, watch.costing(1, "two")) == "two"


def test_answer_of_a_later_moment_is_not_shown_when_time_is_set_back() -> None:
    watch = Stopwatch()
    kept = Kept(watch)
    kept.ask("a", NOW, watch.costing(1, "later"))
    assert kept.ask("a", NOW - timedelta(hours=1), watch.costing(1, "earlier")) == "earlier"
