"""`/console/figures`: figures that agencies enter by hand and another person approves; what is late, and whose."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlencode

from fastapi import FastAPI, Request, Response
from starlette.responses import RedirectResponse

from ioc.api.answers import status_of
from ioc.api.console_figures_words import SAID, agency_word, figure_word, period_word, place_word, unit_word, wrong_fields
from ioc.api.desk import Desk
from ioc.api.forms import form_of
from ioc.clock import local_day
from ioc.db.connect import Connection
from ioc.decisions.verdicts import ConflictError, KeyUsedError, NotPermittedError
from ioc.errors import InputError, IocError, NotFoundError, RefusedError
from ioc.indicators.asked import Asked, Figure, load_asked
from ioc.indicators.catalogue import load_catalogue
from ioc.indicators.events import province_of
from ioc.manual.drafts import LONGEST_REASON, Draft, Hand, Office, Told, approve, enter, give_back, history, told
from ioc.manual.judged import FIELDS, Basis, WrongCellsError, judged
from ioc.manual.listing import STATES, Listed, figure_at, late, listed
from ioc.manual.reach import approving, entering, following, seeing
from ioc.words import Words

PATH = "/console/figures"
ACTS = {"enter": "Đã gửi đi chờ duyệt: {name}.", "approve": "Đã duyệt: {name}.", "return": "Đã trả lại: {name}."}
DONE_SHOWN = 40
MARKS = {"late": "▲", "soon": "◆", "ahead": "●", "told": "✓"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """What the pages stand on."""

    desk: Desk
    office: Office
    asked: Asked


@dataclass(frozen=True, slots=True, kw_only=True)
class _Said:
    """What a page answers to a click: its status, what went wrong, by field where it is of one, and what was typed."""

    status: int = 200
    problem: str = ""
    wrong: Mapping[str, str] | None = None
    typed: Mapping[str, str] | None = None


def add_console_figures(server: FastAPI, desk: Desk, profile: str) -> None:
    """Put the pages on the server. `profile`: as the settings name it.

    Raises:
        ConfigurationError: an entry.toml that asks for what the profile does not have.

    """
    office = Office(clock=desk.clock, profile=desk.profile, source=f"/vn/{province_of(desk.profile)}/manual")
    room = Room(desk=desk, office=office, asked=load_asked(desk.profile, load_catalogue(profile)))

    @server.get(PATH)
    async def listing(request: Request) -> Response:
        return await _listing(room, request)

    @server.get(PATH + "/{subject:path}")
    async def one(request: Request, subject: str) -> Response:
        return await _one(room, request, subject, _Said())

    @server.post(PATH + "/{subject:path}")
    async def acted(request: Request, subject: str) -> Response:
        return await _acted(room, request, subject)


async def _listing(room: Room, request: Request, *, status: int = 200, problem: str = "") -> Response:
    desk, who, text, now = room.desk, room.desk.who(request), room.desk.words(), room.desk.clock.now()
    rows = await desk.database.ask(lambda conn: listed(conn, room.asked, seeing(who), now))
    shown = [_row(room, row, text) for row in rows]
    follows = bool(following(who).grants or approving(who).grants)
    return desk.page(
        request, "figures.html", "Số liệu nhập tay", status=status, problem=problem, done=_done(request, rows, text),
        open=[row for row in shown if not row["is_done"]], told=[row for row in reversed(shown) if row["is_done"]][:DONE_SHOWN],
        counts={state: sum(r.state == state for r in rows) for state in STATES}, late=sum(bool(r.late_days) for r in rows),
        may_enter=bool(entering(who).grants), follows=follows, asks=bool(room.asked.demands.asked),
        late_agencies=[{"name": agency_word(x.agency, desk.profile, local_day(now), text), "figures": text.number(x.figures),
                        "waiting": text.number(x.waiting), "worst": text.number(x.worst_days)} for x in late(rows)] if follows else [])


def _done(request: Request, rows: Sequence[Listed], text: Words) -> str:
    act, subject = request.query_params.get("done", ""), request.query_params.get("figure", "")
    found = next((r.figure for r in rows if r.figure.subject == subject), None)
    return text(ACTS[act], name=f"{_name(found, text)}, {period_word(found, text)}") if found and act in ACTS else ""


def _row(room: Room, row: Listed, text: Words) -> dict[str, Any]:
    figure, profile = row.figure, room.desk.profile
    is_done = row.state in {"approved", "told"}
    urgency = "told" if is_done else "late" if row.late_days else "soon" if row.due_today else "ahead"
    return {
        "href": _href(figure.subject), "name": _name(figure, text), "unit": unit_word(figure.indicator, text), "period": period_word(figure, text),
        "place": place_word(figure, profile, text), "agency": agency_word(figure.agency, profile, figure.period.last_day, text),
        "state": text(STATES[row.state]), "key": row.state, "is_done": is_done, "urgency": urgency, "mark": MARKS[urgency],
        "due": text.minute(figure.due_at), "late": text("chậm {n} ngày làm việc", n=text.number(row.late_days)) if row.late_days else "",
        "value": _value(room, row.figure, row.draft, row.told, text), "by": _by(row, text)}


def _by(row: Listed, text: Words) -> str:
    draft = row.draft
    if draft is None:
        return (row.told.source_text or "") if row.told else ""
    if draft.state == "waiting":
        return text("{name} nhập {at}", name=draft.entered_name, at=text.minute(draft.entered_at))
    if draft.state == "returned":
        return text("{name} trả lại: {reason}", name=draft.decided_name, reason=draft.reason)
    return text("nhập tay, duyệt {day}", day=text.day(draft.approved_on) if draft.approved_on else "")


def _value(room: Room, figure: Figure, draft: Draft | None, known: Told | None, text: Words) -> str:
    """What was entered, else what is known."""
    if draft is not None:
        return figure_word(_understood(room, figure, draft.typed), figure.indicator, text)
    return figure_word({name: getattr(known, name) for name in ("value", "numerator", "denominator", "rank", "out_of")}, figure.indicator,
                       text) if known else ""


def _understood(room: Room, figure: Figure, typed: Mapping[str, str]) -> Mapping[str, Any]:
    basis = Basis(profile=room.desk.profile, source=room.office.source, on=local_day(room.desk.clock.now()), revision=0)
    try:
        return judged(figure, typed, basis).data
    except WrongCellsError:
        return {}  # the profile has changed since: whoever approves it is told why it cannot be


def _name(figure: Figure, text: Words) -> str:
    return figure.indicator.name_en if text.language == "en" else figure.indicator.name


def _href(subject: str) -> str:
    return f"{PATH}/{quote(subject)}"


async def _one(room: Room, request: Request, subject: str, said: _Said) -> Response:
    desk, who, now = room.desk, room.desk.who(request), room.desk.clock.now()

    def found(conn: Connection) -> tuple[Figure, list[Draft], Told | None]:
        drafts = history(conn, subject, seeing(who))
        figure = figure_at(room.asked, subject, drafts, local_day(now))
        if figure is None or not seeing(who).covers(unit=figure.unit_code, agency=figure.agency, field=figure.indicator.panel):
            raise NotFoundError(desk.text("Không có số liệu này trong phạm vi của bạn."))
        return figure, drafts, told(conn, [subject]).get(subject)

    try:
        figure, drafts, known = await desk.database.ask(found)
    except NotFoundError as absent:
        return await _listing(room, request, status=404, problem=str(absent))
    return desk.page(request, "figure_entry.html", "Số liệu nhập tay", status=said.status, problem=said.problem,
                     **_shown(room, request, figure, drafts, known, said))


def _shown(room: Room, request: Request, figure: Figure, drafts: Sequence[Draft], known: Told | None, said: _Said) -> dict[str, Any]:
    who, text, newest = room.desk.who(request), room.desk.words(), drafts[0] if drafts else None
    covered = {"unit": figure.unit_code, "agency": figure.agency, "field": figure.indicator.panel}
    is_open = newest is not None and newest.state != "approved"
    waits = newest is not None and newest.state == "waiting"
    row = {"name": _name(figure, text), "unit": unit_word(figure.indicator, text), "period": period_word(figure, text),
           "place": place_word(figure, room.desk.profile, text), "due": text.minute(figure.due_at),
           "agency": agency_word(figure.agency, room.desk.profile, figure.period.last_day, text)}
    return {
        "figure": row, "href": _href(figure.subject), "version": newest.version if newest else 0, "key": secrets.token_urlsafe(16),
        "typed": said.typed or (newest.typed if newest else {}), "wrong": said.wrong or {}, "labels": {k: text(v) for k, v in SAID.items()},
        "has_fraction": figure.indicator.has_fraction, "known": _value(room, figure, None, known, text) if known else "",
        "known_by": (text("nhập tay, duyệt {day}", day=text.day(known.approved_on)) if known.manual and known.approved_on
                     else known.source_text or "") if known else "",
        "may_enter": entering(who).covers(**covered), "corrects": newest is not None and not is_open, "waits": waits,
        "may_decide": waits and approving(who).covers(**covered), "is_own": bool(newest and newest.entered_by == who.actor),
        "draft": _draft(room, figure, newest, text) if newest and is_open else None, "longest": LONGEST_REASON,
        "history": [_draft(room, figure, d, text) for d in drafts if d.state == "approved"]}


def _draft(room: Room, figure: Figure, draft: Draft, text: Words) -> dict[str, Any]:
    return {"value": _value(room, figure, draft, None, text), "typed": draft.typed, "key": draft.state, "by": draft.entered_name,
            "at": text.minute(draft.entered_at), "decided_by": draft.decided_name or "", "reason": draft.reason, "revision": draft.revision or 0,
            "decided_at": text.minute(draft.decided_at) if draft.decided_at else ""}


async def _acted(room: Room, request: Request, subject: str) -> Response:
    desk, text = room.desk, room.desk.words()
    form: Mapping[str, str] = {}
    try:
        form = await form_of(request)
        act = form.get("do", "")
        await desk.database.ask(lambda conn: _act(conn, room, request, subject, form))
    except WrongCellsError as wrong:
        fields = wrong_fields(wrong.errors, text)
        said = _Said(status=400, problem=text("Chưa gửi được: sửa các ô được đánh dấu."), wrong=fields, typed=_typed(form))
        return await _one(room, request, subject, said)
    except ConflictError as faster:
        return await _one(room, request, subject, _Said(status=409, problem=_changed(faster, text), typed=_typed(form)))
    except IocError as wrong:
        return await _one(room, request, subject, _Said(status=status_of(wrong), problem=_problem(wrong, text), typed=_typed(form)))
    return RedirectResponse(f"{PATH}?{urlencode({'done': act, 'figure': subject})}", status_code=303)


def _act(conn: Connection, room: Room, request: Request, subject: str, form: Mapping[str, str]) -> None:
    desk, who, now = room.desk, room.desk.who(request), room.desk.clock.now()
    version = form.get("version", "")
    hand = Hand(who=who, by=desk.by(request), version=int(version) if version.isascii() and version.isdecimal() and len(version) < 9 else -1,
                key=form.get("key", ""))
    figure = _figure(conn, room, request, subject, now)
    match form.get("do"):
        case "enter":
            enter(conn, room.office, figure, _typed(form) or {}, hand)
        case "approve":
            approve(conn, room.office, figure, hand)
        case "return":
            give_back(conn, room.office, subject, form.get("reason", ""), hand)
        case _:
            raise InputError(desk.text("Hãy chọn gửi duyệt, duyệt hoặc trả lại."))


def _figure(conn: Connection, room: Room, request: Request, subject: str, now: datetime) -> Figure:
    found = figure_at(room.asked, subject, history(conn, subject, seeing(room.desk.who(request))), local_day(now))
    if found is None:
        raise NotFoundError(room.desk.text("Không có số liệu này trong phạm vi của bạn."))
    return found


def _typed(form: Mapping[str, str]) -> Mapping[str, str] | None:
    return {name: form.get(name, "") for name in FIELDS} if form.get("do") == "enter" else None


def _changed(faster: ConflictError, text: Words) -> str:
    if not faster.changes:
        return text("Số liệu này đã thay đổi: hãy xem lại rồi quyết định.")
    last = faster.changes[-1]
    said = {"entered": text("{by} vừa nhập lúc {at}: hãy xem lại rồi quyết định.", by=last.by, at=text.minute(last.at)),
            "approved": text("{by} đã duyệt lúc {at}: hãy xem lại rồi quyết định.", by=last.by, at=text.minute(last.at)),
            "returned": text("{by} đã trả lại lúc {at}: hãy xem lại rồi quyết định.", by=last.by, at=text.minute(last.at))}
    return said[last.fact]


def _problem(wrong: IocError, text: Words) -> str:
    """What cannot be done, in the reader's words where they are known."""
    if isinstance(wrong, RefusedError) and "yourself" in str(wrong):
        return text("Bạn là người nhập số liệu này: người khác phải duyệt hoặc trả lại.")
    if isinstance(wrong, NotPermittedError):
        return text("Số liệu này không chờ duyệt.")
    if isinstance(wrong, KeyUsedError):
        return text("Biểu mẫu này đã được gửi với nội dung khác: hãy xem lại rồi gửi.")
    if isinstance(wrong, InputError) and "returned for a reason" in str(wrong):
        return text("Hãy ghi lý do trả lại, không quá {n} ký tự.", n=LONGEST_REASON)
    return str(wrong)
