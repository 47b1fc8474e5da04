"""What may be wished for of a play, and that a second one of the same scenario is refused."""

import os
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ioc.demo.join import leave_addresses
from ioc.demo.play import Wish, as_wished, play, stop_plays
from ioc.demo.stage import FOLDER
from ioc.errors import InputError
from ioc.settings import Settings
from tests.profiles import FICTIONAL

EARLY = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(("wish", "said"), [
    (Wish(name="sunshine"), "there is no scenario 'sunshine'; this profile has calm, storm"),
    (Wish(name="storm", speed=0), "speed 0 must lie above 0 and be at most 600"),
    (Wish(name="storm", speed=601), "speed 601 must lie above 0"),
    (Wish(name="storm", scale=11), "scale 11 must lie above 0 and be at most 10"),
    (Wish(name="storm", end=EARLY), "--from must lie before --until"),
])
def test_wish_that_cannot_be_met_is_refused_in_words(tmp_path: Path, wish: Wish, said: str) -> None:
    with pytest.raises(InputError, match=said):
        play(Settings(profile=FICTIONAL, data=str(tmp_path)), wish, threading.Event())
    assert not (tmp_path / FOLDER).exists()


def test_what_lies_outside_the_wished_span_is_not_said() -> None:
    settings, begin, end = Settings(profile=FICTIONAL), datetime(2026, 10, 30, 9, tzinfo=UTC), datetime(2026, 10, 30, 20, tzinfo=UTC)
    assert [s.at.astimezone(UTC).hour for s in as_wished(settings, Wish(name="storm")).says] == [8, 10, 21]
    assert [s.at.astimezone(UTC).hour for s in as_wished(settings, Wish(name="storm", start=begin, end=end)).says] == [10]


def test_scenario_that_is_being_played_is_not_forgotten_by_another_play(tmp_path: Path) -> None:
    settings = Settings(profile=FICTIONAL, data=str(tmp_path))
    folder = tmp_path / FOLDER / "storm"
    folder.mkdir(parents=True)
    addresses = dict.fromkeys(("IOC_DATABASE", "IOC_KAFKA", "IOC_KAFKA_API_VERSION", "IOC_PORT", "IOC_KEYS"), "x")
    leave_addresses(Settings(data=str(folder)), addresses)  # of this very process
    with pytest.raises(InputError, match="'storm' is being played already"):
        play(settings, Wish(name="storm"), threading.Event())
    assert folder.exists()


def test_stop_names_what_it_told_to_end_and_nothing_that_ended_before(tmp_path: Path) -> None:
    settings = Settings(profile=FICTIONAL, data=str(tmp_path))
    assert stop_plays(settings) == []
    folder = tmp_path / FOLDER / "calm"
    folder.mkdir(parents=True)
    (folder / "running.json").write_text(f'{{"pid": {os.getpid() + 4_000_000}}}')
    assert stop_plays(settings) == []
