"""A number opens its definition: every number of every panel has its page, its rows come to it, and nobody sees more of it than of its panel."""

import html
import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import NamedTuple

import pytest

from ioc.api.app import create_app
from ioc.api.figure_rows import Rows, behind, history
from ioc.api.figure_words import UNITS, Eyes, shown, table_of
from ioc.api.identity import Cookies
from ioc.clock import FrozenClock, local_day
from ioc.db.connect import Connection
from ioc.indicators.totals import Total, store_totals
from ioc.kpi.engine.registry import sections
from ioc.moment import asked_moment, now_moment
from ioc.panels.engine.contract import Number
from ioc.panels.engine.registry import panels
from ioc.people import screens
from ioc.people.accounts import By
from ioc.people.principal import Grant
from ioc.settings import Settings
from ioc.words import words
from tests.integration.cast import cookie, holding, signed_in, viewer
from tests.integration.web_server import Answer, ask, serving
from tests.integration.web_story import NOW, PROFILE, Story, ago, every_kind, seen, told
from tests.profiles import FICTIONAL

BY = By(actor="system:test", at=NOW)
KEYS = list(panels())
VI = words("vi")
DAY = date(2026, 11, 19)


class House(NamedTuple):
    """A served centre with something of every kind in it, and the cookies of those who ask."""

    base: str
    conn: Connection
    story: Story

    def get(self, path: str, who: str = "") -> Answer:
        return ask(self.base, path, Cookie=who, Accept="text/html") if who else ask(self.base, path, Accept="text/html")

    def text(self, path: str, who: str = "") -> str:
        answer = self.get(path, who)
        assert answer.status == 200, answer.body
        return html.unescape(answer.body.decode())


@pytest.fixture(scope="module")
def house(module_dsn: str) -> Iterator[House]:
    with told(module_dsn) as (story, conn):
        every_kind(story)
        application = create_app(Settings(database=module_dsn, profile=FICTIONAL), FrozenClock(NOW))
        with serving(application, cookie=viewer(module_dsn, NOW)) as base:
            yield House(base, conn, story)


def unit_head(conn: Connection) -> str:
    """The cookie of a head of the unit 99001."""
    return signed_in(conn, holding(conn, f"head{NOW.timestamp():.0f}", [Grant(role="unit_head", units=frozenset({"99001"}))], NOW), NOW)


def a_screen(conn: Connection) -> str:
    device, code = screens.ask_for_pairing(conn, "127.0.0.1", NOW)
    screens.confirm(conn, code, "Sảnh", BY)
    return f"{Cookies(secure=False, port=8050).name('screen')}={screens.collect(conn, device, NOW)}"


@pytest.mark.parametrize("query", ["", "?at=2026-11-19T10:00&lang=en", "?at=2026-11-20T10:00&known=2026-11-20T10:30"])
@pytest.mark.parametrize("key", KEYS)
def test_every_number_of_every_panel_opens_its_definition(house: House, key: str, query: str) -> None:
    text = words("en" if "lang=en" in query else "vi")
    for name, definition in list(panels()[key].definitions.items())[:4 if query else None]:
        page = house.text(f"/figure/{key}/{name}{query}")
        assert all(text(said) in page for said in (definition.label, definition.formula, definition.basis)), name
        assert f"{key}/{name}/history.json" in page
        assert f"/wall/{key}" in page


@pytest.mark.parametrize("key", KEYS)
def test_rows_of_every_number_come_to_it_or_it_is_said_why_not(house: House, key: str) -> None:
    moment = now_moment(NOW)
    for name in panels()[key].definitions:
        found = behind(house.conn, panels()[key], name, moment, PROFILE)
        known = panels()[key].spec.takes.get(name)
        assert [(name, t.by, t.total, found.number.value) for t in found.tables if t.sum == "differs"] == []
        assert known is None or all((t.sum == "agrees") == known.kpi.adds_up for t in found.tables)


@pytest.mark.parametrize("key", KEYS)
def test_history_of_every_number_ends_with_the_number(house: House, key: str) -> None:
    for name, definition in list(panels()[key].definitions.items())[:6]:
        points = house.get(f"/figure/{key}/{name}/history.json").json["points"]
        assert points[-1]["day"] == "2026-11-20", definition
        known = panels()[key].spec.takes.get(name)
        if known is None or known.kpi.is_stock or known.period == "day":
            assert points[-1]["value"] == seen(house.conn, key).numbers[name].value, name


def test_rows_that_do_not_come_to_the_number_say_so(house: House) -> None:
    number = Number(value=5, unit="dossiers", as_of=NOW)
    row = {"unit_code": "99001", "org_code": "", "value": 4.0, "numerator": None, "denominator": None, "cases": None}
    rows, eyes = Rows(by="unit", rows=[row], total=4, sum="differs"), Eyes(screen=False, people=False)
    table = table_of(rows, number, seen(house.conn, "one_stop"), eyes, VI, PROFILE)
    assert table.alarm
    assert table.told == "Cộng các dòng: 4, không khớp với số trên."


def test_history_counts_each_day_and_begins_with_the_first_that_is_known(dsn: str) -> None:
    with told(dsn) as (story, conn):
        for n, days in enumerate((2, 2, 2, 1)):
            story.dossier(f"D{n}", ago(days=days), NOW + timedelta(days=9))
        story.hear()
        found = history(conn, panels()["one_stop"], "received_today", now_moment(NOW), PROFILE, local_day(ago(days=2)))
        then = history(conn, panels()["one_stop"], "received_today", asked_moment(NOW, at="2026-11-19", known=None), PROFILE, None)
    assert [(p.day.day, p.number.value) for p in found] == [(18, 3), (19, 1), (20, 0)]
    assert [p.number.value for p in then][-3:] == [0, 3, 1]


def test_past_is_said_on_the_page_and_handed_on_by_its_links(house: House) -> None:
    page = house.text("/figure/one_stop/open?at=2026-11-19T10:00&known=2026-11-20T10:30")
    assert "Xem lại 10:00 19/11/2026, như đã biết lúc 10:30 20/11/2026" in page
    links = re.findall(r'href="(/(?:wall/|api/)[^"]+)"|data-from="([^"]+)"', page)
    assert len(links) == 3
    assert all("at=2026-11-19T10%3A00" in one + other and "known=2026-11-20T10%3A30" in one + other for one, other in links)
    assert "/console/tasks/new" not in page


def test_task_can_be_given_by_who_may_and_only_of_the_present(house: House) -> None:
    procedure = cookie(house.conn, "procedure", ["procedure_office"], NOW)
    assert "/console/tasks/new?figure=one_stop.open" in house.text("/figure/one_stop/open")
    assert "/console/tasks/new" not in house.text("/figure/one_stop/open", procedure)


def test_head_of_a_unit_sees_its_rows_and_not_the_province(house: House) -> None:
    page = house.text("/figure/one_stop/open", unit_head(house.conn))
    table = page.split("Theo đơn vị")[1].split("</table>")[0]
    assert re.findall(r"<td>([^<]+)</td>", table) == ["Phường Hải Đăng Mới"]
    assert "Vai trò của bạn chỉ xem số liệu của đơn vị" in page
    assert "f-value" not in page
    assert "history.json" not in page


def test_who_may_not_see_a_panel_gets_no_page_of_its_numbers(house: House) -> None:
    auditor = cookie(house.conn, "auditor", ["auditor"], NOW)
    assert house.get("/figure/one_stop/open", auditor).status == 403
    assert house.get("/figure/one_stop/open/history.json", auditor).status == 403


def _tell_totals(house: House, *, received: int) -> None:
    store_totals(house.conn, [Total(source="/vn/99/one-stop", stream="dossier", day=DAY, unit_code="99001", measure="received", value=received,
                                    told_at=ago(hours=4), sent_by="test", subjects=("HS-SECRET-1",))])


def test_difference_from_the_source_is_told_to_all_and_its_codes_to_who_may_see_them(house: House) -> None:
    ours = house.conn.execute("select sum(received) from dossier_daily where day = %s and unit_code = '99001'", (DAY,)).fetchone()
    _tell_totals(house, received=int(ours[0] or 0) + 1 if ours else 1)
    leader, procedure = (cookie(house.conn, role, [role], NOW) for role in ("leader", "procedure_office"))
    for who, sees in ((procedure, True), (leader, False), (a_screen(house.conn), False)):
        page = house.text("/figure/one_stop/open", who)
        assert "Lệch 1 hồ sơ so với nguồn, số liệu ngày 19/11/2026." in page
        assert ("HS-SECRET-1 (nguồn có, hệ thống chưa nhận được)" in page) is sees
    assert "Nguồn của số này không gửi số đối chiếu hằng ngày." in house.text("/figure/environment/salinity")


def test_agreement_with_the_source_is_told_with_its_time(house: House) -> None:
    ours = house.conn.execute("select sum(received) from dossier_daily where day = %s and unit_code = '99001'", (DAY,)).fetchone()
    store_totals(house.conn, [Total(source="/vn/99/one-stop", stream="dossier", day=DAY, unit_code="99001", measure="received",
                                    value=int(ours[0] or 0) if ours else 0, told_at=ago(hours=1), sent_by="test")])
    assert "Khớp nguồn 09:30, số liệu ngày 19/11/2026." in house.text("/figure/one_stop/open")


def test_guests_see_no_unit_and_no_number_that_is_not_theirs(house: House) -> None:
    page = house.text("/figure/one_stop/open?guests=1")
    assert "Theo đơn vị" not in page
    withheld = [(key, name) for key in KEYS for name, d in panels()[key].definitions.items() if not d.guests]
    assert withheld
    for key, name in withheld:
        assert house.get(f"/figure/{key}/{name}?guests=1").status == 404


@pytest.mark.parametrize(("eyes", "text"), [(Eyes(screen=True, people=True), "<5"), (Eyes(screen=False, people=True), "3"), (Eyes(screen=True, people=False), "3")])
def test_few_dead_or_sick_are_not_counted_out_on_a_screen(eyes: Eyes, text: str) -> None:
    assert shown(Number(value=3, unit="persons", as_of=NOW), eyes, VI) == text
    assert shown(Number(value=5, unit="persons", as_of=NOW), eyes, VI) == "5"


@pytest.mark.parametrize(("path", "status", "said"), [
    ("one_stop/nothing", 404, "không có số này: mở trang chuyên đề"), ("one_stop/open?at=gestern", 400, "write 2026-11-21"),
    ("one_stop/open?at=2027-01-01", 400, "hãy chọn một thời điểm trước 10:30:00 20/11/2026"),
    ("one_stop/open?known=2026-11-19", 400, "'known' goes with 'at'"), ("one_stop/open?at=2001-01-01", 400, "số liệu bắt đầu từ ngày"),
    ("one_stop/open?jurisdiction=chicago", 400, "knows no jurisdictions"),
])
def test_what_cannot_be_shown_is_answered_with_the_remedy(house: House, path: str, status: int, said: str) -> None:
    answer = house.get(f"/figure/{path}")
    assert answer.status == status
    assert said in html.unescape(answer.body.decode())


def test_unit_of_every_figure_has_a_word_or_is_a_sign_of_its_own() -> None:
    signs = {"%", "VN_AQI", "g/l", "ha", "km", "km/h", "m", "ms"}
    assert {kpi.unit for section in sections().values() for kpi in section.kpis.values()} - set(UNITS) == signs
