"""An agency's pages: its own items alone, done with a picture, and never who reported."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.citizen_desk import House, hidden, opened
from tests.integration.decisions_desk import decided, decision
from tests.integration.streams_db import one, rows
from tests.integration.test_hotline import person
from tests.integration.web_server import Answer, ask, multipart
from tests.unit.reports.test_photos import picture

OURS = "X99.9001"


@pytest.fixture
def house(dsn: str, tmp_path: Path) -> Iterator[House]:
    with opened(dsn, tmp_path) as made:
        made.filed(text="Ổ gà sâu, gọi 0912 345 678 gặp anh Ba")
        made.sink()
        decided(made.conn, decision("verified", 1, subject=subject(made)))
        decided(made.conn, decision("assigned", 2, subject=subject(made), to_org=OURS))
        yield made


def subject(house: House) -> str:
    return str(one(house.conn, "select subject from report_filing"))


def act(house: House, who: str, fact: str, photo: bytes | None = None, **fields: str) -> Answer:
    path = f"/console/agency/{subject(house)}"
    page = ask(house.base, path, Cookie=who)
    told = {name: hidden(page, name) for name in ("csrf", "version", "key")}
    body, kind = multipart({**told, "fact": fact, **fields}.items(), [("photo", "after.jpg", photo)] if photo else [])
    return ask(house.base, path, method="POST", body=body, Cookie=who, **{"Content-Type": kind})


def test_agency_sees_its_items_without_who_reported(house: House) -> None:
    ours, others = (person(house, "focal_point", agency) for agency in (OURS, "X99.05"))
    shown = ask(house.base, f"/console/agency/{subject(house)}", Cookie=ours).body.decode()
    assert "Ổ gà sâu, gọi *** gặp anh Ba" in shown
    assert not re.search(r"0912|345 678", shown)
    assert subject(house) in ask(house.base, "/console/agency", Cookie=ours).body.decode()
    assert subject(house) not in ask(house.base, "/console/agency", Cookie=others).body.decode()
    assert ask(house.base, f"/console/agency/{subject(house)}", Cookie=others).status == 404


def test_item_whose_words_no_key_opens_is_worked_on_all_the_same(house: House) -> None:
    house.conn.execute("update contact set sealed = '\\x00' where field = 'text'")
    who = person(house, "field_officer", OURS)
    assert "gặp anh Ba" not in ask(house.base, f"/console/agency/{subject(house)}", Cookie=who).body.decode()
    assert act(house, who, "accepted").status == 303


def test_work_is_accepted_begun_and_done_with_a_picture(house: House) -> None:
    who = person(house, "field_officer", OURS)
    assert [act(house, who, fact).status for fact in ("accepted", "in_progress")] == [303, 303]
    assert act(house, who, "resolved").status == 400
    assert act(house, who, "resolved", picture(), note="đã vá").status == 303
    assert rows(house.conn, "select state, outcome from report_state") == [("resolved", "on_time")]
    assert rows(house.conn, "select stage, kept_by like 'person:%%' from report_photo") == [("after", True)]


def test_done_without_a_picture_says_why(house: House) -> None:
    who = person(house, "field_officer", OURS)
    act(house, who, "accepted")
    assert act(house, who, "resolved", note="đã nhắc nhở, không có gì để chụp").status == 303
    assert one(house.conn, "select reason_code from report_event where type like '%%resolved%%'") == "no_picture"


def test_more_time_is_asked_for_and_waits_for_the_centre(house: House) -> None:
    who = person(house, "focal_point", OURS)
    act(house, who, "accepted")
    assert act(house, who, "extension_asked", reason="chờ vật tư", wanted="2026-12-01").status == 303
    ((asked, wanted, due),) = rows(house.conn, "select extension_asked_at is not null, wanted_due_at, due_at from report_state")
    assert asked
    assert due < wanted


@pytest.mark.parametrize(("fact", "fields"), [("verified", {}), ("returned", {}), ("extension_asked", {"reason": "x", "wanted": "never"}),
                                              ("resolved", {"note": "x"})])
def test_what_cannot_be_decided_so_is_said_and_changes_nothing(house: House, fact: str, fields: dict[str, str]) -> None:
    answer = act(house, person(house, "focal_point", OURS), fact, None, **fields)
    assert answer.status == 400
    assert 'class="problem"' in answer.body.decode()
    assert one(house.conn, "select version from report_state") == 3


def test_form_of_another_session_is_refused(house: House) -> None:
    who = person(house, "focal_point", OURS)
    body, kind = multipart({"csrf": "forged", "version": "3", "key": "key-000001", "fact": "accepted"}.items())
    answer = ask(house.base, f"/console/agency/{subject(house)}", method="POST", body=body, Cookie=who, **{"Content-Type": kind})
    assert answer.status in {400, 403}
    assert one(house.conn, "select version from report_state") == 3
