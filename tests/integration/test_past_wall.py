"""The whole wall at a moment of the past: all cards of that moment, marked as past, and a card that fails leaves the others."""

import json
import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any, NamedTuple

import pytest

from ioc.api.app import create_app
from ioc.clock import FrozenClock
from ioc.db.connect import Connection
from ioc.panels.engine.registry import panels
from ioc.settings import Settings
from tests.conftest import fresh_database
from tests.integration.cast import viewer
from tests.integration.web_server import ask, serving
from tests.integration.web_story import NOW, ago, every_kind, seen, told
from tests.profiles import FICTIONAL

AT = "2026-11-20T10:00"
THEN = f"?at={AT}&known={AT}"
ALL_KNOWN = f"?at={AT}&known=2026-11-20T10:31"
CLOCK = FrozenClock(NOW + timedelta(minutes=1))
"""A minute after all was learnt."""


class Centre(NamedTuple):
    """A served centre, and its database."""

    base: str
    conn: Connection

    def page(self, search: str, path: str = "/wall") -> str:
        """What Dash is answered for an address: the page as JSON."""
        asked = {"output": "page.children", "outputs": {"id": "page", "property": "children"}, "changedPropIds": ["where.search"], "inputs": [
            {"id": "where", "property": "pathname", "value": path}, {"id": "where", "property": "search", "value": search}]}
        answer = ask(self.base, "/_dash-update-component", method="POST", body=json.dumps(asked).encode(), Origin=self.base,
                     **{"Content-Type": "application/json"})
        assert answer.status == 200, answer.body
        return json.dumps(answer.json["response"]["page"]["children"], ensure_ascii=False)

    def parts(self, search: str, path: str = "/wall") -> dict[str, dict[str, Any]]:
        """The page's components with an id, by id."""
        return dict(_parts(json.loads(self.page(search, path))))


def _parts(node: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    if isinstance(node, list):
        for child in node:
            yield from _parts(child)
    elif isinstance(node, dict) and "props" in node:
        if "id" in node["props"]:
            yield node["props"]["id"], node["props"]
        yield from _parts(node["props"].get("children"))


def headline(parts: dict[str, dict[str, Any]], key: str) -> str:
    return str(parts[f"past--{key}--headline"]["children"][0]["props"]["children"])


@pytest.fixture(scope="module")
def centre(module_dsn: str) -> Iterator[Centre]:
    with told(module_dsn) as (story, conn):
        every_kind(story)
        for name in ("late-1", "late-2"):
            story.dossier(name, ago(hours=5), ago(hours=3))
        story.hear(ago(hours=4))
        for name in ("late-1", "late-2"):
            story.tell("dossier", "step_started", name, ago(hours=4), step_no=1)
            story.tell("dossier", "result_ready", name, ago(hours=2))
        story.hear(NOW)
        application = create_app(Settings(database=module_dsn, profile=FICTIONAL), CLOCK)
        with serving(application, cookie=viewer(module_dsn, NOW)) as base:
            yield Centre(base, conn)


@pytest.mark.parametrize("search", [f"?at={AT}", "?at=2026-11-19", ALL_KNOWN])
def test_every_card_is_of_the_past_and_filled(centre: Centre, search: str) -> None:
    parts = centre.parts(search)
    for key in panels():
        card = parts[f"past--card--{key}"]
        assert (card["data-state"], card["data-late-at"], card["data-dead-at"]) == ("past", None, None), key
        assert headline(parts, key)
        assert "data-as-of" not in json.dumps(parts[f"past--{key}--foot"])


def test_wall_of_the_past_has_no_live_id_no_clock_and_no_alert(centre: Centre) -> None:
    parts = centre.parts(f"?at={AT}")
    live = {name for name in parts if not name.startswith("past-")}
    assert live == {"wall", "link"}
    assert parts["wall"]["data-past"] == "true"


def test_restated_and_as_it_stood_differ_by_what_was_learnt_later(centre: Centre) -> None:
    restated, then = centre.parts(f"?at={AT}"), centre.parts(f"?at={AT}&known=2026-11-20T06:31")
    overdue = seen(centre.conn, "one_stop", now=CLOCK.now(), at=AT).numbers["overdue"].value
    assert (headline(then, "one_stop"), headline(restated, "one_stop")) == ("2", f"{overdue:.0f}")
    assert overdue != 2


@pytest.mark.parametrize(("search", "said"), [
    (f"?at={AT}", "số liệu đã chỉnh lý"), (THEN, "như đã biết lúc đó"), (f"?at={AT}&known=2026-11-20T10:15", "như đã biết lúc 10:15 20/11/2026")])
def test_band_says_what_is_shown(centre: Centre, search: str, said: str) -> None:
    page = centre.page(search, "/wall/one_stop")
    assert all(f'"{text}"' in page for text in ("XEM LẠI", "10:00 20/11/2026", said))


def test_bar_knows_its_day_its_minute_and_the_way_back(centre: Centre) -> None:
    bar, whole_day = centre.parts(THEN)["past-bar"], centre.parts("?at=2026-11-19")["past-bar"]
    assert (bar["data-day"], bar["data-minute"], bar["data-then"], bar["data-present"]) == ("2026-11-20", "600", "1", "/wall")
    assert (whole_day["data-day"], whole_day["data-minute"], whole_day["data-moment"]) == ("2026-11-19", "1440", "2026-11-20T00:00")


def test_links_of_the_past_lead_to_the_same_moment(centre: Centre) -> None:
    asked = "at=2026-11-20T10%3A00&known=2026-11-20T10%3A31"
    wall, panel = centre.page(ALL_KNOWN), centre.page(ALL_KNOWN, "/wall/citizen_reports")
    assert all(f"/wall/{key}?{asked}" in wall for key in panels())
    assert f"/map/overview?{asked}&lang=vi" in wall
    assert f"/map/citizen_reports?{asked}&lang=vi" in panel
    numbers = re.findall(r'"/figure/citizen_reports/\w+([^"]*)"', panel)
    assert len(numbers) > 5
    assert set(numbers) == {f"?{asked}"}
    assert f'"href": "/wall?{asked}"' in panel


def test_page_of_the_present_has_the_door_into_the_past_and_the_past_has_none(centre: Centre) -> None:
    assert '"/wall?at=2026-11-19"' in centre.page("")
    assert "past-enter" not in centre.page(f"?at={AT}")


@pytest.mark.parametrize(("search", "said"), [
    ("?at=gestern", "'at=gestern' is no moment: write 2026-11-21"), (f"?known={AT}", "'known' goes with 'at'"),
    ("?at=2026-11-20T10:45", "Chưa tới 10:45:00 20/11/2026: hãy chọn một thời điểm trước 10:31:00 20/11/2026."),
    (f"?at={AT}&known=2026-12-01", "Chưa tới 24:00:00 01/12/2026"), ("?at=2001-01-01", "số liệu bắt đầu từ ngày"),
    ("?at=1", "'at=1' is no moment"), ("?at=9999-01-01", "outside the years"),
])
@pytest.mark.parametrize("path", ["/wall", "/wall/one_stop"])
def test_moment_that_cannot_be_shown_is_answered_with_the_remedy(centre: Centre, path: str, search: str, said: str) -> None:
    page = centre.page(search, path)
    assert said in page
    assert "past-band" not in page


def test_wall_as_it_stood_before_the_centre_listened_says_so(centre: Centre) -> None:
    page = centre.page("?at=2026-11-19T10:00&known=2026-11-19T10:00")
    assert "hãy bỏ “Như đã biết lúc đó”" in page
    assert "past--card--one_stop" not in page


def test_panel_that_fails_says_so_on_its_card_and_the_others_stay(postgres: str) -> None:
    with fresh_database(postgres) as dsn, told(dsn) as (story, conn):
        every_kind(story)
        conn.execute("alter table meeting_history rename to lost")
        with serving(create_app(Settings(database=dsn, profile=FICTIONAL), FrozenClock(NOW)), cookie=viewer(dsn, NOW)) as base:
            parts = Centre(base, conn).parts(f"?at={AT}")
    states = {key: parts[f"past--card--{key}"]["data-state"] for key in panels()}
    read_it = {key for key, panel in panels().items() if "meeting_history" in " ".join(panel.sql.values())}
    assert states == {key: "dead" if key in read_it else "past" for key in panels()}
    assert all("UndefinedTable" in parts[f"past--{key}--sentence"]["children"] for key in read_it)
    assert len(read_it) in range(1, 4)
