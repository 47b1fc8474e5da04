"""The figures of one's own unit or agency: the same as the province's, of its rows alone, and nobody else's."""

import html
import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import pytest

import ioc.api.console_unit
from ioc.api.app import create_app
from ioc.api.figures import covers
from ioc.clock import FrozenClock
from ioc.db.connect import Connection
from ioc.errors import UnavailableError
from ioc.kpi.engine.contract import Scope
from ioc.moment import now_moment
from ioc.panels.engine.parts import Holds, Part, numbers, parts
from ioc.panels.engine.registry import panels
from ioc.panels.engine.take import take
from ioc.panels.engine.wording import text_of
from ioc.people.principal import Grant
from ioc.settings import Settings
from ioc.words import words
from tests.integration.cast import cookie, holding, signed_in
from tests.integration.streams_db import rows
from tests.integration.web_server import Answer, ask, serving
from tests.integration.web_story import NOW, PROFILE, every_kind, told
from tests.profiles import FICTIONAL

MOMENT = now_moment(NOW)
VI = words("vi")
PATH = "/console/unit"


class House(NamedTuple):
    base: str
    conn: Connection

    def page(self, *grants: Grant, query: str = "") -> str:
        answer = self.get(self.head(*grants), query)
        assert answer.status == 200, answer.body
        return html.unescape(answer.body.decode())

    def get(self, who: str, query: str = "") -> Answer:
        return ask(self.base, PATH + query, Cookie=who, Accept="text/html")

    def head(self, *grants: Grant) -> str:
        number = rows(self.conn, "select count(*) from person")[0][0]
        return signed_in(self.conn, holding(self.conn, f"head{number}", grants, NOW), NOW)


@pytest.fixture(scope="module")
def house(module_dsn: str) -> Iterator[House]:
    with told(module_dsn) as (story, conn):
        every_kind(story)
        with serving(create_app(Settings(database=module_dsn, profile=FICTIONAL), FrozenClock(NOW))) as base:
            yield House(base, conn)


def of_unit(code: str) -> Grant:
    return Grant(role="unit_head", units=frozenset({code}))


def of_agency(code: str, units: frozenset[str] | None = None) -> Grant:
    return Grant(role="unit_head", agencies=frozenset({code}), units=units)


def in_unit(code: str) -> Holds:
    return lambda figure: figure.unit_code == code


@pytest.mark.parametrize("scope", ["unit", "agency"])
@pytest.mark.parametrize("key", list(panels()))
def test_all_places_together_are_the_province(house: House, key: str, scope: Scope) -> None:
    takes = panels()[key].spec.takes
    found = parts(house.conn, takes, scope, MOMENT, PROFILE)
    whole, mine = take(house.conn, takes, MOMENT, PROFILE).numbers, numbers(takes, found, lambda _: True, MOMENT)
    for name, number in mine.items():
        if takes[name].kpi.adds_up:
            assert (number.value, number.numerator, number.denominator) == pytest.approx(
                (whole[name].value, whole[name].numerator, whole[name].denominator)), name


@pytest.mark.parametrize("key", list(panels()))
def test_number_of_a_unit_is_its_row_of_the_figure(house: House, key: str) -> None:
    takes = panels()[key].spec.takes
    found = parts(house.conn, takes, "unit", MOMENT, PROFILE)
    for name, t in takes.items():
        for figure in found[name].now:
            mine = numbers(takes, found, in_unit(figure.unit_code), MOMENT)
            if name in mine:
                assert (mine[name].value, mine[name].numerator, mine[name].flags) == (figure.value, figure.numerator, figure.flags), name
        assert {f.key for f in found[name].now} <= {t.of}


def test_what_others_count_and_one_does_not_is_nought_and_a_rate_of_nothing_is_unknown(house: House) -> None:
    takes = panels()["one_stop"].spec.takes
    found = parts(house.conn, takes, "unit", MOMENT, PROFILE)
    places = {f.unit_code for part in found.values() for f in part.now if f.unit_code}
    assert numbers(takes, found, in_unit("nowhere"), MOMENT) == {}
    told_of = [numbers(takes, found, in_unit(code), MOMENT) for code in places]
    assert all(number.value is not None for mine in told_of for name, number in mine.items() if not takes[name].kpi.under)
    assert all(number.value is None for mine in told_of for name, number in mine.items() if takes[name].kpi.under and not number.denominator)


def test_head_of_a_unit_reads_its_own_figures_and_no_other_units(house: House) -> None:
    page = house.page(of_unit("99001"))
    takes = panels()["one_stop"].spec.takes
    mine = numbers(takes, parts(house.conn, takes, "unit", MOMENT, PROFILE), in_unit("99001"), MOMENT)
    assert mine
    assert re.findall(r"<h2[^>]*>([^<]+?) <small>", page) == ["Phường Hải Đăng Mới"]
    block = page.split(VI(panels()["one_stop"].spec.title))[1].split("</table>")[0]
    assert re.findall(r"<b>([^<]*)</b>", block) == [text_of(number, VI) for number in mine.values()]
    assert "/figure/one_stop/open" in block
    others = [u for u in PROFILE.units if u.level == "commune" and u.code != "99001" and u.valid_on(MOMENT.day)]
    assert others
    assert [u.name for u in others if u.name in page] == []


def test_who_stands_for_two_units_has_both_one_after_the_other(house: House) -> None:
    page = house.page(Grant(role="unit_head", units=frozenset({"99004", "99001"})), query="?lang=en")
    assert re.findall(r"<h2[^>]*>[^<]+? <small>([^<]+)<", page) == ["99001", "99004"]


def test_agency_has_its_part_of_each_unit_and_within_limits_no_more(house: House) -> None:
    takes = panels()["one_stop"].spec.takes
    found = parts(house.conn, takes, "agency", MOMENT, PROFILE)["open"].now
    agency = max((f.org_code for f in found if f.org_code), key=lambda code: sum(f.value or 0 for f in found if f.org_code == code))
    whole = sum(f.value or 0 for f in found if f.org_code == agency)
    page = house.page(of_agency(agency)).split('/figure/one_stop/open"')[1].split("</td>")[0]
    assert re.findall(r"<b>(\d+)</b>", page) == [f"{whole:.0f}"]
    assert "Chưa có số liệu nào của đơn vị" in house.page(of_agency(agency, units=frozenset({"no such unit"})))


@pytest.mark.parametrize("role", ["operator", "leader", "auditor", "procedure_office", "focal_point"])
def test_page_is_closed_to_who_stands_for_no_unit(house: House, role: str) -> None:
    assert house.get(cookie(house.conn, f"u{role}", [role], NOW)).status == 403


def test_screen_and_stranger_get_nothing(house: House) -> None:
    assert ask(house.base, PATH, Accept="text/html").status in {303, 401}


def test_figures_are_asked_once_for_all_who_look(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def counted(*given: Any) -> Mapping[str, Part]:
        asked.append(given)
        return parts(*given)

    monkeypatch.setattr(ioc.api.console_unit, "parts", counted)
    monkeypatch.setattr(ioc.api.console_unit, "HELD_S", 3600.0)
    with serving(create_app(Settings(database=house.conn.info.dsn, profile=FICTIONAL), FrozenClock(NOW))) as base:
        for code in ("99001", "99004", "99001"):
            assert ask(base, PATH, Cookie=house.head(of_unit(code)), Accept="text/html").status == 200
    assert len(asked) == 2 * len(panels())



def test_absent_database_is_a_page_that_says_so(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    async def away(_: ioc.api.console_unit.Units) -> ioc.api.console_unit.Told:
        raise UnavailableError("the database does not answer: 127.0.0.1")

    monkeypatch.setattr(ioc.api.console_unit.Units, "told", away)
    answer = house.get(house.head(of_unit("99001")))
    assert (answer.status, b"the database does not answer" in answer.body, b"<html" in answer.body) == (503, True, True)


@pytest.mark.parametrize(("grant", "unit", "org", "is_covered"), [
    (of_unit("U1"), "U1", "", True), (of_unit("U1"), "U1", "A1", True), (of_unit("U1"), "U2", "", False), (of_unit("U1"), "", "A1", False),
    (of_agency("A1"), "", "A1", True), (of_agency("A1"), "U1", "A1", True), (of_agency("A1"), "U1", "", False), (of_agency("A1"), "", "", False),
    (of_agency("A1", frozenset({"U1"})), "U1", "A1", True), (of_agency("A1", frozenset({"U1"})), "U2", "A1", False),
    (Grant(role="unit_head"), "U1", "", False), (Grant(role="unit_head", units=frozenset()), "", "", False),
    (Grant(role="unit_head", units=frozenset({"U1"}), fields=frozenset({"rac"})), "U1", "", False)])
def test_what_a_grant_covers(grant: Grant, unit: str, org: str, is_covered: bool) -> None:  # noqa: FBT001
    assert covers(grant, unit, org) is is_covered
