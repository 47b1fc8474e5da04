"""When and where things of several kinds begin."""

from collections import Counter
from datetime import date, datetime, timedelta
from itertools import pairwise, takewhile
from random import Random

from ioc.clock import LOCAL, start_of
from ioc.profiles.units import Unit
from simulators.engine.ground import Ground
from simulators.engine.happenings import Happening, Kind, Swing, happenings
from tests.unit.simulators.telling import profile

START = start_of(date(2026, 11, 16))
KINDS = (Kind("rare", 10.0, 1.0), Kind("frequent", 20.0, 2.0))


def found(swing: Swing, days: float, quiet_s: float = 1e9) -> list[Happening]:
    told = happenings(Random(1), START, Ground(profile()), KINDS, swing, quiet_s=quiet_s)
    return list(takewhile(lambda happening: happening.at < START + timedelta(days=days), told))


def mornings(kind: Kind, unit: Unit, at: datetime) -> float:
    del unit
    return kind.most if at.astimezone(LOCAL).hour < 12 else 0.0


def test_kinds_happen_at_their_rates_and_only_when_the_swing_lets_them() -> None:
    told = found(mornings, 4)
    kinds = Counter(happening.kind.code for happening in told)
    # 48 hours at 10 and at 40 an hour: 480 and 1,920, four standard deviations of Poisson's.
    assert abs(kinds["rare"] - 480) < 4 * 480**0.5
    assert abs(kinds["frequent"] - 1920) < 4 * 1920**0.5
    assert all(happening.at.astimezone(LOCAL).hour < 12 for happening in told)


def test_things_happen_where_people_live() -> None:
    units = Counter(happening.unit.code for happening in found(lambda *_: 1.0, 4))
    held = sorted(profile().units_on(date(2026, 11, 16)), key=lambda unit: unit.population)
    assert sum(units[unit.code] for unit in held[-10:]) > 1.3 * sum(units[unit.code] for unit in held[:10])


def test_something_happens_before_the_source_would_be_called_silent() -> None:
    told = found(lambda *_: 0.0, 1, quiet_s=600)
    moments = [START, *(happening.at for happening in told)]
    assert len(told) > 100
    assert max((b - a).total_seconds() for a, b in pairwise(moments)) <= 601
