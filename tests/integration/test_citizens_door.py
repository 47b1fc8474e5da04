"""Simulated citizens at the real door: what they file arrives whole, once, marked as simulated, with its label kept."""

import json
import threading
from argparse import Namespace
from pathlib import Path
from random import Random

import pytest

from ioc.clock import FrozenClock
from ioc.db.connect import Connection
from ioc.demo.citizens import KEY, citizens_command, prepare_citizens
from ioc.errors import InputError, UnavailableError
from ioc.profiles import load_profile
from ioc.settings import read_settings
from simulators.citizens.door import Door
from simulators.citizens.run import Visit, _parser, reachable, visit
from simulators.citizens.town import Town
from tests.integration.open311_desk import Desk, desk
from tests.integration.streams_db import one, rows
from tests.integration.streams_wire import NOW
from tests.profiles import FICTIONAL

PROFILE = load_profile(FICTIONAL)


def stay(at: Desk, folder: Path, seed: int = 5) -> Visit:
    return Visit(Door(url=at.base, key=at.key, run="citizens-test"), Town(Random(seed), PROFILE), folder / "labels.jsonl", at.clock, threading.Event())


def test_citizens_file_at_the_door_and_their_labels_are_kept(dsn: str, conn: Connection, tmp_path: Path) -> None:
    with desk(dsn) as at:
        staying = stay(at, tmp_path)
        visit(staying, Namespace(at_once=12, count=12, rate=3600.0), Random(1))
        at.arrive()
        staying.follow()
    labels = [json.loads(line) for line in (tmp_path / "labels.jsonl").read_text(encoding="utf-8").splitlines()]
    found = rows(conn, "select subject, category, simulated from report_state order by subject")
    assert [(label["subject"], label["category"], True) for label in labels] == found
    assert len(found) == 12
    assert one(conn, "select count(*) from report_photo") > 0
    assert set(staying.states.values()) == {"open"}


def test_telling_sent_twice_counts_once(dsn: str, conn: Connection, tmp_path: Path) -> None:
    with desk(dsn) as at:
        staying = stay(at, tmp_path)
        telling = reachable(staying.town.telling(NOW))
        required = staying.door.required(telling.category)
        assert staying.door.send(telling, required) == staying.door.send(telling, required)
    assert one(conn, "select count(*) from report_filing") == 1


def test_wrong_key_is_refused_and_an_absent_centre_is_waited_for(dsn: str, tmp_path: Path) -> None:
    with desk(dsn) as at:
        telling = reachable(stay(at, tmp_path).town.telling(NOW))
        with pytest.raises(InputError, match="403"):
            Door(url=at.base, key="ioc_none", run="x").send(telling, {})
    with pytest.raises(UnavailableError):
        Door(url="http://127.0.0.1:9", key="x", run="x").send(telling, {})


def test_citizens_told_to_stop_before_the_door_opens_leave_without_a_word(tmp_path: Path) -> None:
    stop = threading.Event()
    stop.set()
    labels = tmp_path / "labels.jsonl"
    staying = Visit(Door(url="http://127.0.0.1:9", key="x", run="x"), Town(Random(1), PROFILE), labels, FrozenClock(NOW), stop)
    visit(staying, Namespace(at_once=5, count=5, rate=20.0), Random(1))
    assert not labels.exists()


def test_demo_makes_its_citizens_a_key_once_and_again_where_it_is_not_known(conn: Connection, tmp_path: Path) -> None:
    prepare_citizens(conn, PROFILE, tmp_path)
    first = (tmp_path / KEY).read_text(encoding="utf-8")
    prepare_citizens(conn, PROFILE, tmp_path)
    assert (tmp_path / KEY).read_text(encoding="utf-8") == first
    assert (tmp_path / KEY).stat().st_mode & 0o077 == 0
    conn.execute("delete from source_key")
    prepare_citizens(conn, PROFILE, tmp_path)
    assert (tmp_path / KEY).read_text(encoding="utf-8") != first


def test_demos_command_is_one_that_the_citizens_understand() -> None:
    command = list(citizens_command(read_settings()))
    options = _parser().parse_args(command[command.index("simulators.citizens") + 1:])
    assert (options.rate, options.at_once, options.count) == (20.0, 30, 0)
