"""A rule as data: what it watches, when it speaks, how gravely, to whom, on what basis, and in which words."""

from typing import Annotated, Any, Literal

import msgspec

Group = Literal["each", "unit", "agency", "site", "province"]
Basis = Literal["law", "source", "seed", "design"]
Number = float | int


class Level(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One severity of a rule, 1 information to 4 grave (CAP 1.2: Minor, Moderate, Severe, Extreme).

    It is met when `cases` things have a value of `raise` or worse, and holds while `clear_cases` have one of `clear` or worse (hysteresis; absent =
    the same as for raising). `for_s`: how long before it speaks (absent = the rule's). `takeover`: it takes the wall over once nobody has
    acknowledged it for `takeover_after_s`.
    """

    severity: Annotated[int, msgspec.Meta(ge=1, le=4)]
    raise_: Number = msgspec.field(name="raise")
    clear: Number | None = None
    cases: Annotated[int, msgspec.Meta(ge=1)] = 1
    clear_cases: Annotated[int, msgspec.Meta(ge=1)] | None = None
    for_s: Annotated[float, msgspec.Meta(ge=0)] | None = None
    takeover: bool = False
    takeover_after_s: Annotated[float, msgspec.Meta(ge=0)] = 0

    @property
    def held_from(self) -> float:
        return float(self.raise_ if self.clear is None else self.clear)

    @property
    def held_cases(self) -> int:
        return self.cases if self.clear_cases is None else self.clear_cases


class Step(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who is told of an alert that nobody has acknowledged `after_min` minutes after it spoke, of working time or by the clock."""

    after_min: Annotated[float, msgspec.Meta(gt=0)]
    tell: str
    working: bool = True


class Rule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One rule of the register.

    `watch`: what it looks at (ioc/alerts/watches). `group`: one alert for each thing, unit, agency, site, or for the province, with the things
    behind it as a list. `direction`: whether a value is worse above or below. `parameters`: of the watch's query; `unset` names those that the
    province has not decided: then the rule is shown as not configured and never speaks. `for_s`, `clear_for_s`: how long a condition is met, and
    no longer met, before the alert comes and goes. `every_s`: how often at most it is looked at.
    `again_after_s`: how long after a person resolved it the alert comes back while its condition lasts. `text`: filled with {place}, {n} (things
    behind it), {worst} (their worst value), {since}, and the figures of the watch. `decimals`: of the values. `escalate`: absent = as its severity
    says.
    """

    id: str
    title: str
    title_en: str
    panel: str
    watch: str
    group: Group = "unit"
    direction: Literal["above", "below"] = "above"
    levels: tuple[Level, ...]
    parameters: dict[str, Any] = {}
    unset: tuple[str, ...] = ()
    for_s: Annotated[float, msgspec.Meta(ge=0)] = 0
    clear_for_s: Annotated[float, msgspec.Meta(ge=0)] = 60
    every_s: Annotated[float, msgspec.Meta(gt=0)] = 10
    again_after_s: Annotated[float, msgspec.Meta(gt=0)] = 86_400
    text: str
    text_en: str
    decimals: Annotated[int, msgspec.Meta(ge=0, le=3)] = 0
    basis: str
    basis_kind: Basis
    escalate: tuple[Step, ...] | None = None
    enabled: bool = True

    @property
    def sign(self) -> int:
        """Worse is greater, once multiplied by it."""
        return 1 if self.direction == "above" else -1

    def level(self, severity: int) -> Level | None:
        return next((level for level in self.levels if level.severity == severity), None)


class Severity(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a severity means: who hears of it at once (roles), and who next."""

    tell: tuple[str, ...] = ()
    escalate: tuple[Step, ...] = ()
