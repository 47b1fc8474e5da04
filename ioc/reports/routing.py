"""To which agency a report is best sent: the most special rule that held when it came, then wider ones, then the commune itself."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import msgspec

from ioc.errors import ConfigurationError
from ioc.profiles import Profile
from ioc.profiles.rows import read_structs
from ioc.profiles.units import Agency
from ioc.words import Words

FILE = "routing.csv"
MOST = 3


class Route(msgspec.Struct, frozen=True, kw_only=True):
    """One rule, in force from `valid_from` until before `valid_to`.

    Empty `category`, `unit_code` = any; empty `agency` = the commune's own committee.
    """

    category: str
    unit_code: str
    agency: str
    valid_from: date
    valid_to: date | None
    reason: str
    reason_en: str

    def held(self, category: str, unit_code: str, day: date) -> bool:
        return (self.category in {"", category} and self.unit_code in {"", unit_code} and self.valid_from <= day
                and (self.valid_to is None or day < self.valid_to))

    @property
    def rank(self) -> tuple[bool, bool]:
        """The more special the smaller: a unit says more than a category."""
        return not self.unit_code, not self.category


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """An agency, its name, and why."""

    org: str
    name: str
    why: str


def load_routing(profile: Profile) -> tuple[Route, ...]:
    """Rules of a profile; none where it has no routing.csv.

    Raises:
        ConfigurationError: a category, unit or agency that is none while the rule holds, or a rule that stands twice, with the line.

    """
    found = read_structs(profile.folder, FILE, Route, optional=True)
    categories = {category.code for category in profile.categories}
    seen: dict[tuple[str, str, str, date], int] = {}
    for line, route in enumerate(found, start=2):
        _check(f"{FILE}, line {line}", route, categories, profile)
        key = (route.category, route.unit_code, route.agency, route.valid_from)
        if key in seen:
            raise ConfigurationError(f"{FILE}, line {line}: the same rule stands in line {seen[key]}: take one of the two out")
        seen[key] = line
    return found


def _check(where: str, route: Route, categories: set[str], profile: Profile) -> None:
    if route.valid_to is not None and route.valid_to <= route.valid_from:
        raise ConfigurationError(f"{where}: the rule ends on {route.valid_to}, not after its start: mend the dates")
    if route.category and route.category not in categories:
        raise ConfigurationError(f"{where}: '{route.category}' is no category of categories.csv")
    if route.unit_code and profile.units.at(route.unit_code, route.valid_from) is None:
        raise ConfigurationError(f"{where}: '{route.unit_code}' is no unit on {route.valid_from}")
    if route.agency and not _stands(profile.agencies, route):
        raise ConfigurationError(f"{where}: the agency '{route.agency}' is not there for as long as the rule holds: end the rule with it (valid_to)")


def suggestions(words: Words, profile: Profile, routes: Sequence[Route], report: tuple[str, str], day: date) -> list[Suggestion]:
    """At most MOST agencies that were there on the day, the most special rule first. `report`: category and unit code."""
    category, unit_code = report
    held = sorted((route for route in routes if route.held(category, unit_code, day)), key=lambda route: route.rank)
    own = _committee(profile.agencies, unit_code, day)
    found: dict[str, Suggestion] = {}
    for route in held:
        agency = _on(profile.agencies, route.agency, day) if route.agency else own
        if agency is not None and agency.code not in found:
            found[agency.code] = _told(words, agency, route.reason if words.language == "vi" else route.reason_en)
    if own is not None and own.code not in found:
        found[own.code] = _told(words, own, words("nơi xảy ra thuộc địa bàn của cơ quan này"))
    return list(found.values())[:MOST]


def _told(words: Words, agency: Agency, why: str) -> Suggestion:
    return Suggestion(org=agency.code, name=agency.name if words.language == "vi" else agency.name_en, why=why)


def _committee(agencies: Sequence[Agency], unit_code: str, day: date) -> Agency | None:
    return next((a for a in agencies if unit_code and a.unit_code == unit_code and a.valid_on(day)), None)


def _on(agencies: Sequence[Agency], code: str, day: date) -> Agency | None:
    return next((a for a in agencies if a.code == code and a.valid_on(day)), None)


def _stands(agencies: Sequence[Agency], route: Route) -> bool:
    return any(a.code == route.agency and a.valid_on(route.valid_from)
               and (a.valid_to is None or (route.valid_to is not None and route.valid_to <= a.valid_to)) for a in agencies)
