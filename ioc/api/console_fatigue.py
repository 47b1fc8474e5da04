"""`/console/alerts/fatigue`: how much of what the rules say is worth a look, month by month, and which rules are to be mended."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from fastapi import FastAPI, Request, Response

from ioc.alerts.fatigue import Ledger, ledger, months, period
from ioc.alerts.fatigue_wording import definitions, load, reason, row, rule_title
from ioc.alerts.register import Register, load_alerts
from ioc.api.desk import Desk
from ioc.db.connect import Connection
from ioc.errors import InputError
from ioc.words import Words


def add_console_fatigue(server: FastAPI, desk: Desk, idle_minutes: int | None) -> None:
    """Put the page on the server. `idle_minutes`: after which a session ends by itself; None where the clock is a played one."""
    register = load_alerts(desk.profile)

    @server.get("/console/alerts/fatigue")
    async def page(request: Request) -> Response:
        asked, problem, status = request.query_params.get("month", "")[:20], "", 200
        now = desk.clock.now()
        try:
            since, until = period(asked, now)
        except InputError:
            problem, status, asked = desk.text("Tháng không hợp lệ: đang hiển thị 30 ngày gần nhất."), 400, ""
            since, until = period("", now)

        def found(conn: Connection) -> tuple[Ledger, Sequence[date]]:
            return ledger(conn, since, until, idle_minutes=idle_minutes), months(conn, now)

        told, known = await desk.database.ask(found)
        text = desk.words()
        return desk.page(request, "fatigue.html", "Mức ồn của cảnh báo", status=status, problem=problem, **_shown(told, register, text),
                         months=_links(known, asked, text), span=_span(since, until, text))


def _shown(told: Ledger, register: Register, text: Words) -> Mapping[str, Any]:
    mend = [{"rule": noise.rule_id, "title": rule_title(noise, register, text), "reasons": [reason(f, text) for f in faults]}
            for noise, faults in told.to_mend]
    lines = [{**row(told, noise, register, text), "mend": bool(told.faults(noise))} for noise in told.rules if noise.raised]
    total = {**row(told, told.total, register, text), "mend": False}
    return {"lines": lines, "total": total, "mend": mend, "load": load(told, text), "too_much": told.is_too_much,
            "definitions": definitions(text), "simulated": told.total.simulated}


def _links(known: Sequence[date], asked: str, text: Words) -> list[Mapping[str, Any]]:
    last = {"href": "/console/alerts/fatigue", "label": text("30 ngày gần nhất"), "here": not asked}
    return [last, *({"href": f"/console/alerts/fatigue?month={m:%Y-%m}", "label": f"{m:%m/%Y}", "here": asked == f"{m:%Y-%m}"} for m in known)]


def _span(since: datetime, until: datetime, text: Words) -> str:
    return text("Từ {since} đến {until}", since=text.minute(since), until=text.minute(until))
