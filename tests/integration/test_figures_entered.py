"""Nhập – duyệt: one person enters a figure, another approves it; it comes by Kafka like a file's, and nothing approved is changed."""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from html import unescape
from pathlib import Path

import psycopg
import pytest

from ioc.audit.ledger import lines
from ioc.indicators.events import publish, target_set
from ioc.live.frames import encode
from ioc.moment import now_moment
from ioc.panels.engine.build import build
from ioc.panels.engine.card import props
from ioc.panels.engine.registry import panels
from ioc.people.accounts import By, add_person
from ioc.people.principal import Grant
from ioc.profiles import load_profile
from ioc.streams.engine.memory import MemoryBroker
from ioc.words import words
from tests.integration.cast import PASSWORD, cookie
from tests.integration.citizen_desk import House, hidden, opened
from tests.integration.decisions_desk import sink_reads
from tests.integration.figures_desk import FIGURE, LIST, TOLD, act, entered, focal, head, page, person, post, problem, shown, told
from tests.integration.streams_db import one, rows
from tests.integration.streams_wire import NOW
from tests.integration.web_server import ask
from tests.profiles import FICTIONAL


@pytest.fixture
def house(dsn: str, tmp_path: Path) -> Iterator[House]:
    with opened(dsn, tmp_path) as made:
        yield made


def test_figure_is_entered_approved_and_shown_as_typed_in(house: House) -> None:
    assert entered(house).status == 303
    house.sink()
    assert told(house, "value") == [], "nothing goes out before another has approved it"
    assert act(house, head(house), "approve").status == 303
    house.sink()
    assert told(house, "value", "numerator", "manual", "approved_on::text", "source_text", "unit") == [
        (72.0, 612.0, True, "2026-11-21", "Báo cáo 45/BC-STC", "%")]
    assert one(house.conn, "select count(*) from dead_letter") == 0
    listed = ask(house.base, LIST, Cookie=focal(house)).body.decode()
    assert "nhập tay, duyệt 21/11" in listed
    assert "72,00% (612 / 850)" in listed


def panel_says(house: House, text: str) -> bool:
    """Whether the panel of the economy has a text on it."""
    panel = panels()["socio_economy"]
    snapshot = build(house.conn, panel, now_moment(NOW + timedelta(minutes=5)), load_profile(FICTIONAL))
    return text in encode(props(panel, snapshot, words("vi"), load_profile(FICTIONAL))).decode()


def test_panel_says_that_the_figure_was_typed_in(house: House) -> None:
    broker = MemoryBroker()
    data = {"org_code": "", "unit_code": "", "indicator_id": "disbursement", "period": "2026", "unit": "%", "target": 95, "manual": True}
    publish([target_set("/vn/99/manual", date(2026, 1, 5), data)], lambda: broker, simulated=True)
    sink_reads(house.dsn, broker)
    assert not panel_says(house, "10/2026, nhập tay")
    entered(house)
    act(house, head(house), "approve")
    house.sink()
    assert panel_says(house, "10/2026, nhập tay")


def test_event_is_the_one_that_a_file_would_bring(house: House) -> None:
    entered(house)
    act(house, head(house), "approve")
    house.sink()
    assert rows(house.conn, "select source, type, occurred_at::text, simulated, note from indicator_event where subject = %s", FIGURE) == [
        ("/vn/99/manual", "vn.ioc.indicator.observed.v1", "2026-11-20 17:00:00+00", True, "chưa gồm vốn kéo dài")]


def test_ledger_tells_who_entered_and_who_approved(house: House) -> None:
    entered(house)
    act(house, head(house), "approve")
    told_ = [x for x in lines(house.conn, limit=20) if x.subject == f"figure:{FIGURE}"]
    assert [x.action for x in told_] == ["figure.approved", "figure.entered"]
    assert len({x.actor for x in told_}) == 2
    assert told_[1].after is not None
    assert told_[1].after["typed"]["numerator"] == "612"


def test_nobody_approves_or_returns_their_own(house: House) -> None:
    both = person(house, "both", "focal_point", "unit_head")
    entered(house, both)
    for do in ("approve", "return"):
        form = {**shown(house, both), "do": do, "reason": "x"}
        answer = post(house, both, form)
        assert answer.status == 403
        assert "người khác phải duyệt" in problem(answer)
    assert one(house.conn, "select state from figure_draft") == "waiting"
    with pytest.raises(psycopg.errors.CheckViolation, match="figure_draft_by_another"):
        house.conn.execute("update figure_draft set decided_by = entered_by, decided_at = now(), state = 'returned'")


def test_what_is_out_of_reach_looks_as_if_it_were_not_there(house: House) -> None:
    entered(house)
    stranger = person(house, "xa", "focal_point", "unit_head", agency="X99.9001")
    assert page(house, stranger).status == 404
    form = {**shown(house, stranger, "disbursement/99001/2026-10"), **TOLD}
    assert [post(house, stranger, {**form, "do": do, "reason": "x", "version": "1"}).status for do in ("enter", "approve", "return")] == [404] * 3
    assert "Giải ngân" in ask(house.base, LIST, Cookie=stranger).body.decode()
    assert FIGURE not in ask(house.base, LIST, Cookie=stranger).body.decode()
    assert one(house.conn, "select state from figure_draft") == "waiting"


def test_a_role_that_only_approves_enters_nothing(house: House) -> None:
    who = head(house)
    csrf = hidden(ask(house.base, "/console/me", Cookie=who), "csrf")
    assert post(house, who, {"csrf": csrf, "version": "0", "key": "key-000001", "do": "enter", **TOLD}).status == 404
    assert one(house.conn, "select count(*) from figure_draft") == 0


def test_procedure_office_approves_its_sections_and_no_other(house: House) -> None:
    entered(house)
    act(house, person(house, "tt", "focal_point", agency="X99.01"), "enter", figure="online_payment/province/2026-10", **TOLD)
    office = person(house, "kstt", "procedure_office")
    assert 'value="approve"' not in page(house, office).body.decode()
    assert act(house, office, "approve", figure="online_payment/province/2026-10").status == 303
    form = {"csrf": hidden(page(house, office), "csrf"), "version": "1", "key": "key-000001", "do": "approve"}
    assert post(house, office, form).status == 404
    assert rows(house.conn, "select subject, state from figure_draft order by 1") == [
        (FIGURE, "waiting"), ("online_payment/province/2026-10", "approved")]


def test_double_click_counts_once(house: House) -> None:
    who = focal(house)
    form = {**shown(house, who), "do": "enter", **TOLD}
    assert [post(house, who, form).status for _ in range(2)] == [303, 303]
    assert rows(house.conn, "select version, state from figure_draft") == [(1, "waiting")]
    boss = head(house)
    form = {**shown(house, boss), "do": "approve"}
    assert [post(house, boss, form).status for _ in range(2)] == [303, 303]
    assert one(house.conn, "select count(*) from outbox where target = 'ioc.indicator'") == 1
    assert one(house.conn, "select count(*) from audit_line where action = 'figure.approved'") == 1


def test_whoever_saw_another_version_is_told_what_changed(house: House) -> None:
    entered(house)
    boss, other = head(house), person(house, "hoa", "focal_point")
    seen = {**shown(house, boss), "do": "approve"}
    typed = {**shown(house, other), "do": "enter", **TOLD, "numerator": "700"}
    assert entered(house, numerator="620").status == 303
    answer = post(house, boss, seen)
    assert answer.status == 409
    assert "Lan vừa nhập lúc 21/11/2026 15:00" in problem(answer)
    answer = post(house, other, typed)
    assert answer.status == 409
    assert 'name="numerator" value="700"' in answer.body.decode(), "what was typed stays"
    assert one(house.conn, "select typed ->> 'numerator' from figure_draft") == "620"


@pytest.mark.parametrize(("field", "text", "said"), [
    ("numerator", "1.234", "«1.234» có thể là 1234 hoặc 1,234"), ("numerator", "abc", "không phải là số"), ("denominator", "0", "lớn hơn 0"),
    ("denominator", "", "phải ghi cùng nhau"), ("numerator", "-1", "nhỏ hơn 0"), ("source_text", " ", "Hãy ghi nguồn số liệu"),
    ("value", "71", "612/850 là 72,00%"), ("rank", "3", "phải ghi cùng nhau"), ("note", "x" * 501, "không quá 500 ký tự"),
    ("value", "9" * 20, "quá lớn")])
def test_wrong_field_is_named_and_what_was_typed_stays(house: House, field: str, text: str, said: str) -> None:
    answer = entered(house, **{field: text})
    assert answer.status == 400
    shown_ = unescape(answer.body.decode())
    assert said in shown_
    assert 'class="e-wrong"' in shown_
    assert f'name="{field}" value="{text}"' in shown_
    if field != "source_text":
        assert 'value="Báo cáo 45/BC-STC"' in shown_
    assert one(house.conn, "select count(*) from figure_draft") == 0


def test_indicator_without_a_fraction_is_a_whole_number(house: House) -> None:
    count = "enterprises_new/province/2026-10"
    assert "Tử số" not in page(house, focal(house), count).body.decode()
    answer = act(house, focal(house), "enter", count, value="12,5", source_text="Sở Tài chính")
    assert "Chỉ tiêu này là số nguyên" in answer.body.decode()
    assert act(house, focal(house), "enter", count, value="1.234.567", source_text="Sở Tài chính").status == 303
    assert "Chờ duyệt: 1.234.567<" in page(house, head(house), count).body.decode()


def test_returned_figure_says_why_and_comes_again(house: House) -> None:
    entered(house)
    boss = head(house)
    seen = shown(house, boss)
    assert act(house, boss, "return", reason=" ").status == 400
    assert act(house, boss, "return", reason="thiếu vốn ngân sách trung ương").status == 303
    shown_ = page(house, focal(house)).body.decode()
    assert "thiếu vốn ngân sách trung ương" in shown_
    assert 'name="numerator" value="612"' in shown_
    assert post(house, boss, {**seen, "version": "2", "do": "approve"}).status == 400, "it does not wait"
    assert entered(house, numerator="640").status == 303
    assert "Lần trước bị trả lại: thiếu vốn" in page(house, boss).body.decode()
    assert act(house, boss, "approve").status == 303
    house.sink()
    assert told(house, "numerator") == [(640.0,)]


def test_correction_is_a_draft_of_its_own_with_the_later_number(house: House) -> None:
    for numerator in ("612", "620", "618"):
        assert entered(house, numerator=numerator).status == 303
        assert act(house, head(house), "approve").status == 303
    house.sink()
    assert told(house, "numerator", "revisions") == [(618.0, 2)]
    assert rows(house.conn, "select sequence from indicator_event where subject = %s order by sequence", FIGURE) == [("",), ("0001",), ("0002",)]
    assert rows(house.conn, "select revision, state from figure_draft order by draft_id") == [(0, "approved"), (1, "approved"), (2, "approved")]
    with pytest.raises(psycopg.errors.RaiseException, match="not changed"):
        house.conn.execute("update figure_draft set typed = '{}' where revision = 0")


def test_correction_comes_after_a_file_of_the_same_day(house: House) -> None:
    entered(house)
    act(house, head(house), "approve")
    house.sink()
    house.conn.execute("update indicator_event set sequence = '0007' where subject = %s", (FIGURE,))
    entered(house, numerator="600")
    act(house, head(house), "approve")
    assert one(house.conn, "select max(revision) from figure_draft") == 8


def test_late_units_stand_before_whoever_follows_them(house: House) -> None:
    entered(house)
    for who in (person(house, "truong", "shift_lead"), person(house, "kstt", "procedure_office")):
        found = ask(house.base, LIST, Cookie=who).body.decode()
        assert "Đơn vị chậm nộp số liệu" in found
        table = re.findall(r"<tr><td>([^<]+)</td><td class=\"number\">(\d+)</td><td class=\"number\">(\d+)</td><td class=\"number\">(\d+)</td></tr>", found)
        assert ("Sở Tài chính", "4", "1", "34") in table
        assert ("UBND xã Mây Trắng", "2", "0", "32") in table
    assert "Đơn vị chậm nộp số liệu" not in ask(house.base, LIST, Cookie=focal(house)).body.decode()


def test_figure_that_came_by_file_is_asked_of_nobody(house: House) -> None:
    before = ask(house.base, LIST, Cookie=focal(house)).body.decode()
    assert before.count('class="e-state missing"') == 4
    entered(house)
    act(house, head(house), "approve")
    house.sink()
    house.conn.execute("alter table figure_draft disable trigger user")
    house.conn.execute("delete from figure_draft")
    house.conn.execute("alter table figure_draft enable trigger user")
    after = ask(house.base, LIST, Cookie=focal(house)).body.decode()
    assert (after.count('class="e-state missing"'), after.count('class="e-state told"')) == (3, 1)


def test_commune_enters_its_own(house: House) -> None:
    mine = "disbursement/99001/2026-10"
    grants = [Grant(role="focal_point", units=frozenset({"99001"}))]
    add_person(house.conn, "theo-xa", "Theo xã", grants, By(actor="system:test", at=NOW), password=PASSWORD)
    who = cookie(house.conn, "theo-xa", ["focal_point"], NOW)
    assert act(house, who, "enter", mine, **TOLD).status == 303
    assert rows(house.conn, "select unit_code, org_code, agency from figure_draft") == [("99001", "", "X99.9001")]


def test_form_of_another_session_is_refused(house: House) -> None:
    who = focal(house)
    assert post(house, who, {**shown(house, who), "csrf": "forged", "do": "enter", **TOLD}).status == 403
    assert one(house.conn, "select count(*) from figure_draft") == 0


def test_future_and_unknown_figures_are_not_there(house: House) -> None:
    who = focal(house)
    for figure in ("disbursement/province/2026-11", "disbursement/province/2026-08", "nothing/province/2026-10", "disbursement"):
        assert page(house, who, figure).status == 404
