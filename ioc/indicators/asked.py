"""Which figures are entered by hand, by which agency and by when: a profile's entry.toml."""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from importlib.abc import Traversable
from itertools import product
from typing import Annotated

import msgspec

from ioc.calendar.written import Grain, last_day, written
from ioc.errors import ConfigurationError
from ioc.indicators.catalogue import Catalogue, Indicator, Level
from ioc.indicators.period import Span, parse_period
from ioc.profiles import Profile
from ioc.profiles.units import Agency

FILE = "entry.toml"
LOOK_BACK = timedelta(days=400)
"""How long after a period's end its figure is asked for; as rule RI-05 looks back."""
WorkingDays = Annotated[int, msgspec.Meta(ge=1, le=250)]


class Demand(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Indicators that are asked for at these levels and periods. `due_working_days`: other than what holds for the kind of period."""

    indicators: tuple[str, ...]
    levels: tuple[Level, ...]
    periods: tuple[Grain, ...]
    due_working_days: WorkingDays | None = None


class Demands(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An entry.toml. `since`: periods that end before it are not asked for; `owners`: `owner` of indicators.csv → code of the agency."""

    since: date
    due_working_days: Mapping[Grain, WorkingDays] = {}
    owners: Mapping[str, str] = {}
    asked: tuple[Demand, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One figure that an agency has to enter. `org_code`, `unit_code`: whom it describes, both empty for the province; `due_at`: in UTC."""

    indicator: Indicator
    org_code: str
    unit_code: str
    agency: str
    period: Span
    due_at: datetime

    @property
    def subject(self) -> str:
        """As its events bear it."""
        return f"{self.indicator.id}/{self.org_code or self.unit_code or 'province'}/{self.period.text}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a province asks for."""

    demands: Demands
    catalogue: Catalogue
    profile: Profile

    def due(self, today: date) -> list[Figure]:
        """Figures whose period ended before a day, and not too long ago."""
        return self.between(today - LOOK_BACK, today - timedelta(days=1))

    def between(self, first: date, last: date) -> list[Figure]:
        """Figures whose periods end between two days, both included, by deadline."""
        if self.demands.since > last:
            return []
        found = {f.subject: f for f in self._between(max(first, self.demands.since), last)}
        return sorted(found.values(), key=lambda f: (f.due_at, f.subject))

    def _between(self, first: date, last: date) -> Iterator[Figure]:
        for demand in self.demands.asked:
            for indicator, kind in product((self.catalogue.indicators[i] for i in demand.indicators), demand.periods):
                for period in _ending(kind, first, last):
                    due_at = self._due_at(demand, period)
                    for level in demand.levels:
                        for org_code, unit_code, agency in self._tellers(indicator, level, period.last_day):
                            yield Figure(indicator=indicator, org_code=org_code, unit_code=unit_code, agency=agency, period=period, due_at=due_at)

    def _due_at(self, demand: Demand, period: Span) -> datetime:
        days = demand.due_working_days or self.demands.due_working_days[period.kind]
        calendar = self.profile.calendar
        return calendar.closing(calendar.next_working_day(period.last_day, days))

    def _tellers(self, indicator: Indicator, level: Level, day: date) -> Sequence[tuple[str, str, str]]:
        """(org_code, unit_code, agency that enters it) of a level on a day: the owner for the province, everybody else for themselves."""
        held = [a for a in self.profile.agencies if a.valid_on(day)]
        if level == "agency":
            return [(a.code, "", a.code) for a in held if not a.unit_code]
        if level == "unit":
            return [("", a.unit_code, a.code) for a in held if (unit := self.profile.units.at(a.unit_code, day)) and unit.level != "province"]
        return [("", "", a.code) for a in held if _is_owner(a, indicator.owner, self.demands)][:1]


def load_asked(profile: Profile, catalogue: Catalogue) -> Asked:
    """What a profile folder's entry.toml asks for; nothing where there is none.

    Raises:
        ConfigurationError: a malformed file, or one that names what the profile does not have.

    """
    asked = Asked(demands=_read(profile.folder.joinpath(FILE)), catalogue=catalogue, profile=profile)
    for demand in asked.demands.asked:
        _check(demand, asked)
    return asked


def _read(file: Traversable) -> Demands:
    if not file.is_file():
        return Demands(since=date.max)
    try:
        return msgspec.convert(tomllib.loads(file.read_text(encoding="utf-8")), Demands)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, msgspec.ValidationError) as error:
        raise ConfigurationError(f"{FILE}: {error}") from None


def _check(demand: Demand, asked: Asked) -> None:
    demands, agencies = asked.demands, asked.profile.agencies
    if lacking := [kind for kind in demand.periods if kind not in demands.due_working_days and demand.due_working_days is None]:
        raise ConfigurationError(f"{FILE}: [due_working_days] lacks '{lacking[0]}': say after how many working days its figures are late")
    for name in demand.indicators:
        found = asked.catalogue.indicators.get(name)
        if found is None:
            raise ConfigurationError(f"{FILE}: indicators.csv lacks '{name}'")
        if odd := [*set(demand.periods) - set(found.periods), *set(demand.levels) - set(found.levels)]:
            raise ConfigurationError(f"{FILE}: indicators.csv does not have '{name}' told by '{odd[0]}'")
        if "province" in demand.levels and not any(_is_owner(a, found.owner, demands) for a in agencies):
            raise ConfigurationError(f"{FILE}: no agency is called '{found.owner}', the owner of '{name}': name its code under [owners]")


def _is_owner(agency: Agency, owner: str, demands: Demands) -> bool:
    return agency.code == demands.owners[owner] if owner in demands.owners else agency.name == owner


def _ending(kind: Grain, first: date, last: date) -> Iterator[Span]:
    """Periods of a kind whose last day lies between two days, both included."""
    day = first
    while (ends := last_day(written(kind, day))) <= last:
        yield parse_period(written(kind, day))
        day = ends + timedelta(days=1)
