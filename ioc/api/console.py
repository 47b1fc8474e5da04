"""`/console`: where a person finds what their roles open; `/console/me`: their own password, second step and sessions."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from fastapi import FastAPI, Request, Response
from starlette.responses import RedirectResponse

from ioc.api.access import EXACT, PANELS, may, panel_need
from ioc.api.desk import Desk
from ioc.api.forms import form_of
from ioc.db.connect import Connection
from ioc.errors import ConfigurationError, InputError, IocError, RefusedError, UnavailableError
from ioc.people import sessions, totp
from ioc.people.accounts import Person, person_by_id, set_password, set_totp
from ioc.people.passwords import is_right
from ioc.people.principal import Principal
from ioc.people.roles import NAMES
from ioc.people.sign_in import SAME, Attempt, charge, failed, refund

Act = Callable[[Request, Mapping[str, str]], Awaitable[str]]
"""What a form of one's own page does; answers what is said when it is done."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """A link of the console."""

    href: str
    title: str
    about: str


DONE = {"password": "Đã đổi mật khẩu.", "on": "Đã bật xác thực hai bước.", "off": "Đã tắt xác thực hai bước.",
        "others": "Đã đăng xuất khỏi các thiết bị khác."}
DOORS = (
    ("/wall", "Màn hình điều hành", "Toàn bộ chuyên đề, cập nhật trực tiếp"),
    ("/console/standing", "Trạng thái trực", "Bình thường, theo dõi, tăng cường, ứng phó: hiện trên mọi màn hình"),
    ("/console/brief", "Báo cáo giao ban", "Một trang A4 cho buổi giao ban, bản Word và PDF"),
    ("/console/reports", "Tiếp nhận phản ánh", "Xác minh, phân công, trả lời phản ánh bằng bàn phím"),
    ("/console/alerts", "Cảnh báo đang mở", "Nhận, giao, xử lý cảnh báo đang mở"),
    ("/console/cameras", "Camera", "Hình ảnh và tình trạng các camera trong phạm vi của bạn"),
    ("/console/cameras/review", "Xem lại phát hiện của camera", "Người trực xác nhận hoặc bác bỏ, kèm ảnh"),
    ("/console/agency", "Việc của đơn vị", "Nhận, xử lý, báo kết quả phản ánh được giao, kèm ảnh"),
    ("/console/unit", "Số liệu đơn vị", "Các chuyên đề, riêng phần của đơn vị, cơ quan bạn"),
    ("/console/figures", "Số liệu nhập tay", "Nhập, duyệt chỉ tiêu theo kỳ; đơn vị chậm nộp"),
    ("/console/hotline", "Tiếp nhận cuộc gọi", "Ghi phản ánh qua điện thoại bằng bàn phím"),
    ("/console/shift", "Sổ giao ca", "Việc đang mở, ghi chú của ca, ký bàn giao và nhận ca"),
    ("/console/reviews", "Đọc lại ngẫu nhiên", "Từ chối và gộp được rút thăm, trưởng ca khác đọc lại"),
    ("/console/letters", "Thông điệp chưa nhận được", "Xem, sửa, gửi lại, chuyển cho nguồn"),
    ("/console/screens", "Màn hình", "Ghép, ghim, thu hồi màn hình treo tường"),
    ("/console/audit", "Nhật ký", "Ai đã làm gì, lúc nào, vì sao"),
    ("/scenarios", "Kịch bản trình diễn", "Chạy một ngày mô phỏng cho người xem"),
)


def add_console(server: FastAPI, desk: Desk, titles: Mapping[str, str]) -> None:
    """Put the pages on the server. `titles`: of the panels, by key."""
    mine = _Mine(desk)

    @server.get("/console")
    async def console(request: Request) -> Response:
        who, text = desk.who(request), desk.words()
        doors = [Door(href=href, title=text(title), about=text(about)) for href, title, about in DOORS if may(who, EXACT[href])]
        return desk.page(request, "console.html", "Bàn làm việc", doors=doors + _panels(who, titles, desk), roles=[text(NAMES[r]) for r in who.roles])

    @server.get("/console/me")
    async def me(request: Request) -> Response:
        return await mine.page(request)

    @server.post("/console/me/password")
    async def password(request: Request) -> Response:
        return await mine.acted(request, mine.password)

    @server.post("/console/me/second-step")
    async def second_step(request: Request) -> Response:
        return await mine.acted(request, mine.second_step)

    @server.post("/console/me/sessions")
    async def others(request: Request) -> Response:
        return await mine.acted(request, mine.others)


def _panels(who: Principal, titles: Mapping[str, str], desk: Desk) -> list[Door]:
    text = desk.words()
    shown = [key for key in titles if key in PANELS and may(who, panel_need(key))] if not may(who, EXACT["/wall"]) else []
    return [Door(href=f"/wall/{key}", title=text(titles[key]), about=text("Chuyên đề")) for key in shown]


class _Mine:
    """The acts of one's own page."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def page(self, request: Request, *, status: int = 200, problem: str = "", done: str = "") -> Response:
        desk = self._desk
        person = await desk.database.ask(lambda conn: self._person(conn, request))
        has = person.totp_sealed is not None
        secret, step = "", ""
        if not person.issuer and not has and not person.must_change and self._can_seal():
            secret = totp.new_secret()
            step = await desk.database.ask(lambda conn: sessions.put_step(conn, {"secret": self._sealed(secret, person)}, desk.clock.real(),
                                                                          person.person_id))
        picture = totp.picture(totp.address(secret, person.login, desk.profile.file.key)) if secret else ""
        return desk.page(request, "me.html", "Tài khoản của tôi", status=status, problem=problem, done=done, is_local=not person.issuer,
                         must_change=person.must_change, has_second_step=has, secret=secret, step=step, picture=picture)

    async def acted(self, request: Request, act: Act) -> Response:
        text = self._desk.words()
        try:
            done = await act(request, await form_of(request))
        except UnavailableError as away:
            return await self.page(request, status=503, problem=str(away))
        except RefusedError as refused:
            problem = text("Mật khẩu hiện tại hoặc mã không đúng.") if str(refused) == SAME else str(refused)
            return await self.page(request, status=403, problem=problem)
        except IocError as error:
            return await self.page(request, status=400, problem=str(error))
        self._desk.identities.forget()
        return RedirectResponse("/console", status_code=303) if done == "go" else await self.page(request, done=text(done))

    async def password(self, request: Request, form: Mapping[str, str]) -> str:
        desk, by = self._desk, self._desk.by(request)
        if form.get("new", "") != form.get("again", ""):
            raise InputError(desk.text("Hai lần nhập mật khẩu mới không giống nhau."))
        session = desk.found(request).session
        assert session

        def change(conn: Connection) -> str:
            person = self._proved(conn, request, form)
            set_password(conn, person, form.get("new", ""), by)
            sessions.end_others(conn, person.person_id, "password changed", by, but=session.session_id)
            return "go" if person.must_change else DONE["password"]

        return await desk.database.ask(change)

    async def second_step(self, request: Request, form: Mapping[str, str]) -> str:
        desk, by = self._desk, self._desk.by(request)

        def change(conn: Connection) -> str:
            person = self._proved(conn, request, form)
            if form.get("act") == "off":
                set_totp(conn, person, None, desk.seals(), by)
                return DONE["off"]
            found = sessions.take_step(conn, form.get("step", ""), by.at)
            if found is None or found[0] != person.person_id or "secret" not in found[1] or person.totp_sealed:
                raise InputError(desk.text("Đã quá 5 phút: vui lòng làm lại."))
            secret = desk.seals().open(bytes.fromhex(found[1]["secret"]), about=person.subject.encode()).decode()
            step = totp.step_of(secret, form.get("code", ""), by.at)
            if step is None:
                raise RefusedError(SAME)
            set_totp(conn, person, secret, desk.seals(), by, step=step)
            return DONE["on"]

        return await desk.database.ask(change)

    async def others(self, request: Request, form: Mapping[str, str]) -> str:
        del form
        desk, session, by = self._desk, self._desk.found(request).session, self._desk.by(request)
        assert session
        await desk.database.ask(lambda conn: sessions.end_others(conn, int(session.principal.id), "ended by the person", by, but=session.session_id))
        return DONE["others"]

    def _can_seal(self) -> bool:
        try:
            return self._desk.seals() is not None
        except ConfigurationError:
            return False  # the page says so

    def _sealed(self, secret: str, person: Person) -> str:
        return self._desk.seals().seal(secret.encode(), about=person.subject.encode()).hex()

    def _person(self, conn: Connection, request: Request) -> Person:
        person = person_by_id(conn, int(self._desk.who(request).id))
        assert person, "a session belongs to a person"
        return person

    def _proved(self, conn: Connection, request: Request, form: Mapping[str, str]) -> Person:
        """The person, who typed their present password: a session left open must not be enough."""
        person, by = self._person(conn, request), self._desk.by(request)
        attempt = Attempt(login=person.login, address=by.address, at=by.at)
        charged = charge(conn, attempt)
        if not is_right(form.get("old", ""), person.password_hash):
            raise failed(conn, attempt, person)
        refund(conn, charged)
        return person
