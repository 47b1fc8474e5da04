"""The same seed shows the same screen: a scenario told twice through the sink gives the same snapshots, another seed gives others."""

from datetime import timedelta
from typing import Any

import msgspec
import pytest

from ioc.clock import FrozenClock
from ioc.db.connect import connect
from ioc.live.frames import encode
from ioc.moment import now_moment
from ioc.panels.engine.build import build
from ioc.panels.engine.registry import panels
from ioc.profiles.scenarios import scenario
from ioc.streams.engine.memory import MemoryBroker
from ioc.streams.engine.registry import streams
from simulators.engine.contract import scenario_of
from simulators.engine.registry import registered
from simulators.engine.together import Voice, records
from tests.conftest import fresh_database
from tests.integration.streams_db import drain, make_sink
from tests.integration.web_story import PROFILE
from tests.profiles import FICTIONAL

STREAMS = ("camera", "counter", "dossier", "report")


def screens(maintenance: str, seed: str, *, batch: int) -> dict[str, Any]:
    """What the panels say six hours into the storm."""
    script = scenario(FICTIONAL, "storm")
    at, begin = script.start + timedelta(hours=6), script.start - timedelta(days=1)
    told = scenario_of(PROFILE, seed, script.start, scale=0.05, effects=script.effects)
    broker = MemoryBroker()
    voices = [Voice(s, streams()[s.stream], told, begin, seed) for s in registered().values() if s.stream in STREAMS]
    for record in records(voices, iter([begin, script.start, at]), {}):
        broker.send(record.topic, record.key, record.value, record.headers)
    with fresh_database(maintenance) as dsn:
        drain(make_sink(dsn, broker.source(), clock=FrozenClock(at), batch=batch))
        with connect(dsn, application="test") as conn:
            # A point on the map carries a name that only the process knows: left out.
            return {key: msgspec.json.decode(encode(msgspec.structs.replace(build(conn, panel, now_moment(at), PROFILE), features=[])))
                    for key, panel in panels().items()}


@pytest.fixture(scope="module")
def first(postgres: str) -> dict[str, Any]:
    return screens(postgres, "7", batch=5000)


def test_same_seed_shows_the_same_screen_whatever_the_batches(postgres: str, first: dict[str, Any]) -> None:
    assert screens(postgres, "7", batch=311) == first


def test_another_seed_shows_another_screen(postgres: str, first: dict[str, Any]) -> None:
    assert screens(postgres, "8", batch=5000) != first


def test_screen_of_a_scenario_is_not_empty_and_is_marked(first: dict[str, Any]) -> None:
    heard = [snapshot for snapshot in first.values() if any(source["state"] != "none" for source in snapshot["sources"])]
    assert len(heard) >= 3
    assert all(snapshot["simulated"] for snapshot in heard)
    assert first["one_stop"]["numbers"]["received_today"]["value"] > 0
