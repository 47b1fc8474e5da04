"""`/api/alerts.json` and what belongs to one alert: what the console asks for every two seconds, and when an alert is opened.

The list is polled, not taken from the live stream: its lines depend on who asks (their reach, whether an alert is theirs), carry the version that a
decision needs, and an unchanged list costs one indexed query and 304.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from importlib import resources
from typing import Any
from urllib.parse import quote

import msgspec
from fastapi import FastAPI, Request, Response
from psycopg.rows import class_row
from psycopg.types.json import Jsonb
from starlette.responses import JSONResponse

from ioc.alerts.board import MOST, Alert, history, one_alert, open_alerts
from ioc.alerts.register import Register
from ioc.api.alert_behind import Looking, behind
from ioc.api.alert_words import Hand, Teller, thresholds
from ioc.api.answers import answer
from ioc.api.desk import Desk
from ioc.clock import local_day
from ioc.db.connect import Connection
from ioc.db.queries import named
from ioc.errors import NotFoundError
from ioc.live.frames import encode
from ioc.moment import now_moment
from ioc.people.principal import Principal, Scope
from ioc.people.roles import Permission
from ioc.words import unix

_SQL = {name: text.encode() for name, text in named(resources.files("ioc.api").joinpath("console_alerts.sql")).items()}
MOST_KEPT = 5000
CAP_FROM = 3
"""Severity from which an alert is published as a CAP message."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """What the pages of alerts stand on. `kept`: lines in words, since a list that changed in one place is told again every two seconds."""

    desk: Desk
    register: Register
    kept: dict[tuple[Alert, str, str], Mapping[str, Any]] = field(default_factory=dict)

    def teller(self, who: Principal) -> Teller:
        return Teller(self.desk.words(), self.desk.profile, self.register, who.actor)

    def line(self, teller: Teller, alert: Alert, hand: Hand) -> Mapping[str, Any]:
        """A line of the list; its words are made once for each alert, as it stands, and language."""
        key = msgspec.structs.replace(alert, live_at=None), hand.name, teller.words.language
        told = self.kept.get(key)
        if told is None:
            if len(self.kept) >= MOST_KEPT:
                self.kept.clear()
            told = self.kept[key] = teller.told(alert, hand.name)
        return {**told, **teller.own(alert, hand)}

    async def alert(self, request: Request) -> Alert:
        """The alert that a request names as `id`.

        Raises:
            NotFoundError: it is not there, or out of reach.

        """
        number, scope = request.query_params.get("id", "")[:200].replace("\0", ""), reach(self.desk.who(request))
        found = await self.desk.database.ask(lambda conn: one_alert(conn, number, scope))
        if found is None:
            raise NotFoundError("there is no such alert that you could see")
        return found


def reach(who: Principal) -> Scope:
    return who.scope(Permission.ALERTS_READ)


def add_alerts_json(server: FastAPI, board: Board) -> None:
    """Put the routes on the server."""
    @server.get("/api/alerts.json")
    async def listing(request: Request) -> Response:
        return await answer(_listing(board, request))

    @server.get("/api/alert.json")
    async def one(request: Request) -> Response:
        return await answer(_one(board, request))

    @server.get("/api/alert/behind.json")
    async def things(request: Request) -> Response:
        return await answer(_things(board, request))


async def _listing(board: Board, request: Request) -> Response:
    desk, who, now = board.desk, board.desk.who(request), board.desk.clock.now()
    ended = "ended" in request.query_params
    since = now - timedelta(hours=board.register.close_after_h)

    def found(conn: Connection) -> tuple[list[Alert], float | None]:
        row = conn.execute(_SQL["looked"]).fetchone()
        alerts = _ended(conn, reach(who), since) if ended else open_alerts(conn, reach(who))
        return alerts, unix(row[0]) if row else None

    alerts, looked = await desk.database.ask(found)
    tag = _tag(alerts, who.actor, board.desk.words().language, str(local_day(now)))
    headers = {"ETag": tag, "Cache-Control": "no-cache", "Ioc-Now": f"{unix(now)}", "Ioc-Looked": "" if looked is None else f"{looked}"}
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers=headers)
    body = await desk.database.ask(lambda conn: _body(conn, board, board.teller(who), alerts))
    return Response(body, media_type="application/json", headers=headers)


def _body(conn: Connection, board: Board, teller: Teller, alerts: Sequence[Alert]) -> bytes:
    hands = _hands(conn, alerts)
    return encode({"alerts": [board.line(teller, alert, hands.get(alert.alert_id, Hand())) for alert in alerts], "whole": len(alerts) < MOST})


def _tag(alerts: Sequence[Alert], *of: str) -> str:
    """Fingerprint of what a list would say: that a condition was found again a second later changes no line."""
    digest = hashlib.sha256("\0".join(of).encode())
    digest.update(msgspec.json.encode([(alert.live_at is None, msgspec.structs.replace(alert, live_at=None)) for alert in alerts]))
    return f'"{digest.hexdigest()[:32]}"'


def _ended(conn: Connection, scope: Scope, since: Any) -> list[Alert]:
    with conn.cursor(row_factory=class_row(Alert)) as cursor:
        return cursor.execute(_SQL["ended"], {"scope": Jsonb(scope.parameters()["scope"]), "since": since, "most": MOST}).fetchall()


def _hands(conn: Connection, alerts: Sequence[Alert]) -> dict[str, Hand]:
    taken = [alert for alert in alerts if alert.acknowledged_at is not None]
    if not taken:
        return {}
    given = {"alerts": [alert.alert_id for alert in taken], "first_at": min(alert.raised_at for alert in taken)}
    return {subject: Hand(name, actor) for subject, name, actor in conn.execute(_SQL["hands"], given)}


async def _one(board: Board, request: Request) -> Response:
    desk, who, alert = board.desk, board.desk.who(request), await board.alert(request)

    def found(conn: Connection) -> tuple[Sequence[Mapping[str, Any]], dict[str, str], dict[str, Hand]]:
        rows = history(conn, alert)
        return rows, dict(conn.execute(_SQL["names"], {"events": [row["event_id"] for row in rows]}).fetchall()), _hands(conn, [alert])

    rows, names, hands = await desk.database.ask(found)
    teller, rule = board.teller(who), board.register.rules.get(alert.rule_id)
    told = {
        **teller.line(alert, hands.get(alert.alert_id, Hand())), "note": alert.note or "", "reason": alert.reason_code or "",
        "events": [teller.event(row, names.get(row["event_id"], "")) for row in rows],
        "basis": rule.basis if rule else "", "levels": thresholds(rule, board.register.watch(rule).unit, teller.words) if rule else [],
        "cap": f"/cap/alerts/{quote(alert.alert_id, safe='')}/1.xml" if max((row["severity"] or 0 for row in rows), default=0) >= CAP_FROM else "",
    }
    return JSONResponse(told, headers={"Cache-Control": "no-store"})


async def _things(board: Board, request: Request) -> Response:
    desk, who, alert = board.desk, board.desk.who(request), await board.alert(request)
    rule, looking = board.register.rules.get(alert.rule_id), Looking(who, now_moment(desk.clock.now()), desk.profile.calendar)
    if rule is None or board.register.state(rule) != "watching":
        return JSONResponse({"state": "off", "n": None, "items": None})

    def found(conn: Connection) -> Mapping[str, Any]:
        row = conn.execute(_SQL["subject"], {"alert_id": alert.alert_id}).fetchone()
        return behind(conn, rule, board.register.watch(rule), row[0], looking) if row else {"state": "over", "n": 0, "items": None}

    return JSONResponse(await desk.database.ask(found), headers={"Cache-Control": "no-store"})
