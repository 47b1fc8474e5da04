"""What a browser is given: pages without outside addresses, callbacks that stop nobody."""

import inspect
import json
import re
from collections.abc import Iterator
from datetime import date

import pytest
from fastapi import FastAPI
from plotly.utils import PlotlyJSONEncoder

from ioc.api.app import create_app
from ioc.clock import FrozenClock, local_day
from ioc.layouts.app import Asked, create_dash
from ioc.layouts.page import Place, wall
from ioc.panels.engine.registry import panels
from ioc.profiles import load_profile
from ioc.settings import Settings
from ioc.words import words
from tests.integration.cast import viewer
from tests.integration.web_server import ask, serving
from tests.integration.web_story import NOW, PROFILE
from tests.profiles import FICTIONAL

# Names of XML vocabularies: nothing is loaded from them.
NAMES = {"http://www.w3.org/2000/svg", "http://www.w3.org/1999/xhtml"}


@pytest.fixture(scope="module")
def base(module_dsn: str) -> Iterator[str]:
    with serving(create_app(Settings(database=module_dsn, profile=FICTIONAL), FrozenClock(NOW)), cookie=viewer(module_dsn, NOW)) as address:
        yield address


@pytest.fixture(scope="module")
def alone() -> Iterator[str]:
    """A web process without a database."""
    settings = Settings(database="host=127.0.0.1 port=1 dbname=none connect_timeout=1", profile=FICTIONAL)
    with serving(create_app(settings, FrozenClock(NOW)), cookie="ioc_session_8050=anything") as address:
        yield address


def outside(text: str) -> set[str]:
    """Addresses of other hosts in a text."""
    return {a for a in re.findall(r"(?:https?:)?//[a-z0-9.-]+\.[a-z]{2,}[^\s\"'<>)]*", text, re.IGNORECASE) if a not in NAMES}


def test_every_callback_is_a_coroutine() -> None:
    async def past(*_: object) -> dict[str, dict[str, object]]:
        return {}

    asked = Asked(language=lambda: "vi", may_see=lambda _: True, may_give=lambda: False, guests=lambda _: False, nonced=lambda html: html)
    app = create_dash(FastAPI(), panels(), PROFILE, asked, past, lambda: local_day(NOW))
    callbacks = [entry["callback"] for entry in app.callback_map.values() if "callback" in entry]
    assert callbacks
    assert all(inspect.iscoroutinefunction(callback) for callback in callbacks)


@pytest.mark.parametrize("path", ["/", "/wall", "/wall/one_stop"])
def test_page_has_its_style_and_its_live_link_and_no_outside_address(base: str, path: str) -> None:
    page = ask(base, path).body.decode()
    assert "theme.css" in page
    assert "live.js" in page
    assert outside(page) == set()


def test_files_that_a_page_names_are_there(base: str) -> None:
    page = ask(base, "/wall").body.decode()
    named = re.findall(r'(?:src|href)="(/[^"]+)"', page)
    assert len(named) > 5
    assert [path for path in named if ask(base, path).status != 200] == []


def test_words_are_there_before_their_letters_have_come(base: str) -> None:
    displays = set(re.findall(r"font-display: (\w+)", ask(base, "/static/fonts.css").body.decode()))
    assert displays == {"swap"}


def test_web_stands_without_a_database_and_says_so(alone: str) -> None:
    assert ask(alone, "/healthz").status == 200
    answer = ask(alone, "/readyz")
    assert answer.status == 503
    assert "the database does not answer" in answer.json["reasons"][0]


def test_question_without_a_database_is_answered_with_the_reason(alone: str) -> None:
    for path in ("/api/panels/one_stop.json", "/metrics"):
        assert ask(alone, path).status == 503


def test_page_without_a_database_asks_again_by_itself(alone: str) -> None:
    answer = ask(alone, "/wall", Accept="text/html")
    assert answer.status == 503
    assert 'http-equiv="refresh" content="5"' in answer.body.decode()


@pytest.mark.parametrize(("day", "title"), [(date(2025, 6, 30), "Tỉnh Sóc Trăng"), (date(2025, 7, 1), "Khu vực Sóc Trăng – TP Cần Thơ")])
def test_wall_carries_the_name_that_the_province_had_that_day(day: date, title: str) -> None:
    page = json.dumps(wall(panels(), load_profile("soc_trang"), words("vi"), Place(path="/wall", day=day)), cls=PlotlyJSONEncoder, ensure_ascii=False)
    assert title in page
    assert ("data-then" in page) is (day < date(2025, 7, 1))
