"""The agencies that take dossiers in, as they are on each day, and who goes on with the work of one that is abolished."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from random import Random

from ioc.clock import LOCAL, start_of
from ioc.profiles import Profile
from ioc.profiles.units import Agency
from simulators.engine.chance import Lot
from simulators.engine.world import World

SHARES = {True: {"province": 0.10, "district": 0.30, "commune": 0.60}, False: {"province": 0.25, "commune": 0.75}}
"""Share of the levels with districts and without (domain notes, 7: assumed)."""
WORSE_UNITS = 3
LATE, LINGER = 0.0008, 0.0004
WORSE_LATE, WORSE_LINGER = 0.012, 0.03


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """An agency that takes dossiers in. `known_on`: day on which its unit is looked up; `until`: moment from which it is no more.

    `late_ratio`, `linger_ratio`: how often it finishes late or lets one linger.
    """

    org_code: str
    unit_code: str
    level: str
    known_on: date
    until: datetime | None
    late_ratio: float
    linger_ratio: float

    @property
    def key(self) -> str:
        """What a scenario calls it: its unit; the agency's own code where it serves the whole province."""
        return self.unit_code or self.org_code


class Office:
    """All desks of a time, drawn by their share."""

    def __init__(self, shares: Sequence[tuple[Desk, float]]) -> None:
        self.by_org = {desk.org_code: desk for desk, _ in shares}
        self.draw = Lot(shares).draw


class Desks:
    """The desks of all days; days before the profile's register begins have those of its first day."""

    def __init__(self, profile: Profile, world: World) -> None:
        self._profile = profile
        self._world = world
        self._changes = sorted({day for a in profile.agencies for day in (a.valid_from, a.valid_to) if day})
        self._since = lru_cache(None)(self._office)

    def on(self, day: date) -> Office:
        """Desks of a day."""
        return self._since(self._changes[max(0, bisect_right(self._changes, day) - 1)])

    def heir(self, random: Random, desk: Desk, day: date) -> Desk:
        """Who goes on with a desk's work from the day on: its successor, else the successor of a commune that lay in its district."""
        office, ended = self.on(day), {a.code: a for a in self._profile.agencies if a.valid_to == day}
        agency = ended.get(desk.org_code)
        if agency and agency.successor in office.by_org:
            return office.by_org[agency.successor]
        within = {u.code: u.population for u in self._profile.units if u.valid_to == day and u.parent_code == desk.unit_code and u.parent_code}
        heirs = [(office.by_org[a.successor], within[a.unit_code]) for a in ended.values() if a.unit_code in within and a.successor in office.by_org]
        return Lot(heirs).draw(random) if heirs else office.draw(random)

    def _office(self, day: date) -> Office:
        levels: dict[str, list[tuple[Agency, int]]] = {"province": [], "district": [], "commune": []}
        for agency in (a for a in self._profile.agencies if a.valid_on(day)):
            unit = self._profile.units.at(agency.unit_code, day) if agency.unit_code else None
            if unit is None or unit.level != "province":
                levels[unit.level if unit else "province"].append((agency, unit.population if unit else 1))
        worse = self._worse(day, levels["commune"])
        shares: list[tuple[Desk, float]] = []
        for level, share in SHARES[bool(levels["district"])].items():
            total = sum(size for _, size in levels[level])
            for agency, size in levels[level]:
                shares.append((_desk(agency, level, day, is_worse=agency.code in worse), share * size / total))
        return Office(shares)

    def _worse(self, day: date, communes: Sequence[tuple[Agency, int]]) -> set[str]:
        codes = [agency.code for agency, _ in communes]
        return set(self._world.random("dossier.worse", day).sample(codes, min(WORSE_UNITS, len(codes))))


def _desk(agency: Agency, level: str, day: date, *, is_worse: bool) -> Desk:
    return Desk(org_code=agency.code, unit_code=agency.unit_code, level=level, known_on=day,
                until=start_of(agency.valid_to) if agency.valid_to else None,
                late_ratio=WORSE_LATE if is_worse else LATE, linger_ratio=WORSE_LINGER if is_worse else LINGER)


@dataclass(slots=True)
class Numbers:
    """Codes of new dossiers: <organisation>-<YYMMDD>-<sequence>, the sequence anew each day."""

    day: str = ""
    counts: Counter[str] = field(default_factory=Counter)

    def code(self, desk: Desk, at: datetime) -> str:
        day = f"{at.astimezone(LOCAL):%y%m%d}"
        if day != self.day:
            self.day, self.counts = day, Counter()
        self.counts[desk.org_code] += 1
        return f"{desk.org_code}-{day}-{self.counts[desk.org_code]:04}"
