"""`/login`, its second step, and the province's own sign-on."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from fastapi import FastAPI, Request, Response
from starlette.responses import RedirectResponse

from ioc.api.desk import Desk
from ioc.api.forms import form_of, own_path
from ioc.api.hardening import address_of
from ioc.api.ways import OidcWay, Way
from ioc.errors import InputError, IocError, RefusedError, UnavailableError
from ioc.people import sessions
from ioc.people.accounts import By, Person, outside_person
from ioc.people.outside import Reason, SignOnRefusedError
from ioc.people.principal import Grant
from ioc.people.sign_in import Attempt, WaitError, charge, failed, refund, succeeded, with_code, with_password

AFTER = "/console"
AT_ONCE = 2
"""Passwords looked at at the same time: each takes 64 MiB and a core for a moment."""
STEP_COOKIE = "step"
NOT_SO = "Không đăng nhập được bằng tài khoản của tỉnh. Vui lòng thử lại, hoặc báo quản trị hệ thống."
REFUSED = {
    Reason.PASSWORD: "Tên đăng nhập, mật khẩu hoặc mã không đúng.",
    Reason.DISABLED: "Tài khoản này đã bị khóa ở hệ thống của tỉnh.",
    Reason.NO_GROUP: "Tài khoản này không thuộc nhóm nào được dùng trung tâm điều hành.",
    Reason.CANCELLED: "Việc đăng nhập đã bị hủy.",
}
"""What the page says of a refusal of the province's own sign-on; NOT_SO of all others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignIn:
    """The sign-in of one web process. `ways`: of the province's own sign-on, by key."""

    desk: Desk
    ways: Mapping[str, Way]

    def attempt(self, request: Request, login: str) -> Attempt:
        return Attempt(login=login[:200], address=address_of(request.scope), at=self.desk.clock.real())


def add_sign_in(server: FastAPI, sign_in: SignIn) -> None:
    """Put the paths on the server."""
    turns = asyncio.Semaphore(AT_ONCE)

    @server.get("/login")
    async def page(request: Request) -> Response:
        return _page(sign_in, request, own_path(request.query_params.get("to", ""), AFTER))

    @server.post("/login")
    async def with_own_password(request: Request) -> Response:
        return await _tried(sign_in, request, turns, _local)

    @server.post("/login/step")
    async def second_step(request: Request) -> Response:
        return await _tried(sign_in, request, turns, _second)

    @server.post("/login/outside")
    async def outside(request: Request) -> Response:
        return await _tried(sign_in, request, turns, _outside)

    @server.get("/login/return")
    async def returned(request: Request) -> Response:
        return await _tried(sign_in, request, turns, _returned)


Try = Callable[[SignIn, Request, Mapping[str, str], str], Awaitable[Response]]


async def _tried(sign_in: SignIn, request: Request, turns: asyncio.Semaphore, attempt: Try) -> Response:
    """One attempt, a few at a time; what is wrong is said on the page."""
    form = await form_of(request, proved=False)
    to = own_path(form.get("to", ""), AFTER)
    text = sign_in.desk.words()
    try:
        async with turns:
            return await attempt(sign_in, request, form, to)
    except WaitError as wait:
        problem = text("Sai quá nhiều lần. Vui lòng thử lại sau {n} giây.", n=wait.wait_s)
        answer = _page(sign_in, request, to, status=429, problem=problem)
        answer.headers["retry-after"] = str(wait.wait_s)
        return answer
    except SignOnRefusedError as refused:
        return _page(sign_in, request, to, status=403, problem=text(REFUSED.get(refused.reason, NOT_SO)), login=form.get("login", ""))
    except RefusedError:
        return _page(sign_in, request, to, status=403, problem=text("Tên đăng nhập, mật khẩu hoặc mã không đúng."), login=form.get("login", ""))
    except UnavailableError:
        return _page(sign_in, request, to, status=503, problem=text("Chưa kiểm tra được tài khoản, vui lòng thử lại sau giây lát."))
    except IocError as error:
        return _page(sign_in, request, to, status=403, problem=str(error))


async def _local(sign_in: SignIn, request: Request, form: Mapping[str, str], to: str) -> Response:
    attempt = sign_in.attempt(request, form.get("login", ""))
    person = await sign_in.desk.database.ask(lambda conn: with_password(conn, attempt, form.get("password", "")))
    if not person.totp_sealed:
        return await _let_in(sign_in, attempt, person, to)
    detail = {"login": attempt.login, "to": to}
    token = await sign_in.desk.database.ask(lambda conn: sessions.put_step(conn, detail, attempt.at, person.person_id))
    answer = sign_in.desk.page(request, "step.html", "Xác thực hai bước", to=to)
    answer.headers.append("set-cookie", sign_in.desk.cookies.setting(STEP_COOKIE, token, max_age_s=300))
    return answer


async def _second(sign_in: SignIn, request: Request, form: Mapping[str, str], _: str) -> Response:
    desk = sign_in.desk
    token = desk.cookies.read(request.headers.get("cookie", ""), STEP_COOKIE)
    attempt = sign_in.attempt(request, "")
    step = await desk.database.ask(lambda conn: sessions.take_step(conn, token, attempt.at)) if token else None
    if step is None or step[0] is None or "login" not in step[1]:  # the step of something else
        raise InputError(desk.text("Đã quá 5 phút: vui lòng đăng nhập lại từ đầu."))
    person_id, detail = step[0], step[1]
    attempt = replace(attempt, login=detail["login"])
    person = await desk.database.ask(lambda conn: with_code(conn, attempt, person_id, form.get("code", ""), desk.seals()))
    return await _let_in(sign_in, attempt, person, detail["to"])


async def _outside(sign_in: SignIn, request: Request, form: Mapping[str, str], to: str) -> Response:
    way = _way(sign_in, form.get("way", ""))
    if isinstance(way, OidcWay):
        address, step = await way.begin()
        detail = {"way": way.key, "to": to, "step": dict(step)}
        token = await sign_in.desk.database.ask(lambda conn: sessions.put_step(conn, detail, sign_in.desk.clock.real()))
        # Not a redirect: browsers hold one against the policy of the form that led to it.
        answer = sign_in.desk.page(request, "leaving.html", "Đăng nhập", address=address)
        answer.headers.append("set-cookie", sign_in.desk.cookies.setting(STEP_COOKIE, token, max_age_s=300))
        return answer
    attempt = sign_in.attempt(request, form.get("login", ""))
    charged = await sign_in.desk.database.ask(lambda conn: charge(conn, attempt))
    try:
        identity, grants = await way.with_password(attempt.login, form.get("password", ""))
    except SignOnRefusedError as refused:
        await sign_in.desk.database.ask(lambda conn: failed(conn, attempt, None))
        raise refused from None
    except UnavailableError:
        await sign_in.desk.database.ask(lambda conn: refund(conn, charged))
        raise
    await sign_in.desk.database.ask(lambda conn: refund(conn, charged))
    return await _vouched(sign_in, attempt, identity, grants, to)


async def _returned(sign_in: SignIn, request: Request, _: Mapping[str, str], __: str) -> Response:
    desk = sign_in.desk
    token = desk.cookies.read(request.headers.get("cookie", ""), STEP_COOKIE)
    step = await desk.database.ask(lambda conn: sessions.take_step(conn, token, desk.clock.real())) if token else None
    if step is None or "way" not in step[1]:
        raise InputError(desk.text("Đã quá 5 phút: vui lòng đăng nhập lại từ đầu."))
    detail = step[1]
    way = _way(sign_in, detail["way"])
    assert isinstance(way, OidcWay), "only a provider leads back here"
    identity, grants = await way.finish(detail["step"], dict(request.query_params))
    return await _vouched(sign_in, sign_in.attempt(request, identity.login), identity, grants, detail["to"])


async def _vouched(sign_in: SignIn, attempt: Attempt, identity: Any, grants: tuple[Grant, ...], to: str) -> Response:
    by = By(actor="system:sign-on", at=attempt.at, address=attempt.address)
    person = await sign_in.desk.database.ask(lambda conn: outside_person(conn, identity, grants, by))
    return await _let_in(sign_in, attempt, person, to)


async def _let_in(sign_in: SignIn, attempt: Attempt, person: Person, to: str) -> Response:
    """Begin a session; whatever cookie the browser showed before is replaced by a new one."""
    desk = sign_in.desk

    def begin(conn: Any) -> str:
        succeeded(conn, attempt)
        return sessions.begin(conn, person, By(actor=person.subject, at=attempt.at, address=attempt.address))

    token = await desk.database.ask(begin)
    desk.identities.forget()
    answer = RedirectResponse("/console/me" if person.must_change else to, status_code=303)
    answer.headers.append("set-cookie", desk.cookies.setting("session", token))
    answer.headers.append("set-cookie", desk.cookies.setting(STEP_COOKIE, "", max_age_s=0))
    return answer


def _way(sign_in: SignIn, key: str) -> Way:
    if key not in sign_in.ways:
        raise InputError(f"there is no sign-on '{key[:50]}'")
    return sign_in.ways[key]


def _page(sign_in: SignIn, request: Request, to: str, *, status: int = 200, problem: str = "", login: str = "") -> Response:
    return sign_in.desk.page(request, "login.html", "Đăng nhập", status=status, to=to, problem=problem, login=login[:200],
                             outside=list(sign_in.ways.values()))

