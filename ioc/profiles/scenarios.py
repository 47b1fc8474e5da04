"""Scenarios of a profile: days that a demonstration plays, as data. scenarios/NAME.toml; docs/simulation.md says what each key means."""

import tomllib
from collections.abc import Mapping
from datetime import datetime
from importlib.abc import Traversable
from typing import Annotated

import msgspec

from ioc.clock import LOCAL
from ioc.errors import ConfigurationError, InputError
from ioc.profiles.rows import profile_folder

FOLDER = "scenarios"
MOST_SPEED, MOST_SCALE = 600.0, 10.0


class Effect(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What differs from an ordinary day in `[start, end)`. `what`: name that a simulator or the world knows (dossier.rate).

    `by`: factor or amount, as that name means it. `units`: codes of units it is limited to. `only`: sectors, categories, stations,
    sources it is limited to. Empty = everything.
    """

    what: str
    start: datetime = msgspec.field(name="from")
    end: datetime = msgspec.field(name="until")
    by: float = 1.0
    units: tuple[str, ...] = ()
    only: tuple[str, ...] = ()


class Saying(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the audience sees from a moment on, and on which panel."""

    at: datetime
    panel: str
    text: str
    text_en: str


class YearTotals(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the dossiers of a simulated year add up to, to the unit. `of`: the calendar year; `basis`: where the numbers are from, and which are
    assumed.

    `resolved` by the end of the year, of these `late`; `really_late`: of the late ones, handed over late too. `online`: resolved of
    those that came online. `paid_online`: of the dossiers with a fee that were resolved. Nothing is carried in, withdrawn or stopped, so
    that received − resolved are open at the end.
    """

    of: Annotated[int, msgspec.Meta(ge=1990, le=2100)]
    received: Annotated[int, msgspec.Meta(ge=1)]
    resolved: Annotated[int, msgspec.Meta(ge=0)]
    late: Annotated[int, msgspec.Meta(ge=0)]
    really_late: Annotated[int, msgspec.Meta(ge=0)]
    online_ratio: Annotated[float, msgspec.Meta(ge=0, le=1)]
    paid_online_ratio: Annotated[float, msgspec.Meta(ge=0, le=1)]
    basis: str

    def __post_init__(self) -> None:
        if not self.really_late <= self.late <= self.resolved <= self.received:
            raise ValueError("it must be: really_late ≤ late ≤ resolved ≤ received")


class Script(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One scenario file. `days`: history before the beginning. `speed`: simulated seconds a second, 0 = as fast as the sink takes it."""

    title: str
    title_en: str
    about: str
    about_en: str
    start: datetime = msgspec.field(name="from")
    end: datetime = msgspec.field(name="until")
    days: Annotated[int, msgspec.Meta(ge=0, le=1000)] = 7
    speed: Annotated[float, msgspec.Meta(ge=0, le=MOST_SPEED)] = 60.0
    scale: Annotated[float, msgspec.Meta(gt=0, le=MOST_SCALE)] = 0.09
    streams: tuple[str, ...] = ()
    faults: tuple[str, ...] = ()
    year: YearTotals | None = None
    says: tuple[Saying, ...] = ()
    effects: tuple[Effect, ...] = ()

    def __post_init__(self) -> None:
        if not self.start < self.end:
            raise ValueError("'from' must lie before 'until'")
        for part in (*self.effects, *self.says):
            if isinstance(part, Effect) and not part.start < part.end:
                raise ValueError(f"effect '{part.what}': 'from' must lie before 'until'")
            if isinstance(part, Saying) and not self.start <= part.at <= self.end:
                raise ValueError(f"says '{part.text_en}': {part.at} lies outside the scenario")


def scenarios(profile: str) -> dict[str, Script]:
    """Scenarios of a profile (a name, or a folder's path) by name.

    Raises:
        ConfigurationError: a file that cannot be used, with the reason.

    """
    folder = profile_folder(profile).joinpath(FOLDER)
    if not folder.is_dir():
        return {}
    files = sorted((f for f in folder.iterdir() if f.name.endswith(".toml")), key=lambda f: f.name)
    return {f.name.removesuffix(".toml"): _read(f) for f in files}


def scenario(profile: str, name: str) -> Script:
    """One scenario.

    Raises:
        InputError: there is none of this name; the sentence lists those there are.

    """
    found = scenarios(profile)
    if name not in found:
        raise InputError(f"there is no scenario '{name}'; this profile has {', '.join(found) or 'none'}")
    return found[name]


def _read(file: Traversable) -> Script:
    try:
        raw = tomllib.loads(file.read_text(encoding="utf-8"))
        return msgspec.convert(_aware(raw), Script)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise ConfigurationError(f"{FOLDER}/{file.name}: {error}") from None


def _aware(value: object) -> object:
    # A moment without zone is the province's own time, as everywhere.
    if isinstance(value, datetime):
        return value if value.tzinfo else value.replace(tzinfo=LOCAL)
    if isinstance(value, Mapping):
        return {key: _aware(part) for key, part in value.items()}
    return [_aware(part) for part in value] if isinstance(value, list) else value
