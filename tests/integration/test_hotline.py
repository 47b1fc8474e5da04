"""Calls and pictures over HTTP: who may, within which reach, once for each click."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest

from tests.integration.cast import cookie
from tests.integration.cast import person as account
from tests.integration.citizen_desk import House, opened
from tests.integration.streams_db import one, rows
from tests.integration.streams_wire import NOW
from tests.integration.web_server import Answer, ask, multipart
from tests.unit.reports.test_photos import picture

CALL = {"category": "TR-ROAD", "text": "Ổ gà sâu", "telephone": "0912345678", "landmark": "CHO-SK"}


@pytest.fixture
def house(dsn: str, tmp_path: Path) -> Iterator[House]:
    with opened(dsn, tmp_path) as made:
        yield made


def person(house: House, role: str, agency: str = "X99.9001") -> str:
    login = f"{role}-{agency}".replace("_", "-").replace(".", "-").lower()
    account(house.conn, login, [role], NOW, agencies=(agency,))
    return cookie(house.conn, login, [role], NOW)


def send(house: House, path: str, body: Any, who: str, key: str = "") -> Answer:
    return ask(house.base, path, method="POST", body=orjson.dumps(body), Cookie=who, **{"Content-Type": "application/json", "Idempotency-Key": key})


def csrf(house: House, who: str) -> str:
    page = ask(house.base, "/console/me", Cookie=who, Accept="text/html").body.decode()
    return page.split('name="csrf" value="')[1].partition('"')[0]


def upload(house: House, subject: str, who: str, stage: str = "after", *, token: str | None = None, body: bytes = b"") -> Answer:
    fields = [("stage", stage), ("csrf", csrf(house, who) if token is None else token)]
    form, kind = multipart(fields, [("photo", "a.jpg", body or picture())])
    return ask(house.base, f"/console/photos/{subject}", method="POST", body=form, Cookie=who, **{"Content-Type": kind})


def sunk_subject(house: House) -> str:
    house.filed()
    house.sink()
    return str(one(house.conn, "select subject from report_state"))


def test_call_is_filed_once_for_each_key_with_the_place_of_the_list(house: House) -> None:
    lan = person(house, "operator")
    first, again = (send(house, "/api/hotline", CALL, lan, "call-0001") for _ in range(2))
    assert (first.status, again.status, first.json["receipt"] == again.json["receipt"]) == (201, 200, True)
    assert rows(house.conn, "select channel, address, lon_deg, actor like 'person:%%' from report_filing") == [
        ("phone", "Chợ Sao Khuê, Phường Sao Khuê", 85.146, True)]
    assert b'"unit_code":"99004"' in bytes(one(house.conn, "select body from outbox where channel = 'kafka'"))


@pytest.mark.parametrize(("changes", "status"), [
    ({"category": "NONE"}, 400), ({"text": " \u202e "}, 400), ({"landmark": "NONE"}, 400), ({"landmark": ""}, 400), ({"unit": "1"}, 400),
    ({"extra": "x"}, 400), ({"category": "BU-ENT", "telephone": ""}, 400), ({"landmark": "CHO-CU"}, 400)])
def test_call_that_is_not_whole_is_refused(house: House, changes: dict[str, str], status: int) -> None:
    answer = send(house, "/api/hotline", CALL | changes, person(house, "operator"), "call-0001")
    assert (answer.status, bool(answer.json["error"])) == (status, True)
    assert one(house.conn, "select count(*) from report_filing") == 0


def test_repeat_caller_is_counted_without_a_name(house: House) -> None:
    sunk_subject(house)
    lan = person(house, "operator")
    found = send(house, "/api/hotline/caller", {"telephone": "+84 912 345 678"}, lan).json
    assert (found["reports"], found["open"], found["rejected"], found["share"]) == (1, 1, 0, "0 / 1")
    assert "0912" not in str(found)
    assert send(house, "/api/hotline/caller", {"telephone": "0999999999"}, lan).json["reports"] == 0


def test_those_who_do_not_take_reports_in_get_nothing(house: House) -> None:
    focal = person(house, "focal_point")
    assert send(house, "/api/hotline", CALL, focal, "call-0001").status == 403
    assert send(house, "/api/hotline/caller", {"telephone": "0912345678"}, focal).status == 403


def test_picture_is_sent_named_once_and_read_in_reach_alone(house: House) -> None:
    subject, lan = sunk_subject(house), person(house, "operator")
    first, again = (upload(house, subject, lan) for _ in range(2))
    assert (first.status, first.json) == (201, again.json)
    number = first.json["media_ref"].removeprefix("photo:")
    shown = ask(house.base, f"/console/photos/{number}", Cookie=lan)
    assert (shown.status, shown.headers["content-type"], shown.headers["cache-control"]) == (200, "image/jpeg", "private, no-store")
    assert shown.body[:3] == b"\xff\xd8\xff"
    stranger = person(house, "focal_point", "X99.9004")
    assert ask(house.base, f"/console/photos/{number}", Cookie=stranger).status == 404
    assert upload(house, subject, stranger).status == 404
    assert ask(house.base, f"/console/photos/{number}").status == 401


@pytest.mark.parametrize(("changes", "status"), [
    ({"stage": "during"}, 400), ({"token": "forged"}, 403), ({"token": ""}, 403), ({"body": b"<svg/>"}, 400)])
def test_picture_that_cannot_be_taken_is_refused(house: House, changes: dict[str, Any], status: int) -> None:
    subject = sunk_subject(house)
    assert upload(house, subject, person(house, "operator"), **changes).status == status
    assert one(house.conn, "select count(*) from report_photo") == 0


def test_picture_is_public_only_while_a_person_shows_it(house: House) -> None:
    subject, lan = sunk_subject(house), person(house, "operator")
    number = upload(house, subject, lan).json["media_ref"].removeprefix("photo:")
    public = f"/phan-anh/anh/{number}"
    assert ask(house.base, public).status == 404
    assert send(house, "/console/photos/shown", {"media_id": number, "shown": True}, lan).status == 204
    assert ask(house.base, public).headers["content-type"] == "image/jpeg"
    assert send(house, "/console/photos/shown", {"media_id": number, "shown": False}, lan).status == 204
    assert ask(house.base, public).status == 404
    assert rows(house.conn, "select action from audit_line where action like 'report.photo%%' order by line") == [
        ("report.photo_shown",), ("report.photo_hidden",)]


def test_agency_cannot_show_pictures_to_the_public(house: House) -> None:
    subject, lan = sunk_subject(house), person(house, "operator")
    number = upload(house, subject, lan).json["media_ref"].removeprefix("photo:")
    assert send(house, "/console/photos/shown", {"media_id": number, "shown": True}, person(house, "focal_point")).status == 403


@pytest.mark.parametrize("number", ["x", "photo:x", "00000000-0000-0000-0000-000000000000", "..%2f..%2fetc"])
def test_number_that_is_none_is_not_found(house: House, number: str) -> None:
    assert ask(house.base, f"/console/photos/{number}", Cookie=person(house, "operator")).status == 404
    assert ask(house.base, f"/phan-anh/anh/{number}").status in {400, 404}
