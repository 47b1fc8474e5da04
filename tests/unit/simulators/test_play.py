"""A scenario on the command line: what it decides, what may be asked otherwise, and how its play begins and ends."""

import json
import threading
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ioc.clock import FrozenClock
from ioc.errors import InputError
from ioc.played import Setting, read_setting, write_setting
from ioc.streams.engine.memory import MemoryBroker
from simulators.engine.options import read_options
from simulators.engine.outlet import Outlet
from simulators.engine.run import run
from tests.profiles import FICTIONAL
from tests.unit.simulators.test_outlet import never, record

NOW = datetime(2026, 11, 22, 3, tzinfo=UTC)
STORM = ("storm", "--profile", FICTIONAL)


def test_scenario_decides_history_play_and_scale() -> None:
    options = read_options(STORM, NOW)
    assert options.live_at == datetime(2026, 10, 30, 5, tzinfo=UTC)
    assert options.start == datetime(2026, 10, 22, 17, tzinfo=UTC)  # a local midnight, seven days before
    assert options.until == datetime(2026, 10, 30, 23, tzinfo=UTC)
    assert options.scale == 0.09


def test_what_is_asked_otherwise_wins() -> None:
    options = read_options([*STORM, "--from", "2026-10-30T15:00", "--until", "2026-10-30T16:00", "--days", "1", "--scale", "0.5"], NOW)
    assert (options.live_at, options.until) == (datetime(2026, 10, 30, 8, tzinfo=UTC), datetime(2026, 10, 30, 9, tzinfo=UTC))
    assert options.start == datetime(2026, 10, 28, 17, tzinfo=UTC)
    assert options.scale == 0.5


def test_year_has_no_play_and_no_history_before_it() -> None:
    options = read_options(["soc-trang-2023"], NOW)
    assert (options.start, options.live_at, options.until) == (datetime(2022, 12, 31, 17, tzinfo=UTC), *[datetime(2023, 12, 31, 17, tzinfo=UTC)] * 2)


def test_scenario_that_does_not_exist_is_named_with_those_that_do() -> None:
    with pytest.raises(InputError, match="there is no scenario 'sunshine'; this profile has calm, storm"):
        read_options(["sunshine", "--profile", FICTIONAL], NOW)


def test_effect_that_nothing_understands_stops_the_run(tmp_path: Path) -> None:
    profile = tmp_path / "binh_minh"
    for file in Path(FICTIONAL).iterdir():
        if file.is_file():
            profile.mkdir(exist_ok=True)
            (profile / file.name).write_bytes(file.read_bytes())
    (profile / "scenarios").mkdir()
    calm = (Path(FICTIONAL) / "scenarios" / "calm.toml").read_text()
    (profile / "scenarios" / "odd.toml").write_text(
        calm + '\n[[effects]]\nwhat = "dossier.colour"\nfrom = 2026-11-11T06:00:00\nuntil = 2026-11-11T07:00:00\n')
    with pytest.raises(InputError, match=r"nothing here understands the effect 'dossier.colour'; known are camera\.offline"):
        run(read_options(["odd", "--profile", str(profile), "--dry-run", "--only", "report"], NOW), FrozenClock(NOW), threading.Event())


def test_clock_is_let_go_when_the_history_is_out_and_the_play_stays_open(tmp_path: Path) -> None:
    clock, status, stop = tmp_path / "clock.json", tmp_path / "status.json", threading.Event()
    begin, end = datetime(2026, 10, 30, 5, tzinfo=UTC), datetime(2026, 10, 30, 5, 30, tzinfo=UTC)
    write_setting(clock, Setting(at=begin, since=NOW, speed=600, end=end, held=True))
    options = read_options([*STORM, "--until", "2026-10-30T12:30", "--days", "1", "--dry-run", "--only", "camera", "--clock", str(clock),
                            "--status", str(status)], NOW)
    real = FrozenClock(NOW)
    thread = threading.Thread(target=run, args=(options, real, stop), daemon=True)
    thread.start()
    waited = time.monotonic()
    while read_setting(clock).held and time.monotonic() < waited + 10:
        stop.wait(0.02)
    assert not read_setting(clock).held
    real.advance(10)
    while (told := json.loads(status.read_text())["state"] if status.exists() else "") != "playing" and time.monotonic() < waited + 10:
        real.advance(1)
        stop.wait(0.02)
    assert told == "playing"
    assert thread.is_alive()
    stop.set()
    thread.join(10)
    assert not thread.is_alive()


def test_clock_of_what_is_written_at_once_is_let_go_too(tmp_path: Path) -> None:
    clock, stop, end = tmp_path / "clock.json", threading.Event(), datetime(2026, 10, 30, 5, 30, tzinfo=UTC)
    write_setting(clock, Setting(at=end, since=NOW, speed=1, end=end, held=True))
    options = read_options([*STORM, "--until", "2026-10-30T12:30", "--days", "0", "--dry-run", "--only", "report", "--clock", str(clock)], NOW)
    thread = threading.Thread(target=run, args=(options, FrozenClock(NOW), stop), daemon=True)
    thread.start()
    waited = time.monotonic()
    while read_setting(clock).held and time.monotonic() < waited + 10:
        stop.wait(0.02)
    assert not read_setting(clock).held
    stop.set()
    thread.join(10)


@pytest.mark.parametrize(("done", "settled"), [(2, False), (3, True)])
def test_outlet_is_settled_when_the_sink_has_written_all(done: int, settled: bool) -> None:  # noqa: FBT001 (a parameter of the test)
    answers = [0, done]
    outlet = Outlet(MemoryBroker(), never, lambda: {"t": answers.pop(0) if len(answers) > 1 else answers[0]})
    for n in range(3):
        outlet.send(record(n))
    assert not outlet.settled()  # nothing is sent before a flush
    outlet.flush()
    assert outlet.settled() is settled
