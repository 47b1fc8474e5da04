"""A panel that cannot be built: its card says so, its old numbers go, the other cards stay."""

import logging
import threading
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, NamedTuple

import pytest

from ioc.alerts.register import load_alerts
from ioc.db.connect import Connection
from ioc.live.collector import Session, Shown
from ioc.live.frames import SNAPSHOT
from ioc.panels.engine.contract import Figures, Panel
from ioc.panels.engine.registry import panels
from ioc.streams.engine.registry import streams
from tests.integration.web_server import body
from tests.integration.web_story import PROFILE, told


class Epoch(NamedTuple):
    """An epoch whose panel 'counters' breaks while the switch is set."""

    conn: Connection
    session: Session
    switch: threading.Event

    def publish(self) -> None:
        self.session.publish(panels())


@pytest.fixture
def epoch(dsn: str, caplog: pytest.LogCaptureFixture) -> Iterator[Epoch]:
    switch = threading.Event()
    with told(dsn) as (story, conn), caplog.at_level(logging.CRITICAL):
        made = Epoch(conn, Session(conn, story.clock, Shown(profile=PROFILE, panels=_breakable(switch), streams=streams(), register=load_alerts(PROFILE))), switch)
        made.publish()
        switch.set()
        made.publish()
        yield made


def _breakable(switch: threading.Event) -> dict[str, Panel]:
    panel = panels()["counters"]

    def snapshot(*given: Any) -> Figures:
        if switch.is_set():
            raise ZeroDivisionError("by nothing")
        return panel.snapshot(*given)

    return {**panels(), "counters": replace(panel, snapshot=snapshot)}


def test_broken_panel_says_so_on_its_card(epoch: Epoch) -> None:
    given = body(epoch.conn, "counters")["props"]
    assert given["card--counters"]["data-state"] == "dead"
    assert given["counters--comparison"]["children"] == "Không tính được số liệu"
    assert given["counters--sentence"]["children"] == "ZeroDivisionError: by nothing"


def test_other_panels_go_on(epoch: Epoch) -> None:
    assert body(epoch.conn, "one_stop")["props"]["card--one_stop"]["data-state"] == "none"


def test_broken_panel_leaves_no_old_numbers_for_the_api(epoch: Epoch) -> None:
    assert body(epoch.conn, "counters", SNAPSHOT) == {"error": "ZeroDivisionError: by nothing", "panel": "counters"}


def test_panel_that_is_mended_shows_its_figures_again(epoch: Epoch) -> None:
    epoch.switch.clear()
    epoch.publish()
    assert "numbers" in body(epoch.conn, "counters", SNAPSHOT)
    assert body(epoch.conn, "counters")["props"]["card--counters"]["data-state"] == "none"
