"""A province is configuration: a profile folder holds its names, units, agencies, categories, sources and hours.

profile.toml · units.csv · agencies.csv · categories.csv · points.csv, all UTF-8; docs/operations.md says what each column means.
"""

import tomllib
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property
from importlib.abc import Traversable

import msgspec

from ioc.calendar.holidays import load_calendar
from ioc.calendar.periods import PeriodRules, load_rules
from ioc.calendar.working import WorkingCalendar
from ioc.clock import start_of
from ioc.errors import ConfigurationError
from ioc.profiles.rows import check_once, profile_folder, read_structs
from ioc.profiles.units import Agency, Unit, Units, by_code, check_agency, check_unit

PIPELINE_S = 5.0
"""Of the machine: from a source's event to the wall, with room to spare. No source can be seen to keep a shorter promise."""


class Category(msgspec.Struct, frozen=True, kw_only=True):
    """A kind of report: `priority` 1–4, `resolve_h` hours to resolve (clock hours for priority 1, working hours else)."""

    code: str
    name: str
    name_en: str
    priority: int
    accept_h: float
    resolve_h: float
    place_public: bool


class Point(msgspec.Struct, frozen=True, kw_only=True):
    """A place that cameras watch: kind 'counter' (one-stop point) or 'road'."""

    code: str
    name: str
    name_en: str
    kind: str
    unit_code: str
    lat_deg: float
    lon_deg: float


class SourceContract(msgspec.Struct, frozen=True, kw_only=True):
    """What a source promises: an event at least each `expected_s` seconds in opening hours, `expected_closed_s` outside them."""

    stream: str
    source: str
    name: str
    name_en: str
    expected_s: float
    expected_closed_s: float


class FormerTitle(msgspec.Struct, frozen=True, kw_only=True):
    """What the province was called before `until`, the first day of the next name."""

    until: date
    title: str
    title_en: str


class _File(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    key: str
    title: str
    title_en: str
    subtitle: str
    subtitle_en: str
    fictional: bool
    panels: list[str] = []
    former: list[FormerTitle] = []
    sources: list[SourceContract]


@dataclass(frozen=True, kw_only=True)
class Profile:
    """One province. `folder`: where it was read from, and where its other files lie."""

    folder: Traversable
    file: _File
    units: Units
    agencies: tuple[Agency, ...]
    categories: tuple[Category, ...]
    points: tuple[Point, ...]
    calendar: WorkingCalendar
    periods: PeriodRules

    def at_speed(self, speed: float) -> "Profile":
        """The profile as a scenario played at a speed shows it: what takes the pipeline seconds is `speed` times as long on its clock."""
        if speed <= 1:
            return self
        shortest = speed * PIPELINE_S
        sources = [msgspec.structs.replace(s, expected_s=max(s.expected_s, shortest), expected_closed_s=max(s.expected_closed_s, shortest))
                   for s in self.file.sources]
        return replace(self, file=msgspec.structs.replace(self.file, sources=sources))

    def title(self, language: str, day: date) -> str:
        """What the province is called that day."""
        named = next((f for f in sorted(self.file.former, key=lambda f: f.until) if day < f.until), self.file)
        return named.title_en if language == "en" else named.title

    def renamed_at(self, day: date) -> datetime | None:
        """Moment of the next change of name after a day; None where none is known."""
        return min((start_of(f.until) for f in self.file.former if day < f.until), default=None)

    def subtitle(self, language: str) -> str:
        return self.file.subtitle_en if language == "en" else self.file.subtitle

    def units_on(self, day: date, *, level: str = "commune") -> tuple[Unit, ...]:
        return self.units.on(day, level=level)

    def unit_name(self, code: str, day: date, language: str) -> str:
        """Name of a unit as it was called that day; its last one, marked as former, where it has ended; the code itself where none is known."""
        unit = self.units.at(code, day)
        if unit is not None:
            return unit.name_en if language == "en" else unit.name
        former = self.units.last_before(code, day)
        if former is not None:
            return f"{former.name_en} (former)" if language == "en" else f"{former.name} (cũ)"
        return code or ("no unit" if language == "en" else "chưa rõ địa bàn")

    def owner_name(self, unit_code: str, org_code: str, day: date, language: str) -> str:
        """Name of the unit, or of the agency where a dossier belongs to no unit: of the one that does its work that day."""
        agency = None if unit_code else self._agency_on(org_code, day)
        if agency is not None:
            return agency.name_en if language == "en" else agency.name
        return self.unit_name(unit_code or org_code, day, language)

    def _agency_on(self, code: str, day: date) -> Agency | None:
        held = self._agencies.get(code, ())
        for agency in held:
            if agency.valid_on(day):
                return agency
        ended = [(a.valid_to, a.successor) for a in held if a.valid_to is not None and a.valid_to <= day]
        return self._agency_on(max(ended)[1], day) if ended and max(ended)[1] else None

    def category_name(self, code: str, language: str) -> str:
        """Name of a category; an imported one keeps the name it came with."""
        found = self._categories.get(code)
        return code if found is None else found.name_en if language == "en" else found.name

    def is_open(self, at: datetime) -> bool:
        """Whether a moment lies in working time."""
        return self.calendar.is_working(at)

    @cached_property
    def _agencies(self) -> dict[str, list[Agency]]:
        return by_code(self.agencies)

    @cached_property
    def _categories(self) -> dict[str, Category]:
        return {c.code: c for c in self.categories}


def load_profile(name: str) -> Profile:
    """Read a shipped profile by name, or a profile folder by path.

    Raises:
        ConfigurationError: a missing or malformed file, with the file, line and reason.

    """
    folder = profile_folder(name)
    if not folder.joinpath("profile.toml").is_file():
        raise ConfigurationError(f"the profile '{name}' has no profile.toml: give the name of a shipped profile (soc_trang) or a folder's path")
    try:
        file = msgspec.convert(tomllib.loads(folder.joinpath("profile.toml").read_text(encoding="utf-8")), _File, strict=False)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"profile '{name}', profile.toml: {error}") from None
    profile = Profile(
        folder=folder,
        file=file,
        units=Units(read_structs(folder, "units.csv", Unit)),
        agencies=read_structs(folder, "agencies.csv", Agency),
        categories=read_structs(folder, "categories.csv", Category),
        points=read_structs(folder, "points.csv", Point),
        calendar=load_calendar(folder),
        periods=load_rules(folder),
    )
    _check_references(name, profile)
    return profile


def _check_references(name: str, profile: Profile) -> None:
    check_once(f"profile '{name}', categories.csv", [c.code for c in profile.categories])
    check_once(f"profile '{name}', points.csv", [p.code for p in profile.points])
    known = profile.units.by_code
    named = [(a.code, a.unit_code) for a in profile.agencies] + [(p.code, p.unit_code) for p in profile.points]
    for code, unit_code in named:
        if unit_code and unit_code not in known:
            raise ConfigurationError(f"profile '{name}': '{code}' names the unit '{unit_code}', which units.csv lacks")
    for line, unit in enumerate(profile.units, start=2):
        check_unit(f"profile '{name}', units.csv, line {line}", unit, profile.units)
    for line, agency in enumerate(profile.agencies, start=2):
        check_agency(f"profile '{name}', agencies.csv, line {line}", agency, profile.agencies)
