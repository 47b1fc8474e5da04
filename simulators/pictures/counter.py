"""A one-stop point seen from behind the people who wait: officials at their desks, whoever is served, and who waits."""

import math
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from random import Random
from typing import NamedTuple

import cv2

from ioc.clock import LOCAL
from ioc.profiles import Point
from simulators.engine.contract import Scenario
from simulators.engine.counter_desks import Ticket
from simulators.engine.counter_life import PointDay, point_day
from simulators.pictures.canvas import HEIGHT, WIDTH, Image, blank, gradient
from simulators.pictures.figures import OFFICIAL, look, person

ZONE = "0.0 0.66, 1.0 0.66, 1.0 1.0, 0.0 1.0"
STAFF = "0.0 0.2, 1.0 0.2, 1.0 0.52, 0.0 0.52"
"""Where the feet of the public stand, and where officials are seen, as cameras.csv has them."""
WALK_S = 5.0
_DOOR = (WIDTH + 40.0, 442.0)
_ROWS = ((340.0, 134.0), (390.0, 150.0), (442.0, 166.0))
_COLUMNS = 8
_SLOTS = len(_ROWS) * _COLUMNS
_DESK_Y, _SERVED = 246.0, (292.0, 134.0)
_OFFICIAL_HIGH = 122.0


class Seen(NamedTuple):
    """What is true of a moment: who waits with a ticket, officials at desks."""

    waiting: int
    staff: int


@dataclass(frozen=True, slots=True, order=True)
class _Stands:
    """Somebody at a place; ordered from the back to the front."""

    y: float
    x: float
    height: float
    who: int
    stride: float


class CounterScene:
    """One counter's room, as its PointDay says."""

    def __init__(self, name: str, scenario: Scenario, point: Point | None) -> None:
        self._scenario, self._point, self._name = scenario, point, name
        self._lock = threading.Lock()
        self._day: date | None = None
        self._plan: PointDay | None = None
        self._places = Random(name).sample(range(_SLOTS), _SLOTS)
        self._room = _room(Random(name))

    def truth(self, at: datetime) -> Seen:
        plan = self._of(at)
        return Seen(plan.waiting(at), plan.staff(at)) if plan else Seen(0, 0)

    def draw(self, at: datetime) -> Image:
        image = self._room.copy()
        plan = self._of(at)
        desks = sorted({desk for desk, _, _ in plan.desks}) if plan else [1, 2]
        for number in self._manned(plan, at):
            person(image, (_desk_x(desks, number), _DESK_Y), _OFFICIAL_HIGH, OFFICIAL, 0.2 * math.sin(at.timestamp() + number))
        for number in desks:
            _desk(image, _desk_x(desks, number))
        for stands in sorted(self._public(plan, desks, at)) if plan else ():
            person(image, (stands.x, stands.y), stands.height, look(Random(f"{self._name}/{self._day}/{stands.who}")), stands.stride)
        return image

    def light(self, at: datetime) -> float:
        local = at.astimezone(LOCAL)
        return 1.0 if self._of(at) and 6 * 60 + 30 <= local.hour * 60 + local.minute < 17 * 60 + 30 else 0.45

    def _of(self, at: datetime) -> PointDay | None:
        day = at.astimezone(LOCAL).date()
        with self._lock:  # several cameras may look at one room
            if self._day != day:
                self._plan = point_day(self._scenario, self._point, day) if self._point else None
                self._day = day
            return self._plan

    def _manned(self, plan: PointDay | None, at: datetime) -> list[int]:
        manned = [desk for desk, opened, closed in plan.desks if opened <= at < closed] if plan else []
        return manned[:plan.staff(at)] if plan else []

    def _public(self, plan: PointDay, desks: list[int], at: datetime) -> Iterator[_Stands]:
        for who, ticket in enumerate(plan.tickets):
            if ticket.taken <= at and (at - ticket.ended).total_seconds() < WALK_S:
                yield self._one(who, ticket, desks, at)

    def _one(self, who: int, ticket: Ticket, desks: list[int], at: datetime) -> _Stands:
        slot = self._places[who % _SLOTS]
        y, height = _ROWS[slot // _COLUMNS]
        waits = (58 + (slot % _COLUMNS + 0.5 * (slot // _COLUMNS % 2)) * 70, y, height)
        served = (_desk_x(desks, ticket.desk) + 26, *_SERVED) if ticket.desk in desks else waits
        door = (*_DOOR, 166.0)
        if at >= ticket.ended:
            return _walking(served if ticket.called else waits, door, (at - ticket.ended).total_seconds(), who)
        if ticket.called and at >= ticket.called:
            return _walking(waits, served, (at - ticket.called).total_seconds(), who)
        return _walking(door, waits, (at - ticket.taken).total_seconds(), who)


def _walking(start: tuple[float, float, float], end: tuple[float, float, float], since_s: float, who: int) -> _Stands:
    share = min(1.0, since_s / WALK_S)
    x, y, height = (a + (b - a) * share for a, b in zip(start, end, strict=True))
    if share < 1:
        return _Stands(y, x, height, who, math.sin(since_s * 6))
    # Nobody stands quite still.
    return _Stands(y, x + 3 * math.sin(since_s / 1.9 + who), height, who, 0.35 * math.sin(since_s / 2.7 + who))


def _desk_x(desks: list[int], number: int) -> float:
    place = desks.index(number) if number in desks else 0
    return 50 + (place + 0.5) * (WIDTH - 100) / max(1, len(desks))


def _desk(image: Image, x: float) -> None:
    left, right = round(x - 32), round(x + 32)
    cv2.rectangle(image, (left, 222), (right, 262), (96, 132, 164), cv2.FILLED)
    cv2.rectangle(image, (left - 3, 216), (right + 3, 222), (60, 84, 110), cv2.FILLED)


def _room(random: Random) -> Image:
    tint = random.randrange(-12, 12)
    image = blank((205 + tint, 212, 214))
    gradient(image, 0, 214, (214 + tint, 218, 216), (190 + tint, 198, 200))
    gradient(image, 214, HEIGHT, (150, 164, 172 + tint), (176, 190, 198 + tint))
    for x in range(-400, WIDTH + 400, 110):  # tiles
        cv2.line(image, (x, 214), (round(320 + (x - 320) * 2.2), HEIGHT), (158, 170, 178), 1, cv2.LINE_AA)
    cv2.rectangle(image, (120, 60), (520, 92), (140, 60, 40), cv2.FILLED)  # a board without words
    return image
