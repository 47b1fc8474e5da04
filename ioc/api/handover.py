"""`/map/KEY/handover.html`: the map as a file to be taken away, for whoever may export; each file is a line of the ledger."""

import asyncio

from fastapi import FastAPI, Request, Response

from ioc.api.answers import answer
from ioc.api.desk import Desk
from ioc.api.maps import Asked, Maps
from ioc.audit.ledger import Entry, append
from ioc.db.connect import Connection
from ioc.errors import InputError
from ioc.handover.layers import Taking, file, file_name, gather
from ioc.people.principal import Principal
from ioc.people.roles import NAMES, Permission


def add_handover(server: FastAPI, maps: Maps, desk: Desk) -> None:
    """Put the files on the server."""
    @server.get("/map/{key}/handover.html")
    async def taken(key: str, request: Request) -> Response:
        return await answer(_file(maps, desk, key, request))


async def _file(maps: Maps, desk: Desk, key: str, request: Request) -> Response:
    asked = maps.asked(key, request.query_params)
    if asked.moment.at > desk.clock.now():
        raise InputError(f"'at={asked.query['at']}' has not come yet: a map shows what was")
    who, text = desk.who(request), desk.words()
    taking = Taking(panels=tuple(maps.doors.panels[name] for name in asked.keys), moment=asked.moment, by=_named(who, desk),
                    made_at=desk.clock.real(), whole=who.may(Permission.PANELS_SAFETY))
    collections = await desk.database.ask(lambda conn: gather(conn, taking, desk.profile, text))
    ground = await maps.ground(asked.moment.day)
    made = await asyncio.to_thread(file, taking, collections, ground, desk.profile, text)
    await desk.database.ask(lambda conn: _enter(conn, desk, request, key, asked, taking))
    head = {"Content-Disposition": f'attachment; filename="{file_name(key, asked.moment)}"', "Cache-Control": "no-store"}
    return Response(made, media_type="text/html; charset=utf-8", headers=head)


def _named(who: Principal, desk: Desk) -> str:
    roles = ", ".join(desk.text(NAMES[role]) for role in who.roles if role in NAMES)
    return f"{who.name} ({roles})" if roles else who.name


def _enter(conn: Connection, desk: Desk, request: Request, key: str, asked: Asked, taking: Taking) -> None:
    by = desk.by(request)
    with conn.transaction():
        append(conn, Entry(actor=by.actor, action="map.exported", subject=f"map:{key}", at=by.at, address=by.address,
                           after={"at": asked.moment.at.isoformat(), "whole": taking.whole}))
