"""`/console/audit`: the ledger, newest first, and whether it is whole."""

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from fastapi import FastAPI, Request, Response

from ioc.api.desk import Desk
from ioc.audit.chain import verify
from ioc.audit.ledger import Line, lines
from ioc.db.connect import Connection
from ioc.words import Words

PAGE = 100
LONGEST = 100_000
"""Lines that are verified while somebody waits; a longer ledger by `ioc audit verify`."""
_FILTERS = ("actor", "action", "subject")


def add_console_audit(server: FastAPI, desk: Desk) -> None:
    """Put the page on the server."""
    @server.get("/console/audit")
    async def page(request: Request) -> Response:
        query = {name: value[:200] for name, value in request.query_params.items()}
        asked = {name: query.get(name, "") for name in _FILTERS}
        digits = query.get("before", "")
        before = int(digits) if digits.isascii() and digits.isdecimal() and len(digits) <= 18 else None
        text = desk.words()

        def found(conn: Connection) -> tuple[list[Line], Mapping[str, Any] | None]:
            actor, action, subject = (asked[name] or None for name in _FILTERS)
            rows = lines(conn, before=before, limit=PAGE + 1, actor=actor, action=action, subject=subject)
            return rows, _verdict(conn, text) if "verify" in query else None

        rows, verdict = await desk.database.ask(found)
        older = "?" + urlencode({**{n: v for n, v in asked.items() if v}, "before": rows[PAGE - 1].line}) if len(rows) > PAGE else ""
        return desk.page(request, "audit.html", "Nhật ký", lines=[_row(line, text) for line in rows[:PAGE]], asked=asked, verdict=verdict,
                         older=older)


def _verdict(conn: Connection, text: Words) -> Mapping[str, Any]:
    row = conn.execute("select line from audit_head").fetchone()
    if row and row[0] > LONGEST:
        return {"state": "problem", "text": text("{n} dòng: quá dài để kiểm tra tại đây, hãy dùng lệnh ioc audit verify.", n=text.number(row[0]))}
    verdict = verify(conn)
    if verdict.whole:
        return {"state": "done", "text": text("Nhật ký nguyên vẹn: {n} dòng liền chuỗi.", n=text.number(verdict.lines))}
    return {"state": "problem", "text": text("Nhật ký bị thay đổi ở dòng {n}: {why}", n=verdict.line or 0, why=verdict.fault)}


def _row(line: Line, text: Words) -> Mapping[str, Any]:
    change = " → ".join(json.dumps(told, ensure_ascii=False, sort_keys=True) for told in (line.before, line.after) if told)
    return {"line": line.line, "at": text.minute(line.at), "actor": line.actor, "action": line.action, "subject": line.subject, "change": change,
            "reason": line.reason, "address": line.address}
