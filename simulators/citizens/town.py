"""Causes and who tells of them: the same seed tells the same, and knows which tellings have one cause."""

import math
from collections import deque
from dataclasses import dataclass, field
from datetime import datetime
from random import Random

from ioc.clock import local_day
from ioc.profiles import Profile
from simulators.citizens.vocabulary import Hand, Kind, spelt, vocabulary
from simulators.engine.ground import KM_PER_DEGREE, Ground, near

REALISM = """\
True to life: nothing is measured; the shapes follow what reports of cities look like: several people tell of one cause in other words,
minutes to days apart, a pin up to 150 m off, under another category at times, without accents or with mistypings, some without place or text.
Assumed: 40 % of the tellings are about a cause that was told before, the likelier the younger it is (mean 36 h); of new causes 35 % lie in
the street of another one of the same category (another hole in the same street); 18 % have no place, 8 % no text, 45 % a picture, of which
30 % hand on the picture of another; 18 % are filed under another category.
Made up: every word, street, house number, person, number and picture. Streets are names that many towns have, laid anywhere."""

AGAIN, NEXT_DOOR = 0.40, 0.35
NO_PLACE, NO_TEXT, NO_ADDRESS, MISTAKEN = 0.18, 0.08, 0.55, 0.18
PICTURE, HANDED_ON = 0.45, 0.30
FADES_H = 36.0
STREET_KM = 1.2


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """One thing that is wrong. `along`: 0 to 1 of its street; place (lon_deg, lat_deg)."""

    number: int
    kind: Kind
    variety: int
    traits: tuple[int, ...]
    spot: int
    street: "Street"
    along: float
    began_at: datetime

    @property
    def place(self) -> tuple[float, float]:
        return self.street.place(self.along)

    @property
    def house(self) -> int:
        return 1 + int(self.along * 240)


@dataclass(frozen=True, slots=True, kw_only=True)
class Street:
    """A straight street from `start` (lon, lat) in a direction (radians)."""

    name: str
    start: tuple[float, float]
    direction: float

    def place(self, along: float) -> tuple[float, float]:
        lon, lat = self.start
        degrees = along * STREET_KM / KM_PER_DEGREE
        return lon + degrees * math.cos(self.direction) / math.cos(math.radians(lat)), lat + degrees * math.sin(self.direction)


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """One report as a citizen sends it. `cause`: the label; `picture`: seed of the drawn picture and whether it was handed on, None = none."""

    number: int
    cause: int
    at: datetime
    category: str
    text: str
    address: str
    place: tuple[float, float] | None
    picture: tuple[int, bool] | None
    citizen: int


@dataclass(slots=True)
class Town:
    """Citizens of a province and what they see. `streets_n`: how many streets a unit has."""

    random: Random
    profile: Profile
    streets_n: int = 6
    citizens_n: int = 80
    causes: list[Cause] = field(default_factory=list)
    _recent: deque[Cause] = field(default_factory=lambda: deque(maxlen=400))
    _streets: dict[str, list[Street]] = field(default_factory=dict)
    _pictures: dict[int, int] = field(default_factory=dict)
    _told: int = 0

    def telling(self, at: datetime) -> Telling:
        """The next report, sent at a moment that is not before the last one."""
        random = self.random
        cause = self._known(at) if random.random() < AGAIN else None
        cause = cause or self._new(at)
        self._told += 1
        hand, kind = Hand.drawn(random), cause.kind
        return Telling(
            number=self._told, cause=cause.number, at=at, citizen=random.randrange(self.citizens_n),
            category=random.choice(kind.mistaken) if random.random() < MISTAKEN else kind.category,
            text="" if random.random() < NO_TEXT else spelt(random, hand, _said(random, cause)),
            address="" if random.random() < NO_ADDRESS else spelt(random, hand, _address(random, cause)),
            place=None if random.random() < NO_PLACE else _pin(random, cause),
            picture=self._picture(cause) if random.random() < PICTURE else None)

    def _known(self, at: datetime) -> Cause | None:
        ages = [math.exp(-(at - cause.began_at).total_seconds() / 3600 / FADES_H) for cause in self._recent]
        return self.random.choices(self._recent, ages)[0] if sum(ages) > 1e-6 else None

    def _new(self, at: datetime) -> Cause:
        random = self.random
        beside = random.choice(list(self._recent)[-40:]) if self._recent and random.random() < NEXT_DOOR else None
        kinds = vocabulary().kinds
        kind = beside.kind if beside else random.choices(kinds, [k.share for k in kinds])[0]
        street = beside.street if beside else self._street(at)
        along = min(1.0, max(0.0, beside.along + random.uniform(-0.2, 0.2))) if beside else random.random()
        cause = Cause(number=len(self.causes) + 1, kind=kind, variety=random.randrange(len(kind.varieties)),
                      traits=tuple(random.sample(range(len(kind.traits)), 2)), spot=random.randrange(len(vocabulary().spots.ways)),
                      street=street, along=along, began_at=at)
        self.causes.append(cause)
        self._recent.append(cause)
        return cause

    def _street(self, at: datetime) -> Street:
        ground = Ground(self.profile)
        unit = ground.unit(self.random, local_day(at))
        if unit.code not in self._streets:
            self._streets[unit.code] = self._laid(unit.lat_deg, unit.lon_deg)
        return self.random.choice(self._streets[unit.code])

    def _laid(self, lat: float, lon: float) -> list[Street]:
        names = self.random.sample(vocabulary().talk.streets, self.streets_n)
        return [Street(name=name, start=near(self.random, (lon, lat), 1.0), direction=self.random.uniform(0, 2 * math.pi)) for name in names]

    def _picture(self, cause: Cause) -> tuple[int, bool]:
        known = self._pictures.get(cause.number)
        if known is not None and self.random.random() < HANDED_ON:
            return known, True
        self._pictures[cause.number] = self.random.getrandbits(32)
        return self._pictures[cause.number], False


def _said(random: Random, cause: Cause) -> str:
    talk, kind = vocabulary().talk, cause.kind
    parts = [random.choice(kind.varieties[cause.variety])]
    parts += [random.choice(kind.traits[n]) for n in cause.traits if random.random() < 0.45]
    if random.random() < 0.2:  # what this one saw beside it
        parts.append(random.choice(random.choice(kind.traits)))
    if random.random() < 0.45:
        parts.append(random.choice(vocabulary().spots.ways[cause.spot]))
    if random.random() < 0.5:
        parts.append(random.choice(talk.places).format(street=cause.street.name, n=_house(random, cause)))
    random.shuffle(parts)
    whole = ", ".join(parts)
    return " ".join(part for part in (random.choice(talk.greetings), f"{whole[0].upper()}{whole[1:]}.", random.choice(talk.endings)) if part)


def _address(random: Random, cause: Cause) -> str:
    street = cause.street.name
    return f"{_house(random, cause)} {street}" if random.random() < 0.5 else random.choice(("Đường {}", "{}", "đg {}")).format(street)


def _house(random: Random, cause: Cause) -> int:
    return max(1, cause.house + random.choice((0, 0, 0, -4, -2, 2, 4, 6)))


def _pin(random: Random, cause: Cause) -> tuple[float, float]:
    if random.random() < 0.6:  # the phone's own place, read beside the thing
        return near(random, cause.place, 0.04)
    return near(random, cause.place, 0.15)
