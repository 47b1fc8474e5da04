"""What was asked of the database just now, so that a stream of events asks no costly question again at each of them."""

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

T = TypeVar("T")

SHARE = 30.0
"""An answer holds for so many times what it cost: no question takes more than a thirtieth of the time. One of 5 ms is asked six times a second
at most, one of 100 ms every three seconds."""
FREE_S = 0.004
"""What costs less is always asked anew."""


@dataclass(frozen=True, slots=True)
class _Answer:
    answer: Any
    moment: datetime
    until_s: float


class Kept:
    """Answers by question. `seconds`: a clock of this machine that only rises."""

    def __init__(self, seconds: Callable[[], float]) -> None:
        self._seconds = seconds
        self._answers: dict[Hashable, _Answer] = {}
        self.held = False

    def begin(self) -> None:
        """A new snapshot is built: whether it uses an answer of before is told by `held`."""
        self.held = False

    def ask(self, key: Hashable, moment: datetime, question: Callable[[], T]) -> T:
        """The answer for a moment: the kept one while it holds and is of no later moment, or a new one."""
        known = self._answers.get(key)
        began = self._seconds()
        if known is not None and known.moment <= moment and began < known.until_s:
            self.held = True
            found: T = known.answer
            return found
        answer = question()
        cost = self._seconds() - began
        self._answers[key] = _Answer(answer, moment, began + cost + (cost * SHARE if cost > FREE_S else 0.0))
        return answer
