"""`/phan-anh/tra-cuu`: a report by its receipt code, what is asked of the citizen, the verdict. The code comes in a body, never in an address."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from fastapi import FastAPI, Request, Response

from ioc.api.citizen import BOUNDS, PATH, Counter, away, said
from ioc.api.citizen_doors import KnockError
from ioc.api.citizen_form import LONGEST_TEXT, MistakeError, broken, read_photos
from ioc.api.multipart import Posted, posted
from ioc.db.connect import Connection
from ioc.errors import ConfigurationError, InputError, UnavailableError
from ioc.reports.filing import by_receipt
from ioc.reports.following import Following, following
from ioc.reports.photos import MOST
from ioc.reports.states import STATES
from ioc.reports.telling import Answer, NotNowError, tell
from ioc.reports.typed import line_typed, words_typed
from ioc.words import Words

FOLLOW = PATH + "/tra-cuu"


def add_citizen_follow(server: FastAPI, at: Counter) -> None:
    """Put the page on the server. It is open: the code is what proves whose report it is."""
    @server.get(FOLLOW)
    async def asking(request: Request) -> Response:
        return await _page(at, request, "", None)

    @server.post(FOLLOW)
    async def told(request: Request) -> Response:
        return await _told(at, request)


async def _told(at: Counter, request: Request) -> Response:
    text = at.desk.words()
    try:
        at.doors.check_origin(request)
        at.doors.look_once(request)
        sent = await posted(request, BOUNDS)
        return await _answered(at, request, sent)
    except KnockError as knock:
        wrong = _too_often(text) if knock.why == "rate" else said(knock, text)
        return await _page(at, request, "", None, wrong=[wrong], status=knock.status)
    except UnavailableError:
        return await _page(at, request, "", None, wrong=[away(text)], status=503)
    except ConfigurationError:
        return await _page(at, request, "", None, wrong=[text("Trang này chưa được thiết lập xong nên chưa nhận phản ánh.")], status=503)


def _too_often(text: Words) -> str:
    return text("Đã tra cứu quá nhiều lần hoặc nhập sai mã nhiều lần. Hãy chờ ít phút rồi thử lại.")


async def _answered(at: Counter, request: Request, sent: Posted) -> Response:
    desk, text, code = at.desk, at.desk.words(), line_typed(sent.fields.get("code", ""))[:40]
    found = await desk.database.ask(lambda conn: _found(conn, at, code))
    if found is None:  # the same answer for a code that is none and for one that was never given
        at.doors.missed(request)
        return await _page(at, request, code, None, wrong=[text("Không có phản ánh nào với mã này. Hãy xem lại mã trên biên nhận.")], status=404)
    if not sent.fields.get("act"):
        return await _page(at, request, code, found)
    try:
        at.doors.try_once(request)
        done = await _tell(at, sent, code)
    except KnockError as knock:
        wrong = _too_often(text) if knock.why == "rate" else said(knock, text)
        return await _page(at, request, code, found, wrong=[wrong], status=knock.status, typed=_typed(sent))
    except InputError as mistake:
        return await _page(at, request, code, found, wrong=[_mistake(mistake, text)], status=400, typed=_typed(sent))
    except UnavailableError:
        return await _page(at, request, code, found, wrong=[away(text)], status=503, typed=_typed(sent))
    found = await desk.database.ask(lambda conn: _found(conn, at, code))
    return await _page(at, request, code, found, done=done)


def _found(conn: Connection, at: Counter, code: str) -> Following | None:
    return following(conn, code, at.desk.profile, at.rules, at.desk.clock, at.desk.words().language)


def _typed(sent: Posted) -> dict[str, str]:
    return {"words": words_typed(sent.fields.get("words", "")), "act": sent.fields.get("act", "")}


async def _tell(at: Counter, sent: Posted, code: str) -> str:
    """Take what was told; answers what is said about it."""
    text, fields = at.desk.words(), sent.fields
    key = at.doors.key_of(fields.get("form", ""))
    if wrong := broken(sent, text):
        raise MistakeError(wrong)
    words = words_typed(fields.get("words", ""))
    if len(words) > LONGEST_TEXT:
        raise MistakeError(text("Lời phản ánh dài quá {n} ký tự.", n=LONGEST_TEXT))
    answer = _answer(fields, key, words, text)
    photos = await read_photos(sent.files.get("photos", []), text) if answer.fact == "info_added" else []
    if answer.fact == "info_added" and not (words or photos):
        raise MistakeError(text("Hãy viết vài lời hoặc thêm ảnh."))
    answer = replace(answer, photos=photos)

    def take(conn: Connection) -> None:
        row = by_receipt(conn, code)
        assert row, "the code was looked up a moment ago"
        tell(conn, row["subject"], answer, at.door(), at.rules)

    await at.desk.database.ask(take)
    return {"info_added": text("Đã nhận phần bổ sung của bạn."), "rated": text("Cảm ơn bạn đã đánh giá."),
            "reopened": text("Đã nhận yêu cầu mở lại.")}[answer.fact]


def _answer(fields: Mapping[str, str], key: str, words: str, text: Words) -> Answer:
    match fields.get("act", ""):
        case "info_added":
            return Answer(fact="info_added", key=key, words=words, telephone=line_typed(fields.get("telephone", ""))[:40])
        case "rated":
            if fields.get("rating") not in {"1", "2", "3"}:
                raise MistakeError(text("Hãy chọn một mức đánh giá."))
            return Answer(fact="rated", key=key, words=words, rating=int(fields["rating"]))
        case "reopened":
            if not words:
                raise MistakeError(text("Hãy viết điều gì chưa được giải quyết."))
            return Answer(fact="reopened", key=key, words=words)
        case _:
            raise MistakeError(text("Mẫu gửi lên không đọc được: hãy thử gửi lại."))


def _mistake(mistake: InputError, text: Words) -> str:
    if isinstance(mistake, MistakeError):
        return str(mistake)
    if isinstance(mistake, NotNowError):
        return text("Phản ánh vừa chuyển sang bước khác nên chưa nhận được: hãy xem lại bên dưới.")
    return text("Chưa nhận được: phản ánh này đã đủ lời, ảnh, hoặc mẫu này đã được gửi rồi.")


async def _page(at: Counter, request: Request, code: str, found: Following | None, **more: Any) -> Response:
    desk, text = at.desk, at.desk.words()
    given: dict[str, Any] = {"wrong": (), "status": 200, "done": "", "typed": {"words": "", "act": ""}} | more
    try:
        form = at.doors.new_form() if found else ""
    except ConfigurationError:
        form = ""
    return desk.page(request, "citizen_follow.html", "Tra cứu phản ánh", code=code, found=found, form=form, most=MOST,
                     is_exercise=await at.is_exercise(), steps=_steps(found, text) if found else (), follow=FOLLOW, again=PATH, rules=at.rules,
                     category=desk.profile.category_name(found.report.category, text.language) if found else "", **given)


def _steps(found: Following, text: Words) -> Sequence[tuple[str, str]]:
    return [(text(STATES[step.state]), text.minute(step.at)) for step in found.steps]
