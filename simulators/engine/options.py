"""The command line of the simulators."""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from ioc.clock import LOCAL, local_day, start_of
from ioc.errors import InputError
from simulators.engine.faults import FAULTS
from simulators.engine.registry import registered

MOST_SPEED = 600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What was asked for. `until` None = live, for ever; `kafka` empty = publish nothing and count."""

    start: datetime
    until: datetime | None
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


def read_options(arguments: Sequence[str], now: datetime) -> Options:
    """Options from the command line; `now` decides what `--days` and `live` mean.

    Raises:
        InputError: an argument that cannot be used.

    """
    a = _parser().parse_args(arguments)
    until = None if a.until == "live" else _moment(a.until)
    start = _moment(a.start) if a.start else start_of(local_day((until or now) - timedelta(days=a.days)))
    if start >= (until or now):
        raise InputError(f"--from {start.isoformat()} does not lie before {'now' if until is None else '--until'}")
    if a.speed is not None and not 0 < a.speed <= MOST_SPEED:
        raise InputError(f"--speed {a.speed:g} must lie above 0 and be at most {MOST_SPEED:g}")
    if not 0 < a.scale <= 10:
        raise InputError(f"--scale {a.scale:g} must lie above 0 and be at most 10")
    return Options(
        start=start, until=until, seed=a.seed, scale=a.scale, speed=a.speed, kafka="" if a.dry_run else a.kafka,
        kafka_api_version=a.kafka_api_version, database=a.database, profile=a.profile, only=_names("--only", a.only, registered()),
        faults=_names("--faults", a.faults, FAULTS), diary=Path(a.diary) if a.diary else None,
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m simulators", description="Publish simulated events, each marked as simulated.")
    add = parser.add_argument
    add("--from", dest="start", metavar="ISO", default="", help="first moment of the history (default: --days before the end)")
    add("--days", type=float, default=30.0, help="days of history when --from is not given (30)")
    add("--until", metavar="ISO|live", default="live", help="end, or 'live' to go on with the clock (live)")
    add("--seed", default="1", help="same seed, same events (1)")
    add("--scale", type=float, default=0.09, help="dossiers as a share of the reference year's (0.09)")
    add("--speed", type=float, help="simulated seconds a second, at most 600; without it history is told at once")
    add("--kafka", metavar="HOST:PORT", default="127.0.0.1:9092", help="bootstrap servers (127.0.0.1:9092)")
    add("--kafka-api-version", default="", metavar="X.Y", help="protocol version to assume, e.g. 2.0; empty = ask the broker")
    add("--database", metavar="DSN", default="", help="the sink's database: history waits for the sink, and a restart goes on")
    add("--profile", default="soc_trang", help="name of a shipped profile, or the path of a profile folder (soc_trang)")
    add("--only", metavar="NAME,…", default="", help="only these simulators")
    add("--faults", metavar="NAME,…", default="", help=f"faults on the way: {', '.join(FAULTS)}")
    add("--diary", metavar="FILE", default="", help="remember seed, scale and beginning here, and go on from there at the next start")
    add("--dry-run", action="store_true", help="publish nothing, count")
    return parser


def _moment(text: str) -> datetime:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise InputError(f"'{text}' is no moment; write e.g. 2026-11-21 or 2026-11-21T14:05:00+07:00") from None
    return at if at.tzinfo else at.replace(tzinfo=LOCAL)


def _names(option: str, text: str, known: object) -> tuple[str, ...]:
    names = tuple(name for name in text.split(",") if name)
    assert isinstance(known, dict)
    if unknown := [name for name in names if name not in known]:
        raise InputError(f"{option}: there is no '{unknown[0]}'; known are {', '.join(known)}")
    return names
