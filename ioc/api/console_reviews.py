"""`/console/reviews`: rejections and merges that the lot has drawn, read again by a lead who did not decide them; shares, never by person."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from fastapi import FastAPI, Request, Response
from starlette.responses import RedirectResponse

from ioc.api.answers import status_of
from ioc.api.desk import Desk
from ioc.api.forms import form_of
from ioc.clock import local_day
from ioc.db.connect import Connection
from ioc.errors import InputError, IocError
from ioc.people.principal import Principal
from ioc.people.roles import Permission
from ioc.reports.public import REASONS
from ioc.reports.states import STATES
from ioc.shift.handover import began
from ioc.shift.reviews import LONGEST, Drawn, Handled, Lot, Share, Verdict, disagreed, draw, handled, judge, shares, unread
from ioc.words import Words

PATH = "/console/reviews"
SPAN, WEEK, DAY = timedelta(days=30), timedelta(days=7), timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """What a page shows. `texts`: report → its words."""

    drawn: list[Drawn]
    texts: Mapping[str, str]
    shares: list[Share]
    own: list[Share]
    disagreed: list[Any]
    shift: Handled
    week: Handled


def add_console_reviews(server: FastAPI, desk: Desk, lot: Lot) -> None:
    """Put the page and the verdicts on the server."""
    @server.get(PATH)
    async def page(request: Request) -> Response:
        query = request.query_params
        return await _page(desk, lot, request, again=query.get("again", "")[:200], done="done" in query)

    @server.post(PATH + "/judge")
    async def judged(request: Request) -> Response:
        return await _judged(desk, lot, request)


async def _judged(desk: Desk, lot: Lot, request: Request) -> Response:
    try:
        form, who, by = await form_of(request), desk.who(request), desk.by(request)
        if form.get("agrees") not in {"yes", "no"}:
            raise InputError(desk.text("Hãy chọn đồng ý hoặc không đồng ý."))
        verdict = Verdict(event_id=form.get("event", ""), agrees=form["agrees"] == "yes", words=form.get("words", ""))
        subject = await desk.database.ask(lambda conn: judge(conn, verdict, who, by))
    except IocError as wrong:
        return await _page(desk, lot, request, status=status_of(wrong), problem=str(wrong))
    return RedirectResponse(f"{PATH}?{urlencode({'done': 1} if verdict.agrees else {'again': subject})}", status_code=303)


async def _page(desk: Desk, lot: Lot, request: Request, *, status: int = 200, problem: str = "", again: str = "", done: bool = False) -> Response:  # noqa: PLR0913 (what is said)
    who, now, text = desk.who(request), desk.clock.now(), desk.words()
    found = await desk.database.ask(lambda conn: _found(conn, desk, lot, who, now))
    return desk.page(
        request, "reviews.html", "Đọc lại ngẫu nhiên", status=status, problem=problem, done=text("Đã ghi nhận.") if done else "", again=again,
        again_href=f"/console/reports?{urlencode({'report': again})}", longest=LONGEST,
        pct=text.number(lot.reread_pct, 0 if lot.reread_pct.is_integer() else 1),
        drawn=[_drawn(d, found.texts, desk, text) for d in found.drawn], may_read=who.may(Permission.REPORTS_APPROVE),
        shares=_shares(found.shares, text), own=_shares(found.own, text),
        spans=[_handled(found.shift, text("Ca này"), text), _handled(found.week, text("7 ngày qua"), text)],
        disagreed=[{"subject": d.subject, "kind": _kind(d.fact, text), "reason": _reason(d.reason_code, text), "words": d.words,
                    "at": text.minute(d.read_at)} for d in found.disagreed])


def _found(conn: Connection, desk: Desk, lot: Lot, who: Principal, now: datetime) -> _Found:
    draw(conn, desk.seals(), lot)
    real = desk.clock.real()
    drawn = unread(conn, who) if who.may(Permission.REPORTS_APPROVE) else []
    named = {d.subject for d in drawn} | {d.parent_id for d in drawn if d.parent_id}
    texts = {subject: text for subject in named if (text := desk.report_words(conn, who, subject))}
    return _Found(drawn=drawn, texts=texts, shares=shares(conn, real - SPAN), own=shares(conn, real - SPAN, actor=who.actor),
                  disagreed=disagreed(conn, real - SPAN, who.actor), shift=handled(conn, began(conn).at or now - DAY, who),
                  week=handled(conn, now - WEEK, who))


def _drawn(drawn: Drawn, texts: Mapping[str, str], desk: Desk, text: Words) -> Mapping[str, Any]:
    return {"event": drawn.event_id, "subject": drawn.subject, "kind": _kind(drawn.fact, text), "code": _reason(drawn.reason_code, text),
            "reason": drawn.reason, "parent": drawn.parent_id or "", "text": texts.get(drawn.subject, ""),
            "parent_text": texts.get(drawn.parent_id or "", ""),
            "category": desk.profile.category_name(drawn.category, text.language), "at": text.minute(drawn.decided_at),
            "place": desk.profile.unit_name(drawn.unit_code, local_day(drawn.decided_at), text.language),
            "state": text(STATES[drawn.state]) if drawn.state in STATES else drawn.state, "since": text.minute(drawn.submitted_at)}


def _kind(fact: str, text: Words) -> str:
    return text("Gộp") if fact == "merged" else text("Từ chối")


def _reason(code: str, text: Words) -> str:
    return text(REASONS[code]) if code in REASONS else code


def _shares(found: list[Share], text: Words) -> list[Mapping[str, str]]:
    return [{"kind": _kind(s.fact, text), "reason": _reason(s.reason_code, text), "drawn": text.number(s.drawn), "read": text.share(s.read, s.drawn),
             "disagreed": text.share(s.disagreed, s.read)} for s in found]


def _handled(found: Handled, name: str, text: Words) -> Mapping[str, str]:
    return {"name": name, "had": text.number(found.had), "handled": text.share(found.handled, found.had),
            "rejected": text.share(found.rejected, found.handled), "merged": text.share(found.merged, found.handled)}
