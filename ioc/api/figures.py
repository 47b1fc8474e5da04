"""`/api/kpi/KEY.json`: a panel's figures over a period, each with what it is made of."""

from collections.abc import Mapping
from typing import Any

import msgspec
from fastapi import FastAPI, Request
from starlette.responses import JSONResponse, Response

from ioc.api.access import may_see
from ioc.api.answers import answer, error
from ioc.api.ask import Database
from ioc.api.identity import on_a_screen, principal
from ioc.clock import Clock
from ioc.errors import InputError
from ioc.kpi.engine.command import asked_question
from ioc.kpi.engine.compute import compute
from ioc.kpi.engine.contract import FLAGS, Figure, Kpi, Section
from ioc.kpi.engine.registry import sections
from ioc.live.frames import encode
from ioc.moment import asked_moment
from ioc.panels.engine.casualties import without_few
from ioc.people.principal import Grant, Principal, Scope
from ioc.people.roles import Permission
from ioc.places.register import Register
from ioc.profiles import Profile

KNOWN = ("period", "by", "boundaries", "at", "known", "jurisdiction", "lang")


def add_figures(server: FastAPI, database: Database, clock: Clock, profile: Profile, register: Register) -> None:
    """Put the route on the server, before Dash adds its catch-all."""

    @server.get("/api/kpi")
    async def listing() -> Response:
        return JSONResponse([{"key": key, "href": f"/api/kpi/{key}.json", "figures": list(s.kpis)} for key, s in sections().items()])

    @server.get("/api/kpi/{key}.json")
    async def figures(key: str, request: Request) -> Response:
        if key not in sections():
            return error(404, f"there are no figures of '{key}'; known are {', '.join(sections())}")
        return await answer(_figures(sections()[key], dict(request.query_params)))

    async def _figures(section: Section, query: Mapping[str, str]) -> Response:
        if unknown := sorted(set(query) - set(KNOWN)):
            raise InputError(f"'{unknown[0]}' is no parameter here; known are {', '.join(KNOWN)}")
        jurisdiction = query.get("jurisdiction", "")
        if jurisdiction and not any("%(jurisdiction)s" in sql for sql in section.sql.values()):
            raise InputError(f"the figures of '{section.key}' know no jurisdictions: leave 'jurisdiction' out")
        moment = asked_moment(clock.now(), at=query.get("at"), known=query.get("known"), jurisdiction=jurisdiction)
        who = principal.get()
        whole = may_see(who, section.key)
        if not whole and query.get("by", "province") == "province":
            return error(403, "your roles show your own units and agencies alone: ask with by=unit or by=agency")
        question = asked_question(moment, profile, period=query.get("period", "year_to_date"), scope=query.get("by", "province"),
                                  boundaries=query.get("boundaries", "now"))
        found = await database.ask(lambda conn: compute(conn, section, question, profile, register))
        told = [_told(f, section.kpis[f.key.split(".")[1]]) for f in found if whole or is_own(who, f.unit_code, f.org_code)]
        body = {"panel": section.key, "period": question.period.kind, "by": question.scope, "boundaries": question.boundaries, "figures": told}
        return Response(encode(body), media_type="application/json", headers={"Cache-Control": "no-store"})


def _told(figure: Figure, kpi: Kpi) -> dict[str, Any]:
    plain = {"flags": (), **msgspec.to_builtins(figure)}
    seen = without_few(plain) if kpi.casualties and on_a_screen() else plain
    return {**seen, "label": kpi.label, "formula": kpi.formula, "basis": kpi.basis, "flags": {flag: FLAGS.get(flag, flag) for flag in seen["flags"]}}


def is_own(who: Principal | None, unit_code: str, org_code: str) -> bool:
    """Whether a figure is of a unit or an agency that somebody stands for: of a unit all its agencies are, of an agency its own part of each unit."""
    return any(covers(grant, unit_code, org_code) for grant in (who.scope(Permission.UNIT_PANELS).grants if who else ()))


def covers(grant: Grant, unit_code: str, org_code: str) -> bool:
    """Whether a figure's place lies within a grant's limits. Figures tell no field: a grant limited to fields covers none."""
    reach = Scope(grants=(grant,))
    return not reach.unlimited and reach.covers(unit=unit_code, agency=org_code)
