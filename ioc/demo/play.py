"""Plays a scenario in a centre of its own, with its own database, broker and clock, beside the demo or alone."""

import contextlib
import os
import shutil
import signal
import threading
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import msgspec

from ioc.clock import SystemClock
from ioc.demo.join import beside_port, joined, running_pid
from ioc.demo.people import keys_of
from ioc.demo.run import Scene, run_demo
from ioc.demo.stage import FOLDER
from ioc.demo.supervisor import say
from ioc.errors import InputError
from ioc.played import Setting, write_setting
from ioc.profiles.scenarios import MOST_SCALE, MOST_SPEED, Script, scenario
from ioc.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a person asked for; None = as the scenario says."""

    name: str
    seed: str = "1"
    speed: float | None = None
    scale: float | None = None
    start: datetime | None = None
    end: datetime | None = None


def play(settings: Settings, wish: Wish, stop: threading.Event) -> None:
    """Play a scenario until told to stop. Everything of an earlier play of it is forgotten: the same seed shows the same screens.

    Raises:
        InputError: no such scenario, a speed or a span that cannot be, or it is being played already.

    """
    script = as_wished(settings, wish)
    folder = settings.data_dir / FOLDER / wish.name
    if running_pid(folder):
        raise InputError(f"'{wish.name}' is being played already; `ioc scenario stop` ends it")
    _forget(folder)
    folder.mkdir(parents=True, exist_ok=True)
    begin = script.start if script.speed else script.end
    write_setting(folder / "clock.json", Setting(
        at=begin, since=SystemClock().now(), speed=script.speed or 1.0, end=script.end, held=True))
    say("scenario", f"{wish.name}: {script.title_en}, seed {wish.seed}, {script.speed:g} seconds a second")
    beside = joined(settings)
    own = replace(settings, data=str(folder), clock=str(folder / "clock.json"), keys=str(keys_of(settings)),
                  guest_of=beside_port(settings) if beside.database else 0)
    run_demo(own, stop, days=script.days, simulate=(), simulators=True,
             scene=Scene(beside=beside, name=wish.name, seed=wish.seed, script=script, status=folder / "status.json"))


def stop_plays(settings: Settings) -> list[str]:
    """Ask every scenario that is being played in this data folder to end; answers their names."""
    found = [(folder.name, pid) for folder in sorted((settings.data_dir / FOLDER).glob("*")) if (pid := running_pid(folder))]
    for _, pid in found:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGTERM)
    return [name for name, _ in found]


def as_wished(settings: Settings, wish: Wish) -> Script:
    """The scenario with what was asked otherwise.

    Raises:
        InputError: no such scenario, or a speed, scale or span that cannot be.

    """
    script = scenario(settings.profile, wish.name)
    if wish.speed is not None and not 0 < wish.speed <= MOST_SPEED:
        raise InputError(f"speed {wish.speed:g} must lie above 0 and be at most {MOST_SPEED:g}")
    if wish.scale is not None and not 0 < wish.scale <= MOST_SCALE:
        raise InputError(f"scale {wish.scale:g} must lie above 0 and be at most {MOST_SCALE:g}")
    start, end = wish.start or script.start, wish.end or script.end
    if not start < end:
        raise InputError(f"the play would begin at {start.isoformat()} and end at {end.isoformat()}: --from must lie before --until")
    says = tuple(s for s in script.says if start <= s.at <= end)  # of what the wished span does not show nothing is said
    return msgspec.structs.replace(script, start=start, end=end, says=says, speed=script.speed if wish.speed is None else wish.speed,
                                   scale=wish.scale or script.scale)


def _forget(folder: Path) -> None:
    moved = folder / "postgres" / "moved-to"
    if moved.is_file():
        shutil.rmtree(moved.read_text(encoding="utf-8").strip(), ignore_errors=True)
    shutil.rmtree(folder, ignore_errors=True)
