"""Administrative units and agencies of all times: their codes are used again, so every question names a day."""

from collections.abc import Iterable, Sequence
from datetime import date
from functools import cached_property
from typing import Annotated, Literal, TypeVar

import msgspec

from ioc.errors import ConfigurationError


class Dated(msgspec.Struct, frozen=True, kw_only=True):
    """What has a code for a time; `valid_to` is the first day it no longer exists."""

    code: str
    valid_from: date
    valid_to: date | None

    def valid_on(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_to is None or day < self.valid_to)


Held = TypeVar("Held", bound=Dated)


class Unit(Dated, frozen=True, kw_only=True):
    """An administrative unit in the time it was valid: codes are used again, so the key is (code, valid_from)."""

    name: str
    name_en: str
    kind: str
    level: Literal["province", "district", "commune"] = "commune"
    parent_code: str = ""
    legal_basis: str = ""
    known_area_km2: Annotated[float, msgspec.Meta(ge=0)] | None = msgspec.field(default=None, name="area_km2")
    known_lat_deg: Annotated[float, msgspec.Meta(ge=-90, le=90)] | None = msgspec.field(default=None, name="lat_deg")
    known_lon_deg: Annotated[float, msgspec.Meta(ge=-180, le=180)] | None = msgspec.field(default=None, name="lon_deg")
    population: Annotated[int, msgspec.Meta(ge=0)]
    note: str = ""

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


class Agency(Dated, frozen=True, kw_only=True):
    """An organisation that handles dossiers or reports; `unit_code` is empty for one of the whole province.

    `scheme`: form of the code, '2020' (QĐ 20/2020/QĐ-TTg) or '2016' (QCVN 102:2016), whose code stands in `code_old`;
    `successor`: code of the agency that took its work over on the day it ended; `basis`: where the row is from, [K] where no source confirms it.
    """

    name: str
    name_en: str
    unit_code: str
    kind: Literal["committee", "department", "centre", ""] = ""
    scheme: Literal["2020", "2016"] = "2020"
    code_old: str = ""
    successor: str = ""
    basis: str = ""


class Units(tuple[Unit, ...]):  # noqa: SLOT001 (what is looked up by code is kept)
    """The units of all times: their codes are used again, so every question names a day."""

    @cached_property
    def by_code(self) -> dict[str, list[Unit]]:
        return by_code(self)

    def at(self, code: str, day: date) -> Unit | None:
        """The unit that had the code that day."""
        return next((u for u in self.by_code.get(code, ()) if u.valid_on(day)), None)

    def last_before(self, code: str, day: date) -> Unit | None:
        """The unit that was the last to have the code, where it had ended by that day."""
        ended = [u for u in self.by_code.get(code, ()) if u.valid_to is not None and u.valid_to <= day]
        return max(ended, key=lambda u: u.valid_from, default=None)

    def first_after(self, code: str, day: date) -> Unit | None:
        """The unit that is the first to have the code, where the register knows none of that day or before."""
        held = self.by_code.get(code, ())
        return None if any(u.valid_from <= day for u in held) else min(held, key=lambda u: u.valid_from, default=None)

    def on(self, day: date, *, level: str = "commune") -> tuple[Unit, ...]:
        """Units of a level valid that day: those of the commune level, unless another is asked for."""
        return tuple(u for u in self if u.level == level and u.valid_on(day))


def by_code(rows: Iterable[Held]) -> dict[str, list[Held]]:
    found: dict[str, list[Held]] = {}
    for row in rows:
        found.setdefault(row.code, []).append(row)
    return found


_UNDER = {"province": (), "district": ("province",), "commune": ("province", "district")}


def _check_dates(place: str, row: Dated, rows: Sequence[Dated]) -> None:
    if row.valid_to is not None and row.valid_to <= row.valid_from:
        raise ConfigurationError(f"{place}: {row.code} ends on {row.valid_to}, not after its start; valid_to is the first day it no longer exists")
    if sum(r.valid_on(row.valid_from) for r in rows if r.code == row.code) != 1:
        raise ConfigurationError(f"{place}: the code {row.code} is valid twice on {row.valid_from}: end the older row that day (valid_to)")


def check_unit(place: str, unit: Unit, units: tuple[Unit, ...]) -> None:
    _check_dates(place, unit, units)
    if unit.parent_code and not any(
        p.code == unit.parent_code and p.level in _UNDER[unit.level] and p.valid_from <= unit.valid_from
        and (p.valid_to is None or (unit.valid_to is not None and unit.valid_to <= p.valid_to)) for p in units
    ):
        raise ConfigurationError(f"{place}: no unit {unit.parent_code} above {unit.code} is valid as long as it is: mend parent_code or the dates")


def check_agency(place: str, agency: Agency, agencies: tuple[Agency, ...]) -> None:
    _check_dates(place, agency, agencies)
    ended = agency.valid_to
    if agency.successor and (ended is None or not any(a.code == agency.successor and a.valid_on(ended) for a in agencies)):
        raise ConfigurationError(f"{place}: {agency.successor} is no agency on the day {agency.code} ends ({ended}): mend successor or the dates")
