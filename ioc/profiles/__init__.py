"""A province is configuration: a profile folder holds its names, units, agencies, categories, sources and hours.

profile.toml · units.csv · agencies.csv · categories.csv · points.csv, all UTF-8; docs/operations.md says what each column means.
"""

import csv
import tomllib
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from importlib import resources
from importlib.abc import Traversable
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

import msgspec

from ioc.calendar.holidays import load_calendar
from ioc.calendar.periods import PeriodRules, load_rules
from ioc.calendar.working import WorkingCalendar
from ioc.errors import ConfigurationError

Row = TypeVar("Row", bound=msgspec.Struct)


class Unit(msgspec.Struct, frozen=True, kw_only=True):
    """An administrative unit in the time it was valid: codes are used again, so the key is (code, valid_from)."""

    code: str
    name: str
    name_en: str
    kind: str
    level: Literal["province", "district", "commune"] = "commune"
    parent_code: str = ""
    valid_from: date
    valid_to: date | None
    legal_basis: str = ""
    known_area_km2: Annotated[float, msgspec.Meta(ge=0)] | None = msgspec.field(default=None, name="area_km2")
    known_lat_deg: Annotated[float, msgspec.Meta(ge=-90, le=90)] | None = msgspec.field(default=None, name="lat_deg")
    known_lon_deg: Annotated[float, msgspec.Meta(ge=-180, le=180)] | None = msgspec.field(default=None, name="lon_deg")
    population: Annotated[int, msgspec.Meta(ge=0)]
    note: str = ""

    def valid_on(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_to is None or day < self.valid_to)

    @property
    def key(self) -> tuple[str, date]:
        return self.code, self.valid_from

    @property
    def area_km2(self) -> float:
        return self._known(self.known_area_km2, "area_km2")

    @property
    def lat_deg(self) -> float:
        return self._known(self.known_lat_deg, "lat_deg")

    @property
    def lon_deg(self) -> float:
        return self._known(self.known_lon_deg, "lon_deg")

    def _known(self, value: float | None, column: str) -> float:
        if value is None:
            raise ConfigurationError(f"units.csv gives no {column} for {self.code} '{self.name}' of {self.valid_from}: fill it in")
        return value


class Agency(msgspec.Struct, frozen=True, kw_only=True):
    """An organisation that handles dossiers or reports; `unit_code` is empty for one of the whole province.

    `scheme`: form of the code, '2020' (QĐ 20/2020/QĐ-TTg) or '2016' (QCVN 102:2016), whose code stands in `code_old`;
    `successor`: code of the agency that took its work over on the day it ended; `basis`: where the row is from, [K] where no source confirms it.
    """

    code: str
    name: str
    name_en: str
    unit_code: str
    valid_from: date
    valid_to: date | None
    kind: Literal["committee", "department", "centre", ""] = ""
    scheme: Literal["2020", "2016"] = "2020"
    code_old: str = ""
    successor: str = ""
    basis: str = ""

    def valid_on(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_to is None or day < self.valid_to)


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
    calendar: WorkingCalendar
    periods: PeriodRules

    def title(self, language: str) -> str:
        return self.file.title_en if language == "en" else self.file.title

    def subtitle(self, language: str) -> str:
        return self.file.subtitle_en if language == "en" else self.file.subtitle

    def units_on(self, day: date, *, level: str = "commune") -> tuple[Unit, ...]:
        """Units of a level valid on a local day: those of the commune level, unless another is asked for."""
        return tuple(u for u in self.units if u.level == level and u.valid_on(day))

    def unit_name(self, code: str, day: date, language: str) -> str:
        """Name of a unit as it was called that day; the code itself where none is known."""
        for unit in self._by_code.get(code, ()):
            if unit.valid_on(day):
                return unit.name_en if language == "en" else unit.name
        return code or ("no unit" if language == "en" else "chưa rõ địa bàn")

    def owner_name(self, unit_code: str, org_code: str, day: date, language: str) -> str:
        """Name of the unit, or of the agency where a dossier belongs to no unit: of the one that does its work that day."""
        agency = None if unit_code else self._agency_on(org_code, day)
        if agency is not None:
            return agency.name_en if language == "en" else agency.name
        return self.unit_name(unit_code or org_code, day, language)

    def _agency_on(self, code: str, day: date) -> Agency | None:
        held = [a for a in self.agencies if a.code == code]
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
        calendar=load_calendar(folder),
        periods=load_rules(folder),
    )
    _check_references(name, profile)
    return profile


def _rows(folder: Traversable, name: str, kind: type[Row]) -> tuple[Row, ...]:
    optional = {f.encode_name for f in msgspec.structs.fields(kind) if not f.required}
    rows: list[Row] = []
    try:
        lines = folder.joinpath(name).read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{name} cannot be read: {error}") from None
    reader = csv.DictReader(lines, strict=True)
    try:
        for number, raw in enumerate(reader, start=2):
            if reader.line_num != number:
                raise ConfigurationError(f"{name}, line {number}: an empty line or a text over two lines: one row is one line")
            if None in raw or None in raw.values():
                raise ConfigurationError(f"{name}, line {number}: line 1 has {len(reader.fieldnames or ())} columns: quote a text with a comma")
            rows.append(msgspec.convert({k: v for k, v in _present(raw).items() if v != "" or k not in optional}, kind, strict=False))
    except (msgspec.ValidationError, csv.Error) as error:
        raise ConfigurationError(f"{name}, line {len(rows) + 2}: {error}") from None
    return tuple(rows)


def _present(raw: dict[str, str]) -> dict[str, Any]:
    return {key: (None if key == "valid_to" and not value else value) for key, value in raw.items()}


def _check_references(name: str, profile: Profile) -> None:
    known = {u.code for u in profile.units}
    named = [(a.code, a.unit_code) for a in profile.agencies] + [(p.code, p.unit_code) for p in profile.points]
    for code, unit_code in named:
        if unit_code and unit_code not in known:
            raise ConfigurationError(f"profile '{name}': '{code}' names the unit '{unit_code}', which units.csv lacks")
    for line, unit in enumerate(profile.units, start=2):
        _check_unit(f"profile '{name}', units.csv, line {line}", unit, profile.units)
    for line, agency in enumerate(profile.agencies, start=2):
        _check_agency(f"profile '{name}', agencies.csv, line {line}", agency, profile.agencies)


_UNDER = {"province": (), "district": ("province",), "commune": ("province", "district")}


def _check_unit(place: str, unit: Unit, units: tuple[Unit, ...]) -> None:
    if unit.valid_to is not None and unit.valid_to <= unit.valid_from:
        raise ConfigurationError(f"{place}: {unit.code} ends on {unit.valid_to}, not after its start; valid_to is the first day it no longer exists")
    if sum(u.valid_on(unit.valid_from) for u in units if u.code == unit.code) != 1:
        raise ConfigurationError(f"{place}: the code {unit.code} is valid twice on {unit.valid_from}: end the older row that day (valid_to)")
    if unit.parent_code and not any(
        p.code == unit.parent_code and p.level in _UNDER[unit.level] and p.valid_from <= unit.valid_from
        and (p.valid_to is None or (unit.valid_to is not None and unit.valid_to <= p.valid_to)) for p in units
    ):
        raise ConfigurationError(f"{place}: no unit {unit.parent_code} above {unit.code} is valid as long as it is: mend parent_code or the dates")


def _check_agency(place: str, agency: Agency, agencies: tuple[Agency, ...]) -> None:
    if sum(a.valid_on(agency.valid_from) for a in agencies if a.code == agency.code) != 1:
        raise ConfigurationError(f"{place}: the code {agency.code} is valid twice on {agency.valid_from}: end the older row that day (valid_to)")
    ended = agency.valid_to
    if agency.successor and (ended is None or not any(a.code == agency.successor and a.valid_on(ended) for a in agencies)):
        raise ConfigurationError(f"{place}: {agency.successor} is no agency on the day {agency.code} ends ({ended}): mend successor or the dates")
