"""`/api/reports/SUBJECT/weighed.json`: what the rules say of one report: how urgent, for whom, and which others may tell of the same."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from fastapi import FastAPI, Request, Response
from starlette.responses import JSONResponse

from ioc.api.answers import answer
from ioc.api.desk import Desk
from ioc.clock import local_day
from ioc.db.connect import Connection
from ioc.errors import ForbiddenError, NotFoundError
from ioc.people.principal import Principal
from ioc.people.roles import Permission
from ioc.profiles import Profile
from ioc.reports.duplicates import Candidate, Duplicate, duplicates, load_kinship, rarity, reasons, trace
from ioc.reports.landmarks import Landmark, load_landmarks
from ioc.reports.likeness import Kinship, Rarity
from ioc.reports.priority import Danger, dangers_in, guarded_near, load_dangers, priority, weigh
from ioc.reports.routing import Route, load_routing, suggestions
from ioc.words import Words

PREFIX = "/api/reports/"
FRESH_S = 600.0
"""How long the words' rarity is taken from memory: it moves by days."""


class _Known(NamedTuple):
    rarity: Rarity
    until_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Scales:
    """What reports are weighed with: a province's rules, and how rare words are, kept for FRESH_S a jurisdiction."""

    profile: Profile
    routes: tuple[Route, ...]
    dangers: tuple[Danger, ...]
    landmarks: tuple[Landmark, ...]
    kinship: Kinship
    bases: Mapping[str, int]
    rare: dict[str, _Known] = field(default_factory=dict)

    def rarity(self, conn: Connection, jurisdiction: str) -> Rarity:
        known = self.rare.get(jurisdiction)
        if known is None or known.until_s < time.monotonic():
            known = self.rare[jurisdiction] = _Known(rarity(conn, jurisdiction), time.monotonic() + FRESH_S)
        return known.rarity


def scales(profile: Profile) -> Scales:
    """Scales of a province.

    Raises:
        ConfigurationError: a file of the profile that cannot be used.

    """
    return Scales(profile=profile, routes=load_routing(profile), dangers=load_dangers(profile), landmarks=load_landmarks(profile),
                  kinship=load_kinship(profile), bases={category.code: category.priority for category in profile.categories})


def add_weighed(server: FastAPI, desk: Desk, with_: Scales) -> None:
    """Put the route on the server."""
    @server.get(PREFIX + "{subject:path}/weighed.json")
    async def weighing(subject: str, request: Request) -> Response:
        return await answer(_weighed(desk, with_, subject, request))


async def _weighed(desk: Desk, with_: Scales, subject: str, request: Request) -> Response:
    who, words = desk.who(request), desk.words()
    if not who.may(Permission.REPORTS_TRIAGE):
        raise ForbiddenError("who decides on reports sees what the rules say of them")
    told = await desk.database.ask(lambda conn: _told(conn, desk, with_, (who, subject[:200].replace("\0", "")), words))
    return JSONResponse(told, headers={"Cache-Control": "no-store"})


def _told(conn: Connection, desk: Desk, with_: Scales, asked: tuple[Principal, str], words: Words) -> dict[str, Any]:
    who, subject = asked
    scope = who.scope(Permission.REPORTS_TRIAGE)
    report = trace(conn, subject, scope)
    if report is None:
        raise NotFoundError("there is no such report that you could decide on")
    found = duplicates(conn, report, scope, with_.kinship, with_.rarity(conn, report.jurisdiction))
    return {"priority": _priority(conn, desk, with_, (who, report), words), "routing": _routing(with_, report, words),
            "duplicates": [_duplicate(words, one) for one in found]}


def _priority(conn: Connection, desk: Desk, with_: Scales, asked: tuple[Principal, Candidate], words: Words) -> dict[str, Any]:
    who, report = asked
    danger = dangers_in(with_.dangers, desk.report_words(conn, who, report.subject))
    near = None if report.jurisdiction else guarded_near(with_.landmarks, report)
    judged = priority(words, weigh(conn, report, with_.bases, near, danger))
    return {"value": judged.value, "is_rule": judged.is_rule, "reasons": list(judged.reasons)}


def _routing(with_: Scales, report: Candidate, words: Words) -> list[dict[str, str]]:
    if report.jurisdiction:  # of another province, whose agencies are not known here
        return []
    found = suggestions(words, with_.profile, with_.routes, (report.category, report.unit_code), local_day(report.submitted_at))
    return [{"org": one.org, "name": one.name, "why": one.why} for one in found]


def _duplicate(words: Words, found: Duplicate) -> dict[str, Any]:
    return {"subject": found.subject, "score": round(found.likeness.score, 3), "reasons": reasons(words, found), "state": found.state,
            "submitted_at": found.submitted_at.isoformat(), "distance_m": None if found.distance_m is None else round(found.distance_m)}
