"""What a scenario changes, asked by moment, unit and kind."""

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime

from ioc.errors import InputError
from ioc.profiles.scenarios import Effect


class Effects:
    """The effects of a scenario; without any, every factor is 1 and every amount 0."""

    def __init__(self, effects: Iterable[Effect] = ()) -> None:
        self._by_name: dict[str, list[Effect]] = defaultdict(list)
        for effect in effects:
            self._by_name[effect.what].append(effect)

    def check(self, known: Iterable[str], everywhere: Iterable[str] = ()) -> None:
        """Raise InputError where an effect has a name that nothing here understands, or one of `everywhere` is limited to a place."""
        known = sorted({*known, *everywhere})
        for name in everywhere:
            if any(e.units or e.only for e in self._by_name.get(name, ())):
                raise InputError(f"the effect '{name}' holds everywhere: leave out its 'units' and 'only'")
        for name in self._by_name:
            if name not in known:
                raise InputError(f"nothing here understands the effect '{name}'; known are {', '.join(known)}")

    def factor(self, what: str, at: datetime, *, unit: str = "", kind: str = "") -> float:
        """Product of the factors that hold now; 1 where there is none."""
        found = self._by_name.get(what)
        return math.prod(e.by for e in _holding(found, at, unit, kind)) if found else 1.0

    def amount(self, what: str, at: datetime, *, unit: str = "", kind: str = "") -> float:
        """Sum of the amounts that hold now; 0 where there is none."""
        found = self._by_name.get(what)
        return sum(e.by for e in _holding(found, at, unit, kind)) if found else 0.0

    def holds(self, what: str, at: datetime, *, unit: str = "", kind: str = "") -> bool:
        found = self._by_name.get(what)
        return bool(found) and any(True for _ in _holding(found or (), at, unit, kind))

    def has(self, what: str) -> bool:
        """Whether such an effect holds anywhere at any time."""
        return what in self._by_name

    def most(self, what: str) -> float:
        """No factor of this name is ever greater than this: what an arrival process is thinned from."""
        return math.prod(max(1.0, e.by) for e in self._by_name.get(what, ()))


def _holding(effects: Iterable[Effect], at: datetime, unit: str, kind: str) -> Iterator[Effect]:
    return (e for e in effects if e.start <= at < e.end and (not e.units or unit in e.units) and (not e.only or kind in e.only))
