"""A desk of reports in a browser: reports filed as citizens file them, through the sink, and persons who are signed in."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

from playwright.sync_api import Page, expect

from ioc.api.app import create_app
from ioc.db.connect import Connection, connect
from ioc.decisions.decide import Office, decide
from ioc.decisions.decision import Decided, Decision
from ioc.people.principal import Grant, Principal
from ioc.people.seals import add_key, read_seals
from ioc.reports.filing import Door, Filing, file
from ioc.settings import Settings
from tests.browser.stack import CLOCK, now, sinking
from tests.integration.cast import cookie
from tests.integration.decisions_desk import publish_owed
from tests.integration.streams_db import one, rows
from tests.integration.web_server import eventually, serving
from tests.integration.web_story import Story
from tests.profiles import FICTIONAL
from tests.rules import RULES

CITY = Path(__file__).resolve().parents[3] / "shared" / "data" / "open311_chicago_2014.json"
"""Fifty real requests of Chicago, 2014."""
OTHER = Principal(kind="person", id="99", name="Trần Thị Hoa", grants=(Grant(role="operator"),))
OFFICE = Office(clock=CLOCK, rules=RULES, source="/test/decisions")
HOLE = Filing(category="TR-ROAD", channel="web", text="Ổ gà sâu trước chợ Sao Khuê", actor="form", key="", lon_deg=85.1453, lat_deg=-20.1751, accuracy_m=12.0,
              address="Đường Hùng Vương", contact={"telephone": "0912 345 678"})


class Counter(NamedTuple):
    """Where reports are worked on."""

    base: str
    conn: Connection
    story: Story
    door: Door

    def file(self, *filings: Filing) -> list[str]:
        """File reports and wait until the sink has them; answers their codes."""
        found = [file(self.conn, one if one.key else replace(one, key=f"click-{self._next(n):06}"), self.door).subject for n, one in enumerate(filings)]
        publish_owed(self.conn, self.story.broker)
        eventually(lambda: one(self.conn, "select count(*) from report_state where subject = any(%s) and state <> ''", found) == len(found))
        return found

    def _next(self, n: int) -> int:
        return int(one(self.conn, "select count(*) from report_filing")) + 1000 * n

    def states(self) -> dict[str, str]:
        return dict(rows(self.conn, "select subject, state from report_state"))

    def decide(self, subject: str, fact: str, version: int, *, reason: str = "", **data: Any) -> Decided:
        """What another operator decides."""
        made = Decision(stream="report", subject=subject, fact=fact, version=version, data=data, reason=reason, key=f"other-{subject}-{version}")
        return decide(self.conn, made, OTHER, OFFICE)


@contextmanager
def counter(dsn: str, folder: Path) -> Iterator[Counter]:
    """Sink and web process, and a door for reports."""
    keys = folder / "keys"
    add_key(keys)
    story = Story(dsn, CLOCK)
    with connect(dsn, application="test", autocommit=True) as conn, sinking(story):
        settings = Settings(database=dsn, profile=FICTIONAL, idle_minutes=600, keys=str(keys))
        with serving(create_app(settings, CLOCK)) as base:
            yield Counter(base, conn, story, Door(clock=CLOCK, seals=read_seals(str(keys)), source="/vn/99/ioc/intake"))


def opened(page: Page, at: Counter, query: str = "", *, login: str = "hoa", role: str = "operator") -> Page:
    """The page, its first report read."""
    name, _, value = cookie(at.conn, login, [role], now()).partition("=")
    page.context.add_cookies([{"name": name, "value": value, "url": at.base}])
    page.goto(f"{at.base}/console/reports{query}")
    expect(page.locator(".r-row[aria-current]")).to_be_focused()
    expect(page.locator("#pane[data-subject]")).to_be_visible()
    return page


def pressed(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def real_requests() -> list[Filing]:
    """Chicago's requests as its own list of services names them."""
    return [Filing(jurisdiction="chicago", category=one["service_code"], channel="open311", actor="key:1", key=f"chicago-{one['service_request_id']}",
                   text=f"{one['service_name']}: {one['address']}. {one.get('status_notes', '')}", lon_deg=one["long"], lat_deg=one["lat"],
                   address=one["address"]) for one in json.loads(CITY.read_text(encoding="utf-8"))]
