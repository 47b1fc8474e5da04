"""The indicators that are observed or typed in, their targets and the history that a profile ships: indicators.csv, targets.csv, history.csv."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal

import msgspec

from ioc.calendar.written import Grain
from ioc.errors import ConfigurationError, InputError
from ioc.indicators import cells
from ioc.indicators.period import EXAMPLES, Span, parse_period
from ioc.profiles.rows import profile_folder, read_rows

Level = Literal["province", "unit", "agency"]
Id = Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z0-9_]{1,59}$")]
Text = Annotated[str, msgspec.Meta(max_length=500)]

UNITS = {
    "%": "%", "point": "điểm", "rank": "hạng", "count": "số lượng", "person": "người", "case": "trường hợp", "turn": "lượt",
    "vnd": "đồng", "vnd_bn": "tỷ đồng", "vnd_mn_person": "triệu đồng/người", "usd_mn": "triệu USD", "ha": "ha", "tonne": "tấn",
    "per_100k": "ca/100.000 dân", "day": "ngày", "minute": "phút",
}
"""Unit code → what stands on the screen and in templates."""


class Indicator(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is observed. `direction`: which way is better; `levels` and `periods`: for whom and for what periods it is told."""

    id: Id
    panel: Id
    name: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
    name_en: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
    unit: str
    direction: Literal["up", "down", "none"]
    has_fraction: bool
    levels: tuple[Level, ...]
    periods: tuple[Grain, ...]
    decimals: Annotated[int, msgspec.Meta(ge=0, le=6)]
    source: Text
    legal_basis: Text
    iso_ref: Text
    owner: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What an indicator shall reach in a period. `confirmed` is false where a person of the province still has to confirm it."""

    indicator_id: str
    org_code: str
    unit_code: str
    period: Span
    target: Decimal
    confirmed: bool
    source: str
    legal_basis: str
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """A shipped observation. `published_value` keeps its printed digits; `published_on` is None where the source does not say."""

    indicator_id: str
    org_code: str
    unit_code: str
    period: Span
    value: Decimal | None
    numerator: Decimal | None
    denominator: Decimal | None
    rank: int | None
    out_of: int | None
    published_value: Decimal | None
    published_on: date | None
    source: str
    legal_basis: str
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalogue:
    """All that a profile says of indicators."""

    indicators: Mapping[str, Indicator]
    targets: tuple[Target, ...]
    history: tuple[Observation, ...]

    def of_panel(self, panel: str) -> tuple[Indicator, ...]:
        """Indicators of a panel in the file's order.

        Raises:
            InputError: a panel without indicators.

        """
        found = tuple(i for i in self.indicators.values() if i.panel == panel)
        if not found:
            raise InputError(f"no indicator belongs to the panel '{panel}'; known are {', '.join(self.panels)}")
        return found

    @property
    def panels(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(i.panel for i in self.indicators.values()))


def load_catalogue(name: str) -> Catalogue:
    """Read the indicators, targets and history of a profile.

    Raises:
        ConfigurationError: a missing or malformed file, with the file, line and reason.

    """
    folder = profile_folder(name)
    indicators: dict[str, Indicator] = {}
    for found in read_rows(folder, "indicators.csv", _indicator):
        if found.id in indicators:
            raise ConfigurationError(f"indicators.csv: the id '{found.id}' stands twice")
        indicators[found.id] = found
    catalogue = Catalogue(
        indicators=indicators,
        targets=read_rows(folder, "targets.csv", lambda raw: _target(raw, indicators)),
        history=read_rows(folder, "history.csv", lambda raw: _observation(raw, indicators)),
    )
    _check_once("targets.csv", [(t.indicator_id, t.org_code, t.unit_code, t.period.text) for t in catalogue.targets])
    _check_once("history.csv", [(o.indicator_id, o.org_code, o.unit_code, o.period.text) for o in catalogue.history])
    return catalogue


def _indicator(raw: dict[str, str]) -> Indicator:
    split: dict[str, Any] = {**raw, "levels": raw["levels"].split("+"), "periods": raw["periods"].split("+")}
    found = msgspec.convert(split, Indicator, strict=False)
    if found.unit not in UNITS:
        raise InputError(f"the unit '{found.unit}' is unknown; known are {', '.join(UNITS)}")
    if found.has_fraction and found.unit != "%":
        raise InputError(f"'{found.id}' has a fraction, so its unit must be %")
    return found


def _target(raw: dict[str, str], indicators: Mapping[str, Indicator]) -> Target:
    found = _known(raw, indicators)
    return Target(
        indicator_id=found.id, org_code=raw["org_code"], unit_code=raw["unit_code"], period=_period(raw["period"], found),
        target=cells.number(raw["target"]), confirmed=raw["confirmed"] == "true", source=raw["source"], legal_basis=raw["legal_basis"],
        note=raw["note"],
    )


def _observation(raw: dict[str, str], indicators: Mapping[str, Indicator]) -> Observation:
    found = _known(raw, indicators)
    made = Observation(
        indicator_id=found.id, org_code=raw["org_code"], unit_code=raw["unit_code"], period=_period(raw["period"], found),
        value=_maybe(raw["value"]), numerator=_maybe(raw["numerator"]), denominator=_maybe(raw["denominator"]),
        rank=cells.whole(raw["rank"]) if raw["rank"] else None, out_of=cells.whole(raw["out_of"]) if raw["out_of"] else None,
        published_value=_maybe(raw["published_value"]), published_on=cells.day(raw["published_on"]) if raw["published_on"] else None,
        source=raw["source"], legal_basis=raw["legal_basis"], note=raw["note"],
    )
    if (made.numerator is None) != (made.denominator is None) or (made.rank is None) != (made.out_of is None):
        raise InputError("numerator and denominator, rank and out_of are given together or not at all")
    if made.value is None and made.numerator is None and made.rank is None:
        raise InputError("it has neither value nor fraction nor rank")
    return made


def _known(raw: dict[str, str], indicators: Mapping[str, Indicator]) -> Indicator:
    if (found := indicators.get(raw["indicator_id"])) is None:
        raise InputError(f"indicators.csv lacks '{raw['indicator_id']}'")
    return found


def _period(text: str, indicator: Indicator) -> Span:
    found = parse_period(text)
    if found.kind not in indicator.periods:
        wanted = " or ".join(EXAMPLES[kind] for kind in indicator.periods)
        raise InputError(f"'{indicator.id}' is told for another kind of period than '{text}': write e.g. {wanted}")
    return found


def _maybe(text: str) -> Decimal | None:
    return cells.number(text) if text else None


def _check_once(name: str, keys: list[tuple[str, ...]]) -> None:
    if twice := sorted({key for key in keys if keys.count(key) > 1}):
        raise ConfigurationError(f"{name}: '{' '.join(twice[0])}' stands twice")
