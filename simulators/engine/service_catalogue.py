"""The catalogue of public services as 2023 ended: codes, levels, sectors and who offers what."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import chain, repeat
from random import Random

from ioc.profiles import Profile
from ioc.profiles.units import Agency
from simulators.engine.chance import Lot

LEVELS = {"full": 1015, "partial": 343, "information": 420}
PROCEDURES, INTEGRATED, PAYABLE = 1303, 956, 620
SECTORS = {"DD": 14, "XD": 10, "KD": 12, "HT": 4, "CT": 3, "BT": 9, "GD": 10, "YT": 11, "NN": 12, "GT": 10, "TP": 8, "VH": 9, "KH": 5}
KNOWN = {"2.000815": "CT", "1.001193": "HT", "1.004873": "HT", "1.000894": "HT", "9.100105": "BT", "9.200107": "KD", "9.300110": "XD",
         "9.400115": "DD", "9.400120": "DD", "1.004946": "BT"}
"""Procedures of the simulated dossiers, the most asked first, and their sectors: each has a service that goes online all the way."""
FIRST_MADE_UP = 500_000
_LOT = Lot(SECTORS.items())


@dataclass(slots=True, kw_only=True)
class Service:
    """One service on offer. `code`: its procedure's national code and the service's number; `org_code`: who offers it now."""

    code: str
    sector: str
    level: str
    org_code: str
    integrated: bool = False
    payable: bool = False


def catalogue(random: Random, profile: Profile, day: date) -> list[Service]:
    """1,778 services of 1,303 procedures in the order in which they are told; the known procedures come first."""
    procedures = [*KNOWN, *(f"9.{FIRST_MADE_UP + n}" for n in range(PROCEDURES - len(KNOWN)))]
    sectors = KNOWN | {p: sector(random) for p in procedures[len(KNOWN):]}
    twice = random.sample(procedures, sum(LEVELS.values()) - PROCEDURES)
    codes = [(p, f"{p}.01") for p in procedures] + [(p, f"{p}.02") for p in sorted(twice)]
    levels = list(chain.from_iterable(repeat(level, n - len(KNOWN) * (level == "full")) for level, n in LEVELS.items()))
    random.shuffle(levels)
    levels = ["full"] * len(KNOWN) + levels
    orgs = offices(profile, day)
    services = [Service(code=code, sector=sectors[p], level=level, org_code=office_of(sectors[p], orgs))
                for (p, code), level in zip(codes, levels, strict=True)]
    online = [s for s in services if s.level != "information"]
    for service in [*online[:len(KNOWN)], *random.sample(online[len(KNOWN):], INTEGRATED - len(KNOWN))]:
        service.integrated = True
    for service in random.sample(online, PAYABLE):
        service.payable = True
    return services


def sector(random: Random) -> str:
    return _LOT.draw(random)


def offices(profile: Profile, day: date) -> Sequence[Agency]:
    """Agencies of the whole province that day; all agencies where a profile knows none."""
    valid = [a for a in profile.agencies if a.valid_on(day)]
    return [a for a in valid if not a.unit_code] or valid


def office_of(sector: str, orgs: Sequence[Agency]) -> str:
    """The agency whose sector it is, in turn; '' where there is none."""
    return orgs[list(SECTORS).index(sector) % len(orgs)].code if orgs else ""
