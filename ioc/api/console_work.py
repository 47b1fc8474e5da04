"""`/console/agency`: an agency's items on a desk or a telephone, without JavaScript; pictures straight from its camera."""

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from fastapi import FastAPI, Request, Response
from starlette.responses import RedirectResponse

from ioc.api.answers import status_of
from ioc.api.desk import Desk
from ioc.api.forms import prove
from ioc.api.hardening import address_of
from ioc.api.multipart import Posted, check, photo_of, posted
from ioc.api.photos import BOUNDS
from ioc.api.reports_json_words import Teller
from ioc.clock import LOCAL, local_day
from ioc.db.connect import Connection
from ioc.decisions.decide import Office
from ioc.decisions.decision import Decision
from ioc.decisions.verdicts import ConflictError
from ioc.errors import InputError, IocError, NotFoundError
from ioc.reports.detail import Detail, detail, left
from ioc.reports.photos import Photo
from ioc.reports.queue import Reader
from ioc.reports.replies import Reply, load_replies
from ioc.reports.states import STATES
from ioc.reports.work import ACTS, NO_PICTURE, act, items, urgency
from ioc.streams.engine.rules import Rules

PATH = "/console/agency"
WORDED = frozenset({"returned", "paused", "extension_asked"})
"""Acts that say why."""


class _Work(NamedTuple):
    desk: Desk
    office: Office
    rules: Rules
    replies: Sequence[Reply]


def add_console_work(server: FastAPI, desk: Desk, office: Office, rules: Rules) -> None:
    """Put the pages on the server."""
    work = _Work(desk, office, rules, load_replies(desk.profile.folder))

    @server.get(PATH)
    async def listed(request: Request) -> Response:
        return await _listed(work, request)

    @server.get(PATH + "/{subject:path}")
    async def item(request: Request, subject: str) -> Response:
        return await _item(work, request, subject)

    @server.post(PATH + "/{subject:path}")
    async def acted(request: Request, subject: str) -> Response:
        return await _acted(work, request, subject)


def _reader(work: _Work, request: Request) -> Reader:
    desk = work.desk
    return Reader(who=desk.who(request), profile=desk.profile, seals=desk.seals(), now=desk.clock.now(), real=desk.clock.real())


def _teller(work: _Work) -> Teller:
    desk = work.desk
    return Teller(desk.words(), desk.profile, work.rules, desk.seals(), desk.clock.now(), masks=True)


async def _listed(work: _Work, request: Request) -> Response:
    reader, teller = _reader(work, request), _teller(work)
    rows = await work.desk.database.ask(lambda conn: items(conn, reader))
    shown = [_shown(work, teller, row) for row in rows]
    return work.desk.page(request, "work.html", "Việc của đơn vị", rows=shown, counts=_counts(shown))


def _counts(shown: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    return {name: sum(one["urgency"] == name for one in shown) for name in ("late", "soon", "ahead", "open")}


def _shown(work: _Work, teller: Teller, row: Mapping[str, Any]) -> dict[str, Any]:
    text, now = teller.words, teller.now
    time = left(work.desk.profile.calendar, work.rules, row, now)
    return {
        "subject": row["subject"], "category": teller.profile.category_name(row["category"], text.language), "address": row["address"] or "",
        "unit": teller.unit(row["unit_code"], row["unit_valid_on"] or local_day(now)), "state": text(STATES.get(row["state"], row["state"])),
        "urgency": urgency(time.seconds if time else None, row["due_at"]), "due": text.minute(row["due_at"]) if row["due_at"] else "",
        "stands": bool(time and time.stands), "priority": row["priority"], "asks": bool(row["pause_asked_at"] or row["extension_asked_at"])}


async def _item(work: _Work, request: Request, subject: str, *, status: int = 200, problem: str = "",
                typed: Mapping[str, str] | None = None) -> Response:
    desk, who, teller = work.desk, work.desk.who(request), _teller(work)

    def shown(conn: Connection) -> tuple[Detail, str]:
        return detail(conn, desk.seals(), who, subject), desk.report_words(conn, who, subject)

    try:
        found, words = await desk.database.ask(shown)
    except NotFoundError as absent:
        return desk.page(request, "work.html", "Việc của đơn vị", status=404, problem=str(absent), rows=[], counts=_counts([]))
    day, text = local_day(teller.now), teller.words
    return desk.page(
        request, "work_item.html", "Việc của đơn vị", status=status, problem=problem, item=_shown(work, teller, found.line), text=words,
        typed=typed or {},
        place=found.line["lon_deg"] is not None and (found.line["lat_deg"], found.line["lon_deg"]), version=found.line["version"],
        key=secrets.token_urlsafe(16), photos=[(str(p["media_id"]), p["stage"]) for p in found.photos],
        steps=[_step(teller, one, day) for one in found.events], replies=_replies(work, text.language), worded=WORDED, no_picture=NO_PICTURE,
        acts=[(fact, text(word)) for fact, word in ACTS.items() if fact in found.acts])


def _step(teller: Teller, event: Mapping[str, Any], day: Any) -> dict[str, str]:
    """One line of what happened: no names but the agency's, no words of the triage."""
    told = teller.event(event, day)
    state = STATES.get(told["fact"], "")
    words = told["note"] if told["fact"] in {"assigned", "denied", "extended", "returned", "in_progress", "resolved"} else ""
    return {"at": teller.words.minute(event["occurred_at"]), "what": teller.words(state) if state else "", "note": words}


def _replies(work: _Work, language: str) -> dict[str, list[tuple[str, str]]]:
    found: dict[str, list[tuple[str, str]]] = {}
    for reply in work.replies:
        found.setdefault(reply.fact, []).append((reply.code, reply.text_en if language == "en" else reply.text))
    return found


async def _acted(work: _Work, request: Request, subject: str) -> Response:
    desk, who = work.desk, work.desk.who(request)
    form = await posted(request, BOUNDS)
    typed = {name: form.fields.get(name, "") for name in ("fact", "reason", "reason_code", "note", "wanted")}
    try:
        prove(form.fields, who)
        photo, decision, address = await _photo(form), _decision(work, form, subject), address_of(request.scope)
        await desk.database.ask(lambda conn: act(conn, desk.seals(), decision, photo, who, work.office, address=address))
    except ConflictError as faster:
        last = faster.changes[-1].by if faster.changes else ""
        text = desk.words()
        problem = text("Có người vừa thay đổi mục này ({by}): hãy xem lại rồi quyết định.", by=last)
        return await _item(work, request, subject, status=409, problem=problem, typed=typed)
    except IocError as wrong:
        return await _item(work, request, subject, status=status_of(wrong), problem=str(wrong), typed=typed)
    return RedirectResponse(f"{PATH}/{subject}", status_code=303)


async def _photo(form: Posted) -> Photo | None:
    check(form)
    uploads = form.files.get("photo", [])
    return await photo_of(uploads[0]) if uploads else None


def _decision(work: _Work, form: Posted, subject: str) -> Decision:
    fields, fact = form.fields, form.fields.get("fact", "")
    data: dict[str, Any] = {}
    if fact == "resolved" and not form.files.get("photo") and fields.get("note", "").strip():
        data["reason_code"] = NO_PICTURE
    elif fact in WORDED and fields.get("reason_code"):
        data["reason_code"] = fields["reason_code"]
    if fact in {"in_progress", "resolved", "accepted"} and fields.get("note", "").strip():
        data["note"] = fields["note"]
    if fact == "extension_asked":
        data["wanted_due_at"] = _wanted(work, fields.get("wanted", ""))
    version = fields.get("version", "")
    return Decision(stream="report", subject=subject, fact=fact, version=int(version) if version.isdecimal() and len(version) < 18 else -1,
                    key=fields.get("key", ""), data=data, reason=fields.get("reason", "") or _ready(work, fact, fields.get("reason_code", "")))


def _ready(work: _Work, fact: str, code: str) -> str:
    """The ready sentence of a chosen reason, where no other words were written."""
    return next((r.text for r in work.replies if (r.fact, r.code) == (fact, code)), "")


def _wanted(work: _Work, day: str) -> str:
    """The close of the working day that was typed.

    Raises:
        InputError: no day.

    """
    try:
        at = datetime.fromisoformat(day).replace(tzinfo=LOCAL)
    except ValueError:
        raise InputError(work.desk.text("Hãy chọn ngày cam kết hoàn thành.")) from None
    calendar = work.desk.profile.calendar
    return calendar.closing(calendar.working_day_at_or_after(at.date())).isoformat()
