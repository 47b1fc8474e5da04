import subprocess
import sys
import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ioc.clock import FrozenClock
from ioc.errors import InputError
from simulators.engine.diary import Diary, read_diary, write_diary
from simulators.engine.options import read_options
from simulators.engine.run import run
from tests.profiles import FICTIONAL

NOW = datetime(2026, 11, 16, 3, tzinfo=UTC)
DRY = ("--dry-run", "--profile", FICTIONAL, "--until", "2026-11-16", "--days", "2")


def test_history_begins_at_a_local_midnight() -> None:
    options = read_options(["--days", "30"], NOW)
    assert options.start == datetime(2026, 10, 16, 17, tzinfo=UTC)
    assert options.until is None


@pytest.mark.parametrize(("arguments", "sentence"), [
    (["--from", "yesterday"], "'yesterday' is no moment"),
    (["--from", "2027-01-01"], "does not lie before now"),
    (["--speed", "601"], "at most 600"),
    (["--scale", "0"], "above 0"),
    (["--only", "dossier,weather"], "there is no 'weather'; known are camera, counter, document"),
    (["--faults", "bang"], "there is no 'bang'; known are lose"),
])
def test_option_that_cannot_be_used_is_refused_in_words(arguments: list[str], sentence: str) -> None:
    with pytest.raises(InputError) as caught:
        read_options(arguments, NOW)
    assert sentence in str(caught.value)


def test_run_counts_what_it_would_publish(capsys: pytest.CaptureFixture[str]) -> None:
    run(read_options(DRY, NOW), FrozenClock(NOW), threading.Event())
    said = capsys.readouterr().out
    assert "ioc.camera: " in said
    assert "ioc.dossier: " in said
    assert said.startswith("ended: ")


def test_run_tells_only_what_was_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    run(read_options([*DRY, "--only", "report"], NOW), FrozenClock(NOW), threading.Event())
    assert "ioc.dossier" not in capsys.readouterr().out


def test_run_ends_at_once_when_told_to(capsys: pytest.CaptureFixture[str]) -> None:
    stop = threading.Event()
    stop.set()
    run(replace(read_options(DRY, NOW), start=NOW - timedelta(days=900)), FrozenClock(NOW), stop)
    assert "ended: 0 events" in capsys.readouterr().out


def test_diary_is_read_as_it_was_written(tmp_path: Path) -> None:
    diary = Diary(seed="1", scale=0.1, start=NOW)
    write_diary(tmp_path / "new" / "diary.json", diary)
    assert read_diary(tmp_path / "new" / "diary.json") == diary


def test_diary_that_is_none_is_refused(tmp_path: Path) -> None:
    (tmp_path / "diary.json").write_text("dear diary")
    with pytest.raises(InputError, match=r"diary\.json is no diary"):
        read_diary(tmp_path / "diary.json")


def test_module_ends_with_2_and_a_sentence_when_an_option_is_wrong() -> None:
    done = subprocess.run([sys.executable, "-m", "simulators", "--only", "weather"], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr.startswith("--only: there is no 'weather'")
