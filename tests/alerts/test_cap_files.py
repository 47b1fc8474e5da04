"""`ioc import cap`: files of bulletins are read whole before one is published, and what comes twice is one event."""

import argparse
import threading
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path

import pytest

from ioc.api.bulletins import mail
from ioc.api.cap_import import import_cap
from ioc.clock import FrozenClock
from ioc.db.connect import Connection
from ioc.errors import InputError
from ioc.settings import Settings
from ioc.streams.engine.memory import MemoryBroker
from tests.alerts.cap_messages import GROUND, SENT, SQUARE, area, cap, geocode, info, risk
from tests.integration.streams_db import drain, make_sink, rows
from tests.integration.streams_wire import NOW
from tests.profiles import FICTIONAL

Import = Callable[[Sequence[tuple[str, bytes]]], int]


@pytest.fixture
def broker() -> MemoryBroker:
    return MemoryBroker()


@pytest.fixture
def bring_in(dsn: str, tmp_path: Path, broker: MemoryBroker) -> Import:
    """`ioc import cap` of files with these contents, and what Kafka has by then brought into the database."""
    def run(files: Sequence[tuple[str, bytes]]) -> int:
        paths = []
        for name, data in files:
            paths.append(tmp_path / name)
            paths[-1].write_bytes(data)
        options = argparse.Namespace(file=paths, source=None)
        status = import_cap(Settings(database=dsn, profile=FICTIONAL), options, threading.Event(), publisher=lambda: broker, clock=FrozenClock(NOW))
        drain(make_sink(dsn, broker.source()))
        return status

    return run


STATE = "select subject, identifier, msg_type, risk_level, area_units, geometry is not null from environment_state order by subject"


def test_files_are_published_and_stored_with_their_area(conn: Connection, bring_in: Import, broker: MemoryBroker,
                                                        capsys: pytest.CaptureFixture[str]) -> None:
    first = cap(info(area(f"<polygon>{SQUARE}</polygon>", geocode("99001"))))
    update = cap(info(area(geocode("99004")), risk("4")), identifier="BT-2", msg_type="Update", sent="2026-11-20T18:30:00+07:00",
                 references=f"kttv@example,BT-1,{SENT}")
    last = cap(info(), identifier="BT-3", msg_type="Update", sent="2026-11-20T21:30:00+07:00", references="kttv@example,BT-2,2026-11-20T18:30:00+07:00")
    assert bring_in([("c.xml", last), ("b.xml", update), ("a.xml", first)]) == 0
    assert rows(conn, STATE) == [("BT-1", "BT-3", "update", 3, None, False)]
    assert [m.key for log in broker.logs.values() for m in log] == [b"BT-1"] * 3
    assert rows(conn, "select distinct source from environment_event") == [("/vn/99/hydromet/cap",)]
    assert capsys.readouterr().out.startswith("BT-1: alert of BT-1, actual\n")
    assert rows(conn, "select count(*) from environment_event where geometry is not null and headline = 'Triều cường'") == [(1,)]


def test_message_that_comes_twice_is_one_event(conn: Connection, bring_in: Import, capsys: pytest.CaptureFixture[str]) -> None:
    bring_in([("a.xml", cap(info(area(geocode("99001")))))])
    bring_in([("again.xml", cap(info(area(geocode("99001"))))), ("copy.xml", cap(info(area(geocode("99001")))))])
    assert "known already" in capsys.readouterr().out
    assert rows(conn, "select count(*) from environment_event") == [(1,)]
    assert rows(conn, "select count(*) from dead_letter") == [(0,)]


def test_cancelled_bulletin_is_over_whatever_message_it_names(conn: Connection, bring_in: Import) -> None:
    bring_in([("a.xml", cap(info()))])
    bring_in([("b.xml", cap(info(), identifier="BT-2", msg_type="Update", sent="2026-11-20T18:30:00+07:00", references=f"kttv@example,BT-1,{SENT}"))])
    bring_in([("c.xml", cap(identifier="BT-3", msg_type="Cancel", sent="2026-11-20T19:30:00+07:00",
                            references="kttv@example,BT-2,2026-11-20T18:30:00+07:00"))])
    assert rows(conn, STATE) == [("BT-1", "BT-3", "cancel", None, None, False)]


def test_bad_file_among_good_ones_publishes_nothing(bring_in: Import, broker: MemoryBroker) -> None:
    with pytest.raises(InputError, match=r"bad\.xml: <severity> is 'Unknown'.*nothing was published"):
        bring_in([("good.xml", cap(info())), ("bad.xml", cap(info(severity="Unknown"), identifier="BT-9"))])
    assert broker.logs == {}


def test_message_from_tomorrow_is_turned_away(conn: Connection) -> None:
    tomorrow = (NOW + timedelta(days=1)).isoformat()
    with pytest.raises(InputError, match="ahead of the centre's clock"):
        mail(GROUND.profile, FrozenClock(NOW)).read(conn, cap(info(expires="2026-12-31T00:00:00Z"), sent=tomorrow), "/vn/99/hydromet")


def test_file_that_is_not_there_is_named(bring_in: Import, tmp_path: Path, dsn: str) -> None:
    options = argparse.Namespace(file=[tmp_path / "none.xml"], source=None)
    with pytest.raises(InputError, match=r"none\.xml cannot be read"):
        import_cap(Settings(database=dsn, profile=FICTIONAL), options, threading.Event(), publisher=MemoryBroker, clock=FrozenClock(NOW))
