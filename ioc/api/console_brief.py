"""`/console/brief`: the morning page, to be looked at, and as a document or PDF to be taken away; each file taken is a line of the ledger."""

import asyncio

from fastapi import FastAPI, Request, Response

from ioc.alerts.board import EVERYTHING
from ioc.alerts.register import load_alerts
from ioc.api.access import EXACT, may, may_see
from ioc.api.desk import Desk
from ioc.audit.ledger import Entry, append
from ioc.brief.command import MEDIA, file_name, form
from ioc.brief.content import Page, Writer
from ioc.brief.facts import Facts, gather
from ioc.db.connect import Connection
from ioc.errors import InputError
from ioc.kpi.engine.registry import sections
from ioc.moment import Moment, asked_moment
from ioc.people.principal import Scope
from ioc.people.roles import NAMES, Permission
from ioc.places.register import Register as Places


def add_console_brief(server: FastAPI, desk: Desk, places: Places) -> None:
    """Put the page and its two files on the server."""
    brief = _Brief(desk, places)

    @server.get("/console/brief")
    async def page(request: Request) -> Response:
        return await brief.shown(request)

    @server.get("/console/brief.docx")
    async def docx(request: Request) -> Response:
        return await brief.file(request, "docx")

    @server.get("/console/brief.pdf")
    async def pdf(request: Request) -> Response:
        return await brief.file(request, "pdf")


class _Brief:
    """The page for whoever asks: what their permissions reach, no more."""

    def __init__(self, desk: Desk, places: Places) -> None:
        self._desk = desk
        self._places = places
        self._register = load_alerts(desk.profile)

    async def shown(self, request: Request) -> Response:
        moment = self._moment(request)
        facts = await self._desk.database.ask(lambda conn: self._facts(conn, request, moment))
        asked = request.query_params.get("at", "")
        return self._desk.page(request, "brief.html", "Báo cáo giao ban", brief=self._page(request, facts), at=asked)

    async def file(self, request: Request, kind: str) -> Response:
        moment = self._moment(request)
        facts = await self._desk.database.ask(lambda conn: self._facts(conn, request, moment, taken=kind))
        made = await asyncio.to_thread(_made, kind, self._page(request, facts))
        head = {"Content-Disposition": f'attachment; filename="{file_name(moment, kind)}"', "Cache-Control": "no-store"}
        return Response(made, media_type=MEDIA[kind], headers=head)

    def _moment(self, request: Request) -> Moment:
        now, at = self._desk.clock.now(), request.query_params.get("at", "")
        moment = asked_moment(now, at=at, known=None)
        if moment.at > now:
            raise InputError(f"'at={at}' has not come yet: a brief tells what was")
        return moment

    def _facts(self, conn: Connection, request: Request, moment: Moment, *, taken: str = "") -> Facts:
        who, by = self._desk.who(request), self._desk.by(request)
        scope: Scope = EVERYTHING if may(who, EXACT["/wall"]) else who.scope(Permission.ALERTS_READ)
        facts = gather(conn, moment, self._desk.profile, self._places, shown=[key for key in sections() if may_see(who, key)], scope=scope)
        if taken:
            with conn.transaction():
                append(conn, Entry(actor=by.actor, action="brief.exported", subject="brief", at=by.at, address=by.address,
                                   after={"at": moment.at.isoformat(), "form": taken, "language": self._desk.words().language}))
        return facts

    def _page(self, request: Request, facts: Facts) -> Page:
        desk, text = self._desk, self._desk.words()
        who = desk.who(request)
        by = ", ".join(text(NAMES[role]) for role in who.roles if role in NAMES) if who.kind == "person" else text("màn hình")
        writer = Writer(profile=desk.profile, register=self._register, words=text)
        return writer.page(facts, by=by, made_at=desk.clock.real())


def _made(kind: str, page: Page) -> bytes:
    return form(kind)(page)  # loads its library off the event loop
