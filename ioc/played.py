"""The clock of a played scenario: a file that all processes of an exercise read, so that they agree on what time it is."""

import threading
import time
from datetime import datetime, timedelta
from pathlib import Path

import msgspec

from ioc.clock import Clock, Rhythm, SystemClock
from ioc.errors import ConfigurationError

LOOK_S = 0.25
"""How often the file is looked at: a change reaches all processes within this time."""


class Setting(msgspec.Struct, frozen=True, kw_only=True):
    """At the machine's moment `since` it was `at`; from there it goes on with `speed` up to `end`, unless it is held."""

    at: datetime
    since: datetime
    speed: float
    end: datetime
    held: bool = False

    def moment(self, real: datetime) -> datetime:
        passed = 0.0 if self.held else max(0.0, (real - self.since).total_seconds())
        return min(self.at + timedelta(seconds=passed * self.speed), self.end)


class Status(msgspec.Struct, frozen=True, kw_only=True):
    """How far a play has come, as the simulators write it down. `share`: of the history that is written, 0–1."""

    state: str
    share: float
    at: datetime


class PlayedClock:
    """Follows the file; a file that cannot be read for a moment changes nothing."""

    def __init__(self, file: Path, real: Clock | None = None) -> None:
        self._file = file
        self._real = real or SystemClock()
        self._lock = threading.Lock()
        self._looked = 0.0
        self._setting = read_setting(file)

    def now(self) -> datetime:
        return self._current().moment(self._real.now())

    def real(self) -> datetime:
        return self._real.now()

    def rhythm(self) -> Rhythm:
        setting = self._current()
        stands = setting.held or setting.moment(self._real.now()) >= setting.end
        return Rhythm(0.0 if stands else setting.speed, setting.since.timestamp(), setting.speed, setting.held)

    def release(self) -> None:
        """Let it go on from where it is held; nothing where it goes already."""
        setting = read_setting(self._file)
        if setting.held:
            write_setting(self._file, msgspec.structs.replace(setting, since=self._real.now(), held=False))
            self._looked = 0.0

    def _current(self) -> Setting:
        with self._lock:
            if time.monotonic() - self._looked >= LOOK_S:
                self._looked = time.monotonic()
                self._setting = read_setting(self._file)
            return self._setting


def read_setting(file: Path) -> Setting:
    """Raise ConfigurationError where the file is none of ours."""
    try:
        return msgspec.json.decode(file.read_bytes(), type=Setting)
    except (OSError, msgspec.DecodeError) as error:
        raise ConfigurationError(f"IOC_CLOCK: {file} cannot be used ({error}): it is written by `ioc scenario run`") from None


def write_setting(file: Path, setting: Setting) -> None:
    replace_file(file, setting)


def replace_file(file: Path, content: msgspec.Struct) -> None:
    """Replace the file whole, as JSON: whoever reads it sees the old or the new one."""
    draft = file.with_suffix(".new")
    draft.write_bytes(msgspec.json.encode(content))
    draft.replace(file)


def clock_of(file: str) -> Clock:
    """The machine's clock, or the played one where a file is named."""
    return PlayedClock(Path(file)) if file else SystemClock()
