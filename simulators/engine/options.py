"""The command line of the simulators."""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from ioc.clock import local_day, start_of
from ioc.errors import InputError
from ioc.moment import stated_moment
from ioc.profiles.scenarios import MOST_SCALE, MOST_SPEED, Script, scenario
from simulators.engine.faults import FAULTS
from simulators.engine.registry import registered

DAYS, SCALE = 30.0, 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What was asked for. `until` None = live, for ever; `kafka` empty = publish nothing and count.

    `live_at`: end of the history, None = now. `script`: the scenario that was named.
    """

    start: datetime
    until: datetime | None
    live_at: datetime | None
    script: Script | None
    seed: str
    scale: float
    speed: float | None
    kafka: str
    kafka_api_version: str
    database: str
    profile: str
    only: tuple[str, ...]
    faults: tuple[str, ...]
    diary: Path | None
    clock: Path | None
    status: Path | None


def read_options(arguments: Sequence[str], now: datetime) -> Options:
    """Options from the command line; `now` decides what `--days` and `live` mean.

    Raises:
        InputError: an argument that cannot be used.

    """
    a = _parser().parse_args(arguments)
    script = scenario(a.profile, a.scenario) if a.scenario else None
    until = _until(a.until, script)
    begin = stated_moment(a.start) if a.start else script.start if script else None
    days = a.days if a.days is not None else script.days if script else DAYS
    start = begin if begin and not script else start_of(local_day((begin or until or now) - timedelta(days=days)))
    if start >= (until or now):
        raise InputError(f"--from {start.isoformat()} does not lie before {'now' if until is None else '--until'}")
    if a.speed is not None and not 0 < a.speed <= MOST_SPEED:
        raise InputError(f"--speed {a.speed:g} must lie above 0 and be at most {MOST_SPEED:g}")
    if a.scale is not None and not 0 < a.scale <= MOST_SCALE:
        raise InputError(f"--scale {a.scale:g} must lie above 0 and be at most {MOST_SCALE:g}")
    return Options(
        start=start, until=until, live_at=begin if script and script.speed else until, script=script, seed=a.seed,
        scale=a.scale or (script.scale if script else SCALE), speed=a.speed, kafka="" if a.dry_run else a.kafka,
        kafka_api_version=a.kafka_api_version, database=a.database, profile=a.profile,
        only=_names("--only", a.only, registered()) or (script.streams if script else ()),
        faults=_names("--faults", a.faults, FAULTS) or (script.faults if script else ()),
        diary=_file(a.diary), clock=_file(a.clock), status=_file(a.status),
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m simulators", description="Publish simulated events, each marked as simulated.")
    add = parser.add_argument
    add("scenario", nargs="?", default="", metavar="SCENARIO", help="a scenario of the profile; `ioc scenario list` names them")
    add("--from", dest="start", metavar="ISO", default="", help="first moment; of a scenario: when its play begins (default: --days before the end)")
    add("--days", type=float, help=f"days of history without --from, or before a scenario's play ({DAYS:g}, or the scenario's)")
    add("--until", metavar="ISO|live", default="", help="end, or 'live' to go on with the clock (live, or the scenario's)")
    add("--seed", default="1", help="same seed, same events (1)")
    add("--scale", type=float, help=f"dossiers as a share of the reference year's ({SCALE:g}, or the scenario's)")
    add("--speed", type=float, help="simulated seconds a second, at most 600; without it history is told at once")
    add("--kafka", metavar="HOST:PORT", default="127.0.0.1:9092", help="bootstrap servers (127.0.0.1:9092)")
    add("--kafka-api-version", default="", metavar="X.Y", help="protocol version to assume, e.g. 2.0; empty = ask the broker")
    add("--database", metavar="DSN", default="", help="the sink's database: history waits for the sink, and a restart goes on")
    add("--profile", default="soc_trang", help="name of a shipped profile, or the path of a profile folder (soc_trang)")
    add("--only", metavar="NAME,…", default="", help="only these simulators")
    add("--faults", metavar="NAME,…", default="", help=f"faults on the way: {', '.join(FAULTS)}")
    add("--diary", metavar="FILE", default="", help="remember seed, scale and beginning here, and go on from there at the next start")
    add("--clock", metavar="FILE", default="", help="play by this clock, held until the history is written (`ioc scenario run`)")
    add("--status", metavar="FILE", default="", help="write here, once a second, how far it is")
    add("--realism", action="store_true", help="say of each simulator what is true to life, assumed and made up, and end")
    add("--dry-run", action="store_true", help="publish nothing, count")
    return parser


def _file(name: str) -> Path | None:
    return Path(name) if name else None


def _until(text: str, script: Script | None) -> datetime | None:
    if not text:
        return script.end if script else None
    return None if text == "live" else stated_moment(text)


def _names(option: str, text: str, known: object) -> tuple[str, ...]:
    names = tuple(name for name in text.split(",") if name)
    assert isinstance(known, dict)
    if unknown := [name for name in names if name not in known]:
        raise InputError(f"{option}: there is no '{unknown[0]}'; known are {', '.join(known)}")
    return names
