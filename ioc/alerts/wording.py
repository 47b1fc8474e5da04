"""An alert in words: its rule's text, filled with what was found, in the reader's language and with the names of the day."""

from collections.abc import Mapping
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import msgspec

from ioc.alerts.rule import Rule
from ioc.places.stations import FILE as STATIONS
from ioc.places.stations import Station
from ioc.profiles import Category, Point, Profile
from ioc.profiles.rows import read_structs
from ioc.words import Words

SEVERITIES = {1: "Thông tin", 2: "Chú ý", 3: "Cảnh báo", 4: "Nghiêm trọng"}
STATES = {"raised": "Mới", "acknowledged": "Đã nhận", "assigned": "Đã giao", "suppressed": "Tạm ẩn", "resolved": "Đã xử lý", "closed": "Đã đóng"}
WHOLE = "Toàn tỉnh"


def title(rule: Rule, words: Words) -> str:
    return rule.title_en if words.language == "en" else rule.title


def sentence(rule: Rule, words: Words, profile: Profile, day: date, told: "Found") -> str:
    """The rule's text with its places filled; what is not known is a dash."""
    text = rule.text_en if words.language == "en" else rule.text
    given = {name: _shown(value, words, profile) for name, value in (told.figures or {}).items()}
    values: dict[str, Any] = {
        **given, "place": place(words, profile, day, told.unit_code, told.org_code), "n": words.number(told.cases),
        "worst": words.number(told.value, rule.decimals), "since": words.minute(told.since_at), "item": name_of(told.item, words, profile),
    }
    return text.format_map(_Dashes(values))


def place(words: Words, profile: Profile, day: date, unit_code: str, org_code: str) -> str:
    """Name of the unit or agency that an alert concerns; the whole province where it concerns none."""
    return profile.owner_name(unit_code, org_code, day, words.language) if unit_code or org_code else words(WHOLE)


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """What fills a text. `item`: the thing itself, where each has its own alert."""

    unit_code: str = ""
    org_code: str = ""
    value: float | None = None
    cases: int | None = None
    figures: Mapping[str, Any] | None = None
    since_at: datetime | None = None
    item: str = ""


def figures_of(text: str | None) -> dict[str, Any]:
    """Figures as an event carries them; nothing where it carries none, or what is no object."""
    if not text:
        return {}
    found = msgspec.json.decode(text)
    return found if isinstance(found, dict) else {}


def name_of(code: str, words: Words, profile: Profile) -> str:
    """What a code of the profile is called: a station, a point, a kind of report, a source; the code itself where it is none of these."""
    named = _names(str(profile.folder)).get(code) or next(((s.name, s.name_en) for s in profile.file.sources if s.source == code), None)
    return code if named is None else named[1] if words.language == "en" else named[0]


@cache
def _names(folder: str) -> Mapping[str, tuple[str, str]]:
    place = Path(folder)
    rows: list[Category | Point | Station] = [
        *read_structs(place, "categories.csv", Category), *read_structs(place, "points.csv", Point),
        *read_structs(place, STATIONS, Station, optional=True)]
    return {row.code: (row.name, row.name_en) for row in rows}


def _shown(value: Any, words: Words, profile: Profile) -> str:
    if isinstance(value, str):
        return name_of(value, words, profile)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return words.number(None) if value is None else str(value)
    return words.number(value, 0 if float(value).is_integer() else 1)


class _Dashes(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return "—"
