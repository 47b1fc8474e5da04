"""`/console/tasks/new`: "Giao việc" from an alert or a figure, with and without a script. The task is a decision like any other."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fastapi import FastAPI, Request, Response
from starlette.responses import JSONResponse

from ioc.alerts.board import one_alert, told
from ioc.alerts.register import Register
from ioc.api.alerts_json import reach
from ioc.api.answers import answer, status_of
from ioc.api.desk import Desk
from ioc.api.forms import form_of, own_path
from ioc.api.hardening import address_of
from ioc.api.task_form import due, figure_of, office, offices, presets
from ioc.clock import local_day
from ioc.decisions.decide import Office, decide
from ioc.decisions.decision import Decided, Decision
from ioc.errors import InputError, IocError, UnavailableError

LONGEST_TITLE = 500
_FIELDS = ("owner", "due", "due_at", "title")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Tasks:
    """What the pages stand on."""

    desk: Desk
    office: Office
    register: Register


def add_console_tasks(server: FastAPI, desk: Desk, office_: Office, register: Register) -> None:
    """Put the page and the form's data on the server."""
    tasks = _Tasks(desk=desk, office=office_, register=register)

    @server.get("/api/tasks/form.json")
    async def form_data(request: Request) -> Response:
        return await answer(_data(tasks, request))

    @server.get("/console/tasks/new")
    async def asking(request: Request) -> Response:
        query = {name: request.query_params.get(name, "")[:200] for name in ("alert", "figure", "to")}
        return await answer(_page(tasks, request, query, {}))

    @server.post("/console/tasks/new")
    async def giving(request: Request) -> Response:
        return await answer(_given(tasks, request))


async def _data(tasks: _Tasks, request: Request) -> Response:
    desk, text, now = tasks.desk, tasks.desk.words(), tasks.desk.clock.now()
    del request
    return JSONResponse({
        "agencies": [{"code": o.code, "name": o.name, "unit": o.unit_code} for o in offices(desk.profile, now, text)],
        "presets": [{"label": p.label, "at": p.at.isoformat(), "told": text.minute(p.at)} for p in presets(desk.profile.calendar, now, text)],
        "day": str(local_day(now)), "id": _number(tasks), "now": now.isoformat(),
    }, headers={"Cache-Control": "no-store"})


def _number(tasks: _Tasks) -> str:
    """Number of a task that is not there yet."""
    return f"NV-{local_day(tasks.desk.clock.now()):%y%m%d}-{secrets.token_hex(4)}"


async def _page(tasks: _Tasks, request: Request, source: Mapping[str, str], typed: Mapping[str, str], *, problem: str = "",  # noqa: PLR0913
                status: int = 200, done: str = "") -> Response:
    desk, text, now = tasks.desk, tasks.desk.words(), tasks.desk.clock.now()
    document, about = await _source(tasks, request, source)
    filled = {"number": _number(tasks), "key": secrets.token_urlsafe(16), "title": about, **{n: v for n, v in typed.items() if v}}
    return desk.page(
        request, "task.html", "Giao việc", status=status, problem=problem, done=done, source=source, document=document, about=about,
        typed={**dict.fromkeys((*_FIELDS, "number", "key"), ""), **filled}, offices=offices(desk.profile, now, text),
        presets=[(p.key, p.label, text.minute(p.at)) for p in presets(desk.profile.calendar, now, text)],
        back=own_path(source.get("to", ""), "/console/alerts" if source.get("alert") else "/console"))


async def _source(tasks: _Tasks, request: Request, source: Mapping[str, str]) -> tuple[str, str]:
    """Where the task comes from, as the event names it, and what it is about in words."""
    desk, text = tasks.desk, tasks.desk.words()
    if number := source.get("alert", "").replace("\0", ""):
        alert = await desk.database.ask(lambda conn: one_alert(conn, number, reach(desk.who(request))))
        if alert is None:
            raise InputError(text("Không có cảnh báo này trong phạm vi của bạn."))
        return f"alert:{number}", told(alert, tasks.register, text, desk.profile)[1]
    if name := source.get("figure", ""):
        return f"figure:{name}", text(figure_of(name)[1])
    raise InputError(text("Giao việc từ một cảnh báo hoặc một chỉ tiêu: địa chỉ phải có alert hoặc figure."))


async def _given(tasks: _Tasks, request: Request) -> Response:
    form = await form_of(request)
    source = {name: form.get(name, "") for name in ("alert", "figure", "to")}
    typed = {name: form.get(name, "") for name in (*_FIELDS, "number", "key")}
    try:
        document, _ = await _source(tasks, request, source)
        done = await _decided(tasks, request, _decision(tasks, form, document))
    except UnavailableError as away:
        return await _page(tasks, request, source, typed, problem=str(away), status=503)
    except IocError as wrong:
        # The key goes with what was asked for: what is mended is asked for anew, what was sent twice counts once.
        return await _page(tasks, request, source, {**typed, "key": "", "number": ""}, problem=str(wrong), status=status_of(wrong))
    said = tasks.desk.words()("Đã giao: {number}. Theo dõi tại chuyên đề Văn bản điện tử và nhiệm vụ được giao.", number=typed["number"])
    del done
    return tasks.desk.page(request, "task.html", "Giao việc", done=said, source=source, document="", about="", typed={}, offices=(), presets=(),
                           back=own_path(source["to"], "/console/alerts" if source["alert"] else "/console"))


def _decision(tasks: _Tasks, form: Mapping[str, str], document: str) -> Decision:
    desk, text, now = tasks.desk, tasks.desk.words(), tasks.desk.clock.now()
    words = form.get("title", "").strip()
    if not 0 < len(words) <= LONGEST_TITLE:
        raise InputError(text("Hãy ghi nội dung việc, tối đa {n} ký tự.", n=LONGEST_TITLE))
    owner = office(desk.profile, form.get("owner", ""), now, text)
    at = due(desk.profile, form, now, text)
    data: dict[str, Any] = {"owner_org": owner.code, "title": words, "source_document": document, "org_code": owner.code,
                            "unit_code": owner.unit_code, "unit_valid_on": str(local_day(now))}
    return Decision(stream="task", subject=form.get("number", ""), fact="assigned", version=0, key=form.get("key", ""),
                    data=data | ({"due_at": at.isoformat()} if at else {}))


async def _decided(tasks: _Tasks, request: Request, decision: Decision) -> Decided:
    who, address = tasks.desk.who(request), address_of(request.scope)
    return await tasks.desk.database.ask(lambda conn: decide(conn, decision, who, tasks.office, address=address))
