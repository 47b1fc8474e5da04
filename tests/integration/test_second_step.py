"""The second step of a sign-in: asked for, good once and near its time, turned on by its owner."""

from collections.abc import Iterator
from pathlib import Path

import pyotp
import pytest

from ioc.people.accounts import By, person_by_login, set_totp
from ioc.people.seals import read_seals
from ioc.people.totp import STEP_S
from tests.integration.cast import PASSWORD
from tests.integration.sign_in_desk import NOW, SECRET, Desk, cookie_of, csrf, signing_in
from tests.integration.web_server import Answer


@pytest.fixture
def desk(postgres: str, tmp_path: Path) -> Iterator[Desk]:
    with signing_in(postgres, tmp_path) as made:
        yield made


def with_second_step(desk: Desk) -> None:
    lan = person_by_login(desk.conn, "lan")
    assert lan
    set_totp(desk.conn, lan, SECRET, read_seals(str(desk.keys)), By(actor="system:test", at=NOW))


def step(desk: Desk, code: str, cookie: str) -> Answer:
    return desk.post("/login/step", {"code": code}, Cookie=cookie)


def code_at(desk: Desk, shift: int = 0) -> str:
    return pyotp.TOTP(SECRET).at(int(desk.clock.now().timestamp()) + shift * STEP_S)


def test_second_step_is_asked_for_and_opens(desk: Desk) -> None:
    with_second_step(desk)
    half = desk.sign_in("lan", to="/wall")
    assert half.status == 200
    assert not [c for c in half.cookies if c.startswith("ioc_session")]
    answer = step(desk, code_at(desk), cookie_of(half, "step"))
    assert answer.headers["location"] == "/wall"
    assert desk.get("/console", Cookie=cookie_of(answer)).status == 200


def test_code_works_once_and_only_near_its_time(desk: Desk) -> None:
    with_second_step(desk)
    assert step(desk, code_at(desk, 5), cookie_of(desk.sign_in("lan"), "step")).status == 403
    assert step(desk, code_at(desk), cookie_of(desk.sign_in("lan"), "step")).status == 303
    assert step(desk, code_at(desk), cookie_of(desk.sign_in("lan"), "step")).status == 403


def test_half_a_sign_in_is_used_up_by_one_wrong_code(desk: Desk) -> None:
    with_second_step(desk)
    half = cookie_of(desk.sign_in("lan"), "step")
    assert [step(desk, code, half).status for code in ("000000", code_at(desk))] == [403, 403]


def test_half_a_sign_in_holds_five_minutes(desk: Desk) -> None:
    with_second_step(desk)
    half = cookie_of(desk.sign_in("lan"), "step")
    desk.clock.advance(301)
    assert step(desk, code_at(desk), half).status == 403


def test_codes_cannot_be_guessed_without_waiting(desk: Desk) -> None:
    with_second_step(desk)
    statuses = []
    for n in range(8):
        half = desk.sign_in("lan")
        if half.status == 200:
            statuses.append(step(desk, f"{n:06d}", cookie_of(half, "step")).status)
    assert statuses == [403] * 5


def test_person_turns_the_second_step_on_by_their_own_page(desk: Desk) -> None:
    cookie = cookie_of(desk.sign_in("lan"))
    page = desk.get("/console/me", Cookie=cookie).body.decode()
    secret = page.split("<code>")[1].partition("</code>")[0]
    form = {"csrf": csrf(desk, cookie), "old": PASSWORD, "act": "on", "step": page.split('name="step" value="')[1].partition('"')[0]}
    done = desk.post("/console/me/second-step", form | {"code": pyotp.TOTP(secret).at(int(NOW.timestamp()))}, Cookie=cookie)
    assert done.status == 200
    assert desk.sign_in("lan").status == 200
    sealed = desk.conn.execute("select totp_sealed from person where login = 'lan'").fetchone()
    assert sealed
    assert secret.encode() not in bytes(sealed[0])
