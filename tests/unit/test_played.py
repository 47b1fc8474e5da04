"""The clock of a played scenario: held, let go, at speed, at its end."""

import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ioc.clock import FrozenClock, Rhythm
from ioc.errors import ConfigurationError
from ioc.played import PlayedClock, Setting, clock_of, read_setting, write_setting
from ioc.profiles import PIPELINE_S, load_profile
from simulators.engine.pace import paced
from tests.profiles import FICTIONAL

BEGIN = datetime(2026, 3, 18, 9, tzinfo=UTC)
REAL = datetime(2026, 11, 22, 1, tzinfo=UTC)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    made = tmp_path / "clock.json"
    write_setting(made, Setting(at=BEGIN, since=REAL, speed=60, end=BEGIN + timedelta(hours=2), held=True))
    return made


def test_held_clock_stands_still(file: Path) -> None:
    real = FrozenClock(REAL)
    clock = PlayedClock(file, real)
    real.advance(3600)
    assert clock.now() == BEGIN
    assert clock.real() == REAL + timedelta(hours=1)
    assert clock.rhythm() == Rhythm(0, REAL.timestamp(), 60, held=True)


def test_released_clock_goes_at_its_speed_from_the_moment_of_release(file: Path) -> None:
    real = FrozenClock(REAL)
    clock = PlayedClock(file, real)
    real.advance(100)
    clock.release()
    real.advance(10)
    assert clock.now() == BEGIN + timedelta(minutes=10)
    assert clock.rhythm() == Rhythm(60, (REAL + timedelta(seconds=100)).timestamp(), 60)


def test_release_of_a_clock_that_goes_changes_nothing(file: Path) -> None:
    real = FrozenClock(REAL)
    clock = PlayedClock(file, real)
    clock.release()
    real.advance(10)
    clock.release()
    assert clock.now() == BEGIN + timedelta(minutes=10)


def test_clock_stands_at_its_end(file: Path) -> None:
    real = FrozenClock(REAL)
    clock = PlayedClock(file, real)
    clock.release()
    real.advance(100_000)
    assert clock.now() == BEGIN + timedelta(hours=2)
    assert (clock.rhythm().speed, clock.rhythm().held) == (0, False)


def test_all_processes_see_a_change_without_a_new_start(file: Path) -> None:
    real = FrozenClock(REAL)
    other = PlayedClock(file, real)
    PlayedClock(file, real).release()
    real.advance(10)
    waited = threading.Event()
    for _ in range(50):
        if other.now() > BEGIN:
            break
        waited.wait(0.02)
    assert other.now() == BEGIN + timedelta(minutes=10)


@pytest.mark.parametrize("content", [b"", b"{}", b'{"at": "yesterday"}'])
def test_file_that_is_no_clock_is_named(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "clock.json"
    file.write_bytes(content)
    with pytest.raises(ConfigurationError, match="IOC_CLOCK.*clock.json"):
        read_setting(file)


def test_without_a_file_it_is_the_machines_clock() -> None:
    clock = clock_of("")
    assert abs((clock.now() - clock.real()).total_seconds()) < 1
    assert clock.rhythm() == Rhythm()


def test_simulated_time_follows_the_played_clock(file: Path) -> None:
    real = FrozenClock(REAL)
    clock = PlayedClock(file, real)

    def wait(seconds: float) -> bool:
        clock.release()
        real.advance(seconds)
        return False

    ticks = list(paced(BEGIN - timedelta(hours=1), BEGIN + timedelta(minutes=5), clock, wait))
    assert ticks[-1] == BEGIN + timedelta(minutes=5)
    assert 5 <= (real.at - REAL).total_seconds() <= 7  # five minutes at sixty times


def test_promise_of_a_source_is_as_long_as_the_pipeline_takes_at_that_speed() -> None:
    profile = load_profile(FICTIONAL)
    camera, report = ({s.stream: s for s in profile.at_speed(600).file.sources}[name] for name in ("camera", "report"))
    assert camera.expected_s == 600 * PIPELINE_S
    assert report.expected_closed_s == max(600 * PIPELINE_S, {s.stream: s for s in profile.file.sources}["report"].expected_closed_s)
    assert profile.at_speed(1) is profile
