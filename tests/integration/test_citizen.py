"""What a citizen can do: file, follow by the code, add, rate, open again; and nothing about anybody else's report."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from ioc.clock import FrozenClock
from ioc.contacts import vault
from ioc.decisions.decide import Office
from ioc.errors import NotFoundError
from ioc.people.principal import Grant, Principal
from ioc.reports.filing import by_receipt
from ioc.reports.pictures import photo_hints
from tests.integration.citizen_desk import (
    FOLLOW,
    FORM,
    HOLE,
    House,
    code_of,
    opened,
    opened_without_database,
    opened_without_keys,
    problem,
)
from tests.integration.decisions_desk import OPERATOR, SOURCE, decided, decision
from tests.integration.streams_db import one, rows, sunk
from tests.integration.streams_wire import BASE, NOW, event
from tests.integration.web_server import ask, multipart
from tests.rules import RULES
from tests.unit.reports.test_photos import picture, with_place


@pytest.fixture
def house(dsn: str, tmp_path: Path) -> Iterator[House]:
    with opened(dsn, tmp_path) as made:
        yield made


def subject_of(house: House, code: str) -> str:
    found = by_receipt(house.conn, code)
    assert found
    return str(found["subject"])


def brought(house: House, code: str, *facts: str, **data: Any) -> None:
    """The report comes in by Kafka, and goes through facts, a minute each."""
    house.sink()
    subject, begun = subject_of(house, code), (house.clock.at - BASE) / timedelta(minutes=1)
    house.clock.at += timedelta(minutes=30)
    sunk(house.dsn, [event("report", fact, begun + n, subject=subject, **{"to_org": "X99.9004", "org_code": "X99.9004", **data})
                     for n, fact in enumerate(facts, start=1)], seconds=(house.clock.at - NOW).total_seconds())


def test_report_is_filed_and_enters_by_kafka_with_place_and_sealed_contact(house: House) -> None:
    code = house.filed()
    house.sink()
    assert rows(house.conn, "select category, channel, address, lon_deg, lat_deg from report_event") == [
        ("TR-ROAD", "web", "gần số 12, cho sao khue", 85.146, -20.173)]
    assert subject_of(house, code) == one(house.conn, "select subject from report_state where state = 'submitted'")
    assert vault.same_caller(house.conn, house.seals, "telephone", "0912345678")[0].id == subject_of(house, code)
    assert one(house.conn, "select text_ref from report_event") == f"contact:{subject_of(house, code)}"


def test_same_form_sent_twice_counts_once_and_shows_the_same_receipt(house: House) -> None:
    fields = {"form": house.form(), **HOLE}
    first, second = (house.post(FORM, fields) for _ in range(2))
    assert code_of(first) == code_of(second)
    assert one(house.conn, "select count(*) from report_filing") == 1
    other = house.post(FORM, {**fields, "text": "Cây ngã"})
    assert (other.status, "đã được gửi rồi" in problem(other)) == (400, True)
    assert "Cây ngã" in other.body.decode()


def test_what_is_lacking_is_said_and_what_was_typed_stays(house: House) -> None:
    answer = house.file(changes={"category": "", "place": "", "address": "", "text": "Đèn hỏng từ hôm qua"})
    assert answer.status == 400
    assert "Hãy chọn loại sự việc." in problem(answer)
    assert "Hãy cho biết nơi xảy ra" in problem(answer)
    assert "Đèn hỏng từ hôm qua</textarea>" in answer.body.decode()
    assert one(house.conn, "select count(*) from report_filing") == 0


@pytest.mark.parametrize(("changes", "said"), [
    ({"lon_deg": "106.0", "lat_deg": "9.6"}, "ngoài địa bàn"), ({"lon_deg": "nan", "lat_deg": "inf"}, "không đọc được"),
    ({"category": "BU-ENT", "telephone": ""}, "cần số điện thoại"), ({"telephone": "12"}, "Số điện thoại không đúng"),
    ({"text": "x" * 5001}, "5000"), ({"address": "x" * 301}, "quá dài"), ({"unit": "00000"}, "không có trong danh sách"),
    ({"website": "http://spam"}, "phải để trống")])
def test_what_cannot_be_taken_is_refused_in_words(house: House, changes: dict[str, str], said: str) -> None:
    answer = house.file(changes=changes)
    assert (answer.status, said in problem(answer)) == (400, True)
    assert one(house.conn, "select count(*) from report_filing") == 0


def test_photos_are_kept_sealed_and_a_far_one_is_hinted_at(house: House) -> None:
    answer = house.file([("a.jpg", picture()), ("b.jpg", picture(exif=with_place()))])
    subject = subject_of(house, code_of(answer))
    assert one(house.conn, "select count(*) from report_photo") == 2
    (hint,) = photo_hints(house.conn, subject)
    assert hint.is_far
    assert hint.distance_m > 1_000_000


def test_follow_page_tells_public_facts_alone(house: House) -> None:
    code = house.filed(name="Nguyễn Văn A")
    brought(house, code, "verified", "assigned", "accepted", "in_progress", note="gọi ông Bảy")
    page = house.look(code.lower().replace("-", " ")).body.decode()
    assert [word in page for word in ("Mới gửi", "Đã tiếp nhận", "Đang xử lý", "UBND phường Sao Khuê")] == [True] * 4
    assert [word in page for word in ("Ổ gà sâu", "0912", "Nguyễn", "số 12", "ông Bảy")] == [False] * 5


def test_report_on_its_way_is_found_too(house: House) -> None:
    assert "Mới gửi" in house.look(house.filed()).body.decode()


def test_needs_info_is_answered_with_words_and_photos(house: House) -> None:
    code = house.filed()
    brought(house, code, "needs_info", note="Ổ gà ở bên nào đường?")
    assert "Ổ gà ở bên nào đường?" in house.look(code).body.decode()
    answer = house.tell(code, "info_added", [("c.jpg", picture())], words="Bên phải, trước quán nước", telephone="0987654321")
    assert "Đã nhận phần bổ sung" in answer.body.decode()
    house.sink()
    subject = subject_of(house, code)
    assert one(house.conn, "select state from report_state") == "submitted"
    text = vault.report_text(house.conn, house.seals, OPERATOR, vault.Subject("report", subject))
    assert text.startswith("Ổ gà sâu trước chợ\n\n[")
    assert text.endswith("Bên phải, trước quán nước")
    assert vault.masked(house.conn, house.seals, OPERATOR, vault.Subject("report", subject))["telephone"].endswith("321")
    assert one(house.conn, "select count(*) from report_photo") == 1
    assert one(house.conn, "select count(*) from irregularity") == 0


def test_same_answer_sent_twice_counts_once(house: House) -> None:
    code = house.filed()
    brought(house, code, "needs_info")
    fields = {"code": code, "act": "info_added", "form": house.form(), "words": "Bên phải"}
    statuses = [house.post(FOLLOW, fields).status for _ in range(2)]
    assert statuses == [200, 200]
    assert one(house.conn, "select count(*) from report_answer") == 1
    again = house.tell(code, "info_added", words="Bên trái")  # before the report moved: one thing at a time
    assert (again.status, "bước khác" in problem(again)) == (400, True)


def test_verdict_is_taken_once_and_within_its_days(house: House) -> None:
    code = house.filed()
    brought(house, code, "verified", "assigned", "accepted", "resolved")
    answer = house.tell(code, "rated", rating="1", words="Vẫn còn ổ gà")
    assert "Cảm ơn" in answer.body.decode()
    house.sink()
    assert one(house.conn, "select rating from report_state") == 1
    assert house.tell(code, "rated", rating="3").status == 400
    other = house.filed(text="Cây ngã")
    brought(house, other, "verified", "assigned", "accepted", "resolved")
    house.clock.at += timedelta(days=8)
    assert house.tell(other, "rated", rating="3").status == 400


def test_report_is_opened_again_at_most_twice_and_within_15_days(house: House) -> None:
    code = house.filed()
    brought(house, code, "verified", "assigned", "accepted", "resolved")
    for turn in (1, 2):
        assert house.tell(code, "reopened", words=f"Chưa xong, lần {turn}").status == 200
        house.sink()
        assert rows(house.conn, "select state, reopened_count from report_state") == [("reopened", turn)]
        brought(house, code, "verified", "assigned", "accepted", "resolved")
    assert house.tell(code, "reopened", words="Lần 3").status == 400
    other = house.filed(text="Cây ngã")
    brought(house, other, "verified", "assigned", "accepted", "resolved")
    house.clock.at += timedelta(days=15)
    assert house.tell(other, "reopened", words="Muộn").status == 400


@pytest.mark.parametrize("act", ["rated", "reopened", "info_added", "resolved", "submitted"])
def test_what_the_state_does_not_permit_is_refused(house: House, act: str) -> None:
    code = house.filed()
    brought(house, code, "verified")
    answer = house.tell(code, act, words="x", rating="3")
    assert answer.status == 400
    assert one(house.conn, "select count(*) from outbox where channel = 'kafka'") == 1


def test_unknown_codes_get_one_answer_and_guessing_is_stopped(house: House) -> None:
    code = house.filed()
    bodies = {problem(house.look(guess)) for guess in ("", "0000-0000-0000", "x", code[:-1] + ("0" if code[-1] != "0" else "1"))}
    assert len(bodies) == 1
    statuses = [house.look("0000-0000-0000").status for _ in range(10)]
    assert (statuses[0], statuses[-1]) == (404, 429)
    assert house.look(code).status == 429  # a right guess among wrong ones tells nothing


def test_eleventh_filing_of_an_hour_waits_and_is_told_how_long(house: House) -> None:
    form = house.form()
    statuses = [house.post(FORM, {"form": form, **HOLE}).status for _ in range(10)]
    assert statuses == [200] * 10
    answer = house.post(FORM, {"form": form, **HOLE, "text": "Còn nữa"})
    assert (answer.status, "Hãy chờ" in problem(answer), "Còn nữa" in answer.body.decode()) == (429, True, True)


def test_forged_old_and_foreign_forms_are_refused_and_nothing_is_lost(house: House) -> None:
    real = house.form()
    old = house.post(FORM, {"form": "x" + real[1:], **HOLE})
    assert (old.status, HOLE["text"] in old.body.decode()) == (403, True)
    assert house.post(FORM, {"form": real, **HOLE}, Origin="http://evil.example").status == 403
    house.clock.at += timedelta(days=2)
    assert house.post(FORM, {"form": real, **HOLE}).status == 403
    assert one(house.conn, "select count(*) from report_filing") == 0


def test_ground_of_the_map_is_open_and_tells_places(house: House) -> None:
    found = ask(house.base, "/phan-anh/dia-ban.json").json
    assert len(found["cells"]["features"]) == 8
    assert "Chợ Sao Khuê" in {place["name"] for place in found["places"]}
    assert "Chợ Trăng Cũ" not in {place["name"] for place in found["places"]}  # gone since 2026-01-01


def test_page_may_ask_for_the_position_and_no_other_page_may(house: House) -> None:
    assert "geolocation=(self)" in ask(house.base, FORM).headers["permissions-policy"]
    assert "geolocation=()" in ask(house.base, FOLLOW).headers["permissions-policy"]


def test_database_away_is_said_and_keeps_what_was_typed(tmp_path: Path) -> None:
    with opened_without_database(tmp_path) as (base, post):
        page = ask(base, FORM)
        assert page.status == 200
        answer = post(page)
    assert (answer.status, "chưa nhận được gì" in problem(answer), HOLE["text"] in answer.body.decode()) == (503, True, True)


def test_centre_without_keys_says_so_and_keeps_what_was_typed(dsn: str) -> None:
    body, kind = multipart({"form": "", **HOLE}.items())
    with opened_without_keys(dsn) as base:
        answer = ask(base, FORM, method="POST", body=body, **{"Content-Type": kind})
    assert (answer.status, "chưa được thiết lập xong" in problem(answer), HOLE["text"] in answer.body.decode()) == (503, True, True)


def test_operator_outside_the_scope_reads_no_added_words(house: House) -> None:
    code = house.filed()
    brought(house, code, "needs_info")
    stranger = Principal(kind="person", id="5", name="X", grants=(Grant(role="focal_point", agencies=frozenset({"X99.0000"})),))
    with pytest.raises(NotFoundError):
        vault.report_text(house.conn, house.seals, stranger, vault.Subject("report", subject_of(house, code)))


def test_decision_after_an_answer_goes_on(house: House) -> None:
    code = house.filed()
    brought(house, code, "needs_info")
    house.tell(code, "info_added", words="Bên phải")
    house.sink()
    subject = subject_of(house, code)
    version = one(house.conn, "select version from report_state")
    later = Office(clock=FrozenClock(house.clock.at), rules=RULES, source=SOURCE)
    assert decided(house.conn, decision("verified", version, subject=subject), office=later).state == "verified"
