"""A screen before guests of the house: no unit by name, no camera, no incident, no casualties, whatever it asks."""

import json
from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

import pytest

from ioc.api.access import Door
from ioc.api.app import create_app
from ioc.api.guard import Guard
from ioc.db.connect import Connection
from ioc.live.alerts import KEY
from ioc.live.collector import MAP
from ioc.panels.engine.card import WITHHELD_KINDS
from ioc.panels.engine.registry import panels
from ioc.people import screens
from ioc.people.accounts import By
from ioc.settings import Settings
from tests.conftest import fresh_database
from tests.contract.test_access import paths
from tests.integration.cast import paired, viewer
from tests.integration.web_server import ask, body, eventually, serving, session, viewing
from tests.integration.web_story import NOW, PROFILE, every_kind, told
from tests.profiles import FICTIONAL

BY = By(actor="person:1", at=NOW)
LANGUAGES = ("vi", "en")
HURT = tuple(f"security_traffic.{name}" for name in ("dead", "injured", "accident_dead", "accident_injured"))
UNITS = sorted({name for unit in PROFILE.units_on(date(2026, 11, 20)) for name in (unit.name, unit.name_en)})


class House(NamedTuple):
    """A told story on the air, a screen that guests see and one that they do not."""

    base: str
    guard: Guard
    conn: Connection
    guest: str
    own: str

    def page(self, cookie: str, path: str, search: str = "") -> str:
        """What Dash fills a page with."""
        asked = {"output": "page.children", "outputs": {"id": "page", "property": "children"}, "changedPropIds": ["where.pathname"],
                 "inputs": [{"id": "where", "property": "pathname", "value": path}, {"id": "where", "property": "search", "value": search}]}
        answer = ask(self.base, "/_dash-update-component", method="POST", body=json.dumps(asked).encode(), Cookie=cookie,
                     **{"Content-Type": "application/json"})
        return json.dumps(answer.json, ensure_ascii=False)


@pytest.fixture(scope="module")
def house(postgres: str) -> Iterator[House]:
    with fresh_database(postgres) as dsn, told(dsn) as (story, conn):
        every_kind(story)
        session(conn, story.clock).publish([*panels(), KEY])
        guard = create_app(Settings(database=dsn, profile=FICTIONAL), story.clock)
        with serving(guard, cookie=viewer(dsn, NOW)) as base:
            eventually(lambda: ask(base, "/api/panels/one_stop.json").headers.get("cache-control") == "no-store")
            yield House(base, guard, conn, *(paired(base, conn, BY, guests=guests)[1] for guests in (True, False)))


def named(text: str) -> list[str]:
    return [name for name in UNITS if name in text]


def test_story_names_units_where_they_may_be_named(house: House) -> None:
    assert named(json.dumps([body(house.conn, key) for key in panels()], ensure_ascii=False))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("key", [*panels(), KEY])
def test_frames_for_guests_name_no_unit(house: House, key: str, language: str) -> None:
    assert named(json.dumps(body(house.conn, key, f"{language}.guests"), ensure_ascii=False)) == []


@pytest.mark.parametrize("key", [key for key, panel in panels().items() if panel.spec.has_map])
def test_maps_for_guests_hold_no_camera_no_incident_and_no_unit(house: House, key: str) -> None:
    features = [f["properties"] for f in body(house.conn, key + MAP, "vi.guests")["map"]["features"]]
    assert not {f["kind"] for f in features} & WITHHELD_KINDS
    assert {name for f in features for name in f} <= {"id", "kind", "state", "label", "detail"}


def test_stream_of_a_guests_screen_is_theirs_whatever_it_asks(house: House) -> None:
    for query in ("lang=vi", "lang=vi&guests=0", "lang=en&guests=1"):
        with viewing(house.base, query, cookie=house.guest) as seen:
            assert seen.next("hello").data["guests"] is True
            assert named(seen.next("message").raw.decode()) == []
    with viewing(house.base, "lang=vi", cookie=house.own) as seen:
        assert seen.next("hello").data["guests"] is False
        assert named(seen.next("message").raw.decode())


def test_page_that_showed_more_is_given_everything_anew(house: House) -> None:
    with viewing(house.base, "lang=vi", cookie=house.own) as seen:
        place = seen.next("message").id
    with viewing(house.base, f"lang=vi&since={place}", cookie=house.guest) as seen:
        assert set(seen.next("message").data["panels"]) == {KEY, *(name for key, panel in panels().items() for name in (key, *((key + MAP,) if panel.spec.has_map else ())))}


def test_person_may_look_at_what_guests_see(house: House) -> None:
    with viewing(house.base, "lang=vi&guests=1") as seen:
        assert named(seen.next("message").raw.decode()) == []


@pytest.mark.parametrize("search", ["", "?at=2026-11-20T10:00", "?guests=0"])
def test_pages_of_a_guests_screen_name_no_unit_and_say_for_whom_they_are(house: House, search: str) -> None:
    for path in ("/wall", *(f"/wall/{key}" for key in panels())):
        page = house.page(house.guest, path, search)
        assert ("Chế độ tiếp khách" in page, named(page)) == (True, []), path


def test_paths_that_a_guests_screen_may_ask_name_no_unit_and_all_others_are_closed(house: House) -> None:
    leaks, opened = [], set()
    for path in sorted({path for method, path in _all(house.guard) if method == "GET"}):
        need = house.guard.access.need(path)
        if need in {Door.OWN, Door.OPEN, Door.GREETED} or path == "/live/stream":
            continue
        for query in ("", "?guests=0", "?at=2026-11-20T10:00"):
            answer = ask(house.base, path + query, Cookie=house.guest)
            assert answer.status in {200, 303, 307, 400, 403, 404, 405}, (path, answer.status)
            leaks += [(path + query, name) for name in named(answer.body.decode())]
            opened |= {path} if answer.status == 200 else set()
    assert leaks == []
    assert opened == {"/", "/wall", "/_dash-layout", "/_dash-dependencies", "/_reload-hash", "/geo/units.json", "/map/overview"} & opened | {
        place for key, panel in panels().items() for place in (f"/wall/{key}", *_maps(key, has_map=panel.spec.has_map))}
    assert "/map/overview" in opened


def _all(guard: Guard) -> list[tuple[str, str]]:
    """Every path of the application, and those that stand for one panel for each of them."""
    each = [("GET", path.replace("one_stop", key)) for _, path in paths(guard) if "one_stop" in path for key in panels()]
    return [*paths(guard), *each, ("GET", "/map/overview")]


def _maps(key: str, *, has_map: bool) -> tuple[str, ...]:
    return (f"/map/{key}", f"/api/panels/{key}/map.json") if has_map else ()


@pytest.mark.parametrize("query", ["", "?at=2026-11-20T10:20"])
def test_screen_is_not_told_how_few_were_hurt(house: House, query: str) -> None:
    path = f"/api/panels/security_traffic.json{query}"
    known, seen = (answer.json["numbers"] for answer in (ask(house.base, path), ask(house.base, path, Cookie=house.own)))
    assert [known[name]["value"] for name in ("dead", "injured")] == [1, 2]
    assert [(seen[name]["value"], seen[name]["numerator"], seen[name]["cases"], seen[name]["flags"].count("few")) for name in ("dead", "injured")] == [
        (None, None, None, 1)] * 2
    assert seen["accidents"]["value"] == known["accidents"]["value"]
    assert ask(house.base, f"/api/panels/security_traffic.json?guests=1&{query[1:]}").json["numbers"]["dead"]["value"] is None


@pytest.mark.parametrize("by", ["province", "unit"])
def test_screen_is_not_told_how_few_were_hurt_by_figures_either(house: House, by: str) -> None:
    path = f"/api/kpi/security_traffic.json?period=month&by={by}"
    known, seen = ([f for f in answer.json["figures"] if f["key"] in HURT and f["value"] != 0]
                   for answer in (ask(house.base, path), ask(house.base, path, Cookie=house.own)))
    assert {f["key"]: f["value"] for f in known} == dict(zip(HURT, (1, 2, 1, 2), strict=True))
    assert [(f["value"], f.get("numerator"), f.get("cases"), "few" in f["flags"]) for f in seen] == [(None, None, None, True)] * len(known)


def test_stream_ends_when_its_screen_is_set_for_guests(house: House) -> None:
    _, cookie = paired(house.base, house.conn, BY, guests=False)
    row = house.conn.execute("select max(screen_id) from screen").fetchone()
    assert row
    with viewing(house.base, cookie=cookie) as seen:
        seen.next("message")
        screens.edit(house.conn, row[0], BY, guests=True)
        assert seen.next("signed-out").event == "signed-out"
    with viewing(house.base, cookie=cookie) as seen:
        assert seen.next("hello").data["guests"] is True
