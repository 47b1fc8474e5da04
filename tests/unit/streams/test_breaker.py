"""The limit on dead letters."""

import pytest

from ioc.streams.engine.breaker import WINDOW, Breaker

HERE, THERE = ("ioc.dossier", 0), ("ioc.dossier", 1)


def judged(breaker: Breaker, verdicts: list[bool]) -> list[bool]:
    return [breaker.judge(HERE, good=good) for good in verdicts]


def test_breaker_looks_at_the_last_thousand() -> None:
    assert WINDOW == 1000


@pytest.mark.parametrize("verdicts", [[False] * 500 + [True] * 500, [True, False] * 1000, [False] * 500 + [True] * 1000 + [False] * 500])
def test_breaker_lets_half_bad_pass(verdicts: list[bool]) -> None:
    assert not any(judged(Breaker(), verdicts))


@pytest.mark.parametrize(("before", "more"), [([], 501), ([True] * 10_000, 501), ([True, False] * 1000, 1)])
def test_breaker_trips_at_the_first_bad_one_beyond_half(before: list[bool], more: int) -> None:
    breaker = Breaker()
    judged(breaker, before)
    assert judged(breaker, [False] * more) == [False] * (more - 1) + [True]


def test_breaker_counts_old_verdicts_no_longer() -> None:
    breaker = Breaker()
    judged(breaker, [False] * 500 + [True] * 1000)
    assert judged(breaker, [False] * 501) == [False] * 500 + [True]


def test_breaker_judges_each_partition_for_itself() -> None:
    breaker = Breaker()
    judged(breaker, [False] * 501)
    assert not breaker.judge(THERE, good=False)


def test_breaker_begins_anew_when_told_to_forget() -> None:
    breaker = Breaker()
    judged(breaker, [False] * 501)
    breaker.forget(HERE)
    assert judged(breaker, [False] * 501) == [False] * 500 + [True]
