"""What everybody may know of a report: its kind, its state in words, its place on the public grid. Never the citizen's words, nor the operators'."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib import resources
from typing import Any, NamedTuple
from uuid import UUID

from psycopg.rows import dict_row

from ioc.clock import local_day
from ioc.db.connect import Connection
from ioc.db.queries import named
from ioc.panels.engine.grid import SNAP_M, snapped
from ioc.places.distance import DEGREE_M
from ioc.profiles import Profile
from ioc.reports.states import STATES
from ioc.streams.report import OPEN, STREAM
from ioc.words import words

MOST = 200
"""Reports of one page."""
DEEPEST = 10_000
"""Reports that pages reach; who wants older ones asks for an earlier window."""
REASONS = {
    "spam": "tin rác", "out_of_scope": "ngoài phạm vi", "not_true": "không đúng sự thật", "not_enough": "không đủ thông tin",
    "other_authority": "không thuộc thẩm quyền", "complaint": "khiếu nại", "denunciation": "tố cáo", "crime": "tố giác tội phạm",
}
"""Codes of reasons that are told the public, in words; any other code stays inside."""
_AT_WORK = frozenset({"assigned", "accepted", "in_progress", "paused", "resolved", "published", "closed"})


class Near(NamedTuple):
    """Around a point in WGS 84 degrees."""

    lon_deg: float
    lat_deg: float
    radius_m: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Sought:
    """Which reports of a jurisdiction ('' = the province); windows are half-open, None = not asked for. `is_open`: by Open311's two states."""

    jurisdiction: str = ""
    since: datetime | None = None
    until: datetime | None = None
    changed_since: datetime | None = None
    changed_until: datetime | None = None
    categories: Sequence[str] | None = None
    is_open: bool | None = None
    near: Near | None = None
    most: int = 50
    skip: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicReport:
    """A report as everybody may see it. Place on the public grid, None where it is not public.

    `note`: a sentence; `address`: the name of the unit, for what a citizen writes as an address may be anything; `agency`: the name of the agency;
    `photos`: those that a person has shown to the public.
    """

    subject: str
    jurisdiction: str
    category: str
    state: str
    open311_status: str
    note: str
    submitted_at: datetime
    updated_at: datetime
    expected_at: datetime | None
    lon_deg: float | None
    lat_deg: float | None
    unit_code: str
    org_code: str
    agency: str
    address: str
    photos: tuple[UUID, ...]


def public(conn: Connection, profile: Profile, sought: Iterable[str] | Sought, language: str = "vi") -> list[PublicReport]:
    """Reports by their codes, or those of a jurisdiction that are so; the newest first."""
    subjects = _listed(conn, profile, sought) if isinstance(sought, Sought) else list(sought)
    with conn.cursor(row_factory=dict_row) as cursor:
        # A plan made for any list takes a list for a part of the table: each is planned for itself.
        found = cursor.execute(sql()["told"], {"subjects": subjects, "published": STREAM.type_of("published")}, prepare=False)
        return [_shown(profile, row, language) for row in found]


def _listed(conn: Connection, profile: Profile, sought: Sought) -> list[str]:
    near = sought.near or Near(0.0, 0.0, 0.0)
    reach_deg = (near.radius_m + SNAP_M) / DEGREE_M
    found = conn.execute(sql()["listed"], {
        "jurisdiction": sought.jurisdiction, "since": sought.since, "until": sought.until, "changed_since": sought.changed_since,
        "changed_until": sought.changed_until, "categories": None if sought.categories is None else list(sought.categories),
        "only_open": sought.is_open is True, "only_closed": sought.is_open is False, "private": sorted(_private(profile)),
        "radius_m": near.radius_m if sought.near else None, "lon_deg": near.lon_deg, "lat_deg": near.lat_deg, "south_deg": near.lat_deg - reach_deg,
        "north_deg": near.lat_deg + reach_deg, "most": min(sought.most, MOST), "skip": min(sought.skip, DEEPEST)}, prepare=False)
    return [subject for (subject,) in found]


def _shown(profile: Profile, row: dict[str, Any], language: str) -> PublicReport:
    day = local_day(row["submitted_at"])
    is_public = row["lon_deg"] is not None and row["category"] not in _private(profile)
    lon_deg, lat_deg = snapped(row["lon_deg"], row["lat_deg"]) if is_public else (None, None)
    agency = profile.owner_name("", row["org_code"], day, language) if row["org_code"] else ""
    return PublicReport(
        subject=row["subject"], jurisdiction=row["jurisdiction"], category=row["category"], state=row["state"],
        open311_status="open" if row["state"] in OPEN else "closed", note=_note(row, agency, language), submitted_at=row["submitted_at"],
        updated_at=row["updated_at"], expected_at=row["expected_at"], lon_deg=lon_deg, lat_deg=lat_deg, unit_code=row["unit_code"],
        org_code=row["org_code"], agency=agency, photos=tuple(row["photos"]),
        address=profile.unit_name(row["unit_code"], day, language) if row["unit_code"] else "")


def _note(row: dict[str, Any], agency: str, language: str) -> str:
    """The words with which the result was published; else the state's, with what it names: the agency, the kind of reason, the other report."""
    if row["published"]:
        return str(row["published"])
    say, state = words(language), row["state"]
    reason = REASONS.get(row["reason_code"] or "") if state in {"rejected", "referred"} else None
    named_too = {"merged": row["parent_id"], "rejected": reason and say(reason), "referred": reason and say(reason)}.get(state)
    detail = named_too or (agency if state in _AT_WORK else None)
    return f"{say(STATES[state])}: {detail}" if detail else say(STATES[state])


def _private(profile: Profile) -> set[str]:
    return {category.code for category in profile.categories if not category.place_public}


@cache
def sql() -> dict[str, bytes]:
    return {name: text.encode() for name, text in named(resources.files("ioc.reports").joinpath("public.sql")).items()}
