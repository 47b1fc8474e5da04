"""A road with vehicles, and a square with people who walk over it."""

import math
from collections.abc import Callable
from datetime import datetime
from random import Random

import cv2

from ioc.clock import LOCAL
from simulators.engine.contract import Scenario
from simulators.engine.traffic import JAM, demand, speed_kmh
from simulators.pictures.canvas import HEIGHT, WIDTH, Image, blank, gradient
from simulators.pictures.figures import car, look, lorry, motorbike, paint, person
from simulators.pictures.passing import Lane, Passer, Passing

LINE = "0.5 0.98, 0.5 0.3"
"""What is counted crosses this line, as cameras.csv has it: to the right is 'in'."""
_BUSIEST_A_MIN, _WALKERS_A_MIN = 22.0, 9.0
_PIXELS_A_KMH = 3.2
_ROAD_LANES, _ROAD_Y = (Lane(ahead=-1, gap_s=1.6), Lane(ahead=1, gap_s=1.6)), (302.0, 392.0)
_WALKS, _WALK_PLACES = (Lane(ahead=0, gap_s=3.0),) * 3, ((330.0, 128.0), (392.0, 152.0), (456.0, 178.0))
_LIGHT_H = (0.45, 0.45, 0.45, 0.45, 0.45, 0.6, 0.85, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 0.95, 0.8, 0.55, 0.45, 0.45, 0.45, 0.45, 0.45)


class RoadScene:
    """Two lanes from the side: the far one to the left, the near one to the right."""

    def __init__(self, name: str, scenario: Scenario, size: float) -> None:
        def wanted(at: datetime) -> float:
            return demand(scenario, at.astimezone(LOCAL))

        self.passing = Passing(name, scenario, _ROAD_LANES, lambda at: _BUSIEST_A_MIN * size * min(wanted(at), JAM),
                               lambda at, random: _PIXELS_A_KMH * speed_kmh(wanted(at), scenario.world.rain_mm_h(at)) * random.uniform(0.9, 1.1))
        self._ground = _street(Random(name))

    def draw(self, at: datetime) -> Image:
        return _drawn(self._ground, self.passing, at, _vehicle)

    def light(self, at: datetime) -> float:
        return _daylight(at)


class SquareScene:
    """People who walk over a square, near and far."""

    def __init__(self, name: str, scenario: Scenario, size: float) -> None:
        self.passing = Passing(name, scenario, _WALKS, lambda at: _WALKERS_A_MIN * size * demand(scenario, at.astimezone(LOCAL)),
                               lambda _, random: random.uniform(52, 74))
        self._ground = _square(Random(name))

    def draw(self, at: datetime) -> Image:
        return _drawn(self._ground, self.passing, at, _walker)

    def light(self, at: datetime) -> float:
        return _daylight(at)


def _drawn(ground: Image, passing: Passing, at: datetime, one: Callable[[Image, Passer, datetime], None]) -> Image:
    image = ground.copy()
    for passer in sorted(passing.seen(at), key=lambda p: p.lane):
        one(image, passer, at)
    return image


def _vehicle(image: Image, passer: Passer, at: datetime) -> None:
    random, place = Random(passer.luck), (passer.x(at), _ROAD_Y[passer.lane])
    kind, colour = random.random(), paint(random)
    if kind < 0.6:
        motorbike(image, place, passer.ahead, colour, look(random))
    elif kind < 0.9:
        car(image, place, passer.ahead, colour)
    else:
        lorry(image, place, passer.ahead, colour)


def _walker(image: Image, passer: Passer, at: datetime) -> None:
    random = Random(passer.luck)
    y, height = _WALK_PLACES[passer.lane]
    x = passer.x(at)
    person(image, (x, y + random.uniform(-8, 8)), height * random.uniform(0.94, 1.06), look(random), math.sin(x / (0.12 * height)))


def _daylight(at: datetime) -> float:
    local = at.astimezone(LOCAL)
    now, then = _LIGHT_H[local.hour], _LIGHT_H[(local.hour + 1) % 24]
    return now + (then - now) * local.minute / 60


def _street(random: Random) -> Image:
    image = blank((120, 120, 120))
    gradient(image, 0, 170, (235, 205, 175), (240, 230, 220))
    _houses(image, random, 170)
    gradient(image, 170, 232, (110, 150, 120), (120, 140, 130))
    gradient(image, 232, 420, (142, 142, 142), (158, 158, 158))
    for x in range(-20, WIDTH, 90):
        cv2.rectangle(image, (x, 322), (x + 46, 326), (225, 225, 225), cv2.FILLED)
    gradient(image, 420, HEIGHT, (120, 140, 130), (104, 128, 118))
    return image


def _square(random: Random) -> Image:
    image = blank((170, 170, 170))
    gradient(image, 0, 150, (235, 205, 175), (240, 230, 220))
    _houses(image, random, 200)
    gradient(image, 200, HEIGHT, (150, 158, 164), (184, 190, 196))
    for y in range(210, HEIGHT, 34):
        cv2.line(image, (0, y), (WIDTH, y), (160, 168, 174), 1, cv2.LINE_AA)
    return image


def _houses(image: Image, random: Random, ground: int) -> None:
    x = -random.randrange(60)
    while x < WIDTH:
        wide, high, shade = random.randrange(60, 150), random.randrange(50, 120), random.randrange(120, 205)
        cv2.rectangle(image, (x, ground - high), (x + wide, ground), (shade, shade - 10, shade - 20), cv2.FILLED)
        for left in range(x + 12, x + wide - 20, 30):
            cv2.rectangle(image, (left, ground - high + 14), (left + 14, ground - high + 34), (90, 80, 70), cv2.FILLED)
        x += wide + random.randrange(4, 20)
