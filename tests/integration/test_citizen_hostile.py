"""Hostile input at the citizens' doors: refused or harmless, a clear answer, nothing lost."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from ioc.api.multipart import MOST_PARTS, SHELF
from ioc.contacts import vault
from tests.integration.citizen_desk import FOLLOW, FORM, HOLE, House, code_of, opened, problem
from tests.integration.decisions_desk import OPERATOR
from tests.integration.streams_db import one
from tests.integration.web_server import ask, multipart
from tests.unit.reports.test_photos import picture

SCRIPT = "\"><script>alert(1)</script><img src=x onerror=alert(2)>'; drop table report_filing; --"


@pytest.fixture
def house(dsn: str, tmp_path: Path) -> Iterator[House]:
    with opened(dsn, tmp_path) as made:
        yield made


def test_scripts_in_every_field_come_back_as_text(house: House) -> None:
    page = house.post(FORM, {"form": house.form(), **dict.fromkeys(("text", "place", "address", "name", "telephone", "email", "unit", "category",
                                                                    "lon_deg", "lat_deg", "accuracy_m"), SCRIPT)})
    assert page.status == 400
    assert b"<script>alert" not in page.body
    assert b"<img src=x" not in page.body
    assert b"&lt;script&gt;" in page.body


def test_scripts_in_what_is_taken_are_kept_as_they_were_written(house: House) -> None:
    code = house.filed(text=SCRIPT, address=SCRIPT, name=SCRIPT)
    house.sink()
    subject = one(house.conn, "select subject from report_state")
    assert vault.report_text(house.conn, house.seals, OPERATOR, vault.Subject("report", subject)) == SCRIPT
    assert b"<script>alert" not in house.look(code).body
    assert b"<script>alert" not in house.post(FOLLOW, {"code": SCRIPT[:40]}).body


def test_characters_that_nobody_sees_are_taken_out(house: House) -> None:
    house.filed(text="Ổ gà\0 \u202egnp.exe\u2066 sâu\x1b[2J", address="số\0 12\u200f")
    house.sink()
    subject = one(house.conn, "select subject from report_state")
    assert vault.report_text(house.conn, house.seals, OPERATOR, vault.Subject("report", subject)) == "Ổ gà gnp.exe sâu[2J"
    assert one(house.conn, "select address from report_filing") == "số 12, cho sao khue"


@pytest.mark.parametrize("body", [
    b"", b"\xff\xd8\xff broken", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", b"GIF89a" + bytes(50), b"PK\x03\x04" + bytes(100),
    b"%PDF-1.7", picture()[:600], picture(10, 10, "PNG")[:16] + (100_000).to_bytes(4) * 2 + picture(10, 10, "PNG")[24:]],
    ids=["empty", "broken", "svg", "gif", "zip", "pdf", "half", "bomb"])
def test_what_is_no_picture_is_named_and_the_words_stay(house: House, body: bytes) -> None:
    answer = house.file([("ảnh của tôi.jpg", body)])
    assert (answer.status, "ảnh của tôi.jpg" in problem(answer), HOLE["text"] in answer.body.decode()) == (400, True, True)
    assert one(house.conn, "select count(*) from report_filing") == 0


def test_polyglot_keeps_nothing_but_its_pixels(house: House) -> None:
    house.file([("a.jpg", picture() + b"<script>alert(1)</script>PK\x03\x04<?php ?>")])
    kept = bytes(one(house.conn, "select body from report_photo"))
    number = one(house.conn, "select media_id from report_photo")
    jpeg = house.seals.open(kept, about=f"report_photo\0{number}".encode())
    assert (jpeg[:3], b"script" in jpeg, b"php" in jpeg) == (b"\xff\xd8\xff", False, False)


def test_too_large_and_too_many_photos_are_refused_in_words(house: House) -> None:
    large = house.file([("to.jpg", bytes(12_000_001))])
    assert (large.status, "to.jpg" in problem(large), HOLE["text"] in large.body.decode()) == (400, True, True)
    many = house.file([(f"{n}.jpg", picture(8, 8)) for n in range(6)])
    assert (many.status, "Tối đa 5 ảnh" in problem(many)) == (400, True)


def test_body_beyond_all_bounds_is_cut_off_and_the_limit_is_for_this_page_alone(house: House) -> None:
    body, kind = multipart([("form", "x")], [("photos", "a.jpg", bytes(62_000_000))])
    assert ask(house.base, FORM, method="POST", body=body[:1], **{"Content-Type": kind, "Content-Length": str(len(body))}).status == 413
    told = ask(house.base, FORM, method="POST", body=body[:1], **{"Content-Type": kind, "Content-Length": str(len(body)), "Accept": "text/html"})
    assert (told.status, "bỏ bớt hoặc chọn ảnh nhỏ hơn" in told.body.decode()) == (413, True)  # a form without a script is answered by a page
    assert ask(house.base, "/login", method="POST", body=bytes(1), **{"Content-Length": "2000000"}).status == 413


@pytest.mark.parametrize(("kind", "body"), [
    ("multipart/form-data", b"x"), ("multipart/form-data; boundary=a", b"no boundary at all"), ("multipart/form-data; boundary=a", b"--a\r\n\r\n"),
    ("multipart/form-data; boundary=a", b"--a\r\nContent-Disposition: form-data\r\n\r\nx\r\n--a--\r\n"),
    ("multipart/form-data; boundary=a", b"--a\r\n" + b"X-Long: " + b"y" * 1_200_000), ("application/x-www-form-urlencoded", b"&".join([b"a=1"] * 100)),
    ("application/json", b'{"form": 1}'), ("", b"\xff\xfe")])
def test_broken_forms_get_a_clear_answer(house: House, kind: str, body: bytes) -> None:
    answer = ask(house.base, FORM, method="POST", body=body, **{"Content-Type": kind})
    assert answer.status in {400, 403}
    assert problem(answer)


def test_more_fields_than_a_form_has_are_refused(house: House) -> None:
    answer = house.file(changes={f"extra{n}": "x" for n in range(MOST_PARTS)})
    assert answer.status in {400, 403}
    assert one(house.conn, "select count(*) from report_filing") == 0


def test_code_opens_one_report_alone(house: House) -> None:
    mine, other = house.filed(), house.filed(text="Cây ngã", category="UR-TREE")
    assert "Cây ngã, cành gãy" not in house.look(mine).body.decode()
    subject = one(house.conn, "select subject from report_filing where category = 'UR-TREE'")
    assert house.look(subject).status == 404  # the public number is no code
    assert house.post(FOLLOW, {"code": mine, "subject": subject, "act": "rated", "rating": "1", "form": house.form()}).status == 400
    assert code_of(house.file()) not in {mine, other}


def test_picture_for_which_there_is_no_room_now_is_asked_for_again_and_the_words_stay(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(SHELF, "_most", 1000)
    answer = house.file([("a.jpg", picture())])
    assert (answer.status, "sau một phút" in problem(answer), HOLE["text"] in answer.body.decode()) == (503, True, True)
    monkeypatch.undo()
    assert house.file([("a.jpg", picture())]).status == 200
