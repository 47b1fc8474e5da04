"""The register of rules: those of the house, as the province's profile changes them. A mistake is named when the program starts."""

import string
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from importlib import resources
from importlib.abc import Traversable
from typing import Any

import msgspec

from ioc.alerts.rule import Rule, Severity, Step
from ioc.alerts.watch import Watch, watches
from ioc.errors import ConfigurationError
from ioc.people.roles import ROLES
from ioc.profiles import Profile

FILE = "alerts.toml"
FILLED = frozenset({"place", "n", "worst", "since"})
"""What every text may name; {item} too, where each thing has its own alert and is no secret."""


class _Sound(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """From which severity a console makes a sound, and between which local times only `grave` ones do (HH:MM)."""

    severity: int = 3
    quiet_from: str = "22:00"
    quiet_until: str = "06:00"
    grave: int = 4


class _File(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    rules: dict[str, dict[str, Any]] = {}
    severities: dict[str, Severity] = {}
    sound: _Sound | None = None
    close_after_h: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Register:
    """Rules by id, and what holds for all of them. `close_after_h`: how long a resolved alert can be opened again."""

    rules: Mapping[str, Rule]
    severities: Mapping[int, Severity]
    sound: _Sound
    close_after_h: float

    def watch(self, rule: Rule) -> Watch:
        return watches()[rule.watch]

    def steps(self, rule: Rule, severity: int) -> tuple[Step, ...]:
        """Who is told after whom, while nobody acknowledges."""
        return self.severities[severity].escalate if rule.escalate is None else rule.escalate

    def state(self, rule: Rule) -> str:
        """'off', 'unset' (the province has not decided a parameter), or 'watching'."""
        return "off" if not rule.enabled else "unset" if rule.unset else "watching"


def load_alerts(profile: Profile) -> Register:
    """The register of a profile: the house's rules, as its alerts.toml changes them.

    Raises:
        ConfigurationError: a mistake, with the file, the rule and what is wrong.

    """
    own = profile.folder.joinpath(FILE)
    return _register(_read(own, profile.file.key) if own.is_file() else _File(), profile.file.key)


def house_rules() -> Mapping[str, Rule]:
    """The rules as they are where no province changes them."""
    return _register(_File(), "ioc/alerts/rules").rules


def _register(changed: _File, where: str) -> Register:
    base = resources.files("ioc.alerts").joinpath("rules")
    house = _read(base.joinpath(FILE), "ioc/alerts/rules")
    given = _given(base)
    rules = {number: _rule(number, {**given.get(number, {}), **changed.rules.get(number, {})}, where)
             for number in sorted(given.keys() | changed.rules.keys())}
    severities = {int(n): s for n, s in {**house.severities, **changed.severities}.items() if n.isdecimal()}
    if set(severities) != {1, 2, 3, 4} or len(severities) != len({**house.severities, **changed.severities}):
        raise ConfigurationError(f"{where}, {FILE}: the severities are 1, 2, 3 and 4, each with what it means")
    _check_roles((step for s in severities.values() for step in s.escalate), (role for s in severities.values() for role in s.tell))
    return Register(rules=rules, severities=severities, sound=changed.sound or house.sound or _Sound(),
                    close_after_h=changed.close_after_h or house.close_after_h or 24.0)


def _given(base: Traversable) -> dict[str, dict[str, Any]]:
    """The house's rules as they stand in its files, one file a panel."""
    given: dict[str, dict[str, Any]] = {}
    for file in sorted((f for f in base.iterdir() if f.name.endswith(".toml") and f.name != FILE), key=lambda f: f.name):
        for number, content in _read(file, "ioc/alerts/rules").rules.items():
            if number in given:
                raise ConfigurationError(f"{file.name}: the rule {number} stands in two files")
            given[number] = {"panel": file.name.removesuffix(".toml"), **content}
    return given


def _read(file: Traversable, where: str) -> _File:
    try:
        return msgspec.convert(tomllib.loads(file.read_text(encoding="utf-8")), _File)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{where}, {file.name}: {error}") from None


def _rule(number: str, content: Mapping[str, Any], where: str) -> Rule:
    try:
        rule = msgspec.convert({"id": number, **content}, Rule)
    except msgspec.ValidationError as error:
        raise ConfigurationError(f"alert rule {number} ({where}): {error}") from None
    if problem := next(_problems(rule), None):
        raise ConfigurationError(f"alert rule {number} ({where}): {problem}")
    _check_roles(rule.escalate or (), ())
    return rule


def _problems(rule: Rule) -> Iterator[str]:  # noqa: C901 (one mistake each)
    watch = watches().get(rule.watch)
    if watch is None:
        yield f"there is no watch '{rule.watch}'; there are {', '.join(watches())}"
        return
    if odd := (set(rule.parameters) | set(rule.unset)) ^ set(watch.parameters):
        yield f"the watch '{watch.key}' takes the parameters {list(watch.parameters)}; {sorted(odd)} are missing or not its own"
    if both := set(rule.parameters) & set(rule.unset):
        yield f"{sorted(both)} are both given and unset"
    if not rule.levels:
        yield "it has no level"
    severities = [level.severity for level in rule.levels]
    if severities != sorted(set(severities)):
        yield "its levels go up, each severity once"
    for level in rule.levels:
        if rule.sign * level.held_from > rule.sign * float(level.raise_):
            yield f"severity {level.severity} clears at {level.held_from:g}, beyond {level.raise_:g} where it is raised: it would never hold"
        if level.held_cases > level.cases:
            yield f"severity {level.severity} needs more things to hold ({level.held_cases}) than to be raised ({level.cases})"
    known = FILLED | set(watch.figures) | ({"item"} if rule.group == "each" and not watch.private else set())
    for text in (rule.text, rule.text_en):
        if odd := {name for _, name, _, _ in string.Formatter().parse(text) if name} - known:
            yield f"its text names {sorted(odd)}; what can be filled in: {', '.join(sorted(known))}"


def _check_roles(steps: Iterable[Step], roles: Iterable[str]) -> None:
    if odd := ({step.tell for step in steps} | set(roles)) - set(ROLES):
        raise ConfigurationError(f"alerts: there is no role {', '.join(sorted(odd))}; there are {', '.join(ROLES)}")
