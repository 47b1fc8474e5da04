"""`/phan-anh`: where a citizen tells what is wrong, without a session and without a script up to the sending; the receipt; the ground of its map."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

import orjson
from fastapi import FastAPI, Request, Response

from ioc.api.citizen_doors import FILINGS_AN_HOUR, Doorkeeper, KnockError, minutes
from ioc.api.citizen_form import Form, MistakeError, broken, filing, groups, problems, read_photos, typed
from ioc.api.desk import Desk
from ioc.api.multipart import Bounds, posted
from ioc.clock import local_day
from ioc.db.migrate import mark
from ioc.errors import ConfigurationError, InputError, UnavailableError
from ioc.maps.ground import Atlas, Ground
from ioc.maps.page import ground_notes
from ioc.reports.filing import Door, Filed, file
from ioc.reports.intake_rules import IntakeRules, load_intake_rules
from ioc.reports.landmarks import Landmark, landmarks_on, load_landmarks, told
from ioc.reports.photos import MAX_BYTES, MOST
from ioc.reports.pictures import public_picture
from ioc.words import Words

PATH = "/phan-anh"
BOUNDS = Bounds(files=MOST, file_bytes=MAX_BYTES)
PATIENCE_S = 1.0
"""The form is shown while the database is away: what is typed meanwhile is not lost."""
POSITION = {"Permissions-Policy": "geolocation=(self), camera=(), microphone=(), payment=(), usb=()"}
"""The one page that may ask where somebody is, and only when they press the button."""


@dataclass(slots=True, kw_only=True)
class Counter:
    """What the citizens' pages stand on. `kind`: the database's birth mark, '' until it was read."""

    desk: Desk
    source: str
    rules: IntakeRules
    landmarks: Sequence[Landmark]
    doors: Doorkeeper
    atlas: Atlas
    kind: str = field(default="")

    def door(self) -> Door:
        return Door(clock=self.desk.clock, seals=self.desk.seals(), source=self.source)

    def today(self) -> date:
        return local_day(self.desk.clock.now())

    async def is_exercise(self) -> bool:
        """Whether what is sent here is practice; unknown counts as no, and what is sent then is not taken anyway."""
        if not self.kind:
            try:
                async with asyncio.timeout(PATIENCE_S):
                    self.kind = await self.desk.database.ask(mark)
            except (UnavailableError, TimeoutError):
                return False
        return self.kind == "exercise"

    def form(self) -> Form:
        day = self.today()
        return Form(profile=self.desk.profile, rules=self.rules, landmarks=landmarks_on(self.landmarks, day), bounds=self.atlas.on(None, day).bounds,
                    day=day)


def counter(desk: Desk, source: str) -> Counter:
    """The counter of one web process. `source`: CloudEvents source of what is filed at it."""
    return Counter(desk=desk, source=source, rules=load_intake_rules(desk.profile), landmarks=load_landmarks(desk.profile), doors=Doorkeeper(desk),
                   atlas=Atlas(desk.profile))


def add_citizen(server: FastAPI, at: Counter) -> None:
    """Put the pages on the server. All are open: each proves its own requests."""
    @server.get(PATH)
    async def asking(request: Request) -> Response:
        return await _page(at, request, typed({}))

    @server.post(PATH)
    async def filed(request: Request) -> Response:
        return await _filed(at, request)

    @server.get(PATH + "/dia-ban.json")
    async def ground() -> Response:
        return await _ground(at)

    @server.get(PATH + "/anh/{media_id:path}")
    async def shown(media_id: str) -> Response:
        number = _uuid(media_id)
        body = await at.desk.database.ask(lambda conn: public_picture(conn, at.desk.seals(), number))
        return Response(body, media_type="image/jpeg", headers={"Cache-Control": "private, max-age=60"})


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise InputError("a picture is named by its number") from None


async def _page(at: Counter, request: Request, values: Mapping[str, str], *, wrong: Sequence[str] = (), status: int = 200,
                form: str = "") -> Response:
    desk, text, day = at.desk, at.desk.words(), at.today()
    try:
        number = form or at.doors.new_form()
    except ConfigurationError:
        wrong, status, number = [text("Trang này chưa được thiết lập xong nên chưa nhận phản ánh.")], 503, ""
    units = [(u.code, u.name_en if text.language == "en" else u.name) for u in desk.profile.units_on(day)]
    answer = desk.page(
        request, "citizen_form.html", "Gửi phản ánh", status=status, values=values, wrong=wrong, form=number, units=units, rules=at.rules,
        groups=groups(desk.profile.categories, text), most=MOST, is_exercise=await at.is_exercise(),
        places=[one.name_en if text.language == "en" else one.name for one in landmarks_on(at.landmarks, day)])
    answer.headers.update(POSITION)
    return answer


async def _filed(at: Counter, request: Request) -> Response:
    text = at.desk.words()
    try:
        at.doors.check_origin(request)
        at.doors.try_once(request)
    except KnockError as knock:
        return await _page(at, request, typed({}), wrong=[said(knock, text)], status=knock.status)
    sent = await posted(request, BOUNDS)
    values, number = typed(sent.fields), sent.fields.get("form", "")
    try:
        key = at.doors.key_of(number)
        wrong = [*([told_ill] if (told_ill := broken(sent, text)) else []), *_trap(sent.fields, text), *problems(at.form(), values, text)]
        if wrong:
            return await _page(at, request, values, wrong=wrong, status=503 if sent.problem == "busy" else 400, form=number)
        photos = await read_photos(sent.files.get("photos", []), text)
        at.doors.file_once(request)
        report = filing(at.form(), values, photos, key)
        filed = await at.desk.database.ask(lambda conn: file(conn, report, at.door()))
    except KnockError as knock:
        return await _page(at, request, values, wrong=[said(knock, text)], status=knock.status, form="" if knock.why == "form" else number)
    except InputError as mistake:
        return await _page(at, request, values, wrong=[_mistake(mistake, text)], status=400)
    except (UnavailableError, ConfigurationError):
        return await _page(at, request, values, wrong=[away(text)], status=503, form=number)
    return await _receipt(at, request, filed)


def away(text: Words) -> str:
    return text("Hệ thống chưa trả lời: chưa nhận được gì. Những gì bạn viết vẫn còn ở dưới; hãy chọn lại ảnh và gửi lại sau ít phút.")


def _mistake(mistake: InputError, text: Words) -> str:
    """All else was looked at before: what is refused now is a form that was sent before with other words in it."""
    return str(mistake) if isinstance(mistake, MistakeError) else text(
        "Mẫu này đã được gửi rồi. Nếu đây là một phản ánh khác, hãy bấm Gửi lần nữa.")


def _trap(fields: Mapping[str, str], text: Words) -> list[str]:
    return [text("Ô “Trang web” phải để trống: hãy xóa rồi gửi lại.")] if fields.get("website", "").strip() else []


def said(knock: KnockError, text: Words) -> str:
    """Why the doors stay shut, in words of the page."""
    match knock.why:
        case "origin":
            return text("Yêu cầu này được gửi từ một trang khác nên không được nhận.")
        case "form":
            return text("Trang đã mở quá lâu hoặc không phải của chúng tôi: chưa nhận được gì. Hãy kiểm tra rồi bấm Gửi lần nữa.")
        case _:
            return text("Từ mạng của bạn đã có nhiều lần gửi (mỗi giờ nhận {most} phản ánh): chưa nhận được gì. Hãy chờ {n} phút rồi gửi lại, "
                        "những gì bạn viết vẫn còn ở dưới.", most=FILINGS_AN_HOUR, n=minutes(knock.wait_s))


async def _receipt(at: Counter, request: Request, filed: Filed) -> Response:
    return at.desk.page(request, "citizen_receipt.html", "Đã nhận phản ánh", wrong=(), filed=filed,
                        is_exercise=await at.is_exercise(), follow=PATH + "/tra-cuu", again=PATH)


async def _ground(at: Counter) -> Response:
    day, text = at.today(), at.desk.words()
    try:
        ground = await at.desk.database.ask(lambda conn: at.atlas.on(conn, day))
    except UnavailableError:
        ground = at.atlas.on(None, day)
    west, south, east, north = ground.bounds
    units = {u.code: u.name_en if text.language == "en" else u.name for u in at.desk.profile.units_on(day)}
    body = {"bounds": [[south, west], [north, east]], "cells": orjson.Fragment(ground.cells), "notes": ground_notes(ground, text),
            "places": told(landmarks_on(at.landmarks, day), units, text.language)}
    return Response(orjson.dumps(body), media_type="application/json", headers=_kept(ground))


def _kept(ground: Ground) -> dict[str, str]:
    return {"Cache-Control": "private, max-age=600", "Ioc-Ground": ground.sha256[:12]}
