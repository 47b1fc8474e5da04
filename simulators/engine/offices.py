"""The agencies of a day, as simulators of office work see them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from ioc.profiles import Profile
from ioc.profiles.units import Agency
from simulators.engine.world import World

WORSE_OFFICES = 3
COMMON = frozenset({"UBND"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """One agency. `level`: province, district or commune; `sign`: as in a document's symbol; `is_worse`: slower and more often late."""

    code: str
    unit_code: str
    level: str
    sign: str
    is_worse: bool

    @property
    def is_local(self) -> bool:
        return self.level in {"district", "commune"}


class Offices:
    """Who works on a day."""

    def __init__(self, profile: Profile, world: World) -> None:
        self._profile = profile
        self._world = world
        self.on = lru_cache(64)(self._on)

    def _on(self, day: date) -> Sequence[Office]:
        """Agencies of a day: those of the whole province first, then by code."""
        held = sorted((a for a in self._profile.agencies if a.valid_on(day)), key=lambda a: (bool(a.unit_code), a.code))
        local = [a.code for a in held if a.unit_code]
        worse = set(self._world.random("offices", "worse", len(held)).sample(local, min(WORSE_OFFICES, len(local))))
        return [self._office(a, day, is_worse=a.code in worse) for a in held]

    def _office(self, agency: Agency, day: date, *, is_worse: bool) -> Office:
        unit = self._profile.units.at(agency.unit_code, day) if agency.unit_code else None
        level = unit.level if unit else "province"
        return Office(code=agency.code, unit_code=agency.unit_code, level=level, sign=sign(agency.name), is_worse=is_worse)

    def lead(self, day: date) -> str:
        """Code under which the province's own documents go out: H13 of H13.02."""
        return self.on(day)[0].code.partition(".")[0]

    def named(self, name: str, day: date) -> str:
        """Code of the agency of a name; '' where the profile has none."""
        return next((a.code for a in self._profile.agencies if a.name == name and a.valid_on(day)), "")


def sign(name: str) -> str:
    """Sign of an agency in a symbol: UBND for every people's committee, else the initials: SNV of Sở Nội vụ."""
    words = name.replace(",", " ").replace("–", " ").split()
    if words and words[0] in COMMON:
        return words[0]
    return "".join(word[0].upper() for word in words)[:6]
