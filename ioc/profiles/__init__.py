"""A province is configuration: a profile folder holds its names, units, agencies, categories, sources and hours.

profile.toml · units.csv · agencies.csv · categories.csv · points.csv, all UTF-8; docs/operations.md says what each column means.
"""

import csv
import tomllib
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import cached_property
from importlib import resources
from importlib.abc import Traversable
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from ioc.clock import LOCAL
from ioc.errors import ConfigurationError

Row = TypeVar("Row", bound=msgspec.Struct)


class Unit(msgspec.Struct, frozen=True, kw_only=True):
    """An administrative unit in the time it was valid: codes are used again, so the key is (code, valid_from)."""

    code: str
    name: str
    name_en: str
    kind: str
    valid_from: date
    valid_to: date | None
    area_km2: float
    lat_deg: float
    lon_deg: float
    population: int

    def valid_on(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_to is None or day < self.valid_to)


class Agency(msgspec.Struct, frozen=True, kw_only=True):
    """An organisation that handles dossiers or reports; `unit_code` is empty for one of the whole province."""

    code: str
    name: str
    name_en: str
    unit_code: str
    valid_from: date
    valid_to: date | None


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


class _File(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    key: str
    title: str
    title_en: str
    subtitle: str
    subtitle_en: str
    fictional: bool
    opening: list[tuple[time, time]]
    working_weekdays: list[int]
    panels: list[str] = []
    sources: list[SourceContract]


@dataclass(frozen=True, kw_only=True)
class Profile:
    """One province."""

    file: _File
    units: tuple[Unit, ...]
    agencies: tuple[Agency, ...]
    categories: tuple[Category, ...]
    points: tuple[Point, ...]

    def title(self, language: str) -> str:
        return self.file.title_en if language == "en" else self.file.title

    def subtitle(self, language: str) -> str:
        return self.file.subtitle_en if language == "en" else self.file.subtitle

    def units_on(self, day: date) -> tuple[Unit, ...]:
        """Units valid on a local day."""
        return tuple(u for u in self.units if u.valid_on(day))

    def unit_name(self, code: str, day: date, language: str) -> str:
        """Name of a unit as it was called that day; the code itself where none is known."""
        for unit in self._by_code.get(code, ()):
            if unit.valid_on(day):
                return unit.name_en if language == "en" else unit.name
        return code or ("no unit" if language == "en" else "chưa rõ địa bàn")

    def owner_name(self, unit_code: str, org_code: str, day: date, language: str) -> str:
        """Name of the unit, or of the agency where a dossier belongs to no unit."""
        for agency in self.agencies if not unit_code else ():
            if agency.code == org_code and agency.valid_from <= day and (agency.valid_to is None or day < agency.valid_to):
                return agency.name_en if language == "en" else agency.name
        return self.unit_name(unit_code or org_code, day, language)

    def category_name(self, code: str, language: str) -> str:
        """Name of a category; an imported one keeps the name it came with."""
        found = self._categories.get(code)
        return code if found is None else found.name_en if language == "en" else found.name

    def is_open(self, at: datetime) -> bool:
        """Whether a moment lies in opening hours of a working weekday (holidays come with the calendar)."""
        local = at.astimezone(LOCAL)
        return local.isoweekday() in self.file.working_weekdays and any(a <= local.time() < b for a, b in self.file.opening)

    @cached_property
    def _by_code(self) -> dict[str, list[Unit]]:
        found: dict[str, list[Unit]] = {}
        for unit in self.units:
            found.setdefault(unit.code, []).append(unit)
        return found

    @cached_property
    def _categories(self) -> dict[str, Category]:
        return {c.code: c for c in self.categories}


def load_profile(name: str) -> Profile:
    """Read a shipped profile by name, or a profile folder by path.

    Raises:
        ConfigurationError: a missing or malformed file, with the file, line and reason.

    """
    folder: Traversable = resources.files("ioc.profiles").joinpath(name) if "/" not in name else Path(name)
    if not folder.joinpath("profile.toml").is_file():
        raise ConfigurationError(f"the profile '{name}' has no profile.toml: give the name of a shipped profile (soc_trang) or a folder's path")
    try:
        file = msgspec.convert(tomllib.loads(folder.joinpath("profile.toml").read_text(encoding="utf-8")), _File, strict=False)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"profile '{name}', profile.toml: {error}") from None
    profile = Profile(
        file=file,
        units=_rows(folder, "units.csv", Unit),
        agencies=_rows(folder, "agencies.csv", Agency),
        categories=_rows(folder, "categories.csv", Category),
        points=_rows(folder, "points.csv", Point),
    )
    _check_references(name, profile)
    return profile


def _rows(folder: Traversable, name: str, kind: type[Row]) -> tuple[Row, ...]:
    rows: list[Row] = []
    try:
        lines = folder.joinpath(name).read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{name} cannot be read: {error}") from None
    for number, raw in enumerate(csv.DictReader(lines), start=2):
        try:
            rows.append(msgspec.convert(_present(raw), kind, strict=False))
        except msgspec.ValidationError as error:
            raise ConfigurationError(f"{name}, line {number}: {error}") from None
    return tuple(rows)


def _present(raw: dict[str, str]) -> dict[str, Any]:
    return {key: (None if key == "valid_to" and not value else value) for key, value in raw.items()}


def _check_references(name: str, profile: Profile) -> None:
    known = {u.code for u in profile.units}
    named = [(a.code, a.unit_code) for a in profile.agencies] + [(p.code, p.unit_code) for p in profile.points]
    for code, unit_code in named:
        if unit_code and unit_code not in known:
            raise ConfigurationError(f"profile '{name}': '{code}' names the unit '{unit_code}', which units.csv lacks")
    for unit in profile.units:
        if sum(u.valid_from <= unit.valid_from and (u.valid_to is None or unit.valid_from < u.valid_to)
               for u in profile.units if u.code == unit.code) != 1:
            raise ConfigurationError(f"profile '{name}': the code {unit.code} is valid twice on {unit.valid_from}")
