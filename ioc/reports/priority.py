"""How urgent a report is by rule, and why. What a person has chosen stays: the rule only says what it would have said.

One step more urgent for each: five reports merged into it, a school or hospital near by, words of danger; never beyond danger to life (P1).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Annotated

import msgspec

from ioc.clock import local_day
from ioc.db.connect import Connection
from ioc.db.queries import named
from ioc.places.distance import metres
from ioc.places.names import folded
from ioc.profiles import Profile
from ioc.profiles.rows import check_once, read_structs
from ioc.reports.duplicates import Candidate
from ioc.reports.landmarks import Landmark
from ioc.words import Words

FILE = "danger_words.csv"
MERGED = 5
NEAR_M = 200.0
GUARDED = frozenset({"school", "hospital"})
UNKNOWN = 4
"""Priority of a report whose category the profile does not have."""


class Danger(msgspec.Struct, frozen=True, kw_only=True):
    """Words that tell of danger, as people write them; found without accents."""

    phrase: Annotated[str, msgspec.Meta(min_length=2)]
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Weight:
    """What makes a report urgent. `told`: of its source, `chosen`: by a person, the last one; None = nobody said.

    `near`: the nearest guarded place and how far it is, None = none within NEAR_M; `danger`: the words of danger that it holds.
    """

    base: int
    told: int | None = None
    chosen: int | None = None
    merged: int = 0
    near: tuple[Landmark, float] | None = None
    danger: Sequence[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Priority:
    """1 (danger to life) to 4; whether the rule says so or a person did; in words why."""

    value: int
    is_rule: bool
    reasons: Sequence[str]


def load_dangers(profile: Profile) -> tuple[Danger, ...]:
    """Words of danger of a profile; none where it has no danger_words.csv.

    Raises:
        ConfigurationError: a malformed row, or words that stand twice, with the line and remedy.

    """
    found = read_structs(profile.folder, FILE, Danger, optional=True)
    check_once(FILE, [folded(danger.phrase) for danger in found])
    return found


def dangers_in(dangers: Sequence[Danger], text: str) -> tuple[str, ...]:
    """The words of danger that a text holds one after the other, in any spelling."""
    key = f" {folded(text)} "
    return tuple(danger.phrase for danger in dangers if f" {folded(danger.phrase)} " in key)


def guarded_near(landmarks: Sequence[Landmark], report: Candidate) -> tuple[Landmark, float] | None:
    """The nearest school or hospital that was there when the report came, with metres."""
    place, day = report.place, local_day(report.submitted_at)
    if place is None:
        return None
    found = [(one, metres(place, (one.lon_deg, one.lat_deg))) for one in landmarks if one.kind in GUARDED and one.valid_on(day)]
    return min((pair for pair in found if pair[1] <= NEAR_M), key=lambda pair: pair[1], default=None)


def priority(words: Words, weight: Weight) -> Priority:
    """The priority of a report and its reasons."""
    start = min(weight.base, weight.told or weight.base)
    steps = _steps(words, weight)
    by_rule = max(1, start - len(steps))
    said = [words("nguồn báo mức P{n}", n=start) if start < weight.base else words("mức của loại phản ánh: P{n}", n=start), *steps]
    if weight.chosen is None:
        return Priority(value=by_rule, is_rule=True, reasons=said)
    chosen = words("người trực đã chọn P{n}; theo quy tắc là P{rule}", n=weight.chosen, rule=by_rule)
    return Priority(value=weight.chosen, is_rule=False, reasons=[chosen, *said])


def weigh(conn: Connection, report: Candidate, bases: Mapping[str, int], near: tuple[Landmark, float] | None, danger: Sequence[str]) -> Weight:
    """What the database knows of a report's urgency beside its place and words. `bases`: category → priority."""
    row = conn.execute(_sql()["weight"], {"subject": report.subject, "first_at": report.submitted_at}).fetchone()
    merged, told, chosen = row or (0, None, None)
    return Weight(base=bases.get(report.category, UNKNOWN), told=told, chosen=chosen, merged=merged, near=near, danger=danger)


def _steps(words: Words, weight: Weight) -> list[str]:
    steps = []
    if weight.merged >= MERGED:
        steps.append(words("{n} phản ánh đã gộp vào", n=weight.merged))
    if weight.near:
        name = weight.near[0].name if words.language == "vi" else weight.near[0].name_en
        steps.append(words("cách {place} {n} m", place=name, n=words.number(weight.near[1])))
    if weight.danger:
        steps.append(words("có từ báo nguy hiểm: {phrases}", phrases=", ".join(weight.danger)))
    return steps


@cache
def _sql() -> Mapping[str, bytes]:
    return {name: text.encode() for name, text in named(resources.files("ioc.reports").joinpath("priority.sql")).items()}
