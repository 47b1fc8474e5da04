"""Turns at the detector: a share of the cores, the one that has waited longest first, nobody left out."""

from collections import Counter

from ioc.cameras.look.turns import FIRST_COST_S, GONE_S, MOST_S, Turns


class Hands:
    """A clock that stands until it is set."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def run(cameras: int, cores: float, seconds: int, *, cost_s: float = 0.2, wish_s: float = 10.0) -> tuple[Counter[str], float]:
    """How often each camera was searched and what that cost a second, where each asks with a picture each two seconds."""
    hands = Hands()
    turns, done, due, spent = Turns(cores, hands), Counter[str](), dict.fromkeys((f"C{n}" for n in range(cameras)), 0.0), 0.0
    for step in range(seconds * 20):
        hands.now = step / 20
        for n, name in enumerate(due):
            if step % 40 == n % 40 and hands.now >= due[name] and turns.begins(name):
                turns.spent(cost_s)
                done[name], due[name], spent = done[name] + 1, hands.now + wish_s, spent + cost_s
    return done, spent / seconds


def test_few_cameras_are_searched_as_often_as_they_wish() -> None:
    done, _ = run(10, 0.7, 300)
    assert set(done.values()) <= {29, 30, 31}


def test_many_share_what_there_is_and_nobody_is_left_out() -> None:
    done, spent = run(100, 0.7, 600)
    assert len(done) == 100
    assert 0.6 <= spent <= 0.71
    assert min(done.values()) >= 0.7 * max(done.values())


def test_who_has_waited_longest_comes_first() -> None:
    hands = Hands()
    turns = Turns(1.0, hands)
    turns.spent(2 * MOST_S)
    assert not turns.begins("first")
    hands.now = 1.0
    assert not turns.begins("second")
    hands.now = MOST_S + FIRST_COST_S / 4  # the cost of what was spent counts, so that one at most can be paid for
    assert not turns.begins("second")
    assert turns.begins("first")
    assert turns.begins("second")


def test_camera_that_is_away_holds_nobody_up() -> None:
    hands = Hands()
    turns = Turns(0.001, hands)
    turns.spent(2 * MOST_S)
    assert not turns.begins("away")
    hands.now = GONE_S + 1
    turns.spent(-MOST_S - 0.1)
    assert turns.begins("here")
