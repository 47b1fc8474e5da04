"""Likely duplicates of a report, each with a score and its reasons. A person decides; nothing is ever merged by the machine."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from importlib import resources
from typing import Annotated, Any

import msgspec
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from ioc.db.connect import Connection
from ioc.db.queries import named
from ioc.errors import ConfigurationError
from ioc.people.principal import Scope
from ioc.places.distance import metres
from ioc.profiles import Profile
from ioc.profiles.rows import read_structs
from ioc.reports.likeness import WINDOW, Kinship, Likeness, Rarity, Trace, compare
from ioc.words import Words

KINDRED = "kindred.csv"
MOST = 5
THRESHOLD = 0.2
"""Score from which a report is suggested: docs/measurements.md, "Duplicate suggestions"."""
NEAREST, WORDED = 200, 100
"""Candidates that are compared: of the place, and of the words."""
NO_PLACE_WINDOW = timedelta(days=3)
SAMPLE = 2000
RARE_WORDS, RARE_SHARE = 6, 0.05
CELL = 200
"""Cells a degree, as in the index report_state_cell: one and its eight neighbours hold all within 500 m, to 25 degrees of latitude."""
SPEAKS = 0.3
"""Log-odds from which a part is worth being told."""


class _Kindred(msgspec.Struct, frozen=True, kw_only=True):
    category: Annotated[str, msgspec.Meta(min_length=1)]
    other: str = ""


@dataclass(frozen=True, kw_only=True)
class Candidate(Trace):
    """A report as it is compared, and the one it leads to: itself, or that into which it is merged."""

    jurisdiction: str
    unit_code: str
    leader: str
    leader_state: str
    leader_submitted_at: datetime
    leader_lon_deg: float | None
    leader_lat_deg: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Duplicate:
    """A report that may tell of the same cause. `distance_m`: None where one of the two has no place."""

    subject: str
    state: str
    submitted_at: datetime
    distance_m: float | None
    likeness: Likeness


def load_kinship(profile: Profile) -> Kinship:
    """Categories that people take for one another, of kindred.csv; an empty `other` = with all.

    Raises:
        ConfigurationError: a category that categories.csv lacks.

    """
    known = {category.code for category in profile.categories}
    found = read_structs(profile.folder, KINDRED, _Kindred, optional=True)
    for line, row in enumerate(found, start=2):
        if row.category not in known or (row.other and row.other not in known):
            raise ConfigurationError(f"{KINDRED}, line {line}: '{row.category}' or '{row.other}' is no category of categories.csv")
    return Kinship(pairs=frozenset(frozenset((r.category, r.other)) for r in found if r.other),
                   with_all=frozenset(r.category for r in found if not r.other))


def rarity(conn: Connection, jurisdiction: str) -> Rarity:
    """How often words stand in the newest reports of a jurisdiction."""
    rows = conn.execute(sql()["rarity"], {"jurisdiction": jurisdiction, "sample": SAMPLE}).fetchall()
    return Rarity(reports=rows[0][2] if rows else 0, counts={word: n for word, n, _ in rows})


def trace(conn: Connection, subject: str, scope: Scope) -> Candidate | None:
    """What is compared of a report, however it ended; None = not submitted, or out of reach."""
    return next(iter(_traces(conn, [subject], scope, whatever=True)), None)


def duplicates(conn: Connection, report: Candidate, scope: Scope, kinship: Kinship, rare: Rarity) -> list[Duplicate]:
    """The likeliest first, at most MOST, none below the threshold."""
    best: dict[str, Duplicate] = {}
    for other in candidates(conn, report, scope, rare):
        likeness = compare(report, other, kinship, rare)
        known = best.get(other.leader)
        if likeness.score >= THRESHOLD and (known is None or likeness.score > known.likeness.score):
            best[other.leader] = Duplicate(subject=other.leader, state=other.leader_state, submitted_at=other.leader_submitted_at,
                                           distance_m=_between(report, other), likeness=likeness)
    return sorted(best.values(), key=lambda found: (-found.likeness.score, found.subject))[:MOST]


def candidates(conn: Connection, report: Candidate, scope: Scope, rare: Rarity) -> list[Candidate]:
    """Reports that may be compared with one: near it, or of its words where one of the two has no place; none that leads to itself."""
    given: dict[str, Any] = {"subject": report.subject, "jurisdiction": report.jurisdiction, "at": report.submitted_at}
    found: dict[str, None] = {}
    if report.place:
        found |= dict.fromkeys(_near(conn, report.place, given))
    if unusual := _unusual(report.words, rare):
        around = {"since": report.submitted_at - NO_PLACE_WINDOW, "until": report.submitted_at + NO_PLACE_WINDOW}
        rows = conn.execute(sql()["worded"], given | around | {"placeless": report.place is not None, "rare": unusual, "most": WORDED})
        found |= dict.fromkeys(subject for (subject,) in rows)
    return [other for other in _traces(conn, list(found), scope) if other.leader != report.leader]


def reasons(words: Words, found: Duplicate) -> list[str]:
    """What speaks for it, the strongest first, then what speaks against it."""
    like = found.likeness
    told = {"place": _distance_told(words, like), "time": _time_told(words, like.apart), "category": _category_told(words, like.kinship),
            "words": words("{n} từ giống nhau", n=like.words_alike) if like.words_alike else words("không có từ nào giống nhau"),
            "photo": _photo_told(words, like.looks_alike), "address": _address_told(words, like)}
    order = sorted(like.parts, key=lambda part: -like.parts[part])
    said = [told[part] for part in order if like.parts[part] > 0 or part in {"place", "time"}]
    return said + [words("trái lại: {reason}", reason=told[part]) for part in order
                   if like.parts[part] < -SPEAKS and part not in {"place", "time"}]


@cache
def sql() -> Mapping[str, bytes]:
    return {name: text.encode() for name, text in named(resources.files("ioc.reports").joinpath("duplicates.sql")).items()}


def _traces(conn: Connection, subjects: Sequence[str], scope: Scope, *, whatever: bool = False) -> list[Candidate]:
    if not subjects:
        return []
    with conn.cursor(row_factory=dict_row) as cursor:
        given = {"subjects": list(subjects), "scope": Jsonb(scope.parameters()["scope"]), "whatever": whatever}
        rows = cursor.execute(sql()["traces"], given).fetchall()
    return [Candidate(**{**row, "words": frozenset(row["words"]), "looks": tuple(row["looks"])}) for row in rows]


def _near(conn: Connection, place: tuple[float, float], given: Mapping[str, Any]) -> list[str]:
    lon, lat = place
    row, column = math.floor(lat * CELL), math.floor(lon * CELL)
    values = {"rows": [row - 1, row, row + 1], "columns": [column - 1, column, column + 1], "most": NEAREST,
              "since": given["at"] - WINDOW, "until": given["at"] + WINDOW}
    return [subject for (subject,) in conn.execute(sql()["near"], {**given, **values})]


def _unusual(words: frozenset[int], rare: Rarity) -> list[int]:
    """The words by which another report is looked for: rare ones, but not those that stand nowhere else."""
    most = max(2.0, RARE_SHARE * rare.reports)
    return sorted((w for w in words if 1 < rare.counts.get(w, 0) <= most), key=lambda w: (rare.counts[w], w))[:RARE_WORDS]


def _between(report: Candidate, other: Candidate) -> float | None:
    if report.place is None or other.leader_lon_deg is None or other.leader_lat_deg is None:
        return None
    return metres(report.place, (other.leader_lon_deg, other.leader_lat_deg))


def _distance_told(words: Words, like: Likeness) -> str:
    return words("cách {n} m", n=words.number(like.distance_m)) if like.distance_m is not None else ""


def _time_told(words: Words, apart: timedelta) -> str:
    minutes = apart.total_seconds() / 60
    if minutes < 90:
        return words("cách nhau {n} phút", n=round(minutes))
    return words("cách nhau {n} giờ", n=round(minutes / 60)) if minutes < 48 * 60 else words("cách nhau {n} ngày", n=round(minutes / 1440))


def _category_told(words: Words, kinship: str) -> str:
    if kinship == "same":
        return words("cùng loại")
    return words("loại gần nhau, hay chọn nhầm") if kinship == "kindred" else words("khác loại")


def _photo_told(words: Words, alike: float | None) -> str:
    if alike is None or alike < 0.6:
        return words("ảnh khác nhau")
    return words("ảnh gần như một") if alike > 0.9 else words("ảnh gần giống")


def _address_told(words: Words, like: Likeness) -> str:
    if like.parts.get("address", 0.0) <= 0:
        return words("địa chỉ khác nhau")
    return words("cùng số nhà, cùng đường") if like.same_number else words("cùng đường")
