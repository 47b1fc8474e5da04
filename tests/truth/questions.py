"""What is asked of the figures: now, a day's end and a moment within a day, each also with what was known at another moment."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random

from ioc.calendar.periods import elapsed, period_of
from ioc.clock import end_of, local_day
from ioc.kpi.engine.compute import Question
from ioc.kpi.engine.contract import Scope
from ioc.moment import asked_moment
from tests.oracle import PROFILE, Wire
from tests.truth.expected import View
from tests.truth.lives import LISTENING, NOW, START, Piece, recorded

_KINDS = ("day", "month", "year", "year_to_date", "week", "reporting_month")
_SCOPES: tuple[Scope, ...] = ("province", "unit")


@dataclass(frozen=True)
class Asked:
    """The same question for the program and for the oracle."""

    question: Question
    view: View


def questions(random: Random, wires: Sequence[Wire], pieces: Sequence[Piece]) -> list[Asked]:
    """Five moments, each with a period that it lies in or that lies before it."""
    heard = recorded(list(pieces))
    known = [(heard[wire["source"], wire["id"]], wire) for wire in wires]
    days = [local_day(START) + timedelta(days=n) for n in range(8)]
    then = random.choice([piece.recorded_at for piece in pieces] or [NOW]) + timedelta(milliseconds=500)
    midnight, within = end_of(random.choice(days[:-1])), _within(random, wires)
    together = random.choice([*(moment + timedelta(minutes=30) for moment in LISTENING), *(end_of(day) for day in days[1:-1])])
    asked = ((None, None), (midnight, None), (within, None), (midnight, then), (within, then), (together, together))
    return [_asked(random, known, at, as_known) for at, as_known in asked]


def _within(random: Random, wires: Sequence[Wire]) -> datetime:
    # A moment at which something happens asks whether the windows are half-open.
    moments = [datetime.fromisoformat(wire["time"]) for wire in wires] or [START]
    return random.choice(moments) + timedelta(seconds=random.choice((0, 0, 1, 60, 7200, 80_000)))


def _asked(random: Random, heard: list[tuple[datetime, Wire]], at: datetime | None, known: datetime | None) -> Asked:
    moment = asked_moment(NOW, at=at.isoformat() if at else None, known=known.isoformat() if known else None)
    day = random.choice([moment.day, moment.day, *(day for day in _days() if day <= moment.day)])
    period = period_of(random.choice(_KINDS), day, PROFILE.periods)  # type: ignore[arg-type]
    told = elapsed(period, moment.day)
    return Asked(Question(period=period, moment=moment, scope=random.choice(_SCOPES), boundaries=random.choice(("now", "then"))),
                 View(heard, moment.at, moment.known, told.first_day, told.last_day))


def _days() -> list[date]:
    return [local_day(START) + timedelta(days=n) for n in range(8)]
