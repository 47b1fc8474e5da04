"""Places that people name when they report: streets, markets, schools, bridges; found without accents, told with how sure their place is."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Annotated, Literal

import msgspec

from ioc.errors import ConfigurationError
from ioc.places.names import folded
from ioc.profiles import Profile
from ioc.profiles.rows import read_structs
from ioc.profiles.units import Dated

FILE = "landmarks.csv"
Kind = Literal["street", "market", "school", "hospital", "office", "bridge", "pagoda", "port", "ferry", "river", "sluice", "park", "other"]


class Landmark(Dated, frozen=True, kw_only=True):
    """A named place in the time it was there. `accuracy_m`: how far from its point a report that names it may lie; `note`: where it is from."""

    name: str
    name_en: str
    kind: Kind
    unit_code: str
    lat_deg: Annotated[float, msgspec.Meta(ge=-90, le=90)]
    lon_deg: Annotated[float, msgspec.Meta(ge=-180, le=180)]
    accuracy_m: Annotated[float, msgspec.Meta(gt=0, le=20_000)] = 300
    note: str = ""


def load_landmarks(profile: Profile) -> tuple[Landmark, ...]:
    """The named places of a profile, none where it has no landmarks.csv.

    Raises:
        ConfigurationError: a row that cannot be used, a code that is there twice at once, or a unit that units.csv lacks.

    """
    made = read_structs(profile.folder, FILE, Landmark, optional=True)
    for line, one in enumerate(made, start=2):
        if sum(other.valid_on(one.valid_from) for other in made if other.code == one.code) != 1:
            raise ConfigurationError(f"{FILE}, line {line}: the code {one.code} is there twice on {one.valid_from}: end the older row (valid_to)")
        if profile.units.at(one.unit_code, one.valid_from) is None:
            raise ConfigurationError(f"{FILE}, line {line}: {one.code} names the unit '{one.unit_code}', which is none on {one.valid_from}")
    return made


def landmarks_on(landmarks: Sequence[Landmark], day: date) -> tuple[Landmark, ...]:
    return tuple(one for one in landmarks if one.valid_on(day))


def named_place(landmarks: Sequence[Landmark], text: str) -> Landmark | None:
    """The place that a text names whole, however it is spelt; None where it is none of them, or more than one."""
    key = folded(text)
    found = [one for one in landmarks if key and key in {folded(one.name), folded(one.name_en), folded(one.code)}]
    return found[0] if len(found) == 1 else None


def told(landmarks: Sequence[Landmark], units: Mapping[str, str], language: str) -> list[dict[str, str | float]]:
    """The places as a page searches them: `key` is the folded name in both languages with the unit's. `units`: code → name."""
    return [{"code": one.code, "name": one.name_en if language == "en" else one.name, "kind": one.kind, "unit": one.unit_code,
             "unitName": units.get(one.unit_code, ""), "lat": one.lat_deg, "lon": one.lon_deg, "accuracy": one.accuracy_m,
             "key": folded(f"{one.name} {one.name_en} {units.get(one.unit_code, '')}")} for one in landmarks]
