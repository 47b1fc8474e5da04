"""A scenario's centre beside a demo knows the demo's persons and screens, and nobody else's."""

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

import pytest

from ioc.api.app import create_app
from ioc.clock import FrozenClock
from ioc.db.connect import Connection, connect
from ioc.demo.people import PARTS, prepare_people, take_people
from ioc.indicators.asked import load_asked
from ioc.indicators.catalogue import load_catalogue
from ioc.people.accounts import By, person_by_login
from ioc.people.screens import ask_for_pairing, collect, confirm
from ioc.settings import Settings
from tests.conftest import fresh_database
from tests.integration.cast import cookie
from tests.integration.web_server import ask, serving
from tests.integration.web_story import NOW, PROFILE
from tests.profiles import FICTIONAL


class Both(NamedTuple):
    """The demo's database and the scenario's."""

    demo: Connection
    scene: Connection
    scene_dsn: str


@pytest.fixture
def both(postgres: str) -> Iterator[Both]:
    with fresh_database(postgres) as demo, fresh_database(postgres) as scene, connect(demo, application="test", autocommit=True) as one, \
            connect(scene, application="test", autocommit=True) as two:
        yield Both(one, two, scene)


def test_whoever_presents_is_signed_in_to_the_scenario_and_its_screens_go_on(both: Both) -> None:
    person = cookie(both.demo, "presenter", ["presenter"], NOW)
    device, code = ask_for_pairing(both.demo, "127.0.0.1", NOW)
    confirm(both.demo, code, "Sảnh", By(actor="system:test", at=NOW))
    screen = f"ioc_screen_8050={collect(both.demo, device, NOW)}"
    take_people(both.demo.info.dsn, both.scene)
    settings = Settings(database=both.scene_dsn, profile=FICTIONAL, port=8051, guest_of=8050)
    with serving(create_app(settings, FrozenClock(NOW))) as base:
        assert ask(base, "/scenarios", Cookie=person).status == 200
        assert ask(base, "/api/panels", Cookie=screen).status == 200
        assert ask(base, "/api/panels", Cookie="ioc_session_8050=forged").status == 401


def test_centre_that_is_nobodys_guest_takes_no_cookie_of_another_port(both: Both) -> None:
    person = cookie(both.scene, "presenter", ["presenter"], NOW, port=8050)
    with serving(create_app(Settings(database=both.scene_dsn, profile=FICTIONAL, port=8051), FrozenClock(NOW))) as base:
        assert ask(base, "/scenarios", Cookie=person).status == 401


def test_demo_has_one_who_enters_figures_and_another_who_approves_them(both: Both) -> None:
    list(prepare_people(both.demo, PROFILE))
    agencies = [set(row[0] or []) for row in both.demo.execute(
        "select r.agencies from person_role as r join person as p using (person_id) where p.login in ('daumoi', 'lanhdao')").fetchall()]
    asked = load_asked(PROFILE, load_catalogue(FICTIONAL))
    assert len(agencies) == 2
    assert agencies[0] == agencies[1]
    assert [f for f in asked.due(date(2026, 11, 23)) if f.agency in agencies[0]]


def test_new_persons_of_the_scenario_do_not_collide_with_those_taken_over(both: Both) -> None:
    made = list(prepare_people(both.demo, PROFILE))
    assert len(made) == len(PARTS)
    take_people(both.demo.info.dsn, both.scene)
    assert list(prepare_people(both.scene, PROFILE)) == []
    cookie(both.scene, "another", ["leader"], NOW)
    assert person_by_login(both.scene, "another")
